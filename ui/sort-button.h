/* A button with the orders in which a layer's tiles can be shown.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-measures.h"

G_BEGIN_DECLS

/**
 * FoveaSortButton:
 *
 * Says the order, and changes the sorter's, which is kept in the settings. What no channel of the layer can be
 * ordered by is insensitive and says why in its tooltip.
 */
#define FOVEA_TYPE_SORT_BUTTON (fovea_sort_button_get_type ())
G_DECLARE_FINAL_TYPE (FoveaSortButton, fovea_sort_button, FOVEA, SORT_BUTTON, GtkWidget)

GtkWidget *fovea_sort_button_new (void);
void fovea_sort_button_set_sorter (FoveaSortButton *self, FoveaTileSorter *sorter, FoveaLayerMeasures *measures);
void fovea_sort_button_set_single (FoveaSortButton *self, gboolean single);
GtkCheckButton *fovea_sort_button_get_order_button (FoveaSortButton *self, FoveaTileOrder order);
GtkCheckButton *fovea_sort_button_get_network_button (FoveaSortButton *self, FoveaTileOrderBy by);

G_END_DECLS
