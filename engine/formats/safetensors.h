/* The safetensors container: a JSON header, then raw arrays.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"

G_BEGIN_DECLS

FoveaStateDict *fovea_safetensors_read (const char *path, GError **error);
FoveaStateDict *fovea_safetensors_read_bytes (GBytes *bytes, const char *path, GError **error);
gboolean fovea_safetensors_write (const char *path, const FoveaStateDict *state_dict, GError **error);

G_END_DECLS
