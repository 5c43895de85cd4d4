/* What the files behind engine/blocked/direct.h share: a convolution's geometry, and a run of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdatomic.h>

#include "engine/blocked/direct.h"

G_BEGIN_DECLS

/* A sum of more segments than this is made in pieces, which keeps rounding errors small. */
#define FOVEA_DIRECT_MAX_SEGMENTS 256

/* Pairs of pixels that are taken together where zeros are left out. */
#define FOVEA_DIRECT_MAX_PAIRS 105

/**
 * FoveaDirectPhase:
 * @offsets: of each tap: row, column
 * @taps: which tap of the kernel that is
 * @packed: where its packed weights start
 *
 * A dense part of the work: out(y · out_step + first_row, x · out_step + first_column) is the sum over
 * taps of weights × in(y · in_step + row, x · in_step + column), for y < n_rows and x < n_columns. A forward
 * convolution is one such part; the gradient of one with stride s has s² of them.
 */
typedef struct {
  gint64 first_row;
  gint64 first_column;
  gint64 n_rows;
  gint64 n_columns;
  guint n_taps;
  gint64 (*offsets)[2];
  guint *taps;
  gsize packed;
  gsize n_segments;
  gssize *segments;
} FoveaDirectPhase;

struct _FoveaDirect {
  const FoveaKernels *kernels;
  gint64 n_input_blocks;
  gint64 n_output_blocks;
  gboolean is_depthwise;
  gint64 tile_blocks;   /* blocks of outputs that are computed together */
  gint64 n_tile_inputs; /* blocks of inputs that a tile sees */
  gint64 *first_input;  /* of each tile */
  gint64 input_height;  /* of the map that it reads */
  gint64 input_width;
  gint64 output_height;
  gint64 output_width;
  gint64 in_step[2];
  gint64 out_step[2];
  guint n_phases;
  FoveaDirectPhase *phases;
  gint64 top; /* rows of zeros above a padded copy of the input, columns to its left */
  gint64 left;
  gint64 padded_height;
  gint64 padded_width;
  gboolean is_padded;
  /* First layers only: */
  gint64 image_channels; /* 0: not a first layer */
  gsize run;             /* values of a segment */
};

/**
 * FoveaDirectRun:
 * @pixel_stride, @row_stride: floats of the input from one output's to the next one's
 * @n_channel_chunks, @n_pixel_chunks: the grid of pieces of work, for each phase
 * @n_groups: of pixels, for each phase, where zeros may be left out
 * @n_taken: (array): of the shares of each group's outputs
 * @source, @images, @padded: of first layers and where there is padding
 * @scratch: (nullable): fovea_direct_get_scratch_size() bytes for each thread
 *
 * One run: its work is a grid of pixel tiles × tiles of output channels.
 */
typedef struct {
  const FoveaDirect *self;
  gsize batch;
  const float *packed;
  const float *input;
  gsize input_image_stride;
  gssize pixel_stride;
  gssize row_stride;
  FoveaBlockedMap output;
  const FoveaEpilogue *epilogue;
  gint64 n_channel_chunks;
  gint64 n_pixel_chunks;
  gint64 n_groups;
  atomic_uint *n_taken;
  const FoveaBlockedMap *source;
  const FoveaImages *images;
  float *padded;
  char *scratch;
} FoveaDirectRun;

/**
 * FoveaDirectPixels:
 *
 * Pixels of one row of a phase; for rows that lie one after the other, all of a map is one row.
 */
typedef struct {
  gsize image;
  gint64 row;
  gint64 begin;
  gint64 end;
} FoveaDirectPixels;

/* Of output channels. */
static inline gint64
fovea_direct_count_tiles (const FoveaDirect *self)
{
  return (self->n_output_blocks + self->tile_blocks - 1) / self->tile_blocks;
}

/* More than any group has. */
#define FOVEA_DIRECT_ALL_TAKEN (1u << 30)

/* Returns: whether there was a share that nobody had taken; when the last one goes, @n_taken becomes
 * FOVEA_DIRECT_ALL_TAKEN or more. */
static inline gboolean
fovea_direct_take_share (atomic_uint *n_taken,
                         guint n_shares,
                         guint *share)
{
  *share = atomic_fetch_add_explicit (n_taken, 1, memory_order_relaxed);
  if (*share + 1 == n_shares)
    atomic_fetch_add_explicit (n_taken, FOVEA_DIRECT_ALL_TAKEN, memory_order_relaxed);
  return *share < n_shares;
}

void fovea_direct_init_tile (const FoveaDirectRun *run, const FoveaDirectPhase *phase, const FoveaDirectPixels *pixels, gint64 channels, FoveaTile *tile);

gboolean fovea_direct_can_skip_zeros (const FoveaDirect *self, const FoveaDirectPhase *phase);
gint64 fovea_direct_count_groups (const FoveaDirect *self, gint64 n_pairs, gint64 n_threads);
void fovea_direct_compute_group (const FoveaDirectRun *run, const FoveaDirectPhase *phase, const FoveaDirectPixels *pixels, gint64 n_runs, atomic_uint *n_taken, char *memory);

G_END_DECLS
