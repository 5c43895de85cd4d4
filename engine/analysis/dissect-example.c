/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/dissect-example.h"

#include <string.h>

#include "engine/analysis/dissect-count.h"
#include "engine/plan.h"

/* How bright the image is where the channel is not: NetDissect's figures darken it likewise. */
#define DARKENED 0.3

/* The outline is a pixel thick in images smaller than this, two in those of twice the size, and so on: it is to be seen in
 * thumbnails. */
#define OUTLINE_SHARE 96

/**
 * fovea_dissect_example_free:
 * @example: (nullable): an example
 */
void
fovea_dissect_example_free (FoveaDissectExample *example)
{
  if (example == NULL)
    return;
  g_free (example->name);
  fovea_image_free (example->picture);
  g_free (example->channel_mask);
  g_free (example->concept_mask);
  g_free (example);
}

static void
fill_concept_mask (FoveaDissectExample *example,
                   const FoveaConceptMasks *masks,
                   guint concept)
{
  gsize n_pixels = (gsize) masks->width * masks->height;

  for (guint m = 0; m < masks->n_maps; m++)
    for (gsize i = 0; i < n_pixels; i++)
      example->concept_mask[i] |= masks->maps[m].labels[i] == concept + 1;
  for (guint i = 0; i < masks->n_labels; i++)
    if (masks->labels[i].concept == concept)
      memset (example->concept_mask, 1, n_pixels);
}

static void
fill_channel_mask (FoveaDissectExample *example,
                   const FoveaDissectAxis axes[2],
                   const float *map,
                   guint map_width,
                   double threshold)
{
  gsize n_pixels = (gsize) example->width * example->height;
  g_autofree float *upsampled = g_new (float, n_pixels);

  fovea_dissect_upsample (axes, map, map_width, upsampled);
  for (gsize i = 0; i < n_pixels; i++)
    example->channel_mask[i] = upsampled[i] > threshold;
}

static void
count_pixels (FoveaDissectExample *example)
{
  gsize n_pixels = (gsize) example->width * example->height;
  guint n_either;

  for (gsize i = 0; i < n_pixels; i++)
    {
      example->n_channel += example->channel_mask[i];
      example->n_concept += example->concept_mask[i];
      example->n_both += example->channel_mask[i] & example->concept_mask[i];
    }
  n_either = example->n_channel + example->n_concept - example->n_both;
  example->iou = n_either > 0 ? (double) example->n_both / n_either : 0;
}

/* The image as the network sees it; @picture stays as it is. */
static gboolean
run_network (FoveaPlan *plan,
             const FoveaShape *input,
             const FoveaImage *picture,
             GError **error)
{
  g_autoptr (FoveaImage) fitted = fovea_image_resize (picture, (guint) input->width, (guint) input->height, error);
  g_autoptr (FoveaTensor) tensor = fitted != NULL ? fovea_image_to_tensor (fitted, error) : NULL;

  if (tensor == NULL)
    return FALSE;
  fovea_plan_forward (plan, tensor->data);
  return TRUE;
}

/**
 * fovea_dissect_examples:
 * @dissection: of the layer with the set
 * @network, @layer, @set, @alignment: what was dissected, and how
 * @channel: a channel
 * @concept: a concept, such as the channel's label; %FOVEA_DISSECT_NO_CONCEPT is none
 * @quantile: which threshold
 * @n_examples: how many images, at most %FOVEA_DISSECT_N_TOP_IMAGES
 * @job: (nullable): progress in images, and cancelling
 * @error: as fovea_plan_new(); `G_IO_ERROR_CANCELLED`
 *
 * The images in which the channel is strongest, the strongest first. One that cannot be read any more is left
 * out. Takes a forward pass an image. Any thread.
 *
 * Returns: (transfer full) (element-type FoveaDissectExample): the examples, or %NULL
 */
