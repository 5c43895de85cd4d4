/* Nodes that compute with the image: each becomes a layer, or nothing where it changes nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "engine/formats/onnx-import.h"

/* From this operator set on, Softmax works along one axis instead of on everything from it on. */
#define OPSET_ONE_AXIS 13

typedef gboolean (*ConvertFunc) (FoveaOnnxImport *import, const Onnx__NodeProto *node, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaOnnxLayer, fovea_onnx_layer_free)

static const FoveaOnnxValue *
require_image_value (FoveaOnnxImport *self,
                     const Onnx__NodeProto *node,
                     guint index,
                     GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);

  if (value == NULL)
    fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "lacks its input %u", index + 1);
  else if (value->constant != NULL)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a constant as its input %u, which is not supported there", index + 1);
  else if (value->channels_last)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error,
                       "works on images with the channels last; only images of shape [N, 3, height, width] are supported");
  else if (value->without_channels)
    fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "works on a single channel of shape [N, height, width], which is not supported");
  else
    return value;
  return NULL;
}

static GHashTable *
new_parameters (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
}

/* An input that has to be weights goes among the parameters. */
static gboolean
add_parameter (FoveaOnnxImport *self,
               const Onnx__NodeProto *node,
               guint index,
               const char *parameter,
               GHashTable *parameters,
               GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);

  if (value == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_NOT_FOUND, error, "lacks its %s", parameter);
  if (value->constant == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a %s that depends on the image, which is not supported", parameter);
  if (value->constant->tensor == NULL)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has a %s of whole numbers", parameter);
  g_hash_table_insert (parameters, g_strdup (parameter), fovea_tensor_ref (value->constant->tensor));
  return TRUE;
}

/* Adds a layer and finds its output's shape, with the operator's own words where it cannot work like that. */
static gboolean
add_layer (FoveaOnnxImport *self,
           const char *name,
           const char *operator_name,
           const FoveaOnnxValue *const *inputs,
           guint n_inputs,
           GVariantDict *attributes,
           GHashTable *parameters,
           FoveaShape *shape,
           GError **error)
{
  g_autoptr (FoveaOnnxLayer) layer = g_new0 (FoveaOnnxLayer, 1);
  g_autofree FoveaShape *shapes = g_new (FoveaShape, n_inputs);
  FoveaNode node = { .operator = fovea_operator_lookup (operator_name), .n_inputs = n_inputs };
  gboolean success;

  g_assert (node.operator != NULL);
  layer->name = g_strdup (name);
  layer->operator_name = node.operator->name;
  layer->inputs = g_new0 (char *, n_inputs + 1);
  for (guint i = 0; i < n_inputs; i++)
    {
      layer->inputs[i] = g_strdup (inputs[i]->layer);
      shapes[i] = inputs[i]->shape;
    }
  if (attributes != NULL)
    {
      g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_dict_end (attributes));

      layer->attributes = g_variant_ref_sink (g_variant_get_normal_form (variant));
      g_variant_get_data (layer->attributes);
    }
  if (parameters != NULL)
    layer->parameters = g_hash_table_ref (parameters);

  node.name = layer->name;
  node.attributes = layer->attributes;
  node.parameters = layer->parameters;
  success = (node.operator->prepare == NULL || node.operator->prepare (&node, error)) &&
            node.operator->infer_shape (&node, shapes, shape, error);
  if (node.prepared != NULL && node.operator->release != NULL)
    node.operator->release (node.prepared);
  if (success)
    g_ptr_array_add (self->layers, g_steal_pointer (&layer));
  return success;
}

