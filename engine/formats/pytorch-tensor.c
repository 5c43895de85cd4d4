/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pytorch-tensor.h"

#include "engine/formats/pytorch-storage.h"

#include <string.h>

/* Parameters, and classes derived from tensors, wrap tensors; no honest file does so often. */
#define MAX_WRAPPERS 8

/* A view of a storage. */
typedef struct {
  FoveaPytorchStorage storage;
  FoveaElementType type;
  gint64 offset; /* in elements, as are the strides */
  guint n_dimensions;
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  gint64 strides[FOVEA_TENSOR_MAX_DIMENSIONS];
} View;

/**
 * fovea_pytorch_value_is_tensor:
 *
 * Returns: whether a value is a tensor or a parameter, supported or not
 */
gboolean
fovea_pytorch_value_is_tensor (FoveaPickleValue value)
{
  const char *name = fovea_pickle_value_get_class (value);

  return name != NULL && (g_str_has_prefix (name, "torch._utils._rebuild_") || g_str_has_prefix (name, "torch._tensor._rebuild_"));
}

/* Follows parameters to their tensors, and derived classes to what they are derived from: func (type, (arguments), …) */
static gboolean
unwrap (FoveaPickleValue *value,
        const char **callable,
        const FoveaPickleSequence **arguments,
        GError **error)
{
  for (guint i = 0; i < MAX_WRAPPERS; i++)
    {
      if (!fovea_pytorch_value_is_tensor (*value))
        break;
      *callable = fovea_pickle_value_get_class (*value);
      *arguments = &value->node->object->arguments.node->sequence;

      if (g_str_has_prefix (*callable, "torch._utils._rebuild_parameter") && (*arguments)->n_values > 0)
        *value = (*arguments)->values[0];
      else if (g_str_has_prefix (*callable, "torch._tensor._rebuild_from_type") && (*arguments)->n_values > 2 &&
               fovea_pickle_value_get_global ((*arguments)->values[0]) != NULL &&
               (*arguments)->values[2].kind == FOVEA_PICKLE_TUPLE)
        {
          *callable = fovea_pickle_value_get_global ((*arguments)->values[0]);
          *arguments = &(*arguments)->values[2].node->sequence;
          return TRUE;
        }
      else
        return TRUE;
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is a parameter without a tensor");
  return FALSE;
}

static gboolean
read_integers (FoveaPickleValue value,
               guint *n_integers,
               gint64 *integers,
               GError **error)
{
  const FoveaPickleSequence *sequence = fovea_pickle_value_get_sequence (value);

  if (sequence == NULL)
    goto failed;
  if (sequence->n_values > FOVEA_TENSOR_MAX_DIMENSIONS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has %" G_GSIZE_FORMAT " dimensions, at most %d are supported",
                   sequence->n_values, FOVEA_TENSOR_MAX_DIMENSIONS);
      return FALSE;
    }
  for (gsize i = 0; i < sequence->n_values; i++)
    {
      if (sequence->values[i].kind != FOVEA_PICKLE_INTEGER || sequence->values[i].integer < 0)
        goto failed;
      integers[i] = sequence->values[i].integer;
    }
  *n_integers = (guint) sequence->n_values;
  return TRUE;

failed:
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has sizes or strides that are none");
  return FALSE;
}

static gboolean
is_negated (FoveaPickleValue metadata)
{
  FoveaPickleValue negative;

  return fovea_pickle_value_lookup (metadata, "neg", &negative) && negative.kind == FOVEA_PICKLE_BOOLEAN && negative.boolean;
}

/* Reads (storage, offset, sizes, strides, requires_grad, hooks), with metadata behind it in version 2, and a
 * type and metadata in version 3. */
