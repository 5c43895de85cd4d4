/* In which order tiles are shown, and which of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "ui/tile-filter.h"
#include "ui/tile-sorter.h"

#define N 6

/* Of both networks; what is not a number is not known. */
static const double preferences[FOVEA_N_SIDES][N] = { { 0.5, -0.25, NAN, 0.75, -0.5, 0.5 }, { 0.25, 0.5, -0.75, NAN, -0.5, -0.5 } };

static GListStore *
make_tiles (void)
{
  GListStore *tiles = g_list_store_new (FOVEA_TYPE_TILE);

  for (guint i = 0; i < N; i++)
    {
      g_autoptr (FoveaTile) tile = fovea_tile_new (i, NULL);

      for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
        fovea_tile_set_measure (tile, side, FOVEA_TILE_PREFERENCE, preferences[side][i]);
      g_list_store_append (tiles, tile);
    }
  return tiles;
}

/* The channels of a list, such as "310". */
static char *
list_channels (GListModel *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (FoveaTile) tile = g_list_model_get_item (list, i);

      g_string_append_printf (text, "%u", fovea_tile_get_channel (tile));
    }
  return g_string_free (text, FALSE);
}

#define assert_channels(list, expected) \
  G_STMT_START { \
    g_autofree char *channels_ = list_channels (G_LIST_MODEL (list)); \
    g_assert_cmpstr (channels_, ==, expected); \
  } G_STMT_END

static void
test_sorter (void)
{
  FoveaTileSorter *sorter = fovea_tile_sorter_new ();
  g_autoptr (GtkSortListModel) sorted = gtk_sort_list_model_new (G_LIST_MODEL (make_tiles ()), g_object_ref (GTK_SORTER (sorter)));

  assert_channels (sorted, "012345");
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_INDEX, FOVEA_TILE_ORDER_BY_STANDARD, TRUE);
  assert_channels (sorted, "543210");
  /* Equal values by number, unknown ones last, also when the smallest comes first. */
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_PREFERENCE, FOVEA_TILE_ORDER_BY_STANDARD, FALSE);
  assert_channels (sorted, "305142");
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_PREFERENCE, FOVEA_TILE_ORDER_BY_STANDARD, TRUE);
  assert_channels (sorted, "410532");
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_PREFERENCE, FOVEA_TILE_ORDER_BY_ROBUST, FALSE);
  assert_channels (sorted, "104523");
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_PREFERENCE, FOVEA_TILE_ORDER_BY_DIFFERENCE, FALSE);
  assert_channels (sorted, "510423");
  g_assert_cmpint (fovea_tile_sorter_get_measure (sorter), ==, FOVEA_TILE_PREFERENCE);
  /* Of nothing else is anything known. */
  fovea_tile_sorter_set (sorter, FOVEA_TILE_ORDER_IOU, FOVEA_TILE_ORDER_BY_STANDARD, FALSE);
  assert_channels (sorted, "012345");
  g_object_unref (sorter);
}

static FoveaTile *
get_tile (GListModel *tiles,
          guint i)
{
  FoveaTile *tile = g_list_model_get_item (tiles, i);

  g_object_unref (tile);
  return tile;
}

