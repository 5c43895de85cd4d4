/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/maps-run.h"

#include <string.h>

#include "engine/parallel.h"

/* Pixels of 16 values that one piece of work does, at least: less is done before another thread is awake. */
#define MIN_PIXELS 512

/* Pieces of work for each thread, at most. */
#define MAX_PIECES 4

/* Some rows of one block of one image. */
typedef struct {
  gsize image;
  gsize block;
  gint64 first_row;
  gint64 end_row;
} Rows;

typedef struct _Run Run;

/* Writes these rows of the output. */
typedef void (*RowsFunc) (const Run *run, const Rows *rows);

struct _Run {
  RowsFunc func;
  const FoveaKernels *kernels;
  gsize n_rows; /* of all images' blocks, one after the other */
  gsize n_items;
  const FoveaBlockedMap *input;
  const FoveaBlockedMap *second;
  const FoveaBlockedMap *output;
  const FoveaBlockedSigns *signs;
  gboolean relu;
  gboolean accumulate;
  const float *mean;
  const float *factor;
  const float *offset;
  const FoveaBlockedPooling *pooling;
  const float *row_factors;
  const float *column_factors;
  guint8 *taps;
  const guint8 *found_taps;
  gint64 row; /* where a part starts */
  gint64 column;
  gint64 n_channels;
  const float *planes;
  float *out_planes;
};

static void
run_item (gsize item,
          guint worker,
          gpointer data)
{
  const Run *run = data;
  const gsize n_blocks = (gsize) run->output->n_blocks, height = (gsize) run->output->height;
  const gsize end = run->n_rows * (item + 1) / run->n_items;

  for (gsize row = run->n_rows * item / run->n_items; row < end;)
    {
      const gsize first = row % height, n = MIN (height - first, end - row);
      const Rows rows = {
        .image = row / height / n_blocks,
        .block = row / height % n_blocks,
        .first_row = (gint64) first,
        .end_row = (gint64) (first + n),
      };

      run->func (run, &rows);
      row += n;
    }
}

/* Cuts all rows of the output into pieces of one size, and spreads them over the pool. */
static void
run_rows (Run *run,
          gsize batch)
{
  const gsize n_units = batch * (gsize) run->output->n_blocks;
  const gsize n_pixels = (gsize) MAX (run->input->height * run->input->width, run->output->height * run->output->width);

  run->n_rows = n_units * (gsize) run->output->height;
  run->n_items = MIN (n_units * n_pixels / MIN_PIXELS, MAX_PIECES * fovea_parallel_get_n_threads ());
  run->n_items = CLAMP (run->n_items, 1, run->n_rows);
  fovea_parallel_for (run->n_items, run_item, run);
}

static float *
get_block (const FoveaBlockedMap *map,
           const Rows *rows)
{
  return map->data + rows->image * map->image_stride + rows->block * fovea_blocked_get_plane (map);
}

static gsize
get_first_pixel (const FoveaBlockedMap *map,
                 const Rows *rows)
{
  return (gsize) (rows->first_row * map->width);
}

/* The rows themselves, in a map as large as the output. */
static float *
get_rows (const FoveaBlockedMap *map,
          const Rows *rows)
{
  return get_block (map, rows) + get_first_pixel (map, rows) * FOVEA_BLOCK;
}

static gsize
count_pixels (const FoveaBlockedMap *map)
{
  return (gsize) (map->height * map->width);
}

static gsize
count_row_pixels (const Run *run,
                  const Rows *rows)
{
  return (gsize) ((rows->end_row - rows->first_row) * run->output->width);
}

/* Of the whole block, or NULL. */
static guint16 *
get_block_signs (const Run *run,
                 const Rows *rows)
{
  if (run->signs == NULL || run->signs->bits == NULL)
    return NULL;
  return run->signs->bits + rows->image * run->signs->image_stride + rows->block * count_pixels (run->output);
}

/* Of the rows, or NULL. */
static guint16 *
get_signs (const Run *run,
           const Rows *rows)
{
  guint16 *signs = get_block_signs (run, rows);

  return signs != NULL ? signs + get_first_pixel (run->output, rows) : NULL;
}

