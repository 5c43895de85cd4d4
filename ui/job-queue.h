/* Long computations in worker threads, the most urgent first.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Priorities; any integers may be used. While a job of FOVEA_JOB_PRIORITY_INTERACTIVE or above
 * runs, jobs below it wait. */
enum {
  FOVEA_JOB_PRIORITY_BACKGROUND = 0,   /* will be wanted later: tiles that are scrolled away */
  FOVEA_JOB_PRIORITY_VISIBLE = 10,     /* is on the screen */
  FOVEA_JOB_PRIORITY_INTERACTIVE = 20, /* someone asked for it just now and watches */
};

#define FOVEA_TYPE_JOB_QUEUE (fovea_job_queue_get_type ())
G_DECLARE_FINAL_TYPE (FoveaJobQueue, fovea_job_queue, FOVEA, JOB_QUEUE, GObject)

#define FOVEA_TYPE_QUEUED_JOB (fovea_queued_job_get_type ())
G_DECLARE_FINAL_TYPE (FoveaQueuedJob, fovea_queued_job, FOVEA, QUEUED_JOB, GObject)

/**
 * FoveaQueuedJobFunc:
 * @job: the job that is run, has news, or is done
 * @data: as passed to fovea_job_queue_push()
 */
typedef void (*FoveaQueuedJobFunc) (FoveaQueuedJob *job, gpointer data);

FoveaJobQueue *fovea_job_queue_new (guint max_running);
FoveaQueuedJob *fovea_job_queue_push (FoveaJobQueue *self, int priority, FoveaQueuedJobFunc run, FoveaQueuedJobFunc update, FoveaQueuedJobFunc done, gpointer data, GDestroyNotify destroy);

/* From the thread that owns the queue */
void fovea_queued_job_set_priority (FoveaQueuedJob *self, int priority);
void fovea_queued_job_cancel (FoveaQueuedJob *self);
void fovea_queued_job_drop (FoveaQueuedJob *self);
void fovea_queued_job_clear (FoveaQueuedJob **job);

/* From the run function */
gboolean fovea_queued_job_checkpoint (FoveaQueuedJob *self);
void fovea_queued_job_request_update (FoveaQueuedJob *self);

/* Any thread */
GCancellable *fovea_queued_job_get_cancellable (FoveaQueuedJob *self);
gboolean fovea_queued_job_is_cancelled (FoveaQueuedJob *self);

G_END_DECLS
