/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-options.h"

#include <adwaita.h>

/* One of the two choices of layers. */
typedef struct
{
  AdwExpanderRow *row;
  GPtrArray *checks; /* (element-type GtkCheckButton): one a layer that has a map, in the graph's order */
  GPtrArray *rows;   /* (element-type GtkWidget): those of the checks */
  GStrv usual;       /* nullable: the layers that the engine chooses */
  GStrv chosen;      /* nullable: what fill() handed out */
} Choice;

struct _FoveaStylizeOptionsPopover
{
  GtkPopover parent_instance;

  GtkSpinButton *content_weight;
  GtkSpinButton *style_weight;
  GtkSpinButton *smoothness_weight;
  AdwComboRow *start;
  AdwComboRow *optimizer;
  GtkSpinButton *learning_rate;
  GtkButton *reset;
  AdwExpanderRow *content_layers;
  AdwExpanderRow *style_layers;

  Choice content;
  Choice style;
};

G_DEFINE_FINAL_TYPE (FoveaStylizeOptionsPopover, fovea_stylize_options_popover, GTK_TYPE_POPOVER)

static GStrv
get_chosen (const Choice *choice)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < choice->checks->len; i++)
    if (gtk_check_button_get_active (choice->checks->pdata[i]))
      g_strv_builder_add (builder, gtk_widget_get_name (choice->checks->pdata[i]));
  return g_strv_builder_end (builder);
}

static void
show_chosen (const Choice *choice)
{
  g_auto (GStrv) chosen = get_chosen (choice);
  g_autofree char *text = g_strjoinv (", ", chosen);
  g_autofree char *escaped = g_markup_escape_text (*text != '\0' ? text : "none: this loss does not count", -1);

  adw_expander_row_set_subtitle (choice->row, escaped);
}

static void
on_toggled (FoveaStylizeOptionsPopover *self)
{
  show_chosen (&self->content);
  show_chosen (&self->style);
}

static void
choose_usual (const Choice *choice)
{
  for (guint i = 0; i < choice->checks->len; i++)
    gtk_check_button_set_active (choice->checks->pdata[i],
                                 choice->usual != NULL && g_strv_contains ((const char *const *) choice->usual, gtk_widget_get_name (choice->checks->pdata[i])));
}

static void
reset (FoveaStylizeOptionsPopover *self)
{
  FoveaStylizeOptions options;

  fovea_stylize_options_init (&options);
  gtk_spin_button_set_value (self->content_weight, options.content_weight);
  gtk_spin_button_set_value (self->style_weight, options.style_weight);
  gtk_spin_button_set_value (self->smoothness_weight, options.smoothness_weight);
  gtk_spin_button_set_value (self->learning_rate, options.learning_rate);
  adw_combo_row_set_selected (self->start, options.start);
  adw_combo_row_set_selected (self->optimizer, options.optimizer);
  choose_usual (&self->content);
  choose_usual (&self->style);
}

static void
clear_choice (Choice *choice)
{
  for (guint i = 0; i < choice->rows->len; i++)
    adw_expander_row_remove (choice->row, choice->rows->pdata[i]);
  g_ptr_array_set_size (choice->rows, 0);
  g_ptr_array_set_size (choice->checks, 0);
  g_clear_pointer (&choice->usual, g_strfreev);
}

static GStrv
get_names (const FoveaNetwork *network, const GArray *layers)
{
  GStrv names = g_new0 (char *, layers->len + 1);

  for (guint i = 0; i < layers->len; i++)
    names[i] = g_strdup (fovea_graph_get_node (fovea_network_get_graph (network), (guint) g_array_index (layers, int, i))->name);
  return names;
}

static void
list_layers (FoveaStylizeOptionsPopover *self, Choice *choice, const FoveaNetwork *network, const GArray *usual)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);

  clear_choice (choice);
  choice->usual = get_names (network, usual);
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      const FoveaShape *shape = fovea_graph_get_shape (graph, i);
      g_autofree char *title = g_markup_escape_text (node->name, -1);
      g_autofree char *subtitle = NULL;
      GtkWidget *row, *check;

      if (shape->flat)
        continue;
      subtitle = g_strdup_printf ("%s · %" G_GINT64_FORMAT " channels · %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, node->operator->name, shape->channels, shape->height,
                                  shape->width);
      row = adw_action_row_new ();
      check = gtk_check_button_new ();
      gtk_widget_set_name (check, node->name);
      gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, node->name, -1);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
      adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
      adw_expander_row_add_row (choice->row, row);
      g_ptr_array_add (choice->rows, row);
      g_ptr_array_add (choice->checks, check);
      g_signal_connect_object (check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
    }
}

