/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>

#include "app/arguments.h"
#include "app/output.h"
#include "engine/formats/json.h"
#include "engine/library.h"

/* A network whose file is not there; what is in the file is unknown. */
static void
add_missing_json (JsonBuilder *builder, const FoveaLibraryEntry *entry)
{
  g_autofree char *shown = g_filename_display_name (entry->path);

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "name", entry->name);
  fovea_json_add_string (builder, "architecture", NULL);
  fovea_json_add_string (builder, "training", NULL);
  json_builder_set_member_name (builder, "input");
  json_builder_add_null_value (builder);
  fovea_json_add_string (builder, "file", shown);
  fovea_json_add_boolean (builder, "missing", TRUE);
  json_builder_end_object (builder);
}

static void
add_missing_row (GPtrArray *cells, const FoveaLibraryEntry *entry)
{
  g_ptr_array_add (cells, g_strdup (entry->name));
  g_ptr_array_add (cells, g_strdup ("(file is missing)"));
  g_ptr_array_add (cells, g_strdup (""));
  g_ptr_array_add (cells, g_strdup (""));
  g_ptr_array_add (cells, g_filename_display_name (entry->path));
}

static void
add_json (JsonBuilder *builder, const FoveaLibraryEntry *entry, const FoveaNetwork *network)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  json_builder_begin_object (builder);
  fovea_json_add_string (builder, "name", entry->name);
  fovea_json_add_string (builder, "architecture", fovea_network_get_architecture (network));
  fovea_json_add_string (builder, "training", fovea_network_get_training (network));
  json_builder_set_member_name (builder, "input");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, input->channels);
  json_builder_add_int_value (builder, input->height);
  json_builder_add_int_value (builder, input->width);
  json_builder_end_array (builder);
  fovea_json_add_string (builder, "file", entry->path);
  json_builder_end_object (builder);
}

static void
add_row (GPtrArray *cells, const FoveaLibraryEntry *entry, const FoveaNetwork *network)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  g_ptr_array_add (cells, g_strdup (entry->name));
  g_ptr_array_add (cells, g_strdup (fovea_network_get_architecture (network)));
  g_ptr_array_add (cells, g_strdup (fovea_network_get_training (network)));
  g_ptr_array_add (cells, g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                                           input->channels, input->height, input->width));
  g_ptr_array_add (cells, g_strdup (entry->path));
}

typedef struct {
  FoveaArguments arguments;
  char *name;
  char *role;
  gboolean copy;
} Options;

static void
options_clear (Options *options)
{
  fovea_arguments_clear (&options->arguments);
  g_free (options->name);
  g_free (options->role);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Opens the file first, so that nothing gets into the library that cannot be opened. */
static gboolean
add (const Options *options, GError **error)
{
  static const char *const roles[] = { "standard", "robust", NULL };
  const char *path = options->arguments.parameters[1];
  g_auto (FoveaOverrides) overrides = { 0 };
  g_autoptr (FoveaNetwork) network = NULL;
  g_autofree char *name = NULL;
  FoveaNetworkOptions network_options;
  const FoveaShape *input;
  int role;

  if (!fovea_arguments_parse_choice ("--role", options->role, roles, &role, error))
    return FALSE;
  fovea_overrides_copy (&options->arguments.overrides, &overrides);
  overrides.training = g_strdup (options->role);
  fovea_overrides_get_options (&overrides, &network_options);
  network = fovea_network_load_with_options (path, &network_options, error);
  if (!network || !fovea_arguments_check_overrides (&options->arguments, network, error))
    return FALSE;
  name = fovea_library_add (path, options->name, &overrides, options->copy, error);
  if (!name)
    return FALSE;

  input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  g_print ("%s: added: %s%s%s, input %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " classes\n", name,
           fovea_network_format_describe (fovea_network_get_format (network)),
           *fovea_network_get_architecture (network) ? ", " : "", fovea_network_get_architecture (network), input->height, input->width,
           fovea_network_get_n_outputs (network));
  if (*fovea_network_get_notes (network))
    g_print ("%s\n", fovea_network_get_notes (network));
  return TRUE;
}

static gboolean
pair (char **words, GError **error)
{
  g_autoptr (FoveaNetwork) standard = fovea_library_open (words[1], error);
  g_autoptr (FoveaNetwork) robust = standard ? fovea_library_open (words[2], error) : NULL;

  if (!robust || !fovea_library_check_pair (standard, robust, error) || !fovea_library_add_pair (words[0], words[1], words[2], error))
    return FALSE;
  g_print ("%s: added: %s beside %s\n", words[0], words[1], words[2]);
  return TRUE;
}

static gboolean
rename_one (char **words, GError **error)
{
  if (!fovea_library_rename (words[0], words[1], error))
    return FALSE;
  g_print ("%s: renamed to %s\n", words[0], words[1]);
  return TRUE;
}

static gboolean
remove_one (char **words, GError **error)
{
  if (!fovea_library_remove (words[0], error))
    return FALSE;
  g_print ("%s: removed\n", words[0]);
  return TRUE;
}

static void
list_pairs (gboolean json)
{
  static const char *const headings[] = { "NAME", "STANDARD", "ROBUST" };
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < pairs->len; i++)
    {
      const FoveaLibraryPair *one = pairs->pdata[i];

      json_builder_begin_object (builder);
      fovea_json_add_string (builder, "name", one->name);
      fovea_json_add_string (builder, "standard", one->standard);
      fovea_json_add_string (builder, "robust", one->robust);
      json_builder_end_object (builder);
      g_ptr_array_add (cells, g_strdup (one->name));
      g_ptr_array_add (cells, g_strdup (one->standard));
      g_ptr_array_add (cells, g_strdup (one->robust));
    }
  json_builder_end_array (builder);

  if (json)
    fovea_output_print_json (builder);
  else
    fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
}

