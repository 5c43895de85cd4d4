/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/shape-bias-report.h"

#include <math.h>

#include "app/output.h"
#include "engine/analysis/distribution.h"
#include "engine/analysis/interval.h"
#include "engine/formats/csv.h"
#include "engine/formats/json.h"
#include "engine/write-file.h"

/* The table of categories is not wider than this. */
#define MAX_COLUMNS 6

static void
add_decisions (JsonBuilder *builder, const FoveaDecisions *decisions)
{
  fovea_json_add_integer (builder, "shape", decisions->shape);
  fovea_json_add_integer (builder, "texture", decisions->texture);
  fovea_json_add_integer (builder, "other", decisions->other);
  fovea_json_add_number (builder, "shape_bias", fovea_decisions_get_shape_bias (decisions));
}

/* Of all images' shape bias. */
static void
add_interval (JsonBuilder *builder, const FoveaDecisions *decisions)
{
  double low = NAN, high = NAN;

  if (decisions->shape + decisions->texture > 0)
    fovea_interval_of_share (decisions->shape, decisions->shape + decisions->texture, &low, &high);
  fovea_json_add_number (builder, "shape_bias_low", low);
  fovea_json_add_number (builder, "shape_bias_high", high);
}

static void
add_count (JsonBuilder *builder, const char *name, gsize count)
{
  fovea_json_add_integer (builder, name, (gint64) count);
}

static gsize
count_left_out (const FoveaShapeBias *bias)
{
  return bias->n_same + bias->n_unlabelled + bias->n_lacking + bias->n_unreadable;
}

static void
add_channel_json (JsonBuilder *builder, const FoveaShapeBiasReport *report, const FoveaCueLayer *layer, guint channel)
{
  const FoveaImageSet *images = fovea_cue_set_get_images (report->set);
  const char *const *categories = fovea_cue_set_get_categories (report->set);
  const FoveaCuePreference *preference = &layer->preferences[channel];

  json_builder_begin_object (builder);
  add_count (builder, "channel", channel);
  fovea_json_add_number (builder, "shape", preference->shape);
  fovea_json_add_number (builder, "texture", preference->texture);
  fovea_json_add_number (builder, "preference", fovea_cue_preference_get (preference));
  fovea_json_add_number (builder, "rank", fovea_cue_layer_get_rank (layer, channel));
  json_builder_set_member_name (builder, "strongest");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layer->n_strongest; i++)
    {
      const FoveaCueHit *hit = &layer->strongest[(gsize) channel * layer->n_strongest + i];
      const FoveaCue *cue = fovea_cue_set_get_cue (report->set, hit->cue);
      g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (images, cue->image));

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "image", name);
      fovea_json_add_string (builder, "shape", categories[cue->shape]);
      fovea_json_add_string (builder, "texture", categories[cue->texture]);
      fovea_json_add_number (builder, "activation", hit->activation);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
