/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/classifier.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/classify.h"
#include "engine/plan.h"

struct _FoveaClassifier {
  FoveaPlan *plan;
  gsize batch;
  FoveaShape input;
  guint n_classes;
  gboolean gives_probabilities; /* the graph ends in a Softmax */
  float *images;
  double *probabilities;
};

/**
 * fovea_classifier_new:
 * @network: a network that ends in one score a class
 * @batch: how many images a run takes
 * @error: %FOVEA_ERROR_SHAPE for a network that is no classifier, and as fovea_plan_new()
 *
 * Any thread.
 *
 * Returns: (transfer full): the classifier, or %NULL
 */
FoveaClassifier *
fovea_classifier_new (FoveaNetwork *network,
                      gsize batch,
                      GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const int output = fovea_graph_get_output (graph);
  const FoveaNode *node = fovea_graph_get_node (graph, (guint) output);
  g_autoptr (FoveaClassifier) self = g_new0 (FoveaClassifier, 1);
  const FoveaShape *shape;

  self->plan = fovea_plan_new (graph, batch, input->height, input->width, 1, &output, FOVEA_PLAN_FORWARD, error);
  if (self->plan == NULL)
    return NULL;
  shape = fovea_plan_get_shape (self->plan, 0);
  if (!fovea_classify_check (network, shape, error))
    return NULL;
  self->batch = batch;
  self->input = *input;
  self->n_classes = (guint) shape->channels;
  self->gives_probabilities = g_str_equal (node->operator->name, "Softmax");
  self->images = g_new0 (float, batch * fovea_shape_get_n_elements (input));
  self->probabilities = g_new0 (double, batch * self->n_classes);
  return g_steal_pointer (&self);
}

/**
 * fovea_classifier_free:
 *
 * Frees the classifier.
 */
void
fovea_classifier_free (FoveaClassifier *self)
{
  g_clear_pointer (&self->plan, fovea_plan_free);
  g_free (self->images);
  g_free (self->probabilities);
  g_free (self);
}

/**
 * fovea_classifier_get_n_classes:
 *
 * Returns: how many classes there are
 */
guint
fovea_classifier_get_n_classes (const FoveaClassifier *self)
{
  return self->n_classes;
}

/**
 * fovea_classifier_set_image:
 * @place: which image of the batch
 * @image: in the network's input size, see fovea_image_fit_to_network()
 *
 * The image stays until another one takes its place.
 */
void
fovea_classifier_set_image (FoveaClassifier *self,
                            gsize place,
                            const FoveaImage *image)
{
  g_return_if_fail (place < self->batch);
  g_return_if_fail (self->input.channels == 3 && (gint64) image->width == self->input.width && (gint64) image->height == self->input.height);

  fovea_image_to_planes (image, self->images + place * 3 * image->width * image->height);
}

/**
 * fovea_classifier_set_values:
 * @place: which image of the batch
 * @values: [3, height, width] in [0,1], in the network's input size
 *
 * As fovea_classifier_set_image(), with values that need not be those of eight bits.
 */
void
fovea_classifier_set_values (FoveaClassifier *self,
                             gsize place,
                             const float *values)
{
  const gsize size = fovea_shape_get_n_elements (&self->input);

  g_return_if_fail (place < self->batch);
  memcpy (self->images + place * size, values, size * sizeof (float));
}

/**
 * fovea_classifier_get_values:
 * @place: which image of the batch
 *
 * Returns: (transfer none): [3, height, width]: the image in that place, and behind it those in the next ones
 */
const float *
fovea_classifier_get_values (const FoveaClassifier *self,
                             gsize place)
{
  g_return_val_if_fail (place < self->batch, NULL);
  return self->images + place * fovea_shape_get_n_elements (&self->input);
}

static void
apply_softmax (const float *scores,
               guint n_classes,
               double *probabilities)
{
  double maximum = -INFINITY;
  double sum = 0;

  for (guint i = 0; i < n_classes; i++)
    maximum = MAX (maximum, (double) scores[i]);
  for (guint i = 0; i < n_classes; i++)
    sum += probabilities[i] = exp (scores[i] - maximum);
  for (guint i = 0; i < n_classes; i++)
    probabilities[i] /= sum;
}

/**
 * fovea_classifier_run:
 *
 * Classifies all images of the batch. Spreads its work over the pool.
 */
void
fovea_classifier_run (FoveaClassifier *self)
{
  const float *scores;

  fovea_plan_forward (self->plan, self->images);
  scores = fovea_plan_get_activation (self->plan, 0);
  for (gsize i = 0; i < self->batch; i++)
    if (self->gives_probabilities)
      for (guint c = 0; c < self->n_classes; c++)
        self->probabilities[i * self->n_classes + c] = scores[i * self->n_classes + c];
    else
      apply_softmax (scores + i * self->n_classes, self->n_classes, self->probabilities + i * self->n_classes);
}

/**
 * fovea_classifier_get_probabilities:
 * @place: which image of the batch
 *
 * Returns: (transfer none): the probabilities of all classes in the last run; not numbers where the weights are broken
 */
const double *
fovea_classifier_get_probabilities (const FoveaClassifier *self,
                                    gsize place)
{
  g_return_val_if_fail (place < self->batch, NULL);
  return self->probabilities + place * self->n_classes;
}
