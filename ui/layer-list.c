/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layer-list.h"

/* How much of its neighbours is shown with a selected row, in pixels. */
#define REVEAL_MARGIN 20

struct _FoveaLayerList {
  GtkWidget parent_instance;

  GtkWidget *scrolled;
  GtkListBox *list;
  GListModel *layers;
};

G_DEFINE_FINAL_TYPE (FoveaLayerList, fovea_layer_list, GTK_TYPE_WIDGET)

enum { SELECTED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GtkWidget *
make_label (const char *text,
            const char *const *classes,
            PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  gtk_widget_set_css_classes (label, (const char **) classes);
  return label;
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  static const char *const name_classes[] = { "layer-name", NULL };
  static const char *const heading_classes[] = { "layer-name", "heading", NULL };
  static const char *const dim_classes[] = { "caption", "dim-label", NULL };
  FoveaLayer *layer = item;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = make_label (fovea_layer_get_name (layer), fovea_layer_has_weights (layer) ? heading_classes : name_classes, PANGO_ELLIPSIZE_MIDDLE);
  GtkWidget *operator_name = make_label (fovea_layer_get_operator (layer), dim_classes, PANGO_ELLIPSIZE_NONE);
  g_autofree char *spoken = g_strdup_printf ("%s, %s, %s", fovea_layer_get_name (layer), fovea_layer_get_operator (layer), fovea_layer_get_summary (layer));

  gtk_widget_set_hexpand (name, TRUE);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), operator_name);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), make_label (fovea_layer_get_summary (layer), dim_classes, PANGO_ELLIPSIZE_END));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

/* A line before each block: a layer with weights and the normalization, activation and pooling after it. */
static void
update_header (GtkListBoxRow *row,
               GtkListBoxRow *before,
               gpointer user_data)
{
  FoveaLayerList *self = user_data;
  g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, (guint) gtk_list_box_row_get_index (row));
  gboolean wanted = before != NULL && layer != NULL && fovea_layer_has_weights (layer);

  if (wanted && gtk_list_box_row_get_header (row) == NULL)
    gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  else if (!wanted)
    gtk_list_box_row_set_header (row, NULL);
}

static void
row_activated (FoveaLayerList *self,
               GtkListBoxRow *row)
{
  g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, (guint) gtk_list_box_row_get_index (row));

  if (layer != NULL)
    g_signal_emit (self, signals[SELECTED], 0, layer);
}

static void
fovea_layer_list_dispose (GObject *object)
{
  FoveaLayerList *self = FOVEA_LAYER_LIST (object);

  if (self->list != NULL)
    {
      gtk_list_box_set_header_func (self->list, NULL, NULL, NULL);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  self->list = NULL;
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->layers);

  G_OBJECT_CLASS (fovea_layer_list_parent_class)->dispose (object);
}

static void
fovea_layer_list_class_init (FoveaLayerListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_layer_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  signals[SELECTED] = g_signal_new ("layer-selected", FOVEA_TYPE_LAYER_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, FOVEA_TYPE_LAYER);
}

static void
fovea_layer_list_init (FoveaLayerList *self)
{
  self->layers = G_LIST_MODEL (g_list_store_new (FOVEA_TYPE_LAYER));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_SINGLE);
  gtk_list_box_set_header_func (self->list, update_header, self, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Layers", -1);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated), self, G_CONNECT_SWAPPED);

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), GTK_WIDGET (self->list));
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

/**
 * fovea_layer_list_new:
 *
 * Emits `layer-selected` when someone chooses a layer.
 *
 * Returns: (transfer floating): an empty list
 */
GtkWidget *
fovea_layer_list_new (void)
{
  return g_object_new (FOVEA_TYPE_LAYER_LIST, NULL);
}

/**
 * fovea_layer_list_set_layers:
 * @self: a list
 * @layers: (element-type FoveaLayer): what to choose from
 */
void
fovea_layer_list_set_layers (FoveaLayerList *self,
                             GListModel *layers)
{
  g_return_if_fail (FOVEA_IS_LAYER_LIST (self) && G_IS_LIST_MODEL (layers));

  g_set_object (&self->layers, layers);
  gtk_list_box_bind_model (self->list, layers, make_row, NULL, NULL);
}

/* Once the list has its size: scrolls so that the selected row can be seen. */
static gboolean
reveal_selected (gpointer user_data)
{
  FoveaLayerList *self = user_data;
  GtkListBoxRow *row = self->list != NULL ? gtk_list_box_get_selected_row (self->list) : NULL;
  GtkAdjustment *adjustment = self->list != NULL ? gtk_list_box_get_adjustment (self->list) : NULL;
  graphene_rect_t bounds;

  if (row != NULL && adjustment != NULL && gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y - REVEAL_MARGIN, bounds.origin.y + bounds.size.height + REVEAL_MARGIN);
  return G_SOURCE_REMOVE;
}

/**
 * fovea_layer_list_select:
 * @self: a list
 * @name: (nullable): a layer's name; %NULL is none
 *
 * Marks that layer, without `layer-selected`.
 */
void
fovea_layer_list_select (FoveaLayerList *self,
                         const char *name)
{
  g_return_if_fail (FOVEA_IS_LAYER_LIST (self));

  if (name == NULL)
    gtk_list_box_unselect_all (self->list);
  for (guint i = 0; name != NULL && i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (g_str_equal (fovea_layer_get_name (layer), name))
        {
          GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) i);

          if (row == gtk_list_box_get_selected_row (self->list))
            return;
          gtk_list_box_select_row (self->list, row);
          g_idle_add_full (G_PRIORITY_LOW, reveal_selected, g_object_ref (self), g_object_unref);
          return;
        }
    }
}
