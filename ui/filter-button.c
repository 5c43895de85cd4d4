/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/filter-button.h"

#include "ui/application.h"

/* In the order of the enumerations that they choose from. The categories after these two are the dissection's. */
static const char *const lives[] = { "Shown", "Left out", "Only these", NULL };
static const char *const detections[] = { "Anything or nothing", "Any concept", NULL };
static const char *const cues[] = { "Shape or texture", "Shape", "Texture", NULL };
static const char *const networks[] = { "Either network", "The standard network", "The robust network", "Both networks", NULL };

/* As settings name them; categories are kept by their own names. */
static const char *const kept_lives[] = { "shown", "alive", "dead", NULL };
static const char *const kept_detections[] = { "", "*", NULL };
static const char *const kept_cues[] = { "any", "shape", "texture", NULL };
static const char *const kept_networks[] = { "either", "standard", "robust", "both", NULL };

static const struct {
  const char *label;
  const char *tooltip;
  const char *const *items;
  const char *key; /* of the settings */
  const char *const *kept;
} choices[FOVEA_N_FILTER_CHOICES] = {
  { "_Dead channels", "Channels whose picture no gradient reaches, or that answer alike to all images of a scan", lives, "filter-dead", kept_lives },
  { "D_etects", "Concepts that a channel detects, by the share and the cut-off of the Dissection tab", detections, "filter-detects", kept_detections },
  { "_Prefers", "What the channel follows in cue-conflict images", cues, "filter-prefers", kept_cues },
  { "_In", "In which network all of that has to be so", networks, "filter-network", kept_networks },
};

/* Broden's, as long as nothing was dissected. */
static const char *const usual_categories[] = { "color", "material", "object", "part", "scene", "texture", NULL };

struct _FoveaFilterButton {
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkWidget *labels[FOVEA_N_FILTER_CHOICES];
  GtkDropDown *drop_downs[FOVEA_N_FILTER_CHOICES];
  GtkWidget *clear;

  FoveaTileFilter *filter; /* nullable */
  FoveaLayerMeasures *measures; /* nullable */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (FoveaFilterButton, fovea_filter_button, GTK_TYPE_WIDGET)

static void
update_label (FoveaFilterButton *self)
{
  guint n = self->filter != NULL ? fovea_tile_filter_count_conditions (self->filter) : 0;
  g_autofree char *label = n > 0 ? g_strdup_printf ("Filter: %u", n) : g_strdup ("Filter");

  gtk_menu_button_set_label (self->button, label);
  gtk_widget_set_sensitive (self->clear, n > 0);
}

/* The category that is chosen: NULL where that does not matter, "" for any. */
static char *
get_category (FoveaFilterButton *self)
{
  guint selected = gtk_drop_down_get_selected (self->drop_downs[FOVEA_FILTER_DETECTS]);
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->drop_downs[FOVEA_FILTER_DETECTS]);

  if (selected == 0 || item == NULL)
    return NULL;
  return g_strdup (selected == 1 ? "" : gtk_string_object_get_string (item));
}

/* Lets the filter ask for what is chosen. */
static void
apply (FoveaFilterButton *self)
{
  g_autofree char *category = get_category (self);
  FoveaTileConditions conditions;

  conditions.life = gtk_drop_down_get_selected (self->drop_downs[FOVEA_FILTER_LIFE]);
  conditions.detects = category;
  conditions.cue = gtk_drop_down_get_selected (self->drop_downs[FOVEA_FILTER_CUE]);
  conditions.networks = gtk_drop_down_get_selected (self->drop_downs[FOVEA_FILTER_NETWORKS]);
  fovea_tile_filter_set_conditions (self->filter, &conditions);
  update_label (self);
}

static void
chosen (FoveaFilterButton *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (self->updating || self->filter == NULL)
    return;
  for (FoveaFilterChoice choice = 0; settings != NULL && choice < FOVEA_N_FILTER_CHOICES; choice++)
    {
      guint selected = gtk_drop_down_get_selected (self->drop_downs[choice]);
      g_autofree char *category = choice == FOVEA_FILTER_DETECTS ? get_category (self) : NULL;

      fovea_settings_set_string (settings, choices[choice].key,
                                 category != NULL && *category != '\0' ? category : choices[choice].kept[selected]);
    }
  apply (self);
}