GPtrArray *
fovea_dissect_examples (const FoveaDissection *dissection,
                        FoveaNetwork *network,
                        int layer,
                        FoveaConceptSet *set,
                        FoveaDissectAlignment alignment,
                        guint channel,
                        guint concept,
                        guint quantile,
                        guint n_examples,
                        const FoveaJob *job,
                        GError **error)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph), *shape = fovea_graph_get_shape (graph, (guint) layer);
  FoveaImageSet *images = fovea_concept_set_get_images (set);
  double threshold = fovea_dissection_get_threshold (dissection, channel, quantile);
  g_autoptr (GPtrArray) examples = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dissect_example_free);
  g_autoptr (FoveaPlan) plan = fovea_plan_new (fovea_network_get_graph (network), 1, input->height, input->width, 1, &layer, FOVEA_PLAN_FORWARD, error);
  const guint32 *top;
  const float *activations;
  guint n = MIN (n_examples, fovea_dissection_get_top_images (dissection, channel, &top, &activations));

  if (plan == NULL)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FoveaDissectExample) example = g_new0 (FoveaDissectExample, 1);
      g_autoptr (FoveaConceptMasks) masks = NULL;
      FoveaDissectAxis axes[2] = { 0 };

      if (fovea_job_is_cancelled (job, error))
        return NULL;
      fovea_job_report (job, i, n);
      if (top[i] >= fovea_image_set_get_n_images (images) || !fovea_concept_set_load (set, top[i], &example->picture, &masks, NULL))
        continue;
      if (!run_network (plan, input, example->picture, error))
        return NULL;
      example->image = top[i];
      example->name = g_filename_display_name (fovea_image_set_get_image_name (images, top[i]));
      example->activation = activations[i];
      example->width = masks->width;
      example->height = masks->height;
      example->channel_mask = g_new0 (guint8, (gsize) masks->width * masks->height);
      example->concept_mask = g_new0 (guint8, (gsize) masks->width * masks->height);
      fovea_dissect_axes_init (axes, alignment, network, layer, masks->width, masks->height);
      fill_channel_mask (example, axes, fovea_plan_get_activation (plan, 0) + channel * (gsize) shape->height * shape->width, (guint) shape->width, threshold);
      fovea_dissect_axis_clear (&axes[0]);
      fovea_dissect_axis_clear (&axes[1]);
      if (concept != FOVEA_DISSECT_NO_CONCEPT)
        fill_concept_mask (example, masks, concept);
      count_pixels (example);
      g_ptr_array_add (examples, g_steal_pointer (&example));
    }
  return g_steal_pointer (&examples);
}

/* The mask's pixel under a pixel of the picture. */
static gsize
find_pixel (const FoveaDissectExample *example,
            guint y,
            guint x)
{
  const FoveaImage *picture = example->picture;

  return (gsize) ((guint64) y * example->height / picture->height) * example->width + (gsize) ((guint64) x * example->width / picture->width);
}

/* Whether a pixel of the picture lies within the concept and less than @thickness pixels from what does not. */
static gboolean
is_outline (const FoveaDissectExample *example,
            guint y,
            guint x,
            guint thickness)
{
  const guint right = MIN (x + thickness, example->picture->width - 1), below = MIN (y + thickness, example->picture->height - 1);
  const guint left = x > thickness ? x - thickness : 0, above = y > thickness ? y - thickness : 0;

  return example->concept_mask[find_pixel (example, y, x)]
         && !(example->concept_mask[find_pixel (example, y, left)] && example->concept_mask[find_pixel (example, y, right)]
              && example->concept_mask[find_pixel (example, above, x)] && example->concept_mask[find_pixel (example, below, x)]);
}

/**
 * fovea_dissect_example_draw:
 * @outline: red, green, blue of the concept's outline
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the picture in its own size, dark where the channel's mask is not, with the concept's outline,
 *   or %NULL
 */
FoveaImage *
fovea_dissect_example_draw (const FoveaDissectExample *example,
                            const guint8 outline[3],
                            GError **error)
{
  const FoveaImage *picture = example->picture;
  const guint thickness = 1 + MAX (picture->width, picture->height) / OUTLINE_SHARE;
  FoveaImage *drawn = fovea_image_new (picture->width, picture->height, error);

  if (drawn == NULL)
    return NULL;
  for (guint y = 0; y < picture->height; y++)
    for (guint x = 0; x < picture->width; x++)
      {
        const guint8 *from = picture->pixels + ((gsize) y * picture->width + x) * 3;
        guint8 *to = drawn->pixels + ((gsize) y * picture->width + x) * 3;
        const gboolean is_lit = example->channel_mask[find_pixel (example, y, x)];

        if (is_outline (example, y, x, thickness))
          memcpy (to, outline, 3);
        else
          for (guint c = 0; c < 3; c++)
            to[c] = is_lit ? from[c] : (guint8) (from[c] * DARKENED);
      }
  return drawn;
}
