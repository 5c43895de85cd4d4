/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/run.h"

typedef struct {
  FoveaQueuedJob *job; /* NULL before it is started and after it has ended or was dropped */
  gboolean started;
  gboolean dropped;
  FoveaQueuedJob *worker_job; /* the worker's; not owned */
} FoveaRunPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FoveaRun, fovea_run, G_TYPE_OBJECT)

enum { PROGRESS, ENDED, N_SIGNALS };

static guint signals[N_SIGNALS];

static FoveaRunPrivate *
get_private (FoveaRun *self)
{
  return fovea_run_get_instance_private (self);
}

static void
fovea_run_finalize (GObject *object)
{
  g_clear_object (&get_private (FOVEA_RUN (object))->job);
  G_OBJECT_CLASS (fovea_run_parent_class)->finalize (object);
}

static void
fovea_run_class_init (FoveaRunClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_run_finalize;

  signals[PROGRESS] = g_signal_new ("progress", FOVEA_TYPE_RUN, G_SIGNAL_RUN_FIRST, G_STRUCT_OFFSET (FoveaRunClass, progress), NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", FOVEA_TYPE_RUN, G_SIGNAL_RUN_FIRST, G_STRUCT_OFFSET (FoveaRunClass, ended), NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_run_init (FoveaRun *self)
{
}

static void
compute (FoveaQueuedJob *job, gpointer data)
{
  get_private (data)->worker_job = job;
  FOVEA_RUN_GET_CLASS (data)->compute (data, job);
}

static void
on_update (FoveaQueuedJob *job, gpointer data)
{
  g_signal_emit (data, signals[PROGRESS], 0);
}

static void
on_done (FoveaQueuedJob *job, gpointer data)
{
  g_clear_object (&get_private (data)->job);
  g_signal_emit (data, signals[ENDED], 0);
}

/**
 * fovea_run_start:
 * @self: a run that was not started before
 * @queue: where it computes
 * @priority: how urgent it is
 */
void
fovea_run_start (FoveaRun *self, FoveaJobQueue *queue, int priority)
{
  FoveaRunPrivate *private = get_private (self);

  g_return_if_fail (FOVEA_IS_RUN (self) && !private->started);
  private->started = TRUE;
  private->job = fovea_job_queue_push (queue, priority, compute, on_update, on_done, g_object_ref (self), g_object_unref);
}

/**
 * fovea_run_set_priority:
 * @priority: how urgent it is now
 */
void
fovea_run_set_priority (FoveaRun *self, int priority)
{
  g_return_if_fail (FOVEA_IS_RUN (self));
  if (fovea_run_is_active (self))
    fovea_queued_job_set_priority (get_private (self)->job, priority);
}

/**
 * fovea_run_stop:
 *
 * It ends soon, with what it has reached.
 */
void
fovea_run_stop (FoveaRun *self)
{
  g_return_if_fail (FOVEA_IS_RUN (self));
  if (fovea_run_is_active (self))
    fovea_queued_job_cancel (get_private (self)->job);
}

/**
 * fovea_run_drop:
 *
 * Nobody wants the result any more: it stops, and no signal is emitted from here on.
 */
void
fovea_run_drop (FoveaRun *self)
{
  FoveaRunPrivate *private = get_private (self);

  g_return_if_fail (FOVEA_IS_RUN (self));
  private->dropped = private->dropped || private->job != NULL;
  fovea_queued_job_clear (&private->job);
}

/**
 * fovea_run_is_active:
 *
 * Returns: whether it was started, and has neither ended nor been dropped
 */
gboolean
fovea_run_is_active (FoveaRun *self)
{
  g_return_val_if_fail (FOVEA_IS_RUN (self), FALSE);
  return get_private (self)->job != NULL;
}

/**
 * fovea_run_is_dropped:
 *
 * Returns: whether it was dropped before it ended
 */
gboolean
fovea_run_is_dropped (FoveaRun *self)
{
  g_return_val_if_fail (FOVEA_IS_RUN (self), FALSE);
  return get_private (self)->dropped;
}

/**
 * fovea_run_report:
 *
 * Says that there is news, and waits while more urgent work runs. To be called by what computes, in the worker.
 */
void
fovea_run_report (FoveaRun *self)
{
  FoveaQueuedJob *job = get_private (self)->worker_job;

  fovea_queued_job_request_update (job);
  fovea_queued_job_checkpoint (job);
}
