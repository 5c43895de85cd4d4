/* What is said of values that were not measured.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-measures.h"

G_BEGIN_DECLS

char *fovea_measure_words_describe (FoveaLayerMeasures *measures, FoveaMeasureSource source);
char *fovea_measure_words_explain (FoveaLayerMeasures *measures, FoveaTileMeasure measure);

G_END_DECLS
