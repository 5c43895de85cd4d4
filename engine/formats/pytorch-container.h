/* PyTorch's two file formats: a pickle, and the storages it refers to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/pickle.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/**
 * FoveaPytorchContainer:
 *
 * An opened file. Belongs to one thread.
 */
typedef struct _FoveaPytorchContainer FoveaPytorchContainer;

FoveaPytorchContainer *fovea_pytorch_container_open (GBytes *bytes, GError **error);
void fovea_pytorch_container_free (FoveaPytorchContainer *container);

FoveaPickleValue fovea_pytorch_container_get_root (const FoveaPytorchContainer *container);
int fovea_pytorch_container_get_byte_order (const FoveaPytorchContainer *container);
GBytes *fovea_pytorch_container_get_storage (FoveaPytorchContainer *container, const char *key, GError **error);
FoveaTensor *fovea_pytorch_container_allocate (FoveaPytorchContainer *container, guint n_dimensions, const gint64 *shape, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPytorchContainer, fovea_pytorch_container_free)

G_END_DECLS
