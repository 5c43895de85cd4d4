/* Weights in the order in which kernels read them, made once a graph and shared by its plans.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaPackedWeights:
 *
 * Any thread may ask; whoever asks first for a layer's weights packs them while others wait.
 */
typedef struct _FoveaPackedWeights FoveaPackedWeights;

/**
 * FoveaPackFunc:
 * @packed: (out): the memory to fill
 * @data: as passed to fovea_packed_weights_get()
 */
typedef void (*FoveaPackFunc) (float *packed, gpointer data);

FoveaPackedWeights *fovea_packed_weights_new (void);
void fovea_packed_weights_free (FoveaPackedWeights *weights);
const float *fovea_packed_weights_get (FoveaPackedWeights *weights, const char *key, gsize n_floats, FoveaPackFunc pack, gpointer data, GError **error);
gsize fovea_packed_weights_get_bytes (FoveaPackedWeights *weights);

G_END_DECLS
