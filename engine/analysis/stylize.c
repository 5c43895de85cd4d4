/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/stylize.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/lbfgs.h"
#include "engine/analysis/optimizer.h"
#include "engine/analysis/parameterization.h"
#include "engine/analysis/regularizers.h"

/* Of the noise to begin with, before the sigmoid: about as wide as uniform noise. */
#define NOISE_DEVIATION 2.0

#define LBFGS_MEMORY 12

const char *const fovea_stylize_optimizer_names[] = { "adam", "lbfgs", NULL };
const char *const fovea_stylize_start_names[] = { "noise", "shape", "texture", NULL };

/* One stylization in work. */
typedef struct {
  const FoveaStylizeOptions *options;
  FoveaStyleLoss *loss;
  FoveaImageParameters *parameters;
  FoveaTensor *image;
  FoveaTensor *gradient; /* by the image */
  FoveaStyleLosses losses; /* of the image that was evaluated last */
  gsize height;
  gsize width;
} Work;

static void
clear_work (Work *work)
{
  g_clear_pointer (&work->loss, fovea_style_loss_free);
  g_clear_pointer (&work->parameters, fovea_image_parameters_free);
  g_clear_pointer (&work->image, fovea_tensor_unref);
  g_clear_pointer (&work->gradient, fovea_tensor_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, clear_work)

/**
 * fovea_stylize_options_init:
 *
 * Sets the defaults: Adam from noise, with weights for which both losses become small.
 */
void
fovea_stylize_options_init (FoveaStylizeOptions *options)
{
  *options = (FoveaStylizeOptions) {
    .content_weight = 1,
    .style_weight = 1,
    .smoothness_weight = 0,
    .steps = 500,
    .optimizer = FOVEA_STYLIZE_ADAM,
    .learning_rate = 0.2,
    .start = FOVEA_STYLIZE_FROM_NOISE,
  };
}

/* The image with its longer side @size long, as the network shall see it. */
static FoveaTensor *
resize (const FoveaImage *image,
        guint size,
        GError **error)
{
  const guint longer = MAX (image->width, image->height);
  const guint width = MAX (1, (guint) lround ((double) image->width * size / longer));
  const guint height = MAX (1, (guint) lround ((double) image->height * size / longer));
  g_autoptr (FoveaImage) resized = fovea_image_resize (image, width, height, error);

  return resized != NULL ? fovea_image_to_tensor (resized, error) : NULL;
}

/* Finds layers by name; every other name is an error. */
static gboolean
find_layers (const FoveaNetwork *network,
             const char *const *names,
             GArray *layers,
             GError **error)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);

  for (guint i = 0; names[i] != NULL; i++)
    {
      int layer;

      if (!fovea_graph_find (graph, names[i], &layer, error))
        {
          g_prefix_error (error, "%s: ", fovea_network_get_name (network));
          return FALSE;
        }
      if (fovea_graph_get_shape (graph, (guint) layer)->flat)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: layer %s has no map, so it says nothing about shape and texture",
                       fovea_network_get_name (network), names[i]);
          return FALSE;
        }
      g_array_append_val (layers, layer);
    }
  return TRUE;
}

static gboolean
choose_layers (const FoveaNetwork *network,
               const FoveaStylizeOptions *options,
               GArray *content,
               GArray *style,
               GError **error)
{
  g_autoptr (GArray) chosen_content = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) chosen_style = g_array_new (FALSE, FALSE, sizeof (int));

  fovea_style_layers_choose (network, chosen_content, chosen_style);
  if (options->content_layers != NULL)
    {
      if (!find_layers (network, options->content_layers, content, error))
        return FALSE;
    }
  else
    g_array_append_vals (content, chosen_content->data, chosen_content->len);
  if (options->style_layers != NULL)
    {
      if (!find_layers (network, options->style_layers, style, error))
        return FALSE;
    }
  else
    g_array_append_vals (style, chosen_style->data, chosen_style->len);
  if (content->len + style->len > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s: has no convolution with a map to go by; name layers",
               fovea_network_get_name (network));
  return FALSE;
}

static GStrv
get_names (const FoveaNetwork *network,
           const GArray *layers)
{
  GStrv names = g_new0 (char *, layers->len + 1);

  for (guint i = 0; i < layers->len; i++)
    names[i] = g_strdup (fovea_graph_get_node (fovea_network_get_graph (network), (guint) g_array_index (layers, int, i))->name);
  return names;
}

