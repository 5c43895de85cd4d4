/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tally-files.h"

typedef struct {
  char *name;
  FoveaTally *tally;
} File;

struct _FoveaTallyFiles {
  GObject parent_instance;

  GPtrArray *files;   /* (element-type File) */
  GPtrArray *reading; /* (element-type FoveaQueuedJob) */
};

G_DEFINE_FINAL_TYPE (FoveaTallyFiles, fovea_tally_files, G_TYPE_OBJECT)

enum { CHANGED, FAILED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->name);
  fovea_tally_free (file->tally);
  g_free (file);
}

typedef struct {
  FoveaTallyFiles *files; /* not owned: the job is dropped before it goes */
  char *path;
  FoveaTally *tally;
  GError *error;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->tally, fovea_tally_free);
  g_clear_error (&reading->error);
  g_free (reading->path);
  g_free (reading);
}

static void
read_run (FoveaQueuedJob *job,
          gpointer data)
{
  Reading *reading = data;

  reading->tally = fovea_tally_read (reading->path, &reading->error);
}

static void
read_done (FoveaQueuedJob *job,
           gpointer data)
{
  Reading *reading = data;
  FoveaTallyFiles *self = reading->files;

  g_ptr_array_remove (self->reading, job);
  if (reading->tally == NULL)
    g_signal_emit (self, signals[FAILED], 0, reading->error->message);
  else if (self->files->len == FOVEA_TALLY_FILES_MAX)
    g_signal_emit (self, signals[FAILED], 0, "There are as many tables as can be told apart; close them first");
  else
    {
      File *file = g_new0 (File, 1);

      file->name = g_filename_display_basename (reading->path);
      file->tally = g_steal_pointer (&reading->tally);
      g_ptr_array_add (self->files, file);
      g_signal_emit (self, signals[CHANGED], 0);
    }
}

static void
fovea_tally_files_dispose (GObject *object)
{
  FoveaTallyFiles *self = FOVEA_TALLY_FILES (object);

  for (guint i = 0; i < self->reading->len; i++)
    fovea_queued_job_drop (self->reading->pdata[i]);
  g_ptr_array_set_size (self->reading, 0);
  G_OBJECT_CLASS (fovea_tally_files_parent_class)->dispose (object);
}

static void
fovea_tally_files_finalize (GObject *object)
{
  FoveaTallyFiles *self = FOVEA_TALLY_FILES (object);

  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->reading);
  G_OBJECT_CLASS (fovea_tally_files_parent_class)->finalize (object);
}

static void
fovea_tally_files_class_init (FoveaTallyFilesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_tally_files_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_tally_files_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_TALLY_FILES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", FOVEA_TYPE_TALLY_FILES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_tally_files_init (FoveaTallyFiles *self)
{
  self->files = g_ptr_array_new_with_free_func (file_free);
  self->reading = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * fovea_tally_files_new:
 *
 * Returns: (transfer full): no files
 */
FoveaTallyFiles *
fovea_tally_files_new (void)
{
  return g_object_new (FOVEA_TYPE_TALLY_FILES, NULL);
}

/**
 * fovea_tally_files_open:
 * @self: files
 * @queue: where it is read
 * @path: one more
 *
 * Reads a file in the background; `changed` or `failed` tells.
 */
void
fovea_tally_files_open (FoveaTallyFiles *self,
                        FoveaJobQueue *queue,
                        const char *path)
{
  Reading *reading;

  g_return_if_fail (FOVEA_IS_TALLY_FILES (self) && queue != NULL && path != NULL);

  reading = g_new0 (Reading, 1);
  reading->files = self;
  reading->path = g_strdup (path);
  g_ptr_array_add (self->reading, fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, read_run, NULL, read_done, reading, reading_free));
}

/**
 * fovea_tally_files_close_all:
 * @self: files
 *
 * Forgets all files.
 */
void
fovea_tally_files_close_all (FoveaTallyFiles *self)
{
  g_return_if_fail (FOVEA_IS_TALLY_FILES (self));

  g_ptr_array_set_size (self->files, 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tally_files_get_n_files:
 * @self: files
 *
 * Returns: how many were read
 */
guint
fovea_tally_files_get_n_files (FoveaTallyFiles *self)
{
  g_return_val_if_fail (FOVEA_IS_TALLY_FILES (self), 0);
  return self->files->len;
}

/**
 * fovea_tally_files_get_series:
 * @self: files
 * @series: (out caller-allocates): for each file its name, a colour that no network has, and what it says; valid until
 *   `changed`
 *
 * Returns: how many there are
 */
guint
fovea_tally_files_get_series (FoveaTallyFiles *self,
                              FoveaDissectionSeries series[FOVEA_TALLY_FILES_MAX])
{
  g_return_val_if_fail (FOVEA_IS_TALLY_FILES (self), 0);

  for (guint i = 0; i < self->files->len; i++)
    {
      const File *file = self->files->pdata[i];

      series[i] = (FoveaDissectionSeries) { file->name, FOVEA_CHART_CATEGORY + i, file->tally };
    }
  return self->files->len;
}

/**
 * fovea_tally_files_describe_problems:
 * @self: files
 *
 * Returns: (transfer full): what of the files could not be used, a line for each; "" is nothing
 */
char *
fovea_tally_files_describe_problems (FoveaTallyFiles *self)
{
  GString *text;

  g_return_val_if_fail (FOVEA_IS_TALLY_FILES (self), NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < self->files->len; i++)
    {
      const File *file = self->files->pdata[i];
      const FoveaConceptProblems *problems = &file->tally->problems;
      const guint64 n = problems->counts[FOVEA_CONCEPT_PROBLEM_ROW];

      if (n > 0)
        g_string_append_printf (text, "%sLeft out of %s: %" G_GUINT64_FORMAT " %s, the first one is %s", text->len > 0 ? "\n" : "", file->name, n,
                                fovea_concept_problem_describe (FOVEA_CONCEPT_PROBLEM_ROW, n), (const char *) problems->messages->pdata[0]);
    }
  return g_string_free (text, FALSE);
}
