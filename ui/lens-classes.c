/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-classes.h"

#include "engine/analysis/classify.h"
#include "ui/sentence.h"
#include "ui/value-row.h"

/* Room for a class and its probability, in characters. */
#define NAME_WIDTH 16
#define VALUE_WIDTH 7

static const char common_text[] = "Among the other network’s most probable classes, too";

typedef struct
{
  GtkWidget *box;
  FoveaValueRow *row;
  GtkWidget *mark; /* of a class that the other network names too */
} Row;

struct _FoveaLensClasses
{
  GtkWidget parent_instance;

  GtkWidget *message;
  Row rows[FOVEA_LENS_N_CLASSES];
};

G_DEFINE_FINAL_TYPE (FoveaLensClasses, fovea_lens_classes, GTK_TYPE_WIDGET)

static void
fovea_lens_classes_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_lens_classes_parent_class)->dispose (object);
}

static void
fovea_lens_classes_class_init (FoveaLensClassesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_lens_classes_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
make_row (FoveaLensClasses *self, Row *row, GtkSizeGroup *names, GtkSizeGroup *values)
{
  row->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_add_css_class (row->box, "lens-row");
  row->row = FOVEA_VALUE_ROW (fovea_value_row_new (NAME_WIDTH, VALUE_WIDTH));
  gtk_widget_set_hexpand (GTK_WIDGET (row->row), TRUE);
  fovea_value_row_align (row->row, names, values);
  row->mark = gtk_image_new_from_icon_name ("object-select-symbolic");
  gtk_widget_set_tooltip_text (row->mark, common_text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, common_text, -1);
  gtk_box_append (GTK_BOX (row->box), GTK_WIDGET (row->row));
  gtk_box_append (GTK_BOX (row->box), row->mark);
  gtk_widget_set_parent (row->box, GTK_WIDGET (self));
}

static void
fovea_lens_classes_init (FoveaLensClasses *self)
{
  g_autoptr (GtkSizeGroup) names = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  g_autoptr (GtkSizeGroup) values = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  GtkWidget *heading = gtk_label_new ("Most probable classes");

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_set_margin_bottom (heading, 6);
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_widget_set_parent (heading, GTK_WIDGET (self));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY, heading, NULL, -1);
  self->message = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_add_css_class (self->message, "caption");
  gtk_widget_add_css_class (self->message, "dim-label");
  gtk_widget_set_parent (self->message, GTK_WIDGET (self));
  for (guint i = 0; i < FOVEA_LENS_N_CLASSES; i++)
    make_row (self, &self->rows[i], names, values);
}

/**
 * fovea_lens_classes_set_side:
 * @side: whose colour the bars have
 */
void
fovea_lens_classes_set_side (FoveaLensClasses *self, FoveaSide side)
{
  g_return_if_fail (FOVEA_IS_LENS_CLASSES (self));
  for (guint i = 0; i < FOVEA_LENS_N_CLASSES; i++)
    fovea_value_row_set_side (self->rows[i].row, side);
}

/**
 * fovea_lens_classes_show:
 * @response: a network's
 *
 * Lists its classes, or says why there are none.
 */
void
fovea_lens_classes_show (FoveaLensClasses *self, FoveaResponse *response)
{
  const GError *error = NULL;
  const GArray *classes = fovea_response_get_classes (response, &error);
  g_autofree char *message = classes == NULL ? fovea_sentence_from_error (error->message) : NULL;

  g_return_if_fail (FOVEA_IS_LENS_CLASSES (self));

  gtk_widget_set_visible (self->message, message != NULL);
  gtk_label_set_label (GTK_LABEL (self->message), message != NULL ? message : "");
  for (guint i = 0; i < FOVEA_LENS_N_CLASSES; i++)
    {
      const Row *row = &self->rows[i];
      const FoveaRankedClass *class;
      const char *label;
      g_autofree char *text = NULL;
      g_autofree char *value = NULL;

      gtk_widget_set_visible (row->box, classes != NULL && i < classes->len);
      if (classes == NULL || i >= classes->len)
        continue;
      class = &g_array_index (classes, FoveaRankedClass, i);
      label = fovea_class_get_label (fovea_response_get_network (response), class->index);
      text = label != NULL ? g_strdup (label) : g_strdup_printf ("class %u", class->index);
      value = g_strdup_printf ("%.1f %%", class->probability * 100);
      fovea_value_row_show (row->row, text, value, class->probability);
    }
}

/* Whether @index is among a response's first classes. */
static gboolean
names_class (const GArray *classes, guint index)
{
  for (guint i = 0; classes != NULL && i < MIN (classes->len, FOVEA_LENS_N_CLASSES); i++)
    if (g_array_index (classes, FoveaRankedClass, i).index == index)
      return TRUE;
  return FALSE;
}

/**
 * fovea_lens_classes_set_common:
 * @response: (nullable): what is listed
 * @other: (nullable): the other network's response
 *
 * Marks the classes that both networks list.
 */
void
fovea_lens_classes_set_common (FoveaLensClasses *self, const FoveaResponse *response, const FoveaResponse *other)
{
  const GArray *classes = response != NULL ? fovea_response_get_classes (response, NULL) : NULL;
  const GArray *others = other != NULL ? fovea_response_get_classes (other, NULL) : NULL;

  g_return_if_fail (FOVEA_IS_LENS_CLASSES (self));

  for (guint i = 0; i < FOVEA_LENS_N_CLASSES; i++)
    {
      gboolean common = classes != NULL && i < classes->len && names_class (others, g_array_index (classes, FoveaRankedClass, i).index);
      gboolean first = common && i == 0 && g_array_index (others, FoveaRankedClass, 0).index == g_array_index (classes, FoveaRankedClass, 0).index;

      gtk_widget_set_opacity (self->rows[i].mark, common ? 1 : 0);
      if (first)
        gtk_widget_add_css_class (self->rows[i].box, "agreed");
      else
        gtk_widget_remove_css_class (self->rows[i].box, "agreed");
    }
}
