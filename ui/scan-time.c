/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scan-time.h"

#include <string.h>

#include "engine/parallel.h"
#include "engine/plan.h"

/* Images that are read, and that go through a network at a time. */
#define N_READ 4
#define BATCH 4

/* Reads images spread over the set, as the network wants them; returns seconds an image. */
static double
measure_reading (FoveaImageSet *set,
                 FoveaNetwork *network)
{
  gsize n_images = fovea_image_set_get_n_images (set), n_read = MIN (n_images, N_READ);
  gint64 begin = g_get_monotonic_time ();

  for (gsize i = 0; i < n_read; i++)
    {
      g_autoptr (FoveaImage) image = fovea_image_set_load_image (set, i * n_images / n_read, NULL);
      g_autoptr (FoveaImage) fitted = image != NULL ? fovea_image_fit_to_network (image, network, NULL) : NULL;
    }
  return (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC / (double) n_read;
}

static double
measure_network (FoveaNetwork *network,
                 int layer,
                 GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, BATCH, input->height, input->width, 1, &layer, FOVEA_PLAN_FORWARD, error);
  g_autoptr (FoveaTensor) images = NULL;
  gint64 begin;

  if (plan == NULL)
    return -1;
  images = fovea_tensor_new (4, (gint64[]) { BATCH, input->channels, input->height, input->width }, error);
  if (images == NULL)
    return -1;
  for (gsize i = 0; i < images->n_elements; i++)
    images->data[i] = (float) (i % 255) / 255.0f;
  /* The first run touches memory that later ones find ready. */
  fovea_plan_forward (plan, images->data);
  begin = g_get_monotonic_time ();
  fovea_plan_forward (plan, images->data);
  return (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC / BATCH;
}

/**
 * fovea_scan_time_measure:
 * @set: the images
 * @n_networks: how many networks
 * @networks: (array length=n_networks): the networks
 * @layers: (array length=n_networks): a layer of each
 * @job: (nullable): may stop it
 * @error: as fovea_plan_new(), or `G_IO_ERROR_CANCELLED`
 *
 * Reads a few of the images and runs the networks up to the layers. Collecting the hits is not measured, so a scan
 * takes a little longer. The thread that calls this computes; any thread.
 *
 * Returns: seconds an image; negative where a network cannot be run
 */
double
fovea_scan_time_measure (FoveaImageSet *set,
                         guint n_networks,
                         FoveaNetwork *const *networks,
                         const int *layers,
                         const FoveaJob *job,
                         GError **error)
{
  double seconds;

  g_return_val_if_fail (n_networks > 0, -1);

  seconds = measure_reading (set, networks[0]) / fovea_parallel_get_n_threads ();
  for (guint i = 0; i < n_networks; i++)
    {
      double more;

      if (fovea_job_is_cancelled (job, error))
        return -1;
      more = measure_network (networks[i], layers[i], error);
      if (more < 0)
        return -1;
      seconds += more;
    }
  return seconds;
}
