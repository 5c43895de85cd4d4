/* How PyTorch's pickles refer to the storages in which tensors lie.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"
#include "engine/formats/element-type.h"
#include "engine/formats/pickle.h"

G_BEGIN_DECLS

/**
 * FoveaPytorchStorage:
 * @key: the storage's name within its file; belongs to the pickle
 * @type_name: PyTorch's name of its type, such as `torch.FloatStorage`
 * @element_size: bytes of one element; 1 for an untyped storage
 * @type: of its elements; %FOVEA_N_ELEMENT_TYPES for an untyped storage, and for types that cannot be converted
 * @untyped: whether the tensors say what the elements are
 * @view_offset: where a storage that is a part of another one begins, in elements; 0 else
 * @view_size: how many elements it has then; -1 else
 */
typedef struct {
  const char *key;
  const char *type_name;
  gsize element_size;
  FoveaElementType type;
  gboolean untyped;
  gint64 view_offset;
  gint64 view_size;
} FoveaPytorchStorage;

gboolean fovea_pytorch_storage_parse (FoveaPickleValue identifier, FoveaPytorchStorage *storage, GError **error);
gboolean fovea_pytorch_dtype_parse (const char *name, FoveaElementType *type);

G_END_DECLS
