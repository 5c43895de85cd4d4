/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/maximize-objective.h"
#include "engine/analysis/parameterization.h"
#include "engine/analysis/regularizers.h"
#include "engine/analysis/transforms.h"
#include "engine/parallel.h"
#include "tests/engine/tiny-graph.h"

#define SIZE 12
#define N_PIXELS (SIZE * SIZE)
#define N_IMAGE (3 * N_PIXELS)

/* conv, 2 channels that sum all colours around (channel 1 with an own sign), then a ReLU. */
static FoveaNetwork *
make_network (float weight,
              float bias,
              const char *training)
{
  static const char *conv3 = "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}";
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 kernel_shape[] = { 2, 3, 3, 3 };
  gint64 bias_shape[] = { 2 };
  FoveaTensor *kernel = tiny_tensor (1, 4, kernel_shape);
  FoveaTensor *biases = tiny_tensor (1, 1, bias_shape);
  GHashTable *parameters = tiny_parameters ("W", kernel);
  FoveaNetworkInfo info = { .name = "tiny", .training = training };
  FoveaNetwork *network;

  for (gsize i = 0; i < kernel->n_elements; i++)
    kernel->data[i] = i < 27 ? weight : -weight;
  biases->data[0] = bias;
  biases->data[1] = 1;
  g_hash_table_insert (parameters, g_strdup ("B"), biases);
  tiny_add (graph, "conv", "Conv", "input", conv3, parameters);
  tiny_add (graph, "relu", "Relu", "conv", NULL, NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static FoveaNetwork *
load_network (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "resources", "networks", "alexnet-64-standard.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  FoveaNetwork *network = fovea_network_load (path, &error);

  g_assert_no_error (error);
  return network;
}

static FoveaObjective
make_objective (const FoveaNetwork *network,
                const char *address)
{
  g_autoptr (GError) error = NULL;
  FoveaObjective objective;
  FoveaNeuron neuron;

  fovea_neuron_parse (network, address, &neuron, &error);
  g_assert_no_error (error);
  fovea_objective_init_neuron (&objective, &neuron);
  return objective;
}

static FoveaMaximizeResult *
maximize (FoveaNetwork *network,
          guint n_images,
          const FoveaObjective *objectives,
          const guint64 *streams,
          const FoveaMaximizeOptions *options)
{
  g_autoptr (GError) error = NULL;
  FoveaMaximizeResult *result = fovea_maximize (network, n_images, objectives, streams, options, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (result->n_images, ==, n_images);
  g_assert_false (result->cancelled);
  for (guint i = 0; i < n_images; i++)
    for (gsize k = 0; k < result->images[i].image->n_elements; k++)
      {
        g_assert_cmpfloat (result->images[i].image->data[k], >=, 0);
        g_assert_cmpfloat (result->images[i].image->data[k], <=, 1);
      }
  return result;
}

static void
assert_same_image (const FoveaMaximizeImage *a,
                   const FoveaMaximizeImage *b)
{
  g_assert_cmpmem (a->image->data, a->image->n_elements * sizeof (float), b->image->data, b->image->n_elements * sizeof (float));
  g_assert_cmpuint (a->n_steps, ==, b->n_steps);
  g_assert_cmpmem (a->curve, a->n_steps * sizeof (double), b->curve, b->n_steps * sizeof (double));
  g_assert_true (a->activation == b->activation);
}

static gboolean
is_same_image (const FoveaMaximizeImage *a,
               const FoveaMaximizeImage *b)
{
  return memcmp (a->image->data, b->image->data, a->image->n_elements * sizeof (float)) == 0;
}

/* Parameters → image → view → network → objective and back, put together as the loop does, against
 * central differences. The network is linear and the objective quadratic, so that nothing has kinks. */
static void
test_chain (gconstpointer data)
{
  FoveaParameterization parameterization = GPOINTER_TO_INT (data);
  g_autoptr (FoveaNetwork) network = make_network (0.3f, 0.2f, "");
  g_autoptr (GError) error = NULL;
  FoveaTransformRanges ranges = { .pad = 1, .jitter = 2, .scale_minimum = 0.9, .scale_maximum = 1.1, .rotation = 10, .second_jitter = 1 };
  FoveaObjective objective = { .n_terms = 2 };
  g_autoptr (FoveaImageParameters) parameters = fovea_image_parameters_new (parameterization, TRUE, 1, SIZE, SIZE, &error);
  g_autoptr (FoveaObjectiveSet) set = NULL;
  g_autoptr (FoveaPlan) plan = NULL;
  g_autofree float *gradient = NULL;
  float image[N_IMAGE], view[N_IMAGE], view_gradient[N_IMAGE], image_gradient[N_IMAGE];
  float *values = fovea_image_parameters_get_values (parameters, 0);
  gsize size = fovea_image_parameters_get_size (parameters);
  const float step = 0.02f;
  double largest = 0;
  FoveaTransform transform;
  FoveaRandom random;
  int layer = 0;
  double value;

  objective.terms[0] = (FoveaObjectiveTerm) { FOVEA_OBJECTIVE_LAYER, 0.5, { 0, 0, -1, -1 } };
  objective.terms[1] = (FoveaObjectiveTerm) { FOVEA_OBJECTIVE_NEURON, 0.3, { 0, 1, -1, -1 } };
  set = fovea_objective_set_new (network, 1, &objective, &error);
  g_assert_no_error (error);
  plan = fovea_plan_new (fovea_network_get_graph (network), 1, SIZE, SIZE, 1, &layer, FOVEA_PLAN_GRADIENT, &error);
  g_assert_no_error (error);
  fovea_objective_set_bind (set, plan, &error);
  g_assert_no_error (error);

  fovea_random_init (&random, 2, 0);
  fovea_image_parameters_set_noise (parameters, 0, 0.3, &random);
  fovea_transform_draw (&transform, &ranges, SIZE, SIZE, &random);

  fovea_image_parameters_render (parameters, 0, image);
  fovea_transform_apply (&transform, image, view);
  fovea_plan_forward (plan, view);
  fovea_plan_gradient (plan, fovea_objective_set_evaluate (set, plan, &value), view_gradient);
  fovea_transform_apply_adjoint (&transform, view_gradient, image_gradient);
  gradient = g_memdup2 (fovea_image_parameters_render_adjoint (parameters, 0, image, image_gradient), size * sizeof (float));

  for (gsize i = 0; i < size; i++)
    largest = MAX (largest, fabs ((double) gradient[i]));
  g_assert_cmpfloat (largest, >, 0.01);
  for (gsize i = 0; i < size; i++)
    {
      double differences[2];
      float original = values[i];

      for (guint k = 0; k < 2; k++)
        {
          values[i] = k == 0 ? original + step : original - step;
          fovea_image_parameters_render (parameters, 0, image);
          fovea_transform_apply (&transform, image, view);
          fovea_plan_forward (plan, view);
          fovea_objective_set_evaluate (set, plan, &differences[k]);
        }
      values[i] = original;
      g_assert_cmpfloat_with_epsilon (gradient[i], (differences[0] - differences[1]) / (2 * (double) step), 2e-3 * largest);
    }
}

/* What the unit answers to is known: the brighter the better. */
static void
test_climbs (gconstpointer data)
{
  FoveaPreset preset = GPOINTER_TO_INT (data);
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  FoveaObjective objectives[] = { make_objective (network, "relu:0"), make_objective (network, "conv:0:3,4"), make_objective (network, "conv:1") };
  FoveaMaximizeOptions options;
  g_autoptr (FoveaMaximizeResult) result = NULL;
  double sum = 0;

  fovea_maximize_options_init (&options, preset, network);
  options.steps = 60;
  options.learning_rate = fovea_maximize_options_get_default_learning_rate (&options);
  result = maximize (network, G_N_ELEMENTS (objectives), objectives, NULL, &options);

  /* Grey gives 27 · 0.1 / 2 in the middle of the map, white twice that. */
  g_assert_cmpfloat (result->images[1].activation, >, 2.4);
  g_assert_cmpfloat (result->images[1].activation, <=, 2.7001);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (result->images[i].n_steps, ==, 60);
      g_assert_false (result->images[i].dead);
      g_assert_cmpfloat (result->images[i].curve[59], >, result->images[i].curve[0] + 0.2);
    }

  /* The activation is that of the image itself: the channel's mean by hand. */
  for (guint plane = 0; plane < 3; plane++)
    for (gint y = 0; y < SIZE; y++)
      for (gint x = 0; x < SIZE; x++)
        {
          gint n_rows = y == 0 || y == SIZE - 1 ? 2 : 3;
          gint n_columns = x == 0 || x == SIZE - 1 ? 2 : 3;

          sum += 0.1 * n_rows * n_columns * result->images[0].image->data[(plane * SIZE + (guint) y) * SIZE + (guint) x];
        }
  g_assert_cmpfloat_with_epsilon (result->images[0].activation, sum / N_PIXELS, 1e-5);
}

static void
count_step (const FoveaMaximizeProgress *progress,
            gpointer data)
{
  guint *last = data;

  g_assert_cmpuint (progress->step, ==, *last + 1);
  g_assert_cmpuint (progress->n_steps, ==, 7);
  g_assert_cmpuint (progress->n_images, ==, 2);
  for (guint i = 0; i < 2 * N_IMAGE; i++)
    {
      g_assert_cmpfloat (progress->images[i], >=, 0);
      g_assert_cmpfloat (progress->images[i], <=, 1);
    }
  *last = progress->step;
}

static void
test_progress (void)
{
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  FoveaObjective objectives[] = { make_objective (network, "relu:0"), make_objective (network, "conv:1") };
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FoveaMaximizeOptions options;
  guint last = 0;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.steps = 7;
  result = fovea_maximize (network, 2, objectives, NULL, &options, count_step, &last, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last, ==, 7);
}

typedef struct {
  GCancellable *cancellable;
  guint at;
  float images[N_IMAGE];
  double activation;
} Cancel;

static void
cancel_at (const FoveaMaximizeProgress *progress,
           gpointer data)
{
  Cancel *cancel = data;

  g_assert_cmpuint (progress->step, <=, cancel->at);
  if (progress->step < cancel->at)
    return;
  memcpy (cancel->images, progress->images, sizeof cancel->images);
  cancel->activation = progress->activations[0];
  g_cancellable_cancel (cancel->cancellable);
}

static void
test_cancel (void)
{
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  FoveaObjective objective = make_objective (network, "relu:0");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Cancel cancel = { .cancellable = cancellable, .at = 5 };
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (FoveaMaximizeResult) nothing = NULL;
  g_autoptr (FoveaMaximizeResult) whole = NULL;
  g_autoptr (GError) error = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  result = fovea_maximize (network, 1, &objective, NULL, &options, cancel_at, &cancel, cancellable, &error);
  g_assert_no_error (error);
  g_assert_true (result->cancelled);
  g_assert_cmpuint (result->images[0].n_steps, ==, 5);
  g_assert_true (result->images[0].curve[4] == cancel.activation);
  g_assert_cmpmem (result->images[0].image->data, sizeof cancel.images, cancel.images, sizeof cancel.images);
  g_assert_false (result->images[0].dead);

  /* The five steps are those of an undisturbed run. */
  options.steps = 5;
  whole = maximize (network, 1, &objective, NULL, &options);
  assert_same_image (&result->images[0], &whole->images[0]);

  nothing = fovea_maximize (network, 1, &objective, NULL, &options, NULL, NULL, cancellable, &error);
  g_assert_no_error (error);
  g_assert_true (nothing->cancelled);
  g_assert_cmpuint (nothing->images[0].n_steps, ==, 0);
  g_assert_cmpfloat (nothing->images[0].image->data[0], >, 0.3);
}

static void
test_dead (void)
{
  g_autoptr (FoveaNetwork) network = make_network (0.1f, -1e6f, "");
  FoveaObjective objectives[] = { make_objective (network, "relu:0"), make_objective (network, "conv:0"), make_objective (network, "relu:1") };
  g_autoptr (FoveaMaximizeResult) result = NULL;
  g_autoptr (FoveaMaximizeResult) brief = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, FOVEA_PRESET_ROBUST, network);
  options.steps = 20;
  result = maximize (network, 3, objectives, NULL, &options);
  g_assert_true (result->images[0].dead);
  g_assert_cmpfloat (result->images[0].activation, ==, 0);
  g_assert_false (result->images[1].dead);
  g_assert_false (result->images[2].dead);

  /* The same where every step was redirected. */
  options.steps = 10;
  brief = maximize (network, 3, objectives, NULL, &options);
  g_assert_true (brief->images[0].dead);
  g_assert_false (brief->images[1].dead);
  g_assert_false (brief->images[2].dead);
}

/* A unit that is off for anything near grey, but not for white. */
static void
test_redirected_relu (void)
{
  g_autoptr (FoveaNetwork) network = make_network (1, -15, "");
  FoveaObjective objective = make_objective (network, "relu:0");
  g_autoptr (FoveaMaximizeResult) without = NULL;
  g_autoptr (FoveaMaximizeResult) with = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.steps = 40;
  options.transforms = FALSE;
  options.redirect_relu_steps = 0;
  without = maximize (network, 1, &objective, NULL, &options);
  g_assert_true (without->images[0].dead);
  g_assert_cmpfloat (without->images[0].activation, ==, 0);

  options.redirect_relu_steps = 16;
  with = maximize (network, 1, &objective, NULL, &options);
  g_assert_false (with->images[0].dead);
  g_assert_cmpfloat (with->images[0].curve[0], ==, 0);
  g_assert_cmpfloat (with->images[0].activation, >, 1);
}

/* A network that overflows gives no picture, but no infinities either. */
static void
test_not_finite (void)
{
  g_autoptr (FoveaNetwork) network = make_network (INFINITY, 0, "");
  FoveaObjective objective = make_objective (network, "conv:0");
  g_autoptr (FoveaMaximizeResult) result = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.steps = 3;
  result = maximize (network, 1, &objective, NULL, &options);
  g_assert_true (result->images[0].dead);
}

/* The real network: one seed gives one picture, with 1 and with 2 threads, alone and among others. */
static void
test_reproducible (gconstpointer data)
{
  FoveaPreset preset = GPOINTER_TO_INT (data);
  g_autoptr (FoveaNetwork) network = load_network ();
  FoveaObjective objectives[] = { make_objective (network, "conv3:5"), make_objective (network, "fc7:2"), make_objective (network, "relu2:1:4,4") };
  static const guint64 streams[] = { 4, 4, 9 };
  g_autoptr (FoveaMaximizeResult) first = NULL;
  g_autoptr (FoveaMaximizeResult) again = NULL;
  g_autoptr (FoveaMaximizeResult) one_thread = NULL;
  g_autoptr (FoveaMaximizeResult) alone = NULL;
  g_autoptr (FoveaMaximizeResult) other_seed = NULL;
  g_autoptr (FoveaMaximizeResult) other_stream = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, preset, network);
  options.steps = 12;
  options.seed = 77;

  fovea_parallel_set_n_threads (2);
  first = maximize (network, 3, objectives, streams, &options);
  again = maximize (network, 3, objectives, streams, &options);
  alone = maximize (network, 1, &objectives[1], streams, &options);
  other_stream = maximize (network, 1, &objectives[1], NULL, &options);
  options.seed = 78;
  other_seed = maximize (network, 1, &objectives[1], streams, &options);
  options.seed = 77;
  fovea_parallel_set_n_threads (1);
  one_thread = maximize (network, 3, objectives, streams, &options);
  fovea_parallel_set_n_threads (2);

  for (guint i = 0; i < 3; i++)
    {
      assert_same_image (&first->images[i], &again->images[i]);
      assert_same_image (&first->images[i], &one_thread->images[i]);
    }
  assert_same_image (&first->images[1], &alone->images[0]);
  g_assert_false (is_same_image (&first->images[1], &other_seed->images[0]));
  g_assert_false (is_same_image (&first->images[1], &other_stream->images[0]));
  g_assert_false (is_same_image (&first->images[0], &first->images[1]));
}

