/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/diversity.h"

#include <math.h>

#include "engine/images/image.h"

#define N_PATCHES FOVEA_DIVERSITY_N_PATCHES
#define SIZE FOVEA_DIVERSITY_PATCH_SIZE
#define N_COLORS 3

/* What a patch's value is where its field reaches beyond the image. */
#define OUTSIDE 0xffff

/**
 * fovea_diversity_count_classes:
 * @scan: with one hit an image
 * @channel: below its number of channels
 *
 * The classes of the images that excite a channel most (as many as the scan kept, 49 in Chen, Agarwal, Nguyen 2020).
 *
 * Thread: any.
 */
void
fovea_diversity_count_classes (const FoveaScan *scan,
                               const FoveaImageSet *set,
                               guint channel,
                               FoveaClassDiversity *diversity)
{
  g_autofree guint *counts = g_new0 (guint, fovea_image_set_get_n_classes (set) + 1);
  guint n_hits;
  const FoveaScanHit *hits = fovea_scan_get_hits (scan, channel, &n_hits);

  *diversity = (FoveaClassDiversity) { 0 };
  for (guint i = 0; i < n_hits; i++)
    {
      int image_class = fovea_image_set_get_image_class (set, hits[i].image);

      if (image_class < 0)
        continue;
      diversity->n_images++;
      if (counts[image_class]++ == 0)
        diversity->n_classes++;
    }
  for (guint i = 0; i < fovea_image_set_get_n_classes (set); i++)
    if (counts[i] > 0)
      {
        double share = (double) counts[i] / diversity->n_images;

        diversity->entropy -= share * log2 (share);
      }
}

/* Patches of so many bytes are held at once; a layer with more has them all the same. */
#define MAXIMUM_BYTES ((gsize) 256 << 20)

/* Bytes of a channel's patches. */
#define CHANNEL_BYTES ((gsize) N_PATCHES * SIZE * SIZE * N_COLORS * sizeof (guint16))

/* Layers whose patches are cut in one pass over the images. */
typedef struct {
  FoveaImageSet *set;
  FoveaNetwork *network;
  guint n_layers;
  FoveaScan *const *scans;
  const int *layers;
  guint n_channels;  /* of all layers */
  guint *n_patches;  /* of each channel */
  guint16 *patches;  /* [n_channels, N_PATCHES, SIZE, SIZE, N_COLORS] */
  GArray *wanted;    /* (element-type Wanted): by image */
} Pass;

/* One patch that an image has to give. */
typedef struct {
  guint32 image;
  guint32 slot; /* channel * N_PATCHES + rank, with the channels of one layer after those of another */
  gint64 y;     /* of the receptive field's corner in the network's input */
  gint64 x;
  const FoveaReceptiveField *field;
} Wanted;

static int
compare_wanted (gconstpointer a,
                gconstpointer b)
{
  const Wanted *wanted_a = a;
  const Wanted *wanted_b = b;

  if (wanted_a->image != wanted_b->image)
    return wanted_a->image < wanted_b->image ? -1 : 1;
  return wanted_a->slot < wanted_b->slot ? -1 : wanted_a->slot > wanted_b->slot;
}

/* The mean of the input pixels that fall into each of SIZE × SIZE equal cells of the field; a field with fewer pixels
 * repeats them. */
