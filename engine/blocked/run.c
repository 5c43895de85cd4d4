/* Running a blocked plan's steps, forward and back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "engine/blocked/blocked-plan.h"
#include "engine/blocked/dense.h"
#include "engine/blocked/maps-run.h"
#include "engine/blocked/pointwise.h"
#include "engine/blocked/steps.h"
#include "engine/parallel.h"

static gpointer
get_memory (const FoveaBlockedPlan *self,
            const FoveaBuffer *buffer)
{
  return buffer->size > 0 ? self->arena + buffer->offset : NULL;
}

/* What lies in front of this turn's images in a buffer of @image_stride elements an image. */
static gsize
get_first (const FoveaBlockedPlan *self,
           const FoveaBuffer *buffer,
           gsize image_stride)
{
  return fovea_blocked_plan_is_for_turn (self, buffer) ? 0 : self->first_image * image_stride;
}

static FoveaBlockedMap
get_map_at (const FoveaBlockedPlan *self,
            const FoveaValue *value,
            const FoveaBuffer *buffer,
            const FoveaPlace *place)
{
  const FoveaValue *host = fovea_blocked_plan_get_value (self, place->value);

  return (FoveaBlockedMap) {
    .data = (float *) get_memory (self, buffer) + get_first (self, buffer, fovea_value_get_size (host)) +
            (gsize) (place->block * value->height * value->width) * FOVEA_BLOCK,
    .image_stride = fovea_value_get_size (host),
    .n_blocks = fovea_value_get_n_blocks (value),
    .height = value->height,
    .width = value->width,
  };
}

static FoveaBlockedMap
get_map (const FoveaBlockedPlan *self,
         int index)
{
  const FoveaValue *value = fovea_blocked_plan_get_value (self, index);

  return get_map_at (self, value, &fovea_blocked_plan_get_value (self, value->memory_place.value)->memory, &value->memory_place);
}

static FoveaBlockedMap
get_gradient_map (const FoveaBlockedPlan *self,
                  int index)
{
  const FoveaValue *value = fovea_blocked_plan_get_value (self, index);

  return get_map_at (self, value, &fovea_blocked_plan_get_value (self, value->gradient_place.value)->gradient, &value->gradient_place);
}

/* No bits in plans without gradient, and for values that no ReLU made. */
static FoveaBlockedSigns
get_signs (const FoveaBlockedPlan *self,
           int index)
{
  const FoveaValue *value = fovea_blocked_plan_get_value (self, index);
  const FoveaValue *host = fovea_blocked_plan_get_value (self, value->signs_place.value);

  if (!value->relu || host->signs.size == 0)
    return (FoveaBlockedSigns) { 0 };
  return (FoveaBlockedSigns) {
    .bits = (guint16 *) get_memory (self, &host->signs) + get_first (self, &host->signs, fovea_value_get_size (host) / FOVEA_BLOCK) +
            value->signs_place.block * value->height * value->width,
    .image_stride = fovea_value_get_size (host) / FOVEA_BLOCK,
  };
}

/* No taps in plans without gradient. */
static guint8 *
get_taps (const FoveaBlockedPlan *self,
          const FoveaStep *step)
{
  if (step->taps.size == 0)
    return NULL;
  return (guint8 *) get_memory (self, &step->taps) + get_first (self, &step->taps, fovea_value_get_size (fovea_blocked_plan_get_value (self, step->output)));
}

/* The pool may have got more threads since the plan was made. */
static void
fit_scratch (FoveaBlockedPlan *self)
{
  const guint n_threads = fovea_parallel_get_n_threads ();

  if (self->scratch_size == 0 || n_threads <= self->n_scratch)
    return;
  free (self->scratch);
  self->scratch = fovea_arena_allocate (self->scratch_size * n_threads, NULL);
  if (self->scratch == NULL)
    g_error ("no memory for the scratch space of %u threads", n_threads);
  self->n_scratch = n_threads;
}

typedef struct {
  const FoveaBlockedPlan *plan;
  const float *source;
  float *target;
  gboolean accumulate;
} Planes;