/* Mean cosine similarity of the images' Gram matrices at a layer. */
static double
get_similarity (FoveaNetwork *network,
                int layer,
                const FoveaMaximizeResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autofree FoveaObjective *objectives = g_new0 (FoveaObjective, result->n_images);
  g_autofree double *values = g_new (double, result->n_images);
  g_autoptr (FoveaObjectiveSet) set = NULL;
  g_autoptr (FoveaPlan) plan = NULL;
  const FoveaTensor *first = result->images[0].image;
  g_autofree float *images = g_new (float, result->n_images * first->n_elements);
  double sum = 0;

  for (guint i = 0; i < result->n_images; i++)
    {
      objectives[i].n_terms = 1;
      objectives[i].terms[0] = (FoveaObjectiveTerm) { FOVEA_OBJECTIVE_DIVERSITY, 1, { layer, 0, -1, -1 } };
      memcpy (images + i * first->n_elements, result->images[i].image->data, first->n_elements * sizeof (float));
    }
  set = fovea_objective_set_new (network, result->n_images, objectives, &error);
  g_assert_no_error (error);
  plan = fovea_plan_new (fovea_network_get_graph (network), result->n_images, first->shape[1], first->shape[2], 1, &layer,
                         FOVEA_PLAN_FORWARD, &error);
  g_assert_no_error (error);
  fovea_objective_set_bind (set, plan, &error);
  g_assert_no_error (error);
  fovea_plan_forward (plan, images);
  fovea_objective_set_evaluate (set, plan, values);
  for (guint i = 0; i < result->n_images; i++)
    sum -= values[i] / result->n_images;
  return sum;
}

