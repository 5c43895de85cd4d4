/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/scene-picture.h"

#include <string.h>

#define SIZE FOVEA_SCENE_SIZE

/* Shadows are soft; half the resolution is enough for them. */
#define SHADOW_SIZE (SIZE / 2)

/* How the picture's pixels map to the stamp's. */
typedef struct {
  const FoveaStampPixels *pixels; /* the level whose pixels are closest in size to the picture's */
  float x, y;         /* the stamp's middle in the picture */
  float across, down; /* the stamp's direction to the right, in its own pixels for one of the picture's */
  float mirror;       /* 1 or -1 */
} Sampling;

typedef struct {
  float r, g, b, a;
} Sample;

static Sampling
new_sampling (const FoveaPlacement *placement)
{
  const FoveaStampPixels *pixels = placement->pixels;
  float step = (float) MAX (pixels->width, pixels->height) / placement->size;
  float height = placement->size * (float) pixels->height / (float) MAX (pixels->width, pixels->height);
  gboolean stands = !placement->from_above && (placement->stamp->flags & FOVEA_STAMP_FLIES) == 0;
  Sampling sampling;

  while (step > 1.45f && pixels->half != NULL)
    {
      pixels = pixels->half;
      step *= 0.5f;
    }
  sampling.pixels = pixels;
  sampling.x = placement->x;
  sampling.y = stands ? placement->y - 0.5f * height : placement->y;
  sampling.across = step * wave (placement->turn + 0.25f);
  sampling.down = step * wave (placement->turn);
  sampling.mirror = placement->mirrored ? -1.0f : 1.0f;
  return sampling;
}

static inline void
find_source (const Sampling *sampling,
             float x,
             float y,
             float *sx,
             float *sy)
{
  float dx = x - sampling->x, dy = y - sampling->y;

  *sx = sampling->mirror * (dx * sampling->across + dy * sampling->down) + 0.5f * (float) sampling->pixels->width;
  *sy = dy * sampling->across - dx * sampling->down + 0.5f * (float) sampling->pixels->height;
}

static inline const guint8 *
pixel_at (const FoveaStampPixels *pixels,
          int x,
          int y)
{
  static const guint8 nothing[4];

  if (x < 0 || y < 0 || x >= (int) pixels->width || y >= (int) pixels->height)
    return nothing;
  return pixels->pixels + 4 * ((gsize) y * pixels->width + (gsize) x);
}

/* Bilinear; (0, 0) is the upper left corner of the first pixel. Colour multiplied by alpha, 0 to 1. */
static inline Sample
sample_at (const FoveaStampPixels *pixels,
           float sx,
           float sy)
{
  int x = floor_to_int (sx - 0.5f), y = floor_to_int (sy - 0.5f);
  float fx = sx - 0.5f - (float) x, fy = sy - 0.5f - (float) y;
  const guint8 *a, *b, *c, *d;
  float wa, wb, wc, wd;

  if (x < -1 || y < -1 || x >= (int) pixels->width || y >= (int) pixels->height)
    return (Sample) { 0 };
  a = pixel_at (pixels, x, y);
  b = pixel_at (pixels, x + 1, y);
  c = pixel_at (pixels, x, y + 1);
  d = pixel_at (pixels, x + 1, y + 1);
  wa = (1 - fx) * (1 - fy) / 255;
  wb = fx * (1 - fy) / 255;
  wc = (1 - fx) * fy / 255;
  wd = fx * fy / 255;

  return (Sample) {
    wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0], wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1],
    wa * a[2] + wb * b[2] + wc * c[2] + wd * d[2], wa * a[3] + wb * b[3] + wc * c[3] + wd * d[3],
  };
}

static float
alpha_at (const Sampling *sampling,
          float x,
          float y)
{
  float sx, sy;

  find_source (sampling, x, y, &sx, &sy);
  return sample_at (sampling->pixels, sx, sy).a;
}

