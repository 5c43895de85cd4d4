/* Images for the screen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/images/image.h"

G_BEGIN_DECLS

GdkTexture *fovea_texture_new_from_image (const FoveaImage *image);
GdkTexture *fovea_texture_new_from_floats (const float *planes, guint width, guint height);
GdkTexture *fovea_texture_new_from_map (const float *map, guint width, guint height, double minimum, double maximum);
GdkTexture *fovea_texture_new_enlarged (const FoveaImage *image, guint size);

G_END_DECLS