static void
test_diversity (void)
{
  g_autoptr (FoveaNetwork) network = load_network ();
  FoveaObjective objectives[3];
  g_autoptr (FoveaMaximizeResult) without = NULL;
  g_autoptr (FoveaMaximizeResult) with = NULL;
  FoveaMaximizeOptions options;
  int layer = tiny_find (fovea_network_get_graph (network), "relu2");

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.steps = 30;
  for (guint i = 0; i < 3; i++)
    objectives[i] = make_objective (network, "conv4:4");
  without = maximize (network, 3, objectives, NULL, &options);
  for (guint i = 0; i < 3; i++)
    {
      objectives[i].n_terms = 2;
      objectives[i].terms[1] = (FoveaObjectiveTerm) { FOVEA_OBJECTIVE_DIVERSITY, 20, { layer, 0, -1, -1 } };
    }
  with = maximize (network, 3, objectives, NULL, &options);
  g_assert_cmpfloat (get_similarity (network, layer, with), <, get_similarity (network, layer, without) - 0.02);
}

static double
get_total_variation (const FoveaMaximizeResult *result)
{
  const FoveaTensor *image = result->images[0].image;
  g_autofree float *ignored = g_new0 (float, image->n_elements);

  return fovea_regularize_total_variation (image->data, 3, (gsize) image->shape[1], (gsize) image->shape[2], 0, ignored);
}

