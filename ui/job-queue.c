/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/job-queue.h"

#include <sys/resource.h>
#include <unistd.h>

/* People read numbers and watch pictures; more than ten a second only costs time. */
#define UPDATE_INTERVAL (G_USEC_PER_SEC / 10)

/* How much the workers give way to the main loop, so that a window stays smooth on two processors. */
#define WORKER_NICENESS 10

typedef enum { WAITING, RUNNING, PAUSED, FINISHED } State;

/**
 * FoveaJobQueue:
 *
 * Belongs to the thread that made it and to that thread's main context, where updates and results
 * are delivered. Each job has a thread of its own while it runs; no more than a set number run at a
 * time, and the others wait: in the order of their priority, then of their arrival. A job that has
 * begun is paused at its next checkpoint when a more urgent one comes, and goes on later.
 */
struct _FoveaJobQueue {
  GObject parent_instance;

  GMainContext *context;
  guint max_running;

  GMutex mutex; /* guards all below, and every job's state, priority and update_wanted */
  GCond changed; /* some job's state */
  GPtrArray *jobs; /* (element-type FoveaQueuedJob): WAITING, RUNNING and PAUSED, in order of arrival */
  GPtrArray *finished; /* (element-type FoveaQueuedJob): FINISHED, not delivered */
  guint n_running;
  GSource *update_source;
  GSource *finish_source;
  gint64 last_update; /* monotonic time */
};

/**
 * FoveaQueuedJob:
 *
 * One computation. Its data is released in the queue's thread, after done.
 */
struct _FoveaQueuedJob {
  GObject parent_instance;

  FoveaJobQueue *queue; /* not owned; NULL once the queue has let go of the job */
  GCancellable *cancellable;
  int priority;
  State state;
  GThread *thread; /* NULL before it runs */
  gboolean update_wanted;
  gboolean dropped; /* queue's thread only */
  FoveaQueuedJobFunc run;
  FoveaQueuedJobFunc update;
  FoveaQueuedJobFunc done;
  gpointer data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (FoveaJobQueue, fovea_job_queue, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (FoveaQueuedJob, fovea_queued_job, G_TYPE_OBJECT)

static void
let_go (FoveaQueuedJob *job)
{
  gpointer data = g_steal_pointer (&job->data);

  job->queue = NULL;
  if (job->destroy != NULL && data != NULL)
    job->destroy (data);
}

static gboolean
deliver_finished (gpointer user_data)
{
  g_autoptr (FoveaJobQueue) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) finished = NULL;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->finish_source, g_source_unref);
  finished = self->finished;
  self->finished = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < finished->len; i++)
    {
      FoveaQueuedJob *job = g_ptr_array_index (finished, i);

      g_clear_pointer (&job->thread, g_thread_join);
      if (!job->dropped && job->done != NULL)
        job->done (job, job->data);
      let_go (job);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
deliver_updates (gpointer user_data)
{
  g_autoptr (FoveaJobQueue) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) news = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->update_source, g_source_unref);
  self->last_update = g_get_monotonic_time ();
  for (guint i = 0; i < self->jobs->len; i++)
    {
      FoveaQueuedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->update_wanted)
        g_ptr_array_add (news, g_object_ref (job));
      job->update_wanted = FALSE;
    }
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < news->len; i++)
    {
      FoveaQueuedJob *job = g_ptr_array_index (news, i);

      if (!job->dropped && job->update != NULL)
        job->update (job, job->data);
    }
  return G_SOURCE_REMOVE;
}

/* With the mutex held. */
static void
finish_job (FoveaJobQueue *self,
            FoveaQueuedJob *job)
{
  job->state = FINISHED;
  g_ptr_array_add (self->finished, g_object_ref (job));
  g_ptr_array_remove (self->jobs, job);
  g_cond_broadcast (&self->changed);

  if (self->finish_source == NULL)
    {
      self->finish_source = g_idle_source_new ();
      g_source_set_priority (self->finish_source, G_PRIORITY_DEFAULT);
      g_source_set_static_name (self->finish_source, "[fovea] finished jobs");
      g_source_set_callback (self->finish_source, deliver_finished, self, NULL);
      g_source_attach (self->finish_source, self->context);
    }
}

/* The most urgent job that could run now; with the mutex held. */
static FoveaQueuedJob *
find_next (FoveaJobQueue *self)
{
  FoveaQueuedJob *next = NULL;
  gboolean interactive = FALSE;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      FoveaQueuedJob *job = g_ptr_array_index (self->jobs, i);

      if (job->state == RUNNING && job->priority >= FOVEA_JOB_PRIORITY_INTERACTIVE)
        interactive = TRUE;
      if ((job->state == WAITING || job->state == PAUSED) && (next == NULL || job->priority > next->priority))
        next = job;
    }
  if (next != NULL && interactive && next->priority < FOVEA_JOB_PRIORITY_INTERACTIVE)
    return NULL;
  return next;
}

static gpointer job_thread (gpointer data);

