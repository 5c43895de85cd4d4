/* The table of the kernels that were compiled for one instruction set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/set.h"

#include "engine/blocked/sets.h"

const FoveaKernels FOR_THIS_SET (fovea_kernels) = {
#ifdef __AVX512F__
  .name = "avx512",
  .tiles = { tiles_of_one_block, tiles_of_two_blocks },
#else
  .name = "avx2",
  .tiles = { tiles_of_one_block },
#endif
  .max_pixels = TILE_PIXELS,
  .max_blocks = TILE_BLOCKS,
  .max_line_blocks = LINE_BLOCKS,
  .depthwise = tiles_of_channels,
  .max_nonzero_tiles = NONZERO_TILES,
  .nonzero_tiles = tiles_of_nonzeros,
  .count_nonzeros = count_nonzero_values,
  .list_nonzeros = list_nonzero_values,
  .finish_sums = finish_kept_sums,
  .lines = { lines_of_one_channel, lines_of_three_channels },
  .dense_rows = add_dense_rows,
  .sum_rows = sum_dense_rows,
  .winograd_input = transform_input,
  .winograd_output = transform_output,
  .rectify = rectify_map,
  .add = add_maps,
  .mask = mask_map,
  .affine = transform_affine,
  .scale = scale_map,
  .is_open = is_map_open,
  .keep_positive = keep_positive_values,
  .max_pool = find_maxima,
  .max_pool_gradient = return_maxima,
  .average_pool = find_averages,
  .average_pool_gradient = return_averages,
  .average = average_map,
  .spread = spread_map,
  .pack = pack_map,
  .unpack = unpack_map,
};
