/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/onnx.h"

#include <math.h>
#include <string.h>

#include "engine/formats/onnx-import.h"
#include "engine/formats/onnx-names.h"
#include "engine/read-file.h"

#define FIRST_OPSET 7
#define LAST_OPSET 21

#define MAX_SIZE 65536

/* Images are resized to 256 for an input of 224, and so on. */
#define RESIZE (256.0 / 224)

/* What a message may take in memory beyond twice its file's size: tiny messages are larger there. */
#define MEMORY_BASE (64 * 1024 * 1024)

/* ImageNet's, which classifiers are trained with unless they say otherwise. */
static const double usual_mean[3] = { 0.485, 0.456, 0.406 };
static const double usual_std[3] = { 0.229, 0.224, 0.225 };

static const double no_mean[3] = { 0, 0, 0 };
static const double no_std[3] = { 1, 1, 1 };

typedef struct {
  ProtobufCAllocator allocator;
  gsize left;
} Memory;

static void *
memory_allocate (void *data,
                 size_t size)
{
  Memory *memory = data;

  if (size > memory->left)
    return NULL;
  memory->left -= size;
  return g_try_malloc (MAX (size, 1));
}

static void
memory_free (void *data,
             void *pointer)
{
  g_free (pointer);
}

static void
free_model (Onnx__ModelProto *model)
{
  Memory memory = { .allocator = { .alloc = memory_allocate, .free = memory_free } };

  onnx__model_proto__free_unpacked (model, &memory.allocator);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Onnx__ModelProto, free_model)

static void
clear_import (FoveaOnnxImport *import)
{
  g_clear_pointer (&import->initializers, g_hash_table_unref);
  g_clear_pointer (&import->values, g_hash_table_unref);
  g_clear_pointer (&import->layers, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaOnnxImport, clear_import)

/* For messages: a name out of the file, or what stands for none. */
static const char *
show (const char *name)
{
  return name != NULL && name[0] != '\0' && g_utf8_validate (name, -1, NULL) ? name : "(no name)";
}

static Onnx__ModelProto *
unpack (GBytes *bytes,
        GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Memory memory = { .allocator = { memory_allocate, memory_free, &memory }, .left = 2 * size + MEMORY_BASE };
  Onnx__ModelProto *model = onnx__model_proto__unpack (&memory.allocator, size, data);

  if (model == NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model that is truncated or damaged");
  return model;
}

static gboolean
find_opset (const Onnx__ModelProto *model,
            gint64 *opset,
            GError **error)
{
  *opset = 0;
  for (gsize i = 0; i < model->n_opset_import; i++)
    {
      const Onnx__OperatorSetIdProto *set = model->opset_import[i];

      if (set->domain == NULL || set->domain[0] == '\0' || g_str_equal (set->domain, "ai.onnx"))
        *opset = set->version;
    }
  if (*opset >= FIRST_OPSET && *opset <= LAST_OPSET)
    return TRUE;
  if (*opset == 0)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model that does not say which operator set it uses");
  else
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 "is an ONNX model for operator set %" G_GINT64_FORMAT "; supported are %d to %d, so export it with one of these",
                 *opset, FIRST_OPSET, LAST_OPSET);
  return FALSE;
}

static gboolean
list_initializers (FoveaOnnxImport *self,
                   GError **error)
{
  if (self->graph->n_sparse_initializer > 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "is an ONNX model with sparse weights, which are not supported");
      return FALSE;
    }
  for (gsize i = 0; i < self->graph->n_initializer; i++)
    {
      Onnx__TensorProto *proto = self->graph->initializer[i];

      if (proto->name == NULL || !g_hash_table_insert (self->initializers, proto->name, proto))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model with two tensors called '%.120s'", show (proto->name));
          return FALSE;
        }
    }
  return TRUE;
}

