/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/plan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/parallel.h"

#define ALIGNMENT 64

/* A piece of the arena, in use from step begin to step end, both included. Steps count the forward
 * runs of all needed nodes in order, then their gradient runs in reverse order. */
typedef struct {
  gsize size; /* bytes; 0: not used */
  gsize offset;
  guint begin;
  guint end;
} Buffer;

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
  Buffer value;
  Buffer gradient;
  Buffer state;
  Buffer forward_workspace;
  Buffer gradient_workspace;
  const float **input_values;
  float **input_gradients;
} Step;

struct _FoveaPlan {
  FoveaGraph *graph;
  gsize batch;
  FoveaShape input_shape;
  FoveaPlanFlags flags;
  gboolean redirect_relu;
  guint n_steps;
  Step *steps;
  Buffer input_value;
  guint n_wanted;
  guint *wanted; /* positions in steps */
  gsize arena_size;
  char *arena;
};

static void
mark_needed (const FoveaGraph *graph,
             guint n_layers,
             const int *layers,
             gboolean *needed)
{
  for (guint i = 0; i < n_layers; i++)
    needed[layers[i]] = TRUE;
  for (guint i = fovea_graph_get_n_nodes (graph); i-- > 0;)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);

      for (guint j = 0; needed[i] && j < node->n_inputs; j++)
        if (node->inputs[j] != FOVEA_GRAPH_INPUT)
          needed[node->inputs[j]] = TRUE;
    }
}

static void
make_steps (FoveaPlan *self,
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
gradient_time (const FoveaPlan *self,
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
is_kept_for_gradient (const FoveaPlan *self,
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
can_run_in_place (const FoveaPlan *self,
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

static gsize
round_up (gsize size)
{
  return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void
find_lifetimes (FoveaPlan *self)
{
  gboolean with_gradient = (self->flags & FOVEA_PLAN_GRADIENT) != 0;
  guint last_time = with_gradient ? 2 * self->n_steps - 1 : self->n_steps - 1;

  self->input_value = (Buffer) { .size = round_up (self->batch * fovea_shape_get_n_elements (&self->input_shape) * sizeof (float)) };

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
          step->value.size = round_up (self->batch * fovea_shape_get_n_elements (&step->shape) * sizeof (float));
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
          gsize size = round_up (step->node->operator->workspace_size (step->node, self->batch, step->input_shapes, &step->shape));

          step->forward_workspace = (Buffer) { .size = size, .begin = i, .end = i };
          if (with_gradient)
            step->gradient_workspace = (Buffer) { .size = size, .begin = gradient_time (self, i), .end = gradient_time (self, i) };
        }
      if (with_gradient)
        {
          if (step->node->operator->state_size != NULL)
            step->state = (Buffer) {
              .size = round_up (step->node->operator->state_size (step->node, self->batch, step->input_shapes, &step->shape)),
              .begin = i,
              .end = gradient_time (self, i)
            };
          step->gradient = (Buffer) {
            .size = round_up (self->batch * fovea_shape_get_n_elements (&step->shape) * sizeof (float)),
            .begin = step->n_consumers > 0 ? gradient_time (self, step->consumers[step->n_consumers - 1]) : gradient_time (self, i),
            .end = gradient_time (self, i)
          };
        }
    }
}

static int
compare_begin (gconstpointer a,
               gconstpointer b)
{
  const Buffer *x = *(const Buffer *const *) a, *y = *(const Buffer *const *) b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  return 0;
}

static void
collect_buffer (GPtrArray *buffers,
                Buffer *buffer)
{
  if (buffer->size > 0)
    g_ptr_array_add (buffers, buffer);
}

/* First fit: in the order of time, each buffer gets the lowest place where it does not overlap a
 * buffer that is still in use. */
static gboolean
place_buffers (FoveaPlan *self,
               GError **error)
{
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();
  g_autoptr (GPtrArray) live = g_ptr_array_new (); /* by offset */
  guint64 physical = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);

  collect_buffer (buffers, &self->input_value);
  for (guint i = 0; i < self->n_steps; i++)
    {
      collect_buffer (buffers, &self->steps[i].value);
      collect_buffer (buffers, &self->steps[i].gradient);
      collect_buffer (buffers, &self->steps[i].state);
      collect_buffer (buffers, &self->steps[i].forward_workspace);
      collect_buffer (buffers, &self->steps[i].gradient_workspace);
    }
  g_ptr_array_sort (buffers, compare_begin);

  for (guint i = 0; i < buffers->len; i++)
    {
      Buffer *buffer = g_ptr_array_index (buffers, i);
      guint place = 0;
      gsize offset = 0;

      for (guint j = live->len; j-- > 0;)
        if (((Buffer *) g_ptr_array_index (live, j))->end < buffer->begin)
          g_ptr_array_remove_index (live, j);
      for (; place < live->len; place++)
        {
          const Buffer *other = g_ptr_array_index (live, place);

          if (other->offset - offset >= buffer->size)
            break;
          offset = other->offset + other->size;
        }
      buffer->offset = offset;
      g_ptr_array_insert (live, (int) place, buffer);
      self->arena_size = MAX (self->arena_size, offset + buffer->size);
      if (self->arena_size > physical)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "running this network on %" G_GSIZE_FORMAT " images at once needs more memory than this machine's %" G_GUINT64_FORMAT " MiB",
                       self->batch, physical >> 20);
          return FALSE;
        }
    }
  return TRUE;
}

