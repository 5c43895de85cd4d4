/* Which part of each value the wanted positions depend on: their cone of influence.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/steps.h"

/* Rows [begin[0], end[0]) and columns [begin[1], end[1]) of a whole map; empty where end is 0. */
typedef struct {
  gint64 begin[2];
  gint64 end[2];
} Box;

static void
unite (Box *box,
       const Box *other)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      box->begin[axis] = box->end[axis] == 0 ? other->begin[axis] : MIN (box->begin[axis], other->begin[axis]);
      box->end[axis] = MAX (box->end[axis], other->end[axis]);
    }
}

static Box
get_whole (const FoveaValue *value)
{
  return (Box) { .end = { value->height, value->width } };
}

/* What a window sees of a map, for outputs in a box. A window that sees nothing but padding gets one
 * position, which it does not read. */
static Box
look_through (const FoveaWindow *window,
              const FoveaShape *shape,
              const Box *outputs)
{
  Box box;

  for (guint axis = 0; axis < 2; axis++)
    {
      const gint64 size = axis == 0 ? shape->height : shape->width;
      const gint64 begin = outputs->begin[axis] * window->stride[axis] - window->pad_begin[axis];
      const gint64 end = (outputs->end[axis] - 1) * window->stride[axis] - window->pad_begin[axis] +
                         (window->kernel[axis] - 1) * window->dilation[axis] + 1;

      box.begin[axis] = CLAMP (begin, 0, size - 1);
      box.end[axis] = CLAMP (end, box.begin[axis] + 1, size);
    }
  return box;
}

static gboolean
works_value_by_value (FoveaStepKind kind)
{
  return kind == FOVEA_STEP_ADD || kind == FOVEA_STEP_RELU || kind == FOVEA_STEP_AFFINE || kind == FOVEA_STEP_POINTWISE ||
         kind == FOVEA_STEP_CONCAT;
}

/* Adds to its inputs' boxes what a step reads of them. */
static void
mark_inputs (FoveaBlockedPlan *plan,
             FoveaStep *step,
             const FoveaShape *shapes,
             Box *boxes)
{
  for (guint i = 0; i < step->n_inputs; i++)
    {
      Box box;

      switch (step->kind)
        {
        case FOVEA_STEP_FIRST_LAYER:
        case FOVEA_STEP_CONVOLUTION:
        case FOVEA_STEP_MAX_POOL:
        case FOVEA_STEP_AVERAGE_POOL:
          {
            const FoveaNode *node = fovea_graph_get_node (plan->graph, step->node);
            const FoveaShape *shape = node->inputs[0] == FOVEA_GRAPH_INPUT ? &plan->input_shape : &shapes[node->inputs[0]];
            FoveaWindow window;

            node->operator->get_window (node, shape, &window);
            box = look_through (&window, shape, &boxes[step->output]);
          }
          break;
        default:
          box = works_value_by_value (step->kind) ? boxes[step->output] : get_whole (fovea_blocked_plan_get_value (plan, step->inputs[i]));
          break;
        }
      if (step->kind == FOVEA_STEP_FIRST_LAYER)
        for (guint axis = 0; axis < 2; axis++)
          {
            step->image_origin[axis] = box.begin[axis];
            step->image_size[axis] = box.end[axis] - box.begin[axis];
          }
      else
        unite (&boxes[step->inputs[i]], &box);
    }
  if (step->addend >= 0)
    unite (&boxes[step->addend], &boxes[step->output]);
}

static gboolean
are_equal (const Box *a,
           const Box *b)
{
  return a->begin[0] == b->begin[0] && a->begin[1] == b->begin[1] && a->end[0] == b->end[0] && a->end[1] == b->end[1];
}

