/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/maps-run.h"

#include <string.h>

#include "engine/parallel.h"

/* Pixels of 16 values that one piece of work does, at least: less is done before another thread is awake. */
#define MIN_PIXELS 2048

typedef struct _Run Run;

/* Does one block of one image. */
typedef void (*BlockFunc) (const Run *run, gsize image, gsize block);

struct _Run {
  BlockFunc func;
  const FoveaKernels *kernels;
  gsize n_units; /* images × blocks */
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
  const gsize n_blocks = (gsize) run->input->n_blocks;

  for (gsize i = run->n_units * item / run->n_items; i < run->n_units * (item + 1) / run->n_items; i++)
    run->func (run, i / n_blocks, i % n_blocks);
}

static void
run_blocks (Run *run,
            gsize batch)
{
  const gsize n_pixels = (gsize) MAX (run->input->height * run->input->width, run->output->height * run->output->width);

  run->n_units = batch * (gsize) run->input->n_blocks;
  run->n_items = MIN (run->n_units, run->n_units * n_pixels / MIN_PIXELS + 1);
  run->n_items = MIN (run->n_items, 8 * fovea_parallel_get_n_threads ());
  fovea_parallel_for (run->n_items, run_item, run);
}

static float *
get_block (const FoveaBlockedMap *map,
           gsize image,
           gsize block)
{
  return map->data + image * map->image_stride + block * fovea_blocked_get_plane (map);
}

static gsize
get_n_pixels (const FoveaBlockedMap *map)
{
  return (gsize) (map->height * map->width);
}

static guint16 *
get_signs (const Run *run,
           gsize image,
           gsize block)
{
  if (run->signs->bits == NULL)
    return NULL;
  return run->signs->bits + image * run->signs->image_stride + block * get_n_pixels (run->output);
}

static void
rectify_block (const Run *run,
               gsize image,
               gsize block)
{
  run->kernels->rectify (get_block (run->input, image, block), get_block (run->output, image, block),
                         get_signs (run, image, block), get_n_pixels (run->output));
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
  Run run = { .func = rectify_block, .kernels = kernels, .input = input, .output = output, .signs = signs };

  run_blocks (&run, batch);
}

static void
add_block (const Run *run,
           gsize image,
           gsize block)
{
  run->kernels->add (get_block (run->input, image, block), get_block (run->second, image, block), get_block (run->output, image, block),
                     run->relu, get_signs (run, image, block), get_n_pixels (run->output));
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
  Run run = { .func = add_block, .kernels = kernels, .input = a, .second = b, .output = output, .relu = relu, .signs = signs };

  run_blocks (&run, batch);
}

static void
mask_block (const Run *run,
            gsize image,
            gsize block)
{
  run->kernels->mask (get_block (run->input, image, block), get_signs (run, image, block), NULL,
                      get_block (run->output, image, block), get_n_pixels (run->output));
}

/**
 * fovea_maps_copy:
 *
 * Copies one map to another, which may lie in a buffer of another size.
 */
void
fovea_maps_copy (const FoveaKernels *kernels,
                 gsize batch,
                 const FoveaBlockedMap *input,
                 const FoveaBlockedMap *output)
{
  const FoveaBlockedSigns none = { 0 };
  Run run = { .func = mask_block, .kernels = kernels, .input = input, .output = output, .signs = &none };

  run_blocks (&run, batch);
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
  Run run = { .func = mask_block, .kernels = kernels, .input = map, .output = map, .signs = signs };

  run_blocks (&run, batch);
}

static void
clear_block (gsize item,
             guint worker,
             gpointer data)
{
  const FoveaBlockedMap *map = data;
  const gsize image = item / (gsize) map->n_blocks, block = item % (gsize) map->n_blocks;

  memset (get_block (map, image, block), 0, fovea_blocked_get_plane (map) * sizeof (float));
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
  fovea_parallel_for (batch * (gsize) map->n_blocks, clear_block, (gpointer) map);
}

