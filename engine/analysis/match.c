/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/match.h"

#include <math.h>

#include "engine/analysis/assignment.h"
#include "engine/kernels/blas.h"
#include "engine/parallel.h"

/* Channels that a thread takes at a time. */
#define CHANNELS_AT_ONCE 64

/* The images' means of one layer, brought to mean 0 and length 1 for each channel, so that a correlation
 * is a dot product. */
typedef struct {
  const float *means;
  guint n_channels;
  gsize row_step; /* from one image that counts to the next */
  gsize n_rows;
  const gboolean *is_read;
  float *normalized; /* [row that counts][channel] */
} Layer;

/* An image that could not be read has no mean of any channel. */
static gboolean
is_read (const Layer *layer,
         gsize row)
{
  const float *means = layer->means + row * layer->row_step * layer->n_channels;

  for (guint c = 0; c < layer->n_channels; c++)
    if (!isnan (means[c]))
      return TRUE;
  return FALSE;
}

static void
normalize_channel (const Layer *layer,
                   guint channel)
{
  double sum = 0, squares = 0, mean, scale;
  gsize n = 0, place = 0;

  for (gsize row = 0; row < layer->n_rows; row++)
    if (layer->is_read[row])
      {
        sum += layer->means[row * layer->row_step * layer->n_channels + channel];
        n++;
      }
  mean = sum / (double) n;
  for (gsize row = 0; row < layer->n_rows; row++)
    if (layer->is_read[row])
      {
        double difference = layer->means[row * layer->row_step * layer->n_channels + channel] - mean;
        squares += difference * difference;
      }
  /* Constant channels, but for rounding, and those with a map that was no number. */
  scale = squares > (double) n * mean * mean * 1e-14 && isfinite (squares) ? 1 / sqrt (squares) : 0;
  for (gsize row = 0; row < layer->n_rows; row++)
    if (layer->is_read[row])
      {
        double difference = layer->means[row * layer->row_step * layer->n_channels + channel] - mean;
        layer->normalized[place++ * layer->n_channels + channel] = scale > 0 ? (float) (difference * scale) : 0;
      }
}

static void
normalize_channels (gsize item,
                    guint worker,
                    gpointer data)
{
  const Layer *layer = data;
  guint end = MIN ((guint) (item + 1) * CHANNELS_AT_ONCE, layer->n_channels);

  for (guint channel = (guint) item * CHANNELS_AT_ONCE; channel < end; channel++)
    normalize_channel (layer, channel);
}

typedef struct {
  const Layer *first;
  const Layer *second;
  gsize n_rows;
  float *correlations;
} Product;

static void
multiply (gsize item,
          guint worker,
          gpointer data)
{
  const Product *product = data;
  guint begin = (guint) item * CHANNELS_AT_ONCE, n_first = product->first->n_channels, n_second = product->second->n_channels;
  guint n = MIN (CHANNELS_AT_ONCE, n_first - begin);

  fovea_blas_gemm (TRUE, n, n_second, product->n_rows, product->first->normalized + begin, n_first,
                   product->second->normalized, n_second, 0, product->correlations + (gsize) begin * n_second, n_second);
}

static gsize
count_items (guint n_channels)
{
  return (n_channels + CHANNELS_AT_ONCE - 1) / CHANNELS_AT_ONCE;
}

static void
find_best (FoveaMatch *self)
{
  for (guint i = 0; i < self->n_first; i++)
    for (guint j = 0; j < self->n_second; j++)
      {
        float correlation = self->correlations[(gsize) i * self->n_second + j];

        if (j == 0 || correlation > self->correlations[(gsize) i * self->n_second + (guint) self->best[i]])
          self->best[i] = (int) j;
        if (i == 0 || correlation > self->correlations[(gsize) self->best_of_second[j] * self->n_second + j])
          self->best_of_second[j] = (int) i;
      }
}

