/* The shape of one image's activations at a layer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaShape:
 * @channels: number of channels, at least 1
 * @height: rows of the activation map, 1 where @flat
 * @width: columns of the activation map, 1 where @flat
 * @flat: %TRUE after Flatten: [C] instead of [C,H,W]
 *
 * The batch is not part of it: a batch of N is [N,C,H,W] (or [N,C]) in memory.
 */
typedef struct {
  gint64 channels;
  gint64 height;
  gint64 width;
  gboolean flat;
} FoveaShape;

static inline gsize
fovea_shape_get_n_elements (const FoveaShape *shape)
{
  return (gsize) shape->channels * (gsize) shape->height * (gsize) shape->width;
}

static inline gboolean
fovea_shape_equal (const FoveaShape *a, const FoveaShape *b)
{
  return a->channels == b->channels && a->height == b->height && a->width == b->width && a->flat == b->flat;
}

G_END_DECLS
