/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/concept-loader.h"

#include "engine/images/ordered-loader.h"

struct _FoveaConceptLoader {
  FoveaOrderedLoader *loader;
  FoveaConceptSet *set;
  guint width, height;
};

/**
 * fovea_concept_loader_stretch:
 * @image: (transfer full): an image
 * @width, @height: the size that is wanted
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Masks cover the whole image, so the network has to see the whole image: it is resized to the
 * network's input in both directions, and nothing is cut off. Images of the right size, as Broden's for
 * networks of the same size, stay as they are.
 *
 * Returns: (transfer full): the image in the size, or %NULL
 */
FoveaImage *
fovea_concept_loader_stretch (FoveaImage *image,
                              guint width,
                              guint height,
                              GError **error)
{
  FoveaImage *resized;

  if (image->width == width && image->height == height)
    return image;
  resized = fovea_image_resize (image, width, height, error);
  fovea_image_free (image);
  return resized;
}

static gpointer
load (gsize index,
      gpointer data)
{
  const FoveaConceptLoader *self = data;
  FoveaLoadedConcepts *item = g_new0 (FoveaLoadedConcepts, 1);

  item->index = index;
  if (!fovea_concept_set_load (self->set, index, &item->image, &item->masks, &item->error))
    return item;
  item->image = fovea_concept_loader_stretch (item->image, self->width, self->height, &item->error);
  if (item->image == NULL)
    g_clear_pointer (&item->masks, fovea_concept_masks_free);
  return item;
}

/**
 * fovea_concept_loader_new:
 * @set: the images with their masks
 * @first: the first image to load
 * @end: where to stop: the image after the last one
 * @width, @height: the size of the network's input
 *
 * Starts to load; see fovea_ordered_loader_new().
 *
 * Returns: (transfer full): the loader
 */
FoveaConceptLoader *
fovea_concept_loader_new (FoveaConceptSet *set,
                          gsize first,
                          gsize end,
                          guint width,
                          guint height)
{
  FoveaConceptLoader *self = g_new0 (FoveaConceptLoader, 1);

  g_assert (first <= end && end <= fovea_image_set_get_n_images (fovea_concept_set_get_images (set)));

  self->set = fovea_concept_set_ref (set);
  self->width = width;
  self->height = height;
  self->loader = fovea_ordered_loader_new (first, end, load, (GDestroyNotify) fovea_loaded_concepts_free, self);
  return self;
}

/**
 * fovea_concept_loader_next:
 *
 * Waits for the next image in the set's order. One that cannot be read comes as well, with its error.
 *
 * Returns: (transfer full) (nullable): it; %NULL after the last one
 */
FoveaLoadedConcepts *
fovea_concept_loader_next (FoveaConceptLoader *self)
{
  return fovea_ordered_loader_next (self->loader);
}

/**
 * fovea_concept_loader_free:
 *
 * Stops the threads, which finish the images that they have begun, and frees what was not taken.
 */
void
fovea_concept_loader_free (FoveaConceptLoader *self)
{
  fovea_ordered_loader_free (self->loader);
  fovea_concept_set_unref (self->set);
  g_free (self);
}

/**
 * fovea_loaded_concepts_free:
 * @item: (nullable): what fovea_concept_loader_next() returned
 */
void
fovea_loaded_concepts_free (FoveaLoadedConcepts *item)
{
  if (item == NULL)
    return;
  fovea_image_free (item->image);
  fovea_concept_masks_free (item->masks);
  g_clear_error (&item->error);
  g_free (item);
}
