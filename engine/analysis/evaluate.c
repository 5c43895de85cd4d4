/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/evaluate.h"

#include <math.h>

#include "engine/analysis/category-map.h"
#include "engine/analysis/classifier.h"
#include "engine/analysis/cue-set.h"
#include "engine/images/image-loader.h"
#include "engine/images/image-set-variant.h"

#define BATCH 8
#define N_TOP 5

typedef struct {
  FoveaNetwork *network;
  FoveaImageSet *set;
  const FoveaEvaluateOptions *options;
  FoveaCategoryMap *map;
  FoveaClassifier *classifier;
  FoveaAttack *attack; /* NULL: none is wanted */
  float *attacked;     /* [BATCH, 3, height, width] */
  FoveaEvaluation *result;
  gsize batch[BATCH]; /* images in work */
  gsize n_batch;
} Run;

static gboolean
prepare_attack (Run *run,
                GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (run->network));

  run->attack = fovea_attack_new (run->network, BATCH, error);
  run->attacked = g_new0 (float, BATCH * fovea_shape_get_n_elements (input));
  return run->attack != NULL;
}

/* The set's classes as categories of the network: each has all classes that are called like it. */
static gboolean
prepare (Run *run,
         GError **error)
{
  const guint n_classes = fovea_image_set_get_n_classes (run->set);
  g_auto (GStrv) names = g_new0 (char *, n_classes + 1);
  FoveaEvaluation *result;
  guint n_known = 0;

  if (n_classes == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "%s: its images have no classes; put the images of each class into a folder called like it", fovea_image_set_get_name (run->set));
      return FALSE;
    }
  result = run->result = g_new0 (FoveaEvaluation, 1);
  result->n_classes = n_classes;
  result->classes = g_new0 (FoveaAccuracy, n_classes);
  result->known = g_new0 (gboolean, n_classes);
  result->names = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    {
      g_auto (GStrv) synonyms = g_strsplit (fovea_image_set_get_class_name (run->set, i), ",", 2);

      result->names[i] = g_strdup (fovea_image_set_get_class_name (run->set, i));
      names[i] = fovea_category_normalize (synonyms[0] != NULL ? synonyms[0] : "");
    }
  run->map = fovea_category_map_new (run->network, (const char *const *) names, error);
  if (run->map == NULL)
    return FALSE;
  for (guint i = 0; i < n_classes; i++)
    {
      guint n_indices;

      fovea_category_map_get_classes (run->map, i, &n_indices);
      n_known += result->known[i] = n_indices > 0;
    }
  if (n_known == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: knows none of the %u classes of %s, such as %s",
                   fovea_network_get_name (run->network), n_classes, fovea_image_set_get_name (run->set), result->names[0]);
      return FALSE;
    }
  run->classifier = fovea_classifier_new (run->network, BATCH, error);
  return run->classifier != NULL && (run->options->attack == NULL || prepare_attack (run, error));
}

/* The most probable class of a category; of equals the first. */
static guint
get_best (const Run *run,
          guint category,
          const double *probabilities)
{
  guint n_indices;
  const guint *indices = fovea_category_map_get_classes (run->map, category, &n_indices);
  guint best = indices[0];

  for (guint i = 1; i < n_indices; i++)
    if (probabilities[indices[i]] > probabilities[best])
      best = indices[i];
  return best;
}

/* How many classes are more probable than the most probable one of the category; of equals the one with the
 * smaller index comes first. */
static guint
get_place (const Run *run,
           guint category,
           const double *probabilities)
{
  guint best = get_best (run, category, probabilities), place = 0;

  for (guint i = 0; i < fovea_classifier_get_n_classes (run->classifier); i++)
    place += probabilities[i] > probabilities[best] || (probabilities[i] == probabilities[best] && i < best);
  return place;
}

static void
count (FoveaAccuracy *accuracy,
       guint place)
{
  accuracy->n_images++;
  accuracy->n_top1 += place == 0;
  accuracy->n_top5 += place < N_TOP;
}

