/* What was computed, in SQLite: it survives a crash and a restart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

/**
 * FoveaStore:
 *
 * One database file, `$XDG_CACHE_HOME/fovea/store.sqlite` unless told otherwise. May be shared by
 * threads; calls are serialized. A database that cannot be read, or that a newer version wrote, is
 * replaced: everything in it can be computed again. What is put in survives the program's being killed.
 * At most 1 GiB is kept; then what was put in first goes first.
 */
typedef struct _FoveaStore FoveaStore;

/**
 * FoveaStoredVisualization:
 * @image: the optimized image
 * @activation: what it reaches
 * @dead: no gradient ever reached the image
 */
typedef struct {
  FoveaImage *image;
  double activation;
  gboolean dead;
} FoveaStoredVisualization;

FoveaStore *fovea_store_open (const char *path, GError **error);
FoveaStore *fovea_store_ref (FoveaStore *store);
void fovea_store_unref (FoveaStore *store);

/* @recipe: every option that shaped the image, as fovea_maximize_options_to_variant() prints it;
 * @neuron: LAYER:CHANNEL…; @network: the network's SHA-256. */
gboolean fovea_store_put_visualization (FoveaStore *store, const char *network, const char *neuron, const char *recipe, const FoveaStoredVisualization *visualization, GError **error);
FoveaStoredVisualization *fovea_store_get_visualization (FoveaStore *store, const char *network, const char *neuron, const char *recipe, GError **error);
void fovea_store_set_max_size (FoveaStore *store, guint64 max_size);
guint64 fovea_store_get_size (FoveaStore *store);
gboolean fovea_store_clear (FoveaStore *store, GError **error);
void fovea_stored_visualization_free (FoveaStoredVisualization *visualization);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStore, fovea_store_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStoredVisualization, fovea_stored_visualization_free)

G_END_DECLS
