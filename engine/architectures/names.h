/* The names that training frameworks put around an architecture's own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"

G_BEGIN_DECLS

/**
 * FoveaNames:
 * @weights: the tensors by the architecture's own names
 * @prefix: what was taken off in front of every name; empty for a plain file
 * @robustness: whether MadryLab's `robustness` (or a descendant) wrote the file
 * @has_normalization: whether the file says how images are normalized
 * @mean, @std: what it says
 */
typedef struct {
  FoveaStateDict *weights;
  char *prefix;
  gboolean robustness;
  gboolean has_normalization;
  double mean[3];
  double std[3];
} FoveaNames;

void fovea_names_init (FoveaNames *names, const FoveaStateDict *state_dict);
void fovea_names_clear (FoveaNames *names);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaNames, fovea_names_clear)

G_END_DECLS
