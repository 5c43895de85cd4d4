/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/arena.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGNMENT 64

/* Arenas from half of this on ask for huge pages: fewer page faults, fewer misses of the address cache, and no
 * small pages that happen to compete for the same places of a cache. */
#define HUGE_PAGE (2 << 20)

/**
 * fovea_arena_round_up:
 *
 * Returns: the smallest size of a buffer that holds @size bytes
 */
gsize
fovea_arena_round_up (gsize size)
{
  return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int
compare_begin (gconstpointer a,
               gconstpointer b)
{
  const FoveaBuffer *x = *(const FoveaBuffer *const *) a, *y = *(const FoveaBuffer *const *) b;

  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  if (x->size != y->size)
    return x->size > y->size ? -1 : 1;
  return 0;
}

/**
 * fovea_arena_place:
 * @buffers: (array length=n_buffers): those with size 0 are left out
 * @batch: number of images that the buffers are for, for the message
 * @size: (out): bytes of the arena that holds them all
 * @error: %FOVEA_ERROR_TOO_LARGE where that is more than the machine's memory
 *
 * First fit: in the order of time, each buffer gets the lowest place where it does not overlap a
 * buffer that is still in use.
 *
 * Returns: whether every buffer has its place
 */
gboolean
fovea_arena_place (guint n_buffers,
                   FoveaBuffer **buffers,
                   gsize batch,
                   gsize *size,
                   GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (n_buffers);
  g_autoptr (GPtrArray) live = g_ptr_array_new (); /* by offset */
  const guint64 physical = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);

  for (guint i = 0; i < n_buffers; i++)
    if (buffers[i]->size > 0)
      g_ptr_array_add (sorted, buffers[i]);
  g_ptr_array_sort (sorted, compare_begin);

  *size = 0;
  for (guint i = 0; i < sorted->len; i++)
    {
      FoveaBuffer *buffer = g_ptr_array_index (sorted, i);
      guint place = 0;
      gsize offset = 0;

      for (guint j = live->len; j-- > 0;)
        if (((FoveaBuffer *) g_ptr_array_index (live, j))->end < buffer->begin)
          g_ptr_array_remove_index (live, j);
      for (; place < live->len; place++)
        {
          const FoveaBuffer *other = g_ptr_array_index (live, place);

          if (other->offset - offset >= buffer->size)
            break;
          offset = other->offset + other->size;
        }
      buffer->offset = offset;
      g_ptr_array_insert (live, (int) place, buffer);
      *size = MAX (*size, offset + buffer->size);
      if (*size > physical)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "running this network on %" G_GSIZE_FORMAT " images at once needs more memory than this machine's %" G_GUINT64_FORMAT " MiB",
                       batch, physical >> 20);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * fovea_arena_allocate:
 * @size: bytes
 * @error: %FOVEA_ERROR_TOO_LARGE where there is not so much memory
 *
 * Returns: (transfer full): memory aligned to 64 bytes, undefined, for free()
 */
gpointer
fovea_arena_allocate (gsize size,
                      GError **error)
{
  const gsize alignment = size >= HUGE_PAGE / 2 ? HUGE_PAGE : ALIGNMENT;
  const gsize rounded = (MAX (size, 1) + alignment - 1) / alignment * alignment;
  gpointer memory = aligned_alloc (alignment, rounded);

  if (memory == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "no memory for the %" G_GSIZE_FORMAT " MiB that running this network needs", size >> 20);
      return NULL;
    }
  if (alignment == HUGE_PAGE)
    madvise (memory, rounded, MADV_HUGEPAGE);
  return memory;
}
