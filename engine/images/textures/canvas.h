/* What the textures are drawn with: a canvas, colours, and noise that is the same on every machine.
 *
 * Everything here is made of additions, multiplications, divisions, square roots, comparisons and
 * integers, whose results IEEE 754 fixes to the last bit; the files that include it are compiled
 * without contraction to fused operations. The functions have no branches, so that compilers turn
 * the loops over pixels that call them into vector code.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <math.h>

#include "engine/images/textures/texture.h"

G_BEGIN_DECLS

/* A drawing function is compiled for wider vectors too, which do not change its results. */
#if defined (__x86_64__) && defined (__GNUC__) && !defined (__clang__) && !defined (__SANITIZE_ADDRESS__) && !defined (__SANITIZE_THREAD__)
#define FOVEA_DRAWS __attribute__ ((target_clones ("avx2", "default")))
#else
#define FOVEA_DRAWS
#endif

/* Part of the loop over pixels that calls it, for the same reason. */
#define FOVEA_INLINE static inline __attribute__ ((always_inline))

/* A short loop within the loop over pixels; only without it does the compiler see vectors there. */
#if defined (__GNUC__) && !defined (__clang__)
#define FOVEA_UNROLLED _Pragma ("GCC unroll 8")
#else
#define FOVEA_UNROLLED
#endif

/* sRGB, from 0 to 1 */
typedef struct {
  float r, g, b;
} FoveaColor;

/**
 * FoveaCanvas:
 * @n: number of pixels, @width × @height
 * @u, @v: for every pixel, where it lies on the surface; one unit is the size of one element
 * @pixel: for every pixel, how large it is in those units
 * @color: (out): what the surface reflects
 * @relief: (out): how high it is, in those units
 * @gloss: (out): how much it shines, from 0 (chalk) to 1 (glaze)
 */
typedef struct {
  guint width;
  guint height;
  gsize n;
  const float *restrict u;
  const float *restrict v;
  const float *restrict pixel;
  FoveaColor *restrict color;
  float *restrict relief;
  float gloss;
  FoveaRandom *random;
} FoveaCanvas;

/* Three colours that go together, as 0xRRGGBB. */
typedef guint32 FoveaPalette[3];

typedef struct {
  FoveaColor a, b, c;
} FoveaColors;

FoveaColors fovea_canvas_pick_colors (FoveaCanvas *canvas, const FoveaPalette *palettes, guint n_palettes);
FoveaColors fovea_canvas_pick_dyes (FoveaCanvas *canvas);

FOVEA_INLINE float
canvas_draw (FoveaCanvas *canvas,
             double minimum,
             double maximum)
{
  return (float) fovea_random_uniform (canvas->random, minimum, maximum);
}

FOVEA_INLINE guint32
canvas_seed (FoveaCanvas *canvas)
{
  return (guint32) (fovea_random_next (canvas->random) >> 32);
}

FOVEA_INLINE float
lowest (float a,
        float b)
{
  return a < b ? a : b;
}

FOVEA_INLINE float
highest (float a,
         float b)
{
  return a > b ? a : b;
}

FOVEA_INLINE float
saturate (float x)
{
  return lowest (highest (x, 0.0f), 1.0f);
}

FOVEA_INLINE float
magnitude (float x)
{
  return x < 0 ? -x : x;
}

FOVEA_INLINE float
blend (float a,
       float b,
       float t)
{
  return a + (b - a) * t;
}

/* 0 below @edge - @softness, 1 above @edge + @softness */
FOVEA_INLINE float
step_up (float edge,
         float softness,
         float x)
{
  float t = saturate ((x - edge + softness) / (2 * softness));

  return t * t * (3 - 2 * t);
}

FOVEA_INLINE int
floor_to_int (float x)
{
  int i = (int) x;

  return i - (x < (float) i);
}

FOVEA_INLINE float
fraction (float x)
{
  return x - (float) floor_to_int (x);
}

/* The sine of @turns × 2π, to 0.1 %: a parabola, corrected by its own square. */
FOVEA_INLINE float
wave (float turns)
{
  float x = fraction (turns) - 0.5f;
  float s = x * (16 * magnitude (x) - 8);

  return 0.225f * (s * magnitude (s) - s) + s;
}

/* The angle of (@x, @y) in turns, from -1/2 to 1/2, to 0.1 % of a turn. */
FOVEA_INLINE float
angle_of (float x,
          float y)
{
  float ax = magnitude (x), ay = magnitude (y);
  float q = lowest (ax, ay) / highest (highest (ax, ay), 1e-9f);
  float turns = q * (0.125f + 0.0434f * (1 - q));

  turns = ay > ax ? 0.25f - turns : turns;
  turns = x < 0 ? 0.5f - turns : turns;
  return y < 0 ? -turns : turns;
}