static void
rectify_rows (const Run *run,
              const Rows *rows)
{
  run->kernels->rectify (get_rows (run->input, rows), get_rows (run->output, rows), get_signs (run, rows), count_row_pixels (run, rows));
}

/**
 * fovea_maps_rectify:
 * @output: may be @input
 * @signs: where to note what is positive
 */
void
fovea_maps_rectify (const FoveaKernels *kernels,
                    gsize batch,
                    const FoveaBlockedMap *input,
                    const FoveaBlockedMap *output,
                    const FoveaBlockedSigns *signs)
{
  run_rows (&(Run) { .func = rectify_rows, .kernels = kernels, .input = input, .output = output, .signs = signs }, batch);
}

static void
add_rows (const Run *run,
          const Rows *rows)
{
  run->kernels->add (get_rows (run->input, rows), get_rows (run->second, rows), get_rows (run->output, rows),
                     run->relu, get_signs (run, rows), count_row_pixels (run, rows));
}

/**
 * fovea_maps_add:
 * @output: may be @a or @b
 * @relu: whether what is negative becomes zero
 * @signs: where to note what is positive
 */
void
fovea_maps_add (const FoveaKernels *kernels,
                gsize batch,
                const FoveaBlockedMap *a,
                const FoveaBlockedMap *b,
                const FoveaBlockedMap *output,
                gboolean relu,
                const FoveaBlockedSigns *signs)
{
  run_rows (&(Run) { .func = add_rows, .kernels = kernels, .input = a, .second = b, .output = output, .relu = relu, .signs = signs }, batch);
}

static void
mask_rows (const Run *run,
           const Rows *rows)
{
  run->kernels->mask (get_rows (run->input, rows), get_signs (run, rows), NULL, get_rows (run->output, rows), count_row_pixels (run, rows));
}

/**
 * fovea_maps_copy:
 * @output: of as many blocks
 *
 * Copies one map to another, which may lie in a buffer of another size.
 */
void
fovea_maps_copy (const FoveaKernels *kernels,
                 gsize batch,
                 const FoveaBlockedMap *input,
                 const FoveaBlockedMap *output)
{
  run_rows (&(Run) { .func = mask_rows, .kernels = kernels, .input = input, .output = output }, batch);
}

/**
 * fovea_maps_mask:
 *
 * Sets to zero where no sign is noted.
 */
void
fovea_maps_mask (const FoveaKernels *kernels,
                 gsize batch,
                 const FoveaBlockedMap *map,
                 const FoveaBlockedSigns *signs)
{
  run_rows (&(Run) { .func = mask_rows, .kernels = kernels, .input = map, .output = map, .signs = signs }, batch);
}

static void
clear_rows (const Run *run,
            const Rows *rows)
{
  memset (get_rows (run->output, rows), 0, count_row_pixels (run, rows) * FOVEA_BLOCK * sizeof (float));
}

/**
 * fovea_maps_clear:
 *
 * Sets all values to zero.
 */
void
fovea_maps_clear (gsize batch,
                  const FoveaBlockedMap *map)
{
  run_rows (&(Run) { .func = clear_rows, .input = map, .output = map }, batch);
}

static void
redirect_image (gsize image,
                guint worker,
                gpointer data)
{
  const Run *run = data;
  const gsize n_blocks = (gsize) run->input->n_blocks, n_pixels = count_pixels (run->input);
  Rows rows = { .image = image, .end_row = run->input->height };
  gboolean open = FALSE;

  for (rows.block = 0; rows.block < n_blocks && !open; rows.block++)
    open = run->kernels->is_open (get_block (run->input, &rows), get_signs (run, &rows), n_pixels);
  for (rows.block = 0; rows.block < n_blocks; rows.block++)
    if (open)
      mask_rows (run, &rows);
    else
      run->kernels->keep_positive (get_block (run->input, &rows), n_pixels);
}

/**
 * fovea_maps_redirect:
 *
 * As fovea_maps_mask(), but where that would leave nothing of an image's gradient, keeps what is
 * positive instead; see fovea_plan_set_redirect_relu().
 */
