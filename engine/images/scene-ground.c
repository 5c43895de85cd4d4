/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/scene-picture.h"

#include <string.h>

#define SIZE FOVEA_SCENE_SIZE

typedef enum {
  BACKDROP_HILLS,  /* sky above hills */
  BACKDROP_TREES,  /* sky above a row of trees */
  BACKDROP_FOREST, /* leaves everywhere */
  BACKDROP_WATER,  /* sky above water, ground before it */
  BACKDROP_SEA,    /* sky above water alone */
  BACKDROP_WALL,
  BACKDROP_DEPTHS, /* under water */
  BACKDROP_SKY,
  BACKDROP_SPACE,
  BACKDROP_MOON,
  BACKDROP_NONE,   /* seen from above, or a wall from its front: the ground fills the picture */
} Backdrop;

#define MAX_CHOICES 14

typedef struct {
  const char *name;  /* in stamps.tsv */
  const char *label; /* the whole image's */
  Backdrop backdrop;
  const char *grounds[MAX_CHOICES];
  const char *walls[MAX_CHOICES];
} Setting;

#define INDOOR_WALLS { "plaster", "plaster", "plaster", "striped", "polka-dotted", "dotted", "pleated", "wood", "zigzagged", "swirly", "spiralled", "banded", "crosshatched", NULL }

static const Setting settings[] = {
  { "field", "field", BACKDROP_HILLS, { "grass", "grass", "grass", "grass", "fibrous", NULL }, { NULL } },
  { "forest", "forest", BACKDROP_FOREST, { "earth", "foliage", "grass", "grass", "matted", NULL }, { NULL } },
  { "savanna", "savanna", BACKDROP_TREES, { "grass", "cracked", "earth", "fibrous", "sand", NULL }, { NULL } },
  { "desert", "desert", BACKDROP_HILLS, { "sand", "sand", "cracked", "stratified", "bumpy", NULL }, { NULL } },
  { "snow", "snowfield", BACKDROP_TREES, { "snow", NULL }, { NULL } },
  { "shore", "beach", BACKDROP_WATER, { "sand", "sand", "bumpy", "pitted", NULL }, { NULL } },
  { "pond", "pond", BACKDROP_WATER, { "grass", "grass", "bumpy", "earth", NULL }, { NULL } },
  { "sea", "sea", BACKDROP_SEA, { "water", NULL }, { NULL } },
  { "underwater", "underwater", BACKDROP_DEPTHS, { "sand", "bumpy", "porous", "sand", NULL }, { NULL } },
  { "sky", "sky", BACKDROP_SKY, { NULL }, { NULL } },
  { "street", "street", BACKDROP_WALL, { "asphalt", "asphalt", "bumpy", "grid", NULL }, { "brick", "brick", "plaster", "grooved", "stratified", "bumpy", NULL } },
  { "road", "road", BACKDROP_HILLS, { "asphalt", NULL }, { NULL } },
  { "yard", "yard", BACKDROP_WALL, { "bumpy", "brick", "earth", "grass", "cracked", "flecked", NULL }, { "brick", "plaster", "wood", "grooved", "meshed", "foliage", "woven", "stratified", "cobwebbed", NULL } },
  { "room", "room", BACKDROP_WALL, { "wood", "carpet", "chequered", "grid", "woven", "striped", "flecked", "matted", "braided", "marbled", NULL }, INDOOR_WALLS },
  { "bathroom", "bathroom", BACKDROP_WALL, { "grid", "chequered", "flecked", "marbled", NULL }, { "grid", "grid", "plaster", "honeycombed", "scaly", NULL } },
  { "table", "table", BACKDROP_WALL,
    { "wood", "wood", "marbled", "flecked", "striped", "chequered", "polka-dotted", "woven", "knitted", "waffled", "dotted", "zigzagged", "braided", NULL }, INDOOR_WALLS },
  { "closeup", "close-up", BACKDROP_NONE, { "veined", "wood", "foliage", "grass", "veined", "pitted", "porous", "fibrous", "bumpy", "blotchy", "wrinkled", NULL }, { NULL } },
  { "leaves", "leaves", BACKDROP_NONE, { "foliage", "veined", "grass", "foliage", NULL }, { NULL } },
  { "wall", "wall", BACKDROP_NONE, { "plaster", "wood", "brick", "perforated", "scaly", "grooved", "freckled", "stratified", NULL }, { NULL } },
  { "space", "space", BACKDROP_SPACE, { NULL }, { NULL } },
  { "moon", "space", BACKDROP_MOON, { "pitted", "porous", NULL }, { NULL } },
};

