/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overview-private.h"

#include <math.h>

#include "ui/application.h"
#include "ui/overview-filters.h"

/* So many milliseconds after the last change, another noise is meant. */
#define SIGMA_DELAY 400

/* Nothing becomes wider than this, in pixels. */
#define MAXIMUM_WIDTH 1100

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaOverview, fovea_overview, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum
{
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/**
 * fovea_overview_show_status:
 *
 * Shows words in place of the page.
 */
void
fovea_overview_show_status (FoveaOverview *self, const char *title, const char *description)
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

/**
 * fovea_overview_show_data:
 * @data: what there is
 * @sheets: of each side the first filters, nullable
 *
 * Shows it in place of what was shown before.
 */
void
fovea_overview_show_data (FoveaOverview *self, FoveaOverviewData *data, GdkTexture *const *sheets)
{
  fovea_overview_data_ref (data);
  g_clear_pointer (&self->data, fovea_overview_data_unref);
  self->data = data;
  show_filters (self, sheets);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    fovea_overview_section_set_data (self->sections[group], data);
  update_report_button (self);
  if (fovea_overview_data_get_n_layers (data) == 0)
    {
      fovea_overview_show_status (self, "No Convolutions", "The overview compares the convolutions of networks, and there are none here.");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "content");
  fovea_overview_find_estimates (self);
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
  fovea_overview_compute (self, find_group (self, section));
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
  fovea_overview_drop_jobs (self);
  for (guint group = 0; group < FOVEA_OVERVIEW_N_GROUPS; group++)
    fovea_overview_drop_group (self, group);
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
  fovea_overview_load (self);
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
    fovea_overview_show_status (self, "No Networks", "Open networks to compare them.");
  else
    fovea_overview_load (self);
}

/* What other views computed meanwhile is shown, too; what runs goes on where people do not see it. */
static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaOverview *self = FOVEA_OVERVIEW (view);

  self->is_active = active;
  if (!active)
    fovea_overview_stop_estimates (self);
  else if (self->loading == NULL)
    fovea_overview_load (self);
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
    fovea_overview_load (self);
}

static void
fovea_overview_dispose (GObject *object)
{
  FoveaOverview *self = FOVEA_OVERVIEW (object);

  fovea_overview_drop_jobs (self);
  if (self->sigma_source > 0)
    g_source_remove (self->sigma_source);
  self->sigma_source = 0;
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

static gboolean
use_chosen_sigma (gpointer data)
{
  FoveaOverview *self = data;
  FoveaSettings *settings = fovea_application_get_settings ();
  /* As people would write it: 0.15, and not 0.1 + 0.05. */
  double sigma = round (gtk_spin_button_get_value (self->noise) * 100) / 100;

  self->sigma_source = 0;
  if (settings != NULL)
    fovea_settings_set_double (settings, "smoothness-noise", sigma);
  fovea_overview_set_sigma (self, sigma);
  return G_SOURCE_REMOVE;
}

/* People pass other numbers on the way to theirs. */
static void
on_noise_changed (FoveaOverview *self)
{
  if (self->sigma_source > 0)
    g_source_remove (self->sigma_source);
  self->sigma_source = g_timeout_add (SIGMA_DELAY, use_chosen_sigma, self);
}

static GtkWidget *
make_noise (FoveaOverview *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new_with_mnemonic ("_Noise σ");

  self->noise = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (0.01, 1, 0.05));
  gtk_spin_button_set_digits (self->noise, 2);
  gtk_spin_button_set_value (self->noise, self->sigma);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), GTK_WIDGET (self->noise));
  gtk_widget_set_tooltip_text (box, "Standard deviation of the Gaussian noise, for pixel values in [0,1]; what was measured is kept for each");
  g_signal_connect_object (self->noise, "value-changed", G_CALLBACK (on_noise_changed), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->noise));
  return box;
}

static GtkWidget *
make_content (FoveaOverview *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 30);

  FoveaReportSettings defaults;
  FoveaSettings *settings = fovea_application_get_settings ();

  fovea_report_settings_init (&defaults);
  self->sigma = settings != NULL ? fovea_settings_get_double (settings, "smoothness-noise") : defaults.sigma;
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
  fovea_overview_section_add_control (self->sections[FOVEA_OVERVIEW_SMOOTHNESS], make_noise (self));
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
  fovea_overview_show_status (self, "No Networks", "Open networks to compare them.");
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
 * fovea_overview_set_sigma:
 * @sigma: of the noise, for values in [0,1]
 *
 * Shows what smoothness was measured with such noise, or offers to measure it.
 */
void
fovea_overview_set_sigma (FoveaOverview *self, double sigma)
{
  g_return_if_fail (FOVEA_IS_OVERVIEW (self) && sigma > 0);

  if (sigma == self->sigma)
    return;
  self->sigma = sigma;
  gtk_spin_button_set_value (self->noise, sigma);
  fovea_overview_drop_group (self, FOVEA_OVERVIEW_SMOOTHNESS);
  fovea_overview_stop_estimates (self);
  fovea_overview_load (self);
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
