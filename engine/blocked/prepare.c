/* What each step needs besides memory: its algorithm, its packed weights, its geometry.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "engine/blocked/packed-weights.h"
#include "engine/blocked/steps.h"

static const FoveaShape *
get_shape (const FoveaBlockedPlan *plan,
           const FoveaShape *shapes,
           int node)
{
  return node == FOVEA_GRAPH_INPUT ? &plan->input_shape : &shapes[node];
}

/* One value a channel, up to whole blocks, the rest zero; for fovea_arena's free(). */
static float *
new_channels (gint64 n_channels)
{
  const gsize size = (gsize) fovea_blocked_count (n_channels) * FOVEA_BLOCK * sizeof (float);
  float *values = fovea_arena_allocate (size, NULL);

  g_assert (values != NULL);
  for (gsize i = 0; i < size / sizeof (float); i++)
    values[i] = 0;
  return values;
}

typedef struct {
  const FoveaBlockedConvolution *convolution;
  const FoveaWeightSource *source;
} PackJob;

static void
pack (float *packed,
      gpointer data)
{
  const PackJob *job = data;

  fovea_blocked_convolution_pack (job->convolution, job->source, packed);
}

static const float *
get_packed (FoveaBlockedPlan *plan,
            const FoveaStep *step,
            const FoveaBlockedConvolution *convolution,
            const FoveaWeightSource *source,
            GError **error)
{
  PackJob job = { .convolution = convolution, .source = source };
  /* Only the way back has the normalization's factors in its weights. */
  const int normalization = source->input_scale != NULL ? step->normalization : -1;
  g_autofree char *layout = fovea_blocked_convolution_get_layout (convolution);
  g_autofree char *key = g_strdup_printf ("%s %u %d %s", plan->kernels->name, step->node, normalization, layout);

  return fovea_packed_weights_get (fovea_graph_get_packed_weights (plan->graph), key, fovea_blocked_convolution_get_packed_size (convolution), pack, &job, error);
}

/* The step's batch normalization: y = (x − mean) · factor + offset. */
static void
prepare_normalization (FoveaStep *step,
                       const FoveaNode *node)
{
  const FoveaTensor *scale = g_hash_table_lookup (node->parameters, "scale"), *offset = g_hash_table_lookup (node->parameters, "B");
  const FoveaTensor *mean = g_hash_table_lookup (node->parameters, "input_mean"), *variance = g_hash_table_lookup (node->parameters, "input_var");
  const gint64 n_channels = (gint64) scale->n_elements;
  double epsilon = 1e-5;

  fovea_node_get_float (node, "epsilon", 1e-5, &epsilon, NULL);
  step->mean = new_channels (n_channels);
  step->factor = new_channels (n_channels);
  step->offset = new_channels (n_channels);
  for (gint64 c = 0; c < n_channels; c++)
    {
      step->mean[c] = mean->data[c];
      step->factor[c] = (float) (scale->data[c] / sqrt (variance->data[c] + epsilon));
      step->offset[c] = offset->data[c];
    }
}

/* Where a window's first output starts to read, in front of its input: negative where the first rows or
 * columns of the part of the input that there is are for others. */
static gint64
get_padding (const FoveaWindow *window,
             guint axis,
             const gint64 *input_origin,
             const gint64 *output_origin)
{
  return window->pad_begin[axis] + input_origin[axis] - output_origin[axis] * window->stride[axis];
}

