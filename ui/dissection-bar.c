/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-bar.h"

#include "ui/duration.h"

struct _FoveaDissectionBar {
  GtkWidget parent_instance;

  GtkLabel *label;
  GtkProgressBar *progress;
  GtkWidget *start;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (FoveaDissectionBar, fovea_dissection_bar, GTK_TYPE_WIDGET)

/* What is offered, or runs, or why nothing can be, in words. */
static char *
describe_run (FoveaDissectionRun *run,
              const char *layer)
{
  FoveaConceptSet *set = fovea_dissection_run_get_set (run);
  const gsize n_images = set != NULL ? fovea_image_set_get_n_images (fovea_concept_set_get_images (set)) : 0;
  const char *error = fovea_dissection_run_get_error (run);
  double seconds = fovea_dissection_run_get_estimate (run);
  g_autofree char *time = NULL;
  double fraction;

  switch (fovea_dissection_run_get_state (run))
    {
    case FOVEA_DISSECTION_READING:
      return g_strdup ("Reading the concepts…");
    case FOVEA_DISSECTION_MISSING:
      time = seconds >= 0 ? fovea_duration_describe (seconds) : NULL;
      return g_strdup_printf ("Dissecting %s shows %" G_GSIZE_FORMAT " images with %u concepts to the networks%s%s.", layer, n_images,
                              fovea_concept_set_get_n_concepts (set), time != NULL ? ", which takes " : "", time != NULL ? time : "");
    case FOVEA_DISSECTION_COMPUTING:
      fraction = fovea_dissection_run_get_progress (run, &seconds);
      time = seconds >= 0 ? fovea_duration_describe (seconds) : NULL;
      return g_strdup_printf ("Dissecting %s: %.0f %%%s%s", layer, fraction * 100, time != NULL ? ", left: " : "", time != NULL ? time : "");
    case FOVEA_DISSECTION_FAILED:
      return g_strdup (error != NULL ? error : "No network of this pair has the layer");
    case FOVEA_DISSECTION_NOTHING:
    case FOVEA_DISSECTION_READY:
    default:
      return g_strdup ("");
    }
}

static void
fovea_dissection_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_dissection_bar_parent_class)->dispose (object);
}

static void
fovea_dissection_bar_class_init (FoveaDissectionBarClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_dissection_bar_dispose;

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "dissectionbar");
}

static GtkWidget *
add_button (FoveaDissectionBar *self,
            const char *label,
            const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
fovea_dissection_bar_init (FoveaDissectionBar *self)
{
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "dissection-controls");

  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->label), GTK_WIDGET (self));

  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (GTK_WIDGET (self->progress), 160, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->label, NULL, -1);
  gtk_widget_set_parent (GTK_WIDGET (self->progress), GTK_WIDGET (self));

  self->start = add_button (self, "_Dissect", "dissection.start");
  gtk_widget_add_css_class (self->start, "suggested-action");
  self->stop = add_button (self, "St_op", "dissection.stop");
}

/**
 * fovea_dissection_bar_show:
 * @self: a bar
 * @run: what it is about
 * @layer: (nullable): the layer's name; %NULL only where the run has none
 *
 * Says what there is to say now, and goes where that is nothing.
 */
void
fovea_dissection_bar_show (FoveaDissectionBar *self,
                           FoveaDissectionRun *run,
                           const char *layer)
{
  FoveaDissectionState state;
  g_autofree char *text = NULL;
  gboolean has_any = FALSE;
  double seconds;

  g_return_if_fail (FOVEA_IS_DISSECTION_BAR (self) && FOVEA_IS_DISSECTION_RUN (run));

  state = fovea_dissection_run_get_state (run);
  text = describe_run (run, layer);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    has_any |= fovea_dissection_run_get_dissection (run, side) != NULL;
  gtk_label_set_label (self->label, text);
  gtk_progress_bar_set_fraction (self->progress, fovea_dissection_run_get_progress (run, &seconds));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), state == FOVEA_DISSECTION_COMPUTING);
  gtk_widget_set_visible (self->start, state == FOVEA_DISSECTION_MISSING);
  gtk_widget_set_visible (self->stop, state == FOVEA_DISSECTION_COMPUTING);
  gtk_widget_set_visible (GTK_WIDGET (self), state == FOVEA_DISSECTION_MISSING || state == FOVEA_DISSECTION_COMPUTING
                                               || (state == FOVEA_DISSECTION_READING && !has_any));
}

/**
 * fovea_dissection_bar_get_text:
 * @self: a bar
 *
 * Returns: (transfer none): what it says of the run, or would where it is not visible
 */
const char *
fovea_dissection_bar_get_text (FoveaDissectionBar *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_BAR (self), NULL);
  return gtk_label_get_label (self->label);
}
