/* What the Lens' attack is asked for: a slider, and settings behind a button.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/lens-attack.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaLensAttackBar:
 *
 * Emits `changed` when another attack is wanted.
 */
#define FOVEA_TYPE_LENS_ATTACK_BAR (fovea_lens_attack_bar_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensAttackBar, fovea_lens_attack_bar, FOVEA, LENS_ATTACK_BAR, GtkBox)

void fovea_lens_attack_bar_set_pair (FoveaLensAttackBar *bar, FoveaNetworkPair *pair);
void fovea_lens_attack_bar_get_settings (FoveaLensAttackBar *bar, FoveaLensAttackSettings *settings);

G_END_DECLS
