/* Exact high quantiles of streams of values in memory that does not grow with them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaTopValues:
 *
 * The largest values of each of several streams, from which the streams' high quantiles follow
 * exactly. Different streams may be fed by different threads at the same time.
 */
typedef struct _FoveaTopValues FoveaTopValues;

gsize fovea_top_values_get_n_needed (guint64 n_values, double share);
gsize fovea_top_values_get_stream_bytes (gsize n_kept);

FoveaTopValues *fovea_top_values_new (gsize n_streams, gsize n_kept, GError **error);
void fovea_top_values_free (FoveaTopValues *values);
void fovea_top_values_add (FoveaTopValues *values, gsize stream, const float *restrict more, gsize n_more);
void fovea_top_values_finish (FoveaTopValues *values, gsize stream);
double fovea_top_values_get_quantile (const FoveaTopValues *values, gsize stream, guint64 n_values, double share);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTopValues, fovea_top_values_free)

G_END_DECLS
