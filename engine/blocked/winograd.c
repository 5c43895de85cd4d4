/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/winograd.h"

#include <string.h>

#include "engine/blocked/winograd-points.h"
#include "engine/kernels/multiversion.h"
#include "engine/parallel.h"

/* Of 3×3 kernels, maps with shorter sides than this take F(2×2, 3×3): larger tiles would be cut off too
 * much, and their weights are more than twice as many for few patches. Where larger tiles fit and the
 * weights are few, they are faster all the same. */
#define LARGE_MAP 12
#define MAX_SMALL_MAP_WEIGHTS (256 * 256)

#define MAX_KERNEL 5

/* Maps with shorter sides than this are computed directly. */
#define MIN_MAP 4

/* With fewer channels on either side, lists of what is not zero are too short, or serve too few outputs. */
#define MIN_CHANNELS_TO_SKIP 128

/* Patches whose products are made together, at most: their transforms stay in the second-level cache. Those of 8×8
 * values take almost twice as much as those of 6×6. */
#define MAX_GROUP 56
#define MAX_GROUP_OF_8 28

/* A thread that gets fewer patches than this would read all weights for little: channels are split
 * instead, and the transformed patches shared. */
#define MIN_THREAD_PATCHES 24

/* Floats between two planes beyond what they hold, so that they do not all fall on the same sets of
 * a cache. */
#define PLANE_GAP 80

/* Bytes of products that one piece of work holds at a time where channels are split. */
#define PRODUCT_BYTES 2400000

struct _FoveaWinograd {
  const FoveaKernels *kernels;
  gboolean gradient;
  gint64 n_input_blocks;
  gint64 n_output_blocks;
  gint64 input_height;
  gint64 input_width;
  gint64 output_height;
  gint64 output_width;
  gint64 pad[2];
  gsize run; /* values of a pixel that count: all of a block, or of an only block those that are channels */
  guint kernel;
  guint patch_size; /* of the input: tile_size + kernel − 1 */
  guint tile_size;  /* of the output */
  gint64 n_tiles[2];  /* rows, columns */
  gboolean is_cut[2]; /* whether the last row, or column, of tiles is of short patches */
  guint n_threads;    /* that the work is cut for */
};

/* Patches by which of their directions are short. A group has them in this order, so that those whose product a place
 * wants always lie side by side. */
enum {
  SHORT_ROWS,
  WHOLE,
  SHORT_COLUMNS,
  SHORT,
  N_KINDS,
};

/* Inputs a side of the patches for a map of outputs. */
static guint
choose_patch_size (const FoveaConvolutionGeometry *geometry,
                   gint64 height,
                   gint64 width)
{
  const gboolean is_small = MIN (height, width) < LARGE_MAP, is_cut = height % 4 != 0 || width % 4 != 0;

  if (geometry->kernel[0] > 3)
    return 8;
  if (is_small && (is_cut || geometry->input_channels * geometry->output_channels > MAX_SMALL_MAP_WEIGHTS))
    return 4;
  return 6;
}

/**
 * fovea_winograd_is_suitable:
 * @is_rectified: whether the layer reads what a ReLU made
 *
 * It depends on the layer and its map only, not on the batch, so that an image gives the same
 * result in any batch. F(2×2, 3×3) saves no more than leaving out zeros does, where half of the values are.
 *
 * Returns: whether the layer and its gradient are faster this way than directly
 */
gboolean
fovea_winograd_is_suitable (const FoveaConvolutionGeometry *geometry,
                            gboolean is_rectified)
{
  const gint64 kernel = geometry->kernel[0];
  const gboolean skips_zeros = is_rectified && MIN (geometry->input_channels, geometry->output_channels) >= MIN_CHANNELS_TO_SKIP;

  return geometry->n_groups == 1 &&
         kernel >= 3 && kernel <= 5 && geometry->kernel[1] == kernel &&
         geometry->stride[0] == 1 && geometry->stride[1] == 1 &&
         geometry->dilation[0] == 1 && geometry->dilation[1] == 1 &&
         geometry->pad_begin[0] < kernel && geometry->pad_begin[1] < kernel &&
         geometry->input_channels >= FOVEA_BLOCK && geometry->output_channels >= FOVEA_BLOCK &&
         MIN (geometry->output_height, geometry->output_width) >= MIN_MAP && MIN (geometry->input_height, geometry->input_width) >= MIN_MAP &&
         !(skips_zeros && choose_patch_size (geometry, geometry->output_height, geometry->output_width) == 4);
}

