/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-dissection.h"

#include <string.h>

/* Channel 0 detects a wheel, 2 a cat, 3 a cat better; 1 comes near to one, 4 is near nothing. */
static void
test_channels (void)
{
  static const char *categories[] = { "part", "object" };
  static FoveaTallyUnit units[] = {
    { .channel = 0, .category = 0, .label = "wheel", .score = 0.25 }, { .channel = 1, .category = 1, .label = "cat", .score = 0.03125 },
    { .channel = 2, .category = 1, .label = "cat", .score = 0.0625 }, { .channel = 3, .category = 1, .label = "cat", .score = 0.125 },
    { .channel = 4, .category = -1 },
  };
  const FoveaTally tally = { .n_categories = 2, .categories = categories, .n_units = G_N_ELEMENTS (units), .units = units };
  const FoveaDissectionSeries series = { "standard", FOVEA_CHART_STANDARD, &tally };
  g_autoptr (FoveaChart) chart = fovea_dissection_chart_new_of_channels (1, &series, 0.04);
  g_autofree char *csv = fovea_chart_to_csv (chart);
  g_autoptr (GBytes) drawn = NULL;
  g_autoptr (GError) error = NULL;
  FoveaChartMark mark;
  guint channels = 0;

  /* Objects come first, as in the original's figures. */
  g_assert_true (strstr (csv, "object") < strstr (csv, "part"));
  g_assert_nonnull (strstr (csv, "0.0625"));
  g_assert_nonnull (strstr (csv, "0.125"));
  g_assert_nonnull (strstr (csv, "0.25"));
  g_assert_null (strstr (csv, "0.03125"));

  /* Marks are known once it is drawn. */
  drawn = fovea_chart_render (chart, "chart.svg", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_chart_get_n_marks (chart), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      fovea_chart_get_mark (chart, i, &mark);
      g_assert_cmpuint (mark.category, ==, mark.index == 0 ? 1 : 0);
      channels |= 1u << mark.index;
    }
  g_assert_cmpuint (channels, ==, 1u << 0 | 1u << 2 | 1u << 3);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-dissection/channels", test_channels);
  return g_test_run ();
}
