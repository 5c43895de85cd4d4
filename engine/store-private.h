/* What the files of the store share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <sqlite3.h>

#include "engine/store.h"

G_BEGIN_DECLS

struct _FoveaStore {
  gatomicrefcount references;
  GMutex mutex; /* guards everything below */
  char *path;
  guint64 max_size;
  sqlite3 *database;
  GHashTable *statements; /* sqlite3_stmt by the address of its text, a constant; prepared when first used */
};

/* All with the mutex held. */
sqlite3_stmt *fovea_store_prepare (FoveaStore *self, const char *text);
void fovea_store_finish (sqlite3_stmt *statement);
gboolean fovea_store_execute (FoveaStore *self, const char *commands);
gboolean fovea_store_drop_oldest (FoveaStore *self);
void fovea_store_fail (FoveaStore *self, GError **error);

G_END_DECLS
