/* What the chosen neuron detects, in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/dissection-facts.h"
#include "ui/dissection-panel.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionNeuron:
 *
 * A panel for each network, and buttons to save and copy their images. Emits `picture-activated` with the index of an image
 * in the set when people click it.
 */
#define FOVEA_TYPE_DISSECTION_NEURON (fovea_dissection_neuron_get_type ())
G_DECLARE_FINAL_TYPE (FoveaDissectionNeuron, fovea_dissection_neuron, FOVEA, DISSECTION_NEURON, GtkWidget)

void fovea_dissection_neuron_set_queue (FoveaDissectionNeuron *self, FoveaJobQueue *queue);
void fovea_dissection_neuron_show (FoveaDissectionNeuron *self, FoveaDissectionFacts *facts);
FoveaDissectionPanel *fovea_dissection_neuron_get_panel (FoveaDissectionNeuron *self, FoveaSide side);
FoveaPicture *fovea_dissection_neuron_take_images (FoveaDissectionNeuron *self);

G_END_DECLS