static void
normalize_plane (gsize item,
                 guint worker,
                 gpointer data)
{
  const Planes *planes = data;
  const FoveaShape *shape = &planes->plan->input_shape;
  const gsize channel = item % (gsize) shape->channels, n = (gsize) (shape->height * shape->width);
  const float *restrict source = planes->source + item * n;
  float *restrict target = planes->target + item * n;
  const float mean = (float) fovea_graph_get_mean (planes->plan->graph)[channel];
  const float std = (float) fovea_graph_get_std (planes->plan->graph)[channel];

  for (gsize i = 0; i < n; i++)
    target[i] = (source[i] - mean) / std;
}

static void
unnormalize_gradient_plane (gsize item,
                            guint worker,
                            gpointer data)
{
  const Planes *planes = data;
  const FoveaShape *shape = &planes->plan->input_shape;
  const gsize channel = item % (gsize) shape->channels, n = (gsize) (shape->height * shape->width);
  const float *restrict source = planes->source + item * n;
  float *restrict target = planes->target + item * n;
  const float std = (float) fovea_graph_get_std (planes->plan->graph)[channel];

  for (gsize i = 0; i < n; i++)
    target[i] = (planes->accumulate ? target[i] : 0) + source[i] / std;
}

static void
forward_images (FoveaBlockedPlan *self,
                const FoveaStep *step)
{
  const FoveaBlockedMap output = get_map (self, step->output);
  Planes planes = { .plan = self, .source = self->images, .target = get_memory (self, &step->workspace) };

  fovea_parallel_for (self->n_images * (gsize) self->input_shape.channels, normalize_plane, &planes);
  fovea_maps_pack (self->kernels, self->n_images, self->input_shape.channels, planes.target, FALSE, &output);
}

static FoveaImages
get_images (const FoveaBlockedPlan *self,
            const FoveaStep *step)
{
  const gsize first = self->first_image * fovea_shape_get_n_elements (&self->input_shape);

  return (FoveaImages) {
    .planes = self->images + first,
    .gradients = self->image_gradients != NULL ? self->image_gradients + first : NULL,
    .height = self->input_shape.height,
    .width = self->input_shape.width,
    .origin = { step->image_origin[0], step->image_origin[1] },
    .mean = fovea_graph_get_mean (self->graph),
    .std = fovea_graph_get_std (self->graph),
  };
}

static void
forward_convolution (FoveaBlockedPlan *self,
                     const FoveaStep *step)
{
  const FoveaBlockedMap output = get_map (self, step->output);
  FoveaEpilogue epilogue = {
    .bias = step->bias,
    .mean = step->mean,
    .factor = step->factor,
    .offset = step->offset,
    .relu = step->relu,
    .signs = get_signs (self, step->output),
  };
  gpointer workspace = get_memory (self, &step->workspace);
  FoveaBlockedMap input;

  if (step->addend >= 0)
    epilogue.addend = get_map (self, step->addend);
  if (step->kind == FOVEA_STEP_FIRST_LAYER)
    {
      const FoveaImages images = get_images (self, step);

      fovea_blocked_convolution_run_first (step->convolution, self->n_images, step->packed, &images, &output, &epilogue, workspace, self->scratch);
      return;
    }
  input = get_map (self, step->inputs[0]);
  if (step->kind == FOVEA_STEP_DENSE)
    fovea_blocked_dense_run (self->kernels, self->n_images, step->packed, &input, &output, &epilogue);
  else
    fovea_blocked_convolution_run (step->convolution, self->n_images, step->packed, &input, &output, &epilogue, workspace, self->scratch);
}

static void
forward_add (FoveaBlockedPlan *self,
             const FoveaStep *step)
{
  const FoveaBlockedMap a = get_map (self, step->inputs[0]), b = get_map (self, step->inputs[1]), output = get_map (self, step->output);
  const FoveaBlockedSigns signs = get_signs (self, step->output);

  fovea_maps_add (self->kernels, self->n_images, &a, &b, &output, step->relu, &signs);
}

/* Inputs that were not computed in their place are copied there. */
static void
forward_concat (FoveaBlockedPlan *self,
                const FoveaStep *step)
{
  FoveaBlockedMap output = get_map (self, step->output);

  for (guint i = 0; i < step->n_inputs; i++)
    {
      const FoveaBlockedMap input = get_map (self, step->inputs[i]);

      output.n_blocks = input.n_blocks;
      if (input.data != output.data)
        fovea_maps_copy (self->kernels, self->n_images, &input, &output);
      output.data += (gsize) input.n_blocks * fovea_blocked_get_plane (&output);
    }
}

