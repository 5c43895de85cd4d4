/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-private.h"

#include "ui/duration.h"
#include "ui/overview-filters.h"

/* Filters are enlarged to this many pixels a side; the screen does the rest. */
#define SHEET_SIZE 384

/* What a worker needs to read what there is, and what it gives. */
typedef struct
{
  FoveaOverview *overview; /* not owned: the job is dropped before it goes */
  FoveaNetworkPair *pair;
  FoveaStore *store;
  FoveaImageSet *images;
  double sigma;
  FoveaOverviewData *data;
  GdkTexture *sheets[FOVEA_N_SIDES]; /* nullable */
  GError *error;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *work = data;

  g_object_unref (work->pair);
  fovea_store_unref (work->store);
  fovea_image_set_unref (work->images);
  g_clear_pointer (&work->data, fovea_overview_data_unref);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_object (&work->sheets[side]);
  g_clear_error (&work->error);
  g_free (work);
}

static void
load (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (work->pair, side))
      work->sheets[side] = fovea_overview_filters_texture_new (fovea_network_pair_get_network (work->pair, side), SHEET_SIZE);
  work->data = fovea_overview_data_load (work->pair, work->store, work->images, work->sigma, fovea_queued_job_get_cancellable (job), &work->error);
}

static void
on_loaded (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;
  FoveaOverview *self = work->overview;

  g_clear_object (&self->loading);
  if (work->data != NULL)
    fovea_overview_show_data (self, work->data, work->sheets);
  else if (work->error != NULL && !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fovea_overview_show_status (self, "The Overview Cannot Be Shown", work->error->message);
}

/**
 * fovea_overview_load:
 *
 * Reads what there is of the pair and the image set, and shows it.
 */
void
fovea_overview_load (FoveaOverview *self)
{
  const char *error = NULL;
  FoveaImageSet *images;
  Loading *work;

  fovea_queued_job_clear (&self->loading);
  if (self->pair == NULL)
    return;
  if (self->queue == NULL)
    {
      fovea_overview_show_status (self, "Nothing Can Be Kept", "The file for results cannot be opened, and without it the overview would have to be computed each time.");
      return;
    }
  images = fovea_image_sets_get_set (self->sets, &error);
  if (images == NULL && error != NULL)
    fovea_overview_show_status (self, "The Images Cannot Be Read", error);
  else if (images == NULL)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  if (images == NULL)
    return;
  g_clear_pointer (&self->images, fovea_image_set_unref);
  self->images = fovea_image_set_ref (images);
  if (self->data == NULL)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  work = g_new0 (Loading, 1);
  work->overview = self;
  work->pair = g_object_ref (self->pair);
  work->store = fovea_store_ref (self->store);
  work->images = fovea_image_set_ref (images);
  work->sigma = self->sigma;
  self->loading = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, load, NULL, on_loaded, work, loading_free);
}

/* What a worker needs to try how long groups take, and what it finds. */
typedef struct
{
  FoveaOverview *overview; /* not owned: the job is dropped before it goes */
  FoveaOverviewData *data;
  gboolean wanted[FOVEA_OVERVIEW_N_GROUPS];
  GMutex mutex; /* guards what follows */
  double estimates[FOVEA_OVERVIEW_N_GROUPS];
  GError *errors[FOVEA_OVERVIEW_N_GROUPS];
} Trying;

static void
trying_free (gpointer data)
{
  Trying *work = data;

  fovea_overview_data_unref (work->data);
  g_mutex_clear (&work->mutex);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    g_clear_error (&work->errors[group]);
  g_free (work);
}

static void
try (FoveaQueuedJob *job, gpointer data)
{
  Trying *work = data;

  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    {
      g_autoptr (GError) error = NULL;
      double seconds;

      if (!work->wanted[group])
        continue;
      if (!fovea_queued_job_checkpoint (job))
        return;
      seconds = fovea_overview_data_estimate (work->data, group, fovea_queued_job_get_cancellable (job), &error);
      g_mutex_lock (&work->mutex);
      work->estimates[group] = seconds;
      work->errors[group] = g_steal_pointer (&error);
      g_mutex_unlock (&work->mutex);
      fovea_queued_job_request_update (job);
    }
}

