/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-data-private.h"

#include "engine/analysis/cue-store.h"

/* A trial that tells how long a computation will take itself takes so many seconds. */
#define TRIAL_SECONDS 0.8

/* Patches of a channel that are compared; each may lie in another image. */
#define N_PATCHES 9

/* One part of a computation: what is measured in one pass. */
typedef struct
{
  FoveaSide side;
  guint layer;       /* G_MAXUINT: all of them */
  const char *title; /* nullable: what is done, where it is not said by the layer */
  double weight;     /* how long it takes, relative to others of the group */
  gboolean only_scan; /* for diversity: what it is taken from */
} Step;

/* The nodes of a network that a group has nothing of, or one of them. */
static GArray *
list_missing (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side, guint only)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint layer = 0; layer < self->layer_names->len; layer++)
    if ((only == G_MAXUINT || only == layer) && fovea_overview_data_is_missing (self, group, side, layer))
      {
        int node = fovea_overview_data_get_node (self, side, layer);

        g_array_append_val (layers, node);
      }
  return layers;
}

static guint
count_channels (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side)
{
  guint n = 0;

  for (guint layer = 0; layer < self->layer_names->len; layer++)
    if (fovea_overview_data_is_missing (self, group, side, layer))
      n += fovea_overview_data_get_n_channels (self, side, layer);
  return n;
}

static void
add_steps_of_side (const FoveaOverviewData *self, FoveaOverviewGroup group, guint side, GArray *steps)
{
  double n_images = (double) fovea_image_set_get_n_images (self->images);
  guint n_channels = count_channels (self, group, side);
  const Step scan = { side, G_MAXUINT, "Strongest images", n_images, TRUE };
  const Step patches = { side, G_MAXUINT, "Strongest patches", MIN (n_images, (double) N_PATCHES * n_channels), FALSE };
  const Step whole = { side, G_MAXUINT, "All layers", 1, FALSE };

  if (n_channels == 0)
    return;
  if (group == FOVEA_OVERVIEW_DIVERSITY)
    {
      g_array_append_val (steps, scan);
      g_array_append_val (steps, patches);
    }
  else if (group != FOVEA_OVERVIEW_DETECTORS)
    g_array_append_val (steps, whole);
  for (guint layer = 0; group == FOVEA_OVERVIEW_DETECTORS && layer < self->layer_names->len; layer++)
    if (fovea_overview_data_is_missing (self, group, side, layer))
      {
        const Step step = { side, layer, NULL, 1, FALSE };

        g_array_append_val (steps, step);
      }
}

static GArray *
list_steps (const FoveaOverviewData *self, FoveaOverviewGroup group)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (Step));

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    add_steps_of_side (self, group, side, steps);
  return steps;
}

static gboolean
compute_preferences (FoveaOverviewData *self, guint side, const GArray *layers, const FoveaJob *job, GError **error)
{
  gsize n_unreadable = 0;
  g_autoptr (GPtrArray) results = fovea_cue_preference_measure (fovea_overview_data_get_network (self, side), self->cues, layers->len, (const int *) (const void *) layers->data, &n_unreadable, job, error);

  for (guint i = 0; results != NULL && i < layers->len; i++)
    if (!fovea_cue_layer_put (results->pdata[i], fovea_overview_data_get_network (self, side), g_array_index (layers, int, i), self->cues, self->store, error))
      return FALSE;
  return results != NULL;
}

static gboolean
scan (FoveaOverviewData *self, guint side, const GArray *layers, const FoveaJob *job, GError **error)
{
  const FoveaScanTarget target = { fovea_overview_data_get_network (self, side), layers->len, (const int *) (const void *) layers->data };
  g_autoptr (GPtrArray) scans = fovea_scan_run (self->store, self->images, 1, &target, &FOVEA_SCAN_OPTIONS_DEFAULT, job, error);

  return scans != NULL;
}

