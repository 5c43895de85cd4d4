/* The job queue: order, pausing, cancelling, merging of updates.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/ui/display.h"

typedef struct {
  char name;
  GString *log; /* of what ran, in order */
  GMutex *mutex;
  gint *gate; /* nullable: the job runs until it is not 0 */
  gint steps; /* checkpoints passed */
  guint n_updates;
  guint n_done;
  guint *n_destroyed;
  GThread *ran_in;
  GThread *done_in;
} Work;

static void
run_until_gate (FoveaQueuedJob *job,
                gpointer data)
{
  Work *work = data;

  work->ran_in = g_thread_self ();
  if (work->log != NULL)
    {
      g_mutex_lock (work->mutex);
      g_string_append_c (work->log, work->name);
      g_mutex_unlock (work->mutex);
    }
  while (work->gate != NULL && g_atomic_int_get (work->gate) == 0 && fovea_queued_job_checkpoint (job))
    {
      g_atomic_int_inc (&work->steps);
      fovea_queued_job_request_update (job);
      g_usleep (500);
    }
}

static void
updated (FoveaQueuedJob *job,
         gpointer data)
{
  ((Work *) data)->n_updates++;
}

static void
done (FoveaQueuedJob *job,
      gpointer data)
{
  Work *work = data;

  work->n_done++;
  work->done_in = g_thread_self ();
}

static void
destroyed (gpointer data)
{
  Work *work = data;

  if (work->n_destroyed != NULL)
    (*work->n_destroyed)++;
}

static FoveaQueuedJob *
push (FoveaJobQueue *queue,
      int priority,
      Work *work)
{
  return fovea_job_queue_push (queue, priority, run_until_gate, updated, done, work, destroyed);
}

static void
test_delivers (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (1);
  guint n_destroyed = 0;
  Work work = { .n_destroyed = &n_destroyed };
  g_autoptr (FoveaQueuedJob) job = push (queue, 0, &work);

  fovea_test_wait_until (work.n_done == 1 && n_destroyed == 1, 5);
  g_assert_true (work.ran_in != NULL && work.ran_in != g_thread_self ());
  g_assert_true (work.done_in == g_thread_self ());
  g_assert_false (fovea_queued_job_is_cancelled (job));
  g_clear_object (&job);
  g_assert_finalize_object (g_steal_pointer (&queue));
}

static void
test_order (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (1);
  g_autoptr (GString) log = g_string_new (NULL);
  GMutex mutex;
  gint gate = 0;
  Work works[5] = { 0 };
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  const int priorities[5] = { 15, 0, 10, 10, -3 };

  g_mutex_init (&mutex);
  for (guint i = 0; i < 5; i++)
    {
      works[i] = (Work) { .name = (char) ('a' + i), .log = log, .mutex = &mutex, .gate = i == 0 ? &gate : NULL };
      g_ptr_array_add (jobs, push (queue, priorities[i], &works[i]));
    }
  /* The last becomes more urgent than all that wait. */
  fovea_queued_job_set_priority (g_ptr_array_index (jobs, 4), 12);
  g_atomic_int_set (&gate, 1);
  fovea_test_wait_until (works[1].n_done == 1, 5);
  g_assert_cmpstr (log->str, ==, "aecdb");
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (works[i].n_done, ==, 1);
  g_mutex_clear (&mutex);
}

static void
test_more_urgent_pauses (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (2);
  gint gates[2] = { 0, 0 };
  Work slow = { .gate = &gates[0] }, urgent = { .gate = &gates[1] };
  g_autoptr (FoveaQueuedJob) slow_job = push (queue, FOVEA_JOB_PRIORITY_VISIBLE, &slow);
  g_autoptr (FoveaQueuedJob) urgent_job = NULL;
  gint before;

  fovea_test_wait_until (g_atomic_int_get (&slow.steps) > 2, 5);
  /* There is room for two, but what someone watches has the machine for itself. */
  urgent_job = push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, &urgent);
  fovea_test_wait_until (g_atomic_int_get (&urgent.steps) > 20, 5);
  before = g_atomic_int_get (&slow.steps);
  gint urgent_before = g_atomic_int_get (&urgent.steps);
  fovea_test_wait_until (g_atomic_int_get (&urgent.steps) > urgent_before + 20, 5);
  g_assert_cmpint (g_atomic_int_get (&slow.steps), ==, before);

  g_atomic_int_set (&gates[1], 1);
  fovea_test_wait_until (g_atomic_int_get (&slow.steps) > before + 2, 5);
  g_atomic_int_set (&gates[0], 1);
  fovea_test_wait_until (slow.n_done == 1 && urgent.n_done == 1, 5);
}

