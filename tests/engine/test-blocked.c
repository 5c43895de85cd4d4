/* Plans on blocked maps: against sums in double precision, and against plans that run operator by
 * operator.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/blocked/blocked-plan.h"
#include "engine/blocked/steps.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "tests/engine/kernel-sets.h"
#include "tests/engine/tiny-graph.h"

static FoveaPlan *
make_plan_at (FoveaGraph *graph,
              gsize batch,
              guint n_layers,
              const int *layers,
              const FoveaPlanPosition *positions,
              FoveaPlanFlags flags)
{
  const FoveaShape *shape = fovea_graph_get_input_shape (graph);
  g_autoptr (GError) error = NULL;
  FoveaPlan *plan = fovea_plan_new_at (graph, batch, shape->height, shape->width, n_layers, layers, positions, flags, &error);

  g_assert_no_error (error);
  return plan;
}

static FoveaPlan *
make_plan (FoveaGraph *graph,
           gsize batch,
           guint n_layers,
           const int *layers,
           FoveaPlanFlags flags)
{
  return make_plan_at (graph, batch, n_layers, layers, NULL, flags);
}

typedef struct {
  gint64 channels, height, width;
  gint64 outputs, kernel[2], stride[2], pad[4], dilation[2];
  gint64 groups; /* 0: one */
} Layer;

/* Every path through the kernels: first layers, with and without phases, 1×1, strides, phases without taps, padding on one
 * side, dilation, Winograd with large and small maps, with tiles that are cut and short ones, channels that do not fill a block,
 * more segments than one sum takes, maps of one pixel, groups within a block, across blocks and of one
 * channel each. */
