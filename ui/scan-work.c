/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scan-work.h"

#include "ui/scan-time.h"

/* What a job needs, and what it gives. */
typedef struct {
  FoveaStore *store; /* nullable */
  FoveaImageSet *set;
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL where the side lacks the layer */
  int layers[FOVEA_N_SIDES];
  FoveaScanOptions options;
  FoveaScanFindings findings;
  FoveaScanWorkFunc done;
  gpointer data;
} Work;

static Work *
work_new (const FoveaScanSubject *subject,
          const char *layer,
          FoveaScanWorkFunc done,
          gpointer data)
{
  Work *work = g_new0 (Work, 1);

  work->set = fovea_image_set_ref (subject->set);
  work->options = fovea_scan_subject_get_options (subject);
  work->done = done;
  work->data = data;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      work->layers[side] = fovea_scan_subject_find_layer (subject, side, layer);
      if (work->layers[side] >= 0)
        work->networks[side] = fovea_network_ref (fovea_network_pair_get_network (subject->pair, side));
    }
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->store, fovea_store_unref);
  fovea_image_set_unref (work->set);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_clear_pointer (&work->findings.scans[side], fovea_scan_unref);
    }
  g_clear_pointer (&work->findings.match, fovea_match_free);
  g_free (work);
}

static void
work_done (FoveaQueuedJob *job,
           gpointer data)
{
  Work *work = data;

  work->done (&work->findings, work->data);
}

static void
load (FoveaQueuedJob *queued,
      gpointer data)
{
  Work *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->networks[side] != NULL && work->store != NULL)
      work->findings.scans[side] = fovea_scan_load (work->store, work->set, work->networks[side], work->layers[side], &work->options, NULL);
}

/**
 * fovea_scan_work_push_loading:
 * @queue: where it runs
 * @subject: what is scanned
 * @layer: the layer's name
 * @store: (nullable): where scans are kept
 * @done: called with the scans that are stored
 * @data: passed to @done
 *
 * Returns: (transfer full): the job
 */
FoveaQueuedJob *
fovea_scan_work_push_loading (FoveaJobQueue *queue,
                              const FoveaScanSubject *subject,
                              const char *layer,
                              FoveaStore *store,
                              FoveaScanWorkFunc done,
                              gpointer data)
{
  Work *work = work_new (subject, layer, done, data);

  work->store = store != NULL ? fovea_store_ref (store) : NULL;
  return fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, load, NULL, work_done, work, work_free);
}

static void
measure (FoveaQueuedJob *queued,
         gpointer data)
{
  Work *work = data;
  FoveaScanTarget targets[FOVEA_N_SIDES];
  guint n = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->networks[side] != NULL)
      targets[n++] = (FoveaScanTarget) { work->networks[side], 1, &work->layers[side] };
  work->findings.per_image = n > 0 ? fovea_scan_time_measure (work->set, n, targets, &work->options, fovea_queued_job_get_cancellable (queued)) : -1;
}

/**
 * fovea_scan_work_push_measuring:
 * @queue: where it runs
 * @subject: what is scanned
 * @layer: the layer's name
 * @done: called with the seconds that an image takes
 * @data: passed to @done
 *
 * Returns: (transfer full): the job
 */
FoveaQueuedJob *
fovea_scan_work_push_measuring (FoveaJobQueue *queue,
                                const FoveaScanSubject *subject,
                                const char *layer,
                                FoveaScanWorkFunc done,
                                gpointer data)
{
  return fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, measure, NULL, work_done, work_new (subject, layer, done, data), work_free);
}

static void
match (FoveaQueuedJob *queued,
       gpointer data)
{
  Work *work = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  work->findings.match = fovea_match_compute (work->findings.scans[FOVEA_SIDE_STANDARD], work->findings.scans[FOVEA_SIDE_ROBUST], &job, NULL);
}

/**
 * fovea_scan_work_push_matching:
 * @queue: where it runs
 * @subject: what was scanned
 * @layer: the layer's name
 * @scans: (array fixed-size=2): each network's scan
 * @done: called with the channels that correspond
 * @data: passed to @done
 *
 * Returns: (transfer full): the job
 */
FoveaQueuedJob *
fovea_scan_work_push_matching (FoveaJobQueue *queue,
                               const FoveaScanSubject *subject,
                               const char *layer,
                               FoveaScan *const *scans,
                               FoveaScanWorkFunc done,
                               gpointer data)
{
  Work *work = work_new (subject, layer, done, data);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    work->findings.scans[side] = fovea_scan_ref (scans[side]);
  return fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_VISIBLE, match, NULL, work_done, work, work_free);
}
