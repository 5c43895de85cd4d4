/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/image-set-chooser.h"
#include "ui/overview-filters.h"
#include "ui/texture.h"

/* Filters are enlarged to this many pixels a side; the screen does the rest. */
#define SHEET_SIZE 384

/* Nothing becomes wider than this, in pixels. */
#define MAXIMUM_WIDTH 1100

struct _FoveaOverview
{
  GtkWidget parent_instance;

  GtkWidget *box;
  FoveaImageSetChooser *chooser;
  GtkWidget *report_button;
  FoveaOverviewReport *report;
  GtkStack *stack;
  AdwStatusPage *status;
  GtkWidget *filters;
  GtkLabel *filter_titles[FOVEA_N_SIDES];
  GtkPicture *filter_pictures[FOVEA_N_SIDES];
  FoveaOverviewSection *sections[FOVEA_OVERVIEW_N_GROUPS];
  GtkFileChooserNative *dialog; /* while it is open */

  FoveaJobQueue *queue; /* nullable */
  FoveaStore *store;    /* nullable */
  FoveaImageSets *sets; /* nullable */
  FoveaNetworkPair *pair; /* nullable */
  FoveaImageSet *images;  /* nullable: what it is measured on */
  FoveaOverviewData *data; /* nullable */
  double estimates[FOVEA_OVERVIEW_N_GROUPS]; /* seconds; negative where they are not known */
  FoveaQueuedJob *loading; /* nullable */
  FoveaQueuedJob *trying;  /* nullable */
  FoveaQueuedJob *computing[FOVEA_OVERVIEW_N_GROUPS]; /* each nullable */
  gboolean is_active; /* people see it */
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaOverview, fovea_overview, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum
{
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void start_loading (FoveaOverview *self);

static void
drop_job (FoveaQueuedJob **job)
{
  if (*job != NULL)
    fovea_queued_job_drop (*job);
  g_clear_object (job);
}

static void
show_status (FoveaOverview *self, const char *title, const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->status, title);
  adw_status_page_set_description (self->status, escaped);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static void
update_report_button (FoveaOverview *self)
{
  gboolean can = self->data != NULL && fovea_overview_data_can_report (self->data);
  gboolean single = self->pair != NULL && (!fovea_network_pair_has_side (self->pair, FOVEA_SIDE_STANDARD) || !fovea_network_pair_has_side (self->pair, FOVEA_SIDE_ROBUST));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "overview.report", can && !fovea_overview_report_is_busy (self->report));
  gtk_widget_set_tooltip_text (self->report_button, single ? "A report compares two networks" : "Compute everything there is to say about the pair, and write it into a folder");
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
    start_loading (self);
}

/* Finds out how long it takes to compute what is missing, where that is not known yet. */
static void
start_trying (FoveaOverview *self)
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

/* What a worker needs to read what there is, and what it gives. */
typedef struct
{
  FoveaOverview *overview; /* not owned: the job is dropped before it goes */
  FoveaNetworkPair *pair;
  FoveaStore *store;
  FoveaImageSet *images;
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

static GdkTexture *
draw_filters (FoveaNetwork *network)
{
  g_autoptr (FoveaImage) sheet = fovea_overview_filters_draw (network);

  return sheet != NULL ? fovea_texture_new_enlarged (sheet, SHEET_SIZE) : NULL;
}

static void
load (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (work->pair, side))
      work->sheets[side] = draw_filters (fovea_network_pair_get_network (work->pair, side));
  work->data = fovea_overview_data_load (work->pair, work->store, work->images, fovea_queued_job_get_cancellable (job), &work->error);
}

static void
show_filters (FoveaOverview *self, GdkTexture *const *sheets)
{
  gtk_widget_set_visible (self->filters, sheets[FOVEA_SIDE_STANDARD] != NULL || sheets[FOVEA_SIDE_ROBUST] != NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_autofree char *label = NULL;

      gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->filter_pictures[side])), sheets[side] != NULL);
      gtk_picture_set_paintable (self->filter_pictures[side], GDK_PAINTABLE (sheets[side]));
      if (sheets[side] == NULL)
        continue;
      label = g_strdup_printf ("Filters of the first convolution of %s", fovea_network_get_name (fovea_network_pair_get_network (self->pair, side)));
      gtk_picture_set_alternative_text (self->filter_pictures[side], label);
      gtk_label_set_label (self->filter_titles[side], fovea_network_get_name (fovea_network_pair_get_network (self->pair, side)));
    }
}

