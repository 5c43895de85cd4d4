/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-store.h"

/* The key names whatever shapes the image: beside the neuron's address the options, and where the objective is not what an
 * address stands for, what differs from that. */
static char *
format_recipe (const FoveaVisualizationSubject *subject, guint stream)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (fovea_maximize_options_to_variant (subject->options));
  GString *recipe = g_string_new (NULL);
  FoveaObjective usual;

  g_variant_print_string (options, recipe, FALSE);
  fovea_objective_init_neuron (&usual, subject->neuron);
  for (guint i = 0; i < subject->objective->n_terms; i++)
    {
      const FoveaObjectiveTerm *term = &subject->objective->terms[i];

      if (i < usual.n_terms && term->kind == usual.terms[i].kind && term->neuron.y == usual.terms[i].neuron.y &&
          term->neuron.x == usual.terms[i].neuron.x)
        continue;
      g_string_append_printf (recipe, " %s:%g:%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, fovea_objective_kind_get_name (term->kind),
                              term->weight, term->neuron.y, term->neuron.x);
    }
  /* Terms after the first tie the images of a batch to each other. */
  if (subject->objective->n_terms > 1)
    g_string_append_printf (recipe, " images:%u", subject->n_images);
  g_string_append_printf (recipe, " stream:%u", stream);
  return g_string_free (recipe, FALSE);
}

/**
 * fovea_visualization_store_get:
 * @stream: of the random numbers of one image
 *
 * Thread: any.
 *
 * Returns: (transfer full) (nullable): the image and what is known of it
 */
FoveaStoredVisualization *
fovea_visualization_store_get (FoveaStore *store, const FoveaVisualizationSubject *subject, guint stream)
{
  g_autofree char *address = fovea_neuron_format (subject->network, subject->neuron);
  g_autofree char *recipe = format_recipe (subject, stream);

  return fovea_store_get_visualization (store, fovea_network_get_fingerprint (subject->network), address, recipe, NULL);
}

/**
 * fovea_visualization_store_put:
 * @stream: of the random numbers of one image
 * @visualization: the image and what is known of it
 *
 * Thread: any. Errors: as fovea_store_put_visualization()
 */
gboolean
fovea_visualization_store_put (FoveaStore *store, const FoveaVisualizationSubject *subject, guint stream, const FoveaStoredVisualization *visualization, GError **error)
{
  g_autofree char *address = fovea_neuron_format (subject->network, subject->neuron);
  g_autofree char *recipe = format_recipe (subject, stream);

  return fovea_store_put_visualization (store, fovea_network_get_fingerprint (subject->network), address, recipe, visualization, error);
}