static FoveaOperatorContext
make_context (FoveaBlockedPlan *self,
              const FoveaStep *step,
              const float **inputs)
{
  const FoveaOperatorStep *operator_step = step->operator_step;

  for (guint i = 0; i < step->n_inputs; i++)
    inputs[i] = get_memory (self, &operator_step->inputs[i]);
  return (FoveaOperatorContext) {
    .node = fovea_graph_get_node (self->graph, step->node),
    .batch = self->n_images,
    .input_shapes = operator_step->input_shapes,
    .output_shape = operator_step->output_shape,
    .inputs = inputs,
    .output = get_memory (self, &operator_step->output),
    .state = get_memory (self, &operator_step->state),
    .redirect_relu = self->redirect_relu,
  };
}

/* Channels of the value's map; a flat value that was a map is still one. */
static gint64
get_n_channels (const FoveaBlockedPlan *self,
                int value)
{
  return fovea_blocked_plan_get_value (self, value)->channels;
}

static void
forward_operator (FoveaBlockedPlan *self,
                  const FoveaStep *step)
{
  g_autofree const float **inputs = g_new (const float *, step->n_inputs);
  FoveaOperatorContext context = make_context (self, step, inputs);
  const FoveaBlockedMap output = get_map (self, step->output);

  for (guint i = 0; i < step->n_inputs; i++)
    {
      const FoveaBlockedMap input = get_map (self, step->inputs[i]);

      fovea_maps_unpack (self->kernels, self->n_images, get_n_channels (self, step->inputs[i]), &input, (float *) inputs[i]);
    }
  context.workspace = get_memory (self, &step->operator_step->forward_workspace);
  context.node->operator->forward (&context);
  fovea_maps_pack (self->kernels, self->n_images, get_n_channels (self, step->output), context.output, FALSE, &output);
}

static FoveaPointwise
make_pointwise (const FoveaBlockedPlan *self,
                const FoveaStep *step)
{
  FoveaPointwise pointwise = {
    .node = fovea_graph_get_node (self->graph, step->node),
    .batch = self->n_images,
    .n_channels = get_n_channels (self, step->output),
    .redirect_relu = self->redirect_relu,
    .output = get_map (self, step->output),
  };

  for (guint i = 0; i < step->n_inputs; i++)
    pointwise.inputs[i] = get_map (self, step->inputs[i]);
  return pointwise;
}

static void
forward_pointwise (FoveaBlockedPlan *self,
                   const FoveaStep *step)
{
  const FoveaPointwise pointwise = make_pointwise (self, step);

  fovea_pointwise_run (&pointwise);
}

/* Where the part starts in the value that it is of. */
static void
find_crop (const FoveaBlockedPlan *self,
           const FoveaStep *step,
           gint64 *row,
           gint64 *column)
{
  const FoveaValue *input = fovea_blocked_plan_get_value (self, step->inputs[0]), *output = fovea_blocked_plan_get_value (self, step->output);

  *row = output->origin[0] - input->origin[0];
  *column = output->origin[1] - input->origin[1];
}

