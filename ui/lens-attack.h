/* An image changed so that it misleads a network, for the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/attack.h"
#include "engine/images/image.h"

G_BEGIN_DECLS

/**
 * FoveaLensAttackSettings:
 * @options: of the attack; whether it is targeted follows from @target
 * @target: the class to lead to, or -1: away from what the network says
 * @source: the side whose network is attacked, and whose attacked image both see, or -1: each network its own
 *
 * A plain value.
 */
typedef struct {
  FoveaAttackOptions options;
  int target;
  int source;
} FoveaLensAttackSettings;

/**
 * FoveaLensAttack:
 * @attacked: [3, height, width] in [0,1]
 * @settings: how it was made
 * @l2: Euclidean length of the change
 * @linf: its largest value
 * @change: the change around grey, magnified so that its largest value is black or white
 * @magnification: by how much
 * @texture: @change for the screen
 *
 * Immutable and reference-counted: any number of threads may share it.
 */
typedef struct {
  FoveaTensor *attacked;
  FoveaLensAttackSettings settings;
  double l2;
  double linf;
  FoveaImage *change;
  double magnification;
  GdkTexture *texture;
} FoveaLensAttack;

FoveaLensAttack *fovea_lens_attack_new (FoveaNetwork *network, const FoveaImage *image, const FoveaLensAttackSettings *settings, const FoveaJob *job, GError **error);
FoveaLensAttack *fovea_lens_attack_ref (FoveaLensAttack *attack);
void fovea_lens_attack_unref (FoveaLensAttack *attack);

char *fovea_lens_attack_describe (const FoveaLensAttackSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLensAttack, fovea_lens_attack_unref)

G_END_DECLS
