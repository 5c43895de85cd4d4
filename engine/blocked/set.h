/* What the files that are compiled for one instruction set offer one another. Every name gets the
 * set's name, so that both sets can be in one program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/blocked/kernels.h"
#include "engine/blocked/vector.h"

#define tiles_of_one_block FOR_THIS_SET (fovea_tiles_of_one_block)
#define tiles_of_two_blocks FOR_THIS_SET (fovea_tiles_of_two_blocks)
#define tiles_of_channels FOR_THIS_SET (fovea_tiles_of_channels)
#define tiles_of_nonzeros FOR_THIS_SET (fovea_tiles_of_nonzeros)
#define count_nonzero_values FOR_THIS_SET (fovea_count_nonzeros)
#define list_nonzero_values FOR_THIS_SET (fovea_list_nonzeros)
#define finish_kept_sums FOR_THIS_SET (fovea_finish_sums)
#define lines_of_one_channel FOR_THIS_SET (fovea_lines_of_one_channel)
#define lines_of_three_channels FOR_THIS_SET (fovea_lines_of_three_channels)
#define add_dense_rows FOR_THIS_SET (fovea_add_dense_rows)
#define sum_dense_rows FOR_THIS_SET (fovea_sum_dense_rows)
#define transform_input FOR_THIS_SET (fovea_winograd_input)
#define transform_output FOR_THIS_SET (fovea_winograd_output)
#define rectify_map FOR_THIS_SET (fovea_rectify_map)
#define add_maps FOR_THIS_SET (fovea_add_maps)
#define mask_map FOR_THIS_SET (fovea_mask_map)
#define transform_affine FOR_THIS_SET (fovea_transform_affine)
#define scale_map FOR_THIS_SET (fovea_scale_map)
#define is_map_open FOR_THIS_SET (fovea_is_open)
#define keep_positive_values FOR_THIS_SET (fovea_keep_positive)
#define find_maxima FOR_THIS_SET (fovea_max_pool)
#define return_maxima FOR_THIS_SET (fovea_max_pool_gradient)
#define find_averages FOR_THIS_SET (fovea_average_pool)
#define return_averages FOR_THIS_SET (fovea_average_pool_gradient)
#define average_map FOR_THIS_SET (fovea_average_map)
#define spread_map FOR_THIS_SET (fovea_spread_map)
#define pack_map FOR_THIS_SET (fovea_pack_map)
#define unpack_map FOR_THIS_SET (fovea_unpack_map)

#ifdef __AVX512F__
#define TILE_PIXELS 14
#define TILE_BLOCKS 2
#define NONZERO_TILES 3
#define LINE_BLOCKS 7
#else
#define TILE_PIXELS 6
#define TILE_BLOCKS 1
#define NONZERO_TILES 4
#define LINE_BLOCKS 2
#endif

#define LINE_CHANNELS FOVEA_LINE_CHANNELS

_Static_assert (TILE_PIXELS * TILE_BLOCKS * FOVEA_BLOCK <= FOVEA_MAX_TILE, "a tile's sums have to fit");

extern const FoveaTileFunc tiles_of_one_block[TILE_PIXELS];
extern const FoveaTileFunc tiles_of_two_blocks[TILE_PIXELS];
extern const FoveaTileFunc tiles_of_channels[TILE_PIXELS];
extern const FoveaNonzeroFunc tiles_of_nonzeros[NONZERO_TILES];
gsize count_nonzero_values (const float *input, gssize pixel_stride, gsize n_pixels, const gssize *segments, gsize n_segments);
void list_nonzero_values (const float *input, gssize pixel_stride, gsize n_pixels, const gssize *segments, gsize n_segments, FoveaNonzeros *lists);
void finish_kept_sums (const float *sums, const float *earlier, gsize n_channels, gsize n_pixels, const FoveaTile *tile);
extern const FoveaLinesFunc lines_of_one_channel[LINE_BLOCKS];
extern const FoveaLinesFunc lines_of_three_channels[LINE_BLOCKS];
void add_dense_rows (const FoveaDenseRows *rows);
void sum_dense_rows (const float *sums, gsize n_rows, float *output);

void transform_input (const FoveaPatch *patch, guint size, float *planes, gsize plane_stride);
void transform_output (const float *planes, gsize plane_stride, guint size, guint tile_size, const FoveaPatchOutput *output);

void rectify_map (const float *input, float *output, guint16 *signs, gsize n_pixels);
void add_maps (const float *a, const float *b, float *output, gboolean relu, guint16 *signs, gsize n_pixels);
void mask_map (const float *input, const guint16 *mask, const float *addend, float *output, gsize n_pixels);
void transform_affine (const float *input, const float *mean, const float *factor, const float *offset, gboolean relu, float *output, guint16 *signs, gsize n_pixels);
void scale_map (const float *input, const float *factor, const float *addend, float *output, gsize n_pixels);
gboolean is_map_open (const float *gradient, const guint16 *signs, gsize n_pixels);
void keep_positive_values (float *gradient, gsize n_pixels);

void find_maxima (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *input, float *output, guint8 *taps);
void return_maxima (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *output_gradient, const guint8 *taps, gboolean accumulate, const guint16 *mask, float *input_gradient);
void find_averages (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *row_factors, const float *column_factors, const float *input, float *output);
void return_averages (const FoveaBlockedPooling *pooling, gint64 first_row, gint64 end_row, const float *row_factors, const float *column_factors, const float *output_gradient, gboolean accumulate, const guint16 *mask, float *input_gradient);
void average_map (const float *input, gsize n_pixels, float *output);
void spread_map (const float *output_gradient, gsize n_averaged, gsize n_pixels, gboolean accumulate, const guint16 *mask, float *input_gradient);

void pack_map (const float *planes, gsize plane_stride, guint n_channels, gsize n_pixels, gboolean accumulate, float *blocks);
void unpack_map (const float *blocks, gsize n_pixels, guint n_channels, float *planes, gsize plane_stride);
