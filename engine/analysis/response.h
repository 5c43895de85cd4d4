/* How a network responds to one image: its classes, and a layer's activation maps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/job.h"
#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaResponse:
 *
 * The output and one layer's maps for one image, from one forward pass. Immutable, so any number of
 * threads may share it. Reference-counted.
 */
typedef struct _FoveaResponse FoveaResponse;

/* What a channel is ranked by. */
typedef enum {
  FOVEA_RESPONSE_PEAK, /* the largest value of its map */
  FOVEA_RESPONSE_MEAN, /* the mean of its map */
} FoveaResponseMeasure;

/**
 * FoveaChannelResponse:
 * @channel: the channel
 * @minimum, @peak, @mean: of its map
 * @peak_y, @peak_x: where the peak is; of several the first
 */
typedef struct {
  guint channel;
  double minimum;
  double peak;
  double mean;
  gint64 peak_y;
  gint64 peak_x;
} FoveaChannelResponse;

FoveaResponse *fovea_response_new (FoveaNetwork *network, const FoveaImage *image, int layer, const FoveaJob *job, GError **error);
FoveaResponse *fovea_response_new_from_tensor (FoveaNetwork *network, const FoveaTensor *image, int layer, const FoveaJob *job, GError **error);
FoveaResponse *fovea_response_ref (FoveaResponse *response);
void fovea_response_unref (FoveaResponse *response);

FoveaNetwork *fovea_response_get_network (const FoveaResponse *response);
int fovea_response_get_layer (const FoveaResponse *response);
const FoveaImage *fovea_response_get_image (const FoveaResponse *response); /* as the network saw it */
const GArray *fovea_response_get_classes (const FoveaResponse *response, const GError **error); /* (element-type FoveaRankedClass) */
const FoveaShape *fovea_response_get_shape (const FoveaResponse *response);
const float *fovea_response_get_map (const FoveaResponse *response, guint channel);
const FoveaChannelResponse *fovea_response_get_channel (const FoveaResponse *response, guint channel);
void fovea_response_rank (const FoveaResponse *response, FoveaResponseMeasure measure, guint *channels);

/* Positions: from the map to the image the network saw, and back */
void fovea_response_find_unit (const FoveaResponse *response, double image_y, double image_x, gint64 *y, gint64 *x);
void fovea_response_get_box (const FoveaResponse *response, gint64 y, gint64 x, gint64 box[4]);
float *fovea_response_upsample (const FoveaResponse *response, guint channel, gsize height, gsize width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaResponse, fovea_response_unref)

G_END_DECLS
