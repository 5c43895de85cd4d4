/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/portable-plan.h"

#include <stdlib.h>
#include <string.h>

#include "engine/arena.h"
#include "engine/graph.h"

#include "engine/parallel.h"

typedef struct {
  guint index; /* in the graph */
  const FoveaNode *node;
  guint n_consumers;
  guint *consumers; /* positions in the plan's order, ascending */
  FoveaShape *input_shapes;
  FoveaShape shape;
  int *inputs; /* positions in the plan's order, or FOVEA_GRAPH_INPUT */
  int root;    /* position of the node in whose buffer the output lies: itself unless in place */
  int wanted;  /* which wanted layer, or -1 */
  FoveaBuffer value;
  FoveaBuffer gradient;
  FoveaBuffer state;
  FoveaBuffer forward_workspace;
  FoveaBuffer gradient_workspace;
  const float **input_values;
  float **input_gradients;
} Step;

struct _FoveaPortablePlan {
  FoveaGraph *graph;
  gsize batch;
  FoveaShape input_shape;
  FoveaPlanFlags flags;
  gboolean redirect_relu;
  guint n_steps;
  Step *steps;
  FoveaBuffer input_value;
  guint n_wanted;
  guint *wanted; /* positions in steps */
  gsize arena_size;
  char *arena;
};

static void
make_steps (FoveaPortablePlan *self,
            const gboolean *needed,
            const FoveaShape *shapes)
{
  guint n_nodes = fovea_graph_get_n_nodes (self->graph);
  g_autofree int *position = g_new (int, n_nodes);

  for (guint i = 0; i < n_nodes; i++)
    position[i] = needed[i] ? (int) self->n_steps++ : -1;
  self->steps = g_new0 (Step, self->n_steps);

  for (guint i = 0; i < n_nodes; i++)
    if (needed[i])
      {
        const FoveaNode *node = fovea_graph_get_node (self->graph, i);
        Step *step = &self->steps[position[i]];

        step->index = i;
        step->node = node;
        step->shape = shapes[i];
        step->root = position[i];
        step->wanted = -1;
        step->inputs = g_new (int, node->n_inputs);
        step->input_shapes = g_new (FoveaShape, node->n_inputs);
        step->input_values = g_new0 (const float *, node->n_inputs);
        step->input_gradients = g_new0 (float *, node->n_inputs);
        for (guint j = 0; j < node->n_inputs; j++)
          {
            gboolean is_image = node->inputs[j] == FOVEA_GRAPH_INPUT;

            step->inputs[j] = is_image ? FOVEA_GRAPH_INPUT : position[node->inputs[j]];
            step->input_shapes[j] = is_image ? self->input_shape : shapes[node->inputs[j]];
            if (!is_image)
              self->steps[step->inputs[j]].n_consumers++;
          }
      }

  for (guint i = 0; i < self->n_steps; i++)
    {
      self->steps[i].consumers = g_new (guint, self->steps[i].n_consumers);
      self->steps[i].n_consumers = 0;
    }
  for (guint i = 0; i < self->n_steps; i++)
    for (guint j = 0; j < self->steps[i].node->n_inputs; j++)
      if (self->steps[i].inputs[j] != FOVEA_GRAPH_INPUT)
        {
          Step *producer = &self->steps[self->steps[i].inputs[j]];

          producer->consumers[producer->n_consumers++] = i;
        }
}

static guint
gradient_time (const FoveaPortablePlan *self,
               guint position)
{
  return 2 * self->n_steps - 1 - position;
}

static gboolean
has_flag (const Step *step,
          FoveaOperatorFlags flag)
{
  return (step->node->operator->flags & flag) != 0;
}

/* Whether the gradient runs read this step's output. */
static gboolean
is_kept_for_gradient (const FoveaPortablePlan *self,
                      guint position)
{
  const Step *step = &self->steps[position];

  if (!(self->flags & FOVEA_PLAN_GRADIENT))
    return FALSE;
  if (has_flag (step, FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT))
    return TRUE;
  for (guint i = 0; i < step->n_consumers; i++)
    if (has_flag (&self->steps[step->consumers[i]], FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT))
      return TRUE;
  return FALSE;
}

