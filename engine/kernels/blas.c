/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/blas.h"

#include <cblas.h>

/* OpenBLAS' own threads would make results depend on their number, and fight ours for the cores. */
static void
run_on_one_thread (void)
{
  static gsize done;

  if (g_once_init_enter (&done))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&done, 1);
    }
}

/**
 * fovea_blas_gemm:
 * @transpose_a: whether @a is stored as [@depth, @n_rows] instead of [@n_rows, @depth]
 * @n_rows: rows of @c
 * @n_columns: columns of @b and @c
 * @depth: rows of @b
 * @a: the left matrix; elements from one of its stored rows to the next: @a_stride
 * @b: the right matrix, [@depth, @n_columns]
 * @factor: what @c is multiplied by before the product is added; with 0 it need not be initialized
 * @c: [@n_rows, @n_columns]
 *
 * @c = @a × @b + @factor × @c, all row-major. No size may exceed %G_MAXINT. Any thread may call it;
 * the result depends on sizes and values only.
 */
void
fovea_blas_gemm (gboolean transpose_a,
                 gsize n_rows,
                 gsize n_columns,
                 gsize depth,
                 const float *a,
                 gsize a_stride,
                 const float *b,
                 gsize b_stride,
                 float factor,
                 float *c,
                 gsize c_stride)
{
  run_on_one_thread ();
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, CblasNoTrans,
               (blasint) n_rows, (blasint) n_columns, (blasint) depth,
               1, a, (blasint) a_stride, b, (blasint) b_stride,
               factor, c, (blasint) c_stride);
}

/**
 * fovea_blas_gram:
 * @n_rows: rows of @a, and of @c
 * @n_columns: columns of @a
 * @a: [@n_rows, @n_columns]
 * @factor: what the products are multiplied by
 * @c: (out): [@n_rows, @n_rows], symmetric
 *
 * @c = @factor × @a × @a's transpose. No size may exceed %G_MAXINT. Any thread may call it.
 */
void
fovea_blas_gram (gsize n_rows,
                 gsize n_columns,
                 const float *a,
                 float factor,
                 float *c)
{
  run_on_one_thread ();
  cblas_ssyrk (CblasRowMajor, CblasUpper, CblasNoTrans, (blasint) n_rows, (blasint) n_columns,
               factor, a, (blasint) n_columns, 0, c, (blasint) n_rows);
  for (gsize i = 1; i < n_rows; i++)
    for (gsize j = 0; j < i; j++)
      c[i * n_rows + j] = c[j * n_rows + i];
}
