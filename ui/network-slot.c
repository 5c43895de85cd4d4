/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/network-slot.h"

#include <string.h>

#include "engine/library.h"
#include "ui/application.h"
#include "ui/sentence.h"

/**
 * FoveaNetworkSlot:
 *
 * Reads its file in a job and shows what it is; an option that is changed reads it again. Emits `changed` when there is
 * something new, and `files-chosen` with the paths when people chose or dropped files for it, which it
 * leaves to its owner: several of them may be for several slots.
 */
struct _FoveaNetworkSlot {
  AdwPreferencesGroup parent_instance;

  AdwActionRow *file_row;
  GtkWidget *dot;
  GtkSpinner *spinner;
  GtkWidget *clear;
  GtkWidget *choose;
  GtkWidget *facts_row;
  GtkLabel *error;
  GtkLabel *facts;
  GtkLabel *notes;
  GtkLabel *sha256;
  AdwExpanderRow *options;
  GtkEditable *name;
  AdwComboRow *architecture;
  AdwActionRow *labels_row;
  GtkWidget *labels_clear;
  GtkWidget *labels_choose;
  GtkEditable *mean;
  GtkEditable *std;
  GtkEditable *input;

  FoveaSide side;
  gboolean fixed; /* whether the name and the file stay */
  char *path; /* NULL where there is none */
  FoveaOverrides overrides;
  FoveaNetwork *network; /* NULL until it is read, and where it cannot be */
  FoveaQueuedJob *loading; /* NULL where nothing is being read */
  GtkFileChooserNative *chooser; /* NULL where none is open */
  gboolean updating; /* whether the options are being filled, not changed by people */
};

G_DEFINE_FINAL_TYPE (FoveaNetworkSlot, fovea_network_slot, ADW_TYPE_PREFERENCES_GROUP)

