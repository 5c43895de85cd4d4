/* What is said of scans.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-scans.h"

G_BEGIN_DECLS

char *fovea_scan_words_progress (FoveaLayerScans *scans, const char *layer);
char *fovea_scan_words_title (FoveaLayerScans *scans, const char *layer);
char *fovea_scan_words_description (FoveaLayerScans *scans, gboolean single, const char *layer);

G_END_DECLS