/**
 * fovea_winograd_new:
 * @geometry: a layer that fovea_winograd_is_suitable() for
 * @gradient: whether to make the gradient with respect to the input instead of the convolution
 *
 * Returns: (transfer full): the convolution
 */
FoveaWinograd *
fovea_winograd_new (const FoveaKernels *kernels,
                    const FoveaConvolutionGeometry *geometry,
                    gboolean gradient)
{
  FoveaWinograd *self = g_new0 (FoveaWinograd, 1);

  self->kernels = kernels;
  self->kernel = (guint) geometry->kernel[0];
  self->gradient = gradient;
  self->n_input_blocks = fovea_blocked_count (gradient ? geometry->output_channels : geometry->input_channels);
  self->n_output_blocks = fovea_blocked_count (gradient ? geometry->input_channels : geometry->output_channels);
  self->run = (gsize) MIN (gradient ? geometry->output_channels : geometry->input_channels, FOVEA_BLOCK);
  self->input_height = gradient ? geometry->output_height : geometry->input_height;
  self->input_width = gradient ? geometry->output_width : geometry->input_width;
  self->output_height = gradient ? geometry->input_height : geometry->output_height;
  self->output_width = gradient ? geometry->input_width : geometry->output_width;
  for (guint axis = 0; axis < 2; axis++)
    self->pad[axis] = gradient ? self->kernel - 1 - geometry->pad_begin[axis] : geometry->pad_begin[axis];
  self->patch_size = choose_patch_size (geometry, self->output_height, self->output_width);
  self->tile_size = self->patch_size + 1 - self->kernel;
  self->n_threads = fovea_parallel_get_n_threads ();
  for (guint axis = 0; axis < 2; axis++)
    {
      const gint64 n_outputs = axis == 0 ? self->output_height : self->output_width, n_last = (n_outputs - 1) % self->tile_size + 1;

      self->n_tiles[axis] = (n_outputs + self->tile_size - 1) / self->tile_size;
      self->is_cut[axis] = self->patch_size > 4 && n_last + 2 <= self->tile_size;
    }
  return self;
}

/**
 * fovea_winograd_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_winograd_free (FoveaWinograd *self)
{
  g_free (self);
}

/**
 * fovea_winograd_get_variant:
 *
 * Returns: a number that tells apart the layouts of packed weights that a layer's map sizes lead to
 */
guint
fovea_winograd_get_variant (const FoveaWinograd *self)
{
  return self->patch_size;
}

static gsize
get_plane_weights (const FoveaWinograd *self)
{
  return (gsize) (self->n_input_blocks * self->n_output_blocks) * FOVEA_BLOCK * FOVEA_BLOCK;
}

/**
 * fovea_winograd_get_packed_size:
 *
 * Returns: floats of the transformed weights
 */
gsize
fovea_winograd_get_packed_size (const FoveaWinograd *self)
{
  return self->patch_size * self->patch_size * get_plane_weights (self);
}

/* The weights' transform: row i is the powers of point i, divided by the product of its distances to the
 * other finite points; infinity's is the last weight. */
static void
get_weight_transform (const FoveaWinograd *self,
                      double transform[FOVEA_WINOGRAD_MAX_PATCH][MAX_KERNEL])
{
  const guint n_points = self->patch_size - 1;
  double points[FOVEA_WINOGRAD_MAX_PATCH] = { 0 };

  for (guint i = 1; i < n_points; i++)
    points[i] = (i % 2 == 1 ? 1 : -1) * fovea_winograd_point (self->patch_size, (i - 1) / 2);
  for (guint i = 0; i < n_points; i++)
    {
      double value = 1;

      for (guint j = 0; j < n_points; j++)
        if (j != i)
          value /= points[i] - points[j];
      for (guint j = 0; j < self->kernel; j++, value *= points[i])
        transform[i][j] = value;
    }
  for (guint j = 0; j < self->kernel; j++)
    transform[n_points][j] = j == self->kernel - 1;
}