static void
cut_patch (const FoveaImage *image,
           const FoveaReceptiveField *field,
           gint64 top,
           gint64 left,
           guint16 *patch)
{
  for (gint64 row = 0; row < SIZE; row++)
    for (gint64 column = 0; column < SIZE; column++)
      {
        gint64 y_begin = row * field->size[0] / SIZE, y_end = MAX (y_begin + 1, (row + 1) * field->size[0] / SIZE);
        gint64 x_begin = column * field->size[1] / SIZE, x_end = MAX (x_begin + 1, (column + 1) * field->size[1] / SIZE);
        guint64 sums[N_COLORS] = { 0 }, n = 0;

        for (gint64 y = MAX (0, top + y_begin); y < MIN (image->height, top + y_end); y++)
          for (gint64 x = MAX (0, left + x_begin); x < MIN (image->width, left + x_end); x++)
            {
              const guint8 *pixel = image->pixels + ((gsize) y * image->width + (gsize) x) * N_COLORS;

              for (guint color = 0; color < N_COLORS; color++)
                sums[color] += pixel[color];
              n++;
            }
        /* In units of 1/128 grey level, so that a mean keeps its fraction. */
        for (guint color = 0; color < N_COLORS; color++)
          *patch++ = n > 0 ? (guint16) ((sums[color] * 128 + n / 2) / n) : OUTSIDE;
      }
}

/* Root mean square difference over what lies in both images, of values in [0,1]; -1 where nothing does. */
static double
get_distance (const guint16 *a,
              const guint16 *b)
{
  guint64 squares = 0, n = 0;

  for (gsize i = 0; i < SIZE * SIZE * N_COLORS; i++)
    if (a[i] != OUTSIDE && b[i] != OUTSIDE)
      {
        gint64 difference = (gint64) a[i] - b[i];

        squares += (guint64) (difference * difference);
        n++;
      }
  return n > 0 ? sqrt ((double) squares / (double) n) / (128 * 255) : -1;
}

static double
get_mean_distance (const guint16 *patches,
                   guint n_patches)
{
  double sum = 0;
  guint n_pairs = 0;

  for (guint i = 0; i < n_patches; i++)
    for (guint k = i + 1; k < n_patches; k++)
      {
        double distance = get_distance (patches + (gsize) i * SIZE * SIZE * N_COLORS, patches + (gsize) k * SIZE * SIZE * N_COLORS);

        if (distance < 0)
          continue;
        sum += distance;
        n_pairs++;
      }
  return n_pairs > 0 ? sum / n_pairs : 0;
}

static void
list_wanted (Pass *pass)
{
  guint first = 0;

  for (guint i = 0; i < pass->n_layers; i++)
    {
      const FoveaReceptiveField *field = fovea_graph_get_receptive_field (fovea_network_get_graph (pass->network), (guint) pass->layers[i]);
      const FoveaScan *scan = pass->scans[i];

      for (guint channel = 0; channel < fovea_scan_get_n_channels (scan); channel++)
        {
          guint n_hits;
          const FoveaScanHit *hits = fovea_scan_get_hits (scan, channel, &n_hits);

          pass->n_patches[first + channel] = MIN (n_hits, N_PATCHES);
          for (guint k = 0; k < MIN (n_hits, N_PATCHES); k++)
            {
              Wanted patch = {
                .image = hits[k].image,
                .slot = (first + channel) * N_PATCHES + k,
                .y = hits[k].y * field->stride[0] + field->offset[0],
                .x = hits[k].x * field->stride[1] + field->offset[1],
                .field = field,
              };

              g_array_append_val (pass->wanted, patch);
            }
        }
      first += fovea_scan_get_n_channels (scan);
    }
  g_array_sort (pass->wanted, compare_wanted);
}

/* Each image is loaded once, whatever number of channels it excites. */
static gboolean
cut_patches (Pass *pass,
             const FoveaJob *job,
             GError **error)
{
  g_autoptr (FoveaImage) image = NULL;

  for (guint i = 0; i < pass->wanted->len; i++)
    {
      const Wanted *patch = &g_array_index (pass->wanted, Wanted, i);

      if (i == 0 || patch->image != g_array_index (pass->wanted, Wanted, i - 1).image)
        {
          g_autoptr (FoveaImage) loaded = NULL;

          if (fovea_job_is_cancelled (job, error))
            return FALSE;
          loaded = fovea_image_set_load_image (pass->set, patch->image, error);
          g_clear_pointer (&image, fovea_image_free);
          image = loaded != NULL ? fovea_image_fit_to_network (loaded, pass->network, error) : NULL;
          if (image == NULL)
            return FALSE;
          fovea_job_report (job, i, pass->wanted->len);
        }
      cut_patch (image, patch->field, patch->y, patch->x, pass->patches + (gsize) patch->slot * SIZE * SIZE * N_COLORS);
    }
  fovea_job_report (job, pass->wanted->len, pass->wanted->len);
  return TRUE;
}

