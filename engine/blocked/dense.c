/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/dense.h"

#include <string.h>

#include "engine/parallel.h"

/* Segments whose products are added up before the sum is put aside: a piece of weights stays in the
 * second-level cache while the images go by, and sums of sums keep rounding errors small. */
#define PIECE 128

/* Segments ahead of which weights are asked for: they are read once, from main memory. */
#define PREFETCH_DISTANCE 8

/* Tiles that one piece of work does, at least. */
#define MIN_ITEM 4

typedef struct {
  const FoveaKernels *kernels;
  gsize batch;
  const float *packed;
  const FoveaBlockedMap *input; /* of the layer; for the gradient, the input's gradient */
  const FoveaBlockedMap *output;
  const FoveaEpilogue *epilogue;
  gsize n_segments; /* blocks of inputs */
  gsize n_tiles; /* of outputs; the forward run's */
  gsize n_items; /* that they are done in */
  const gssize *segments;
} Run;

static void
compute_tile (const Run *run,
              gsize channel_tile)
{
  const FoveaKernels *kernels = run->kernels;
  const FoveaEpilogue *epilogue = run->epilogue;
  const gsize block = channel_tile * kernels->max_blocks;
  const gsize n_blocks = MIN (kernels->max_blocks, (gsize) run->output->n_blocks - block), width = n_blocks * FOVEA_BLOCK;
  const float *weights = run->packed + block * FOVEA_BLOCK * run->n_segments * FOVEA_BLOCK;
  const gsize n_parts = (run->batch + kernels->max_pixels - 1) / kernels->max_pixels;

  for (gsize first = 0; first < run->n_segments; first += PIECE)
    {
      const gboolean last = first + PIECE >= run->n_segments;

      for (gsize part = 0; part < n_parts; part++)
        {
          const gsize begin = run->batch * part / n_parts, end = run->batch * (part + 1) / n_parts;
          float *output = run->output->data + begin * run->output->image_stride + block * FOVEA_BLOCK;
          FoveaTile tile = {
            .input = run->input->data + begin * run->input->image_stride,
            .pixel_stride = (gssize) run->input->image_stride,
            .segments = run->segments + first,
            .n_segments = MIN (PIECE, run->n_segments - first),
            .run = FOVEA_BLOCK,
            .weights = weights + first * FOVEA_BLOCK * width,
            .output = output,
            .output_pixel_stride = (gssize) run->output->image_stride,
            .output_block_stride = FOVEA_BLOCK,
            .addend = first > 0 ? output : NULL,
          };

          if (part == 0)
            {
              tile.prefetch = (const char *) (tile.weights + PREFETCH_DISTANCE * FOVEA_BLOCK * width);
              tile.prefetch_lines = width;
            }
          if (last)
            {
              tile.bias = epilogue->bias != NULL ? epilogue->bias + block * FOVEA_BLOCK : NULL;
              tile.relu = epilogue->relu;
            }
          kernels->tiles[n_blocks - 1][end - begin - 1] (&tile);
        }
    }
  if (epilogue->signs.bits != NULL)
    for (gsize image = 0; image < run->batch; image++)
      {
        float *output = run->output->data + image * run->output->image_stride + block * FOVEA_BLOCK;

        kernels->rectify (output, output, epilogue->signs.bits + image * epilogue->signs.image_stride + block, n_blocks);
      }
}

static void
compute_tiles (gsize item,
               guint worker,
               gpointer data)
{
  const Run *run = data;

  for (gsize i = run->n_tiles * item / run->n_items; i < run->n_tiles * (item + 1) / run->n_items; i++)
    compute_tile (run, i);
}

/* Blocks of inputs whose gradients are made together. */
static gsize
count_item_blocks (gsize batch)
{
  return FOVEA_DENSE_SUMS / FOVEA_BLOCK / MIN (batch, FOVEA_DENSE_IMAGES);
}

