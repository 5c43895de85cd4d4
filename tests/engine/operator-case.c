/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operator-case.h"

#include <math.h>
#include <string.h>

/* Bytes behind every scratch memory that must stay as they are. */
#define GUARD 4096
#define GUARD_BYTE 0xa5

/* What gradients start from: the operator has to add to it. A power of two, to lose few digits. */
#define GRADIENT_START 0.25f

static void
fill_with_nan (float *values,
               gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    values[i] = NAN;
}

static char *
guarded_new (gsize size)
{
  char *memory = g_malloc (size + GUARD);

  fill_with_nan ((float *) memory, size / sizeof (float));
  memset (memory + size, GUARD_BYTE, GUARD);
  return memory;
}

static void
assert_guard (const char *memory,
              gsize size)
{
  for (gsize i = 0; i < GUARD; i++)
    g_assert_cmphex ((guchar) memory[size + i], ==, GUARD_BYTE);
}

/**
 * operator_case_new:
 * @attributes: (nullable): an `a{sv}` in GVariant's text form
 * @parameters: (transfer none) (nullable): the node's parameters
 *
 * Prepares the operator and infers its shape, with what goes wrong there in @error.
 */
OperatorCase *
operator_case_new (const char *operator_name,
                   const char *attributes,
                   GHashTable *parameters,
                   gsize batch,
                   guint n_inputs,
                   const FoveaShape *input_shapes,
                   GError **error)
{
  g_autoptr (OperatorCase) self = g_new0 (OperatorCase, 1);
  const FoveaOperator *operator = fovea_operator_lookup (operator_name);

  g_assert_nonnull (operator);
  g_assert_cmpuint (n_inputs, >=, operator->min_inputs);
  g_assert_cmpuint (n_inputs, <=, MIN (operator->max_inputs, OPERATOR_CASE_MAX_INPUTS));

  self->node.name = g_strdup ("node1");
  self->node.operator = operator;
  self->node.n_inputs = n_inputs;
  self->node.inputs = g_new (int, n_inputs);
  for (guint i = 0; i < n_inputs; i++)
    self->node.inputs[i] = -1;
  self->node.attributes = g_variant_ref_sink (g_variant_new_parsed (attributes != NULL ? attributes : "@a{sv} {}"));
  self->node.parameters = parameters != NULL ? g_hash_table_ref (parameters) : operator_case_parameters_new ();
  self->batch = batch;
  for (guint i = 0; i < n_inputs; i++)
    self->input_shapes[i] = input_shapes[i];

  if ((operator->prepare != NULL && !operator->prepare (&self->node, error)) ||
      !operator->infer_shape (&self->node, self->input_shapes, &self->output_shape, error))
    return NULL;

  for (guint i = 0; i < n_inputs; i++)
    {
      self->inputs[i] = g_new0 (float, operator_case_count_input (self, i));
      self->gradients[i] = g_new0 (float, operator_case_count_input (self, i));
    }
  self->output = g_new0 (float, operator_case_count_output (self));
  self->seed = g_new0 (float, operator_case_count_output (self));
  if (operator->state_size != NULL)
    self->state_size = operator->state_size (&self->node, batch, self->input_shapes, &self->output_shape);
  if (operator->workspace_size != NULL)
    self->workspace_size = operator->workspace_size (&self->node, batch, self->input_shapes, &self->output_shape);
  self->state = guarded_new (self->state_size);
  self->workspace = guarded_new (self->workspace_size);
  return g_steal_pointer (&self);
}

void
operator_case_free (OperatorCase *self)
{
  if (self->node.prepared != NULL)
    self->node.operator->release (self->node.prepared);
  for (guint i = 0; i < OPERATOR_CASE_MAX_INPUTS; i++)
    {
      g_free (self->inputs[i]);
      g_free (self->gradients[i]);
    }
  g_free (self->output);
  g_free (self->seed);
  g_free (self->state);
  g_free (self->workspace);
  g_free (self->node.name);
  g_free (self->node.inputs);
  g_clear_pointer (&self->node.attributes, g_variant_unref);
  g_clear_pointer (&self->node.parameters, g_hash_table_unref);
  g_free (self);
}

gsize
operator_case_count_input (const OperatorCase *self,
                           guint input)
{
  return self->batch * fovea_shape_get_n_elements (&self->input_shapes[input]);
}

