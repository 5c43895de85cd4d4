/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/patches.h"

#include <math.h>
#include <string.h>

#include "engine/plan.h"
#include "engine/receptive-field.h"

/* Inputs in one run when activation maps are computed. */
#define BATCH 8

/* What rounding errors may add to a whole number of pixels. */
#define NOISE 1e-6

/**
 * fovea_patch_get_box:
 * @layer: a node of the network
 * @y, @x: a unit's place in that layer's map
 * @box: (out): x0, y0, x1, y1 in pixels of the network's input, x1 and y1 exclusive
 *
 * The unit's receptive field, clipped to the input. Any thread.
 */
void
fovea_patch_get_box (const FoveaNetwork *network,
                     int layer,
                     gint64 y,
                     gint64 x,
                     gint64 box[4])
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);

  fovea_receptive_field_get_box (fovea_graph_get_receptive_field (graph, (guint) layer), y, x, input->height, input->width, box);
}

/**
 * fovea_patch_map_box:
 * @image_width, @image_height: an image's own size
 * @box: x0, y0, x1, y1 in pixels of the network's input
 * @image_box: (out): the same part of the image itself, rounded outwards to whole pixels
 * @error: as fovea_image_fit_to_network()
 *
 * Any thread.
 *
 * Returns: whether the network can see such an image
 */
gboolean
fovea_patch_map_box (const FoveaNetwork *network,
                     guint image_width,
                     guint image_height,
                     const gint64 box[4],
                     gint64 image_box[4],
                     GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  const FoveaImage image = { .width = image_width, .height = image_height };
  double seen[4], across, down;

  if (!fovea_image_get_network_crop (&image, network, seen, error))
    return FALSE;
  across = (seen[2] - seen[0]) / (double) input->width;
  down = (seen[3] - seen[1]) / (double) input->height;
  image_box[0] = (gint64) floor (seen[0] + (double) box[0] * across + NOISE);
  image_box[1] = (gint64) floor (seen[1] + (double) box[1] * down + NOISE);
  image_box[2] = (gint64) ceil (seen[0] + (double) box[2] * across - NOISE);
  image_box[3] = (gint64) ceil (seen[1] + (double) box[3] * down - NOISE);
  return TRUE;
}

/**
 * fovea_patch_new:
 * @image: an image in its own size
 * @network: the network
 * @layer: its node
 * @hit: where the layer's activation is strong
 * @error: as fovea_image_fit_to_network()
 *
 * Any thread.
 *
 * Returns: (transfer full): what the unit sees there, or %NULL
 */
FoveaPatch *
fovea_patch_new (const FoveaImage *image,
                 const FoveaNetwork *network,
                 int layer,
                 const FoveaScanHit *hit,
                 GError **error)
{
  g_autoptr (FoveaPatch) patch = g_new0 (FoveaPatch, 1);
  gint64 *box = patch->box;

  patch->image = hit->image;
  patch->activation = hit->activation;
  patch->y = hit->y;
  patch->x = hit->x;
  patch->image_width = image->width;
  patch->image_height = image->height;
  fovea_patch_get_box (network, layer, hit->y, hit->x, box);
  if (!fovea_patch_map_box (network, image->width, image->height, box, patch->image_box, error))
    return NULL;
  patch->input = fovea_image_fit_to_network (image, network, error);
  if (patch->input == NULL)
    return NULL;
  patch->crop = fovea_image_crop (patch->input, (guint) box[0], (guint) box[1], (guint) (box[2] - box[0]), (guint) (box[3] - box[1]), error);
  return patch->crop != NULL ? g_steal_pointer (&patch) : NULL;
}

/**
 * fovea_patch_load:
 * @set: the images
 * @network: the network
 * @layer: its node
 * @hit: from a scan of that layer over this set
 * @error: as fovea_image_set_load_image(), fovea_image_fit_to_network()
 *
 * Any thread.
 *
 * Returns: (transfer full): the patch, or %NULL
 */
FoveaPatch *
fovea_patch_load (FoveaImageSet *set,
                  const FoveaNetwork *network,
                  int layer,
                  const FoveaScanHit *hit,
                  GError **error)
{
  g_autoptr (FoveaImage) image = fovea_image_set_load_image (set, hit->image, error);

  return image != NULL ? fovea_patch_new (image, network, layer, hit, error) : NULL;
}

/**
 * fovea_patch_free:
 * @patch: (nullable): a patch
 */
void
fovea_patch_free (FoveaPatch *patch)
{
  if (patch == NULL)
    return;
  fovea_image_free (patch->input);
  fovea_image_free (patch->crop);
  g_free (patch);
}

