/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-panel.h"

#include "ui/chart-dissection.h"
#include "ui/dissection-pictures.h"
#include "ui/image-view.h"
#include "ui/value-bar.h"
#include "ui/wrap-box.h"

/* An image's side on the screen, in pixels. */
#define PICTURE_SIZE 96

/* Room for categories and concepts, in characters. */
#define CATEGORY_WIDTH 8
#define CONCEPT_WIDTH 14

typedef struct {
  char *label;
  guint category; /* in the tally */
} Concept;

struct _FoveaDissectionPanel {
  GtkWidget parent_instance;

  GtkLabel *name;
  GtkLabel *verdict;
  GtkListBox *list;
  GtkLabel *pictures_message;
  GtkWidget *pictures;

  FoveaSide side;
  GArray *concepts; /* (element-type Concept): of the list's rows */
  GPtrArray *shown; /* (element-type FoveaDissectionPicture) (nullable): the images */
  char *chosen_category; /* nullable: the category that people chose; it stays when the neuron changes */
  gboolean updating; /* rows are selected by the program */
};

G_DEFINE_FINAL_TYPE (FoveaDissectionPanel, fovea_dissection_panel, GTK_TYPE_WIDGET)

enum { CONCEPT_CHOSEN, PICTURE_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
clear_concept (gpointer data)
{
  g_free (((Concept *) data)->label);
}

static void
clear_list (FoveaDissectionPanel *self)
{
  GtkWidget *row;

  self->updating = TRUE;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  self->updating = FALSE;
  g_array_set_size (self->concepts, 0);
}

static void
clear_pictures (FoveaDissectionPanel *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->pictures)) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
}

static void
on_row_selected (FoveaDissectionPanel *self,
                 GtkListBoxRow *row)
{
  if (self->updating || row == NULL)
    return;
  g_free (self->chosen_category);
  self->chosen_category = g_strdup (g_object_get_data (G_OBJECT (row), "category"));
  g_signal_emit (self, signals[CONCEPT_CHOSEN], 0);
}

static void
on_picture_clicked (GtkButton *button,
                    FoveaDissectionPanel *self)
{
  g_signal_emit (self, signals[PICTURE_ACTIVATED], 0, (guint64) GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (button), "image")));
}

static void
fovea_dissection_panel_dispose (GObject *object)
{
  FoveaDissectionPanel *self = FOVEA_DISSECTION_PANEL (object);
  GtkWidget *child;

  self->updating = TRUE;
  if (self->pictures != NULL)
    clear_pictures (self);
  self->pictures = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_dissection_panel_parent_class)->dispose (object);
}

static void
fovea_dissection_panel_finalize (GObject *object)
{
  FoveaDissectionPanel *self = FOVEA_DISSECTION_PANEL (object);

  g_array_unref (self->concepts);
  g_free (self->chosen_category);
  G_OBJECT_CLASS (fovea_dissection_panel_parent_class)->finalize (object);
}

static void
fovea_dissection_panel_class_init (FoveaDissectionPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_dissection_panel_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_dissection_panel_finalize;

  signals[CONCEPT_CHOSEN] = g_signal_new ("concept-chosen", FOVEA_TYPE_DISSECTION_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PICTURE_ACTIVATED] = g_signal_new ("picture-activated", FOVEA_TYPE_DISSECTION_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "dissectionpanel");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fovea_dissection_panel_init (FoveaDissectionPanel *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  self->concepts = g_array_new (FALSE, FALSE, sizeof (Concept));
  g_array_set_clear_func (self->concepts, clear_concept);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
}

static GtkLabel *
add_label (FoveaDissectionPanel *self,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return GTK_LABEL (label);
}

/**
 * fovea_dissection_panel_new:
 * @side: whose colour it has
 *
 * Returns: (transfer floating): an empty panel
 */
GtkWidget *
fovea_dissection_panel_new (FoveaSide side)
{
  FoveaDissectionPanel *self = g_object_new (FOVEA_TYPE_DISSECTION_PANEL, NULL);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->side = side;
  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (dot, "side-dot");
  gtk_widget_add_css_class (dot, fovea_side_get_name (side));
  self->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_START);
  gtk_label_set_xalign (self->name, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->name), "heading");
  gtk_box_append (GTK_BOX (header), dot);
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (self->name));
  gtk_widget_set_parent (header, GTK_WIDGET (self));
  self->verdict = add_label (self, "body");

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, "Best concept of each category", -1);
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (on_row_selected), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));

  self->pictures_message = add_label (self, "dim-label");
  self->pictures = g_object_new (FOVEA_TYPE_WRAP_BOX, NULL);
  gtk_widget_set_parent (self->pictures, GTK_WIDGET (self));
  fovea_dissection_panel_set_message (self, NULL);
  return GTK_WIDGET (self);
}

