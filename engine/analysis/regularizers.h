/* Penalties on an image: total variation, L1 and L2 distance from grey.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

double fovea_regularize_total_variation (const float *image, gsize n_planes, gsize height, gsize width, double weight, float *gradient);
double fovea_regularize_l1 (const float *image, gsize n_values, double weight, float *gradient);
double fovea_regularize_l2 (const float *image, gsize n_values, double weight, float *gradient);

G_END_DECLS