static void
forward_step (FoveaBlockedPlan *self,
              const FoveaStep *step)
{
  const FoveaBlockedMap output = get_map (self, step->output);
  const FoveaBlockedSigns signs = get_signs (self, step->output);
  FoveaBlockedMap input = { 0 };
  gint64 row, column;

  if (step->n_inputs > 0 && step->inputs[0] != FOVEA_IMAGES)
    input = get_map (self, step->inputs[0]);
  switch (step->kind)
    {
    case FOVEA_STEP_IMAGES:
      forward_images (self, step);
      break;
    case FOVEA_STEP_FIRST_LAYER:
    case FOVEA_STEP_CONVOLUTION:
    case FOVEA_STEP_DENSE:
      forward_convolution (self, step);
      break;
    case FOVEA_STEP_AFFINE:
      fovea_maps_affine (self->kernels, self->n_images, step->mean, step->factor, step->offset, &input, &output, step->relu, &signs);
      break;
    case FOVEA_STEP_ADD:
      forward_add (self, step);
      break;
    case FOVEA_STEP_CONCAT:
      forward_concat (self, step);
      break;
    case FOVEA_STEP_RELU:
      fovea_maps_rectify (self->kernels, self->n_images, &input, &output, &signs);
      break;
    case FOVEA_STEP_MAX_POOL:
      fovea_maps_max_pool (self->kernels, self->n_images, &step->pooling, &input, &output, get_taps (self, step));
      break;
    case FOVEA_STEP_AVERAGE_POOL:
      fovea_maps_average_pool (self->kernels, self->n_images, &step->pooling, step->row_factors, step->column_factors, &input, &output);
      break;
    case FOVEA_STEP_GLOBAL_AVERAGE:
      fovea_maps_global_average (self->kernels, self->n_images, &input, &output);
      break;
    case FOVEA_STEP_POINTWISE:
      forward_pointwise (self, step);
      break;
    case FOVEA_STEP_CROP:
      find_crop (self, step, &row, &column);
      fovea_maps_crop (self->kernels, self->n_images, &input, row, column, &output);
      break;
    case FOVEA_STEP_OPERATOR:
      forward_operator (self, step);
      break;
    }
}

/* Shows what was computed to those who want to see it, in their layout. */
static void
copy_wanted (FoveaBlockedPlan *self,
             const FoveaStep *step)
{
  for (guint i = 0; i < self->n_wanted; i++)
    if (self->wanted[i].value == step->output)
      {
        const FoveaWanted *wanted = &self->wanted[i];
        const FoveaBlockedMap output = get_map (self, step->output);

        fovea_maps_unpack (self->kernels, self->n_images, get_n_channels (self, step->output), &output,
                           (float *) get_memory (self, &wanted->copy) + get_first (self, &wanted->copy, fovea_shape_get_n_elements (&wanted->shape)));
      }
}

/**
 * fovea_blocked_plan_forward:
 *
 * Computes the wanted layers.
 */
void
fovea_blocked_plan_forward (FoveaBlockedPlan *self,
                            const float *images)
{
  fit_scratch (self);
  self->images = images;
  for (guint begin = 0, end; begin < self->steps->len; begin = end)
    {
      const FoveaStep *first = fovea_blocked_plan_get_step (self, begin);

      end = first->turn_end;
      for (self->first_image = 0; self->first_image < self->batch; self->first_image += self->n_images)
        {
          self->n_images = first->n_images;
          for (guint i = begin; i < end; i++)
            {
              const FoveaStep *step = fovea_blocked_plan_get_step (self, i);

              forward_step (self, step);
              copy_wanted (self, step);
            }
        }
    }
  self->images = NULL;
}

/**
 * fovea_blocked_plan_get_activation:
 *
 * Returns: (transfer none): what the last forward run computed
 */
const float *
fovea_blocked_plan_get_activation (const FoveaBlockedPlan *self,
                                   guint wanted)
{
  return get_memory (self, &self->wanted[wanted].copy);
}

/**
 * fovea_blocked_plan_set_redirect_relu:
 *
 * See fovea_plan_set_redirect_relu().
 */
void
fovea_blocked_plan_set_redirect_relu (FoveaBlockedPlan *self,
                                      gboolean redirect)
{
  self->redirect_relu = redirect;
}

/* Before anybody adds to a value's gradient, or uses it: what the caller gave for it comes first. */
static void
begin_gradient (FoveaBlockedPlan *self,
                int index)
{
  FoveaValue *value = fovea_blocked_plan_get_value (self, index);

  if (value->has_gradient || !value->is_wanted)
    return;
  for (guint i = 0; i < self->n_wanted; i++)
    if (self->wanted[i].value == index && self->seeds[i] != NULL)
      {
        const FoveaBlockedMap gradient = get_gradient_map (self, index);

        fovea_maps_pack (self->kernels, self->n_images, value->channels,
                         self->seeds[i] + self->first_image * fovea_shape_get_n_elements (&self->wanted[i].shape), value->has_gradient, &gradient);
        value->has_gradient = TRUE;
      }
}

/* Whether what a step gives to its input's gradient has to be added to what is there. */
static gboolean
begin_contribution (FoveaBlockedPlan *self,
                    int index)
{
  FoveaValue *value = fovea_blocked_plan_get_value (self, index);
  gboolean accumulate;

  begin_gradient (self, index);
  accumulate = value->has_gradient;
  value->has_gradient = TRUE;
  return accumulate;
}

