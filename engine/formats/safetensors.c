/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/safetensors.h"

#include <string.h>

#include "engine/formats/element-type.h"
#include "engine/formats/json.h"
#include "engine/read-file.h"
#include "engine/write-file.h"

/* A header larger than this is not one; the format's own readers have the same limit. */
#define MAX_HEADER_BYTES (100 << 20)

#define PREFIX_BYTES 8

/* Every message starts with the file's path, as the caller knows it. */
G_GNUC_PRINTF (4, 5)
static gboolean
fail (GError **error,
      const char *path,
      FoveaError code,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FOVEA_ERROR, (int) code, "%s: %s", path, message);
  return FALSE;
}

static gboolean
read_metadata (FoveaStateDict *state_dict,
               const char *path,
               JsonNode *node,
               GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, path, FOVEA_ERROR_FORMAT, "__metadata__ is not a table of strings");

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value))
    {
      if (json_node_get_value_type (value) != G_TYPE_STRING)
        return fail (error, path, FOVEA_ERROR_FORMAT, "the metadata '%s' is not a string", key);
      fovea_state_dict_set_metadata (state_dict, key, json_node_get_string (value));
    }
  return TRUE;
}

static gboolean
read_integers (JsonObject *object,
               const char *member,
               guint maximum,
               gint64 *values,
               guint *n_values)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  *n_values = json_array_get_length (array);
  if (*n_values > maximum)
    return FALSE;
  for (guint i = 0; i < *n_values; i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_INT64)
        return FALSE;
      values[i] = json_node_get_int (element);
    }
  return TRUE;
}

typedef struct {
  gint64 begin;
  gint64 end;
  const char *name;
} Span;

static int
compare_spans (gconstpointer a,
               gconstpointer b)
{
  const Span *x = a, *y = b;

  return (x->begin > y->begin) - (x->begin < y->begin);
}

/* The format forbids tensors that overlap. */
static gboolean
check_spans (const char *path,
             GArray *spans,
             GError **error)
{
  g_array_sort (spans, compare_spans);
  for (guint i = 1; i < spans->len; i++)
    {
      const Span *previous = &g_array_index (spans, Span, i - 1), *span = &g_array_index (spans, Span, i);

      if (span->begin < previous->end)
        return fail (error, path, FOVEA_ERROR_FORMAT, "contradicts itself: the tensors '%s' and '%s' overlap",
                     previous->name, span->name);
    }
  return TRUE;
}

