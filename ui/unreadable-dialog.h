/* A list of the images that a scan left out, and why.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

GtkWidget *fovea_unreadable_dialog_new (GtkWindow *parent, const FoveaScan *scan, const FoveaImageSet *set);

G_END_DECLS