/* Puts attacked images in place of the batch's, which has been classified. The class to leave is the image's own,
 * of a category the most probable of its classes. */
static gboolean
attack_batch (Run *run,
              const FoveaJob *job,
              GError **error)
{
  const gsize size = fovea_shape_get_n_elements (fovea_graph_get_input_shape (fovea_network_get_graph (run->network)));
  FoveaAttackOutcome outcomes[BATCH];
  guint classes[BATCH] = { 0 };
  guint64 streams[BATCH] = { 0 };
  FoveaJob steps;

  fovea_job_init (&steps, job != NULL ? job->cancellable : NULL, NULL, NULL);
  for (gsize i = 0; i < run->n_batch; i++)
    {
      classes[i] = get_best (run, (guint) fovea_image_set_get_image_class (run->set, run->batch[i]), fovea_classifier_get_probabilities (run->classifier, i));
      streams[i] = run->batch[i];
    }
  if (!fovea_attack_run (run->attack, run->options->attack, fovea_classifier_get_values (run->classifier, 0), classes, streams, &steps, run->attacked, outcomes, error))
    return FALSE;
  for (gsize i = 0; i < run->n_batch; i++)
    fovea_classifier_set_values (run->classifier, i, run->attacked + i * size);
  fovea_classifier_run (run->classifier);
  return TRUE;
}

static gboolean
classify_batch (Run *run,
                const FoveaJob *job,
                GError **error)
{
  if (run->n_batch == 0)
    return TRUE;
  fovea_classifier_run (run->classifier);
  if (run->attack != NULL && !attack_batch (run, job, error))
    return FALSE;
  for (gsize i = 0; i < run->n_batch; i++)
    {
      const double *probabilities = fovea_classifier_get_probabilities (run->classifier, i);
      const guint category = (guint) fovea_image_set_get_image_class (run->set, run->batch[i]);
      guint place;

      if (!isfinite (probabilities[0]))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the class probabilities of %s are not numbers; the weights are broken",
                       fovea_network_get_name (run->network), fovea_image_set_get_image_name (run->set, run->batch[i]));
          return FALSE;
        }
      place = get_place (run, category, probabilities);
      count (&run->result->total, place);
      count (&run->result->classes[category], place);
    }
  run->n_batch = 0;
  return TRUE;
}

static gboolean
take_image (Run *run,
            const FoveaLoadedImage *item,
            const FoveaJob *job,
            GError **error)
{
  g_autoptr (FoveaImage) variant = NULL;

  if (item->error != NULL)
    {
      if (run->result->n_unreadable++ == 0)
        run->result->first_unreadable = g_strdup (item->error->message);
      return TRUE;
    }
  variant = fovea_variant_apply (&run->options->variant, item->images[0], item->index, error);
  if (variant == NULL)
    return FALSE;
  run->batch[run->n_batch] = item->index;
  fovea_classifier_set_image (run->classifier, run->n_batch++, variant);
  return run->n_batch < BATCH || classify_batch (run, job, error);
}

/* Images whose class the network knows; of a part of them those at equal distances, as their classes may come one after
 * the other. The others are counted, and need not be loaded. */
static GArray *
list_images (Run *run)
{
  const gsize n_images = fovea_image_set_get_n_images (run->set);
  const gsize n_wanted = run->options->n_images;
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (gsize));
  GArray *part;

  for (gsize i = 0; i < n_images; i++)
    {
      const int image_class = fovea_image_set_get_image_class (run->set, i);

      if (image_class < 0)
        run->result->n_unlabelled++;
      else if (!run->result->known[image_class])
        run->result->n_lacking++;
      else
        g_array_append_val (known, i);
    }
  if (n_wanted == 0 || n_wanted >= known->len)
    return g_steal_pointer (&known);
  part = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize i = 0; i < n_wanted; i++)
    g_array_append_val (part, g_array_index (known, gsize, i * known->len / n_wanted));
  return part;
}

