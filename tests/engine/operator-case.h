/* One operator on its own, run as strictly as its interface allows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

#define OPERATOR_CASE_MAX_INPUTS 4

/**
 * OperatorCase:
 * @inputs: one array for each input, for the caller to fill
 * @output: what forward wrote
 * @seed: the output's gradient, for the caller to fill
 * @gradients: what gradient computed for each input
 */
typedef struct {
  FoveaNode node;
  gsize batch;
  FoveaShape input_shapes[OPERATOR_CASE_MAX_INPUTS];
  FoveaShape output_shape;
  float *inputs[OPERATOR_CASE_MAX_INPUTS];
  float *output;
  float *seed;
  float *gradients[OPERATOR_CASE_MAX_INPUTS];
  gboolean redirect_relu;
  char *state;
  char *workspace;
  gsize state_size;
  gsize workspace_size;
} OperatorCase;

OperatorCase *operator_case_new (const char *operator_name, const char *attributes, GHashTable *parameters, gsize batch, guint n_inputs, const FoveaShape *input_shapes, GError **error);
void operator_case_free (OperatorCase *self);

gsize operator_case_count_input (const OperatorCase *self, guint input);
gsize operator_case_count_output (const OperatorCase *self);
void operator_case_forward (OperatorCase *self);
void operator_case_gradient (OperatorCase *self);

GHashTable *operator_case_parameters_new (void);
float *operator_case_add_parameter (GHashTable *parameters, const char *name, guint n_dimensions, const gint64 *shape);
void operator_case_fill (GRand *random, float *values, gsize n_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OperatorCase, operator_case_free)

G_END_DECLS
