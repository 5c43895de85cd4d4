/* Class names in files of their own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

GStrv fovea_labels_read (const char *path, GError **error);
GStrv fovea_labels_read_imagenet (void);

G_END_DECLS
