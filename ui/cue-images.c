/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-images.h"

#include "ui/image-view.h"
#include "ui/network-pair.h"
#include "ui/texture.h"

/* Side of the pictures if nobody chose another, in pixels; there are twice as many in a texture, for dense screens. */
#define SIDE 88
#define TEXTURE_SIDE (2 * SIDE)

struct _FoveaCueImages
{
  GtkWidget parent_instance;

  GtkFlowBox *box;
  GPtrArray *buttons; /* (element-type GtkButton): not owned */
  GArray *images;     /* (element-type gsize): of each button */
  int size; /* of a picture, in pixels */
  FoveaCueStimuli *stimuli; /* nullable */
  FoveaJobQueue *queue;     /* nullable */
  FoveaQueuedJob *loading;  /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaCueImages, fovea_cue_images, GTK_TYPE_WIDGET)

/* What making pictures needs and gives. */
typedef struct
{
  FoveaCueImages *view; /* not owned: the job is dropped before it goes */
  FoveaCueSet *set;
  guint n;
  gsize *images;
  GMutex mutex;
  GdkTexture **pictures; /* NULL where there is none yet, or none can be made */
  guint n_done;          /* by the worker */
  guint n_taken;         /* by the view */
} Loading;

static void
loading_free (gpointer data)
{
  Loading *work = data;

  fovea_cue_set_unref (work->set);
  for (guint i = 0; i < work->n; i++)
    g_clear_object (&work->pictures[i]);
  g_mutex_clear (&work->mutex);
  g_free (work->pictures);
  g_free (work->images);
  g_free (work);
}

static GdkTexture *
make_picture (FoveaImageSet *images, gsize index)
{
  g_autoptr (FoveaImage) image = fovea_image_set_load_image (images, index, NULL);
  g_autoptr (FoveaImage) small = NULL;
  guint side = image != NULL ? MAX (image->width, image->height) : 0;

  if (side <= TEXTURE_SIDE)
    return image != NULL ? fovea_texture_new_enlarged (image, TEXTURE_SIDE) : NULL;
  small = fovea_image_resize (image, MAX (image->width * TEXTURE_SIDE / side, 1), MAX (image->height * TEXTURE_SIDE / side, 1), NULL);
  return small != NULL ? fovea_texture_new_from_image (small) : NULL;
}

static void
load (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;

  for (guint i = 0; i < work->n && !fovea_queued_job_is_cancelled (job); i++)
    {
      GdkTexture *picture = make_picture (fovea_cue_set_get_images (work->set), work->images[i]);

      g_mutex_lock (&work->mutex);
      work->pictures[i] = picture;
      work->n_done = i + 1;
      g_mutex_unlock (&work->mutex);
      fovea_queued_job_request_update (job);
    }
}

static void
show_picture (FoveaCueImages *self, guint index, GdkTexture *picture)
{
  GtkWidget *view = gtk_widget_get_first_child (gtk_button_get_child (g_ptr_array_index (self->buttons, index)));

  fovea_image_view_set_image (FOVEA_IMAGE_VIEW (view), picture, (guint) gdk_texture_get_width (picture), (guint) gdk_texture_get_height (picture));
}

static void
on_pictures (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;
  FoveaCueImages *self = work->view;

  g_mutex_lock (&work->mutex);
  for (; work->n_taken < work->n_done; work->n_taken++)
    {
      GdkTexture *picture = work->pictures[work->n_taken];

      if (picture == NULL)
        continue;
      fovea_cue_stimuli_keep_picture (self->stimuli, work->set, work->images[work->n_taken], picture);
      for (guint i = 0; i < self->images->len; i++)
        if (g_array_index (self->images, gsize, i) == work->images[work->n_taken])
          show_picture (self, i, picture);
    }
  g_mutex_unlock (&work->mutex);
}

static void
on_loaded (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;

  on_pictures (job, data);
  g_clear_object (&work->view->loading);
}

