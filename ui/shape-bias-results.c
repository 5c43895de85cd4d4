/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-results.h"

#include "engine/analysis/cue-store.h"
#include "ui/application.h"
#include "ui/cue-time.h"
#include "ui/pins.h"
#include "ui/progress.h"

/* Networks as they are, and with channels switched off. */
enum
{
  WHOLE,
  OPERATED,
  N_VARIANTS
};

/* More channels than this are not listed in a network's name. */
#define MAX_NAMED 4

/* What is known of one network. */
typedef struct
{
  FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES]; /* all or none */
  gboolean looked_up;
  double seconds; /* what is missing takes */
  char *error;    /* nullable: why it cannot be done */
} Slot;

struct _FoveaShapeBiasResults
{
  GObject parent_instance;

  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL: there is none on this side */
  FoveaPins *pins;
  FoveaCueStimuli *stimuli;
  FoveaJobQueue *queue;
  FoveaJobQueue *reading_queue;
  FoveaStore *store; /* nullable */
  gboolean operates;
  FoveaSurgery surgery;
  Slot slots[N_VARIANTS][FOVEA_N_SIDES];
  guint serial; /* counts what came into the slots and left them */
  FoveaQueuedJob *looking;   /* nullable */
  FoveaQueuedJob *measuring; /* nullable */
  FoveaProgress *progress; /* of what is measured; not owned */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (FoveaShapeBiasResults, fovea_shape_bias_results, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
free_biases (FoveaShapeBias **biases)
{
  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    g_clear_pointer (&biases[rule], fovea_shape_bias_free);
}

static void
clear_slot (Slot *slot)
{
  free_biases (slot->biases);
  g_free (slot->error);
  *slot = (Slot) { 0 };
}

/* One network to look for, or to measure. */
typedef struct
{
  FoveaNetwork *network; /* NULL: nothing to do */
  GArray *neurons;       /* (element-type FoveaNeuron): what to switch off or to keep */
  FoveaShapeBias *biases[FOVEA_N_CATEGORY_RULES];
  double seconds;
  GError *error;
} Task;

typedef struct
{
  FoveaShapeBiasResults *results; /* not owned: the job is dropped before it goes */
  FoveaCueSet *set;
  FoveaStore *store; /* nullable */
  FoveaSurgery surgery;
  Task tasks[N_VARIANTS][FOVEA_N_SIDES];
  FoveaProgress progress;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        Task *task = &work->tasks[variant][side];

        g_clear_pointer (&task->network, fovea_network_unref);
        g_clear_pointer (&task->neurons, g_array_unref);
        free_biases (task->biases);
        g_clear_error (&task->error);
      }
  fovea_cue_set_unref (work->set);
  g_clear_pointer (&work->store, fovea_store_unref);
  fovea_progress_clear (&work->progress);
  g_free (work);
}

/* The pinned channels that a network has. */
static GArray *
list_pinned (FoveaShapeBiasResults *self, guint side)
{
  GArray *neurons = g_array_new (FALSE, FALSE, sizeof (FoveaNeuron));
  FoveaGraph *graph = fovea_network_get_graph (self->networks[side]);

  for (guint i = 0; i < fovea_pins_get_n (self->pins); i++)
    {
      const FoveaPin *pin = fovea_pins_get_pin (self->pins, i);
      FoveaNeuron neuron = { .channel = pin->channels[side], .y = -1, .x = -1 };

      if (fovea_graph_find (graph, pin->layer, &neuron.layer, NULL) && neuron.channel < fovea_graph_get_shape (graph, (guint) neuron.layer)->channels)
        g_array_append_val (neurons, neuron);
    }
  return neurons;
}

/* Whether there is something to know of this network. */
static gboolean
is_wanted (FoveaShapeBiasResults *self, guint variant, guint side)
{
  g_autoptr (GArray) pinned = NULL;

  if (self->networks[side] == NULL || variant == WHOLE)
    return self->networks[side] != NULL;
  if (!self->operates)
    return FALSE;
  pinned = list_pinned (self, side);
  return pinned->len > 0;
}

static gboolean
is_missing (FoveaShapeBiasResults *self, guint variant, guint side)
{
  const Slot *slot = &self->slots[variant][side];

  return slot->biases[0] == NULL && slot->error == NULL && is_wanted (self, variant, side);
}

/* Takes on what is missing; where @unknown, only what was not looked for yet. */
static Work *
work_new (FoveaShapeBiasResults *self, FoveaCueSet *set, gboolean unknown)
{
  Work *work = g_new0 (Work, 1);

  fovea_progress_init (&work->progress);
  work->results = self;
  work->set = fovea_cue_set_ref (set);
  work->store = self->store != NULL ? fovea_store_ref (self->store) : NULL;
  work->surgery = self->surgery;
  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      if (is_missing (self, variant, side) && !(unknown && self->slots[variant][side].looked_up))
        {
          const gsize n = fovea_cue_set_get_n_cues (set);

          work->tasks[variant][side].network = fovea_network_ref (self->networks[side]);
          work->tasks[variant][side].neurons = variant == OPERATED ? list_pinned (self, side) : NULL;
          fovea_progress_expect (&work->progress, fovea_cue_set_get_cue (set, n - 1)->image - fovea_cue_set_get_cue (set, 0)->image + 1);
        }
  return work;
}

/* Switches channels off where that is the task. */
static FoveaNetwork *
open_network (const Work *work, Task *task)
{
  if (task->neurons == NULL)
    return fovea_network_ref (task->network);
  return fovea_network_operate (task->network, work->surgery, task->neurons->len, (const FoveaNeuron *) (const void *) task->neurons->data, &task->error);
}

/* A network that lost many channels is called by their number, so that its name can be read. */
static void
name_operated (const Work *work, Task *task)
{
  if (task->neurons == NULL || task->neurons->len <= MAX_NAMED || task->biases[0] == NULL)
    return;
  for (guint rule = 0; rule < FOVEA_N_CATEGORY_RULES; rule++)
    {
      g_free (task->biases[rule]->observer);
      task->biases[rule]->observer = g_strdup_printf ("%s %s %u pinned channels", fovea_network_get_name (task->network),
                                                      work->surgery == FOVEA_SURGERY_REMOVE ? "without" : "with only", task->neurons->len);
    }
}

static void
look_for (Work *work, Task *task)
{
  g_autoptr (FoveaNetwork) network = open_network (work, task);

  if (network == NULL)
    return;
  for (guint rule = 0; work->store != NULL && rule < FOVEA_N_CATEGORY_RULES; rule++)
    {
      task->biases[rule] = fovea_shape_bias_get (network, work->set, rule, work->store);
      if (task->biases[rule] == NULL)
        {
          free_biases (task->biases);
          break;
        }
    }
  if (task->biases[0] == NULL)
    task->seconds = fovea_cue_time_measure (network, work->set);
  name_operated (work, task);
}

static void
look (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;

  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      if (work->tasks[variant][side].network != NULL && !fovea_queued_job_is_cancelled (job))
        look_for (work, &work->tasks[variant][side]);
}

static void
take (FoveaShapeBiasResults *self, Work *work)
{
  self->serial++;
  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        Task *task = &work->tasks[variant][side];
        Slot *slot = &self->slots[variant][side];

        if (task->network == NULL)
          continue;
        slot->looked_up = TRUE;
        if (task->seconds > 0)
          slot->seconds = task->seconds;
        if (task->error != NULL && !g_error_matches (task->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
          slot->error = g_strdup (task->error->message);
        if (task->biases[0] == NULL)
          continue;
        free_biases (slot->biases);
        memcpy (slot->biases, task->biases, sizeof slot->biases);
        memset (task->biases, 0, sizeof task->biases);
      }
}

static void
on_looked (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;
  FoveaShapeBiasResults *self = work->results;

  g_clear_object (&self->looking);
  take (self, work);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
measure_network (Work *work, Task *task, const FoveaJob *job)
{
  g_autoptr (FoveaNetwork) network = open_network (work, task);

  if (network == NULL || !fovea_shape_bias_measure_all (network, work->set, task->biases, job, &task->error))
    return;
  /* What cannot be kept was computed nevertheless. */
  for (guint rule = 0; work->store != NULL && rule < FOVEA_N_CATEGORY_RULES; rule++)
    fovea_shape_bias_put (task->biases[rule], network, work->set, rule, work->store, NULL);
  name_operated (work, task);
}

static void
measure (FoveaQueuedJob *queued, gpointer data)
{
  Work *work = data;
  FoveaJob job;

  fovea_progress_begin (&work->progress, queued, &job);
  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      if (work->tasks[variant][side].network != NULL && !fovea_queued_job_is_cancelled (queued))
        {
          measure_network (work, &work->tasks[variant][side], &job);
          fovea_progress_end_part (&work->progress);
        }
}

static void
on_measuring (FoveaQueuedJob *job, gpointer data)
{
  g_signal_emit (((Work *) data)->results, signals[CHANGED], 0);
}

static void
on_measured (FoveaQueuedJob *job, gpointer data)
{
  Work *work = data;
  FoveaShapeBiasResults *self = work->results;

  g_clear_object (&self->measuring);
  take (self, work);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget (FoveaShapeBiasResults *self, guint first)
{
  fovea_queued_job_clear (&self->looking);
  fovea_queued_job_clear (&self->measuring);
  for (guint variant = first; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      clear_slot (&self->slots[variant][side]);
  self->serial++;
  self->stopped = FALSE;
}

static void
on_stimuli_changed (FoveaShapeBiasResults *self)
{
  forget (self, WHOLE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_pins_changed (FoveaShapeBiasResults *self)
{
  if (self->operates)
    forget (self, OPERATED);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_shape_bias_results_dispose (GObject *object)
{
  FoveaShapeBiasResults *self = FOVEA_SHAPE_BIAS_RESULTS (object);

  forget (self, WHOLE);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->networks[side], fovea_network_unref);
  g_clear_object (&self->pins);
  g_clear_object (&self->stimuli);
  g_clear_object (&self->queue);
  g_clear_object (&self->reading_queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  G_OBJECT_CLASS (fovea_shape_bias_results_parent_class)->dispose (object);
}

static void
fovea_shape_bias_results_class_init (FoveaShapeBiasResultsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_shape_bias_results_dispose;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_SHAPE_BIAS_RESULTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_shape_bias_results_init (FoveaShapeBiasResults *self)
{
}

/**
 * fovea_shape_bias_results_of_pair:
 * @pair: a pair of networks, or a single one
 *
 * The results go with the pair.
 *
 * Returns: (transfer none) (nullable): the results; %NULL where there is no application
 */
FoveaShapeBiasResults *
fovea_shape_bias_results_of_pair (FoveaNetworkPair *pair)
{
  static const char *const key = "fovea-shape-bias-results";
  FoveaShapeBiasResults *self = g_object_get_data (G_OBJECT (pair), key);

  g_return_val_if_fail (FOVEA_IS_NETWORK_PAIR (pair), NULL);
  if (self != NULL || fovea_application_get_cue_stimuli () == NULL)
    return self;
  self = g_object_new (FOVEA_TYPE_SHAPE_BIAS_RESULTS, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      self->networks[side] = fovea_network_ref (fovea_network_pair_get_network (pair, side));
  self->pins = g_object_ref (fovea_pins_get (pair));
  self->stimuli = g_object_ref (fovea_application_get_cue_stimuli ());
  self->queue = g_object_ref (fovea_application_get_job_queue ());
  self->reading_queue = g_object_ref (fovea_application_get_reading_queue ());
  self->store = fovea_application_get_store () != NULL ? fovea_store_ref (fovea_application_get_store ()) : NULL;
  g_signal_connect_object (self->stimuli, "changed", G_CALLBACK (on_stimuli_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pins, "changed", G_CALLBACK (on_pins_changed), self, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (pair), key, self, g_object_unref);
  return self;
}

/**
 * fovea_shape_bias_results_get_stimuli:
 *
 * Returns: (transfer none): whose images are shown to the networks
 */
FoveaCueStimuli *
fovea_shape_bias_results_get_stimuli (FoveaShapeBiasResults *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self), NULL);
  return self->stimuli;
}

/**
 * fovea_shape_bias_results_set_surgery:
 * @wanted: whether the networks are also of interest with channels switched off
 * @surgery: whether the pinned channels go or stay
 */
void
fovea_shape_bias_results_set_surgery (FoveaShapeBiasResults *self, gboolean wanted, FoveaSurgery surgery)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self));
  if (self->operates == wanted && (!wanted || self->surgery == surgery))
    return;
  self->operates = wanted;
  self->surgery = surgery;
  forget (self, OPERATED);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_shape_bias_results_look_up:
 * @status: (out): how it stands. It is done where there is something of any network and nothing is missing of the others,
 *   and failed where there is nothing of any
 *
 * Begins to read the images and to ask the store where that has not begun; computes nothing.
 */
void
fovea_shape_bias_results_look_up (FoveaShapeBiasResults *self, FoveaCueStatus *status)
{
  const char *error = NULL;
  gboolean unknown = FALSE, any = FALSE;
  FoveaCueSet *set;

  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self) && status != NULL);

  *status = (FoveaCueStatus) { .state = FOVEA_CUE_LOOKING, .stopped = self->stopped, .seconds_left = -1 };
  set = fovea_cue_stimuli_get_set (self->stimuli, &error);
  if (set == NULL)
    {
      status->state = error != NULL ? FOVEA_CUE_FAILED : FOVEA_CUE_LOOKING;
      status->error = error;
      return;
    }
  status->n_images = fovea_cue_set_get_n_cues (set);
  for (guint variant = 0; variant < N_VARIANTS; variant++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        const Slot *slot = &self->slots[variant][side];

        any = any || slot->biases[0] != NULL;
        if (slot->error != NULL && status->error == NULL)
          status->error = slot->error;
        if (!is_missing (self, variant, side))
          continue;
        status->n_networks++;
        status->seconds += slot->seconds;
        unknown = unknown || !slot->looked_up;
      }
  if (self->measuring != NULL)
    {
      status->state = FOVEA_CUE_COMPUTING;
      fovea_progress_get (self->progress, &status->done, &status->total, &status->seconds_left);
    }
  else if (status->n_networks == 0)
    status->state = any ? FOVEA_CUE_DONE : FOVEA_CUE_FAILED;
  else if (!unknown)
    status->state = FOVEA_CUE_MISSING;
  else if (self->looking == NULL)
    self->looking = fovea_job_queue_push (self->reading_queue, FOVEA_JOB_PRIORITY_INTERACTIVE, look, NULL, on_looked, work_new (self, set, TRUE), work_free);
}

/**
 * fovea_shape_bias_results_get_serial:
 *
 * Returns: another number whenever there are other results
 */
guint
fovea_shape_bias_results_get_serial (FoveaShapeBiasResults *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self), 0);
  return self->serial;
}

/**
 * fovea_shape_bias_results_has_whole:
 *
 * Returns: whether there is something of a network as it is, and nothing is missing of the other
 */
gboolean
fovea_shape_bias_results_has_whole (FoveaShapeBiasResults *self)
{
  gboolean any = FALSE;

  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self), FALSE);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (is_missing (self, WHOLE, side))
        return FALSE;
      any = any || self->slots[WHOLE][side].biases[0] != NULL;
    }
  return any;
}

