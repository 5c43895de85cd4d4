/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/plan.h"

#include "engine/blocked/blocked-plan.h"
#include "engine/portable-plan.h"

/* A wanted layer of which only one position is wanted. The portable plan computes all of it. */
typedef struct {
  gboolean whole;
  FoveaPlanPosition position;
  FoveaShape shape;  /* as the caller sees it */
  FoveaShape full;
  float *activation; /* portable plans: the position's values, [batch, channels] */
  float *seed;       /* portable plans: the map with the seed at the position */
} Wanted;

/* Exactly one of the two does the work. */
struct _FoveaPlan {
  FoveaPlanFlags flags;
  gsize batch;
  guint n_wanted;
  Wanted *wanted;
  FoveaBlockedPlan *blocked;
  FoveaPortablePlan *portable;
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

static gboolean
resolve_position (const FoveaGraph *graph,
                  int layer,
                  const FoveaShape *shape,
                  const FoveaPlanPosition *position,
                  Wanted *wanted,
                  GError **error)
{
  wanted->shape = wanted->full = *shape;
  wanted->whole = position == NULL || position->y == FOVEA_PLAN_WHOLE || shape->height * shape->width == 1;
  if (position == NULL || position->y == FOVEA_PLAN_WHOLE)
    return TRUE;
  wanted->position = *position;
  if (position->y == FOVEA_PLAN_CENTRE)
    wanted->position = (FoveaPlanPosition) { shape->height / 2, shape->width / 2 };
  if (wanted->position.y < 0 || wanted->position.y >= shape->height || wanted->position.x < 0 || wanted->position.x >= shape->width)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "position %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT " does not exist: at this image size "
                   "the map of layer %s has %" G_GINT64_FORMAT " rows and %" G_GINT64_FORMAT " columns, counted from 0",
                   position->y, position->x, fovea_graph_get_node (graph, (guint) layer)->name, shape->height, shape->width);
      return FALSE;
    }
  wanted->shape.height = wanted->shape.width = 1;
  return TRUE;
}

static gboolean
resolve_positions (FoveaPlan *self,
                   const FoveaGraph *graph,
                   const int *layers,
                   const FoveaShape *shapes,
                   const FoveaPlanPosition *positions,
                   GError **error)
{
  for (guint i = 0; i < self->n_wanted; i++)
    if (!resolve_position (graph, layers[i], &shapes[layers[i]], positions != NULL ? &positions[i] : NULL, &self->wanted[i], error))
      return FALSE;
  return TRUE;
}

static void
allocate_positions (FoveaPlan *self)
{
  for (guint i = 0; i < self->n_wanted; i++)
    if (!self->wanted[i].whole)
      {
        self->wanted[i].activation = g_new0 (float, self->batch * fovea_shape_get_n_elements (&self->wanted[i].shape));
        self->wanted[i].seed = g_new0 (float, self->batch * fovea_shape_get_n_elements (&self->wanted[i].full));
      }
}

/**
 * fovea_plan_new:
 * @graph: the finished graph
 * @batch: number of images in a run, at least 1
 * @height, @width: the images' size; need not be the graph's own where the wanted layers allow it
 * @n_layers: number of wanted layers, at least 1
 * @layers: (array length=n_layers): their nodes, without repetition
 * @flags: whether to keep what the gradient needs, and how exact to be
 * @error: %FOVEA_ERROR_SHAPE where a layer cannot work at this size, %FOVEA_ERROR_TOO_LARGE where the
 *   machine's memory cannot hold it
 *
 * Only the nodes that the wanted layers depend on are run. Processors that engine/blocked/ has
 * kernels for run on blocked maps, others operator by operator. Any thread.
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
  return fovea_plan_new_at (graph, batch, height, width, n_layers, layers, NULL, flags, error);
}

/**
 * fovea_plan_new_at:
 * @positions: (array length=n_layers) (nullable): of each wanted layer the position that is wanted,
 *   %FOVEA_PLAN_CENTRE or %FOVEA_PLAN_WHOLE; %NULL is the whole of each
 * @error: also %FOVEA_ERROR_NOT_FOUND for a position outside of its layer's map
 *
 * As fovea_plan_new(). Of a layer that is wanted at a position, shape, activation and seed are those
 * of that position alone, [batch, channels, 1, 1]; and only what it depends on is computed, where the
 * processor has kernels for that. Values are those of the whole plan but for rounding.
 *
 * Returns: (transfer full): the plan, or %NULL
 */