/* A step that copies a part of a value, for a reader that needs less of it than others. */
static int
add_crop (FoveaBlockedPlan *plan,
          GArray *steps,
          int source,
          const Box *box)
{
  const int index = (int) plan->values->len;
  FoveaStep step = { .kind = FOVEA_STEP_CROP, .normalization = -1, .n_inputs = 1, .addend = -1, .output = index };
  FoveaValue value = {
    .channels = fovea_blocked_plan_get_value (plan, source)->channels,
    .height = box->end[0] - box->begin[0],
    .width = box->end[1] - box->begin[1],
    .origin = { box->begin[0], box->begin[1] },
    .producer = steps->len,
    .memory_place = { index, 0 },
    .gradient_place = { index, 0 },
    .signs_place = { index, 0 },
  };

  step.inputs = g_new (int, 1);
  step.inputs[0] = source;
  g_array_append_val (plan->values, value);
  g_array_append_val (steps, step);
  return index;
}

static void
insert_crops (FoveaBlockedPlan *plan,
              const Box *boxes)
{
  GArray *steps = g_array_new (FALSE, TRUE, sizeof (FoveaStep));

  for (guint s = 0; s < plan->steps->len; s++)
    {
      FoveaStep step = g_array_index (plan->steps, FoveaStep, s);
      const Box *box = &boxes[step.output];

      for (guint i = 0; i < step.n_inputs && works_value_by_value (step.kind); i++)
        if (!are_equal (&boxes[step.inputs[i]], box))
          step.inputs[i] = add_crop (plan, steps, step.inputs[i], box);
      if (step.addend >= 0 && !are_equal (&boxes[step.addend], box))
        step.addend = add_crop (plan, steps, step.addend, box);
      fovea_blocked_plan_get_value (plan, step.output)->producer = steps->len;
      g_array_append_val (steps, step);
    }
  for (guint i = 0; i < plan->n_wanted; i++)
    {
      FoveaWanted *wanted = &plan->wanted[i];
      const Box box = { .begin = { wanted->y, wanted->x }, .end = { wanted->y + 1, wanted->x + 1 } };

      if (wanted->y >= 0 && !are_equal (&boxes[wanted->value], &box))
        wanted->value = add_crop (plan, steps, wanted->value, &box);
    }
  g_array_unref (plan->steps);
  plan->steps = steps;
}

/**
 * fovea_blocked_plan_crop:
 * @shapes: of each needed node's output
 *
 * Reduces each value to what the wanted positions depend on, where only positions are wanted. What
 * lies outside of a whole map is still padding, and what was cut off is never read.
 */
void
fovea_blocked_plan_crop (FoveaBlockedPlan *plan,
                         const FoveaShape *shapes)
{
  g_autofree Box *boxes = g_new0 (Box, plan->values->len);
  const guint n_values = plan->values->len;
  gboolean any = FALSE;

  for (guint i = 0; i < plan->steps->len; i++)
    {
      FoveaStep *step = fovea_blocked_plan_get_step (plan, i);

      step->image_size[0] = plan->input_shape.height;
      step->image_size[1] = plan->input_shape.width;
    }
  for (guint i = 0; i < plan->n_wanted; i++)
    {
      const FoveaWanted *wanted = &plan->wanted[i];
      Box box = get_whole (fovea_blocked_plan_get_value (plan, wanted->value));

      if (wanted->y >= 0)
        {
          any = TRUE;
          box = (Box) { .begin = { wanted->y, wanted->x }, .end = { wanted->y + 1, wanted->x + 1 } };
        }
      unite (&boxes[wanted->value], &box);
    }
  if (!any)
    return;

  for (guint i = plan->steps->len; i-- > 0;)
    {
      FoveaStep *step = fovea_blocked_plan_get_step (plan, i);

      /* These compute all of a map or nothing. */
      if (step->kind == FOVEA_STEP_OPERATOR || step->kind == FOVEA_STEP_IMAGES)
        boxes[step->output] = get_whole (fovea_blocked_plan_get_value (plan, step->output));
      mark_inputs (plan, step, shapes, boxes);
    }
  insert_crops (plan, boxes);
  for (guint i = 0; i < n_values; i++)
    {
      FoveaValue *value = fovea_blocked_plan_get_value (plan, (int) i);

      value->height = boxes[i].end[0] - boxes[i].begin[0];
      value->width = boxes[i].end[1] - boxes[i].begin[1];
      value->origin[0] = boxes[i].begin[0];
      value->origin[1] = boxes[i].begin[1];
    }
}
