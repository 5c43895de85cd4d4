/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-values.h"

#include <math.h>

#include "engine/analysis/selectivity.h"
#include "ui/chart-dissection.h"

/**
 * fovea_tile_values_show_scan:
 * @tiles: (element-type FoveaTile): a layer's tiles
 * @side: whose values they are
 * @scan: (nullable): a scan of the layer; %NULL takes the values away
 *
 * Writes peak and class selectivity, and whether a channel answers alike to all images.
 */
void
fovea_tile_values_show_scan (GListModel *tiles,
                             FoveaSide side,
                             const FoveaScan *scan)
{
  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (tiles, i);
      guint channel = fovea_tile_get_channel (tile);
      FoveaScanChannel statistics = { 0 };
      FoveaSelectivity selectivity;
      gboolean known = scan != NULL && channel < fovea_scan_get_n_channels (scan);

      if (known)
        fovea_scan_get_channel (scan, channel, &statistics);
      fovea_tile_set_measure (tile, side, FOVEA_TILE_PEAK, known ? (double) statistics.maximum : NAN);
      fovea_tile_set_measure (tile, side, FOVEA_TILE_SELECTIVITY, known && fovea_selectivity_compute (scan, channel, &selectivity) ? selectivity.index : NAN);
      fovea_tile_set_constant (tile, side, known && fovea_scan_is_complete (scan) && !(statistics.maximum > statistics.minimum));
    }
}

/**
 * fovea_tile_values_show_preferences:
 * @tiles: (element-type FoveaTile): a layer's tiles
 * @side: whose values they are
 * @cues: (nullable): what the layer makes of cue conflicts; %NULL takes the values away
 *
 * Writes the preferences for shape or texture.
 *
 * Returns: whether any is another than before
 */
gboolean
fovea_tile_values_show_preferences (GListModel *tiles,
                                    FoveaSide side,
                                    const FoveaCueLayer *cues)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (tiles, i);
      guint channel = fovea_tile_get_channel (tile);
      double before = fovea_tile_get_measure (tile, side, FOVEA_TILE_PREFERENCE);
      double value = cues != NULL && channel < cues->n_channels ? fovea_cue_preference_get (&cues->preferences[channel]) : NAN;

      fovea_tile_set_measure (tile, side, FOVEA_TILE_PREFERENCE, value);
      changed |= before != value && !(isnan (before) && isnan (value));
    }
  return changed;
}

/**
 * fovea_tile_values_show_tally:
 * @tiles: (element-type FoveaTile): a layer's tiles
 * @side: whose values they are
 * @tally: (nullable): the layer's channels labelled with concepts; %NULL takes the values away
 * @iou: from which IoU on a channel detects its concept
 *
 * Writes the IoUs, and what the channels detect.
 */
void
fovea_tile_values_show_tally (GListModel *tiles,
                              FoveaSide side,
                              const FoveaTally *tally,
                              double iou)
{
  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (tiles, i);
      const FoveaTallyUnit *unit = tally != NULL ? fovea_tally_find (tally, fovea_tile_get_channel (tile)) : NULL;
      gboolean detects = unit != NULL && unit->label != NULL && unit->category >= 0 && unit->score >= iou;
      g_autofree char *concept = detects ? fovea_dissection_format_label (unit->label) : NULL;

      fovea_tile_set_concept (tile, side, concept, detects ? tally->categories[unit->category] : NULL);
      fovea_tile_set_measure (tile, side, FOVEA_TILE_IOU, unit != NULL ? unit->score : NAN);
    }
}
