/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-observers.h"

#include "engine/analysis/cue-trials.h"
#include "ui/shape-bias-figure.h"

/* Problems that are told in words; the others are counted. */
#define MAX_MESSAGES 5

/* How settings call the groups. */
static const char *const group_names[FOVEA_N_PUBLISHED_GROUPS] = { "people", "persons", "networks" };

struct _FoveaShapeBiasObservers
{
  GObject parent_instance;

  FoveaJobQueue *queue;
  FoveaSettings *settings; /* nullable */
  gboolean shown[FOVEA_N_PUBLISHED_GROUPS];
  GPtrArray *published; /* (element-type FoveaShapeBias) */
  char *published_error; /* nullable: why there are none */
  GPtrArray *paths;     /* (element-type utf8): the open files */
  GPtrArray *trials;    /* (element-type FoveaShapeBias): what they hold */
  FoveaShapeBias *pool; /* nullable: the people among them, together */
  GPtrArray *errors;    /* (element-type utf8): of files that could not be read */
  FoveaQueuedJob *reading; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaShapeBiasObservers, fovea_shape_bias_observers, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What reading files needs and gives. */
typedef struct
{
  FoveaShapeBiasObservers *observers; /* not owned: the job is dropped before it goes */
  GStrv paths;
  GPtrArray *trials;
  GPtrArray *errors;
} Reading;

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_shape_bias_free);
}

static void
reading_free (gpointer data)
{
  Reading *work = data;

  g_strfreev (work->paths);
  g_clear_pointer (&work->trials, g_ptr_array_unref);
  g_clear_pointer (&work->errors, g_ptr_array_unref);
  g_free (work);
}

static void
read_files (FoveaQueuedJob *job, gpointer data)
{
  Reading *work = data;

  for (guint i = 0; work->paths[i] != NULL && !fovea_queued_job_is_cancelled (job); i++)
    {
      g_autoptr (GError) error = NULL;

      if (!fovea_cue_trials_read (work->paths[i], work->trials, &error))
        g_ptr_array_add (work->errors, g_strdup (error->message));
    }
}

