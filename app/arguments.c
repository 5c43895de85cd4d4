/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/arguments.h"

#include <math.h>
#include <string.h>

#include "app/output.h"
#include "engine/library.h"
#include "engine/parallel.h"

static gboolean
check_networks (const FoveaArguments *arguments, const FoveaUsage *usage, GError **error)
{
  guint n_networks = arguments->networks ? g_strv_length (arguments->networks) : 0;

  if ((usage->flags & (FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_NETWORKS)) && n_networks == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "%s wants --network NETWORK; 'fovea networks' lists them", usage->name);
      return FALSE;
    }
  if ((usage->flags & FOVEA_ARGUMENTS_NETWORK) && n_networks > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "%s takes one --network, not %u", usage->name, n_networks);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_parameters (const FoveaArguments *arguments, const FoveaUsage *usage, GError **error)
{
  guint n_parameters = g_strv_length (arguments->parameters);

  if (n_parameters < usage->min_parameters)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "%s wants %s; see 'fovea %s --help'", usage->name, usage->parameters, usage->name);
      return FALSE;
    }
  if (n_parameters > usage->max_parameters)
    {
      g_autofree char *shown = g_filename_display_name (arguments->parameters[usage->max_parameters]);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "%s does not know what to do with '%s'; see 'fovea %s --help'", usage->name, shown, usage->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_output (const FoveaArguments *arguments, const FoveaUsage *usage, GError **error)
{
  if (!usage->output_endings)
    return TRUE;
  if (!arguments->output && (usage->flags & FOVEA_ARGUMENTS_OUTPUT_OPTIONAL))
    return TRUE;
  if (!arguments->output)
    {
      g_autofree char *endings = g_strjoinv (" or FILE", (char **) usage->output_endings);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "%s wants --output FILE%s", usage->name, endings);
      return FALSE;
    }
  return fovea_output_check (arguments->output, usage->output_endings, error);
}

/* The options that say what networks' files do not. */
static gboolean
parse_overrides (FoveaOverrides *overrides, const char *mean, const char *std, const char *input, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *option = NULL;

  if (mean && !fovea_overrides_parse_mean (overrides, mean, &cause))
    option = "--mean";
  else if (std && !fovea_overrides_parse_std (overrides, std, &cause))
    option = "--std";
  else if (input && !fovea_overrides_parse_input (overrides, input, &cause))
    option = "--input";
  if (!option)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s", option, cause->message);
  return FALSE;
}

/**
 * fovea_arguments_parse:
 * @arguments: (out caller-allocates): what was given; clear it with fovea_arguments_clear()
 * @usage: what the command takes
 * @argc, @argv: the command line, beginning with the command's name; not changed
 * @error: %G_OPTION_ERROR where the command line is wrong, %FOVEA_ERROR_IO where the output's folder
 *   cannot be written to
 *
 * Reads and checks a command's options before any work starts, and sets the number of threads. With
 * `--help` it prints the help and ends the program, as GOption does.
 *
 * Returns: whether the command line is right
 */
