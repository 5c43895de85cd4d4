/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/top-values.h"

#include <math.h>
#include <stdlib.h>

/* Beyond what is kept there is room for a quarter as many, so that selecting is rare: each value that
 * comes in costs five steps of it. */
#define ROOM_DIVISOR 4
#define MIN_ROOM 64

struct _FoveaTopValues {
  gsize n_streams;
  gsize n_kept;
  gsize capacity;
  float *values; /* n_streams × capacity */
  gsize *counts; /* of each stream, how many there are now */
  float *bounds; /* of each stream: n_kept values at least as large are there */
};

static gsize
get_capacity (gsize n_kept)
{
  return n_kept + MAX (n_kept / ROOM_DIVISOR, MIN_ROOM);
}

/**
 * fovea_top_values_get_n_needed:
 * @n_values: how many values a stream has at most
 * @share: in (0, 1): the quantile that leaves this share above it
 *
 * Returns: how many of the largest values tell the quantile
 */
gsize
fovea_top_values_get_n_needed (guint64 n_values,
                               double share)
{
  guint64 lower = (guint64) floor ((double) (n_values - 1) * (1 - share));

  /* One more, for rounding. */
  return (gsize) MIN (n_values, n_values - lower + 1);
}

/**
 * fovea_top_values_get_stream_bytes:
 *
 * Returns: the memory that a stream takes of which @n_kept values are kept
 */
gsize
fovea_top_values_get_stream_bytes (gsize n_kept)
{
  return get_capacity (n_kept) * sizeof (float) + sizeof (gsize) + sizeof (float);
}

/**
 * fovea_top_values_new:
 * @n_streams: how many streams
 * @n_kept: how many of each one's largest values to keep, at least 1
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the streams, without any value, or %NULL
 */
FoveaTopValues *
fovea_top_values_new (gsize n_streams,
                      gsize n_kept,
                      GError **error)
{
  FoveaTopValues *self = g_new0 (FoveaTopValues, 1);
  gsize n_values;

  self->n_streams = n_streams;
  self->n_kept = n_kept;
  self->capacity = get_capacity (n_kept);
  if (g_size_checked_mul (&n_values, n_streams, self->capacity))
    self->values = g_try_new (float, n_values);
  if (self->values == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for the %" G_GSIZE_FORMAT " largest activations of %" G_GSIZE_FORMAT " channels",
                   n_kept, n_streams);
      fovea_top_values_free (self);
      return NULL;
    }
  self->counts = g_new0 (gsize, n_streams);
  self->bounds = g_new (float, n_streams);
  for (gsize i = 0; i < n_streams; i++)
    self->bounds[i] = -INFINITY;
  return self;
}

/**
 * fovea_top_values_free:
 * @values: (nullable): the streams
 */
void
fovea_top_values_free (FoveaTopValues *values)
{
  if (values == NULL)
    return;
  g_free (values->values);
  g_free (values->counts);
  g_free (values->bounds);
  g_free (values);
}

static float
median_of_three (float a,
                 float b,
                 float c)
{
  return MAX (MIN (a, b), MIN (MAX (a, b), c));
}

/* Moves the n largest values to the front, in any order. Partitions in three, for many are equal. */
static void
select_largest (float *values,
                gsize n_values,
                gsize n)
{
  gsize begin = 0, end = n_values;

  while (end - begin > 1)
    {
      float pivot = median_of_three (values[begin], values[begin + (end - begin) / 2], values[end - 1]);
      gsize larger = begin, i = begin, smaller = end;

      while (i < smaller)
        {
          float value = values[i];

          if (value > pivot)
            {
              values[i++] = values[larger];
              values[larger++] = value;
            }
          else if (value < pivot)
            {
              values[i] = values[--smaller];
              values[smaller] = value;
            }
          else
            i++;
        }
      if (n <= larger)
        end = larger;
      else if (n >= smaller)
        begin = smaller;
      else
        return;
    }
}

static void
drop_smallest (FoveaTopValues *self,
               gsize stream)
{
  float *values = self->values + stream * self->capacity;
  float bound = INFINITY;

  select_largest (values, self->counts[stream], self->n_kept);
  self->counts[stream] = self->n_kept;
  for (gsize i = 0; i < self->n_kept; i++)
    bound = MIN (bound, values[i]);
  self->bounds[stream] = bound;
}

/**
 * fovea_top_values_add:
 * @stream: less than the number of streams; one thread at a time
 * @more: (array length=n_more): values; what is not a number counts as the smallest
 *
 * Feeds a stream.
 */
void
fovea_top_values_add (FoveaTopValues *self,
                      gsize stream,
                      const float *restrict more,
                      gsize n_more)
{
  float *values = self->values + stream * self->capacity;
  gsize count = self->counts[stream];
  float bound = self->bounds[stream];

  for (gsize i = 0; i < n_more; i++)
    {
      if (!(more[i] > bound))
        continue;
      values[count++] = more[i];
      if (count == self->capacity)
        {
          self->counts[stream] = count;
          drop_smallest (self, stream);
          count = self->counts[stream];
          bound = self->bounds[stream];
        }
    }
  self->counts[stream] = count;
}

static int
compare_descending (const void *a,
                    const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x < y) - (x > y);
}

/**
 * fovea_top_values_finish:
 * @stream: less than the number of streams; one thread at a time
 *
 * Sorts what was kept, for fovea_top_values_get_quantile().
 */
void
fovea_top_values_finish (FoveaTopValues *self,
                         gsize stream)
{
  qsort (self->values + stream * self->capacity, self->counts[stream], sizeof (float), compare_descending);
}

/* The value of a rank, from 0 for the largest. */
static double
get_ranked (const FoveaTopValues *self,
            gsize stream,
            guint64 rank)
{
  return rank < self->counts[stream] ? self->values[stream * self->capacity + rank] : -INFINITY;
}

/**
 * fovea_top_values_get_quantile:
 * @stream: a stream that was finished
 * @n_values: how many values it had
 * @share: in (0, 1), for which enough values were kept
 *
 * The quantile of 1 - @share, exact, between two values interpolated linearly: NumPy's
 * `quantile (values, 1 - share)`. Fewer than @share * @n_values + 1 values lie above it.
 *
 * Returns: the value
 */
double
fovea_top_values_get_quantile (const FoveaTopValues *self,
                               gsize stream,
                               guint64 n_values,
                               double share)
{
  double position = (double) (n_values - 1) * (1 - share);
  guint64 lower_index = (guint64) floor (position);
  double fraction = position - (double) lower_index;
  double lower = get_ranked (self, stream, n_values - 1 - lower_index), upper;

  if (fraction == 0 || lower_index + 1 >= n_values)
    return lower;
  upper = get_ranked (self, stream, n_values - 2 - lower_index);
  /* Equal values stay what they are, also infinite ones. */
  return lower == upper ? lower : lower + fraction * (upper - lower);
}