static void
on_read (FoveaQueuedJob *job, gpointer data)
{
  Reading *work = data;
  FoveaShapeBiasObservers *self = work->observers;

  g_clear_object (&self->reading);
  g_ptr_array_unref (self->trials);
  g_ptr_array_unref (self->errors);
  g_clear_pointer (&self->pool, fovea_shape_bias_free);
  self->trials = g_steal_pointer (&work->trials);
  self->errors = g_steal_pointer (&work->errors);
  self->pool = fovea_cue_trials_pool (self->trials, FOVEA_CUE_PERSON, FOVEA_CUE_PEOPLE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
drop_reading (FoveaShapeBiasObservers *self)
{
  fovea_queued_job_clear (&self->reading);
}

static void
start_reading (FoveaShapeBiasObservers *self)
{
  Reading *work = g_new0 (Reading, 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  drop_reading (self);
  for (guint i = 0; i < self->paths->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->paths, i));
  work->observers = self;
  work->paths = g_strv_builder_end (builder);
  work->trials = new_list ();
  work->errors = g_ptr_array_new_with_free_func (g_free);
  self->reading = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, read_files, NULL, on_read, work, reading_free);
}

static void
keep (FoveaShapeBiasObservers *self)
{
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autoptr (GString) files = g_string_new (NULL);

  if (self->settings == NULL)
    return;
  for (guint group = 0; group < FOVEA_N_PUBLISHED_GROUPS; group++)
    if (self->shown[group])
      g_string_append_printf (groups, "%s%s", groups->len > 0 ? " " : "", group_names[group]);
  for (guint i = 0; i < self->paths->len; i++)
    {
      const char *path = g_ptr_array_index (self->paths, i);

      /* Settings hold nothing but text. */
      if (g_utf8_validate (path, -1, NULL) && strchr (path, '\n') == NULL)
        g_string_append_printf (files, "%s%s", files->len > 0 ? "\n" : "", path);
    }
  fovea_settings_set_string (self->settings, "observers", groups->str);
  fovea_settings_set_string (self->settings, "trial-files", files->str);
}

static void
fovea_shape_bias_observers_finalize (GObject *object)
{
  FoveaShapeBiasObservers *self = FOVEA_SHAPE_BIAS_OBSERVERS (object);

  drop_reading (self);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  g_ptr_array_unref (self->published);
  g_free (self->published_error);
  g_ptr_array_unref (self->paths);
  g_ptr_array_unref (self->trials);
  g_clear_pointer (&self->pool, fovea_shape_bias_free);
  g_ptr_array_unref (self->errors);
  G_OBJECT_CLASS (fovea_shape_bias_observers_parent_class)->finalize (object);
}

static void
fovea_shape_bias_observers_class_init (FoveaShapeBiasObserversClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_shape_bias_observers_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_SHAPE_BIAS_OBSERVERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_shape_bias_observers_init (FoveaShapeBiasObservers *self)
{
  self->paths = g_ptr_array_new_with_free_func (g_free);
  self->trials = new_list ();
  self->errors = g_ptr_array_new_with_free_func (g_free);
  self->shown[FOVEA_PUBLISHED_PEOPLE] = TRUE;
}

static void
restore (FoveaShapeBiasObservers *self)
{
  g_autofree char *groups = fovea_settings_get_string (self->settings, "observers");
  g_autofree char *files = fovea_settings_get_string (self->settings, "trial-files");
  g_auto (GStrv) names = g_strsplit (groups, " ", -1);
  g_auto (GStrv) paths = g_strsplit (files, "\n", -1);

  for (guint group = 0; group < FOVEA_N_PUBLISHED_GROUPS; group++)
    self->shown[group] = g_strv_contains ((const char *const *) names, group_names[group]);
  for (guint i = 0; paths[i] != NULL; i++)
    if (paths[i][0] != '\0')
      g_ptr_array_add (self->paths, g_strdup (paths[i]));
}

/**
 * fovea_shape_bias_observers_new:
 * @queue: in which files are read
 * @settings: (nullable): where the choice and the files are kept
 *
 * Returns: (transfer full): the observers that were known at the last end
 */
FoveaShapeBiasObservers *
fovea_shape_bias_observers_new (FoveaJobQueue *queue, FoveaSettings *settings)
{
  FoveaShapeBiasObservers *self = g_object_new (FOVEA_TYPE_SHAPE_BIAS_OBSERVERS, NULL);
  g_autoptr (GError) error = NULL;

  self->queue = g_object_ref (queue);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  self->published = fovea_cue_totals_read_published (&error);
  if (self->published == NULL)
    {
      self->published = new_list ();
      self->published_error = g_strdup (error->message);
    }
  if (settings != NULL)
    restore (self);
  if (self->paths->len > 0)
    start_reading (self);
  return self;
}

/**
 * fovea_shape_bias_observers_get_shown:
 *
 * Returns: whether a group is to be shown
 */
gboolean
fovea_shape_bias_observers_get_shown (FoveaShapeBiasObservers *self, FoveaPublishedGroup group)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self), FALSE);
  return self->shown[group];
}

/**
 * fovea_shape_bias_observers_set_shown:
 *
 * Chooses whether a group is to be shown.
 */
void
fovea_shape_bias_observers_set_shown (FoveaShapeBiasObservers *self, FoveaPublishedGroup group, gboolean shown)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self));
  if (self->shown[group] == shown)
    return;
  self->shown[group] = shown;
  keep (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_shape_bias_observers_open:
 * @paths: files of trials
 *
 * Adds them to the open files, and reads all.
 */
void
fovea_shape_bias_observers_open (FoveaShapeBiasObservers *self, const char *const *paths)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self) && paths != NULL);

  for (guint i = 0; paths[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (self->paths, paths[i], g_str_equal, NULL))
      g_ptr_array_add (self->paths, g_strdup (paths[i]));
  keep (self);
  start_reading (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_shape_bias_observers_close:
 *
 * Closes all files.
 */
void
fovea_shape_bias_observers_close (FoveaShapeBiasObservers *self)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self));

  drop_reading (self);
  g_ptr_array_set_size (self->paths, 0);
  g_ptr_array_set_size (self->trials, 0);
  g_ptr_array_set_size (self->errors, 0);
  g_clear_pointer (&self->pool, fovea_shape_bias_free);
  keep (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_shape_bias_observers_get_n_files:
 *
 * Returns: how many files are open, those that cannot be read included
 */
guint
fovea_shape_bias_observers_get_n_files (FoveaShapeBiasObservers *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self), 0);
  return self->paths->len;
}

