/* Adversarial examples: which small change of an image changes a network's mind?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/job.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaAttackNorm:
 * @FOVEA_ATTACK_L2: the change's Euclidean length over all values of the image
 * @FOVEA_ATTACK_LINF: the largest change of a value
 */
typedef enum {
  FOVEA_ATTACK_L2,
  FOVEA_ATTACK_LINF,
} FoveaAttackNorm;

/**
 * FoveaAttackOptions:
 * @norm: what measures the change
 * @epsilon: how far the image may change, for values in [0,1]
 * @n_steps: gradient steps
 * @step_size: length of a step in the same norm; 0 is 2.5 · @epsilon / @n_steps
 * @targeted: whether the class is the one to reach instead of the one to leave
 * @random_start: whether to start from a random image near the given one
 * @seed: of the random starts
 *
 * A plain value; fovea_attack_options_init() fills in the defaults.
 */
typedef struct {
  FoveaAttackNorm norm;
  double epsilon;
  guint n_steps;
  double step_size;
  gboolean targeted;
  gboolean random_start;
  guint64 seed;
} FoveaAttackOptions;

/**
 * FoveaAttackOutcome:
 * @loss: cross-entropy of the class at the attacked image, in nats
 * @answer: the class of the largest logit there
 * @probability: of @answer, by softmax
 */
typedef struct {
  double loss;
  guint answer;
  double probability;
} FoveaAttackOutcome;

/**
 * FoveaAttack:
 *
 * A network made ready to be attacked with a number of images at once. Belongs to one thread at a time.
 */
typedef struct _FoveaAttack FoveaAttack;

void fovea_attack_options_init (FoveaAttackOptions *options);
gboolean fovea_attack_options_check (const FoveaAttackOptions *options, GError **error);

FoveaAttack *fovea_attack_new (FoveaNetwork *network, guint n_images, GError **error);
void fovea_attack_free (FoveaAttack *attack);
gboolean fovea_attack_measure (FoveaAttack *attack, const float *images, const guint *classes, FoveaAttackOutcome *outcomes, GError **error);
gboolean fovea_attack_run (FoveaAttack *attack, const FoveaAttackOptions *options, const float *images, const guint *classes, const guint64 *streams, const FoveaJob *job, float *attacked, FoveaAttackOutcome *outcomes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaAttack, fovea_attack_free)

G_END_DECLS