static gboolean
start (Work *work,
       const FoveaTensor *shape,
       const FoveaImage *texture,
       GError **error)
{
  FoveaRandom random;

  if (work->options->start == FOVEA_STYLIZE_FROM_SHAPE)
    fovea_image_parameters_set_image (work->parameters, 0, shape->data);
  else if (work->options->start == FOVEA_STYLIZE_FROM_TEXTURE)
    {
      g_autoptr (FoveaImage) fitted = fovea_image_resize (texture, (guint) work->width, (guint) work->height, error);
      g_autoptr (FoveaTensor) tensor = fitted != NULL ? fovea_image_to_tensor (fitted, error) : NULL;

      if (tensor == NULL)
        return FALSE;
      fovea_image_parameters_set_image (work->parameters, 0, tensor->data);
    }
  else
    {
      fovea_random_init (&random, work->options->seed, 0);
      fovea_image_parameters_set_noise (work->parameters, 0, NOISE_DEVIATION, &random);
    }
  return TRUE;
}

/* The weighted loss at the parameters as they are, and its derivative by them. */
static double
evaluate (Work *work,
          const float **derivative)
{
  const FoveaStylizeOptions *options = work->options;
  const double smoothness = options->smoothness_weight / (double) work->image->n_elements;
  double loss;

  fovea_image_parameters_render (work->parameters, 0, work->image->data);
  fovea_style_loss_evaluate (work->loss, work->image->data, options->content_weight, options->style_weight, &work->losses, work->gradient->data);
  loss = options->content_weight * work->losses.content + options->style_weight * work->losses.style;
  if (smoothness > 0)
    loss += smoothness * fovea_regularize_total_variation (work->image->data, 3, work->height, work->width, smoothness, work->gradient->data);
  *derivative = fovea_image_parameters_render_adjoint (work->parameters, 0, work->image->data, work->gradient->data);
  return loss;
}

static double
evaluate_for_lbfgs (const float *values,
                    float *gradient,
                    gpointer data)
{
  Work *work = data;
  float *own = fovea_image_parameters_get_values (work->parameters, 0);
  const gsize size = fovea_image_parameters_get_size (work->parameters);
  const float *derivative;
  double loss;

  memcpy (own, values, size * sizeof *own);
  loss = evaluate (work, &derivative);
  memcpy (gradient, derivative, size * sizeof *gradient);
  return loss;
}

static gboolean
report (Work *work,
        FoveaStylization *result,
        FoveaStylizeFunc func,
        gpointer data,
        const FoveaJob *job,
        GError **error)
{
  if (!isfinite (work->losses.content) || !isfinite (work->losses.style))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "the losses are no longer numbers after %u steps; the weights are broken, or the learning rate is too large", result->n_steps);
      return FALSE;
    }
  result->losses[result->n_steps] = work->losses;
  if (func != NULL)
    func (result->n_steps, &work->losses, work->image, data);
  fovea_job_report (job, result->n_steps, work->options->steps);
  result->cancelled = fovea_job_is_cancelled (job, NULL);
  return TRUE;
}

static gboolean
run_adam (Work *work,
          FoveaStylization *result,
          FoveaStylizeFunc func,
          gpointer data,
          const FoveaJob *job,
          GError **error)
{
  const gsize size = fovea_image_parameters_get_size (work->parameters);
  g_autoptr (FoveaOptimizerState) state = fovea_optimizer_state_new (FOVEA_OPTIMIZER_ADAM, work->options->learning_rate, 1, size, error);
  g_autofree float *ascent = g_new (float, size);

  if (state == NULL)
    return FALSE;
  for (;;)
    {
      const float *derivative;

      evaluate (work, &derivative);
      if (!report (work, result, func, data, job, error))
        return FALSE;
      if (result->cancelled || result->n_steps == work->options->steps)
        return TRUE;
      for (gsize i = 0; i < size; i++)
        ascent[i] = -derivative[i];
      fovea_optimizer_state_step (state, 0, ascent, fovea_image_parameters_get_values (work->parameters, 0));
      result->n_steps++;
    }
}