/* Chooses what is kept in the settings. */
static void
restore (FoveaFilterButton *self)
{
  FoveaSettings *settings = fovea_application_get_settings ();

  if (settings == NULL)
    return;
  self->updating = TRUE;
  for (FoveaFilterChoice choice = 0; choice < FOVEA_N_FILTER_CHOICES; choice++)
    {
      g_autofree char *kept = fovea_settings_get_string (settings, choices[choice].key);
      GListModel *items = gtk_drop_down_get_model (self->drop_downs[choice]);
      guint selected = 0;

      while (choices[choice].kept[selected] != NULL && !g_str_equal (choices[choice].kept[selected], kept))
        selected++;
      /* A category that may not be listed yet. */
      if (choices[choice].kept[selected] == NULL && choice == FOVEA_FILTER_DETECTS)
        {
          while (selected < g_list_model_get_n_items (items) && !g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (items), selected), kept))
            selected++;
          if (selected == g_list_model_get_n_items (items))
            gtk_string_list_append (GTK_STRING_LIST (items), kept);
        }
      gtk_drop_down_set_selected (self->drop_downs[choice], selected);
    }
  self->updating = FALSE;
  apply (self);
}

/* Lists the categories of what was dissected; the chosen one stays, even where there is none such. */
static void
update_categories (FoveaFilterButton *self)
{
  FoveaDissectionRun *run = fovea_layer_measures_get_dissections (self->measures);
  FoveaDissection *dissection = fovea_dissection_run_get_dissection (run, FOVEA_SIDE_STANDARD);
  GListModel *old = gtk_drop_down_get_model (self->drop_downs[FOVEA_FILTER_DETECTS]);
  g_autoptr (GtkStringList) model = gtk_string_list_new (detections);
  g_autofree char *category = get_category (self);
  guint selected = gtk_drop_down_get_selected (self->drop_downs[FOVEA_FILTER_DETECTS]), n;
  gboolean same;

  if (dissection == NULL)
    dissection = fovea_dissection_run_get_dissection (run, FOVEA_SIDE_ROBUST);
  n = dissection != NULL ? fovea_dissection_get_n_categories (dissection) : g_strv_length ((GStrv) usual_categories);
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (model, dissection != NULL ? fovea_dissection_get_category (dissection, i) : usual_categories[i]);
  if (category != NULL && *category != '\0')
    {
      for (selected = 2; selected < n + 2 && !g_str_equal (gtk_string_list_get_string (model, selected), category);)
        selected++;
      if (selected == n + 2)
        gtk_string_list_append (model, category);
    }
  same = g_list_model_get_n_items (old) == g_list_model_get_n_items (G_LIST_MODEL (model));
  for (guint i = 0; same && i < g_list_model_get_n_items (old); i++)
    same = g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (old), i), gtk_string_list_get_string (model, i));
  if (same)
    return;
  self->updating = TRUE;
  gtk_drop_down_set_model (self->drop_downs[FOVEA_FILTER_DETECTS], G_LIST_MODEL (model));
  gtk_drop_down_set_selected (self->drop_downs[FOVEA_FILTER_DETECTS], selected);
  self->updating = FALSE;
}

static gboolean
fovea_filter_button_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (FOVEA_FILTER_BUTTON (widget)->button));
}

static void
fovea_filter_button_dispose (GObject *object)
{
  FoveaFilterButton *self = FOVEA_FILTER_BUTTON (object);

  if (self->measures != NULL)
    g_signal_handlers_disconnect_by_data (self->measures, self);
  g_clear_object (&self->measures);
  g_clear_object (&self->filter);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (fovea_filter_button_parent_class)->dispose (object);
}

