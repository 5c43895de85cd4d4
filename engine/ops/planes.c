/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ops/planes.h"

#include "engine/parallel.h"

/* Elements that one piece of work handles: enough to be worth handing to a thread, few enough that
 * all threads end at about the same time. */
#define PIECE_ELEMENTS 16384

typedef struct {
  const FoveaOperatorContext *context;
  FoveaRangeFunc func;
  gsize n_things;
  gsize piece;
} Ranges;

static void
do_range (gsize item,
          guint worker,
          gpointer data)
{
  const Ranges *ranges = data;
  const gsize begin = item * ranges->piece;

  ranges->func (begin, MIN (begin + ranges->piece, ranges->n_things), ranges->context);
}

/**
 * fovea_for_planes:
 * @n_planes: number of planes, images × channels
 * @plane_elements: elements of one plane, at least 1
 * @func: called from several threads at once for ranges of planes that do not overlap
 */
void
fovea_for_planes (const FoveaOperatorContext *context,
                  gsize n_planes,
                  gsize plane_elements,
                  FoveaRangeFunc func)
{
  Ranges ranges = {
    .context = context,
    .func = func,
    .n_things = n_planes,
    .piece = MAX (PIECE_ELEMENTS / plane_elements, 1),
  };

  fovea_parallel_for ((n_planes + ranges.piece - 1) / ranges.piece, do_range, &ranges);
}

/**
 * fovea_for_elements:
 * @func: called from several threads at once for ranges of elements that do not overlap
 */
void
fovea_for_elements (const FoveaOperatorContext *context,
                    gsize n_elements,
                    FoveaRangeFunc func)
{
  fovea_for_planes (context, n_elements, 1, func);
}