/**
 * fovea_dissection_panel_set_name:
 * @self: a panel
 * @name: the network's
 */
void
fovea_dissection_panel_set_name (FoveaDissectionPanel *self,
                                 const char *name)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_PANEL (self) && name != NULL);
  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * fovea_dissection_panel_set_message:
 * @self: a panel
 * @text: (nullable): why there are no concepts
 *
 * Shows no concepts and no images.
 */
void
fovea_dissection_panel_set_message (FoveaDissectionPanel *self,
                                    const char *text)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_PANEL (self));

  clear_list (self);
  gtk_label_set_label (self->verdict, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->list), FALSE);
  fovea_dissection_panel_set_pictures_message (self, NULL);
}

static void
add_row (FoveaDissectionPanel *self,
         const FoveaTally *tally,
         guint category,
         const FoveaTallyMatch *match,
         double largest)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *category_label = gtk_label_new (tally->categories[category]);
  g_autofree char *name = fovea_dissection_format_label (match->label);
  g_autofree char *number = g_strdup_printf ("%.4f", match->iou);
  g_autofree char *spoken = g_strdup_printf ("%s: %s, IoU %s", tally->categories[category], name, number);
  g_autofree char *tooltip = g_strdup_printf ("%s: %.0f pixels of the concept, %.0f of the channel, %.0f of both", spoken, match->truth, match->activation,
                                              match->intersection);
  GtkWidget *name_label = gtk_label_new (name);
  GtkWidget *bar = fovea_value_bar_new ();
  GtkWidget *number_label = gtk_label_new (number);
  const Concept concept = { g_strdup (match->label), category };

  gtk_label_set_xalign (GTK_LABEL (category_label), 0);
  gtk_label_set_width_chars (GTK_LABEL (category_label), CATEGORY_WIDTH);
  gtk_widget_add_css_class (category_label, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (name_label), 0);
  gtk_label_set_width_chars (GTK_LABEL (name_label), CONCEPT_WIDTH);
  gtk_label_set_max_width_chars (GTK_LABEL (name_label), CONCEPT_WIDTH);
  gtk_label_set_ellipsize (GTK_LABEL (name_label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (bar, TRUE);
  fovea_value_bar_set_side (FOVEA_VALUE_BAR (bar), self->side);
  fovea_value_bar_set_fraction (FOVEA_VALUE_BAR (bar), largest > 0 ? match->iou / largest : 0);
  gtk_widget_add_css_class (number_label, "numeric");
  gtk_widget_add_css_class (box, "dissection-row");
  gtk_box_append (GTK_BOX (box), category_label);
  gtk_box_append (GTK_BOX (box), name_label);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), number_label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (row), "category", g_strdup (tally->categories[category]), g_free);
  gtk_list_box_append (self->list, row);
  g_array_append_val (self->concepts, concept);
}

/* Categories by the IoU of their best concept, the highest first. */
static guint *
sort_categories (const FoveaTally *tally,
                 const FoveaTallyUnit *unit)
{
  guint *order = g_new (guint, tally->n_categories);

  for (guint i = 0; i < tally->n_categories; i++)
    {
      guint place = i;

      for (; place > 0 && unit->matches[order[place - 1]].iou < unit->matches[i].iou; place--)
        order[place] = order[place - 1];
      order[place] = i;
    }
  return order;
}

/* The category that people chose, or else the best one. */
static void
select_row (FoveaDissectionPanel *self)
{
  GtkListBoxRow *chosen = gtk_list_box_get_row_at_index (self->list, 0);

  for (guint i = 0; self->chosen_category != NULL && i < self->concepts->len; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) i);

      if (g_strcmp0 (g_object_get_data (G_OBJECT (row), "category"), self->chosen_category) == 0)
        chosen = row;
    }
  self->updating = TRUE;
  gtk_list_box_select_row (self->list, chosen);
  self->updating = FALSE;
}

/**
 * fovea_dissection_panel_set_unit:
 * @self: a panel
 * @tally: the network's channels
 * @channel: the one to show
 * @iou: from which IoU on a channel is a detector
 * @largest: the IoU of a full bar
 *
 * Shows a channel's concepts. Its images stay until they are set.
 */