/* With the mutex held. */
static void
start_jobs (FoveaJobQueue *self)
{
  FoveaQueuedJob *next;

  while (self->n_running < self->max_running && (next = find_next (self)) != NULL)
    {
      self->n_running++;
      if (next->state == WAITING)
        {
          next->thread = g_thread_new ("fovea-job", job_thread, g_object_ref (next));
        }
      next->state = RUNNING;
      g_cond_broadcast (&self->changed);
    }
}

static gpointer
job_thread (gpointer data)
{
  g_autoptr (FoveaQueuedJob) job = data;
  FoveaJobQueue *self = job->queue;

  /* On Linux niceness belongs to the thread. It is a courtesy: failing does no harm. */
  setpriority (PRIO_PROCESS, (id_t) gettid (), WORKER_NICENESS);
  job->run (job, job->data);

  g_mutex_lock (&self->mutex);
  self->n_running--;
  finish_job (self, job);
  start_jobs (self);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
fovea_job_queue_dispose (GObject *object)
{
  FoveaJobQueue *self = FOVEA_JOB_QUEUE (object);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->mutex);
  self->max_running = 0; /* nothing starts any more */
  for (guint i = 0; i < self->jobs->len; i++)
    g_ptr_array_add (all, g_object_ref (g_ptr_array_index (self->jobs, i)));
  for (guint i = 0; i < self->finished->len; i++)
    g_ptr_array_add (all, g_object_ref (g_ptr_array_index (self->finished, i)));
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < all->len; i++)
    fovea_queued_job_drop (g_ptr_array_index (all, i));
  for (guint i = 0; i < all->len; i++)
    {
      FoveaQueuedJob *job = g_ptr_array_index (all, i);

      g_clear_pointer (&job->thread, g_thread_join);
      let_go (job);
    }

  if (self->update_source != NULL)
    g_source_destroy (self->update_source);
  if (self->finish_source != NULL)
    g_source_destroy (self->finish_source);
  g_clear_pointer (&self->update_source, g_source_unref);
  g_clear_pointer (&self->finish_source, g_source_unref);

  G_OBJECT_CLASS (fovea_job_queue_parent_class)->dispose (object);
}

static void
fovea_job_queue_finalize (GObject *object)
{
  FoveaJobQueue *self = FOVEA_JOB_QUEUE (object);

  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->finished);
  g_main_context_unref (self->context);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (fovea_job_queue_parent_class)->finalize (object);
}

static void
fovea_job_queue_class_init (FoveaJobQueueClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_job_queue_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_job_queue_finalize;
}

static void
fovea_job_queue_init (FoveaJobQueue *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->context = g_main_context_ref_thread_default ();
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->finished = g_ptr_array_new_with_free_func (g_object_unref);
  self->max_running = 1;
}

static void
fovea_queued_job_finalize (GObject *object)
{
  FoveaQueuedJob *self = FOVEA_QUEUED_JOB (object);

  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (fovea_queued_job_parent_class)->finalize (object);
}

static void
fovea_queued_job_class_init (FoveaQueuedJobClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_queued_job_finalize;
}

static void
fovea_queued_job_init (FoveaQueuedJob *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * fovea_job_queue_new:
 * @max_running: how many jobs may run at a time; each already uses every processor through
 *   fovea_parallel_for(), so one or two
 *
 * Returns: (transfer full): an empty queue that delivers to the calling thread's main context.
 *   Disposing of it cancels what runs and waits for it to end.
 */
FoveaJobQueue *
fovea_job_queue_new (guint max_running)
{
  FoveaJobQueue *self;

  g_return_val_if_fail (max_running > 0, NULL);

  self = g_object_new (FOVEA_TYPE_JOB_QUEUE, NULL);
  self->max_running = max_running;
  return self;
}

/**
 * fovea_job_queue_push:
 * @self: a queue
 * @priority: how urgent it is; larger goes first
 * @run: does the work, in a worker thread
 * @update: (nullable): called in the queue's thread some time after fovea_queued_job_request_update(),
 *   at most ten times a second
 * @done: (nullable): called once in the queue's thread, after @run has returned or when the job was
 *   cancelled before it began; not at all once the job was dropped
 * @data: passed to all of them; they share it, so they have to protect what one changes while another reads
 * @destroy: (nullable): releases @data, in the queue's thread, after @done
 *
 * Returns: (transfer full): the job, to cancel or to drop it by; releasing it changes nothing for the job
 */
FoveaQueuedJob *
fovea_job_queue_push (FoveaJobQueue *self,
                      int priority,
                      FoveaQueuedJobFunc run,
                      FoveaQueuedJobFunc update,
                      FoveaQueuedJobFunc done,
                      gpointer data,
                      GDestroyNotify destroy)
{
  FoveaQueuedJob *job;

  g_return_val_if_fail (FOVEA_IS_JOB_QUEUE (self) && run != NULL, NULL);

  job = g_object_new (FOVEA_TYPE_QUEUED_JOB, NULL);
  job->queue = self;
  job->priority = priority;
  job->run = run;
  job->update = update;
  job->done = done;
  job->data = data;
  job->destroy = destroy;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->jobs, g_object_ref (job));
  start_jobs (self);
  g_mutex_unlock (&self->mutex);
  return job;
}

