/* Two-dimensional Fourier transforms of real planes, orthonormal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaFourier:
 *
 * Transforms of one size. Immutable, so any number of threads may use it at once. A plane is
 * [height, width]; its spectrum is [height, width / 2 + 1, 2], real and imaginary parts of the
 * non-negative horizontal frequencies, the vertical ones in FFT order, just as NumPy's and
 * PyTorch's `rfft2 (norm='ortho')`. All arrays must be aligned to 64 bytes.
 */
typedef struct _FoveaFourier FoveaFourier;

FoveaFourier *fovea_fourier_new (gsize height, gsize width, GError **error);
void fovea_fourier_free (FoveaFourier *fourier);

gsize fovea_fourier_get_spectrum_size (const FoveaFourier *fourier);
void fovea_fourier_get_frequencies (const FoveaFourier *fourier, float *frequencies);
void fovea_fourier_forward (const FoveaFourier *fourier, float *plane, float *spectrum);
void fovea_fourier_inverse (const FoveaFourier *fourier, float *spectrum, float *plane);
void fovea_fourier_inverse_adjoint (const FoveaFourier *fourier, float *plane, float *spectrum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFourier, fovea_fourier_free)

G_END_DECLS
