/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/plan.h"

#include "engine/blocked/blocked-plan.h"
#include "engine/portable-plan.h"

/* Exactly one of the two does the work. */
struct _FoveaPlan {
  FoveaPlanFlags flags;
  guint n_wanted;
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
  self->n_wanted = n_layers;
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

  if (kernels != NULL)
    self->blocked = fovea_blocked_plan_new (kernels, graph, batch, &input_shape, needed, shapes, n_layers, layers, flags, error);
  else
    self->portable = fovea_portable_plan_new (graph, batch, &input_shape, needed, shapes, n_layers, layers, flags, error);
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
  return self->blocked != NULL ? fovea_blocked_plan_get_shape (self->blocked, wanted) : fovea_portable_plan_get_shape (self->portable, wanted);
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
    fovea_portable_plan_forward (self->portable, images);
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
  return self->blocked != NULL ? fovea_blocked_plan_get_activation (self->blocked, wanted) : fovea_portable_plan_get_activation (self->portable, wanted);
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
    fovea_portable_plan_gradient (self->portable, seeds, image_gradients);
}
