/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/dense.h"

#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

/* Not OpenBLAS: its matrix product may round an image's sums differently in a larger batch, and
 * here the time goes into reading the weights, which a batch reads once. */

#define LANES 8
#define ROWS 4                /* rows of weights that one pass over the inputs serves */
#define IMAGES 2              /* images that one pass over the weights serves */
#define OUTPUTS_OF_ITEM 16    /* outputs that one piece of work computes for the whole batch */
#define INPUTS_OF_ITEM 256    /* inputs whose gradient one piece of work computes for the whole batch */

typedef float Lanes __attribute__ ((vector_size (LANES * sizeof (float)), aligned (sizeof (float))));

typedef struct {
  gsize batch;
  gsize n_inputs;
  gsize n_outputs;
  const float *weights;
  const float *bias;
  float factor;
  const float *source;
  float *target;
} Dense;

/* n_rows × n_images inner products. The order of each one's additions is the same whatever else is
 * computed beside it: eight sums, then these eight in order, then what is left over. */
static inline __attribute__ ((always_inline)) void
inner_products (const Dense *dense,
                gsize row,
                gsize image,
                const gsize n_rows,
                const gsize n_images)
{
  const gsize n = dense->n_inputs, n_vectors = n / LANES;
  const float *weights = dense->weights + row * n;
  const float *input = dense->source + image * n;
  Lanes sums[ROWS][IMAGES] = { 0 };

  for (gsize v = 0; v < n_vectors; v++)
    for (gsize r = 0; r < n_rows; r++)
      for (gsize b = 0; b < n_images; b++)
        sums[r][b] += *(const Lanes *) (weights + r * n + v * LANES) * *(const Lanes *) (input + b * n + v * LANES);

  for (gsize r = 0; r < n_rows; r++)
    for (gsize b = 0; b < n_images; b++)
      {
        float sum = 0;

        for (guint lane = 0; lane < LANES; lane++)
          sum += sums[r][b][lane];
        for (gsize i = n_vectors * LANES; i < n; i++)
          sum += weights[r * n + i] * input[b * n + i];
        dense->target[(image + b) * dense->n_outputs + row + r] = dense->factor * sum + (dense->bias != NULL ? dense->bias[row + r] : 0);
      }
}

FOVEA_MULTIVERSION static void
forward_item (gsize item,
              guint worker,
              gpointer data)
{
  const Dense *dense = data;
  const gsize end = MIN ((item + 1) * OUTPUTS_OF_ITEM, dense->n_outputs);
  gsize row = item * OUTPUTS_OF_ITEM;

  for (; row + ROWS <= end; row += ROWS)
    {
      gsize image = 0;

      for (; image + IMAGES <= dense->batch; image += IMAGES)
        inner_products (dense, row, image, ROWS, IMAGES);
      for (; image < dense->batch; image++)
        inner_products (dense, row, image, ROWS, 1);
    }
  for (; row < end; row++)
    for (gsize image = 0; image < dense->batch; image++)
      inner_products (dense, row, image, 1, 1);
}

FOVEA_MULTIVERSION static void
gradient_item (gsize item,
               guint worker,
               gpointer data)
{
  const Dense *dense = data;
  const gsize begin = item * INPUTS_OF_ITEM;
  const gsize n = MIN (INPUTS_OF_ITEM, dense->n_inputs - begin);

  for (gsize row = 0; row < dense->n_outputs; row++)
    {
      const float *restrict weights = dense->weights + row * dense->n_inputs + begin;

      for (gsize image = 0; image < dense->batch; image++)
        {
          const float gradient = dense->factor * dense->source[image * dense->n_outputs + row];
          float *restrict target = dense->target + image * dense->n_inputs + begin;

          for (gsize i = 0; i < n; i++)
            target[i] += gradient * weights[i];
        }
    }
}

/**
 * fovea_dense_forward:
 * @weights: [@n_outputs, @n_inputs]
 * @bias: (nullable): [@n_outputs]
 * @factor: what the products are multiplied by, the bias not
 * @input: [@batch, @n_inputs]
 * @output: (out): [@batch, @n_outputs]
 *
 * Spreads its work with fovea_parallel_for(). An image's result depends neither on the rest of the
 * batch nor on the number of threads.
 */
void
fovea_dense_forward (gsize batch,
                     gsize n_inputs,
                     gsize n_outputs,
                     const float *weights,
                     const float *bias,
                     float factor,
                     const float *input,
                     float *output)
{
  Dense dense = { batch, n_inputs, n_outputs, weights, bias, factor, input, output };

  fovea_parallel_for ((n_outputs + OUTPUTS_OF_ITEM - 1) / OUTPUTS_OF_ITEM, forward_item, &dense);
}

/**
 * fovea_dense_input_gradient:
 * @output_gradient: [@batch, @n_outputs]
 * @input_gradient: [@batch, @n_inputs], added to
 *
 * The rest as fovea_dense_forward().
 */
void
fovea_dense_input_gradient (gsize batch,
                            gsize n_inputs,
                            gsize n_outputs,
                            const float *weights,
                            float factor,
                            const float *output_gradient,
                            float *input_gradient)
{
  Dense dense = { batch, n_inputs, n_outputs, weights, NULL, factor, output_gradient, input_gradient };

  fovea_parallel_for ((n_inputs + INPUTS_OF_ITEM - 1) / INPUTS_OF_ITEM, gradient_item, &dense);
}
