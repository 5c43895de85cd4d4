/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pins-view-private.h"

#include "engine/analysis/maximize.h"
#include "ui/texture.h"

#define THUMBNAIL 64

/* The picture that the layer's grid has of the channel, where it was computed. */
static GtkWidget *
create_thumbnail (FoveaPinsView *self, const FoveaPin *pin, FoveaSide side)
{
  FoveaNetwork *network = fovea_network_pair_get_network (self->pair, side);
  FoveaNeuron neuron = { .channel = pin->channels[side], .y = -1, .x = -1 };
  g_autoptr (FoveaStoredVisualization) stored = NULL;
  g_autofree char *address = g_strdup_printf ("%s:%u", pin->layer, pin->channels[side]);
  g_autofree char *name = g_strdup_printf ("%s in %s", address, fovea_network_get_name (network));
  GtkWidget *picture;

  if (self->store != NULL && fovea_graph_find (fovea_network_get_graph (network), pin->layer, &neuron.layer, NULL) && neuron.layer >= 0 &&
      neuron.channel < fovea_graph_get_shape (fovea_network_get_graph (network), (guint) neuron.layer)->channels)
    {
      FoveaMaximizeOptions options;
      FoveaObjective objective;
      g_autoptr (GVariant) recipe = NULL;
      g_autofree char *text = NULL;

      fovea_maximize_init_tile (&options, &objective, network, &neuron);
      recipe = g_variant_ref_sink (fovea_maximize_options_to_variant (&options));
      text = g_variant_print (recipe, FALSE);
      stored = fovea_store_get_visualization (self->store, fovea_network_get_fingerprint (network), address, text, NULL);
    }
  if (stored != NULL && stored->image != NULL)
    {
      g_autoptr (GdkTexture) texture = fovea_texture_new_enlarged (stored->image, THUMBNAIL);

      picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
    }
  else
    {
      picture = gtk_image_new_from_icon_name ("image-missing-symbolic");
      g_free (name);
      name = g_strdup_printf ("%s: no picture yet; the layer’s page computes it", address);
    }
  gtk_widget_set_size_request (picture, THUMBNAIL, THUMBNAIL);
  gtk_widget_set_tooltip_text (picture, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (picture), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return picture;
}

static guint
get_index (GtkWidget *widget)
{
  return (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX_ROW)));
}

static void
on_label_changed (FoveaPinsView *self, GtkEditable *entry)
{
  self->editing = TRUE;
  fovea_pins_rename (self->pins, get_index (GTK_WIDGET (entry)), gtk_editable_get_text (entry));
  self->editing = FALSE;
}

static void
on_up (FoveaPinsView *self, GtkWidget *button)
{
  guint index = get_index (button);

  if (index > 0)
    fovea_pins_move (self->pins, index, index - 1);
}

static void
on_down (FoveaPinsView *self, GtkWidget *button)
{
  guint index = get_index (button);

  if (index + 1 < fovea_pins_get_n (self->pins))
    fovea_pins_move (self->pins, index, index + 1);
}

static void
on_remove (FoveaPinsView *self, GtkWidget *button)
{
  fovea_pins_remove (self->pins, get_index (button));
}

static void
on_show (FoveaPinsView *self, GtkWidget *button)
{
  const FoveaPin *pin = fovea_pins_get_pin (self->pins, get_index (button));
  g_autofree char *layer = g_strdup (pin->layer);

  g_signal_emit_by_name (self, "neuron-activated", layer, pin->channels[FOVEA_SIDE_STANDARD]);
}

static GtkWidget *
add_button (FoveaPinsView *self, GtkWidget *box, const char *icon, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
add_pin (FoveaPinsView *self, const FoveaPin *pin, gboolean first, gboolean last)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *address;
  g_autofree char *text = pin->channels[0] == pin->channels[1] ? g_strdup_printf ("%s:%u", pin->layer, pin->channels[0])
                                                             : g_strdup_printf ("%s:%u ↔ %u", pin->layer, pin->channels[0], pin->channels[1]);

  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_widget_set_margin_start (box, 6);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (self->pair, side))
      gtk_box_append (GTK_BOX (box), create_thumbnail (self, pin, side));
  address = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (address), 0);
  gtk_widget_add_css_class (address, "numeric");
  gtk_editable_set_text (GTK_EDITABLE (entry), pin->label);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "Label in the figure");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, "Label in the figure", -1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_label_changed), self);
  gtk_box_append (GTK_BOX (texts), address);
  gtk_box_append (GTK_BOX (texts), entry);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_widget_set_sensitive (add_button (self, box, "go-up-symbolic", "Move up", G_CALLBACK (on_up)), !first);
  gtk_widget_set_sensitive (add_button (self, box, "go-down-symbolic", "Move down", G_CALLBACK (on_down)), !last);
  add_button (self, box, "go-next-symbolic", "Show the neuron", G_CALLBACK (on_show));
  add_button (self, box, "user-trash-symbolic", "Unpin", G_CALLBACK (on_remove));
  gtk_list_box_append (self->list, box);
}

/**
 * fovea_pins_view_fill_list:
 *
 * Makes the list's entries anew.
 */
void
fovea_pins_view_fill_list (FoveaPinsView *self)
{
  guint n = self->pins != NULL ? fovea_pins_get_n (self->pins) : 0;
  GtkWidget *row;

  while ((row = GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, 0))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; i < n; i++)
    add_pin (self, fovea_pins_get_pin (self->pins, i), i == 0, i + 1 == n);
}
