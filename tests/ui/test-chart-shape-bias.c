/* The shape-bias plot: where markers are, what its table says, and who is in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ui/chart-shape-bias.h"

#include <math.h>
#include <string.h>

#include "ui/chart-dodge.h"
#include "ui/config.h"
#include "ui/shape-bias-figure.h"

static const char *const categories[] = { "bear", "cat", "dog", "truck", NULL };

/* Of each category: shape, texture and other decisions. */
static FoveaShapeBias *
make_bias (const char *name,
           const guint counts[4][3])
{
  FoveaShapeBias *bias = fovea_shape_bias_new (name, categories);

  for (guint c = 0; c < 4; c++)
    for (guint what = 0; what < 3; what++)
      for (guint i = 0; i < counts[c][what]; i++)
        {
          const guint texture = (c + 1) % 4;
          const int chosen[] = { (int) c, (int) texture, FOVEA_CHOICE_NONE };
          const FoveaChoice choice = { i, c, texture, chosen[what] };

          fovea_shape_bias_add (bias, &choice);
        }
  return bias;
}

static void
draw (FoveaChart *chart,
      double *height)
{
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (surface);
  double width;

  fovea_chart_get_natural_size (chart, FOVEA_CHART_LIGHT, &width, height);
  fovea_chart_draw (chart, cr, width, *height, FOVEA_CHART_LIGHT);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static FoveaChartMark
find_mark (FoveaChart *chart,
           guint series,
           guint category)
{
  FoveaChartMark mark;

  for (guint i = 0; i < fovea_chart_get_n_marks (chart); i++)
    {
      fovea_chart_get_mark (chart, i, &mark);
      if (mark.series == series && mark.category == category)
        return mark;
    }
  g_assert_not_reached ();
}

/* All shape is at the left end, all texture at the right, the rest in proportion; rows are alphabetical and equally high. */
static void
test_geometry (void)
{
  static const guint first[4][3] = { { 5, 0, 2 }, { 0, 3, 0 }, { 3, 1, 0 }, { 1, 1, 9 } };
  static const guint second[4][3] = { { 1, 9, 0 }, { 0, 0, 4 }, { 9, 1, 0 }, { 7, 1, 0 } };
  static const double shares[] = { 1, 0, 0.75, 0.5 };
  g_autoptr (FoveaShapeBias) a = make_bias ("a", first);
  g_autoptr (FoveaShapeBias) b = make_bias ("b", second);
  g_autoptr (FoveaChart) chart = fovea_shape_bias_chart_new ();
  FoveaChartMark left, right, found;
  g_autofree char *text = NULL;
  double height;

  g_assert_cmpuint (fovea_shape_bias_chart_add_observer (chart, a, FOVEA_CHART_STANDARD, FOVEA_CHART_MARKER_CIRCLE), ==, 0);
  g_assert_cmpuint (fovea_shape_bias_chart_add_observer (chart, b, FOVEA_CHART_ROBUST, FOVEA_CHART_MARKER_SQUARE), ==, 1);
  draw (chart, &height);
  /* About cats the second one decided for neither. */
  g_assert_cmpuint (fovea_chart_get_n_marks (chart), ==, 7);
  left = find_mark (chart, 0, 0);
  right = find_mark (chart, 0, 1);
  g_assert_cmpfloat (right.x - left.x, >, 300);
  for (guint c = 0; c < 4; c++)
    {
      const FoveaChartMark mark = find_mark (chart, 0, c);

      g_assert_cmpfloat (mark.value, ==, shares[c]);
      g_assert_cmpfloat_with_epsilon (mark.x, left.x + (1 - shares[c]) * (right.x - left.x), 1e-9);
      g_assert_cmpfloat_with_epsilon (mark.y, left.y + c * (right.y - left.y), 1e-9);
    }
  g_assert_cmpfloat_with_epsilon (find_mark (chart, 1, 0).x, left.x + 0.9 * (right.x - left.x), 1e-9);
  g_assert_true (fovea_chart_find_mark (chart, left.x + 2, left.y - 2, &found));
  g_assert_cmpuint (found.series, ==, 0);
  text = fovea_chart_describe_mark (chart, &found);
  g_assert_nonnull (strstr (text, "bear"));
  g_assert_nonnull (strstr (text, "5 shape, 0 texture, 2 other"));
}

/* Equal values stand one above the other in their row, in the order in which observers came. */
static void
test_equal_values (void)
{
  static const guint counts[4][3] = { { 1, 1, 0 }, { 1, 3, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
  static const guint other[4][3] = { { 2, 2, 0 }, { 3, 1, 0 }, { 0, 0, 0 }, { 0, 0, 0 } };
  g_autoptr (FoveaShapeBias) a = make_bias ("a", counts);
  g_autoptr (FoveaShapeBias) b = make_bias ("b", other);
  g_autoptr (FoveaChart) chart = fovea_shape_bias_chart_new ();
  FoveaChartMark bear[3], cat;
  double height, more;

  fovea_shape_bias_chart_add_observer (chart, a, FOVEA_CHART_STANDARD, FOVEA_CHART_MARKER_CIRCLE);
  fovea_shape_bias_chart_add_observer (chart, b, FOVEA_CHART_ROBUST, FOVEA_CHART_MARKER_SQUARE);
  draw (chart, &height);
  cat = find_mark (chart, 0, 1);
  g_assert_cmpfloat_with_epsilon (cat.y, find_mark (chart, 1, 1).y, 1e-9);
  for (guint i = 0; i < 2; i++)
    bear[i] = find_mark (chart, i, 0);
  g_assert_cmpfloat (bear[0].x, ==, bear[1].x);
  g_assert_cmpfloat (bear[1].y - bear[0].y, >=, 10);
  /* A third one needs higher rows. */
  fovea_shape_bias_chart_add_observer (chart, a, FOVEA_CHART_CATEGORY, FOVEA_CHART_MARKER_TRIANGLE);
  draw (chart, &more);
  g_assert_cmpfloat (more, >, height);
  for (guint i = 0; i < 3; i++)
    bear[i] = find_mark (chart, i, 0);
  g_assert_cmpfloat (bear[1].y - bear[0].y, >=, 10);
  g_assert_cmpfloat_with_epsilon (bear[2].y - bear[1].y, bear[1].y - bear[0].y, 1e-9);
}

static void
test_dodge (void)
{
  static const double apart[] = { 30, 0, 12 }, chain[] = { 0, 6, 12, 40 };
  double equal[10] = { 0 }, offsets[10];

  g_assert_cmpuint (fovea_chart_dodge (0, NULL, 10, 20, NULL), ==, 0);
  g_assert_cmpuint (fovea_chart_dodge (3, apart, 10, 20, offsets), ==, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (offsets[i], ==, 0);
  /* The middle one covers both others, which do not cover each other. */
  g_assert_cmpuint (fovea_chart_dodge (4, chain, 10, 20, offsets), ==, 2);
  g_assert_cmpfloat (offsets[0], ==, offsets[2]);
  g_assert_cmpfloat (offsets[1], ==, -offsets[0]);
  g_assert_cmpfloat (offsets[1] - offsets[0], >=, 10);
  g_assert_cmpfloat (offsets[3], ==, 0);
  /* Too many for the room share it. */
  g_assert_cmpuint (fovea_chart_dodge (10, equal, 10, 18, offsets), ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpfloat_with_epsilon (offsets[i], -9 + 2.0 * i, 1e-9);
}

static void
test_table (void)
{
  static const guint counts[4][3] = { { 5, 0, 2 }, { 0, 0, 3 }, { 3, 1, 0 }, { 0, 0, 0 } };
  g_autoptr (FoveaShapeBias) a = make_bias ("a, \"the\" first", counts);
  g_autoptr (FoveaChart) chart = fovea_shape_bias_chart_new ();
  g_autofree char *csv = NULL;

  fovea_shape_bias_chart_add_observer (chart, a, FOVEA_CHART_STANDARD, FOVEA_CHART_MARKER_CIRCLE);
  csv = fovea_chart_to_csv (chart);
  g_assert_cmpstr (csv, ==,
                   "observer,category,shape,texture,other,shape_bias\n"
                   "\"a, \"\"the\"\" first\",all,8,1,5,0.8888888888888888\n"
                   "\"a, \"\"the\"\" first\",bear,5,0,2,1\n"
                   "\"a, \"\"the\"\" first\",cat,0,0,3,\n"
                   "\"a, \"\"the\"\" first\",dog,3,1,0,0.75\n");
}

/* Published people are compared where there is something to compare; trials that somebody opened are shown whole. */
static void
test_figure (void)
{
  static const guint counts[4][3] = { { 5, 1, 2 }, { 0, 0, 0 }, { 3, 1, 0 }, { 0, 0, 0 } };
  static const guint people[4][3] = { { 9, 1, 0 }, { 9, 1, 0 }, { 9, 1, 0 }, { 9, 1, 0 } };
  g_autoptr (FoveaShapeBias) network = make_bias ("network", counts);
  g_autoptr (FoveaShapeBias) operated = make_bias ("network without conv1:3", counts);
  g_autoptr (FoveaShapeBias) humans = make_bias ("humans", people);

  for (guint published = 0; published < 2; published++)
    {
      g_autoptr (GArray) observers = g_array_new (FALSE, FALSE, sizeof (FoveaObserver));
      const FoveaObserver who[] = { { network, FOVEA_OBSERVER_ROBUST, -1, FALSE },
                                    { operated, FOVEA_OBSERVER_ROBUST, 0, FALSE },
                                    { humans, FOVEA_OBSERVER_PEOPLE, -1, (gboolean) published } };
      const FoveaShapeBiasFigure figure = { .observers = observers, .images = "my images", .rule = FOVEA_CATEGORY_SUM };
      g_autoptr (FoveaChart) chart = NULL;
      g_autofree char *csv = NULL;
      const char *caption;
      double height;

      g_array_append_vals (observers, who, G_N_ELEMENTS (who));
      chart = fovea_shape_bias_figure_draw (&figure);
      draw (chart, &height);
      g_assert_cmpuint (fovea_chart_get_n_marks (chart), ==, published ? 6 : 8);
      csv = fovea_chart_to_csv (chart);
      g_assert_nonnull (strstr (csv, "\nhumans,all,36,4,0,0.9\n"));
      g_assert_true ((strstr (csv, "humans,truck,") != NULL) == !published);
      caption = fovea_chart_get_caption (chart);
      g_assert_nonnull (strstr (caption, "Images: my images; probabilities of a category's classes: sum."));
      g_assert_true ((strstr (caption, "Decisions of humans: as published") != NULL) == published);
      g_assert_nonnull (strstr (caption, "Fovea " FOVEA_VERSION));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-shape-bias/geometry", test_geometry);
  g_test_add_func ("/chart-shape-bias/equal-values", test_equal_values);
  g_test_add_func ("/chart-shape-bias/dodge", test_dodge);
  g_test_add_func ("/chart-shape-bias/table", test_table);
  g_test_add_func ("/chart-shape-bias/figure", test_figure);
  return g_test_run ();
}
