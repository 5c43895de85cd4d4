/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/wrap-box.h"

#define COLUMN_SPACING 10
#define ROW_SPACING 6

struct _FoveaWrapBox
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (FoveaWrapBox, fovea_wrap_box, GTK_TYPE_WIDGET)

/* Children from @first up to, not including, @end; sizes in pixels. */
typedef struct
{
  GtkWidget *first;
  GtkWidget *end;
  int width;
  int height;
  int n_expanding;
} Row;

static int
get_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* The row that begins with @first or the next visible child; false after the last. */
static gboolean
find_row (GtkWidget *first, int available, Row *row)
{
  *row = (Row) { 0 };
  for (GtkWidget *child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int width, height;

      if (!gtk_widget_should_layout (child))
        continue;
      width = get_width (child);
      if (row->first != NULL && row->width + COLUMN_SPACING + width > available)
        {
          row->end = child;
          return TRUE;
        }
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, MIN (width, available), NULL, &height, NULL, NULL);
      row->width += width + (row->first != NULL ? COLUMN_SPACING : 0);
      row->height = MAX (row->height, height);
      row->n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      if (row->first == NULL)
        row->first = child;
    }
  return row->first != NULL;
}

static void
fovea_wrap_box_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  Row row;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      find_row (gtk_widget_get_first_child (widget), G_MAXINT / 2, &row);
      *natural = row.width;
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_should_layout (child))
          *minimum = MAX (*minimum, get_width (child));
      return;
    }

  for (GtkWidget *first = gtk_widget_get_first_child (widget); first != NULL; first = row.end)
    {
      if (!find_row (first, for_size >= 0 ? for_size : G_MAXINT / 2, &row))
        break;
      *natural += row.height + (*natural > 0 ? ROW_SPACING : 0);
    }
  *minimum = *natural;
}

static void
fovea_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gboolean from_right = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int y = 0;
  Row row;

  for (GtkWidget *first = gtk_widget_get_first_child (widget); first != NULL; first = row.end)
    {
      int left_over, x = 0;

      if (!find_row (first, width, &row))
        break;
      left_over = MAX (width - row.width, 0);
      for (GtkWidget *child = row.first; child != row.end; child = gtk_widget_get_next_sibling (child))
        {
          int child_width;

          if (!gtk_widget_should_layout (child))
            continue;
          child_width = MIN (get_width (child), width);
          if (row.n_expanding > 0 && gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
            child_width += left_over / row.n_expanding;
          gtk_widget_size_allocate (child, &(GtkAllocation) { from_right ? width - x - child_width : x, y, child_width, row.height }, -1);
          x += child_width + COLUMN_SPACING;
        }
      y += row.height + ROW_SPACING;
    }
}

static GtkSizeRequestMode
fovea_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
fovea_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_wrap_box_parent_class)->dispose (object);
}

static void
fovea_wrap_box_class_init (FoveaWrapBoxClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_wrap_box_dispose;
  widget_class->measure = fovea_wrap_box_measure;
  widget_class->size_allocate = fovea_wrap_box_size_allocate;
  widget_class->get_request_mode = fovea_wrap_box_get_request_mode;
}

static void
fovea_wrap_box_init (FoveaWrapBox *self)
{
}