enum { CHANGED, FILES_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What reading needs and gives. */
typedef struct {
  FoveaNetworkSlot *slot;
  char *path;
  FoveaOverrides overrides;
  FoveaNetwork *network;
  GError *error;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  g_free (loading->path);
  fovea_overrides_clear (&loading->overrides);
  g_clear_pointer (&loading->network, fovea_network_unref);
  g_clear_error (&loading->error);
  g_free (loading);
}

static void
set_label (GtkLabel *label,
           const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static guint64
count_parameters (const FoveaNetwork *network)
{
  return fovea_network_get_weight_bytes (network) / sizeof (float);
}

/* Rounded, for reading. */
static char *
format_color (const double *values)
{
  return g_strdup_printf ("%.4g, %.4g, %.4g", values[0], values[1], values[2]);
}

static char *
format_count (guint64 count)
{
  if (count >= 1000000)
    return g_strdup_printf ("%.1f million", (double) count / 1e6);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
}

/* What the network is, in lines for people. */
static char *
describe (const FoveaNetwork *network)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *mean = format_color (fovea_graph_get_mean (graph));
  g_autofree char *std = format_color (fovea_graph_get_std (graph));
  g_autofree char *parameters = format_count (count_parameters (network));

  g_string_append (text, fovea_network_format_describe (fovea_network_get_format (network)));
  if (*fovea_network_get_architecture (network) != '\0')
    g_string_append_printf (text, " · %s", fovea_network_get_architecture (network));
  if (*fovea_network_get_training (network) != '\0')
    g_string_append_printf (text, " · training: %s", fovea_network_get_training (network));
  g_string_append_printf (text, "\n%u layers · %s parameters · input %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                          fovea_graph_get_n_nodes (graph), parameters, input->height, input->width);
  g_string_append_printf (text, "\n%" G_GINT64_FORMAT " classes", fovea_network_get_n_outputs (network));
  if (fovea_network_get_n_classes (network) > 0)
    g_string_append_printf (text, ": %s, …, %s", fovea_network_get_classes (network)[0],
                            fovea_network_get_classes (network)[fovea_network_get_n_classes (network) - 1]);
  else
    g_string_append (text, " without names");
  g_string_append_printf (text, "\nMean %s · standard deviation %s", mean, std);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
show_network (FoveaNetworkSlot *self,
              const char *error)
{
  g_autofree char *facts = self->network != NULL ? describe (self->network) : g_strdup ("");
  g_autofree char *sha256 = self->network != NULL ? g_strconcat ("SHA-256 ", fovea_network_get_sha256 (self->network), NULL) : g_strdup ("");
  gboolean native = self->network != NULL && fovea_network_get_format (self->network) == FOVEA_NETWORK_FORMAT_NATIVE;

  set_label (self->error, error);
  set_label (self->facts, facts);
  set_label (self->notes, self->network != NULL ? fovea_network_get_notes (self->network) : "");
  set_label (self->sha256, sha256);
  gtk_widget_set_visible (self->facts_row, self->network != NULL || *error != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->options), self->path != NULL);
  /* Fovea's own files say these themselves. */
  gtk_widget_set_visible (GTK_WIDGET (self->architecture), !native);
  gtk_widget_set_visible (GTK_WIDGET (self->input), !native);
}

static void
load_run (FoveaQueuedJob *job,
          gpointer data)
{
  Loading *loading = data;
  FoveaNetworkOptions options;

  fovea_overrides_get_options (&loading->overrides, &options);
  loading->network = fovea_network_load_with_options (loading->path, &options, &loading->error);
  if (loading->network != NULL)
    fovea_network_get_fingerprint (loading->network);
}

static void
load_done (FoveaQueuedJob *job,
           gpointer data)
{
  Loading *loading = data;
  FoveaNetworkSlot *self = loading->slot;
  g_autofree char *text = NULL;

  g_clear_object (&self->loading);
  gtk_spinner_stop (self->spinner);
  self->network = g_steal_pointer (&loading->network);
  if (loading->error != NULL)
    {
      text = g_strdup_printf ("%s.", loading->error->message);
      /* Where the architecture is what is missing, the choice is in sight. */
      adw_expander_row_set_expanded (self->options, TRUE);
    }
  show_network (self, text != NULL ? text : "");
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget_network (FoveaNetworkSlot *self)
{
  fovea_queued_job_clear (&self->loading);
  g_clear_pointer (&self->network, fovea_network_unref);
}

static void
load (FoveaNetworkSlot *self)
{
  forget_network (self);
  if (self->path != NULL)
    {
      Loading *loading = g_new0 (Loading, 1);

      loading->slot = self;
      loading->path = g_strdup (self->path);
      fovea_overrides_copy (&self->overrides, &loading->overrides);
      gtk_spinner_start (self->spinner);
      self->loading = fovea_job_queue_push (fovea_application_get_reading_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE, load_run, NULL, load_done, loading, loading_free);
    }
  else
    {
      gtk_spinner_stop (self->spinner);
      show_network (self, "");
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_labels (FoveaNetworkSlot *self)
{
  g_autofree char *shown = self->overrides.labels != NULL ? g_filename_display_basename (self->overrides.labels) : NULL;

  adw_action_row_set_subtitle (self->labels_row, shown != NULL ? shown : "As the file says");
  gtk_widget_set_visible (self->labels_clear, shown != NULL);
}

static guint
find_architecture (FoveaNetworkSlot *self)
{
  GtkStringList *model = GTK_STRING_LIST (adw_combo_row_get_model (self->architecture));

  for (guint i = 1; self->overrides.architecture != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++)
    if (g_str_equal (gtk_string_list_get_string (model, i), self->overrides.architecture))
      return i;
  return 0;
}

static void
show_options (FoveaNetworkSlot *self)
{
  g_autofree char *mean = self->overrides.has_mean ? fovea_overrides_format_color (self->overrides.mean) : g_strdup ("");
  g_autofree char *std = self->overrides.has_std ? fovea_overrides_format_color (self->overrides.std) : g_strdup ("");
  g_autofree char *input = self->overrides.height > 0 ? fovea_overrides_format_input (self->overrides.height, self->overrides.width) : g_strdup ("");

  self->updating = TRUE;
  gtk_editable_set_text (self->mean, mean);
  gtk_editable_set_text (self->std, std);
  gtk_editable_set_text (self->input, input);
  adw_combo_row_set_selected (self->architecture, find_architecture (self));
  show_labels (self);
  self->updating = FALSE;
}

static void
architecture_selected (FoveaNetworkSlot *self)
{
  guint selected = adw_combo_row_get_selected (self->architecture);
  const char *name = selected > 0 ? gtk_string_list_get_string (GTK_STRING_LIST (adw_combo_row_get_model (self->architecture)), selected) : NULL;

  if (self->updating || g_strcmp0 (name, self->overrides.architecture) == 0)
    return;
  g_free (self->overrides.architecture);
  self->overrides.architecture = g_strdup (name);
  load (self);
}

static gboolean
read_number (FoveaNetworkSlot *self,
             GtkEditable *entry,
             GError **error)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  if (*text != '\0')
    return entry == self->mean  ? fovea_overrides_parse_mean (&self->overrides, text, error)
           : entry == self->std ? fovea_overrides_parse_std (&self->overrides, text, error)
                                : fovea_overrides_parse_input (&self->overrides, text, error);
  if (entry == self->mean)
    self->overrides.has_mean = FALSE;
  else if (entry == self->std)
    self->overrides.has_std = FALSE;
  else
    self->overrides.height = self->overrides.width = 0;
  return TRUE;
}

/* An entry was applied: what it says counts if it can be understood, otherwise the entry says so. */
static void
number_applied (FoveaNetworkSlot *self,
                GtkEditable *entry)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (read_number (self, entry, &error))
    {
      gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
      load (self);
      return;
    }
  gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
  forget_network (self);
  gtk_spinner_stop (self->spinner);
  sentence = fovea_sentence_from_error (error->message);
  show_network (self, sentence);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
name_changed (FoveaNetworkSlot *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
labels_chosen (FoveaNetworkSlot *self,
               int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;

  g_clear_object (&self->chooser);
  if (file == NULL || g_file_peek_path (file) == NULL)
    return;
  g_free (self->overrides.labels);
  self->overrides.labels = g_file_get_path (file);
  show_labels (self);
  load (self);
}

static void
choose_labels (FoveaNetworkSlot *self)
{
  g_set_object (&self->chooser, NULL);
  self->chooser = gtk_file_chooser_native_new ("Class Names, One a Line", GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, "_Choose", NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (labels_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
clear_labels (FoveaNetworkSlot *self)
{
  g_clear_pointer (&self->overrides.labels, g_free);
  show_labels (self);
  load (self);
}

static void
tell_chosen (FoveaNetworkSlot *self,
             GListModel *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      if (g_file_peek_path (file) != NULL)
        g_strv_builder_add (builder, g_file_peek_path (file));
    }
  paths = g_strv_builder_end (builder);
  if (paths[0] != NULL)
    g_signal_emit (self, signals[FILES_CHOSEN], 0, paths);
}

static void
files_chosen (FoveaNetworkSlot *self,
              int response)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (self->chooser)) : NULL;

  g_clear_object (&self->chooser);
  if (files != NULL)
    tell_chosen (self, files);
}

static void
choose_files (FoveaNetworkSlot *self)
{
  static const char *const patterns[] = { "*.pt", "*.pth", "*.ckpt", "*.tar", "*.bin", "*.safetensors", "*.onnx" };
  g_autoptr (GtkFileFilter) networks = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  g_set_object (&self->chooser, NULL);
  self->chooser = gtk_file_chooser_native_new ("Network Files: One, or a Standard and a Robust One", GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, "_Choose", NULL);
  gtk_file_filter_set_name (networks, "Networks");
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_pattern (networks, patterns[i]);
  gtk_file_filter_set_name (all, "All files");
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), networks);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (files_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
files_dropped (FoveaNetworkSlot *self,
               const GValue *value)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  if (self->fixed)
    return FALSE;
  for (const GSList *link = g_value_get_boxed (value); link != NULL; link = link->next)
    g_list_store_append (files, link->data);
  tell_chosen (self, G_LIST_MODEL (files));
  return TRUE;
}

static void
clear_file (FoveaNetworkSlot *self)
{
  fovea_network_slot_set_file (self, NULL, NULL, NULL);
}

static void
fovea_network_slot_dispose (GObject *object)
{
  FoveaNetworkSlot *self = FOVEA_NETWORK_SLOT (object);

  forget_network (self);
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (fovea_network_slot_parent_class)->dispose (object);
}

static void
fovea_network_slot_finalize (GObject *object)
{
  FoveaNetworkSlot *self = FOVEA_NETWORK_SLOT (object);

  g_free (self->path);
  fovea_overrides_clear (&self->overrides);

  G_OBJECT_CLASS (fovea_network_slot_parent_class)->finalize (object);
}

static void
fovea_network_slot_class_init (FoveaNetworkSlotClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_network_slot_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_network_slot_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/network-slot.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, file_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, dot);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, spinner);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, clear);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, choose);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, facts_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, error);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, notes);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, sha256);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, options);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, name);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, architecture);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, labels_row);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, labels_clear);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, labels_choose);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, mean);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, std);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkSlot, input);

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_NETWORK_SLOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FILES_CHOSEN] = g_signal_new ("files-chosen", FOVEA_TYPE_NETWORK_SLOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
}

