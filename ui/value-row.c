/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/value-row.h"

#include "ui/value-bar.h"

struct _FoveaValueRow {
  GtkWidget parent_instance;

  GtkWidget *name;
  GtkWidget *bar;
  GtkWidget *value;
};

G_DEFINE_FINAL_TYPE (FoveaValueRow, fovea_value_row, GTK_TYPE_WIDGET)

static void
fovea_value_row_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_value_row_parent_class)->dispose (object);
}

static void
fovea_value_row_class_init (FoveaValueRowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_value_row_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "valuerow");
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
}

static void
fovea_value_row_init (FoveaValueRow *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 8);
  self->name = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->name, "numeric");
  gtk_widget_set_parent (self->name, GTK_WIDGET (self));
  self->bar = fovea_value_bar_new ();
  gtk_widget_set_hexpand (self->bar, TRUE);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
  self->value = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->value), 1);
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_widget_set_parent (self->value, GTK_WIDGET (self));
}

/**
 * fovea_value_row_new:
 * @name_width: room for the name, in characters
 * @value_width: room for the value, in characters
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
fovea_value_row_new (int name_width,
                     int value_width)
{
  FoveaValueRow *self = g_object_new (FOVEA_TYPE_VALUE_ROW, NULL);

  fovea_value_row_set_name_width (self, name_width);
  gtk_label_set_width_chars (GTK_LABEL (self->value), value_width);
  return GTK_WIDGET (self);
}

/**
 * fovea_value_row_set_side:
 * @self: a row
 * @side: whose colour the bar has
 */
void
fovea_value_row_set_side (FoveaValueRow *self,
                          FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_VALUE_ROW (self));
  fovea_value_bar_set_side (FOVEA_VALUE_BAR (self->bar), side);
}

/**
 * fovea_value_row_set_name_width:
 * @self: a row
 * @width: room for the name, in characters
 */
void
fovea_value_row_set_name_width (FoveaValueRow *self,
                                int width)
{
  g_return_if_fail (FOVEA_IS_VALUE_ROW (self));
  gtk_label_set_width_chars (GTK_LABEL (self->name), width);
  gtk_label_set_max_width_chars (GTK_LABEL (self->name), width);
}

/**
 * fovea_value_row_show:
 * @self: a row
 * @name: what has the value
 * @value: the value as it is written
 * @fraction: of the bar, from 0 to 1
 */
void
fovea_value_row_show (FoveaValueRow *self,
                      const char *name,
                      const char *value,
                      double fraction)
{
  g_return_if_fail (FOVEA_IS_VALUE_ROW (self));
  gtk_label_set_label (GTK_LABEL (self->name), name);
  gtk_widget_set_tooltip_text (self->name, name);
  gtk_label_set_label (GTK_LABEL (self->value), value);
  fovea_value_bar_set_fraction (FOVEA_VALUE_BAR (self->bar), fraction);
}

/**
 * fovea_value_row_align:
 * @self: a row
 * @names: with the names of other rows
 * @values: with their values
 *
 * Keeps the bars below each other where some of the texts are bold.
 */
void
fovea_value_row_align (FoveaValueRow *self,
                       GtkSizeGroup *names,
                       GtkSizeGroup *values)
{
  g_return_if_fail (FOVEA_IS_VALUE_ROW (self));
  gtk_size_group_add_widget (names, self->name);
  gtk_size_group_add_widget (values, self->value);
}
