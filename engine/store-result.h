/* Results of analyses in the store, each a piece of bytes that the analysis understands.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/store.h"

G_BEGIN_DECLS

/* The identifiers count up, so they tell the age. */
#define FOVEA_STORE_RESULT_SCHEMA \
  "CREATE TABLE results ("        \
  "  id INTEGER PRIMARY KEY,"     \
  "  analysis TEXT NOT NULL,"     \
  "  network TEXT NOT NULL,"      \
  "  layer TEXT NOT NULL,"        \
  "  images TEXT NOT NULL,"       \
  "  options TEXT NOT NULL,"      \
  "  data BLOB NOT NULL,"         \
  "  UNIQUE (analysis, network, layer, images, options));"

/**
 * FoveaResultKey:
 * @analysis: which analysis, with the version of its bytes, such as `smoothness-1`
 * @network: the network's fingerprint
 * @layer: the layer; empty where the result is of the whole network
 * @images: the set's fingerprint; empty where there is none
 * @options: what else shapes the result, as text
 */
typedef struct {
  const char *analysis;
  const char *network;
  const char *layer;
  const char *images;
  const char *options;
} FoveaResultKey;

gboolean fovea_store_put_result (FoveaStore *store, const FoveaResultKey *key, GBytes *data, GError **error);
GBytes *fovea_store_get_result (FoveaStore *store, const FoveaResultKey *key, GError **error);
gboolean fovea_store_drop_oldest_result (FoveaStore *store);

G_END_DECLS