/* Penalties and blur make the image smoother or paler than it is without. */
static void
test_regularizers (gconstpointer data)
{
  FoveaParameterization parameterization = GPOINTER_TO_INT (data);
  g_autoptr (FoveaNetwork) network = load_network ();
  FoveaObjective objective = make_objective (network, "conv3:5");
  g_autoptr (FoveaMaximizeResult) plain = NULL;
  g_autoptr (FoveaMaximizeResult) varied = NULL;
  g_autoptr (FoveaMaximizeResult) blurred = NULL;
  g_autoptr (FoveaMaximizeResult) pale = NULL;
  g_autoptr (FoveaMaximizeResult) pale_squares = NULL;
  double contrast = 0, pale_contrast = 0, pale_squares_contrast = 0;
  FoveaMaximizeOptions options, changed;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.parameterization = parameterization;
  options.steps = 30;
  plain = maximize (network, 1, &objective, NULL, &options);
  changed = options;
  changed.total_variation = 0.01;
  varied = maximize (network, 1, &objective, NULL, &changed);
  changed = options;
  changed.blur_every = 4;
  changed.blur_deviation = 1;
  blurred = maximize (network, 1, &objective, NULL, &changed);
  changed = options;
  changed.l1 = 0.01;
  pale = maximize (network, 1, &objective, NULL, &changed);
  changed = options;
  changed.l2 = 1;
  pale_squares = maximize (network, 1, &objective, NULL, &changed);

  g_assert_cmpfloat (get_total_variation (varied), <, 0.8 * get_total_variation (plain));
  g_assert_cmpfloat (get_total_variation (blurred), <, 0.8 * get_total_variation (plain));
  for (gsize i = 0; i < plain->images[0].image->n_elements; i++)
    {
      contrast += fabs (plain->images[0].image->data[i] - 0.5);
      pale_contrast += fabs (pale->images[0].image->data[i] - 0.5);
      pale_squares_contrast += fabs (pale_squares->images[0].image->data[i] - 0.5);
    }
  g_assert_cmpfloat (pale_contrast, <, 0.8 * contrast);
  g_assert_cmpfloat (pale_squares_contrast, <, 0.8 * contrast);
}