typedef struct {
  const FoveaWinograd *self;
  const FoveaWeightSource *source;
  double transform[FOVEA_WINOGRAD_MAX_PATCH][MAX_KERNEL];
  float *packed;
} PackData;

/* U = G g Gᵀ for the weights g of a block of outputs side by side, each written to its place's matrix. */
FOVEA_MULTIVERSION static void
transform_weights (const guint kernel,
                   const guint size,
                   const double (*transform)[MAX_KERNEL],
                   const double (*weights)[FOVEA_BLOCK],
                   float *target,
                   gsize plane_stride)
{
  double rows[FOVEA_WINOGRAD_MAX_PATCH][MAX_KERNEL][FOVEA_BLOCK];

  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < kernel; x++)
      {
        double sums[FOVEA_BLOCK] = { 0 };

        for (guint k = 0; k < kernel; k++)
          for (guint lane = 0; lane < FOVEA_BLOCK; lane++)
            sums[lane] += transform[y][k] * weights[k * kernel + x][lane];
        memcpy (rows[y][x], sums, sizeof sums);
      }
  for (guint y = 0; y < size; y++)
    for (guint x = 0; x < size; x++)
      {
        double sums[FOVEA_BLOCK] = { 0 };

        for (guint k = 0; k < kernel; k++)
          for (guint lane = 0; lane < FOVEA_BLOCK; lane++)
            sums[lane] += rows[y][k][lane] * transform[x][k];
        for (guint lane = 0; lane < FOVEA_BLOCK; lane++)
          target[(y * size + x) * plane_stride + lane] = (float) sums[lane];
      }
}

/* One input channel: the weights to all outputs. */
static void
pack_input (gsize item,
            guint worker,
            gpointer data)
{
  const PackData *pack = data;
  const FoveaWinograd *self = pack->self;
  const gint64 tile_width = self->kernels->max_blocks * FOVEA_BLOCK, n_outputs = self->n_output_blocks * FOVEA_BLOCK;
  const guint n_taps = self->kernel * self->kernel;

  for (gint64 output = 0; output < n_outputs; output += FOVEA_BLOCK)
    {
      const gint64 tile = output / tile_width, width = MIN (tile_width, n_outputs - tile * tile_width);
      double weights[MAX_KERNEL * MAX_KERNEL][FOVEA_BLOCK];

      for (gint64 lane = 0; lane < FOVEA_BLOCK; lane++)
        for (guint tap = 0; tap < n_taps; tap++)
          weights[self->gradient ? n_taps - 1 - tap : tap][lane] = fovea_weight_source_get (pack->source, output + lane, (gint64) item, tap);
      transform_weights (self->kernel, self->patch_size, (const double (*)[MAX_KERNEL]) pack->transform, (const double (*)[FOVEA_BLOCK]) weights,
                         pack->packed + (gsize) (tile * tile_width * self->n_input_blocks * FOVEA_BLOCK + (gint64) item * width + output % tile_width),
                         get_plane_weights (self));
    }
}

/**
 * fovea_winograd_pack:
 * @source: the layer's weights; for a gradient outputs and inputs exchanged
 * @packed: (out): fovea_winograd_get_packed_size() floats, aligned to 64 bytes: a matrix for each
 *   place of a patch, in the order in which the kernel reads it
 *
 * Transforms weights, in double precision.
 */
void
fovea_winograd_pack (const FoveaWinograd *self,
                     const FoveaWeightSource *source,
                     float *packed)
{
  PackData pack = { .self = self, .source = source, .packed = packed };

  get_weight_transform (self, pack.transform);
  fovea_parallel_for ((gsize) self->n_input_blocks * FOVEA_BLOCK, pack_input, &pack);
}

static gboolean
has_short_rows (guint kind)
{
  return kind == SHORT_ROWS || kind == SHORT;
}

static gboolean
has_short_columns (guint kind)
{
  return kind == SHORT_COLUMNS || kind == SHORT;
}