add_layers_json (JsonBuilder *builder, const FoveaShapeBiasReport *report, guint network)
{
  const GPtrArray *layers = report->neurons->pdata[network];

  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layers->len; i++)
    {
      const FoveaCueLayer *layer = layers->pdata[i];

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "layer", report->layers[i]);
      add_count (builder, "n_images", layer->n_images);
      json_builder_set_member_name (builder, "channels");
      json_builder_begin_array (builder);
      for (guint channel = 0; channel < layer->n_channels; channel++)
        add_channel_json (builder, report, layer, channel);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_observer_json (JsonBuilder *builder, const FoveaShapeBiasReport *report, guint index)
{
  const FoveaShapeBias *bias = report->observers->pdata[index];

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "observer", bias->observer);
  if (index < report->n_networks)
    {
      fovea_json_add_string (builder, "sha256", fovea_network_get_sha256 (report->networks->pdata[index]));
      fovea_json_add_string (builder, "images", fovea_image_set_get_name (fovea_cue_set_get_images (report->set)));
      fovea_json_add_string (builder, "aggregate", fovea_category_rule_names[report->rule]);
    }
  add_decisions (builder, &bias->total);
  add_interval (builder, &bias->total);
  json_builder_set_member_name (builder, "categories");
  json_builder_begin_object (builder);
  for (guint c = 0; c < bias->n_categories; c++)
    if (bias->known[c])
      {
        json_builder_set_member_name (builder, bias->categories[c]);
        json_builder_begin_object (builder);
        add_decisions (builder, &bias->decisions[c]);
        json_builder_end_object (builder);
      }
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "lacking");
  json_builder_begin_array (builder);
  for (guint c = 0; c < bias->n_categories; c++)
    if (!bias->known[c])
      json_builder_add_string_value (builder, bias->categories[c]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "left_out");
  json_builder_begin_object (builder);
  add_count (builder, "same_cues", bias->n_same);
  add_count (builder, "no_cue", bias->n_unlabelled);
  add_count (builder, "lacking", bias->n_lacking);
  add_count (builder, "unreadable", bias->n_unreadable);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "problems");
  json_builder_begin_array (builder);
  for (guint i = 0; i < bias->problems->len; i++)
    json_builder_add_string_value (builder, bias->problems->pdata[i]);
  json_builder_end_array (builder);
  if (index < report->n_networks && report->layers)
    add_layers_json (builder, report, index);
  json_builder_end_object (builder);
}

/**
 * fovea_shape_bias_report_print_json:
 *
 * Prints an array with an object for each observer.
 */
void
fovea_shape_bias_report_print_json (const FoveaShapeBiasReport *report)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < report->observers->len; i++)
    add_observer_json (builder, report, i);
  json_builder_end_array (builder);
  fovea_output_print_json (builder);
}

static char *
format_bias (const FoveaDecisions *decisions)
{
  const double bias = fovea_decisions_get_shape_bias (decisions);

  return isfinite (bias) ? g_strdup_printf ("%.2f %%", bias * 100) : g_strdup ("–");
}

static void
print_categories (const FoveaShapeBiasReport *report)
{
  const guint n_columns = MIN (report->observers->len, MAX_COLUMNS);
  g_autoptr (GPtrArray) headings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  const FoveaShapeBias *first = report->observers->pdata[0];

  g_ptr_array_add (headings, g_strdup ("CATEGORY"));
  for (guint i = 0; i < n_columns; i++)
    g_ptr_array_add (headings, g_strdup (((FoveaShapeBias *) report->observers->pdata[i])->observer));
  for (guint c = 0; c < first->n_categories; c++)
    {
      if (!first->known[c])
        continue;
      g_ptr_array_add (cells, g_strdup (first->categories[c]));
      for (guint i = 0; i < n_columns; i++)
        {
          const FoveaShapeBias *bias = report->observers->pdata[i];
          const int there = fovea_shape_bias_find_category (bias, first->categories[c]);

          g_ptr_array_add (cells, there >= 0 ? format_bias (&bias->decisions[there]) : g_strdup ("–"));
        }
    }
  g_print ("\n");
  fovea_output_print_table ((const char *const *) headings->pdata, headings->len, cells);
  if (n_columns < report->observers->len)
    g_print ("… and %u more observers in --output FILE.csv or --json\n", report->observers->len - n_columns);
}