static void
redirect_image (gsize image,
                guint worker,
                gpointer data)
{
  const Run *run = data;
  const gsize n_blocks = (gsize) run->input->n_blocks, n_pixels = get_n_pixels (run->input);
  gboolean open = FALSE;

  for (gsize block = 0; block < n_blocks && !open; block++)
    open = run->kernels->is_open (get_block (run->input, image, block), get_signs (run, image, block), n_pixels);
  for (gsize block = 0; block < n_blocks; block++)
    if (open)
      mask_block (run, image, block);
    else
      run->kernels->keep_positive (get_block (run->input, image, block), n_pixels);
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
transform_block (const Run *run,
                 gsize image,
                 gsize block)
{
  run->kernels->affine (get_block (run->input, image, block), run->mean + block * FOVEA_BLOCK, run->factor + block * FOVEA_BLOCK,
                        run->offset + block * FOVEA_BLOCK, run->relu, get_block (run->output, image, block), get_signs (run, image, block),
                        get_n_pixels (run->output));
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
    .func = transform_block,
    .kernels = kernels,
    .input = input,
    .output = output,
    .mean = mean,
    .factor = factor,
    .offset = offset,
    .relu = relu,
    .signs = signs,
  };

  run_blocks (&run, batch);
}

static void
scale_block (const Run *run,
             gsize image,
             gsize block)
{
  float *output = get_block (run->output, image, block);

  run->kernels->scale (get_block (run->input, image, block), run->factor + block * FOVEA_BLOCK,
                       run->accumulate ? output : NULL, output, get_n_pixels (run->output));
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
  Run run = { .func = scale_block, .kernels = kernels, .input = input, .output = output, .factor = factor, .accumulate = accumulate };

  run_blocks (&run, batch);
}

/* Taps lie by themselves, without gaps between images. */
static gsize
find_taps (const FoveaBlockedMap *map,
           gsize image,
           gsize block)
{
  return (image * (gsize) map->n_blocks + block) * fovea_blocked_get_plane (map);
}

static void
max_pool_block (const Run *run,
                gsize image,
                gsize block)
{
  run->kernels->max_pool (run->pooling, get_block (run->input, image, block), get_block (run->output, image, block),
                          run->taps != NULL ? run->taps + find_taps (run->output, image, block) : NULL);
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
  Run run = { .func = max_pool_block, .kernels = kernels, .input = input, .output = output, .pooling = pooling, .taps = taps };

  run_blocks (&run, batch);
}

static void
max_pool_gradient_block (const Run *run,
                         gsize image,
                         gsize block)
{
  run->kernels->max_pool_gradient (run->pooling, get_block (run->input, image, block), run->found_taps + find_taps (run->input, image, block),
                                   run->accumulate, get_block (run->output, image, block));
}

/**
 * fovea_maps_max_pool_gradient:
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 */
void
fovea_maps_max_pool_gradient (const FoveaKernels *kernels,
                              gsize batch,
                              const FoveaBlockedPooling *pooling,
                              const FoveaBlockedMap *output_gradient,
                              const guint8 *taps,
                              gboolean accumulate,
                              const FoveaBlockedMap *input_gradient)
{
  Run run = {
    .func = max_pool_gradient_block,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .pooling = pooling,
    .found_taps = taps,
    .accumulate = accumulate,
  };

  run_blocks (&run, batch);
}

static void
average_pool_block (const Run *run,
                    gsize image,
                    gsize block)
{
  run->kernels->average_pool (run->pooling, run->row_factors, run->column_factors, get_block (run->input, image, block),
                              get_block (run->output, image, block));
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
    .func = average_pool_block,
    .kernels = kernels,
    .input = input,
    .output = output,
    .pooling = pooling,
    .row_factors = row_factors,
    .column_factors = column_factors,
  };

  run_blocks (&run, batch);
}

static void
average_pool_gradient_block (const Run *run,
                             gsize image,
                             gsize block)
{
  run->kernels->average_pool_gradient (run->pooling, run->row_factors, run->column_factors, get_block (run->input, image, block),
                                       run->accumulate, get_block (run->output, image, block));
}

