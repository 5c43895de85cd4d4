/* NumPy's array files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/tensor.h"

G_BEGIN_DECLS

gboolean fovea_npy_is_npy (GBytes *bytes);
FoveaTensor *fovea_npy_decode (GBytes *bytes, const char *name, GError **error);
FoveaTensor *fovea_npy_read (const char *path, GError **error);
gboolean fovea_npy_write (const FoveaTensor *tensor, const char *path, GError **error);

G_END_DECLS