static void
test_cancel (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (1);
  gint gate = 0;
  guint n_destroyed = 0;
  Work running = { .gate = &gate, .n_destroyed = &n_destroyed };
  Work waiting = { .n_destroyed = &n_destroyed };
  g_autoptr (FoveaQueuedJob) running_job = push (queue, 0, &running);
  g_autoptr (FoveaQueuedJob) waiting_job = push (queue, 0, &waiting);

  fovea_test_wait_until (g_atomic_int_get (&running.steps) > 0, 5);
  fovea_queued_job_cancel (waiting_job);
  fovea_queued_job_cancel (running_job);
  fovea_test_wait_until (n_destroyed == 2, 5);
  g_assert_cmpuint (running.n_done, ==, 1);
  g_assert_cmpuint (waiting.n_done, ==, 1);
  g_assert_null (waiting.ran_in);
  g_assert_true (fovea_queued_job_is_cancelled (running_job));
}

static void
test_drop_paused (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (1);
  gint gates[2] = { 0, 0 };
  guint n_destroyed = 0;
  Work slow = { .gate = &gates[0], .n_destroyed = &n_destroyed }, urgent = { .gate = &gates[1] };
  g_autoptr (FoveaQueuedJob) slow_job = push (queue, 0, &slow);
  g_autoptr (FoveaQueuedJob) urgent_job = NULL;

  fovea_test_wait_until (g_atomic_int_get (&slow.steps) > 0, 5);
  urgent_job = push (queue, 1, &urgent);
  fovea_test_wait_until (g_atomic_int_get (&urgent.steps) > 2, 5);
  fovea_queued_job_drop (slow_job);
  fovea_test_wait_until (n_destroyed == 1, 5);
  g_assert_cmpuint (slow.n_done, ==, 0);
  g_assert_cmpuint (urgent.n_done, ==, 0);
  g_atomic_int_set (&gates[1], 1);
  fovea_test_wait_until (urgent.n_done == 1, 5);
}

static void
test_updates_are_merged (void)
{
  g_autoptr (FoveaJobQueue) queue = fovea_job_queue_new (2);
  gint gate = 0;
  Work works[2] = { { .gate = &gate }, { .gate = &gate } };
  g_autoptr (FoveaQueuedJob) first = push (queue, 0, &works[0]);
  g_autoptr (FoveaQueuedJob) second = push (queue, 0, &works[1]);
  gint64 started = g_get_monotonic_time ();
  double seconds;

  fovea_test_wait_until (works[0].n_updates >= 5 && works[1].n_updates >= 5, 10);
  seconds = (double) (g_get_monotonic_time () - started) / G_USEC_PER_SEC;
  /* The first comes at once, every other at least a tenth of a second later. */
  g_assert_cmpuint (works[0].n_updates, <=, 2 + (guint) (seconds * 10));
  g_assert_cmpint (g_atomic_int_get (&works[0].steps), >, (gint) works[0].n_updates);
  g_atomic_int_set (&gate, 1);
  fovea_test_wait_until (works[0].n_done == 1 && works[1].n_done == 1, 5);
}

static void
test_dispose_ends_all (void)
{
  FoveaJobQueue *queue = fovea_job_queue_new (2);
  gint gate = 0;
  guint n_destroyed = 0;
  Work works[4];
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 4; i++)
    {
      works[i] = (Work) { .gate = &gate, .n_destroyed = &n_destroyed };
      g_ptr_array_add (jobs, push (queue, i == 3 ? FOVEA_JOB_PRIORITY_INTERACTIVE : 0, &works[i]));
    }
  fovea_test_wait_until (g_atomic_int_get (&works[3].steps) > 2, 5);
  g_assert_finalize_object (queue);
  g_assert_cmpuint (n_destroyed, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (works[i].n_done, ==, 0);
      fovea_queued_job_cancel (g_ptr_array_index (jobs, i)); /* harmless now */
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-queue/delivers", test_delivers);
  g_test_add_func ("/job-queue/order", test_order);
  g_test_add_func ("/job-queue/more-urgent-pauses", test_more_urgent_pauses);
  g_test_add_func ("/job-queue/cancel", test_cancel);
  g_test_add_func ("/job-queue/drop-paused", test_drop_paused);
  g_test_add_func ("/job-queue/updates-are-merged", test_updates_are_merged);
  g_test_add_func ("/job-queue/dispose-ends-all", test_dispose_ends_all);
  return g_test_run ();
}