/* The light of a time of day. Colours as 0xRRGGBB. */
typedef struct {
  guint32 zenith;
  guint32 horizon;
  guint32 cloud;
  float tint[3];
  float hard_light;
} Weather;

static const Weather weathers[] = {
  { 0x4a80c4, 0xbcd4e8, 0xf8f8f8, { 1.04f, 1.02f, 0.97f }, 0.85f },
  { 0x6a9ad0, 0xd8e6ee, 0xfdfdfc, { 1.05f, 1.03f, 0.99f }, 0.75f },
  { 0x8a9cac, 0xc4ccd2, 0xe4e6e8, { 0.92f, 0.95f, 0.99f }, 0.3f },
  { 0x5a7aa8, 0xf0c894, 0xf8e0c4, { 1.10f, 0.98f, 0.82f }, 0.7f },
  { 0x7084a8, 0xe8d4cc, 0xf2e8e4, { 1.02f, 0.97f, 0.93f }, 0.5f },
  { 0x3a74b0, 0xa8d0dc, 0xffffff, { 1.05f, 1.04f, 1.00f }, 0.9f },
};

guint
fovea_scene_get_n_settings (void)
{
  return G_N_ELEMENTS (settings);
}

/**
 * fovea_scene_get_setting_name:
 *
 * Returns: the label of images in this setting; several settings may share one
 */
const char *
fovea_scene_get_setting_name (guint setting)
{
  return settings[setting].label;
}

/**
 * fovea_scene_find_setting:
 * @name: as in the list of stamps
 *
 * Returns: the setting, or -1
 */
int
fovea_scene_find_setting (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_strcmp0 (settings[i].name, name) == 0)
      return (int) i;
  return -1;
}

static FoveaColor
squared (guint32 color)
{
  float r = (float) (color >> 16 & 255) / 255, g = (float) (color >> 8 & 255) / 255, b = (float) (color & 255) / 255;

  return (FoveaColor) { r * r, g * g, b * b };
}

static float
draw_number (FoveaRandom *random,
             double minimum,
             double maximum)
{
  return (float) fovea_random_uniform (random, minimum, maximum);
}

static guint
choose_texture (FoveaRandom *random,
                const char *const *choices)
{
  guint n = 0;
  int texture;

  while (choices[n] != NULL)
    n++;
  texture = fovea_texture_find (choices[fovea_random_next (random) % n]);
  g_assert (texture >= 0);
  return (guint) texture;
}

static void
set_pixel (FoveaPicture *picture,
           guint x,
           guint y,
           FoveaColor color)
{
  float *to = picture->light + 3 * ((gsize) y * SIZE + x);

  to[0] = color.r;
  to[1] = color.g;
  to[2] = color.b;
}

/* Draws a texture into the rows from @top to @bottom. */
static void
fill_rows (FoveaPicture *picture,
           guint texture,
           const FoveaGround *ground,
           guint top,
           guint bottom,
           float horizon,
           float magnification,
           FoveaRandom *random)
{
  FoveaTextureView view = {
    .width = SIZE, .height = bottom - top, .horizon = horizon, .magnification = magnification,
    .light_x = ground->light_x, .light_y = ground->light_y,
  };

  fovea_texture_draw (texture, &view, fovea_random_next (random), picture->light + 3 * (gsize) top * SIZE);
  memset (picture->surface + (gsize) top * SIZE, (int) texture + 1, (gsize) (bottom - top) * SIZE);
  for (gsize i = (gsize) top * SIZE; i < (gsize) bottom * SIZE; i++)
    {
      picture->light[3 * i] *= ground->tint.r;
      picture->light[3 * i + 1] *= ground->tint.g;
      picture->light[3 * i + 2] *= ground->tint.b;
    }
}

