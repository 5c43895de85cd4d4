/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/ordered-loader.h"

#include "engine/parallel.h"

/* More would only fight for the file system. */
#define MAX_THREADS 16

/* How far ahead the threads may be: enough to bridge a batch. */
#define AHEAD_A_THREAD 16
#define MIN_AHEAD 64

struct _FoveaOrderedLoader {
  FoveaLoadFunc load;
  GDestroyNotify free_item;
  gpointer data;
  gsize end;

  guint n_threads;
  GThread *threads[MAX_THREADS];

  /* Item i waits in place i % capacity. */
  gsize capacity;
  gpointer *ready;

  GMutex mutex; /* guards what follows, and ready */
  GCond loaded; /* the item that next() waits for is ready */
  GCond taken;  /* there is room again, or the threads shall stop */
  gsize next_to_load;
  gsize next_to_take;
  gsize load_limit; /* how far the threads go before they rest */
  gboolean stopped;
};

static gpointer
run (gpointer data)
{
  FoveaOrderedLoader *self = data;

  /* The items are what is spread over threads here. */
  fovea_parallel_stay_in_thread ();
  g_mutex_lock (&self->mutex);
  for (;;)
    {
      gpointer item;
      gsize index;

      while (!self->stopped && self->next_to_load < self->end && self->next_to_load >= self->load_limit)
        g_cond_wait (&self->taken, &self->mutex);
      if (self->stopped || self->next_to_load >= self->end)
        break;
      index = self->next_to_load++;
      g_mutex_unlock (&self->mutex);

      item = self->load (index, self->data);

      g_mutex_lock (&self->mutex);
      self->ready[index % self->capacity] = item;
      if (index == self->next_to_take)
        g_cond_signal (&self->loaded);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/**
 * fovea_ordered_loader_new:
 * @first: the number of the first item
 * @end: where to stop: the number after the last item's
 * @load: loads an item
 * @free_item: frees one that nobody took
 * @data: for @load, borrowed for the life of the loader
 *
 * Starts to load. As many threads as the pool has, which all work when the engine does not.
 *
 * Returns: (transfer full): the loader
 */
FoveaOrderedLoader *
fovea_ordered_loader_new (gsize first,
                          gsize end,
                          FoveaLoadFunc load,
                          GDestroyNotify free_item,
                          gpointer data)
{
  FoveaOrderedLoader *self = g_new0 (FoveaOrderedLoader, 1);

  g_assert (first <= end);

  self->load = load;
  self->free_item = free_item;
  self->data = data;
  self->next_to_load = self->next_to_take = first;
  self->end = end;
  self->n_threads = (guint) MIN (MIN (fovea_parallel_get_n_threads (), MAX_THREADS), end - first);
  self->capacity = MAX (self->n_threads * AHEAD_A_THREAD, MIN_AHEAD);
  self->load_limit = first + self->capacity;
  self->ready = g_new0 (gpointer, self->capacity);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->loaded);
  g_cond_init (&self->taken);
  for (guint i = 0; i < self->n_threads; i++)
    self->threads[i] = g_thread_new ("fovea-loader", run, self);
  return self;
}

/* Wakes the threads when there is room for half of what they may be ahead, not for each item: a thread
 * that wakes up takes a processor from the engine in the middle of its work, and the others wait for it. */
static void
make_room (FoveaOrderedLoader *self)
{
  if (self->next_to_take + self->capacity - self->load_limit < self->capacity / 2)
    return;
  self->load_limit = self->next_to_take + self->capacity;
  g_cond_broadcast (&self->taken);
}

/**
 * fovea_ordered_loader_next:
 *
 * Waits for the next item.
 *
 * Returns: (transfer full) (nullable): it; %NULL after the last one
 */
gpointer
fovea_ordered_loader_next (FoveaOrderedLoader *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  gpointer *place = &self->ready[self->next_to_take % self->capacity];

  if (self->next_to_take >= self->end)
    return NULL;
  while (*place == NULL)
    g_cond_wait (&self->loaded, &self->mutex);
  self->next_to_take++;
  make_room (self);
  return g_steal_pointer (place);
}

/**
 * fovea_ordered_loader_free:
 *
 * Stops the threads, which finish the items that they have begun, and frees what was not taken.
 */
void
fovea_ordered_loader_free (FoveaOrderedLoader *self)
{
  g_mutex_lock (&self->mutex);
  self->stopped = TRUE;
  g_cond_broadcast (&self->taken);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  for (gsize i = 0; i < self->capacity; i++)
    g_clear_pointer (&self->ready[i], self->free_item);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->loaded);
  g_cond_clear (&self->taken);
  g_free (self->ready);
  g_free (self);
}