FoveaPlan *
fovea_plan_new_at (FoveaGraph *graph,
                   gsize batch,
                   gint64 height,
                   gint64 width,
                   guint n_layers,
                   const int *layers,
                   const FoveaPlanPosition *positions,
                   FoveaPlanFlags flags,
                   GError **error)
{
  g_autofree FoveaPlanPosition *resolved = g_new (FoveaPlanPosition, n_layers);
  g_autoptr (FoveaPlan) self = g_new0 (FoveaPlan, 1);
  const guint n_nodes = fovea_graph_get_n_nodes (graph);
  g_autofree gboolean *needed = g_new0 (gboolean, n_nodes);
  g_autofree FoveaShape *shapes = g_new0 (FoveaShape, n_nodes);
  FoveaShape input_shape = *fovea_graph_get_input_shape (graph);
  const FoveaKernels *kernels = fovea_kernels_get ();
  gsize n_elements;

  g_return_val_if_fail (batch >= 1 && n_layers >= 1, NULL);
  for (guint i = 0; i < n_layers; i++)
    {
      g_return_val_if_fail (layers[i] >= 0 && (guint) layers[i] < n_nodes && !needed[layers[i]], NULL);
      needed[layers[i]] = TRUE;
    }

  self->flags = flags;
  self->batch = batch;
  self->n_wanted = n_layers;
  self->wanted = g_new0 (Wanted, n_layers);
  input_shape.height = height;
  input_shape.width = width;
  mark_needed (graph, n_layers, layers, needed);
  if (!fovea_tensor_count_elements (4, (gint64[]) { (gint64) batch, input_shape.channels, height, width }, &n_elements, error) ||
      !fovea_graph_infer_shapes (graph, &input_shape, needed, shapes, error))
    return NULL;
  for (guint i = 0; i < n_nodes; i++)
    if (needed[i] &&
        !fovea_tensor_count_elements (4, (gint64[]) { (gint64) batch, shapes[i].channels, shapes[i].height, shapes[i].width }, &n_elements, error))
      return NULL;

  if (!resolve_positions (self, graph, layers, shapes, positions, error))
    return NULL;
  for (guint i = 0; i < n_layers; i++)
    resolved[i] = self->wanted[i].whole ? (FoveaPlanPosition) { -1, -1 } : self->wanted[i].position;

  if (kernels != NULL)
    self->blocked = fovea_blocked_plan_new (kernels, graph, batch, &input_shape, needed, shapes, n_layers, layers, resolved, flags, error);
  else
    self->portable = fovea_portable_plan_new (graph, batch, &input_shape, needed, shapes, n_layers, layers, flags, error);
  if (self->portable != NULL)
    allocate_positions (self);
  return self->blocked != NULL || self->portable != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * fovea_plan_free:
 *
 * Frees the plan and its arena.
 */
void
fovea_plan_free (FoveaPlan *self)
{
  g_clear_pointer (&self->blocked, fovea_blocked_plan_free);
  g_clear_pointer (&self->portable, fovea_portable_plan_free);
  for (guint i = 0; i < self->n_wanted; i++)
    {
      g_free (self->wanted[i].activation);
      g_free (self->wanted[i].seed);
    }
  g_free (self->wanted);
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
  return &self->wanted[wanted].shape;
}

/**
 * fovea_plan_is_whole:
 * @wanted: which of the wanted layers
 *
 * Returns: whether all of that layer's map is there, and not one position
 */
gboolean
fovea_plan_is_whole (const FoveaPlan *self,
                     guint wanted)
{
  g_return_val_if_fail (wanted < self->n_wanted, FALSE);
  return self->wanted[wanted].whole;
}

/**
 * fovea_plan_get_peak_bytes:
 *
 * Returns: bytes that the plan's buffers take, weights not counted
 */
gsize
fovea_plan_get_peak_bytes (const FoveaPlan *self)
{
  return self->blocked != NULL ? fovea_blocked_plan_get_peak_bytes (self->blocked) : fovea_portable_plan_get_peak_bytes (self->portable);
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
  if (self->blocked != NULL)
    fovea_blocked_plan_forward (self->blocked, images);
  else
    {
      fovea_portable_plan_forward (self->portable, images);
      for (guint i = 0; i < self->n_wanted; i++)
        if (!self->wanted[i].whole)
          {
            const Wanted *wanted = &self->wanted[i];
            const gint64 plane = wanted->full.height * wanted->full.width;
            const float *map = fovea_portable_plan_get_activation (self->portable, i) + wanted->position.y * wanted->full.width + wanted->position.x;

            for (gint64 c = 0; c < (gint64) self->batch * wanted->full.channels; c++)
              wanted->activation[c] = map[c * plane];
          }
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
  if (self->blocked != NULL)
    return fovea_blocked_plan_get_activation (self->blocked, wanted);
  return self->wanted[wanted].whole ? fovea_portable_plan_get_activation (self->portable, wanted) : self->wanted[wanted].activation;
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
  if (self->blocked != NULL)
    fovea_blocked_plan_set_redirect_relu (self->blocked, redirect);
  else
    fovea_portable_plan_set_redirect_relu (self->portable, redirect);
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
  g_return_if_fail (self->flags & FOVEA_PLAN_GRADIENT);

  if (self->blocked != NULL)
    fovea_blocked_plan_gradient (self->blocked, seeds, image_gradients);
  else
    {
      g_autofree const float **map_seeds = g_memdup2 (seeds, self->n_wanted * sizeof *seeds);

      for (guint i = 0; i < self->n_wanted; i++)
        if (!self->wanted[i].whole && seeds[i] != NULL)
          {
            const Wanted *wanted = &self->wanted[i];
            const gint64 plane = wanted->full.height * wanted->full.width;
            float *map = wanted->seed + wanted->position.y * wanted->full.width + wanted->position.x;

            for (gint64 c = 0; c < (gint64) self->batch * wanted->full.channels; c++)
              map[c * plane] = seeds[i][c];
            map_seeds[i] = wanted->seed;
          }
      fovea_portable_plan_gradient (self->portable, map_seeds, image_gradients);
    }
}