/* A step that is the last to add to its input's gradient masks it too, for the ReLU that made that input. */
static FoveaBlockedSigns
begin_mask (FoveaBlockedPlan *self,
            guint position,
            int index)
{
  FoveaValue *value = fovea_blocked_plan_get_value (self, index);

  if (!value->relu || self->redirect_relu || value->consumers[0] != position)
    return (FoveaBlockedSigns) { 0 };
  value->is_masked = TRUE;
  return get_signs (self, index);
}

/* Adds a part of the output's gradient, from @block on, to the input's. */
static void
pass_gradient (FoveaBlockedPlan *self,
               const FoveaStep *step,
               int index,
               gint64 block)
{
  FoveaBlockedMap source = get_gradient_map (self, step->output);
  const FoveaBlockedMap target = get_gradient_map (self, index);
  const FoveaBlockedSigns none = { 0 };

  source.data += (gsize) block * fovea_blocked_get_plane (&source);
  source.n_blocks = target.n_blocks;
  if (source.data == target.data)
    fovea_blocked_plan_get_value (self, index)->has_gradient = TRUE;
  else if (begin_contribution (self, index))
    fovea_maps_add (self->kernels, self->n_images, &source, &target, &target, FALSE, &none);
  else
    fovea_maps_copy (self->kernels, self->n_images, &source, &target);
}

static void
gradient_convolution (FoveaBlockedPlan *self,
                      const FoveaStep *step,
                      guint position)
{
  const FoveaBlockedMap output_gradient = get_gradient_map (self, step->output);
  gpointer workspace = get_memory (self, &step->gradient_workspace);
  FoveaBlockedMap input_gradient;
  FoveaEpilogue epilogue = { 0 };

  if (step->addend >= 0)
    pass_gradient (self, step, step->addend, 0);
  if (step->kind == FOVEA_STEP_FIRST_LAYER)
    {
      const FoveaImages images = get_images (self, step);
      const gboolean is_part = step->image_size[0] < self->input_shape.height || step->image_size[1] < self->input_shape.width;

      if (is_part && !self->has_image_gradients)
        memset (images.gradients, 0, self->n_images * fovea_shape_get_n_elements (&self->input_shape) * sizeof (float));
      fovea_blocked_convolution_run_first_gradient (step->convolution_gradient, self->n_images, step->packed_gradient, &output_gradient,
                                                    is_part || self->has_image_gradients, &images, workspace, self->scratch);
      self->has_image_gradients = TRUE;
      return;
    }
  input_gradient = get_gradient_map (self, step->inputs[0]);
  if (begin_contribution (self, step->inputs[0]))
    epilogue.addend = input_gradient;
  epilogue.mask = begin_mask (self, position, step->inputs[0]);
  if (step->kind == FOVEA_STEP_DENSE)
    fovea_blocked_dense_run_gradient (self->kernels, self->n_images, step->packed, &output_gradient, &input_gradient, &epilogue);
  else
    fovea_blocked_convolution_run (step->convolution_gradient, self->n_images, step->packed_gradient, &output_gradient, &input_gradient, &epilogue,
                                   workspace, self->scratch);
}

static void
gradient_images (FoveaBlockedPlan *self,
                 const FoveaStep *step)
{
  const FoveaBlockedMap gradient = get_gradient_map (self, step->output);
  float *planes = get_memory (self, &step->gradient_workspace);
  Planes job = { .plan = self, .source = planes, .target = self->image_gradients, .accumulate = self->has_image_gradients };

  fovea_maps_unpack (self->kernels, self->n_images, self->input_shape.channels, &gradient, planes);
  fovea_parallel_for (self->n_images * (gsize) self->input_shape.channels, unnormalize_gradient_plane, &job);
  self->has_image_gradients = TRUE;
}

static void
gradient_concat (FoveaBlockedPlan *self,
                 const FoveaStep *step)
{
  const gboolean is_masked = fovea_blocked_plan_get_value (self, step->output)->is_masked;
  gint64 block = 0;

  for (guint i = 0; i < step->n_inputs; i++)
    {
      pass_gradient (self, step, step->inputs[i], block);
      if (is_masked)
        fovea_blocked_plan_get_value (self, step->inputs[i])->is_masked = TRUE;
      block += fovea_value_get_n_blocks (fovea_blocked_plan_get_value (self, step->inputs[i]));
    }
}