void
fovea_maps_redirect (const FoveaKernels *kernels,
                     gsize batch,
                     const FoveaBlockedMap *gradient,
                     const FoveaBlockedSigns *signs)
{
  Run run = { .kernels = kernels, .input = gradient, .output = gradient, .signs = signs };

  fovea_parallel_for (batch, redirect_image, &run);
}

static void
transform_rows (const Run *run,
                const Rows *rows)
{
  const gsize channel = rows->block * FOVEA_BLOCK;

  run->kernels->affine (get_rows (run->input, rows), run->mean + channel, run->factor + channel, run->offset + channel, run->relu,
                        get_rows (run->output, rows), get_signs (run, rows), count_row_pixels (run, rows));
}

/**
 * fovea_maps_affine:
 * @mean, @factor, @offset: one value a channel, up to whole blocks
 * @output: may be @input
 * @relu: whether what is negative becomes zero
 * @signs: where to note what is positive
 *
 * (input − mean) · factor + offset.
 */
void
fovea_maps_affine (const FoveaKernels *kernels,
                   gsize batch,
                   const float *mean,
                   const float *factor,
                   const float *offset,
                   const FoveaBlockedMap *input,
                   const FoveaBlockedMap *output,
                   gboolean relu,
                   const FoveaBlockedSigns *signs)
{
  Run run = {
    .func = transform_rows,
    .kernels = kernels,
    .input = input,
    .output = output,
    .mean = mean,
    .factor = factor,
    .offset = offset,
    .relu = relu,
    .signs = signs,
  };

  run_rows (&run, batch);
}

static void
scale_rows (const Run *run,
            const Rows *rows)
{
  float *output = get_rows (run->output, rows);

  run->kernels->scale (get_rows (run->input, rows), run->factor + rows->block * FOVEA_BLOCK, run->accumulate ? output : NULL, output,
                       count_row_pixels (run, rows));
}

/**
 * fovea_maps_scale:
 * @factor: one value a channel, up to whole blocks
 * @accumulate: whether to add to @output instead of overwriting it
 */
void
fovea_maps_scale (const FoveaKernels *kernels,
                  gsize batch,
                  const float *factor,
                  const FoveaBlockedMap *input,
                  gboolean accumulate,
                  const FoveaBlockedMap *output)
{
  run_rows (&(Run) { .func = scale_rows, .kernels = kernels, .input = input, .output = output, .factor = factor, .accumulate = accumulate }, batch);
}

/* Taps lie by themselves, without gaps between images. */
static gsize
find_taps (const FoveaBlockedMap *map,
           const Rows *rows)
{
  return (rows->image * (gsize) map->n_blocks + rows->block) * fovea_blocked_get_plane (map);
}

static void
max_pool_rows (const Run *run,
               const Rows *rows)
{
  run->kernels->max_pool (run->pooling, rows->first_row, rows->end_row, get_block (run->input, rows), get_block (run->output, rows),
                          run->taps != NULL ? run->taps + find_taps (run->output, rows) : NULL);
}

/**
 * fovea_maps_max_pool:
 * @taps: (nullable) (out): the tap that each maximum was found at, a byte for each value of @output
 */
void
fovea_maps_max_pool (const FoveaKernels *kernels,
                     gsize batch,
                     const FoveaBlockedPooling *pooling,
                     const FoveaBlockedMap *input,
                     const FoveaBlockedMap *output,
                     guint8 *taps)
{
  run_rows (&(Run) { .func = max_pool_rows, .kernels = kernels, .input = input, .output = output, .pooling = pooling, .taps = taps }, batch);
}

static void
max_pool_gradient_rows (const Run *run,
                        const Rows *rows)
{
  run->kernels->max_pool_gradient (run->pooling, rows->first_row, rows->end_row, get_block (run->input, rows),
                                   run->found_taps + find_taps (run->input, rows), run->accumulate, get_block_signs (run, rows),
                                   get_block (run->output, rows));
}

/**
 * fovea_maps_max_pool_gradient:
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 * @mask: where the sum is kept: what a ReLU noted on the way forward; no bits: everywhere
 */
