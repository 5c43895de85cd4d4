/* Receptive fields, from the geometry of the operators alone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

void fovea_receptive_fields_compute (const FoveaGraph *graph, FoveaReceptiveField *receptive_fields);
void fovea_receptive_field_get_box (const FoveaReceptiveField *receptive_field, gint64 y, gint64 x, gint64 height, gint64 width, gint64 box[4]);

G_END_DECLS
