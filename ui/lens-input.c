/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-input.h"

#include "ui/application.h"

struct _FoveaLensInput
{
  GObject parent_instance;

  FoveaJobQueue *queue;    /* nullable: the application's */
  FoveaQueuedJob *reading; /* nullable */
  char *set_key;           /* nullable: name or path of @set */
  FoveaImageSet *set;      /* nullable: the one last read from, so that its next image comes at once */
  GCancellable *clipboard_cancellable; /* nullable */
  GtkFileChooserNative *dialog;        /* while it is open */
};

G_DEFINE_FINAL_TYPE (FoveaLensInput, fovea_lens_input, G_TYPE_OBJECT)

enum
{
  READ,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where an image comes from, and what came of it: one of the sources is set. */
typedef struct
{
  FoveaLensInput *input; /* not owned: the job is dropped before it goes */
  GFile *file;
  GBytes *bytes;
  GdkTexture *texture;
  FoveaImage *pixels;
  char *set_key;      /* name or path of an image set */
  FoveaImageSet *set; /* nullable: if it is open already */
  gint64 index;       /* of the image in the set */
  int step;           /* where to go on when an image cannot be read; 0 nowhere */
  char *name;         /* nullable: of files and sets' images the source knows it */
  FoveaLensImage *image;
  GError *error;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *work = data;

  g_clear_object (&work->file);
  g_clear_pointer (&work->bytes, g_bytes_unref);
  g_clear_object (&work->texture);
  g_clear_pointer (&work->pixels, fovea_image_free);
  g_clear_pointer (&work->set, fovea_image_set_unref);
  g_clear_pointer (&work->image, fovea_lens_image_unref);
  g_clear_error (&work->error);
  g_free (work->set_key);
  g_free (work->name);
  g_free (work);
}

/* Who walks through a set is not to be held up by its broken files; where there is nothing else, the first one's error stays. */
static void
read_from_set (Reading *work, const FoveaJob *job)
{
  const gint64 n_tries = work->step != 0 ? (gint64) fovea_image_set_get_n_images (work->set) : 1;

  for (gint64 i = 0; work->image == NULL && i < n_tries && !fovea_job_is_cancelled (job, NULL); i++)
    work->image = fovea_lens_image_new_from_set (work->set, work->set_key, work->index + i * work->step, work->error == NULL ? &work->error : NULL);
}

static void
read_image (FoveaQueuedJob *queued, gpointer data)
{
  Reading *work = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  if (work->file != NULL)
    work->image = fovea_lens_image_new_from_file (work->file, &work->error);
  else if (work->bytes != NULL)
    work->image = fovea_lens_image_new_from_bytes (work->bytes, work->name, &work->error);
  else if (work->texture != NULL)
    work->image = fovea_lens_image_new_from_texture (work->texture, work->name, &work->error);
  else if (work->pixels != NULL)
    work->image = fovea_lens_image_new (g_steal_pointer (&work->pixels), work->name, &work->error);
  else
    {
      if (work->set == NULL)
        work->set = fovea_image_set_open_with_job (work->set_key, &job, &work->error);
      if (work->set != NULL)
        read_from_set (work, &job);
    }
}

static void
on_read (FoveaQueuedJob *job, gpointer data)
{
  Reading *work = data;
  FoveaLensInput *self = work->input;

  g_clear_object (&self->reading);
  if (work->set != NULL && work->set != self->set)
    {
      g_clear_pointer (&self->set, fovea_image_set_unref);
      self->set = fovea_image_set_ref (work->set);
      g_free (self->set_key);
      self->set_key = g_strdup (work->set_key);
    }
  if (work->image != NULL)
    g_signal_emit (self, signals[READ], 0, work->image);
  else
    g_signal_emit (self, signals[FAILED], 0, work->error->message);
}

/* Takes @work. An image that was still being read is not wanted any more. */
static void
start_reading (FoveaLensInput *self, Reading *work)
{
  FoveaJobQueue *queue = self->queue != NULL ? self->queue : fovea_application_get_job_queue ();

  fovea_lens_input_stop (self);
  work->input = self;
  if (queue != NULL)
    self->reading = fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, read_image, NULL, on_read, work, reading_free);
  else
    reading_free (work);
}

static void
on_dialog_response (FoveaLensInput *self, int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    fovea_lens_input_read_file (self, file);
}

static void
say_failure (FoveaLensInput *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLensInput) self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value != NULL)
    fovea_lens_input_take_value (self, value, "Pasted image");
  else
    say_failure (self, error);
}

