/* Bilinear resizing of 8-bit images with Pillow's arithmetic.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaResizeFilter:
 * @n_outputs: how many output positions there are
 * @n_taps: most inputs that any output is made of
 * @starts: per output, its first input
 * @counts: per output, how many inputs it is made of, at least 1 and at most @n_taps
 * @weights: [@n_outputs][@n_taps], what each input counts, times 2^%FOVEA_RESIZE_PRECISION
 *
 * What one direction of a resizing does.
 */
typedef struct {
  gsize n_outputs;
  gsize n_taps;
  guint32 *starts;
  guint32 *counts;
  gint32 *weights;
} FoveaResizeFilter;

/* 32 bits hold an 8-bit sum, 2 bits of headroom and this fraction. */
#define FOVEA_RESIZE_PRECISION (32 - 8 - 2)

gboolean fovea_resize_filter_init (FoveaResizeFilter *filter, guint in_size, guint out_size, guint first, guint n_outputs);
void fovea_resize_filter_clear (FoveaResizeFilter *filter);

void fovea_resize_row_horizontally (const FoveaResizeFilter *filter, const guint8 *restrict input, guint in_width, guint8 *restrict output);
void fovea_resize_row_vertically (const FoveaResizeFilter *filter, gsize row, const guint8 *restrict input, gsize row_size, guint8 *restrict output);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaResizeFilter, fovea_resize_filter_clear)

G_END_DECLS