static void
on_optimizer_changed (FoveaStylizeOptionsPopover *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->learning_rate), adw_combo_row_get_selected (self->optimizer) == FOVEA_STYLIZE_ADAM);
}

static void
init_choice (Choice *choice, AdwExpanderRow *row)
{
  choice->row = row;
  choice->checks = g_ptr_array_new ();
  choice->rows = g_ptr_array_new ();
}

static void
free_choice (Choice *choice)
{
  g_ptr_array_unref (choice->checks);
  g_ptr_array_unref (choice->rows);
  g_strfreev (choice->usual);
  g_strfreev (choice->chosen);
}

static void
fovea_stylize_options_popover_finalize (GObject *object)
{
  FoveaStylizeOptionsPopover *self = FOVEA_STYLIZE_OPTIONS_POPOVER (object);

  free_choice (&self->content);
  free_choice (&self->style);
  G_OBJECT_CLASS (fovea_stylize_options_popover_parent_class)->finalize (object);
}

static void
fovea_stylize_options_popover_class_init (FoveaStylizeOptionsPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_stylize_options_popover_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/stylize-options.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, content_weight);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, style_weight);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, smoothness_weight);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, start);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, optimizer);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, learning_rate);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, reset);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, content_layers);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeOptionsPopover, style_layers);
}

static void
fovea_stylize_options_popover_init (FoveaStylizeOptionsPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  init_choice (&self->content, self->content_layers);
  init_choice (&self->style, self->style_layers);
  g_signal_connect_object (self->reset, "clicked", G_CALLBACK (reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->optimizer, "notify::selected", G_CALLBACK (on_optimizer_changed), self, G_CONNECT_SWAPPED);
  reset (self);
}

/**
 * fovea_stylize_options_popover_set_network:
 * @network: whose layers there are to choose from; the engine's choice is made
 */
void
fovea_stylize_options_popover_set_network (FoveaStylizeOptionsPopover *self, const FoveaNetwork *network)
{
  g_autoptr (GArray) content = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) style = g_array_new (FALSE, FALSE, sizeof (int));

  g_return_if_fail (FOVEA_IS_STYLIZE_OPTIONS_POPOVER (self) && network != NULL);
  fovea_style_layers_choose (network, content, style);
  list_layers (self, &self->content, network, content);
  list_layers (self, &self->style, network, style);
  choose_usual (&self->content);
  choose_usual (&self->style);
  on_toggled (self);
}

/**
 * fovea_stylize_options_popover_fill:
 * @options: (inout): gets what is chosen here; the layers' names are valid until the next call
 */
void
fovea_stylize_options_popover_fill (FoveaStylizeOptionsPopover *self, FoveaStylizeOptions *options)
{
  g_return_if_fail (FOVEA_IS_STYLIZE_OPTIONS_POPOVER (self) && options != NULL);
  g_strfreev (self->content.chosen);
  g_strfreev (self->style.chosen);
  self->content.chosen = get_chosen (&self->content);
  self->style.chosen = get_chosen (&self->style);
  options->content_layers = (const char *const *) self->content.chosen;
  options->style_layers = (const char *const *) self->style.chosen;
  options->content_weight = gtk_spin_button_get_value (self->content_weight);
  options->style_weight = gtk_spin_button_get_value (self->style_weight);
  options->smoothness_weight = gtk_spin_button_get_value (self->smoothness_weight);
  options->start = (FoveaStylizeStart) adw_combo_row_get_selected (self->start);
  options->optimizer = (FoveaStylizeOptimizer) adw_combo_row_get_selected (self->optimizer);
  options->learning_rate = gtk_spin_button_get_value (self->learning_rate);
}
