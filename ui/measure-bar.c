/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/measure-bar.h"

#include "ui/measure-words.h"

struct _FoveaMeasureBar {
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *label;
  GtkProgressBar *progress;
  GtkButton *button;

  FoveaLayerMeasures *measures; /* nullable */
  int measure; /* what tiles are ordered by; -1 is nothing that is measured */
  FoveaMeasureSource source; /* which one is shown */
};

G_DEFINE_FINAL_TYPE (FoveaMeasureBar, fovea_measure_bar, GTK_TYPE_WIDGET)

static const char *
get_label (FoveaLayerMeasures *measures,
           FoveaMeasureSource source)
{
  static const char *const labels[FOVEA_N_MEASURE_SOURCES] = { "_Scan", "_Measure", "_Dissect" };

  if (fovea_layer_measures_get_state (measures, source) == FOVEA_MEASURE_RUNNING)
    return "_Stop";
  if (source == FOVEA_MEASURES_SCAN && fovea_layer_measures_has_values (measures, source))
    return "_Resume";
  return labels[source];
}

static void
show (FoveaMeasureBar *self,
      const char *text,
      FoveaMeasureState state)
{
  gtk_label_set_label (self->label, text);
  gtk_button_set_label (self->button, get_label (self->measures, self->source));
  gtk_widget_set_visible (GTK_WIDGET (self->button), state != FOVEA_MEASURE_IMPOSSIBLE);
  gtk_progress_bar_set_fraction (self->progress, fovea_layer_measures_get_fraction (self->measures, self->source));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), state == FOVEA_MEASURE_RUNNING);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

static void
update (FoveaMeasureBar *self)
{
  g_autofree char *reason = self->measure >= 0 ? fovea_measure_words_explain (self->measures, (FoveaTileMeasure) self->measure) : NULL;

  if (reason != NULL)
    {
      show (self, reason, FOVEA_MEASURE_IMPOSSIBLE);
      return;
    }
  for (FoveaMeasureSource source = 0; source < FOVEA_N_MEASURE_SOURCES; source++)
    {
      g_autofree char *text = fovea_layer_measures_is_needed (self->measures, source) ? fovea_measure_words_describe (self->measures, source) : g_strdup ("");

      if (*text == '\0')
        continue;
      self->source = source;
      show (self, text, fovea_layer_measures_get_state (self->measures, source));
      return;
    }
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
clicked (FoveaMeasureBar *self)
{
  if (self->measures == NULL)
    return;
  if (fovea_layer_measures_get_state (self->measures, self->source) == FOVEA_MEASURE_RUNNING)
    fovea_layer_measures_stop (self->measures, self->source);
  else
    fovea_layer_measures_start (self->measures, self->source);
}

static void
fovea_measure_bar_dispose (GObject *object)
{
  FoveaMeasureBar *self = FOVEA_MEASURE_BAR (object);

  if (self->measures != NULL)
    g_signal_handlers_disconnect_by_data (self->measures, self);
  g_clear_object (&self->measures);
  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  G_OBJECT_CLASS (fovea_measure_bar_parent_class)->dispose (object);
}

static void
fovea_measure_bar_class_init (FoveaMeasureBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_measure_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fovea_measure_bar_init (FoveaMeasureBar *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->measure = -1;
  self->revealer = GTK_REVEALER (gtk_revealer_new ());
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, "How much of the layer is measured", -1);
  self->button = GTK_BUTTON (gtk_button_new_with_mnemonic (""));
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (column, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->progress));
  gtk_box_append (GTK_BOX (line), column);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->button));
  gtk_widget_add_css_class (line, "status-line");
  gtk_revealer_set_child (self->revealer, line);
  gtk_widget_set_parent (GTK_WIDGET (self->revealer), GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "What has to be measured", -1);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked), self);
}

/**
 * fovea_measure_bar_new:
 *
 * Returns: (transfer floating): a bar that offers nothing
 */
GtkWidget *
fovea_measure_bar_new (void)
{
  return g_object_new (FOVEA_TYPE_MEASURE_BAR, NULL);
}

/**
 * fovea_measure_bar_set_measures:
 * @self: a bar without measures
 * @measures: what may be needed
 */
void
fovea_measure_bar_set_measures (FoveaMeasureBar *self,
                                FoveaLayerMeasures *measures)
{
  g_return_if_fail (FOVEA_IS_MEASURE_BAR (self) && self->measures == NULL && FOVEA_IS_LAYER_MEASURES (measures));

  self->measures = g_object_ref (measures);
  g_signal_connect_swapped (measures, "changed", G_CALLBACK (update), self);
}

/**
 * fovea_measure_bar_set_measure:
 * @self: a bar that has measures
 * @measure: the #FoveaTileMeasure that tiles are ordered by; -1 where that is none
 *
 * Where no channel of the layer can have it, the bar says why.
 */
void
fovea_measure_bar_set_measure (FoveaMeasureBar *self,
                               int measure)
{
  g_return_if_fail (FOVEA_IS_MEASURE_BAR (self) && self->measures != NULL && measure < FOVEA_TILE_N_MEASURES);
  self->measure = measure;
  update (self);
}

/**
 * fovea_measure_bar_get_text:
 * @self: a bar
 *
 * Returns: (transfer none): what it says
 */
const char *
fovea_measure_bar_get_text (FoveaMeasureBar *self)
{
  g_return_val_if_fail (FOVEA_IS_MEASURE_BAR (self), "");
  return gtk_revealer_get_reveal_child (self->revealer) ? gtk_label_get_label (self->label) : "";
}