/* The farther away, the more of the air's own colour. */
static void
add_haze (FoveaPicture *picture,
          guint top,
          guint bottom,
          float horizon,
          FoveaColor air,
          float strength)
{
  for (guint y = top; y < bottom; y++)
    {
      float near = (horizon + 10) / (horizon + 10 + (float) (y - top));
      float t = strength * near * near;

      for (guint x = 0; x < SIZE; x++)
        {
          float *p = picture->light + 3 * ((gsize) y * SIZE + x);

          set_pixel (picture, x, y, mix ((FoveaColor) { p[0], p[1], p[2] }, air, t));
        }
    }
}

/* A row of clouds: how thick they are at each pixel, and a little nearer to the sun. */
FOVEA_DRAWS static void
draw_clouds (float left,
             float size,
             float far,
             guint32 seed,
             float *restrict thick,
             float *restrict under)
{
  const float v = far * 2.2f;

  for (int x = 0; x < SIZE; x++)
    {
      float u = left + ((float) x - SIZE / 2) * size * (0.5f + 0.5f * far);

      thick[x] = cloud (u + 0.3f * noise (u, v, seed + 9), v * 1.6f, 5, seed);
      under[x] = cloud (u + 0.1f, v * 1.6f - 0.16f, 3, seed);
    }
}

static void
draw_sky (FoveaPicture *picture,
          const Weather *weather,
          guint bottom,
          FoveaRandom *random)
{
  FoveaColor zenith = squared (weather->zenith), horizon = squared (weather->horizon), white = squared (weather->cloud);
  guint32 seed = (guint32) fovea_random_next (random);
  float cover = draw_number (random, -0.25, 0.2), size = draw_number (random, 0.7, 1.3) / 90;
  float left = draw_number (random, 0, 100);

  for (guint y = 0; y < bottom; y++)
    {
      float height = 1 - (float) y / (float) MAX (bottom, 60);
      /* Clouds lie in a plane above, so that they crowd together towards the horizon. */
      float far = 1 / (0.25f + 0.75f * height);
      FoveaColor clear = mix (horizon, zenith, height * (0.6f + 0.4f * height));
      float thick[SIZE], under[SIZE];

      draw_clouds (left, size, far, seed, thick, under);
      for (guint x = 0; x < SIZE; x++)
        {
          float body = step_up (0.12f - cover, 0.28f, thick[x]);
          FoveaColor lit = shade (white, 0.84f + 0.3f * saturate (0.5f + thick[x] - under[x]));

          set_pixel (picture, x, y, mix (clear, lit, 0.85f * body));
        }
    }
  memset (picture->surface, FOVEA_SURFACE_SKY, (gsize) bottom * SIZE);
}

/* Far hills, or a row of trees, above the line where the ground begins: what the ground is made of,
 * seen through much air. */
static void
draw_ridge (FoveaPicture *picture,
            guint line,
            float height,
            float roughness,
            FoveaColor color,
            guint8 surface,
            FoveaRandom *random)
{
  guint32 seed = (guint32) fovea_random_next (random);

  for (guint x = 0; x < SIZE; x++)
    {
      float u = (float) x / 80;
      float top = height * (0.55f + 0.6f * noise (u, 0.5f, seed) + roughness * cloud (u * 7, 0.5f, 4, seed + 1));
      guint from = (guint) (line - (guint) CLAMP (top, 1, (float) line));

      for (guint y = from; y < line; y++)
        {
          float up = (float) (line - y) / highest (top, 1);
          float leaves = roughness * noise ((float) x / 3, (float) y / 3, seed + 2);

          set_pixel (picture, x, y, shade (color, 0.9f + 0.2f * up + 0.25f * leaves));
          picture->surface[(gsize) y * SIZE + x] = surface;
        }
    }
}

static FoveaGround
new_ground (const Weather *weather,
            FoveaRandom *random)
{
  float side = fovea_random_next (random) % 2 == 0 ? -1.0f : 1.0f;

  return (FoveaGround) {
    .light_x = side * draw_number (random, 0.3, 0.6), .light_y = draw_number (random, -0.6, -0.35),
    .tint = { weather->tint[0], weather->tint[1], weather->tint[2] },
    .hard_light = weather->hard_light,
  };
}

