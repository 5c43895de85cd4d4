/* Nodes that change the shape of a map, or nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/formats/onnx-convert.h"

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

gboolean
fovea_onnx_convert_pad (FoveaOnnxImport *self,
                        const Onnx__NodeProto *node,
                        const char *name,
                        const FoveaOnnxValue *input,
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
    return fovea_onnx_pass_on (self, node, input);
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
  return fovea_onnx_add_simple_layer (self, node, name, input, "Pad", &attributes, NULL, error);
}

gboolean
fovea_onnx_convert_flatten (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  static const char *const copied[] = { "axis", NULL };
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  if (input->shape.flat && fovea_onnx_get_integer (node, "axis", 1) == 1)
    return fovea_onnx_pass_on (self, node, input);
  fovea_onnx_copy_attributes (node, copied, &attributes);
  return fovea_onnx_add_simple_layer (self, node, name, input, "Flatten", &attributes, NULL, error);
}

static gboolean
add_reshape (FoveaOnnxImport *self,
             const Onnx__NodeProto *node,
             const char *name,
             const FoveaOnnxValue *input,
             const gint64 sizes[3],
             GError **error)
{
  g_auto (GVariantDict) attributes = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert_value (&attributes, "shape", g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, sizes, 3, sizeof (gint64)));
  return fovea_onnx_add_simple_layer (self, node, name, input, "Reshape", &attributes, NULL, error);
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

gboolean
fovea_onnx_convert_reshape (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  const gint64 *target;
  gint64 sizes[3];
  gsize n_target;

  if (!fovea_onnx_get_integers (self, node, "shape", 1, &target, &n_target, error))
    return FALSE;
  if ((n_target != 2 && n_target != 4) || (target[0] != self->batch && target[0] != -1 && target[0] != 0))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error,
                              "changes to a shape of %" G_GSIZE_FORMAT " axes or across images; only [N, C] and [N, C, H, W] are supported", n_target);
  if (!resolve_target (node, &input->shape, target + 1, n_target - 1, sizes, error))
    return FALSE;
  if (n_target == 2)
    return input->shape.flat ? fovea_onnx_pass_on (self, node, input) : fovea_onnx_add_flatten (self, node, name, input, error);
  if (!input->shape.flat && sizes[0] == input->shape.channels && sizes[1] == input->shape.height && sizes[2] == input->shape.width)
    return fovea_onnx_pass_on (self, node, input);
  return add_reshape (self, node, name, input, sizes, error);
}

gboolean
fovea_onnx_convert_squeeze (FoveaOnnxImport *self,
                            const Onnx__NodeProto *node,
                            const char *name,
                            const FoveaOnnxValue *input,
                            GError **error)
{
  const gint64 *axes;
  gsize n_axes;

  if (!fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input->shape.flat || input->shape.height != 1 || input->shape.width != 1 || !fovea_onnx_are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "removes other axes than a height and width of 1, which is not supported");
  return fovea_onnx_add_flatten (self, node, name, input, error);
}

gboolean
fovea_onnx_convert_unsqueeze (FoveaOnnxImport *self,
                              const Onnx__NodeProto *node,
                              const char *name,
                              const FoveaOnnxValue *input,
                              GError **error)
{
  const gint64 *axes;
  gsize n_axes;

  if (!fovea_onnx_get_integers (self, node, "axes", 1, &axes, &n_axes, error))
    return FALSE;
  if (input != NULL && input->without_channels && n_axes == 1 && (axes[0] == 1 || axes[0] == -3))
    return fovea_onnx_pass_on (self, node, input);
  input = fovea_onnx_require_image (self, node, 0, error);
  if (input == NULL)
    return FALSE;
  if (!input->shape.flat || !fovea_onnx_are_map_axes (axes, n_axes))
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "adds other axes than height and width, which is not supported");
  return add_reshape (self, node, name, input, (gint64[]) { input->shape.channels, 1, 1 }, error);
}

/* Only what moves nothing: the order as it is, and images with channels last that become [N, C, H, W]. */
gboolean
fovea_onnx_convert_transpose (FoveaOnnxImport *self,
                              const Onnx__NodeProto *node,
                              const char *name,
                              const FoveaOnnxValue *input,
                              GError **error)
{
  const Onnx__AttributeProto *attribute = fovea_onnx_find_attribute (node, "perm");
  static const gint64 to_channels_first[] = { 0, 3, 1, 2 }, as_it_is[] = { 0, 1, 2, 3 };

  if (input != NULL && input->channels_last && attribute != NULL && attribute->n_ints == 4 &&
      memcmp (attribute->ints, to_channels_first, sizeof to_channels_first) == 0)
    return fovea_onnx_pass_on (self, node, input);
  input = fovea_onnx_require_image (self, node, 0, error);
  if (input == NULL)
    return FALSE;
  if (attribute == NULL || attribute->n_ints != (input->shape.flat ? 2 : 4) ||
      memcmp (attribute->ints, as_it_is, attribute->n_ints * sizeof (gint64)) != 0)
    return fovea_onnx_refuse (node, FOVEA_ERROR_UNSUPPORTED, error, "transposes what is computed from the image; only constants can be transposed");
  return fovea_onnx_pass_on (self, node, input);
}