/* The common case: the node is one layer that reads the node's first input. */
static gboolean
add_simple_layer (FoveaOnnxImport *self,
                  const Onnx__NodeProto *node,
                  const char *name,
                  const char *operator_name,
                  GVariantDict *attributes,
                  GHashTable *parameters,
                  GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  FoveaShape shape;

  if (input == NULL || !add_layer (self, name, operator_name, &input, 1, attributes, parameters, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

/* A node that passes its input on is no layer. */
static gboolean
pass_on (FoveaOnnxImport *self,
         const Onnx__NodeProto *node,
         GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  FoveaShape shape;
  g_autofree char *layer = NULL;

  if (input == NULL)
    return FALSE;
  shape = input->shape;
  layer = g_strdup (input->layer);
  fovea_onnx_set_value (self, node, 0, layer, &shape);
  return TRUE;
}

static gboolean
convert_pass_on (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  return pass_on (self, node, error);
}

static void
copy_attributes (const Onnx__NodeProto *node,
                 const char *const *names,
                 GVariantDict *attributes)
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, names[i]);
      g_autofree char *text = NULL;

      if (attribute == NULL)
        continue;
      if (attribute->n_ints > 0)
        g_variant_dict_insert_value (attributes, names[i],
                                     g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, attribute->ints, attribute->n_ints, sizeof (gint64)));
      else if (attribute->has_i)
        g_variant_dict_insert (attributes, names[i], "x", attribute->i);
      else if (attribute->has_f)
        g_variant_dict_insert (attributes, names[i], "d", (double) attribute->f);
      else if (attribute->has_s)
        {
          text = g_utf8_make_valid ((const char *) attribute->s.data, (gssize) attribute->s.len);
          g_variant_dict_insert (attributes, names[i], "s", text);
        }
    }
}

static gboolean
check_single_output (const Onnx__NodeProto *node,
                     GError **error)
{
  for (gsize i = 1; i < node->n_output; i++)
    if (node->output[i][0] != '\0')
      return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a second output '%.60s', which is not supported",
                                g_utf8_validate (node->output[i], -1, NULL) ? node->output[i] : "");
  return TRUE;
}

static gboolean
convert_conv (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              const char *name,
              GError **error)
{
  static const char *const copied[] = { "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = new_parameters ();

  copy_attributes (node, copied, &attributes);
  if (!add_parameter (self, node, 1, "W", parameters, error) ||
      (fovea_onnx_get_input (self, node, 2) != NULL && !add_parameter (self, node, 2, "B", parameters, error)))
    return FALSE;
  return add_simple_layer (self, node, name, "Conv", &attributes, parameters, error);
}

static gboolean
convert_pool (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              const char *name,
              GError **error)
{
  static const char *const copied[] = { "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const Onnx__AttributeProto *dilations = fovea_onnx_find_attribute (node, "dilations");

  copy_attributes (node, copied, &attributes);
  if (!check_single_output (node, error))
    return FALSE;
  if (g_str_equal (node->op_type, "AveragePool"))
    for (gsize i = 0; dilations != NULL && i < dilations->n_ints; i++)
      if (dilations->ints[i] != 1)
        return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "averages with a dilation, which is not supported");
  return add_simple_layer (self, node, name, node->op_type, &attributes, NULL, error);
}

static gboolean
convert_global_max_pool (FoveaOnnxImport *self,
                         const Onnx__NodeProto *node,
                         const char *name,
                         GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);

  if (input == NULL)
    return FALSE;
  g_variant_dict_insert_value (&attributes, "kernel_shape",
                               g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, (gint64[]) { input->shape.height, input->shape.width }, 2, sizeof (gint64)));
  return add_simple_layer (self, node, name, "MaxPool", &attributes, NULL, error);
}

