/* The kernels: what is compiled once for each instruction set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/map.h"

G_BEGIN_DECLS

/* Floats of the largest tile of any instruction set. */
#define FOVEA_MAX_TILE (14 * 2 * FOVEA_BLOCK)

/**
 * FoveaTile:
 * @input: the first pixel's first value
 * @pixel_stride: floats from one pixel's input to the next one's
 * @segments: (array length=n_segments): where, from a pixel's input, runs of input values start
 * @run: input values in a segment
 * @weights: [n_segments][run][blocks · 16], aligned to 64 bytes
 * @output: the first pixel's first block
 * @output_pixel_stride, @output_block_stride: floats to the next pixel and the next channel block,
 *   multiples of 16
 * @sums: (nullable): [blocks][@max_pixels of the instruction set][16]: what earlier segments came to
 * @bias: (nullable): [blocks · 16], as are the next three
 * @mean, @factor, @offset: (nullable): as in FoveaEpilogue
 * @addend: (nullable): laid out as @output; may be @output
 * @mask: (nullable), @signs: (nullable): 16 bits for each 16 floats of @output
 * @relu: whether what is negative becomes zero
 * @prefetch: (nullable): memory that will be wanted next, @prefetch_lines cache lines a segment
 *
 * Pixels × channel blocks of a sum of products: for each pixel, all runs of all segments, each value
 * times its row of weights. See engine/blocked/README.md.
 *
 * Where each channel sees itself alone (depthwise convolutions), a segment is a block, and each of its 16 values
 * has its own weight: @weights are [n_segments][16], and there is one block.
 */
typedef struct {
  const float *input;
  gssize pixel_stride;
  const gssize *segments;
  gsize n_segments;
  gsize run;
  const float *weights;
  float *output;
  gssize output_pixel_stride;
  gssize output_block_stride;
  const float *sums;
  const float *bias;
  const float *mean;
  const float *factor;
  const float *offset;
  const float *addend;
  const guint16 *mask;
  guint16 *signs;
  gboolean relu;
  const char *prefetch;
  gsize prefetch_lines;
} FoveaTile;

typedef void (*FoveaTileFunc) (const FoveaTile *tile);

/* Segments whose non-zero values one list holds. A list's weights of the outputs that are computed together take half
 * or three quarters of a first-level cache. */
#define FOVEA_LIST_SEGMENTS 4

/**
 * FoveaNonzeros:
 * @values: of each pixel those that are not zero: where neither pixel's is, then its others, both in the order of the segments
 * @both: a bit for each value of the segments: whether it is among the first
 * @only: of each pixel: whether it is among the others
 *
 * What two pixels side by side read of a few segments. Where a row has an odd number of pixels, its last one has none beside it, and
 * the second pixel no values. Sets with few registers have all values among the others.
 */
typedef struct {
  /* Whole registers are written, also of few values. */
  _Alignas (64) float values[2][FOVEA_LIST_SEGMENTS * FOVEA_BLOCK + FOVEA_BLOCK];
  guint64 both;
  guint64 only[2];
} FoveaNonzeros;

/**
 * FoveaNonzeroProducts:
 * @lists: (array length=n_pairs): of pixels
 * @weights: of the lists' segments and the first tile of outputs
 * @weight_stride: floats from one tile's weights to the next one's
 * @sums: [@n_pairs][2][channels of all tiles]
 * @accumulate: whether products are added to what is in @sums
 * @prefetch: as @weights, those that will be wanted next, @prefetch_lines cache lines of each tile
 *
 * The part of a sum of products that the listed values make, for a few tiles of outputs of whole width.
 */
typedef struct {
  const FoveaNonzeros *lists;
  gsize n_pairs;
  const float *weights;
  gsize weight_stride;
  float *sums;
  gboolean accumulate;
  const float *prefetch;
  gsize prefetch_lines;
} FoveaNonzeroProducts;

typedef void (*FoveaNonzeroFunc) (const FoveaNonzeroProducts *products);

