/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-layer.h"

struct _FoveaDissectionLayer {
  GtkWidget parent_instance;

  GtkDropDown *histogram_kind;
  GtkWidget *close_tallies;
  FoveaChartFrame *histogram;
  FoveaConceptShiftView *shift;
  GtkWidget *problems;
  GtkLabel *problems_label;
  GtkLabel *messages;

  FoveaJobQueue *queue; /* nullable: where files are read; there are none without */
  FoveaTallyFiles *files; /* that others made */
  FoveaDissectionFacts *facts; /* nullable: nothing was shown yet */
  GtkFileChooserNative *dialog; /* while it is open */
};

G_DEFINE_FINAL_TYPE (FoveaDissectionLayer, fovea_dissection_layer, GTK_TYPE_WIDGET)

enum { NEURON_ACTIVATED, FILES_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static FoveaChart *
make_histogram (gpointer data)
{
  static const FoveaDissectionChartKind kinds[] = { FOVEA_DISSECTION_CHART_CATEGORIES, FOVEA_DISSECTION_CHART_UNIQUE, FOVEA_DISSECTION_CHART_CONCEPTS };
  FoveaDissectionLayer *self = data;
  FoveaDissectionSeries others[FOVEA_TALLY_FILES_MAX];
  const guint n_others = fovea_tally_files_get_series (self->files, others);

  if (self->facts == NULL)
    return NULL;
  return fovea_dissection_facts_chart_layer (self->facts, kinds[MIN (gtk_drop_down_get_selected (self->histogram_kind), G_N_ELEMENTS (kinds) - 1)], n_others, others);
}

static void
update_shift (FoveaDissectionLayer *self)
{
  const FoveaDissectionFacts *facts = self->facts;
  g_autofree char *caption = facts->tallies[0] != NULL && facts->tallies[1] != NULL ? fovea_dissection_facts_describe (facts) : NULL;

  fovea_concept_shift_view_set_tallies (self->shift, facts->tallies, (const char *const *) facts->names, facts->iou, caption);
}

static void
update_problems (FoveaDissectionLayer *self)
{
  g_autofree char *messages = NULL;
  g_autofree char *text = self->facts != NULL ? fovea_dissection_facts_describe_problems (self->facts, &messages) : g_strdup ("");
  g_autofree char *files = fovea_tally_files_describe_problems (self->files);
  g_autofree char *both = g_strconcat (text, *text != '\0' && *files != '\0' ? "\n" : "", files, NULL);

  gtk_label_set_label (self->problems_label, both);
  gtk_label_set_label (self->messages, messages != NULL ? messages : "");
  gtk_widget_set_visible (self->problems, *both != '\0');
}

static void
on_files_changed (FoveaDissectionLayer *self)
{
  gtk_widget_set_visible (self->close_tallies, fovea_tally_files_get_n_files (self->files) > 0);
  fovea_chart_frame_update (self->histogram);
  update_problems (self);
  g_signal_emit (self, signals[FILES_CHANGED], 0);
}

static void
on_neuron_activated (FoveaDissectionLayer *self,
                     guint channel,
                     guint counterpart)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, channel, counterpart);
}

static void
on_tallies_chosen (FoveaDissectionLayer *self,
                   int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      if (g_file_peek_path (file) != NULL)
        fovea_dissection_layer_open_tally (self, g_file_peek_path (file));
    }
}

static void
open_tallies (GtkWidget *widget,
              const char *action,
              GVariant *parameter)
{
  FoveaDissectionLayer *self = FOVEA_DISSECTION_LAYER (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->dialog != NULL)
    return;
  gtk_file_filter_set_name (filter, "Tables (CSV)");
  gtk_file_filter_add_suffix (filter, "csv");
  self->dialog = gtk_file_chooser_native_new ("Open a Tally of Network Dissection", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_OPEN,
                                              "_Open", "_Cancel");
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->dialog), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_tallies_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
close_tallies (GtkWidget *widget,
               const char *action,
               GVariant *parameter)
{
  fovea_tally_files_close_all (FOVEA_DISSECTION_LAYER (widget)->files);
}

