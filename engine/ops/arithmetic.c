/* Add, Sub, Mul and Div: element by element, of two inputs or of one and a constant.
 *
 * An axis on which one of the two has size 1 is repeated (ONNX's broadcasting): a factor a channel, a
 * map for all channels, one number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/kernels/multiversion.h"
#include "engine/ops/operators.h"
#include "engine/ops/planes.h"
#include "engine/parallel.h"

typedef enum {
  OPERATION_ADD,
  OPERATION_SUBTRACT,
  OPERATION_MULTIPLY,
  OPERATION_DIVIDE,
} Operation;

/* A constant operand: the parameter A, before the input, or B, behind it. */
typedef struct {
  Operation operation;
  const FoveaTensor *constant; /* [C, H, W], sizes of 1 are repeated; NULL with two inputs */
  guint constant_side;         /* 0 or 1 */
} Arithmetic;

/* One of the two operands in a run. */
typedef struct {
  const float *data; /* NULL in a gradient run that does not need it */
  float *gradient;   /* NULL where it is not wanted */
  gint64 sizes[3];
  gsize image; /* elements from one image to the next */
} Operand;

static gboolean
prepare (FoveaNode *node,
         Operation operation,
         GError **error)
{
  static const char *const names[2] = { "A", "B" };
  Arithmetic arithmetic = { .operation = operation };

  for (guint side = 0; side < 2; side++)
    if (fovea_node_has_parameter (node, names[side]))
      {
        if (arithmetic.constant != NULL || node->n_inputs == 2)
          {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' has more than two operands", node->name);
            return FALSE;
          }
        arithmetic.constant = fovea_node_get_parameter (node, names[side], 3, (gint64[]) { -1, -1, -1 }, error);
        arithmetic.constant_side = side;
        if (arithmetic.constant == NULL)
          return FALSE;
      }
  if (arithmetic.constant == NULL && node->n_inputs < 2)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "node '%s' (%s) has one input and no parameter A or B", node->name, node->operator->name);
      return FALSE;
    }
  node->prepared = g_memdup2 (&arithmetic, sizeof arithmetic);
  return TRUE;
}

static gboolean
add_prepare (FoveaNode *node,
             GError **error)
{
  return prepare (node, OPERATION_ADD, error);
}

static gboolean
sub_prepare (FoveaNode *node,
             GError **error)
{
  return prepare (node, OPERATION_SUBTRACT, error);
}

static gboolean
mul_prepare (FoveaNode *node,
             GError **error)
{
  return prepare (node, OPERATION_MULTIPLY, error);
}

static gboolean
div_prepare (FoveaNode *node,
             GError **error)
{
  return prepare (node, OPERATION_DIVIDE, error);
}

static void
get_sizes (const FoveaShape *shape,
           gint64 sizes[3])
{
  sizes[0] = shape->channels;
  sizes[1] = shape->height;
  sizes[2] = shape->width;
}

static gboolean
arithmetic_infer_shape (const FoveaNode *node,
                        const FoveaShape *input_shapes,
                        FoveaShape *output_shape,
                        GError **error)
{
  const Arithmetic *arithmetic = node->prepared;
  const gboolean has_constant = arithmetic->constant != NULL;
  gint64 a[3], b[3], sizes[3];
  gboolean fits = TRUE;
  gsize n_elements;

  get_sizes (&input_shapes[0], a);
  if (!has_constant)
    {
      get_sizes (&input_shapes[1], b);
      fits = input_shapes[0].flat == input_shapes[1].flat;
    }
  for (guint axis = 0; axis < 3; axis++)
    {
      if (has_constant)
        b[axis] = arithmetic->constant->shape[axis];
      fits = fits && b[axis] >= 1 && (a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1);
      sizes[axis] = MAX (a[axis], b[axis]);
    }
  fits = fits && (!input_shapes[0].flat || (sizes[1] == 1 && sizes[2] == 1));
  if (!fits)
    {
      g_autofree char *first = fovea_tensor_describe_shape (input_shapes[0].flat ? 1 : 3, a);
      g_autofree char *second = fovea_tensor_describe_shape (!has_constant && input_shapes[1].flat ? 1 : 3, b);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "node '%s' (%s) cannot combine an input of shape %s with %s of shape %s", node->name,
                   node->operator->name, first, has_constant ? "a constant" : "one", second);
      return FALSE;
    }
  if (!fovea_tensor_count_elements (3, sizes, &n_elements, error))
    {
      g_prefix_error (error, "the output of node '%s': ", node->name);
      return FALSE;
    }
  *output_shape = (FoveaShape) { .channels = sizes[0], .height = sizes[1], .width = sizes[2], .flat = input_shapes[0].flat };
  return TRUE;
}