static void
print_neurons (const FoveaShapeBiasReport *report)
{
  static const char *const headings[] = { "NETWORK", "LAYER", "CHANNELS", "PREFER SHAPE", "PREFER TEXTURE", "MEDIAN PREFERENCE" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint n = 0; n < report->neurons->len; n++)
    for (guint i = 0; report->layers[i]; i++)
      {
        const FoveaCueLayer *layer = ((GPtrArray *) report->neurons->pdata[n])->pdata[i];
        g_autoptr (GArray) values = fovea_shape_bias_report_get_preferences (layer, TRUE);
        guint n_shape = 0, n_texture = 0;

        for (guint v = 0; v < values->len; v++)
          {
            n_shape += g_array_index (values, double, v) > 0;
            n_texture += g_array_index (values, double, v) < 0;
          }
        g_ptr_array_add (cells, g_strdup (fovea_network_get_name (report->networks->pdata[n])));
        g_ptr_array_add (cells, g_strdup (report->layers[i]));
        g_ptr_array_add (cells, g_strdup_printf ("%u", layer->n_channels));
        g_ptr_array_add (cells, g_strdup_printf ("%u", n_shape));
        g_ptr_array_add (cells, g_strdup_printf ("%u", n_texture));
        g_ptr_array_add (cells, values->len > 0 ? g_strdup_printf ("%.4f", fovea_distribution_get_median ((const double *) (const void *) values->data, values->len)) : g_strdup ("–"));
      }
  g_print ("\n");
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

/**
 * fovea_shape_bias_report_print_text:
 *
 * Prints tables of all decisions, of those by category, and of the neurons where there are any, and what was left out.
 */
void
fovea_shape_bias_report_print_text (const FoveaShapeBiasReport *report)
{
  static const char *const headings[] = { "OBSERVER", "SHAPE", "TEXTURE", "OTHER", "SHAPE BIAS", "LEFT OUT" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < report->observers->len; i++)
    {
      const FoveaShapeBias *bias = report->observers->pdata[i];

      g_ptr_array_add (cells, g_strdup (bias->observer));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.shape));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.texture));
      g_ptr_array_add (cells, g_strdup_printf ("%u", bias->total.other));
      g_ptr_array_add (cells, format_bias (&bias->total));
      g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, count_left_out (bias)));
    }
  fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  print_categories (report);
  if (report->layers)
    print_neurons (report);
  for (guint i = 0; i < report->observers->len; i++)
    {
      const FoveaShapeBias *bias = report->observers->pdata[i];

      for (guint p = 0; p < bias->problems->len; p++)
        g_print ("%s\n", (const char *) bias->problems->pdata[p]);
    }
  if (report->set && fovea_cue_set_get_n_unlabelled (report->set) > 0)
    g_print ("%" G_GSIZE_FORMAT " images were left out because their name carries no cue, for example %s\n",
             fovea_cue_set_get_n_unlabelled (report->set), fovea_cue_set_get_first_unlabelled (report->set));
}

/**
 * fovea_shape_bias_report_write_decisions:
 *
 * Writes the networks' decisions in the columns of the published trials.
 */
gboolean
fovea_shape_bias_report_write_decisions (const FoveaShapeBiasReport *report, const char *path, GError **error)
{
  g_autoptr (GString) csv = g_string_new ("subj,session,trial,rt,object_response,category,condition,imagename\n");
  const FoveaImageSet *images = fovea_cue_set_get_images (report->set);

  for (guint n = 0; n < report->n_networks; n++)
    {
      const FoveaShapeBias *bias = report->observers->pdata[n];

      for (guint i = 0; i < bias->choices->len; i++)
        {
          const FoveaChoice *choice = &g_array_index (bias->choices, FoveaChoice, i);
          g_autofree char *image = g_path_get_basename (fovea_image_set_get_image_name (images, choice->item));

          fovea_csv_append_field (csv, bias->observer);
          g_string_append_printf (csv, ",1,%u,NaN,", i + 1);
          fovea_csv_append_field (csv, choice->chosen == FOVEA_CHOICE_NONE ? "na" : bias->categories[choice->chosen]);
          g_string_append_c (csv, ',');
          fovea_csv_append_field (csv, bias->categories[choice->shape]);
          g_string_append (csv, ",0,");
          fovea_csv_append_field (csv, image);
          g_string_append_c (csv, '\n');
        }
    }
  return fovea_write_file (path, csv->str, csv->len, error);
}
