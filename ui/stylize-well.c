/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stylize-well.h"

#include "ui/application.h"
#include "ui/image-view.h"
#include "ui/set-browser.h"
#include "ui/stylize-export.h"

struct _FoveaStylizeWell
{
  GtkBox parent_instance;

  GtkLabel *title;
  GtkStack *stack;
  GtkLabel *hint;
  FoveaImageView *view;
  GtkLabel *name;
  FoveaSetBrowser *browser;
  GtkEditable *category;
  GtkSpinButton *number;

  FoveaLensInput *input;
  FoveaLensImage *image; /* nullable */
  char *guess;           /* nullable: the category that was guessed last; people may have changed it */
};

G_DEFINE_FINAL_TYPE (FoveaStylizeWell, fovea_stylize_well, GTK_TYPE_BOX)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit_changed (FoveaStylizeWell *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* A category that people typed stays when the image has none that can be guessed. */
static void
guess_category (FoveaStylizeWell *self)
{
  guint number;
  g_autofree char *guess = fovea_stylize_export_guess_category (self->image->name, &number);

  if (guess == NULL && g_strcmp0 (gtk_editable_get_text (self->category), self->guess) != 0)
    return;
  g_free (self->guess);
  self->guess = g_strdup (guess != NULL ? guess : "");
  gtk_editable_set_text (self->category, self->guess);
  gtk_spin_button_set_value (self->number, number);
}

static void
on_read (FoveaStylizeWell *self, FoveaLensImage *image)
{
  g_autofree char *text = g_strdup_printf ("%s · %u × %u", image->name, image->image->width, image->image->height);

  g_clear_pointer (&self->image, fovea_lens_image_unref);
  self->image = fovea_lens_image_ref (image);
  fovea_image_view_set_image (self->view, image->preview, image->image->width, image->image->height);
  gtk_stack_set_visible_child_name (self->stack, "image");
  gtk_label_set_label (self->name, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), image->name);
  guess_category (self);
  emit_changed (self);
}

static void
on_failed (FoveaStylizeWell *self, const char *message)
{
  gtk_label_set_label (self->name, message);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), message);
}

static void
on_chosen (FoveaStylizeWell *self, const char *place, guint64 index)
{
  fovea_lens_input_read_set (self->input, place, (gint64) index);
}

static gboolean
on_dropped (FoveaStylizeWell *self, const GValue *value)
{
  return fovea_lens_input_take_value (self->input, value, "Dropped image");
}

static void
open_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  fovea_lens_input_choose_file (FOVEA_STYLIZE_WELL (widget)->input, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
}

static void
paste (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_lens_input_paste (FOVEA_STYLIZE_WELL (widget)->input, gtk_widget_get_clipboard (widget));
}

static void
walk (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaStylizeWell *self = FOVEA_STYLIZE_WELL (widget);

  fovea_lens_input_read_neighbour (self->input, self->image, g_str_equal (action, "well.next") ? 1 : -1);
}

static void
fovea_stylize_well_dispose (GObject *object)
{
  FoveaStylizeWell *self = FOVEA_STYLIZE_WELL (object);

  if (self->input != NULL)
    fovea_lens_input_stop (self->input);
  g_clear_object (&self->input);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  g_clear_pointer (&self->guess, g_free);
  G_OBJECT_CLASS (fovea_stylize_well_parent_class)->dispose (object);
}

static void
fovea_stylize_well_class_init (FoveaStylizeWellClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_IMAGE_VIEW);
  g_type_ensure (FOVEA_TYPE_SET_BROWSER);

  G_OBJECT_CLASS (class)->dispose = fovea_stylize_well_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/stylize-well.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, hint);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, view);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, name);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, browser);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, category);
  gtk_widget_class_bind_template_child (widget_class, FoveaStylizeWell, number);
  gtk_widget_class_install_action (widget_class, "well.open", NULL, open_file);
  gtk_widget_class_install_action (widget_class, "well.paste", NULL, paste);
  gtk_widget_class_install_action (widget_class, "well.previous", NULL, walk);
  gtk_widget_class_install_action (widget_class, "well.next", NULL, walk);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "well.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "well.open", NULL);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_stylize_well_init (FoveaStylizeWell *self)
{
  FoveaImageSets *sets = fovea_application_get_image_sets ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->input = fovea_lens_input_new ();
  fovea_lens_input_set_queue (self->input, fovea_application_get_reading_queue ());
  if (sets != NULL)
    fovea_set_browser_set_sets (self->browser, sets);
  gtk_drop_target_set_gtypes (target, (GType[]) { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE }, 2);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_dropped), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (self->input, "read", G_CALLBACK (on_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->input, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->browser, "chosen", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->category, "changed", G_CALLBACK (emit_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->number, "value-changed", G_CALLBACK (emit_changed), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_stylize_well_set_role:
 * @title: what the image is for
 * @hint: what to do while there is none
 */
void
fovea_stylize_well_set_role (FoveaStylizeWell *self, const char *title, const char *hint)
{
  g_return_if_fail (FOVEA_IS_STYLIZE_WELL (self));
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->hint, hint);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/**
 * fovea_stylize_well_get_input:
 *
 * Returns: (transfer none): what reads its images
 */
FoveaLensInput *
fovea_stylize_well_get_input (FoveaStylizeWell *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_WELL (self), NULL);
  return self->input;
}

/**
 * fovea_stylize_well_get_image:
 *
 * Returns: (nullable) (transfer none): its image
 */
FoveaLensImage *
fovea_stylize_well_get_image (FoveaStylizeWell *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_WELL (self), NULL);
  return self->image;
}

/**
 * fovea_stylize_well_get_category:
 *
 * Returns: (transfer none): as people typed it
 */
const char *
fovea_stylize_well_get_category (FoveaStylizeWell *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_WELL (self), "");
  return gtk_editable_get_text (self->category);
}

/**
 * fovea_stylize_well_get_number:
 *
 * Returns: which image of its category it is, from 1 on
 */
guint
fovea_stylize_well_get_number (FoveaStylizeWell *self)
{
  g_return_val_if_fail (FOVEA_IS_STYLIZE_WELL (self), 1);
  return (guint) gtk_spin_button_get_value_as_int (self->number);
}