static void
on_loaded (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;
  FoveaOverview *self = work->overview;

  g_clear_object (&self->loading);
  if (work->data == NULL)
    {
      if (work->error != NULL && !g_error_matches (work->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        show_status (self, "The Overview Cannot Be Shown", work->error->message);
      return;
    }
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  self->data = fovea_overview_data_ref (work->data);
  show_filters (self, work->sheets);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    fovea_overview_section_set_data (self->sections[group], self->data);
  update_report_button (self);
  if (fovea_overview_data_get_n_layers (self->data) == 0)
    {
      show_status (self, "No Convolutions", "The overview compares the convolutions of networks, and there are none here.");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "content");
  start_trying (self);
}

/* Reads what there is of the pair and the image set, and shows it. */
static void
start_loading (FoveaOverview *self)
{
  const char *error = NULL;
  FoveaImageSet *images;
  Loading *work;

  drop_job (&self->loading);
  if (self->pair == NULL)
    return;
  if (self->queue == NULL)
    {
      show_status (self, "Nothing Can Be Kept", "The file for results cannot be opened, and without it the overview would have to be computed each time.");
      return;
    }
  images = fovea_image_sets_get_set (self->sets, &error);
  if (images == NULL && error != NULL)
    show_status (self, "The Images Cannot Be Read", error);
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
  self->loading = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, load, NULL, on_loaded, work, loading_free);
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
  g_autofree char *time = fraction > 0.01 ? fovea_overview_format_seconds (elapsed / fraction * (1 - fraction)) : NULL;

  g_mutex_lock (&work->mutex);
  g_free (work->text);
  work->text = time != NULL ? g_strdup_printf ("%s: about %s left", step, time) : g_strdup_printf ("%s…", step);
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
      start_loading (self);
    }
}

static FoveaOverviewGroup
find_group (FoveaOverview *self, FoveaOverviewSection *section)
{
  FoveaOverviewGroup group = 0;

  while (self->sections[group] != section)
    group++;
  return group;
}

static void
on_compute (FoveaOverview *self, FoveaOverviewSection *section)
{
  FoveaOverviewGroup group = find_group (self, section);
  Computing *work;

  if (self->data == NULL || self->computing[group] != NULL)
    return;
  drop_job (&self->trying);
  work = g_new0 (Computing, 1);
  work->overview = self;
  work->data = fovea_overview_data_ref (self->data);
  work->group = group;
  g_mutex_init (&work->mutex);
  fovea_overview_section_set_error (section, NULL);
  fovea_overview_section_set_progress (section, "Waiting for other work…", 0);
  self->computing[group] = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_BACKGROUND + 1, compute, on_computed_more, on_computed, work, computing_free);
  start_trying (self);
}

static void
on_stop (FoveaOverview *self, FoveaOverviewSection *section)
{
  FoveaOverviewGroup group = find_group (self, section);

  if (self->computing[group] != NULL)
    fovea_queued_job_cancel (self->computing[group]);
}

static void
on_neuron_activated (FoveaOverview *self, const char *layer, guint channel)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, layer, channel);
}

/* Ends what runs for the pair and the images before. */
static void
forget (FoveaOverview *self)
{
  drop_job (&self->loading);
  drop_job (&self->trying);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    {
      drop_job (&self->computing[group]);
      self->estimates[group] = -1;
      fovea_overview_section_set_progress (self->sections[group], NULL, 0);
    }
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  update_report_button (self);
}

/* Also told when only the list of sets changed. */
static void
on_sets_changed (FoveaOverview *self)
{
  FoveaImageSet *images = fovea_image_sets_get_set (self->sets, NULL);

  if (images != NULL && images == self->images)
    return;
  forget (self);
  start_loading (self);
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaOverview *self = FOVEA_OVERVIEW (view);

  if (pair == self->pair)
    return;
  forget (self);
  g_set_object (&self->pair, pair);
  update_report_button (self);
  if (pair == NULL)
    show_status (self, "No Networks", "Open networks to compare them.");
  else
    start_loading (self);
}

/* What other views computed meanwhile is shown, too; what runs goes on where people do not see it. */
static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaOverview *self = FOVEA_OVERVIEW (view);

  self->is_active = active;
  if (!active)
    drop_job (&self->trying);
  else if (self->loading == NULL)
    start_loading (self);
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->set_active = set_active;
}

