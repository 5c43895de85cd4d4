/* Tiles and how they are drawn.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/ui/display.h"
#include "ui/texture.h"
#include "ui/tile-view.h"

#define SIZE 40

static GdkTexture *
make_texture (float red,
              float green,
              float blue)
{
  float planes[3 * 4 * 4];

  for (guint i = 0; i < 16; i++)
    {
      planes[i] = red;
      planes[16 + i] = green;
      planes[32 + i] = blue;
    }
  return fovea_texture_new_from_floats (planes, 4, 4);
}

/* 0xRRGGBB of the pixel at (x, y) of what the widget draws on white. */
static guint32
draw_pixel (GtkWidget *view,
            int width,
            int height,
            int x,
            int y)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cairo = cairo_create (surface);
  guint32 pixel;

  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  GTK_WIDGET_GET_CLASS (view)->snapshot (view, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node != NULL)
    {
      gsk_render_node_draw (node, cairo);
      gsk_render_node_unref (node);
    }
  cairo_destroy (cairo);
  cairo_surface_flush (surface);
  pixel = *(const guint32 *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x) & 0xffffff;
  cairo_surface_destroy (surface);
  return pixel;
}

static void
test_texture (void)
{
  const float planes[6] = { 0.0f, 1.5f, 0.5f, -2.0f, 0.25f, 1.0f };
  g_autoptr (GdkTexture) texture = fovea_texture_new_from_floats (planes, 2, 1);
  guchar pixels[8];

  gdk_texture_download (texture, pixels, 8); /* BGRA in memory */
  g_assert_cmpuint (pixels[2], ==, 0);
  g_assert_cmpuint (pixels[1], ==, 128);
  g_assert_cmpuint (pixels[0], ==, 64);
  g_assert_cmpuint (pixels[6], ==, 255);
  g_assert_cmpuint (pixels[5], ==, 0);
  g_assert_cmpuint (pixels[4], ==, 255);
}

static void
test_describe (void)
{
  g_autoptr (FoveaTile) tile = fovea_tile_new (7, "bear");
  g_autoptr (GdkTexture) texture = make_texture (1, 0, 0);
  g_autofree char *caption = NULL;
  g_autofree char *description = NULL;
  g_autofree char *before = fovea_tile_get_description (tile);

  g_assert_cmpstr (before, ==, "Channel 7, class bear; standard: not visualized yet; robust: not visualized yet");
  fovea_tile_set_picture (tile, FOVEA_SIDE_STANDARD, texture, 14.24);
  fovea_tile_set_state (tile, FOVEA_SIDE_STANDARD, FOVEA_TILE_DONE);
  fovea_tile_set_state (tile, FOVEA_SIDE_ROBUST, FOVEA_TILE_DEAD);
  caption = fovea_tile_get_caption (tile);
  description = fovea_tile_get_description (tile);
  g_assert_cmpstr (caption, ==, "7 · bear");
  g_assert_cmpstr (description, ==, "Channel 7, class bear; standard: activation 14.2; robust: dead");
  g_assert_true (fovea_tile_is_finished (tile, FOVEA_SIDE_ROBUST));
}

/* What a channel detects stands on its tile, for both networks where that differs. */
static void
test_concepts (void)
{
  g_autoptr (FoveaTile) tile = fovea_tile_new (7, NULL);
  g_autofree char *plain = fovea_tile_get_caption (tile);
  g_autofree char *one = NULL, *both = NULL, *same = NULL, *description = NULL;

  g_assert_cmpstr (plain, ==, "7");
  fovea_tile_set_concept (tile, FOVEA_SIDE_ROBUST, "striped", "texture");
  one = fovea_tile_get_caption (tile);
  g_assert_cmpstr (one, ==, "7 · – | striped");
  fovea_tile_set_concept (tile, FOVEA_SIDE_STANDARD, "dog", "object");
  both = fovea_tile_get_caption (tile);
  description = fovea_tile_get_description (tile);
  g_assert_cmpstr (both, ==, "7 · dog | striped");
  g_assert_cmpstr (description, ==, "Channel 7; standard: not visualized yet, detects dog; robust: not visualized yet, detects striped");
  fovea_tile_set_concept (tile, FOVEA_SIDE_STANDARD, "striped", "texture");
  same = fovea_tile_get_caption (tile);
  g_assert_cmpstr (same, ==, "7 · striped");
  fovea_tile_set_concept (tile, FOVEA_SIDE_STANDARD, NULL, NULL);
  g_assert_null (fovea_tile_get_concept (tile, FOVEA_SIDE_STANDARD));
}

static void
test_draw (void)
{
  GtkWidget *view = g_object_ref_sink (fovea_tile_view_new ());
  g_autoptr (FoveaTile) tile = fovea_tile_new (3, NULL);
  g_autoptr (GdkTexture) red = make_texture (1, 0, 0);
  g_autoptr (GdkTexture) green = make_texture (0, 1, 0);
  int width, height, right;

  fovea_tile_view_set_size (FOVEA_TILE_VIEW (view), SIZE);
  gtk_widget_measure (view, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (view, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  g_assert_cmpint (width, >=, 2 * SIZE);
  g_assert_cmpint (height, >, SIZE);
  gtk_widget_allocate (view, width, height, -1, NULL);
  right = width - SIZE / 2;

  /* Without a tile: nothing. */
  g_assert_cmphex (draw_pixel (view, width, height, SIZE / 2, SIZE / 2), ==, 0xffffff);

  fovea_tile_view_set_tile (FOVEA_TILE_VIEW (view), tile);
  fovea_tile_set_picture (tile, FOVEA_SIDE_STANDARD, red, 1);
  fovea_tile_set_picture (tile, FOVEA_SIDE_ROBUST, green, 2);
  fovea_tile_set_state (tile, FOVEA_SIDE_STANDARD, FOVEA_TILE_DONE);
  fovea_tile_set_state (tile, FOVEA_SIDE_ROBUST, FOVEA_TILE_DONE);
  /* Standard left over its blue bar, robust right over its orange one. */
  g_assert_cmphex (draw_pixel (view, width, height, SIZE / 2, SIZE / 2), ==, 0xff0000);
  g_assert_cmphex (draw_pixel (view, width, height, right, SIZE / 2), ==, 0x00ff00);
  g_assert_cmphex (draw_pixel (view, width, height, SIZE / 2, SIZE + 1), ==, 0x3584e4);
  g_assert_cmphex (draw_pixel (view, width, height, right, SIZE + 1), ==, 0xe66100);

  /* A dead unit shows no picture, whatever came out of the optimization. */
  fovea_tile_set_state (tile, FOVEA_SIDE_ROBUST, FOVEA_TILE_DEAD);
  g_assert_cmphex (draw_pixel (view, width, height, right, 3), !=, 0x00ff00);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Channel 3; standard: activation 1.00; robust: dead");
  g_assert_finalize_object (view);
}

static void
add_tests (void)
{
  g_test_add_func ("/tile-view/texture", test_texture);
  g_test_add_func ("/tile-view/describe", test_describe);
  g_test_add_func ("/tile-view/concepts", test_concepts);
  g_test_add_func ("/tile-view/draw", test_draw);
}

int
main (int argc,
      char **argv)
{
  return fovea_test_run_with_display (argc, argv, add_tests);
}
