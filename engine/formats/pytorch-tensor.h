/* Tensors as PyTorch's pickles describe them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/pytorch-container.h"

G_BEGIN_DECLS

gboolean fovea_pytorch_value_is_tensor (FoveaPickleValue value);
FoveaTensor *fovea_pytorch_tensor_read (FoveaPytorchContainer *container, FoveaPickleValue value, GHashTable *tensors, GError **error);

G_END_DECLS
