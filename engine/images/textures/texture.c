/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/textures/draw.h"

#include "engine/images/textures/texture.h"

/* Pixels a unit of texture coordinates, at magnification 1 */
#define PIXELS_PER_UNIT 44.0f

typedef struct {
  FoveaTexture texture;
  void (*draw) (FoveaCanvas *canvas);
  float size;     /* how large its elements look best, as a factor */
  gboolean turns; /* whether it may stand at any angle; else it stays within a few degrees */
} Entry;

static const Entry entries[] = {
  { { "striped", "fabric" }, fovea_draw_striped, 0.75f, TRUE },
  { { "banded", NULL }, fovea_draw_banded, 1.0f, TRUE },
  { { "lined", "paper" }, fovea_draw_lined, 0.8f, TRUE },
  { { "grid", "tile" }, fovea_draw_grid, 1.0f, TRUE },
  { { "chequered", "tile" }, fovea_draw_chequered, 0.9f, TRUE },
  { { "polka-dotted", "fabric" }, fovea_draw_polka_dotted, 0.8f, TRUE },
  { { "dotted", "fabric" }, fovea_draw_dotted, 1.0f, TRUE },
  { { "zigzagged", "fabric" }, fovea_draw_zigzagged, 0.9f, TRUE },
  { { "crosshatched", "paper" }, fovea_draw_crosshatched, 1.2f, TRUE },
  { { "honeycombed", NULL }, fovea_draw_honeycombed, 1.0f, TRUE },
  { { "swirly", NULL }, fovea_draw_swirly, 1.0f, TRUE },
  { { "spiralled", NULL }, fovea_draw_spiralled, 1.0f, TRUE },
  { { "woven", "wicker" }, fovea_draw_woven, 1.0f, TRUE },
  { { "knitted", "wool" }, fovea_draw_knitted, 1.1f, TRUE },
  { { "pleated", "fabric" }, fovea_draw_pleated, 1.0f, FALSE },
  { { "braided", NULL }, fovea_draw_braided, 1.1f, TRUE },
  { { "meshed", "metal" }, fovea_draw_meshed, 1.0f, TRUE },
  { { "cobwebbed", NULL }, fovea_draw_cobwebbed, 1.2f, TRUE },
  { { "waffled", NULL }, fovea_draw_waffled, 1.1f, TRUE },
  { { "wrinkled", NULL }, fovea_draw_wrinkled, 1.1f, TRUE },
  { { "fibrous", NULL }, fovea_draw_fibrous, 1.0f, TRUE },
  { { "matted", "fur" }, fovea_draw_matted, 1.0f, TRUE },
  { { "scaly", NULL }, fovea_draw_scaly, 0.9f, TRUE },
  { { "bubbly", NULL }, fovea_draw_bubbly, 1.0f, TRUE },
  { { "freckled", NULL }, fovea_draw_freckled, 1.0f, TRUE },
  { { "sprinkled", NULL }, fovea_draw_sprinkled, 1.0f, TRUE },
  { { "porous", NULL }, fovea_draw_porous, 1.0f, TRUE },
  { { "veined", "foliage" }, fovea_draw_veined, 1.2f, TRUE },
  { { "blotchy", NULL }, fovea_draw_blotchy, 1.0f, TRUE },
  { { "cracked", "earth" }, fovea_draw_cracked, 1.0f, TRUE },
  { { "marbled", "marble" }, fovea_draw_marbled, 1.2f, TRUE },
  { { "stratified", "rock" }, fovea_draw_stratified, 1.1f, FALSE },
  { { "perforated", "metal" }, fovea_draw_perforated, 1.0f, TRUE },
  { { "studded", "leather" }, fovea_draw_studded, 1.0f, TRUE },
  { { "pitted", NULL }, fovea_draw_pitted, 1.0f, TRUE },
  { { "flecked", "granite" }, fovea_draw_flecked, 1.0f, TRUE },
  { { "grooved", "metal" }, fovea_draw_grooved, 1.0f, TRUE },
  { { "crystalline", NULL }, fovea_draw_crystalline, 1.0f, TRUE },
  { { "bumpy", "stone" }, fovea_draw_bumpy, 1.0f, TRUE },
  { { NULL, "foliage" }, fovea_draw_foliage, 0.8f, TRUE },
  { { NULL, "grass" }, fovea_draw_grass, 1.0f, FALSE },
  { { NULL, "brick" }, fovea_draw_brick, 1.0f, FALSE },
  { { NULL, "asphalt" }, fovea_draw_asphalt, 1.0f, TRUE },
  { { NULL, "plaster" }, fovea_draw_plaster, 1.2f, TRUE },
  { { NULL, "sand" }, fovea_draw_sand, 1.0f, TRUE },
  { { NULL, "snow" }, fovea_draw_snow, 1.3f, FALSE },
  { { NULL, "earth" }, fovea_draw_soil, 1.0f, TRUE },
  { { NULL, "wood" }, fovea_draw_wood, 1.0f, FALSE },
  { { NULL, "water" }, fovea_draw_water, 1.0f, FALSE },
  { { NULL, "carpet" }, fovea_draw_carpet, 1.0f, TRUE },
};