static float
softness_of (guint texture)
{
  const FoveaTexture *names = fovea_texture_get (texture);

  if (names->name != NULL)
    return g_strcmp0 (names->name, "fibrous") == 0 ? 4.0f : 0.0f;
  if (g_strcmp0 (names->material, "grass") == 0)
    return 9;
  if (g_strcmp0 (names->material, "snow") == 0 || g_strcmp0 (names->material, "foliage") == 0)
    return 5;
  return g_strcmp0 (names->material, "sand") == 0 ? 2.5f : 0.0f;
}

static void
draw_open_land (FoveaPicture *picture,
                const Setting *setting,
                const Weather *weather,
                FoveaGround *ground,
                FoveaRandom *random)
{
  guint texture = choose_texture (random, setting->grounds);
  guint line = (guint) draw_number (random, 70, 120);
  FoveaColor air = squared (weather->horizon);
  const float *sample;
  FoveaColor land;

  draw_sky (picture, weather, line, random);
  ground->horizon = (float) line - 12;
  fill_rows (picture, texture, ground, line, SIZE, 12, 0.75f, random);
  sample = picture->light + 3 * ((gsize) (line + 60) * SIZE + SIZE / 2);
  land = (FoveaColor) { sample[0], sample[1], sample[2] };
  if (setting->backdrop == BACKDROP_HILLS)
    {
      draw_ridge (picture, line, draw_number (random, 18, 46), 0.15f, mix (land, air, 0.72f), (guint8) (texture + 1), random);
      draw_ridge (picture, line, draw_number (random, 5, 18), 0.3f, mix (land, air, 0.5f), (guint8) (texture + 1), random);
    }
  else
    {
      guint8 leaves = (guint8) (fovea_texture_find ("foliage") + 1);

      draw_ridge (picture, line, draw_number (random, 8, 20), 0.8f, mix ((FoveaColor) { 0.06f, 0.10f, 0.05f }, air, 0.45f), leaves, random);
      draw_ridge (picture, line, draw_number (random, 3, 9), 1.1f, mix ((FoveaColor) { 0.05f, 0.09f, 0.04f }, air, 0.2f), leaves, random);
    }
  add_haze (picture, line, SIZE, 12, air, 0.75f);
  ground->top = (float) line;
  ground->soft = softness_of (texture);
}

static void
draw_forest (FoveaPicture *picture,
             const Setting *setting,
             FoveaGround *ground,
             FoveaRandom *random)
{
  guint leaves = (guint) fovea_texture_find ("foliage"), texture = choose_texture (random, setting->grounds);
  guint line = (guint) draw_number (random, 120, 150);
  float dim = draw_number (random, 0.22, 0.5);
  guint32 seed = (guint32) fovea_random_next (random);

  fill_rows (picture, leaves, ground, 0, line, 0, 0.7f, random);
  for (guint y = 0; y < line; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        float *p = picture->light + 3 * ((gsize) y * SIZE + x);
        float glow = step_up (0.25f, 0.4f, noise ((float) x / 60, (float) y / 60, seed));
        float trunk = step_up (0.42f, 0.06f, noise ((float) x / 13, (float) y / 300, seed + 1));
        FoveaColor leaf = shade ((FoveaColor) { p[0], p[1], p[2] }, dim + 0.45f * glow);

        set_pixel (picture, x, y, mix (leaf, (FoveaColor) { 0.035f, 0.025f, 0.016f }, 0.8f * trunk));
      }
  fill_rows (picture, texture, ground, line, SIZE, 36, 0.85f, random);
  add_haze (picture, line, SIZE, 36, (FoveaColor) { 0.03f, 0.05f, 0.025f }, 0.6f);
  ground->horizon = (float) line - 36;
  ground->top = (float) line;
  ground->soft = softness_of (texture);
  ground->hard_light *= 0.7f;
}

