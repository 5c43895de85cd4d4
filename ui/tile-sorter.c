/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-sorter.h"

#include <math.h>

struct _FoveaTileSorter {
  GtkSorter parent_instance;

  FoveaTileOrder order;
  FoveaTileOrderBy by;
  gboolean reversed;
};

G_DEFINE_FINAL_TYPE (FoveaTileSorter, fovea_tile_sorter, GTK_TYPE_SORTER)

static double
get_value (FoveaTileSorter *self,
           FoveaTile *tile,
           FoveaSide side)
{
  int measure = fovea_tile_sorter_get_measure (self);

  if (measure >= 0)
    return fovea_tile_get_measure (tile, side, (FoveaTileMeasure) measure);
  return fovea_tile_is_finished (tile, side) ? fovea_tile_get_activation (tile, side) : NAN;
}

/* What comes first has the larger key. */
static double
get_key (FoveaTileSorter *self,
         FoveaTile *tile)
{
  double key;

  if (self->by == FOVEA_TILE_ORDER_BY_DIFFERENCE)
    key = fabs (get_value (self, tile, FOVEA_SIDE_STANDARD) - get_value (self, tile, FOVEA_SIDE_ROBUST));
  else
    key = get_value (self, tile, self->by == FOVEA_TILE_ORDER_BY_ROBUST ? FOVEA_SIDE_ROBUST : FOVEA_SIDE_STANDARD);
  if (isnan (key))
    return -INFINITY;
  return self->reversed ? -key : key;
}

static GtkOrdering
fovea_tile_sorter_compare (GtkSorter *sorter,
                           gpointer first,
                           gpointer second)
{
  FoveaTileSorter *self = FOVEA_TILE_SORTER (sorter);
  guint first_channel = fovea_tile_get_channel (first), second_channel = fovea_tile_get_channel (second);
  gboolean by_index = self->order == FOVEA_TILE_ORDER_INDEX;

  if (!by_index)
    {
      double first_key = get_key (self, first), second_key = get_key (self, second);

      if (first_key != second_key)
        return first_key > second_key ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;
    }
  if (first_channel == second_channel)
    return GTK_ORDERING_EQUAL;
  return (first_channel < second_channel) != (by_index && self->reversed) ? GTK_ORDERING_SMALLER : GTK_ORDERING_LARGER;
}

static GtkSorterOrder
fovea_tile_sorter_get_sorter_order (GtkSorter *sorter)
{
  return GTK_SORTER_ORDER_TOTAL;
}

static void
fovea_tile_sorter_class_init (FoveaTileSorterClass *class)
{
  GTK_SORTER_CLASS (class)->compare = fovea_tile_sorter_compare;
  GTK_SORTER_CLASS (class)->get_order = fovea_tile_sorter_get_sorter_order;
}

static void
fovea_tile_sorter_init (FoveaTileSorter *self)
{
}

/**
 * fovea_tile_sorter_new:
 *
 * Returns: (transfer full): a sorter by number
 */
FoveaTileSorter *
fovea_tile_sorter_new (void)
{
  return g_object_new (FOVEA_TYPE_TILE_SORTER, NULL);
}

/**
 * fovea_tile_sorter_set:
 * @self: a sorter
 * @order: by which value
 * @by: of which network
 * @reversed: whether the smallest comes first
 */
void
fovea_tile_sorter_set (FoveaTileSorter *self,
                       FoveaTileOrder order,
                       FoveaTileOrderBy by,
                       gboolean reversed)
{
  g_return_if_fail (FOVEA_IS_TILE_SORTER (self) && (guint) order < FOVEA_TILE_N_ORDERS && (guint) by < FOVEA_TILE_N_ORDERS_BY);

  if (self->order == order && self->by == by && self->reversed == reversed)
    return;
  self->order = order;
  self->by = by;
  self->reversed = reversed;
  gtk_sorter_changed (GTK_SORTER (self), GTK_SORTER_CHANGE_DIFFERENT);
}

/**
 * fovea_tile_sorter_get_order:
 * @self: a sorter
 *
 * Returns: by which value it orders
 */
FoveaTileOrder
fovea_tile_sorter_get_order (FoveaTileSorter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_SORTER (self), FOVEA_TILE_ORDER_INDEX);
  return self->order;
}

/**
 * fovea_tile_sorter_get_by:
 * @self: a sorter
 *
 * Returns: of which network
 */
FoveaTileOrderBy
fovea_tile_sorter_get_by (FoveaTileSorter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_SORTER (self), FOVEA_TILE_ORDER_BY_STANDARD);
  return self->by;
}

/**
 * fovea_tile_sorter_is_reversed:
 * @self: a sorter
 *
 * Returns: whether the smallest comes first
 */
gboolean
fovea_tile_sorter_is_reversed (FoveaTileSorter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_SORTER (self), FALSE);
  return self->reversed;
}

/**
 * fovea_tile_sorter_get_measure:
 * @self: a sorter
 *
 * Returns: the #FoveaTileMeasure that it orders by; -1 where that is none
 */
int
fovea_tile_sorter_get_measure (FoveaTileSorter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_SORTER (self), -1);

  switch (self->order)
    {
    case FOVEA_TILE_ORDER_PEAK:
      return FOVEA_TILE_PEAK;
    case FOVEA_TILE_ORDER_SELECTIVITY:
      return FOVEA_TILE_SELECTIVITY;
    case FOVEA_TILE_ORDER_PREFERENCE:
      return FOVEA_TILE_PREFERENCE;
    case FOVEA_TILE_ORDER_IOU:
      return FOVEA_TILE_IOU;
    case FOVEA_TILE_ORDER_INDEX:
    case FOVEA_TILE_ORDER_ACTIVATION:
    case FOVEA_TILE_N_ORDERS:
    default:
      return -1;
    }
}
