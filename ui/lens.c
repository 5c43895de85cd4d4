/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens.h"

#include <adwaita.h>

#include "ui/application.h"
#include "ui/layer.h"
#include "ui/lens-attack-bar.h"
#include "ui/lens-controls.h"
#include "ui/lens-export.h"
#include "ui/lens-header.h"
#include "ui/lens-run.h"
#include "ui/lens-surgery-bar.h"
#include "ui/lens-words.h"

/* Sides of the pictures on the screen, and what else needs room beside and below them, in pixels. */
#define MINIMUM_SIDE 200
#define MAXIMUM_SIDE 640
#define ROOM_BESIDE 200
#define ROOM_BELOW 370

/* The same where a network's half has no room beside the picture. */
#define MINIMUM_NARROW_SIDE 130
#define ROOM_BELOW_NARROW 412

/* In a narrower window the networks stand one below the other, in pixels. */
#define NARROW 540

struct _FoveaLens
{
  GtkWidget parent_instance;

  AdwToastOverlay *toasts;
  FoveaLensHeader *header;
  GtkInfoBar *error_bar;
  GtkLabel *error_label;
  GtkStack *stack;
  FoveaLensControls *controls;
  FoveaLensSurgeryBar *surgery_bar;
  FoveaLensAttackBar *attack_bar;
  GtkOrientable *panels;
  FoveaLensPanel *standard_panel;
  FoveaLensPanel *robust_panel;

