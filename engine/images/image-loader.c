/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-loader.h"

#include "engine/parallel.h"

/* More would only fight for the file system. */
#define MAX_THREADS 16

/* How far ahead the threads may be: enough to bridge a batch. */
#define IMAGES_AHEAD_A_THREAD 16

struct _FoveaImageLoader {
  FoveaImageSet *set;
  gsize end;
  guint n_networks;
  FoveaNetwork **networks;
  guint *same; /* for each network the first one that wants images of the same size */

  guint n_threads;
  GThread *threads[MAX_THREADS];

  /* Image i waits in place i % capacity. */
  gsize capacity;
  FoveaLoadedImage **ready;

  GMutex mutex;      /* guards what follows, and ready */
  GCond loaded;      /* the image that next() waits for is ready */
  GCond taken;       /* there is room again, or the threads shall stop */
  gsize next_to_load;
  gsize next_to_take;
  gboolean stopped;
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
static FoveaLoadedImage *
load (const FoveaImageLoader *self,
      gsize index)
{
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

static gpointer
run (gpointer data)
{
  FoveaImageLoader *self = data;

  /* The images are what is spread over threads here. */
  fovea_parallel_stay_in_thread ();
  g_mutex_lock (&self->mutex);
  for (;;)
    {
      FoveaLoadedImage *item;
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
 * fovea_image_loader_new:
 * @set: the images
 * @first: the first image to load
 * @end: where to stop: the image after the last one
 * @n_networks: how many networks
 * @networks: (array length=n_networks) (nullable): whose input the images shall fit; %NULL is none, then
 *   images come as they are
 *
 * Starts to load. As many threads as the pool has, which all work when the engine does not.
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
  self->next_to_load = self->next_to_take = first;
  self->end = end;
  self->n_networks = n_networks;
  self->networks = g_new (FoveaNetwork *, n_networks);
  self->same = g_new (guint, n_networks);
  for (guint i = 0; i < n_networks; i++)
    {
      self->networks[i] = fovea_network_ref (networks[i]);
      for (self->same[i] = 0; !wants_same (networks[self->same[i]], networks[i]); self->same[i]++)
        ;
    }
  self->n_threads = (guint) MIN (MIN (fovea_parallel_get_n_threads (), MAX_THREADS), end - first);
  self->capacity = MAX (self->n_threads, 1) * IMAGES_AHEAD_A_THREAD;
  self->ready = g_new0 (FoveaLoadedImage *, self->capacity);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->loaded);
  g_cond_init (&self->taken);
  for (guint i = 0; i < self->n_threads; i++)
    self->threads[i] = g_thread_new ("fovea-loader", run, self);
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
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  FoveaLoadedImage **place = &self->ready[self->next_to_take % self->capacity];

  if (self->next_to_take >= self->end)
    return NULL;
  while (*place == NULL)
    g_cond_wait (&self->loaded, &self->mutex);
  self->next_to_take++;
  g_cond_signal (&self->taken);
  return g_steal_pointer (place);
}

/**
 * fovea_image_loader_free:
 *
 * Stops the threads, which finish the images that they have begun, and frees what was not taken.
 */
void
fovea_image_loader_free (FoveaImageLoader *self)
{
  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_broadcast (&self->taken);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  for (gsize i = 0; i < self->capacity; i++)
    g_clear_pointer (&self->ready[i], fovea_loaded_image_free);
  for (guint i = 0; i < self->n_networks; i++)
    fovea_network_unref (self->networks[i]);
  fovea_image_set_unref (self->set);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->loaded);
  g_cond_clear (&self->taken);
  g_free (self->networks);
  g_free (self->same);
  g_free (self->ready);
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