static gboolean
convert_batch_normalization (FoveaOnnxImport *self,
                             const Onnx__NodeProto *node,
                             const char *name,
                             GError **error)
{
  static const char *const names[] = { "scale", "B", "input_mean", "input_var" };
  static const char *const copied[] = { "epsilon", "training_mode", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = new_parameters ();

  copy_attributes (node, copied, &attributes);
  if (fovea_onnx_get_integer (node, "spatial", 1) != 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has spatial 0, which is not supported");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!add_parameter (self, node, i + 1, names[i], parameters, error))
      return FALSE;
  return check_single_output (node, error) && add_simple_layer (self, node, name, "BatchNormalization", &attributes, parameters, error);
}

static gboolean
convert_gemm (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              const char *name,
              GError **error)
{
  static const char *const copied[] = { "alpha", "beta", "transA", "transB", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GHashTable) parameters = new_parameters ();

  copy_attributes (node, copied, &attributes);
  if (!add_parameter (self, node, 1, "B", parameters, error) ||
      (fovea_onnx_get_input (self, node, 2) != NULL && !add_parameter (self, node, 2, "C", parameters, error)))
    return FALSE;
  return add_simple_layer (self, node, name, "Gemm", &attributes, parameters, error);
}

/* A product of flat values with a constant matrix is a Gemm without the rest. */
static gboolean
convert_mat_mul (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  g_autoptr (GHashTable) parameters = new_parameters ();

  if (!add_parameter (self, node, 1, "B", parameters, error))
    return FALSE;
  return add_simple_layer (self, node, name, "Gemm", NULL, parameters, error);
}

/* Operators that have the same attributes here as there, and one input. */
static gboolean
convert_elementwise (FoveaOnnxImport *self,
                     const Onnx__NodeProto *node,
                     const char *name,
                     GError **error)
{
  static const char *const copied[] = { "alpha", "beta", "bias", "size", "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  copy_attributes (node, copied, &attributes);
  return add_simple_layer (self, node, name, node->op_type, &attributes, NULL, error);
}

static gboolean
convert_dropout (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  const FoveaOnnxValue *training = fovea_onnx_get_input (self, node, 2);

  if (training != NULL && (training->constant == NULL || training->constant->n_elements != 1 || fovea_onnx_constant_get (training->constant, 0) != 0))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "drops values at random; export the network for inference");
  return add_simple_layer (self, node, name, "Dropout", NULL, NULL, error);
}

/* A bound of Clip: an attribute in operator sets before 11, then an input. */
static gboolean
add_bound (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           guint index,
           const char *bound,
           GVariantDict *attributes,
           GError **error)
{
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, index);
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, bound);
  double number;

  if (value == NULL && (attribute == NULL || !attribute->has_f))
    return TRUE;
  if (value != NULL && (value->constant == NULL || value->constant->n_elements != 1))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "has a %s that is no constant number", bound);
  number = value != NULL ? fovea_onnx_constant_get (value->constant, 0) : (double) attribute->f;
  if (isnan (number))
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has a %s that is no number", bound);
  if (isfinite (number))
    g_variant_dict_insert (attributes, bound, "d", number);
  return TRUE;
}

static gboolean
convert_clip (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              const char *name,
              GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  if (!add_bound (self, node, 1, "min", &attributes, error) || !add_bound (self, node, 2, "max", &attributes, error))
    return FALSE;
  return add_simple_layer (self, node, name, "Clip", &attributes, NULL, error);
}

/* A constant as [C, H, W] or, beside flat values, as [C, 1, 1]: broadcasting aligns shapes at their ends. */
static FoveaTensor *
align_constant (const Onnx__NodeProto *node,
                const FoveaOnnxConstant *constant,
                const FoveaShape *shape,
                GError **error)
{
  const guint rank = shape->flat ? 2 : 4;
  gint64 sizes[4] = { 1, 1, 1, 1 };
  gint64 aligned[3];
  g_autoptr (FoveaOnnxConstant) view = NULL;

  if (constant->tensor == NULL || constant->n_dimensions > rank)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "combines the image with a constant of %u dimensions or of whole numbers",
                         constant->n_dimensions);
      return NULL;
    }
  for (guint i = 0; i < constant->n_dimensions; i++)
    sizes[rank - constant->n_dimensions + i] = constant->shape[i];
  aligned[0] = sizes[1];
  aligned[1] = shape->flat ? 1 : sizes[2];
  aligned[2] = shape->flat ? 1 : sizes[3];
  if (sizes[0] != 1)
    {
      fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "combines the image with a constant for %" G_GINT64_FORMAT " images", sizes[0]);
      return NULL;
    }
  view = fovea_onnx_constant_reshape (constant, 3, aligned, error);
  return view != NULL ? fovea_tensor_ref (view->tensor) : NULL;
}

