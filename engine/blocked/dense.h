/* Fully connected layers, many images at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"

G_BEGIN_DECLS

void fovea_blocked_dense_run (const FoveaKernels *kernels, gsize batch, const float *packed, const FoveaBlockedMap *input, const FoveaBlockedMap *output, const FoveaEpilogue *epilogue);
void fovea_blocked_dense_run_gradient (const FoveaKernels *kernels, gsize batch, const float *packed, const FoveaBlockedMap *output_gradient, const FoveaBlockedMap *input_gradient, const FoveaEpilogue *epilogue);

G_END_DECLS
