/* The filters of the first convolutions of a pair, side by side.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "ui/network-pair.h"
#include "ui/picture.h"

G_BEGIN_DECLS

FoveaImage *fovea_overview_filters_draw (FoveaNetwork *network);
FoveaPicture *fovea_overview_filters_picture_new (FoveaNetworkPair *pair);

G_END_DECLS
