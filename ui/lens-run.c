/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-run.h"

#include "ui/application.h"

/* What takes longer than this is said to be computed, in milliseconds. */
#define PATIENCE 250

/* So many layers of an image are kept, so that going back to one takes no time. */
#define MAX_LAYERS 16

/* What there is of one network. */
typedef struct
{
  GPtrArray *responses;    /* (element-type FoveaResponse): to the image, the latest first */
  GdkTexture *seen;        /* nullable: the image as the network sees it */
  FoveaLensAttack *attack; /* nullable: the image that misleads this network */
  int source;              /* whose attack it is shown; -1 none */
  char *before;            /* nullable: what it says of the image as it is */
  FoveaNetwork *operated;  /* nullable: the network after surgery */
  const char *error_title; /* nullable */
  char *error;             /* nullable */
} Side;

struct _FoveaLensRun
{
  GObject parent_instance;

  FoveaJobQueue *queue; /* nullable: the application's */
  FoveaNetworkPair *pair; /* nullable */
  FoveaLensImage *image;  /* nullable */
  char *layer;            /* nullable: without a pair */
  FoveaSurgery surgery;
  GPtrArray *switched[FOVEA_N_SIDES]; /* (element-type utf8): addresses of channels in surgery */
  gboolean is_attacked;
  FoveaLensAttackSettings attack;

  Side sides[FOVEA_N_SIDES];
  FoveaQueuedJob *running; /* nullable */
  gboolean is_stale;       /* another attack is wanted than the running job's */
  guint patience_source;
};

G_DEFINE_FINAL_TYPE (FoveaLensRun, fovea_lens_run, G_TYPE_OBJECT)

enum
{
  CHANGED,
  WAITING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The network of a side; NULL where there is none. */
static FoveaNetwork *
get_network (FoveaLensRun *self, guint side)
{
  return self->pair != NULL && fovea_network_pair_has_side (self->pair, side) ? fovea_network_pair_get_network (self->pair, side) : NULL;
}

/* What a job computes, and for whom. */
typedef struct
{
  FoveaLensRun *run; /* not owned: the job is dropped before it goes */
  FoveaLensWork *work;
} Running;

static void
running_free (gpointer data)
{
  Running *running = data;

  fovea_lens_work_free (running->work);
  g_free (running);
}

static void
run (FoveaQueuedJob *queued, gpointer data)
{
  Running *running = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  fovea_lens_work_run (running->work, &job);
}

static void
forget_responses (FoveaLensRun *self)
{
  for (guint i = 0; i < FOVEA_N_SIDES; i++)
    {
      Side *side = &self->sides[i];

      g_ptr_array_set_size (side->responses, 0);
      g_clear_object (&side->seen);
      g_clear_pointer (&side->attack, fovea_lens_attack_unref);
      g_clear_pointer (&side->error, g_free);
    }
}

static void
forget_operated (FoveaLensRun *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->sides[side].operated, fovea_network_unref);
}

/* What the networks said of the image before anything was changed holds no more, either. */
static void
forget_image (FoveaLensRun *self)
{
  forget_responses (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->sides[side].before, g_free);
}

static void
stop (FoveaLensRun *self)
{
  g_clear_handle_id (&self->patience_source, g_source_remove);
  fovea_queued_job_clear (&self->running);
  if (self->is_stale)
    forget_responses (self);
  self->is_stale = FALSE;
}

static void
take_side (FoveaLensRun *self, FoveaLensWork *work, guint index)
{
  Side *side = &self->sides[index];

  side->source = work->is_attacked ? (int) work->sources[index] : -1;
  if (work->attacks[index] != NULL && work->attacks[index] != side->attack)
    {
      g_clear_pointer (&side->attack, fovea_lens_attack_unref);
      side->attack = fovea_lens_attack_ref (work->attacks[index]);
    }
  if (work->operated[index] != NULL && work->operated[index] != side->operated)
    {
      g_clear_pointer (&side->operated, fovea_network_unref);
      side->operated = fovea_network_ref (work->operated[index]);
    }
  if (work->before[index] != NULL)
    {
      g_free (side->before);
      side->before = g_strdup (work->before[index]);
    }
  if (work->wanted[index])
    g_clear_pointer (&side->error, g_free);
  if (work->responses[index] != NULL)
    {
      g_ptr_array_insert (side->responses, 0, fovea_response_ref (work->responses[index]));
      if (side->responses->len > MAX_LAYERS)
        g_ptr_array_set_size (side->responses, MAX_LAYERS);
      g_set_object (&side->seen, work->seen[index]);
    }
  else if (work->errors[index] != NULL)
    {
      side->error_title = work->switched[index] != NULL ? "This network cannot be operated on"
                          : work->is_attacked           ? "This network cannot be shown the attacked image"
                                                        : "This network cannot see the image";
      side->error = g_strdup (work->errors[index]->message);
    }
}

static GPtrArray *
copy_addresses (const GPtrArray *addresses)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (copy, g_strdup (g_ptr_array_index (addresses, i)));
  return copy;
}