/* Add, Sub, Mul, Div: of two values, or of one and a constant. */
static gboolean
convert_arithmetic (FoveaOnnxImport *self,
                    const Onnx__NodeProto *node,
                    const char *name,
                    GError **error)
{
  const FoveaOnnxValue *inputs[2] = { fovea_onnx_get_input (self, node, 0), fovea_onnx_get_input (self, node, 1) };
  g_autoptr (GHashTable) parameters = NULL;
  FoveaOnnxConstant *constant = NULL;
  FoveaShape shape;
  guint n_inputs = 0;

  for (guint i = 0; i < 2; i++)
    if (inputs[i] != NULL && inputs[i]->constant != NULL)
      constant = inputs[i]->constant;
    else
      {
        inputs[n_inputs] = require_image_value (self, node, i, error);
        if (inputs[n_inputs] == NULL)
          return FALSE;
        n_inputs++;
      }
  if (constant != NULL)
    {
      FoveaTensor *aligned = align_constant (node, constant, &inputs[0]->shape, error);

      if (aligned == NULL)
        return FALSE;
      parameters = new_parameters ();
      g_hash_table_insert (parameters, g_strdup (fovea_onnx_get_input (self, node, 0)->constant != NULL ? "A" : "B"), aligned);
    }
  if (!add_layer (self, name, node->op_type, inputs, n_inputs, NULL, parameters, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

static gboolean
convert_many (FoveaOnnxImport *self,
              const Onnx__NodeProto *node,
              const char *name,
              GError **error)
{
  static const char *const copied[] = { "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  g_autofree const FoveaOnnxValue **inputs = g_new (const FoveaOnnxValue *, node->n_input + 1);
  FoveaShape shape;

  copy_attributes (node, copied, &attributes);
  for (guint i = 0; i < node->n_input; i++)
    {
      inputs[i] = require_image_value (self, node, i, error);
      if (inputs[i] == NULL)
        return FALSE;
    }
  if (node->n_input == 0)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has no inputs");
  if (!add_layer (self, name, node->op_type, inputs, (guint) node->n_input, &attributes, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

/* Until operator set 12, Softmax took everything from its axis on as one list. */
static gboolean
convert_softmax (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  gint64 axis = fovea_onnx_get_integer (node, "axis", self->opset >= OPSET_ONE_AXIS ? -1 : 1);

  if (input == NULL)
    return FALSE;
  if (self->opset < OPSET_ONE_AXIS && !input->shape.flat && input->shape.height * input->shape.width > 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "works on channels and positions at once, which is not supported");
  g_variant_dict_insert (&attributes, "axis", "x", axis);
  return add_simple_layer (self, node, name, "Softmax", &attributes, NULL, error);
}

/* The numbers of padding before and after height and width; refuses padding of other axes. */
static gboolean
read_pads (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           gint64 pads[4],
           GError **error)
{
  const gint64 *found, *axes;
  gsize n_found, n_axes;

  if (!fovea_onnx_get_integers (self, node, "pads", 1, &found, &n_found, error) ||
      !fovea_onnx_get_integers (self, node, "axes", 3, &axes, &n_axes, error))
    return FALSE;
  if (axes == NULL)
    n_axes = 4;
  if (n_axes > 4 || n_found != 2 * n_axes)
    return fovea_onnx_refuse (node, FOVEA_ERROR_FORMAT, error, "has %" G_GSIZE_FORMAT " pads where there should be %" G_GSIZE_FORMAT, n_found, 2 * n_axes);
  pads[0] = pads[1] = pads[2] = pads[3] = 0;
  for (gsize i = 0; i < n_axes; i++)
    {
      gint64 axis = axes == NULL ? (gint64) i : axes[i] < 0 ? axes[i] + 4 : axes[i];

      if (axis == 2 || axis == 3)
        {
          pads[axis - 2] = found[i];
          pads[axis] = found[n_axes + i];
        }
      else if (found[i] != 0 || found[n_axes + i] != 0)
        return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "pads images or channels; only padding of height and width is supported");
    }
  return TRUE;
}

static gboolean
convert_pad (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             const char *name,
             GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const Onnx__AttributeProto *mode = fovea_onnx_find_attribute (node, "mode");
  const FoveaOnnxValue *value = fovea_onnx_get_input (self, node, 2);
  double fill = fovea_onnx_get_float (node, "value", 0);
  gint64 pads[4];

  if (!read_pads (self, node, pads, error))
    return FALSE;
  if (pads[0] == 0 && pads[1] == 0 && pads[2] == 0 && pads[3] == 0)
    return pass_on (self, node, error);
  if (mode != NULL && mode->has_s && (mode->s.len != strlen ("constant") || memcmp (mode->s.data, "constant", mode->s.len) != 0))
    {
      g_autofree char *text = g_utf8_make_valid ((const char *) mode->s.data, (gssize) MIN (mode->s.len, 40));

      return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "pads in the mode '%s'; only 'constant' is supported", text);
    }
  if (value != NULL)
    {
      if (value->constant == NULL || value->constant->n_elements != 1)
        return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "pads with something that is no constant number");
      fill = fovea_onnx_constant_get (value->constant, 0);
    }
  g_variant_dict_insert_value (&attributes, "pads", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, pads, 4, sizeof (gint64)));
  g_variant_dict_insert (&attributes, "value", "d", fill);
  return add_simple_layer (self, node, name, "Pad", &attributes, NULL, error);
}

/* The whole map, and nothing else, whatever the order of the axes. */
static gboolean
are_map_axes (const gint64 *axes,
              gsize n_axes)
{
  gboolean seen[2] = { FALSE, FALSE };

  for (gsize i = 0; i < n_axes; i++)
    {
      gint64 axis = axes[i] < 0 ? axes[i] + 4 : axes[i];

      if (axis != 2 && axis != 3)
        return FALSE;
      seen[axis - 2] = TRUE;
    }
  return n_axes == 2 && seen[0] && seen[1];
}

static gboolean
add_flatten (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             const char *name,
             const FoveaOnnxValue *input,
             GError **error)
{
  FoveaShape shape;

  if (!add_layer (self, name, "Flatten", &input, 1, NULL, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

static gboolean
convert_reduce_mean (FoveaOnnxImport *self,
                     const Onnx__NodeProto *node,
                     const char *name,
                     GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const gint64 *axes;
  gsize n_axes;
  FoveaShape shape;
  g_autofree char *flat = NULL;

  if (input == NULL || !fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input->shape.flat || !are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "averages over other axes than height and width, which is not supported");
  if (!add_layer (self, name, "GlobalAveragePool", &input, 1, NULL, NULL, &shape, error))
    return FALSE;
  if (fovea_onnx_get_integer (node, "keepdims", 1) == 0)
    {
      const FoveaOnnxValue average = { .layer = (char *) name, .shape = shape };

      flat = g_strconcat (name, ".flatten", NULL);
      return add_flatten (self, node, flat, &average, error);
    }
  fovea_onnx_set_value (self, node, 0, name, &shape);
  return TRUE;
}

static gboolean
convert_flatten (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  static const char *const copied[] = { "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);

  if (input == NULL)
    return FALSE;
  if (input->shape.flat && fovea_onnx_get_integer (node, "axis", 1) == 1)
    return pass_on (self, node, error);
  copy_attributes (node, copied, &attributes);
  return add_simple_layer (self, node, name, "Flatten", &attributes, NULL, error);
}

static gboolean
add_reshape (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             const char *name,
             const gint64 sizes[3],
             GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&attributes, "shape", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, sizes, 3, sizeof (gint64)));
  return add_simple_layer (self, node, name, "Reshape", &attributes, NULL, error);
}

/* What Reshape makes of one image: the sizes after the batch's, of which one may be -1 (what is left). */
static gboolean
resolve_target (const Onnx__NodeProto *node,
                const FoveaShape *input,
                const gint64 *target,
                gsize n_sizes,
                gint64 *sizes,
                GError **error)
{
  const gint64 input_sizes[3] = { input->channels, input->height, input->width };
  const gsize n_elements = fovea_shape_get_n_elements (input);
  const gboolean copies = fovea_onnx_get_integer (node, "allowzero", 0) == 0;
  gsize known = 1;
  int unknown = -1;

  for (gsize i = 0; i < n_sizes; i++)
    {
      sizes[i] = target[i];
      if (sizes[i] == 0 && copies && i < (input->flat ? 1 : 3))
        sizes[i] = input_sizes[i];
      if (sizes[i] == -1 && unknown < 0)
        unknown = (int) i;
      else if (sizes[i] < 1 || (gsize) sizes[i] > n_elements / known)
        return fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "cannot give %" G_GSIZE_FORMAT " values of each image the size %" G_GINT64_FORMAT,
                                  n_elements, target[i]);
      else
        known *= (gsize) sizes[i];
    }
  if (unknown >= 0 && n_elements % known == 0)
    sizes[unknown] = (gint64) (n_elements / known);
  else if (known != n_elements)
    return fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "cannot make a shape of %" G_GSIZE_FORMAT " values of the %" G_GSIZE_FORMAT " of each image",
                              known, n_elements);
  return TRUE;
}

static gboolean
convert_reshape (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const gint64 *target;
  gint64 sizes[3];
  gsize n_target;

  if (input == NULL || !fovea_onnx_get_integers (self, node, "shape", 1, &target, &n_target, error))
    return FALSE;
  if ((n_target != 2 && n_target != 4) || (target[0] != self->batch && target[0] != -1 && target[0] != 0))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error,
                              "changes to a shape of %" G_GSIZE_FORMAT " axes or across images; only [N, C] and [N, C, H, W] are supported", n_target);
  if (!resolve_target (node, &input->shape, target + 1, n_target - 1, sizes, error))
    return FALSE;
  if (n_target == 2)
    return input->shape.flat ? pass_on (self, node, error) : add_flatten (self, node, name, input, error);
  if (!input->shape.flat && sizes[0] == input->shape.channels && sizes[1] == input->shape.height && sizes[2] == input->shape.width)
    return pass_on (self, node, error);
  return add_reshape (self, node, name, sizes, error);
}

static gboolean
convert_squeeze (FoveaOnnxImport *self,
                 const Onnx__NodeProto *node,
                 const char *name,
                 GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const gint64 *axes;
  gsize n_axes;

  if (input == NULL || !fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input->shape.flat || input->shape.height != 1 || input->shape.width != 1 || !are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "removes other axes than a height and width of 1, which is not supported");
  return add_flatten (self, node, name, input, error);
}

static gboolean
convert_unsqueeze (FoveaOnnxImport *self,
                   const Onnx__NodeProto *node,
                   const char *name,
                   GError **error)
{
  const FoveaOnnxValue *input = fovea_onnx_get_input (self, node, 0);
  const gint64 *axes;
  gsize n_axes;

  if (!fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input != NULL && input->without_channels && n_axes == 1 && (axes[0] == 1 || axes[0] == -3))
    {
      const FoveaShape shape = input->shape;
      g_autofree char *layer = g_strdup (input->layer);

      fovea_onnx_set_value (self, node, 0, layer, &shape);
      return TRUE;
    }
  input = require_image_value (self, node, 0, error);
  if (input == NULL)
    return FALSE;
  if (!input->shape.flat || !are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "adds other axes than height and width, which is not supported");
  return add_reshape (self, node, name, (gint64[]) { input->shape.channels, 1, 1 }, error);
}

/* A layer with channels first … last - 1 of the node's input. */
static gboolean
add_slice (FoveaOnnxImport *self,
           const Onnx__NodeProto *node,
           const char *name,
           const FoveaOnnxValue *input,
           gint64 first,
           gint64 last,
           guint output,
           GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);
  FoveaShape shape;

  g_variant_dict_insert_value (&attributes, "axes", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, (gint64[]) { 1 }, 1, sizeof (gint64)));
  g_variant_dict_insert_value (&attributes, "starts", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, &first, 1, sizeof (gint64)));
  g_variant_dict_insert_value (&attributes, "ends", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, &last, 1, sizeof (gint64)));
  if (!add_layer (self, name, "Slice", &input, 1, &attributes, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, output, name, &shape);
  return TRUE;
}

