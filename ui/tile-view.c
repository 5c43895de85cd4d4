/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-view.h"

#include "ui/palette.h"

#define GAP 3 /* pixels between the two pictures */
#define BAR 3 /* pixels of the bar in the network's colour under each picture */
#define CAPTION_GAP 4
#define RADIUS 4
#define PIN 16 /* pixels of the pin's icon */

/**
 * FoveaTileView:
 *
 * A grid has hundreds of them, so it is one widget without children that draws everything itself.
 */
struct _FoveaTileView {
  GtkWidget parent_instance;

  FoveaTile *tile; /* nullable */
  int size; /* of one picture, in pixels */
  FoveaTileContent content;
  gboolean values; /* whether the caption says @measure instead of what the channel detects */
  int measure; /* a FoveaTileMeasure; -1 is the activation */
  PangoLayout *caption;
  PangoLayout *dead;
};

G_DEFINE_FINAL_TYPE (FoveaTileView, fovea_tile_view, GTK_TYPE_WIDGET)

enum { ACTIVATED, MENU_WANTED, N_SIGNALS };

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
  g_autofree char *caption = self->tile == NULL ? g_strdup ("") : self->values ? fovea_tile_get_values (self->tile, self->measure) : fovea_tile_get_caption (self->tile);

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

/* The picture, as large as fits into the middle of @bounds. */
static void
snapshot_texture (GtkSnapshot *snapshot,
                  GdkTexture *texture,
                  const graphene_rect_t *bounds)
{
  float width = (float) gdk_texture_get_width (texture), height = (float) gdk_texture_get_height (texture);
  float scale = bounds->size.width / MAX (width, height);

  width *= scale;
  height *= scale;
  gtk_snapshot_append_texture (snapshot, texture,
                               &GRAPHENE_RECT_INIT (bounds->origin.x + (bounds->size.width - width) / 2, bounds->origin.y + (bounds->size.height - height) / 2,
                                                    width, height));
}

static void
snapshot_visualization (FoveaTileView *self,
                        GtkSnapshot *snapshot,
                        FoveaSide side,
                        const graphene_rect_t *bounds,
                        const GdkRGBA *foreground)
{
  FoveaTileState state = fovea_tile_get_state (self->tile, side);
  GdkTexture *texture = fovea_tile_get_texture (self->tile, side);
  /* An unfinished picture that nothing works on is pale. */
  gboolean pale = state == FOVEA_TILE_MISSING;
  int width, height;

  if (state == FOVEA_TILE_DEAD)
    {
      pango_layout_get_pixel_size (self->dead, &width, &height);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (bounds->origin.x + (float) (self->size - width) / 2, (float) (self->size - height) / 2));
      gtk_snapshot_append_layout (snapshot, self->dead, foreground);
      gtk_snapshot_restore (snapshot);
      return;
    }
  if (texture == NULL)
    return;
  if (pale)
    gtk_snapshot_push_opacity (snapshot, 0.4);
  gtk_snapshot_append_texture (snapshot, texture, bounds);
  if (pale)
    gtk_snapshot_pop (snapshot);
}