static void
list_architectures (FoveaNetworkSlot *self)
{
  g_autofree char *names = fovea_architecture_list_names ();
  g_auto (GStrv) list = g_strsplit (names, ", ", -1);
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const[]) { "Recognized by its weights", NULL });

  for (guint i = 0; list[i] != NULL; i++)
    gtk_string_list_append (model, list[i]);
  adw_combo_row_set_model (self->architecture, G_LIST_MODEL (model));
}

static void
fovea_network_slot_init (FoveaNetworkSlot *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  list_architectures (self);
  show_network (self, "");
  fovea_network_slot_set_side (self, FOVEA_SIDE_STANDARD);

  g_signal_connect_object (self->choose, "clicked", G_CALLBACK (choose_files), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clear, "clicked", G_CALLBACK (clear_file), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->labels_choose, "clicked", G_CALLBACK (choose_labels), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->labels_clear, "clicked", G_CALLBACK (clear_labels), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->architecture, "notify::selected", G_CALLBACK (architecture_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->mean, "apply", G_CALLBACK (number_applied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->std, "apply", G_CALLBACK (number_applied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->input, "apply", G_CALLBACK (number_applied), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->name, "changed", G_CALLBACK (name_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (files_dropped), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * fovea_network_slot_set_side:
 * @self: a slot
 * @side: which network of a pair it is for
 */
void
fovea_network_slot_set_side (FoveaNetworkSlot *self,
                             FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_NETWORK_SLOT (self));

  self->side = side;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), side == FOVEA_SIDE_STANDARD ? "Standard network" : "Robust network");
  gtk_widget_remove_css_class (self->dot, side == FOVEA_SIDE_STANDARD ? "robust" : "standard");
  gtk_widget_add_css_class (self->dot, side == FOVEA_SIDE_STANDARD ? "standard" : "robust");
}

/**
 * fovea_network_slot_set_file:
 * @self: a slot
 * @path: (nullable): the file; %NULL makes the slot empty
 * @name: (nullable): what it is to be called in the library; %NULL suggests one
 * @overrides: (nullable): what is known better than the file
 *
 * Reads the file.
 */
void
fovea_network_slot_set_file (FoveaNetworkSlot *self,
                             const char *path,
                             const char *name,
                             const FoveaOverrides *overrides)
{
  static const FoveaOverrides none = { 0 };
  FoveaOverrides copy;
  g_autofree char *suggested = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *folder = NULL;
  char *own_path = g_strdup (path);

  g_return_if_fail (FOVEA_IS_NETWORK_SLOT (self));

  fovea_overrides_copy (overrides != NULL ? overrides : &none, &copy);
  fovea_overrides_clear (&self->overrides);
  self->overrides = copy;
  g_free (self->path);
  self->path = own_path;

  if (own_path != NULL)
    {
      g_autofree char *directory = g_path_get_dirname (own_path);

      shown = g_filename_display_basename (own_path);
      folder = g_filename_display_name (directory);
      suggested = name != NULL ? g_strdup (name) : fovea_library_suggest_name (own_path);
    }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->file_row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), shown != NULL ? shown : "No file yet");
  adw_action_row_set_subtitle (self->file_row, folder != NULL ? folder : "Choose one, or drop it here");
  gtk_widget_set_visible (self->clear, own_path != NULL && !self->fixed);
  self->updating = TRUE;
  gtk_editable_set_text (self->name, suggested != NULL ? suggested : "");
  self->updating = FALSE;
  adw_expander_row_set_expanded (self->options, FALSE);
  show_options (self);
  load (self);
}

/**
 * fovea_network_slot_set_fixed:
 * @self: a slot
 * @fixed: whether its file is a network of the library already, whose name and file stay
 */
void
fovea_network_slot_set_fixed (FoveaNetworkSlot *self,
                              gboolean fixed)
{
  g_return_if_fail (FOVEA_IS_NETWORK_SLOT (self));

  self->fixed = fixed;
  gtk_widget_set_visible (self->choose, !fixed);
  gtk_widget_set_visible (self->clear, !fixed && self->path != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->name), !fixed);
}

