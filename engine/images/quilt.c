/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/quilt.h"

#include <string.h>

/* How many of the patches that fit are tried for each place. */
#define N_TRIED 90

/* A patch size is used if there are at least this many places to cut it from. */
#define ENOUGH_PLACES 60

#define MAX_PATCH 56

typedef struct {
  const guint8 *rgba;
  guint width;
  guint height;
  guint patch;   /* side of a patch */
  guint overlap; /* with the patches before it */
  GArray *places; /* guint32: index of a patch's upper left pixel */
} Source;

/* Collects the places where a square of @patch pixels is opaque all over. */
static void
find_places (Source *source,
             guint patch)
{
  guint n_columns = source->width + 1;
  g_autofree guint32 *sums = g_new0 (guint32, (gsize) n_columns * (source->height + 1));

  /* The sum over a rectangle is that of four corners. */
  for (guint y = 0; y < source->height; y++)
    for (guint x = 0; x < source->width; x++)
      sums[(y + 1) * n_columns + x + 1] = sums[y * n_columns + x + 1] + sums[(y + 1) * n_columns + x] - sums[y * n_columns + x]
                                          + (source->rgba[4 * (y * source->width + x) + 3] >= 250);
  source->patch = patch;
  source->overlap = MAX (patch / 3, 4);
  g_array_set_size (source->places, 0);
  for (guint y = 0; y + patch <= source->height; y++)
    for (guint x = 0; x + patch <= source->width; x++)
      {
        guint32 n = sums[(y + patch) * n_columns + x + patch] - sums[y * n_columns + x + patch] - sums[(y + patch) * n_columns + x] + sums[y * n_columns + x];
        guint32 place = y * source->width + x;

        if (n == patch * patch)
          g_array_append_val (source->places, place);
      }
}

static guint32
difference (const guint8 *a,
            const guint8 *b)
{
  int r = a[0] - b[0], g = a[1] - b[1], blue = a[2] - b[2];

  return (guint32) (r * r + g * g + blue * blue);
}

/* How badly a patch fits to what lies there already, to its left and above it. */
static guint64
misfit (const Source *source,
        guint32 place,
        const guint8 *rgb,
        guint side,
        guint left,
        guint top)
{
  guint64 sum = 0;

  for (guint y = 0; y < source->patch && top + y < side; y++)
    {
      guint n = top > 0 && y < source->overlap ? source->patch : left > 0 ? source->overlap : 0;

      for (guint x = 0; x < n && left + x < side; x++)
        sum += difference (source->rgba + 4 * ((gsize) place + y * source->width + x), rgb + 3 * ((gsize) (top + y) * side + left + x));
    }
  return sum;
}

/* The path through an overlap along which both patches differ least: for each of @length steps, at
 * which of the overlap's @overlap pixels the new patch begins (Efros and Freeman 2001, section 2.1). */
static void
find_cut (const guint32 *differences,
          guint length,
          guint overlap,
          guint *cut)
{
  guint32 cost[MAX_PATCH][MAX_PATCH];
  guint best = 0;

  for (guint s = 0; s < length; s++)
    for (guint k = 0; k < overlap; k++)
      {
        guint32 before = 0;

        if (s > 0)
          {
            before = cost[s - 1][k];
            if (k > 0)
              before = MIN (before, cost[s - 1][k - 1]);
            if (k + 1 < overlap)
              before = MIN (before, cost[s - 1][k + 1]);
          }
        cost[s][k] = before + differences[s * overlap + k];
      }
  for (guint k = 1; k < overlap; k++)
    if (cost[length - 1][k] < cost[length - 1][best])
      best = k;
  for (guint s = length; s-- > 0;)
    {
      guint from = best > 0 ? best - 1 : 0, to = MIN (best + 1, overlap - 1);

      cut[s] = best;
      if (s == 0)
        break;
      best = cut[s];
      for (guint k = from; k <= to; k++)
        if (cost[s - 1][k] < cost[s - 1][best])
          best = k;
    }
}

static void
lay (const Source *source,
     guint32 place,
     guint8 *rgb,
     guint side,
     guint left,
     guint top)
{
  guint32 differences[MAX_PATCH * MAX_PATCH] = { 0 };
  guint from_left[MAX_PATCH] = { 0 }, from_top[MAX_PATCH] = { 0 };
  guint n_rows = MIN (source->patch, side - top), n_columns = MIN (source->patch, side - left);
  guint overlap_x = MIN (source->overlap, n_columns), overlap_y = MIN (source->overlap, n_rows);

  if (left > 0)
    {
      for (guint y = 0; y < n_rows; y++)
        for (guint x = 0; x < overlap_x; x++)
          differences[y * overlap_x + x] = difference (source->rgba + 4 * ((gsize) place + y * source->width + x), rgb + 3 * ((gsize) (top + y) * side + left + x));
      find_cut (differences, n_rows, overlap_x, from_left);
    }
  if (top > 0)
    {
      for (guint x = 0; x < n_columns; x++)
        for (guint y = 0; y < overlap_y; y++)
          differences[x * overlap_y + y] = difference (source->rgba + 4 * ((gsize) place + y * source->width + x), rgb + 3 * ((gsize) (top + y) * side + left + x));
      find_cut (differences, n_columns, overlap_y, from_top);
    }
  for (guint y = 0; y < n_rows; y++)
    for (guint x = 0; x < n_columns; x++)
      if (x >= from_left[y] && y >= from_top[x])
        memcpy (rgb + 3 * ((gsize) (top + y) * side + left + x), source->rgba + 4 * ((gsize) place + y * source->width + x), 3);
}

/**
 * fovea_quilt:
 * @rgba: a thing cut out: red, green, blue, alpha of every pixel
 * @random: settles which patches are tried
 * @side: of the square that is wanted
 * @rgb: (out caller-allocates): @side × @side × 3 bytes
 *
 * Makes a texture from the inside of a thing by image quilting (Efros and Freeman, "Image Quilting
 * for Texture Synthesis and Transfer", SIGGRAPH 2001): square patches, each chosen to fit to those
 * before it, overlapping, cut where they differ least. The patches are as large as the thing has room
 * for. Integers only, so the same on every machine.
 *
 * Returns: whether the thing has room for any patch
 */
gboolean
fovea_quilt (const guint8 *rgba,
             guint width,
             guint height,
             FoveaRandom *random,
             guint side,
             guint8 *rgb)
{
  static const guint patches[] = { 56, 48, 40, 34, 28, 24, 20, 16, 12, 9 };
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint32));
  Source source = { .rgba = rgba, .width = width, .height = height, .places = places };
  guint step;

  for (guint i = 0; i < G_N_ELEMENTS (patches) && places->len < ENOUGH_PLACES; i++)
    find_places (&source, patches[i]);
  if (places->len == 0)
    return FALSE;

  step = source.patch - source.overlap;
  for (guint top = 0; top == 0 || top + source.overlap < side; top += step)
    for (guint left = 0; left == 0 || left + source.overlap < side; left += step)
      {
        guint32 best = 0;
        guint64 least = G_MAXUINT64;

        for (guint i = 0; i < N_TRIED; i++)
          {
            guint32 place = g_array_index (places, guint32, fovea_random_next (random) % places->len);
            guint64 sum = misfit (&source, place, rgb, side, left, top);

            if (sum < least)
              {
                least = sum;
                best = place;
              }
            if (least == 0)
              break;
          }
        lay (&source, best, rgb, side, left, top);
      }
  return TRUE;
}
