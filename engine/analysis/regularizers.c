/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/regularizers.h"

#include <math.h>

/* Distances are measured from here, as in Lucid's examples: an image of nothing is grey. */
#define GREY 0.5f

/* Lucid's guard against an infinite derivative where the image is grey everywhere. */
#define L2_EPSILON 1e-6

static inline float
get_sign (float value)
{
  return (float) (value > 0) - (float) (value < 0);
}

/**
 * fovea_regularize_total_variation:
 * @image: [n_planes, height, width]
 * @weight: of the penalty
 * @gradient: (inout): [n_planes, height, width]; @weight times the penalty's derivative is subtracted
 *
 * Returns: the penalty without weight, the sum of the absolute differences of vertical and of
 *   horizontal neighbours
 */
double
fovea_regularize_total_variation (const float *image,
                                  gsize n_planes,
                                  gsize height,
                                  gsize width,
                                  double weight,
                                  float *gradient)
{
  float amount = (float) weight;
  double sum = 0;

  for (gsize row = 0; row < n_planes * height; row++)
    {
      const float *values = image + row * width;
      float *derivatives = gradient + row * width;
      gboolean has_next = (row + 1) % height != 0;

      for (gsize x = 0; x < width; x++)
        {
          if (has_next)
            {
              float difference = values[x + width] - values[x];
              float pull = amount * get_sign (difference);

              sum += fabsf (difference);
              derivatives[x] += pull;
              derivatives[x + width] -= pull;
            }
          if (x + 1 < width)
            {
              float difference = values[x + 1] - values[x];
              float pull = amount * get_sign (difference);

              sum += fabsf (difference);
              derivatives[x] += pull;
              derivatives[x + 1] -= pull;
            }
        }
    }
  return sum;
}

/**
 * fovea_regularize_l1:
 * @image: @n_values values
 * @weight: of the penalty
 * @gradient: (inout): @weight times the penalty's derivative is subtracted
 *
 * Returns: the penalty without weight, the sum of the absolute differences from grey
 */
double
fovea_regularize_l1 (const float *image,
                     gsize n_values,
                     double weight,
                     float *gradient)
{
  float amount = (float) weight;
  double sum = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      float difference = image[i] - GREY;

      sum += fabsf (difference);
      gradient[i] -= amount * get_sign (difference);
    }
  return sum;
}

/**
 * fovea_regularize_l2:
 * @image: @n_values values
 * @weight: of the penalty
 * @gradient: (inout): @weight times the penalty's derivative is subtracted
 *
 * Returns: the penalty without weight, the Euclidean distance from grey
 */
double
fovea_regularize_l2 (const float *image,
                     gsize n_values,
                     double weight,
                     float *gradient)
{
  double sum = L2_EPSILON;
  double norm;
  float amount;

  for (gsize i = 0; i < n_values; i++)
    sum += (double) (image[i] - GREY) * (image[i] - GREY);
  norm = sqrt (sum);
  amount = (float) (weight / norm);
  for (gsize i = 0; i < n_values; i++)
    gradient[i] -= amount * (image[i] - GREY);
  return norm;
}
