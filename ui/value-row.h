/* A name, a bar as long as a value, and the value, in columns that are as wide in every row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/network-pair.h"

G_BEGIN_DECLS

#define FOVEA_TYPE_VALUE_ROW (fovea_value_row_get_type ())
G_DECLARE_FINAL_TYPE (FoveaValueRow, fovea_value_row, FOVEA, VALUE_ROW, GtkWidget)

GtkWidget *fovea_value_row_new (int name_width, int value_width);
void fovea_value_row_set_side (FoveaValueRow *row, FoveaSide side);
void fovea_value_row_set_name_width (FoveaValueRow *row, int width);
void fovea_value_row_show (FoveaValueRow *row, const char *name, const char *value, double fraction);
void fovea_value_row_align (FoveaValueRow *row, GtkSizeGroup *names, GtkSizeGroup *values);

G_END_DECLS
