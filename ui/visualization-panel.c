/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-panel.h"

#include <adwaita.h>

/* Small images are no wider than this, in pixels. */
#define THUMBNAIL_SIZE 88

#define DEAD_TITLE "No gradient reaches the image: this unit never responds"
#define DEAD_DESCRIPTION "Its output stayed blocked by a ReLU in every step, so a picture would say nothing about it. " \
                         "Another seed, or more steps with redirected ReLU, may still wake it."

typedef struct
{
  GtkWidget *button;
  GtkWidget *picture;
} Thumbnail;

struct _FoveaVisualizationPanel
{
  GtkWidget parent_instance;

  GtkWidget *header;
  GtkWidget *dot;
  GtkWidget *name_label;
  GtkWidget *activation_caption;
  GtkWidget *activation_label;
  GtkWidget *stack;
  GtkWidget *spinner;
  GtkWidget *frame;
  GtkWidget *picture;
  GtkWidget *message_icon;
  GtkWidget *message_title;
  GtkWidget *message_description;
  GtkWidget *thumbnails;
  GtkWidget *curve;

  FoveaSide side;
  FoveaVisualizationRun *run; /* nullable */
  Thumbnail thumbnail[FOVEA_MAXIMIZE_MAX_IMAGES];
  guint selected;
};

G_DEFINE_FINAL_TYPE (FoveaVisualizationPanel, fovea_visualization_panel, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_SELECTED,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
show_message (FoveaVisualizationPanel *self, const char *icon, const char *title, const char *description)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (self->message_icon), icon);
  gtk_label_set_label (GTK_LABEL (self->message_title), title);
  gtk_label_set_label (GTK_LABEL (self->message_description), description);
  gtk_widget_set_visible (self->message_description, *description != '\0');
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "message");
}

static void
update_activation (FoveaVisualizationPanel *self)
{
  double activation = 0;
  gboolean known = self->run != NULL && self->selected < fovea_visualization_run_get_n_images (self->run) &&
                   fovea_visualization_run_get_activation (self->run, self->selected, &activation);

  gtk_widget_set_visible (self->activation_caption, known);
  gtk_widget_set_visible (self->activation_label, known);
  if (known)
    {
      g_autofree char *text = g_strdup_printf ("%#.4g", activation);
      gtk_label_set_label (GTK_LABEL (self->activation_label), text);
    }
}

static void
update_thumbnails (FoveaVisualizationPanel *self)
{
  guint n_images = self->run != NULL ? fovea_visualization_run_get_n_images (self->run) : 0;

  gtk_widget_set_visible (self->thumbnails, n_images > 1);
  for (guint i = 0; i < FOVEA_MAXIMIZE_MAX_IMAGES; i++)
    {
      gboolean dead;

      gtk_widget_set_visible (self->thumbnail[i].button, i < n_images);
      if (i >= n_images)
        {
          gtk_picture_set_paintable (GTK_PICTURE (self->thumbnail[i].picture), NULL);
          continue;
        }
      dead = fovea_visualization_run_is_dead (self->run, i);
      gtk_picture_set_paintable (GTK_PICTURE (self->thumbnail[i].picture),
                                 dead ? NULL : GDK_PAINTABLE (fovea_visualization_run_get_texture (self->run, i)));
    }
}

static void
update_picture (FoveaVisualizationPanel *self)
{
  FoveaVisualizationState state;
  GdkTexture *texture;

  if (self->run == NULL)
    return;
  state = fovea_visualization_run_get_state (self->run);
  texture = fovea_visualization_run_get_texture (self->run, self->selected);
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));

  if (state == FOVEA_VISUALIZATION_FAILED)
    show_message (self, "dialog-warning-symbolic", "This could not be computed", fovea_visualization_run_get_error (self->run)->message);
  else if (fovea_visualization_run_is_dead (self->run, self->selected))
    show_message (self, "action-unavailable-symbolic", DEAD_TITLE, DEAD_DESCRIPTION);
  else if (texture != NULL)
    {
      gtk_aspect_frame_set_ratio (GTK_ASPECT_FRAME (self->frame), (float) gdk_texture_get_width (texture) / (float) gdk_texture_get_height (texture));
      gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "picture");
    }
  else if (fovea_run_is_active (FOVEA_RUN (self->run)))
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "waiting");
  else
    show_message (self, "media-playback-stop-symbolic", "Stopped before the first step", "Run starts again.");
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "waiting") == 0);
}

