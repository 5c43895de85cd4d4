/* From a graph's nodes to steps: which nodes are computed together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/pointwise.h"
#include "engine/blocked/steps.h"

/* While the graph is gone through. A value that nothing reads yet may still be extended by the step
 * that reads it alone: a ReLU, a sum. */
typedef struct {
  FoveaBlockedPlan *plan;
  const gboolean *needed;
  const FoveaShape *shapes;
  gboolean *wanted;
  guint *n_readers;     /* of each node's output, among the needed nodes; those that only pass it on count for their readers */
  guint *n_all_readers; /* among all nodes */
  int *last_readers;    /* of each node's output, among the needed nodes, or -1 */
  int *values;          /* of each node, or -1 */
  int images;           /* the value of the images as a map, or -1 */
} Fusion;

static const char *
get_operator (const Fusion *fusion,
              int node)
{
  return fovea_graph_get_node (fusion->plan->graph, (guint) node)->operator->name;
}

/* Whether the node passes on what it reads, perhaps under another shape. */
static gboolean
is_view (const Fusion *fusion,
         int node)
{
  const FoveaNode *self = fovea_graph_get_node (fusion->plan->graph, (guint) node);

  return self->inputs[0] != FOVEA_GRAPH_INPUT &&
         (g_str_equal (self->operator->name, "Flatten") || g_str_equal (self->operator->name, "Dropout") || g_str_equal (self->operator->name, "Identity"));
}

static int
skip_views (const Fusion *fusion,
            int node)
{
  while (node != FOVEA_GRAPH_INPUT && is_view (fusion, node))
    node = fovea_graph_get_node (fusion->plan->graph, (guint) node)->inputs[0];
  return node;
}

static void
count_readers (Fusion *fusion)
{
  const guint n_nodes = fovea_graph_get_n_nodes (fusion->plan->graph);

  for (guint i = 0; i < n_nodes; i++)
    {
      const FoveaNode *node = fovea_graph_get_node (fusion->plan->graph, i);

      if (is_view (fusion, (int) i))
        continue;
      for (guint j = 0; j < node->n_inputs; j++)
        {
          const int source = skip_views (fusion, node->inputs[j]);

          if (source == FOVEA_GRAPH_INPUT)
            continue;
          fusion->n_all_readers[source]++;
          if (fusion->needed[i])
            {
              fusion->n_readers[source]++;
              fusion->last_readers[source] = (int) i;
            }
        }
    }
}

static int
add_value (Fusion *fusion,
           gint64 channels,
           gint64 height,
           gint64 width)
{
  FoveaBlockedPlan *plan = fusion->plan;
  const int index = (int) plan->values->len;
  const FoveaValue value = {
    .channels = channels,
    .height = height,
    .width = width,
    .producer = plan->steps->len,
    .memory_place = { index, 0 },
    .gradient_place = { index, 0 },
    .signs_place = { index, 0 },
  };

  g_array_append_val (plan->values, value);
  return index;
}

static int
get_images (Fusion *fusion)
{
  FoveaBlockedPlan *plan = fusion->plan;

  if (fusion->images < 0)
    {
      const FoveaShape *shape = &plan->input_shape;
      FoveaStep step = { .kind = FOVEA_STEP_IMAGES, .normalization = -1, .addend = -1 };

      fusion->images = step.output = add_value (fusion, shape->channels, shape->height, shape->width);
      g_array_append_val (plan->steps, step);
    }
  return fusion->images;
}

static int
get_input (Fusion *fusion,
           const FoveaNode *node,
           guint input)
{
  const int source = skip_views (fusion, node->inputs[input]);

  return source == FOVEA_GRAPH_INPUT ? get_images (fusion) : fusion->values[source];
}

static gint64
get_n_groups (const FoveaNode *node,
              gint64 n_input_channels)
{
  const FoveaTensor *weights = g_hash_table_lookup (node->parameters, "W");

  return n_input_channels / weights->shape[1];
}

/* First layers read the images themselves. What has more phases than pays goes by its operator. */
static FoveaStepKind
choose_convolution (const Fusion *fusion,
                    const FoveaNode *node)
{
  const FoveaShape *input = node->inputs[0] == FOVEA_GRAPH_INPUT ? &fusion->plan->input_shape : &fusion->shapes[node->inputs[0]];
  FoveaWindow window;

  node->operator->get_window (node, input, &window);
  if (window.stride[0] * window.stride[1] > 64)
    return FOVEA_STEP_OPERATOR;
  if (node->inputs[0] == FOVEA_GRAPH_INPUT && input->channels < FOVEA_BLOCK &&
      get_n_groups (node, input->channels) == 1 && window.dilation[0] == 1 && window.dilation[1] == 1 &&
      window.stride[0] * window.stride[1] * input->channels <= 16 * FOVEA_BLOCK)
    return FOVEA_STEP_FIRST_LAYER;
  return FOVEA_STEP_CONVOLUTION;
}

