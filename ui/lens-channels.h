/* Which channels of a layer are most active on the image in the Lens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/analysis/response.h"
#include "ui/network-pair.h"

G_BEGIN_DECLS

/* How many channels are listed. */
#define FOVEA_LENS_N_CHANNELS 8

/**
 * FoveaLensChannels:
 *
 * Lists a response's most active channels. Emits `channel-chosen` and `channel-activated` with a channel's number.
 */
#define FOVEA_TYPE_LENS_CHANNELS (fovea_lens_channels_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensChannels, fovea_lens_channels, FOVEA, LENS_CHANNELS, GtkWidget)

void fovea_lens_channels_set_side (FoveaLensChannels *self, FoveaSide side);
void fovea_lens_channels_show (FoveaLensChannels *self, FoveaResponse *response, guint channel, FoveaResponseMeasure measure);
GtkListBox *fovea_lens_channels_get_list (FoveaLensChannels *self);

G_END_DECLS