static void
update_curve (FoveaVisualizationPanel *self)
{
  FoveaActivationCurve *curve = FOVEA_ACTIVATION_CURVE (self->curve);
  const char *placeholder = "";

  if (self->run == NULL)
    return;
  for (guint i = 0; i < fovea_visualization_run_get_n_images (self->run); i++)
    {
      guint n_drawn = fovea_activation_curve_get_n_values (curve, i);
      guint n_values;
      const double *values = fovea_visualization_run_get_curve (self->run, i, &n_values);

      fovea_activation_curve_append (curve, i, values + n_drawn, n_values - n_drawn);
    }
  if (fovea_visualization_run_is_from_store (self->run))
    placeholder = "Computed earlier. Run again to see how it grew.";
  fovea_activation_curve_set_placeholder (curve, placeholder);
}

static void
update_accessible (FoveaVisualizationPanel *self)
{
  g_autofree char *address = NULL;
  g_autofree char *text = NULL;
  double activation;

  if (self->run == NULL)
    return;
  address = fovea_neuron_format (fovea_visualization_run_get_network (self->run), fovea_visualization_run_get_neuron (self->run));
  if (fovea_visualization_run_get_activation (self->run, self->selected, &activation))
    text = g_strdup_printf ("Image that excites %s of the %s network, activation %.4g", address, fovea_side_get_name (self->side), activation);
  else
    text = g_strdup_printf ("Image that excites %s of the %s network", address, fovea_side_get_name (self->side));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
update (FoveaVisualizationPanel *self)
{
  update_activation (self);
  update_thumbnails (self);
  update_picture (self);
  update_curve (self);
}

static void
on_ended (FoveaVisualizationPanel *self)
{
  update (self);
  update_accessible (self);
}

static void
on_thumbnail_toggled (FoveaVisualizationPanel *self, GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < FOVEA_MAXIMIZE_MAX_IMAGES; i++)
    if (self->thumbnail[i].button == GTK_WIDGET (button))
      fovea_visualization_panel_set_selected (self, i);
}

static void
create_thumbnail (FoveaVisualizationPanel *self, guint i)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *picture = gtk_picture_new ();
  g_autofree char *name = g_strdup_printf ("Image %u", i + 1);

  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_CONTAIN);
  gtk_widget_set_size_request (picture, 36, 48);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), THUMBNAIL_SIZE);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), THUMBNAIL_SIZE);
  adw_clamp_set_child (ADW_CLAMP (clamp), picture);
  gtk_button_set_child (GTK_BUTTON (button), clamp);
  gtk_widget_add_css_class (button, "thumbnail");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (i > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->thumbnail[0].button));
  else
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  gtk_box_append (GTK_BOX (self->thumbnails), button);
  self->thumbnail[i] = (Thumbnail) { button, picture };
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_thumbnail_toggled), self);
}

static void
fovea_visualization_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_assert (id == PROP_SELECTED);
  g_value_set_uint (value, FOVEA_VISUALIZATION_PANEL (object)->selected);
}

static void
fovea_visualization_panel_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  g_assert (id == PROP_SELECTED);
  fovea_visualization_panel_set_selected (FOVEA_VISUALIZATION_PANEL (object), g_value_get_uint (value));
}

static void
fovea_visualization_panel_dispose (GObject *object)
{
  FoveaVisualizationPanel *self = FOVEA_VISUALIZATION_PANEL (object);
  GtkWidget *child;

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_clear_object (&self->run);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_visualization_panel_parent_class)->dispose (object);
}

static void
fovea_visualization_panel_class_init (FoveaVisualizationPanelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = fovea_visualization_panel_get_property;
  object_class->set_property = fovea_visualization_panel_set_property;
  object_class->dispose = fovea_visualization_panel_dispose;

  /* Which image of the run is shown large. */
  properties[PROP_SELECTED] = g_param_spec_uint ("selected", NULL, NULL, 0, FOVEA_MAXIMIZE_MAX_IMAGES - 1, 0,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (FOVEA_TYPE_ACTIVATION_CURVE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/visualization-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, header);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, dot);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, name_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, activation_caption);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, activation_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, spinner);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, frame);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, picture);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, message_icon);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, message_title);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, message_description);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, thumbnails);
  gtk_widget_class_bind_template_child (widget_class, FoveaVisualizationPanel, curve);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fovea_visualization_panel_init (FoveaVisualizationPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < FOVEA_MAXIMIZE_MAX_IMAGES; i++)
    create_thumbnail (self, i);
  fovea_visualization_panel_set_side (self, FOVEA_SIDE_STANDARD);
}