static gboolean
run_lbfgs (Work *work,
           FoveaStylization *result,
           FoveaStylizeFunc func,
           gpointer data,
           const FoveaJob *job,
           GError **error)
{
  const gsize size = fovea_image_parameters_get_size (work->parameters);
  g_autofree float *values = g_memdup2 (fovea_image_parameters_get_values (work->parameters, 0), size * sizeof (float));
  g_autofree float *gradient = g_new (float, size);
  g_autoptr (FoveaLbfgs) lbfgs = fovea_lbfgs_new (size, LBFGS_MEMORY, evaluate_for_lbfgs, work);

  evaluate_for_lbfgs (values, gradient, work);
  if (!report (work, result, func, data, job, error))
    return FALSE;
  while (!result->cancelled && result->n_steps < work->options->steps)
    {
      if (!fovea_lbfgs_step (lbfgs, values))
        {
          /* The image is that of the last attempt. */
          evaluate_for_lbfgs (values, gradient, work);
          return TRUE;
        }
      result->n_steps++;
      if (!report (work, result, func, data, job, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * fovea_stylize:
 * @network: any network
 * @shape: whose shape
 * @texture: whose texture, of any size
 * @options: how
 * @func: (nullable): told after every step
 * @job: (nullable): told how many steps are done; may stop it, then the result is what there is
 * @error: %FOVEA_ERROR_ARGUMENT, %FOVEA_ERROR_NOT_FOUND, as fovea_style_loss_new()
 *
 * Changes an image until the network's maps are like the shape image's in the content layers and its Gram
 * matrices like the texture image's in the style layers (Gatys, Ecker and Bethge, CVPR 2016). The image keeps the shape
 * image's proportions. Same network, images, options and number of threads: the same image. Any thread;
 * spreads its work over the pool.
 *
 * Returns: (transfer full): the image and how it came about, or %NULL
 */
FoveaStylization *
fovea_stylize (FoveaNetwork *network,
               const FoveaImage *shape,
               const FoveaImage *texture,
               const FoveaStylizeOptions *options,
               FoveaStylizeFunc func,
               gpointer data,
               const FoveaJob *job,
               GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  const guint size = options->size > 0 ? options->size : (guint) MAX (input->height, input->width);
  g_autoptr (GArray) content = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) style = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (FoveaTensor) shape_tensor = NULL;
  g_autoptr (FoveaTensor) texture_tensor = NULL;
  g_autoptr (FoveaStylization) result = g_new0 (FoveaStylization, 1);
  g_auto (Work) work = { .options = options };
  FoveaStyleLayers layers;

  g_return_val_if_fail (options->steps > 0, NULL);
  if (input->channels != 3)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s: takes %" G_GINT64_FORMAT " channels, so it cannot be shown a colour image",
                   fovea_network_get_name (network), input->channels);
      return NULL;
    }
  if (!choose_layers (network, options, content, style, error))
    return NULL;
  result->content_layers = get_names (network, content);
  result->style_layers = get_names (network, style);
  shape_tensor = resize (shape, size, error);
  texture_tensor = shape_tensor != NULL ? resize (texture, size, error) : NULL;
  if (texture_tensor == NULL)
    return NULL;

  work.height = (gsize) shape_tensor->shape[1];
  work.width = (gsize) shape_tensor->shape[2];
  layers = (FoveaStyleLayers) { content->len, (const int *) (void *) content->data, style->len, (const int *) (void *) style->data };
  work.loss = fovea_style_loss_new (network, &layers, shape_tensor, texture_tensor, error);
  work.parameters = work.loss != NULL ? fovea_image_parameters_new (FOVEA_PARAMETERIZATION_PIXELS, TRUE, 1, work.height, work.width, error) : NULL;
  work.image = work.parameters != NULL ? fovea_tensor_new (3, shape_tensor->shape, error) : NULL;
  work.gradient = work.image != NULL ? fovea_tensor_new (3, shape_tensor->shape, error) : NULL;
  if (work.gradient == NULL || !start (&work, shape_tensor, texture, error))
    return NULL;

  result->losses = g_new0 (FoveaStyleLosses, (gsize) options->steps + 1);
  if (options->optimizer == FOVEA_STYLIZE_LBFGS ? !run_lbfgs (&work, result, func, data, job, error) : !run_adam (&work, result, func, data, job, error))
    return NULL;
  result->image = g_steal_pointer (&work.image);
  return g_steal_pointer (&result);
}

/**
 * fovea_stylization_free:
 * @stylization: (nullable): a result
 */
void
fovea_stylization_free (FoveaStylization *stylization)
{
  if (stylization == NULL)
    return;
  g_clear_pointer (&stylization->image, fovea_tensor_unref);
  g_free (stylization->losses);
  g_strfreev (stylization->content_layers);
  g_strfreev (stylization->style_layers);
  g_free (stylization);
}