static void
on_pasted_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLensInput) self = data;
  g_autoptr (GError) error = NULL;
  GMemoryOutputStream *stream = G_MEMORY_OUTPUT_STREAM (source);

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (stream), result, &error) >= 0)
    {
      Reading *work = g_new0 (Reading, 1);

      work->bytes = g_memory_output_stream_steal_as_bytes (stream);
      work->name = g_strdup ("Pasted image");
      start_reading (self, work);
    }
  else
    say_failure (self, error);
}

static void
on_clipboard_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLensInput) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  if (input != NULL)
    g_output_stream_splice_async (output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT,
                                  self->clipboard_cancellable, on_pasted_bytes, g_object_ref (self));
  else
    say_failure (self, error);
}

static void
fovea_lens_input_dispose (GObject *object)
{
  FoveaLensInput *self = FOVEA_LENS_INPUT (object);

  fovea_lens_input_stop (self);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->set, fovea_image_set_unref);
  G_OBJECT_CLASS (fovea_lens_input_parent_class)->dispose (object);
}

static void
fovea_lens_input_finalize (GObject *object)
{
  FoveaLensInput *self = FOVEA_LENS_INPUT (object);

  g_clear_object (&self->clipboard_cancellable);
  g_free (self->set_key);
  G_OBJECT_CLASS (fovea_lens_input_parent_class)->finalize (object);
}

