/* What the window's views of neurons have in common.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/network-pair.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/**
 * FoveaNeuronView:
 *
 * A widget that shows something of the chosen neuron, its layer or its networks: a tab of the neuron
 * page, or a place of the window such as the Lens. To add one, implement this interface and call
 * fovea_neuron_page_add_view() where the page gets its own, or add a place in main-window.c.
 *
 * A view is told of a neuron only when people can see it, so it may begin to compute at once, in jobs
 * of the application's queue. Messages that pass: fovea_neuron_view_say(). Errors belong into the view.
 *
 * The window's action `win.show-set-image` opens an image of a set in the Lens: its parameter `(st)` is
 * the set's name or path and the image's index; `win.show-image-file`, with a path as `ay`, opens a file.
 */
#define FOVEA_TYPE_NEURON_VIEW (fovea_neuron_view_get_type ())
G_DECLARE_INTERFACE (FoveaNeuronView, fovea_neuron_view, FOVEA, NEURON_VIEW, GtkWidget)

/**
 * FoveaNeuronViewInterface:
 * @set_neuron: another neuron was chosen; whatever was computed for the one before is to be dropped.
 *   @pair is %NULL when there is nothing to show any more. A network may lack the layer or the channel.
 *   @channels: the standard network's channel, and the robust one's that is compared with it
 * @set_active: (optional): people see the view, or do not any more: what runs for it becomes more or
 *   less urgent
 * @focus: (optional): puts the keyboard where work begins; otherwise on the first widget
 * @take_picture: (optional): what can be saved or copied now; %NULL if there is nothing yet. Emit
 *   `picture-changed` when that changes
 */
struct _FoveaNeuronViewInterface
{
  GTypeInterface parent;

  void (*set_neuron) (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES]);
  void (*set_active) (FoveaNeuronView *view, gboolean active);
  void (*focus) (FoveaNeuronView *view);
  FoveaPicture *(*take_picture) (FoveaNeuronView *view);
};

void fovea_neuron_view_set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES]);
void fovea_neuron_view_set_active (FoveaNeuronView *view, gboolean active);
void fovea_neuron_view_focus (FoveaNeuronView *view);
FoveaPicture *fovea_neuron_view_take_picture (FoveaNeuronView *view);
void fovea_neuron_view_picture_changed (FoveaNeuronView *view);
void fovea_neuron_view_say (FoveaNeuronView *view, const char *text);

G_END_DECLS
