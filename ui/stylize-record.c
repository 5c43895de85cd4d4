/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-record.h"

#include <math.h>

#include "ui/config.h"

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* JSON knows no infinities. */
static void
add_value (JsonBuilder *builder, double value)
{
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  add_value (builder, value);
}

static void
add_names (JsonBuilder *builder, const char *name, char **names)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; names[i] != NULL; i++)
    json_builder_add_string_value (builder, names[i]);
  json_builder_end_array (builder);
}

static void
add_losses (JsonBuilder *builder, const char *name, const FoveaStylization *result, gboolean content)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i <= result->n_steps; i++)
    add_value (builder, content ? result->losses[i].content : result->losses[i].style);
  json_builder_end_array (builder);
}

/**
 * fovea_stylize_record_build:
 *
 * Returns: (transfer full): every option and both losses after each step, enough to make the image again
 */
JsonBuilder *
fovea_stylize_record_build (const FoveaStylizeSource *source, const FoveaStylization *result)
{
  const FoveaStylizeOptions *options = source->options;
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "fovea", FOVEA_VERSION);
  add_text (builder, "shape", source->shape);
  add_text (builder, "texture", source->texture);
  add_text (builder, "network", fovea_network_get_name (source->network));
  add_text (builder, "sha256", fovea_network_get_sha256 (source->network));
  add_names (builder, "content_layers", result->content_layers);
  add_names (builder, "style_layers", result->style_layers);
  add_number (builder, "content_weight", options->content_weight);
  add_number (builder, "style_weight", options->style_weight);
  add_number (builder, "smoothness_weight", options->smoothness_weight);
  add_text (builder, "optimizer", fovea_stylize_optimizer_names[options->optimizer]);
  add_number (builder, "learning_rate", options->learning_rate);
  add_text (builder, "start", fovea_stylize_start_names[options->start]);
  add_integer (builder, "seed", (gint64) options->seed);
  add_integer (builder, "width", result->image->shape[2]);
  add_integer (builder, "height", result->image->shape[1]);
  add_integer (builder, "steps", result->n_steps);
  json_builder_set_member_name (builder, "cancelled");
  json_builder_add_boolean_value (builder, result->cancelled);
  add_losses (builder, "content_losses", result, TRUE);
  add_losses (builder, "style_losses", result, FALSE);
  json_builder_end_object (builder);
  return builder;
}

/**
 * fovea_stylize_record_format:
 *
 * Returns: (transfer full): the record as a file's contents
 */
char *
fovea_stylize_record_format (const FoveaStylizeSource *source, const FoveaStylization *result)
{
  g_autoptr (JsonBuilder) builder = fovea_stylize_record_build (source, result);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, TRUE);

  return g_strconcat (text, "\n", NULL);
}