  FoveaLensInput *input;
  FoveaLensRun *run;
  FoveaNetworkPair *pair; /* nullable */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  guint example; /* the next one's number */
  char *verdict;
  int side;           /* of the pictures on the screen */
  gboolean is_narrow; /* the window is */
  gboolean is_half_narrow; /* a network's half is */
  guint side_source;
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaLens, fovea_lens, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum
{
  NEURON_CHOSEN,
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_error (FoveaLens *self, const char *text)
{
  gtk_label_set_label (self->error_label, text != NULL ? text : "");
  gtk_info_bar_set_revealed (self->error_bar, text != NULL);
}

static FoveaResponse *
get_response (FoveaLens *self, guint side)
{
  return fovea_lens_run_get_response (self->run, side);
}

static void
update_verdict (FoveaLens *self)
{
  g_free (self->verdict);
  self->verdict = fovea_lens_words_verdict (get_response (self, FOVEA_SIDE_STANDARD), get_response (self, FOVEA_SIDE_ROBUST));
  fovea_lens_header_set_verdict (self->header, self->verdict);
}

static void
update_actions (FoveaLens *self)
{
  gboolean has = get_response (self, FOVEA_SIDE_STANDARD) != NULL || get_response (self, FOVEA_SIDE_ROBUST) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.save", has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.copy", has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.neuron", self->layer != NULL);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

/* What was changed before the network answered, and what it said without. */
static void
update_change (FoveaLens *self, FoveaSide side)
{
  FoveaLensPanel *panel = fovea_lens_get_panel (self, side);
  const char *before = fovea_lens_run_get_answer_before (self->run, side);
  FoveaSide source;
  const FoveaLensAttack *attack = fovea_lens_run_get_attack (self->run, side, &source);
  gboolean has_surgery = fovea_lens_surgery_bar_get_n (self->surgery_bar) > 0;
  g_autofree char *text = attack != NULL ? fovea_lens_words_attack (attack, source, side, before) : fovea_lens_words_surgery (has_surgery, before);

  if (attack != NULL)
    fovea_lens_panel_set_change (panel, attack->texture, attack->change->width, attack->change->height, text);
  else
    fovea_lens_panel_set_change (panel, NULL, 0, 0, text);
}

/* Shows the chosen neuron in what was computed. */
static void
update_panels (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaLensPanel *panel = fovea_lens_get_panel (self, side);
      FoveaResponse *response = get_response (self, side);
      const char *title;
      const char *error = fovea_lens_run_get_error (self->run, side, &title);

      if (response == NULL && error != NULL)
        fovea_lens_panel_set_message (panel, title, error);
      if (response == NULL)
        continue;
      if (fovea_lens_panel_get_response (panel) != response)
        fovea_lens_panel_set_response (panel, response, fovea_lens_run_get_seen (self->run, side));
      fovea_lens_panel_set_neuron (panel, self->layer, self->channels[side], fovea_lens_controls_get_measure (self->controls));
      update_change (self, side);
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_common_classes (fovea_lens_get_panel (self, side), get_response (self, 1 - side));
  update_verdict (self);
  update_actions (self);
}

static void
on_run_waiting (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (get_response (self, side) == NULL)
      fovea_lens_panel_set_waiting (fovea_lens_get_panel (self, side));
}

static void
show_image (FoveaLens *self, FoveaLensImage *image)
{
  fovea_lens_input_stop (self->input);
  show_error (self, NULL);
  fovea_lens_header_set_image (self->header, image);
  g_clear_pointer (&self->verdict, g_free);
  gtk_stack_set_visible_child_name (self->stack, "image");
  fovea_lens_run_set_image (self->run, image);
  update_actions (self);
}

static void
on_attack_changed (FoveaLens *self)
{
  FoveaLensAttackSettings settings;

  fovea_lens_attack_bar_get_settings (self->attack_bar, &settings);
  gtk_widget_set_visible (GTK_WIDGET (self->attack_bar), fovea_lens_controls_get_attacked (self->controls));
  fovea_lens_run_set_attack (self->run, fovea_lens_controls_get_attacked (self->controls) ? &settings : NULL);
}

/* The slider is what people want next. */
static void
on_attack_toggled (FoveaLens *self)
{
  on_attack_changed (self);
  if (fovea_lens_controls_get_attacked (self->controls))
    gtk_widget_child_focus (GTK_WIDGET (self->attack_bar), GTK_DIR_TAB_FORWARD);
}

/* The controls show the chosen neuron, and whether it is switched off, or kept. */
static void
update_controls (FoveaLens *self)
{
  fovea_lens_controls_set_neuron (self->controls, self->layer, self->channels[FOVEA_SIDE_STANDARD]);
  fovea_lens_controls_set_off (self->controls, fovea_lens_surgery_bar_contains (self->surgery_bar, self->layer, self->channels),
                               fovea_lens_surgery_bar_get_surgery (self->surgery_bar) == FOVEA_SURGERY_KEEP && fovea_lens_surgery_bar_get_n (self->surgery_bar) > 0);
}

static void
on_surgery_changed (FoveaLens *self)
{
  update_controls (self);
  fovea_lens_run_set_surgery (self->run, fovea_lens_surgery_bar_get_surgery (self->surgery_bar), fovea_lens_surgery_bar_get_addresses (self->surgery_bar));
}

static void
on_off_toggled (FoveaLens *self)
{
  if (self->layer != NULL)
    fovea_lens_surgery_bar_toggle (self->surgery_bar, self->layer, self->channels);
}

static void
open_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  fovea_lens_input_choose_file (FOVEA_LENS (widget)->input, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
}

static void
example_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaLens *self = FOVEA_LENS (widget);

  fovea_lens_input_read_set (self->input, FOVEA_LENS_EXAMPLES, self->example++);
}

static void
previous_image_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaLens *self = FOVEA_LENS (widget);

  fovea_lens_input_read_neighbour (self->input, fovea_lens_run_get_image (self->run), -1);
}

static void
next_image_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaLens *self = FOVEA_LENS (widget);

  fovea_lens_input_read_neighbour (self->input, fovea_lens_run_get_image (self->run), 1);
}

static void
operate_on_pins (FoveaLens *self, FoveaSurgery surgery)
{
  FoveaPins *pins = self->pair != NULL ? fovea_pins_get (self->pair) : NULL;

  if (pins != NULL && fovea_pins_get_n (pins) > 0)
    fovea_lens_surgery_bar_set_pins (self->surgery_bar, pins, surgery);
  else
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new ("Nothing is pinned: pin neurons on their pages, with P"));
}