/* Images that the gradient of a fully connected layer takes at a time, and rows of weights times images: rows enough
 * for long stretches of memory, while what they are added to stays in the first-level cache. */
#define FOVEA_DENSE_IMAGES 8
#define FOVEA_DENSE_SUMS 256

/**
 * FoveaDenseRows:
 * @weights: [n_rows][width]
 * @prefetch: (nullable): as much memory that will be wanted next
 * @n_rows: a multiple of 16
 * @width: a multiple of 16
 * @n_images: at most FOVEA_DENSE_IMAGES
 * @output_gradients: [n_images][gradient_stride], of which the first @width count
 * @sums: [n_images][n_rows][16]: what each row's products are added to, lane by lane
 *
 * A row of weights times the outputs' gradients is the gradient with respect to one input of a fully
 * connected layer. The rows are read in the order in which the forward run wants them, so no transposed
 * copy is needed.
 */
typedef struct {
  const float *weights;
  const float *prefetch;
  gsize n_rows;
  gsize width;
  gsize n_images;
  const float *output_gradients;
  gsize gradient_stride;
  float *sums;
} FoveaDenseRows;

/* Image channels that lines are computed for at a time, or else one; pixels of the longest line of any
 * instruction set. */
#define FOVEA_LINE_CHANNELS 3
#define FOVEA_MAX_LINE (7 * FOVEA_BLOCK)

/**
 * FoveaLines:
 * @input: what the first pixel's first tap sees, less @offsets
 * @offsets: (array length=n_taps): where, from a pixel's place, each tap looks
 * @weights: [n_taps][weight_stride], of which the first few channels' are taken
 * @sums: (out): [channels][sum_stride]
 *
 * Channels × a line of pixels: for each pixel, what its taps see, each times a channel's weight.
 * Neighbouring pixels see neighbouring floats.
 */
typedef struct {
  const float *input;
  const gssize *offsets;
  gsize n_taps;
  const float *weights;
  gsize weight_stride;
  float *sums;
  gsize sum_stride;
} FoveaLines;

typedef void (*FoveaLinesFunc) (const FoveaLines *lines);

/**
 * FoveaPatch:
 * @row, @column: of the patch's first value in the map; may lie outside
 * @is_short: whether its last two rows, or columns, of outputs are not wanted; not for patches of 4×4
 *
 * A square of a map that Winograd's transform reads: what lies outside is zero.
 */
typedef struct {
  const float *plane;
  gint64 height;
  gint64 width;
  gint64 row;
  gint64 column;
  gboolean is_short[2];
} FoveaPatch;

/**
 * FoveaPatchOutput:
 * @output: the first pixel of the tile in its map
 * @width: of the map, in pixels
 * @n_rows, @n_columns: of the tile that lie inside of the map
 * @is_short: of the patch that it comes from
 * @mean, @factor, @offset, @addend, @mask, @signs: as in FoveaTile
 */
typedef struct {
  float *output;
  gint64 width;
  gint64 n_rows;
  gint64 n_columns;
  gboolean is_short[2];
  const float *bias;
  const float *mean;
  const float *factor;
  const float *offset;
  const float *addend;
  const guint16 *mask;
  guint16 *signs;
  gboolean relu;
} FoveaPatchOutput;

/**
 * FoveaBlockedPooling:
 * @pad_begin: less than @kernel; negative where the first rows or columns are not seen
 *
 * A window over one block's plane; pairs are vertical, horizontal.
 */
typedef struct {
  gint64 input_height;
  gint64 input_width;
  gint64 output_height;
  gint64 output_width;
  gint64 kernel[2];
  gint64 stride[2];
  gint64 pad_begin[2];
} FoveaBlockedPooling;

