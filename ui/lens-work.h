/* What a worker computes for the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "engine/analysis/response.h"
#include "engine/surgery.h"
#include "ui/lens-attack.h"
#include "ui/lens-image.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaLensWork:
 * @image: what the networks are to see
 * @networks: (nullable): the networks as they are
 * @wanted: which of them are to respond
 * @layer: whose maps are wanted, by its name
 * @surgery: what to do with the channels in @switched
 * @switched: (nullable) (element-type utf8): addresses of channels; %NULL without surgery
 * @operated: (nullable): the networks after surgery
 * @is_attacked: whether they see an attacked image
 * @settings: of the attack
 * @sources: whose attack each network sees
 * @attacks: (nullable): the attacked images
 * @before: (nullable): what the networks as they are say of the image as it is
 * @responses: (nullable): what came of it
 * @seen: (nullable): the image as each network sees it
 * @errors: (nullable): why a network does not respond
 *
 * What of @operated, @attacks and @before is there already is not computed again. One thread at a time.
 */
typedef struct {
  FoveaLensImage *image;
  FoveaNetwork *networks[FOVEA_N_SIDES];
  gboolean wanted[FOVEA_N_SIDES];
  char *layer;
  FoveaSurgery surgery;
  GPtrArray *switched[FOVEA_N_SIDES];
  gboolean is_attacked;
  FoveaLensAttackSettings settings;
  FoveaSide sources[FOVEA_N_SIDES];

  FoveaNetwork *operated[FOVEA_N_SIDES];
  FoveaLensAttack *attacks[FOVEA_N_SIDES];
  char *before[FOVEA_N_SIDES];
  FoveaResponse *responses[FOVEA_N_SIDES];
  GdkTexture *seen[FOVEA_N_SIDES];
  GError *errors[FOVEA_N_SIDES];
} FoveaLensWork;

void fovea_lens_work_free (FoveaLensWork *work);
void fovea_lens_work_run (FoveaLensWork *work, const FoveaJob *job);

int fovea_lens_find_layer (FoveaNetwork *network, const char *name);
char *fovea_lens_describe_answer (FoveaResponse *response, guint *class);

G_END_DECLS
