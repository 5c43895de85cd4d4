/* Nodes that take channels out of a map.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/formats/onnx-convert.h"

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
  if (!fovea_onnx_add_layer (self, name, "Slice", &input, 1, &attributes, NULL, &shape, error))
    return FALSE;
  fovea_onnx_set_value (self, node, output, name, &shape);
  return TRUE;
}

/* One channel, or adjacent ones. */
gboolean
fovea_onnx_convert_gather (FoveaOnnxImport *self,
                           const Onnx__NodeProto *node,
                           const char *name,
                           const FoveaOnnxValue *input,
                           GError **error)
{
  const FoveaOnnxValue *indices = fovea_onnx_get_input (self, node, 1);
  gint64 first;

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

gboolean
fovea_onnx_convert_slice (FoveaOnnxImport *self,
                          const Onnx__NodeProto *node,
                          const char *name,
                          const FoveaOnnxValue *input,
                          GError **error)
{
  const gint64 *starts, *ends, *axes, *steps;
  gsize n_starts, n_ends, n_axes, n_steps;
  gint64 size, first, last;

  if (!fovea_onnx_get_integers (self, node, "starts", 1, &starts, &n_starts, error) ||
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

gboolean
fovea_onnx_convert_split (FoveaOnnxImport *self,
                          const Onnx__NodeProto *node,
                          const char *name,
                          const FoveaOnnxValue *input,
                          GError **error)
{
  const gint64 axis = fovea_onnx_get_integer (node, "axis", 0);
  const gint64 *sizes;
  gsize n_sizes;
  gint64 first = 0;

  if (!fovea_onnx_get_integers (self, node, "split", 1, &sizes, &n_sizes, error))
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