/**
 * fovea_texture_get_n_textures:
 *
 * Returns: how many textures there are; any thread
 */
guint
fovea_texture_get_n_textures (void)
{
  return G_N_ELEMENTS (entries);
}

/**
 * fovea_texture_get:
 * @texture: less than fovea_texture_get_n_textures()
 *
 * Returns: its names; any thread
 */
const FoveaTexture *
fovea_texture_get (guint texture)
{
  g_return_val_if_fail (texture < G_N_ELEMENTS (entries), NULL);

  return &entries[texture].texture;
}

/**
 * fovea_texture_find:
 * @name: a texture's name, or the material of one that has only that
 *
 * Returns: the texture, or -1; any thread
 */
int
fovea_texture_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      const FoveaTexture *texture = &entries[i].texture;

      if (g_strcmp0 (texture->name != NULL ? texture->name : texture->material, name) == 0)
        return (int) i;
    }
  return -1;
}

static FoveaColor
vary (FoveaRandom *random,
      guint32 color,
      float light,
      float warmth)
{
  float r = (float) (color >> 16 & 255) / 255, g = (float) (color >> 8 & 255) / 255, b = (float) (color & 255) / 255;
  float own = (float) fovea_random_uniform (random, -0.025, 0.025);

  return (FoveaColor) { saturate (r * light * (1 + warmth) + own), saturate (g * light + own), saturate (b * light * (1 - warmth) + own) };
}

/**
 * fovea_canvas_pick_colors:
 *
 * Returns: one of @palettes, a little lighter or darker, warmer or colder than it stands there
 */
FoveaColors
fovea_canvas_pick_colors (FoveaCanvas *canvas,
                          const FoveaPalette *palettes,
                          guint n_palettes)
{
  const guint32 *palette = palettes[fovea_random_next (canvas->random) % n_palettes];
  float light = canvas_draw (canvas, 0.88, 1.08), warmth = canvas_draw (canvas, -0.06, 0.06);

  return (FoveaColors) { vary (canvas->random, palette[0], light, warmth), vary (canvas->random, palette[1], light, warmth), vary (canvas->random, palette[2], light, warmth) };
}

/**
 * fovea_canvas_pick_dyes:
 *
 * Returns: colours as cloth and paint have them, the first two well apart
 */
FoveaColors
fovea_canvas_pick_dyes (FoveaCanvas *canvas)
{
  static const FoveaPalette dyes[] = {
    { 0xf2ede2, 0x2f4f7f, 0xb8443c }, { 0x2c3f5c, 0xe8e2d2, 0xd8a444 }, { 0xb83a34, 0xf4eee2, 0x3a3a3c }, { 0x3f6f52, 0xefe6c8, 0xc8643c },
    { 0xe8c25a, 0x4a4a52, 0xf6f0e0 }, { 0xd8a0a8, 0xfaf2f0, 0x8a4a5c }, { 0x232326, 0xf0f0ee, 0xc03c3c }, { 0xd07a3c, 0x3f2f2a, 0xf2d8a8 },
    { 0x6fa8b8, 0xf6f2e6, 0xe88a5c }, { 0x6a4a7c, 0xe2d4ec, 0xe0b050 }, { 0x8a9a5c, 0x3c4428, 0xe8e4c4 }, { 0xc8b89c, 0x6a4c38, 0x8fa4a0 },
    { 0x1f5f6a, 0xf0c88a, 0xe06a4c }, { 0xf6f0e4, 0xd85a6a, 0x5aa88a }, { 0x5c2430, 0xd8b48c, 0x2c3c4c }, { 0x9ab8d8, 0x2a4468, 0xf8f8f4 },
  };

  return fovea_canvas_pick_colors (canvas, dyes, G_N_ELEMENTS (dyes));
}