static void
snapshot_side (FoveaTileView *self,
               GtkSnapshot *snapshot,
               FoveaSide side,
               float x)
{
  static const char *const colors[FOVEA_N_SIDES] = { FOVEA_COLOR_STANDARD, FOVEA_COLOR_ROBUST };
  GdkTexture *patch = fovea_tile_get_patch (self->tile, side);
  gboolean finished = self->content == FOVEA_TILE_CONTENT_PATCH ? patch != NULL : fovea_tile_is_finished (self->tile, side);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (x, 0, self->size, self->size);
  graphene_rect_t bar = GRAPHENE_RECT_INIT (x, self->size, self->size, BAR);
  GskRoundedRect outline;
  GdkRGBA foreground, faint, accent;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &foreground);
  gdk_rgba_parse (&accent, colors[side]);
  faint = foreground;
  faint.alpha *= 0.08f;

  gsk_rounded_rect_init (&outline, &GRAPHENE_RECT_INIT (x, 0, self->size, self->size + BAR),
                         &GRAPHENE_SIZE_INIT (RADIUS, RADIUS), &GRAPHENE_SIZE_INIT (RADIUS, RADIUS),
                         &GRAPHENE_SIZE_INIT (RADIUS, RADIUS), &GRAPHENE_SIZE_INIT (RADIUS, RADIUS));
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &faint, &bounds);
  if (self->content == FOVEA_TILE_CONTENT_VISUALIZATION)
    snapshot_visualization (self, snapshot, side, &bounds, &foreground);
  else if (patch != NULL)
    snapshot_texture (snapshot, patch, &bounds);

  if (!finished)
    accent.alpha = 0.35f;
  gtk_snapshot_append_color (snapshot, &accent, &bar);
  gtk_snapshot_pop (snapshot);
}

/* In the corner, on a ground of its own: what is below may have any colour. */
static void
snapshot_pin (FoveaTileView *self,
              GtkSnapshot *snapshot,
              float right)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (theme, "view-pin-symbolic", NULL, PIN, gtk_widget_get_scale_factor (widget), GTK_TEXT_DIR_NONE, 0);
  const GdkRGBA ground = { 0, 0, 0, 0.65f }, color = { 1, 1, 1, 1 };
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (right - PIN - 6, 2, PIN + 4, PIN + 4);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &ground, &bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (bounds.origin.x + 2, bounds.origin.y + 2));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, PIN, PIN, &color, 1);
  gtk_snapshot_restore (snapshot);
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
  if (fovea_tile_is_pinned (self->tile))
    snapshot_pin (self, snapshot, (float) (left + get_pictures_width (self)));

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
  g_autofree char *description = NULL, *text = NULL;
  g_auto (GStrv) parts = NULL;

  if (self->tile == NULL)
    return FALSE;
  /* A line for each network. */
  description = fovea_tile_get_description (self->tile);
  parts = g_strsplit (description, "; ", -1);
  text = g_strjoinv ("\n", parts);
  gtk_tooltip_set_text (tooltip, text);
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
right_clicked (FoveaTileView *self)
{
  if (self->tile != NULL)
    g_signal_emit (self, signals[MENU_WANTED], 0);
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
  signals[MENU_WANTED] = g_signal_new ("menu-wanted", FOVEA_TYPE_TILE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_tile_view_init (FoveaTileView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *right_click = gtk_gesture_click_new ();
  GtkGesture *long_press = gtk_gesture_long_press_new ();

  self->size = 72;
  make_layouts (self);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (click, "released", G_CALLBACK (clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (right_click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (right_click, "pressed", G_CALLBACK (right_clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (right_click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (long_press), TRUE);
  g_signal_connect_object (long_press, "pressed", G_CALLBACK (right_clicked), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (long_press));
}

/**
 * fovea_tile_view_new:
 *
 * Emits `activated` when it is clicked, and `menu-wanted` when it is clicked with the other button, or pressed for long.
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

/**
 * fovea_tile_view_set_content:
 * @self: a view
 * @content: what it shows of the channel
 */
void
fovea_tile_view_set_content (FoveaTileView *self,
                             FoveaTileContent content)
{
  g_return_if_fail (FOVEA_IS_TILE_VIEW (self));

  if (self->content == content)
    return;
  self->content = content;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * fovea_tile_view_set_values:
 * @self: a view
 * @values: whether the caption says values instead of what the channel detects
 * @measure: as fovea_tile_get_values()
 */
void
fovea_tile_view_set_values (FoveaTileView *self,
                            gboolean values,
                            int measure)
{
  g_return_if_fail (FOVEA_IS_TILE_VIEW (self));

  if (self->values == values && self->measure == measure)
    return;
  self->values = values;
  self->measure = measure;
  update_caption (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