static void
remove_pins_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  operate_on_pins (FOVEA_LENS (widget), FOVEA_SURGERY_REMOVE);
}

static void
keep_pins_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  operate_on_pins (FOVEA_LENS (widget), FOVEA_SURGERY_KEEP);
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaLens *self = FOVEA_LENS (view);
  FoveaResponse *responses[FOVEA_N_SIDES];
  FoveaLensAttack *attacks[FOVEA_N_SIDES];

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      responses[side] = get_response (self, side);
      attacks[side] = fovea_lens_run_get_attack (self->run, side, NULL);
    }
  if (responses[FOVEA_SIDE_STANDARD] == NULL && responses[FOVEA_SIDE_ROBUST] == NULL)
    return NULL;
  return fovea_lens_export_new (responses, attacks, self->channels, self->layer, fovea_lens_get_image_name (self), fovea_lens_controls_get_opacity (self->controls));
}

static void
save_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_NEURON_VIEW (widget));

  if (picture != NULL)
    fovea_picture_save_as (picture, gtk_widget_get_first_child (widget), "Save the Lens");
}

static void
copy_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_NEURON_VIEW (widget));

  if (picture != NULL)
    fovea_picture_copy (picture, gtk_widget_get_first_child (widget));
}

static void
neuron_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaLens *self = FOVEA_LENS (widget);

  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, self->layer, self->channels[FOVEA_SIDE_STANDARD]);
}

/* Another neuron, chosen here. */
static void
choose_neuron (FoveaLens *self, const char *layer, guint channel)
{
  gboolean other_layer = g_strcmp0 (self->layer, layer) != 0;

  if (!other_layer && self->channels[FOVEA_SIDE_STANDARD] == channel && self->channels[FOVEA_SIDE_ROBUST] == channel)
    return;
  if (other_layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  self->channels[FOVEA_SIDE_STANDARD] = self->channels[FOVEA_SIDE_ROBUST] = channel;
  update_controls (self);
  fovea_lens_run_set_layer (self->run, self->layer);
  g_signal_emit (self, signals[NEURON_CHOSEN], 0, self->layer, channel);
}

static void
on_opacity_changed (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_opacity (fovea_lens_get_panel (self, side), fovea_lens_controls_get_opacity (self->controls));
}

static void
on_channel_chosen (FoveaLens *self, guint channel)
{
  choose_neuron (self, self->layer, channel);
}

static void
on_channel_activated (FoveaLens *self, guint channel)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, self->layer, channel);
}

/* Both networks are asked about the same place. */
static void
on_unit_pointed (FoveaLens *self, gint64 y, gint64 x)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_point_at (fovea_lens_get_panel (self, side), y, x);
}

static void
on_error_closed (FoveaLens *self)
{
  show_error (self, NULL);
}

static void
set_pair (FoveaLens *self, FoveaNetworkPair *pair)
{
  g_autoptr (GListModel) layers = pair != NULL ? fovea_layers_of_pair (pair) : NULL;

  fovea_lens_surgery_bar_clear (self->surgery_bar);
  fovea_lens_run_set_pair (self->run, pair);
  g_set_object (&self->pair, pair);
  fovea_lens_controls_set_layers (self->controls, layers);
  if (pair == NULL)
    return;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = fovea_network_pair_has_side (pair, side) ? fovea_network_pair_get_network (pair, side) : NULL;

      gtk_widget_set_visible (GTK_WIDGET (fovea_lens_get_panel (self, side)), network != NULL);
      if (network == NULL)
        continue;
      fovea_lens_panel_set_name (fovea_lens_get_panel (self, side), fovea_network_get_name (network));
      fovea_lens_header_set_network (self->header, network);
    }
  fovea_lens_attack_bar_set_pair (self->attack_bar, pair);
  on_attack_changed (self);
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaLens *self = FOVEA_LENS (view);

  if (pair == self->pair && g_strcmp0 (layer, self->layer) == 0 && memcmp (channels, self->channels, sizeof self->channels) == 0)
    return;
  if (pair != self->pair)
    set_pair (self, pair);
  if (pair == NULL)
    {
      update_actions (self);
      return;
    }
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  update_controls (self);
  fovea_lens_run_set_layer (self->run, self->layer);
}

