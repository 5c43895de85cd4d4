/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-controls.h"

#include <math.h>

#include "engine/analysis/dissect.h"
#include "ui/image-set-chooser.h"
#include "ui/wrap-box.h"

/* The slider of the cut-off. */
#define MAXIMUM_IOU 0.3
#define IOU_STEP 0.005

struct _FoveaDissectionControls {
  GtkWidget parent_instance;

  FoveaImageSetChooser *chooser;
  GtkRange *quantile_scale;
  GtkLabel *quantile_label;
  GtkRange *iou_scale;
  GtkLabel *iou_label;

  FoveaSettings *settings; /* nullable: nothing is kept then */
  FoveaImageSets *sets;
  guint n_quantiles; /* at which the slider stops */
  double quantiles[FOVEA_DISSECT_MAX_QUANTILES];
  double share; /* what people chose; the slider is at the quantile nearest to it */
  gboolean updating; /* sliders are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaDissectionControls, fovea_dissection_controls, GTK_TYPE_WIDGET)

enum { QUANTILE_CHANGED, IOU_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* By ratio, as dissections find them. */
static guint
find_quantile (FoveaDissectionControls *self,
               double share)
{
  guint nearest = 0;

  for (guint i = 1; i < self->n_quantiles; i++)
    if (fabs (log (self->quantiles[i] / share)) < fabs (log (self->quantiles[nearest] / share)))
      nearest = i;
  return nearest;
}

static void
update_labels (FoveaDissectionControls *self)
{
  g_autofree char *quantile = g_strdup_printf ("%g %%", 100 * self->quantiles[fovea_dissection_controls_get_quantile (self)]);
  g_autofree char *iou = g_strdup_printf ("%.3f", gtk_range_get_value (self->iou_scale));

  gtk_label_set_label (self->quantile_label, quantile);
  gtk_label_set_label (self->iou_label, iou);
}

/* Brings the slider to the share that people chose. */
static void
update_quantile (FoveaDissectionControls *self)
{
  self->updating = TRUE;
  gtk_range_set_range (self->quantile_scale, 0, MAX (self->n_quantiles, 2) - 1);
  gtk_range_set_value (self->quantile_scale, find_quantile (self, self->share));
  self->updating = FALSE;
  update_labels (self);
}

static void
on_quantile_changed (FoveaDissectionControls *self)
{
  double share;

  if (self->updating)
    return;
  share = self->quantiles[fovea_dissection_controls_get_quantile (self)];
  if (share == self->share)
    return;
  self->share = share;
  if (self->settings != NULL)
    fovea_settings_set_double (self->settings, "dissection-quantile", share);
  update_labels (self);
  g_signal_emit (self, signals[QUANTILE_CHANGED], 0);
}

static void
on_iou_changed (FoveaDissectionControls *self)
{
  if (self->updating)
    return;
  if (self->settings != NULL)
    fovea_settings_set_double (self->settings, "dissection-iou", gtk_range_get_value (self->iou_scale));
  update_labels (self);
  g_signal_emit (self, signals[IOU_CHANGED], 0);
}

static void
fovea_dissection_controls_dispose (GObject *object)
{
  FoveaDissectionControls *self = FOVEA_DISSECTION_CONTROLS (object);
  GtkWidget *child;

  self->updating = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->sets);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (fovea_dissection_controls_parent_class)->dispose (object);
}