static FoveaTensor *
read_tensor (const char *path,
             const char *name,
             JsonNode *node,
             GBytes *data,
             GArray *spans,
             GError **error)
{
  gsize n_data = g_bytes_get_size (data);
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS], offsets[2];
  guint n_dimensions, n_offsets;
  const char *dtype = NULL;
  FoveaElementType type;
  gsize n_elements, size;
  FoveaTensor *tensor = NULL;
  JsonObject *object;
  const guint8 *start;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "the entry '%s' is not a tensor", name);
      return NULL;
    }
  object = json_node_get_object (node);
  if (json_object_has_member (object, "dtype") && JSON_NODE_HOLDS_VALUE (json_object_get_member (object, "dtype")))
    dtype = json_node_get_string (json_object_get_member (object, "dtype"));
  if (dtype == NULL || !fovea_element_type_from_safetensors (dtype, &type))
    {
      fail (error, path, FOVEA_ERROR_UNSUPPORTED, "tensor '%s' has elements of type %s, which is not supported",
            name, dtype != NULL ? dtype : "(none)");
      return NULL;
    }
  if (!read_integers (object, "shape", FOVEA_TENSOR_MAX_DIMENSIONS, shape, &n_dimensions) ||
      !read_integers (object, "data_offsets", 2, offsets, &n_offsets) || n_offsets != 2)
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "tensor '%s' has no proper shape and data_offsets", name);
      return NULL;
    }
  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    {
      g_prefix_error (error, "%s: tensor '%s': ", path, name);
      return NULL;
    }
  if (offsets[0] < 0 || offsets[1] < offsets[0] || (guint64) offsets[1] > n_data)
    {
      fail (error, path, FOVEA_ERROR_FORMAT,
            "tensor '%s' lies at bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", but the file has %" G_GSIZE_FORMAT " bytes of data; it may be truncated",
            name, offsets[0], offsets[1], n_data);
      return NULL;
    }
  size = (gsize) (offsets[1] - offsets[0]);
  if (size != n_elements * fovea_element_type_get_size (type))
    {
      g_autofree char *description = fovea_tensor_describe_shape (n_dimensions, shape);

      fail (error, path, FOVEA_ERROR_FORMAT,
            "tensor '%s' of shape %s and type %s needs %" G_GSIZE_FORMAT " bytes, but its data_offsets span %" G_GSIZE_FORMAT,
            name, description, dtype, n_elements * fovea_element_type_get_size (type), size);
      return NULL;
    }

  if (size > 0)
    {
      Span span = { offsets[0], offsets[1], name };

      g_array_append_val (spans, span);
    }

  start = (const guint8 *) g_bytes_get_data (data, NULL) + offsets[0];
  if (type == FOVEA_ELEMENT_FLOAT32 && G_BYTE_ORDER == G_LITTLE_ENDIAN && (guintptr) start % sizeof (float) == 0 && size > 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (data, (gsize) offsets[0], size);

      tensor = fovea_tensor_new_from_bytes (n_dimensions, shape, bytes, error);
    }
  else
    {
      tensor = fovea_tensor_new (n_dimensions, shape, error);
      if (tensor != NULL)
        fovea_elements_to_float32 (type, G_LITTLE_ENDIAN, start, 1, n_elements, tensor->data);
    }
  if (tensor == NULL)
    g_prefix_error (error, "%s: tensor '%s': ", path, name);
  return tensor;
}

/**
 * fovea_safetensors_read_bytes:
 * @bytes: the file
 * @path: what messages call it
 * @error: as fovea_safetensors_read()
 *
 * As fovea_safetensors_read(), from memory. The tensors may share it.
 *
 * Returns: (transfer full): the tensors, or %NULL
 */
FoveaStateDict *
fovea_safetensors_read_bytes (GBytes *bytes,
                              const char *path,
                              GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) data = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (FoveaStateDict) state_dict = NULL;
  const guint8 *contents;
  gsize size;
  guint64 header_size;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  contents = g_bytes_get_data (bytes, &size);
  if (size < PREFIX_BYTES + 2)
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "is not a safetensors file: it has only %" G_GSIZE_FORMAT " bytes", size);
      return NULL;
    }
  memcpy (&header_size, contents, sizeof header_size);
  header_size = GUINT64_FROM_LE (header_size);
  if (header_size > MAX_HEADER_BYTES || header_size < 2 || contents[PREFIX_BYTES] != '{')
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "is not a safetensors file: it does not start with a header");
      return NULL;
    }
  if (header_size > size - PREFIX_BYTES)
    {
      fail (error, path, FOVEA_ERROR_FORMAT,
            "is truncated: its header should have %" G_GUINT64_FORMAT " bytes, but the file ends after %" G_GSIZE_FORMAT,
            header_size, size);
      return NULL;
    }

  root = fovea_json_parse ((const char *) contents + PREFIX_BYTES, header_size, &local_error);
  if (root == NULL)
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "has a header that %s", local_error->message);
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      fail (error, path, FOVEA_ERROR_FORMAT, "has a header that is not a JSON table");
      return NULL;
    }

  state_dict = fovea_state_dict_new ();
  data = g_bytes_new_from_bytes (bytes, PREFIX_BYTES + header_size, size - PREFIX_BYTES - header_size);
  json_object_iter_init_ordered (&iter, json_node_get_object (root));
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autoptr (FoveaTensor) tensor = NULL;

      if (g_str_equal (name, "__metadata__"))
        {
          if (!read_metadata (state_dict, path, node, error))
            return NULL;
          continue;
        }
      tensor = read_tensor (path, name, node, data, spans, error);
      if (tensor == NULL)
        return NULL;
      fovea_state_dict_insert (state_dict, name, tensor);
    }
  if (!check_spans (path, spans, error))
    return NULL;
  return g_steal_pointer (&state_dict);
}

