/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-work.h"

#include "ui/dissection-estimate.h"

/**
 * fovea_dissection_work_new:
 * @store: (nullable): where dissections are kept; must outlive the work
 * @key: %FOVEA_CONCEPT_SET_SCENES, or the path of a folder in Broden's layout
 * @owner: for the job's other functions
 *
 * Returns: (transfer full): work for no network
 */
FoveaDissectionWork *
fovea_dissection_work_new (FoveaStore *store,
                           const char *key,
                           gpointer owner)
{
  FoveaDissectionWork *work = g_new0 (FoveaDissectionWork, 1);

  g_mutex_init (&work->mutex);
  work->store = store;
  work->key = g_strdup (key);
  work->estimate = -1;
  work->seconds_left = -1;
  work->owner = owner;
  return work;
}

/**
 * fovea_dissection_work_add_side:
 * @work: work that has not begun
 * @network: a network to dissect
 * @layer: which node
 */
void
fovea_dissection_work_add_side (FoveaDissectionWork *work,
                                FoveaSide side,
                                FoveaNetwork *network,
                                int layer)
{
  work->networks[side] = fovea_network_ref (network);
  work->layers[side] = layer;
  work->n_sides++;
}

/**
 * fovea_dissection_work_free:
 * @data: the work
 */
void
fovea_dissection_work_free (gpointer data)
{
  FoveaDissectionWork *work = data;

  g_clear_pointer (&work->set, fovea_concept_set_unref);
  g_clear_error (&work->error);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_clear_pointer (&work->dissections[side], fovea_dissection_unref);
      g_clear_pointer (&work->tallies[side], g_ptr_array_unref);
      g_clear_error (&work->errors[side]);
    }
  g_mutex_clear (&work->mutex);
  g_free (work->key);
  g_free (work);
}

/* Labels the channels at every quantile, so that nobody has to wait for that when a slider moves: one quantile of 2,048
 * channels and 1,200 concepts takes 45 ms. */
static GPtrArray *
label (const FoveaDissection *dissection)
{
  GPtrArray *tallies = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_tally_free);

  for (guint i = 0; i < fovea_dissection_get_n_quantiles (dissection); i++)
    g_ptr_array_add (tallies, fovea_tally_new (dissection, i, FOVEA_DISSECT_AREA_CATEGORY));
  return tallies;
}

/**
 * fovea_dissection_work_read:
 * @queued: the job
 * @data: the work
 *
 * Opens the set, asks the store for dissections, and finds out how long the missing ones would take.
 */
void
fovea_dissection_work_read (FoveaQueuedJob *queued,
                            gpointer data)
{
  FoveaDissectionWork *work = data;
  FoveaDissectOptions options;
  FoveaJob job;
  double total = 0;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  fovea_dissect_options_init (&options);
  if (work->set == NULL)
    work->set = fovea_concept_set_open (work->key, &job, &work->error);
  for (guint side = 0; work->set != NULL && side < FOVEA_N_SIDES; side++)
    {
      double seconds;

      if (work->networks[side] == NULL)
        continue;
      if (work->store != NULL)
        work->dissections[side] = fovea_dissect_lookup (work->networks[side], work->layers[side], work->set, &options, work->store, NULL);
      if (work->dissections[side] != NULL)
        {
          work->tallies[side] = label (work->dissections[side]);
          continue;
        }
      seconds = !work->estimates ? -1 : fovea_dissection_estimate (work->networks[side], work->layers[side], work->set, &job);
      total = seconds < 0 || total < 0 ? -1 : total + seconds;
    }
  work->estimate = total;
}

typedef struct {
  FoveaDissectionWork *work;
  FoveaQueuedJob *job;
} Progress;

static void
on_progress (guint64 done,
             guint64 total,
             double seconds_left,
             gpointer data)
{
  const Progress *progress = data;
  FoveaDissectionWork *work = progress->work;

  g_mutex_lock (&work->mutex);
  work->fraction = total > 0 ? (double) done / (double) total : 0;
  work->seconds_left = seconds_left;
  g_mutex_unlock (&work->mutex);
  fovea_queued_job_request_update (progress->job);
}

/**
 * fovea_dissection_work_compute:
 * @queued: the job
 * @data: the work, whose set is open
 *
 * Dissects one network after the other, and asks for an update whenever there is news.
 */
void
fovea_dissection_work_compute (FoveaQueuedJob *queued,
                               gpointer data)
{
  FoveaDissectionWork *work = data;
  Progress progress = { work, queued };
  FoveaDissectOptions options;

  fovea_dissect_options_init (&options);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissection *dissection;
      GPtrArray *tallies;
      GError *error = NULL;
      FoveaJob job;

      if (work->networks[side] == NULL || !fovea_queued_job_checkpoint (queued))
        continue;
      fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), on_progress, &progress);
      dissection = fovea_dissect (work->networks[side], work->layers[side], work->set, &options, work->store, &job, &error);
      tallies = dissection != NULL ? label (dissection) : NULL;
      g_mutex_lock (&work->mutex);
      work->dissections[side] = dissection;
      work->tallies[side] = tallies;
      work->errors[side] = error;
      work->n_done++;
      work->fraction = 0;
      work->seconds_left = -1;
      g_mutex_unlock (&work->mutex);
      fovea_queued_job_request_update (queued);
    }
}