static gboolean
prepare_convolution (FoveaBlockedPlan *plan,
                     FoveaStep *step,
                     const FoveaShape *shapes,
                     GError **error)
{
  const FoveaNode *node = fovea_graph_get_node (plan->graph, step->node);
  const FoveaShape *input = get_shape (plan, shapes, node->inputs[0]);
  const FoveaValue *output = fovea_blocked_plan_get_value (plan, step->output);
  const FoveaTensor *weights = g_hash_table_lookup (node->parameters, "W"), *bias = g_hash_table_lookup (node->parameters, "B");
  const gboolean first = step->kind == FOVEA_STEP_FIRST_LAYER;
  const gboolean is_rectified = !first && fovea_blocked_plan_get_value (plan, step->inputs[0])->relu;
  const FoveaBlockedConvolutionFlags flags = (first ? FOVEA_BLOCKED_CONVOLUTION_FIRST : 0) |
                                             (is_rectified ? FOVEA_BLOCKED_CONVOLUTION_RECTIFIED : 0) |
                                             ((plan->flags & FOVEA_PLAN_EXACT) != 0 ? FOVEA_BLOCKED_CONVOLUTION_EXACT : 0);
  FoveaConvolutionGeometry *geometry = &step->geometry;
  FoveaWeightSource source;
  FoveaWindow window;
  gint64 input_origin[2], input_size[2];

  node->operator->get_window (node, input, &window);
  for (guint axis = 0; axis < 2; axis++)
    {
      const FoveaValue *read = first ? NULL : fovea_blocked_plan_get_value (plan, step->inputs[0]);

      input_origin[axis] = first ? step->image_origin[axis] : read->origin[axis];
      input_size[axis] = first ? step->image_size[axis] : axis == 0 ? read->height : read->width;
    }
  *geometry = (FoveaConvolutionGeometry) {
    .n_groups = input->channels / weights->shape[1],
    .input_channels = input->channels,
    .input_height = input_size[0],
    .input_width = input_size[1],
    .output_channels = shapes[step->node].channels,
    .output_height = output->height,
    .output_width = output->width,
  };
  for (guint axis = 0; axis < 2; axis++)
    {
      geometry->kernel[axis] = window.kernel[axis];
      geometry->stride[axis] = window.stride[axis];
      geometry->dilation[axis] = window.dilation[axis];
      geometry->pad_begin[axis] = get_padding (&window, axis, input_origin, output->origin);
    }
  if (bias != NULL)
    {
      step->bias = new_channels (geometry->output_channels);
      memcpy (step->bias, bias->data, (gsize) geometry->output_channels * sizeof (float));
    }
  if (step->normalization >= 0)
    prepare_normalization (step, fovea_graph_get_node (plan->graph, (guint) step->normalization));

  source = (FoveaWeightSource) {
    .weights = weights->data,
    .n_outputs = geometry->output_channels,
    .n_inputs = geometry->input_channels,
    .kernel = { geometry->kernel[0], geometry->kernel[1] },
    .output_stride = (gssize) (weights->shape[1] * geometry->kernel[0] * geometry->kernel[1]),
    .input_stride = (gssize) (geometry->kernel[0] * geometry->kernel[1]),
    .tap_stride = 1,
    .n_groups = geometry->n_groups,
    .group_stride = (gssize) (weights->shape[1] * geometry->kernel[0] * geometry->kernel[1]),
  };
  step->convolution = fovea_blocked_convolution_new (plan->kernels, geometry, flags);
  step->packed = get_packed (plan, step, step->convolution, &source, error);
  if (step->packed == NULL)
    return FALSE;
  step->workspace.size = fovea_blocked_convolution_get_workspace_size (step->convolution, step->n_images);
  plan->scratch_size = MAX (plan->scratch_size, fovea_blocked_convolution_get_scratch_size (step->convolution, step->n_images));
  if ((plan->flags & FOVEA_PLAN_GRADIENT) == 0)
    return TRUE;

  source.n_outputs = geometry->input_channels;
  source.n_inputs = geometry->output_channels;
  source.output_stride = (gssize) (geometry->kernel[0] * geometry->kernel[1]);
  source.input_stride = (gssize) (weights->shape[1] * geometry->kernel[0] * geometry->kernel[1]);
  source.input_scale = step->factor;
  step->convolution_gradient = fovea_blocked_convolution_new (plan->kernels, geometry, flags | FOVEA_BLOCKED_CONVOLUTION_GRADIENT);
  step->packed_gradient = get_packed (plan, step, step->convolution_gradient, &source, error);
  if (step->packed_gradient == NULL)
    return FALSE;
  step->gradient_workspace.size = fovea_blocked_convolution_get_workspace_size (step->convolution_gradient, step->n_images);
  plan->scratch_size = MAX (plan->scratch_size, fovea_blocked_convolution_get_scratch_size (step->convolution_gradient, step->n_images));
  return TRUE;
}

