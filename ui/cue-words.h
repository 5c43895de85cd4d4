/* What is said of measuring on cue-conflict images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/cue-results.h"

G_BEGIN_DECLS

char *fovea_cue_words_set (FoveaCueSet *set);
char *fovea_cue_words_offer (const FoveaCueStatus *status, const char *kept);
char *fovea_cue_words_progress (const FoveaCueStatus *status);
double fovea_cue_words_get_fraction (const FoveaCueStatus *status);

G_END_DECLS
