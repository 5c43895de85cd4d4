/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/parallel.h"

#include <stdatomic.h>

/* How often a worker looks for new work before it sleeps: some hundred microseconds. That is longer than most layers
 * keep one thread waiting for another, and waking a thread that sleeps would cost as much as its share of a
 * small one. */
#define SPINS 10000

typedef struct _Loop Loop;

struct _Loop {
  FoveaParallelFunc func;
  gpointer data;
  gsize n_items;
  atomic_size_t next;     /* the next item nobody has taken */
  atomic_uint n_working;  /* pool threads inside this loop */
  Loop *older;            /* list of running loops, newest first; guarded by the pool's mutex */
};

/* Threads that call fovea_parallel_for() work on their own loop as worker 0; pool thread i helps any
 * loop as worker i + 1. A loop lives on its caller's stack and leaves the list before its caller
 * returns, so pool threads only enter a loop under the mutex. */
static struct {
  GMutex mutex;
  GCond wake;           /* a loop was added, or the number of threads changed */
  Loop *loops;          /* guarded by mutex */
  atomic_uint n_added;  /* counts loops ever added, for spinning without the mutex */
  guint n_started;      /* pool threads that exist; guarded by mutex, as is the next */
  guint n_sleeping;     /* pool threads that wait for wake */
  atomic_uint n_threads; /* threads to use including the caller; 0 is not set yet */
} pool;

/* Whether this thread does its loops alone. */
static _Thread_local gboolean stays_in_thread;

static void
run_items (Loop *loop,
           guint worker)
{
  for (;;)
    {
      gsize item = atomic_fetch_add_explicit (&loop->next, 1, memory_order_relaxed);
      if (item >= loop->n_items)
        return;
      loop->func (item, worker, loop->data);
    }
}

static Loop *
find_loop_with_work (void)
{
  for (Loop *loop = pool.loops; loop != NULL; loop = loop->older)
    if (atomic_load_explicit (&loop->next, memory_order_relaxed) < loop->n_items)
      return loop;
  return NULL;
}

static gpointer
pool_thread (gpointer data)
{
  guint worker = GPOINTER_TO_UINT (data);
  guint n_seen = 0;

  for (;;)
    {
      Loop *loop;

      for (guint i = 0; i < SPINS && atomic_load_explicit (&pool.n_added, memory_order_relaxed) == n_seen; i++)
        {
#if defined(__x86_64__) || defined(__i386__)
          __builtin_ia32_pause ();
#endif
        }

      g_mutex_lock (&pool.mutex);
      n_seen = atomic_load (&pool.n_added);
      while (worker >= atomic_load (&pool.n_threads) || (loop = find_loop_with_work ()) == NULL)
        {
          pool.n_sleeping++;
          g_cond_wait (&pool.wake, &pool.mutex);
          pool.n_sleeping--;
          n_seen = atomic_load (&pool.n_added);
        }
      atomic_fetch_add (&loop->n_working, 1);
      g_mutex_unlock (&pool.mutex);

      run_items (loop, worker);
      atomic_fetch_sub_explicit (&loop->n_working, 1, memory_order_release);
    }
  return NULL;
}

/**
 * fovea_parallel_set_n_threads:
 * @n_threads: threads that a loop may use, its caller included; clamped to 1 …
 *   %FOVEA_PARALLEL_MAX_THREADS
 *
 * Plans that exist keep the scratch memory of the number they were made with, so call it before
 * making any. Not while a loop runs.
 */
void
fovea_parallel_set_n_threads (guint n_threads)
{
  n_threads = CLAMP (n_threads, 1, FOVEA_PARALLEL_MAX_THREADS);

  g_mutex_lock (&pool.mutex);
  atomic_store (&pool.n_threads, n_threads);
  for (; pool.n_started + 1 < n_threads; pool.n_started++)
    g_thread_unref (g_thread_new ("fovea-worker", pool_thread, GUINT_TO_POINTER (pool.n_started + 1)));
  g_cond_broadcast (&pool.wake);
  g_mutex_unlock (&pool.mutex);
}

/**
 * fovea_parallel_get_n_threads:
 *
 * Returns: how many threads a loop may use; the number of processors unless it was set. Any thread.
 */
guint
fovea_parallel_get_n_threads (void)
{
  static gsize initialized;

  if (g_once_init_enter (&initialized))
    {
      if (atomic_load (&pool.n_threads) == 0)
        fovea_parallel_set_n_threads (g_get_num_processors ());
      g_once_init_leave (&initialized, 1);
    }
  return atomic_load (&pool.n_threads);
}

/**
 * fovea_parallel_stay_in_thread:
 *
 * From now on the loops of the thread that calls this run in it alone. For threads of which there are
 * several that do the same thing: they need no help, and would only be in each other's way.
 */
void
fovea_parallel_stay_in_thread (void)
{
  stays_in_thread = TRUE;
}

/**
 * fovea_parallel_for:
 * @n_items: number of items
 * @func: does one item
 * @data: passed to @func
 *
 * Calls @func once for each item, in any order and on several threads, and returns when all are
 * done. What the caller wrote before is visible to @func, and what @func wrote is visible to the
 * caller afterwards. Any thread; several threads may run loops at the same time and then share the
 * pool. @func may run a loop of its own: its thread is worker 0 there.
 *
 * To give the same results with any number of threads, make the items depend on sizes only.
 */
void
fovea_parallel_for (gsize n_items,
                    FoveaParallelFunc func,
                    gpointer data)
{
  Loop loop = { .func = func, .data = data, .n_items = n_items };
  gboolean wake;

  if (n_items <= 1 || stays_in_thread || fovea_parallel_get_n_threads () == 1)
    {
      for (gsize item = 0; item < n_items; item++)
        func (item, 0, data);
      return;
    }

  g_mutex_lock (&pool.mutex);
  loop.older = pool.loops;
  pool.loops = &loop;
  wake = pool.n_sleeping > 0;
  g_mutex_unlock (&pool.mutex);
  /* Threads that spin see this and want the mutex at once: it must be free by now, or they would sleep. */
  atomic_fetch_add (&pool.n_added, 1);
  if (wake)
    g_cond_broadcast (&pool.wake);

  run_items (&loop, 0);

  g_mutex_lock (&pool.mutex);
  for (Loop **link = &pool.loops; *link != NULL; link = &(*link)->older)
    if (*link == &loop)
      {
        *link = loop.older;
        break;
      }
  g_mutex_unlock (&pool.mutex);

  /* Whoever is still inside has at most one item left. */
  for (guint spins = 0; atomic_load_explicit (&loop.n_working, memory_order_acquire) > 0; spins++)
    {
      if (spins > SPINS)
        g_thread_yield ();
#if defined(__x86_64__) || defined(__i386__)
      else
        __builtin_ia32_pause ();
#endif
    }
}
