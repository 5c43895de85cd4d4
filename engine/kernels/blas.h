/* Matrix products by OpenBLAS, on the calling thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void fovea_blas_gemm (gboolean transpose_a, gsize n_rows, gsize n_columns, gsize depth, const float *a, gsize a_stride, const float *b, gsize b_stride, float factor, float *c, gsize c_stride);
void fovea_blas_gram (gsize n_rows, gsize n_columns, const float *a, float factor, float *c);

G_END_DECLS