/* One channel, or adjacent ones. */
static gboolean
convert_gather (FoveaOnnxImport *self,
                const Onnx__NodeProto *node,
                const char *name,
                GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const FoveaOnnxValue *indices = fovea_onnx_get_input (self, node, 1);
  gint64 first;

  if (input == NULL)
    return FALSE;
  if (fovea_onnx_get_integer (node, "axis", 0) != 1 || input->shape.flat || indices == NULL || indices->constant == NULL ||
      indices->constant->integers == NULL || indices->constant->n_elements < 1 || indices->constant->n_dimensions > 1)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "gathers something else than channels of a map, which is not supported");
  first = indices->constant->integers[0];
  if (first < 0)
    first += input->shape.channels;
  for (gsize i = 1; i < indices->constant->n_elements; i++)
    if (indices->constant->integers[i] != first + (gint64) i)
      return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "gathers channels that are not adjacent, which is not supported");
  if (!add_slice (self, node, name, input, first, first + (gint64) indices->constant->n_elements, 0, error))
    return FALSE;
  ((FoveaOnnxValue *) g_hash_table_lookup (self->values, node->output[0]))->without_channels = indices->constant->n_dimensions == 0;
  return TRUE;
}

static gboolean
convert_slice (FoveaOnnxImport *self,
               const Onnx__NodeProto *node,
               const char *name,
               GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const gint64 *starts, *ends, *axes, *steps;
  gsize n_starts, n_ends, n_axes, n_steps;
  gint64 size, first, last;

  if (input == NULL ||
      !fovea_onnx_get_integers (self, node, "starts", 1, &starts, &n_starts, error) ||
      !fovea_onnx_get_integers (self, node, "ends", 2, &ends, &n_ends, error) ||
      !fovea_onnx_get_integers (self, node, "axes", 3, &axes, &n_axes, error) ||
      !fovea_onnx_get_integers (self, node, "steps", 4, &steps, &n_steps, error))
    return FALSE;
  if (input->shape.flat || n_starts != 1 || n_ends != 1 || n_axes != 1 || (axes[0] != 1 && axes[0] != -3) || (n_steps > 0 && steps[0] != 1))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "takes out something else than adjacent channels of a map, which is not supported");
  size = input->shape.channels;
  first = CLAMP (starts[0] < 0 ? starts[0] + size : starts[0], 0, size);
  last = CLAMP (ends[0] < 0 ? ends[0] + size : ends[0], 0, size);
  return add_slice (self, node, name, input, first, last, 0, error);
}

