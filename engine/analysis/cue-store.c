/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/cue-store.h"

#include "engine/store-result.h"

/* Observer, categories, which are known; of each choice image, shape, texture and what was chosen; images left out as
 * the same, unlabelled, lacking, unreadable; problems. Changes go with the analysis' name. */
#define BIAS_FORMAT "(sasaba(tuui)(tttt)as)"

static FoveaResultKey
make_key (const char *analysis,
          const FoveaNetwork *network,
          const char *layer,
          const FoveaCueSet *set,
          const char *options)
{
  return (FoveaResultKey) {
    .analysis = analysis,
    .network = fovea_network_get_fingerprint (network),
    .layer = layer,
    .images = fovea_image_set_get_fingerprint (fovea_cue_set_get_images (set)),
    .options = options,
  };
}

/* Networks that compute the same may call it otherwise, and then decide for other categories. */
static char *
format_bias_options (const FoveaNetwork *network,
                     FoveaCategoryRule rule)
{
  g_autofree char *classes = g_strjoinv ("\n", (char **) fovea_network_get_classes (network));
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, classes, -1);

  return g_strdup_printf ("%s, classes %s", fovea_category_rule_names[rule], hash);
}

static FoveaResultKey
make_layer_key (const FoveaNetwork *network,
                int layer,
                const FoveaCueSet *set)
{
  return make_key ("cue-preference-1", network, fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name, set, "");
}

/**
 * fovea_cue_layer_put:
 * @cues: what fovea_cue_preference_measure() found
 * @layer: the layer's node
 * @error: as fovea_store_put_result()
 *
 * Any thread.
 *
 * Returns: whether it is kept
 */
gboolean
fovea_cue_layer_put (const FoveaCueLayer *cues,
                     const FoveaNetwork *network,
                     int layer,
                     const FoveaCueSet *set,
                     FoveaStore *store,
                     GError **error)
{
  const FoveaResultKey key = make_layer_key (network, layer, set);
  g_autoptr (GBytes) bytes = fovea_cue_layer_to_bytes (cues);

  return fovea_store_put_result (store, &key, bytes, error);
}

/**
 * fovea_cue_layer_get:
 * @layer: the layer's node
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what was kept; %NULL where there is nothing that fits
 */
FoveaCueLayer *
fovea_cue_layer_get (const FoveaNetwork *network,
                     int layer,
                     const FoveaCueSet *set,
                     FoveaStore *store)
{
  const FoveaResultKey key = make_layer_key (network, layer, set);
  g_autoptr (GBytes) bytes = fovea_store_get_result (store, &key, NULL);
  g_autoptr (FoveaCueLayer) cues = bytes != NULL ? fovea_cue_layer_from_bytes (bytes) : NULL;

  if (cues == NULL || cues->n_channels != (guint) fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer)->channels)
    return NULL;
  for (gsize i = 0; i < (gsize) cues->n_channels * cues->n_strongest; i++)
    if (cues->strongest[i].cue >= fovea_cue_set_get_n_cues (set))
      return NULL;
  return g_steal_pointer (&cues);
}

/**
 * fovea_shape_bias_to_bytes:
 *
 * Returns: (transfer full): for fovea_shape_bias_from_bytes()
 */
GBytes *
fovea_shape_bias_to_bytes (const FoveaShapeBias *bias)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) variant = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (BIAS_FORMAT));
  g_variant_builder_add (&builder, "s", bias->observer);
  g_variant_builder_add (&builder, "^as", bias->categories);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("ab"));
  for (guint i = 0; i < bias->n_categories; i++)
    g_variant_builder_add (&builder, "b", bias->known[i]);
  g_variant_builder_close (&builder);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(tuui)"));
  for (guint i = 0; i < bias->choices->len; i++)
    {
      const FoveaChoice *choice = &g_array_index (bias->choices, FoveaChoice, i);

      g_variant_builder_add (&builder, "(tuui)", (guint64) choice->item, choice->shape, choice->texture, choice->chosen);
    }
  g_variant_builder_close (&builder);
  g_variant_builder_add (&builder, "(tttt)", (guint64) bias->n_same, (guint64) bias->n_unlabelled, (guint64) bias->n_lacking, (guint64) bias->n_unreadable);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < bias->problems->len; i++)
    g_variant_builder_add (&builder, "s", g_ptr_array_index (bias->problems, i));
  g_variant_builder_close (&builder);
  variant = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_get_data_as_bytes (variant);
}