/* Adds an array of numbers for each layer. */
static void
add_distances (const Pass *pass,
               GPtrArray *distances)
{
  guint first = 0;

  for (guint i = 0; i < pass->n_layers; i++)
    {
      guint n_channels = fovea_scan_get_n_channels (pass->scans[i]);
      double *of_layer = g_new (double, n_channels);

      for (guint channel = 0; channel < n_channels; channel++)
        of_layer[channel] = get_mean_distance (pass->patches + (gsize) (first + channel) * N_PATCHES * SIZE * SIZE * N_COLORS, pass->n_patches[first + channel]);
      g_ptr_array_add (distances, of_layer);
      first += n_channels;
    }
}

static gboolean
measure_pass (Pass *pass,
              GPtrArray *distances,
              const FoveaJob *job,
              GError **error)
{
  gboolean done = FALSE;

  pass->patches = g_try_malloc_n (pass->n_channels, CHANNEL_BYTES);
  if (pass->patches == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "there is not enough memory for the patches of %u channels", pass->n_channels);
      return FALSE;
    }
  pass->n_patches = g_new (guint, pass->n_channels);
  pass->wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));
  list_wanted (pass);
  if (cut_patches (pass, job, error))
    {
      add_distances (pass, distances);
      done = TRUE;
    }
  g_array_unref (pass->wanted);
  g_free (pass->n_patches);
  g_free (pass->patches);
  return done;
}

/**
 * fovea_diversity_measure_patches:
 * @n_layers, @scans, @layers: scans of layers of @network on @set, with one hit an image
 * @job: (nullable): progress in patches; those of layers that do not fit beside the others are counted anew
 *
 * Of each channel, how unlike its %FOVEA_DIVERSITY_N_PATCHES strongest patches are: the mean over their pairs of the
 * root mean square difference of their pixels, of values in [0,1]. A patch is the receptive field at
 * %FOVEA_DIVERSITY_PATCH_SIZE squared pixels, each the mean of what falls into it; what lies outside one of the two
 * images does not count. 0 where there is no pair.
 *
 * An image is decoded, or composed, once for all layers, as long as their patches fit into 256 MiB.
 *
 * Errors: those of fovea_image_set_load_image(), for an image that has been lost since the scan; %G_IO_ERROR_CANCELLED;
 * %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (element-type double*): for each layer, one number a channel
 *
 * Thread: any. Memory: 55 kB a channel, up to 256 MiB or the largest layer.
 */
GPtrArray *
fovea_diversity_measure_patches (guint n_layers,
                                 FoveaScan *const *scans,
                                 const int *layers,
                                 FoveaImageSet *set,
                                 FoveaNetwork *network,
                                 const FoveaJob *job,
                                 GError **error)
{
  g_autoptr (GPtrArray) distances = g_ptr_array_new_with_free_func (g_free);

  for (guint first = 0; first < n_layers;)
    {
      Pass pass = { .set = set, .network = network, .scans = scans + first, .layers = layers + first };

      while (first < n_layers)
        {
          guint n_channels = fovea_scan_get_n_channels (scans[first]);

          if (pass.n_layers > 0 && (pass.n_channels + n_channels) * CHANNEL_BYTES > MAXIMUM_BYTES)
            break;
          pass.n_channels += n_channels;
          pass.n_layers++;
          first++;
        }
      if (!measure_pass (&pass, distances, job, error))
        return NULL;
    }
  return g_steal_pointer (&distances);
}