static gboolean
convert_split (FoveaOnnxImport *self,
               const Onnx__NodeProto *node,
               const char *name,
               GError **error)
{
  const FoveaOnnxValue *input = require_image_value (self, node, 0, error);
  const gint64 axis = fovea_onnx_get_integer (node, "axis", 0);
  const gint64 *sizes;
  gsize n_sizes;
  gint64 first = 0;

  if (input == NULL || !fovea_onnx_get_integers (self, node, "split", 1, &sizes, &n_sizes, error))
    return FALSE;
  if (input->shape.flat || (axis != 1 && axis != -3) || (sizes != NULL && n_sizes != node->n_output) ||
      (sizes == NULL && input->shape.channels % (gint64) node->n_output != 0))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "splits something else than the channels of a map, or not evenly, which is not supported");
  for (guint i = 0; i < node->n_output; i++)
    {
      const gint64 size = sizes != NULL ? sizes[i] : input->shape.channels / (gint64) node->n_output;
      g_autofree char *part = g_strdup_printf ("%s.%u", name, i);

      if (size < 1 || size > input->shape.channels - first)
        return fovea_onnx_refuse (node, FOVEA_ERROR_SHAPE, error, "splits %" G_GINT64_FORMAT " channels into more than there are", input->shape.channels);
      if (!add_slice (self, node, part, input, first, first + size, i, error))
        return FALSE;
      first += size;
    }
  return TRUE;
}