static gboolean
read_choices (FoveaShapeBias *bias,
              GVariantIter *choices)
{
  guint64 item;
  FoveaChoice choice;

  while (g_variant_iter_next (choices, "(tuui)", &item, &choice.shape, &choice.texture, &choice.chosen))
    {
      choice.item = (gsize) item;
      if (choice.shape >= bias->n_categories || choice.texture >= bias->n_categories || choice.shape == choice.texture ||
          choice.chosen < FOVEA_CHOICE_NONE || choice.chosen >= (int) bias->n_categories)
        return FALSE;
      fovea_shape_bias_add (bias, &choice);
    }
  return TRUE;
}

/**
 * fovea_shape_bias_from_bytes:
 * @bytes: anything
 *
 * Returns: (transfer full) (nullable): the decisions; %NULL where @bytes are none
 */
FoveaShapeBias *
fovea_shape_bias_from_bytes (GBytes *bytes)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (BIAS_FORMAT), bytes, FALSE));
  g_autoptr (GVariantIter) known = NULL, choices = NULL, problems = NULL;
  g_autofree const char **categories = NULL;
  g_autoptr (FoveaShapeBias) bias = NULL;
  const char *observer, *problem;
  guint64 n_same, n_unlabelled, n_lacking, n_unreadable;

  if (!g_variant_is_normal_form (variant))
    return NULL;
  g_variant_get (variant, "(&s^a&saba(tuui)(tttt)as)", &observer, &categories, &known, &choices, &n_same, &n_unlabelled, &n_lacking, &n_unreadable, &problems);
  bias = fovea_shape_bias_new (observer, categories);
  if (g_variant_iter_n_children (known) != bias->n_categories)
    return NULL;
  for (guint i = 0; i < bias->n_categories; i++)
    g_variant_iter_next (known, "b", &bias->known[i]);
  if (!read_choices (bias, choices))
    return NULL;
  bias->n_same = (gsize) n_same;
  bias->n_unlabelled = (gsize) n_unlabelled;
  bias->n_lacking = (gsize) n_lacking;
  bias->n_unreadable = (gsize) n_unreadable;
  while (g_variant_iter_next (problems, "&s", &problem))
    fovea_shape_bias_add_problem (bias, problem);
  return g_steal_pointer (&bias);
}

/* Networks that came from no file have no fingerprint, so one could be taken for another. */
static gboolean
can_keep (const FoveaNetwork *network)
{
  return fovea_network_get_fingerprint (network)[0] != '\0';
}

/**
 * fovea_shape_bias_put:
 * @bias: what fovea_shape_bias_measure() found
 * @error: as fovea_store_put_result()
 *
 * Decisions are not kept where images could not be read, nor those of networks that came from no file. Any thread.
 *
 * Returns: whether nothing went wrong
 */
gboolean
fovea_shape_bias_put (const FoveaShapeBias *bias,
                      const FoveaNetwork *network,
                      const FoveaCueSet *set,
                      FoveaCategoryRule rule,
                      FoveaStore *store,
                      GError **error)
{
  g_autofree char *options = format_bias_options (network, rule);
  const FoveaResultKey key = make_key ("shape-bias-1", network, "", set, options);
  g_autoptr (GBytes) bytes = fovea_shape_bias_to_bytes (bias);

  return bias->n_unreadable > 0 || !can_keep (network) || fovea_store_put_result (store, &key, bytes, error);
}

/* Whether the choice is about an image of the set, and says of its cues what the set says. */
static gboolean
is_about (const FoveaChoice *choice,
          const FoveaCueSet *set)
{
  const int index = fovea_cue_set_find_cue (set, choice->item);
  const FoveaCue *cue = index >= 0 ? fovea_cue_set_get_cue (set, (gsize) index) : NULL;

  return cue != NULL && cue->shape == choice->shape && cue->texture == choice->texture;
}

/**
 * fovea_shape_bias_get:
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what was kept, under the network's present name; %NULL where there is nothing that fits
 */
FoveaShapeBias *
fovea_shape_bias_get (const FoveaNetwork *network,
                      const FoveaCueSet *set,
                      FoveaCategoryRule rule,
                      FoveaStore *store)
{
  g_autofree char *options = format_bias_options (network, rule);
  const FoveaResultKey key = make_key ("shape-bias-1", network, "", set, options);
  g_autoptr (GBytes) bytes = can_keep (network) ? fovea_store_get_result (store, &key, NULL) : NULL;
  g_autoptr (FoveaShapeBias) bias = bytes != NULL ? fovea_shape_bias_from_bytes (bytes) : NULL;

  if (bias == NULL || !g_strv_equal ((const char *const *) bias->categories, fovea_cue_set_get_categories (set)))
    return NULL;
  for (guint i = 0; i < bias->choices->len; i++)
    if (!is_about (&g_array_index (bias->choices, FoveaChoice, i), set))
      return NULL;
  g_free (bias->observer);
  bias->observer = g_strdup (fovea_network_get_name (network));
  return g_steal_pointer (&bias);
}
