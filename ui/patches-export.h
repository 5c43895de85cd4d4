/* The top patches as a figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/network-pair.h"
#include "ui/patch-picture.h"
#include "ui/picture.h"

G_BEGIN_DECLS

FoveaPicture *fovea_patches_export_new (FoveaNetworkPair *pair, const char *layer, const guint *channels, GPtrArray *const *pictures, double opacity, gboolean several, gsize n_images);

G_END_DECLS