static void
get_operands (const FoveaOperatorContext *context,
              Operand operands[2])
{
  const Arithmetic *arithmetic = context->node->prepared;
  guint input = 0;

  for (guint side = 0; side < 2; side++)
    {
      Operand *operand = &operands[side];

      *operand = (Operand) { 0 };
      if (arithmetic->constant != NULL && arithmetic->constant_side == side)
        {
          operand->data = arithmetic->constant->data;
          for (guint axis = 0; axis < 3; axis++)
            operand->sizes[axis] = arithmetic->constant->shape[axis];
        }
      else
        {
          const FoveaShape *shape = &context->input_shapes[input];

          operand->data = context->inputs[input];
          operand->gradient = context->input_gradients != NULL ? context->input_gradients[input] : NULL;
          get_sizes (shape, operand->sizes);
          operand->image = fovea_shape_get_n_elements (shape);
          input++;
        }
    }
}

/* Where an operand's row begins that belongs to the output's row. */
static gsize
get_row (const Operand *operand,
         gsize image,
         gsize channel,
         gsize y)
{
  return image * operand->image +
         ((operand->sizes[0] > 1 ? channel : 0) * (gsize) operand->sizes[1] + (operand->sizes[1] > 1 ? y : 0)) * (gsize) operand->sizes[2];
}

/* How many of the output's elements, one behind the other, can be done with one step in each operand: a whole plane, or a
 * row. */
static gsize
get_run (const Operand operands[2],
         const FoveaShape *shape)
{
  const gsize plane = (gsize) (shape->height * shape->width);

  for (guint side = 0; side < 2; side++)
    {
      const gboolean whole = operands[side].sizes[1] == shape->height && operands[side].sizes[2] == shape->width;
      const gboolean single = operands[side].sizes[1] == 1 && operands[side].sizes[2] == 1;

      if (!whole && !single)
        return (gsize) shape->width;
    }
  return plane;
}

#define LOOP(expression)                                      \
  do                                                          \
    {                                                         \
      _Pragma ("GCC ivdep")                                   \
      for (gsize i = 0; i < n; i++)                           \
        {                                                     \
          const float x = a[i * a_step], y = b[i * b_step];   \
          output[i] = (expression);                           \
        }                                                     \
    }                                                         \
  while (FALSE)

/* With each step known, so that the loops become vector code. */
static inline __attribute__ ((always_inline)) void
compute_steps (Operation operation,
               const float *a,
               gsize a_step,
               const float *b,
               gsize b_step,
               float *output,
               gsize n)
{
  switch (operation)
    {
    case OPERATION_ADD:
      LOOP (x + y);
      break;
    case OPERATION_SUBTRACT:
      LOOP (x - y);
      break;
    case OPERATION_MULTIPLY:
      LOOP (x * y);
      break;
    case OPERATION_DIVIDE:
      LOOP (x / y);
      break;
    }
}

FOVEA_MULTIVERSION static void
compute_run (Operation operation,
             const float *a,
             gsize a_step,
             const float *b,
             gsize b_step,
             float *output,
             gsize n)
{
  if (a_step != 0 && b_step != 0)
    compute_steps (operation, a, 1, b, 1, output, n);
  else if (a_step != 0)
    compute_steps (operation, a, 1, b, 0, output, n);
  else if (b_step != 0)
    compute_steps (operation, a, 0, b, 1, output, n);
  else
    compute_steps (operation, a, 0, b, 0, output, n);
}

/* 0 where the operand is repeated along a run. */
static gsize
get_step (const Operand *operand,
          gsize run)
{
  return operand->sizes[2] > 1 || (run > 1 && (gsize) operand->sizes[1] == run);
}

static void
compute_planes (gsize begin,
                gsize end,
                const FoveaOperatorContext *context)
{
  const Arithmetic *arithmetic = context->node->prepared;
  const FoveaShape *shape = &context->output_shape;
  const gsize plane = (gsize) (shape->height * shape->width);
  Operand operands[2];
  gsize run;

  get_operands (context, operands);
  run = get_run (operands, shape);
  for (gsize p = begin; p < end; p++)
    for (gsize first = 0; first < plane; first += run)
      {
        const gsize image = p / (gsize) shape->channels, channel = p % (gsize) shape->channels, y = first / (gsize) shape->width;

        compute_run (arithmetic->operation,
                     operands[0].data + get_row (&operands[0], image, channel, y), get_step (&operands[0], run),
                     operands[1].data + get_row (&operands[1], image, channel, y), get_step (&operands[1], run),
                     context->output + p * plane + first, run);
      }
}

static void
arithmetic_forward (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;

  fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), compute_planes);
}

#define GRADIENT_LOOP(expression)                                     \
  do                                                                  \
    {                                                                 \
      if (step != 0)                                                  \
        for (gsize i = 0; i < n; i++)                                 \
          target[i] += (expression);                                  \
      else                                                            \
        {                                                             \
          double sum = 0;                                             \
                                                                      \
          for (gsize i = 0; i < n; i++)                               \
            sum += (expression);                                      \
          target[0] += (float) sum;                                   \
        }                                                             \
    }                                                                 \
  while (FALSE)