/* The tiles of an image, by their kind: where the first one lies, and how many rows and columns of them there are. */
typedef struct {
  gint64 row;
  gint64 column;
  gint64 n_rows;
  gint64 n_columns;
} Tiles;

static Tiles
get_tiles (const FoveaWinograd *self,
           guint kind)
{
  const gint64 n_whole_rows = self->n_tiles[0] - self->is_cut[0], n_whole_columns = self->n_tiles[1] - self->is_cut[1];

  return (Tiles) {
    .row = has_short_rows (kind) ? n_whole_rows : 0,
    .column = has_short_columns (kind) ? n_whole_columns : 0,
    .n_rows = has_short_rows (kind) ? self->is_cut[0] : n_whole_rows,
    .n_columns = has_short_columns (kind) ? self->is_cut[1] : n_whole_columns,
  };
}

/* How a run is cut into pieces. The results do not depend on it. */
typedef struct {
  gboolean split_channels;
  gint64 n_patches;
  gint64 n_groups;   /* of patches, each with its share of every kind */
  gint64 group_size; /* at most */
  gint64 n_chunks;   /* of channel tiles, where channels are split */
  gint64 n_tiles;    /* channel tiles whose products are held at a time */
  gsize input_stride;   /* from one plane of transformed patches to the next */
  gsize product_stride;
} Division;

static void
divide (const FoveaWinograd *self,
        gsize batch,
        Division *division)
{
  const gint64 n_threads = self->n_threads, n_places = self->patch_size * self->patch_size;
  const gint64 n_channel_tiles = (self->n_output_blocks + self->kernels->max_blocks - 1) / self->kernels->max_blocks;
  const gint64 tile_width = self->kernels->max_blocks * FOVEA_BLOCK;

  division->n_patches = (gint64) batch * self->n_tiles[0] * self->n_tiles[1];
  division->split_channels = n_threads > 1 && division->n_patches < n_threads * MIN_THREAD_PATCHES && n_channel_tiles >= n_threads;
  if (division->split_channels)
    {
      division->n_groups = 1;
      division->group_size = division->n_patches;
      division->n_chunks = MIN (n_channel_tiles, 4 * n_threads);
      while (division->n_chunks > n_threads && n_channel_tiles % division->n_chunks != 0)
        division->n_chunks--;
      division->n_tiles = CLAMP ((gint64) PRODUCT_BYTES / (n_places * division->group_size * tile_width * (gint64) sizeof (float)), 1, 4);
    }
  else
    {
      const gint64 max_group = self->patch_size == 8 ? MAX_GROUP_OF_8 : MAX_GROUP;
      const gint64 at_least = (division->n_patches + max_group - 1) / max_group;

      division->n_groups = MIN ((at_least + n_threads - 1) / n_threads * n_threads, division->n_patches);
      division->group_size = 0;
      for (guint kind = 0; kind < N_KINDS; kind++)
        {
          const Tiles tiles = get_tiles (self, kind);

          division->group_size += ((gint64) batch * tiles.n_rows * tiles.n_columns + division->n_groups - 1) / division->n_groups;
        }
      division->n_chunks = 1;
      division->n_tiles = n_channel_tiles;
    }
  division->input_stride = (gsize) (self->n_input_blocks * division->group_size) * FOVEA_BLOCK + PLANE_GAP;
  division->product_stride = (gsize) (division->n_tiles * division->group_size * tile_width) + PLANE_GAP;
}

/**
 * fovea_winograd_get_workspace_size:
 *
 * Returns: bytes of memory that a run's threads share
 */
gsize
fovea_winograd_get_workspace_size (const FoveaWinograd *self,
                                   gsize batch)
{
  Division division;

  divide (self, batch, &division);
  return division.split_channels ? self->patch_size * self->patch_size * division.input_stride * sizeof (float) : 0;
}

/**
 * fovea_winograd_get_scratch_size:
 *
 * Returns: bytes of memory that each thread of the pool wants for itself
 */