gboolean
fovea_arguments_parse (FoveaArguments *arguments, const FoveaUsage *usage, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (usage->parameters);
  g_autofree char *program = g_strdup_printf ("fovea %s", usage->name);
  g_autofree char *networks_help = NULL;
  g_autofree char *output_help = NULL;
  g_autofree char *seed_text = NULL;
  g_autofree char *threads_text = NULL;
  g_autofree char *mean_text = NULL;
  g_autofree char *std_text = NULL;
  g_autofree char *input_text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) cause = NULL;
  GStrvBuilder *builder;
  gboolean parsed;

  *arguments = (FoveaArguments) { 0 };

  if (usage->output_endings)
    {
      g_autofree char *endings = g_strjoinv (", ", (char **) usage->output_endings);

      output_help = g_strdup_printf ("Write the result to FILE; its ending picks the form (%s)", endings);
    }
  networks_help = g_strdup_printf ("A network's name in the library, or a file%s",
                                   usage->flags & FOVEA_ARGUMENTS_NETWORK ? "" : "; repeat it to compare");

  const GOptionEntry network_entries[] = {
    { "network", 'n', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->networks, networks_help, "NETWORK" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry overrides_entries[] = {
    { "architecture", 0, 0, G_OPTION_ARG_STRING, &arguments->overrides.architecture, "What a state dict belongs to that is not recognized, such as resnet50", "NAME" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &arguments->overrides.labels, "A text file with the network's class names, one a line", "FILE" },
    { "mean", 0, 0, G_OPTION_ARG_STRING, &mean_text, "Mean of images in [0,1] that the network was trained with", "R,G,B" },
    { "std", 0, 0, G_OPTION_ARG_STRING, &std_text, "Standard deviation that it was trained with", "R,G,B" },
    { "input", 0, 0, G_OPTION_ARG_STRING, &input_text, "Size of its input in pixels, such as 224 or 224x320", "SIZE" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry output_entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments->output, output_help, "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry json_entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &arguments->json, "Print one JSON document instead of text", NULL },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry seed_entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed_text, "Seed of everything random (default 0)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry threads_entries[] = {
    { "threads", 0, 0, G_OPTION_ARG_STRING, &threads_text, "Number of threads (default: one a processor)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  const GOptionEntry remaining_entries[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments->parameters, "", NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (usage->flags & (FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_NETWORKS_OPTIONAL))
    g_option_context_add_main_entries (context, network_entries, NULL);
  if (usage->flags & (FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_NETWORKS_OPTIONAL | FOVEA_ARGUMENTS_OVERRIDES))
    g_option_context_add_main_entries (context, overrides_entries, NULL);
  if (usage->entries)
    g_option_context_add_main_entries (context, usage->entries, NULL);
  if (usage->output_endings)
    g_option_context_add_main_entries (context, output_entries, NULL);
  if (usage->flags & FOVEA_ARGUMENTS_JSON)
    g_option_context_add_main_entries (context, json_entries, NULL);
  if (usage->flags & FOVEA_ARGUMENTS_SEED)
    g_option_context_add_main_entries (context, seed_entries, NULL);
  if (usage->flags & FOVEA_ARGUMENTS_THREADS)
    g_option_context_add_main_entries (context, threads_entries, NULL);
  g_option_context_add_main_entries (context, remaining_entries, NULL);
  g_option_context_set_summary (context, usage->summary);
  g_option_context_set_description (context, usage->examples);

  /* GOption takes the name in the usage line from the program's, and argv[0] for the program. */
  g_set_prgname (program);
  builder = g_strv_builder_new ();
  g_strv_builder_add (builder, program);
  for (int i = 1; i < argc; i++)
    g_strv_builder_add (builder, argv[i]);
  words = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);

  parsed = g_option_context_parse_strv (context, &words, &cause);
  g_set_prgname ("fovea");
  if (!parsed)
    {
      /* GOption reports words that it cannot convert in other domains. */
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: %s; see 'fovea %s --help'",
                   usage->name, cause->message, usage->name);
      return FALSE;
    }

  if (!arguments->parameters)
    arguments->parameters = g_new0 (char *, 1);
  if (!check_parameters (arguments, usage, error) ||
      !check_networks (arguments, usage, error) ||
      !parse_overrides (&arguments->overrides, mean_text, std_text, input_text, error))
    return FALSE;
  if (!fovea_arguments_parse_integer ("--seed", seed_text, 0, G_MAXINT64, &arguments->seed, error))
    return FALSE;
  if (threads_text)
    {
      gint64 n_threads;

      if (!fovea_arguments_parse_integer ("--threads", threads_text, 1, FOVEA_PARALLEL_MAX_THREADS, &n_threads, error))
        return FALSE;
      fovea_parallel_set_n_threads ((guint) n_threads);
    }
  return check_output (arguments, usage, error);
}

/**
 * fovea_arguments_clear:
 *
 * Frees what fovea_arguments_parse() stored.
 */
void
fovea_arguments_clear (FoveaArguments *arguments)
{
  g_clear_pointer (&arguments->parameters, g_strfreev);
  g_clear_pointer (&arguments->networks, g_strfreev);
  fovea_overrides_clear (&arguments->overrides);
  g_clear_pointer (&arguments->output, g_free);
}

/**
 * fovea_arguments_check_overrides:
 * @arguments: the command line
 * @network: a network that was opened with what it says
 *
 * Fovea's own files say themselves what they are and how large their input is.
 *
 * Returns: whether what the command line says could matter to @network
 */
gboolean
fovea_arguments_check_overrides (const FoveaArguments *arguments, const FoveaNetwork *network, GError **error)
{
  if ((!arguments->overrides.architecture && arguments->overrides.height == 0) ||
      fovea_network_get_format (network) != FOVEA_NETWORK_FORMAT_NATIVE)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
               "%s: is a network file of Fovea's own, which says its architecture and input itself; leave %s out",
               fovea_network_get_name (network), arguments->overrides.architecture ? "--architecture" : "--input");
  return FALSE;
}

/**
 * fovea_arguments_open_network:
 * @arguments: the command line
 * @name_or_path: a network of the library, or a file
 *
 * Opens one network with what the command line says about it.
 *
 * Returns: (transfer full): the network, or %NULL with @error set
 */
FoveaNetwork *
fovea_arguments_open_network (const FoveaArguments *arguments, const char *name_or_path, GError **error)
{
  g_autoptr (FoveaNetwork) network = fovea_library_open_with_overrides (name_or_path, &arguments->overrides, error);

  if (!network || !fovea_arguments_check_overrides (arguments, network, error))
    return NULL;
  return g_steal_pointer (&network);
}

/**
 * fovea_arguments_open_networks:
 *
 * Opens every network that `--network` named. What the command line says about networks holds for all of them, but
 * among others Fovea's own files keep their architecture and input size.
 *
 * Returns: (transfer full) (element-type FoveaNetwork): the networks in the order of the command
 *   line, or %NULL with @error set
 */
GPtrArray *
fovea_arguments_open_networks (const FoveaArguments *arguments, GError **error)
{
  g_autoptr (GPtrArray) networks = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_network_unref);
  gboolean all_native = TRUE;

  for (guint i = 0; arguments->networks && arguments->networks[i]; i++)
    {
      FoveaNetwork *network = fovea_library_open_with_overrides (arguments->networks[i], &arguments->overrides, error);

      if (!network)
        return NULL;
      g_ptr_array_add (networks, network);
      all_native &= fovea_network_get_format (network) == FOVEA_NETWORK_FORMAT_NATIVE;
    }
  if (networks->len > 0 && all_native && !fovea_arguments_check_overrides (arguments, networks->pdata[0], error))
    return NULL;
  return g_steal_pointer (&networks);
}

/**
 * fovea_arguments_find_layer:
 * @network: a network
 * @name: what `--layer` named
 * @layer: (out): the layer's index in the network's graph
 *
 * Returns: whether there is such a layer
 */
gboolean
fovea_arguments_find_layer (const FoveaNetwork *network, const char *name, int *layer, GError **error)
{
  if (fovea_graph_find (fovea_network_get_graph (network), name, layer, error))
    return TRUE;
  g_prefix_error (error, "%s: ", fovea_network_get_name (network));
  return FALSE;
}

/**
 * fovea_arguments_parse_integer:
 * @option: the option, for the message
 * @text: (nullable): its value; %NULL where the option was not given
 * @minimum, @maximum: the range of what makes sense
 * @value: (inout): stays as it is where @text is %NULL or wrong
 *
 * Reads a decimal integer.
 *
 * Returns: whether @text is one within the range, or %NULL
 */
gboolean
fovea_arguments_parse_integer (const char *option, const char *text, gint64 minimum, gint64 maximum, gint64 *value, GError **error)
{
  if (!text || g_ascii_string_to_signed (text, 10, minimum, maximum, value, NULL))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s wants an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not '%s'",
               option, minimum, maximum, text);
  return FALSE;
}