/* The derivative with respect to one side; own and other are that side's operand and the other one. */
FOVEA_MULTIVERSION static void
add_run (Operation operation,
         guint side,
         const float *restrict seed,
         const float *own,
         gsize step,
         const float *other,
         gsize other_step,
         float *restrict target,
         gsize n)
{
  switch (operation)
    {
    case OPERATION_ADD:
      GRADIENT_LOOP (seed[i]);
      break;
    case OPERATION_SUBTRACT:
      if (side == 0)
        GRADIENT_LOOP (seed[i]);
      else
        GRADIENT_LOOP (-seed[i]);
      break;
    case OPERATION_MULTIPLY:
      GRADIENT_LOOP (seed[i] * other[i * other_step]);
      break;
    case OPERATION_DIVIDE:
      if (side == 0)
        GRADIENT_LOOP (seed[i] / other[i * other_step]);
      else
        GRADIENT_LOOP (-seed[i] * other[i * other_step] / (own[i * step] * own[i * step]));
      break;
    }
}

static void
add_planes (const FoveaOperatorContext *context,
            guint side,
            gsize begin,
            gsize end)
{
  const Arithmetic *arithmetic = context->node->prepared;
  const gboolean uses_values = arithmetic->operation == OPERATION_MULTIPLY || arithmetic->operation == OPERATION_DIVIDE;
  const FoveaShape *shape = &context->output_shape;
  const gsize plane = (gsize) (shape->height * shape->width);
  Operand operands[2];
  gsize run;

  get_operands (context, operands);
  if (operands[side].gradient == NULL)
    return;
  run = get_run (operands, shape);
  for (gsize p = begin; p < end; p++)
    for (gsize first = 0; first < plane; first += run)
      {
        const gsize image = p / (gsize) shape->channels, channel = p % (gsize) shape->channels, y = first / (gsize) shape->width;
        const gsize own = get_row (&operands[side], image, channel, y), other = get_row (&operands[1 - side], image, channel, y);

        add_run (arithmetic->operation, side, context->output_gradient + p * plane + first,
                 uses_values ? operands[side].data + own : NULL, get_step (&operands[side], run),
                 uses_values ? operands[1 - side].data + other : NULL, get_step (&operands[1 - side], run),
                 operands[side].gradient + own, run);
      }
}

/* Both sides one after the other: they may be the same value. */
static void
add_plane_range (gsize begin,
                 gsize end,
                 const FoveaOperatorContext *context)
{
  for (guint side = 0; side < 2; side++)
    add_planes (context, side, begin, end);
}

static void
add_image (gsize image,
           guint worker,
           gpointer data)
{
  const FoveaOperatorContext *context = data;
  const gsize n_channels = (gsize) context->output_shape.channels;

  add_plane_range (image * n_channels, (image + 1) * n_channels, context);
}

static void
arithmetic_gradient (const FoveaOperatorContext *context)
{
  const FoveaShape *shape = &context->output_shape;
  gboolean repeats_channels = FALSE;

  for (guint i = 0; i < context->node->n_inputs; i++)
    repeats_channels |= context->input_shapes[i].channels != shape->channels;
  if (repeats_channels)
    fovea_parallel_for (context->batch, add_image, (gpointer) context);
  else
    fovea_for_planes (context, context->batch * (gsize) shape->channels, (gsize) (shape->height * shape->width), add_plane_range);
}

const FoveaOperator fovea_operator_add = {
  .name = "Add",
  .min_inputs = 1,
  .max_inputs = 2,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .prepare = add_prepare,
  .release = g_free,
  .infer_shape = arithmetic_infer_shape,
  .forward = arithmetic_forward,
  .gradient = arithmetic_gradient,
};

const FoveaOperator fovea_operator_sub = {
  .name = "Sub",
  .min_inputs = 1,
  .max_inputs = 2,
  .flags = FOVEA_OPERATOR_IN_PLACE,
  .prepare = sub_prepare,
  .release = g_free,
  .infer_shape = arithmetic_infer_shape,
  .forward = arithmetic_forward,
  .gradient = arithmetic_gradient,
};

const FoveaOperator fovea_operator_mul = {
  .name = "Mul",
  .min_inputs = 1,
  .max_inputs = 2,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT,
  .prepare = mul_prepare,
  .release = g_free,
  .infer_shape = arithmetic_infer_shape,
  .forward = arithmetic_forward,
  .gradient = arithmetic_gradient,
};

const FoveaOperator fovea_operator_div = {
  .name = "Div",
  .min_inputs = 1,
  .max_inputs = 2,
  .flags = FOVEA_OPERATOR_IN_PLACE | FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT,
  .prepare = div_prepare,
  .release = g_free,
  .infer_shape = arithmetic_infer_shape,
  .forward = arithmetic_forward,
  .gradient = arithmetic_gradient,
};
