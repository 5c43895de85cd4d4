/* An ONNX graph on its way to a graph of the engine: what its nodes' converters share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/onnx-constant.h"
#include "engine/graph.h"

G_BEGIN_DECLS

/**
 * FoveaOnnxValue:
 * @constant: (nullable): what it is, where it is the same for every image; otherwise the others say
 * @layer: the layer whose output it is, or `input`
 * @shape: of that output, for one image
 * @channels_last: whether the model sees it as [N, H, W, C]; only a Transpose may read it
 * @without_channels: whether the model sees it as [N, H, W], one channel taken out; only an Unsqueeze may read it
 *
 * What an input or output of a node stands for.
 */
typedef struct {
  FoveaOnnxConstant *constant;
  char *layer;
  FoveaShape shape;
  gboolean channels_last;
  gboolean without_channels;
} FoveaOnnxValue;

/**
 * FoveaOnnxImport:
 * @graph: the model's graph
 * @opset: version of ONNX's operators that the model was written for
 * @batch: the number of images that the model is made for; 1 where it takes any
 * @initializers: (element-type utf8 Onnx__TensorProto): the model's weights that were not read yet
 * @values: (element-type utf8 FoveaOnnxValue): what is known of the model's values
 * @layers: (element-type FoveaOnnxLayer): layers so far
 *
 * Owned by one thread. Strings belong to the model.
 */
typedef struct {
  const Onnx__GraphProto *graph;
  gint64 opset;
  gint64 batch;
  GHashTable *initializers;
  GHashTable *values;
  GPtrArray *layers;
} FoveaOnnxImport;

/**
 * FoveaOnnxLayer:
 *
 * The arguments of fovea_graph_add_node().
 */
typedef struct {
  char *name;
  const char *operator_name;
  char **inputs;
  GVariant *attributes;
  GHashTable *parameters;
} FoveaOnnxLayer;

void fovea_onnx_value_free (FoveaOnnxValue *value);
void fovea_onnx_layer_free (FoveaOnnxLayer *layer);

FoveaOnnxConstant *fovea_onnx_read_initializer (FoveaOnnxImport *import, const char *name, GError **error);
const FoveaOnnxValue *fovea_onnx_get_input (FoveaOnnxImport *import, const Onnx__NodeProto *node, guint index);
void fovea_onnx_set_constant (FoveaOnnxImport *import, const Onnx__NodeProto *node, FoveaOnnxConstant *constant);
void fovea_onnx_set_value (FoveaOnnxImport *import, const Onnx__NodeProto *node, guint output, const char *layer, const FoveaShape *shape);

gboolean fovea_onnx_refuse (const Onnx__NodeProto *node, FoveaError code, GError **error, const char *format, ...) G_GNUC_PRINTF (4, 5);
const Onnx__AttributeProto *fovea_onnx_find_attribute (const Onnx__NodeProto *node, const char *name);
gint64 fovea_onnx_get_integer (const Onnx__NodeProto *node, const char *name, gint64 fallback);
double fovea_onnx_get_float (const Onnx__NodeProto *node, const char *name, double fallback);
gboolean fovea_onnx_get_integers (FoveaOnnxImport *import, const Onnx__NodeProto *node, const char *attribute, guint input, const gint64 **values, gsize *n_values, GError **error);

gboolean fovea_onnx_fold (FoveaOnnxImport *import, const Onnx__NodeProto *node, GError **error);
gboolean fovea_onnx_convert (FoveaOnnxImport *import, const Onnx__NodeProto *node, const char *name, GError **error);

G_END_DECLS