/* Means over 2 × @radius + 1 pixels, along rows or columns. */
static void
blur (float *plane,
      guint radius,
      gsize step,
      gsize line_step)
{
  float line[SHADOW_SIZE];
  const float share = 1 / (float) (2 * radius + 1);

  for (gsize l = 0; l < SHADOW_SIZE; l++)
    {
      float *at = plane + l * line_step;
      float sum = 0;

      for (guint i = 0; i < SHADOW_SIZE; i++)
        line[i] = at[i * step];
      for (guint i = 0; i < radius; i++)
        sum += line[i];
      for (guint i = 0; i < SHADOW_SIZE; i++)
        {
          sum += i + radius < SHADOW_SIZE ? line[i + radius] : 0.0f;
          sum -= i > radius ? line[i - radius - 1] : 0.0f;
          at[i * step] = sum * share;
        }
    }
}

static void
blur_both_ways (float *plane,
                guint radius)
{
  for (guint pass = 0; pass < 2; pass++)
    {
      blur (plane, radius, 1, SHADOW_SIZE);
      blur (plane, radius, SHADOW_SIZE, 1);
    }
}

/* The shadow that a standing thing casts on the ground: its outline, laid down away from the light. */
static void
cast_shadow (float *plane,
             const FoveaGround *ground,
             const FoveaPlacement *placement,
             const Sampling *sampling)
{
  const float squash = 0.3f, shear = -1.1f * ground->light_x;

  for (guint y = 0; y < SHADOW_SIZE; y++)
    {
      float py = 2 * (float) y + 1, height = (placement->y - py) / squash;

      if (height < 0 || py < ground->top || height > placement->size)
        continue;
      for (guint x = 0; x < SHADOW_SIZE; x++)
        plane[y * SHADOW_SIZE + x] = alpha_at (sampling, 2 * (float) x + 1 - height * shear, placement->y - height) * (1 - 0.5f * height / placement->size);
    }
}

/* Where a thing touches the ground, hardly any light comes in. */
static void
add_contact (float *plane,
             const FoveaPlacement *placement,
             const Sampling *sampling)
{
  const float reach = 0.1f * placement->size;
  float depth[SHADOW_SIZE];

  for (guint x = 0; x < SHADOW_SIZE; x++)
    {
      float deepest = 0;

      for (float up = 0.5f; up < reach; up += 1.5f)
        deepest = highest (deepest, alpha_at (sampling, 2 * (float) x + 1, placement->y - up) * (1 - up / reach));
      depth[x] = 0.9f * deepest;
    }
  for (guint y = 0; y < SHADOW_SIZE; y++)
    {
      const float distance = (2 * (float) y + 1 - placement->y - 1) / 4.5f;
      const float spread = 1 + distance * distance * distance * distance;
      float *row = plane + y * SHADOW_SIZE;

      for (guint x = 0; x < SHADOW_SIZE; x++)
        row[x] = lowest (1, row[x] + depth[x] / spread);
    }
}

static void
drop_shadow (float *plane,
             const FoveaGround *ground,
             const FoveaPlacement *placement,
             const Sampling *sampling)
{
  float height = 4 + 0.035f * placement->size;

  for (guint y = 0; y < SHADOW_SIZE; y++)
    for (guint x = 0; x < SHADOW_SIZE; x++)
      plane[y * SHADOW_SIZE + x] = alpha_at (sampling, 2 * (float) x + 1 + ground->light_x * height * 1.6f, 2 * (float) y + 1 + ground->light_y * height * 1.6f);
}

static gboolean
is_clear (const float *row)
{
  float sum = 0;

  for (guint x = 0; x < SHADOW_SIZE; x++)
    sum += magnitude (row[x]);
  return sum == 0;
}

