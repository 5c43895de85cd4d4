/* Sharing out elements and channel planes among the threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

/**
 * FoveaRangeFunc:
 * @begin: the first thing to do
 * @end: the one after the last
 * @context: the run
 */
typedef void (*FoveaRangeFunc) (gsize begin, gsize end, const FoveaOperatorContext *context);

void fovea_for_elements (const FoveaOperatorContext *context, gsize n_elements, FoveaRangeFunc func);
void fovea_for_planes (const FoveaOperatorContext *context, gsize n_planes, gsize plane_elements, FoveaRangeFunc func);

G_END_DECLS