/* 32 bits that depend on all bits of what is given. */
FOVEA_INLINE guint32
scramble (int x,
          int y,
          guint32 seed)
{
  guint32 h = (guint32) x * 0x9e3779b1u ^ (guint32) y * 0x85ebca77u ^ seed;

  h ^= h >> 15;
  h *= 0x2c1b3c6du;
  h ^= h >> 12;
  h *= 0x297a2d39u;
  h ^= h >> 15;
  return h;
}

/* From 0 to 1; other @part, other number. */
FOVEA_INLINE float
chance (guint32 h,
        int part)
{
  h = (h ^ (guint32) part * 0x68e31da4u) * 0x2c1b3c6du;
  h ^= h >> 16;
  return (float) (int) (h >> 8) * 0x1p-24f;
}

FOVEA_INLINE float
chance_at (int x,
           int y,
           guint32 seed)
{
  return (float) (int) (scramble (x, y, seed) >> 8) * 0x1p-24f;
}

FOVEA_INLINE float
slope_at (int x,
          int y,
          guint32 seed,
          float dx,
          float dy)
{
  guint32 h = scramble (x, y, seed);

  return ((float) (int) (h & 0xffff) - 32767.5f) * dx + ((float) (int) (h >> 16) - 32767.5f) * dy;
}

/* Perlin's noise, improved: smooth, mostly within ±1, features of about one unit. */
FOVEA_INLINE float
noise (float u,
       float v,
       guint32 seed)
{
  int x = floor_to_int (u), y = floor_to_int (v);
  float fx = u - (float) x, fy = v - (float) y;
  float sx = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  float sy = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  float top = blend (slope_at (x, y, seed, fx, fy), slope_at (x + 1, y, seed, fx - 1, fy), sx);
  float bottom = blend (slope_at (x, y + 1, seed, fx, fy - 1), slope_at (x + 1, y + 1, seed, fx - 1, fy - 1), sx);

  return blend (top, bottom, sy) * (1.6f / 32768.0f);
}

/* Octaves of noise, each turned by about 37°, twice as fine and half as high. */
FOVEA_INLINE float
cloud (float u,
       float v,
       int n_octaves,
       guint32 seed)
{
  float sum = 0, weight = 0.5f;

  FOVEA_UNROLLED
  for (int i = 0; i < n_octaves; i++)
    {
      float turned = 1.6f * u - 1.2f * v + 0.37f;

      sum += weight * noise (u, v, seed + (guint32) i * 0x632be5abu);
      v = 1.2f * u + 1.6f * v + 0.71f;
      u = turned;
      weight *= 0.5f;
    }
  return sum;
}

/* Where a point lies among points scattered one a unit square: distances of the nearest and the
 * second nearest, the vector to the nearest, and the nearest one's own random bits. */
typedef struct {
  float nearest;
  float second;
  float dx;
  float dy;
  guint32 id;
} FoveaCell;

/* @scatter: 0 for a regular grid, 1 for full disorder */
FOVEA_INLINE FoveaCell
cell_at (float u,
         float v,
         float scatter,
         guint32 seed)
{
  int x = floor_to_int (u), y = floor_to_int (v);
  float fx = u - (float) x - 0.5f, fy = v - (float) y - 0.5f;
  FoveaCell cell = { 64, 64, 0, 0, 0 };

  FOVEA_UNROLLED
  for (int j = -1; j <= 1; j++)
    FOVEA_UNROLLED
    for (int i = -1; i <= 1; i++)
      {
        guint32 h = scramble (x + i, y + j, seed);
        float dx = fx - (float) i - scatter * ((float) (int) (h & 0xffff) * 0x1p-16f - 0.5f);
        float dy = fy - (float) j - scatter * ((float) (int) (h >> 16) * 0x1p-16f - 0.5f);
        float distance = dx * dx + dy * dy;
        gboolean closer = distance < cell.nearest;

        cell.second = closer ? cell.nearest : lowest (cell.second, distance);
        cell.dx = closer ? dx : cell.dx;
        cell.dy = closer ? dy : cell.dy;
        cell.id = closer ? h : cell.id;
        cell.nearest = closer ? distance : cell.nearest;
      }
  cell.nearest = sqrtf (cell.nearest);
  cell.second = sqrtf (cell.second);
  return cell;
}

FOVEA_INLINE FoveaColor
mix (FoveaColor a,
     FoveaColor b,
     float t)
{
  return (FoveaColor) { blend (a.r, b.r, t), blend (a.g, b.g, t), blend (a.b, b.b, t) };
}

FOVEA_INLINE FoveaColor
shade (FoveaColor color,
       float factor)
{
  return (FoveaColor) { color.r * factor, color.g * factor, color.b * factor };
}

/* One of three, by a number from 0 to 1. */
FOVEA_INLINE FoveaColor
one_of (const FoveaColors *colors,
        float number)
{
  FoveaColor first = mix (colors->a, colors->b, number < 0.4f ? 0.0f : 1.0f);

  return mix (first, colors->c, number < 0.75f ? 0.0f : 1.0f);
}

G_END_DECLS
