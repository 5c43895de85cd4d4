/* Activation maps in blocks of 16 channels: [batch][channel block][height][width][16].
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Channels of one block: one AVX-512 register, two of AVX2. */
#define FOVEA_BLOCK 16

/**
 * FoveaBlockedMap:
 * @data: the first image's first block, aligned to 64 bytes
 * @image_stride: floats from one image to the next; more than the map's own where the map is a
 *   slice of a concatenation
 * @n_blocks, @height, @width: of one image
 *
 * A value at (image n, channel c, y, x) lies at data[n * image_stride + ((c / 16 * height + y) *
 * width + x) * 16 + c % 16]. Where the number of channels is no multiple of 16, the channels that
 * are missing in the last block are zero.
 */
typedef struct {
  float *data;
  gsize image_stride;
  gint64 n_blocks;
  gint64 height;
  gint64 width;
} FoveaBlockedMap;

/**
 * FoveaBlockedSigns:
 * @bits: (nullable): one bit a value, set where it is positive: 16 bits a block and pixel, in the
 *   order of the map's pixels
 * @image_stride: elements from one image to the next
 */
typedef struct {
  guint16 *bits;
  gsize image_stride;
} FoveaBlockedSigns;

/**
 * FoveaEpilogue:
 * @bias: (nullable): one value a channel, up to whole blocks, as are the next three
 * @mean, @factor, @offset: (nullable): a batch normalization, (sum − mean) · factor + offset; all or none
 * @addend: what is added, shaped as the output; no data: nothing. May be the output itself
 * @relu: whether what is negative becomes zero
 * @signs: where to note which values are positive; no bits: nowhere
 * @mask: where values are kept: what a ReLU noted on the way forward; no bits: everywhere
 *
 * What happens to sums before they are stored: bias, normalization, addend, ReLU, mask, in this
 * order.
 */
typedef struct {
  const float *bias;
  const float *mean;
  const float *factor;
  const float *offset;
  FoveaBlockedMap addend;
  gboolean relu;
  FoveaBlockedSigns signs;
  FoveaBlockedSigns mask;
} FoveaEpilogue;

/**
 * FoveaImages:
 * @planes: (nullable): [batch, channels, height, width], to be normalized
 * @gradients: (nullable): likewise, to be written
 * @height, @width: of a whole image
 * @origin: the row and column where the part starts that the layer reads
 * @mean, @std: one value a channel
 *
 * What first layers read, and write gradients to.
 */
typedef struct {
  const float *planes;
  float *gradients;
  gint64 height;
  gint64 width;
  gint64 origin[2];
  const double *mean;
  const double *std;
} FoveaImages;

static inline gint64
fovea_blocked_count (gint64 n_channels)
{
  return (n_channels + FOVEA_BLOCK - 1) / FOVEA_BLOCK;
}

/* Floats of one block of one image. */
static inline gsize
fovea_blocked_get_plane (const FoveaBlockedMap *map)
{
  return (gsize) (map->height * map->width) * FOVEA_BLOCK;
}

G_END_DECLS
