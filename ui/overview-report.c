/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-report.h"

#include "ui/duration.h"
#include "ui/overview-section.h"

/* The files' name, as the command line has it. */
#define REPORT_NAME "report"

struct _FoveaOverviewReport
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;
  GtkProgressBar *bar;
  GtkWidget *cancel;
  GtkWidget *open;
  GtkWidget *close;
  FoveaQueuedJob *job; /* nullable: what is being written */
  char *path;          /* nullable: of the last report */
};

G_DEFINE_FINAL_TYPE (FoveaOverviewReport, fovea_overview_report, GTK_TYPE_WIDGET)

enum
{
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  FoveaOverviewReport *widget; /* not owned: the job is dropped before it goes */
  FoveaOverviewData *data;
  char *folder;
  FoveaQueuedJob *job; /* not owned; set while it runs */
  GMutex mutex;        /* guards what follows */
  char *text;
  double fraction;
  GError *error; /* NULL at the end: written */
} Writing;

static void
writing_free (gpointer data)
{
  Writing *work = data;

  fovea_overview_data_unref (work->data);
  g_free (work->folder);
  g_mutex_clear (&work->mutex);
  g_free (work->text);
  g_clear_error (&work->error);
  g_free (work);
}

static void
on_progress (const char *step, guint n_done, guint n_steps, guint64 done, guint64 total, double seconds_left, gpointer data)
{
  Writing *work = data;
  double part = total > 0 ? MIN ((double) done / (double) total, 1) : 0;
  g_autofree char *time = seconds_left >= 0 ? fovea_duration_describe (seconds_left) : NULL;

  g_mutex_lock (&work->mutex);
  g_free (work->text);
  work->text = g_strdup_printf ("Report, step %u of %u: %s%s%s%s", n_done + 1, n_steps, step, time != NULL ? " (" : "", time != NULL ? time : "",
                                time != NULL ? " left)" : "");
  work->fraction = (n_done + part) / MAX (n_steps, 1);
  g_mutex_unlock (&work->mutex);
  fovea_queued_job_request_update (work->job);
  fovea_queued_job_checkpoint (work->job);
}

static void
write_report (FoveaQueuedJob *job, gpointer data)
{
  Writing *work = data;
  g_autoptr (FoveaDocument) document = NULL;
  FoveaReportSettings settings;

  work->job = job;
  fovea_overview_data_fill_report (work->data, &settings);
  document = fovea_report_make (&settings, on_progress, work, fovea_queued_job_get_cancellable (job), &work->error);
  if (document != NULL)
    fovea_document_write (document, work->folder, REPORT_NAME, &work->error);
}

static void
on_written_more (FoveaQueuedJob *job, gpointer data)
{
  Writing *work = data;

  g_mutex_lock (&work->mutex);
  gtk_label_set_label (work->widget->label, work->text);
  gtk_progress_bar_set_fraction (work->widget->bar, work->fraction);
  g_mutex_unlock (&work->mutex);
}

static void
update (FoveaOverviewReport *self)
{
  gboolean busy = self->job != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->bar), busy);
  gtk_widget_set_visible (self->cancel, busy);
  gtk_widget_set_visible (self->open, !busy && self->path != NULL);
  gtk_widget_set_visible (self->close, !busy);
}

static void
on_written (FoveaQueuedJob *job, gpointer data)
{
  Writing *work = data;
  FoveaOverviewReport *self = work->widget;
  g_autofree char *shown = g_filename_display_name (work->folder);
  g_autofree char *text = NULL;

  g_clear_object (&self->job);
  if (work->error == NULL && !fovea_queued_job_is_cancelled (job))
    {
      self->path = g_build_filename (work->folder, REPORT_NAME ".html", NULL);
      text = g_strdup_printf ("The report is in %s.", shown);
    }
  else if (work->error == NULL || g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup ("The report was stopped. What was computed is kept, so the next one begins there.");
  else
    text = g_strdup_printf ("The report cannot be written: %s", work->error->message);
  gtk_label_set_label (self->label, text);
  update (self);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
open_report (FoveaOverviewReport *self)
{
  g_autofree char *uri = self->path != NULL ? g_filename_to_uri (self->path, NULL, NULL) : NULL;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (uri != NULL)
    gtk_show_uri (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, uri, GDK_CURRENT_TIME);
}

static void
close_bar (FoveaOverviewReport *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
fovea_overview_report_dispose (GObject *object)
{
  FoveaOverviewReport *self = FOVEA_OVERVIEW_REPORT (object);

  fovea_queued_job_clear (&self->job);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (fovea_overview_report_parent_class)->dispose (object);
}

static void
fovea_overview_report_class_init (FoveaOverviewReportClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_overview_report_dispose;
  signals[FINISHED] = g_signal_new ("finished", FOVEA_TYPE_OVERVIEW_REPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
add_button (FoveaOverviewReport *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->box), button);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
fovea_overview_report_init (FoveaOverviewReport *self)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->bar));
  gtk_box_append (GTK_BOX (self->box), column);
  self->cancel = add_button (self, "C_ancel", G_CALLBACK (fovea_overview_report_stop));
  self->open = add_button (self, "_Open Report", G_CALLBACK (open_report));
  self->close = add_button (self, "C_lose", G_CALLBACK (close_bar));
  gtk_widget_add_css_class (self->box, "card");
  gtk_widget_add_css_class (self->box, "overview-offer");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * fovea_overview_report_new:
 *
 * Returns: (transfer floating): a bar without a report
 */
GtkWidget *
fovea_overview_report_new (void)
{
  return g_object_new (FOVEA_TYPE_OVERVIEW_REPORT, NULL);
}

/**
 * fovea_overview_report_start:
 * @queue: where it is computed
 * @data: two networks, a store and image sets
 * @folder: where report.html, report.pdf and the charts go
 */
void
fovea_overview_report_start (FoveaOverviewReport *self, FoveaJobQueue *queue, FoveaOverviewData *data, const char *folder)
{
  Writing *work;

  g_return_if_fail (FOVEA_IS_OVERVIEW_REPORT (self) && data != NULL && folder != NULL && self->job == NULL);

  work = g_new0 (Writing, 1);
  work->widget = self;
  work->data = fovea_overview_data_ref (data);
  work->folder = g_strdup (folder);
  g_mutex_init (&work->mutex);
  g_clear_pointer (&self->path, g_free);
  gtk_label_set_label (self->label, "Report: waiting for other work…");
  gtk_progress_bar_set_fraction (self->bar, 0);
  self->job = fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_BACKGROUND, write_report, on_written_more, on_written, work, writing_free);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  update (self);
}

/**
 * fovea_overview_report_stop:
 *
 * Stops the report that is written; what was computed is kept.
 */
void
fovea_overview_report_stop (FoveaOverviewReport *self)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW_REPORT (self));
  if (self->job != NULL)
    fovea_queued_job_cancel (self->job);
}

/**
 * fovea_overview_report_is_busy:
 *
 * Returns: whether a report is being written
 */
gboolean
fovea_overview_report_is_busy (FoveaOverviewReport *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_REPORT (self), FALSE);
  return self->job != NULL;
}

/**
 * fovea_overview_report_get_text:
 *
 * Returns: (transfer none): what it says
 */
const char *
fovea_overview_report_get_text (FoveaOverviewReport *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW_REPORT (self), NULL);
  return gtk_label_get_label (self->label);
}