void
fovea_maps_max_pool_gradient (const FoveaKernels *kernels,
                              gsize batch,
                              const FoveaBlockedPooling *pooling,
                              const FoveaBlockedMap *output_gradient,
                              const guint8 *taps,
                              gboolean accumulate,
                              const FoveaBlockedSigns *mask,
                              const FoveaBlockedMap *input_gradient)
{
  Run run = {
    .func = max_pool_gradient_rows,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .signs = mask,
    .pooling = pooling,
    .found_taps = taps,
    .accumulate = accumulate,
  };

  run_rows (&run, batch);
}

static void
average_pool_rows (const Run *run,
                   const Rows *rows)
{
  run->kernels->average_pool (run->pooling, rows->first_row, rows->end_row, run->row_factors, run->column_factors,
                              get_block (run->input, rows), get_block (run->output, rows));
}

/**
 * fovea_maps_average_pool:
 * @row_factors, @column_factors: of each row and column of windows; their product is 1 / taps
 */
void
fovea_maps_average_pool (const FoveaKernels *kernels,
                         gsize batch,
                         const FoveaBlockedPooling *pooling,
                         const float *row_factors,
                         const float *column_factors,
                         const FoveaBlockedMap *input,
                         const FoveaBlockedMap *output)
{
  Run run = {
    .func = average_pool_rows,
    .kernels = kernels,
    .input = input,
    .output = output,
    .pooling = pooling,
    .row_factors = row_factors,
    .column_factors = column_factors,
  };

  run_rows (&run, batch);
}

static void
average_pool_gradient_rows (const Run *run,
                            const Rows *rows)
{
  run->kernels->average_pool_gradient (run->pooling, rows->first_row, rows->end_row, run->row_factors, run->column_factors,
                                       get_block (run->input, rows), run->accumulate, get_block_signs (run, rows), get_block (run->output, rows));
}

/**
 * fovea_maps_average_pool_gradient:
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 * @mask: as for fovea_maps_max_pool_gradient()
 */
void
fovea_maps_average_pool_gradient (const FoveaKernels *kernels,
                                  gsize batch,
                                  const FoveaBlockedPooling *pooling,
                                  const float *row_factors,
                                  const float *column_factors,
                                  const FoveaBlockedMap *output_gradient,
                                  gboolean accumulate,
                                  const FoveaBlockedSigns *mask,
                                  const FoveaBlockedMap *input_gradient)
{
  Run run = {
    .func = average_pool_gradient_rows,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .signs = mask,
    .pooling = pooling,
    .row_factors = row_factors,
    .column_factors = column_factors,
    .accumulate = accumulate,
  };

  run_rows (&run, batch);
}

static void
average_rows (const Run *run,
              const Rows *rows)
{
  run->kernels->average (get_block (run->input, rows), count_pixels (run->input), get_block (run->output, rows));
}

/**
 * fovea_maps_global_average:
 * @output: a map of one pixel
 */
void
fovea_maps_global_average (const FoveaKernels *kernels,
                           gsize batch,
                           const FoveaBlockedMap *input,
                           const FoveaBlockedMap *output)
{
  run_rows (&(Run) { .func = average_rows, .kernels = kernels, .input = input, .output = output }, batch);
}

static void
spread_rows (const Run *run,
             const Rows *rows)
{
  run->kernels->spread (get_block (run->input, rows), count_pixels (run->output), count_row_pixels (run, rows), run->accumulate,
                        get_signs (run, rows), get_rows (run->output, rows));
}

/**
 * fovea_maps_global_average_gradient:
 * @output_gradient: a map of one pixel
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 * @mask: as for fovea_maps_max_pool_gradient()
 */
void
fovea_maps_global_average_gradient (const FoveaKernels *kernels,
                                    gsize batch,
                                    const FoveaBlockedMap *output_gradient,
                                    gboolean accumulate,
                                    const FoveaBlockedSigns *mask,
                                    const FoveaBlockedMap *input_gradient)
{
  Run run = { .func = spread_rows, .kernels = kernels, .input = output_gradient, .output = input_gradient, .signs = mask, .accumulate = accumulate };

  run_rows (&run, batch);
}

static void
crop_rows (const Run *run,
           const Rows *rows)
{
  const float *source = get_block (run->input, rows);
  float *target = get_block (run->output, rows);
  const gint64 width = run->output->width;

  for (gint64 y = rows->first_row; y < rows->end_row; y++)
    memcpy (target + y * width * FOVEA_BLOCK, source + ((run->row + y) * run->input->width + run->column) * FOVEA_BLOCK,
            (gsize) width * FOVEA_BLOCK * sizeof (float));
}