static void
on_folder_chosen (FoveaOverview *self, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->dialog)) : NULL;
  g_autofree char *folder = file != NULL ? g_file_get_path (file) : NULL;

  g_clear_object (&self->dialog);
  if (folder != NULL)
    fovea_overview_write_report (self, folder);
  else if (file != NULL)
    fovea_neuron_view_say (FOVEA_NEURON_VIEW (self), "Reports can be written into folders of this computer only");
}

static void
report_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaOverview *self = FOVEA_OVERVIEW (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (self->dialog != NULL)
    return;
  self->dialog = gtk_file_chooser_native_new ("Write Report into Folder", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Write", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_folder_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
save_filters_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaOverview *self = FOVEA_OVERVIEW (widget);

  if (self->pair != NULL)
    fovea_picture_save_as (fovea_overview_filters_picture_new (self->pair), widget, "Save filters");
}

static void
copy_filters_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaOverview *self = FOVEA_OVERVIEW (widget);

  if (self->pair != NULL)
    fovea_picture_copy (fovea_overview_filters_picture_new (self->pair), widget);
}

static void
on_report_finished (FoveaOverview *self)
{
  update_report_button (self);
  if (self->is_active)
    start_loading (self);
}

static void
fovea_overview_dispose (GObject *object)
{
  FoveaOverview *self = FOVEA_OVERVIEW (object);

  drop_job (&self->loading);
  drop_job (&self->trying);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    drop_job (&self->computing[group]);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  if (self->sets != NULL)
    g_signal_handlers_disconnect_by_func (self->sets, on_sets_changed, self);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_clear_object (&self->sets);
  g_clear_pointer (&self->images, fovea_image_set_unref);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_overview_parent_class)->dispose (object);
}

static void
fovea_overview_class_init (FoveaOverviewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_overview_dispose;
  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_OVERVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "overview");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "overview.report", NULL, report_action);
  gtk_widget_class_install_action (widget_class, "overview.save-filters", NULL, save_filters_action);
  gtk_widget_class_install_action (widget_class, "overview.copy-filters", NULL, copy_filters_action);
}

static GtkWidget *
make_toolbar (FoveaOverview *self)
{
  GtkWidget *toolbar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->chooser = FOVEA_IMAGE_SET_CHOOSER (fovea_image_set_chooser_new ());
  self->report_button = gtk_button_new_with_mnemonic ("_Report…");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->report_button), "overview.report");
  gtk_widget_set_hexpand (space, TRUE);
  gtk_widget_add_css_class (toolbar, "toolbar");
  gtk_box_append (GTK_BOX (toolbar), GTK_WIDGET (self->chooser));
  gtk_box_append (GTK_BOX (toolbar), space);
  gtk_box_append (GTK_BOX (toolbar), self->report_button);
  return toolbar;
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_button (const char *icon, const char *action, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

static GtkWidget *
make_filters (FoveaOverview *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = make_label ("Filters of the first convolution", "title-3");

  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (heading), title);
  gtk_box_append (GTK_BOX (heading), make_button ("edit-copy-symbolic", "overview.copy-filters", "Copy filters"));
  gtk_box_append (GTK_BOX (heading), make_button ("document-save-as-symbolic", "overview.save-filters", "Save filters as PNG, SVG or PDF"));
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), make_label ("In the order of the channels. Grey is 0, and each filter’s largest weight is at the end of the scale.", "dim-label"));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

      self->filter_titles[side] = GTK_LABEL (gtk_label_new (NULL));
      gtk_label_set_ellipsize (self->filter_titles[side], PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_set_halign (GTK_WIDGET (self->filter_titles[side]), GTK_ALIGN_START);
      gtk_widget_add_css_class (GTK_WIDGET (self->filter_titles[side]), "legend");
      gtk_widget_add_css_class (GTK_WIDGET (self->filter_titles[side]), fovea_side_get_name (side));
      self->filter_pictures[side] = GTK_PICTURE (gtk_picture_new ());
      gtk_widget_set_size_request (GTK_WIDGET (self->filter_pictures[side]), -1, 260);
      gtk_widget_set_halign (GTK_WIDGET (self->filter_pictures[side]), GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->filter_titles[side]));
      gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->filter_pictures[side]));
      gtk_box_append (GTK_BOX (row), column);
    }
  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  gtk_box_append (GTK_BOX (box), row);
  return box;
}

