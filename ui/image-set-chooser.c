/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/image-set-chooser.h"

#include "engine/images/image-set-variant.h"

struct _FoveaImageSetChooser {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  FoveaImageSets *sets; /* nullable */
  GtkFileChooserNative *dialog; /* while it is open */
};

G_DEFINE_FINAL_TYPE (FoveaImageSetChooser, fovea_image_set_chooser, GTK_TYPE_WIDGET)

static void
add_item (GMenu *menu,
          const char *label,
          const char *action,
          const char *target)
{
  g_autofree char *escaped = NULL;
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  g_autoptr (GMenuItem) item = NULL;

  /* A menu takes an underscore for a mnemonic. */
  escaped = g_strjoinv ("__", parts);
  item = g_menu_item_new (escaped, NULL);
  if (target != NULL)
    g_menu_item_set_action_and_target (item, action, "^ay", target);
  else
    g_menu_item_set_detailed_action (item, action);
  g_menu_append_item (menu, item);
}

/* The current set, and what it becomes without colour, texture or shape. */
static GMenu *
make_variants (const char *base,
               const char *current)
{
  static const struct {
    const char *label;
    FoveaVariant variant;
  } variants[] = {
    { "Original", { FOVEA_VARIANT_ORIGINAL, 0, 0 } },
    { "Greyscale", { FOVEA_VARIANT_GREYSCALE, 0, 0 } },
    { "Silhouettes", { FOVEA_VARIANT_SILHOUETTE, 0, 0 } },
    { "Edges", { FOVEA_VARIANT_EDGES, 0, 0 } },
    { "Scrambled 2 × 2", { FOVEA_VARIANT_SCRAMBLE, 2, 0 } },
    { "Scrambled 4 × 4", { FOVEA_VARIANT_SCRAMBLE, 4, 0 } },
    { "Scrambled 8 × 8", { FOVEA_VARIANT_SCRAMBLE, 8, 0 } },
  };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autofree char *key = fovea_image_set_join_variant (base, &variants[i].variant);
      g_autofree char *marked = g_strdup_printf ("%s%s", g_str_equal (key, current) ? "✓ " : "", variants[i].label);

      add_item (menu, marked, "image-set.choose", key);
    }
  return menu;
}

static void
update (FoveaImageSetChooser *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) known = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  g_auto (GStrv) keys = fovea_image_sets_list (self->sets);
  const char *current = fovea_image_sets_get_current (self->sets);
  g_autofree char *name = fovea_image_sets_describe (self->sets, current);
  g_autofree char *shown = g_filename_display_name (current);
  const FoveaImageSetsWords *words = fovea_image_sets_get_words (self->sets);
  g_autofree char *tooltip = g_strdup_printf ("%s: %s", words->description, shown);
  g_autofree char *label = g_strdup_printf ("%s: %s", words->name, name);
  FoveaVariant variant;
  g_autofree char *base = fovea_image_set_split_variant (current, &variant);
  gboolean is_folder = g_path_is_absolute (base);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *text = fovea_image_sets_describe (self->sets, keys[i]);
      g_autofree char *marked = g_strdup_printf ("%s%s", g_str_equal (keys[i], base) ? "✓ " : "", text);

      add_item (known, marked, "image-set.choose", keys[i]);
    }
  if (fovea_image_sets_have_variants (self->sets))
    {
      g_autoptr (GMenu) variants = make_variants (base, current);

      g_menu_append_submenu (more, "Shown As", G_MENU_MODEL (variants));
    }
  add_item (more, words->open, "image-set.open-folder", NULL);
  if (is_folder)
    {
      add_item (more, "Read Folder Again", "image-set.reload", NULL);
      add_item (more, "Take Folder off This List", "image-set.forget", NULL);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (known));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
  gtk_menu_button_set_label (self->button, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
choose (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  FoveaImageSetChooser *self = FOVEA_IMAGE_SET_CHOOSER (widget);
  const char *key = NULL;

  g_variant_get (parameter, "^&ay", &key);
  if (self->sets != NULL)
    fovea_image_sets_set_current (self->sets, key);
}

static void
reload (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  FoveaImageSetChooser *self = FOVEA_IMAGE_SET_CHOOSER (widget);

  if (self->sets != NULL)
    fovea_image_sets_reload (self->sets);
}

static void
forget (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  FoveaImageSetChooser *self = FOVEA_IMAGE_SET_CHOOSER (widget);
  FoveaVariant variant;
  g_autofree char *base = NULL;

  if (self->sets == NULL)
    return;
  base = fovea_image_set_split_variant (fovea_image_sets_get_current (self->sets), &variant);
  fovea_image_sets_forget (self->sets, base);
}

static void
open_folder (GtkWidget *widget,
             const char *action,
             GVariant *parameter)
{
  fovea_image_set_chooser_open_folder (FOVEA_IMAGE_SET_CHOOSER (widget));
}

static void
on_folder_chosen (FoveaImageSetChooser *self,
                  int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GFile) folder = NULL;

  if (response != GTK_RESPONSE_ACCEPT || self->sets == NULL)
    return;
  folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (folder != NULL && g_file_peek_path (folder) != NULL)
    fovea_image_sets_set_current (self->sets, g_file_peek_path (folder));
}

