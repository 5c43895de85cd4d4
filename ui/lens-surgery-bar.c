/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-surgery-bar.h"

struct _FoveaLensSurgeryBar
{
  GtkBox parent_instance;

  GtkInfoBar *bar;
  GtkLabel *label;
  GtkToggleButton *keep_button;
  GtkButton *undo_button;

  GPtrArray *addresses[FOVEA_N_SIDES]; /* (element-type utf8): of channels; the n-th of both sides belong together */
  gboolean updating;                   /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaLensSurgeryBar, fovea_lens_surgery_bar, GTK_TYPE_BOX)

static guint changed_signal;

/* The channels, with the robust network's where it is another. */
static char *
describe (FoveaLensSurgeryBar *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->addresses[FOVEA_SIDE_STANDARD]->len; i++)
    {
      const char *standard = g_ptr_array_index (self->addresses[FOVEA_SIDE_STANDARD], i);
      const char *robust = g_ptr_array_index (self->addresses[FOVEA_SIDE_ROBUST], i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", standard);
      if (!g_str_equal (standard, robust))
        g_string_append_printf (text, " (robust: %s)", robust);
    }
  return g_string_free (text, FALSE);
}

static void
update (FoveaLensSurgeryBar *self)
{
  g_autofree char *names = describe (self);
  g_autofree char *text = gtk_toggle_button_get_active (self->keep_button)
                              ? g_strdup_printf ("Surgery is on: of their layers, the networks have only %s", names)
                              : g_strdup_printf ("Surgery is on: the networks are without %s", names);

  gtk_label_set_label (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), text);
  gtk_info_bar_set_revealed (self->bar, self->addresses[FOVEA_SIDE_STANDARD]->len > 0);
}

static void
change (FoveaLensSurgeryBar *self)
{
  update (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_keep_toggled (FoveaLensSurgeryBar *self)
{
  if (!self->updating)
    change (self);
}

static void
on_undo_clicked (FoveaLensSurgeryBar *self)
{
  fovea_lens_surgery_bar_clear (self);
  g_signal_emit (self, changed_signal, 0);
}

/* Which of the channels it is; -1 none. */
static int
find (FoveaLensSurgeryBar *self, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  for (guint i = 0; i < self->addresses[FOVEA_SIDE_STANDARD]->len; i++)
    {
      gboolean same = TRUE;

      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        {
          g_autofree char *address = g_strdup_printf ("%s:%u", layer, channels[side]);

          same = same && g_str_equal (g_ptr_array_index (self->addresses[side], i), address);
        }
      if (same)
        return (int) i;
    }
  return -1;
}

static void
fovea_lens_surgery_bar_finalize (GObject *object)
{
  FoveaLensSurgeryBar *self = FOVEA_LENS_SURGERY_BAR (object);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_unref (self->addresses[side]);
  G_OBJECT_CLASS (fovea_lens_surgery_bar_parent_class)->finalize (object);
}

static void
fovea_lens_surgery_bar_class_init (FoveaLensSurgeryBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_lens_surgery_bar_finalize;

  changed_signal = g_signal_new ("changed", FOVEA_TYPE_LENS_SURGERY_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens-surgery-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLensSurgeryBar, bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensSurgeryBar, label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensSurgeryBar, keep_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensSurgeryBar, undo_button);
}

static void
fovea_lens_surgery_bar_init (FoveaLensSurgeryBar *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    self->addresses[side] = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->keep_button, "toggled", G_CALLBACK (on_keep_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->undo_button, "clicked", G_CALLBACK (on_undo_clicked), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_lens_surgery_bar_toggle:
 * @layer: a layer's name
 * @channels: each network's channel
 *
 * Takes the channels into surgery, or out of it.
 */
void
fovea_lens_surgery_bar_toggle (FoveaLensSurgeryBar *self, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  int index;

  g_return_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self) && layer != NULL);

  index = find (self, layer, channels);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (index >= 0)
      g_ptr_array_remove_index (self->addresses[side], (guint) index);
    else
      g_ptr_array_add (self->addresses[side], g_strdup_printf ("%s:%u", layer, channels[side]));
  change (self);
}

/**
 * fovea_lens_surgery_bar_set_pins:
 * @pins: neurons
 * @surgery: what to do with their channels
 *
 * Takes exactly these channels into surgery.
 */
void
fovea_lens_surgery_bar_set_pins (FoveaLensSurgeryBar *self, FoveaPins *pins, FoveaSurgery surgery)
{
  g_return_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self) && FOVEA_IS_PINS (pins));

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_ptr_array_set_size (self->addresses[side], 0);
      for (guint i = 0; i < fovea_pins_get_n (pins); i++)
        {
          const FoveaPin *pin = fovea_pins_get_pin (pins, i);

          g_ptr_array_add (self->addresses[side], g_strdup_printf ("%s:%u", pin->layer, pin->channels[side]));
        }
    }
  self->updating = TRUE;
  gtk_toggle_button_set_active (self->keep_button, surgery == FOVEA_SURGERY_KEEP);
  self->updating = FALSE;
  change (self);
}

/**
 * fovea_lens_surgery_bar_clear:
 *
 * Ends surgery, without `changed`.
 */
void
fovea_lens_surgery_bar_clear (FoveaLensSurgeryBar *self)
{
  g_return_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self));

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_set_size (self->addresses[side], 0);
  self->updating = TRUE;
  gtk_toggle_button_set_active (self->keep_button, FALSE);
  self->updating = FALSE;
  update (self);
}

/**
 * fovea_lens_surgery_bar_contains:
 * @layer: a layer's name
 * @channels: each network's channel
 *
 * Returns: whether the channels are in surgery
 */
gboolean
fovea_lens_surgery_bar_contains (FoveaLensSurgeryBar *self, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  g_return_val_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self) && layer != NULL, FALSE);
  return find (self, layer, channels) >= 0;
}

/**
 * fovea_lens_surgery_bar_get_n:
 *
 * Returns: how many channels of each network are in surgery
 */
guint
fovea_lens_surgery_bar_get_n (FoveaLensSurgeryBar *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self), 0);
  return self->addresses[FOVEA_SIDE_STANDARD]->len;
}

/**
 * fovea_lens_surgery_bar_get_surgery:
 *
 * Returns: what is done with the channels
 */
FoveaSurgery
fovea_lens_surgery_bar_get_surgery (FoveaLensSurgeryBar *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self), FOVEA_SURGERY_REMOVE);
  return gtk_toggle_button_get_active (self->keep_button) ? FOVEA_SURGERY_KEEP : FOVEA_SURGERY_REMOVE;
}

/**
 * fovea_lens_surgery_bar_get_addresses:
 *
 * Returns: (transfer none) (array fixed-size=2) (element-type utf8): each network's channels in surgery
 */
GPtrArray *const *
fovea_lens_surgery_bar_get_addresses (FoveaLensSurgeryBar *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_SURGERY_BAR (self), NULL);
  return self->addresses;
}