static void
darken (FoveaPicture *picture,
        const float *plane,
        float from_row,
        float strength)
{
  for (guint y = 0; y < SIZE; y++)
    {
      float py = ((float) y - 0.5f) / 2;
      int y0 = CLAMP (floor_to_int (py), 0, SHADOW_SIZE - 2);
      float fy = saturate (py - (float) y0);
      const float *row = plane + y0 * SHADOW_SIZE;

      if ((float) y < from_row || (is_clear (row) && is_clear (row + SHADOW_SIZE)))
        continue;
      for (guint x = 0; x < SIZE; x++)
        {
          float px = ((float) x - 0.5f) / 2;
          int x0 = CLAMP (floor_to_int (px), 0, SHADOW_SIZE - 2);
          const float *at = row + x0;
          float fx = saturate (px - (float) x0);
          float shadow = blend (blend (at[0], at[1], fx), blend (at[SHADOW_SIZE], at[SHADOW_SIZE + 1], fx), fy);
          float *p = picture->light + 3 * ((gsize) y * SIZE + x);

          /* What the sun does not reach is lit by the blue sky. */
          p[0] *= 1 - strength * shadow;
          p[1] *= 1 - 0.97f * strength * shadow;
          p[2] *= 1 - 0.90f * strength * shadow;
        }
    }
}

/* The thing's mirror image in the water below it, broken by ripples. */
static void
mirror_in_water (FoveaPicture *picture,
                 const FoveaPlacement *placement,
                 const Sampling *sampling,
                 guint32 seed)
{
  for (guint y = (guint) placement->y; y < SIZE; y++)
    {
      float below = (float) y - placement->y;
      float fade = 0.55f * saturate (1 - below / (0.7f * placement->size));

      for (guint x = 0; x < SIZE; x++)
        {
          float shift = (1 + 0.12f * below) * 1.6f * noise ((float) x / 17, (float) y / 3.2f, seed);
          float sx, sy;
          Sample sample;
          float *p = picture->light + 3 * ((gsize) y * SIZE + x);

          find_source (sampling, (float) x + 0.5f + shift, placement->y - 1.1f * below, &sx, &sy);
          sample = sample_at (sampling->pixels, sx, sy);
          p[0] = blend (p[0], 0.7f * sample.r * sample.r, fade * sample.a);
          p[1] = blend (p[1], 0.8f * sample.g * sample.g, fade * sample.a);
          p[2] = blend (p[2], 0.9f * sample.b * sample.b, fade * sample.a);
        }
    }
}

static guint8
part_at (const FoveaPlacement *placement,
         float x,
         float y)
{
  const GArray *parts = placement->stamp->parts;

  for (guint i = 0; i < parts->len; i++)
    {
      const FoveaStampPart *part = &g_array_index (parts, FoveaStampPart, i);

      if (x >= part->left && x < part->right && y >= part->top && y < part->bottom)
        return (guint8) (i + 1);
    }
  return 0;
}

/* How much of the thing's lowest rows blades, snow or waves leave to be seen. */
static float
uncovered (float x,
           float above_foot,
           float soft,
           gboolean floats,
           guint32 seed)
{
  float wide = noise (x / (floats ? 13.0f : 7.0f), 0.5f, seed), fine = chance_at ((int) x, 1, seed);
  float cover = soft * (floats ? 0.6f + 0.5f * wide : 0.35f + 0.35f * wide + 0.6f * fine * fine);

  return step_up (cover, 1, above_foot);
}

/**
 * fovea_picture_place:
 * @placement: what, where and how large
 * @random: for blades and ripples
 *
 * Puts a thing into the picture, in front of what is there, with its shadow or mirror image.
 */
