/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/transforms.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

#define N_PLANES 3

/* Rows that one piece of work does, at most. */
#define MAX_ROWS 16

/* The colour of what lies around a padded image. */
#define PAD_VALUE 0.5f

/**
 * fovea_transform_draw:
 * @transform: (out): the view
 * @ranges: what to draw from
 * @height: rows of the image
 * @width: columns of the image
 * @random: gives six numbers, always
 *
 * lucent's steps, in its order: pad with grey; crop `jitter` pixels away, from a random side; scale;
 * rotate around the centre; crop `second_jitter` pixels away. Of what they give, a network with a
 * fixed input size sees the centre, a window of the image's own size.
 *
 * The steps are composed to one affine map and the image is interpolated once (bilinearly), not once
 * a step, which would blur it more. Beyond the padded canvas its border repeats, where lucent has
 * black corners: so any `pad` of more than 0 surrounds the image with endless grey, and 0 continues
 * its border pixels. Jitter and scale are continuous, not in lucent's steps of a pixel and of 0.02,
 * because on a small image its few pixels of jitter would be one or two.
 */
void
fovea_transform_draw (FoveaTransform *transform,
                      const FoveaTransformRanges *ranges,
                      gsize height,
                      gsize width,
                      FoveaRandom *random)
{
  double shift_y = fovea_random_uniform (random, -ranges->jitter / 2, ranges->jitter / 2);
  double shift_x = fovea_random_uniform (random, -ranges->jitter / 2, ranges->jitter / 2);
  double scale = fovea_random_uniform (random, ranges->scale_minimum, ranges->scale_maximum);
  double angle = fovea_random_uniform (random, -ranges->rotation, ranges->rotation) * G_PI / 180;
  double second_shift_y = fovea_random_uniform (random, -ranges->second_jitter / 2, ranges->second_jitter / 2);
  double second_shift_x = fovea_random_uniform (random, -ranges->second_jitter / 2, ranges->second_jitter / 2);
  double cosine = cos (angle) / scale;
  double sine = sin (angle) / scale;
  double center_y = ((double) height - 1) / 2;
  double center_x = ((double) width - 1) / 2;
  double offset_y = second_shift_y - center_y;
  double offset_x = second_shift_x - center_x;

  transform->height = height;
  transform->width = width;
  transform->row[0] = (float) cosine;
  transform->row[1] = (float) sine;
  transform->row[2] = (float) (cosine * offset_y + sine * offset_x + shift_y + center_y);
  transform->column[0] = (float) -sine;
  transform->column[1] = (float) cosine;
  transform->column[2] = (float) (-sine * offset_y + cosine * offset_x + shift_x + center_x);
  transform->padded = ranges->pad > 0;
}

/* The four pixels that a pixel of the view is interpolated from, and what is missing of them. */
typedef struct {
  gsize indices[4];
  float weights[4];
  float outside; /* weight of the grey around */
} Taps;

/* Where pixels [begin, end) of a row of the view lie in the image. */
FOVEA_MULTIVERSION static void
locate_pixels (const FoveaTransform *transform,
               gsize y,
               gint32 begin,
               gint32 end,
               gint32 *restrict top,
               gint32 *restrict left,
               float *restrict below,
               float *restrict right)
{
  const float row_step = transform->row[1], row_begin = transform->row[0] * (float) y, row_offset = transform->row[2];
  const float column_step = transform->column[1], column_begin = transform->column[0] * (float) y, column_offset = transform->column[2];

  for (gint32 x = begin; x < end; x++)
    {
      const float row = row_begin + row_step * (float) x + row_offset, column = column_begin + column_step * (float) x + column_offset;
      /* Conversion cuts towards zero; the comparison makes it a floor. */
      const gint32 whole_row = (gint32) row - ((float) (gint32) row > row), whole_column = (gint32) column - ((float) (gint32) column > column);

      top[x - begin] = whole_row;
      left[x - begin] = whole_column;
      below[x - begin] = row - (float) whole_row;
      right[x - begin] = column - (float) whole_column;
    }
}

static inline void
weigh (float below,
       float right,
       float weights[4])
{
  weights[0] = (1 - below) * (1 - right);
  weights[1] = (1 - below) * right;
  weights[2] = below * (1 - right);
  weights[3] = below * right;
}

/* Of any pixel; those at the border repeat it, or miss some of it. */
static void
locate_taps (const FoveaTransform *transform,
             gsize y,
             gsize x,
             Taps *taps)
{
  const gint32 height = (gint32) transform->height, width = (gint32) transform->width;
  gint32 top, left;
  float below, right;

  locate_pixels (transform, y, (gint32) x, (gint32) x + 1, &top, &left, &below, &right);
  weigh (below, right, taps->weights);
  taps->outside = 0;
  for (gint32 i = 0; i < 4; i++)
    {
      const gint32 tap_y = top + (i >= 2), tap_x = left + (i % 2);
      const gint32 inside_y = CLAMP (tap_y, 0, height - 1), inside_x = CLAMP (tap_x, 0, width - 1);

      taps->indices[i] = (gsize) inside_y * transform->width + (gsize) inside_x;
      if (transform->padded && (tap_y != inside_y || tap_x != inside_x))
        {
          taps->outside += taps->weights[i];
          taps->weights[i] = 0;
        }
    }
}

/* A row of the view: where its pixels lie, and from which on, up to which, all their taps are pixels. */
typedef struct {
  gint32 *top;
  gint32 *left;
  float *below;
  float *right;
  gsize begin;
  gsize end;
} Row;

