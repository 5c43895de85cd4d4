/* The kernels of each instruction set that this program was compiled for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"

G_BEGIN_DECLS

extern const FoveaKernels fovea_kernels_avx2;
extern const FoveaKernels fovea_kernels_avx512;

G_END_DECLS