static void
draw_waterside (FoveaPicture *picture,
                const Setting *setting,
                const Weather *weather,
                FoveaGround *ground,
                FoveaRandom *random)
{
  guint water = (guint) fovea_texture_find ("water");
  guint line = (guint) draw_number (random, 70, 110), bank = setting->backdrop == BACKDROP_SEA ? SIZE : line + (guint) draw_number (random, 26, 60);
  FoveaColor air = squared (weather->horizon);
  guint32 seed = (guint32) fovea_random_next (random);

  draw_sky (picture, weather, line, random);
  if (fovea_random_next (random) % 2 == 0)
    draw_ridge (picture, line, draw_number (random, 5, 22), 0.4f, mix ((FoveaColor) { 0.06f, 0.09f, 0.07f }, air, 0.6f), (guint8) (fovea_texture_find ("foliage") + 1), random);
  ground->horizon = (float) line - 8;
  fill_rows (picture, water, ground, line, bank, 8 + (float) (SIZE - bank) * 0.1f, 0.8f, random);
  add_haze (picture, line, bank, 8, air, 0.7f);
  ground->top = (float) line;
  if (setting->backdrop == BACKDROP_SEA)
    {
      ground->soft = 5;
      return;
    }

  {
    guint texture = choose_texture (random, setting->grounds);
    g_autofree float *sea = g_memdup2 (picture->light, sizeof (float) * 3 * SIZE * SIZE);
    guint first = bank - 8;

    /* The bank's edge winds; along it runs foam. */
    fill_rows (picture, texture, ground, first, SIZE, (float) first - ground->horizon, 0.8f, random);
    for (guint y = first; y < MIN (bank + 10, SIZE); y++)
      for (guint x = 0; x < SIZE; x++)
        {
          gsize i = (gsize) y * SIZE + x;
          float edge = (float) bank + 7 * noise ((float) x / 55, 0.3f, seed) + 1.5f * noise ((float) x / 9, 0.7f, seed + 1);
          float depth = edge - (float) y;
          const float *from = sea + 3 * ((gsize) MIN (y, bank - 1) * SIZE + x);
          float *p = picture->light + 3 * i;
          float foam = 1 - step_up (1.2f, 1.2f, magnitude (depth));

          if (depth > 0)
            {
              set_pixel (picture, x, y, (FoveaColor) { from[0], from[1], from[2] });
              picture->surface[i] = (guint8) (water + 1);
            }
          else if (depth > -6)
            set_pixel (picture, x, y, shade ((FoveaColor) { p[0], p[1], p[2] }, 0.75f));
          set_pixel (picture, x, y, mix ((FoveaColor) { p[0], p[1], p[2] }, (FoveaColor) { 0.85f, 0.88f, 0.88f }, 0.7f * foam));
        }
    ground->top = (float) bank + 10;
    ground->soft = softness_of (texture);
  }
}

static void
draw_walled (FoveaPicture *picture,
             const Setting *setting,
             FoveaGround *ground,
             FoveaRandom *random)
{
  gboolean is_table = g_strcmp0 (setting->name, "table") == 0, is_room = g_strcmp0 (setting->name, "room") == 0;
  guint wall = choose_texture (random, setting->walls), floor = choose_texture (random, setting->grounds);
  guint line = (guint) draw_number (random, is_table ? 78 : 118, is_table ? 128 : 160);
  float horizon = draw_number (random, 45, 85);
  float lamp = draw_number (random, 0.2, 0.8) * SIZE;
  float dim = is_table ? 0.62f : 0.8f;

  while (floor == wall)
    wall = choose_texture (random, setting->walls);
  fill_rows (picture, wall, ground, 0, line, 0, is_table ? 1.1f : 0.8f, random);
  fill_rows (picture, floor, ground, line, SIZE, horizon, is_table ? 0.85f : 0.7f, random);

  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        float *p = picture->light + 3 * ((gsize) y * SIZE + x);
        float dx = ((float) x - lamp) / SIZE, dy = ((float) y - 60) / SIZE;
        float pool = 1.12f - 0.75f * (dx * dx + dy * dy * 0.4f);
        float corner = y < line ? dim * (1 - 0.25f * step_up ((float) line - 14, 14, (float) y)) : 0.72f + 0.28f * step_up ((float) line + 6, 14, (float) y);

        set_pixel (picture, x, y, shade ((FoveaColor) { p[0], p[1], p[2] }, pool * corner));
      }
  if (is_room)
    for (guint y = line - 9; y < line; y++)
      for (guint x = 0; x < SIZE; x++)
        {
          /* A skirting board, white paint on wood */
          float profile = y == line - 9 ? 0.95f : y > line - 3 ? 0.45f : 0.7f;

          set_pixel (picture, x, y, (FoveaColor) { profile * ground->tint.r, profile * 0.97f * ground->tint.g, profile * 0.93f * ground->tint.b });
          picture->surface[(gsize) y * SIZE + x] = (guint8) (fovea_texture_find ("wood") + 1);
        }
  ground->horizon = (float) line - horizon;
  ground->top = (float) line;
  ground->soft = softness_of (floor);
  ground->hard_light = draw_number (random, 0.45, 0.8);
}