static gboolean
run_step (FoveaOverviewData *self, FoveaOverviewGroup group, const Step *step, const FoveaJob *job, GError **error)
{
  const FoveaMeasureSettings settings = fovea_overview_data_get_settings (self);
  FoveaNetwork *network = fovea_overview_data_get_network (self, step->side);
  g_autoptr (GArray) missing = list_missing (self, group, step->side, step->layer);
  const int *layers = (const int *) (const void *) missing->data;
  g_autoptr (FoveaDissection) dissection = NULL;
  FoveaDissectOptions options;

  switch (group)
    {
    case FOVEA_OVERVIEW_SMOOTHNESS:
      return fovea_measure_compute (FOVEA_MEASURE_VARIATION, &settings, network, missing->len, layers, job, error) &&
             fovea_measure_compute (FOVEA_MEASURE_NOISY_VARIATION, &settings, network, missing->len, layers, job, error) &&
             fovea_measure_compute (FOVEA_MEASURE_NOISE, &settings, network, missing->len, layers, job, error);
    case FOVEA_OVERVIEW_DIVERSITY:
      if (step->only_scan)
        return scan (self, step->side, missing, job, error);
      return (!fovea_overview_data_is_wanted (self, FOVEA_MEASURE_ENTROPY) || fovea_measure_compute (FOVEA_MEASURE_ENTROPY, &settings, network, missing->len, layers, job, error)) &&
             fovea_measure_compute (FOVEA_MEASURE_DISTANCE, &settings, network, missing->len, layers, job, error);
    case FOVEA_OVERVIEW_SHAPE:
      return compute_preferences (self, step->side, missing, job, error);
    case FOVEA_OVERVIEW_DETECTORS:
      fovea_dissect_options_init (&options);
      dissection = fovea_dissect (network, layers[0], self->concepts, &options, self->store, job, error);
      return dissection != NULL;
    case FOVEA_OVERVIEW_N_GROUPS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

typedef struct
{
  FoveaOverviewProgressFunc progress;
  gpointer progress_data;
  char *step;
  double before; /* weight of the steps that are done */
  double weight; /* of the step in work */
  double total;
} Running;

static void
show_progress (guint64 done, guint64 total, double seconds_left, gpointer data)
{
  const Running *running = data;
  double part = total > 0 ? MIN ((double) done / (double) total, 1) : 0;

  (void) seconds_left;
  if (running->progress != NULL)
    running->progress (running->step, (running->before + part * running->weight) / running->total, running->progress_data);
}

static char *
describe_step (const FoveaOverviewData *self, const Step *step)
{
  const char *network = fovea_network_get_name (fovea_overview_data_get_network (self, step->side));

  return g_strdup_printf ("%s of %s", step->title != NULL ? step->title : (const char *) self->layer_names->pdata[step->layer], network);
}

/**
 * fovea_overview_data_compute:
 * @group: one without a problem
 * @progress: (nullable):
 *
 * Computes what of the group is missing and puts it into the store; this data stays as it is, load it anew. What was
 * finished before it was stopped is kept.
 *
 * Errors: as the analyses; `G_IO_ERROR_CANCELLED`
 *
 * Thread: any.
 */
gboolean
fovea_overview_data_compute (FoveaOverviewData *self, FoveaOverviewGroup group, FoveaOverviewProgressFunc progress, gpointer progress_data,
                             GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) steps = list_steps (self, group);
  Running running = { .progress = progress, .progress_data = progress_data };

  g_return_val_if_fail (self->problems[group] == NULL, FALSE);

  for (guint i = 0; i < steps->len; i++)
    running.total += g_array_index (steps, Step, i).weight;
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      g_autofree char *text = describe_step (self, step);
      FoveaJob job;

      running.step = text;
      running.weight = step->weight;
      fovea_job_init (&job, cancellable, show_progress, &running);
      show_progress (0, 1, -1, &running);
      if (fovea_job_is_cancelled (&job, error) || !run_step (self, group, step, &job, error))
        return FALSE;
      running.before += step->weight;
    }
  return TRUE;
}

typedef struct
{
  GCancellable *cancellable;
  guint n_news;
  gint64 started; /* monotonic; at the first news of work that was done */
  double first;   /* the fraction then, of which an earlier run may have done most */
  double seconds; /* negative while it is not known */
} Trial;

static void
watch_trial (const char *step, double fraction, gpointer data)
{
  Trial *trial = data;
  gint64 now = g_get_monotonic_time ();
  double elapsed;

  (void) step;
  if (trial->n_news++ < 2)
    {
      trial->started = now;
      trial->first = fraction;
      return;
    }
  elapsed = (double) (now - trial->started) / G_USEC_PER_SEC;
  if (fraction <= trial->first)
    return;
  trial->seconds = elapsed / (fraction - trial->first) * (1 - fraction);
  if (elapsed >= TRIAL_SECONDS)
    g_cancellable_cancel (trial->cancellable);
}

static void
stop_trial (GCancellable *cancellable, gpointer data)
{
  (void) cancellable;
  g_cancellable_cancel (data);
}

/**
 * fovea_overview_data_estimate:
 * @group: one without a problem
 *
 * How long it will take to compute what of the group is missing: begins with it, and stops soon. If that finishes it, or a
 * part of it, it is in the store.
 *
 * Errors: as the analyses; `G_IO_ERROR_CANCELLED`
 *
 * Returns: seconds, 0 when nothing is missing any more; negative on errors
 *
 * Thread: any.
 */
double
fovea_overview_data_estimate (FoveaOverviewData *self, FoveaOverviewGroup group, GCancellable *cancellable, GError **error)
{
  g_autoptr (GCancellable) own = g_cancellable_new ();
  Trial trial = { .cancellable = own, .seconds = -1 };
  g_autoptr (GError) local_error = NULL;
  gulong handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (stop_trial), own, NULL) : 0;
  gboolean done = fovea_overview_data_compute (self, group, watch_trial, &trial, own, &local_error);

  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  if (done)
    return 0;
  if (trial.seconds >= 0 && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_cancellable_set_error_if_cancelled (cancellable, error))
    return trial.seconds;
  if (error == NULL || *error == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return -1;
}