/**
 * fovea_shape_bias_results_get:
 * @side: which network
 * @operated: whether with channels switched off
 * @rule: how the classes of a category are put together
 *
 * Returns: (transfer none) (nullable): its decisions, until the next change; %NULL where they are not there
 */
const FoveaShapeBias *
fovea_shape_bias_results_get (FoveaShapeBiasResults *self, FoveaSide side, gboolean operated, FoveaCategoryRule rule)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self), NULL);
  return self->slots[operated ? OPERATED : WHOLE][side].biases[rule];
}

/**
 * fovea_shape_bias_results_get_error:
 *
 * Returns: (transfer none) (nullable): why a network cannot decide
 */
const char *
fovea_shape_bias_results_get_error (FoveaShapeBiasResults *self, FoveaSide side, gboolean operated)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self), NULL);
  return self->slots[operated ? OPERATED : WHOLE][side].error;
}

/**
 * fovea_shape_bias_results_compute:
 *
 * Shows the images to the networks of which something is missing.
 */
void
fovea_shape_bias_results_compute (FoveaShapeBiasResults *self)
{
  FoveaCueSet *set;
  Work *work;

  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self));

  set = fovea_cue_stimuli_get_set (self->stimuli, NULL);
  if (set == NULL || self->measuring != NULL)
    return;
  work = work_new (self, set, FALSE);
  self->stopped = FALSE;
  self->progress = &work->progress;
  self->measuring = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, measure, on_measuring, on_measured, work, work_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_shape_bias_results_stop:
 *
 * Stops computing soon; the networks that are done stay done.
 */
void
fovea_shape_bias_results_stop (FoveaShapeBiasResults *self)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_RESULTS (self));
  if (self->measuring == NULL)
    return;
  self->stopped = TRUE;
  fovea_queued_job_cancel (self->measuring);
}