/* Steps of almost no length leave a start image as it is; the seed then plays no part. */
static void
test_start (gconstpointer data)
{
  FoveaPreset preset = GPOINTER_TO_INT (data);
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  FoveaObjective objective = make_objective (network, "conv:0");
  g_autoptr (FoveaTensor) start = tiny_tensor (3, 3, (gint64[]) { 3, SIZE, SIZE });
  g_autoptr (FoveaMaximizeResult) result = NULL;
  FoveaMaximizeOptions options;

  for (gsize i = 0; i < start->n_elements; i++)
    start->data[i] = 0.5f + 0.4f * start->data[i];
  fovea_maximize_options_init (&options, preset, network);
  options.start = start;
  options.steps = 1;
  options.learning_rate = 1e-9;
  result = maximize (network, 1, &objective, NULL, &options);
  for (gsize i = 0; i < start->n_elements; i++)
    g_assert_cmpfloat_with_epsilon (result->images[0].image->data[i], start->data[i], 1e-5);
}

/* Any size that the layer allows, odd ones included. */
static void
test_size (void)
{
  g_autoptr (FoveaNetwork) network = load_network ();
  FoveaObjective objective = make_objective (network, "relu3:5");
  g_autoptr (FoveaMaximizeResult) result = NULL;
  FoveaMaximizeOptions options;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  options.width = 45;
  options.height = 37;
  options.steps = 20;
  result = maximize (network, 1, &objective, NULL, &options);
  g_assert_cmpint (result->images[0].image->shape[1], ==, 37);
  g_assert_cmpint (result->images[0].image->shape[2], ==, 45);
  g_assert_cmpfloat (result->images[0].curve[19], >, result->images[0].curve[0]);
}

