/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/classify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/error.h"
#include "engine/plan.h"

/* The most probable first; of equals the one with the smaller index. */
static int
compare_classes (const void *a, const void *b)
{
  const FoveaRankedClass *class_a = a;
  const FoveaRankedClass *class_b = b;

  if (class_a->probability != class_b->probability)
    return class_a->probability < class_b->probability ? 1 : -1;
  return class_a->index < class_b->index ? -1 : class_a->index > class_b->index;
}

static void
apply_softmax (FoveaRankedClass *classes, gsize n_classes)
{
  double maximum = -INFINITY;
  double sum = 0;

  for (gsize i = 0; i < n_classes; i++)
    maximum = MAX (maximum, classes[i].probability);
  for (gsize i = 0; i < n_classes; i++)
    sum += classes[i].probability = exp (classes[i].probability - maximum);
  for (gsize i = 0; i < n_classes; i++)
    classes[i].probability /= sum;
}

/**
 * fovea_classify_check:
 * @output: the shape of its output for the image at hand
 * @error: %FOVEA_ERROR_SHAPE
 *
 * Returns: whether the network gives one number a class
 */
gboolean
fovea_classify_check (const FoveaNetwork *network, const FoveaShape *output, GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);

  if (output->height == 1 && output->width == 1)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
               "%s: ends in maps of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT
               " at '%s', not in one score a class; it is no classifier",
               fovea_network_get_name (network), output->height, output->width,
               fovea_graph_get_node (graph, (guint) fovea_graph_get_output (graph))->name);
  return FALSE;
}

/**
 * fovea_classify_rank:
 * @outputs: [@n_outputs]: the network's output, softmax included if that is part of it
 * @error: %FOVEA_ERROR_FORMAT where a score is not finite
 *
 * Returns: (transfer full) (element-type FoveaRankedClass): all classes, the most probable first; of
 *   equals the one with the smaller index
 */
GArray *
fovea_classify_rank (const FoveaNetwork *network, const float *outputs, gsize n_outputs, GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  g_autoptr (GArray) classes = g_array_sized_new (FALSE, FALSE, sizeof (FoveaRankedClass), (guint) n_outputs);

  for (guint i = 0; i < (guint) n_outputs; i++)
    {
      FoveaRankedClass class = { .index = i, .probability = outputs[i] };

      if (!isfinite (outputs[i]))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                       "%s: the score of class %u is not a number; the weights or the image are broken",
                       fovea_network_get_name (network), i);
          return NULL;
        }
      g_array_append_val (classes, class);
    }
  if (!g_str_equal (fovea_graph_get_node (graph, (guint) fovea_graph_get_output (graph))->operator->name, "Softmax"))
    apply_softmax ((FoveaRankedClass *) (void *) classes->data, classes->len);
  qsort (classes->data, classes->len, sizeof (FoveaRankedClass), compare_classes);
  return g_steal_pointer (&classes);
}

/**
 * fovea_classify:
 * @image: [3,height,width] in [0,1], as fovea_image_load_for_network() gives it
 * @error: as fovea_plan_new(), fovea_classify_check() and fovea_classify_rank()
 *
 * One forward pass. Any thread.
 *
 * Returns: (transfer full) (element-type FoveaRankedClass): all classes, the most probable first
 */
GArray *
fovea_classify (const FoveaNetwork *network, const FoveaTensor *image, GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  int output = fovea_graph_get_output (graph);
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, image->shape[1], image->shape[2], 1, &output, FOVEA_PLAN_FORWARD, error);

  if (plan == NULL || !fovea_classify_check (network, fovea_plan_get_shape (plan, 0), error))
    return NULL;
  fovea_plan_forward (plan, image->data);
  return fovea_classify_rank (network, fovea_plan_get_activation (plan, 0), (gsize) fovea_plan_get_shape (plan, 0)->channels, error);
}

/**
 * fovea_class_get_label:
 *
 * Returns: (nullable): the class' name; %NULL where the network's file names none
 */
const char *
fovea_class_get_label (const FoveaNetwork *network, guint index)
{
  return index < fovea_network_get_n_classes (network) ? fovea_network_get_classes (network)[index] : NULL;
}