/* A file that cannot be read does not hide the others: it is reported after the list. */
static gboolean
list_networks (gboolean json, GCancellable *cancellable, GError **error)
{
  static const char *const headings[] = { "NAME", "ARCHITECTURE", "TRAINING", "INPUT", "FILE" };
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) first_error = NULL;

  fovea_library_check_index (&first_error);
  json_builder_begin_array (builder);
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];
      g_autoptr (FoveaNetwork) network = NULL;
      FoveaNetworkOptions options;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (entry->missing)
        {
          add_missing_json (builder, entry);
          add_missing_row (cells, entry);
          continue;
        }
      fovea_overrides_get_options (&entry->overrides, &options);
      options.name = entry->name;
      options.without_sha256 = TRUE;
      network = fovea_network_load_with_options (entry->path, &options, first_error ? NULL : &first_error);
      if (!network)
        continue;
      add_json (builder, entry, network);
      add_row (cells, entry, network);
    }
  json_builder_end_array (builder);

  if (json)
    fovea_output_print_json (builder);
  else
    fovea_output_print_table (headings, G_N_ELEMENTS (headings), cells);
  if (!first_error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&first_error));
  return FALSE;
}

/* What only `add` takes is not passed over in silence elsewhere. */
static gboolean
check_only_add_has_options (const Options *options, const char *verb, GError **error)
{
  const FoveaOverrides *overrides = &options->arguments.overrides;
  const char *option = options->name                ? "--name"
                       : options->role              ? "--role"
                       : options->copy              ? "--copy"
                       : overrides->architecture    ? "--architecture"
                       : overrides->labels          ? "--labels"
                       : overrides->has_mean        ? "--mean"
                       : overrides->has_std         ? "--std"
                       : overrides->height > 0      ? "--input"
                                                    : NULL;

  if (!option || g_strcmp0 (verb, "add") == 0)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s is for 'fovea networks add FILE'; see 'fovea networks --help'", option);
  return FALSE;
}

/* Whether there are as many words behind the verb as it wants. */
static gboolean
check_words (char **words, guint n_wanted, const char *wanted, GError **error)
{
  if (g_strv_length (words + 1) == n_wanted)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "networks %s wants%s; see 'fovea networks --help'", words[0], wanted);
  return FALSE;
}

/**
 * fovea_command_networks:
 *
 * `fovea networks`: what the library holds, and what changes the user's part of it.
 */
int
fovea_command_networks (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "What an added network is called (default: as its file)", "NAME" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role, "How it was trained where its file does not say it: standard or robust", "ROLE" },
    { "copy", 0, 0, G_OPTION_ARG_NONE, &options.copy, "Copy its file into the library instead of remembering where it is", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "networks",
    .parameters = "[add FILE | pairs | pair NAME STANDARD ROBUST | rename NAME NEW | remove NAME]",
    .max_parameters = 4,
    .summary = "Lists the networks of the library: those that came with Fovea, and the user's. Their\n"
               "names are what --network takes. 'add' takes a file into the library, with the options\n"
               "that it is to be opened with from then on; 'pairs' lists pairs of a standard and a\n"
               "robust network, 'pair' makes one for the window; 'rename' and 'remove' change what was\n"
               "added. Removing leaves the file where it is, unless it is the library's copy.",
    .examples = "Examples:\n"
                "  fovea networks --json\n"
                "  fovea networks add resnet50_l2_eps3.pt --name resnet50-robust --role robust\n"
                "  fovea networks pair resnet50 resnet50-standard resnet50-robust\n",
    .flags = FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_OVERRIDES,
    .entries = entries,
  };
  char **words;
  const char *verb;
  gboolean done;

  if (!fovea_arguments_parse (&options.arguments, &usage, argc, argv, error))
    return EXIT_FAILURE;
  words = options.arguments.parameters;
  verb = words[0];
  if (!check_only_add_has_options (&options, verb, error))
    return EXIT_FAILURE;

  if (!verb)
    done = list_networks (options.arguments.json, cancellable, error);
  else if (g_str_equal (verb, "add"))
    done = check_words (words, 1, " a FILE", error) && add (&options, error);
  else if (g_str_equal (verb, "pairs"))
    {
      done = check_words (words, 0, " nothing more", error) && fovea_library_check_index (error);
      if (done)
        list_pairs (options.arguments.json);
    }
  else if (g_str_equal (verb, "pair"))
    done = check_words (words, 3, " a NAME and the names of the STANDARD and the ROBUST network", error) && pair (words + 1, error);
  else if (g_str_equal (verb, "rename"))
    done = check_words (words, 2, " a NAME and a NEW one", error) && rename_one (words + 1, error);
  else if (g_str_equal (verb, "remove"))
    done = check_words (words, 1, " a NAME", error) && remove_one (words + 1, error);
  else
    {
      g_autofree char *shown = g_filename_display_name (verb);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "networks does not know what to do with '%s'; see 'fovea networks --help'", shown);
      done = FALSE;
    }
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