/* Only what is on the screen is urgent. */
static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaLens *self = FOVEA_LENS (view);
  int priority = active ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_BACKGROUND;

  fovea_lens_input_set_priority (self->input, priority);
  fovea_lens_run_set_priority (self->run, priority);
}

static void
focus (FoveaNeuronView *view)
{
  FoveaLens *self = FOVEA_LENS (view);

  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->set_active = set_active;
  interface->focus = focus;
  interface->take_picture = take_picture;
}

static gboolean
apply_side (gpointer data)
{
  FoveaLens *self = data;

  self->side_source = 0;
  gtk_orientable_set_orientation (self->panels, self->is_narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_room (fovea_lens_get_panel (self, side), self->side, self->is_half_narrow);
  return G_SOURCE_REMOVE;
}

/* Pictures grow with the window; after the allocation, which must not ask for another one. */
static void
fovea_lens_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FoveaLens *self = FOVEA_LENS (widget);
  gboolean is_narrow = width < NARROW;
  int half = is_narrow ? width - 30 : width / FOVEA_N_SIDES - 30;
  gboolean is_half_narrow = half < MINIMUM_SIDE + ROOM_BESIDE;
  int side = is_half_narrow ? CLAMP (MIN (half, height - ROOM_BELOW_NARROW), MINIMUM_NARROW_SIDE, MAXIMUM_SIDE)
                            : CLAMP (MIN (half - ROOM_BESIDE, height - ROOM_BELOW), MINIMUM_SIDE, MAXIMUM_SIDE);

  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
  if (side == self->side && is_narrow == self->is_narrow && is_half_narrow == self->is_half_narrow)
    return;
  self->side = side;
  self->is_narrow = is_narrow;
  self->is_half_narrow = is_half_narrow;
  if (self->side_source == 0)
    self->side_source = g_idle_add (apply_side, self);
}

static void
fovea_lens_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
fovea_lens_dispose (GObject *object)
{
  FoveaLens *self = FOVEA_LENS (object);
  GtkWidget *child;

  g_clear_handle_id (&self->side_source, g_source_remove);
  if (self->input != NULL)
    g_object_run_dispose (G_OBJECT (self->input));
  g_clear_object (&self->input);
  g_clear_object (&self->run);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->pair);
  G_OBJECT_CLASS (fovea_lens_parent_class)->dispose (object);
}

static void
fovea_lens_finalize (GObject *object)
{
  FoveaLens *self = FOVEA_LENS (object);

  g_free (self->layer);
  g_free (self->verdict);
  G_OBJECT_CLASS (fovea_lens_parent_class)->finalize (object);
}

