/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/visualize-record.h"

#include "app/output.h"
#include "engine/formats/json.h"
#include "ui/config.h"

static void
add_network (JsonBuilder *builder, const FoveaVisualizeRecord *record, guint n)
{
  const FoveaNetwork *network = record->networks[n];
  g_autoptr (GVariant) options = g_variant_ref_sink (fovea_maximize_options_to_variant (&record->options[n]));
  const char *path = fovea_network_get_path (network);
  g_autofree char *path_shown = path ? g_filename_display_name (path) : NULL;

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "name", fovea_network_get_name (network));
  fovea_json_add_string (builder, "path", path_shown);
  fovea_json_add_string (builder, "sha256", fovea_network_get_sha256 (network));
  fovea_json_add_string (builder, "fingerprint", fovea_network_get_fingerprint (network));
  fovea_json_add_string (builder, "accent", fovea_maximize_get_default_preset (network) == FOVEA_PRESET_ROBUST ? "robust" : "standard");
  fovea_json_add_string (builder, "preset", fovea_preset_get_name (record->presets[n]));
  json_builder_set_member_name (builder, "options");
  json_builder_add_value (builder, json_gvariant_serialize (options));
  json_builder_end_object (builder);
}

static void
add_result (JsonBuilder *builder, const FoveaVisualizeRecord *record, guint n, guint i)
{
  const FoveaVisualization *visualization = &record->visualizations[n * record->n_rows + i];

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "network", fovea_network_get_name (record->networks[n]));
  fovea_json_add_integer (builder, "steps", visualization->n_steps);
  json_builder_set_member_name (builder, "activation");
  if (visualization->image)
    fovea_json_add_number (builder, NULL, visualization->activation);
  else
    json_builder_add_null_value (builder);
  fovea_json_add_boolean (builder, "dead", visualization->dead);
  json_builder_set_member_name (builder, "curve");
  json_builder_begin_array (builder);
  for (guint step = 0; step < visualization->n_steps; step++)
    fovea_json_add_number (builder, NULL, visualization->curve[step]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/**
 * fovea_visualize_record_build:
 * @record: what was done
 *
 * Says nothing of the moment, the machine and the threads: the same figure has the same record.
 *
 * Returns: (transfer full): the finished document
 */
JsonBuilder *
fovea_visualize_record_build (const FoveaVisualizeRecord *record)
{
  JsonBuilder *builder = json_builder_new ();
  g_autofree char *output = g_path_get_basename (record->output);
  g_autofree char *output_shown = g_filename_display_name (output);
  g_autofree char *start_shown = record->start ? g_filename_display_name (record->start) : NULL;

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "fovea", FOVEA_VERSION);
  fovea_json_add_string (builder, "figure", output_shown);
  fovea_json_add_string (builder, "caption", record->caption);
  json_builder_set_member_name (builder, "width_mm");
  json_builder_add_null_value (builder);
  fovea_json_add_integer (builder, "seed", (gint64) record->options[0].seed);
  fovea_json_add_string (builder, "start", start_shown);
  fovea_json_add_boolean (builder, "cancelled", record->cancelled);

  json_builder_set_member_name (builder, "networks");
  json_builder_begin_array (builder);
  for (guint n = 0; n < record->n_networks; n++)
    add_network (builder, record, n);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "neurons");
  json_builder_begin_array (builder);
  for (guint i = 0; i < record->n_rows; i++)
    {
      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "neuron", record->neurons[i]);
      fovea_json_add_string (builder, "subtitle", record->subtitles[i]);
      fovea_json_add_string (builder, "objective", fovea_objective_kind_get_name (record->objectives[i].terms[0].kind));
      if (record->objectives[i].n_terms > 1)
        fovea_json_add_number (builder, "diversity", record->objectives[i].terms[1].weight);
      fovea_json_add_integer (builder, "stream", i % record->n_images);
      json_builder_set_member_name (builder, "results");
      json_builder_begin_array (builder);
      for (guint n = 0; n < record->n_networks; n++)
        add_result (builder, record, n, i);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return builder;
}