/* A fully connected layer is a convolution whose kernel is the whole map. */
static gboolean
prepare_dense (FoveaBlockedPlan *plan,
               FoveaStep *step,
               const FoveaShape *shapes,
               GError **error)
{
  const FoveaNode *node = fovea_graph_get_node (plan->graph, step->node);
  const FoveaValue *input = fovea_blocked_plan_get_value (plan, step->inputs[0]);
  const FoveaTensor *weights = g_hash_table_lookup (node->parameters, "B"), *bias = g_hash_table_lookup (node->parameters, "C");
  const gint64 n_outputs = shapes[step->node].channels, n_inputs = input->channels * input->height * input->width;
  g_autofree float *scale = NULL;
  gint64 transposed = 0;
  double alpha = 1, beta = 1;
  FoveaWeightSource source;

  fovea_node_get_integer (node, "transB", 0, 0, 1, &transposed, NULL);
  fovea_node_get_float (node, "alpha", 1, &alpha, NULL);
  fovea_node_get_float (node, "beta", 1, &beta, NULL);

  step->geometry = (FoveaConvolutionGeometry) {
    .n_groups = 1,
    .input_channels = input->channels,
    .input_height = input->height,
    .input_width = input->width,
    .output_channels = n_outputs,
    .output_height = 1,
    .output_width = 1,
    .kernel = { input->height, input->width },
    .stride = { 1, 1 },
    .dilation = { 1, 1 },
  };
  if (bias != NULL)
    {
      step->bias = new_channels (n_outputs);
      for (gint64 c = 0; c < n_outputs; c++)
        step->bias[c] = (float) (beta * bias->data[bias->n_elements == 1 ? 0 : c]);
    }

  source = (FoveaWeightSource) {
    .weights = weights->data,
    .n_outputs = n_outputs,
    .n_inputs = input->channels,
    .kernel = { input->height, input->width },
    .output_stride = transposed ? (gssize) n_inputs : 1,
    .input_stride = (gssize) (input->height * input->width) * (transposed ? 1 : (gssize) n_outputs),
    .tap_stride = transposed ? 1 : (gssize) n_outputs,
    .n_groups = 1,
  };
  if (alpha != 1)
    {
      scale = g_new (float, n_outputs);
      for (gint64 c = 0; c < n_outputs; c++)
        scale[c] = (float) alpha;
      source.output_scale = scale;
    }
  step->convolution = fovea_blocked_convolution_new (plan->kernels, &step->geometry, FOVEA_BLOCKED_CONVOLUTION_EXACT);
  step->packed = get_packed (plan, step, step->convolution, &source, error);
  return step->packed != NULL;
}

/* 1 / the taps that each window along an axis counts: those inside of the input, or of the padded
 * input where padding counts. */
static float *
count_taps (gint64 first_window,
            gint64 n_windows,
            gint64 size,
            const FoveaWindow *window,
            guint axis,
            gboolean count_padding)
{
  float *factors = g_new (float, n_windows);

  for (gint64 i = 0; i < n_windows; i++)
    {
      const gint64 begin = (first_window + i) * window->stride[axis] - window->pad_begin[axis];
      const gint64 limit = size + (count_padding ? window->pad_end[axis] : 0);
      const gint64 first = count_padding ? begin : MAX (begin, 0);

      factors[i] = 1 / (float) (MIN (begin + window->kernel[axis], limit) - first);
    }
  return factors;
}

static void
prepare_pooling (FoveaBlockedPlan *plan,
                 FoveaStep *step,
                 const FoveaShape *shapes)
{
  const FoveaNode *node = fovea_graph_get_node (plan->graph, step->node);
  const FoveaShape *whole = get_shape (plan, shapes, node->inputs[0]);
  const FoveaValue *input = fovea_blocked_plan_get_value (plan, step->inputs[0]), *output = fovea_blocked_plan_get_value (plan, step->output);
  FoveaWindow window;

  node->operator->get_window (node, whole, &window);
  step->pooling = (FoveaBlockedPooling) {
    .input_height = input->height,
    .input_width = input->width,
    .output_height = output->height,
    .output_width = output->width,
    .kernel = { window.kernel[0], window.kernel[1] },
    .stride = { window.stride[0], window.stride[1] },
    .pad_begin = { get_padding (&window, 0, input->origin, output->origin), get_padding (&window, 1, input->origin, output->origin) },
  };
  if (step->kind == FOVEA_STEP_AVERAGE_POOL)
    {
      gint64 count_padding = 0;

      fovea_node_get_integer (node, "count_include_pad", 0, 0, 1, &count_padding, NULL);
      step->row_factors = count_taps (output->origin[0], output->height, whole->height, &window, 0, count_padding != 0);
      step->column_factors = count_taps (output->origin[1], output->width, whole->width, &window, 1, count_padding != 0);
    }
  else if (plan->flags & FOVEA_PLAN_GRADIENT)
    step->taps.size = plan->batch * fovea_value_get_size (fovea_blocked_plan_get_value (plan, step->output));
}

