/* The filters of the first convolutions of a pair, side by side.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "ui/network-pair.h"
#include "ui/picture.h"

G_BEGIN_DECLS

GdkTexture *fovea_overview_filters_texture_new (FoveaNetwork *network, guint size);
FoveaPicture *fovea_overview_filters_picture_new (FoveaNetworkPair *pair);

G_END_DECLS