/* The one input that is no weight. */
static const Onnx__ValueInfoProto *
find_image_input (const FoveaOnnxImport *self,
                  GError **error)
{
  const Onnx__ValueInfoProto *found = NULL;

  for (gsize i = 0; i < self->graph->n_input; i++)
    {
      const Onnx__ValueInfoProto *input = self->graph->input[i];

      if (input->name == NULL || g_hash_table_contains (self->initializers, input->name))
        continue;
      if (found != NULL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                       "is an ONNX model with the inputs '%.60s' and '%.60s'; only models with one input, the image, are supported",
                       show (found->name), show (input->name));
          return NULL;
        }
      found = input;
    }
  if (found == NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model without an input");
  return found;
}

/* One size of the input; 0 where the model leaves it open. */
static gint64
get_size (const Onnx__TensorShapeProto *shape,
          gsize axis)
{
  return shape->dim[axis]->has_dim_value ? shape->dim[axis]->dim_value : 0;
}

static gboolean
is_float_type (int type)
{
  return type == 1 || type == 10 || type == 11 || type == 16;
}

/* Reads what the model says of its input, and makes the value that stands for it. */
static gboolean
read_input (FoveaOnnxImport *self,
            const FoveaArchitectureOptions *options,
            FoveaShape *shape,
            GError **error)
{
  const Onnx__ValueInfoProto *input = find_image_input (self, error);
  const Onnx__TensorShapeProto *sizes;
  FoveaOnnxValue *value;
  gboolean channels_last;

  if (input == NULL)
    return FALSE;
  sizes = input->type != NULL && input->type->tensor_type != NULL ? input->type->tensor_type->shape : NULL;
  if (sizes == NULL || sizes->n_dim != 4)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "is an ONNX model whose input '%.60s' is not of shape [N, 3, height, width]; only images are supported", show (input->name));
      return FALSE;
    }
  if (!is_float_type (input->type->tensor_type->elem_type))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "is an ONNX model whose input '%.60s' has elements of type number %d; only floating-point numbers are supported",
                   show (input->name), input->type->tensor_type->elem_type);
      return FALSE;
    }
  channels_last = get_size (sizes, 3) == 3 && get_size (sizes, 1) != 3;
  *shape = (FoveaShape) {
    .channels = get_size (sizes, channels_last ? 3 : 1),
    .height = options->height > 0 ? options->height : get_size (sizes, channels_last ? 1 : 2),
    .width = options->width > 0 ? options->width : get_size (sizes, channels_last ? 2 : 3),
  };
  if (shape->channels == 0)
    shape->channels = 3;
  if (shape->channels != 3)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "is an ONNX model that wants images with %" G_GINT64_FORMAT " channels; only colour images with 3 are supported", shape->channels);
      return FALSE;
    }
  if (shape->height == 0 || shape->width == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "is an ONNX model that leaves the height and width of its images open; say which to use (--input)");
      return FALSE;
    }
  if (shape->height < 0 || shape->height > MAX_SIZE || shape->width < 0 || shape->width > MAX_SIZE)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "is an ONNX model for images of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels, which none have", shape->height, shape->width);
      return FALSE;
    }
  self->batch = MAX (get_size (sizes, 0), 1);

  value = g_new0 (FoveaOnnxValue, 1);
  value->layer = g_strdup ("input");
  value->shape = *shape;
  value->channels_last = channels_last;
  g_hash_table_insert (self->values, input->name, value);
  return TRUE;
}

/* Which node computes each value: its index + 1. */
static GHashTable *
list_producers (const FoveaOnnxImport *self,
                GError **error)
{
  g_autoptr (GHashTable) producers = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < self->graph->n_node; i++)
    {
      const Onnx__NodeProto *node = self->graph->node[i];

      if (node->n_output == 0 || node->output[0][0] == '\0' || node->op_type == NULL)
        {
          fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has no output or no operator");
          return NULL;
        }
      for (gsize j = 0; j < node->n_output; j++)
        if (node->output[j][0] != '\0' &&
            (g_hash_table_contains (self->values, node->output[j]) || g_hash_table_contains (self->initializers, node->output[j]) ||
             !g_hash_table_insert (producers, node->output[j], GUINT_TO_POINTER (i + 1))))
          {
            fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "computes '%.120s', which is there already", show (node->output[j]));
            return NULL;
          }
    }
  return g_steal_pointer (&producers);
}

