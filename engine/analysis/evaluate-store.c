/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/evaluate-store.h"

#include "engine/store-result.h"

/* Of all images how many there were and how many were right, with one answer and with five; the same of each class with
 * its name and whether it is known; images left out as unlabelled, lacking. Changes go with the analysis' name. */
#define FORMAT "((ttt)a(sb(ttt))(tt))"

/* What counts besides network and images: their variant, the attack, how many there are, and the names of the network's
 * classes, by which those of the images are found. */
static char *
format_options (const FoveaNetwork *network,
                const FoveaEvaluateOptions *options)
{
  g_autofree char *variant = fovea_variant_format (&options->variant);
  g_autofree char *names = g_strjoinv ("\n", (char **) fovea_network_get_classes (network));
  g_autofree char *names_sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, names, -1);
  GString *text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "%s seed %" G_GUINT64_FORMAT ", %" G_GSIZE_FORMAT " images, classes %s", variant, options->variant.seed, options->n_images, names_sum);
  if (options->attack != NULL)
    {
      const FoveaAttackOptions *attack = options->attack;

      g_string_append_printf (text, ", %s %s", attack->norm == FOVEA_ATTACK_L2 ? "l2" : "linf", g_ascii_dtostr (number, sizeof number, attack->epsilon));
      g_string_append_printf (text, " in %u steps of %s", attack->n_steps, g_ascii_dtostr (number, sizeof number, attack->step_size));
      g_string_append_printf (text, "%s%s seed %" G_GUINT64_FORMAT, attack->targeted ? " targeted" : "", attack->random_start ? " random" : "", attack->seed);
    }
  return g_string_free (text, FALSE);
}

/* Networks that came from no file have no fingerprint, so one could be taken for another. */
static gboolean
can_keep (const FoveaNetwork *network)
{
  return fovea_network_get_fingerprint (network)[0] != '\0';
}

static FoveaResultKey
make_key (const FoveaNetwork *network,
          const FoveaImageSet *set,
          const char *options)
{
  return (FoveaResultKey) {
    .analysis = "evaluation-1",
    .network = fovea_network_get_fingerprint (network),
    .layer = "",
    .images = fovea_image_set_get_fingerprint (set),
    .options = options,
  };
}

static GBytes *
to_bytes (const FoveaEvaluation *evaluation)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) variant = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FORMAT));
  g_variant_builder_add (&builder, "(ttt)", (guint64) evaluation->total.n_images, (guint64) evaluation->total.n_top1, (guint64) evaluation->total.n_top5);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(sb(ttt))"));
  for (guint i = 0; i < evaluation->n_classes; i++)
    {
      const FoveaAccuracy *accuracy = &evaluation->classes[i];

      g_variant_builder_add (&builder, "(sb(ttt))", evaluation->names[i], evaluation->known[i], (guint64) accuracy->n_images, (guint64) accuracy->n_top1,
                             (guint64) accuracy->n_top5);
    }
  g_variant_builder_close (&builder);
  g_variant_builder_add (&builder, "(tt)", (guint64) evaluation->n_unlabelled, (guint64) evaluation->n_lacking);
  variant = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_get_data_as_bytes (variant);
}

static gboolean
is_possible (const FoveaAccuracy *accuracy)
{
  return accuracy->n_top1 <= accuracy->n_top5 && accuracy->n_top5 <= accuracy->n_images;
}

/* NULL where the bytes are no evaluation of a set with so many classes. */
static FoveaEvaluation *
from_bytes (GBytes *bytes,
            guint n_classes)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FORMAT), bytes, FALSE));
  g_autoptr (GVariantIter) classes = NULL;
  g_autoptr (FoveaEvaluation) evaluation = g_new0 (FoveaEvaluation, 1);
  guint64 total[3], left_out[2];

  if (!g_variant_is_normal_form (variant))
    return NULL;
  g_variant_get (variant, FORMAT, &total[0], &total[1], &total[2], &classes, &left_out[0], &left_out[1]);
  if (g_variant_iter_n_children (classes) != n_classes)
    return NULL;
  evaluation->total = (FoveaAccuracy) { (gsize) total[0], (gsize) total[1], (gsize) total[2] };
  evaluation->n_unlabelled = (gsize) left_out[0];
  evaluation->n_lacking = (gsize) left_out[1];
  evaluation->n_classes = n_classes;
  evaluation->classes = g_new0 (FoveaAccuracy, n_classes);
  evaluation->known = g_new0 (gboolean, n_classes);
  evaluation->names = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    {
      guint64 counts[3] = { 0 };

      g_variant_iter_next (classes, "(sb(ttt))", &evaluation->names[i], &evaluation->known[i], &counts[0], &counts[1], &counts[2]);
      evaluation->classes[i] = (FoveaAccuracy) { (gsize) counts[0], (gsize) counts[1], (gsize) counts[2] };
      if (!is_possible (&evaluation->classes[i]))
        return NULL;
    }
  return is_possible (&evaluation->total) && evaluation->total.n_images > 0 ? g_steal_pointer (&evaluation) : NULL;
}

/**
 * fovea_evaluation_put:
 * @evaluation: what fovea_evaluate() found with the same arguments
 * @error: as fovea_store_put_result()
 *
 * Evaluations in which images could not be read are not kept, nor those of networks that came from no file.
 *
 * Any thread.
 *
 * Returns: whether nothing went wrong
 */
gboolean
fovea_evaluation_put (const FoveaEvaluation *evaluation,
                      const FoveaNetwork *network,
                      const FoveaImageSet *set,
                      const FoveaEvaluateOptions *options,
                      FoveaStore *store,
                      GError **error)
{
  g_autofree char *text = format_options (network, options);
  const FoveaResultKey key = make_key (network, set, text);
  g_autoptr (GBytes) bytes = to_bytes (evaluation);

  return evaluation->n_unreadable > 0 || !can_keep (network) || fovea_store_put_result (store, &key, bytes, error);
}

/**
 * fovea_evaluation_get:
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what was kept; %NULL where there is nothing that fits
 */
FoveaEvaluation *
fovea_evaluation_get (const FoveaNetwork *network,
                      const FoveaImageSet *set,
                      const FoveaEvaluateOptions *options,
                      FoveaStore *store)
{
  g_autofree char *text = format_options (network, options);
  const FoveaResultKey key = make_key (network, set, text);
  g_autoptr (GBytes) bytes = can_keep (network) ? fovea_store_get_result (store, &key, NULL) : NULL;

  return bytes != NULL ? from_bytes (bytes, fovea_image_set_get_n_classes (set)) : NULL;
}

/**
 * fovea_evaluate_and_keep:
 *
 * As fovea_evaluate(), but what was found before is taken from @store, and what is found now is put there. Where it
 * cannot be kept, it is computed again the next time.
 *
 * Any thread.
 *
 * Returns: (transfer full): the accuracy, or %NULL
 */
FoveaEvaluation *
fovea_evaluate_and_keep (FoveaNetwork *network,
                         FoveaImageSet *set,
                         const FoveaEvaluateOptions *options,
                         FoveaStore *store,
                         const FoveaJob *job,
                         GError **error)
{
  FoveaEvaluation *evaluation = fovea_evaluation_get (network, set, options, store);

  if (evaluation != NULL)
    return evaluation;
  evaluation = fovea_evaluate (network, set, options, job, error);
  if (evaluation != NULL)
    fovea_evaluation_put (evaluation, network, set, options, store, NULL);
  return evaluation;
}
