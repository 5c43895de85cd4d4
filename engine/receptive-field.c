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

/* Whether the node repeats this input along its maps, as a factor for each channel. */
static gboolean
is_repeated (const FoveaNode *node,
             const FoveaShape *input_shape,
             const FoveaShape *shape,
             guint axis)
{
  const gint64 input_size = axis == 0 ? input_shape->height : input_shape->width;
  const gint64 size = axis == 0 ? shape->height : shape->width;

  return node->operator->get_window == NULL && input_size == 1 && size > 1;
}

/* A repeated input sees the same pixels for every unit of the node. A field that moves on from unit to unit covers
 * them for all units if it is longer by the way from the first unit to the last. */
static void
unite_repeated (FoveaReceptiveField *a,
                const FoveaReceptiveField *seen,
                guint axis,
                gint64 map_size)
{
  FoveaReceptiveField moving = *seen;
  const gint64 way = (gint64) MIN ((__int128) (map_size - 1) * a->stride[axis], LIMIT);

  moving.offset[axis] = MAX (seen->offset[axis] - way, -LIMIT);
  moving.size[axis] = MIN (seen->size[axis] + way, LIMIT);
  moving.stride[axis] = a->stride[axis];
  unite (a, &moving, axis);
}

static void
compute_axis (const FoveaGraph *graph,
              guint index,
              guint axis,
              FoveaReceptiveField *receptive_fields)
{
  static const FoveaReceptiveField pixel = { { 1, 1 }, { 1, 1 }, { 0, 0 } };
  const FoveaNode *node = fovea_graph_get_node (graph, index);
  const FoveaShape *shape = fovea_graph_get_shape (graph, index);
  FoveaReceptiveField *field = &receptive_fields[index];
  gboolean found = FALSE;

  for (guint repeated = 0; repeated < 2; repeated++)
    for (guint j = 0; j < node->n_inputs; j++)
      {
        const gboolean is_image = node->inputs[j] == FOVEA_GRAPH_INPUT;
        const FoveaReceptiveField *input = is_image ? &pixel : &receptive_fields[node->inputs[j]];
        const FoveaShape *input_shape = is_image ? fovea_graph_get_input_shape (graph) : fovea_graph_get_shape (graph, (guint) node->inputs[j]);
        FoveaWindow window = { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 }, FALSE };
        FoveaReceptiveField seen;

        if (is_repeated (node, input_shape, shape, axis) != (repeated == 1))
          continue;
        if (node->operator->get_window != NULL)
          node->operator->get_window (node, input_shape, &window);
        compose (input, &window, input_shape, axis, &seen);
        if (!found)
          {
            field->size[axis] = seen.size[axis];
            field->stride[axis] = seen.stride[axis];
            field->offset[axis] = seen.offset[axis];
          }
        else if (repeated == 1)
          unite_repeated (field, &seen, axis, axis == 0 ? shape->height : shape->width);
        else
          unite (field, &seen, axis);
        found = TRUE;
      }
}

/**
 * fovea_receptive_fields_compute:
 * @graph: a graph whose shapes are known
 * @receptive_fields: (out): one for each node
 *
 * Composes the nodes' windows along the graph; where branches join, the union. A layer that sees
 * the whole map (Flatten, GlobalAveragePool) keeps its input's stride, which says nothing any more,
 * since such a layer has one position only. Branches of different strides can only join where one
 * of them has a single position; the larger stride is kept there. A branch with a single position
 * that is repeated along a map (a squeeze-and-excitation block) makes the field of every unit there
 * cover what that branch sees.
 */
void
fovea_receptive_fields_compute (const FoveaGraph *graph,
                                FoveaReceptiveField *receptive_fields)
{
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    for (guint axis = 0; axis < 2; axis++)
      compute_axis (graph, i, axis, receptive_fields);
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