/* Where every pixel lies on the surface. */
static void
place (const Entry *entry,
       const FoveaTextureView *view,
       FoveaRandom *random,
       float *u,
       float *v,
       float *pixel)
{
  float turns = (float) fovea_random_uniform (random, 0, 1);
  float size = (float) fovea_random_uniform (random, 0.8, 1.3) * entry->size * view->magnification;
  float left = (float) fovea_random_uniform (random, 10, 200), top = (float) fovea_random_uniform (random, 10, 200);
  float c, s, unit;

  /* Half of those that may turn stand upright or nearly so, as most walls and cloths do. */
  if (!entry->turns || fovea_random_next (random) % 2 == 0)
    turns = (turns - 0.5f) * 0.03f;
  c = wave (turns + 0.25f);
  s = wave (turns);
  unit = 1 / (PIXELS_PER_UNIT * size);

  for (guint y = 0; y < view->height; y++)
    {
      /* The plane's perspective: what is k times as far from the horizon is k times as near. */
      float near = view->horizon > 0 ? (view->horizon + (float) view->height) / (view->horizon + (float) y + 0.5f) : 1.0f;
      float depth = view->horizon > 0 ? near * (view->horizon + (float) view->height) * 0.8f : -(float) y;

      for (guint x = 0; x < view->width; x++)
        {
          gsize i = (gsize) y * view->width + x;
          float px = ((float) x - 0.5f * (float) view->width) * near * unit, py = -depth * unit;

          u[i] = left + c * px - s * py;
          v[i] = top + s * px + c * py;
          pixel[i] = unit * near * (view->horizon > 0 ? sqrtf (near) : 1.0f);
        }
    }
}

/* Lights the surface: Lambert's law for what is rough, Blinn's for what shines. Colours are squared
 * before and rooted after, which is close to sRGB's curve and exact everywhere. */
FOVEA_DRAWS static void
light (const FoveaCanvas *canvas,
       const FoveaTextureView *view,
       float *restrict pixels)
{
  const float lx = view->light_x, ly = view->light_y;
  const float lz = sqrtf (highest (1 - lx * lx - ly * ly, 0.15f));
  const float half = 1 / sqrtf (lx * lx + ly * ly + (lz + 1) * (lz + 1));
  const float hx = lx * half, hy = ly * half, hz = (lz + 1) * half;
  const float *relief = canvas->relief;
  const gsize width = canvas->width, height = canvas->height;

  for (gsize y = 0; y < height; y++)
    {
      const float *above = relief + (y > 0 ? y - 1 : 0) * width, *below = relief + (y + 1 < height ? y + 1 : y) * width;
      const float *row = relief + y * width;

      for (gsize x = 0; x < width; x++)
        {
          gsize i = y * width + x, before = x > 0 ? x - 1 : 0, after = x + 1 < width ? x + 1 : x;
          float scale = 0.5f / canvas->pixel[i];
          float nx = highest (lowest ((row[before] - row[after]) * scale, 1.6f), -1.6f);
          float ny = highest (lowest ((above[x] - below[x]) * scale, 1.6f), -1.6f);
          float length = 1 / sqrtf (nx * nx + ny * ny + 1);
          float diffuse = highest ((nx * lx + ny * ly + lz) * length, 0.0f) / lz;
          float mirror = highest ((nx * hx + ny * hy + hz) * length, 0.0f);
          float s2 = mirror * mirror, s4 = s2 * s2, s8 = s4 * s4, s16 = s8 * s8, s32 = s16 * s16;
          float grain = chance_at ((int) x, (int) y, 0x5eed) - 0.5f;
          float brightness = (0.38f + 0.62f * lowest (diffuse, 1.7f)) * (1 + 0.05f * grain);
          float shine = canvas->gloss * 0.4f * s32 * s16 * length;
          FoveaColor color = canvas->color[i];
          float r = saturate (color.r), g = saturate (color.g), b = saturate (color.b);

          pixels[3 * i] = lowest (r * r * brightness + shine, 1.0f);
          pixels[3 * i + 1] = lowest (g * g * brightness + shine, 1.0f);
          pixels[3 * i + 2] = lowest (b * b * brightness + shine, 1.0f);
        }
    }
}

/**
 * fovea_texture_draw:
 * @texture: less than fovea_texture_get_n_textures()
 * @seed: settles colours, size, angle and every irregularity
 * @pixels: (out caller-allocates): width × height × 3 numbers from 0 to 1, proportional to light:
 *   the square root of one is close to its sRGB value
 *
 * Draws a piece of the surface, lit. The same on every machine. Any thread.
 */
void
fovea_texture_draw (guint texture,
                    const FoveaTextureView *view,
                    guint64 seed,
                    float *pixels)
{
  const Entry *entry;
  FoveaRandom random;
  FoveaCanvas canvas;
  gsize n = (gsize) view->width * view->height;
  g_autofree float *planes = NULL;
  g_autofree FoveaColor *color = NULL;

  g_return_if_fail (texture < G_N_ELEMENTS (entries));
  g_return_if_fail (view->width > 0 && view->height > 0);

  entry = &entries[texture];
  fovea_random_init (&random, seed, texture);
  planes = g_new (float, 4 * n);
  color = g_new (FoveaColor, n);
  place (entry, view, &random, planes, planes + n, planes + 2 * n);
  canvas = (FoveaCanvas) {
    .width = view->width, .height = view->height, .n = n,
    .u = planes, .v = planes + n, .pixel = planes + 2 * n, .relief = planes + 3 * n,
    .color = color, .random = &random,
  };
  entry->draw (&canvas);
  light (&canvas, view, pixels);
}
