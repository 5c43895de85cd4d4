/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patch-picture.h"

#include <math.h>

#include "ui/color-scale.h"
#include "ui/number.h"
#include "ui/texture.h"

/* Crops are enlarged to at least so many pixels, whole images reduced to at most so many. */
#define CROP_SIZE 256
#define WHOLE_SIZE 640

/* Every how many pixels one is kept, so that the image has at most WHOLE_SIZE of them a side. */
static GdkTexture *
make_whole (const FoveaImage *image)
{
  guint step = (MAX (image->width, image->height) + WHOLE_SIZE - 1) / WHOLE_SIZE;
  g_autoptr (FoveaImage) small = NULL;

  if (step <= 1)
    return fovea_texture_new_enlarged (image, 1);
  small = fovea_image_resize (image, MAX (image->width / step, 1), MAX (image->height / step, 1), NULL);
  return small != NULL ? fovea_texture_new_enlarged (small, 1) : NULL;
}

static gboolean
load_map (FoveaPatchPicture *self,
          FoveaNetwork *network,
          int layer,
          guint channel,
          GError **error)
{
  const FoveaShape *shape = fovea_graph_get_shape (fovea_network_get_graph (network), (guint) layer);
  const FoveaImage *input = self->patch->input;
  g_autoptr (GPtrArray) maps = NULL;

  if (shape->height * shape->width <= 1)
    return TRUE;
  maps = fovea_patches_compute_maps (network, layer, channel, 1, &input, error);
  if (maps == NULL)
    return FALSE;
  self->map = fovea_patches_enlarge_map (network, layer, g_ptr_array_index (maps, 0), self->patch->box, error);
  if (self->map == NULL)
    return FALSE;
  self->overlay = fovea_texture_new_from_map (self->map->data, (guint) self->map->shape[1], (guint) self->map->shape[0], 0, (double) self->maximum);
  return TRUE;
}

/**
 * fovea_patch_picture_load:
 * @set: an image set
 * @network: the network
 * @layer: its node
 * @channel: the layer's channel
 * @hit: from a scan of them
 * @maximum: the activation with the colour scale's last colour
 *
 * The thread that calls this computes; any thread.
 *
 * Returns: (transfer full): the picture, which says itself if it cannot be shown
 */
FoveaPatchPicture *
fovea_patch_picture_load (FoveaImageSet *set,
                          FoveaNetwork *network,
                          int layer,
                          guint channel,
                          const FoveaScanHit *hit,
                          float maximum)
{
  FoveaPatchPicture *self = g_new0 (FoveaPatchPicture, 1);
  int image_class = fovea_image_set_get_image_class (set, hit->image);
  g_autoptr (FoveaImage) image = NULL;
  g_autoptr (GError) error = NULL;

  g_atomic_ref_count_init (&self->references);
  self->set = fovea_image_set_ref (set);
  self->image = hit->image;
  self->activation = hit->activation;
  self->maximum = maximum;
  self->name = g_filename_display_name (fovea_image_set_get_image_name (set, hit->image));
  self->class_name = image_class >= 0 ? fovea_image_set_get_class_name (set, (guint) image_class) : NULL;

  image = fovea_image_set_load_image (set, hit->image, &error);
  self->patch = image != NULL ? fovea_patch_new (image, network, layer, hit, &error) : NULL;
  if (self->patch != NULL)
    {
      self->crop = fovea_texture_new_enlarged (self->patch->crop, CROP_SIZE);
      self->whole = make_whole (image);
      load_map (self, network, layer, channel, &error);
    }
  if (error != NULL)
    self->error = g_strdup (error->message);
  return self;
}

/**
 * fovea_patch_picture_ref:
 * @self: a picture
 *
 * Returns: (transfer full): @self. Any thread.
 */
FoveaPatchPicture *
fovea_patch_picture_ref (FoveaPatchPicture *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_patch_picture_unref:
 * @self: (nullable): a picture
 *
 * Gives a reference back. Any thread.
 */
void
fovea_patch_picture_unref (FoveaPatchPicture *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  fovea_image_set_unref (self->set);
  fovea_patch_free (self->patch);
  g_clear_pointer (&self->map, fovea_tensor_unref);
  g_clear_object (&self->crop);
  g_clear_object (&self->overlay);
  g_clear_object (&self->whole);
  g_free (self->name);
  g_free (self->error);
  g_free (self);
}

/**
 * fovea_patch_picture_describe:
 * @self: a picture
 *
 * Returns: (transfer full): the image, its class, the activation, and where the unit is, in one line
 */
char *
fovea_patch_picture_describe (const FoveaPatchPicture *self)
{
  GString *text = g_string_new (self->name);
  g_autofree char *activation = fovea_number_format ((double) self->activation, 4);

  if (self->class_name != NULL)
    g_string_append_printf (text, " · class “%s”", self->class_name);
  g_string_append_printf (text, " · activation %s", activation);
  if (self->patch != NULL && self->map != NULL)
    g_string_append_printf (text, " at row %" G_GINT64_FORMAT ", column %" G_GINT64_FORMAT, self->patch->y, self->patch->x);
  if (self->error != NULL)
    g_string_append_printf (text, " · %s", self->error);
  return g_string_free (text, FALSE);
}

/**
 * fovea_patch_picture_blend:
 * @self: a picture that has a patch
 * @opacity: of the map over it, in [0,1]
 * @size: the side of a square
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): the crop with its map, as large as fits in the middle of a white square; its pixels
 *   are squares, so that nothing is shown that the network has not seen. Any thread.
 */
FoveaImage *
fovea_patch_picture_blend (const FoveaPatchPicture *self,
                           double opacity,
                           guint size,
                           GError **error)
{
  const FoveaImage *crop = self->patch->crop;
  const guint8 (*colors)[3] = fovea_color_scale_get ();
  FoveaImage *blended = fovea_image_new (size, size, error);
  guint longer = MAX (crop->width, crop->height);
  guint width = MAX (crop->width * size / longer, 1), height = MAX (crop->height * size / longer, 1);
  guint left = (size - width) / 2, top = (size - height) / 2;

  if (blended == NULL)
    return NULL;
  memset (blended->pixels, 255, (gsize) size * size * 3);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      {
        gsize from = (y * crop->height / height) * crop->width + x * crop->width / width;
        guint8 *pixel = blended->pixels + ((y + top) * size + x + left) * 3;
        const guint8 *color = self->map != NULL ? colors[fovea_color_scale_find ((double) self->map->data[from], 0, (double) self->maximum)] : NULL;

        for (gsize component = 0; component < 3; component++)
          {
            double value = crop->pixels[from * 3 + component];

            pixel[component] = (guint8) lrint (color != NULL ? value * (1 - opacity) + color[component] * opacity : value);
          }
      }
  return blended;
}
