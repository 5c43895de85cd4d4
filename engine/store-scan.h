/* Scans of image sets in the store.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/store.h"

G_BEGIN_DECLS

/* A scan's state is replaced as it goes on; its rows are added to. */
#define FOVEA_STORE_SCAN_SCHEMA     \
  "CREATE TABLE scans ("            \
  "  id INTEGER PRIMARY KEY,"       \
  "  network TEXT NOT NULL,"        \
  "  images TEXT NOT NULL,"         \
  "  layer TEXT NOT NULL,"          \
  "  options TEXT NOT NULL,"        \
  "  put INTEGER NOT NULL,"         \
  "  state BLOB NOT NULL,"          \
  "  UNIQUE (network, images, layer, options));" \
  "CREATE TABLE scan_rows ("        \
  "  scan INTEGER NOT NULL REFERENCES scans (id)," \
  "  first_row INTEGER NOT NULL,"   \
  "  rows BLOB NOT NULL,"           \
  "  PRIMARY KEY (scan, first_row));"

/**
 * FoveaStoredScan:
 * @network: what tells the network from others
 * @images: the image set's fingerprint
 * @layer: the layer
 * @options: what else shapes the result
 * @state: what was found so far
 * @first_row: the number of rows that were put before
 * @row_size: bytes of a row
 * @n_rows: how many rows are added
 * @rows: the rows that are added
 */
typedef struct {
  const char *network;
  const char *images;
  const char *layer;
  const char *options;
  GBytes *state;
  gsize first_row;
  gsize row_size;
  gsize n_rows;
  gconstpointer rows;
} FoveaStoredScan;

gboolean fovea_store_put_scans (FoveaStore *store, guint n_scans, const FoveaStoredScan *scans, GError **error);
GBytes *fovea_store_get_scan (FoveaStore *store, const FoveaStoredScan *key, GBytes **rows, GError **error);
guint64 fovea_store_get_max_scan_size (FoveaStore *store);
gboolean fovea_store_drop_oldest_scan (FoveaStore *store);

G_END_DECLS