/* A few blocks of inputs: all outputs' weights go by, once for all images of a group. */
static void
compute_gradient (gsize item,
                  guint worker,
                  gpointer data)
{
  const Run *run = data;
  const FoveaKernels *kernels = run->kernels;
  const FoveaEpilogue *epilogue = run->epilogue;
  const gsize tile_width = kernels->max_blocks * FOVEA_BLOCK, n_outputs = (gsize) run->output->n_blocks * FOVEA_BLOCK;
  const gsize first = item * count_item_blocks (run->batch), n_blocks = MIN (count_item_blocks (run->batch), run->n_segments - first);
  const gsize n_rows = n_blocks * FOVEA_BLOCK;

  for (gsize begin = 0; begin < run->batch; begin += FOVEA_DENSE_IMAGES)
    {
      const gsize n_images = MIN (FOVEA_DENSE_IMAGES, run->batch - begin);
      float sums[FOVEA_DENSE_SUMS * FOVEA_BLOCK] __attribute__ ((aligned (64)));

      memset (sums, 0, n_images * n_rows * FOVEA_BLOCK * sizeof (float));
      for (gsize output = 0; output < n_outputs; output += tile_width)
        {
          const gsize width = MIN (tile_width, n_outputs - output);
          const gsize next = output + tile_width;
          const FoveaDenseRows rows = {
            .weights = run->packed + output * run->n_segments * FOVEA_BLOCK + first * FOVEA_BLOCK * width,
            .prefetch = next + tile_width <= n_outputs ? run->packed + next * run->n_segments * FOVEA_BLOCK + first * FOVEA_BLOCK * tile_width : NULL,
            .n_rows = n_rows,
            .width = width,
            .n_images = n_images,
            .output_gradients = run->output->data + begin * run->output->image_stride + output,
            .gradient_stride = run->output->image_stride,
            .sums = sums,
          };

          kernels->dense_rows (&rows);
        }
      for (gsize i = 0; i < n_images; i++)
        {
          const gsize image = begin + i;
          float results[FOVEA_DENSE_SUMS] __attribute__ ((aligned (64)));

          kernels->sum_rows (sums + i * n_rows * FOVEA_BLOCK, n_rows, results);
          kernels->mask (results, NULL,
                         epilogue->addend.data != NULL ? epilogue->addend.data + image * epilogue->addend.image_stride + first * FOVEA_BLOCK : NULL,
                         results, n_blocks);
          kernels->mask (results, epilogue->mask.bits != NULL ? epilogue->mask.bits + image * epilogue->mask.image_stride + first : NULL,
                         NULL, run->input->data + image * run->input->image_stride + first * FOVEA_BLOCK, n_blocks);
        }
    }
}

/**
 * fovea_blocked_dense_run:
 * @packed: from fovea_direct_pack() of the convolution whose kernel is the whole map
 * @input: its blocks, rows and columns are the layer's inputs
 * @output: a map of one pixel
 * @epilogue: bias, ReLU and signs only
 *
 * Each weight is read from memory once for all images. Spreads its work over the pool; an image's
 * result depends neither on the batch nor on the number of threads.
 */
void
fovea_blocked_dense_run (const FoveaKernels *kernels,
                         gsize batch,
                         const float *packed,
                         const FoveaBlockedMap *input,
                         const FoveaBlockedMap *output,
                         const FoveaEpilogue *epilogue)
{
  const gsize n_segments = (gsize) (input->n_blocks * input->height * input->width);
  const gsize n_threads = fovea_parallel_get_n_threads ();
  g_autofree gssize *segments = g_new (gssize, n_segments);
  Run run = {
    .kernels = kernels,
    .batch = batch,
    .packed = packed,
    .input = input,
    .output = output,
    .epilogue = epilogue,
    .n_segments = n_segments,
    .n_tiles = ((gsize) output->n_blocks + kernels->max_blocks - 1) / kernels->max_blocks,
    .segments = segments,
  };

  for (gsize i = 0; i < n_segments; i++)
    segments[i] = (gssize) i * FOVEA_BLOCK;
  run.n_items = n_threads == 1 ? 1 : CLAMP (run.n_tiles / MIN_ITEM, 1, 4 * n_threads);
  fovea_parallel_for (run.n_items, compute_tiles, &run);
}

/**
 * fovea_blocked_dense_run_gradient:
 * @packed: as for fovea_blocked_dense_run()
 * @output_gradient: a map of one pixel
 * @input_gradient: every element is written
 * @epilogue: addend and mask only
 *
 * The same weights serve both ways; a transposed copy would double what most networks take.
 */
void
fovea_blocked_dense_run_gradient (const FoveaKernels *kernels,
                                  gsize batch,
                                  const float *packed,
                                  const FoveaBlockedMap *output_gradient,
                                  const FoveaBlockedMap *input_gradient,
                                  const FoveaEpilogue *epilogue)
{
  Run run = {
    .kernels = kernels,
    .batch = batch,
    .packed = packed,
    .input = input_gradient,
    .output = output_gradient,
    .epilogue = epilogue,
    .n_segments = (gsize) (input_gradient->n_blocks * input_gradient->height * input_gradient->width),
  };

  fovea_parallel_for ((run.n_segments + count_item_blocks (batch) - 1) / count_item_blocks (batch), compute_gradient, &run);
}
