/* The order of a layer's tiles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/tile.h"

G_BEGIN_DECLS

/**
 * FoveaTileOrder:
 * @FOVEA_TILE_ORDER_INDEX: by the channel's number
 * @FOVEA_TILE_ORDER_ACTIVATION: by the activation that the picture reaches
 * @FOVEA_TILE_ORDER_PEAK, @FOVEA_TILE_ORDER_SELECTIVITY, @FOVEA_TILE_ORDER_PREFERENCE, @FOVEA_TILE_ORDER_IOU: by the
 *   #FoveaTileMeasure of that name
 */
typedef enum {
  FOVEA_TILE_ORDER_INDEX,
  FOVEA_TILE_ORDER_ACTIVATION,
  FOVEA_TILE_ORDER_PEAK,
  FOVEA_TILE_ORDER_SELECTIVITY,
  FOVEA_TILE_ORDER_PREFERENCE,
  FOVEA_TILE_ORDER_IOU,
  FOVEA_TILE_N_ORDERS,
} FoveaTileOrder;

/**
 * FoveaTileOrderBy:
 * @FOVEA_TILE_ORDER_BY_STANDARD, @FOVEA_TILE_ORDER_BY_ROBUST: by one network's values
 * @FOVEA_TILE_ORDER_BY_DIFFERENCE: by how far the two are apart
 */
typedef enum {
  FOVEA_TILE_ORDER_BY_STANDARD,
  FOVEA_TILE_ORDER_BY_ROBUST,
  FOVEA_TILE_ORDER_BY_DIFFERENCE,
  FOVEA_TILE_N_ORDERS_BY,
} FoveaTileOrderBy;

/**
 * FoveaTileSorter:
 *
 * Orders by a value, the largest first, or the smallest where it is reversed; equal ones by number, and
 * those whose value is not known last.
 */
#define FOVEA_TYPE_TILE_SORTER (fovea_tile_sorter_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileSorter, fovea_tile_sorter, FOVEA, TILE_SORTER, GtkSorter)

FoveaTileSorter *fovea_tile_sorter_new (void);
void fovea_tile_sorter_set (FoveaTileSorter *self, FoveaTileOrder order, FoveaTileOrderBy by, gboolean reversed);
FoveaTileOrder fovea_tile_sorter_get_order (FoveaTileSorter *self);
FoveaTileOrderBy fovea_tile_sorter_get_by (FoveaTileSorter *self);
gboolean fovea_tile_sorter_is_reversed (FoveaTileSorter *self);
int fovea_tile_sorter_get_measure (FoveaTileSorter *self); /* -1: none */

G_END_DECLS
