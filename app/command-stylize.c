/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "app/arguments.h"
#include "app/output.h"
#include "app/progress.h"
#include "engine/analysis/stylize.h"
#include "engine/formats/npy.h"
#include "engine/write-file.h"
#include "ui/stylize-record.h"

/* No side of the result is longer. */
#define MAX_SIZE 4096

typedef struct {
  char *shape;
  char *texture;
  char **content_layers;
  char **style_layers;
  char *content_weight;
  char *style_weight;
  char *smoothness;
  char *size;
  char *steps;
  char *optimizer;
  char *learning_rate;
  char *start;
} Given;

static void
clear_given (Given *given)
{
  g_free (given->shape);
  g_free (given->texture);
  g_strfreev (given->content_layers);
  g_strfreev (given->style_layers);
  g_free (given->content_weight);
  g_free (given->style_weight);
  g_free (given->smoothness);
  g_free (given->size);
  g_free (given->steps);
  g_free (given->optimizer);
  g_free (given->learning_rate);
  g_free (given->start);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, clear_given)

static gboolean
parse_options (const Given *given, FoveaStylizeOptions *options, GError **error)
{
  gint64 size = 0, steps;
  int optimizer, start;

  fovea_stylize_options_init (options);
  steps = options->steps;
  optimizer = (int) options->optimizer;
  start = (int) options->start;
  if (!fovea_arguments_parse_number ("--content-weight", given->content_weight, 0, 1e9, &options->content_weight, error) ||
      !fovea_arguments_parse_number ("--style-weight", given->style_weight, 0, 1e9, &options->style_weight, error) ||
      !fovea_arguments_parse_number ("--smoothness-weight", given->smoothness, 0, 1e9, &options->smoothness_weight, error) ||
      !fovea_arguments_parse_integer ("--size", given->size, 8, MAX_SIZE, &size, error) ||
      !fovea_arguments_parse_integer ("--steps", given->steps, 1, 100000, &steps, error) ||
      !fovea_arguments_parse_number ("--learning-rate", given->learning_rate, 1e-6, 100, &options->learning_rate, error) ||
      !fovea_arguments_parse_choice ("--optimizer", given->optimizer, fovea_stylize_optimizer_names, &optimizer, error) ||
      !fovea_arguments_parse_choice ("--start", given->start, fovea_stylize_start_names, &start, error))
    return FALSE;
  options->size = (guint) size;
  options->steps = (guint) steps;
  options->optimizer = (FoveaStylizeOptimizer) optimizer;
  options->start = (FoveaStylizeStart) start;
  options->content_layers = (const char *const *) given->content_layers;
  options->style_layers = (const char *const *) given->style_layers;
  return TRUE;
}

static gboolean
write_image (const FoveaTensor *tensor, const char *path, GError **error)
{
  g_autoptr (FoveaImage) image = NULL;

  if (g_str_has_suffix (path, ".npy"))
    return fovea_npy_write (tensor, path, error);
  image = fovea_image_from_tensor (tensor, error);
  return image && fovea_image_write_png (image, path, error);
}

static gboolean
write_results (const Given *given, const FoveaStylizeOptions *options, const FoveaArguments *arguments, const char *record_path, const FoveaNetwork *network, const FoveaStylization *result, GError **error)
{
  g_autofree char *shape = g_filename_display_name (given->shape);
  g_autofree char *texture = g_filename_display_name (given->texture);
  const FoveaStylizeSource source = { network, shape, texture, options };
  g_autoptr (JsonBuilder) builder = fovea_stylize_record_build (&source, result);
  g_autofree char *json = fovea_output_format_json (builder);
  const FoveaStyleLosses *first = &result->losses[0], *last = &result->losses[result->n_steps];
  g_autofree char *shown = g_filename_display_name (arguments->output);
  g_autofree char *record_shown = g_filename_display_name (record_path);

  if (!write_image (result->image, arguments->output, error) || !fovea_write_file (record_path, json, strlen (json), error))
    return FALSE;
  if (arguments->json)
    {
      fovea_output_print_json (builder);
      return TRUE;
    }
  if (result->content_layers[0])
    g_print ("content loss %.4g → %.4g\n", first->content, last->content);
  if (result->style_layers[0])
    g_print ("style loss %.4g → %.4g\n", first->style, last->style);
  g_print ("%s: the image\n%s: how it was made\n", shown, record_shown);
  return TRUE;
}