static gboolean
can_pool (const Fusion *fusion,
          const FoveaNode *node)
{
  const FoveaShape *input = node->inputs[0] == FOVEA_GRAPH_INPUT ? &fusion->plan->input_shape : &fusion->shapes[node->inputs[0]];
  FoveaWindow window;

  node->operator->get_window (node, input, &window);
  /* The number of a tap has to fit into a byte. */
  return window.dilation[0] == 1 && window.dilation[1] == 1 && window.kernel[0] * window.kernel[1] <= 255;
}

static gboolean
have_same_map (const FoveaBlockedPlan *plan,
               int a,
               int b)
{
  const FoveaValue *x = fovea_blocked_plan_get_value (plan, a), *y = fovea_blocked_plan_get_value (plan, b);

  return x->channels == y->channels && x->height == y->height && x->width == y->width;
}

/* Whether every input starts at a whole block of the output. */
static gboolean
can_concatenate (Fusion *fusion,
                 const FoveaNode *node)
{
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const FoveaValue *value = fovea_blocked_plan_get_value (fusion->plan, get_input (fusion, node, i));
      const FoveaValue *first = fovea_blocked_plan_get_value (fusion->plan, get_input (fusion, node, 0));

      if (i + 1 < node->n_inputs && value->channels % FOVEA_BLOCK != 0)
        return FALSE;
      if (value->height != first->height || value->width != first->width)
        return FALSE;
    }
  return TRUE;
}

static FoveaStepKind
choose_kind (Fusion *fusion,
             const FoveaNode *node,
             const FoveaShape *shape)
{
  const char *name = node->operator->name;

  if (g_str_equal (name, "Conv"))
    return choose_convolution (fusion, node);
  if (g_str_equal (name, "Gemm"))
    return FOVEA_STEP_DENSE;
  if (g_str_equal (name, "BatchNormalization") && !shape->flat)
    return FOVEA_STEP_AFFINE;
  if (g_str_equal (name, "Relu"))
    return FOVEA_STEP_RELU;
  if ((g_str_equal (name, "Add") || g_str_equal (name, "Sum")) && node->n_inputs == 2 &&
      have_same_map (fusion->plan, get_input (fusion, node, 0), get_input (fusion, node, 1)))
    return FOVEA_STEP_ADD;
  if (fovea_pointwise_is_suitable (node) &&
      (node->n_inputs == 1 || have_same_map (fusion->plan, get_input (fusion, node, 0), get_input (fusion, node, 1))))
    return FOVEA_STEP_POINTWISE;
  if (g_str_equal (name, "Concat") && !shape->flat && can_concatenate (fusion, node))
    return FOVEA_STEP_CONCAT;
  if (g_str_equal (name, "MaxPool") && can_pool (fusion, node))
    return FOVEA_STEP_MAX_POOL;
  if (g_str_equal (name, "AveragePool") && can_pool (fusion, node))
    return FOVEA_STEP_AVERAGE_POOL;
  if (g_str_equal (name, "GlobalAveragePool"))
    return FOVEA_STEP_GLOBAL_AVERAGE;
  return FOVEA_STEP_OPERATOR;
}

/* Whether the step that computes @value may still do more to it before anybody reads it. */
static gboolean
is_extensible (const Fusion *fusion,
               int node)
{
  return node != FOVEA_GRAPH_INPUT && fusion->n_readers[node] == 1 && !fusion->wanted[node];
}

static gboolean
fuse_relu (Fusion *fusion,
           const FoveaNode *node)
{
  const int source = skip_views (fusion, node->inputs[0]);
  FoveaStep *step;
  FoveaValue *value;

  if (source == FOVEA_GRAPH_INPUT || !is_extensible (fusion, source))
    return FALSE;
  value = fovea_blocked_plan_get_value (fusion->plan, fusion->values[source]);
  step = fovea_blocked_plan_get_step (fusion->plan, value->producer);
  switch (step->kind)
    {
    case FOVEA_STEP_FIRST_LAYER:
    case FOVEA_STEP_CONVOLUTION:
    case FOVEA_STEP_DENSE:
    case FOVEA_STEP_AFFINE:
    case FOVEA_STEP_ADD:
      break;
    default:
      return FALSE;
    }
  if (step->relu)
    return FALSE;
  step->relu = value->relu = TRUE;
  return TRUE;
}

