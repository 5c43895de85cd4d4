/* Every option of activation maximization, in a popover.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/maximize-settings.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaMaximizeOptionsPopover:
 *
 * Shows for each option what holds: the preset's value, which may differ between the two networks,
 * or one value for both once people have changed it; then a button gives it back to the preset.
 */
#define FOVEA_TYPE_MAXIMIZE_OPTIONS_POPOVER (fovea_maximize_options_popover_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMaximizeOptionsPopover, fovea_maximize_options_popover, FOVEA, MAXIMIZE_OPTIONS_POPOVER, GtkPopover)

void fovea_maximize_options_popover_set_settings (FoveaMaximizeOptionsPopover *popover, FoveaMaximizeSettings *settings);
void fovea_maximize_options_popover_set_neuron (FoveaMaximizeOptionsPopover *popover, FoveaNetworkPair *pair, const FoveaShape *shape);
GtkWidget *fovea_maximize_options_popover_get_control (FoveaMaximizeOptionsPopover *popover, const char *option);

G_END_DECLS