gsize
fovea_winograd_get_scratch_size (const FoveaWinograd *self,
                                 gsize batch)
{
  const gsize n_places = self->patch_size * self->patch_size;
  Division division;

  divide (self, batch, &division);
  return n_places * (division.product_stride + (division.split_channels ? 0 : division.input_stride)) * sizeof (float);
}

typedef struct {
  const FoveaWinograd *self;
  gsize batch;
  const float *packed;
  const FoveaBlockedMap *input;
  const FoveaBlockedMap *output;
  const FoveaEpilogue *epilogue;
  Division division;
  float *shared;
  char *scratch;
  gsize scratch_size;
  gssize *segments;
} Run;

/* A group's patches of one kind: of the row of all images' ones, some. */
typedef struct {
  gint64 first;
  gint64 end;
  gint64 place; /* of the first one in the group */
} Patches;

typedef struct {
  Patches patches[N_KINDS];
  gint64 n_patches;
} Group;

static Group
get_group (const Run *run,
           gint64 index)
{
  Group group = { .n_patches = 0 };

  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      const Tiles tiles = get_tiles (run->self, kind);
      const gint64 n = (gint64) run->batch * tiles.n_rows * tiles.n_columns;
      const gint64 n_groups = run->division.n_groups, shift = kind % n_groups; /* so that odd ones go to different groups */
      const Patches patches = {
        .first = (n * index + shift) / n_groups,
        .end = (n * (index + 1) + shift) / n_groups,
        .place = group.n_patches,
      };

      group.patches[kind] = patches;
      group.n_patches += patches.end - patches.first;
    }
  return group;
}

/* Where a patch's tile lies. */
typedef struct {
  gsize image;
  gint64 row;
  gint64 column;
} TilePlace;

static TilePlace
get_tile_place (const FoveaWinograd *self,
                const Tiles *tiles,
                gint64 index)
{
  const gint64 n_tiles = tiles->n_rows * tiles->n_columns;

  return (TilePlace) {
    .image = (gsize) (index / n_tiles),
    .row = (tiles->row + index % n_tiles / tiles->n_columns) * self->tile_size,
    .column = (tiles->column + index % tiles->n_columns) * self->tile_size,
  };
}

static void
transform_patches (const Run *run,
                   gint64 block,
                   const Group *group,
                   float *planes)
{
  const FoveaWinograd *self = run->self;
  const gsize plane = fovea_blocked_get_plane (run->input);

  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      const Tiles tiles = get_tiles (self, kind);
      const Patches *patches = &group->patches[kind];

      for (gint64 i = patches->first; i < patches->end; i++)
        {
          const TilePlace tile = get_tile_place (self, &tiles, i);
          const FoveaPatch patch = {
            .plane = run->input->data + tile.image * run->input->image_stride + (gsize) block * plane,
            .height = self->input_height,
            .width = self->input_width,
            .row = tile.row - self->pad[0],
            .column = tile.column - self->pad[1],
            .is_short = { has_short_rows (kind), has_short_columns (kind) },
          };

          self->kernels->winograd_input (&patch, self->patch_size,
                                         planes + (block * run->division.group_size + patches->place + i - patches->first) * FOVEA_BLOCK,
                                         run->division.input_stride);
        }
    }
}

/* Whether short patches have no product at a row, or column, of places. */
static gboolean
is_left_out (const FoveaWinograd *self,
             gint64 place)
{
  return place >= self->patch_size - 3 && place < self->patch_size - 1;
}