static gboolean
read_view (FoveaPickleValue value,
           View *view,
           GError **error)
{
  const FoveaPickleSequence *arguments = NULL;
  const char *callable = NULL;
  guint version, n_strides = 0;

  if (!unwrap (&value, &callable, &arguments, error))
    return FALSE;

  if (g_str_equal (callable, "torch._utils._rebuild_tensor"))
    version = 1;
  else if (g_str_equal (callable, "torch._utils._rebuild_tensor_v2"))
    version = 2;
  else if (g_str_equal (callable, "torch._utils._rebuild_tensor_v3"))
    version = 3;
  else
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "is made by '%s', but only dense tensors can be read", callable);
      return FALSE;
    }

  if (arguments->n_values < (version == 3 ? 7 : 4) || arguments->values[0].kind != FOVEA_PICKLE_PERSISTENT ||
      arguments->values[1].kind != FOVEA_PICKLE_INTEGER || arguments->values[1].integer < 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is a tensor without a storage or an offset");
      return FALSE;
    }
  view->offset = arguments->values[1].integer;
  if (!fovea_pytorch_storage_parse (arguments->values[0].node->identifier, &view->storage, error) ||
      !read_integers (arguments->values[2], &view->n_dimensions, view->shape, error) ||
      !read_integers (arguments->values[3], &n_strides, view->strides, error))
    return FALSE;
  if (n_strides != view->n_dimensions)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has %u sizes, but %u strides", view->n_dimensions, n_strides);
      return FALSE;
    }

  view->type = view->storage.type;
  if (version == 3 && !fovea_pytorch_dtype_parse (fovea_pickle_value_get_global (arguments->values[6]), &view->type))
    view->type = FOVEA_N_ELEMENT_TYPES;
  if (view->type == FOVEA_N_ELEMENT_TYPES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has elements of a type that cannot be converted to float32 (%s)", view->storage.type_name);
      return FALSE;
    }
  if (arguments->n_values > (version == 3 ? 7 : 6) && is_negated (arguments->values[version == 3 ? 7 : 6]))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "is the lazy negative of another tensor; save it after resolve_neg ()");
      return FALSE;
    }
  return TRUE;
}

/* Whether every element lies within the storage, and within the part of it that the tensor may use. Empty tensors have none. */
static gboolean
check_bounds (View *view,
              gsize storage_size,
              GError **error)
{
  gsize element_size = fovea_element_type_get_size (view->type);
  guint64 available = storage_size / element_size;
  guint64 begin = 0;
  guint64 last;

  if (view->storage.view_size >= 0)
    {
      gsize scale = view->storage.untyped ? element_size : 1;

      if ((guint64) view->storage.view_offset / scale > available ||
          (guint64) view->storage.view_size / scale > available - (guint64) view->storage.view_offset / scale)
        goto failed;
      begin = (guint64) view->storage.view_offset / scale;
      available = (guint64) view->storage.view_size / scale;
    }

  if ((guint64) view->offset >= available)
    goto failed;
  last = (guint64) view->offset;
  for (guint i = 0; i < view->n_dimensions; i++)
    {
      guint64 steps = (guint64) view->shape[i] - 1;

      if (steps == 0 || view->strides[i] == 0)
        continue;
      if ((guint64) view->strides[i] > (available - 1 - last) / steps)
        goto failed;
      last += steps * (guint64) view->strides[i];
    }
  view->offset += (gint64) begin;
  return TRUE;

failed:
  {
    g_autofree char *description = fovea_tensor_describe_shape (view->n_dimensions, view->shape);

    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "of shape %s reaches outside its storage '%s' of %" G_GUINT64_FORMAT " elements",
                 description, view->storage.key, available);
    return FALSE;
  }
}

static gboolean
is_contiguous (const View *view)
{
  gint64 expected = 1;

  for (guint i = view->n_dimensions; i > 0; i--)
    {
      if (view->shape[i - 1] != 1 && view->strides[i - 1] != expected)
        return FALSE;
      expected *= view->shape[i - 1];
    }
  return TRUE;
}

