/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patch-tile.h"

#include "ui/image-view.h"
#include "ui/number.h"

/* Sides of the square, and of the whole image in the tooltip, in pixels. */
#define MINIMUM_SIDE 56
#define NATURAL_SIDE 150
#define WHOLE_SIDE 320
#define GAP 2

struct _FoveaPatchTile {
  GtkWidget parent_instance;

  FoveaImageView *view;
  GtkWidget *label;
  GtkWidget *tooltip; /* what the tooltip shows */
  FoveaImageView *whole;
  GtkWidget *caption;
  FoveaPatchPicture *picture; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaPatchTile, fovea_patch_tile, GTK_TYPE_WIDGET)

enum { ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
activate (FoveaPatchTile *self)
{
  if (self->picture != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0);
}

static gboolean
activate_by_key (GtkWidget *widget,
                 GVariant *arguments,
                 gpointer data)
{
  activate (FOVEA_PATCH_TILE (widget));
  return TRUE;
}

static GtkSizeRequestMode
fovea_patch_tile_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_patch_tile_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  FoveaPatchTile *self = FOVEA_PATCH_TILE (widget);
  int label;

  *minimum_baseline = *natural_baseline = -1;
  *minimum = MINIMUM_SIDE;
  *natural = NATURAL_SIDE;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  if (for_size > 0)
    *minimum = *natural = for_size;
  gtk_widget_measure (self->label, GTK_ORIENTATION_VERTICAL, -1, &label, NULL, NULL, NULL);
  *minimum += label + GAP;
  *natural += label + GAP;
}

static void
fovea_patch_tile_size_allocate (GtkWidget *widget,
                                int width,
                                int height,
                                int baseline)
{
  FoveaPatchTile *self = FOVEA_PATCH_TILE (widget);
  int label;

  gtk_widget_measure (self->label, GTK_ORIENTATION_VERTICAL, -1, &label, NULL, NULL, NULL);
  gtk_widget_size_allocate (GTK_WIDGET (self->view), &(GtkAllocation) { 0, 0, width, MAX (height - label - GAP, 0) }, -1);
  gtk_widget_size_allocate (self->label, &(GtkAllocation) { 0, height - label, width, label }, -1);
}

static gboolean
fovea_patch_tile_query_tooltip (GtkWidget *widget,
                                int x,
                                int y,
                                gboolean keyboard,
                                GtkTooltip *tooltip)
{
  FoveaPatchTile *self = FOVEA_PATCH_TILE (widget);

  if (self->picture == NULL)
    return FALSE;
  gtk_tooltip_set_custom (tooltip, self->tooltip);
  return TRUE;
}

static void
fovea_patch_tile_dispose (GObject *object)
{
  FoveaPatchTile *self = FOVEA_PATCH_TILE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->tooltip);
  g_clear_pointer (&self->picture, fovea_patch_picture_unref);
  G_OBJECT_CLASS (fovea_patch_tile_parent_class)->dispose (object);
}

static void
fovea_patch_tile_class_init (FoveaPatchTileClass *class)
{
  static const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space, GDK_KEY_KP_Space };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_patch_tile_dispose;
  widget_class->get_request_mode = fovea_patch_tile_get_request_mode;
  widget_class->measure = fovea_patch_tile_measure;
  widget_class->size_allocate = fovea_patch_tile_size_allocate;
  widget_class->query_tooltip = fovea_patch_tile_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "patchtile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i], 0, activate_by_key, NULL);

  signals[ACTIVATED] = g_signal_new ("activated", FOVEA_TYPE_PATCH_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_patch_tile_init (FoveaPatchTile *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->view = FOVEA_IMAGE_VIEW (fovea_image_view_new ());
  gtk_widget_set_can_target (GTK_WIDGET (self->view), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self->view), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  self->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->label, "caption");
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));

  self->tooltip = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  self->whole = FOVEA_IMAGE_VIEW (fovea_image_view_new ());
  gtk_box_append (GTK_BOX (self->tooltip), GTK_WIDGET (self->whole));
  self->caption = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->caption), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->caption), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (self->caption), 44);
  gtk_label_set_xalign (GTK_LABEL (self->caption), 0);
  gtk_box_append (GTK_BOX (self->tooltip), self->caption);

  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "pointer");
  g_signal_connect_object (click, "released", G_CALLBACK (activate), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * fovea_patch_tile_new:
 *
 * Returns: (transfer floating): an empty tile
 */
GtkWidget *
fovea_patch_tile_new (void)
{
  return g_object_new (FOVEA_TYPE_PATCH_TILE, NULL);
}

static void
show_whole (FoveaPatchTile *self)
{
  const FoveaPatch *patch = self->picture->patch;
  double width = patch->image_width, height = patch->image_height, scale = WHOLE_SIDE / MAX (width, height);
  double box[4];

  for (guint i = 0; i < 4; i++)
    box[i] = (double) patch->image_box[i];
  fovea_image_view_set_image (self->whole, self->picture->whole, patch->image_width, patch->image_height);
  fovea_image_view_set_box (self->whole, box);
  gtk_widget_set_size_request (GTK_WIDGET (self->whole), (int) (width * scale), (int) (height * scale));
}

/**
 * fovea_patch_tile_set_picture:
 * @self: a tile
 * @picture: (nullable): what to show
 */
void
fovea_patch_tile_set_picture (FoveaPatchTile *self,
                              FoveaPatchPicture *picture)
{
  g_autofree char *description = picture != NULL ? fovea_patch_picture_describe (picture) : NULL;
  g_autofree char *label = picture != NULL ? fovea_number_format ((double) picture->activation, 4) : NULL;
  g_autofree char *spoken = picture != NULL ? g_strdup_printf ("Open in the Lens: %s", description) : g_strdup ("no patch");

  g_return_if_fail (FOVEA_IS_PATCH_TILE (self));

  if (picture != NULL)
    fovea_patch_picture_ref (picture);
  g_clear_pointer (&self->picture, fovea_patch_picture_unref);
  self->picture = picture;
  if (picture != NULL && picture->patch != NULL)
    {
      fovea_image_view_set_image (self->view, picture->crop, picture->patch->crop->width, picture->patch->crop->height);
      fovea_image_view_set_overlay (self->view, picture->overlay);
      if (picture->whole != NULL)
        show_whole (self);
    }
  else
    {
      fovea_image_view_set_image (self->view, NULL, 0, 0);
      fovea_image_view_set_overlay (self->view, NULL);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->whole), picture != NULL && picture->whole != NULL);
  gtk_label_set_label (GTK_LABEL (self->caption), description != NULL ? description : "");
  gtk_label_set_label (GTK_LABEL (self->label), picture != NULL && picture->patch == NULL ? "unreadable" : label != NULL ? label : "");
  gtk_widget_set_focusable (GTK_WIDGET (self), picture != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * fovea_patch_tile_get_picture:
 * @self: a tile
 *
 * Returns: (transfer none) (nullable): what it shows
 */
FoveaPatchPicture *
fovea_patch_tile_get_picture (FoveaPatchTile *self)
{
  g_return_val_if_fail (FOVEA_IS_PATCH_TILE (self), NULL);
  return self->picture;
}

/**
 * fovea_patch_tile_set_opacity:
 * @self: a tile
 * @opacity: of the activation map, in [0,1]
 */
void
fovea_patch_tile_set_opacity (FoveaPatchTile *self,
                              double opacity)
{
  g_return_if_fail (FOVEA_IS_PATCH_TILE (self));
  fovea_image_view_set_overlay_opacity (self->view, opacity);
}