static const Layer layers[] = {
  { 3, 23, 19, 33, { 7, 7 }, { 2, 2 }, { 3, 3, 3, 3 }, { 1, 1 } },
  { 3, 31, 30, 16, { 11, 11 }, { 4, 4 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 1, 9, 40, 5, { 3, 5 }, { 1, 2 }, { 0, 1, 2, 3 }, { 1, 1 } },
  { 4, 8, 8, 20, { 2, 2 }, { 3, 3 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 3, 12, 12, 8, { 3, 3 }, { 1, 1 }, { 2, 2, 2, 2 }, { 2, 2 } },
  { 64, 14, 14, 80, { 1, 1 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 40, 15, 13, 24, { 1, 1 }, { 2, 2 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 32, 9, 9, 32, { 1, 1 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 48, 17, 16, 64, { 3, 3 }, { 2, 2 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 32, 11, 11, 17, { 5, 5 }, { 3, 3 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 16, 18, 18, 32, { 3, 3 }, { 1, 1 }, { 2, 2, 2, 2 }, { 2, 2 } },
  { 32, 20, 20, 32, { 3, 3 }, { 2, 2 }, { 3, 3, 3, 3 }, { 3, 3 } },
  { 16, 10, 12, 32, { 1, 7 }, { 1, 1 }, { 0, 3, 0, 3 }, { 1, 1 } },
  { 32, 28, 28, 48, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 50, 13, 15, 33, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 32, 19, 14, 32, { 3, 3 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 48, 14, 13, 80, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 32, 38, 41, 32, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 64, 7, 7, 64, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 64, 8, 8, 48, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 320, 8, 8, 240, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 32, 8, 5, 48, { 3, 3 }, { 1, 1 }, { 0, 1, 1, 2 }, { 1, 1 } },
  { 32, 27, 26, 64, { 5, 5 }, { 1, 1 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 16, 13, 12, 16, { 5, 5 }, { 1, 1 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 32, 14, 18, 48, { 5, 5 }, { 1, 1 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 48, 15, 13, 33, { 5, 5 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 32, 5, 6, 16, { 5, 5 }, { 1, 1 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 16, 8, 7, 90, { 5, 5 }, { 1, 1 }, { 2, 2, 2, 2 }, { 1, 1 } },
  { 70, 4, 9, 20, { 5, 5 }, { 1, 1 }, { 4, 0, 0, 4 }, { 1, 1 } },
  { 24, 18, 35, 48, { 5, 5 }, { 1, 1 }, { 3, 1, 0, 2 }, { 1, 1 } },
  { 512, 7, 7, 40, { 3, 3 }, { 2, 2 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 256, 1, 1, 96, { 1, 1 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 } },
  { 16, 3, 3, 16, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 600, 4, 4, 32, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 64, 14, 17, 64, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 16 },
  { 128, 9, 9, 192, { 3, 3 }, { 2, 2 }, { 1, 1, 1, 1 }, { 1, 1 }, 2 },
  { 72, 12, 11, 48, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 3 },
  { 60, 8, 8, 90, { 1, 1 }, { 1, 1 }, { 0, 0, 0, 0 }, { 1, 1 }, 5 },
  { 40, 15, 13, 40, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 40 },
  { 32, 16, 21, 32, { 5, 5 }, { 2, 2 }, { 2, 2, 2, 2 }, { 1, 1 }, 32 },
  { 24, 19, 19, 24, { 3, 3 }, { 1, 1 }, { 2, 2, 2, 2 }, { 2, 2 }, 24 },
  { 20, 10, 10, 40, { 3, 3 }, { 2, 2 }, { 0, 1, 0, 1 }, { 1, 1 }, 20 },
  { 3, 10, 10, 6, { 3, 3 }, { 1, 1 }, { 1, 1, 1, 1 }, { 1, 1 }, 3 },
  { 3, 40, 37, 20, { 9, 9 }, { 3, 3 }, { 4, 4, 4, 4 }, { 1, 1 } },
  { 4, 33, 38, 16, { 5, 5 }, { 2, 2 }, { 0, 1, 2, 3 }, { 1, 1 } },
  { 1, 53, 60, 17, { 13, 14 }, { 4, 4 }, { 6, 3, 0, 9 }, { 1, 1 } },
  { 2, 30, 300, 40, { 6, 6 }, { 2, 2 }, { 1, 1, 1, 1 }, { 1, 1 } },
  { 40, 14, 13, 33, { 4, 4 }, { 1, 1 }, { 1, 2, 2, 1 }, { 1, 1 } },
};

static gint64
get_group_inputs (const Layer *layer)
{
  return layer->channels / MAX (layer->groups, 1);
}

static FoveaGraph *
make_layer_graph (const Layer *layer,
                  guint32 seed)
{
  FoveaGraph *graph = fovea_graph_new (layer->channels, layer->height, layer->width);
  GHashTable *parameters = tiny_parameters ("W", tiny_tensor (seed, 4, (gint64[]) { layer->outputs, get_group_inputs (layer), layer->kernel[0], layer->kernel[1] }));
  g_autofree char *attributes =
    g_strdup_printf ("{'strides': <[int64 %d, %d]>, 'pads': <[int64 %d, %d, %d, %d]>, 'dilations': <[int64 %d, %d]>, 'group': <int64 %d>}",
                     (int) layer->stride[0], (int) layer->stride[1], (int) layer->pad[0], (int) layer->pad[1], (int) layer->pad[2], (int) layer->pad[3],
                     (int) layer->dilation[0], (int) layer->dilation[1], (int) MAX (layer->groups, 1));

  g_hash_table_insert (parameters, g_strdup ("B"), tiny_tensor (seed + 1, 1, &layer->outputs));
  tiny_add (graph, "conv", "Conv", "input", attributes, parameters);
  tiny_finish (graph);
  return graph;
}

/* One image's convolution and, where @seed is given, its gradient, in double precision. */
static void
convolve (const Layer *layer,
          const FoveaShape *shape,
          const float *weights,
          const float *bias,
          const float *image,
          const float *seed,
          double *output,
          double *gradient)
{
  const gint64 n_inputs = get_group_inputs (layer), n_outputs = layer->outputs / MAX (layer->groups, 1);

  for (gint64 o = 0; o < layer->outputs; o++)
    for (gint64 y = 0; y < shape->height; y++)
      for (gint64 x = 0; x < shape->width; x++)
        {
          const gint64 place = (o * shape->height + y) * shape->width + x;

          output[place] = bias[o];
          for (gint64 c = o / n_outputs * n_inputs; c < (o / n_outputs + 1) * n_inputs; c++)
            for (gint64 ky = 0; ky < layer->kernel[0]; ky++)
              for (gint64 kx = 0; kx < layer->kernel[1]; kx++)
                {
                  const gint64 iy = y * layer->stride[0] - layer->pad[0] + ky * layer->dilation[0];
                  const gint64 ix = x * layer->stride[1] - layer->pad[1] + kx * layer->dilation[1];
                  const double weight = weights[((o * n_inputs + c % n_inputs) * layer->kernel[0] + ky) * layer->kernel[1] + kx];

                  if (iy < 0 || iy >= layer->height || ix < 0 || ix >= layer->width)
                    continue;
                  output[place] += weight * image[(c * layer->height + iy) * layer->width + ix];
                  gradient[(c * layer->height + iy) * layer->width + ix] += weight * seed[place];
                }
        }
}

/* The largest difference, in units of the largest value. */
static double
compare (const float *found,
         const double *expected,
         gsize n)
{
  double difference = 0, largest = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (isfinite (found[i]));
      difference = MAX (difference, fabs (found[i] - expected[i]));
      largest = MAX (largest, fabs (expected[i]));
    }
  g_assert_cmpfloat (largest, >, 0);
  return difference / largest;
}

typedef enum {
  UNIFORM,       /* in [-1, 1) */
  POSITIVE,      /* sums that do not cancel: rounding errors grow */
  BY_CHANNEL,    /* channels from 1e-4 to 1e4 */
  BY_PIXEL,      /* single pixels 1e4 times the others */
  BY_TURNS,      /* signs change from value to value, so that a transform's terms all add up */
  N_SCALES,
} Scale;

static void
fill (float *values,
      gint64 n_channels,
      gsize plane,
      guint32 seed,
      Scale scale)
{
  tiny_fill (values, (gsize) n_channels * plane, seed);
  for (gsize i = 0; i < (gsize) n_channels * plane; i++)
    switch (scale)
      {
      case POSITIVE:
        values[i] = fabsf (values[i]);
        break;
      case BY_CHANNEL:
        values[i] *= powf (10, 8 * (float) (i / plane) / (float) n_channels - 4);
        break;
      case BY_PIXEL:
        values[i] *= i % 37 == 5 ? 1e4f : 1;
        break;
      case BY_TURNS:
        values[i] = i % 2 == 0 ? fabsf (values[i]) : -fabsf (values[i]);
        break;
      case UNIFORM:
      case N_SCALES:
        break;
      }
}

static void
check_layer (guint index,
             Scale scale,
             FoveaPlanFlags flags,
             double limit)
{
  const Layer *layer = &layers[index];
  g_autoptr (FoveaGraph) graph = make_layer_graph (layer, 100 + 2 * index);
  g_autoptr (FoveaPlan) plan = make_plan (graph, 2, 1, (int[]) { 0 }, FOVEA_PLAN_GRADIENT | flags);
  const FoveaNode *node = fovea_graph_get_node (graph, 0);
  const FoveaShape *shape = fovea_plan_get_shape (plan, 0);
  const gsize n_inputs = (gsize) (layer->channels * layer->height * layer->width), n_outputs = fovea_shape_get_n_elements (shape);
  g_autofree float *images = g_new (float, 2 * n_inputs);
  g_autofree float *seed = g_new (float, 2 * n_outputs);
  g_autofree float *gradients = g_new (float, 2 * n_inputs);
  FoveaTensor *weights = g_hash_table_lookup (node->parameters, "W"), *bias = g_hash_table_lookup (node->parameters, "B");

  for (gsize i = 0; i < 2; i++)
    {
      fill (images + i * n_inputs, layer->channels, (gsize) (layer->height * layer->width), 300 + index + 1000 * (guint) i, scale);
      fill (seed + i * n_outputs, layer->outputs, (gsize) (shape->height * shape->width), 400 + index + 1000 * (guint) i, scale);
    }
  fovea_plan_forward (plan, images);
  fovea_plan_gradient (plan, (const float *[]) { seed }, gradients);
  for (gsize i = 0; i < 2; i++)
    {
      g_autofree double *output = g_new (double, n_outputs);
      g_autofree double *gradient = g_new0 (double, n_inputs);
      double error;

      convolve (layer, shape, weights->data, bias->data, images + i * n_inputs, seed + i * n_outputs, output, gradient);
      error = compare (fovea_plan_get_activation (plan, 0) + i * n_outputs, output, n_outputs);
      if (error > limit)
        g_error ("layer %u, scale %d: forward is off by %g", index, scale, error);
      error = compare (gradients + i * n_inputs, gradient, n_inputs);
      if (error > limit)
        g_error ("layer %u, scale %d: the gradient is off by %g", index, scale, error);
    }
}

static void
test_layers (gconstpointer data)
{
  if (kernel_sets_require (data) == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    for (Scale scale = 0; scale < N_SCALES; scale++)
      {
        check_layer (i, scale, FOVEA_PLAN_EXACT, 1e-5);
        check_layer (i, scale, FOVEA_PLAN_FORWARD, 1e-4);
      }
}

/* A graph of random layers: everything that can be fused, shared, sliced or has to go through an
 * operator's own layout. Without kinks, so that gradients can be compared value by value, or with. */
static FoveaGraph *
make_random_graph (guint32 seed,
                   gboolean kinks,
                   gint64 scale)
{
  static const gint64 widths[] = { 5, 16, 20, 32, 48 };
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  FoveaGraph *graph = fovea_graph_new (g_rand_boolean (random) ? 3 : 16, 14 * scale, 13 * scale);
  struct {
    char name[16];
    gint64 channels, size; /* the size as a number of halvings */
  } maps[32] = { { "input", fovea_graph_get_input_shape (graph)->channels, 0 } };
  guint n_maps = 1, n_layers = (guint) g_rand_int_range (random, 6, 20);

  while (n_maps <= n_layers)
    {
      const guint a = (guint) g_rand_int_range (random, MAX (0, (int) n_maps - 4), (int) n_maps), b = (guint) g_rand_int_range (random, 0, (int) n_maps);
      const gint64 width = widths[g_rand_int_range (random, 0, G_N_ELEMENTS (widths))];
      g_autofree char *name = g_strdup_printf ("n%u", n_maps);
      g_autofree char *inputs = g_strdup_printf ("%s %s", maps[a].name, maps[b].name);
      gint64 channels = maps[a].channels, size = maps[a].size;

      switch (g_rand_int_range (random, 0, 14))
        {
        case 0:
          tiny_add (graph, name, "Conv", maps[a].name, "{'pads': <[int64 1, 1, 1, 1]>}",
                    tiny_parameters ("W", tiny_tensor (seed + n_maps, 4, (gint64[]) { width, channels, 3, 3 })));
          channels = width;
          break;
        case 1:
          tiny_add (graph, name, "Conv", maps[a].name, "{'pads': <[int64 2, 2, 2, 2]>}",
                    tiny_parameters ("W", tiny_tensor (seed + n_maps, 4, (gint64[]) { width, channels, 5, 5 })));
          channels = width;
          break;
        case 2:
          tiny_add (graph, name, "Conv", maps[a].name, NULL, tiny_parameters ("W", tiny_tensor (seed + n_maps, 4, (gint64[]) { width, channels, 1, 1 })));
          channels = width;
          break;
        case 3:
          if (size == 2)
            continue;
          tiny_add (graph, name, "Conv", maps[a].name, "{'pads': <[int64 1, 1, 1, 1]>, 'strides': <[int64 2, 2]>}",
                    tiny_parameters ("W", tiny_tensor (seed + n_maps, 4, (gint64[]) { width, channels, 3, 3 })));
          channels = width;
          size++;
          break;
        case 4:
          if (channels % 4 != 0)
            continue;
          tiny_add (graph, name, "Conv", maps[a].name, "{'pads': <[int64 1, 1, 1, 1]>, 'group': <int64 4>}",
                    tiny_parameters ("W", tiny_tensor (seed + n_maps, 4, (gint64[]) { channels, channels / 4, 3, 3 })));
          break;
        case 5:
          {
            GHashTable *bn = tiny_parameters ("scale", tiny_tensor (seed + n_maps, 1, &channels));
            FoveaTensor *variance = tiny_tensor (seed + n_maps + 1, 1, &channels);

            for (gsize i = 0; i < variance->n_elements; i++)
              variance->data[i] = 20 + 10 * variance->data[i];
            g_hash_table_insert (bn, g_strdup ("B"), tiny_tensor (seed + n_maps + 2, 1, &channels));
            g_hash_table_insert (bn, g_strdup ("input_mean"), tiny_tensor (seed + n_maps + 3, 1, &channels));
            g_hash_table_insert (bn, g_strdup ("input_var"), variance);
            tiny_add (graph, name, "BatchNormalization", maps[a].name, NULL, bn);
          }
          break;
        case 6:
        case 7:
          tiny_add (graph, name, kinks ? "Relu" : "Dropout", maps[a].name, NULL, NULL);
          break;
        case 8:
          if (maps[b].channels != channels || maps[b].size != size)
            continue;
          tiny_add (graph, name, "Add", inputs, NULL, NULL);
          break;
        case 9:
          if (maps[b].size != size || channels + maps[b].channels > 200)
            continue;
          tiny_add (graph, name, "Concat", inputs, "{'axis': <int64 1>}", NULL);
          channels += maps[b].channels;
          break;
        case 10:
          tiny_add (graph, name, kinks && g_rand_boolean (random) ? "MaxPool" : "AveragePool", maps[a].name,
                    "{'kernel_shape': <[int64 3, 3]>, 'pads': <[int64 1, 1, 1, 1]>}", NULL);
          break;
        case 11:
          {
            static const struct {
              const char *operator, *attributes;
            } functions[] = {
              { "Sigmoid", NULL },
              { "Clip", "{'min': <0.5>, 'max': <3.0>}" },
              { "HardSwish", NULL },
              { "HardSigmoid", NULL },
              { "LeakyRelu", NULL },
            };
            const guint i = kinks ? (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (functions)) : 0;

            tiny_add (graph, name, functions[i].operator, maps[a].name, functions[i].attributes, NULL);
          }
          break;
        case 12:
          if (maps[b].channels != channels || maps[b].size != size)
            continue;
          tiny_add (graph, name, "Mul", inputs, NULL, NULL);
          break;
        default:
          tiny_add (graph, name, "LRN", maps[a].name, "{'size': <int64 5>, 'alpha': <0.01>}", NULL);
          break;
        }
      g_strlcpy (maps[n_maps].name, name, sizeof maps[n_maps].name);
      maps[n_maps].channels = channels;
      maps[n_maps].size = size;
      n_maps++;
    }

  if (scale == 1 && g_rand_boolean (random))
    {
      const gint64 height = 14 >> maps[n_maps - 1].size, width = maps[n_maps - 1].size == 0 ? 13 : maps[n_maps - 1].size == 1 ? 7 : 4;
      const gint64 n_inputs = maps[n_maps - 1].channels * (maps[n_maps - 1].size == 2 ? 4 : height) * width;
      GHashTable *first = tiny_parameters ("B", tiny_tensor (seed + 50, 2, (gint64[]) { 37, n_inputs }));
      GHashTable *second = tiny_parameters ("B", tiny_tensor (seed + 51, 2, (gint64[]) { 37, 10 }));

      g_hash_table_insert (first, g_strdup ("C"), tiny_tensor (seed + 52, 1, (gint64[]) { 37 }));
      tiny_add (graph, "flatten", "Flatten", maps[n_maps - 1].name, NULL, NULL);
      tiny_add (graph, "fc1", "Gemm", "flatten", "{'transB': <int64 1>, 'alpha': <0.5>}", first);
      tiny_add (graph, "fc1r", kinks ? "Relu" : "Identity", "fc1", NULL, NULL);
      tiny_add (graph, "fc2", "Gemm", "fc1r", "{'alpha': <1e-4>}", second);
      tiny_add (graph, "probabilities", "Softmax", "fc2", NULL, NULL);
    }
  else
    tiny_add (graph, "gap", "GlobalAveragePool", maps[n_maps - 1].name, NULL, NULL);
  fovea_graph_set_normalization (graph, fovea_graph_get_input_shape (graph)->channels == 3 ? (double[]) { 0.4, 0.5, 0.6 } : (double[16]) { 0 },
                                 fovea_graph_get_input_shape (graph)->channels == 3 ? (double[]) { 0.2, 0.3, 0.25 } : (double[]) { 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4 },
                                 (guint) fovea_graph_get_input_shape (graph)->channels, NULL);
  tiny_finish (graph);
  return graph;
}

static double
compare_norms (const float *found,
               const float *expected,
               gsize n)
{
  double difference = 0, norm = 0;

  for (gsize i = 0; i < n; i++)
    {
      difference += ((double) found[i] - expected[i]) * ((double) found[i] - expected[i]);
      norm += (double) expected[i] * expected[i];
    }
  return norm > 0 ? sqrt (difference / norm) : sqrt (difference);
}

/* Some layers of the graph, the output among them. */
static guint
choose_layers (const FoveaGraph *graph,
               guint32 seed,
               int *chosen)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint n = 0;

  for (guint i = 0; i + 1 < fovea_graph_get_n_nodes (graph) && n < 5; i++)
    if (g_rand_int_range (random, 0, 5) == 0)
      chosen[n++] = (int) i;
  chosen[n++] = fovea_graph_get_output (graph);
  return n;
}

typedef struct {
  guint n_layers;
  gsize n_values[8]; /* of one image */
  float *values[8];
  float *gradient;
} Results;

static void
results_clear (Results *results)
{
  for (guint i = 0; i < results->n_layers; i++)
    g_free (results->values[i]);
  g_free (results->gradient);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Results, results_clear)

static void
run_graph (FoveaGraph *graph,
           gsize batch,
           gsize first_image,
           guint n_layers,
           const int *layer_indices,
           const FoveaPlanPosition *positions,
           FoveaPlanFlags flags,
           gboolean redirect,
           Results *results)
{
  const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
  g_autoptr (FoveaPlan) plan = make_plan_at (graph, batch, n_layers, layer_indices, positions, FOVEA_PLAN_GRADIENT | flags);
  g_autofree float *images = g_new (float, batch * n_image);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  const float *seeds[8];

  for (gsize i = 0; i < batch; i++)
    tiny_fill (images + i * n_image, n_image, 77 + (guint32) (first_image + i));
  results->n_layers = n_layers;
  for (guint i = 0; i < n_layers; i++)
    {
      const gsize n = results->n_values[i] = fovea_shape_get_n_elements (fovea_plan_get_shape (plan, i));
      float *seed = g_new (float, batch * n);

      /* One layer in three has nothing to say. */
      for (gsize j = 0; j < batch; j++)
        tiny_fill (seed + j * n, n, 99 + i + 50 * (guint32) (first_image + j));
      g_ptr_array_add (owned, seed);
      seeds[i] = i % 3 == 1 ? NULL : seed;
    }
  fovea_plan_set_redirect_relu (plan, redirect);
  /* Twice: what is left of one run must not change the next. */
  for (guint round = 0; round < 2; round++)
    {
      fovea_plan_forward (plan, images);
      results->gradient = round == 0 ? g_new (float, batch * n_image) : results->gradient;
      fovea_plan_gradient (plan, seeds, results->gradient);
    }
  for (guint i = 0; i < n_layers; i++)
    results->values[i] = g_memdup2 (fovea_plan_get_activation (plan, i), batch * results->n_values[i] * sizeof (float));
}

static void
assert_close (const FoveaGraph *graph,
              guint32 seed,
              const Results *found,
              const Results *expected,
              gsize batch,
              double limit,
              double gradient_limit)
{
  const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
  double error;

  for (guint i = 0; i < expected->n_layers; i++)
    {
      error = compare_norms (found->values[i], expected->values[i], batch * expected->n_values[i]);
      if (!(error <= limit))
        g_error ("graph %u, wanted layer %u of %u is off by %g", seed, i, expected->n_layers, error);
    }
  error = compare_norms (found->gradient, expected->gradient, batch * n_image);
  if (!(error <= gradient_limit))
    g_error ("graph %u, the gradient is off by %g", seed, error);
}

/* A ReLU or a maximum that rounding turns over changes a gradient by much more than rounding itself; products of
 * maps lose a digit on the way back. */
static void
test_graphs (gconstpointer data)
{
  const guint32 n_graphs = g_test_slow () ? 400 : 60;

  if (kernel_sets_require (data) == NULL)
    return;
  for (guint32 seed = 0; seed < n_graphs; seed++)
    {
      const gboolean kinks = seed % 2 == 0;
      g_autoptr (FoveaGraph) graph = make_random_graph (1000 + 100 * seed, kinks, 1);
      int chosen[8];
      const guint n = choose_layers (graph, seed, chosen);
      g_auto (Results) expected = { 0 };
      g_auto (Results) exact = { 0 };
      g_auto (Results) fast = { 0 };
      g_auto (Results) redirected = { 0 };
      g_auto (Results) expected_redirected = { 0 };

      kernel_sets_use ("portable");
      run_graph (graph, 3, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &expected);
      run_graph (graph, 3, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, TRUE, &expected_redirected);
      kernel_sets_use (data);
      run_graph (graph, 3, 0, n, chosen, NULL, FOVEA_PLAN_EXACT, FALSE, &exact);
      run_graph (graph, 3, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &fast);
      run_graph (graph, 3, 0, n, chosen, NULL, FOVEA_PLAN_EXACT, TRUE, &redirected);
      assert_close (graph, seed, &exact, &expected, 3, 1e-5, kinks ? 0.05 : 3e-5);
      assert_close (graph, seed, &fast, &expected, 3, 1e-4, kinks ? 0.05 : 3e-4);
      assert_close (graph, seed, &redirected, &expected_redirected, 3, 1e-5, kinks ? 0.05 : 3e-5);
    }
}

/* Only what a position depends on is computed; its value and gradient are those of the whole map. */
static void
test_positions (gconstpointer data)
{
  const guint32 n_graphs = g_test_slow () ? 400 : 60;

  if (kernel_sets_require (data) == NULL)
    return;
  for (guint32 seed = 0; seed < n_graphs; seed++)
    {
      const gboolean kinks = seed % 2 == 0;
      g_autoptr (FoveaGraph) graph = make_random_graph (1000 + 100 * seed, kinks, 1);
      g_autoptr (GRand) random = g_rand_new_with_seed (seed);
      FoveaPlanPosition positions[8];
      int chosen[8];
      const guint n = choose_layers (graph, seed, chosen);
      g_auto (Results) expected = { 0 };
      g_auto (Results) found = { 0 };

      for (guint i = 0; i < n; i++)
        {
          const FoveaShape *shape = fovea_graph_get_shape (graph, (guint) chosen[i]);

          positions[i] = (FoveaPlanPosition) { g_rand_int_range (random, 0, (int) shape->height), g_rand_int_range (random, 0, (int) shape->width) };
          if (seed % 5 == 0 && i == 0)
            positions[i].y = FOVEA_PLAN_CENTRE;
          if (seed % 7 == 0 && i == 1)
            positions[i].y = FOVEA_PLAN_WHOLE;
        }
      /* All layers but one alone: with the output, most cones are the whole map. */
      for (guint first = 0; first < n; first++)
        {
          g_auto (Results) expected_alone = { 0 };
          g_auto (Results) found_alone = { 0 };

          kernel_sets_use ("portable");
          run_graph (graph, 2, 0, 1, chosen + first, positions + first, FOVEA_PLAN_FORWARD, FALSE, &expected_alone);
          kernel_sets_use (data);
          run_graph (graph, 2, 0, 1, chosen + first, positions + first, FOVEA_PLAN_FORWARD, FALSE, &found_alone);
          assert_close (graph, seed, &found_alone, &expected_alone, 2, 1e-4, kinks ? 0.05 : 3e-4);
        }
      kernel_sets_use ("portable");
      run_graph (graph, 2, 0, n, chosen, positions, FOVEA_PLAN_FORWARD, FALSE, &expected);
      kernel_sets_use (data);
      run_graph (graph, 2, 0, n, chosen, positions, FOVEA_PLAN_FORWARD, FALSE, &found);
      assert_close (graph, seed, &found, &expected, 2, 1e-4, kinks ? 0.05 : 3e-4);
    }
}

/* A unit's plan needs much less memory than its layer's, and outside of its receptive field there is
 * no gradient. */
static void
test_cone (void)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, 64, 64);
  const FoveaPlanPosition position = { 20, 30 }, outside = { 64, 0 };
  g_autoptr (FoveaPlan) whole = NULL;
  g_autoptr (FoveaPlan) unit = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree float *image = g_new (float, 3 * 64 * 64);
  g_autofree float *gradient = g_new (float, 3 * 64 * 64);
  float seed[16] = { 1 };
  gsize n_inside = 0;

  unsetenv ("FOVEA_KERNELS");
  tiny_add (graph, "first", "Conv", "input", "{'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", tiny_tensor (1, 4, (gint64[]) { 16, 3, 3, 3 })));
  tiny_add (graph, "second", "Conv", "first", "{'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", tiny_tensor (2, 4, (gint64[]) { 16, 16, 3, 3 })));
  tiny_finish (graph);
  whole = make_plan (graph, 1, 1, (int[]) { 1 }, FOVEA_PLAN_GRADIENT);
  unit = make_plan_at (graph, 1, 1, (int[]) { 1 }, &position, FOVEA_PLAN_GRADIENT);
  g_assert_false (fovea_plan_is_whole (unit, 0));
  g_assert_cmpint (fovea_plan_get_shape (unit, 0)->height, ==, 1);
  if (fovea_kernels_get () != NULL)
    g_assert_cmpuint (10 * fovea_plan_get_peak_bytes (unit), <, fovea_plan_get_peak_bytes (whole));

  tiny_fill (image, 3 * 64 * 64, 3);
  fovea_plan_forward (whole, image);
  fovea_plan_forward (unit, image);
  for (guint c = 0; c < 16; c++)
    g_assert_cmpfloat_with_epsilon (fovea_plan_get_activation (unit, 0)[c], fovea_plan_get_activation (whole, 0)[(c * 64 + 20) * 64 + 30], 1e-4);
  fovea_plan_gradient (unit, (const float *[]) { seed }, gradient);
  for (guint i = 0; i < 3 * 64 * 64; i++)
    {
      const gint64 y = i / 64 % 64, x = i % 64;
      const gboolean inside = ABS (y - 20) <= 2 && ABS (x - 30) <= 2;

      if (!inside)
        g_assert_cmpfloat (gradient[i], ==, 0);
      n_inside += gradient[i] != 0;
    }
  g_assert_cmpuint (n_inside, ==, 3 * 5 * 5);

  g_assert_null (fovea_plan_new_at (graph, 1, 64, 64, 1, (int[]) { 1 }, &outside, FOVEA_PLAN_FORWARD, &error));
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND);
}

/* The same bytes of every kind of convolution for one, two and three threads, and for an image alone and among so
 * many that work is cut in another way. */
static void
test_layers_same_bytes (gconstpointer data)
{
  const guint n_threads = fovea_parallel_get_n_threads ();

  if (kernel_sets_require (data) == NULL)
    return;
  for (guint index = 0; index < G_N_ELEMENTS (layers); index++)
    {
      g_autoptr (FoveaGraph) graph = make_layer_graph (&layers[index], 100 + 2 * index);
      const int layer = 0;
      const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
      g_auto (Results) all = { 0 };

      fovea_parallel_set_n_threads (1);
      run_graph (graph, 7, 0, 1, &layer, NULL, FOVEA_PLAN_FORWARD, FALSE, &all);
      for (guint threads = 1; threads <= 3; threads++)
        {
          g_auto (Results) other = { 0 };
          g_auto (Results) single = { 0 };

          fovea_parallel_set_n_threads (threads);
          run_graph (graph, 7, 0, 1, &layer, NULL, FOVEA_PLAN_FORWARD, FALSE, &other);
          g_assert_cmpmem (other.values[0], 7 * all.n_values[0] * sizeof (float), all.values[0], 7 * all.n_values[0] * sizeof (float));
          g_assert_cmpmem (other.gradient, 7 * n_image * sizeof (float), all.gradient, 7 * n_image * sizeof (float));
          run_graph (graph, 1, 5, 1, &layer, NULL, FOVEA_PLAN_FORWARD, FALSE, &single);
          g_assert_cmpmem (single.values[0], all.n_values[0] * sizeof (float), all.values[0] + 5 * all.n_values[0], all.n_values[0] * sizeof (float));
          g_assert_cmpmem (single.gradient, n_image * sizeof (float), all.gradient + 5 * n_image, n_image * sizeof (float));
        }
    }
  fovea_parallel_set_n_threads (n_threads);
}

/* The same bytes for one, two and three threads, and for an image alone and among others; and a layer
 * the same whatever is wanted beside it. */
static void
test_same_bytes (gconstpointer data)
{
  const guint n_threads = fovea_parallel_get_n_threads ();

  if (kernel_sets_require (data) == NULL)
    return;
  for (guint32 seed = 0; seed < 12; seed++)
    {
      g_autoptr (FoveaGraph) graph = make_random_graph (1000 + 100 * seed, seed % 2 == 0, 1);
      const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
      int chosen[8];
      const guint n = choose_layers (graph, seed, chosen);
      g_auto (Results) all = { 0 };

      fovea_parallel_set_n_threads (1);
      run_graph (graph, 5, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &all);
      for (guint threads = 2; threads <= 3; threads++)
        {
          g_auto (Results) other = { 0 };

          fovea_parallel_set_n_threads (threads);
          run_graph (graph, 5, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &other);
          for (guint i = 0; i < n; i++)
            g_assert_cmpmem (other.values[i], 5 * all.n_values[i] * sizeof (float), all.values[i], 5 * all.n_values[i] * sizeof (float));
          g_assert_cmpmem (other.gradient, 5 * n_image * sizeof (float), all.gradient, 5 * n_image * sizeof (float));
        }
      for (gsize image = 0; image < 5; image += 2)
        {
          g_auto (Results) single = { 0 };

          run_graph (graph, 1, image, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &single);
          for (guint i = 0; i < n; i++)
            g_assert_cmpmem (single.values[i], all.n_values[i] * sizeof (float), all.values[i] + image * all.n_values[i], all.n_values[i] * sizeof (float));
          g_assert_cmpmem (single.gradient, n_image * sizeof (float), all.gradient + image * n_image, n_image * sizeof (float));
        }
      for (guint i = 0; i < n; i++)
        {
          g_auto (Results) alone = { 0 };

          run_graph (graph, 5, 0, 1, &chosen[i], NULL, FOVEA_PLAN_FORWARD, FALSE, &alone);
          g_assert_cmpmem (alone.values[0], 5 * all.n_values[i] * sizeof (float), all.values[i], 5 * all.n_values[i] * sizeof (float));
        }
    }
  fovea_parallel_set_n_threads (n_threads);
}

static GHashTable *
make_normalization (guint32 seed,
                    gint64 n_channels)
{
  static const char *const names[] = { "scale", "B", "input_mean", "input_var" };
  g_autoptr (GHashTable) parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      FoveaTensor *tensor = tiny_tensor (seed + i, 1, &n_channels);

      for (gsize c = 0; i == 3 && c < tensor->n_elements; c++)
        tensor->data[c] = 0.01f + fabsf (tensor->data[c]);
      g_hash_table_insert (parameters, g_strdup (names[i]), tensor);
    }
  return g_steal_pointer (&parameters);
}

static GHashTable *
make_weights (guint32 seed,
              gint64 n_outputs,
              gint64 n_inputs,
              gint64 size,
              gboolean with_bias)
{
  GHashTable *parameters = tiny_parameters ("W", tiny_tensor (seed, 4, (gint64[]) { n_outputs, n_inputs, size, size }));

  if (with_bias)
    g_hash_table_insert (parameters, g_strdup ("B"), tiny_tensor (seed + 1, 1, &n_outputs));
  return parameters;
}

/* Every convolution before a batch normalization: of the images, in one go and in pieces with a sum behind it, by
 * Winograd's transforms, depthwise. */
static FoveaGraph *
make_normalized_graph (void)
{
  FoveaGraph *graph = fovea_graph_new (3, 14, 14);

  tiny_add (graph, "first", "Conv", "input", "{'pads': <[int64 1, 1, 1, 1]>}", make_weights (1, 480, 3, 3, TRUE));
  tiny_add (graph, "first-bn", "BatchNormalization", "first", NULL, make_normalization (11, 480));
  tiny_add (graph, "first-relu", "Relu", "first-bn", NULL, NULL);
  tiny_add (graph, "depthwise", "Conv", "first-relu", "{'pads': <[int64 1, 1, 1, 1]>, 'group': <int64 480>}", make_weights (2, 480, 1, 3, FALSE));
  tiny_add (graph, "depthwise-bn", "BatchNormalization", "depthwise", NULL, make_normalization (22, 480));
  tiny_add (graph, "pieces", "Conv", "depthwise-bn", "{'pads': <[int64 2, 2, 2, 2]>, 'dilations': <[int64 2, 2]>}", make_weights (3, 480, 480, 3, TRUE));
  tiny_add (graph, "pieces-bn", "BatchNormalization", "pieces", NULL, make_normalization (33, 480));
  tiny_add (graph, "sum", "Add", "pieces-bn first-relu", NULL, NULL);
  tiny_add (graph, "sum-relu", "Relu", "sum", NULL, NULL);
  tiny_add (graph, "winograd", "Conv", "sum-relu", "{'pads': <[int64 1, 1, 1, 1]>}", make_weights (4, 32, 480, 3, FALSE));
  tiny_add (graph, "winograd-bn", "BatchNormalization", "winograd", NULL, make_normalization (44, 32));
  tiny_add (graph, "point", "Conv", "winograd-bn", NULL, make_weights (5, 40, 32, 1, FALSE));
  tiny_add (graph, "point-bn", "BatchNormalization", "point", NULL, make_normalization (55, 40));
  tiny_add (graph, "point-relu", "Relu", "point-bn", NULL, NULL);
  tiny_finish (graph);
  return graph;
}

static guint
count_convolutions (FoveaGraph *graph,
                    guint n_wanted,
                    const int *wanted,
                    FoveaPlanFlags flags)
{
  const guint n_nodes = fovea_graph_get_n_nodes (graph);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autofree gboolean *needed = g_new (gboolean, n_nodes);
  g_autofree FoveaShape *shapes = g_new (FoveaShape, n_nodes);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaBlockedPlan) plan = NULL;
  guint n = 0;

  for (guint i = 0; i < n_nodes; i++)
    needed[i] = TRUE;
  fovea_graph_infer_shapes (graph, input, needed, shapes, &error);
  g_assert_no_error (error);
  plan = fovea_blocked_plan_new (fovea_kernels_get (), graph, 1, input, needed, shapes, n_wanted, wanted, NULL, flags, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < plan->steps->len; i++)
    {
      const FoveaStepKind kind = fovea_blocked_plan_get_step (plan, i)->kind;

      n += kind == FOVEA_STEP_CONVOLUTION || kind == FOVEA_STEP_FIRST_LAYER;
    }
  return n;
}

/* Where convolutions in front of batch normalizations are wanted, each still runs once unless there is a way back, and all
 * layers have the bytes that they have alone. */
static void
test_convolutions_before_normalizations (gconstpointer data)
{
  g_autoptr (FoveaGraph) graph = make_normalized_graph ();
  const guint n_nodes = fovea_graph_get_n_nodes (graph);
  int wanted[2][8]; /* the convolutions and the last layer; all others */
  guint n_wanted[2] = { 0, 0 };

  for (guint i = 0; i < n_nodes; i++)
    {
      const guint which = i + 1 == n_nodes || g_str_equal (fovea_graph_get_node (graph, i)->operator->name, "Conv") ? 0 : 1;

      g_assert_cmpuint (n_wanted[which], <, G_N_ELEMENTS (wanted[which]));
      wanted[which][n_wanted[which]++] = (int) i;
    }
  g_assert_cmpuint (n_wanted[0], ==, 6);
  if (kernel_sets_require (data) == NULL)
    return;
  for (guint flags = FOVEA_PLAN_FORWARD; flags <= FOVEA_PLAN_GRADIENT; flags++)
    g_assert_cmpuint (count_convolutions (graph, 1, &wanted[0][5], flags), ==, 5);
  g_assert_cmpuint (count_convolutions (graph, 6, wanted[0], FOVEA_PLAN_FORWARD), ==, 5);
  g_assert_cmpuint (count_convolutions (graph, 6, wanted[0], FOVEA_PLAN_GRADIENT), ==, 10);
  for (guint which = 0; which < 2; which++)
    {
      g_auto (Results) among = { 0 };
      g_auto (Results) portable = { 0 };

      g_assert_true (kernel_sets_use (data));
      run_graph (graph, 2, 0, n_wanted[which], wanted[which], NULL, FOVEA_PLAN_FORWARD, FALSE, &among);
      for (guint i = 0; i < n_wanted[which]; i++)
        {
          const gsize n_bytes = 2 * among.n_values[i] * sizeof (float);
          g_auto (Results) alone = { 0 };

          run_graph (graph, 2, 0, 1, &wanted[which][i], NULL, FOVEA_PLAN_FORWARD, FALSE, &alone);
          g_assert_cmpmem (alone.values[0], n_bytes, among.values[i], n_bytes);
        }
      g_assert_true (kernel_sets_use ("portable"));
      run_graph (graph, 2, 0, n_wanted[which], wanted[which], NULL, FOVEA_PLAN_FORWARD, FALSE, &portable);
      assert_close (graph, which, &among, &portable, 2, 1e-4, 0.05);
    }
}

/* Of large maps, a batch's images take turns, a few at a time: the same bytes again. */
static void
test_turns (gconstpointer data)
{
  if (kernel_sets_require (data) == NULL)
    return;
  for (guint32 seed = 0; seed < 10; seed++)
    {
      g_autoptr (FoveaGraph) graph = make_random_graph (1000 + 100 * seed, seed % 2 == 0, 8);
      const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
      int chosen[8];
      const guint n = choose_layers (graph, seed, chosen);
      g_auto (Results) all = { 0 };

      run_graph (graph, 4, 0, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &all);
      for (gsize image = 0; image < 4; image++)
        {
          g_auto (Results) single = { 0 };

          run_graph (graph, 1, image, n, chosen, NULL, FOVEA_PLAN_FORWARD, FALSE, &single);
          for (guint i = 0; i < n; i++)
            g_assert_cmpmem (single.values[i], all.n_values[i] * sizeof (float), all.values[i] + image * all.n_values[i], all.n_values[i] * sizeof (float));
          g_assert_cmpmem (single.gradient, n_image * sizeof (float), all.gradient + image * n_image, n_image * sizeof (float));
        }
    }
}

/* Images that take turns need one's memory. */
static void
test_turns_share_memory (void)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (3, 112, 112);
  const int output = 3;
  g_autoptr (FoveaPlan) one = NULL;
  g_autoptr (FoveaPlan) many = NULL;

  unsetenv ("FOVEA_KERNELS");
  if (fovea_kernels_get () == NULL)
    {
      g_test_skip ("there are no kernels for this processor");
      return;
    }
  tiny_add (graph, "a", "Conv", "input", "{'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", tiny_tensor (1, 4, (gint64[]) { 48, 3, 3, 3 })));
  tiny_add (graph, "b", "Conv", "a", "{'pads': <[int64 1, 1, 1, 1]>}", tiny_parameters ("W", tiny_tensor (2, 4, (gint64[]) { 48, 48, 3, 3 })));
  tiny_add (graph, "c", "Conv", "b", NULL, tiny_parameters ("W", tiny_tensor (3, 4, (gint64[]) { 48, 48, 1, 1 })));
  tiny_add (graph, "gap", "GlobalAveragePool", "c", NULL, NULL);
  tiny_finish (graph);
  fovea_parallel_set_n_threads (1);
  one = make_plan (graph, 1, 1, &output, FOVEA_PLAN_FORWARD);
  many = make_plan (graph, 16, 1, &output, FOVEA_PLAN_FORWARD);
  g_assert_cmpuint (fovea_plan_get_peak_bytes (many), <, 2 * fovea_plan_get_peak_bytes (one));
  fovea_parallel_set_n_threads (g_get_num_processors ());
}

/* A plan goes on working when the pool grows. */
static void
test_more_threads_later (void)
{
  const guint n_threads = fovea_parallel_get_n_threads ();
  g_autoptr (FoveaGraph) graph = make_layer_graph (&layers[13], 1);
  const gsize n_image = fovea_shape_get_n_elements (fovea_graph_get_input_shape (graph));
  g_autofree float *image = g_new (float, 4 * n_image);
  g_autofree float *first = NULL;
  g_autoptr (FoveaPlan) plan = NULL;
  gsize n_bytes;

  unsetenv ("FOVEA_KERNELS");
  tiny_fill (image, 4 * n_image, 5);
  fovea_parallel_set_n_threads (1);
  plan = make_plan (graph, 4, 1, (int[]) { 0 }, FOVEA_PLAN_FORWARD);
  n_bytes = 4 * fovea_shape_get_n_elements (fovea_plan_get_shape (plan, 0)) * sizeof (float);
  fovea_plan_forward (plan, image);
  first = g_memdup2 (fovea_plan_get_activation (plan, 0), n_bytes);
  fovea_parallel_set_n_threads (4);
  fovea_plan_forward (plan, image);
  g_assert_cmpmem (fovea_plan_get_activation (plan, 0), n_bytes, first, n_bytes);
  fovea_parallel_set_n_threads (n_threads);
}

/* Plans of one graph share their packed weights. */
static void
test_packed_weights_are_shared (void)
{
  g_autoptr (FoveaGraph) graph = make_layer_graph (&layers[5], 1);
  g_autoptr (FoveaPlan) first = NULL;
  g_autoptr (FoveaPlan) second = NULL;
  gsize bytes;

  unsetenv ("FOVEA_KERNELS");
  if (fovea_kernels_get () == NULL)
    {
      g_test_skip ("there are no kernels for this processor");
      return;
    }
  g_assert_cmpuint (fovea_graph_get_packed_bytes (graph), ==, 0);
  first = make_plan (graph, 1, 1, (int[]) { 0 }, FOVEA_PLAN_FORWARD);
  bytes = fovea_graph_get_packed_bytes (graph);
  g_assert_cmpuint (bytes, ==, 64 * 80 * sizeof (float));
  second = make_plan (graph, 7, 1, (int[]) { 0 }, FOVEA_PLAN_FORWARD);
  g_assert_cmpuint (fovea_graph_get_packed_bytes (graph), ==, bytes);
}

static void
test_not_a_number (void)
{
  g_autoptr (FoveaGraph) graph = fovea_graph_new (16, 2, 2);
  g_autoptr (FoveaPlan) plan = NULL;
  float image[64];

  unsetenv ("FOVEA_KERNELS");
  tiny_add (graph, "relu", "Relu", "input", NULL, NULL);
  tiny_add (graph, "pool", "MaxPool", "relu", "{'kernel_shape': <[int64 2, 2]>}", NULL);
  tiny_finish (graph);
  plan = make_plan (graph, 1, 2, (int[]) { 0, 1 }, FOVEA_PLAN_FORWARD);
  for (guint i = 0; i < 64; i++)
    image[i] = -1;
  image[4] = NAN;
  image[8] = 3;
  fovea_plan_forward (plan, image);
  g_assert_true (isnan (fovea_plan_get_activation (plan, 0)[4]));
  g_assert_cmpfloat (fovea_plan_get_activation (plan, 0)[0], ==, 0);
  g_assert_true (isnan (fovea_plan_get_activation (plan, 1)[1]));
  g_assert_cmpfloat (fovea_plan_get_activation (plan, 1)[2], ==, 3);
  g_assert_cmpfloat (fovea_plan_get_activation (plan, 1)[3], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  kernel_sets_add_test ("/blocked/layers", test_layers);
  kernel_sets_add_test ("/blocked/graphs", test_graphs);
  kernel_sets_add_test ("/blocked/positions", test_positions);
  kernel_sets_add_test ("/blocked/layers-same-bytes", test_layers_same_bytes);
  kernel_sets_add_test ("/blocked/same-bytes", test_same_bytes);
  kernel_sets_add_test ("/blocked/before-normalizations", test_convolutions_before_normalizations);
  kernel_sets_add_test ("/blocked/turns", test_turns);
  g_test_add_func ("/blocked/turns-share-memory", test_turns_share_memory);
  g_test_add_func ("/blocked/cone", test_cone);
  g_test_add_func ("/blocked/more-threads-later", test_more_threads_later);
  g_test_add_func ("/blocked/packed-weights-are-shared", test_packed_weights_are_shared);
  g_test_add_func ("/blocked/not-a-number", test_not_a_number);
  return g_test_run ();
}