/**
 * fovea_safetensors_read:
 * @path: the file
 * @error: as fovea_map_file(), %FOVEA_ERROR_FORMAT where it is truncated or
 *   contradicts itself, %FOVEA_ERROR_UNSUPPORTED for an element type nobody knows,
 *   %FOVEA_ERROR_TOO_LARGE for absurd shapes
 *
 * Maps the file; float32 tensors share the mapping, others are converted. The file must not be
 * written to while the tensors live; replacing it by renaming is fine. Any thread.
 *
 * Returns: (transfer full): the tensors and metadata, or %NULL
 */
FoveaStateDict *
fovea_safetensors_read (const char *path,
                        GError **error)
{
  g_autoptr (GBytes) bytes = fovea_map_file (path, error);

  return bytes != NULL ? fovea_safetensors_read_bytes (bytes, path, error) : NULL;
}

static char *
make_header (const FoveaStateDict *state_dict)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GList) keys = g_hash_table_get_keys (fovea_state_dict_get_all_metadata (state_dict));
  gsize offset = 0;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "__metadata__");
  json_builder_begin_object (builder);
  keys = g_list_sort (keys, (GCompareFunc) strcmp);
  for (GList *key = keys; key != NULL; key = key->next)
    {
      json_builder_set_member_name (builder, key->data);
      json_builder_add_string_value (builder, fovea_state_dict_get_metadata (state_dict, key->data));
    }
  json_builder_end_object (builder);

  for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
    {
      const FoveaTensor *tensor = fovea_state_dict_get_tensor (state_dict, i);

      json_builder_set_member_name (builder, fovea_state_dict_get_name (state_dict, i));
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "dtype");
      json_builder_add_string_value (builder, "F32");
      json_builder_set_member_name (builder, "shape");
      json_builder_begin_array (builder);
      for (guint j = 0; j < tensor->n_dimensions; j++)
        json_builder_add_int_value (builder, tensor->shape[j]);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "data_offsets");
      json_builder_begin_array (builder);
      json_builder_add_int_value (builder, (gint64) offset);
      offset += tensor->n_elements * sizeof (float);
      json_builder_add_int_value (builder, (gint64) offset);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* The header's length, the header, padded so that the tensors are aligned, and the tensors. */
static void
write_state_dict (FILE *file,
                  gconstpointer data)
{
  const FoveaStateDict *state_dict = data;
  g_autofree char *json = make_header (state_dict);
  g_autoptr (GString) header = g_string_new (json);
  guint64 header_size;

  while (header->len % PREFIX_BYTES != 0)
    g_string_append_c (header, ' ');
  header_size = GUINT64_TO_LE (header->len);
  fwrite (&header_size, sizeof header_size, 1, file);
  fwrite (header->str, 1, header->len, file);
  for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
    {
      const FoveaTensor *tensor = fovea_state_dict_get_tensor (state_dict, i);

      fovea_write_floats (file, tensor->data, tensor->n_elements);
    }
}

/**
 * fovea_safetensors_write:
 * @path: the file to make or to replace
 * @state_dict: tensors, written as float32 in their order, and metadata, sorted by key
 * @error: %FOVEA_ERROR_IO; @path is then as it was before
 *
 * The same contents give the same bytes. Any thread.
 *
 * Returns: whether the file was written completely
 */
gboolean
fovea_safetensors_write (const char *path,
                         const FoveaStateDict *state_dict,
                         GError **error)
{
  return fovea_write_file_with (path, write_state_dict, state_dict, error);
}
