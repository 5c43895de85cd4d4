/* The decoders behind fovea_image_decode(), one a file format.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

FoveaImage *fovea_image_decode_png (const guint8 *data, gsize size, const char *name, GError **error);
guint8 *fovea_decode_png_with_alpha (const guint8 *data, gsize size, const char *name, guint *width, guint *height, GError **error);
FoveaImage *fovea_image_decode_jpeg (const guint8 *data, gsize size, const char *name, GError **error);

gboolean fovea_image_check_size (guint width, guint height, GError **error);

G_END_DECLS