/* A sum becomes part of the convolution that computes one of its two terms, if the other one is there
 * by then. */
static gboolean
fuse_add (Fusion *fusion,
          const FoveaNode *node,
          int *value)
{
  int sources[2], values[2];
  int host = -1;

  for (guint i = 0; i < 2; i++)
    {
      sources[i] = skip_views (fusion, node->inputs[i]);
      values[i] = get_input (fusion, node, i);
    }
  if (values[0] == values[1])
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      const FoveaValue *mine = fovea_blocked_plan_get_value (fusion->plan, values[i]);
      const FoveaValue *other = fovea_blocked_plan_get_value (fusion->plan, values[1 - i]);
      const FoveaStep *step = fovea_blocked_plan_get_step (fusion->plan, mine->producer);

      if (sources[i] != FOVEA_GRAPH_INPUT && is_extensible (fusion, sources[i]) && step->kind == FOVEA_STEP_CONVOLUTION &&
          !step->relu && step->addend < 0 && other->producer < mine->producer)
        host = (int) i;
    }
  if (host < 0)
    return FALSE;
  fovea_blocked_plan_get_step (fusion->plan, fovea_blocked_plan_get_value (fusion->plan, values[host])->producer)->addend = values[1 - host];
  *value = values[host];
  return TRUE;
}

static int
add_step (Fusion *fusion,
          guint index,
          FoveaStepKind kind,
          int normalization)
{
  FoveaBlockedPlan *plan = fusion->plan;
  const FoveaNode *node = fovea_graph_get_node (plan->graph, index);
  const FoveaShape *shape = &fusion->shapes[index];
  FoveaStep step = { .kind = kind, .node = index, .normalization = normalization, .n_inputs = node->n_inputs, .addend = -1 };
  gint64 channels = shape->channels, height = shape->height, width = shape->width;

  step.inputs = g_new (int, node->n_inputs);
  for (guint i = 0; i < node->n_inputs; i++)
    step.inputs[i] = kind == FOVEA_STEP_FIRST_LAYER ? FOVEA_IMAGES : get_input (fusion, node, i);
  if (kind == FOVEA_STEP_RELU || kind == FOVEA_STEP_ADD || kind == FOVEA_STEP_POINTWISE)
    {
      const FoveaValue *input = fovea_blocked_plan_get_value (plan, step.inputs[0]);

      channels = input->channels;
      height = input->height;
      width = input->width;
    }
  step.output = add_value (fusion, channels, height, width);
  if (kind == FOVEA_STEP_RELU)
    step.relu = fovea_blocked_plan_get_value (plan, step.output)->relu = TRUE;
  g_array_append_val (plan->steps, step);
  return step.output;
}

/* A batch normalization that alone reads a convolution is computed with it. Where somebody wants to see
 * the convolution itself, a plan that only runs forward makes it a step of its own, with the same operations and so
 * the same bytes. On the way back the two would differ in the last bits: a plan with gradient computes the convolution
 * besides, so that a layer's gradient does not depend on what else is wanted. Returns the convolution, or -1. */
static int
find_normalized (const Fusion *fusion,
             int index)
{
  const FoveaNode *node = fovea_graph_get_node (fusion->plan->graph, (guint) index);
  int source;

  if (!g_str_equal (node->operator->name, "BatchNormalization") || fusion->shapes[index].flat)
    return -1;
  source = skip_views (fusion, node->inputs[0]);
  if (source == FOVEA_GRAPH_INPUT || (fusion->wanted[source] && !(fusion->plan->flags & FOVEA_PLAN_GRADIENT)) || !g_str_equal (get_operator (fusion, source), "Conv") || fusion->n_all_readers[source] != 1 ||
      choose_convolution (fusion, fovea_graph_get_node (fusion->plan->graph, (guint) source)) == FOVEA_STEP_OPERATOR)
    return -1;
  return source;
}