static void
fovea_filter_button_class_init (FoveaFilterButtonClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_filter_button_dispose;
  widget_class->grab_focus = fovea_filter_button_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
add_choice (FoveaFilterButton *self,
            GtkGrid *grid,
            FoveaFilterChoice choice)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (choices[choice].label);
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (choices[choice].items);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), drop_down);
  gtk_widget_set_hexpand (drop_down, TRUE);
  gtk_widget_set_tooltip_text (drop_down, choices[choice].tooltip);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label, NULL, -1);
  gtk_grid_attach (grid, label, 0, (int) choice, 1, 1);
  gtk_grid_attach (grid, drop_down, 1, (int) choice, 1, 1);
  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (chosen), self);
  self->labels[choice] = label;
  self->drop_downs[choice] = GTK_DROP_DOWN (drop_down);
}

static void
fovea_filter_button_init (FoveaFilterButton *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  for (FoveaFilterChoice choice = 0; choice < FOVEA_N_FILTER_CHOICES; choice++)
    add_choice (self, GTK_GRID (grid), choice);
  self->clear = gtk_button_new_with_mnemonic ("_Show All");
  gtk_widget_set_margin_top (self->clear, 6);
  gtk_grid_attach (GTK_GRID (grid), self->clear, 0, FOVEA_N_FILTER_CHOICES, 2, 1);
  g_signal_connect_swapped (self->clear, "clicked", G_CALLBACK (fovea_filter_button_clear), self);
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  gtk_widget_add_css_class (grid, "choices");

  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_popover (self->button, popover);
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), "Which channels are shown");
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
  update_label (self);
}

/**
 * fovea_filter_button_new:
 *
 * Returns: (transfer floating): a button without a filter
 */
GtkWidget *
fovea_filter_button_new (void)
{
  return g_object_new (FOVEA_TYPE_FILTER_BUTTON, NULL);
}

/**
 * fovea_filter_button_set_filter:
 * @self: a button without a filter
 * @filter: whose conditions it changes
 * @measures: what is known of the channels
 *
 * Filters as was kept in the settings.
 */
void
fovea_filter_button_set_filter (FoveaFilterButton *self,
                                FoveaTileFilter *filter,
                                FoveaLayerMeasures *measures)
{
  g_return_if_fail (FOVEA_IS_FILTER_BUTTON (self) && self->filter == NULL);

  self->filter = g_object_ref (filter);
  self->measures = g_object_ref (measures);
  g_signal_connect_swapped (measures, "values-changed", G_CALLBACK (update_categories), self);
  update_categories (self);
  restore (self);
}

/**
 * fovea_filter_button_set_single:
 * @self: a button
 * @single: whether there is one network, so that none has to be chosen
 */
void
fovea_filter_button_set_single (FoveaFilterButton *self,
                                gboolean single)
{
  g_return_if_fail (FOVEA_IS_FILTER_BUTTON (self));
  gtk_widget_set_visible (self->labels[FOVEA_FILTER_NETWORKS], !single);
  gtk_widget_set_visible (GTK_WIDGET (self->drop_downs[FOVEA_FILTER_NETWORKS]), !single);
}

/**
 * fovea_filter_button_clear:
 * @self: a button
 *
 * Asks nothing of the channels any more.
 */
void
fovea_filter_button_clear (FoveaFilterButton *self)
{
  g_return_if_fail (FOVEA_IS_FILTER_BUTTON (self));

  self->updating = TRUE;
  for (FoveaFilterChoice choice = 0; choice < FOVEA_N_FILTER_CHOICES; choice++)
    gtk_drop_down_set_selected (self->drop_downs[choice], 0);
  self->updating = FALSE;
  chosen (self);
}

/**
 * fovea_filter_button_get_choice:
 * @self: a button
 * @choice: one of its drop-downs
 *
 * Returns: (transfer none): the drop-down, whose items are in the order of the conditions' enumerations
 */
GtkDropDown *
fovea_filter_button_get_choice (FoveaFilterButton *self,
                                FoveaFilterChoice choice)
{
  g_return_val_if_fail (FOVEA_IS_FILTER_BUTTON (self) && (guint) choice < FOVEA_N_FILTER_CHOICES, NULL);
  return self->drop_downs[choice];
}
