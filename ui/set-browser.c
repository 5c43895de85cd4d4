/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/set-browser.h"

#include "ui/image-set-chooser.h"

struct _FoveaSetBrowser
{
  GtkPopover parent_instance;

  FoveaImageSetChooser *chooser;
  GtkEditable *search;
  GtkStack *stack;
  GtkLabel *message;
  GtkListView *list;
  GtkFilterListModel *names;
  GtkSingleSelection *selection;

  FoveaImageSets *sets; /* nullable */
  FoveaImageSet *shown; /* nullable: whose names the list has */
};

G_DEFINE_FINAL_TYPE (FoveaSetBrowser, fovea_set_browser, GTK_TYPE_POPOVER)

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fill (FoveaSetBrowser *self, FoveaImageSet *set)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (gsize i = 0; i < fovea_image_set_get_n_images (set); i++)
    gtk_string_list_take (names, g_filename_display_name (fovea_image_set_get_image_name (set, i)));
  g_clear_pointer (&self->shown, fovea_image_set_unref);
  self->shown = fovea_image_set_ref (set);
  gtk_filter_list_model_set_model (self->names, G_LIST_MODEL (names));
}

/* Names are read when people want to see them. */
static void
update (FoveaSetBrowser *self)
{
  const char *error = NULL;
  FoveaImageSet *set;

  if (self->sets == NULL || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  set = fovea_image_sets_get_set (self->sets, &error);
  if (set != NULL && set != self->shown)
    fill (self, set);
  gtk_label_set_label (self->message, error != NULL ? error : "Reading the set…");
  gtk_stack_set_visible_child_name (self->stack, set != NULL ? "list" : "message");
}

static void
on_shown (FoveaSetBrowser *self)
{
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
activate (FoveaSetBrowser *self, guint position)
{
  g_autoptr (GtkStringObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item == NULL || self->shown == NULL)
    return;
  for (gsize i = 0; i < fovea_image_set_get_n_images (self->shown); i++)
    {
      g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (self->shown, i));

      if (!g_str_equal (name, gtk_string_object_get_string (item)))
        continue;
      g_signal_emit (self, signals[CHOSEN], 0, fovea_image_set_get_place (self->shown), (guint64) i);
      gtk_popover_popdown (GTK_POPOVER (self));
      return;
    }
}

static void
search_activated (FoveaSetBrowser *self)
{
  activate (self, gtk_single_selection_get_selected (self->selection));
}

static void
fovea_set_browser_dispose (GObject *object)
{
  FoveaSetBrowser *self = FOVEA_SET_BROWSER (object);

  g_clear_object (&self->sets);
  g_clear_pointer (&self->shown, fovea_image_set_unref);
  G_OBJECT_CLASS (fovea_set_browser_parent_class)->dispose (object);
}

static void
fovea_set_browser_class_init (FoveaSetBrowserClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_IMAGE_SET_CHOOSER);

  G_OBJECT_CLASS (class)->dispose = fovea_set_browser_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/set-browser.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, search);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, message);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, list);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, names);
  gtk_widget_class_bind_template_child (widget_class, FoveaSetBrowser, selection);

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT64);
}

static void
fovea_set_browser_init (FoveaSetBrowser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self, "show", G_CALLBACK (on_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "activate", G_CALLBACK (activate), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "activate", G_CALLBACK (search_activated), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_set_browser_set_sets:
 * @sets: whose current set it shows
 */
void
fovea_set_browser_set_sets (FoveaSetBrowser *self, FoveaImageSets *sets)
{
  g_return_if_fail (FOVEA_IS_SET_BROWSER (self) && FOVEA_IS_IMAGE_SETS (sets) && self->sets == NULL);
  self->sets = g_object_ref (sets);
  fovea_image_set_chooser_set_sets (self->chooser, sets);
  g_signal_connect_object (sets, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}