gsize
operator_case_count_output (const OperatorCase *self)
{
  return self->batch * fovea_shape_get_n_elements (&self->output_shape);
}

static FoveaOperatorContext
make_context (OperatorCase *self)
{
  return (FoveaOperatorContext) {
    .node = &self->node,
    .batch = self->batch,
    .input_shapes = self->input_shapes,
    .output_shape = self->output_shape,
    .inputs = (const float *const *) self->inputs,
    .output = self->output,
    .state = self->state_size > 0 ? self->state : NULL,
    .workspace = self->workspace_size > 0 ? self->workspace : NULL,
    .redirect_relu = self->redirect_relu,
  };
}

/* Runs again without state, as a plan without gradient does, and in place where that is allowed. */
static void
assert_same_otherwise (OperatorCase *self)
{
  const gsize size = operator_case_count_output (self) * sizeof (float);
  const gboolean in_place = (self->node.operator->flags & FOVEA_OPERATOR_IN_PLACE) != 0 &&
                            operator_case_count_input (self, 0) == operator_case_count_output (self);
  const float *inputs[OPERATOR_CASE_MAX_INPUTS];
  g_autofree float *output = g_malloc (size);
  FoveaOperatorContext context = make_context (self);

  memcpy (inputs, self->inputs, sizeof inputs);
  if (in_place)
    {
      memcpy (output, self->inputs[0], size);
      inputs[0] = output;
    }
  context.inputs = inputs;
  context.output = output;
  context.state = NULL;
  self->node.operator->forward (&context);
  g_assert_cmpmem (output, size, self->output, size);
}

/**
 * operator_case_forward:
 *
 * Computes @output from @inputs, and asserts that nothing else was written, that every element was,
 * and that the same comes out without state and in place.
 */
void
operator_case_forward (OperatorCase *self)
{
  const FoveaOperatorContext context = make_context (self);

  fill_with_nan (self->output, operator_case_count_output (self));
  fill_with_nan ((float *) self->workspace, self->workspace_size / sizeof (float));
  self->node.operator->forward (&context);
  assert_guard (self->workspace, self->workspace_size);
  assert_guard (self->state, self->state_size);
  assert_same_otherwise (self);
}

/**
 * operator_case_gradient:
 *
 * Computes @gradients from @seed after a forward run, with no more than the operator asked to see,
 * and asserts that the operator added to what was there.
 */
void
operator_case_gradient (OperatorCase *self)
{
  const FoveaOperatorFlags flags = self->node.operator->flags;
  static const float *const nothing[OPERATOR_CASE_MAX_INPUTS];
  float *none[OPERATOR_CASE_MAX_INPUTS] = { NULL };
  FoveaOperatorContext context = make_context (self);

  if (!(flags & FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT))
    context.inputs = nothing;
  if (!(flags & FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT))
    context.output = NULL;
  context.output_gradient = self->seed;

  context.input_gradients = none;
  self->node.operator->gradient (&context);

  context.input_gradients = self->gradients;
  for (guint i = 0; i < self->node.n_inputs; i++)
    for (gsize j = 0; j < operator_case_count_input (self, i); j++)
      self->gradients[i][j] = GRADIENT_START;
  fill_with_nan ((float *) self->workspace, self->workspace_size / sizeof (float));
  self->node.operator->gradient (&context);
  assert_guard (self->workspace, self->workspace_size);
  assert_guard (self->state, self->state_size);
  for (guint i = 0; i < self->node.n_inputs; i++)
    for (gsize j = 0; j < operator_case_count_input (self, i); j++)
      self->gradients[i][j] -= GRADIENT_START;
}

GHashTable *
operator_case_parameters_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
}

/**
 * operator_case_add_parameter:
 *
 * Returns: (transfer none): the new parameter's values, zeros, for the caller to fill
 */
float *
operator_case_add_parameter (GHashTable *parameters,
                             const char *name,
                             guint n_dimensions,
                             const gint64 *shape)
{
  g_autoptr (GError) error = NULL;
  FoveaTensor *tensor = fovea_tensor_new (n_dimensions, shape, &error);

  g_assert_no_error (error);
  g_hash_table_insert (parameters, g_strdup (name), tensor);
  return tensor->data;
}

/**
 * operator_case_fill:
 *
 * Fills @values with numbers between -1 and 1.
 */
void
operator_case_fill (GRand *random,
                    float *values,
                    gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    values[i] = (float) g_rand_double_range (random, -1, 1);
}