static gboolean
can_run_in_place (const FoveaPortablePlan *self,
                  guint position)
{
  const Step *step = &self->steps[position];
  const Step *producer;

  if (!has_flag (step, FOVEA_OPERATOR_IN_PLACE) || step->inputs[0] == FOVEA_GRAPH_INPUT)
    return FALSE;
  producer = &self->steps[step->inputs[0]];
  if (producer->wanted >= 0 || is_kept_for_gradient (self, step->inputs[0]))
    return FALSE;
  /* Nobody may read the input later, or as another input of the same node. */
  if (producer->consumers[producer->n_consumers - 1] != position ||
      (producer->n_consumers > 1 && producer->consumers[producer->n_consumers - 2] == position))
    return FALSE;
  return fovea_shape_get_n_elements (&producer->shape) == fovea_shape_get_n_elements (&step->shape);
}

static void
find_lifetimes (FoveaPortablePlan *self)
{
  gboolean with_gradient = (self->flags & FOVEA_PLAN_GRADIENT) != 0;
  guint last_time = with_gradient ? 2 * self->n_steps - 1 : self->n_steps - 1;

  self->input_value = (FoveaBuffer) { .size = fovea_arena_round_up (self->batch * fovea_shape_get_n_elements (&self->input_shape) * sizeof (float)) };

  for (guint i = 0; i < self->n_steps; i++)
    {
      Step *step = &self->steps[i];
      Step *root;
      guint end = i;

      if (can_run_in_place (self, i))
        step->root = self->steps[step->inputs[0]].root;
      root = &self->steps[step->root];
      if (root == step)
        {
          step->value.size = fovea_arena_round_up (self->batch * fovea_shape_get_n_elements (&step->shape) * sizeof (float));
          step->value.begin = i;
        }

      for (guint j = 0; j < step->n_consumers; j++)
        {
          end = MAX (end, step->consumers[j]);
          if (with_gradient && has_flag (&self->steps[step->consumers[j]], FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT))
            end = MAX (end, gradient_time (self, step->consumers[j]));
        }
      if (with_gradient && has_flag (step, FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT))
        end = MAX (end, gradient_time (self, i));
      if (step->wanted >= 0)
        end = last_time;
      root->value.end = MAX (root->value.end, end);

      for (guint j = 0; j < step->node->n_inputs; j++)
        if (step->inputs[j] == FOVEA_GRAPH_INPUT)
          {
            guint used = with_gradient && has_flag (step, FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT) ? gradient_time (self, i) : i;

            self->input_value.end = MAX (self->input_value.end, used);
          }

      if (step->node->operator->workspace_size != NULL)
        {
          gsize size = fovea_arena_round_up (step->node->operator->workspace_size (step->node, self->batch, step->input_shapes, &step->shape));

          step->forward_workspace = (FoveaBuffer) { .size = size, .begin = i, .end = i };
          if (with_gradient)
            step->gradient_workspace = (FoveaBuffer) { .size = size, .begin = gradient_time (self, i), .end = gradient_time (self, i) };
        }
      if (with_gradient)
        {
          if (step->node->operator->state_size != NULL)
            step->state = (FoveaBuffer) {
              .size = fovea_arena_round_up (step->node->operator->state_size (step->node, self->batch, step->input_shapes, &step->shape)),
              .begin = i,
              .end = gradient_time (self, i)
            };
          step->gradient = (FoveaBuffer) {
            .size = fovea_arena_round_up (self->batch * fovea_shape_get_n_elements (&step->shape) * sizeof (float)),
            .begin = step->n_consumers > 0 ? gradient_time (self, step->consumers[step->n_consumers - 1]) : gradient_time (self, i),
            .end = gradient_time (self, i)
          };
        }
    }
}

static void
collect_buffers (FoveaPortablePlan *self,
                 GPtrArray *buffers)
{
  g_ptr_array_add (buffers, &self->input_value);
  for (guint i = 0; i < self->n_steps; i++)
    {
      g_ptr_array_add (buffers, &self->steps[i].value);
      g_ptr_array_add (buffers, &self->steps[i].gradient);
      g_ptr_array_add (buffers, &self->steps[i].state);
      g_ptr_array_add (buffers, &self->steps[i].forward_workspace);
      g_ptr_array_add (buffers, &self->steps[i].gradient_workspace);
    }
}

static gpointer
get_memory (const FoveaPortablePlan *self,
            const FoveaBuffer *buffer)
{
  return buffer->size > 0 ? self->arena + buffer->offset : NULL;
}

