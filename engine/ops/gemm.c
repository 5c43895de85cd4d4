/* Gemm: a fully connected layer, y = alpha·x·B + beta·C with constant B and C.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/dense.h"
#include "engine/ops/operators.h"

typedef struct {
  gint64 n_inputs;
  gint64 n_outputs;
  float alpha;
  FoveaTensor *weights; /* [n_outputs, n_inputs], owned */
  float *bias;          /* beta × C for each output, or NULL */
} Gemm;

static void
gemm_release (gpointer prepared)
{
  Gemm *gemm = prepared;

  g_clear_pointer (&gemm->weights, fovea_tensor_unref);
  g_free (gemm->bias);
  g_free (gemm);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gemm, gemm_release)

static FoveaTensor *
transpose (const FoveaTensor *matrix,
           GError **error)
{
  const gint64 n_rows = matrix->shape[0], n_columns = matrix->shape[1];
  FoveaTensor *transposed = fovea_tensor_new (2, (gint64[]) { n_columns, n_rows }, error);

  if (transposed == NULL)
    return NULL;
  for (gint64 row = 0; row < n_rows; row++)
    for (gint64 column = 0; column < n_columns; column++)
      transposed->data[column * n_rows + row] = matrix->data[row * n_columns + column];
  return transposed;
}

/* C may be [M], [1, M], or one number for all outputs. */
static gboolean
read_bias (const FoveaNode *node,
           double beta,
           Gemm *gemm,
           GError **error)
{
  const FoveaTensor *bias = g_hash_table_lookup (node->parameters, "C");
  gboolean one_number;

  if (bias == NULL)
    return TRUE;

  one_number = bias->n_elements == 1 && bias->n_dimensions <= 2;
  if (!one_number && !fovea_tensor_has_shape (bias, 2, (gint64[]) { 1, gemm->n_outputs }))
    {
      bias = fovea_node_get_parameter (node, "C", 1, &gemm->n_outputs, error);
      if (bias == NULL)
        return FALSE;
    }
  gemm->bias = g_new (float, gemm->n_outputs);
  for (gint64 i = 0; i < gemm->n_outputs; i++)
    gemm->bias[i] = (float) (beta * bias->data[one_number ? 0 : i]);
  return TRUE;
}

static gboolean
gemm_prepare (FoveaNode *node,
              GError **error)
{
  g_autoptr (Gemm) gemm = g_new0 (Gemm, 1);
  FoveaTensor *weights;
  gint64 transpose_a, transpose_b;
  double alpha, beta;

  if (!fovea_node_get_integer (node, "transA", 0, 0, 1, &transpose_a, error) ||
      !fovea_node_get_integer (node, "transB", 0, 0, 1, &transpose_b, error) ||
      !fovea_node_get_float (node, "alpha", 1, &alpha, error) ||
      !fovea_node_get_float (node, "beta", 1, &beta, error) ||
      (weights = fovea_node_get_parameter (node, "B", 2, (gint64[]) { -1, -1 }, error)) == NULL)
    return FALSE;
  if (transpose_a != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has transA 1, which would exchange batch and values; only transA 0 is supported", node->name);
      return FALSE;
    }
  if (weights->n_elements == 0)
    {
      g_autofree char *found = fovea_tensor_describe_shape (2, weights->shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "node '%s' has a B without elements: its shape is %s", node->name, found);
      return FALSE;
    }

  gemm->weights = transpose_b ? fovea_tensor_ref (weights) : transpose (weights, error);
  if (gemm->weights == NULL)
    return FALSE;
  gemm->n_outputs = gemm->weights->shape[0];
  gemm->n_inputs = gemm->weights->shape[1];
  gemm->alpha = (float) alpha;
  if (!read_bias (node, beta, gemm, error))
    return FALSE;

  node->prepared = g_steal_pointer (&gemm);
  return TRUE;
}

static gboolean
gemm_infer_shape (const FoveaNode *node,
                  const FoveaShape *input_shapes,
                  FoveaShape *output_shape,
                  GError **error)
{
  const FoveaShape *input = &input_shapes[0];
  const Gemm *gemm = node->prepared;

  if (!input->flat)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' wants a flat input (a Flatten goes before it), but its input has shape [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "]",
                   node->name, input->channels, input->height, input->width);
      return FALSE;
    }
  if (input->channels != gemm->n_inputs)
    {
      const FoveaTensor *weights = g_hash_table_lookup (node->parameters, "B");
      const gboolean transposed = weights == gemm->weights;
      const gint64 shape[2] = { transposed ? gemm->n_outputs : input->channels, transposed ? input->channels : gemm->n_outputs };
      g_autofree char *wanted = fovea_tensor_describe_shape (2, shape);
      g_autofree char *found = fovea_tensor_describe_shape (2, weights->shape);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' wants B of shape %s, but the file has %s", node->name, wanted, found);
      return FALSE;
    }
  *output_shape = (FoveaShape) { .channels = gemm->n_outputs, .height = 1, .width = 1, .flat = TRUE };
  return TRUE;
}

static void
gemm_forward (const FoveaOperatorContext *context)
{
  const Gemm *gemm = context->node->prepared;

  fovea_dense_forward (context->batch, (gsize) gemm->n_inputs, (gsize) gemm->n_outputs, gemm->weights->data, gemm->bias,
                       gemm->alpha, context->inputs[0], context->output);
}

static void
gemm_gradient (const FoveaOperatorContext *context)
{
  const Gemm *gemm = context->node->prepared;

  if (context->input_gradients[0] != NULL)
    fovea_dense_input_gradient (context->batch, (gsize) gemm->n_inputs, (gsize) gemm->n_outputs, gemm->weights->data,
                                gemm->alpha, context->output_gradient, context->input_gradients[0]);
}

static void
gemm_get_window (const FoveaNode *node,
                 const FoveaShape *input_shape,
                 FoveaWindow *window)
{
  *window = (FoveaWindow) { .kernel = { 1, 1 }, .stride = { 1, 1 }, .dilation = { 1, 1 }, .whole_map = TRUE };
}

const FoveaOperator fovea_operator_gemm = {
  .name = "Gemm",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = gemm_prepare,
  .release = gemm_release,
  .infer_shape = gemm_infer_shape,
  .forward = gemm_forward,
  .gradient = gemm_gradient,
  .get_window = gemm_get_window,
};
