/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include <math.h>

#define TILE_STEPS 32

/* The shorter side of a tile's image, for networks whose input is much larger: the picture is shown small, and what a
 * layer of a convolutional network detects shows in an image of half its input's size. In a quarter of the time. */
#define TILE_SIZE 112
#define LARGE_INPUT 160

/* How far a tile's steps go in all: less than the robust preset's, because few long steps end in
 * harder contrasts than many short ones. By eye. */
#define TILE_DISTANCE 32.0

/* Likewise for a filter's picture, by √(number of values): a filter that uses all its pixels alike
 * then has this contrast, one that is concentrated on a few has more there. */
#define FILTER_STEPS 4
#define FILTER_CONTRAST 0.16

/**
 * fovea_maximize_options_init_for_tile:
 * @options: (out): the options
 * @network: the network
 *
 * Options for one of many small pictures that have to be there soon: the robust preset with few,
 * longer steps. It is the same for every network, also the standard one of a pair, so that what
 * differs between two tiles is the networks' doing.
 */
void
fovea_maximize_options_init_for_tile (FoveaMaximizeOptions *options,
                                      const FoveaNetwork *network)
{
  fovea_maximize_options_init (options, FOVEA_PRESET_ROBUST, network);
  options->steps = TILE_STEPS;
  options->learning_rate = TILE_DISTANCE / TILE_STEPS;
}

/* Whether a layer's units are weighted sums of the pixels that they see. */
static gboolean
is_affine (const FoveaGraph *graph,
           int layer)
{
  static const char *const affine_operators[] = { "Conv", "BatchNormalization", "AveragePool", "Identity", "Dropout", NULL };

  while (layer != FOVEA_GRAPH_INPUT)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, (guint) layer);

      if (node->n_inputs != 1 || !g_strv_contains (affine_operators, node->operator->name))
        return FALSE;
      layer = node->inputs[0];
    }
  return TRUE;
}

/* A unit that sees its whole receptive field, and the image of which that field is the centre. */
static gboolean
find_whole_field (const FoveaGraph *graph,
                  int layer,
                  gint64 position[2],
                  gint64 size[2])
{
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, (guint) layer);
  const FoveaShape *image = fovea_graph_get_input_shape (graph);

  for (guint i = 0; i < 2; i++)
    {
      gint64 start;

      position[i] = field->offset[i] < 0 ? (-field->offset[i] + field->stride[i] - 1) / field->stride[i] : 0;
      start = position[i] * field->stride[i] + field->offset[i];
      size[i] = 2 * start + field->size[i];
    }
  return size[0] <= image->height / 2 && size[1] <= image->width / 2;
}

/* Whether a layer can be computed from an image of another size: no layer in front of it depends on the size. */
static gboolean
can_have_size (const FoveaGraph *graph,
               int layer,
               gint64 height,
               gint64 width)
{
  guint n_nodes = fovea_graph_get_n_nodes (graph);
  FoveaShape input = *fovea_graph_get_input_shape (graph);
  g_autofree gboolean *wanted = g_new0 (gboolean, n_nodes);
  g_autofree FoveaShape *shapes = g_new0 (FoveaShape, n_nodes);

  input.height = height;
  input.width = width;
  /* Nodes are in the order in which they run. */
  for (int i = layer; i >= 0; i--)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, (guint) i);

      wanted[i] |= i == layer;
      for (guint k = 0; wanted[i] && k < node->n_inputs; k++)
        if (node->inputs[k] != FOVEA_GRAPH_INPUT)
          wanted[node->inputs[k]] = TRUE;
    }
  return fovea_graph_infer_shapes (graph, &input, wanted, shapes, NULL);
}

/* A smaller image where the network's is large. */
static void
shrink (FoveaMaximizeOptions *options,
        const FoveaGraph *graph,
        int layer)
{
  guint shorter = MIN (options->height, options->width);
  guint height, width;

  if (shorter < LARGE_INPUT)
    return;
  height = (guint) ((guint64) options->height * TILE_SIZE / shorter);
  width = (guint) ((guint64) options->width * TILE_SIZE / shorter);
  if (!can_have_size (graph, layer, height, width))
    return;
  options->height = height;
  options->width = width;
}

/**
 * fovea_maximize_init_tile:
 * @options: (out): how; the same for all channels of a layer
 * @objective: (out): for what
 * @network: the network
 * @neuron: a channel of a layer of @network
 *
 * What shows a channel best in a small picture, which is smaller than the network's input where that is large and the
 * layer does not depend on its size. Usually that is what raises the mean of its map, with
 * fovea_maximize_options_init_for_tile(). But where a layer's units are weighted sums of small
 * neighbourhoods of pixels, as a first convolution's are, that mean only depends on the image's mean
 * colour; there it is the filter itself: the image of one unit's receptive field that differs from
 * grey by a given length and raises the unit most.
 */
void
fovea_maximize_init_tile (FoveaMaximizeOptions *options,
                          FoveaObjective *objective,
                          const FoveaNetwork *network,
                          const FoveaNeuron *neuron)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  FoveaNeuron channel = { neuron->layer, neuron->channel, -1, -1 };
  gint64 position[2], size[2];

  fovea_maximize_options_init_for_tile (options, network);
  shrink (options, graph, neuron->layer);
  if (is_affine (graph, neuron->layer) && find_whole_field (graph, neuron->layer, position, size))
    {
      channel.y = position[0];
      channel.x = position[1];
      options->height = (guint) size[0];
      options->width = (guint) size[1];
      options->parameterization = FOVEA_PARAMETERIZATION_PIXELS;
      options->decorrelate_color = FALSE;
      options->noise = 0;
      options->steps = FILTER_STEPS;
      options->learning_rate = FILTER_CONTRAST * sqrt (3.0 * (double) (size[0] * size[1])) / FILTER_STEPS;
    }
  fovea_objective_init_neuron (objective, &channel);
}
