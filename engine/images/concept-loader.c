/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/concept-loader.h"

#include "engine/parallel.h"

/* More would only fight for the file system. */
#define MAX_THREADS 16

/* How far ahead the threads may be: enough to bridge a batch. */
#define IMAGES_AHEAD_A_THREAD 12

struct _FoveaConceptLoader {
  FoveaConceptSet *set;
  gsize end;
  guint width, height;

  guint n_threads;
  GThread *threads[MAX_THREADS];

  /* Image i waits in place i % capacity. */
  gsize capacity;
  FoveaLoadedConcepts **ready;

  GMutex mutex; /* guards what follows, and ready */
  GCond loaded; /* the image that next() waits for is ready */
  GCond taken;  /* there is room again, or the threads shall stop */
  gsize next_to_load;
  gsize next_to_take;
  gboolean stopped;
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

static FoveaLoadedConcepts *
load (const FoveaConceptLoader *self,
      gsize index)
{
  FoveaLoadedConcepts *item = g_new0 (FoveaLoadedConcepts, 1);

  item->index = index;
  if (!fovea_concept_set_load (self->set, index, &item->image, &item->masks, &item->error))
    return item;
  item->image = fovea_concept_loader_stretch (item->image, self->width, self->height, &item->error);
  if (item->image == NULL)
    g_clear_pointer (&item->masks, fovea_concept_masks_free);
  return item;
}

static gpointer
run (gpointer data)
{
  FoveaConceptLoader *self = data;

  /* The images are what is spread over threads here. */
  fovea_parallel_stay_in_thread ();
  g_mutex_lock (&self->mutex);
  for (;;)
    {
      FoveaLoadedConcepts *item;
      gsize index;

      while (!self->stopped && self->next_to_load < self->end && self->next_to_load >= self->next_to_take + self->capacity)
        g_cond_wait (&self->taken, &self->mutex);
      if (self->stopped || self->next_to_load >= self->end)
        break;
      index = self->next_to_load++;
      g_mutex_unlock (&self->mutex);

      item = load (self, index);

      g_mutex_lock (&self->mutex);
      self->ready[index % self->capacity] = item;
      if (index == self->next_to_take)
        g_cond_signal (&self->loaded);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/**
 * fovea_concept_loader_new:
 * @set: the images with their masks
 * @first: the first image to load
 * @end: where to stop: the image after the last one
 * @width, @height: the size of the network's input
 *
 * Starts to load. As many threads as the pool has, which all work when the engine does not.
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
  self->next_to_load = self->next_to_take = first;
  self->end = end;
  self->width = width;
  self->height = height;
  self->n_threads = (guint) MIN (MIN (fovea_parallel_get_n_threads (), MAX_THREADS), end - first);
  self->capacity = MAX (self->n_threads, 1) * IMAGES_AHEAD_A_THREAD;
  self->ready = g_new0 (FoveaLoadedConcepts *, self->capacity);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->loaded);
  g_cond_init (&self->taken);
  for (guint i = 0; i < self->n_threads; i++)
    self->threads[i] = g_thread_new ("fovea-loader", run, self);
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  FoveaLoadedConcepts **place = &self->ready[self->next_to_take % self->capacity];

  if (self->next_to_take >= self->end)
    return NULL;
  while (*place == NULL)
    g_cond_wait (&self->loaded, &self->mutex);
  self->next_to_take++;
  g_cond_signal (&self->taken);
  return g_steal_pointer (place);
}

/**
 * fovea_concept_loader_free:
 *
 * Stops the threads, which finish the images that they have begun, and frees what was not taken.
 */
void
fovea_concept_loader_free (FoveaConceptLoader *self)
{
  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_broadcast (&self->taken);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  for (gsize i = 0; i < self->capacity; i++)
    g_clear_pointer (&self->ready[i], fovea_loaded_concepts_free);
  fovea_concept_set_unref (self->set);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->loaded);
  g_cond_clear (&self->taken);
  g_free (self->ready);
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