void
fovea_picture_place (FoveaPicture *picture,
                     const FoveaGround *ground,
                     const FoveaPlacement *placement,
                     FoveaRandom *random)
{
  Sampling sampling = new_sampling (placement);
  const FoveaStampPixels *pixels = sampling.pixels;
  FoveaStampFlags flags = placement->stamp->flags;
  gboolean floats = (flags & FOVEA_STAMP_FLOATS) != 0, flies = (flags & FOVEA_STAMP_FLIES) != 0;
  gboolean stands = !placement->from_above && !flies;
  guint32 seed = (guint32) fovea_random_next (random);
  float reach = 0.71f * placement->size + 2;
  int left = CLAMP ((int) (sampling.x - reach), 0, SIZE), right = CLAMP ((int) (sampling.x + reach) + 1, 0, SIZE);
  int top = CLAMP ((int) (sampling.y - reach), 0, SIZE), bottom = CLAMP ((int) (sampling.y + reach) + 1, 0, SIZE);

  if (floats)
    mirror_in_water (picture, placement, &sampling, seed);
  else if (!flies)
    {
      g_autofree float *plane = g_new0 (float, SHADOW_SIZE * SHADOW_SIZE);

      if (stands)
        {
          cast_shadow (plane, ground, placement, &sampling);
          blur_both_ways (plane, 2);
          add_contact (plane, placement, &sampling);
          blur_both_ways (plane, 1);
        }
      else
        {
          drop_shadow (plane, ground, placement, &sampling);
          blur_both_ways (plane, 2);
        }
      darken (picture, plane, stands ? ground->top : 0, 0.35f + 0.4f * ground->hard_light);
    }

  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      {
        gsize i = (gsize) y * SIZE + (gsize) x;
        float *p = picture->light + 3 * i;
        float sx, sy, alpha, share;
        Sample sample;

        find_source (&sampling, (float) x + 0.5f, (float) y + 0.5f, &sx, &sy);
        sample = sample_at (pixels, sx, sy);
        if (sample.a <= 0)
          continue;
        alpha = sample.a;
        if (stands && ground->soft > 0)
          alpha *= uncovered ((float) x, placement->y - (float) y, ground->soft, floats, seed);
        /* The colour squared, times the part that covers the pixel */
        share = alpha / (sample.a * sample.a);
        p[0] = blend (p[0], 0, alpha) + sample.r * sample.r * share * (0.4f + 0.6f * ground->tint.r);
        p[1] = blend (p[1], 0, alpha) + sample.g * sample.g * share * (0.4f + 0.6f * ground->tint.g);
        p[2] = blend (p[2], 0, alpha) + sample.b * sample.b * share * (0.4f + 0.6f * ground->tint.b);
        if (alpha >= 0.5f)
          {
            float tx = sx / (float) pixels->width, ty = sy / (float) pixels->height;

            picture->instance[i] = (guint8) (placement->number + 1);
            picture->part[i] = part_at (placement, tx, ty);
          }
      }
}

/**
 * fovea_stamp_draw:
 * @size: of the stamp's longer side, in pixels
 * @turn: clockwise, in turns
 * @rgba: (out caller-allocates): @side × @side × 4 bytes: colour, not multiplied by alpha; alpha
 *
 * Draws a stamp in the middle of a transparent square.
 */
void
fovea_stamp_draw (const FoveaStampPixels *pixels,
                  float size,
                  float turn,
                  gboolean mirrored,
                  guint side,
                  guint8 *rgba)
{
  const FoveaStamp nothing = { .flags = FOVEA_STAMP_FLIES };
  const FoveaPlacement placement = {
    .stamp = &nothing, .pixels = pixels, .size = size, .x = 0.5f * (float) side, .y = 0.5f * (float) side,
    .turn = turn, .mirrored = mirrored, .from_above = TRUE,
  };
  const Sampling sampling = new_sampling (&placement);

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        guint8 *to = rgba + 4 * ((gsize) y * side + x);
        float sx, sy, back;
        Sample sample;

        find_source (&sampling, (float) x + 0.5f, (float) y + 0.5f, &sx, &sy);
        sample = sample_at (sampling.pixels, sx, sy);
        back = sample.a > 0 ? 255 / sample.a : 0.0f;
        to[0] = (guint8) (lowest (sample.r * back, 255) + 0.5f);
        to[1] = (guint8) (lowest (sample.g * back, 255) + 0.5f);
        to[2] = (guint8) (lowest (sample.b * back, 255) + 0.5f);
        to[3] = (guint8) (lowest (sample.a * 255, 255) + 0.5f);
      }
}