static GtkWidget *
make_content (FoveaOverview *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 30);

  self->filters = make_filters (self);
  gtk_box_append (GTK_BOX (column), self->filters);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    {
      self->sections[group] = FOVEA_OVERVIEW_SECTION (fovea_overview_section_new (group));
      self->estimates[group] = -1;
      g_signal_connect_object (self->sections[group], "compute", G_CALLBACK (on_compute), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->sections[group], "stop", G_CALLBACK (on_stop), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->sections[group], "neuron-activated", G_CALLBACK (on_neuron_activated), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->sections[group]));
    }
  gtk_widget_set_margin_start (column, 18);
  gtk_widget_set_margin_end (column, 18);
  gtk_widget_set_margin_top (column, 12);
  gtk_widget_set_margin_bottom (column, 24);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), MAXIMUM_WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), column);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), clamp);
  return window;
}

static void
fovea_overview_init (FoveaOverview *self)
{
  GtkWidget *spinner = gtk_spinner_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->report = FOVEA_OVERVIEW_REPORT (fovea_overview_report_new ());
  self->stack = GTK_STACK (gtk_stack_new ());
  self->status = ADW_STATUS_PAGE (adw_status_page_new ());
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_widget_set_margin_start (GTK_WIDGET (self->report), 18);
  gtk_widget_set_margin_end (GTK_WIDGET (self->report), 18);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->status), "status");
  gtk_stack_add_named (self->stack, spinner, "loading");
  gtk_stack_add_named (self->stack, make_content (self), "content");
  gtk_box_append (GTK_BOX (self->box), make_toolbar (self));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->report));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->stack));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (self->report, "finished", G_CALLBACK (on_report_finished), self, G_CONNECT_SWAPPED);
  show_status (self, "No Networks", "Open networks to compare them.");
  update_report_button (self);
}

/**
 * fovea_overview_new:
 *
 * Returns: (transfer floating): an overview of nothing; it needs services
 */
GtkWidget *
fovea_overview_new (void)
{
  return g_object_new (FOVEA_TYPE_OVERVIEW, NULL);
}

/**
 * fovea_overview_set_services:
 * @queue: where its jobs go
 * @store: where results are kept
 * @sets: of which the current one is measured on
 *
 * To be called once, before it is shown.
 */
void
fovea_overview_set_services (FoveaOverview *self, FoveaJobQueue *queue, FoveaStore *store, FoveaImageSets *sets)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW (self) && queue != NULL && store != NULL && sets != NULL && self->queue == NULL);

  self->queue = g_object_ref (queue);
  self->store = fovea_store_ref (store);
  self->sets = g_object_ref (sets);
  fovea_image_set_chooser_set_sets (self->chooser, sets);
  g_signal_connect_object (sets, "changed", G_CALLBACK (on_sets_changed), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_overview_is_busy:
 *
 * Returns: whether something is read, tried or computed
 */
gboolean
fovea_overview_is_busy (FoveaOverview *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW (self), FALSE);

  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    if (self->computing[group] != NULL)
      return TRUE;
  return self->loading != NULL || self->trying != NULL || fovea_overview_report_is_busy (self->report);
}

/**
 * fovea_overview_get_data:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
FoveaOverviewData *
fovea_overview_get_data (FoveaOverview *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW (self), NULL);
  return self->data;
}

/**
 * fovea_overview_get_section:
 *
 * Returns: (transfer none): a group's part of the page
 */
FoveaOverviewSection *
fovea_overview_get_section (FoveaOverview *self, FoveaOverviewGroup group)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW (self) && group < FOVEA_OVERVIEW_N_GROUPS, NULL);
  return self->sections[group];
}

/**
 * fovea_overview_get_report:
 *
 * Returns: (transfer none): what says how far a report is
 */
FoveaOverviewReport *
fovea_overview_get_report (FoveaOverview *self)
{
  g_return_val_if_fail (FOVEA_IS_OVERVIEW (self), NULL);
  return self->report;
}

/**
 * fovea_overview_write_report:
 * @folder: where to
 *
 * Begins to write the pair's report, where there is a pair and no report is being written.
 */
void
fovea_overview_write_report (FoveaOverview *self, const char *folder)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW (self) && folder != NULL);

  if (self->data == NULL || !fovea_overview_data_can_report (self->data) || fovea_overview_report_is_busy (self->report))
    return;
  fovea_overview_report_start (self->report, self->queue, self->data, folder);
  update_report_button (self);
}