static void
draw_depths (FoveaPicture *picture,
             const Setting *setting,
             FoveaGround *ground,
             FoveaRandom *random)
{
  guint texture = choose_texture (random, setting->grounds);
  guint line = (guint) draw_number (random, 185, 215);
  float green = draw_number (random, 0.8, 1.2);
  guint32 seed = (guint32) fovea_random_next (random);
  guint8 water = (guint8) (fovea_texture_find ("water") + 1);

  fill_rows (picture, texture, ground, line, SIZE, 26, 0.6f, random);
  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        float depth = (float) y / SIZE, u = (float) x / SIZE;
        float ray = saturate (0.25f + noise (u * 7 + depth * 1.5f, depth * 0.6f, seed) + 0.5f * noise (u * 17 + depth * 3.5f, depth * 0.8f, seed + 1));
        float mote = step_up (0.78f, 0.05f, noise ((float) x / 5, (float) y / 5, seed + 2));
        FoveaColor top = { 0.10f, 0.42f * green, 0.55f }, bottom = { 0.008f, 0.085f * green, 0.17f };
        FoveaColor open = mix (top, bottom, step_up (0.45f, 0.6f, depth));
        float *p = picture->light + 3 * ((gsize) y * SIZE + x);

        open = mix (open, (FoveaColor) { 0.5f, 0.8f, 0.8f }, 0.28f * ray * (1 - depth) + 0.12f * mote);
        if (y < line)
          {
            set_pixel (picture, x, y, open);
            picture->surface[(gsize) y * SIZE + x] = water;
          }
        else
          {
            float near = step_up ((float) line + 22, 34, (float) y);
            FoveaCell net = cell_at ((float) x / 26, (float) y / 13, 1, seed + 3);
            float caustic = 1 - step_up (0.1f, 0.14f, net.second - net.nearest);
            FoveaColor sand = { p[0] * 0.45f, p[1] * 0.75f * green, p[2] * 0.8f };

            set_pixel (picture, x, y, mix (open, shade (sand, 1 + 0.6f * caustic), 0.85f * near));
          }
      }
  ground->horizon = (float) line - 26;
  ground->top = (float) line;
  ground->tint = (FoveaColor) { 0.80f, 0.97f, 1.0f };
  ground->hard_light = 0.2f;
}