/* Converts row by row; a row is what the last dimension spans. */
static void
copy_elements (const View *view,
               int byte_order,
               const guint8 *storage,
               FoveaTensor *tensor)
{
  gsize element_size = fovea_element_type_get_size (view->type);
  const guint8 *first = storage + (gsize) view->offset * element_size;
  gint64 position[FOVEA_TENSOR_MAX_DIMENSIONS] = { 0 };
  guint n_outer = view->n_dimensions > 0 ? view->n_dimensions - 1 : 0;
  gsize row = view->n_dimensions > 0 ? (gsize) view->shape[n_outer] : 1;
  gsize stride = view->n_dimensions > 0 ? (gsize) view->strides[n_outer] : 1;

  if (is_contiguous (view))
    {
      fovea_elements_to_float32 (view->type, byte_order, first, 1, tensor->n_elements, tensor->data);
      return;
    }

  for (gsize done = 0; done < tensor->n_elements; done += row)
    {
      gsize offset = 0;

      for (guint i = 0; i < n_outer; i++)
        offset += (gsize) position[i] * (gsize) view->strides[i];
      fovea_elements_to_float32 (view->type, byte_order, first + offset * element_size, stride, row, tensor->data + done);
      for (guint i = n_outer; i > 0 && ++position[i - 1] == view->shape[i - 1]; i--)
        position[i - 1] = 0;
    }
}

/* What two tensors have in common that hold the same numbers. */
static char *
describe_view (const View *view)
{
  g_autofree char *shape = fovea_tensor_describe_shape (view->n_dimensions, view->shape);
  g_autofree char *strides = fovea_tensor_describe_shape (view->n_dimensions, view->strides);

  return g_strdup_printf ("%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s %s", (int) view->type, view->storage.view_offset, view->offset, shape, strides, view->storage.key);
}

/**
 * fovea_pytorch_tensor_read:
 * @container: the file
 * @value: a value of its pickle for which fovea_pytorch_value_is_tensor() holds
 * @tensors: (element-type utf8 FoveaTensor): the tensors that were read before; equal ones are shared
 * @error: %FOVEA_ERROR_FORMAT where the tensor reaches outside its storage or is no proper one,
 *   %FOVEA_ERROR_UNSUPPORTED for quantized, sparse or complex ones, %FOVEA_ERROR_TOO_LARGE,
 *   %FOVEA_ERROR_NOT_FOUND without storage
 *
 * Reads a view of a storage, however it is strided. A float32 tensor whose elements are adjacent shares the file's
 * memory.
 *
 * Returns: (transfer full): the tensor, or %NULL
 */
FoveaTensor *
fovea_pytorch_tensor_read (FoveaPytorchContainer *container,
                           FoveaPickleValue value,
                           GHashTable *tensors,
                           GError **error)
{
  g_autofree char *description = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FoveaTensor) tensor = NULL;
  int byte_order = fovea_pytorch_container_get_byte_order (container);
  View view = { 0 };
  gsize size, n_elements;
  const guint8 *data;

  if (!read_view (value, &view, error) || !fovea_tensor_count_elements (view.n_dimensions, view.shape, &n_elements, error))
    return NULL;
  if (n_elements == 0)
    return fovea_tensor_new (view.n_dimensions, view.shape, error);

  description = describe_view (&view);
  tensor = g_hash_table_lookup (tensors, description);
  if (tensor != NULL)
    return fovea_tensor_ref (g_steal_pointer (&tensor));

  bytes = fovea_pytorch_container_get_storage (container, view.storage.key, error);
  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (!check_bounds (&view, size, error))
    return NULL;

  if (view.type == FOVEA_ELEMENT_FLOAT32 && byte_order == G_BYTE_ORDER && is_contiguous (&view) && (guintptr) data % sizeof (float) == 0)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, (gsize) view.offset * sizeof (float), n_elements * sizeof (float));

      tensor = fovea_tensor_new_from_bytes (view.n_dimensions, view.shape, part, error);
    }
  else
    {
      tensor = fovea_pytorch_container_allocate (container, view.n_dimensions, view.shape, error);
      if (tensor != NULL)
        copy_elements (&view, byte_order, data, tensor);
    }
  if (tensor != NULL)
    g_hash_table_insert (tensors, g_steal_pointer (&description), fovea_tensor_ref (tensor));
  return g_steal_pointer (&tensor);
}
