/* Conv: two-dimensional convolution (as everywhere in the field, correlation).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/convolution.h"
#include "engine/ops/operators.h"
#include "engine/ops/window.h"

typedef struct {
  FoveaWindowAttributes window;
  gint64 group;
  const FoveaTensor *weights; /* the node's W: [output channels, input channels / group, height, width] */
  const FoveaTensor *bias;    /* the node's B: [output channels], or NULL */
} Conv;

static gboolean
reject_weights (const FoveaNode *node,
                const FoveaTensor *weights,
                gint64 in_channels,
                gint64 kernel_height,
                gint64 kernel_width,
                GError **error)
{
  const gint64 shape[4] = { weights->shape[0], in_channels, kernel_height, kernel_width };
  g_autofree char *wanted = fovea_tensor_describe_shape (4, shape);
  g_autofree char *found = fovea_tensor_describe_shape (weights->n_dimensions, weights->shape);

  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
               "node '%s' wants W of shape %s, but the file has %s", node->name, wanted, found);
  return FALSE;
}

static gboolean
check_weights (const FoveaNode *node,
               const FoveaTensor *weights,
               gint64 group,
               GError **error)
{
  gint64 kernel_shape[2];

  for (guint i = 0; i < 4; i++)
    if (weights->shape[i] < 1)
      {
        g_autofree char *found = fovea_tensor_describe_shape (4, weights->shape);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "node '%s' has a W without elements: its shape is %s", node->name, found);
        return FALSE;
      }
  if (weights->shape[0] % group != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' has group %" G_GINT64_FORMAT ", which does not divide its %" G_GINT64_FORMAT " output channels",
                   node->name, group, weights->shape[0]);
      return FALSE;
    }
  if (weights->shape[0] > G_MAXINT || weights->n_elements / (gsize) weights->shape[0] > G_MAXINT ||
      weights->shape[2] > FOVEA_WINDOW_MAX || weights->shape[3] > FOVEA_WINDOW_MAX)
    {
      g_autofree char *found = fovea_tensor_describe_shape (4, weights->shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "node '%s' has a W of shape %s, more than is supported", node->name, found);
      return FALSE;
    }

  if (!fovea_node_get_integers (node, "kernel_shape", 2, 0, 0, FOVEA_WINDOW_MAX, kernel_shape, error))
    return FALSE;
  if ((kernel_shape[0] != 0 && kernel_shape[0] != weights->shape[2]) ||
      (kernel_shape[1] != 0 && kernel_shape[1] != weights->shape[3]))
    return reject_weights (node, weights, weights->shape[1], kernel_shape[0], kernel_shape[1], error);
  return TRUE;
}

static gboolean
conv_prepare (FoveaNode *node,
              GError **error)
{
  Conv conv = { 0 };

  conv.weights = fovea_node_get_parameter (node, "W", 4, (gint64[]) { -1, -1, -1, -1 }, error);
  if (conv.weights == NULL ||
      !fovea_node_get_integer (node, "group", 1, 1, FOVEA_WINDOW_MAX, &conv.group, error) ||
      !check_weights (node, conv.weights, conv.group, error) ||
      !fovea_window_read (node, conv.weights->shape + 2, &conv.window, error))
    return FALSE;
  conv.window.ceil_mode = FALSE;

  if (fovea_node_has_parameter (node, "B"))
    {
      conv.bias = fovea_node_get_parameter (node, "B", 1, conv.weights->shape, error);
      if (conv.bias == NULL)
        return FALSE;
    }

  node->prepared = g_memdup2 (&conv, sizeof conv);
  return TRUE;
}

static gboolean
conv_infer_shape (const FoveaNode *node,
                  const FoveaShape *input_shapes,
                  FoveaShape *output_shape,
                  GError **error)
{
  const Conv *conv = node->prepared;
  const gint64 *shape = conv->weights->shape;
  const gint64 channels = input_shapes[0].channels;

  if (channels % conv->group != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' has group %" G_GINT64_FORMAT ", which does not divide its %" G_GINT64_FORMAT " input channels",
                   node->name, conv->group, channels);
      return FALSE;
    }
  if (shape[1] != channels / conv->group)
    return reject_weights (node, conv->weights, channels / conv->group, shape[2], shape[3], error);
  return fovea_window_infer (node, &conv->window, input_shapes, shape[0], output_shape, error);
}

static void
conv_get_window (const FoveaNode *node,
                 const FoveaShape *input_shape,
                 FoveaWindow *window)
{
  const Conv *conv = node->prepared;

  fovea_window_resolve (&conv->window, input_shape, window);
}

static FoveaConvolutionGeometry
get_geometry (const Conv *conv,
              const FoveaShape *input_shape,
              const FoveaShape *output_shape)
{
  FoveaConvolutionGeometry geometry = {
    .n_groups = conv->group,
    .input_channels = input_shape->channels,
    .input_height = input_shape->height,
    .input_width = input_shape->width,
    .output_channels = output_shape->channels,
    .output_height = output_shape->height,
    .output_width = output_shape->width,
  };
  FoveaWindow window;

  fovea_window_resolve (&conv->window, input_shape, &window);
  for (guint axis = 0; axis < 2; axis++)
    {
      geometry.kernel[axis] = window.kernel[axis];
      geometry.stride[axis] = window.stride[axis];
      geometry.dilation[axis] = window.dilation[axis];
      geometry.pad_begin[axis] = window.pad_begin[axis];
    }
  return geometry;
}

static gsize
conv_workspace_size (const FoveaNode *node,
                     gsize batch,
                     const FoveaShape *input_shapes,
                     const FoveaShape *output_shape)
{
  const FoveaConvolutionGeometry geometry = get_geometry (node->prepared, input_shapes, output_shape);

  return fovea_convolution_workspace_size (&geometry);
}

static void
conv_forward (const FoveaOperatorContext *context)
{
  const Conv *conv = context->node->prepared;
  const FoveaConvolutionGeometry geometry = get_geometry (conv, context->input_shapes, &context->output_shape);

  fovea_convolution_forward (&geometry, context->batch, conv->weights->data,
                             conv->bias != NULL ? conv->bias->data : NULL,
                             context->inputs[0], context->output, context->workspace);
}

static void
conv_gradient (const FoveaOperatorContext *context)
{
  const Conv *conv = context->node->prepared;
  const FoveaConvolutionGeometry geometry = get_geometry (conv, context->input_shapes, &context->output_shape);

  if (context->input_gradients[0] != NULL)
    fovea_convolution_input_gradient (&geometry, context->batch, conv->weights->data,
                                      context->output_gradient, context->input_gradients[0], context->workspace);
}

const FoveaOperator fovea_operator_conv = {
  .name = "Conv",
  .min_inputs = 1,
  .max_inputs = 1,
  .prepare = conv_prepare,
  .release = g_free,
  .infer_shape = conv_infer_shape,
  .workspace_size = conv_workspace_size,
  .forward = conv_forward,
  .gradient = conv_gradient,
  .get_window = conv_get_window,
};
