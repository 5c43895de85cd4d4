/* The list of a pair's layers, to choose one from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/layer.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_LAYER_LIST (fovea_layer_list_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLayerList, fovea_layer_list, FOVEA, LAYER_LIST, GtkWidget)

GtkWidget *fovea_layer_list_new (void);
void fovea_layer_list_set_layers (FoveaLayerList *self, GListModel *layers);
void fovea_layer_list_select (FoveaLayerList *self, const char *name);

G_END_DECLS
