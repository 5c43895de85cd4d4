/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/image-view.h"

#include <string.h>

struct _FoveaImageView
{
  GtkWidget parent_instance;

  GdkTexture *texture; /* nullable; may have more pixels than the image */
  GdkTexture *overlay; /* nullable */
  double opacity;
  guint width; /* of the image, in its own pixels */
  guint height;
  gboolean has_box;
  double box[4]; /* x0, y0, x1, y1 in the image's pixels */
};

G_DEFINE_FINAL_TYPE (FoveaImageView, fovea_image_view, GTK_TYPE_WIDGET)

enum
{
  POINTED,
  LEFT,
  STEPPED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where the image lies in the widget; whether it lies anywhere. */
static gboolean
get_area (FoveaImageView *self, graphene_rect_t *area)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double scale;

  if (self->texture == NULL || width <= 0 || height <= 0)
    return FALSE;
  scale = MIN (width / self->width, height / self->height);
  graphene_rect_init (area, (float) (width - self->width * scale) / 2, (float) (height - self->height * scale) / 2,
                      (float) (self->width * scale), (float) (self->height * scale));
  return TRUE;
}

static void
append_outline (GtkSnapshot *snapshot, const graphene_rect_t *bounds, float width, const GdkRGBA *color)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bounds, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[]) { width, width, width, width }, (GdkRGBA[]) { *color, *color, *color, *color });
}

/* White between black, so that it can be seen on everything. */
static void
append_box (FoveaImageView *self, GtkSnapshot *snapshot, const graphene_rect_t *area)
{
  static const GdkRGBA black = { 0, 0, 0, 0.75f }, white = { 1, 1, 1, 1 };
  float scale = area->size.width / (float) self->width;
  graphene_rect_t box = GRAPHENE_RECT_INIT (area->origin.x + (float) self->box[0] * scale, area->origin.y + (float) self->box[1] * scale,
                                            (float) (self->box[2] - self->box[0]) * scale, (float) (self->box[3] - self->box[1]) * scale);
  graphene_rect_t inner;

  append_outline (snapshot, &box, 4, &black);
  graphene_rect_inset_r (&box, 1, 1, &inner);
  append_outline (snapshot, &inner, 2, &white);
}

static void
fovea_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FoveaImageView *self = FOVEA_IMAGE_VIEW (widget);
  GskRoundedRect clip;
  graphene_rect_t area;

  if (!get_area (self, &area))
    return;
  gsk_rounded_rect_init_from_rect (&clip, &area, 6);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_texture (snapshot, self->texture, &area);
  if (self->overlay != NULL && self->opacity > 0)
    {
      gtk_snapshot_push_opacity (snapshot, self->opacity);
      gtk_snapshot_append_texture (snapshot, self->overlay, &area);
      gtk_snapshot_pop (snapshot);
    }
  if (self->has_box)
    append_box (self, snapshot, &area);
  gtk_snapshot_pop (snapshot);
}

static void
fovea_image_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  FoveaImageView *self = FOVEA_IMAGE_VIEW (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size > 0 && self->texture != NULL)
    *natural = (int) ((double) for_size * self->height / self->width);
}

static GtkSizeRequestMode
fovea_image_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
on_motion (FoveaImageView *self, double x, double y)
{
  graphene_rect_t area;

  if (!get_area (self, &area))
    return;
  x = (x - area.origin.x) / area.size.width;
  y = (y - area.origin.y) / area.size.height;
  if (x >= 0 && x < 1 && y >= 0 && y < 1)
    g_signal_emit (self, signals[POINTED], 0, x * self->width, y * self->height);
  else
    g_signal_emit (self, signals[LEFT], 0);
}

static void
on_leave (FoveaImageView *self)
{
  g_signal_emit (self, signals[LEFT], 0);
}

static gboolean
step (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  int columns, rows;

  g_variant_get (arguments, "(ii)", &columns, &rows);
  g_signal_emit (widget, signals[STEPPED], 0, columns, rows);
  return TRUE;
}

static void
fovea_image_view_finalize (GObject *object)
{
  FoveaImageView *self = FOVEA_IMAGE_VIEW (object);

  g_clear_object (&self->texture);
  g_clear_object (&self->overlay);
  G_OBJECT_CLASS (fovea_image_view_parent_class)->finalize (object);
}

static void
fovea_image_view_class_init (FoveaImageViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_image_view_finalize;
  widget_class->snapshot = fovea_image_view_snapshot;
  widget_class->measure = fovea_image_view_measure;
  widget_class->get_request_mode = fovea_image_view_get_request_mode;

  signals[POINTED] = g_signal_new ("pointed", FOVEA_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[LEFT] = g_signal_new ("left", FOVEA_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STEPPED] = g_signal_new ("stepped", FOVEA_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);

  gtk_widget_class_set_css_name (widget_class, "imageview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, step, "(ii)", -1, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, step, "(ii)", 1, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Up, 0, step, "(ii)", 0, -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Down, 0, step, "(ii)", 0, 1);
}

static void
fovea_image_view_init (FoveaImageView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->opacity = 1;
  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

/**
 * fovea_image_view_new:
 *
 * Returns: (transfer floating): a view of nothing
 */
GtkWidget *
fovea_image_view_new (void)
{
  return g_object_new (FOVEA_TYPE_IMAGE_VIEW, NULL);
}

/**
 * fovea_image_view_set_image:
 * @texture: (nullable): the image, enlarged or reduced
 * @width, @height: the image's own size, which points and boxes are in
 *
 * Takes overlay and box away.
 */
void
fovea_image_view_set_image (FoveaImageView *self, GdkTexture *texture, guint width, guint height)
{
  g_return_if_fail (FOVEA_IS_IMAGE_VIEW (self) && (texture == NULL || (width > 0 && height > 0)));
  g_set_object (&self->texture, texture);
  g_clear_object (&self->overlay);
  self->width = width;
  self->height = height;
  self->has_box = FALSE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * fovea_image_view_set_overlay:
 * @overlay: (nullable): laid over the whole image
 */
void
fovea_image_view_set_overlay (FoveaImageView *self, GdkTexture *overlay)
{
  g_return_if_fail (FOVEA_IS_IMAGE_VIEW (self));
  g_set_object (&self->overlay, overlay);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_image_view_get_overlay:
 *
 * Returns: (transfer none) (nullable): what lies over the image
 */
GdkTexture *
fovea_image_view_get_overlay (FoveaImageView *self)
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_VIEW (self), NULL);
  return self->overlay;
}

/**
 * fovea_image_view_set_overlay_opacity:
 * @opacity: 0 shows the image alone, 1 the overlay alone
 */
void
fovea_image_view_set_overlay_opacity (FoveaImageView *self, double opacity)
{
  g_return_if_fail (FOVEA_IS_IMAGE_VIEW (self));
  self->opacity = opacity;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_image_view_set_box:
 * @box: (nullable) (array fixed-size=4): x0, y0, x1, y1 in the image's pixels
 */
void
fovea_image_view_set_box (FoveaImageView *self, const double *box)
{
  g_return_if_fail (FOVEA_IS_IMAGE_VIEW (self));
  self->has_box = box != NULL;
  if (box != NULL)
    memcpy (self->box, box, sizeof self->box);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_image_view_get_box:
 *
 * Returns: whether there is a box
 */
gboolean
fovea_image_view_get_box (FoveaImageView *self, double box[4])
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_VIEW (self), FALSE);
  memcpy (box, self->box, sizeof self->box);
  return self->has_box;
}