typedef enum {
  NODE_NEW,
  NODE_OPEN, /* its inputs are being looked at */
  NODE_DONE,
} NodeState;

/* Notes the nodes that the output depends on in an order in which they can be computed: depth first, without recursion.
 * In a file that is in order, they are then sorted as in the file. */
static gboolean
order_nodes (const FoveaOnnxImport *self,
             GHashTable *producers,
             guint output,
             GArray *order,
             GError **error)
{
  g_autofree guint8 *states = g_new0 (guint8, self->graph->n_node);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean sorted = TRUE;

  g_array_append_val (stack, output);
  while (stack->len > 0)
    {
      const guint index = g_array_index (stack, guint, stack->len - 1);
      const Onnx__NodeProto *node = self->graph->node[index];

      if (states[index] != NODE_NEW)
        {
          if (states[index] == NODE_OPEN)
            g_array_append_val (order, index);
          states[index] = NODE_DONE;
          g_array_set_size (stack, stack->len - 1);
          continue;
        }
      states[index] = NODE_OPEN;
      for (gsize i = 0; i < node->n_input; i++)
        {
          const char *name = node->input[i];
          guint producer = GPOINTER_TO_UINT (g_hash_table_lookup (producers, name));

          if (name[0] == '\0' || g_hash_table_contains (self->values, name) || g_hash_table_contains (self->initializers, name))
            continue;
          if (producer == 0)
            return fovea_onnx_refuse (node, FOVEA_ERROR_NOT_FOUND, error, "wants '%.120s', which the model neither holds nor computes", show (name));
          producer--;
          if (states[producer] == NODE_OPEN)
            return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "waits for its own output: the graph has a cycle");
          sorted = sorted && producer < index;
          if (states[producer] == NODE_NEW)
            g_array_append_val (stack, producer);
        }
    }
  if (sorted)
    {
      guint n_found = 0;

      for (guint i = 0; i < self->graph->n_node; i++)
        if (states[i] == NODE_DONE)
          g_array_index (order, guint, n_found++) = i;
    }
  return TRUE;
}

/* Whether what a node computes depends on the image. */
static gboolean
depends_on_image (const FoveaOnnxImport *self,
                  const Onnx__NodeProto *node,
                  GHashTable *dependent)
{
  if (g_str_equal (node->op_type, "Shape"))
    return FALSE;
  for (gsize i = 0; i < node->n_input; i++)
    if (g_hash_table_contains (self->values, node->input[i]) || g_hash_table_contains (dependent, node->input[i]))
      return TRUE;
  return FALSE;
}

static gboolean
read_node (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           const char *name,
           GError **error)
{
  if (node->domain != NULL && node->domain[0] != '\0' && !g_str_equal (node->domain, "ai.onnx"))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "uses an operator of '%.60s', which is not supported", show (node->domain));
  for (gsize i = 0; i < node->n_input; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (fovea_onnx_read_initializer (self, node->input[i], &local_error) == NULL && local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }
  return name != NULL ? fovea_onnx_convert (self, node, name, error) : fovea_onnx_fold (self, node, error);
}

/* The layers that the output's layer depends on, and itself: the model may compute more than they put out. */
static GHashTable *
find_used_layers (const FoveaOnnxImport *self,
                  const char *output)
{
  GHashTable *used = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_add (used, (gpointer) output);
  for (guint i = self->layers->len; i-- > 0;)
    {
      const FoveaOnnxLayer *layer = g_ptr_array_index (self->layers, i);

      if (g_hash_table_contains (used, layer->name))
        for (gsize j = 0; layer->inputs[j] != NULL; j++)
          g_hash_table_add (used, layer->inputs[j]);
    }
  return used;
}

/* Whether the model's first step on the image is a normalization of its own. */
static gboolean
normalizes_itself (const FoveaOnnxImport *self)
{
  static const char *const operators[] = { "Add", "BatchNormalization", "Div", "Mul", "Sub", NULL };

  for (guint i = 0; i < self->layers->len; i++)
    {
      const FoveaOnnxLayer *layer = g_ptr_array_index (self->layers, i);

      if (g_strv_contains ((const char *const *) layer->inputs, "input"))
        return g_strv_contains (operators, layer->operator_name);
    }
  return FALSE;
}

