/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/blocked-plan.h"

#include <stdlib.h>

#include "engine/blocked/steps.h"
#include "engine/parallel.h"

/**
 * fovea_blocked_plan_new:
 * @needed: which nodes the wanted layers depend on
 * @shapes: of each needed node's output
 * @positions: (array length=n_layers) (nullable): as for fovea_plan_new_at(), none the centre
 *
 * Returns: (transfer full): the plan, or %NULL
 */
FoveaBlockedPlan *
fovea_blocked_plan_new (const FoveaKernels *kernels,
                        FoveaGraph *graph,
                        gsize batch,
                        const FoveaShape *input_shape,
                        const gboolean *needed,
                        const FoveaShape *shapes,
                        guint n_layers,
                        const int *layers,
                        const FoveaPlanPosition *positions,
                        FoveaPlanFlags flags,
                        GError **error)
{
  g_autoptr (FoveaBlockedPlan) self = g_new0 (FoveaBlockedPlan, 1);

  self->kernels = kernels;
  self->graph = fovea_graph_ref (graph);
  self->batch = batch;
  self->input_shape = *input_shape;
  self->flags = flags;
  self->values = g_array_new (FALSE, TRUE, sizeof (FoveaValue));
  self->steps = g_array_new (FALSE, TRUE, sizeof (FoveaStep));

  fovea_blocked_plan_fuse (self, needed, shapes, n_layers, layers, positions);
  fovea_blocked_plan_crop (self, shapes);
  fovea_blocked_plan_list_consumers (self);
  fovea_blocked_plan_take_turns (self);
  if (!fovea_blocked_plan_prepare (self, shapes, error) || !fovea_blocked_plan_place (self, error))
    return NULL;
  self->n_scratch = fovea_parallel_get_n_threads ();
  if (self->scratch_size > 0)
    {
      self->scratch = fovea_arena_allocate (self->scratch_size * self->n_scratch, error);
      if (self->scratch == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

static void
free_step (FoveaStep *step)
{
  g_free (step->inputs);
  g_clear_pointer (&step->convolution, fovea_blocked_convolution_free);
  g_clear_pointer (&step->convolution_gradient, fovea_blocked_convolution_free);
  free (step->bias);
  free (step->factor);
  free (step->mean);
  free (step->offset);
  g_free (step->row_factors);
  g_free (step->column_factors);
  if (step->operator_step != NULL)
    {
      g_free (step->operator_step->input_shapes);
      g_free (step->operator_step->inputs);
      g_free (step->operator_step->input_gradients);
      g_free (step->operator_step);
    }
}

/**
 * fovea_blocked_plan_free:
 *
 * Frees the plan and its arena.
 */
void
fovea_blocked_plan_free (FoveaBlockedPlan *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    free_step (fovea_blocked_plan_get_step (self, i));
  for (guint i = 0; i < self->values->len; i++)
    g_free (fovea_blocked_plan_get_value (self, (int) i)->consumers);
  g_array_unref (self->steps);
  g_array_unref (self->values);
  g_free (self->wanted);
  free (self->arena);
  free (self->scratch);
  fovea_graph_unref (self->graph);
  g_free (self);
}

/**
 * fovea_blocked_plan_get_shape:
 *
 * Returns: (transfer none): the wanted layer's shape
 */
const FoveaShape *
fovea_blocked_plan_get_shape (const FoveaBlockedPlan *self,
                              guint wanted)
{
  return &self->wanted[wanted].shape;
}

/**
 * fovea_blocked_plan_get_peak_bytes:
 *
 * Returns: bytes of the arena and of the threads' scratch memory
 */
gsize
fovea_blocked_plan_get_peak_bytes (const FoveaBlockedPlan *self)
{
  return self->arena_size + self->scratch_size * self->n_scratch;
}