/**
 * fovea_shape_bias_observers_is_reading:
 *
 * Returns: whether files are being read
 */
gboolean
fovea_shape_bias_observers_is_reading (FoveaShapeBiasObservers *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self), FALSE);
  return self->reading != NULL;
}

/**
 * fovea_shape_bias_observers_describe_problems:
 *
 * Returns: (transfer full) (nullable): how many files could not be read and how many trials say no cues, and the first of
 *   them; %NULL where there are none
 */
char *
fovea_shape_bias_observers_describe_problems (FoveaShapeBiasObservers *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_trials = 0;
  guint n_messages = 0;

  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self), NULL);

  if (self->published_error != NULL)
    g_string_append_printf (text, "The published observers cannot be read: %s.\n", self->published_error);
  if (self->errors->len > 0)
    g_string_append_printf (text, "%u of %u files of trials could not be read.\n", self->errors->len, self->paths->len);
  for (guint i = 0; i < self->errors->len && n_messages < MAX_MESSAGES; i++, n_messages++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (self->errors, i));
  for (guint i = 0; i < self->trials->len; i++)
    n_trials += ((const FoveaShapeBias *) g_ptr_array_index (self->trials, i))->n_unlabelled;
  if (n_trials > 0)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " trials were left out because their image says no cues.\n", n_trials);
  for (guint i = 0; i < self->trials->len; i++)
    {
      const FoveaShapeBias *bias = g_ptr_array_index (self->trials, i);

      for (guint p = 0; p < bias->problems->len && n_messages < MAX_MESSAGES; p++, n_messages++)
        g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (bias->problems, p));
    }
  if (text->len == 0)
    return NULL;
  g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add (GArray *observers, const FoveaShapeBias *bias, FoveaObserverKind kind, gboolean published)
{
  const FoveaObserver observer = { bias, kind, -1, published };

  g_array_append_val (observers, observer);
}

static FoveaPublishedGroup
get_group (const FoveaShapeBias *bias)
{
  if (g_str_equal (bias->observer, FOVEA_CUE_PEOPLE))
    return FOVEA_PUBLISHED_PEOPLE;
  return g_str_has_prefix (bias->observer, FOVEA_CUE_PERSON) ? FOVEA_PUBLISHED_PERSONS : FOVEA_PUBLISHED_NETWORKS;
}

static gboolean
has_trials_of (FoveaShapeBiasObservers *self, const char *name)
{
  for (guint i = 0; i < self->trials->len; i++)
    if (g_str_equal (((const FoveaShapeBias *) g_ptr_array_index (self->trials, i))->observer, name))
      return TRUE;
  return FALSE;
}

/**
 * fovea_shape_bias_observers_list:
 * @observers: (element-type FoveaObserver): where they are added: who was opened, then who was published and is shown. Of
 *   those who are both, only what was opened
 *
 * What is added is valid until the next change.
 */
void
fovea_shape_bias_observers_list (FoveaShapeBiasObservers *self, GArray *observers)
{
  static const FoveaObserverKind kinds[] = { FOVEA_OBSERVER_PEOPLE, FOVEA_OBSERVER_PERSON, FOVEA_OBSERVER_OTHER };

  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_OBSERVERS (self) && observers != NULL);

  if (self->pool != NULL)
    add (observers, self->pool, FOVEA_OBSERVER_PEOPLE, FALSE);
  for (guint i = 0; i < self->trials->len; i++)
    {
      const FoveaShapeBias *bias = g_ptr_array_index (self->trials, i);
      const gboolean person = self->pool != NULL && g_str_has_prefix (bias->observer, FOVEA_CUE_PERSON);

      add (observers, bias, person ? FOVEA_OBSERVER_PERSON : FOVEA_OBSERVER_OTHER, FALSE);
    }
  for (guint i = 0; i < self->published->len; i++)
    {
      const FoveaShapeBias *bias = g_ptr_array_index (self->published, i);
      const FoveaPublishedGroup group = get_group (bias);

      if (self->shown[group] && !has_trials_of (self, bias->observer) && !(group == FOVEA_PUBLISHED_PEOPLE && self->pool != NULL))
        add (observers, bias, kinds[group], TRUE);
    }
}
