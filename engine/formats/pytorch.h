/* PyTorch checkpoints: the tensors of the network in a file that torch.save wrote.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"

G_BEGIN_DECLS

gboolean fovea_pytorch_is_pytorch (gconstpointer data, gsize size);
FoveaStateDict *fovea_pytorch_read (const char *path, GError **error);
FoveaStateDict *fovea_pytorch_read_bytes (GBytes *bytes, GError **error);

G_END_DECLS
