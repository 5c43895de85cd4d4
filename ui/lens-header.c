/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-header.h"

#include "ui/image-view.h"

/* So many images of the session are kept, and so many pixels of them. */
#define MAX_RECENT 8
#define MAX_RECENT_PIXELS (G_GUINT64_CONSTANT (1) << 26)

struct _FoveaLensHeader
{
  GtkBox parent_instance;

  GtkWidget *whole_button;
  FoveaImageView *thumbnail;
  FoveaImageView *whole;
  GtkLabel *whole_label;
  GtkLabel *title;
  GtkLabel *facts;
  GtkWidget *recent_button;
  GtkPopover *recent_popover;
  GtkListBox *recent;

  FoveaLensImage *image; /* nullable */
  FoveaNetwork *network; /* nullable: of those that see the image */
  GPtrArray *images;     /* (element-type FoveaLensImage): of this session, the latest first */
};

G_DEFINE_FINAL_TYPE (FoveaLensHeader, fovea_lens_header, GTK_TYPE_BOX)

static guint image_chosen_signal;

/* Draws what the networks see of the whole image. */
static void
update_whole (FoveaLensHeader *self)
{
  const FoveaImage *image;
  const FoveaShape *input;
  g_autofree char *text = NULL;
  double box[4];

  if (self->image == NULL)
    return;
  image = self->image->image;
  fovea_image_view_set_image (self->thumbnail, self->image->preview, image->width, image->height);
  fovea_image_view_set_image (self->whole, self->image->preview, image->width, image->height);
  gtk_widget_set_visible (self->whole_button, TRUE);
  if (self->network == NULL || !fovea_image_get_network_crop (image, self->network, box, NULL))
    return;
  fovea_image_view_set_box (self->whole, box);
  input = fovea_graph_get_input_shape (fovea_network_get_graph (self->network));
  text = g_strdup_printf ("The networks see what is inside the frame, at %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels.", input->width, input->height);
  gtk_label_set_label (self->whole_label, text);
}

static void
update_recent (FoveaLensHeader *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->recent))) != NULL)
    gtk_list_box_remove (self->recent, row);
  for (guint i = 0; i < self->images->len; i++)
    {
      const FoveaLensImage *image = g_ptr_array_index (self->images, i);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
      GtkWidget *picture = fovea_image_view_new ();
      GtkWidget *label = gtk_label_new (image->name);

      fovea_image_view_set_image (FOVEA_IMAGE_VIEW (picture), image->preview, image->image->width, image->image->height);
      gtk_widget_set_size_request (picture, 40, 40);
      gtk_widget_set_can_target (picture, FALSE);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), picture);
      gtk_box_append (GTK_BOX (box), label);
      gtk_list_box_append (self->recent, box);
      gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_list_box_get_row_at_index (self->recent, (int) i)), GTK_ACCESSIBLE_PROPERTY_LABEL, image->name, -1);
    }
  gtk_widget_set_visible (self->recent_button, self->images->len > 0);
}

/* The latest first; the oldest go when there are too many, or too large ones. */
static void
remember (FoveaLensHeader *self, FoveaLensImage *image)
{
  guint64 n_pixels = 0;
  guint n = 0;
  guint index;

  if (g_ptr_array_find (self->images, image, &index))
    g_ptr_array_remove_index (self->images, index);
  g_ptr_array_insert (self->images, 0, fovea_lens_image_ref (image));
  for (; n < MIN (self->images->len, MAX_RECENT); n++)
    {
      const FoveaLensImage *kept = g_ptr_array_index (self->images, n);

      n_pixels += (guint64) kept->image->width * kept->image->height;
      if (n > 0 && n_pixels > MAX_RECENT_PIXELS)
        break;
    }
  g_ptr_array_set_size (self->images, (int) n);
  update_recent (self);
}

static void
on_recent_activated (FoveaLensHeader *self, GtkListBoxRow *row)
{
  g_autoptr (FoveaLensImage) image = fovea_lens_image_ref (g_ptr_array_index (self->images, (guint) gtk_list_box_row_get_index (row)));

  gtk_popover_popdown (self->recent_popover);
  g_signal_emit (self, image_chosen_signal, 0, image);
}

static void
fovea_lens_header_finalize (GObject *object)
{
  FoveaLensHeader *self = FOVEA_LENS_HEADER (object);

  g_clear_pointer (&self->image, fovea_lens_image_unref);
  g_clear_pointer (&self->network, fovea_network_unref);
  g_ptr_array_unref (self->images);
  G_OBJECT_CLASS (fovea_lens_header_parent_class)->finalize (object);
}

static void
fovea_lens_header_class_init (FoveaLensHeaderClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = fovea_lens_header_finalize;

  image_chosen_signal = g_signal_new ("image-chosen", FOVEA_TYPE_LENS_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  g_type_ensure (FOVEA_TYPE_IMAGE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens-header.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, whole_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, whole);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, whole_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, recent_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, recent_popover);
  gtk_widget_class_bind_template_child (widget_class, FoveaLensHeader, recent);
}

static void
fovea_lens_header_init (FoveaLensHeader *self)
{
  self->images = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_lens_image_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->recent, "row-activated", G_CALLBACK (on_recent_activated), self, G_CONNECT_SWAPPED);
}

/**
 * fovea_lens_header_set_image:
 * @image: what is shown now
 */
void
fovea_lens_header_set_image (FoveaLensHeader *self, FoveaLensImage *image)
{
  g_return_if_fail (FOVEA_IS_LENS_HEADER (self) && image != NULL);

  fovea_lens_image_ref (image);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  self->image = image;
  remember (self, image);
  gtk_label_set_label (self->title, image->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), image->name);
  update_whole (self);
  fovea_lens_header_set_verdict (self, NULL);
}

/**
 * fovea_lens_header_set_network:
 * @network: (nullable): a network that sees the images
 */
void
fovea_lens_header_set_network (FoveaLensHeader *self, FoveaNetwork *network)
{
  g_return_if_fail (FOVEA_IS_LENS_HEADER (self));

  if (network != NULL)
    fovea_network_ref (network);
  g_clear_pointer (&self->network, fovea_network_unref);
  self->network = network;
  update_whole (self);
}

/**
 * fovea_lens_header_set_verdict:
 * @verdict: (nullable): whether the networks agree, in words
 */
void
fovea_lens_header_set_verdict (FoveaLensHeader *self, const char *verdict)
{
  const FoveaLensImage *image;
  g_autoptr (GString) text = NULL;

  g_return_if_fail (FOVEA_IS_LENS_HEADER (self));

  image = self->image;
  if (image == NULL)
    return;
  text = g_string_new (verdict);
  if (verdict != NULL)
    g_string_append (text, " · ");
  g_string_append_printf (text, "%u × %u pixels", image->image->width, image->image->height);
  if (image->set != NULL)
    g_string_append_printf (text, " · image %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, image->index + 1, image->n_images);
  gtk_label_set_label (self->facts, text->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts), text->str);
}
