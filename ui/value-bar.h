/* A bar as long as a value, in a network's colour.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/network-pair.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_VALUE_BAR (fovea_value_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaValueBar, fovea_value_bar, FOVEA, VALUE_BAR, GtkWidget)

GtkWidget *fovea_value_bar_new (void);
void fovea_value_bar_set_side (FoveaValueBar *bar, FoveaSide side);
void fovea_value_bar_set_fraction (FoveaValueBar *bar, double fraction);
double fovea_value_bar_get_fraction (FoveaValueBar *bar);

G_END_DECLS
