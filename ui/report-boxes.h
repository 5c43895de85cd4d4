/* A measure's distributions, layer by layer, in a report.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/measures.h"
#include "ui/report-private.h"

G_BEGIN_DECLS

gboolean fovea_report_add_boxes (FoveaReport *report, FoveaMeasure measure, GError **error);

G_END_DECLS
