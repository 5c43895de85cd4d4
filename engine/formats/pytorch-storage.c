/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pytorch-storage.h"

#include <string.h>

static const struct {
  const char *storage; /* class of typed storages */
  const char *dtype;
  gsize size;
  FoveaElementType type;
} types[] = {
  { "FloatStorage", "float32", 4, FOVEA_ELEMENT_FLOAT32 },
  { "HalfStorage", "float16", 2, FOVEA_ELEMENT_FLOAT16 },
  { "BFloat16Storage", "bfloat16", 2, FOVEA_ELEMENT_BFLOAT16 },
  { "DoubleStorage", "float64", 8, FOVEA_ELEMENT_FLOAT64 },
  { "LongStorage", "int64", 8, FOVEA_ELEMENT_INT64 },
  { "IntStorage", "int32", 4, FOVEA_ELEMENT_INT32 },
  { "ShortStorage", "int16", 2, FOVEA_ELEMENT_INT16 },
  { "CharStorage", "int8", 1, FOVEA_ELEMENT_INT8 },
  { "ByteStorage", "uint8", 1, FOVEA_ELEMENT_UINT8 },
  { "BoolStorage", "bool", 1, FOVEA_ELEMENT_BOOL },
  { NULL, "uint16", 2, FOVEA_ELEMENT_UINT16 },
  { NULL, "uint32", 4, FOVEA_ELEMENT_UINT32 },
  { NULL, "uint64", 8, FOVEA_ELEMENT_UINT64 },
  { "UntypedStorage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
  { "_UntypedStorage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
  /* Known only so that what lies behind them in a stream can be found. */
  { "ComplexFloatStorage", NULL, 8, FOVEA_N_ELEMENT_TYPES },
  { "ComplexDoubleStorage", NULL, 16, FOVEA_N_ELEMENT_TYPES },
  { "QInt8Storage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
  { "QUInt8Storage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
  { "QInt32Storage", NULL, 4, FOVEA_N_ELEMENT_TYPES },
  { "QUInt4x2Storage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
  { "QUInt2x4Storage", NULL, 1, FOVEA_N_ELEMENT_TYPES },
};

/**
 * fovea_pytorch_dtype_parse:
 * @name: (nullable): such as `torch.float16`
 * @type: (out): the type
 *
 * Returns: whether elements of that type can be converted
 */
gboolean
fovea_pytorch_dtype_parse (const char *name,
                           FoveaElementType *type)
{
  if (name == NULL || !g_str_has_prefix (name, "torch."))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (types[i].dtype, name + strlen ("torch.")) == 0)
      {
        *type = types[i].type;
        return TRUE;
      }
  return FALSE;
}

/**
 * fovea_pytorch_storage_parse:
 * @identifier: a persistent id: ('storage', type, key, location, number of elements), with
 *   (key, offset, number of elements) or None behind it in the older format
 * @storage: (out): what it says
 * @error: %FOVEA_ERROR_FORMAT for anything else, %FOVEA_ERROR_UNSUPPORTED for unknown types
 *
 * Returns: whether @identifier refers to a storage
 */
gboolean
fovea_pytorch_storage_parse (FoveaPickleValue identifier,
                             FoveaPytorchStorage *storage,
                             GError **error)
{
  const FoveaPickleSequence *sequence = identifier.kind == FOVEA_PICKLE_TUPLE ? &identifier.node->sequence : NULL;
  const char *name;

  if (sequence == NULL || sequence->n_values < 5 ||
      g_strcmp0 (fovea_pickle_value_get_string (sequence->values[0]), "storage") != 0 ||
      fovea_pickle_value_get_global (sequence->values[1]) == NULL ||
      fovea_pickle_value_get_string (sequence->values[2]) == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "refers to a storage in a way that PyTorch does not");
      return FALSE;
    }

  *storage = (FoveaPytorchStorage) { .view_size = -1 };
  storage->type_name = fovea_pickle_value_get_global (sequence->values[1]);
  storage->key = fovea_pickle_value_get_string (sequence->values[2]);

  if (sequence->n_values > 5 && sequence->values[5].kind != FOVEA_PICKLE_NONE)
    {
      const FoveaPickleSequence *view = fovea_pickle_value_get_sequence (sequence->values[5]);

      if (view == NULL || view->n_values != 3 || view->values[1].kind != FOVEA_PICKLE_INTEGER ||
          view->values[2].kind != FOVEA_PICKLE_INTEGER || view->values[1].integer < 0 || view->values[2].integer < 0)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "refers to a part of a storage in a way that PyTorch does not");
          return FALSE;
        }
      storage->view_offset = view->values[1].integer;
      storage->view_size = view->values[2].integer;
    }

  name = strrchr (storage->type_name, '.') + 1;
  if (g_str_has_prefix (storage->type_name, "torch."))
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
      if (g_strcmp0 (types[i].storage, name) == 0)
        {
          storage->element_size = types[i].size;
          storage->type = types[i].type;
          storage->untyped = g_str_has_suffix (name, "UntypedStorage");
          return TRUE;
        }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "has a storage of the type '%s', which is not known", storage->type_name);
  return FALSE;
}
