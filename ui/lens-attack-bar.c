/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-attack-bar.h"

#include "engine/analysis/classify.h"

/* Of the slider for L∞: ε is given in steps of an image's eight bits. */
#define LEVELS 255.0

/* Networks whose images are not longer are small. */
#define SMALL_SIDE 96

struct _FoveaLensAttackBar
{
  GtkBox parent_instance;

  GtkRange *epsilon;
  GtkAdjustment *epsilon_adjustment;
  GtkLabel *value;
  GtkDropDown *norm;
  GtkSpinButton *steps;
  GtkDropDown *target;
  GtkDropDown *source;
  GtkWidget *source_label;

  double epsilons[2]; /* by norm, in the slider's units */
  double largest[2];
  gboolean updating; /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaLensAttackBar, fovea_lens_attack_bar, GTK_TYPE_BOX)

static guint changed_signal;

static FoveaAttackNorm
get_norm (FoveaLensAttackBar *self)
{
  return gtk_drop_down_get_selected (self->norm) == 1 ? FOVEA_ATTACK_LINF : FOVEA_ATTACK_L2;
}

static void
update_value (FoveaLensAttackBar *self)
{
  FoveaAttackNorm norm = get_norm (self);
  g_autofree char *text = g_strdup_printf (norm == FOVEA_ATTACK_L2 ? "%.2f" : "%.1f/255", self->epsilons[norm]);

  gtk_label_set_label (self->value, text);
}

/* The slider has the norm's range. */
static void
update_range (FoveaLensAttackBar *self)
{
  FoveaAttackNorm norm = get_norm (self);
  double step = norm == FOVEA_ATTACK_L2 ? self->largest[norm] / 100 : 0.5;

  self->updating = TRUE;
  gtk_adjustment_configure (self->epsilon_adjustment, self->epsilons[norm], 0, self->largest[norm], step, 10 * step, 0);
  self->updating = FALSE;
  update_value (self);
}

static void
on_epsilon_changed (FoveaLensAttackBar *self)
{
  if (self->updating)
    return;
  self->epsilons[get_norm (self)] = gtk_range_get_value (self->epsilon);
  update_value (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_norm_changed (FoveaLensAttackBar *self)
{
  if (self->updating)
    return;
  update_range (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_changed (FoveaLensAttackBar *self)
{
  if (!self->updating)
    g_signal_emit (self, changed_signal, 0);
}

static void
fovea_lens_attack_bar_class_init (FoveaLensAttackBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  changed_signal = g_signal_new ("changed", FOVEA_TYPE_LENS_ATTACK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens-attack-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, epsilon);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, epsilon_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, value);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, norm);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, steps);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, target);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, source);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensAttackBar, source_label);
}

static void
fovea_lens_attack_bar_init (FoveaLensAttackBar *self)
{
  g_autoptr (GtkExpression) name = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_expression (self->target, name);
  g_signal_connect_object (self->epsilon, "value-changed", G_CALLBACK (on_epsilon_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->norm, "notify::selected", G_CALLBACK (on_norm_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->steps, "value-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->target, "notify::selected", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "notify::selected", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

/* What can be led to: "away from the answer", and the network's classes. */
static GListModel *
list_targets (FoveaNetwork *network)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  gint64 n_classes = fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels;
  GtkStringList *list = gtk_string_list_new ((const char *[]) { "Away from the answer", NULL });

  for (gint64 i = 0; i < n_classes; i++)
    {
      const char *label = fovea_class_get_label (network, (guint) i);
      g_autofree char *number = label == NULL ? g_strdup_printf ("class %" G_GINT64_FORMAT, i) : NULL;

      gtk_string_list_append (list, label != NULL ? label : number);
    }
  return G_LIST_MODEL (list);
}

/**
 * fovea_lens_attack_bar_set_pair:
 * @pair: the networks to attack
 *
 * Sets ranges and ε to what fits the size of the networks' images: the customary 0.5 in L2 and 8/255 in L∞ for
 * small ones, 3 and 4/255 for those of ImageNet.
 */
void
fovea_lens_attack_bar_set_pair (FoveaLensAttackBar *self, FoveaNetworkPair *pair)
{
  FoveaSide side;
  FoveaNetwork *network;
  const FoveaShape *input;
  gboolean is_small;
  g_autoptr (GListModel) targets = NULL;

  g_return_if_fail (FOVEA_IS_LENS_ATTACK_BAR (self) && pair != NULL);

  side = fovea_network_pair_has_side (pair, FOVEA_SIDE_STANDARD) ? FOVEA_SIDE_STANDARD : FOVEA_SIDE_ROBUST;
  network = fovea_network_pair_get_network (pair, side);
  input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  is_small = MAX (input->height, input->width) <= SMALL_SIDE;
  self->largest[FOVEA_ATTACK_L2] = is_small ? 2 : 5;
  self->epsilons[FOVEA_ATTACK_L2] = is_small ? 0.5 : 3;
  self->largest[FOVEA_ATTACK_LINF] = 32;
  self->epsilons[FOVEA_ATTACK_LINF] = is_small ? 8 : 4;

  targets = list_targets (network);
  self->updating = TRUE;
  gtk_drop_down_set_model (self->target, targets);
  gtk_drop_down_set_selected (self->target, 0);
  gtk_drop_down_set_selected (self->source, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->source), fovea_network_pair_has_side (pair, 1 - side));
  gtk_widget_set_visible (self->source_label, fovea_network_pair_has_side (pair, 1 - side));
  self->updating = FALSE;
  update_range (self);
}

/**
 * fovea_lens_attack_bar_get_settings:
 * @settings: (out): what is asked for
 */
void
fovea_lens_attack_bar_get_settings (FoveaLensAttackBar *self, FoveaLensAttackSettings *settings)
{
  FoveaAttackNorm norm;

  g_return_if_fail (FOVEA_IS_LENS_ATTACK_BAR (self));

  norm = get_norm (self);
  fovea_attack_options_init (&settings->options);
  settings->options.norm = norm;
  settings->options.epsilon = norm == FOVEA_ATTACK_L2 ? self->epsilons[norm] : self->epsilons[norm] / LEVELS;
  settings->options.n_steps = (guint) gtk_spin_button_get_value_as_int (self->steps);
  settings->target = gtk_drop_down_get_selected (self->target) == GTK_INVALID_LIST_POSITION ? -1 : (int) gtk_drop_down_get_selected (self->target) - 1;
  settings->options.targeted = settings->target >= 0;
  settings->source = (int) gtk_drop_down_get_selected (self->source) - 1;
}