/* A first convolution's tile is its filter: the weights, turned into colours by the normalization, in the
 * middle of grey. */
static void
test_filter_tile (void)
{
  g_autoptr (FoveaNetwork) network = load_network ();
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaNode *node = fovea_graph_get_node (graph, (guint) tiny_find (graph, "conv1"));
  const FoveaTensor *weights = g_hash_table_lookup (node->parameters, "W");
  FoveaNeuron neuron = { tiny_find (graph, "conv1"), 5, -1, -1 };
  g_autoptr (FoveaMaximizeResult) result = NULL;
  FoveaMaximizeOptions options;
  FoveaObjective objective;
  double products = 0, squares = 0, weight_squares = 0;

  fovea_maximize_init_tile (&options, &objective, network, &neuron);
  g_assert_cmpuint (options.width, ==, 9);
  g_assert_cmpuint (options.height, ==, 9);
  result = maximize (network, 1, &objective, NULL, &options);
  for (gsize plane = 0; plane < 3; plane++)
    for (gsize y = 0; y < 9; y++)
      for (gsize x = 0; x < 9; x++)
        {
          double value = result->images[0].image->data[(plane * 9 + y) * 9 + x] - 0.5;
          double weight;

          if (x == 0 || x == 8 || y == 0 || y == 8)
            {
              g_assert_cmpfloat (value, ==, 0);
              continue;
            }
          weight = weights->data[((5 * 3 + plane) * 7 + y - 1) * 7 + x - 1] / fovea_graph_get_std (graph)[plane];
          products += value * weight;
          squares += value * value;
          weight_squares += weight * weight;
        }
  /* Only what the image's range clamps keeps the two from being parallel. */
  g_assert_cmpfloat (products / sqrt (squares * weight_squares), >, 0.97);

  /* Behind a ReLU it is the usual. */
  neuron.layer = tiny_find (graph, "relu1");
  fovea_maximize_init_tile (&options, &objective, network, &neuron);
  g_assert_cmpuint (options.width, ==, 64);
  g_assert_cmpint (objective.terms[0].kind, ==, FOVEA_OBJECTIVE_CHANNEL);
}

