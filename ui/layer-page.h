/* A layer's channels: a grid of tiles, and how far they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/dissection-run.h"
#include "ui/layer.h"
#include "ui/layer-scans.h"
#include "ui/tile-loader.h"
#include "ui/tile-patches.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_LAYER_PAGE (fovea_layer_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerPage, fovea_layer_page, FOVEA, LAYER_PAGE, GtkWidget)

GtkWidget *fovea_layer_page_new (void);
void fovea_layer_page_set_loader (FoveaLayerPage *self, FoveaTileLoader *loader);
void fovea_layer_page_set_scans (FoveaLayerPage *self, FoveaLayerScans *scans);
void fovea_layer_page_set_layer (FoveaLayerPage *self, FoveaNetworkPair *pair, FoveaLayer *layer);
void fovea_layer_page_set_filter (FoveaLayerPage *self, const char *text);
void fovea_layer_page_set_current (FoveaLayerPage *self, guint channel);
void fovea_layer_page_focus (FoveaLayerPage *self, guint channel);
FoveaDissectionRun *fovea_layer_page_get_dissections (FoveaLayerPage *self);
FoveaTilePatches *fovea_layer_page_get_patches (FoveaLayerPage *self);
gboolean fovea_layer_page_get_neighbour (FoveaLayerPage *self, guint channel, int step, guint *neighbour);
gboolean fovea_layer_page_get_first (FoveaLayerPage *self, guint *channel);

G_END_DECLS
