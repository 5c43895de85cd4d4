/* The popover with every option of a stylization.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/stylize.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeOptionsPopover:
 *
 * What the network's layers are, and the options that begin as the engine's defaults.
 */
#define FOVEA_TYPE_STYLIZE_OPTIONS_POPOVER (fovea_stylize_options_popover_get_type ())
G_DECLARE_FINAL_TYPE (FoveaStylizeOptionsPopover, fovea_stylize_options_popover, FOVEA, STYLIZE_OPTIONS_POPOVER, GtkPopover)

void fovea_stylize_options_popover_set_network (FoveaStylizeOptionsPopover *self, const FoveaNetwork *network);
void fovea_stylize_options_popover_fill (FoveaStylizeOptionsPopover *self, FoveaStylizeOptions *options);

G_END_DECLS
