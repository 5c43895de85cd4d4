/* Random views of an image: padded, jittered, scaled, rotated, jittered again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/random.h"

G_BEGIN_DECLS

/**
 * FoveaTransformRanges:
 * @pad, @jitter, @second_jitter: in pixels of the image
 * @scale_minimum, @scale_maximum: the scale, 1 is none
 * @rotation: largest angle in degrees, either way
 */
typedef struct {
  double pad;
  double jitter;
  double scale_minimum;
  double scale_maximum;
  double rotation;
  double second_jitter;
} FoveaTransformRanges;

/**
 * FoveaTransform:
 * @height, @width: of the image and of the view
 * @row, @column: pixel (y, x) of the view is read at row `row[0] * y + row[1] * x + row[2]` of the
 *   image, and likewise at the column
 * @padded: whether there is grey around the image; otherwise its border pixels repeat
 *
 * One view of an image, a plain value.
 */
typedef struct {
  gsize height;
  gsize width;
  float row[3];
  float column[3];
  gboolean padded;
} FoveaTransform;

void fovea_transform_draw (FoveaTransform *transform, const FoveaTransformRanges *ranges, gsize height, gsize width, FoveaRandom *random);
void fovea_transform_apply (const FoveaTransform *transform, const float *image, float *view);
void fovea_transform_apply_adjoint (const FoveaTransform *transform, const float *view_gradient, float *image_gradient);

G_END_DECLS