/**
 * fovea_maps_average_pool_gradient:
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 */
void
fovea_maps_average_pool_gradient (const FoveaKernels *kernels,
                                  gsize batch,
                                  const FoveaBlockedPooling *pooling,
                                  const float *row_factors,
                                  const float *column_factors,
                                  const FoveaBlockedMap *output_gradient,
                                  gboolean accumulate,
                                  const FoveaBlockedMap *input_gradient)
{
  Run run = {
    .func = average_pool_gradient_block,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .pooling = pooling,
    .row_factors = row_factors,
    .column_factors = column_factors,
    .accumulate = accumulate,
  };

  run_blocks (&run, batch);
}

static void
average_block (const Run *run,
               gsize image,
               gsize block)
{
  run->kernels->average (get_block (run->input, image, block), get_n_pixels (run->input), get_block (run->output, image, block));
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
  Run run = { .func = average_block, .kernels = kernels, .input = input, .output = output };

  run_blocks (&run, batch);
}

static void
spread_block (const Run *run,
              gsize image,
              gsize block)
{
  run->kernels->spread (get_block (run->input, image, block), get_n_pixels (run->output), run->accumulate, get_block (run->output, image, block));
}

/**
 * fovea_maps_global_average_gradient:
 * @output_gradient: a map of one pixel
 * @accumulate: whether to add to @input_gradient instead of overwriting it
 */
void
fovea_maps_global_average_gradient (const FoveaKernels *kernels,
                                    gsize batch,
                                    const FoveaBlockedMap *output_gradient,
                                    gboolean accumulate,
                                    const FoveaBlockedMap *input_gradient)
{
  Run run = { .func = spread_block, .kernels = kernels, .input = output_gradient, .output = input_gradient, .accumulate = accumulate };

  run_blocks (&run, batch);
}

static void
crop_block (const Run *run,
            gsize image,
            gsize block)
{
  const float *source = get_block (run->input, image, block);
  float *target = get_block (run->output, image, block);
  const gint64 width = run->output->width;

  for (gint64 y = 0; y < run->output->height; y++)
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
  Run run = { .func = crop_block, .kernels = kernels, .input = input, .output = output, .row = row, .column = column };

  run_blocks (&run, batch);
}

static void
crop_gradient_block (const Run *run,
                     gsize image,
                     gsize block)
{
  const float *source = get_block (run->input, image, block);
  float *target = get_block (run->output, image, block);
  const gint64 width = run->input->width;

  if (!run->accumulate)
    memset (target, 0, fovea_blocked_get_plane (run->output) * sizeof (float));
  for (gint64 y = 0; y < run->input->height; y++)
    {
      float *row = target + ((run->row + y) * run->output->width + run->column) * FOVEA_BLOCK;

      run->kernels->add (source + y * width * FOVEA_BLOCK, row, row, FALSE, NULL, (gsize) width);
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
    .func = crop_gradient_block,
    .kernels = kernels,
    .input = output_gradient,
    .output = input_gradient,
    .row = row,
    .column = column,
    .accumulate = accumulate,
  };

  run_blocks (&run, batch);
}

static guint
count_channels (const Run *run,
                gsize block)
{
  return (guint) MIN (FOVEA_BLOCK, run->n_channels - (gint64) block * FOVEA_BLOCK);
}

static void
pack_block (const Run *run,
            gsize image,
            gsize block)
{
  const gsize n_pixels = get_n_pixels (run->output);

  run->kernels->pack (run->planes + (image * (gsize) run->n_channels + block * FOVEA_BLOCK) * n_pixels, n_pixels,
                      count_channels (run, block), n_pixels, run->accumulate, get_block (run->output, image, block));
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
    .func = pack_block,
    .kernels = kernels,
    .input = output,
    .output = output,
    .n_channels = n_channels,
    .planes = planes,
    .accumulate = accumulate,
  };

  run_blocks (&run, batch);
}

static void
unpack_block (const Run *run,
              gsize image,
              gsize block)
{
  const gsize n_pixels = get_n_pixels (run->input);

  run->kernels->unpack (get_block (run->input, image, block), n_pixels, count_channels (run, block),
                        run->out_planes + (image * (gsize) run->n_channels + block * FOVEA_BLOCK) * n_pixels, n_pixels);
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
  Run run = { .func = unpack_block, .kernels = kernels, .input = input, .output = input, .n_channels = n_channels, .out_planes = planes };

  run_blocks (&run, batch);
}