/* The rows of both layers that are of one image, and of an image that was read. */
static gboolean
prepare (const FoveaScan *first,
         const FoveaScan *second,
         Layer *a,
         Layer *b,
         gboolean **rows_read,
         gsize *n_read,
         GError **error)
{
  gsize step = MAX (fovea_scan_get_means_step (first), fovea_scan_get_means_step (second)), n_rows, ignored;

  *a = (Layer) { .means = fovea_scan_get_means (first, &ignored), .n_channels = fovea_scan_get_n_channels (first), .row_step = step / fovea_scan_get_means_step (first) };
  *b = (Layer) { .means = fovea_scan_get_means (second, &ignored), .n_channels = fovea_scan_get_n_channels (second), .row_step = step / fovea_scan_get_means_step (second) };
  n_rows = (fovea_scan_get_n_images (first) + step - 1) / step;
  a->n_rows = b->n_rows = n_rows;
  *rows_read = g_new (gboolean, n_rows);
  *n_read = 0;
  for (gsize row = 0; row < n_rows; row++)
    *n_read += (*rows_read)[row] = is_read (a, row) && is_read (b, row);
  a->is_read = b->is_read = *rows_read;
  if (*n_read < 2)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "channels can be matched on two images or more, but %" G_GSIZE_FORMAT " could be read", *n_read);
      return FALSE;
    }
  a->normalized = g_try_new (float, *n_read * a->n_channels);
  b->normalized = g_try_new (float, *n_read * b->n_channels);
  if (a->normalized != NULL && b->normalized != NULL)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory to match %u with %u channels", a->n_channels, b->n_channels);
  return FALSE;
}

/**
 * fovea_match_compute:
 * @first, @second: complete scans of two layers over the same set, of one network or of two
 * @job: (nullable): told how far the assignment is; may stop it
 * @error: %FOVEA_ERROR_NOT_FOUND where fewer than two images could be read, %FOVEA_ERROR_TOO_LARGE,
 *   `G_IO_ERROR_CANCELLED`
 *
 * The thread that calls this computes; any thread.
 *
 * Returns: (transfer full): which channels correspond, or %NULL
 */
FoveaMatch *
fovea_match_compute (const FoveaScan *first,
                     const FoveaScan *second,
                     const FoveaJob *job,
                     GError **error)
{
  g_autoptr (FoveaMatch) self = g_new0 (FoveaMatch, 1);
  g_autofree gboolean *rows_read = NULL;
  Layer a, b;
  Product product;

  g_return_val_if_fail (fovea_scan_is_complete (first) && fovea_scan_is_complete (second), NULL);
  g_return_val_if_fail (fovea_scan_get_n_images (first) == fovea_scan_get_n_images (second), NULL);

  self->n_first = fovea_scan_get_n_channels (first);
  self->n_second = fovea_scan_get_n_channels (second);
  self->correlations = g_try_new (float, (gsize) self->n_first * self->n_second);
  self->best = g_new (int, self->n_first);
  self->best_of_second = g_new (int, self->n_second);
  self->assigned = g_new (int, self->n_first);
  if (self->correlations == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory to match %u with %u channels", self->n_first, self->n_second);
      return NULL;
    }
  if (prepare (first, second, &a, &b, &rows_read, &self->n_images, error))
    {
      product = (Product) { &a, &b, self->n_images, self->correlations };
      fovea_parallel_for (count_items (a.n_channels), normalize_channels, &a);
      fovea_parallel_for (count_items (b.n_channels), normalize_channels, &b);
      fovea_parallel_for (count_items (a.n_channels), multiply, &product);
    }
  else
    g_clear_pointer (&self, fovea_match_free);
  g_free (a.normalized);
  g_free (b.normalized);
  if (self == NULL)
    return NULL;
  find_best (self);
  if (!fovea_assignment_maximize (self->n_first, self->n_second, self->correlations, self->assigned, job, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_match_free:
 * @match: (nullable): a match
 */
void
fovea_match_free (FoveaMatch *match)
{
  if (match == NULL)
    return;
  g_free (match->correlations);
  g_free (match->best);
  g_free (match->best_of_second);
  g_free (match->assigned);
  g_free (match);
}
