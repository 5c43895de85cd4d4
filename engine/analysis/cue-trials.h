/* Published decisions about cue-conflict images, and tables of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"

G_BEGIN_DECLS

/* How the published trials call people, and how all of them are called together. */
#define FOVEA_CUE_PERSON "subject-"
#define FOVEA_CUE_PEOPLE "humans"

gboolean fovea_cue_trials_read (const char *path, GPtrArray *observers, GError **error);
FoveaShapeBias *fovea_cue_trials_pool (GPtrArray *observers, const char *prefix, const char *name);

GPtrArray *fovea_cue_totals_read (const char *path, GError **error);
GPtrArray *fovea_cue_totals_read_published (GError **error);
FoveaShapeBias *fovea_cue_totals_read_humans (GError **error);

G_END_DECLS