static void
prepare_operator (FoveaBlockedPlan *plan,
                  FoveaStep *step,
                  const FoveaShape *shapes)
{
  const FoveaNode *node = fovea_graph_get_node (plan->graph, step->node);
  const FoveaOperator *operator = node->operator;
  const gboolean with_gradient = (plan->flags & FOVEA_PLAN_GRADIENT) != 0;
  FoveaOperatorStep *self = step->operator_step = g_new0 (FoveaOperatorStep, 1);

  self->input_shapes = g_new (FoveaShape, node->n_inputs);
  self->inputs = g_new0 (FoveaBuffer, node->n_inputs);
  self->input_gradients = g_new0 (FoveaBuffer, node->n_inputs);
  self->output_shape = shapes[step->node];
  self->output.size = plan->batch * fovea_shape_get_n_elements (&self->output_shape) * sizeof (float);
  for (guint i = 0; i < node->n_inputs; i++)
    {
      self->input_shapes[i] = *get_shape (plan, shapes, node->inputs[i]);
      self->inputs[i].size = plan->batch * fovea_shape_get_n_elements (&self->input_shapes[i]) * sizeof (float);
      if (with_gradient)
        self->input_gradients[i].size = self->inputs[i].size;
    }
  if (operator->workspace_size != NULL)
    self->forward_workspace.size = operator->workspace_size (node, plan->batch, self->input_shapes, &self->output_shape);
  if (with_gradient)
    {
      self->gradient_workspace.size = self->forward_workspace.size;
      self->output_gradient.size = self->output.size;
      if (operator->state_size != NULL)
        self->state.size = operator->state_size (node, plan->batch, self->input_shapes, &self->output_shape);
    }
}

/**
 * fovea_blocked_plan_prepare:
 * @shapes: of each needed node's output
 * @error: %FOVEA_ERROR_TOO_LARGE where there is no memory for packed weights
 *
 * Chooses how each step is computed and packs its weights, unless an earlier plan of the graph has
 * done so.
 *
 * Returns: whether all steps are ready for memory
 */
gboolean
fovea_blocked_plan_prepare (FoveaBlockedPlan *plan,
                            const FoveaShape *shapes,
                            GError **error)
{
  for (guint i = 0; i < plan->steps->len; i++)
    {
      FoveaStep *step = fovea_blocked_plan_get_step (plan, i);

      switch (step->kind)
        {
        case FOVEA_STEP_FIRST_LAYER:
        case FOVEA_STEP_CONVOLUTION:
          if (!prepare_convolution (plan, step, shapes, error))
            return FALSE;
          break;
        case FOVEA_STEP_DENSE:
          if (!prepare_dense (plan, step, shapes, error))
            return FALSE;
          break;
        case FOVEA_STEP_AFFINE:
          prepare_normalization (step, fovea_graph_get_node (plan->graph, step->node));
          break;
        case FOVEA_STEP_MAX_POOL:
        case FOVEA_STEP_AVERAGE_POOL:
          prepare_pooling (plan, step, shapes);
          break;
        case FOVEA_STEP_OPERATOR:
          prepare_operator (plan, step, shapes);
          break;
        case FOVEA_STEP_IMAGES:
          /* The normalized images, or the gradient, as planes. */
          step->workspace.size = plan->batch * fovea_shape_get_n_elements (&plan->input_shape) * sizeof (float);
          if (plan->flags & FOVEA_PLAN_GRADIENT)
            step->gradient_workspace.size = step->workspace.size;
          break;
        case FOVEA_STEP_ADD:
        case FOVEA_STEP_CONCAT:
        case FOVEA_STEP_RELU:
        case FOVEA_STEP_POINTWISE:
        case FOVEA_STEP_CROP:
        case FOVEA_STEP_GLOBAL_AVERAGE:
          break;
        }
    }
  return TRUE;
}
