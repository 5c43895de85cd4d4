/* ONNX models: small ones with known results, names of layers, and everything that is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx.h"

#include <math.h>
#include <string.h>

#include "engine/formats/native.h"
#include "engine/formats/onnx-names.h"
#include "engine/formats/safetensors.h"
#include "engine/network.h"
#include "engine/plan.h"
#include "tests/damage.h"
#include "tests/scratch.h"

static char *
get_path (const char *name,
          const char *ending)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);

  return g_test_build_filename (G_TEST_DIST, "data", "onnx", file, NULL);
}

static void
assert_close (const float *found,
              const FoveaTensor *expected)
{
  for (gsize i = 0; i < expected->n_elements; i++)
    g_assert_cmpfloat_with_epsilon (found[i], expected->data[i], 1e-5);
}

/* What PyTorch computes: output, and the gradient of the outputs' sum, output i counted i + 1 times. */
static void
check_network (const FoveaNetwork *network,
               const FoveaStateDict *references)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaTensor *image = fovea_state_dict_lookup (references, "image");
  const int output = fovea_graph_get_output (graph);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, 12, 12, 1, &output, FOVEA_PLAN_GRADIENT, &error);
  g_autofree float *gradient = g_new (float, image->n_elements);
  float seed[5] = { 1, 2, 3, 4, 5 };
  const float *seeds[1] = { seed };

  g_assert_no_error (error);
  fovea_plan_forward (plan, image->data);
  assert_close (fovea_plan_get_activation (plan, 0), fovea_state_dict_lookup (references, "output"));
  fovea_plan_gradient (plan, seeds, gradient);
  assert_close (gradient, fovea_state_dict_lookup (references, "gradient"));
}

/* Right when it is opened, and as well when it was written as Fovea's own file and opened again. */
static void
test_golden (gconstpointer data)
{
  g_autofree char *path = get_path (data, ".onnx");
  g_autofree char *reference_path = get_path (data, ".safetensors");
  g_autoptr (FoveaScratch) folder = fovea_scratch_new ();
  g_autofree char *native = fovea_scratch_path (folder, "native.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) references = fovea_safetensors_read (reference_path, &error);
  g_autoptr (FoveaNetwork) network = fovea_network_load (path, &error);
  g_autoptr (FoveaNetwork) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (fovea_network_get_name (network), ==, data);
  g_assert_cmpint (fovea_network_get_resize (network), ==, 14);
  check_network (network, references);

  g_assert_true (fovea_native_write (network, native, &error));
  again = fovea_network_load (native, &error);
  g_assert_no_error (error);
  check_network (again, references);
  g_assert_cmpuint (fovea_graph_get_n_nodes (fovea_network_get_graph (again)), ==, fovea_graph_get_n_nodes (fovea_network_get_graph (network)));
}

/* ImageNet's normalization, unless the model begins with its own, or the caller says another. */
static void
test_normalization (void)
{
  g_autofree char *exported = get_path ("exported", ".onnx");
  g_autofree char *written = get_path ("written", ".onnx");
  const double mean[3] = { 0.1, 0.2, 0.3 }, std[3] = { 0.4, 0.5, 0.6 };
  const FoveaNetworkOptions options = { .architecture = { .height = 12, .width = 12, .mean = mean, .std = std } };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) usual = fovea_network_load (exported, &error);
  g_autoptr (FoveaNetwork) own = fovea_network_load (written, &error);
  g_autoptr (FoveaNetwork) other = fovea_network_load_with_options (exported, &options, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (fovea_graph_get_mean (fovea_network_get_graph (usual))[0], ==, 0.485);
  g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (usual))[2], ==, 0.225);
  g_assert_cmpfloat (fovea_graph_get_mean (fovea_network_get_graph (own))[0], ==, 0);
  g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (own))[2], ==, 1);
  g_assert_cmpfloat (fovea_graph_get_mean (fovea_network_get_graph (other))[1], ==, 0.2);
  g_assert_cmpfloat (fovea_graph_get_std (fovea_network_get_graph (other))[1], ==, 0.5);
}