static void
add_node (Fusion *fusion,
          guint index)
{
  const FoveaNode *node = fovea_graph_get_node (fusion->plan->graph, index);
  const char *name = node->operator->name;
  int value = -1, convolution;

  if (is_view (fusion, (int) index))
    {
      const int source = skip_views (fusion, (int) index);

      fusion->values[index] = fusion->values[source];
      return;
    }
  if (!fusion->wanted[index] && fusion->last_readers[index] >= 0 && find_normalized (fusion, fusion->last_readers[index]) == (int) index)
    return;
  convolution = find_normalized (fusion, (int) index);
  if (convolution >= 0)
    {
      fusion->values[index] = add_step (fusion, (guint) convolution,
                                        choose_convolution (fusion, fovea_graph_get_node (fusion->plan->graph, (guint) convolution)), (int) index);
      return;
    }
  if (g_str_equal (name, "Relu") && fuse_relu (fusion, node))
    {
      fusion->values[index] = fusion->values[skip_views (fusion, node->inputs[0])];
      return;
    }

  {
    const FoveaStepKind kind = choose_kind (fusion, node, &fusion->shapes[index]);

    if (kind == FOVEA_STEP_ADD && fuse_add (fusion, node, &value))
      fusion->values[index] = value;
    else
      fusion->values[index] = add_step (fusion, index, kind, -1);
  }
}

/**
 * fovea_blocked_plan_list_consumers:
 *
 * Notes in each value who reads it, and whether it is wanted, once all steps are there.
 */
void
fovea_blocked_plan_list_consumers (FoveaBlockedPlan *plan)
{
  for (guint pass = 0; pass < 2; pass++)
    for (guint s = 0; s < plan->steps->len; s++)
      {
        const FoveaStep *step = fovea_blocked_plan_get_step (plan, s);

        for (guint i = 0; i < step->n_inputs + 1; i++)
          {
            const int input = i < step->n_inputs ? step->inputs[i] : step->addend;
            FoveaValue *value;

            if (input < 0)
              continue;
            value = fovea_blocked_plan_get_value (plan, input);
            if (pass == 1)
              value->consumers[value->n_consumers] = s;
            value->n_consumers++;
          }
        if (s + 1 == plan->steps->len && pass == 0)
          for (guint v = 0; v < plan->values->len; v++)
            {
              FoveaValue *value = fovea_blocked_plan_get_value (plan, (int) v);

              value->consumers = g_new (guint, MAX (value->n_consumers, 1));
              value->n_consumers = 0;
            }
      }
  for (guint i = 0; i < plan->n_wanted; i++)
    fovea_blocked_plan_get_value (plan, plan->wanted[i].value)->is_wanted = TRUE;
}

/**
 * fovea_blocked_plan_fuse:
 * @needed: which nodes the wanted layers depend on
 * @shapes: of each needed node's output
 * @layers: (array length=n_layers): the wanted layers
 * @positions: (array length=n_layers) (nullable): where in each of them
 *
 * Makes the plan's steps, values and wanted layers, without memory. What a wanted layer's values are
 * does not depend on what else is wanted.
 */
void
fovea_blocked_plan_fuse (FoveaBlockedPlan *plan,
                         const gboolean *needed,
                         const FoveaShape *shapes,
                         guint n_layers,
                         const int *layers,
                         const FoveaPlanPosition *positions)
{
  const guint n_nodes = fovea_graph_get_n_nodes (plan->graph);
  g_autofree gboolean *wanted = g_new0 (gboolean, n_nodes);
  g_autofree guint *n_readers = g_new0 (guint, n_nodes);
  g_autofree guint *n_all_readers = g_new0 (guint, n_nodes);
  g_autofree int *last_readers = g_new (int, n_nodes);
  g_autofree int *values = g_new (int, n_nodes);
  Fusion fusion = {
    .plan = plan,
    .needed = needed,
    .shapes = shapes,
    .wanted = wanted,
    .n_readers = n_readers,
    .n_all_readers = n_all_readers,
    .last_readers = last_readers,
    .values = values,
    .images = -1,
  };

  for (guint i = 0; i < n_layers; i++)
    wanted[skip_views (&fusion, layers[i])] = TRUE;
  for (guint i = 0; i < n_nodes; i++)
    values[i] = last_readers[i] = -1;
  count_readers (&fusion);
  for (guint i = 0; i < n_nodes; i++)
    if (needed[i])
      add_node (&fusion, i);

  plan->n_wanted = n_layers;
  plan->wanted = g_new0 (FoveaWanted, n_layers);
  for (guint i = 0; i < n_layers; i++)
    {
      plan->wanted[i].value = values[layers[i]];
      plan->wanted[i].shape = shapes[layers[i]];
      plan->wanted[i].y = plan->wanted[i].x = -1;
      if (positions != NULL && positions[i].y >= 0)
        {
          plan->wanted[i].shape.height = plan->wanted[i].shape.width = 1;
          plan->wanted[i].y = positions[i].y;
          plan->wanted[i].x = positions[i].x;
        }
    }
}
