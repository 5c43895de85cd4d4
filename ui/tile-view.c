/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-view.h"

#include "ui/palette.h"

#define GAP 3 /* pixels between the two pictures */
#define BAR 3 /* pixels of the bar in the network's colour under each picture */
#define CAPTION_GAP 4
#define RADIUS 4

/**
 * FoveaTileView:
 *
 * A grid has hundreds of them, so it is one widget without children that draws everything itself.
 */
struct _FoveaTileView {
  GtkWidget parent_instance;

  FoveaTile *tile; /* nullable */
  int size; /* of one picture, in pixels */
  PangoLayout *caption;
  PangoLayout *dead;
};

G_DEFINE_FINAL_TYPE (FoveaTileView, fovea_tile_view, GTK_TYPE_WIDGET)

enum { ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Assistive technologies read the grid's cell, which is the parent, as well as the picture in it. */
static void
update_description (FoveaTileView *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *description = self->tile != NULL ? fovea_tile_get_description (self->tile) : g_strdup ("");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
}

static void
update_caption (FoveaTileView *self)
{
  g_autofree char *caption = self->tile != NULL ? fovea_tile_get_caption (self->tile) : g_strdup ("");

  if (g_strcmp0 (caption, pango_layout_get_text (self->caption)) != 0)
    pango_layout_set_text (self->caption, caption, -1);
}

static void
tile_changed (FoveaTileView *self)
{
  update_caption (self);
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static int
get_pictures_width (FoveaTileView *self)
{
  return self->tile != NULL && fovea_tile_is_single (self->tile) ? self->size : 2 * self->size + GAP;
}

static int
get_caption_height (FoveaTileView *self)
{
  int height;

  pango_layout_get_pixel_size (self->caption, NULL, &height);
  return height;
}

static void
snapshot_side (FoveaTileView *self,
               GtkSnapshot *snapshot,
               FoveaSide side,
               float x)
{
  static const char *const colors[FOVEA_N_SIDES] = { FOVEA_COLOR_STANDARD, FOVEA_COLOR_ROBUST };
  GdkTexture *texture = fovea_tile_get_texture (self->tile, side);
  FoveaTileState state = fovea_tile_get_state (self->tile, side);
  graphene_rect_t picture = GRAPHENE_RECT_INIT (x, 0, self->size, self->size);
  graphene_rect_t bar = GRAPHENE_RECT_INIT (x, self->size, self->size, BAR);
  GskRoundedRect outline;
  GdkRGBA foreground, accent;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &foreground);
  gdk_rgba_parse (&accent, colors[side]);

  gsk_rounded_rect_init (&outline, &GRAPHENE_RECT_INIT (x, 0, self->size, self->size + BAR),
                         &GRAPHENE_SIZE_INIT (RADIUS, RADIUS), &GRAPHENE_SIZE_INIT (RADIUS, RADIUS),
                         &GRAPHENE_SIZE_INIT (RADIUS, RADIUS), &GRAPHENE_SIZE_INIT (RADIUS, RADIUS));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);

  if (texture != NULL && state != FOVEA_TILE_DEAD)
    {
      /* An unfinished picture that nothing works on is pale. */
      gboolean pale = state == FOVEA_TILE_MISSING;

      if (pale)
        gtk_snapshot_push_opacity (snapshot, 0.4);
      gtk_snapshot_append_texture (snapshot, texture, &picture);
      if (pale)
        gtk_snapshot_pop (snapshot);
    }
  else
    {
      GdkRGBA faint = foreground;

      faint.alpha *= 0.08f;
      gtk_snapshot_append_color (snapshot, &faint, &picture);
    }
  if (state == FOVEA_TILE_DEAD)
    {
      int width, height;

      pango_layout_get_pixel_size (self->dead, &width, &height);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + (self->size - width) / 2, (self->size - height) / 2));
      gtk_snapshot_append_layout (snapshot, self->dead, &foreground);
      gtk_snapshot_restore (snapshot);
    }

  if (!fovea_tile_is_finished (self->tile, side))
    accent.alpha = 0.35f;
  gtk_snapshot_append_color (snapshot, &accent, &bar);
  gtk_snapshot_pop (snapshot);
}

static void
fovea_tile_view_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int left = (width - get_pictures_width (self)) / 2;
  GdkRGBA foreground;

  if (self->tile == NULL)
    return;

  /* Left is standard in every language, as in the figures. */
  snapshot_side (self, snapshot, FOVEA_SIDE_STANDARD, left);
  if (!fovea_tile_is_single (self->tile))
    snapshot_side (self, snapshot, FOVEA_SIDE_ROBUST, left + self->size + GAP);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &foreground);
  pango_layout_set_width (self->caption, width * PANGO_SCALE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, self->size + BAR + CAPTION_GAP));
  gtk_snapshot_append_layout (snapshot, self->caption, &foreground);
  gtk_snapshot_restore (snapshot);
}