static void
test_layers (void)
{
  static const char *const names[][2] = {
    { "stem.0", "stem.0" }, { "stem", "stem.2" }, { "blocks.0.act1", "blocks.0.act1" }, { "blocks.0.act", "blocks.0.act" },
    { "blocks.0", "blocks.0.add" }, { "blocks", "blocks.1.add" }, { "pool", "pool" }, { "reshape", "reshape" }, { "head", "head" },
  };
  g_autofree char *path = get_path ("exported", ".onnx");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaNetwork) network = fovea_network_load (path, &error);
  const FoveaGraph *graph;
  const FoveaReceptiveField *field;
  int index;

  g_assert_no_error (error);
  graph = fovea_network_get_graph (network);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (fovea_graph_find (graph, names[i][0], &index, &error));
      g_assert_cmpstr (fovea_graph_get_node (graph, (guint) index)->name, ==, names[i][1]);
    }
  g_assert_cmpint (index, ==, fovea_graph_get_output (graph));

  /* A factor for the whole map is computed from the whole map: every unit sees every pixel. */
  g_assert_true (fovea_graph_find (graph, "blocks.0.mul", &index, &error));
  field = fovea_graph_get_receptive_field (graph, (guint) index);
  for (gint64 y = 0; y < 6; y++)
    {
      g_assert_cmpint (y * field->stride[0] + field->offset[0], <=, 0);
      g_assert_cmpint (y * field->stride[0] + field->offset[0] + field->size[0], >=, 12);
    }
}

/* Reads from memory that ends where the file ends, so that a tool that watches memory sees what reads beyond. */
static FoveaGraph *
read_bytes (const guint8 *data,
            gsize size,
            GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (FoveaArchitectureInfo) info = { 0 };

  return fovea_onnx_read_bytes (bytes, NULL, &info, error);
}

static gboolean
is_read (const guint8 *data,
         gsize size,
         GError **error)
{
  g_autoptr (FoveaGraph) graph = read_bytes (data, size, error);

  return graph != NULL;
}

/* The graph's end is the operator sets, so that no part of the file is a whole one. */
static void
test_truncated (gconstpointer data)
{
  g_autoptr (GByteArray) file = fovea_damage_load ("onnx", data);

  fovea_damage_truncate (file, is_read);
}

static void
test_damaged (gconstpointer data)
{
  g_autoptr (GByteArray) file = fovea_damage_load ("onnx", data);

  fovea_damage_flip (file, is_read);
}

/* A model with a 1 × 1 convolution of an image of 4 × 4 and a ReLU, for tests to spoil. */
typedef struct {
  Onnx__ModelProto model;
  Onnx__OperatorSetIdProto opset, *opsets[1];
  Onnx__GraphProto graph;
  Onnx__NodeProto nodes[2], *node_list[2];
  char *conv_inputs[2], *conv_outputs[1], *relu_inputs[1], *relu_outputs[1];
  Onnx__TensorProto weights, *weight_list[1];
  gint64 sizes[4];
  float values[3];
  Onnx__ValueInfoProto input, output, *input_list[1], *output_list[1];
  Onnx__TypeProto type;
  Onnx__TypeProto__Tensor tensor_type;
  Onnx__TensorShapeProto shape;
  Onnx__TensorShapeProto__Dimension dimensions[4], *dimension_list[4];
  Onnx__AttributeProto attribute, *attribute_list[1];
  Onnx__StringStringEntryProto entry, *entry_list[1];
} Model;