static void
drop_loading (FoveaCueImages *self)
{
  fovea_queued_job_clear (&self->loading);
}

static void
load_pictures (FoveaCueImages *self, FoveaCueSet *set)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (gsize));
  Loading *work;

  for (guint i = 0; i < self->images->len; i++)
    {
      gsize image = g_array_index (self->images, gsize, i);
      GdkTexture *picture = fovea_cue_stimuli_get_picture (self->stimuli, image);

      if (picture != NULL)
        show_picture (self, i, picture);
      else
        g_array_append_val (missing, image);
    }
  if (missing->len == 0 || self->queue == NULL)
    return;
  work = g_new0 (Loading, 1);
  g_mutex_init (&work->mutex);
  work->view = self;
  work->set = fovea_cue_set_ref (set);
  work->n = missing->len;
  work->images = (gsize *) g_array_steal (missing, NULL);
  work->pictures = g_new0 (GdkTexture *, work->n);
  self->loading = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, load, on_pictures, on_loaded, work, loading_free);
}

static void
on_clicked (GtkButton *button, FoveaCueImages *self)
{
  FoveaCueSet *set = fovea_cue_stimuli_get_set (self->stimuli, NULL);
  FoveaImageSet *images = set != NULL ? fovea_cue_set_get_images (set) : NULL;
  guint index;

  if (images == NULL || !g_ptr_array_find (self->buttons, button, &index))
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-set-image", "(st)", fovea_image_set_get_place (images), (guint64) g_array_index (self->images, gsize, index));
}

static GtkWidget *
make_line (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "caption");
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  return label;
}

static GtkWidget *
make_side_line (const char *text, guint side)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *dot = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_CENTER, NULL);

  gtk_widget_add_css_class (dot, "side-dot");
  gtk_widget_add_css_class (dot, "small");
  gtk_widget_add_css_class (dot, fovea_side_get_name (side));
  gtk_box_append (GTK_BOX (line), dot);
  gtk_box_append (GTK_BOX (line), make_line (text, NULL));
  return line;
}

static void
add_button (FoveaCueImages *self, FoveaCueSet *set, const FoveaCueItem *item)
{
  const FoveaCue *cue = fovea_cue_set_get_cue (set, item->cue);
  const char *const *categories = fovea_cue_set_get_categories (set);
  const char *name = fovea_image_set_get_image_name (fovea_cue_set_get_images (set), cue->image);
  g_autofree char *shape = g_strdup_printf ("shape: %s", categories[cue->shape]);
  g_autofree char *texture = g_strdup_printf ("texture: %s", categories[cue->texture]);
  g_autoptr (GString) words = g_string_new (NULL);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *picture = fovea_image_view_new ();

  g_string_printf (words, "%s in the texture of %s", categories[cue->shape], categories[cue->texture]);
  gtk_widget_set_size_request (picture, self->size, self->size);
  gtk_widget_set_can_target (picture, FALSE);
  gtk_widget_set_margin_bottom (picture, 3);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), make_line (shape, NULL));
  gtk_box_append (GTK_BOX (box), make_line (texture, NULL));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (item->sides[side] != NULL)
      {
        gtk_box_append (GTK_BOX (box), make_side_line (item->sides[side], side));
        g_string_append_printf (words, "; %s network: %s", fovea_side_get_name (side), item->sides[side]);
      }
  if (item->text != NULL)
    {
      gtk_box_append (GTK_BOX (box), make_line (item->text, "dim-label"));
      g_string_append_printf (words, "; %s", item->text);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "cue-image");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  g_string_append_printf (words, "\n%s", name);
  gtk_widget_set_tooltip_text (button, words->str);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);

  gtk_flow_box_insert (self->box, button, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
  g_ptr_array_add (self->buttons, button);
  g_array_append_val (self->images, cue->image);
}

