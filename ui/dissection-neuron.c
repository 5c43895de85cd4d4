/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-neuron.h"

#include "ui/dissection-export.h"
#include "ui/dissection-pictures.h"

struct _FoveaDissectionNeuron {
  GtkWidget parent_instance;

  FoveaDissectionPanel *panels[FOVEA_N_SIDES];

  FoveaJobQueue *queue; /* nullable: where images are drawn; there are none without */
  FoveaDissectionFacts *facts; /* nullable: nothing was shown yet */
  FoveaQueuedJob *drawing; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaDissectionNeuron, fovea_dissection_neuron, GTK_TYPE_WIDGET)

enum { PICTURE_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
drop_drawing (FoveaDissectionNeuron *self)
{
  fovea_queued_job_clear (&self->drawing);
}

static void
update_actions (FoveaDissectionNeuron *self)
{
  gboolean any = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const GPtrArray *pictures = fovea_dissection_panel_get_pictures (self->panels[side]);

      any |= pictures != NULL && pictures->len > 0;
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dissection.save-images", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dissection.copy-images", any);
}

static void
on_pictures (GPtrArray *const pictures[FOVEA_N_SIDES],
             GError *const errors[FOVEA_N_SIDES],
             gpointer data)
{
  FoveaDissectionNeuron *self = data;

  g_clear_object (&self->drawing);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (pictures[side] != NULL)
      fovea_dissection_panel_set_pictures (self->panels[side], pictures[side]);
    else if (errors[side] != NULL)
      fovea_dissection_panel_set_pictures_message (self->panels[side], errors[side]->message);
  update_actions (self);
}

/* Draws the images of the chosen concepts. Those there are stay until the new ones come. */
static void
update_pictures (FoveaDissectionNeuron *self)
{
  const FoveaDissectionFacts *facts = self->facts;
  FoveaDissectionPicturesRequest requests[FOVEA_N_SIDES] = { 0 };
  gboolean any = FALSE;

  drop_drawing (self);
  update_actions (self);
  if (facts->set == NULL || self->queue == NULL)
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissectionPicturesRequest *request = &requests[side];
      guint category;

      if (facts->dissections[side] == NULL || facts->channels[side] >= fovea_dissection_get_n_channels (facts->dissections[side]))
        continue;
      request->dissection = facts->dissections[side];
      request->network = facts->networks[side];
      request->layer = facts->nodes[side];
      request->channel = facts->channels[side];
      request->quantile = facts->quantile;
      if (fovea_dissection_panel_get_concept (self->panels[side], &request->label, &category))
        request->category = facts->tallies[side]->categories[category];
      any = TRUE;
    }
  if (any)
    self->drawing = fovea_dissection_pictures_push (self->queue, facts->set, requests, on_pictures, self);
}

static void
on_picture_activated (FoveaDissectionNeuron *self,
                      guint64 image)
{
  g_signal_emit (self, signals[PICTURE_ACTIVATED], 0, image);
}

static void
save_images (GtkWidget *widget,
             const char *action,
             GVariant *parameter)
{
  FoveaPicture *picture = fovea_dissection_neuron_take_images (FOVEA_DISSECTION_NEURON (widget));

  if (picture != NULL)
    fovea_picture_save_as (picture, widget, "Save Images");
}

static void
copy_images (GtkWidget *widget,
             const char *action,
             GVariant *parameter)
{
  FoveaPicture *picture = fovea_dissection_neuron_take_images (FOVEA_DISSECTION_NEURON (widget));

  if (picture != NULL)
    fovea_picture_copy (picture, widget);
}

static void
fovea_dissection_neuron_dispose (GObject *object)
{
  FoveaDissectionNeuron *self = FOVEA_DISSECTION_NEURON (object);
  GtkWidget *child;

  drop_drawing (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->facts, fovea_dissection_facts_unref);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_dissection_neuron_parent_class)->dispose (object);
}

static void
fovea_dissection_neuron_class_init (FoveaDissectionNeuronClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_neuron_dispose;

  signals[PICTURE_ACTIVATED] = g_signal_new ("picture-activated", FOVEA_TYPE_DISSECTION_NEURON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectionneuron");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/dissection-neuron.ui");
  gtk_widget_class_bind_template_child_full (widget_class, "panels", FALSE, 0);
  gtk_widget_class_install_action (widget_class, "dissection.save-images", NULL, save_images);
  gtk_widget_class_install_action (widget_class, "dissection.copy-images", NULL, copy_images);
}