static void
fovea_image_set_chooser_dispose (GObject *object)
{
  FoveaImageSetChooser *self = FOVEA_IMAGE_SET_CHOOSER (object);

  if (self->sets != NULL)
    g_signal_handlers_disconnect_by_func (self->sets, update, self);
  g_clear_object (&self->sets);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (fovea_image_set_chooser_parent_class)->dispose (object);
}

static void
fovea_image_set_chooser_class_init (FoveaImageSetChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_image_set_chooser_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "imagesetchooser");
  gtk_widget_class_install_action (widget_class, "image-set.choose", "ay", choose);
  gtk_widget_class_install_action (widget_class, "image-set.open-folder", NULL, open_folder);
  gtk_widget_class_install_action (widget_class, "image-set.reload", NULL, reload);
  gtk_widget_class_install_action (widget_class, "image-set.forget", NULL, forget);
}

static void
fovea_image_set_chooser_init (FoveaImageSetChooser *self)
{
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

/**
 * fovea_image_set_chooser_new:
 *
 * Returns: (transfer floating): a chooser; it needs sets
 */
GtkWidget *
fovea_image_set_chooser_new (void)
{
  return g_object_new (FOVEA_TYPE_IMAGE_SET_CHOOSER, NULL);
}

/**
 * fovea_image_set_chooser_set_sets:
 * @self: a chooser
 * @sets: what to choose from
 */
void
fovea_image_set_chooser_set_sets (FoveaImageSetChooser *self,
                                  FoveaImageSets *sets)
{
  g_return_if_fail (FOVEA_IS_IMAGE_SET_CHOOSER (self) && FOVEA_IS_IMAGE_SETS (sets));

  if (self->sets != NULL)
    g_signal_handlers_disconnect_by_func (self->sets, update, self);
  g_set_object (&self->sets, sets);
  g_signal_connect_object (sets, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * fovea_image_set_chooser_open_folder:
 * @self: a chooser
 *
 * Lets people choose a folder, which becomes the current set.
 */
void
fovea_image_set_chooser_open_folder (FoveaImageSetChooser *self)
{
  GtkRoot *root;

  g_return_if_fail (FOVEA_IS_IMAGE_SET_CHOOSER (self));

  if (self->dialog != NULL || self->sets == NULL)
    return;
  root = gtk_widget_get_root (GTK_WIDGET (self));
  self->dialog = gtk_file_chooser_native_new (fovea_image_sets_get_words (self->sets)->open_title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Open", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_folder_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}