/* How many images follow each other in the set, from one on. */
static gsize
get_run_length (const GArray *images,
                gsize first)
{
  gsize length = 1;

  while (first + length < images->len && g_array_index (images, gsize, first + length) == g_array_index (images, gsize, first) + length)
    length++;
  return length;
}

static gboolean
classify_all (Run *run,
              const FoveaJob *job,
              GError **error)
{
  g_autoptr (GArray) images = list_images (run);

  for (gsize done = 0; done < images->len;)
    {
      const gsize first = g_array_index (images, gsize, done), length = get_run_length (images, done);
      g_autoptr (FoveaImageLoader) loader = fovea_image_loader_new (run->set, first, first + length, 1, &run->network);

      for (gsize i = 0; i < length; i++)
        {
          g_autoptr (FoveaLoadedImage) item = fovea_image_loader_next (loader);

          if (!take_image (run, item, job, error) || fovea_job_is_cancelled (job, error))
            return FALSE;
          fovea_job_report (job, ++done, images->len);
        }
    }
  if (!classify_batch (run, job, error))
    return FALSE;
  if (run->result->total.n_images > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: no image could be classified: %" G_GSIZE_FORMAT " cannot be read, of %" G_GSIZE_FORMAT
               " the network lacks the class, %" G_GSIZE_FORMAT " have none",
               fovea_image_set_get_name (run->set), run->result->n_unreadable, run->result->n_lacking, run->result->n_unlabelled);
  return FALSE;
}

/**
 * fovea_evaluate:
 * @network: a classifier
 * @set: images with classes, which are matched to the network's by name
 * @options: which images, and what is done to them before
 * @job: (nullable): told how many images are done; may stop it
 * @error: %FOVEA_ERROR_ARGUMENT where images have no classes, %FOVEA_ERROR_NOT_FOUND where the network knows none of
 *   them, %FOVEA_ERROR_IO where no image can be classified, as fovea_classifier_new() and fovea_attack_run(), `G_IO_ERROR_CANCELLED`
 *
 * The variant is made of what the network would see of the image; a silhouette that the set knows exactly is fitted to
 * the network as the image would be. An image is right where the class belongs to its own; of an ImageNet network, the sixteen entry-level
 * categories have all their classes. Any thread; spreads its work over the pool.
 *
 * Returns: (transfer full): the accuracy, or %NULL
 */
FoveaEvaluation *
fovea_evaluate (FoveaNetwork *network,
                FoveaImageSet *set,
                const FoveaEvaluateOptions *options,
                const FoveaJob *job,
                GError **error)
{
  const gboolean exact = options->variant.kind == FOVEA_VARIANT_SILHOUETTE && fovea_image_set_has_silhouettes (set);
  g_autoptr (FoveaImageSet) images = exact ? fovea_image_set_new_variant (set, &options->variant) : fovea_image_set_ref (set);
  FoveaEvaluateOptions own = *options;
  Run run = { .network = network, .set = images, .options = &own };

  if (exact)
    own.variant.kind = FOVEA_VARIANT_ORIGINAL;
  if (!prepare (&run, error) || !classify_all (&run, job, error))
    g_clear_pointer (&run.result, fovea_evaluation_free);
  g_clear_pointer (&run.map, fovea_category_map_free);
  g_clear_pointer (&run.classifier, fovea_classifier_free);
  g_clear_pointer (&run.attack, fovea_attack_free);
  g_free (run.attacked);
  return run.result;
}

/**
 * fovea_evaluation_free:
 * @evaluation: (nullable): a result
 */
void
fovea_evaluation_free (FoveaEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  g_free (evaluation->classes);
  g_strfreev (evaluation->names);
  g_free (evaluation->known);
  g_free (evaluation->first_unreadable);
  g_free (evaluation);
}
