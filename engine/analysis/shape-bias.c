/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/shape-bias.h"

#include <math.h>

#include "engine/analysis/classifier.h"
#include "engine/images/image-loader.h"

/* How many images run together: enough to fill two threads, few enough for large networks. */
#define BATCH 8

/* More problems than this are only counted. */
#define MAX_PROBLEMS 8

/**
 * fovea_decisions_get_shape_bias:
 *
 * Returns: the part of shape decisions among shape and texture decisions, in [0,1]; not a number where there are none
 */
double
fovea_decisions_get_shape_bias (const FoveaDecisions *decisions)
{
  const guint n_cues = decisions->shape + decisions->texture;

  return n_cues > 0 ? (double) decisions->shape / n_cues : NAN;
}

/**
 * fovea_shape_bias_new:
 * @observer: who decides
 * @categories: the categories' names, ended by %NULL
 *
 * Returns: (transfer full): no decisions yet; every category is known
 */
FoveaShapeBias *
fovea_shape_bias_new (const char *observer,
                      const char *const *categories)
{
  FoveaShapeBias *self = g_new0 (FoveaShapeBias, 1);

  self->observer = g_strdup (observer);
  self->categories = g_strdupv ((char **) categories);
  self->n_categories = g_strv_length (self->categories);
  self->known = g_new (gboolean, self->n_categories);
  for (guint i = 0; i < self->n_categories; i++)
    self->known[i] = TRUE;
  self->decisions = g_new0 (FoveaDecisions, self->n_categories);
  self->choices = g_array_new (FALSE, FALSE, sizeof (FoveaChoice));
  self->problems = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * fovea_shape_bias_free:
 * @self: (nullable): decisions
 */
void
fovea_shape_bias_free (FoveaShapeBias *self)
{
  if (self == NULL)
    return;
  g_free (self->observer);
  g_strfreev (self->categories);
  g_free (self->known);
  g_free (self->decisions);
  g_array_unref (self->choices);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

/**
 * fovea_shape_bias_find_category:
 * @category: a normalized name
 *
 * Returns: its number, or -1
 */
int
fovea_shape_bias_find_category (const FoveaShapeBias *self,
                                const char *category)
{
  for (guint i = 0; i < self->n_categories; i++)
    if (g_str_equal (self->categories[i], category))
      return (int) i;
  return -1;
}

static void
count (FoveaDecisions *decisions,
       const FoveaChoice *choice)
{
  if (choice->chosen == (int) choice->shape)
    decisions->shape++;
  else if (choice->chosen == (int) choice->texture)
    decisions->texture++;
  else
    decisions->other++;
}

/**
 * fovea_shape_bias_add:
 * @choice: a decision about an image whose two cues are not the same
 *
 * Counts a decision.
 */
void
fovea_shape_bias_add (FoveaShapeBias *self,
                      const FoveaChoice *choice)
{
  g_return_if_fail (choice->shape < self->n_categories && choice->texture < self->n_categories);
  g_return_if_fail (choice->shape != choice->texture);

  count (&self->total, choice);
  count (&self->decisions[choice->shape], choice);
  g_array_append_val (self->choices, *choice);
}

/**
 * fovea_shape_bias_add_problem:
 *
 * Keeps a sentence about what had to be left out, while there are few.
 */
void
fovea_shape_bias_add_problem (FoveaShapeBias *self,
                              const char *problem)
{
  if (self->problems->len < MAX_PROBLEMS)
    g_ptr_array_add (self->problems, g_strdup (problem));
}

/* What one run over a set needs. */
typedef struct {
  FoveaNetwork *network;
  FoveaCueSet *set;
  FoveaCategoryMap *map;
  FoveaClassifier *classifier;
  FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES];
  const FoveaCue *batch[BATCH];
  gsize n_batch;
} Run;

static gboolean
decide_batch (Run *run,
              GError **error)
{
  if (run->n_batch == 0)
    return TRUE;
  fovea_classifier_run (run->classifier);
  for (gsize i = 0; i < run->n_batch; i++)
    {
      const double *probabilities = fovea_classifier_get_probabilities (run->classifier, i);
      const FoveaCue *cue = run->batch[i];
      if (!isfinite (probabilities[0]))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the class probabilities of %s are not numbers; the weights are broken",
                       fovea_network_get_name (run->network), fovea_image_set_get_image_name (fovea_cue_set_get_images (run->set), cue->image));
          return FALSE;
        }
      for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
        {
          const guint chosen = fovea_category_map_decide (run->map, rule, probabilities);
          const FoveaChoice choice = { cue->image, cue->shape, cue->texture,
                                       chosen < run->biases[rule]->n_categories ? (int) chosen : FOVEA_CHOICE_NONE };

          fovea_shape_bias_add (run->biases[rule], &choice);
        }
    }
  run->n_batch = 0;
  return TRUE;
}

static gboolean
knows (const Run *run,
       const FoveaCue *cue)
{
  return run->biases[0]->known[cue->shape] && run->biases[0]->known[cue->texture];
}

static gboolean
take_image (Run *run,
            const FoveaLoadedImage *item,
            GError **error)
{
  const int index = fovea_cue_set_find_cue (run->set, item->index);
  const FoveaCue *cue = index >= 0 ? fovea_cue_set_get_cue (run->set, (gsize) index) : NULL;

  if (cue == NULL || !knows (run, cue))
    return TRUE;
  if (item->error != NULL)
    {
      for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
        {
          run->biases[rule]->n_unreadable++;
          fovea_shape_bias_add_problem (run->biases[rule], item->error->message);
        }
      return TRUE;
    }
  run->batch[run->n_batch] = cue;
  fovea_classifier_set_image (run->classifier, run->n_batch++, item->images[0]);
  return run->n_batch < BATCH || decide_batch (run, error);
}