static void
model_init (Model *self)
{
  *self = (Model) {
    .model = ONNX__MODEL_PROTO__INIT,
    .opset = ONNX__OPERATOR_SET_ID_PROTO__INIT,
    .graph = ONNX__GRAPH_PROTO__INIT,
    .nodes = { ONNX__NODE_PROTO__INIT, ONNX__NODE_PROTO__INIT },
    .conv_inputs = { (char *) "x", (char *) "w" },
    .conv_outputs = { (char *) "c" },
    .relu_inputs = { (char *) "c" },
    .relu_outputs = { (char *) "y" },
    .weights = ONNX__TENSOR_PROTO__INIT,
    .sizes = { 1, 3, 1, 1 },
    .values = { 1, 2, 3 },
    .input = ONNX__VALUE_INFO_PROTO__INIT,
    .output = ONNX__VALUE_INFO_PROTO__INIT,
    .type = ONNX__TYPE_PROTO__INIT,
    .tensor_type = ONNX__TYPE_PROTO__TENSOR__INIT,
    .shape = ONNX__TENSOR_SHAPE_PROTO__INIT,
    .attribute = ONNX__ATTRIBUTE_PROTO__INIT,
    .entry = ONNX__STRING_STRING_ENTRY_PROTO__INIT,
  };
  self->model.has_ir_version = TRUE;
  self->model.ir_version = 7;
  self->model.graph = &self->graph;
  self->model.n_opset_import = 1;
  self->model.opset_import = self->opsets;
  self->opsets[0] = &self->opset;
  self->opset.has_version = TRUE;
  self->opset.version = 13;

  self->graph.n_node = 2;
  self->graph.node = self->node_list;
  for (guint i = 0; i < 2; i++)
    self->node_list[i] = &self->nodes[i];
  self->nodes[0].op_type = (char *) "Conv";
  self->nodes[0].name = (char *) "conv";
  self->nodes[0].n_input = 2;
  self->nodes[0].input = self->conv_inputs;
  self->nodes[0].n_output = 1;
  self->nodes[0].output = self->conv_outputs;
  self->nodes[1].op_type = (char *) "Relu";
  self->nodes[1].name = (char *) "relu";
  self->nodes[1].n_input = 1;
  self->nodes[1].input = self->relu_inputs;
  self->nodes[1].n_output = 1;
  self->nodes[1].output = self->relu_outputs;

  self->graph.n_initializer = 1;
  self->graph.initializer = self->weight_list;
  self->weight_list[0] = &self->weights;
  self->weights.name = (char *) "w";
  self->weights.has_data_type = TRUE;
  self->weights.data_type = 1;
  self->weights.n_dims = 4;
  self->weights.dims = self->sizes;
  self->weights.n_float_data = 3;
  self->weights.float_data = self->values;

  self->graph.n_input = 1;
  self->graph.input = self->input_list;
  self->input_list[0] = &self->input;
  self->input.name = (char *) "x";
  self->input.type = &self->type;
  self->type.tensor_type = &self->tensor_type;
  self->tensor_type.has_elem_type = TRUE;
  self->tensor_type.elem_type = 1;
  self->tensor_type.shape = &self->shape;
  self->shape.n_dim = 4;
  self->shape.dim = self->dimension_list;
  for (guint i = 0; i < 4; i++)
    {
      self->dimensions[i] = (Onnx__TensorShapeProto__Dimension) ONNX__TENSOR_SHAPE_PROTO__DIMENSION__INIT;
      self->dimensions[i].has_dim_value = TRUE;
      self->dimensions[i].dim_value = (gint64[]) { 1, 3, 4, 4 }[i];
      self->dimension_list[i] = &self->dimensions[i];
    }
  self->graph.n_output = 1;
  self->graph.output = self->output_list;
  self->output_list[0] = &self->output;
  self->output.name = (char *) "y";

  self->attribute_list[0] = &self->attribute;
  self->entry_list[0] = &self->entry;
}

static FoveaGraph *
model_read (Model *self,
            GError **error)
{
  const gsize size = onnx__model_proto__get_packed_size (&self->model);
  g_autofree guint8 *data = g_malloc (size);

  onnx__model_proto__pack (&self->model, data);
  g_assert_true (fovea_onnx_is_onnx (data, size));
  return read_bytes (data, size, error);
}

static void
assert_refused (Model *self,
                FoveaError code,
                const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaGraph) graph = model_read (self, &error);

  g_assert_null (graph);
  g_assert_error (error, FOVEA_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
  model_init (self);
}

static void
test_refused_models (void)
{
  Model m;
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaGraph) graph = NULL;

  model_init (&m);
  graph = model_read (&m, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_graph_get_n_nodes (graph), ==, 2);

  m.opset.version = 99;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model for operator set 99; supported are 7 to 21, so export it with one of these");
  m.opset.version = 6;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model for operator set 6; supported are 7 to 21, so export it with one of these");
  m.opset.domain = (char *) "com.example";
  assert_refused (&m, FOVEA_ERROR_FORMAT, "is an ONNX model that does not say which operator set it uses");
  m.model.graph = NULL;
  assert_refused (&m, FOVEA_ERROR_FORMAT, "is an ONNX model without a graph");
  m.graph.n_initializer = 0;
  assert_refused (&m, FOVEA_ERROR_NOT_FOUND, "node 'conv' (Conv) wants 'w', which the model neither holds nor computes");
  m.conv_inputs[0] = (char *) "y";
  assert_refused (&m, FOVEA_ERROR_FORMAT, "node 'conv' (Conv) waits for its own output: the graph has a cycle");
  m.relu_outputs[0] = (char *) "c";
  assert_refused (&m, FOVEA_ERROR_FORMAT, "node 'relu' (Relu) computes 'c', which is there already");
  m.output.name = (char *) "z";
  assert_refused (&m, FOVEA_ERROR_FORMAT, "is an ONNX model that does not compute its output 'z'");
  m.nodes[1].op_type = (char *) "LSTM";
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "node 'relu' (LSTM) uses an operator that is not supported");
  m.nodes[1].domain = (char *) "com.microsoft";
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "node 'relu' (Relu) uses an operator of 'com.microsoft', which is not supported");
  m.nodes[1].n_output = 0;
  assert_refused (&m, FOVEA_ERROR_FORMAT, "node 'relu' (Relu) has no output or no operator");
  m.nodes[1].n_input = 0;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "node 'relu' (Relu) computes with constants by an operator that is not supported");
}

