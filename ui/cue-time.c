/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-time.h"

#include <math.h>

#include "engine/parallel.h"
#include "engine/plan.h"

/* Images that are run, and read, to tell how long all will take, and how often: what else the machine does disturbs. */
#define PROBE_BATCH 8
#define PROBE_RUNS 3

/* How long a network takes for one image, in seconds: the quickest of some batches, after one that warms up. */
static double
probe_network (FoveaNetwork *network)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const int output = fovea_graph_get_output (graph);
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, PROBE_BATCH, input->height, input->width, 1, &output, FOVEA_PLAN_FORWARD, NULL);
  g_autofree float *images = g_try_new0 (float, PROBE_BATCH * fovea_shape_get_n_elements (input));
  double best = INFINITY;

  if (plan == NULL || images == NULL)
    return 0;
  fovea_plan_forward (plan, images);
  for (guint i = 0; i < PROBE_RUNS; i++)
    {
      const gint64 start = g_get_monotonic_time ();

      fovea_plan_forward (plan, images);
      best = MIN (best, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
    }
  return best / PROBE_BATCH;
}

/* How long reading one image takes, in seconds, where all threads read. */
static double
probe_images (FoveaCueSet *set)
{
  const gsize n = fovea_cue_set_get_n_cues (set);
  double best = INFINITY;

  for (guint i = 0; i < PROBE_RUNS; i++)
    {
      const gint64 start = g_get_monotonic_time ();
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (fovea_cue_set_get_images (set), fovea_cue_set_get_cue (set, i * (n - 1) / PROBE_RUNS)->image, NULL);

      if (image != NULL)
        best = MIN (best, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
    }
  return isfinite (best) ? best / fovea_parallel_get_n_threads () : 0;
}

/**
 * fovea_cue_time_measure:
 *
 * Runs a few images through the network and reads a few of the set. In any thread but the main one, since it may take a second.
 *
 * Returns: how long all will take, in seconds
 */
double
fovea_cue_time_measure (FoveaNetwork *network, FoveaCueSet *set)
{
  return (probe_network (network) + probe_images (set)) * (double) fovea_cue_set_get_n_cues (set);
}