static gboolean
run (const Given *given, FoveaStylizeOptions *options, const FoveaArguments *arguments, GCancellable *cancellable, GError **error)
{
  g_autofree char *record_path = fovea_output_replace_ending (arguments->output, ".json");
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (FoveaImage) shape = NULL;
  g_autoptr (FoveaImage) texture = NULL;
  g_autoptr (FoveaStylization) result = NULL;
  FoveaProgressBar bar = { 0 };
  FoveaJob job;

  if (!fovea_output_check (record_path, NULL, error))
    return FALSE;
  networks = fovea_arguments_open_networks (arguments, error);
  shape = networks ? fovea_image_read (given->shape, error) : NULL;
  texture = shape ? fovea_image_read (given->texture, error) : NULL;
  if (!texture)
    return FALSE;
  fovea_progress_bar_start_job (&bar, "stylize", cancellable, &job);
  result = fovea_stylize (networks->pdata[0], shape, texture, options, NULL, NULL, &job, error);
  fovea_progress_bar_finish (&bar);
  if (!result || !write_results (given, options, arguments, record_path, networks->pdata[0], result, error))
    return FALSE;
  if (result->cancelled)
    {
      g_autofree char *shown = g_filename_display_name (arguments->output);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped after %u of %u steps; %s shows the image as it was then",
                   result->n_steps, options->steps, shown);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_command_stylize:
 *
 * `fovea stylize --shape IMAGE --texture IMAGE --network N --output F.png`: Gatys' style transfer.
 */
int
fovea_command_stylize (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  static const char *const endings[] = { ".png", ".npy", NULL };
  g_auto (Given) given = { 0 };
  const GOptionEntry entries[] = {
    { "shape", 0, 0, G_OPTION_ARG_FILENAME, &given.shape, "The image whose shape is kept", "IMAGE" },
    { "texture", 0, 0, G_OPTION_ARG_FILENAME, &given.texture, "The image whose texture is taken", "IMAGE" },
    { "content-layer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.content_layers, "Layer whose maps are kept; repeat it for more (default: as Gatys et al.)", "LAYER" },
    { "style-layer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &given.style_layers, "Layer whose Gram matrix is taken; repeat it for more (default: as Gatys et al.)", "LAYER" },
    { "content-weight", 0, 0, G_OPTION_ARG_STRING, &given.content_weight, "Weight of the shape (default 1)", "W" },
    { "style-weight", 0, 0, G_OPTION_ARG_STRING, &given.style_weight, "Weight of the texture (default 1)", "W" },
    { "smoothness-weight", 0, 0, G_OPTION_ARG_STRING, &given.smoothness, "Weight of the image's total variation (default 0)", "W" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &given.size, "Length of the image's longer side (default: the network's input)", "PIXELS" },
    { "steps", 0, 0, G_OPTION_ARG_STRING, &given.steps, "How many steps (default 500)", "N" },
    { "optimizer", 0, 0, G_OPTION_ARG_STRING, &given.optimizer, "adam (default) or lbfgs", "NAME" },
    { "learning-rate", 0, 0, G_OPTION_ARG_STRING, &given.learning_rate, "Adam's learning rate (default 0.2)", "RATE" },
    { "start", 0, 0, G_OPTION_ARG_STRING, &given.start, "Begin with noise (default), with the shape image or with the texture image", "WHAT" },
    G_OPTION_ENTRY_NULL,
  };
  const FoveaUsage usage = {
    .name = "stylize",
    .summary = "Makes an image with the shape of one image and the texture of another, as a network sees\n"
               "them (Gatys et al. 2016): an image is changed until the network's maps in the content\n"
               "layers are like the one's and its Gram matrices in the style layers like the other's. Beside\n"
               "it, a JSON file of the same name holds every option and both losses after each step.\n"
               "Ctrl+C stops early and still writes both files.",
    .examples = "Example:\n"
                "  fovea stylize --shape cat.jpg --texture elephant.jpg --network alexnet-64-robust \\\n"
                "    --size 128 --output cat1-elephant1.png\n",
    .flags = FOVEA_ARGUMENTS_NETWORK | FOVEA_ARGUMENTS_JSON | FOVEA_ARGUMENTS_SEED | FOVEA_ARGUMENTS_THREADS,
    .output_endings = endings,
    .entries = entries,
  };
  g_auto (FoveaArguments) arguments = { 0 };
  FoveaStylizeOptions options;

  if (!fovea_arguments_parse (&arguments, &usage, argc, argv, error) || !parse_options (&given, &options, error))
    return EXIT_FAILURE;
  if (!given.shape || !given.texture)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "stylize wants --shape IMAGE and --texture IMAGE");
      return EXIT_FAILURE;
    }
  options.seed = (guint64) arguments.seed;
  return run (&given, &options, &arguments, cancellable, error) ? EXIT_SUCCESS : EXIT_FAILURE;
}