static gboolean
add_layers (const FoveaOnnxImport *self,
            const FoveaOnnxNames *names,
            const char *output,
            FoveaGraph *graph,
            GError **error)
{
  g_autoptr (GHashTable) used = find_used_layers (self, output);
  GHashTableIter iter;
  gpointer module, index;

  for (guint i = 0; i < self->layers->len; i++)
    {
      const FoveaOnnxLayer *layer = g_ptr_array_index (self->layers, i);

      if (g_hash_table_contains (used, layer->name) &&
          !fovea_graph_add_node (graph, layer->name, layer->operator_name, (const char *const *) layer->inputs, layer->attributes, layer->parameters, error))
        return FALSE;
    }

  g_hash_table_iter_init (&iter, names->modules);
  while (g_hash_table_iter_next (&iter, &module, &index))
    {
      const FoveaOnnxValue *value = g_hash_table_lookup (self->values, self->graph->node[GPOINTER_TO_UINT (index)]->output[0]);

      if (!g_hash_table_contains (used, module) && g_hash_table_contains (used, value->layer) &&
          !g_str_equal (value->layer, "input") && !g_str_equal (module, "input") &&
          !fovea_graph_add_alias (graph, module, value->layer, error))
        return FALSE;
    }
  return TRUE;
}

static FoveaGraph *
build_graph (FoveaOnnxImport *self,
             const FoveaArchitectureOptions *options,
             GError **error)
{
  g_autoptr (FoveaGraph) graph = NULL;
  g_autoptr (GHashTable) producers = NULL;
  g_autoptr (GHashTable) dependent = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (FoveaOnnxNames) names = { 0 };
  const char *output = self->graph->n_output > 0 ? self->graph->output[0]->name : NULL;
  const FoveaOnnxValue *result;
  const double *mean, *std;
  gboolean own;
  FoveaShape shape;
  guint last;

  if (!list_initializers (self, error) || !read_input (self, options, &shape, error) || (producers = list_producers (self, error)) == NULL)
    return NULL;
  last = output != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (producers, output)) : 0;
  if (last == 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model that does not compute its output '%.120s'", show (output));
      return NULL;
    }
  if (!order_nodes (self, producers, last - 1, order, error))
    return NULL;
  for (guint i = 0; i < order->len; i++)
    {
      const guint index = g_array_index (order, guint, i);
      const Onnx__NodeProto *node = self->graph->node[index];

      if (!depends_on_image (self, node, dependent))
        continue;
      g_array_append_val (layers, index);
      for (gsize j = 0; j < node->n_output; j++)
        if (node->output[j][0] != '\0')
          g_hash_table_add (dependent, node->output[j]);
    }
  fovea_onnx_names_init (&names, self->graph, (const guint *) layers->data, layers->len);
  for (guint i = 0; i < order->len; i++)
    {
      const guint index = g_array_index (order, guint, i);

      if (!read_node (self, self->graph->node[index], names.layers[index], error))
        return NULL;
    }

  result = g_hash_table_lookup (self->values, output);
  if (result == NULL || result->constant != NULL || result->without_channels || g_str_equal (result->layer, "input"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model whose output '%.120s' does not depend on the image", show (output));
      return NULL;
    }
  graph = fovea_graph_new (shape.channels, shape.height, shape.width);
  own = normalizes_itself (self);
  mean = options->mean != NULL ? options->mean : own ? no_mean : usual_mean;
  std = options->std != NULL ? options->std : own ? no_std : usual_std;
  if (!fovea_graph_set_normalization (graph, mean, std, 3, error) || !add_layers (self, &names, result->layer, graph, error) ||
      !fovea_graph_finish (graph, error))
    return NULL;
  return g_steal_pointer (&graph);
}

/**
 * fovea_onnx_is_onnx:
 * @data: (array length=size): the beginning of a file
 * @size: number of bytes
 *
 * A model begins with the version of its format and, as every writer keeps the fields in order, another field of the
 * model; a safetensors file, which may begin likewise, has a brace at the ninth byte.
 *
 * Returns: whether the file looks like an ONNX model
 */
