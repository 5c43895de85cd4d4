/* The epilogue: what happens to sums before they are stored. Included by kernels only, which are compiled once
 * for each instruction set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/vector.h"

#ifdef __AVX2__

/* What the channels of one register are finished with. */
typedef struct {
  gboolean normalize;
  Vector bias;
  Vector mean;
  Vector factor;
  Vector offset;
} Finish;

ALWAYS_INLINE Finish
load_finish (const FoveaTile *tile,
             int r)
{
  const gboolean normalize = tile->factor != NULL;

  return (Finish) {
    .normalize = normalize,
    .bias = tile->bias != NULL ? load (tile->bias + r * LANES) : (Vector) { 0 },
    .mean = normalize ? load (tile->mean + r * LANES) : (Vector) { 0 },
    .factor = normalize ? load (tile->factor + r * LANES) : (Vector) { 0 },
    .offset = normalize ? load (tile->offset + r * LANES) : (Vector) { 0 },
  };
}

/* @place is where the sum belongs, counted from the tile's output. */
ALWAYS_INLINE void
finish_sum (Vector sum,
            const Finish *finish,
            const FoveaTile *tile,
            gssize place)
{
  sum += finish->bias;
  if (finish->normalize)
    sum = (sum - finish->mean) * finish->factor + finish->offset;
  if (tile->addend != NULL)
    sum += load (tile->addend + place);
  if (tile->relu)
    sum = rectify (sum);
  if (tile->mask != NULL)
    sum = keep (sum, (const guint8 *) tile->mask + place / 8);
  if (tile->signs != NULL)
    note_signs (sum, (guint8 *) tile->signs + place / 8);
  store (tile->output + place, sum);
}

#endif
