/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/sort-button.h"

#include "ui/application.h"
#include "ui/measure-words.h"

/* As settings name the orders and people read them, in the button and in the list. */
static const struct {
  const char *name;
  const char *short_label;
  const char *label;
  const char *tooltip;
} orders[FOVEA_TILE_N_ORDERS] = {
  { "index", "By index", "_Index", "By the channels' numbers" },
  { "activation", "By activation", "_Activation", "By the activation that the visualization reaches" },
  { "peak", "By peak", "_Peak activation on images", "By the strongest activation on the images of a scan" },
  { "selectivity", "By selectivity", "_Class selectivity", "By how much stronger a channel is on its class than on the others, from 0 to 1" },
  { "preference", "By shape", "_Shape preference", "By how much more a channel follows shape than texture in cue-conflict images" },
  { "iou", "By IoU", "IoU of the best _concept", "By how well a channel segments the concept that it segments best" },
};

static const struct {
  const char *name;
  const char *label;
} networks[FOVEA_TILE_N_ORDERS_BY] = {
  { "standard", "of the s_tandard network" },
  { "robust", "of the _robust network" },
  { "difference", "_difference of the two" },
};

struct _FoveaSortButton {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkCheckButton *order_buttons[FOVEA_TILE_N_ORDERS];
  GtkWidget *network_box;
  GtkCheckButton *network_buttons[FOVEA_TILE_N_ORDERS_BY];
  GtkCheckButton *reversed;

  FoveaTileSorter *sorter; /* nullable */
  FoveaLayerMeasures *measures; /* nullable */
  gboolean single; /* whether there is one network */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (FoveaSortButton, fovea_sort_button, GTK_TYPE_WIDGET)

static void
update_label (FoveaSortButton *self)
{
  static const char *const spoken_networks[FOVEA_TILE_N_ORDERS_BY] = { ", of the standard network", ", of the robust network", ", the difference of the networks" };
  FoveaTileOrder order = fovea_tile_sorter_get_order (self->sorter);
  g_autofree char *label = g_strdup_printf ("%s%s", orders[order].short_label, fovea_tile_sorter_is_reversed (self->sorter) ? " ↑" : "");
  const char *network = order == FOVEA_TILE_ORDER_INDEX || self->single ? "" : spoken_networks[fovea_tile_sorter_get_by (self->sorter)];
  g_autofree char *spoken = g_strdup_printf ("%s%s%s", orders[order].tooltip, network, fovea_tile_sorter_is_reversed (self->sorter) ? ", smallest first" : "");

  gtk_menu_button_set_label (self->button, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Order of the channels",
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, spoken,
                                  -1);
  gtk_widget_set_sensitive (self->network_box, order != FOVEA_TILE_ORDER_INDEX);
}

/* What cannot be measured of this layer cannot be chosen, but stays chosen where it was: then the page says why. */
static void
update_sensitive (FoveaSortButton *self)
{
  for (FoveaTileOrder order = FOVEA_TILE_ORDER_PEAK; order < FOVEA_TILE_N_ORDERS; order++)
    {
      g_autofree char *reason = fovea_measure_words_explain (self->measures, (FoveaTileMeasure) (order - FOVEA_TILE_ORDER_PEAK));

      gtk_widget_set_sensitive (GTK_WIDGET (self->order_buttons[order]), reason == NULL);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->order_buttons[order]), reason != NULL ? reason : orders[order].tooltip);
    }
}

static guint
find_active (GtkCheckButton *const *buttons,
             guint n_buttons)
{
  for (guint i = 0; i < n_buttons; i++)
    if (gtk_check_button_get_active (buttons[i]))
      return i;
  return 0;
}

static void
toggled (FoveaSortButton *self,
         GtkCheckButton *button)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  guint order, by;

  /* Of two radio buttons that change the second one is enough. */
  if (self->updating || self->sorter == NULL || (button != self->reversed && !gtk_check_button_get_active (button)))
    return;
  order = find_active (self->order_buttons, FOVEA_TILE_N_ORDERS);
  by = find_active (self->network_buttons, FOVEA_TILE_N_ORDERS_BY);
  if (settings != NULL)
    {
      fovea_settings_set_string (settings, "sort", orders[order].name);
      fovea_settings_set_string (settings, "sort-network", networks[by].name);
      g_object_set (settings, "sort-reversed", gtk_check_button_get_active (self->reversed), NULL);
    }
  fovea_tile_sorter_set (self->sorter, order, self->single ? FOVEA_TILE_ORDER_BY_STANDARD : by, gtk_check_button_get_active (self->reversed));
  update_label (self);
}

