/* Turning a photograph the way its camera was held.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

guint fovea_orientation_from_exif (const guint8 *data, gsize size);
FoveaImage *fovea_image_orient (FoveaImage *image, guint orientation, GError **error);

G_END_DECLS