static void
gradient_operator (FoveaBlockedPlan *self,
                   const FoveaStep *step)
{
  g_autofree const float **inputs = g_new (const float *, step->n_inputs);
  g_autofree float **input_gradients = g_new (float *, step->n_inputs);
  FoveaOperatorContext context = make_context (self, step, inputs);
  const FoveaOperatorStep *operator_step = step->operator_step;
  const FoveaBlockedMap output_gradient = get_gradient_map (self, step->output);
  float *planes = get_memory (self, &operator_step->output_gradient);

  fovea_maps_unpack (self->kernels, self->n_images, get_n_channels (self, step->output), &output_gradient, planes);
  for (guint i = 0; i < step->n_inputs; i++)
    {
      input_gradients[i] = get_memory (self, &operator_step->input_gradients[i]);
      memset (input_gradients[i], 0, self->n_images * fovea_shape_get_n_elements (&operator_step->input_shapes[i]) * sizeof (float));
    }
  context.output_gradient = planes;
  context.input_gradients = input_gradients;
  context.workspace = get_memory (self, &operator_step->gradient_workspace);
  context.node->operator->gradient (&context);

  for (guint i = 0; i < step->n_inputs; i++)
    {
      const FoveaBlockedMap gradient = get_gradient_map (self, step->inputs[i]);

      const gboolean accumulate = begin_contribution (self, step->inputs[i]);

      fovea_maps_pack (self->kernels, self->n_images, get_n_channels (self, step->inputs[i]), input_gradients[i], accumulate, &gradient);
    }
}

static void
gradient_pointwise (FoveaBlockedPlan *self,
                    const FoveaStep *step)
{
  FoveaPointwise pointwise = make_pointwise (self, step);

  pointwise.output_gradient = get_gradient_map (self, step->output);
  for (guint i = 0; i < step->n_inputs; i++)
    {
      const gboolean accumulate = begin_contribution (self, step->inputs[i]);

      pointwise.input_gradients[i] = get_gradient_map (self, step->inputs[i]);
      if (!accumulate)
        fovea_maps_clear (self->n_images, &pointwise.input_gradients[i]);
    }
  fovea_pointwise_run_gradient (&pointwise);
}

/* For a value that a ReLU made, whose gradient nobody has masked yet. A concatenation's own ReLUs are
 * its inputs' to redirect. */
static void
mask_gradient (FoveaBlockedPlan *self,
               const FoveaStep *step)
{
  FoveaValue *value = fovea_blocked_plan_get_value (self, step->output);
  const FoveaBlockedMap gradient = get_gradient_map (self, step->output);
  const FoveaBlockedSigns signs = get_signs (self, step->output);

  if (!value->relu || value->is_masked || (self->redirect_relu && step->kind == FOVEA_STEP_CONCAT))
    return;
  if (self->redirect_relu)
    fovea_maps_redirect (self->kernels, self->n_images, &gradient, &signs);
  else
    fovea_maps_mask (self->kernels, self->n_images, &gradient, &signs);
  value->is_masked = TRUE;
}

static void
gradient_pooling (FoveaBlockedPlan *self,
                  const FoveaStep *step,
                  guint position,
                  gboolean accumulate)
{
  const FoveaBlockedMap output_gradient = get_gradient_map (self, step->output), input_gradient = get_gradient_map (self, step->inputs[0]);
  const FoveaBlockedSigns mask = begin_mask (self, position, step->inputs[0]);

  if (step->kind == FOVEA_STEP_MAX_POOL)
    fovea_maps_max_pool_gradient (self->kernels, self->n_images, &step->pooling, &output_gradient, get_taps (self, step), accumulate, &mask,
                                  &input_gradient);
  else if (step->kind == FOVEA_STEP_AVERAGE_POOL)
    fovea_maps_average_pool_gradient (self->kernels, self->n_images, &step->pooling, step->row_factors, step->column_factors, &output_gradient,
                                      accumulate, &mask, &input_gradient);
  else
    fovea_maps_global_average_gradient (self->kernels, self->n_images, &output_gradient, accumulate, &mask, &input_gradient);
}