static void
draw_space (FoveaPicture *picture,
            const Setting *setting,
            FoveaGround *ground,
            FoveaRandom *random)
{
  guint32 seed = (guint32) fovea_random_next (random);
  float hue = draw_number (random, 0, 1);

  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        float u = (float) x, v = (float) y;
        FoveaCell star = cell_at (u / 11, v / 11, 1, seed), big = cell_at (u / 47, v / 47, 1, seed + 1);
        float glow = highest (0.9f * chance (star.id, 1) * (1 - step_up (0.05f, 0.05f, star.nearest)), 1 - step_up (0.022f, 0.02f, big.nearest));
        float mist = saturate (0.15f + cloud (u / 90, v / 90, 5, seed + 2)), warm = saturate (0.5f + cloud (u / 120, v / 120, 2, seed + 3));
        FoveaColor nebula = mix ((FoveaColor) { 0.02f, 0.03f, 0.12f }, mix ((FoveaColor) { 0.16f, 0.03f, 0.10f }, (FoveaColor) { 0.02f, 0.12f, 0.14f }, hue), warm);

        set_pixel (picture, x, y, mix (shade (nebula, mist * mist * 2), (FoveaColor) { 1, 0.97f, 0.9f }, glow));
      }
  memset (picture->surface, FOVEA_SURFACE_SKY, (gsize) SIZE * SIZE);
  ground->hard_light = 0.95f;
  if (setting->backdrop == BACKDROP_SPACE)
    return;

  fill_rows (picture, choose_texture (random, setting->grounds), ground, 150, SIZE, 20, 1, random);
  for (gsize i = (gsize) 150 * SIZE; i < (gsize) SIZE * SIZE; i++)
    {
      float grey = (picture->light[3 * i] + picture->light[3 * i + 1] + picture->light[3 * i + 2]) * 0.3f;

      picture->light[3 * i] = grey;
      picture->light[3 * i + 1] = grey * 0.99f;
      picture->light[3 * i + 2] = grey * 0.97f;
    }
  ground->horizon = 130;
  ground->top = 150;
}

/* Light falls off a little towards the corners. */
static void
darken_corners (FoveaPicture *picture)
{
  for (guint y = 0; y < SIZE; y++)
    for (guint x = 0; x < SIZE; x++)
      {
        float *p = picture->light + 3 * ((gsize) y * SIZE + x);
        float dx = ((float) x - SIZE / 2) / SIZE, dy = ((float) y - SIZE / 2) / SIZE;
        float factor = 1.04f - 0.36f * (dx * dx + dy * dy);

        p[0] *= factor;
        p[1] *= factor;
        p[2] *= factor;
      }
}

/**
 * fovea_picture_draw_setting:
 * @from_above: looks down on the ground, so that it fills the picture
 * @random: settles the weather, the textures and everything else
 *
 * Draws a place, without anything in it.
 *
 * Returns: how what is put there stands and is lit
 */
FoveaGround
fovea_picture_draw_setting (FoveaPicture *picture,
                            guint setting,
                            gboolean from_above,
                            FoveaRandom *random)
{
  const Setting *place = &settings[setting];
  const Weather *weather = &weathers[fovea_random_next (random) % G_N_ELEMENTS (weathers)];
  FoveaGround ground = new_ground (weather, random);
  Backdrop backdrop = from_above && place->grounds[0] != NULL ? BACKDROP_NONE : place->backdrop;

  switch (backdrop)
    {
    case BACKDROP_HILLS:
    case BACKDROP_TREES:
      draw_open_land (picture, place, weather, &ground, random);
      break;
    case BACKDROP_FOREST:
      draw_forest (picture, place, &ground, random);
      break;
    case BACKDROP_WATER:
    case BACKDROP_SEA:
      draw_waterside (picture, place, weather, &ground, random);
      break;
    case BACKDROP_WALL:
      draw_walled (picture, place, &ground, random);
      break;
    case BACKDROP_DEPTHS:
      draw_depths (picture, place, &ground, random);
      break;
    case BACKDROP_SKY:
      draw_sky (picture, weather, SIZE, random);
      break;
    case BACKDROP_SPACE:
    case BACKDROP_MOON:
      draw_space (picture, place, &ground, random);
      break;
    case BACKDROP_NONE:
      fill_rows (picture, choose_texture (random, place->grounds), &ground, 0, SIZE, 0, draw_number (random, 0.9, 1.5), random);
      break;
    default:
      g_assert_not_reached ();
    }
  darken_corners (picture);
  return ground;
}

/**
 * fovea_picture_draw_texture:
 *
 * Fills the picture with one texture.
 *
 * Returns: how it is lit
 */
FoveaGround
fovea_picture_draw_texture (FoveaPicture *picture,
                            guint texture,
                            FoveaRandom *random)
{
  FoveaGround ground = new_ground (&weathers[fovea_random_next (random) % G_N_ELEMENTS (weathers)], random);

  fill_rows (picture, texture, &ground, 0, SIZE, 0, draw_number (random, 0.8, 1.6), random);
  darken_corners (picture);
  return ground;
}
