/* The decoders behind fovea_image_decode(), one a file format.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

FoveaImage *fovea_image_decode_png (const guint8 *data, gsize size, const char *name, GError **error);
FoveaImage *fovea_image_decode_jpeg (const guint8 *data, gsize size, const char *name, GError **error);

G_END_DECLS
