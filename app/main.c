/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/command.h"
#include "app/interrupt.h"
#include "ui/application.h"
#include "ui/config.h"

#define EXIT_USAGE 2

static const struct {
  const char *name;
  const char *description;
  FoveaCommandFunc run;
} commands[] = {
  { "networks", "List the networks that are there", fovea_command_networks },
  { "layers", "List a network's layers", fovea_command_layers },
  { "classify", "Name what networks see in images", fovea_command_classify },
  { "activations", "Save a layer's activations for an image", fovea_command_activations },
  { "gradient", "Save a neuron's gradient with respect to an image", fovea_command_gradient },
  { "visualize", "Make a figure of what excites neurons most", fovea_command_visualize },
  { "figure", "Make a figure again from its record", fovea_command_figure },
  { "dissect", "Label channels with the concepts they segment", fovea_command_dissect },
  { "evaluate", "Count how often networks are right about images", fovea_command_evaluate },
  { "shape-bias", "Ask networks whether they go by shape or by texture", fovea_command_shape_bias },
  { "stylize", "Give the shape of one image the texture of another", fovea_command_stylize },
  { "filters", "Draw the filters of first convolutions", fovea_command_filters },
  { "smoothness", "Measure how smooth the detected patterns are", fovea_command_smoothness },
  { "attack", "Find the small change that changes networks’ answers", fovea_command_attack },
  { "images", "List, show or save the images of a set", fovea_command_images },
  { "patches", "Show the image patches that excite channels most", fovea_command_patches },
  { "scan", "Find what excites every channel in an image set", fovea_command_scan },
  { "report", "Write a report about a pair of networks", fovea_command_report },
  { "match", "Find which channels of two networks correspond", fovea_command_match },
  { "benchmark", "Measure the engine's speed", fovea_command_benchmark },
  { "convert", "Convert a network to Fovea's own format", fovea_command_convert },
};

static void
print_help (void)
{
  g_print ("Usage:\n"
           "  fovea [FILE [FILE]]           Open the window, and networks or an image from files\n"
           "  fovea COMMAND [OPTION…]       Do one thing without a window\n"
           "\n"
           "Look inside convolutional networks: a standard network beside its adversarially\n"
           "robust twin, neuron by neuron.\n"
           "\n"
           "Commands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-12s  %s\n", commands[i].name, commands[i].description);
  g_print ("\n"
           "Options:\n"
           "  -h, --help                    Show this help\n"
           "  --version                     Show the version\n"
           "\n"
           "'fovea COMMAND --help' describes a command. A NETWORK is a name that 'fovea networks'\n"
           "lists, or a file; a NEURON is LAYER:CHANNEL or LAYER:CHANNEL:Y,X. Exit status: 0 done,\n"
           "1 failed, 2 wrong usage.\n");
}

/* One line, whatever file names and file contents the message quotes. */
static void
print_error (const char *message)
{
  g_autofree char *line = g_utf8_make_valid (message, -1);

  for (char *c = line; *c; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_printerr ("fovea: %s\n", line);
}

static int
run_command (FoveaCommandFunc run, int argc, char **argv)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  int status;

  fovea_interrupt_watch (cancellable);
  status = run (argc, argv, cancellable, &error);
  if (error)
    {
      print_error (error->message);
      return error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILURE;
    }
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      g_autofree char *message = g_strdup_printf ("standard output: cannot write the result: %s", g_strerror (errno));

      print_error (message);
      return EXIT_FAILURE;
    }
  return status;
}

static int
run_window (int argc, char **argv)
{
  if (!gtk_init_check ())
    {
      print_error ("there is no display to open the window on; 'fovea --help' lists the commands, which need none");
      return EXIT_FAILURE;
    }
  return fovea_application_run (argc, argv);
}

int
main (int argc, char **argv)
{
  /* Messages in the terminal's encoding; numbers with a point everywhere. */
  setlocale (LC_CTYPE, "");
  g_set_prgname ("fovea");

  if (argc < 2)
    return run_window (argc, argv);
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      print_help ();
      return EXIT_SUCCESS;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("fovea %s\n", FOVEA_VERSION);
      return EXIT_SUCCESS;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return run_command (commands[i].run, argc - 1, argv + 1);
  if (argv[1][0] == '-' || g_file_test (argv[1], G_FILE_TEST_EXISTS))
    return run_window (argc, argv);

  g_autofree char *message = g_strdup_printf ("there is no command '%s'; 'fovea --help' lists them", argv[1]);

  print_error (message);
  return EXIT_USAGE;
}