/**
 * fovea_arguments_parse_number:
 * @option: the option, for the message
 * @text: (nullable): its value; %NULL where the option was not given
 * @minimum, @maximum: the range of what makes sense
 * @value: (inout): stays as it is where @text is %NULL
 *
 * Reads a decimal number with a point, in any locale.
 *
 * Returns: whether @text is one within the range, or %NULL
 */
gboolean
fovea_arguments_parse_number (const char *option, const char *text, double minimum, double maximum, double *value, GError **error)
{
  char *end;

  if (!text)
    return TRUE;
  *value = g_ascii_strtod (text, &end);
  /* It would read hexadecimal numbers and leading space as well. */
  if (end != text && *end == '\0' && !strpbrk (text, " \t\n\v\f\rxX") && isfinite (*value) && *value >= minimum && *value <= maximum)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "%s wants a number from %g to %g, not '%s'", option, minimum, maximum, text);
  return FALSE;
}

/**
 * fovea_arguments_parse_choice:
 * @option: the option, for the message
 * @text: (nullable): its value; %NULL where the option was not given
 * @choices: what it may be, ended by %NULL
 * @value: (inout): the index of @text among @choices; stays as it is where @text is %NULL or wrong
 *
 * Returns: whether @text is one of @choices, or %NULL
 */
gboolean
fovea_arguments_parse_choice (const char *option, const char *text, const char *const *choices, int *value, GError **error)
{
  g_autofree char *list = NULL;

  if (!text)
    return TRUE;
  for (int i = 0; choices[i]; i++)
    if (g_str_equal (choices[i], text))
      {
        *value = i;
        return TRUE;
      }
  list = g_strjoinv (", ", (char **) choices);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s wants one of %s, not '%s'", option, list, text);
  return FALSE;
}