/* The matrix products of a group's patches, at every place, for a range of channel tiles. */
static void
multiply (const Run *run,
          const float *planes,
          const Group *group,
          gint64 first_tile,
          gint64 end_tile,
          float *products)
{
  const FoveaWinograd *self = run->self;
  const gint64 max_pixels = self->kernels->max_pixels, max_blocks = self->kernels->max_blocks;
  const gint64 n_places = self->patch_size * self->patch_size;
  const gsize n_inputs = (gsize) self->n_input_blocks * FOVEA_BLOCK;

  for (gint64 place = 0; place < n_places; place++)
    {
      const gboolean skips_short_rows = is_left_out (self, place / self->patch_size), skips_short_columns = is_left_out (self, place % self->patch_size);
      const gint64 first = skips_short_rows ? group->patches[WHOLE].place : 0;
      const gint64 last = skips_short_columns ? group->patches[SHORT_COLUMNS].place : skips_short_rows ? group->patches[SHORT].place : group->n_patches;
      const gint64 n = last - first, n_parts = (n + max_pixels - 1) / max_pixels;

      for (gint64 tile = first_tile; tile < end_tile; tile++)
        {
          const gint64 block = tile * max_blocks;
          const gint64 n_blocks = MIN (max_blocks, self->n_output_blocks - block);
          const float *weights = run->packed + (gsize) place * get_plane_weights (self) + (gsize) block * FOVEA_BLOCK * n_inputs;
          /* What comes next: the next tile of this place, or the first one of the next place. */
          const float *next = tile + 1 < end_tile ? weights + (gsize) n_blocks * FOVEA_BLOCK * n_inputs
                              : place + 1 < n_places ? weights + get_plane_weights (self) - (gsize) ((tile - first_tile) * max_blocks * FOVEA_BLOCK) * n_inputs
                                                     : NULL;

          for (gint64 part = 0; part < n_parts; part++)
            {
              const gint64 begin = first + n * part / n_parts, end = first + n * (part + 1) / n_parts;
              const gsize lines = (gsize) (max_blocks * FOVEA_BLOCK + n_parts - 1) / (gsize) n_parts;
              const FoveaTile product = {
                .input = planes + (gsize) place * run->division.input_stride + begin * FOVEA_BLOCK,
                .pixel_stride = FOVEA_BLOCK,
                .segments = run->segments,
                .n_segments = (gsize) self->n_input_blocks,
                .run = self->run,
                .weights = weights,
                .output = products + (gsize) place * run->division.product_stride +
                          ((tile - first_tile) * max_blocks * run->division.group_size + begin) * FOVEA_BLOCK,
                .output_pixel_stride = FOVEA_BLOCK,
                .output_block_stride = (gssize) run->division.group_size * FOVEA_BLOCK,
                .prefetch = next != NULL ? (const char *) next + (gsize) part * lines * (gsize) self->n_input_blocks * 64 : NULL,
                .prefetch_lines = next != NULL ? lines : 0,
              };

              self->kernels->tiles[n_blocks - 1][end - begin - 1] (&product);
            }
        }
    }
}

static void
transform_products (const Run *run,
                    gint64 first_block,
                    gint64 end_block,
                    const Group *group,
                    const float *products)
{
  const FoveaWinograd *self = run->self;
  const FoveaEpilogue *epilogue = run->epilogue;
  const gsize plane = fovea_blocked_get_plane (run->output);

  for (gint64 block = first_block; block < end_block; block++)
    for (guint kind = 0; kind < N_KINDS; kind++)
      {
        const Tiles tiles = get_tiles (self, kind);
        const Patches *patches = &group->patches[kind];

        for (gint64 i = patches->first; i < patches->end; i++)
          {
            const TilePlace tile = get_tile_place (self, &tiles, i);
            const gsize place = (gsize) block * plane + (gsize) (tile.row * self->output_width + tile.column) * FOVEA_BLOCK;
            const FoveaPatchOutput output = {
              .output = run->output->data + tile.image * run->output->image_stride + place,
              .width = self->output_width,
              .n_rows = MIN (self->tile_size, self->output_height - tile.row),
              .n_columns = MIN (self->tile_size, self->output_width - tile.column),
              .is_short = { has_short_rows (kind), has_short_columns (kind) },
              .bias = epilogue->bias != NULL ? epilogue->bias + block * FOVEA_BLOCK : NULL,
              .mean = epilogue->mean != NULL ? epilogue->mean + block * FOVEA_BLOCK : NULL,
              .factor = epilogue->factor != NULL ? epilogue->factor + block * FOVEA_BLOCK : NULL,
              .offset = epilogue->offset != NULL ? epilogue->offset + block * FOVEA_BLOCK : NULL,
              .addend = epilogue->addend.data != NULL ? epilogue->addend.data + tile.image * epilogue->addend.image_stride + place : NULL,
              .mask = epilogue->mask.bits != NULL ? epilogue->mask.bits + tile.image * epilogue->mask.image_stride + place / FOVEA_BLOCK : NULL,
              .signs = epilogue->signs.bits != NULL ? epilogue->signs.bits + tile.image * epilogue->signs.image_stride + place / FOVEA_BLOCK : NULL,
              .relu = epilogue->relu,
            };

            self->kernels->winograd_output (products + ((block - first_block) * run->division.group_size + patches->place + i - patches->first) * FOVEA_BLOCK,
                                            run->division.product_stride, self->patch_size, self->tile_size, &output);
          }
      }
}