/**
 * fovea_visualization_panel_set_side:
 *
 * The side gives the panel its colour.
 */
void
fovea_visualization_panel_set_side (FoveaVisualizationPanel *self, FoveaSide side)
{
  const char *classes[] = { "side-dot", fovea_side_get_name (side), NULL };

  g_return_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self));
  self->side = side;
  gtk_widget_set_css_classes (self->dot, classes);
  fovea_activation_curve_set_side (FOVEA_ACTIVATION_CURVE (self->curve), side);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  side == FOVEA_SIDE_STANDARD ? "Standard network" : "Robust network", -1);
}

/**
 * fovea_visualization_panel_set_name:
 * @name: the network's
 */
void
fovea_visualization_panel_set_name (FoveaVisualizationPanel *self, const char *name)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self));
  gtk_label_set_label (GTK_LABEL (self->name_label), name);
  gtk_widget_set_tooltip_text (self->name_label, name);
}

/**
 * fovea_visualization_panel_set_run:
 * @run: (nullable): what to show from now on; nothing of an earlier run appears any more
 */
void
fovea_visualization_panel_set_run (FoveaVisualizationPanel *self, FoveaVisualizationRun *run)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self));

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  g_set_object (&self->run, run);
  if (run == NULL)
    {
      gtk_picture_set_paintable (GTK_PICTURE (self->picture), NULL);
      fovea_activation_curve_reset (FOVEA_ACTIVATION_CURVE (self->curve), 0, 0);
      fovea_activation_curve_set_placeholder (FOVEA_ACTIVATION_CURVE (self->curve), NULL);
      update_activation (self);
      update_thumbnails (self);
      return;
    }
  g_signal_connect_swapped (run, "progress", G_CALLBACK (update), self);
  g_signal_connect_swapped (run, "ended", G_CALLBACK (on_ended), self);
  fovea_activation_curve_reset (FOVEA_ACTIVATION_CURVE (self->curve), fovea_visualization_run_get_n_images (run), fovea_visualization_run_get_n_steps (run));
  if (self->selected >= fovea_visualization_run_get_n_images (run))
    fovea_visualization_panel_set_selected (self, 0);
  fovea_activation_curve_set_selected (FOVEA_ACTIVATION_CURVE (self->curve), self->selected);
  update (self);
  update_accessible (self);
}

/**
 * fovea_visualization_panel_set_message:
 *
 * Says why there is nothing to show; lets go of the run.
 */
void
fovea_visualization_panel_set_message (FoveaVisualizationPanel *self, const char *title, const char *description)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self));
  fovea_visualization_panel_set_run (self, NULL);
  show_message (self, "dialog-warning-symbolic", title, description);
}

/**
 * fovea_visualization_panel_get_message:
 *
 * Returns: (nullable) (transfer none): what is said in place of a picture
 */
const char *
fovea_visualization_panel_get_message (FoveaVisualizationPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self), NULL);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "message") != 0)
    return NULL;
  return gtk_label_get_label (GTK_LABEL (self->message_title));
}

/**
 * fovea_visualization_panel_set_selected:
 * @image: which image of the run is shown large
 */
void
fovea_visualization_panel_set_selected (FoveaVisualizationPanel *self, guint image)
{
  g_return_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self) && image < FOVEA_MAXIMIZE_MAX_IMAGES);
  if (self->selected == image || (self->run != NULL && image >= fovea_visualization_run_get_n_images (self->run)))
    return;
  self->selected = image;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->thumbnail[image].button), TRUE);
  fovea_activation_curve_set_selected (FOVEA_ACTIVATION_CURVE (self->curve), image);
  update (self);
  update_accessible (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/**
 * fovea_visualization_panel_get_selected:
 */
guint
fovea_visualization_panel_get_selected (FoveaVisualizationPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self), 0);
  return self->selected;
}

/**
 * fovea_visualization_panel_get_picture:
 *
 * Returns: (nullable) (transfer none): the picture that people see now
 */
GdkPaintable *
fovea_visualization_panel_get_picture (FoveaVisualizationPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self), NULL);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "picture") != 0)
    return NULL;
  return gtk_picture_get_paintable (GTK_PICTURE (self->picture));
}

/**
 * fovea_visualization_panel_get_curve:
 *
 * Returns: (transfer none): the plot, to give it a scale
 */
FoveaActivationCurve *
fovea_visualization_panel_get_curve (FoveaVisualizationPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_VISUALIZATION_PANEL (self), NULL);
  return FOVEA_ACTIVATION_CURVE (self->curve);
}