static void
fovea_dissection_layer_dispose (GObject *object)
{
  FoveaDissectionLayer *self = FOVEA_DISSECTION_LAYER (object);
  GtkWidget *child;

  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->files);
  g_clear_pointer (&self->facts, fovea_dissection_facts_unref);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_dissection_layer_parent_class)->dispose (object);
}

static void
fovea_dissection_layer_class_init (FoveaDissectionLayerClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_layer_dispose;

  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_DISSECTION_LAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[FILES_CHANGED] = g_signal_new ("files-changed", FOVEA_TYPE_DISSECTION_LAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FOVEA_TYPE_CHART_FRAME);
  g_type_ensure (FOVEA_TYPE_CONCEPT_SHIFT_VIEW);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectionlayer");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/dissection-layer.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, histogram_kind);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, close_tallies);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, histogram);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, shift);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, problems);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, problems_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionLayer, messages);
  gtk_widget_class_install_action (widget_class, "dissection.open-tallies", NULL, open_tallies);
  gtk_widget_class_install_action (widget_class, "dissection.close-tallies", NULL, close_tallies);
}

static void
fovea_dissection_layer_init (FoveaDissectionLayer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->files = fovea_tally_files_new ();
  fovea_chart_frame_set_maker (self->histogram, "dissection.png", make_histogram, self);
  on_files_changed (self);

  g_signal_connect_object (self->files, "changed", G_CALLBACK (on_files_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shift, "neuron-activated", G_CALLBACK (on_neuron_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->histogram_kind, "notify::selected", G_CALLBACK (fovea_chart_frame_update), self->histogram, G_CONNECT_SWAPPED);
}

/**
 * fovea_dissection_layer_set_queue:
 * @self: a layer
 * @queue: (nullable): where files are read
 */
void
fovea_dissection_layer_set_queue (FoveaDissectionLayer *self,
                                  FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_LAYER (self));
  g_set_object (&self->queue, queue);
}

/**
 * fovea_dissection_layer_show:
 * @self: a layer
 * @facts: what is known
 */
void
fovea_dissection_layer_show (FoveaDissectionLayer *self,
                             FoveaDissectionFacts *facts)
{
  g_autoptr (FoveaDissectionFacts) before = NULL;

  g_return_if_fail (FOVEA_IS_DISSECTION_LAYER (self) && facts != NULL);

  before = g_steal_pointer (&self->facts);
  self->facts = fovea_dissection_facts_ref (facts);
  fovea_chart_frame_update (self->histogram);
  update_shift (self);
  update_problems (self);
}

/**
 * fovea_dissection_layer_open_tally:
 * @self: a layer
 * @path: a table in the columns of NetDissect's `tally.csv`
 *
 * Draws what others counted beside what the networks detect.
 */
void
fovea_dissection_layer_open_tally (FoveaDissectionLayer *self,
                                   const char *path)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_LAYER (self) && path != NULL);
  if (self->queue != NULL)
    fovea_tally_files_open (self->files, self->queue, path);
}

/**
 * fovea_dissection_layer_get_files:
 * @self: a layer
 *
 * Returns: (transfer none): the tables of others
 */
FoveaTallyFiles *
fovea_dissection_layer_get_files (FoveaDissectionLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_LAYER (self), NULL);
  return self->files;
}

/**
 * fovea_dissection_layer_get_histogram:
 * @self: a layer
 *
 * Returns: (transfer none): the counts
 */
FoveaChartFrame *
fovea_dissection_layer_get_histogram (FoveaDissectionLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_LAYER (self), NULL);
  return self->histogram;
}

/**
 * fovea_dissection_layer_get_shift:
 * @self: a layer
 *
 * Returns: (transfer none): what became of the channels
 */
FoveaConceptShiftView *
fovea_dissection_layer_get_shift (FoveaDissectionLayer *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_LAYER (self), NULL);
  return self->shift;
}
