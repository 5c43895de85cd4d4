/* What an operator is: the interface that every file in ops/ implements.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/shape.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef struct _FoveaOperator FoveaOperator;
typedef struct _FoveaNode FoveaNode;
typedef struct _FoveaOperatorContext FoveaOperatorContext;

/**
 * FoveaOperatorFlags:
 * @FOVEA_OPERATOR_IN_PLACE: the output may share the first input's memory (same number of elements,
 *   each output element computed from the input element at the same place)
 * @FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT: the gradient reads the inputs' values
 * @FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT: the gradient reads the output's values
 */
typedef enum {
  FOVEA_OPERATOR_IN_PLACE = 1 << 0,
  FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT = 1 << 1,
  FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT = 1 << 2,
} FoveaOperatorFlags;

/**
 * FoveaWindow:
 *
 * The geometry by which an operator looks at its input's map: output row y sees input rows
 * y * stride[0] - pad_begin[0] + k * dilation[0] for k in [0, kernel[0]); likewise columns in [1].
 * Elementwise operators have kernel 1, stride 1, dilation 1 and no padding.
 */
typedef struct {
  gint64 kernel[2];
  gint64 stride[2];
  gint64 dilation[2];
  gint64 pad_begin[2];
  gint64 pad_end[2];
  gboolean whole_map; /* every output sees the whole map (GlobalAveragePool, Flatten, Gemm) */
} FoveaWindow;

/**
 * FoveaNode:
 * @name: the layer's name, unique within its graph
 * @operator: what it computes
 * @n_inputs: number of @inputs
 * @inputs: indices of the nodes whose outputs it reads, each smaller than its own index;
 *   %FOVEA_GRAPH_INPUT (-1) stands for the graph's input
 * @attributes: (nullable): `a{sv}`, ONNX's attributes by ONNX's names: `x` or `ax` (integers), `d`
 *   or `ad` (floats), `s`
 * @parameters: (element-type utf8 FoveaTensor): by ONNX's input names (`W`, `B`, `scale`, …)
 * @prepared: what the operator's prepare made of attributes and parameters
 *
 * Immutable once its graph is finished.
 */
struct _FoveaNode {
  char *name;
  const FoveaOperator *operator;
  guint n_inputs;
  int *inputs;
  GVariant *attributes;
  GHashTable *parameters;
  gpointer prepared;
};

/**
 * FoveaOperatorContext:
 *
 * One run of one node. All arrays are NCHW over the batch. @state is memory of the size that
 * state_size asked for, which survives from the forward run to the gradient run (an argmax, a
 * normalizer); @workspace is scratch of the size that workspace_size asked for, undefined on entry.
 */
struct _FoveaOperatorContext {
  const FoveaNode *node;
  gsize batch;
  const FoveaShape *input_shapes; /* n_inputs */
  FoveaShape output_shape;
  const float *const *inputs; /* n_inputs; entries are NULL in a gradient run that does not need them */
  float *output;              /* NULL in a gradient run that does not need it */
  gpointer state;             /* NULL in a plan without gradient */
  gpointer workspace;
  /* Gradient runs only: */
  const float *output_gradient;
  float *const *input_gradients; /* n_inputs; an entry is NULL where that input's gradient is not wanted */
  gboolean redirect_relu;        /* see fovea_plan_set_redirect_relu() */
};

/**
 * FoveaOperator:
 *
 * A table of functions, constant for the life of the program. prepare and infer_shape check
 * everything that comes from a file; forward and gradient cannot fail.
 *
 * - prepare: reads attributes and parameters into node->prepared; optional.
 * - release: frees what prepare made; optional.
 * - infer_shape: output's shape from the inputs' shapes. It must reject whatever forward could not
 *   compute, and shapes whose size overflows. Called again for every input size.
 * - workspace_size, state_size: bytes wanted for a batch; optional (0).
 * - forward: writes every element of output.
 * - gradient: ADDS the derivative with respect to each input to input_gradients[i]; the plan clears
 *   them first.
 * - get_window: how the node looks at its input's map, for receptive fields; optional (elementwise).
 *
 * forward and gradient are called from the one thread that runs the plan and spread their work with
 * fovea_parallel_for(). Results must not depend on the number of threads: split the work by sizes,
 * not by threads. Each image of a batch gives the same bytes as it gives alone wherever that is
 * possible.
 */
struct _FoveaOperator {
  const char *name; /* ONNX's */
  guint min_inputs;
  guint max_inputs; /* G_MAXUINT: any number */
  FoveaOperatorFlags flags;
  gboolean (*prepare) (FoveaNode *node, GError **error);
  void (*release) (gpointer prepared);
  gboolean (*infer_shape) (const FoveaNode *node, const FoveaShape *input_shapes, FoveaShape *output_shape, GError **error);
  gsize (*workspace_size) (const FoveaNode *node, gsize batch, const FoveaShape *input_shapes, const FoveaShape *output_shape);
  gsize (*state_size) (const FoveaNode *node, gsize batch, const FoveaShape *input_shapes, const FoveaShape *output_shape);
  void (*forward) (const FoveaOperatorContext *context);
  void (*gradient) (const FoveaOperatorContext *context);
  void (*get_window) (const FoveaNode *node, const FoveaShape *input_shape, FoveaWindow *window);
};

const FoveaOperator *fovea_operator_lookup (const char *name);

/* Reading attributes and parameters, shared by all operators' prepare functions. Each reports which
 * attribute or parameter of which node is wrong. */
gboolean fovea_node_get_integer (const FoveaNode *node, const char *attribute, gint64 fallback, gint64 minimum, gint64 maximum, gint64 *value, GError **error);
gboolean fovea_node_get_integers (const FoveaNode *node, const char *attribute, guint n_values, gint64 fallback, gint64 minimum, gint64 maximum, gint64 *values, GError **error);
gboolean fovea_node_get_float (const FoveaNode *node, const char *attribute, double fallback, double *value, GError **error);
gboolean fovea_node_get_string (const FoveaNode *node, const char *attribute, const char *fallback, const char **value, GError **error);
FoveaTensor *fovea_node_get_parameter (const FoveaNode *node, const char *parameter, guint n_dimensions, const gint64 *shape, GError **error);
gboolean fovea_node_has_parameter (const FoveaNode *node, const char *parameter);

G_END_DECLS