static void
test_refused_inputs (void)
{
  Model m;

  model_init (&m);
  m.dimensions[1].dim_value = 1;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model that wants images with 1 channels; only colour images with 3 are supported");
  m.dimensions[2].has_dim_value = FALSE;
  assert_refused (&m, FOVEA_ERROR_ARGUMENT, "is an ONNX model that leaves the height and width of its images open; say which to use (--input)");
  m.dimensions[2].dim_value = -4;
  assert_refused (&m, FOVEA_ERROR_SHAPE, "is an ONNX model for images of -4 × 4 pixels, which none have");
  m.dimensions[3].dim_value = G_MAXINT64;
  assert_refused (&m, FOVEA_ERROR_SHAPE, "is an ONNX model for images of 4 × 9223372036854775807 pixels, which none have");
  m.tensor_type.elem_type = 2;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model whose input 'x' has elements of type number 2; only floating-point numbers are supported");
  m.shape.n_dim = 2;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model whose input 'x' is not of shape [N, 3, height, width]; only images are supported");
  m.graph.n_input = 0;
  assert_refused (&m, FOVEA_ERROR_FORMAT, "is an ONNX model without an input");
  m.dimensions[1].dim_value = 4;
  m.dimensions[3].dim_value = 3;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED,
                  "node 'conv' (Conv) works on images with the channels last; only images of shape [N, 3, height, width] are supported");
}

static void
test_refused_tensors (void)
{
  Model m;

  model_init (&m);
  m.sizes[0] = 2;
  assert_refused (&m, FOVEA_ERROR_FORMAT, "tensor 'w' needs 6 elements, but there are 3");
  m.sizes[1] = -3;
  assert_refused (&m, FOVEA_ERROR_SHAPE, "tensor 'w' shape [1, -3, 1, 1] has a negative size");
  m.sizes[2] = m.sizes[3] = G_MAXINT64;
  assert_refused (&m, FOVEA_ERROR_TOO_LARGE,
                  "tensor 'w' shape [1, 3, 9223372036854775807, 9223372036854775807] has more elements than the 4294967296 that are supported");
  m.weights.has_raw_data = TRUE;
  m.weights.raw_data.data = (guint8 *) "12345";
  m.weights.raw_data.len = 5;
  assert_refused (&m, FOVEA_ERROR_FORMAT, "tensor 'w' needs 12 bytes, but there are 5");
  m.weights.data_type = 8;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "tensor 'w' has elements of type string, which is not supported");
  m.weights.data_type = 77;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED, "tensor 'w' has elements of type number 77, which is not known");
  m.weights.data_type = 7;
  m.weights.n_float_data = 0;
  m.weights.n_int64_data = 3;
  m.weights.int64_data = (gint64[]) { 1, 2, 3 };
  assert_refused (&m, FOVEA_ERROR_FORMAT, "node 'conv' (Conv) has a W of whole numbers");
  m.entry.key = (char *) "location";
  m.entry.value = (char *) "weights.bin";
  m.weights.n_external_data = 1;
  m.weights.external_data = m.entry_list;
  assert_refused (&m, FOVEA_ERROR_UNSUPPORTED,
                  "tensor 'w' is kept outside of the model in 'weights.bin', which is not supported; save the model as one file");
  m.sizes[1] = 1;
  m.weights.n_float_data = 1;
  assert_refused (&m, FOVEA_ERROR_SHAPE, "node 'conv' wants W of shape [1, 3, 1, 1], but the file has [1, 1, 1, 1]");
  m.attribute.name = (char *) "strides";
  m.attribute.n_ints = 2;
  m.attribute.ints = (gint64[]) { 0, 1 };
  m.nodes[0].n_attribute = 1;
  m.nodes[0].attribute = m.attribute_list;
  assert_refused (&m, FOVEA_ERROR_SHAPE, "node 'conv' has strides 0, which should be between 1 and 1048576");
}

