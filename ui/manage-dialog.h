/* The dialog that renames, edits and removes the networks and pairs of the user's library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define FOVEA_TYPE_MANAGE_DIALOG (fovea_manage_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FoveaManageDialog, fovea_manage_dialog, FOVEA, MANAGE_DIALOG, AdwWindow)

GtkWidget *fovea_manage_dialog_new (GtkWindow *parent);

G_END_DECLS
