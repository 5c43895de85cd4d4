/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/concept-set-chooser.h"

#include "engine/images/concept-set.h"

/* So many folders are remembered. */
#define MAX_FOLDERS 12

struct _FoveaConceptSetChooser {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  FoveaSettings *settings; /* nullable: nothing is kept then */
  GPtrArray *folders; /* (element-type utf8): paths, the latest first */
  char *key; /* the current one's */
  GtkFileChooserNative *dialog; /* while it is open */
};

G_DEFINE_FINAL_TYPE (FoveaConceptSetChooser, fovea_concept_set_chooser, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

static char *
describe (const char *key)
{
  g_autofree char *name = NULL;

  if (g_str_equal (key, FOVEA_CONCEPT_SET_SCENES))
    return g_strdup ("Scenes (built in)");
  name = g_path_get_basename (key);
  return g_filename_display_name (name);
}

static void
add_item (GMenu *menu,
          const char *label,
          const char *action,
          const char *target)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  /* A menu takes an underscore for a mnemonic. */
  g_autofree char *escaped = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (escaped, NULL);

  if (target != NULL)
    g_menu_item_set_action_and_target (item, action, "^ay", target);
  else
    g_menu_item_set_detailed_action (item, action);
  g_menu_append_item (menu, item);
}

static void
add_set (FoveaConceptSetChooser *self,
         GMenu *menu,
         const char *key)
{
  g_autofree char *text = describe (key);
  g_autofree char *marked = g_strconcat (g_str_equal (key, self->key) ? "✓ " : "", text, NULL);

  add_item (menu, marked, "concept-set.choose", key);
}

static void
update (FoveaConceptSetChooser *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) known = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  g_autofree char *name = describe (self->key);
  g_autofree char *shown = g_filename_display_name (self->key);
  g_autofree char *tooltip = g_strdup_printf ("The images with masks of concepts: %s", shown);
  g_autofree char *label = g_strdup_printf ("Concepts: %s", name);

  add_set (self, known, FOVEA_CONCEPT_SET_SCENES);
  for (guint i = 0; i < self->folders->len; i++)
    add_set (self, known, self->folders->pdata[i]);
  add_item (more, "Open Folder in Broden’s Layout…", "concept-set.open-folder", NULL);
  if (g_path_is_absolute (self->key))
    {
      add_item (more, "Read Folder Again", "concept-set.reload", NULL);
      add_item (more, "Take Folder off This List", "concept-set.forget", NULL);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (known));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
  gtk_menu_button_set_label (self->button, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
keep (FoveaConceptSetChooser *self)
{
  g_autofree char *folders = NULL;

  if (self->settings == NULL)
    return;
  g_ptr_array_add (self->folders, NULL);
  folders = g_strjoinv ("\n", (char **) self->folders->pdata);
  g_ptr_array_set_size (self->folders, (int) self->folders->len - 1);
  fovea_settings_set_string (self->settings, "concept-folders", folders);
  fovea_settings_set_string (self->settings, "concept-set", self->key);
}

static void
choose (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  const char *key = NULL;

  g_variant_get (parameter, "^&ay", &key);
  fovea_concept_set_chooser_choose (FOVEA_CONCEPT_SET_CHOOSER (widget), key);
}

static void
reload (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  g_signal_emit (widget, signals[CHOSEN], 0);
}

static gboolean
find_folder (FoveaConceptSetChooser *self,
             const char *key,
             guint *index)
{
  return g_ptr_array_find_with_equal_func (self->folders, key, g_str_equal, index);
}

static void
forget (GtkWidget *widget,
        const char *action,
        GVariant *parameter)
{
  FoveaConceptSetChooser *self = FOVEA_CONCEPT_SET_CHOOSER (widget);
  guint index;

  if (find_folder (self, self->key, &index))
    g_ptr_array_remove_index (self->folders, index);
  fovea_concept_set_chooser_choose (self, FOVEA_CONCEPT_SET_SCENES);
}

static void
on_folder_chosen (FoveaConceptSetChooser *self,
                  int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GFile) folder = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (folder != NULL && g_file_peek_path (folder) != NULL)
    fovea_concept_set_chooser_choose (self, g_file_peek_path (folder));
}