static void
gradient_step (FoveaBlockedPlan *self,
               guint position)
{
  const FoveaStep *step = fovea_blocked_plan_get_step (self, position);
  const FoveaBlockedMap output_gradient = get_gradient_map (self, step->output);
  FoveaBlockedMap input_gradient = { 0 };
  gboolean accumulate;
  gint64 row, column;

  mask_gradient (self, step);
  switch (step->kind)
    {
    case FOVEA_STEP_IMAGES:
      gradient_images (self, step);
      return;
    case FOVEA_STEP_FIRST_LAYER:
    case FOVEA_STEP_CONVOLUTION:
    case FOVEA_STEP_DENSE:
      gradient_convolution (self, step, position);
      return;
    case FOVEA_STEP_ADD:
      /* The second one first: the first one's gradient may lie where the output's does. */
      pass_gradient (self, step, step->inputs[1], 0);
      pass_gradient (self, step, step->inputs[0], 0);
      return;
    case FOVEA_STEP_CONCAT:
      gradient_concat (self, step);
      return;
    case FOVEA_STEP_RELU:
      pass_gradient (self, step, step->inputs[0], 0);
      return;
    case FOVEA_STEP_POINTWISE:
      gradient_pointwise (self, step);
      return;
    case FOVEA_STEP_OPERATOR:
      gradient_operator (self, step);
      return;
    case FOVEA_STEP_AFFINE:
    case FOVEA_STEP_CROP:
    case FOVEA_STEP_MAX_POOL:
    case FOVEA_STEP_AVERAGE_POOL:
    case FOVEA_STEP_GLOBAL_AVERAGE:
      break;
    }

  accumulate = begin_contribution (self, step->inputs[0]);
  input_gradient = get_gradient_map (self, step->inputs[0]);
  if (step->kind == FOVEA_STEP_CROP)
    {
      find_crop (self, step, &row, &column);
      fovea_maps_crop_gradient (self->kernels, self->n_images, &output_gradient, row, column, accumulate, &input_gradient);
    }
  else if (step->kind == FOVEA_STEP_AFFINE)
    fovea_maps_scale (self->kernels, self->n_images, step->factor, &output_gradient, accumulate, &input_gradient);
  else
    gradient_pooling (self, step, position, accumulate);
}

/**
 * fovea_blocked_plan_gradient:
 *
 * Goes back from the wanted layers to the images. Steps that no gradient reaches are left out.
 */
void
fovea_blocked_plan_gradient (FoveaBlockedPlan *self,
                             const float *const *seeds,
                             float *image_gradients)
{
  fit_scratch (self);
  self->seeds = seeds;
  self->image_gradients = image_gradients;
  self->has_image_gradients = FALSE;
  for (guint i = 0; i < self->values->len; i++)
    {
      FoveaValue *value = fovea_blocked_plan_get_value (self, (int) i);

      value->has_gradient = value->is_masked = FALSE;
    }

  for (guint end = self->steps->len, begin; end > 0; end = begin)
    {
      const FoveaStep *last = fovea_blocked_plan_get_step (self, end - 1);
      const gboolean had_image_gradients = self->has_image_gradients;
      g_autofree FoveaValue *values = g_memdup2 (self->values->data, self->values->len * sizeof (FoveaValue));

      begin = last->turn_begin;
      for (self->first_image = 0; self->first_image < self->batch; self->first_image += self->n_images)
        {
          /* Each turn begins with the same gradients. */
          memcpy (self->values->data, values, self->values->len * sizeof (FoveaValue));
          self->has_image_gradients = had_image_gradients;
          self->n_images = last->n_images;
          for (guint i = end; i-- > begin;)
            {
              const int output = fovea_blocked_plan_get_step (self, i)->output;

              begin_gradient (self, output);
              if (fovea_blocked_plan_get_value (self, output)->has_gradient)
                gradient_step (self, i);
            }
        }
    }
  if (!self->has_image_gradients)
    memset (image_gradients, 0, self->batch * fovea_shape_get_n_elements (&self->input_shape) * sizeof (float));
  self->seeds = NULL;
  self->image_gradients = NULL;
}