/**
 * fovea_network_slot_swap:
 * @self: a slot
 * @other: another
 *
 * Lets them change their files, with names and options.
 */
void
fovea_network_slot_swap (FoveaNetworkSlot *self,
                         FoveaNetworkSlot *other)
{
  g_autofree char *path = g_strdup (self->path);
  g_autofree char *name = path != NULL ? fovea_network_slot_get_name (self) : NULL;
  g_autofree char *other_name = other->path != NULL ? fovea_network_slot_get_name (other) : NULL;
  g_auto (FoveaOverrides) overrides = { 0 };
  g_auto (FoveaOverrides) other_overrides = { 0 };
  gboolean fixed = self->fixed;

  fovea_overrides_copy (&self->overrides, &overrides);
  fovea_overrides_copy (&other->overrides, &other_overrides);
  fovea_network_slot_set_fixed (self, other->fixed);
  fovea_network_slot_set_file (self, other->path, other_name, &other_overrides);
  fovea_network_slot_set_fixed (other, fixed);
  fovea_network_slot_set_file (other, path, name, &overrides);
}

/**
 * fovea_network_slot_get_path:
 *
 * Returns: (transfer none) (nullable): the file
 */
const char *
fovea_network_slot_get_path (FoveaNetworkSlot *self)
{
  return self->path;
}

/**
 * fovea_network_slot_get_name:
 *
 * Returns: (transfer full): what it is to be called, as people typed it
 */
char *
fovea_network_slot_get_name (FoveaNetworkSlot *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->name)));
}

/**
 * fovea_network_slot_get_overrides:
 *
 * Returns: (transfer none): what people know better than the file
 */
const FoveaOverrides *
fovea_network_slot_get_overrides (FoveaNetworkSlot *self)
{
  return &self->overrides;
}

/**
 * fovea_network_slot_is_loading:
 *
 * Returns: whether the file is being read
 */
gboolean
fovea_network_slot_is_loading (FoveaNetworkSlot *self)
{
  return self->loading != NULL;
}

/**
 * fovea_network_slot_get_network:
 *
 * Returns: (transfer none) (nullable): the network as it will be; %NULL where there is none, or where it cannot be read
 */
FoveaNetwork *
fovea_network_slot_get_network (FoveaNetworkSlot *self)
{
  return self->network;
}