static void
open_folder (GtkWidget *widget,
             const char *action,
             GVariant *parameter)
{
  FoveaConceptSetChooser *self = FOVEA_CONCEPT_SET_CHOOSER (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (self->dialog != NULL)
    return;
  self->dialog = gtk_file_chooser_native_new ("Open a Folder in Broden’s Layout", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "_Open", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  g_signal_connect_object (self->dialog, "response", G_CALLBACK (on_folder_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

static void
fovea_concept_set_chooser_dispose (GObject *object)
{
  FoveaConceptSetChooser *self = FOVEA_CONCEPT_SET_CHOOSER (object);

  g_clear_object (&self->settings);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (fovea_concept_set_chooser_parent_class)->dispose (object);
}

static void
fovea_concept_set_chooser_finalize (GObject *object)
{
  FoveaConceptSetChooser *self = FOVEA_CONCEPT_SET_CHOOSER (object);

  g_ptr_array_unref (self->folders);
  g_free (self->key);
  G_OBJECT_CLASS (fovea_concept_set_chooser_parent_class)->finalize (object);
}

static void
fovea_concept_set_chooser_class_init (FoveaConceptSetChooserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_concept_set_chooser_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_concept_set_chooser_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", FOVEA_TYPE_CONCEPT_SET_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "conceptsetchooser");
  gtk_widget_class_install_action (widget_class, "concept-set.choose", "ay", choose);
  gtk_widget_class_install_action (widget_class, "concept-set.open-folder", NULL, open_folder);
  gtk_widget_class_install_action (widget_class, "concept-set.reload", NULL, reload);
  gtk_widget_class_install_action (widget_class, "concept-set.forget", NULL, forget);
}

static void
fovea_concept_set_chooser_init (FoveaConceptSetChooser *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->key = g_strdup (FOVEA_CONCEPT_SET_SCENES);
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

/**
 * fovea_concept_set_chooser_new:
 * @settings: (nullable): where the sets are kept
 *
 * Returns: (transfer floating): a chooser of the set that was the current one last
 */
GtkWidget *
fovea_concept_set_chooser_new (FoveaSettings *settings)
{
  FoveaConceptSetChooser *self = g_object_new (FOVEA_TYPE_CONCEPT_SET_CHOOSER, NULL);
  g_autofree char *folders = settings != NULL ? fovea_settings_get_string (settings, "concept-folders") : g_strdup ("");
  g_autofree char *key = settings != NULL ? fovea_settings_get_string (settings, "concept-set") : g_strdup ("");
  g_auto (GStrv) paths = g_strsplit (folders, "\n", -1);

  if (settings != NULL)
    self->settings = g_object_ref (settings);
  for (guint i = 0; paths[i] != NULL && self->folders->len < MAX_FOLDERS; i++)
    if (g_path_is_absolute (paths[i]))
      g_ptr_array_add (self->folders, g_strdup (paths[i]));
  if (find_folder (self, key, NULL))
    {
      g_free (self->key);
      self->key = g_steal_pointer (&key);
    }
  update (self);
  return GTK_WIDGET (self);
}

/**
 * fovea_concept_set_chooser_get_key:
 * @self: a chooser
 *
 * Returns: (transfer none): the current set's name, or the folder's path
 */
const char *
fovea_concept_set_chooser_get_key (FoveaConceptSetChooser *self)
{
  g_return_val_if_fail (FOVEA_IS_CONCEPT_SET_CHOOSER (self), NULL);
  return self->key;
}

/**
 * fovea_concept_set_chooser_choose:
 * @self: a chooser
 * @key: a built-in set's name, or an absolute path
 *
 * Makes a set the current one, and remembers it.
 */
void
fovea_concept_set_chooser_choose (FoveaConceptSetChooser *self,
                                  const char *key)
{
  char *copy = g_strdup (key);
  guint index;

  g_return_if_fail (FOVEA_IS_CONCEPT_SET_CHOOSER (self) && key != NULL);

  g_free (self->key);
  self->key = copy;
  if (g_path_is_absolute (self->key))
    {
      if (find_folder (self, self->key, &index))
        g_ptr_array_remove_index (self->folders, index);
      g_ptr_array_insert (self->folders, 0, g_strdup (self->key));
      if (self->folders->len > MAX_FOLDERS)
        g_ptr_array_set_size (self->folders, MAX_FOLDERS);
    }
  keep (self);
  update (self);
  g_signal_emit (self, signals[CHOSEN], 0);
}