static void
fovea_dissection_controls_class_init (FoveaDissectionControlsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_controls_dispose;

  signals[QUANTILE_CHANGED] = g_signal_new ("quantile-changed", FOVEA_TYPE_DISSECTION_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[IOU_CHANGED] = g_signal_new ("iou-changed", FOVEA_TYPE_DISSECTION_CONTROLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectioncontrols");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/dissection-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionControls, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionControls, quantile_scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionControls, quantile_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionControls, iou_scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaDissectionControls, iou_label);
  gtk_widget_class_bind_template_callback (widget_class, on_quantile_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_iou_changed);
}

static void
fovea_dissection_controls_init (FoveaDissectionControls *self)
{
  FoveaDissectOptions options;

  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_range_set_range (self->iou_scale, 0, MAXIMUM_IOU);
  gtk_range_set_increments (self->iou_scale, IOU_STEP, 4 * IOU_STEP);
  gtk_range_set_value (self->iou_scale, FOVEA_DISSECT_IOU);
  gtk_range_set_increments (self->quantile_scale, 1, 1);
  self->share = FOVEA_DISSECT_QUANTILE;
  fovea_dissect_options_init (&options);
  fovea_dissection_controls_set_quantiles (self, options.n_quantiles, options.quantiles);
  fovea_dissection_controls_set_settings (self, NULL);
}

/**
 * fovea_dissection_controls_set_settings:
 * @self: controls
 * @settings: (nullable): where the set, `dissection-quantile` and `dissection-iou` are kept
 *
 * Takes what is kept there. To be called before anybody listens.
 */
void
fovea_dissection_controls_set_settings (FoveaDissectionControls *self,
                                        FoveaSettings *settings)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self));

  g_set_object (&self->settings, settings);
  g_clear_object (&self->sets);
  self->sets = fovea_image_sets_new_for_concepts (settings);
  fovea_image_set_chooser_set_sets (self->chooser, self->sets);
  if (settings == NULL)
    return;
  self->share = fovea_settings_get_double (settings, "dissection-quantile");
  update_quantile (self);
  self->updating = TRUE;
  gtk_range_set_value (self->iou_scale, fovea_settings_get_double (settings, "dissection-iou"));
  self->updating = FALSE;
  update_labels (self);
}

/**
 * fovea_dissection_controls_get_sets:
 * @self: controls
 *
 * Returns: (transfer none): the sets of concepts, and which is the current one
 */
FoveaImageSets *
fovea_dissection_controls_get_sets (FoveaDissectionControls *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self), NULL);
  return self->sets;
}

/**
 * fovea_dissection_controls_set_quantiles:
 * @self: controls
 * @n_quantiles: how many there are, at least 1
 * @quantiles: (array length=n_quantiles): shares of positions above the threshold, ascending
 *
 * Says where the slider stops: at what was counted.
 */
void
fovea_dissection_controls_set_quantiles (FoveaDissectionControls *self,
                                         guint n_quantiles,
                                         const double *quantiles)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self) && n_quantiles > 0 && n_quantiles <= FOVEA_DISSECT_MAX_QUANTILES);

  self->n_quantiles = n_quantiles;
  memcpy (self->quantiles, quantiles, n_quantiles * sizeof *quantiles);
  update_quantile (self);
}

/**
 * fovea_dissection_controls_set_share:
 * @self: controls
 * @share: of positions that lie above a channel's threshold; the nearest one of the quantiles is taken
 */
void
fovea_dissection_controls_set_share (FoveaDissectionControls *self,
                                     double share)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self) && share > 0);

  gtk_range_set_value (self->quantile_scale, find_quantile (self, share));
}

/**
 * fovea_dissection_controls_get_quantile:
 * @self: controls
 *
 * Returns: index of the chosen one of the quantiles
 */
guint
fovea_dissection_controls_get_quantile (FoveaDissectionControls *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self), 0);
  return MIN ((guint) (gtk_range_get_value (self->quantile_scale) + 0.5), self->n_quantiles - 1);
}

/**
 * fovea_dissection_controls_set_iou:
 * @self: controls
 * @iou: from which IoU on a channel is a detector
 */
void
fovea_dissection_controls_set_iou (FoveaDissectionControls *self,
                                   double iou)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self));
  gtk_range_set_value (self->iou_scale, iou);
}

/**
 * fovea_dissection_controls_get_iou:
 * @self: controls
 *
 * Returns: from which IoU on a channel is a detector
 */
double
fovea_dissection_controls_get_iou (FoveaDissectionControls *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_CONTROLS (self), 0);
  return gtk_range_get_value (self->iou_scale);
}