static void
fovea_dissection_neuron_init (FoveaDissectionNeuron *self)
{
  GtkBox *panels;

  gtk_widget_init_template (GTK_WIDGET (self));
  panels = GTK_BOX (gtk_widget_get_template_child (GTK_WIDGET (self), FOVEA_TYPE_DISSECTION_NEURON, "panels"));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->panels[side] = FOVEA_DISSECTION_PANEL (fovea_dissection_panel_new (side));
      gtk_box_append (panels, GTK_WIDGET (self->panels[side]));
      g_signal_connect_object (self->panels[side], "concept-chosen", G_CALLBACK (update_pictures), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->panels[side], "picture-activated", G_CALLBACK (on_picture_activated), self, G_CONNECT_SWAPPED);
    }
  update_actions (self);
}

/**
 * fovea_dissection_neuron_set_queue:
 * @self: a neuron
 * @queue: (nullable): where images are drawn
 */
void
fovea_dissection_neuron_set_queue (FoveaDissectionNeuron *self,
                                   FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_NEURON (self));
  g_set_object (&self->queue, queue);
}

/* Images of another layer say nothing of this one; of another channel or quantile, they stay until the new ones come. */
static gboolean
is_same_layer (const FoveaDissectionFacts *a,
               const FoveaDissectionFacts *b)
{
  return a->set == b->set && memcmp (a->dissections, b->dissections, sizeof a->dissections) == 0;
}

/* The highest IoU of either network: their bars are to be compared. */
static double
find_largest (const FoveaDissectionFacts *facts)
{
  double largest = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const FoveaTallyUnit *unit = facts->tallies[side] != NULL ? fovea_tally_find (facts->tallies[side], facts->channels[side]) : NULL;

      if (unit != NULL)
        largest = MAX (largest, unit->score);
    }
  return largest;
}

/**
 * fovea_dissection_neuron_show:
 * @self: a neuron
 * @facts: what is known
 */
void
fovea_dissection_neuron_show (FoveaDissectionNeuron *self,
                              FoveaDissectionFacts *facts)
{
  g_autoptr (FoveaDissectionFacts) before = NULL;
  gboolean same_layer, same_pictures;
  double largest;

  g_return_if_fail (FOVEA_IS_DISSECTION_NEURON (self) && facts != NULL);

  before = g_steal_pointer (&self->facts);
  self->facts = fovea_dissection_facts_ref (facts);
  same_layer = before != NULL && is_same_layer (before, facts);
  same_pictures = same_layer && before->quantile == facts->quantile && memcmp (before->channels, facts->channels, sizeof facts->channels) == 0;
  largest = find_largest (facts);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissectionPanel *panel = self->panels[side];

      gtk_widget_set_visible (GTK_WIDGET (panel), facts->names[side] != NULL);
      if (!same_layer)
        fovea_dissection_panel_set_pictures_message (panel, NULL);
      if (facts->names[side] == NULL)
        continue;
      fovea_dissection_panel_set_name (panel, facts->names[side]);
      if (facts->tallies[side] != NULL)
        fovea_dissection_panel_set_unit (panel, facts->tallies[side], facts->channels[side], facts->iou, largest);
      else
        fovea_dissection_panel_set_message (panel, facts->messages[side]);
    }
  if (!same_pictures)
    update_pictures (self);
}

/**
 * fovea_dissection_neuron_get_panel:
 * @self: a neuron
 *
 * Returns: (transfer none): a network's half
 */
FoveaDissectionPanel *
fovea_dissection_neuron_get_panel (FoveaDissectionNeuron *self,
                                   FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_NEURON (self) && side < FOVEA_N_SIDES, NULL);
  return self->panels[side];
}

/**
 * fovea_dissection_neuron_take_images:
 * @self: a neuron
 *
 * Returns: (transfer full) (nullable): the images with masks and outlines, to be saved or copied; %NULL while there are none
 */
FoveaPicture *
fovea_dissection_neuron_take_images (FoveaDissectionNeuron *self)
{
  FoveaDissectionExamples examples[FOVEA_N_SIDES] = { 0 };

  g_return_val_if_fail (FOVEA_IS_DISSECTION_NEURON (self), NULL);

  if (self->facts == NULL)
    return NULL;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      guint category;

      examples[side].pictures = fovea_dissection_panel_get_pictures (self->panels[side]);
      if (self->facts->tallies[side] != NULL && fovea_dissection_panel_get_concept (self->panels[side], &examples[side].label, &category))
        examples[side].category = self->facts->tallies[side]->categories[category];
    }
  return fovea_dissection_export_new (self->facts, examples);
}