static void
assert_refused (const FoveaMaximizeOptions *options,
                gint code,
                const char *message)
{
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  FoveaObjective objective = make_objective (network, "conv:0");
  g_autoptr (GError) error = NULL;

  g_assert_null (fovea_maximize (network, 1, &objective, NULL, options, NULL, NULL, NULL, &error));
  g_assert_error (error, FOVEA_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_errors (void)
{
  g_autoptr (FoveaNetwork) network = make_network (0.1f, 0, "");
  g_autoptr (FoveaTensor) start = tiny_tensor (1, 3, (gint64[]) { 3, SIZE, SIZE + 1 });
  FoveaMaximizeOptions options, changed;

  fovea_maximize_options_init (&options, FOVEA_PRESET_LUCENT, network);
  changed = options;
  changed.steps = 0;
  assert_refused (&changed, FOVEA_ERROR_ARGUMENT, "the number of steps is 0, it must be from 1 to 1e+06");
  changed = options;
  changed.learning_rate = NAN;
  assert_refused (&changed, FOVEA_ERROR_ARGUMENT, "the learning rate is nan, it must be from 1e-12 to 1e+06");
  changed = options;
  changed.scale_maximum = 0.5;
  assert_refused (&changed, FOVEA_ERROR_ARGUMENT, "the largest scale is 0.5, it must be from 0.9 to 100");
  changed = options;
  changed.start = start;
  assert_refused (&changed, FOVEA_ERROR_SHAPE, "the start image has shape [3, 12, 13], it must have [3, 12, 12]");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/maximize/chain/fourier", GINT_TO_POINTER (FOVEA_PARAMETERIZATION_FOURIER), test_chain);
  g_test_add_data_func ("/maximize/chain/pixels", GINT_TO_POINTER (FOVEA_PARAMETERIZATION_PIXELS), test_chain);
  g_test_add_data_func ("/maximize/climbs/lucent", GINT_TO_POINTER (FOVEA_PRESET_LUCENT), test_climbs);
  g_test_add_data_func ("/maximize/climbs/robust", GINT_TO_POINTER (FOVEA_PRESET_ROBUST), test_climbs);
  g_test_add_data_func ("/maximize/climbs/plain", GINT_TO_POINTER (FOVEA_PRESET_PLAIN), test_climbs);
  g_test_add_func ("/maximize/progress", test_progress);
  g_test_add_func ("/maximize/cancel", test_cancel);
  g_test_add_func ("/maximize/dead", test_dead);
  g_test_add_func ("/maximize/redirected-relu", test_redirected_relu);
  g_test_add_func ("/maximize/not-finite", test_not_finite);
  g_test_add_data_func ("/maximize/reproducible/lucent", GINT_TO_POINTER (FOVEA_PRESET_LUCENT), test_reproducible);
  g_test_add_data_func ("/maximize/reproducible/robust", GINT_TO_POINTER (FOVEA_PRESET_ROBUST), test_reproducible);
  g_test_add_data_func ("/maximize/reproducible/plain", GINT_TO_POINTER (FOVEA_PRESET_PLAIN), test_reproducible);
  g_test_add_func ("/maximize/diversity", test_diversity);
  g_test_add_data_func ("/maximize/regularizers/fourier", GINT_TO_POINTER (FOVEA_PARAMETERIZATION_FOURIER), test_regularizers);
  g_test_add_data_func ("/maximize/regularizers/pixels", GINT_TO_POINTER (FOVEA_PARAMETERIZATION_PIXELS), test_regularizers);
  g_test_add_data_func ("/maximize/start/lucent", GINT_TO_POINTER (FOVEA_PRESET_LUCENT), test_start);
  g_test_add_data_func ("/maximize/start/plain", GINT_TO_POINTER (FOVEA_PRESET_PLAIN), test_start);
  g_test_add_func ("/maximize/size", test_size);
  g_test_add_func ("/maximize/filter-tile", test_filter_tile);
  g_test_add_func ("/maximize/errors", test_errors);
  return g_test_run ();
}
