/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-stimuli.h"

/* So many pictures are kept; then all are forgotten. */
#define MAX_PICTURES 1500

struct _FoveaCueStimuli
{
  GObject parent_instance;

  FoveaImageSets *sets;
  FoveaJobQueue *queue;
  FoveaCueSet *set;      /* nullable */
  char *error;           /* nullable: why the images cannot be used */
  GHashTable *pictures;  /* (element-type gsize GdkTexture): of the set's images */
  FoveaQueuedJob *reading; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaCueStimuli, fovea_cue_stimuli, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What reading the names of a set's images needs and gives. */
typedef struct
{
  FoveaCueStimuli *stimuli; /* not owned: the job is dropped before it goes */
  FoveaImageSet *images;
  FoveaCueSet *set;
  GError *error;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *work = data;

  fovea_image_set_unref (work->images);
  g_clear_pointer (&work->set, fovea_cue_set_unref);
  g_clear_error (&work->error);
  g_free (work);
}

static void
read_names (FoveaQueuedJob *job, gpointer data)
{
  Reading *work = data;

  work->set = fovea_cue_set_new (work->images, &work->error);
}

static void
on_read (FoveaQueuedJob *job, gpointer data)
{
  Reading *work = data;
  FoveaCueStimuli *self = work->stimuli;

  g_clear_object (&self->reading);
  self->set = g_steal_pointer (&work->set);
  if (work->error != NULL)
    self->error = g_strdup (work->error->message);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget (FoveaCueStimuli *self)
{
  fovea_queued_job_clear (&self->reading);
  g_clear_pointer (&self->set, fovea_cue_set_unref);
  g_clear_pointer (&self->error, g_free);
  g_hash_table_remove_all (self->pictures);
}

static void
on_sets_changed (FoveaCueStimuli *self)
{
  forget (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_cue_stimuli_dispose (GObject *object)
{
  FoveaCueStimuli *self = FOVEA_CUE_STIMULI (object);

  forget (self);
  g_clear_object (&self->sets);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_cue_stimuli_parent_class)->dispose (object);
}

static void
fovea_cue_stimuli_finalize (GObject *object)
{
  FoveaCueStimuli *self = FOVEA_CUE_STIMULI (object);

  g_hash_table_unref (self->pictures);
  G_OBJECT_CLASS (fovea_cue_stimuli_parent_class)->finalize (object);
}

static void
fovea_cue_stimuli_class_init (FoveaCueStimuliClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_cue_stimuli_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_cue_stimuli_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_CUE_STIMULI, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_cue_stimuli_init (FoveaCueStimuli *self)
{
  self->pictures = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/**
 * fovea_cue_stimuli_new:
 * @sets: whose current set is used
 * @queue: in which names are read
 *
 * Returns: (transfer full): the stimuli
 */
FoveaCueStimuli *
fovea_cue_stimuli_new (FoveaImageSets *sets, FoveaJobQueue *queue)
{
  FoveaCueStimuli *self = g_object_new (FOVEA_TYPE_CUE_STIMULI, NULL);

  self->sets = g_object_ref (sets);
  self->queue = g_object_ref (queue);
  g_signal_connect_object (sets, "changed", G_CALLBACK (on_sets_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * fovea_cue_stimuli_get_sets:
 *
 * Returns: (transfer none): the list, for a chooser
 */
FoveaImageSets *
fovea_cue_stimuli_get_sets (FoveaCueStimuli *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_STIMULI (self), NULL);
  return self->sets;
}

/**
 * fovea_cue_stimuli_get_set:
 * @error: (out) (optional) (nullable) (transfer none): why there is none
 *
 * Begins to read the current set where that has not begun.
 *
 * Returns: (transfer none) (nullable): the set; %NULL while it is read, which `changed` ends, and where
 *   it cannot be used
 */
FoveaCueSet *
fovea_cue_stimuli_get_set (FoveaCueStimuli *self, const char **error)
{
  const char *cause = NULL;
  FoveaImageSet *images;

  g_return_val_if_fail (FOVEA_IS_CUE_STIMULI (self), NULL);
  images = fovea_image_sets_get_set (self->sets, &cause);
  if (images != NULL && self->set == NULL && self->error == NULL && self->reading == NULL)
    {
      Reading *work = g_new0 (Reading, 1);

      work->stimuli = self;
      work->images = fovea_image_set_ref (images);
      self->reading = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, read_names, NULL, on_read, work, reading_free);
    }
  if (error != NULL)
    *error = cause != NULL ? cause : self->error;
  return self->set;
}

/**
 * fovea_cue_stimuli_get_picture:
 * @image: an image of the current set
 *
 * Returns: (transfer none) (nullable): a small picture of it, if it was made
 */
GdkTexture *
fovea_cue_stimuli_get_picture (FoveaCueStimuli *self, gsize image)
{
  g_return_val_if_fail (FOVEA_IS_CUE_STIMULI (self), NULL);
  return g_hash_table_lookup (self->pictures, GSIZE_TO_POINTER (image));
}

/**
 * fovea_cue_stimuli_keep_picture:
 * @set: whose image it is; of another than the current set nothing is kept
 * @image: which one
 * @picture: a small picture of it
 */
void
fovea_cue_stimuli_keep_picture (FoveaCueStimuli *self, FoveaCueSet *set, gsize image, GdkTexture *picture)
{
  g_return_if_fail (FOVEA_IS_CUE_STIMULI (self) && GDK_IS_TEXTURE (picture));
  if (set != self->set)
    return;
  if (g_hash_table_size (self->pictures) >= MAX_PICTURES)
    g_hash_table_remove_all (self->pictures);
  g_hash_table_insert (self->pictures, GSIZE_TO_POINTER (image), g_object_ref (picture));
}