gboolean
fovea_onnx_is_onnx (gconstpointer data,
                    gsize size)
{
  /* producer_name, producer_version, domain, model_version, doc_string, graph, opset_import, metadata_props */
  static const guint8 tags[] = { 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72 };
  const guint8 *bytes = data;

  if (size < 3 || bytes[0] != 0x08 || bytes[1] == 0 || bytes[1] > 0x7f || (size > 8 && bytes[7] == 0 && bytes[8] == '{'))
    return FALSE;
  return memchr (tags, bytes[2], sizeof tags) != NULL;
}

/**
 * fovea_onnx_read_bytes:
 * @bytes: the file
 * @options: (nullable): what the caller knows better; of it the input's size and the normalization
 * @info: (out): what was recognized; to be cleared by fovea_architecture_info_clear()
 * @error: as fovea_onnx_read(), without the path
 *
 * As fovea_onnx_read(), from memory.
 *
 * Returns: (transfer full): the finished graph, or %NULL
 */
FoveaGraph *
fovea_onnx_read_bytes (GBytes *bytes,
                       const FoveaArchitectureOptions *options,
                       FoveaArchitectureInfo *info,
                       GError **error)
{
  static const FoveaArchitectureOptions no_options = { 0 };
  g_autoptr (Onnx__ModelProto) model = NULL;
  g_auto (FoveaOnnxImport) import = { 0 };
  g_autoptr (FoveaGraph) graph = NULL;
  const FoveaShape *shape;

  *info = (FoveaArchitectureInfo) { 0 };
  model = unpack (bytes, error);
  if (model == NULL)
    return NULL;
  if (model->graph == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is an ONNX model without a graph");
      return NULL;
    }
  if (!find_opset (model, &import.opset, error))
    return NULL;

  import.graph = model->graph;
  import.batch = 1;
  import.initializers = g_hash_table_new (g_str_hash, g_str_equal);
  import.values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) fovea_onnx_value_free);
  import.layers = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_onnx_layer_free);
  graph = build_graph (&import, options != NULL ? options : &no_options, error);
  if (graph == NULL)
    return NULL;

  shape = fovea_graph_get_input_shape (graph);
  info->name = "";
  info->training = g_strdup ("");
  info->notes = g_strdup ("");
  info->n_classes = fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels;
  info->resize = (gint64) floor ((double) MIN (shape->height, shape->width) * RESIZE + 0.5);
  return g_steal_pointer (&graph);
}

/**
 * fovea_onnx_read:
 * @path: the file
 * @options: (nullable): what the caller knows better; of it the input's size and the normalization
 * @info: (out): what was recognized; to be cleared by fovea_architecture_info_clear()
 * @error: as fovea_map_file(), %FOVEA_ERROR_FORMAT where it is truncated or contradicts itself,
 *   %FOVEA_ERROR_UNSUPPORTED for operators, element types or uses of them that are not supported,
 *   %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_SHAPE, %FOVEA_ERROR_TOO_LARGE, %FOVEA_ERROR_ARGUMENT
 *
 * Reads a model and makes the graph of the layers that its first output depends on. What is computed from constants
 * alone, such as shapes, is computed here. Layers have PyTorch's module paths where its exporter wrote the file.
 * Images are normalized as ImageNet's unless the model begins with a normalization of its own. Any thread.
 *
 * Returns: (transfer full): the finished graph, or %NULL
 */
FoveaGraph *
fovea_onnx_read (const char *path,
                 const FoveaArchitectureOptions *options,
                 FoveaArchitectureInfo *info,
                 GError **error)
{
  g_autoptr (GBytes) bytes = fovea_map_file (path, error);
  FoveaGraph *graph;

  *info = (FoveaArchitectureInfo) { 0 };
  if (bytes == NULL)
    return NULL;
  graph = fovea_onnx_read_bytes (bytes, options, info, error);
  if (graph == NULL)
    g_prefix_error (error, "%s: ", path);
  return graph;
}
