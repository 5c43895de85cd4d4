/* One neuron of a pair: where it is, and the views of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/layer-scans.h"
#include "ui/network-pair.h"
#include "ui/neuron-view.h"
#include "ui/visualization-view.h"

G_BEGIN_DECLS

/**
 * FoveaNeuronPage:
 *
 * Uses the actions `win.previous-channel` and `win.next-channel` of the window it lies in.
 * Where people go to another channel by the page's own entry, `notify::channel` tells.
 */
#define FOVEA_TYPE_NEURON_PAGE (fovea_neuron_page_get_type ())
G_DECLARE_FINAL_TYPE (FoveaNeuronPage, fovea_neuron_page, FOVEA, NEURON_PAGE, GtkWidget)

GtkWidget *fovea_neuron_page_new (void);

void fovea_neuron_page_add_view (FoveaNeuronPage *page, FoveaNeuronView *view, const char *name, const char *title, const char *icon);
void fovea_neuron_page_set_scans (FoveaNeuronPage *page, FoveaLayerScans *scans);
void fovea_neuron_page_show_view (FoveaNeuronPage *page, const char *name);
void fovea_neuron_page_set_neuron (FoveaNeuronPage *page, FoveaNetworkPair *pair, const char *layer, guint channel);
void fovea_neuron_page_set_counterparts (FoveaNeuronPage *page, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES]);
void fovea_neuron_page_clear (FoveaNeuronPage *page);
FoveaNetworkPair *fovea_neuron_page_get_pair (FoveaNeuronPage *page);
const char *fovea_neuron_page_get_layer (FoveaNeuronPage *page);
guint fovea_neuron_page_get_channel (FoveaNeuronPage *page);
guint fovea_neuron_page_get_n_channels (FoveaNeuronPage *page);
const char *fovea_neuron_page_get_facts (FoveaNeuronPage *page);
FoveaVisualizationView *fovea_neuron_page_get_visualization (FoveaNeuronPage *page);
void fovea_neuron_page_save (FoveaNeuronPage *page, GFile *file);

G_END_DECLS