/* A group of patches, all channels. */
static void
compute_group (gsize item,
               guint worker,
               gpointer data)
{
  const Run *run = data;
  const FoveaWinograd *self = run->self;
  const Group group = get_group (run, (gint64) item);
  float *planes = (float *) (run->scratch + worker * run->scratch_size);
  float *products = planes + self->patch_size * self->patch_size * run->division.input_stride;

  for (gint64 block = 0; block < self->n_input_blocks; block++)
    transform_patches (run, block, &group, planes);
  multiply (run, planes, &group, 0, run->division.n_tiles, products);
  transform_products (run, 0, self->n_output_blocks, &group, products);
}

static void
transform_block (gsize item,
                 guint worker,
                 gpointer data)
{
  const Run *run = data;
  const Group all = get_group (run, 0);

  transform_patches (run, (gint64) item, &all, run->shared);
}

/* All patches, a chunk of the channels. */
static void
compute_channels (gsize item,
                  guint worker,
                  gpointer data)
{
  const Run *run = data;
  const FoveaWinograd *self = run->self;
  const Division *division = &run->division;
  const gint64 max_blocks = self->kernels->max_blocks;
  const gint64 n_channel_tiles = (self->n_output_blocks + max_blocks - 1) / max_blocks;
  const gint64 end = n_channel_tiles * ((gint64) item + 1) / division->n_chunks;
  const Group all = get_group (run, 0);
  float *products = (float *) (run->scratch + worker * run->scratch_size);

  for (gint64 tile = n_channel_tiles * (gint64) item / division->n_chunks; tile < end; tile += division->n_tiles)
    {
      const gint64 end_tile = MIN (tile + division->n_tiles, end);

      multiply (run, run->shared, &all, tile, end_tile, products);
      transform_products (run, tile * max_blocks, MIN (end_tile * max_blocks, self->n_output_blocks), &all, products);
    }
}

/**
 * fovea_winograd_run:
 * @packed: from fovea_winograd_pack()
 * @input: what it reads: for a gradient, the output's gradient
 * @output: every element is written
 * @workspace: (nullable): fovea_winograd_get_workspace_size() bytes, aligned to 64
 * @scratch: fovea_winograd_get_scratch_size() bytes for each thread, aligned to 64
 *
 * Spreads its work over the pool. Each output's sum is made in the same order, whatever the batch
 * and the number of threads are.
 */
void
fovea_winograd_run (const FoveaWinograd *self,
                    gsize batch,
                    const float *packed,
                    const FoveaBlockedMap *input,
                    const FoveaBlockedMap *output,
                    const FoveaEpilogue *epilogue,
                    gpointer workspace,
                    gpointer scratch)
{
  g_autofree gssize *segments = g_new (gssize, self->n_input_blocks);
  Run run = {
    .self = self,
    .batch = batch,
    .packed = packed,
    .input = input,
    .output = output,
    .epilogue = epilogue,
    .shared = workspace,
    .scratch = scratch,
    .scratch_size = fovea_winograd_get_scratch_size (self, batch),
    .segments = segments,
  };

  divide (self, batch, &run.division);
  for (gint64 block = 0; block < self->n_input_blocks; block++)
    segments[block] = block * run.division.group_size * FOVEA_BLOCK;
  if (run.division.split_channels)
    {
      fovea_parallel_for ((gsize) self->n_input_blocks, transform_block, &run);
      fovea_parallel_for ((gsize) run.division.n_chunks, compute_channels, &run);
    }
  else
    fovea_parallel_for ((gsize) run.division.n_groups, compute_group, &run);
}
