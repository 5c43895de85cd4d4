/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/transforms.h"

#include <math.h>
#include <string.h>

#define N_PLANES 3

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

static inline void
locate_taps (const FoveaTransform *transform,
             gsize y,
             gsize x,
             Taps *taps)
{
  gssize height = (gssize) transform->height;
  gssize width = (gssize) transform->width;
  float row = transform->row[0] * (float) y + transform->row[1] * (float) x + transform->row[2];
  float column = transform->column[0] * (float) y + transform->column[1] * (float) x + transform->column[2];
  /* Conversion cuts towards zero; the comparison makes it a floor. */
  gssize top = (gssize) row - ((float) (gssize) row > row);
  gssize left = (gssize) column - ((float) (gssize) column > column);
  float below = row - (float) top;
  float right = column - (float) left;

  taps->weights[0] = (1 - below) * (1 - right);
  taps->weights[1] = (1 - below) * right;
  taps->weights[2] = below * (1 - right);
  taps->weights[3] = below * right;
  taps->outside = 0;

  if (G_LIKELY (top >= 0 && left >= 0 && top + 1 < height && left + 1 < width))
    {
      taps->indices[0] = (gsize) (top * width + left);
      taps->indices[1] = taps->indices[0] + 1;
      taps->indices[2] = taps->indices[0] + (gsize) width;
      taps->indices[3] = taps->indices[2] + 1;
      return;
    }

  for (guint i = 0; i < 4; i++)
    {
      gssize tap_y = top + (i >= 2);
      gssize tap_x = left + (i % 2);
      gssize inside_y = CLAMP (tap_y, 0, height - 1);
      gssize inside_x = CLAMP (tap_x, 0, width - 1);

      taps->indices[i] = (gsize) (inside_y * width + inside_x);
      if (transform->padded && (tap_y != inside_y || tap_x != inside_x))
        {
          taps->outside += taps->weights[i];
          taps->weights[i] = 0;
        }
    }
}

/**
 * fovea_transform_apply:
 * @image: [3, height, width]
 * @view: (out): [3, height, width], not the same memory
 *
 * Any thread.
 */
void
fovea_transform_apply (const FoveaTransform *transform,
                       const float *image,
                       float *view)
{
  gsize plane_size = transform->height * transform->width;

  for (gsize y = 0, pixel = 0; y < transform->height; y++)
    for (gsize x = 0; x < transform->width; x++, pixel++)
      {
        Taps taps;

        locate_taps (transform, y, x, &taps);
        for (gsize plane = 0; plane < N_PLANES; plane++)
          {
            const float *values = image + plane * plane_size;

            view[plane * plane_size + pixel] = taps.weights[0] * values[taps.indices[0]] +
                                               taps.weights[1] * values[taps.indices[1]] +
                                               taps.weights[2] * values[taps.indices[2]] +
                                               taps.weights[3] * values[taps.indices[3]] +
                                               taps.outside * PAD_VALUE;
          }
      }
}

/**
 * fovea_transform_apply_adjoint:
 * @view_gradient: [3, height, width], derivative with respect to the view
 * @image_gradient: (out): [3, height, width], derivative with respect to the image
 *
 * The exact transpose of fovea_transform_apply()'s linear part. Any thread.
 */
void
fovea_transform_apply_adjoint (const FoveaTransform *transform,
                               const float *view_gradient,
                               float *image_gradient)
{
  gsize plane_size = transform->height * transform->width;

  memset (image_gradient, 0, N_PLANES * plane_size * sizeof (float));
  for (gsize y = 0, pixel = 0; y < transform->height; y++)
    for (gsize x = 0; x < transform->width; x++, pixel++)
      {
        Taps taps;

        locate_taps (transform, y, x, &taps);
        for (gsize plane = 0; plane < N_PLANES; plane++)
          {
            float gradient = view_gradient[plane * plane_size + pixel];
            float *values = image_gradient + plane * plane_size;

            for (guint i = 0; i < 4; i++)
              values[taps.indices[i]] += taps.weights[i] * gradient;
          }
      }
}