static FoveaLensWork *
work_new (FoveaLensRun *self)
{
  FoveaLensWork *work = g_new0 (FoveaLensWork, 1);

  work->image = fovea_lens_image_ref (self->image);
  work->layer = g_strdup (self->layer);
  work->surgery = self->surgery;
  work->is_attacked = self->is_attacked;
  work->settings = self->attack;
  for (guint i = 0; i < FOVEA_N_SIDES; i++)
    {
      const Side *side = &self->sides[i];
      FoveaNetwork *network = get_network (self, i);

      if (network == NULL)
        continue;
      work->networks[i] = fovea_network_ref (network);
      work->wanted[i] = fovea_lens_run_get_response (self, i) == NULL;
      work->sources[i] = self->attack.source >= 0 && get_network (self, (guint) self->attack.source) != NULL ? (FoveaSide) self->attack.source : i;
      work->attacks[i] = side->attack != NULL ? fovea_lens_attack_ref (side->attack) : NULL;
      work->before[i] = g_strdup (side->before);
      work->operated[i] = side->operated != NULL ? fovea_network_ref (side->operated) : NULL;
      if (self->switched[i]->len > 0)
        work->switched[i] = copy_addresses (self->switched[i]);
    }
  return work;
}

static void start_again (FoveaLensRun *self);

static void
on_done (FoveaQueuedJob *job, gpointer data)
{
  Running *running = data;
  FoveaLensRun *self = running->run;

  g_clear_object (&self->running);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    take_side (self, running->work, side);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->is_stale)
    start_again (self);
}

/* While settings change all the time, what is quick is shown all the same, and what is slow makes room. */
static gboolean
on_patience_ended (gpointer data)
{
  FoveaLensRun *self = data;

  self->patience_source = 0;
  if (self->is_stale)
    start_again (self);
  else
    g_signal_emit (self, signals[WAITING], 0);
  return G_SOURCE_REMOVE;
}

/* Computes what is missing. */
static void
start (FoveaLensRun *self)
{
  FoveaJobQueue *queue = self->queue != NULL ? self->queue : fovea_application_get_job_queue ();
  FoveaLensWork *work;

  stop (self);
  if (self->image == NULL || self->layer == NULL || queue == NULL)
    return;
  work = work_new (self);
  if (work->wanted[FOVEA_SIDE_STANDARD] || work->wanted[FOVEA_SIDE_ROBUST])
    {
      Running *running = g_new0 (Running, 1);

      running->run = self;
      running->work = work;
      self->running = fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, run, NULL, on_done, running, running_free);
      self->patience_source = g_timeout_add (PATIENCE, on_patience_ended, self);
      return;
    }
  fovea_lens_work_free (work);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Other settings are wanted: what was computed by the old ones is not. */
static void
start_again (FoveaLensRun *self)
{
  stop (self);
  forget_responses (self);
  start (self);
}

static void
fovea_lens_run_dispose (GObject *object)
{
  FoveaLensRun *self = FOVEA_LENS_RUN (object);

  stop (self);
  forget_image (self);
  forget_operated (self);
  g_clear_object (&self->queue);
  g_clear_object (&self->pair);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  G_OBJECT_CLASS (fovea_lens_run_parent_class)->dispose (object);
}

static void
fovea_lens_run_finalize (GObject *object)
{
  FoveaLensRun *self = FOVEA_LENS_RUN (object);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_ptr_array_unref (self->sides[side].responses);
      g_ptr_array_unref (self->switched[side]);
    }
  g_free (self->layer);
  G_OBJECT_CLASS (fovea_lens_run_parent_class)->finalize (object);
}

static void
fovea_lens_run_class_init (FoveaLensRunClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_lens_run_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_lens_run_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_LENS_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[WAITING] = g_signal_new ("waiting", FOVEA_TYPE_LENS_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_lens_run_init (FoveaLensRun *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->sides[side].responses = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_response_unref);
      self->sides[side].source = -1;
      self->switched[side] = g_ptr_array_new_with_free_func (g_free);
    }
}

/**
 * fovea_lens_run_new:
 *
 * Returns: (transfer full): a run without networks and image
 */
FoveaLensRun *
fovea_lens_run_new (void)
{
  return g_object_new (FOVEA_TYPE_LENS_RUN, NULL);
}

/**
 * fovea_lens_run_set_queue:
 * @queue: where its jobs go, instead of the application's queue
 */
void
fovea_lens_run_set_queue (FoveaLensRun *self, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_LENS_RUN (self));
  g_set_object (&self->queue, queue);
}

/**
 * fovea_lens_run_set_priority:
 * @priority: of what is being computed now
 */
void
fovea_lens_run_set_priority (FoveaLensRun *self, int priority)
{
  g_return_if_fail (FOVEA_IS_LENS_RUN (self));
  if (self->running != NULL)
    fovea_queued_job_set_priority (self->running, priority);
}

/**
 * fovea_lens_run_set_pair:
 * @pair: (nullable): the networks; then fovea_lens_run_set_layer() is to be called
 *
 * Ends surgery, too: its channels are other networks'.
 */
