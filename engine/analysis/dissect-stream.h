/* A layer's activations and the masks of a concept set's images, image by image, as often as one likes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/dissect.h"

G_BEGIN_DECLS

/**
 * FoveaDissectItem:
 * @index: which image of the set
 * @activations: (nullable): [channel][y][x]; %NULL where the image could not be used
 * @masks: (nullable): its masks; %NULL where there are no activations
 * @problems: of this image
 *
 * Valid until the stream's next call.
 */
typedef struct {
  gsize index;
  const float *activations;
  const FoveaConceptMasks *masks;
  const FoveaConceptProblems *problems;
} FoveaDissectItem;

/**
 * FoveaDissectStream:
 *
 * Runs the network on the set's images the first time, and keeps what comes out in a file for the next
 * times; where that would be too large it runs the network again. Belongs to one thread.
 */
typedef struct _FoveaDissectStream FoveaDissectStream;

FoveaDissectStream *fovea_dissect_stream_new (FoveaNetwork *network, int layer, FoveaConceptSet *set, const FoveaDissectOptions *options, GError **error);
void fovea_dissect_stream_free (FoveaDissectStream *stream);

gboolean fovea_dissect_stream_next (FoveaDissectStream *stream, FoveaDissectItem *item, GError **error);
void fovea_dissect_stream_rewind (FoveaDissectStream *stream);
gboolean fovea_dissect_stream_is_kept (const FoveaDissectStream *stream);
gsize fovea_dissect_stream_get_n_kept (const FoveaDissectStream *stream);
void fovea_dissect_stream_forget (FoveaDissectStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissectStream, fovea_dissect_stream_free)

G_END_DECLS