void
fovea_dissection_panel_set_unit (FoveaDissectionPanel *self,
                                 const FoveaTally *tally,
                                 guint channel,
                                 double iou,
                                 double largest)
{
  const FoveaTallyUnit *unit;
  g_autofree guint *order = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (FOVEA_IS_DISSECTION_PANEL (self) && tally != NULL);

  unit = fovea_tally_find (tally, channel);
  if (unit == NULL)
    {
      text = g_strdup_printf ("This network has no channel %u in the layer", channel);
      fovea_dissection_panel_set_message (self, text);
      return;
    }
  clear_list (self);
  order = sort_categories (tally, unit);
  for (guint i = 0; i < tally->n_categories; i++)
    if (unit->matches[order[i]].label != NULL)
      add_row (self, tally, order[i], &unit->matches[order[i]], largest);
  name = unit->label != NULL ? fovea_dissection_format_label (unit->label) : NULL;
  if (name == NULL)
    text = g_strdup_printf ("Channel %u touches no concept", channel);
  else if (unit->score >= iou)
    text = g_strdup_printf ("Channel %u is a detector of “%s” (%s), IoU %.4f", channel, name, tally->categories[unit->category], unit->score);
  else
    text = g_strdup_printf ("Channel %u is no detector: “%s” (%s) is nearest, IoU %.4f", channel, name, tally->categories[unit->category], unit->score);
  gtk_label_set_label (self->verdict, text);
  gtk_widget_set_visible (GTK_WIDGET (self->list), self->concepts->len > 0);
  select_row (self);
}

/**
 * fovea_dissection_panel_get_concept:
 * @self: a panel
 * @label: (out): the chosen concept's name, the panel's
 * @category: (out): its category in the tally
 *
 * Returns: whether there is one
 */
gboolean
fovea_dissection_panel_get_concept (FoveaDissectionPanel *self,
                                    const char **label,
                                    guint *category)
{
  GtkListBoxRow *row;
  const Concept *concept;

  g_return_val_if_fail (FOVEA_IS_DISSECTION_PANEL (self), FALSE);

  row = gtk_list_box_get_selected_row (self->list);
  if (row == NULL)
    return FALSE;
  concept = &g_array_index (self->concepts, Concept, gtk_list_box_row_get_index (row));
  *label = concept->label;
  *category = concept->category;
  return TRUE;
}

/**
 * fovea_dissection_panel_set_pictures_message:
 * @self: a panel
 * @text: (nullable): what happens, or why there are none
 *
 * Shows no images.
 */
void
fovea_dissection_panel_set_pictures_message (FoveaDissectionPanel *self,
                                             const char *text)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_PANEL (self));

  clear_pictures (self);
  gtk_label_set_label (self->pictures_message, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->pictures_message), text != NULL);
}

/**
 * fovea_dissection_panel_set_pictures:
 * @self: a panel
 * @pictures: (element-type FoveaDissectionPicture): images in which the channel is strongest
 */
void
fovea_dissection_panel_set_pictures (FoveaDissectionPanel *self,
                                     GPtrArray *pictures)
{
  g_return_if_fail (FOVEA_IS_DISSECTION_PANEL (self) && pictures != NULL);

  fovea_dissection_panel_set_pictures_message (self, pictures->len == 0 ? "None of its images can be read any more" : NULL);
  self->shown = g_ptr_array_ref (pictures);
  for (guint i = 0; i < pictures->len; i++)
    {
      const FoveaDissectionPicture *picture = g_ptr_array_index (pictures, i);
      GtkWidget *button = gtk_button_new ();
      GtkWidget *view = fovea_image_view_new ();

      fovea_image_view_set_image (FOVEA_IMAGE_VIEW (view), picture->texture, picture->drawn->width, picture->drawn->height);
      gtk_widget_set_size_request (view, PICTURE_SIZE, PICTURE_SIZE);
      gtk_widget_set_can_target (view, FALSE);
      gtk_button_set_child (GTK_BUTTON (button), view);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "dissection-picture");
      gtk_widget_set_tooltip_text (button, picture->text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, picture->text, -1);
      g_object_set_data (G_OBJECT (button), "image", GSIZE_TO_POINTER (picture->image));
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_picture_clicked), self, 0);
      gtk_widget_set_parent (button, self->pictures);
    }
}

/**
 * fovea_dissection_panel_get_pictures:
 * @self: a panel
 *
 * Returns: (transfer none) (nullable) (element-type FoveaDissectionPicture): the images, which nobody changes; %NULL while
 *   there are none
 */
GPtrArray *
fovea_dissection_panel_get_pictures (FoveaDissectionPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_DISSECTION_PANEL (self), NULL);
  return self->shown;
}