void
fovea_lens_run_set_pair (FoveaLensRun *self, FoveaNetworkPair *pair)
{
  g_return_if_fail (FOVEA_IS_LENS_RUN (self));

  stop (self);
  forget_image (self);
  forget_operated (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_set_size (self->switched[side], 0);
  g_clear_pointer (&self->layer, g_free);
  g_set_object (&self->pair, pair);
}

/**
 * fovea_lens_run_set_layer:
 * @layer: the layer whose maps to show, by its name
 */
void
fovea_lens_run_set_layer (FoveaLensRun *self, const char *layer)
{
  g_autofree char *copy = g_strdup (layer);

  g_return_if_fail (FOVEA_IS_LENS_RUN (self));

  g_free (self->layer);
  self->layer = g_steal_pointer (&copy);
  start (self);
}

/**
 * fovea_lens_run_set_image:
 * @image: the image
 */
void
fovea_lens_run_set_image (FoveaLensRun *self, FoveaLensImage *image)
{
  g_return_if_fail (FOVEA_IS_LENS_RUN (self) && image != NULL);

  stop (self);
  forget_image (self);
  fovea_lens_image_ref (image);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  self->image = image;
  start (self);
}

/**
 * fovea_lens_run_set_surgery:
 * @surgery: what to do with the channels
 * @addresses: (element-type utf8): the channels of each network; none at all is no surgery
 */
void
fovea_lens_run_set_surgery (FoveaLensRun *self, FoveaSurgery surgery, GPtrArray *const addresses[FOVEA_N_SIDES])
{
  g_return_if_fail (FOVEA_IS_LENS_RUN (self));

  self->surgery = surgery;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_ptr_array_unref (self->switched[side]);
      self->switched[side] = copy_addresses (addresses[side]);
    }
  forget_operated (self);
  start_again (self);
}

/**
 * fovea_lens_run_set_attack:
 * @settings: (nullable): how to attack the networks; %NULL to leave the image as it is
 *
 * Where one attack follows another, a job that may soon be done is let go on, so that there is something to see
 * while a slider moves.
 */
void
fovea_lens_run_set_attack (FoveaLensRun *self, const FoveaLensAttackSettings *settings)
{
  gboolean was_attacked;

  g_return_if_fail (FOVEA_IS_LENS_RUN (self));

  was_attacked = self->is_attacked;
  self->is_attacked = settings != NULL;
  if (settings != NULL)
    self->attack = *settings;
  if (was_attacked && self->is_attacked && self->running != NULL && self->patience_source != 0)
    self->is_stale = TRUE;
  else
    start_again (self);
}

/**
 * fovea_lens_run_is_busy:
 *
 * Returns: whether something is being computed
 */
gboolean
fovea_lens_run_is_busy (FoveaLensRun *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), FALSE);
  return self->running != NULL;
}

/**
 * fovea_lens_run_get_image:
 *
 * Returns: (transfer none) (nullable): the image
 */
FoveaLensImage *
fovea_lens_run_get_image (FoveaLensRun *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);
  return self->image;
}

/**
 * fovea_lens_run_get_response:
 *
 * Returns: (transfer none) (nullable): the network's response to the image at the chosen layer, once it is computed
 */
FoveaResponse *
fovea_lens_run_get_response (FoveaLensRun *self, FoveaSide side)
{
  const GPtrArray *responses;

  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);

  responses = self->sides[side].responses;
  for (guint i = 0; i < responses->len; i++)
    {
      FoveaResponse *response = g_ptr_array_index (responses, i);

      if (fovea_response_get_layer (response) == fovea_lens_find_layer (fovea_response_get_network (response), self->layer))
        return response;
    }
  return NULL;
}

/**
 * fovea_lens_run_get_seen:
 *
 * Returns: (transfer none) (nullable): the image as the network sees it
 */
GdkTexture *
fovea_lens_run_get_seen (FoveaLensRun *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);
  return self->sides[side].seen;
}

/**
 * fovea_lens_run_get_attack:
 * @source: (out) (optional): the network that it was made for
 *
 * Returns: (transfer none) (nullable): the attack that the network is shown
 */
FoveaLensAttack *
fovea_lens_run_get_attack (FoveaLensRun *self, FoveaSide side, FoveaSide *source)
{
  int made_for;

  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);

  made_for = self->sides[side].source;
  if (made_for < 0)
    return NULL;
  if (source != NULL)
    *source = (FoveaSide) made_for;
  return self->sides[made_for].attack;
}

/**
 * fovea_lens_run_get_answer_before:
 *
 * Returns: (transfer none) (nullable): the answer of the network as it is to the image as it is; it is asked only
 *   where one of them is changed
 */
const char *
fovea_lens_run_get_answer_before (FoveaLensRun *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);
  return self->sides[side].before;
}

/**
 * fovea_lens_run_get_error:
 * @title: (out): what could not be done
 *
 * Returns: (transfer none) (nullable): why there is no response
 */
const char *
fovea_lens_run_get_error (FoveaLensRun *self, FoveaSide side, const char **title)
{
  g_return_val_if_fail (FOVEA_IS_LENS_RUN (self), NULL);
  *title = self->sides[side].error_title;
  return self->sides[side].error;
}