static void
fovea_lens_input_class_init (FoveaLensInputClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_lens_input_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_lens_input_finalize;

  signals[READ] = g_signal_new ("read", FOVEA_TYPE_LENS_INPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[FAILED] = g_signal_new ("failed", FOVEA_TYPE_LENS_INPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_lens_input_init (FoveaLensInput *self)
{
}

/**
 * fovea_lens_input_new:
 *
 * Returns: (transfer full): an input
 */
FoveaLensInput *
fovea_lens_input_new (void)
{
  return g_object_new (FOVEA_TYPE_LENS_INPUT, NULL);
}

/**
 * fovea_lens_input_set_queue:
 * @queue: where its jobs go, instead of the application's queue
 */
void
fovea_lens_input_set_queue (FoveaLensInput *self, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_LENS_INPUT (self));
  g_set_object (&self->queue, queue);
}

/**
 * fovea_lens_input_set_priority:
 * @priority: of what is being read now
 */
void
fovea_lens_input_set_priority (FoveaLensInput *self, int priority)
{
  g_return_if_fail (FOVEA_IS_LENS_INPUT (self));
  if (self->reading != NULL)
    fovea_queued_job_set_priority (self->reading, priority);
}

/**
 * fovea_lens_input_is_busy:
 *
 * Returns: whether an image is being read
 */
gboolean
fovea_lens_input_is_busy (FoveaLensInput *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS_INPUT (self), FALSE);
  return self->reading != NULL;
}

/**
 * fovea_lens_input_stop:
 *
 * Whatever is being read is not wanted any more.
 */
void
fovea_lens_input_stop (FoveaLensInput *self)
{
  g_return_if_fail (FOVEA_IS_LENS_INPUT (self));
  g_cancellable_cancel (self->clipboard_cancellable);
  fovea_queued_job_clear (&self->reading);
}

/**
 * fovea_lens_input_read_image:
 * @image: (transfer full): any image
 * @name: what it is called
 */
void
fovea_lens_input_read_image (FoveaLensInput *self, FoveaImage *image, const char *name)
{
  Reading *work;

  g_return_if_fail (FOVEA_IS_LENS_INPUT (self) && image != NULL && name != NULL);
  work = g_new0 (Reading, 1);
  work->pixels = image;
  work->name = g_strdup (name);
  start_reading (self, work);
}

/**
 * fovea_lens_input_read_file:
 * @file: a PNG or JPEG file
 */
void
fovea_lens_input_read_file (FoveaLensInput *self, GFile *file)
{
  Reading *work;

  g_return_if_fail (FOVEA_IS_LENS_INPUT (self) && G_IS_FILE (file));
  work = g_new0 (Reading, 1);
  work->file = g_object_ref (file);
  start_reading (self, work);
}

static void
read_set (FoveaLensInput *self, const char *key, FoveaImageSet *set, gint64 index, int step)
{
  Reading *work = g_new0 (Reading, 1);

  work->set_key = g_strdup (key);
  work->set = set != NULL ? fovea_image_set_ref (set) : NULL;
  work->index = index;
  work->step = step;
  start_reading (self, work);
}

/**
 * fovea_lens_input_read_set:
 * @set: an image set's name or path
 * @index: which of its images; beyond the last it begins anew, and -1 is the last one
 */
void
fovea_lens_input_read_set (FoveaLensInput *self, const char *set, gint64 index)
{
  g_return_if_fail (FOVEA_IS_LENS_INPUT (self) && set != NULL);
  read_set (self, set, NULL, index, 0);
}

/**
 * fovea_lens_input_read_folder:
 * @path: a folder
 *
 * Reads the first of its images that can be read.
 */
void
fovea_lens_input_read_folder (FoveaLensInput *self, const char *path)
{
  g_return_if_fail (FOVEA_IS_LENS_INPUT (self) && path != NULL);
  read_set (self, path, NULL, 0, 1);
}

/**
 * fovea_lens_input_read_neighbour:
 * @image: (nullable): an image
 * @step: 1 for the next one, -1 for the one before
 *
 * Reads the image beside it in its set; of an image from elsewhere, the current set's first or last one. Images that
 * cannot be read are passed over.
 */
void
fovea_lens_input_read_neighbour (FoveaLensInput *self, const FoveaLensImage *image, int step)
{
  FoveaImageSets *sets = fovea_application_get_image_sets ();

  g_return_if_fail (FOVEA_IS_LENS_INPUT (self));
  if (image != NULL && image->set != NULL)
    read_set (self, image->set, g_strcmp0 (image->set, self->set_key) == 0 ? self->set : NULL, (gint64) image->index + step, step);
  else
    read_set (self, sets != NULL ? fovea_image_sets_get_current (sets) : FOVEA_LENS_EXAMPLES, NULL, step > 0 ? 0 : -1, step);
}

/**
 * fovea_lens_input_choose_file:
 * @parent: (nullable): the window
 *
 * Asks for a file.
 */
void
fovea_lens_input_choose_file (FoveaLensInput *self, GtkWindow *parent)
{
  g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();

  g_return_if_fail (FOVEA_IS_LENS_INPUT (self));
  if (self->dialog != NULL)
    return;
  self->dialog = gtk_file_chooser_native_new ("Open image", parent, GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  gtk_file_filter_set_name (images, "PNG and JPEG images");
  gtk_file_filter_add_mime_type (images, "image/png");
  gtk_file_filter_add_mime_type (images, "image/jpeg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->dialog), images);
  g_signal_connect_swapped (self->dialog, "response", G_CALLBACK (on_dialog_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

/**
 * fovea_lens_input_take_value:
 * @value: what was dropped or pasted: a #GdkFileList or a #GdkTexture
 * @name: what an image without a file is called
 *
 * Returns: whether there is something in it to read
 */
gboolean
fovea_lens_input_take_value (FoveaLensInput *self, const GValue *value, const char *name)
{
  g_return_val_if_fail (FOVEA_IS_LENS_INPUT (self) && G_IS_VALUE (value), FALSE);

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && g_value_get_object (value) != NULL)
    {
      Reading *work = g_new0 (Reading, 1);

      work->texture = g_value_dup_object (value);
      work->name = g_strdup (name);
      start_reading (self, work);
      return TRUE;
    }
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST) && g_value_get_boxed (value) != NULL)
    {
      const GSList *files = g_value_get_boxed (value);

      fovea_lens_input_read_file (self, files->data);
      return TRUE;
    }
  return FALSE;
}

/**
 * fovea_lens_input_paste:
 * @clipboard: the display's
 *
 * Reads the clipboard's image: a PNG or JPEG, or whatever the toolkit can read. Our own
 * decoder comes first, so that a pasted image gives the same numbers as its file.
 */
void
fovea_lens_input_paste (FoveaLensInput *self, GdkClipboard *clipboard)
{
  static const char *types[] = { "image/png", "image/jpeg", NULL };
  GdkContentFormats *formats;
  gboolean is_local;

  g_return_if_fail (FOVEA_IS_LENS_INPUT (self) && GDK_IS_CLIPBOARD (clipboard));

  formats = gdk_clipboard_get_formats (clipboard);
  is_local = gdk_clipboard_is_local (clipboard);
  g_cancellable_cancel (self->clipboard_cancellable);
  g_clear_object (&self->clipboard_cancellable);
  self->clipboard_cancellable = g_cancellable_new ();

  if (!is_local && (gdk_content_formats_contain_mime_type (formats, types[0]) || gdk_content_formats_contain_mime_type (formats, types[1])))
    gdk_clipboard_read_async (clipboard, types, G_PRIORITY_DEFAULT, self->clipboard_cancellable, on_clipboard_opened, g_object_ref (self));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) || !is_local)
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_TEXTURE, G_PRIORITY_DEFAULT, self->clipboard_cancellable, on_pasted, g_object_ref (self));
  else
    g_signal_emit (self, signals[FAILED], 0, "There is no image in the clipboard");
}