/**
 * FoveaKernels:
 * @name: of the instruction set
 * @max_pixels: of a tile
 * @max_blocks: of a tile
 * @max_line_blocks: of 16 pixels, of a line
 * @tiles: by channel blocks − 1 and pixels − 1
 * @depthwise: by pixels − 1
 * @max_nonzero_tiles: of outputs
 * @nonzero_tiles: by tiles of outputs − 1
 * @list_nonzeros: of a row of pixels @pixel_stride floats apart, two and two, of up to FOVEA_LIST_SEGMENTS segments
 * @finish_sums: [@n_pixels][@n_channels], and @earlier (nullable) likewise, are added, finished and stored as @tile says, of
 *   which outputs and epilogue count
 * @lines: of one channel and of three, by blocks of 16 pixels − 1
 *
 * All pointers to values are to whole blocks, aligned to 64 bytes. Numbers of pixels count blocks of
 * 16 values. Winograd's transform of the input reads patches of @size squared values and writes as many
 * planes, @plane_stride floats apart; that of the output reads such planes and writes @tile_size squared pixels:
 * 2 of 4 (F(2×2, 3×3)), 4 of 6 (F(4×4, 3×3)), 4 or 5 of 8 (F(4×4, 5×5), F(5×5, 4×4)). A short patch leaves out the
 * places before the last one, two in each line of that direction.
 */
typedef struct {
  const char *name;
  guint max_pixels;
  guint max_blocks;
  guint max_line_blocks;
  const FoveaTileFunc *tiles[2];
  const FoveaTileFunc *depthwise;
  const FoveaLinesFunc *lines[2];
  guint max_nonzero_tiles;
  const FoveaNonzeroFunc *nonzero_tiles;
  gsize (*count_nonzeros) (const float *input, gssize pixel_stride, gsize n_pixels, const gssize *segments, gsize n_segments);
  void (*list_nonzeros) (const float *input, gssize pixel_stride, gsize n_pixels, const gssize *segments, gsize n_segments, FoveaNonzeros *lists);
  void (*finish_sums) (const float *sums, const float *earlier, gsize n_channels, gsize n_pixels, const FoveaTile *tile);
  void (*dense_rows) (const FoveaDenseRows *rows);
  void (*sum_rows) (const float *sums, gsize n_rows, float *output);

  void (*winograd_input) (const FoveaPatch *patch, guint size, float *planes, gsize plane_stride);
  void (*winograd_output) (const float *planes, gsize plane_stride, guint size, guint tile_size, const FoveaPatchOutput *output);

  void (*rectify) (const float *input, float *output, guint16 *signs, gsize n_pixels);
  void (*add) (const float *a, const float *b, float *output, gboolean relu, guint16 *signs, gsize n_pixels);
  void (*mask) (const float *input, const guint16 *mask, const float *addend, float *output, gsize n_pixels);
  void (*affine) (const float *input, const float *mean, const float *factor, const float *offset, gboolean relu, float *output, guint16 *signs, gsize n_pixels);
  void (*scale) (const float *input, const float *factor, const float *addend, float *output, gsize n_pixels);
  gboolean (*is_open) (const float *gradient, const guint16 *signs, gsize n_pixels);
  void (*keep_positive) (float *gradient, gsize n_pixels);
  void (*max_pool) (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *input, float *output, guint8 *taps);
  void (*max_pool_gradient) (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *output_gradient, const guint8 *taps, gboolean accumulate, const guint16 *mask, float *input_gradient);
  void (*average_pool) (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *row_factors, const float *column_factors, const float *input, float *output);
  void (*average_pool_gradient) (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *row_factors, const float *column_factors, const float *output_gradient, gboolean accumulate, const guint16 *mask, float *input_gradient);
  void (*average) (const float *input, gsize n_pixels, float *output);
  void (*spread) (const float *output_gradient, gsize n_averaged, gsize n_pixels, gboolean accumulate, const guint16 *mask, float *input_gradient);
  void (*pack) (const float *planes, gsize plane_stride, guint n_channels, gsize n_pixels, gboolean accumulate, float *blocks);
  void (*unpack) (const float *blocks, gsize n_pixels, guint n_channels, float *planes, gsize plane_stride);
} FoveaKernels;

const FoveaKernels *fovea_kernels_get (void);

G_END_DECLS
