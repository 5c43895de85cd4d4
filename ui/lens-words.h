/* What the Lens says of both networks' answers, and of what was changed before they gave them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/response.h"
#include "ui/lens-attack.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

char *fovea_lens_words_verdict (FoveaResponse *standard, FoveaResponse *robust);
char *fovea_lens_words_attack (const FoveaLensAttack *attack, FoveaSide source, FoveaSide side, const char *before);
char *fovea_lens_words_surgery (gboolean has_surgery, const char *before);

G_END_DECLS
