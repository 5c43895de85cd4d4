/* What is optimized in place of an image: its pixels or its spectrum, in a colour space.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"
#include "engine/random.h"

G_BEGIN_DECLS

/**
 * FoveaImageParameters:
 *
 * The parameters of a batch of images of one size, and the way from them to pixels in [0,1]:
 *
 * - pixels, plain: the parameters are the image, clamped;
 * - pixels, decorrelated: rgb = sigmoid (M x) for each pixel x;
 * - Fourier: x is the orthonormal inverse transform of a spectrum in which each frequency f is scaled
 *   by 1 / max (f, 1 / max (width, height)), divided by 4; rgb = sigmoid (M x), or sigmoid (x) plain.
 *
 * M is the square root of the colours' covariance in ImageNet (Lucid, lucent). Different images may
 * be worked on by different threads at the same time.
 */
typedef struct _FoveaImageParameters FoveaImageParameters;

FoveaImageParameters *fovea_image_parameters_new (FoveaParameterization parameterization, gboolean decorrelate_color, guint n_images, gsize height, gsize width, GError **error);
void fovea_image_parameters_free (FoveaImageParameters *parameters);

gsize fovea_image_parameters_get_size (const FoveaImageParameters *parameters);
float *fovea_image_parameters_get_values (FoveaImageParameters *parameters, guint image);
void fovea_image_parameters_set_noise (FoveaImageParameters *parameters, guint image, double deviation, FoveaRandom *random);
void fovea_image_parameters_set_image (FoveaImageParameters *parameters, guint image, const float *pixels);
void fovea_image_parameters_blur (FoveaImageParameters *parameters, guint image, double deviation);
void fovea_image_parameters_render (FoveaImageParameters *parameters, guint image, float *pixels);
const float *fovea_image_parameters_render_adjoint (FoveaImageParameters *parameters, guint image, const float *pixels, const float *pixel_gradient);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImageParameters, fovea_image_parameters_free)

G_END_DECLS
