/* The dialog that opens networks from files, one or a standard and a robust one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "ui/network-slot.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_OPEN_DIALOG (fovea_open_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOpenDialog, fovea_open_dialog, FOVEA, OPEN_DIALOG, AdwWindow)

GtkWidget *fovea_open_dialog_new (GtkWindow *parent);
void fovea_open_dialog_add_files (FoveaOpenDialog *self, const char *const *paths);
void fovea_open_dialog_edit (FoveaOpenDialog *self, const char *name);
FoveaNetworkSlot *fovea_open_dialog_get_slot (FoveaOpenDialog *self, FoveaSide side);


G_END_DECLS