static gpointer
get_memory (const FoveaPlan *self,
            const Buffer *buffer)
{
  return buffer->size > 0 ? self->arena + buffer->offset : NULL;
}

static float *
get_value (const FoveaPlan *self,
           int position)
{
  if (position == FOVEA_GRAPH_INPUT)
    return get_memory (self, &self->input_value);
  return get_memory (self, &self->steps[self->steps[position].root].value);
}

/**
 * fovea_plan_new:
 * @graph: the finished graph
 * @batch: number of images in a run, at least 1
 * @height, @width: the images' size; need not be the graph's own where the wanted layers allow it
 * @n_layers: number of wanted layers, at least 1
 * @layers: (array length=n_layers): their nodes, without repetition
 * @flags: whether to keep what the gradient needs
 * @error: %FOVEA_ERROR_SHAPE where a layer cannot work at this size, %FOVEA_ERROR_TOO_LARGE where the
 *   machine's memory cannot hold it
 *
 * Only the nodes that the wanted layers depend on are run. Any thread.
 *
 * Returns: (transfer full): the plan, or %NULL
 */
FoveaPlan *
fovea_plan_new (FoveaGraph *graph,
                gsize batch,
                gint64 height,
                gint64 width,
                guint n_layers,
                const int *layers,
                FoveaPlanFlags flags,
                GError **error)
{
  g_autoptr (FoveaPlan) self = NULL;
  guint n_nodes = fovea_graph_get_n_nodes (graph);
  g_autofree gboolean *needed = g_new0 (gboolean, n_nodes);
  g_autofree FoveaShape *shapes = g_new0 (FoveaShape, n_nodes);
  gsize n_elements;

  g_return_val_if_fail (batch >= 1 && n_layers >= 1, NULL);
  for (guint i = 0; i < n_layers; i++)
    g_return_val_if_fail (layers[i] >= 0 && (guint) layers[i] < n_nodes, NULL);

  self = g_new0 (FoveaPlan, 1);
  self->graph = fovea_graph_ref (graph);
  self->batch = batch;
  self->flags = flags;
  self->input_shape = *fovea_graph_get_input_shape (graph);
  self->input_shape.height = height;
  self->input_shape.width = width;

  mark_needed (graph, n_layers, layers, needed);
  if (!fovea_tensor_count_elements (4, (gint64[]) { (gint64) batch, self->input_shape.channels, height, width }, &n_elements, error) ||
      !fovea_graph_infer_shapes (graph, &self->input_shape, needed, shapes, error))
    return NULL;
  for (guint i = 0; i < n_nodes; i++)
    if (needed[i] &&
        !fovea_tensor_count_elements (4, (gint64[]) { (gint64) batch, shapes[i].channels, shapes[i].height, shapes[i].width }, &n_elements, error))
      return NULL;

  make_steps (self, needed, shapes);
  self->n_wanted = n_layers;
  self->wanted = g_new (guint, n_layers);
  for (guint i = 0; i < n_layers; i++)
    for (guint j = 0; j < self->n_steps; j++)
      if (self->steps[j].index == (guint) layers[i])
        {
          g_return_val_if_fail (self->steps[j].wanted == -1, NULL);
          self->steps[j].wanted = (int) i;
          self->wanted[i] = j;
        }

  find_lifetimes (self);
  if (!place_buffers (self, error))
    return NULL;
  self->arena = aligned_alloc (ALIGNMENT, MAX (self->arena_size, ALIGNMENT));
  if (self->arena == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "no memory for the %" G_GSIZE_FORMAT " MiB that running this network needs", self->arena_size >> 20);
      return NULL;
    }

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
 * fovea_plan_free:
 *
 * Frees the plan and its arena.
 */