static gboolean
decide_all (Run *run,
            const FoveaJob *job,
            GError **error)
{
  FoveaImageSet *images = fovea_cue_set_get_images (run->set);
  const gsize first = fovea_cue_set_get_cue (run->set, 0)->image;
  const gsize end = fovea_cue_set_get_cue (run->set, fovea_cue_set_get_n_cues (run->set) - 1)->image + 1;
  g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (images, first, end, 1, &run->network);
  FoveaLoadedImage *item;

  while ((item = fovea_image_loader_next (loader)) != NULL)
    {
      const gsize done = item->index - first + 1;
      gboolean taken = take_image (run, item, error);

      fovea_loaded_image_free (item);
      if (!taken || fovea_job_is_cancelled (job, error))
        return FALSE;
      fovea_job_report (job, done, end - first);
    }
  return decide_batch (run, error);
}

static void
note_what_lacks (const Run *run,
                 FoveaShapeBias *bias)
{
  g_autoptr (GString) lacking = g_string_new (NULL);
  g_autofree char *problem = NULL;
  guint n_lacking = 0;

  for (gsize i = 0; i < fovea_cue_set_get_n_cues (run->set); i++)
    bias->n_lacking += !knows (run, fovea_cue_set_get_cue (run->set, i));
  for (guint i = 0; i < bias->n_categories; i++)
    if (!bias->known[i])
      g_string_append_printf (lacking, "%s%s", n_lacking++ > 0 ? ", " : "", bias->categories[i]);
  if (n_lacking == 0)
    return;
  problem = g_strdup_printf ("%s has no class for %s; %" G_GSIZE_FORMAT " images were left out",
                             fovea_network_get_name (run->network), lacking->str, bias->n_lacking);
  fovea_shape_bias_add_problem (bias, problem);
}

static gboolean
prepare (Run *run,
         GError **error)
{
  const char *const *categories = fovea_cue_set_get_categories (run->set);

  run->map = fovea_category_map_new (run->network, categories, error);
  if (run->map == NULL)
    return FALSE;
  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    {
      FoveaShapeBias *bias = fovea_shape_bias_new (fovea_network_get_name (run->network), categories);

      run->biases[rule] = bias;
      bias->n_same = fovea_cue_set_get_n_same (run->set);
      bias->n_unlabelled = fovea_cue_set_get_n_unlabelled (run->set);
      for (guint i = 0; i < bias->n_categories; i++)
        {
          guint n_classes;

          fovea_category_map_get_classes (run->map, i, &n_classes);
          bias->known[i] = n_classes > 0;
        }
      note_what_lacks (run, bias);
    }
  if (run->biases[0]->n_lacking == fovea_cue_set_get_n_cues (run->set))
    {
      g_autofree char *list = g_strjoinv (", ", (char **) categories);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: no image of %s shows two categories that the network knows; they are %s",
                   fovea_network_get_name (run->network), fovea_image_set_get_name (fovea_cue_set_get_images (run->set)), list);
      return FALSE;
    }
  run->classifier = fovea_classifier_new (run->network, BATCH, error);
  return run->classifier != NULL;
}

/**
 * fovea_shape_bias_measure_all:
 * @network: a classifier
 * @set: cue-conflict images
 * @biases: (out): the decisions by each rule, to be freed; left alone where it fails
 * @job: (nullable): told how many images are done; may stop it
 * @error: %FOVEA_ERROR_NOT_FOUND where the network knows no image's two categories, as
 *   fovea_classifier_new(), `G_IO_ERROR_CANCELLED`
 *
 * Lets the network decide between the categories that it knows, for every image whose two categories are among
 * them, by every rule for how the classes of a category are put together. Images that cannot be read are counted and left
 * out. Any thread; spreads its work over the pool.
 *
 * Returns: whether it could
 */
gboolean
fovea_shape_bias_measure_all (FoveaNetwork *network,
                              FoveaCueSet *set,
                              FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES],
                              const FoveaJob *job,
                              GError **error)
{
  Run run = { .network = network, .set = set };
  const gboolean done = prepare (&run, error) && decide_all (&run, job, error);

  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    if (done)
      biases[rule] = run.biases[rule];
    else
      fovea_shape_bias_free (run.biases[rule]);
  g_clear_pointer (&run.map, fovea_category_map_free);
  g_clear_pointer (&run.classifier, fovea_classifier_free);
  return done;
}

/**
 * fovea_shape_bias_measure:
 * @rule: how the classes of a category are put together
 *
 * As fovea_shape_bias_measure_all(), for one rule.
 *
 * Returns: (transfer full): the decisions, or %NULL
 */
FoveaShapeBias *
fovea_shape_bias_measure (FoveaNetwork *network,
                          FoveaCueSet *set,
                          FoveaCategoryRule rule,
                          const FoveaJob *job,
                          GError **error)
{
  FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES];

  if (!fovea_shape_bias_measure_all (network, set, biases, job, error))
    return NULL;
  for (guint other = 0; other < FOVEA_N_CATEGORY_RULES; other++)
    if (other != (guint) rule)
      fovea_shape_bias_free (biases[other]);
  return biases[rule];
}