static void
on_tried_one (FoveaQueuedJob *job, gpointer data)
{
  Trying *work = data;
  FoveaOverview *self = work->overview;

  g_mutex_lock (&work->mutex);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    {
      if (work->estimates[group] > 0 && self->estimates[group] < 0)
        {
          self->estimates[group] = work->estimates[group];
          fovea_overview_section_set_estimate (self->sections[group], work->estimates[group]);
        }
      if (work->errors[group] != NULL && !g_error_matches (work->errors[group], G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fovea_overview_section_set_error (self->sections[group], work->errors[group]->message);
    }
  g_mutex_unlock (&work->mutex);
}

static void
on_tried (FoveaQueuedJob *job, gpointer data)
{
  Trying *work = data;
  FoveaOverview *self = work->overview;
  gboolean done = FALSE;

  g_clear_object (&self->trying);
  on_tried_one (job, data);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    if (work->wanted[group] && work->estimates[group] == 0)
      done = TRUE;
  if (done)
    fovea_overview_load (self);
}

/**
 * fovea_overview_find_estimates:
 *
 * Finds out how long it takes to compute what is missing, where that is not known yet and people see it.
 */
void
fovea_overview_find_estimates (FoveaOverview *self)
{
  Trying *work = NULL;

  if (self->trying != NULL || !self->is_active)
    return;
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    {
      if (fovea_overview_data_get_problem (self->data, group) != NULL || fovea_overview_data_is_complete (self->data, group) || self->computing[group] != NULL)
        continue;
      if (self->estimates[group] >= 0)
        {
          fovea_overview_section_set_estimate (self->sections[group], self->estimates[group]);
          continue;
        }
      if (work == NULL)
        {
          work = g_new0 (Trying, 1);
          work->overview = self;
          work->data = fovea_overview_data_ref (self->data);
          g_mutex_init (&work->mutex);
          for (guint i = 0; i < FOVEA_OVERVIEW_N_GROUPS; i++)
            work->estimates[i] = -1;
        }
      work->wanted[group] = TRUE;
    }
  if (work != NULL)
    self->trying = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_BACKGROUND, try, on_tried_one, on_tried, work, trying_free);
}

/* What a worker needs to compute a group, and how far it is. */
typedef struct
{
  FoveaOverview *overview; /* not owned: the job is dropped before it goes */
  FoveaOverviewData *data;
  FoveaOverviewGroup group;
  FoveaQueuedJob *job; /* not owned; set while it runs */
  gint64 started;      /* monotonic */
  GMutex mutex;        /* guards what follows */
  char *text;
  double fraction;
  GError *error;
} Computing;

static void
computing_free (gpointer data)
{
  Computing *work = data;

  fovea_overview_data_unref (work->data);
  g_mutex_clear (&work->mutex);
  g_free (work->text);
  g_clear_error (&work->error);
  g_free (work);
}

static void
on_progress (const char *step, double fraction, gpointer data)
{
  Computing *work = data;
  double elapsed = (double) (g_get_monotonic_time () - work->started) / G_USEC_PER_SEC;
  g_autofree char *time = fraction > 0.01 ? fovea_duration_describe (elapsed / fraction * (1 - fraction)) : NULL;

  g_mutex_lock (&work->mutex);
  g_free (work->text);
  work->text = time != NULL ? g_strdup_printf ("%s: %s left", step, time) : g_strdup_printf ("%s…", step);
  work->fraction = fraction;
  g_mutex_unlock (&work->mutex);
  fovea_queued_job_request_update (work->job);
  fovea_queued_job_checkpoint (work->job);
}

static void
compute (FoveaQueuedJob *job, gpointer data)
{
  Computing *work = data;

  work->job = job;
  work->started = g_get_monotonic_time ();
  fovea_overview_data_compute (work->data, work->group, on_progress, work, fovea_queued_job_get_cancellable (job), &work->error);
}

static void
on_computed_more (FoveaQueuedJob *job, gpointer data)
{
  Computing *work = data;

  g_mutex_lock (&work->mutex);
  fovea_overview_section_set_progress (work->overview->sections[work->group], work->text, work->fraction);
  g_mutex_unlock (&work->mutex);
}

static void
on_computed (FoveaQueuedJob *job, gpointer data)
{
  Computing *work = data;
  FoveaOverview *self = work->overview;
  gboolean failed = work->error != NULL && !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_clear_object (&self->computing[work->group]);
  fovea_overview_section_set_progress (self->sections[work->group], NULL, 0);
  if (failed)
    fovea_overview_section_set_error (self->sections[work->group], work->error->message);
  else
    {
      self->estimates[work->group] = -1;
      fovea_overview_load (self);
    }
}

/**
 * fovea_overview_compute:
 * @group: what is missing
 *
 * Computes it, unless that is being done.
 */
void
fovea_overview_compute (FoveaOverview *self, FoveaOverviewGroup group)
{
  Computing *work;

  if (self->data == NULL || self->computing[group] != NULL)
    return;
  fovea_queued_job_clear (&self->trying);
  work = g_new0 (Computing, 1);
  work->overview = self;
  work->data = fovea_overview_data_ref (self->data);
  work->group = group;
  g_mutex_init (&work->mutex);
  fovea_overview_section_set_error (self->sections[group], NULL);
  fovea_overview_section_set_progress (self->sections[group], "Waiting for other work…", 0);
  self->computing[group] = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_BACKGROUND + 1, compute, on_computed_more, on_computed, work, computing_free);
  fovea_overview_find_estimates (self);
}

/**
 * fovea_overview_drop_group:
 *
 * Ends what is computed of a group, and forgets how long it takes.
 */
void
fovea_overview_drop_group (FoveaOverview *self, FoveaOverviewGroup group)
{
  fovea_queued_job_clear (&self->computing[group]);
  self->estimates[group] = -1;
  fovea_overview_section_set_progress (self->sections[group], NULL, 0);
}

/**
 * fovea_overview_stop_estimates:
 *
 * Stops finding out how long anything takes.
 */
void
fovea_overview_stop_estimates (FoveaOverview *self)
{
  fovea_queued_job_clear (&self->trying);
}

/**
 * fovea_overview_drop_jobs:
 *
 * Ends everything that runs.
 */
void
fovea_overview_drop_jobs (FoveaOverview *self)
{
  fovea_queued_job_clear (&self->loading);
  fovea_queued_job_clear (&self->trying);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    fovea_queued_job_clear (&self->computing[group]);
}
