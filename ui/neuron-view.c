/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/neuron-view.h"

#include <adwaita.h>

G_DEFINE_INTERFACE (FoveaNeuronView, fovea_neuron_view, GTK_TYPE_WIDGET)

static guint picture_changed;

static void
fovea_neuron_view_default_init (FoveaNeuronViewInterface *interface)
{
  picture_changed = g_signal_new ("picture-changed", FOVEA_TYPE_NEURON_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * fovea_neuron_view_set_neuron:
 * @pair: (nullable): the networks; %NULL is nothing to show
 * @layer: (nullable): a layer's name
 * @channels: the standard network's channel, and the robust one's that is compared with it
 */
void
fovea_neuron_view_set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  g_return_if_fail (FOVEA_IS_NEURON_VIEW (view));
  g_return_if_fail (pair == NULL || layer != NULL);
  FOVEA_NEURON_VIEW_GET_IFACE (view)->set_neuron (view, pair, layer, channels);
}

/**
 * fovea_neuron_view_set_active:
 * @active: whether people see the view
 */
void
fovea_neuron_view_set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaNeuronViewInterface *interface;

  g_return_if_fail (FOVEA_IS_NEURON_VIEW (view));
  interface = FOVEA_NEURON_VIEW_GET_IFACE (view);
  if (interface->set_active != NULL)
    interface->set_active (view, active);
}

/**
 * fovea_neuron_view_focus:
 *
 * Puts the keyboard where work begins.
 */
void
fovea_neuron_view_focus (FoveaNeuronView *view)
{
  FoveaNeuronViewInterface *interface;

  g_return_if_fail (FOVEA_IS_NEURON_VIEW (view));
  interface = FOVEA_NEURON_VIEW_GET_IFACE (view);
  if (interface->focus != NULL)
    interface->focus (view);
  else
    gtk_widget_child_focus (GTK_WIDGET (view), GTK_DIR_TAB_FORWARD);
}

/**
 * fovea_neuron_view_take_picture:
 *
 * Returns: (transfer full) (nullable): what can be saved or copied now
 */
FoveaPicture *
fovea_neuron_view_take_picture (FoveaNeuronView *view)
{
  FoveaNeuronViewInterface *interface;

  g_return_val_if_fail (FOVEA_IS_NEURON_VIEW (view), NULL);
  interface = FOVEA_NEURON_VIEW_GET_IFACE (view);
  return interface->take_picture != NULL ? interface->take_picture (view) : NULL;
}

/**
 * fovea_neuron_view_picture_changed:
 *
 * Emits `picture-changed`: fovea_neuron_view_take_picture() may have another answer.
 */
void
fovea_neuron_view_picture_changed (FoveaNeuronView *view)
{
  g_return_if_fail (FOVEA_IS_NEURON_VIEW (view));
  g_signal_emit (view, picture_changed, 0);
}

/**
 * fovea_neuron_view_say:
 * @text: a short sentence without a full stop
 *
 * Shows a message that passes, in the next toast overlay around the view.
 */
void
fovea_neuron_view_say (FoveaNeuronView *view, const char *text)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (view), ADW_TYPE_TOAST_OVERLAY);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), adw_toast_new (markup));
}
