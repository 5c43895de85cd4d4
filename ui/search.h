/* What people mean by what they type into the search entry.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer.h"

G_BEGIN_DECLS

/**
 * FoveaSearch:
 * @layer: (nullable): the layer that is meant; %NULL where none is named
 * @has_channel: whether a channel is named
 * @channel: that channel; less than the number of channels of @layer, or of the current layer
 * @filter: what the current layer's tiles are narrowed down to; "" is all
 */
typedef struct {
  FoveaLayer *layer;
  gboolean has_channel;
  guint channel;
  char *filter;
} FoveaSearch;

void fovea_search_parse (FoveaSearch *search, const char *text, GListModel *layers, FoveaLayer *current);
void fovea_search_clear (FoveaSearch *search);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaSearch, fovea_search_clear)

G_END_DECLS
