/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-loader.h"

#include "engine/images/ordered-loader.h"

struct _FoveaImageLoader {
  FoveaOrderedLoader *loader;
  FoveaImageSet *set;
  guint n_networks;
  FoveaNetwork **networks;
  guint *same; /* for each network the first one that wants images of the same size */
};

static gboolean
wants_same (const FoveaNetwork *a,
            const FoveaNetwork *b)
{
  const FoveaShape *shape_a = fovea_graph_get_input_shape (fovea_network_get_graph (a));
  const FoveaShape *shape_b = fovea_graph_get_input_shape (fovea_network_get_graph (b));

  return fovea_shape_equal (shape_a, shape_b) && fovea_network_get_resize (a) == fovea_network_get_resize (b);
}

/* What cannot be fitted counts as what cannot be read. */
static gpointer
load (gsize index,
      gpointer data)
{
  const FoveaImageLoader *self = data;
  FoveaLoadedImage *item = g_new0 (FoveaLoadedImage, 1);
  g_autoptr (FoveaImage) image = fovea_image_set_load_image (self->set, index, &item->error);

  item->index = index;
  if (image == NULL)
    return item;
  item->width = image->width;
  item->height = image->height;
  item->n_images = MAX (self->n_networks, 1);
  item->images = g_new0 (FoveaImage *, item->n_images);
  if (self->n_networks == 0)
    item->images[0] = g_steal_pointer (&image);
  for (guint i = 0; i < self->n_networks && item->error == NULL; i++)
    item->images[i] = self->same[i] < i ? item->images[self->same[i]] : fovea_image_fit_to_network (image, self->networks[i], &item->error);
  if (item->error != NULL)
    {
      g_prefix_error (&item->error, "%s: ", fovea_image_set_get_image_name (self->set, index));
      for (guint i = 0; i < self->n_networks; i++)
        if (self->same[i] == i)
          fovea_image_free (item->images[i]);
      g_clear_pointer (&item->images, g_free);
      item->n_images = item->width = item->height = 0;
    }
  return item;
}

/**
 * fovea_image_loader_new:
 * @set: the images
 * @first: the first image to load
 * @end: where to stop: the image after the last one
 * @n_networks: how many networks
 * @networks: (array length=n_networks) (nullable): whose input the images shall fit; %NULL is none, then
 *   images come as they are
 *
 * Starts to load; see fovea_ordered_loader_new().
 *
 * Returns: (transfer full): the loader
 */
FoveaImageLoader *
fovea_image_loader_new (FoveaImageSet *set,
                        gsize first,
                        gsize end,
                        guint n_networks,
                        FoveaNetwork *const *networks)
{
  FoveaImageLoader *self = g_new0 (FoveaImageLoader, 1);

  g_return_val_if_fail (first <= end && end <= fovea_image_set_get_n_images (set), NULL);

  self->set = fovea_image_set_ref (set);
  self->n_networks = n_networks;
  self->networks = g_new (FoveaNetwork *, n_networks);
  self->same = g_new (guint, n_networks);
  for (guint i = 0; i < n_networks; i++)
    {
      self->networks[i] = fovea_network_ref (networks[i]);
      for (self->same[i] = 0; !wants_same (networks[self->same[i]], networks[i]); self->same[i]++)
        ;
    }
  self->loader = fovea_ordered_loader_new (first, end, load, (GDestroyNotify) fovea_loaded_image_free, self);
  return self;
}

/**
 * fovea_image_loader_next:
 *
 * Waits for the next image in the set's order. One that cannot be read comes as well, with its error.
 *
 * Returns: (transfer full) (nullable): it; %NULL after the last one
 */
FoveaLoadedImage *
fovea_image_loader_next (FoveaImageLoader *self)
{
  return fovea_ordered_loader_next (self->loader);
}

/**
 * fovea_image_loader_free:
 *
 * Stops the threads, which finish the images that they have begun, and frees what was not taken.
 */
void
fovea_image_loader_free (FoveaImageLoader *self)
{
  fovea_ordered_loader_free (self->loader);
  for (guint i = 0; i < self->n_networks; i++)
    fovea_network_unref (self->networks[i]);
  fovea_image_set_unref (self->set);
  g_free (self->networks);
  g_free (self->same);
  g_free (self);
}

/**
 * fovea_loaded_image_free:
 * @item: (nullable): what fovea_image_loader_next() returned
 */
void
fovea_loaded_image_free (FoveaLoadedImage *item)
{
  if (item == NULL)
    return;
  for (guint i = 0; i < item->n_images; i++)
    {
      gboolean is_shared = FALSE;

      for (guint j = 0; j < i; j++)
        is_shared |= item->images[j] == item->images[i];
      if (!is_shared)
        fovea_image_free (item->images[i]);
    }
  g_free (item->images);
  g_clear_error (&item->error);
  g_free (item);
}
