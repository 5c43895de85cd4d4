/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/receptive-field.h"

/* Sizes and strides beyond this are those of no image; stopping there keeps the arithmetic exact. */
#define LIMIT (G_GINT64_CONSTANT (1) << 40)

/* What the node sees through one of its inputs along one axis. With the input's unit u at
 * [u * stride + offset, … + size), the node's unit y sees units y * s - p + k * d, k = 0 … kernel-1. */
static void
compose (const FoveaReceptiveField *input,
         const FoveaWindow *window,
         const FoveaShape *input_shape,
         guint axis,
         FoveaReceptiveField *result)
{
  gint64 map_size = axis == 0 ? input_shape->height : input_shape->width;
  gint64 first = window->whole_map ? 0 : -window->pad_begin[axis];
  gint64 extent = window->whole_map ? map_size - 1 : (window->kernel[axis] - 1) * window->dilation[axis];
  gint64 stride = window->whole_map ? 1 : window->stride[axis];

  result->size[axis] = (gint64) MIN (input->size[axis] + (__int128) extent * input->stride[axis], LIMIT);
  result->stride[axis] = (gint64) MIN ((__int128) input->stride[axis] * stride, LIMIT);
  result->offset[axis] = (gint64) MAX (input->offset[axis] + (__int128) first * input->stride[axis], -LIMIT);
}

static void
unite (FoveaReceptiveField *a,
       const FoveaReceptiveField *b,
       guint axis)
{
  gint64 begin = MIN (a->offset[axis], b->offset[axis]);
  gint64 end = MAX (a->offset[axis] + a->size[axis], b->offset[axis] + b->size[axis]);

  a->offset[axis] = begin;
  a->size[axis] = end - begin;
  a->stride[axis] = MAX (a->stride[axis], b->stride[axis]);
}

/**
 * fovea_receptive_fields_compute:
 * @graph: a graph whose shapes are known
 * @receptive_fields: (out): one for each node
 *
 * Composes the nodes' windows along the graph; where branches join, the union. A layer that sees
 * the whole map (Flatten, GlobalAveragePool) keeps its input's stride, which says nothing any more,
 * since such a layer has one position only. Branches of different strides can only join where one
 * of them has a single position; the larger stride is kept there.
 */
void
fovea_receptive_fields_compute (const FoveaGraph *graph,
                                FoveaReceptiveField *receptive_fields)
{
  static const FoveaReceptiveField pixel = { { 1, 1 }, { 1, 1 }, { 0, 0 } };

  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_inputs; j++)
        {
          gboolean is_image = node->inputs[j] == FOVEA_GRAPH_INPUT;
          const FoveaReceptiveField *input = is_image ? &pixel : &receptive_fields[node->inputs[j]];
          const FoveaShape *input_shape = is_image ? fovea_graph_get_input_shape (graph) : fovea_graph_get_shape (graph, node->inputs[j]);
          FoveaWindow window = { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, FALSE };
          FoveaReceptiveField seen;

          if (node->operator->get_window != NULL)
            node->operator->get_window (node, input_shape, &window);
          for (guint axis = 0; axis < 2; axis++)
            {
              compose (input, &window, input_shape, axis, &seen);
              if (j > 0)
                unite (&receptive_fields[i], &seen, axis);
            }
          if (j == 0)
            receptive_fields[i] = seen;
        }
    }
}

/**
 * fovea_receptive_field_get_box:
 * @y, @x: the unit
 * @height, @width: the image's size
 * @box: (out): x0, y0, x1, y1 in pixels, x1 and y1 exclusive, clipped to the image
 *
 * The pixels that a unit sees.
 */
void
fovea_receptive_field_get_box (const FoveaReceptiveField *receptive_field,
                               gint64 y,
                               gint64 x,
                               gint64 height,
                               gint64 width,
                               gint64 box[4])
{
  gint64 top = y * receptive_field->stride[0] + receptive_field->offset[0];
  gint64 left = x * receptive_field->stride[1] + receptive_field->offset[1];

  box[0] = CLAMP (left, 0, width);
  box[1] = CLAMP (top, 0, height);
  box[2] = CLAMP (left + receptive_field->size[1], 0, width);
  box[3] = CLAMP (top + receptive_field->size[0], 0, height);
}