/**
 * fovea_maps_crop:
 * @row, @column: where @output starts in @input
 */
void
fovea_maps_crop (const FoveaKernels *kernels,
                 gsize batch,
                 const FoveaBlockedMap *input,
                 gint64 row,
                 gint64 column,
                 const FoveaBlockedMap *output)
{
  run_rows (&(Run) { .func = crop_rows, .kernels = kernels, .input = input, .output = output, .row = row, .column = column }, batch);
}

static void
crop_gradient_rows (const Run *run,
                    const Rows *rows)
{
  const float *source = get_block (run->input, rows);
  float *target = get_block (run->output, rows);
  const gint64 width = run->input->width, first = MAX (rows->first_row, run->row), end = MIN (rows->end_row, run->row + run->input->height);

  if (!run->accumulate)
    memset (get_rows (run->output, rows), 0, count_row_pixels (run, rows) * FOVEA_BLOCK * sizeof (float));
  for (gint64 y = first; y < end; y++)
    {
      float *row = target + (y * run->output->width + run->column) * FOVEA_BLOCK;

      run->kernels->add (source + (y - run->row) * width * FOVEA_BLOCK, row, row, FALSE, NULL, (gsize) width);
    }
}

/**
 * fovea_maps_crop_gradient:
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 */
void
fovea_maps_crop_gradient (const FoveaKernels *kernels,
                          gsize batch,
                          const FoveaBlockedMap *output_gradient,
                          gint64 row,
                          gint64 column,
                          gboolean accumulate,
                          const FoveaBlockedMap *input_gradient)
{
  Run run = {
    .func = crop_gradient_rows,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .row = row,
    .column = column,
    .accumulate = accumulate,
  };

  run_rows (&run, batch);
}

static guint
count_channels (const Run *run,
                const Rows *rows)
{
  return (guint) MIN (FOVEA_BLOCK, run->n_channels - (gint64) rows->block * FOVEA_BLOCK);
}

/* Where the rows start in the first plane of their block. */
static gsize
find_planes (const Run *run,
             const Rows *rows)
{
  return (rows->image * (gsize) run->n_channels + rows->block * FOVEA_BLOCK) * count_pixels (run->output) + get_first_pixel (run->output, rows);
}

static void
pack_rows (const Run *run,
           const Rows *rows)
{
  run->kernels->pack (run->planes + find_planes (run, rows), count_pixels (run->output), count_channels (run, rows), count_row_pixels (run, rows),
                      run->accumulate, get_rows (run->output, rows));
}

/**
 * fovea_maps_pack:
 * @n_channels: of the map; what its last block has more is zero
 * @planes: [batch, channels, height, width]
 * @accumulate: whether to add to @output instead of overwriting it
 */
void
fovea_maps_pack (const FoveaKernels *kernels,
                 gsize batch,
                 gint64 n_channels,
                 const float *planes,
                 gboolean accumulate,
                 const FoveaBlockedMap *output)
{
  Run run = {
    .func = pack_rows,
    .kernels = kernels,
    .input = output,
    .output = output,
    .n_channels = n_channels,
    .planes = planes,
    .accumulate = accumulate,
  };

  run_rows (&run, batch);
}

static void
unpack_rows (const Run *run,
             const Rows *rows)
{
  run->kernels->unpack (get_rows (run->input, rows), count_row_pixels (run, rows), count_channels (run, rows),
                        run->out_planes + find_planes (run, rows), count_pixels (run->input));
}

/**
 * fovea_maps_unpack:
 * @n_channels: of the map
 * @planes: (out): [batch, channels, height, width]
 */
void
fovea_maps_unpack (const FoveaKernels *kernels,
                   gsize batch,
                   gint64 n_channels,
                   const FoveaBlockedMap *input,
                   float *planes)
{
  run_rows (&(Run) { .func = unpack_rows, .kernels = kernels, .input = input, .output = input, .n_channels = n_channels, .out_planes = planes }, batch);
}