/* Shows what is kept in the settings. */
static void
restore (FoveaSortButton *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *order_name = settings != NULL ? fovea_settings_get_string (settings, "sort") : NULL;
  g_autofree char *network_name = settings != NULL ? fovea_settings_get_string (settings, "sort-network") : NULL;
  gboolean reversed = FALSE;
  guint order = 0, by = 0;

  for (guint i = 0; i < FOVEA_TILE_N_ORDERS; i++)
    if (g_strcmp0 (orders[i].name, order_name) == 0)
      order = i;
  for (guint i = 0; i < FOVEA_TILE_N_ORDERS_BY; i++)
    if (g_strcmp0 (networks[i].name, network_name) == 0)
      by = i;
  if (settings != NULL)
    g_object_get (settings, "sort-reversed", &reversed, NULL);
  self->updating = TRUE;
  gtk_check_button_set_active (self->order_buttons[order], TRUE);
  gtk_check_button_set_active (self->network_buttons[by], TRUE);
  gtk_check_button_set_active (self->reversed, reversed);
  self->updating = FALSE;
  fovea_tile_sorter_set (self->sorter, order, self->single ? FOVEA_TILE_ORDER_BY_STANDARD : by, reversed);
  update_label (self);
}

static gboolean
fovea_sort_button_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FOVEA_SORT_BUTTON (widget)->button));
}

static void
fovea_sort_button_dispose (GObject *object)
{
  FoveaSortButton *self = FOVEA_SORT_BUTTON (object);

  if (self->measures != NULL)
    g_signal_handlers_disconnect_by_data (self->measures, self);
  g_clear_object (&self->measures);
  g_clear_object (&self->sorter);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (fovea_sort_button_parent_class)->dispose (object);
}

static void
fovea_sort_button_class_init (FoveaSortButtonClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_sort_button_dispose;
  widget_class->grab_focus = fovea_sort_button_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkCheckButton *
add_button (FoveaSortButton *self,
            GtkWidget *box,
            const char *label,
            GtkCheckButton *group)
{
  GtkCheckButton *button = GTK_CHECK_BUTTON (gtk_check_button_new_with_mnemonic (label));

  gtk_check_button_set_group (button, group);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (button));
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (toggled), self);
  return button;
}

static void
fovea_sort_button_init (FoveaSortButton *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  for (guint i = 0; i < FOVEA_TILE_N_ORDERS; i++)
    {
      self->order_buttons[i] = add_button (self, box, orders[i].label, self->order_buttons[0]);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->order_buttons[i]), orders[i].tooltip);
    }
  self->network_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->network_box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  for (guint i = 0; i < FOVEA_TILE_N_ORDERS_BY; i++)
    self->network_buttons[i] = add_button (self, self->network_box, networks[i].label, self->network_buttons[0]);
  gtk_box_append (GTK_BOX (box), self->network_box);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  self->reversed = add_button (self, box, "S_mallest first", NULL);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_add_css_class (box, "choices");

  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_popover (self->button, popover);
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

/**
 * fovea_sort_button_new:
 *
 * Returns: (transfer floating): a button without a sorter
 */
GtkWidget *
fovea_sort_button_new (void)
{
  return g_object_new (FOVEA_TYPE_SORT_BUTTON, NULL);
}

/**
 * fovea_sort_button_set_sorter:
 * @self: a button without a sorter
 * @sorter: what orders the tiles
 * @measures: what they may be ordered by
 *
 * Orders as was kept in the settings.
 */
void
fovea_sort_button_set_sorter (FoveaSortButton *self,
                              FoveaTileSorter *sorter,
                              FoveaLayerMeasures *measures)
{
  g_return_if_fail (FOVEA_IS_SORT_BUTTON (self) && self->sorter == NULL);

  self->sorter = g_object_ref (sorter);
  self->measures = g_object_ref (measures);
  g_signal_connect_swapped (measures, "changed", G_CALLBACK (update_sensitive), self);
  restore (self);
}

/**
 * fovea_sort_button_set_single:
 * @self: a button
 * @single: whether there is one network, so that none has to be chosen
 */
void
fovea_sort_button_set_single (FoveaSortButton *self,
                              gboolean single)
{
  g_return_if_fail (FOVEA_IS_SORT_BUTTON (self) && self->sorter != NULL);

  if (self->single == single)
    return;
  self->single = single;
  gtk_widget_set_visible (self->network_box, !single);
  restore (self);
}

/**
 * fovea_sort_button_get_order_button:
 * @self: a button
 * @order: an order
 *
 * Returns: (transfer none): what people choose it with
 */
GtkCheckButton *
fovea_sort_button_get_order_button (FoveaSortButton *self,
                                    FoveaTileOrder order)
{
  g_return_val_if_fail (FOVEA_IS_SORT_BUTTON (self) && (guint) order < FOVEA_TILE_N_ORDERS, NULL);
  return self->order_buttons[order];
}

/**
 * fovea_sort_button_get_network_button:
 * @self: a button
 * @by: of which network
 *
 * Returns: (transfer none): what people choose it with
 */
GtkCheckButton *
fovea_sort_button_get_network_button (FoveaSortButton *self,
                                      FoveaTileOrderBy by)
{
  g_return_val_if_fail (FOVEA_IS_SORT_BUTTON (self) && (guint) by < FOVEA_TILE_N_ORDERS_BY, NULL);
  return self->network_buttons[by];
}
