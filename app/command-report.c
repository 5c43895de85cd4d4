/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/progress.h"
#include "app/scan-task.h"
#include "ui/report.h"

#define REPORT_NAME "report"

static void
show_progress (const char *step, guint n_done, guint n_steps, guint64 done, guint64 total, double seconds_left, gpointer data)
{
  g_autofree char *label = g_strdup_printf ("%u of %u: %s", n_done + 1, n_steps, step);
  g_autofree char *text = total > 0 ? fovea_progress_format (label, done, total, seconds_left) : g_strdup (label);

  fovea_progress_bar_show (data, text);
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be made a folder: %s", shown, g_strerror (errno));
  return FALSE;
}

/**
 * fovea_command_report:
 *
 * `fovea report --network S --network R --images SET --output DIR`: everything the paper measured, as one document.
 */
int
fovea_command_report (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) layers = NULL;
  g_autofree char *images = NULL;
  g_autofree char *concepts = NULL;
  g_autofree char *cues = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *count_text = NULL;
  g_autofree char *noise_text = NULL;
  g_autofree char *epsilon_text = NULL;
  g_autofree char *examples_text = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "The folder to write to; made where it is not there", "DIR" },
    { "images", 'i', 0, G_OPTION_ARG_FILENAME, &images, "A folder of images, or the name of a built-in set", "SET" },
    { "concepts", 0, 0, G_OPTION_ARG_FILENAME, &concepts, "Concept set for Network Dissection: scenes, or a folder like Broden's", "SET" },
    { "cue-conflict", 0, 0, G_OPTION_ARG_FILENAME, &cues, "Cue-conflict images: cue-conflict, or a folder", "SET" },
    { "layer", 'l', 0, G_OPTION_ARG_STRING_ARRAY, &layers, "A layer to describe, may be repeated (default: up to eight convolutions)", "LAYER" },
    { "count", 0, 0, G_OPTION_ARG_STRING, &count_text, "Images for smoothness and accuracy (default 200)", "K" },
    { "noise", 0, 0, G_OPTION_ARG_STRING, &noise_text, "Standard deviation of the noise, for values in [0,1] (default 0.1)", "SIGMA" },
    { "epsilon", 0, 0, G_OPTION_ARG_STRING, &epsilon_text, "How far attacks may change an image in L2 (default 0.5)", "E" },
    { "examples", 0, 0, G_OPTION_ARG_STRING, &examples_text, "Neurons shown of each layer: those in which the networks differ most (default 4, 0 for none)", "K" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "report",
    .summary = "Computes everything that the paper reports for a pair of networks, the standard one first, and\n"
               "writes it into a folder: report.html, one page that needs no other file, report.pdf, and each\n"
               "figure as PDF and its numbers as CSV. A report that was stopped goes on where it was.",
    .examples = "Example:\n"
                "  fovea report --network alexnet-64-standard --network alexnet-64-robust \\\n"
                "      --images scenes --output report\n",
    .flags = FOVEA_ARGUMENTS_NETWORKS | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImageSet) set = NULL;
  g_autoptr (FoveaImageSet) cue_images = NULL;
  g_autoptr (FoveaCueSet) cue_set = NULL;
  g_autoptr (FoveaConceptSet) concept_set = NULL;
  g_autoptr (FoveaStore) store = NULL;
  g_autoptr (FoveaDocument) document = NULL;
  g_autofree char *shown = NULL;
  FoveaReportSettings settings;
  FoveaProgressBar bar;
  gint64 count = 200, n_examples;
  gboolean is_new;

  fovea_report_settings_init (&settings);
  n_examples = settings.n_examples;
  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) ||
      !fovea_arguments_parse_integer ("--count", count_text, 1, G_MAXINT, &count, error) ||
      !fovea_arguments_parse_integer ("--examples", examples_text, 0, FOVEA_REPORT_MAX_EXAMPLES, &n_examples, error) ||
      !fovea_arguments_parse_number ("--noise", noise_text, 0, 10, &settings.sigma, error) ||
      !fovea_arguments_parse_number ("--epsilon", epsilon_text, 0, 1e6, &settings.attack.epsilon, error))
    return EXIT_FAILURE;
  networks = fovea_arguments_open_networks (&arguments, error);
  if (!networks)
    return EXIT_FAILURE;
  if (networks->len != 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "report wants --network twice: the standard network, then its robust twin");
      return EXIT_FAILURE;
    }
  if (!folder)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "report wants --output DIR");
      return EXIT_FAILURE;
    }
  set = fovea_scan_task_open_set ("report", images, cancellable, error);
  if (!set)
    return EXIT_FAILURE;
  if (cues)
    {
      cue_images = fovea_image_set_open (cues, error);
      cue_set = cue_images ? fovea_cue_set_new (cue_images, error) : NULL;
      if (!cue_set)
        return EXIT_FAILURE;
    }
  if (concepts)
    {
      concept_set = fovea_concept_set_open (concepts, NULL, error);
      if (!concept_set)
        return EXIT_FAILURE;
    }
  store = fovea_store_open (NULL, error);
  is_new = !g_file_test (folder, G_FILE_TEST_EXISTS);
  if (!store || !make_folder (folder, error))
    return EXIT_FAILURE;

  settings.standard = networks->pdata[0];
  settings.robust = networks->pdata[1];
  settings.store = store;
  settings.images = set;
  settings.cues = cue_set;
  settings.concepts = concept_set;
  settings.layers = (const char *const *) layers;
  settings.n_images = (gsize) count;
  settings.n_examples = (guint) n_examples;
  settings.seed = (guint64) arguments.seed;
  fovea_progress_bar_start (&bar, "Report");
  document = fovea_report_make (&settings, show_progress, &bar, cancellable, error);
  fovea_progress_bar_finish (&bar);
  if (!document || !fovea_document_write (document, folder, REPORT_NAME, error))
    {
      /* Fails where something is in it, which then stays. */
      if (is_new)
        g_rmdir (folder);
      return EXIT_FAILURE;
    }
  shown = g_filename_display_name (folder);
  g_print ("%s/%s.html\n%s/%s.pdf\n", shown, REPORT_NAME, shown, REPORT_NAME);
  return EXIT_SUCCESS;
}