static void
test_filter (void)
{
  FoveaTileFilter *filter = fovea_tile_filter_new ();
  GListModel *tiles = G_LIST_MODEL (make_tiles ());
  g_autoptr (GtkFilterListModel) filtered = gtk_filter_list_model_new (tiles, g_object_ref (GTK_FILTER (filter)));

  fovea_tile_set_concept (get_tile (tiles, 1), FOVEA_SIDE_STANDARD, "dog", "object");
  fovea_tile_set_concept (get_tile (tiles, 1), FOVEA_SIDE_ROBUST, "striped", "texture");
  fovea_tile_set_concept (get_tile (tiles, 4), FOVEA_SIDE_ROBUST, "Striped (zigzag)", "texture");
  fovea_tile_set_state (get_tile (tiles, 2), FOVEA_SIDE_ROBUST, FOVEA_TILE_DEAD);
  fovea_tile_set_constant (get_tile (tiles, 3), FOVEA_SIDE_STANDARD, TRUE);
  fovea_tile_set_constant (get_tile (tiles, 3), FOVEA_SIDE_ROBUST, TRUE);

  /* What nothing is known of leaves nothing out. */
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .detects = "texture", .cue = FOVEA_TILE_SHAPE });
  assert_channels (filtered, "012345");
  g_assert_cmpuint (fovea_tile_filter_count_conditions (filter), ==, 2);
  fovea_tile_filter_set_known (filter, TRUE, TRUE);
  assert_channels (filtered, "1");

  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .detects = "" });
  assert_channels (filtered, "14");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .detects = "", .networks = FOVEA_TILE_IN_STANDARD });
  assert_channels (filtered, "1");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .detects = "texture", .networks = FOVEA_TILE_IN_BOTH });
  assert_channels (filtered, "");

  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .cue = FOVEA_TILE_SHAPE });
  assert_channels (filtered, "0135");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .cue = FOVEA_TILE_TEXTURE, .networks = FOVEA_TILE_IN_BOTH });
  assert_channels (filtered, "4");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .cue = FOVEA_TILE_TEXTURE, .networks = FOVEA_TILE_IN_ROBUST });
  assert_channels (filtered, "245");

  /* One half of 2 is dead, 3 is in both networks. */
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .life = FOVEA_TILE_DEAD_ONLY });
  assert_channels (filtered, "23");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .life = FOVEA_TILE_DEAD_ONLY, .networks = FOVEA_TILE_IN_BOTH });
  assert_channels (filtered, "3");
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .life = FOVEA_TILE_ALIVE, .networks = FOVEA_TILE_IN_BOTH });
  assert_channels (filtered, "0145");

  /* The text narrows it down further, whatever the case. */
  g_assert_true (fovea_tile_filter_set_text (filter, " STRIP"));
  assert_channels (filtered, "14");
  g_assert_false (fovea_tile_filter_set_text (filter, "strip"));
  fovea_tile_filter_set_conditions (filter, &(FoveaTileConditions) { .cue = FOVEA_TILE_TEXTURE, .networks = FOVEA_TILE_IN_BOTH });
  assert_channels (filtered, "4");
  g_object_unref (filter);
}

/* Values stand in the caption; where there are none, what the channel detects does. */
static void
test_values (void)
{
  g_autoptr (FoveaTile) tile = fovea_tile_new (12, "bear");
  g_autofree char *none = fovea_tile_get_values (tile, FOVEA_TILE_PEAK);
  g_autofree char *both = NULL, *one = NULL, *description = NULL;

  g_assert_cmpstr (none, ==, "12 · bear");
  fovea_tile_set_measure (tile, FOVEA_SIDE_ROBUST, FOVEA_TILE_PEAK, 2.4567);
  one = fovea_tile_get_values (tile, FOVEA_TILE_PEAK);
  g_assert_cmpstr (one, ==, "12 · bear · – | 2.46");
  fovea_tile_set_measure (tile, FOVEA_SIDE_STANDARD, FOVEA_TILE_PEAK, 12);
  fovea_tile_set_pinned (tile, TRUE);
  both = fovea_tile_get_values (tile, FOVEA_TILE_PEAK);
  description = fovea_tile_get_description (tile);
  g_assert_cmpstr (both, ==, "12 · bear · 12.0 | 2.46");
  g_assert_cmpstr (description, ==, "Channel 12, class bear, pinned; standard: not visualized yet, peak 12.0; robust: not visualized yet, peak 2.46");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tile-order/sorter", test_sorter);
  g_test_add_func ("/tile-order/filter", test_filter);
  g_test_add_func ("/tile-order/values", test_values);
  return g_test_run ();
}