static void
clear (FoveaCueImages *self)
{
  GtkWidget *child;

  drop_loading (self);
  g_ptr_array_set_size (self->buttons, 0);
  g_array_set_size (self->images, 0);
  while (self->box != NULL && (child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_flow_box_remove (self->box, child);
}

static void
fovea_cue_images_dispose (GObject *object)
{
  FoveaCueImages *self = FOVEA_CUE_IMAGES (object);

  clear (self);
  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->box));
  self->box = NULL;
  g_clear_object (&self->stimuli);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_cue_images_parent_class)->dispose (object);
}

static void
fovea_cue_images_finalize (GObject *object)
{
  FoveaCueImages *self = FOVEA_CUE_IMAGES (object);

  g_ptr_array_unref (self->buttons);
  g_array_unref (self->images);
  G_OBJECT_CLASS (fovea_cue_images_parent_class)->finalize (object);
}

static void
fovea_cue_images_class_init (FoveaCueImagesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_cue_images_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_cue_images_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "cueimages");
}

static void
fovea_cue_images_init (FoveaCueImages *self)
{
  self->size = SIDE;
  self->buttons = g_ptr_array_new ();
  self->images = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (self->box, TRUE);
  gtk_flow_box_set_min_children_per_line (self->box, 1);
  gtk_flow_box_set_max_children_per_line (self->box, 24);
  gtk_widget_set_halign (GTK_WIDGET (self->box), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
}

/**
 * fovea_cue_images_new:
 *
 * Returns: (transfer floating): no images
 */
GtkWidget *
fovea_cue_images_new (void)
{
  return g_object_new (FOVEA_TYPE_CUE_IMAGES, NULL);
}

/**
 * fovea_cue_images_set_stimuli:
 * @stimuli: (nullable): whose images are shown
 * @queue: (nullable): where pictures are made
 */
void
fovea_cue_images_set_stimuli (FoveaCueImages *self, FoveaCueStimuli *stimuli, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_CUE_IMAGES (self));
  clear (self);
  g_set_object (&self->stimuli, stimuli);
  g_set_object (&self->queue, queue);
}

/**
 * fovea_cue_images_set_size:
 * @size: side of a picture, in pixels, for images that are set from now on
 */
void
fovea_cue_images_set_size (FoveaCueImages *self, int size)
{
  g_return_if_fail (FOVEA_IS_CUE_IMAGES (self) && size > 0);
  self->size = size;
}

/**
 * fovea_cue_images_set_items:
 * @items: (array length=n_items): cues of the current set
 * @n_items: how many; beyond %FOVEA_CUE_IMAGES_MAX they are left out
 *
 * Shows other images.
 */
void
fovea_cue_images_set_items (FoveaCueImages *self, const FoveaCueItem *items, guint n_items)
{
  FoveaCueSet *set;

  g_return_if_fail (FOVEA_IS_CUE_IMAGES (self));
  set = self->stimuli != NULL ? fovea_cue_stimuli_get_set (self->stimuli, NULL) : NULL;
  clear (self);
  if (set == NULL)
    return;
  for (guint i = 0; i < MIN (n_items, FOVEA_CUE_IMAGES_MAX); i++)
    add_button (self, set, &items[i]);
  load_pictures (self, set);
}

/**
 * fovea_cue_images_get_n_items:
 *
 * Returns: how many images are shown
 */
guint
fovea_cue_images_get_n_items (FoveaCueImages *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_IMAGES (self), 0);
  return self->buttons->len;
}

/**
 * fovea_cue_images_get_button:
 * @index: below fovea_cue_images_get_n_items()
 *
 * Returns: (transfer none): an image's button
 */
GtkWidget *
fovea_cue_images_get_button (FoveaCueImages *self, guint index)
{
  g_return_val_if_fail (FOVEA_IS_CUE_IMAGES (self) && index < self->buttons->len, NULL);
  return g_ptr_array_index (self->buttons, index);
}

/**
 * fovea_cue_images_is_busy:
 *
 * Returns: whether pictures are being made
 */
gboolean
fovea_cue_images_is_busy (FoveaCueImages *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_IMAGES (self), FALSE);
  return self->loading != NULL;
}
