/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdatomic.h>

#include "engine/parallel.h"

#define N_ITEMS 1000

typedef struct {
  atomic_uint runs[N_ITEMS];
  atomic_uint busy[FOVEA_PARALLEL_MAX_THREADS];
  atomic_uint clashes;
} Counts;

static void
count (gsize item,
       guint worker,
       gpointer data)
{
  Counts *counts = data;

  g_assert_cmpuint (worker, <, fovea_parallel_get_n_threads ());
  if (atomic_exchange (&counts->busy[worker], 1) != 0)
    atomic_fetch_add (&counts->clashes, 1);
  atomic_fetch_add (&counts->runs[item], 1);
  atomic_store (&counts->busy[worker], 0);
}

static void
run_and_check (void)
{
  g_autofree Counts *counts = g_new0 (Counts, 1);

  fovea_parallel_for (N_ITEMS, count, counts);
  for (guint i = 0; i < N_ITEMS; i++)
    g_assert_cmpuint (counts->runs[i], ==, 1);
  g_assert_cmpuint (counts->clashes, ==, 0);
}

static void
test_each_item_once (void)
{
  for (guint n_threads = 1; n_threads <= 4; n_threads++)
    {
      fovea_parallel_set_n_threads (n_threads);
      g_assert_cmpuint (fovea_parallel_get_n_threads (), ==, n_threads);
      for (guint i = 0; i < 200; i++)
        run_and_check ();
    }
  fovea_parallel_set_n_threads (0);
  g_assert_cmpuint (fovea_parallel_get_n_threads (), ==, 1);
  fovea_parallel_set_n_threads (100000);
  g_assert_cmpuint (fovea_parallel_get_n_threads (), ==, FOVEA_PARALLEL_MAX_THREADS);
}

static gpointer
run_many (gpointer data)
{
  for (guint i = 0; i < 200; i++)
    run_and_check ();
  return NULL;
}

static void
test_several_callers (void)
{
  GThread *threads[4];

  fovea_parallel_set_n_threads (3);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, run_many, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
add_one (gsize item,
         guint worker,
         gpointer data)
{
  ((guint *) data)[item]++;
}

/* What one loop writes, the next one sees, without any other synchronization. */
static void
test_loops_see_each_other (void)
{
  guint values[64] = { 0 };

  fovea_parallel_set_n_threads (2);
  for (guint i = 0; i < 5000; i++)
    fovea_parallel_for (G_N_ELEMENTS (values), add_one, values);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmpuint (values[i], ==, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parallel/each-item-once", test_each_item_once);
  g_test_add_func ("/parallel/several-callers", test_several_callers);
  g_test_add_func ("/parallel/loops-see-each-other", test_loops_see_each_other);
  return g_test_run ();
}