/**
 * fovea_queued_job_set_priority:
 * @self: a job
 * @priority: the new priority
 *
 * A running job that has become less urgent than a waiting one gives way at its next checkpoint.
 */
void
fovea_queued_job_set_priority (FoveaQueuedJob *self,
                               int priority)
{
  g_return_if_fail (FOVEA_IS_QUEUED_JOB (self));

  if (self->queue == NULL)
    return;
  g_mutex_lock (&self->queue->mutex);
  self->priority = priority;
  start_jobs (self->queue);
  g_mutex_unlock (&self->queue->mutex);
}

/**
 * fovea_queued_job_cancel:
 * @self: a job
 *
 * Cancels its cancellable. The job's done function is still called, with what there is by then.
 */
void
fovea_queued_job_cancel (FoveaQueuedJob *self)
{
  FoveaJobQueue *queue;

  g_return_if_fail (FOVEA_IS_QUEUED_JOB (self));

  queue = self->queue;
  g_cancellable_cancel (self->cancellable);
  if (queue == NULL)
    return;

  g_mutex_lock (&queue->mutex);
  if (self->state == WAITING)
    finish_job (queue, self);
  else if (self->state == PAUSED)
    {
      /* It only has to clean up: let it, beside those that run. */
      self->state = RUNNING;
      queue->n_running++;
      g_cond_broadcast (&queue->changed);
    }
  g_mutex_unlock (&queue->mutex);
}

/**
 * fovea_queued_job_drop:
 * @self: a job
 *
 * Cancels it and forgets its result: neither update nor done are called any more.
 */
void
fovea_queued_job_drop (FoveaQueuedJob *self)
{
  g_return_if_fail (FOVEA_IS_QUEUED_JOB (self));

  self->dropped = TRUE;
  fovea_queued_job_cancel (self);
}

/**
 * fovea_queued_job_clear:
 * @job: (inout) (transfer full): where somebody keeps a job, or %NULL
 *
 * Drops the job if there is one, and gives it up.
 */
void
fovea_queued_job_clear (FoveaQueuedJob **job)
{
  if (*job != NULL)
    fovea_queued_job_drop (*job);
  g_clear_object (job);
}

/**
 * fovea_queued_job_checkpoint:
 * @self: the job that runs in the calling thread
 *
 * To be called now and then, best after every step: waits here while more urgent jobs run.
 *
 * Returns: %FALSE if the job was cancelled and should return
 */
gboolean
fovea_queued_job_checkpoint (FoveaQueuedJob *self)
{
  FoveaJobQueue *queue = self->queue;
  FoveaQueuedJob *other;
  gboolean give_way = FALSE;

  g_mutex_lock (&queue->mutex);
  if (!g_cancellable_is_cancelled (self->cancellable))
    for (guint i = 0; i < queue->jobs->len && !give_way; i++)
      {
        other = g_ptr_array_index (queue->jobs, i);
        give_way = other->priority > self->priority &&
                   (other->state != RUNNING || other->priority >= FOVEA_JOB_PRIORITY_INTERACTIVE);
      }
  if (give_way)
    {
      self->state = PAUSED;
      queue->n_running--;
      start_jobs (queue);
      while (self->state == PAUSED)
        g_cond_wait (&queue->changed, &queue->mutex);
    }
  g_mutex_unlock (&queue->mutex);
  return !g_cancellable_is_cancelled (self->cancellable);
}

/**
 * fovea_queued_job_request_update:
 * @self: the job that runs in the calling thread
 *
 * Asks for its update function to be called soon. Requests are merged, so it is cheap and may be
 * called as often as there is news.
 */
void
fovea_queued_job_request_update (FoveaQueuedJob *self)
{
  FoveaJobQueue *queue = self->queue;

  g_mutex_lock (&queue->mutex);
  self->update_wanted = TRUE;
  if (queue->update_source == NULL)
    {
      gint64 wait = queue->last_update + UPDATE_INTERVAL - g_get_monotonic_time ();

      queue->update_source = g_timeout_source_new ((guint) (MAX (wait, 0) / 1000));
      g_source_set_static_name (queue->update_source, "[fovea] job updates");
      g_source_set_callback (queue->update_source, deliver_updates, queue, NULL);
      g_source_attach (queue->update_source, queue->context);
    }
  g_mutex_unlock (&queue->mutex);
}

/**
 * fovea_queued_job_get_cancellable:
 * @self: a job
 *
 * Returns: (transfer none): what its run function passes to the engine
 */
GCancellable *
fovea_queued_job_get_cancellable (FoveaQueuedJob *self)
{
  g_return_val_if_fail (FOVEA_IS_QUEUED_JOB (self), NULL);
  return self->cancellable;
}

/**
 * fovea_queued_job_is_cancelled:
 * @self: a job
 *
 * Returns: whether it was cancelled or dropped
 */
gboolean
fovea_queued_job_is_cancelled (FoveaQueuedJob *self)
{
  g_return_val_if_fail (FOVEA_IS_QUEUED_JOB (self), FALSE);
  return g_cancellable_is_cancelled (self->cancellable);
}