static void
fovea_lens_class_init (FoveaLensClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = fovea_lens_dispose;
  object_class->finalize = fovea_lens_finalize;
  widget_class->size_allocate = fovea_lens_size_allocate;
  widget_class->measure = fovea_lens_measure;

  signals[NEURON_CHOSEN] = g_signal_new ("neuron-chosen", FOVEA_TYPE_LENS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_LENS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_LENS_ATTACK_BAR);
  g_type_ensure (FOVEA_TYPE_LENS_CONTROLS);
  g_type_ensure (FOVEA_TYPE_LENS_HEADER);
  g_type_ensure (FOVEA_TYPE_LENS_PANEL);
  g_type_ensure (FOVEA_TYPE_LENS_SURGERY_BAR);
  gtk_widget_class_set_css_name (widget_class, "lens");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, toasts);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, header);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, error_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, error_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, controls);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, surgery_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, attack_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, panels);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, standard_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, robust_panel);

  gtk_widget_class_install_action (widget_class, "lens.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "lens.example", NULL, example_action);
  gtk_widget_class_install_action (widget_class, "lens.previous-image", NULL, previous_image_action);
  gtk_widget_class_install_action (widget_class, "lens.next-image", NULL, next_image_action);
  gtk_widget_class_install_action (widget_class, "lens.remove-pins", NULL, remove_pins_action);
  gtk_widget_class_install_action (widget_class, "lens.keep-pins", NULL, keep_pins_action);
  gtk_widget_class_install_action (widget_class, "lens.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "lens.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "lens.neuron", NULL, neuron_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Up, GDK_ALT_MASK, "lens.previous-image", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Page_Down, GDK_ALT_MASK, "lens.next-image", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "lens.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "lens.copy", NULL);
}

static void
fovea_lens_init (FoveaLens *self)
{
  self->input = fovea_lens_input_new ();
  self->run = fovea_lens_run_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fovea_lens_panel_set_side (self->robust_panel, FOVEA_SIDE_ROBUST);
  on_opacity_changed (self);

  g_signal_connect_object (self->input, "read", G_CALLBACK (show_image), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->input, "failed", G_CALLBACK (show_error), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "changed", G_CALLBACK (update_panels), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run, "waiting", G_CALLBACK (on_run_waiting), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->header, "image-chosen", G_CALLBACK (show_image), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->error_bar, "response", G_CALLBACK (on_error_closed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "neuron-chosen", G_CALLBACK (choose_neuron), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "measure-changed", G_CALLBACK (update_panels), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "opacity-changed", G_CALLBACK (on_opacity_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "off-toggled", G_CALLBACK (on_off_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->controls, "attack-toggled", G_CALLBACK (on_attack_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->surgery_bar, "changed", G_CALLBACK (on_surgery_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attack_bar, "changed", G_CALLBACK (on_attack_changed), self, G_CONNECT_SWAPPED);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaLensPanel *panel = fovea_lens_get_panel (self, side);

      g_signal_connect_object (panel, "channel-chosen", G_CALLBACK (on_channel_chosen), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (panel, "channel-activated", G_CALLBACK (on_channel_activated), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (panel, "unit-pointed", G_CALLBACK (on_unit_pointed), self, G_CONNECT_SWAPPED);
    }
  update_actions (self);
}

/**
 * fovea_lens_new:
 *
 * Returns: (transfer floating): a Lens without an image
 */
GtkWidget *
fovea_lens_new (void)
{
  return g_object_new (FOVEA_TYPE_LENS, NULL);
}

/**
 * fovea_lens_set_queue:
 * @queue: where its jobs go, instead of the application's queue
 */
void
fovea_lens_set_queue (FoveaLens *self, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_LENS (self));
  fovea_lens_input_set_queue (self->input, queue);
  fovea_lens_run_set_queue (self->run, queue);
}

/**
 * fovea_lens_get_input:
 *
 * Returns: (transfer none): what shows it images; where one cannot be read, the Lens says why, and keeps what
 *   it showed
 */
FoveaLensInput *
fovea_lens_get_input (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return self->input;
}

/**
 * fovea_lens_get_image_name:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
const char *
fovea_lens_get_image_name (FoveaLens *self)
{
  const FoveaLensImage *image;

  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  image = fovea_lens_run_get_image (self->run);
  return image != NULL ? image->name : NULL;
}

/**
 * fovea_lens_get_verdict:
 *
 * Returns: (transfer none) (nullable): whether the networks agree, in words
 */
const char *
fovea_lens_get_verdict (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return self->verdict;
}

/**
 * fovea_lens_get_error:
 *
 * Returns: (transfer none) (nullable): what it says went wrong
 */
const char *
fovea_lens_get_error (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return gtk_info_bar_get_revealed (self->error_bar) ? gtk_label_get_label (self->error_label) : NULL;
}

/**
 * fovea_lens_is_busy:
 *
 * Returns: whether something is read or computed
 */
gboolean
fovea_lens_is_busy (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), FALSE);
  return fovea_lens_input_is_busy (self->input) || fovea_lens_run_is_busy (self->run);
}

/**
 * fovea_lens_get_panel:
 *
 * Returns: (transfer none): a network's half
 */
FoveaLensPanel *
fovea_lens_get_panel (FoveaLens *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return side == FOVEA_SIDE_STANDARD ? self->standard_panel : self->robust_panel;
}
