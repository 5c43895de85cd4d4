/* Resizing where only a part of the result is wanted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

FoveaImage *fovea_image_resize_and_crop (const FoveaImage *image, guint full_width, guint full_height, guint x, guint y, guint width, guint height, GError **error);

G_END_DECLS