/* Only what moves nothing: the order as it is, and images with channels last that become [N, C, H, W]. */
static gboolean
convert_transpose (FoveaOnnxImport *self,
                   const Onnx__NodeProto *node,
                   const char *name,
                   GError **error)
{
  const FoveaOnnxValue *input = fovea_onnx_get_input (self, node, 0);
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, "perm");
  static const gint64 to_channels_first[] = { 0, 3, 1, 2 }, as_it_is[] = { 0, 1, 2, 3 };

  if (input != NULL && input->channels_last && attribute != NULL && attribute->n_ints == 4 &&
      memcmp (attribute->ints, to_channels_first, sizeof to_channels_first) == 0)
    {
      const FoveaShape shape = input->shape;
      g_autofree char *layer = g_strdup (input->layer);

      fovea_onnx_set_value (self, node, 0, layer, &shape);
      return TRUE;
    }
  input = require_image_value (self, node, 0, error);
  if (input == NULL)
    return FALSE;
  if (attribute == NULL || attribute->n_ints != (input->shape.flat ? 2 : 4) ||
      memcmp (attribute->ints, as_it_is, attribute->n_ints * sizeof (gint64)) != 0)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "transposes what is computed from the image; only constants can be transposed");
  return pass_on (self, node, error);
}

static const struct {
  const char *operator;
  ConvertFunc convert;
} converters[] = {
  { "Add", convert_arithmetic },
  { "AveragePool", convert_pool },
  { "BatchNormalization", convert_batch_normalization },
  { "Cast", convert_pass_on },
  { "Clip", convert_clip },
  { "Concat", convert_many },
  { "Conv", convert_conv },
  { "Div", convert_arithmetic },
  { "Dropout", convert_dropout },
  { "Flatten", convert_flatten },
  { "Gather", convert_gather },
  { "Gemm", convert_gemm },
  { "GlobalAveragePool", convert_elementwise },
  { "GlobalMaxPool", convert_global_max_pool },
  { "HardSigmoid", convert_elementwise },
  { "HardSwish", convert_elementwise },
  { "Identity", convert_pass_on },
  { "LRN", convert_elementwise },
  { "LeakyRelu", convert_elementwise },
  { "MatMul", convert_mat_mul },
  { "MaxPool", convert_pool },
  { "Mul", convert_arithmetic },
  { "Pad", convert_pad },
  { "ReduceMean", convert_reduce_mean },
  { "Relu", convert_elementwise },
  { "Reshape", convert_reshape },
  { "Sigmoid", convert_elementwise },
  { "Slice", convert_slice },
  { "Softmax", convert_softmax },
  { "Split", convert_split },
  { "Squeeze", convert_squeeze },
  { "Sub", convert_arithmetic },
  { "Sum", convert_many },
  { "Transpose", convert_transpose },
  { "Unsqueeze", convert_unsqueeze },
};

/**
 * fovea_onnx_convert:
 * @node: a node whose inputs are known, and of which one at least depends on the image
 * @name: what its layer is to be called
 * @error: %FOVEA_ERROR_UNSUPPORTED for an operator or a use of it that is not supported, or what the engine's operator says
 *
 * Adds the layers that compute what the node does, and its outputs to the values.
 *
 * Returns: whether that was possible
 */
gboolean
fovea_onnx_convert (FoveaOnnxImport *self,
                    const Onnx__NodeProto *node,
                    const char *name,
                    GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (converters); i++)
    if (g_strcmp0 (node->op_type, converters[i].operator) == 0)
      return converters[i].convert (self, node, name, error);
  return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "uses an operator that is not supported");
}
