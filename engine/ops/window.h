/* The sliding window of convolutions and poolings: its attributes and the map it makes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

/* What a window reaches over, and how far, at most: more can only come from a broken file, and
 * keeps every position far from overflow. */
#define FOVEA_WINDOW_MAX (1 << 20)

typedef enum {
  FOVEA_WINDOW_PAD_EXPLICIT,
  FOVEA_WINDOW_PAD_SAME_UPPER, /* output size = ceil (input size / stride), an odd pixel at the end */
  FOVEA_WINDOW_PAD_SAME_LOWER, /* likewise, an odd pixel at the beginning */
} FoveaWindowPadding;

/**
 * FoveaWindowAttributes:
 * @window: kernel, stride and dilation; the padding too, where @padding is explicit
 * @ceil_mode: whether a last window may reach beyond the padded input
 */
typedef struct {
  FoveaWindow window;
  FoveaWindowPadding padding;
  gboolean ceil_mode;
} FoveaWindowAttributes;

gboolean fovea_window_read (const FoveaNode *node, const gint64 *kernel, FoveaWindowAttributes *attributes, GError **error);
void fovea_window_resolve (const FoveaWindowAttributes *attributes, const FoveaShape *input_shape, FoveaWindow *window);
gboolean fovea_window_infer (const FoveaNode *node, const FoveaWindowAttributes *attributes, const FoveaShape *input_shape, gint64 channels, FoveaShape *output_shape, GError **error);
gboolean fovea_window_infer_pooling (const FoveaNode *node, const FoveaWindowAttributes *attributes, const FoveaShape *input_shape, FoveaShape *output_shape, GError **error);

G_END_DECLS