static void
fovea_tile_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = get_pictures_width (self);
  else
    *minimum = *natural = self->size + BAR + CAPTION_GAP + get_caption_height (self);
}

static void
make_layouts (FoveaTileView *self)
{
  PangoAttrList *small = pango_attr_list_new ();

  pango_attr_list_insert (small, pango_attr_scale_new (0.85));
  g_clear_object (&self->caption);
  g_clear_object (&self->dead);
  self->caption = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  pango_layout_set_alignment (self->caption, PANGO_ALIGN_CENTER);
  pango_layout_set_ellipsize (self->caption, PANGO_ELLIPSIZE_END);
  pango_layout_set_attributes (self->caption, small);
  self->dead = gtk_widget_create_pango_layout (GTK_WIDGET (self), "dead");
  pango_layout_set_attributes (self->dead, small);
  pango_attr_list_unref (small);
}

static void
fovea_tile_view_css_changed (GtkWidget *widget,
                             GtkCssStyleChange *change)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (widget);

  GTK_WIDGET_CLASS (fovea_tile_view_parent_class)->css_changed (widget, change);

  if (self->caption == NULL)
    return;
  /* The font may be another one. */
  pango_layout_context_changed (self->caption);
  pango_layout_context_changed (self->dead);
  gtk_widget_queue_resize (widget);
}

static gboolean
fovea_tile_view_query_tooltip (GtkWidget *widget,
                               int x,
                               int y,
                               gboolean keyboard,
                               GtkTooltip *tooltip)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (widget);
  g_autofree char *description = NULL;

  if (self->tile == NULL)
    return FALSE;
  description = fovea_tile_get_description (self->tile);
  gtk_tooltip_set_text (tooltip, description);
  return TRUE;
}

static void
clicked (FoveaTileView *self,
         int n_press)
{
  if (n_press == 1 && self->tile != NULL)
    g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
fovea_tile_view_dispose (GObject *object)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (object);

  fovea_tile_view_set_tile (self, NULL);

  G_OBJECT_CLASS (fovea_tile_view_parent_class)->dispose (object);
}

static void
fovea_tile_view_finalize (GObject *object)
{
  FoveaTileView *self = FOVEA_TILE_VIEW (object);

  g_clear_object (&self->caption);
  g_clear_object (&self->dead);

  G_OBJECT_CLASS (fovea_tile_view_parent_class)->finalize (object);
}

static void
fovea_tile_view_class_init (FoveaTileViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = fovea_tile_view_dispose;
  object_class->finalize = fovea_tile_view_finalize;
  widget_class->snapshot = fovea_tile_view_snapshot;
  widget_class->measure = fovea_tile_view_measure;
  widget_class->css_changed = fovea_tile_view_css_changed;
  widget_class->query_tooltip = fovea_tile_view_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "tile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  signals[ACTIVATED] = g_signal_new ("activated", FOVEA_TYPE_TILE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_tile_view_init (FoveaTileView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->size = 72;
  make_layouts (self);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (click, "released", G_CALLBACK (clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * fovea_tile_view_new:
 *
 * Emits `activated` when it is clicked.
 *
 * Returns: (transfer floating): a view without a tile
 */
GtkWidget *
fovea_tile_view_new (void)
{
  return g_object_new (FOVEA_TYPE_TILE_VIEW, NULL);
}

/**
 * fovea_tile_view_set_tile:
 * @self: a view
 * @tile: (nullable): what to draw
 */
void
fovea_tile_view_set_tile (FoveaTileView *self,
                          FoveaTile *tile)
{
  g_return_if_fail (FOVEA_IS_TILE_VIEW (self));

  if (self->tile == tile)
    return;
  if (self->tile != NULL)
    g_signal_handlers_disconnect_by_func (self->tile, tile_changed, self);
  g_set_object (&self->tile, tile);
  if (tile != NULL)
    {
      g_signal_connect_object (tile, "changed", G_CALLBACK (tile_changed), self, G_CONNECT_SWAPPED);
      tile_changed (self);
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
}

/**
 * fovea_tile_view_get_tile:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what it draws
 */
FoveaTile *
fovea_tile_view_get_tile (FoveaTileView *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_VIEW (self), NULL);
  return self->tile;
}

/**
 * fovea_tile_view_set_size:
 * @self: a view
 * @size: width and height of one picture, in pixels
 */
void
fovea_tile_view_set_size (FoveaTileView *self,
                          int size)
{
  g_return_if_fail (FOVEA_IS_TILE_VIEW (self) && size > 0);

  if (self->size == size)
    return;
  self->size = size;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
