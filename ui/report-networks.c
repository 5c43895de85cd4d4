/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include "ui/config.h"

static void
add_row (GPtrArray *cells, const char *what, char *standard, char *robust)
{
  g_ptr_array_add (cells, g_strdup (what));
  g_ptr_array_add (cells, standard);
  g_ptr_array_add (cells, robust);
}

static char *
or_unknown (const char *text)
{
  return g_strdup (text && *text ? text : "unknown");
}

static char *
format_parameters (FoveaNetwork *network)
{
  gsize n_parameters = fovea_network_get_weight_bytes (network) / sizeof (float);

  return n_parameters >= 1000000 ? g_strdup_printf ("%.1f million", (double) n_parameters / 1e6) : g_strdup_printf ("%.0f thousand", (double) n_parameters / 1e3);
}

static char *
format_input (FoveaNetwork *network)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  return g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels", shape->height, shape->width);
}

/**
 * fovea_report_add_networks:
 *
 * Which two networks the report is about.
 */
gboolean
fovea_report_add_networks (FoveaReport *report, GError **error G_GNUC_UNUSED)
{
  FoveaNetwork *standard = report->networks[0], *robust = report->networks[1];
  const char *const headings[] = { "", report->titles[0], report->titles[1] };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  fovea_document_add_heading (report->document, "The networks");
  add_row (cells, "Architecture", or_unknown (fovea_network_get_architecture (standard)), or_unknown (fovea_network_get_architecture (robust)));
  add_row (cells, "Training", or_unknown (fovea_network_get_training (standard)), or_unknown (fovea_network_get_training (robust)));
  add_row (cells, "Input", format_input (standard), format_input (robust));
  add_row (cells, "Classes", g_strdup_printf ("%" G_GINT64_FORMAT, fovea_network_get_n_outputs (standard)),
           g_strdup_printf ("%" G_GINT64_FORMAT, fovea_network_get_n_outputs (robust)));
  add_row (cells, "Parameters", format_parameters (standard), format_parameters (robust));
  add_row (cells, "SHA-256", or_unknown (fovea_network_get_sha256 (standard)), or_unknown (fovea_network_get_sha256 (robust)));
  fovea_document_add_table (report->document, "networks",
                            "Layers are measured at their own output: a convolution at what it gives to normalization and rectification, before these.", G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}

static void
add_setting (GPtrArray *cells, const char *what, char *value)
{
  g_ptr_array_add (cells, g_strdup (what));
  g_ptr_array_add (cells, value);
}

static void
add_set (GPtrArray *cells, const char *what, const char *fingerprint_what, FoveaImageSet *set, const char *fingerprint)
{
  add_setting (cells, what, g_strdup_printf ("%s, %" G_GSIZE_FORMAT " images", fovea_image_set_get_name (set), fovea_image_set_get_n_images (set)));
  add_setting (cells, fingerprint_what, g_strdup (fingerprint));
}

/**
 * fovea_report_add_settings:
 *
 * How the numbers were made, so that they can be made again.
 */
gboolean
fovea_report_add_settings (FoveaReport *report, GError **error G_GNUC_UNUSED)
{
  static const char *const headings[] = { "Setting", "Value" };
  const FoveaReportSettings *settings = report->settings;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) layers = g_string_new (NULL);

  for (guint i = 0; i < report->layer_names->len; i++)
    g_string_append_printf (layers, "%s%s", i > 0 ? ", " : "", (const char *) report->layer_names->pdata[i]);
  fovea_document_add_heading (report->document, "Settings");
  add_setting (cells, "Fovea", g_strdup (FOVEA_VERSION));
  add_setting (cells, "Layers", g_strdup (layers->str));
  add_set (cells, "Images", "Fingerprint of the images", settings->images, fovea_image_set_get_fingerprint (settings->images));
  if (settings->concepts)
    add_set (cells, "Concepts", "Fingerprint of the concepts", fovea_concept_set_get_images (settings->concepts),
             fovea_concept_set_get_fingerprint (settings->concepts));
  if (settings->cues)
    add_set (cells, "Cue-conflict images", "Fingerprint of the cue-conflict images", fovea_cue_set_get_images (settings->cues),
             fovea_image_set_get_fingerprint (fovea_cue_set_get_images (settings->cues)));
  add_setting (cells, "Images for smoothness and accuracy", settings->n_images > 0 ? g_strdup_printf ("%" G_GSIZE_FORMAT ": for smoothness the first, for accuracy those whose class is known at equal distances", settings->n_images) : g_strdup ("all"));
  add_setting (cells, "Neurons shown of each layer", g_strdup_printf ("%u", settings->n_examples));
  add_setting (cells, "Noise", g_strdup_printf ("σ = %g", settings->sigma));
  add_setting (cells, "Attack", g_strdup_printf ("%s, ε = %g, %u steps", settings->attack.norm == FOVEA_ATTACK_L2 ? "L2" : "L∞", settings->attack.epsilon, settings->attack.n_steps));
  add_setting (cells, "Seed", g_strdup_printf ("%" G_GUINT64_FORMAT, settings->seed));
  fovea_document_add_table (report->document, "settings", NULL, G_N_ELEMENTS (headings), headings, cells);
  return TRUE;
}