/**
 * fovea_patches_compute_maps:
 * @network: the network
 * @layer: its node
 * @channel: the layer's channel
 * @n_inputs: how many inputs
 * @inputs: (array length=n_inputs): images of the network's input size
 * @error: as fovea_plan_new()
 *
 * The thread that calls this computes; any thread.
 *
 * Returns: (transfer full) (element-type FoveaTensor): of each input the channel's activation map [height, width],
 *   or %NULL
 */
GPtrArray *
fovea_patches_compute_maps (FoveaNetwork *network,
                            int layer,
                            gint64 channel,
                            guint n_inputs,
                            const FoveaImage *const *inputs,
                            GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph), *shape = fovea_graph_get_shape (graph, (guint) layer);
  guint batch = CLAMP (n_inputs, 1, BATCH);
  gsize n_values = fovea_shape_get_n_elements (input), n_units = (gsize) shape->height * (gsize) shape->width;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, batch, input->height, input->width, 1, &layer, FOVEA_PLAN_FORWARD, error);
  g_autoptr (FoveaTensor) images = NULL;
  g_autoptr (GPtrArray) maps = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_tensor_unref);

  g_return_val_if_fail (channel >= 0 && channel < shape->channels, NULL);
  if (plan == NULL)
    return NULL;
  images = fovea_tensor_new (4, (gint64[]) { batch, input->channels, input->height, input->width }, error);
  if (images == NULL)
    return NULL;
  memset (images->data, 0, images->n_elements * sizeof (float));
  for (guint begin = 0; begin < n_inputs; begin += batch)
    {
      guint n = MIN (batch, n_inputs - begin);

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (FoveaTensor) image = fovea_image_to_tensor (inputs[begin + i], error);

          if (image == NULL)
            return NULL;
          g_return_val_if_fail (image->n_elements == n_values, NULL);
          memcpy (images->data + i * n_values, image->data, n_values * sizeof (float));
        }
      fovea_plan_forward (plan, images->data);
      for (guint i = 0; i < n; i++)
        {
          FoveaTensor *map = fovea_tensor_new (2, (gint64[]) { shape->height, shape->width }, error);

          if (map == NULL)
            return NULL;
          memcpy (map->data, fovea_plan_get_activation (plan, 0) + ((gsize) i * (gsize) shape->channels + (gsize) channel) * n_units, n_units * sizeof (float));
          g_ptr_array_add (maps, map);
        }
    }
  return g_steal_pointer (&maps);
}

/* The two units whose centres a pixel lies between, and how far it is from the first to the second. */
static void
locate (const FoveaReceptiveField *field,
        guint axis,
        gint64 n_units,
        gint64 pixel,
        gint64 units[2],
        float *weight)
{
  double centre = (double) field->offset[axis] + (double) field->size[axis] / 2;
  double place = ((double) pixel + 0.5 - centre) / (double) field->stride[axis];

  place = CLAMP (place, 0, (double) (n_units - 1));
  units[0] = (gint64) floor (place);
  units[1] = MIN (units[0] + 1, n_units - 1);
  *weight = (float) (place - (double) units[0]);
}

/**
 * fovea_patches_enlarge_map:
 * @network: the network
 * @layer: its node
 * @map: [height, width]: an activation map of that layer
 * @box: x0, y0, x1, y1: a part of the network's input
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Each unit is laid on the centre of what it sees, and between centres the activation is interpolated
 * linearly; beyond the outermost ones it stays the same. Any thread.
 *
 * Returns: (transfer full): [y1 - y0, x1 - x0]: the activation at each pixel, or %NULL
 */
FoveaTensor *
fovea_patches_enlarge_map (const FoveaNetwork *network,
                           int layer,
                           const FoveaTensor *map,
                           const gint64 box[4],
                           GError **error)
{
  const FoveaReceptiveField *field = fovea_graph_get_receptive_field (fovea_network_get_graph (network), (guint) layer);
  gint64 height = map->shape[0], width = map->shape[1];
  FoveaTensor *enlarged = fovea_tensor_new (2, (gint64[]) { box[3] - box[1], box[2] - box[0] }, error);

  if (enlarged == NULL)
    return NULL;
  for (gint64 y = box[1]; y < box[3]; y++)
    for (gint64 x = box[0]; x < box[2]; x++)
      {
        gint64 rows[2], columns[2];
        float down, right, upper, lower;

        locate (field, 0, height, y, rows, &down);
        locate (field, 1, width, x, columns, &right);
        upper = map->data[rows[0] * width + columns[0]] * (1 - right) + map->data[rows[0] * width + columns[1]] * right;
        lower = map->data[rows[1] * width + columns[0]] * (1 - right) + map->data[rows[1] * width + columns[1]] * right;
        enlarged->data[(y - box[1]) * (box[2] - box[0]) + x - box[0]] = upper * (1 - down) + lower * down;
      }
  return enlarged;
}