/* Thousands of messages of two bytes each would take a hundred times as much memory as the file. */
static void
test_memory (void)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GByteArray) graph = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaGraph) result = NULL;
  const guint8 node[2] = { 0x0a, 0x00 };
  guint32 size;

  for (guint i = 0; i < 2000000; i++)
    g_byte_array_append (graph, node, sizeof node);
  g_byte_array_append (file, (const guint8[]) { 0x08, 0x07, 0x3a }, 3);
  for (size = graph->len; size >= 0x80; size >>= 7)
    g_byte_array_append (file, (const guint8[]) { (guint8) (size | 0x80) }, 1);
  g_byte_array_append (file, (const guint8[]) { (guint8) size }, 1);
  g_byte_array_append (file, graph->data, graph->len);
  result = read_bytes (file->data, file->len, &error);
  g_assert_null (result);
  g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
}

/* What the exporters call nodes, and what the layers are called. */
static void
test_names (void)
{
  static const char *const names[][3] = {
    { "/conv1/Conv", "Conv", "conv1" },
    { "/layer1/layer1.0/conv1/Conv", "Conv", "layer1.0.conv1" },
    { "/layer1/layer1.0/relu/Relu", "Relu", "layer1.0.relu1" },
    { "/layer1/layer1.0/relu_1/Relu", "Relu", "layer1.0.relu" },
    { "/layer1/layer1.0/Add", "Add", "layer1.0.add" },
    { "/features/features.1/conv/conv.0/conv.0.0/Conv", "Conv", "features.1.conv.0.0" },
    { "/act/Sigmoid", "Sigmoid", "act.sigmoid" },
    { "/act/Mul", "Mul", "act.mul" },
    { "/Flatten", "Flatten", "flatten" },
    { "resnet50/pool:0", "MaxPool", "resnet50/pool:0" },
    { "", "Relu", "out10" },
    { "input", "Relu", "input_2" },
    { "resnet50/pool:0", "MaxPool", "resnet50/pool:0_2" },
    { "\xff", "Relu", "out13" },
  };
  Onnx__NodeProto nodes[G_N_ELEMENTS (names)], *list[G_N_ELEMENTS (names)];
  char *outputs[G_N_ELEMENTS (names)];
  guint order[G_N_ELEMENTS (names)];
  Onnx__GraphProto graph = ONNX__GRAPH_PROTO__INIT;
  g_auto (FoveaOnnxNames) found = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      nodes[i] = (Onnx__NodeProto) ONNX__NODE_PROTO__INIT;
      outputs[i] = g_strdup_printf ("out%u", i);
      nodes[i].name = (char *) names[i][0];
      nodes[i].op_type = (char *) names[i][1];
      nodes[i].n_output = 1;
      nodes[i].output = &outputs[i];
      list[i] = &nodes[i];
      order[i] = i;
    }
  graph.n_node = G_N_ELEMENTS (names);
  graph.node = list;
  fovea_onnx_names_init (&found, &graph, order, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpstr (found.layers[i], ==, names[i][2]);
      g_free (outputs[i]);
    }
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (found.modules, "layer1.0")), ==, 4);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (found.modules, "layer1")), ==, 4);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (found.modules, "act")), ==, 7);
}

/* What fuzzing found remarkable. */
static void
test_fuzzed (void)
{
  fovea_damage_read_fuzzed ("onnx", is_read);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/onnx/golden/exported", "exported", test_golden);
  g_test_add_data_func ("/onnx/golden/written", "written", test_golden);
  g_test_add_func ("/onnx/normalization", test_normalization);
  g_test_add_func ("/onnx/layers", test_layers);
  g_test_add_func ("/onnx/names", test_names);
  g_test_add_data_func ("/onnx/truncated/exported", "exported.onnx", test_truncated);
  g_test_add_data_func ("/onnx/truncated/written", "written.onnx", test_truncated);
  g_test_add_data_func ("/onnx/damaged/exported", "exported.onnx", test_damaged);
  g_test_add_data_func ("/onnx/damaged/written", "written.onnx", test_damaged);
  g_test_add_func ("/onnx/refused/models", test_refused_models);
  g_test_add_func ("/onnx/refused/inputs", test_refused_inputs);
  g_test_add_func ("/onnx/refused/tensors", test_refused_tensors);
  g_test_add_func ("/onnx/memory", test_memory);
  g_test_add_func ("/onnx/fuzzed", test_fuzzed);
  return g_test_run ();
}