void
fovea_plan_free (FoveaPlan *self)
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
 * fovea_plan_get_shape:
 * @wanted: which of the wanted layers
 *
 * Returns: (transfer none): the shape of that layer's activations for one image
 */
const FoveaShape *
fovea_plan_get_shape (const FoveaPlan *self,
                      guint wanted)
{
  g_return_val_if_fail (wanted < self->n_wanted, NULL);
  return &self->steps[self->wanted[wanted]].shape;
}

/**
 * fovea_plan_get_peak_bytes:
 *
 * Returns: bytes that the plan's buffers take, weights not counted
 */
gsize
fovea_plan_get_peak_bytes (const FoveaPlan *self)
{
  return self->arena_size;
}

typedef struct {
  const FoveaPlan *plan;
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
fill_context (FoveaPlan *self,
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
 * fovea_plan_forward:
 * @images: [batch, channels, height, width] in [0,1]; normalized here as the graph wants
 *
 * Computes the wanted layers. The thread that owns the plan; spreads its work over the pool.
 */
void
fovea_plan_forward (FoveaPlan *self,
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
 * fovea_plan_get_activation:
 * @wanted: which of the wanted layers
 *
 * Returns: (transfer none): what the last forward run computed there, [batch, channels, height, width]
 *   of fovea_plan_get_shape(); valid until the next forward run
 */
const float *
fovea_plan_get_activation (const FoveaPlan *self,
                           guint wanted)
{
  g_return_val_if_fail (wanted < self->n_wanted, NULL);
  return get_value (self, (int) self->wanted[wanted]);
}

/**
 * fovea_plan_set_redirect_relu:
 * @redirect: whether ReLUs let a gradient through that all of them would block
 *
 * While set, a ReLU whose units are all off wherever the gradient of one image is not zero, so that
 * the image would get no gradient at all, passes that gradient on as if it were taken at its input,
 * as far as it would not push units that are off further down (Lucid's redirected ReLU).
 */
void
fovea_plan_set_redirect_relu (FoveaPlan *self,
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
 * fovea_plan_gradient:
 * @seeds: one for each wanted layer: the derivative of what is to be differentiated by that layer's
 *   activations, shaped like them; %NULL where it does not depend on that layer
 * @image_gradients: (out): [batch, channels, height, width], the derivative by the images in [0,1]
 *
 * Goes back from the wanted layers to the images of the last forward run. Only for plans made with
 * %FOVEA_PLAN_GRADIENT, once for each forward run. The thread that owns the plan.
 */
void
fovea_plan_gradient (FoveaPlan *self,
                     const float *const *seeds,
                     float *image_gradients)
{
  gsize n_image_elements = self->batch * fovea_shape_get_n_elements (&self->input_shape);
  PlaneData planes = { self, NULL, image_gradients };

  g_return_if_fail (self->flags & FOVEA_PLAN_GRADIENT);

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
