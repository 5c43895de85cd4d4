/* The figure of a neuron's strongest cue-conflict images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/cue-preference.h"
#include "ui/network-pair.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/**
 * FoveaCueExportColumn:
 * @network: a network
 * @side: whose colour it bears
 * @cues: its layer's results
 * @channel: the channel
 *
 * Nothing is owned.
 */
typedef struct {
  FoveaNetwork *network;
  FoveaSide side;
  const FoveaCueLayer *cues;
  guint channel;
} FoveaCueExportColumn;

FoveaPicture *fovea_cue_export_new (FoveaCueSet *set, const char *layer, guint n_columns, const FoveaCueExportColumn *columns);

G_END_DECLS
