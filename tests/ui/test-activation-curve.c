/* The plot of activations: what it holds, says and draws.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "tests/ui/display.h"
#include "ui/activation-curve.h"

#define WIDTH 320
#define HEIGHT 120

/* How many pixels of what the widget draws on white have exactly the colour 0xRRGGBB, right of @from. */
static guint
count_pixels (GtkWidget *curve,
              guint32 color,
              int from)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;
  guint n = 0;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  gtk_widget_allocate (curve, WIDTH, HEIGHT, -1, NULL);
  GTK_WIDGET_GET_CLASS (curve)->snapshot (curve, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node != NULL)
    {
      gsk_render_node_draw (node, cr);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = from; x < WIDTH; x++)
      n += (*(const guint32 *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x) & 0xffffff) == color;
  cairo_surface_destroy (surface);
  return n;
}

static void
test_values (void)
{
  GtkWidget *widget = g_object_ref_sink (fovea_activation_curve_new ());
  FoveaActivationCurve *curve = FOVEA_ACTIVATION_CURVE (widget);
  double minimum, maximum;

  g_assert_false (fovea_activation_curve_get_range (curve, &minimum, &maximum));
  fovea_activation_curve_reset (curve, 2, 10);
  fovea_activation_curve_append (curve, 0, (double[]) { 1, 4, NAN, 2 }, 4);
  fovea_activation_curve_append (curve, 1, (double[]) { -3, INFINITY }, 2);
  fovea_activation_curve_append (curve, 1, (double[]) { 0.5 }, 1);
  g_assert_cmpuint (fovea_activation_curve_get_n_values (curve, 0), ==, 4);
  g_assert_cmpuint (fovea_activation_curve_get_n_values (curve, 1), ==, 3);
  g_assert_cmpuint (fovea_activation_curve_get_n_values (curve, 2), ==, 0);
  g_assert_true (fovea_activation_curve_get_range (curve, &minimum, &maximum));
  g_assert_cmpfloat (minimum, ==, -3);
  g_assert_cmpfloat (maximum, ==, 4);

  fovea_activation_curve_reset (curve, 1, 10);
  g_assert_cmpuint (fovea_activation_curve_get_n_values (curve, 0), ==, 0);
  g_assert_false (fovea_activation_curve_get_range (curve, &minimum, &maximum));
  g_assert_finalize_object (widget);
}

static void
test_describe (void)
{
  GtkWidget *widget = g_object_ref_sink (fovea_activation_curve_new ());
  FoveaActivationCurve *curve = FOVEA_ACTIVATION_CURVE (widget);

  fovea_activation_curve_set_placeholder (curve, "Computed earlier");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Computed earlier");
  fovea_activation_curve_set_side (curve, FOVEA_SIDE_ROBUST);
  fovea_activation_curve_reset (curve, 2, 10);
  fovea_activation_curve_append (curve, 0, (double[]) { 1, 4.5, 2.25 }, 3);
  fovea_activation_curve_append (curve, 1, (double[]) { 7, 8, 9 }, 3);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, "Activation curve");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Robust network: activation 1 at step 1, 2.25 at step 3 of 10; highest 4.5 at step 2");
  fovea_activation_curve_set_selected (curve, 1);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Robust network: activation 7 at step 1, 9 at step 3 of 10; highest 9 at step 3");
  g_assert_finalize_object (widget);
}

static void
test_draw (void)
{
  GtkWidget *widget = g_object_ref_sink (fovea_activation_curve_new ());
  FoveaActivationCurve *curve = FOVEA_ACTIVATION_CURVE (widget);

  g_assert_cmpuint (count_pixels (widget, 0x3584e4, 0), ==, 0);
  fovea_activation_curve_reset (curve, 1, 100);
  for (guint i = 0; i < 50; i++)
    {
      double value = i;
      fovea_activation_curve_append (curve, 0, &value, 1);
    }
  g_assert_cmpuint (count_pixels (widget, 0x3584e4, 0), >, 50);
  g_assert_cmpuint (count_pixels (widget, 0xe66100, 0), ==, 0);
  /* Half of the steps are done: nothing is drawn in the right part. */
  g_assert_cmpuint (count_pixels (widget, 0x3584e4, WIDTH * 3 / 4), ==, 0);

  fovea_activation_curve_set_side (curve, FOVEA_SIDE_ROBUST);
  g_assert_cmpuint (count_pixels (widget, 0xe66100, 0), >, 50);
  g_assert_finalize_object (widget);
}

/* Plots that are hard to scale draw without warnings and end. */
static void
test_extremes (void)
{
  static const double values[][3] = {
    { 5, 5, 5 }, { 0, 0, 0 }, { NAN, NAN, NAN }, { -1e300, 0, 1e300 }, { 1e-300, 2e-300, 3e-300 }, { 1e9, 1e9 + 1e-3, 1e9 }, { -7, -8, -9 }, { INFINITY, -INFINITY, 0 },
  };
  GtkWidget *widget = g_object_ref_sink (fovea_activation_curve_new ());
  FoveaActivationCurve *curve = FOVEA_ACTIVATION_CURVE (widget);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      fovea_activation_curve_reset (curve, 1, 3);
      fovea_activation_curve_append (curve, 0, values[i], 3);
      if (i != 2 && i != 7)
        g_assert_cmpuint (count_pixels (widget, 0x3584e4, 0), >, 0);
      else
        count_pixels (widget, 0, 0);
    }
  fovea_activation_curve_reset (curve, 1, 1);
  fovea_activation_curve_append (curve, 0, values[0], 1);
  g_assert_cmpuint (count_pixels (widget, 0x3584e4, 0), >, 0);

  /* Many more steps than pixels */
  fovea_activation_curve_reset (curve, 1, 100000);
  for (guint i = 0; i < 100000; i++)
    {
      double value = sin (i * 0.001);
      fovea_activation_curve_append (curve, 0, &value, 1);
    }
  g_assert_cmpuint (count_pixels (widget, 0x3584e4, 0), >, WIDTH);
  g_assert_finalize_object (widget);
}

static void
add_tests (void)
{
  g_test_add_func ("/activation-curve/values", test_values);
  g_test_add_func ("/activation-curve/describe", test_describe);
  g_test_add_func ("/activation-curve/draw", test_draw);
  g_test_add_func ("/activation-curve/extremes", test_extremes);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