static float *
get_value (const FoveaPortablePlan *self,
           int position)
{
  if (position == FOVEA_GRAPH_INPUT)
    return get_memory (self, &self->input_value);
  return get_memory (self, &self->steps[self->steps[position].root].value);
}

/**
 * fovea_portable_plan_new:
 * @needed: which nodes the wanted layers depend on
 * @shapes: of each needed node's output
 *
 * Returns: (transfer full): the plan, or %NULL
 */
FoveaPortablePlan *
fovea_portable_plan_new (FoveaGraph *graph,
                         gsize batch,
                         const FoveaShape *input_shape,
                         const gboolean *needed,
                         const FoveaShape *shapes,
                         guint n_layers,
                         const int *layers,
                         FoveaPlanFlags flags,
                         GError **error)
{
  g_autoptr (FoveaPortablePlan) self = g_new0 (FoveaPortablePlan, 1);
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();

  self->graph = fovea_graph_ref (graph);
  self->batch = batch;
  self->flags = flags;
  self->input_shape = *input_shape;

  make_steps (self, needed, shapes);
  self->n_wanted = n_layers;
  self->wanted = g_new (guint, n_layers);
  for (guint i = 0; i < n_layers; i++)
    for (guint j = 0; j < self->n_steps; j++)
      if (self->steps[j].index == (guint) layers[i])
        {
          self->steps[j].wanted = (int) i;
          self->wanted[i] = j;
        }

  find_lifetimes (self);
  collect_buffers (self, buffers);
  if (!fovea_arena_place (buffers->len, (FoveaBuffer **) buffers->pdata, batch, &self->arena_size, error))
    return NULL;
  self->arena = fovea_arena_allocate (self->arena_size, error);
  if (self->arena == NULL)
    return NULL;

  for (guint i = 0; i < self->n_steps; i++)
    {
      Step *step = &self->steps[i];

      for (guint j = 0; j < step->node->n_inputs; j++)
        {
          step->input_values[j] = get_value (self, step->inputs[j]);
          if (step->inputs[j] != FOVEA_GRAPH_INPUT)
            step->input_gradients[j] = get_memory (self, &self->steps[step->inputs[j]].gradient);
        }
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_portable_plan_free:
 *
 * Frees the plan and its arena.
 */
void
fovea_portable_plan_free (FoveaPortablePlan *self)
{
  for (guint i = 0; i < self->n_steps; i++)
    {
      g_free (self->steps[i].consumers);
      g_free (self->steps[i].input_shapes);
      g_free (self->steps[i].inputs);
      g_free (self->steps[i].input_values);
      g_free (self->steps[i].input_gradients);
    }
  g_free (self->steps);
  g_free (self->wanted);
  free (self->arena);
  fovea_graph_unref (self->graph);
  g_free (self);
}

/**
 * fovea_portable_plan_get_shape:
 *
 * Returns: (transfer none): the wanted layer's shape
 */
const FoveaShape *
fovea_portable_plan_get_shape (const FoveaPortablePlan *self,
                               guint wanted)
{
  return &self->steps[self->wanted[wanted]].shape;
}

/**
 * fovea_portable_plan_get_peak_bytes:
 *
 * Returns: bytes of the arena
 */
gsize
fovea_portable_plan_get_peak_bytes (const FoveaPortablePlan *self)
{
  return self->arena_size;
}

typedef struct {
  const FoveaPortablePlan *plan;
  const float *source;
  float *target;
} PlaneData;

static void
normalize_plane (gsize item,
                 guint worker,
                 gpointer data)
{
  const PlaneData *planes = data;
  const FoveaShape *shape = &planes->plan->input_shape;
  gsize channel = item % (gsize) shape->channels;
  gsize n = (gsize) (shape->height * shape->width);
  const float *restrict source = planes->source + item * n;
  float *restrict target = planes->target + item * n;
  float mean = (float) fovea_graph_get_mean (planes->plan->graph)[channel];
  float std = (float) fovea_graph_get_std (planes->plan->graph)[channel];

  for (gsize i = 0; i < n; i++)
    target[i] = (source[i] - mean) / std;
}

static void
unnormalize_gradient_plane (gsize item,
                            guint worker,
                            gpointer data)
{
  const PlaneData *planes = data;
  const FoveaShape *shape = &planes->plan->input_shape;
  gsize channel = item % (gsize) shape->channels;
  gsize n = (gsize) (shape->height * shape->width);
  float *restrict target = planes->target + item * n;
  float std = (float) fovea_graph_get_std (planes->plan->graph)[channel];

  for (gsize i = 0; i < n; i++)
    target[i] /= std;
}

static void
fill_context (FoveaPortablePlan *self,
              guint position,
              FoveaOperatorContext *context)
{
  Step *step = &self->steps[position];

  *context = (FoveaOperatorContext) {
    .node = step->node,
    .batch = self->batch,
    .input_shapes = step->input_shapes,
    .output_shape = step->shape,
    .inputs = step->input_values,
    .output = get_value (self, (int) position),
    .state = get_memory (self, &step->state),
    .redirect_relu = self->redirect_relu,
  };
}

/**
 * fovea_portable_plan_forward:
 *
 * Computes the wanted layers.
 */
void
fovea_portable_plan_forward (FoveaPortablePlan *self,
                             const float *images)
{
  PlaneData planes = { self, images, get_value (self, FOVEA_GRAPH_INPUT) };

  fovea_parallel_for (self->batch * (gsize) self->input_shape.channels, normalize_plane, &planes);
  for (guint i = 0; i < self->n_steps; i++)
    {
      FoveaOperatorContext context;

      fill_context (self, i, &context);
      context.workspace = get_memory (self, &self->steps[i].forward_workspace);
      self->steps[i].node->operator->forward (&context);
    }
}

/**
 * fovea_portable_plan_get_activation:
 *
 * Returns: (transfer none): what the last forward run computed
 */
const float *
fovea_portable_plan_get_activation (const FoveaPortablePlan *self,
                                    guint wanted)
{
  return get_value (self, (int) self->wanted[wanted]);
}

/**
 * fovea_portable_plan_set_redirect_relu:
 *
 * See fovea_plan_set_redirect_relu().
 */
void
fovea_portable_plan_set_redirect_relu (FoveaPortablePlan *self,
                                       gboolean redirect)
{
  self->redirect_relu = redirect;
}

static void
add_seed (float *restrict gradient,
          const float *restrict seed,
          gsize n)
{
  for (gsize i = 0; i < n; i++)
    gradient[i] += seed[i];
}

/**
 * fovea_portable_plan_gradient:
 *
 * Goes back from the wanted layers to the images.
 */
void
fovea_portable_plan_gradient (FoveaPortablePlan *self,
                              const float *const *seeds,
                              float *image_gradients)
{
  gsize n_image_elements = self->batch * fovea_shape_get_n_elements (&self->input_shape);
  PlaneData planes = { self, NULL, image_gradients };

  memset (image_gradients, 0, n_image_elements * sizeof (float));
  for (guint i = self->n_steps; i-- > 0;)
    {
      Step *step = &self->steps[i];
      gsize n = self->batch * fovea_shape_get_n_elements (&step->shape);
      float *gradient = get_memory (self, &step->gradient);
      FoveaOperatorContext context;

      /* A layer that nobody reads has to be wanted; its gradient is its seed alone. */
      if (step->n_consumers == 0)
        memset (gradient, 0, n * sizeof (float));
      if (step->wanted >= 0 && seeds[step->wanted] != NULL)
        add_seed (gradient, seeds[step->wanted], n);

      fill_context (self, i, &context);
      for (guint j = 0; j < step->node->n_inputs; j++)
        {
          if (step->inputs[j] == FOVEA_GRAPH_INPUT)
            step->input_gradients[j] = image_gradients;
          else
            {
              const Step *producer = &self->steps[step->inputs[j]];

              /* The last consumer comes first on the way back, and clears what all of them add to. */
              if (producer->consumers[producer->n_consumers - 1] == i)
                memset (step->input_gradients[j], 0, self->batch * fovea_shape_get_n_elements (&producer->shape) * sizeof (float));
            }
        }
      if (!has_flag (step, FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT))
        context.output = NULL;
      context.output_gradient = gradient;
      context.input_gradients = step->input_gradients;
      context.workspace = get_memory (self, &step->gradient_workspace);
      step->node->operator->gradient (&context);
    }
  fovea_parallel_for (self->batch * (gsize) self->input_shape.channels, unnormalize_gradient_plane, &planes);
}
