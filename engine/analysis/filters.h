/* The filters of a first convolution, drawn.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/network.h"

G_BEGIN_DECLS

gboolean fovea_filters_find_layer (const FoveaNetwork *network, int *layer, GError **error);
FoveaImage *fovea_filters_draw (FoveaNetwork *network, int layer, guint n_columns, GError **error);
gboolean fovea_filters_is_gap (const FoveaNetwork *network, int layer, const FoveaImage *sheet, guint x, guint y);

G_END_DECLS
