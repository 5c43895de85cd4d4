/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-estimate.h"

#include "engine/parallel.h"
#include "engine/plan.h"

/* So many images tell how long all of them will take. */
#define N_TRIAL_IMAGES 3

/**
 * fovea_dissection_estimate:
 * @network: a network
 * @layer: which node
 * @set: what it would be dissected with
 * @job: (nullable): can be cancelled
 *
 * Shows a few of the images to the network. Any thread.
 *
 * Returns: about how many seconds all of them take; negative where they cannot be tried
 */
double
fovea_dissection_estimate (FoveaNetwork *network,
                           int layer,
                           FoveaConceptSet *set,
                           const FoveaJob *job)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const gsize n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, input->height, input->width, 1, &layer, FOVEA_PLAN_FORWARD, NULL);
  gint64 loading = 0, running = 0;
  guint n_tried = 0;

  for (gsize i = 0; plan != NULL && i < MIN (n_images, N_TRIAL_IMAGES + 1) && !fovea_job_is_cancelled (job, NULL); i++)
    {
      g_autoptr (FoveaConceptMasks) masks = NULL;
      FoveaImage *image = NULL, *fitted = NULL;
      FoveaTensor *tensor = NULL;
      gint64 begin = g_get_monotonic_time (), loaded;

      if (fovea_concept_set_load (set, i, &image, &masks, NULL))
        fitted = fovea_image_resize (image, (guint) input->width, (guint) input->height, NULL);
      if (fitted != NULL)
        tensor = fovea_image_to_tensor (fitted, NULL);
      loaded = g_get_monotonic_time ();
      if (tensor != NULL)
        fovea_plan_forward (plan, tensor->data);
      /* The first one pays for what is prepared once. */
      if (tensor != NULL && i > 0)
        {
          loading += loaded - begin;
          running += g_get_monotonic_time () - loaded;
          n_tried++;
        }
      g_clear_pointer (&tensor, fovea_tensor_unref);
      g_clear_pointer (&fitted, fovea_image_free);
      g_clear_pointer (&image, fovea_image_free);
    }
  if (n_tried == 0)
    return -1;
  /* Images are loaded by all threads at once, the network uses them all by itself. */
  return ((double) loading / fovea_parallel_get_n_threads () + (double) running) / G_USEC_PER_SEC / n_tried * (double) n_images;
}