static gboolean
is_inside (const FoveaTransform *transform,
           const Row *row,
           gsize x)
{
  return row->top[x] >= 0 && row->left[x] >= 0 &&
         row->top[x] + 1 < (gint32) transform->height && row->left[x] + 1 < (gint32) transform->width;
}

static void
locate_row (const FoveaTransform *transform,
            gsize y,
            Row *row)
{
  const gsize width = transform->width;

  locate_pixels (transform, y, 0, (gint32) width, row->top, row->left, row->below, row->right);
  /* A line enters and leaves a rectangle once. */
  for (row->begin = 0; row->begin < width && !is_inside (transform, row, row->begin);)
    row->begin++;
  for (row->end = width; row->end > row->begin && !is_inside (transform, row, row->end - 1);)
    row->end--;
}

static Row
allocate_row (gsize width)
{
  return (Row) {
    .top = g_new (gint32, width),
    .left = g_new (gint32, width),
    .below = g_new (float, width),
    .right = g_new (float, width),
  };
}

static void
free_row (Row *row)
{
  g_free (row->top);
  g_free (row->left);
  g_free (row->below);
  g_free (row->right);
}

typedef struct {
  const FoveaTransform *transform;
  const float *source;
  float *target;
} Job;

static void
apply_at_border (const FoveaTransform *transform,
                 gsize y,
                 gsize x,
                 const float *values,
                 float *pixel)
{
  Taps taps;

  locate_taps (transform, y, x, &taps);
  *pixel = taps.outside * PAD_VALUE;
  for (guint i = 0; i < 4; i++)
    *pixel += taps.weights[i] * values[taps.indices[i]];
}

static void
return_to_border (const FoveaTransform *transform,
                  gsize y,
                  gsize x,
                  float gradient,
                  float *values)
{
  Taps taps;

  locate_taps (transform, y, x, &taps);
  for (guint i = 0; i < 4; i++)
    values[taps.indices[i]] += taps.weights[i] * gradient;
}

/* Some rows of the view, in all planes. */
static void
apply_rows (gsize item,
            guint worker,
            gpointer data)
{
  const Job *job = data;
  const FoveaTransform *transform = job->transform;
  const gsize width = transform->width, plane_size = transform->height * width;
  const gsize end = MIN ((item + 1) * MAX_ROWS, transform->height);
  Row row = allocate_row (width);

  for (gsize y = item * MAX_ROWS; y < end; y++)
    {
      locate_row (transform, y, &row);
      for (gsize plane = 0; plane < N_PLANES; plane++)
        {
          const float *restrict values = job->source + plane * plane_size;
          float *restrict view = job->target + plane * plane_size + y * width;

          for (gsize x = 0; x < row.begin; x++)
            apply_at_border (transform, y, x, values, &view[x]);
          for (gsize x = row.begin; x < row.end; x++)
            {
              const float *corner = values + (gsize) row.top[x] * width + (gsize) row.left[x];
              float weights[4];

              weigh (row.below[x], row.right[x], weights);
              view[x] = weights[0] * corner[0] + weights[1] * corner[1] + weights[2] * corner[width] + weights[3] * corner[width + 1];
            }
          for (gsize x = row.end; x < width; x++)
            apply_at_border (transform, y, x, values, &view[x]);
        }
    }
  free_row (&row);
}

/**
 * fovea_transform_apply:
 * @image: [3, height, width]
 * @view: (out): [3, height, width], not the same memory
 *
 * Spreads its work over the pool. Any thread.
 */
void
fovea_transform_apply (const FoveaTransform *transform,
                       const float *image,
                       float *view)
{
  Job job = { transform, image, view };

  fovea_parallel_for ((transform->height + MAX_ROWS - 1) / MAX_ROWS, apply_rows, &job);
}

/* One plane: pixels of the view share pixels of the image, so rows cannot be done at the same time. */
static void
return_plane (gsize plane,
              guint worker,
              gpointer data)
{
  const Job *job = data;
  const FoveaTransform *transform = job->transform;
  const gsize width = transform->width, plane_size = transform->height * width;
  float *restrict values = job->target + plane * plane_size;
  Row row = allocate_row (width);

  memset (values, 0, plane_size * sizeof (float));
  for (gsize y = 0; y < transform->height; y++)
    {
      const float *restrict gradients = job->source + plane * plane_size + y * width;

      locate_row (transform, y, &row);
      for (gsize x = 0; x < row.begin; x++)
        return_to_border (transform, y, x, gradients[x], values);
      for (gsize x = row.begin; x < row.end; x++)
        {
          float *corner = values + (gsize) row.top[x] * width + (gsize) row.left[x];
          float weights[4];

          weigh (row.below[x], row.right[x], weights);
          corner[0] += weights[0] * gradients[x];
          corner[1] += weights[1] * gradients[x];
          corner[width] += weights[2] * gradients[x];
          corner[width + 1] += weights[3] * gradients[x];
        }
      for (gsize x = row.end; x < width; x++)
        return_to_border (transform, y, x, gradients[x], values);
    }
  free_row (&row);
}

/**
 * fovea_transform_apply_adjoint:
 * @view_gradient: [3, height, width], derivative with respect to the view
 * @image_gradient: (out): [3, height, width], derivative with respect to the image
 *
 * The exact transpose of fovea_transform_apply()'s linear part. Spreads its work over the pool. Any thread.
 */
void
fovea_transform_apply_adjoint (const FoveaTransform *transform,
                               const float *view_gradient,
                               float *image_gradient)
{
  Job job = { transform, view_gradient, image_gradient };

  fovea_parallel_for (N_PLANES, return_plane, &job);
}
