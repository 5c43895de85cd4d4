/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-images.h"

#include "ui/wrap-box.h"

#define PAGE_SIZE 48

/* Side of a picture, in pixels: wide enough for the words below it. */
#define PICTURE_SIZE 124

struct _FoveaShapeBiasImages
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *sides[FOVEA_N_SIDES]; /* a network's name and its choice */
  GtkLabel *names[FOVEA_N_SIDES];
  GtkDropDown *decisions[FOVEA_N_SIDES];
  GtkDropDown *categories;
  GtkLabel *summary;
  FoveaCueImages *images;

  FoveaCueSet *set;              /* nullable */
  GArray *choices[FOVEA_N_SIDES]; /* (element-type FoveaChoice): of each of the set's cues; all 0 where the network was not asked */
  GArray *found;                 /* (element-type guint): the cues that were chosen */
  guint first;                   /* of those that are shown */
  gboolean updating;             /* controls are set by the program */
};

G_DEFINE_FINAL_TYPE (FoveaShapeBiasImages, fovea_shape_bias_images, GTK_TYPE_WIDGET)

static const char *const decision_names[] = { "Any answer", "The shape", "The texture", "Neither", NULL };

/* What a network decided about a cue; any where it was not asked. */
static FoveaDecision
get_decision (FoveaShapeBiasImages *self, guint side, guint cue)
{
  const FoveaChoice *choice = cue < self->choices[side]->len ? &g_array_index (self->choices[side], FoveaChoice, cue) : NULL;

  if (choice == NULL || choice->shape == choice->texture)
    return FOVEA_DECISION_ANY;
  if (choice->chosen == (int) choice->shape)
    return FOVEA_DECISION_SHAPE;
  return choice->chosen == (int) choice->texture ? FOVEA_DECISION_TEXTURE : FOVEA_DECISION_NEITHER;
}

static char *
describe_decision (FoveaShapeBiasImages *self, guint side, guint cue)
{
  static const char *const words[] = { NULL, "shape", "texture", "neither" };
  const FoveaDecision decision = get_decision (self, side, cue);
  int chosen;

  if (decision == FOVEA_DECISION_ANY)
    return NULL;
  chosen = g_array_index (self->choices[side], FoveaChoice, cue).chosen;
  if (chosen == FOVEA_CHOICE_NONE)
    return g_strdup (words[decision]);
  return g_strdup_printf ("%s (%s)", fovea_cue_set_get_categories (self->set)[chosen], words[decision]);
}

static void
show_page (FoveaShapeBiasImages *self)
{
  const guint n = MIN (self->found->len - self->first, PAGE_SIZE);
  FoveaCueItem items[PAGE_SIZE] = { 0 };
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    {
      items[i].cue = g_array_index (self->found, guint, self->first + i);
      for (guint side = 0; side < FOVEA_N_SIDES; side++)
        items[i].sides[side] = describe_decision (self, side, items[i].cue);
    }
  fovea_cue_images_set_items (self->images, items, n);
  for (guint i = 0; i < n; i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      g_free (items[i].sides[side]);
  if (self->found->len > PAGE_SIZE)
    text = g_strdup_printf ("%u to %u of %u images", self->first + 1, self->first + n, self->found->len);
  else
    text = g_strdup_printf (self->found->len == 1 ? "%u image" : "%u images", self->found->len);
  gtk_label_set_label (self->summary, text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "images.previous", self->first > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "images.next", self->first + n < self->found->len);
}

static gboolean
is_chosen (FoveaShapeBiasImages *self, guint cue)
{
  const guint category = gtk_drop_down_get_selected (self->categories);

  /* The first one is any. */
  if (category != GTK_INVALID_LIST_POSITION && category > 0 && fovea_cue_set_get_cue (self->set, cue)->shape != category - 1)
    return FALSE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const FoveaDecision wanted = gtk_drop_down_get_selected (self->decisions[side]);

      if (wanted != FOVEA_DECISION_ANY && get_decision (self, side, cue) != wanted)
        return FALSE;
    }
  return TRUE;
}

static void
update (FoveaShapeBiasImages *self)
{
  if (self->updating)
    return;
  g_array_set_size (self->found, 0);
  self->first = 0;
  for (guint cue = 0; self->set != NULL && cue < fovea_cue_set_get_n_cues (self->set); cue++)
    if (is_chosen (self, cue))
      g_array_append_val (self->found, cue);
  show_page (self);
}

static void
turn_page (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaShapeBiasImages *self = FOVEA_SHAPE_BIAS_IMAGES (widget);

  if (g_str_equal (action, "images.next") && self->first + PAGE_SIZE < self->found->len)
    self->first += PAGE_SIZE;
  else if (g_str_equal (action, "images.previous") && self->first >= PAGE_SIZE)
    self->first -= PAGE_SIZE;
  show_page (self);
}

static void
fovea_shape_bias_images_dispose (GObject *object)
{
  FoveaShapeBiasImages *self = FOVEA_SHAPE_BIAS_IMAGES (object);

  self->updating = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->set, fovea_cue_set_unref);
  G_OBJECT_CLASS (fovea_shape_bias_images_parent_class)->dispose (object);
}

static void
fovea_shape_bias_images_finalize (GObject *object)
{
  FoveaShapeBiasImages *self = FOVEA_SHAPE_BIAS_IMAGES (object);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_array_unref (self->choices[side]);
  g_array_unref (self->found);
  G_OBJECT_CLASS (fovea_shape_bias_images_parent_class)->finalize (object);
}

static void
fovea_shape_bias_images_class_init (FoveaShapeBiasImagesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_shape_bias_images_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_shape_bias_images_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "shapebiasimages");
  gtk_widget_class_install_action (widget_class, "images.previous", NULL, turn_page);
  gtk_widget_class_install_action (widget_class, "images.next", NULL, turn_page);
}

static GtkDropDown *
make_drop_down (FoveaShapeBiasImages *self, const char *const *names, const char *label)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (names);

  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_set_tooltip_text (drop_down, label);
  g_signal_connect_object (drop_down, "notify::selected", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return GTK_DROP_DOWN (drop_down);
}

static GtkWidget *
make_labelled (GtkWidget *first, GtkWidget *label, GtkDropDown *drop_down)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  if (first != NULL)
    gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (drop_down));
  return box;
}

static void
add_side (FoveaShapeBiasImages *self, GtkWidget *row, guint side)
{
  static const char *const labels[] = { "What the standard network decided for", "What the robust network decided for" };
  GtkWidget *dot = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_CENTER, NULL);

  gtk_widget_add_css_class (dot, "side-dot");
  gtk_widget_add_css_class (dot, fovea_side_get_name (side));
  self->names[side] = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->names[side], PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (self->names[side], 24);
  self->decisions[side] = make_drop_down (self, decision_names, labels[side]);
  self->sides[side] = make_labelled (dot, GTK_WIDGET (self->names[side]), self->decisions[side]);
  gtk_widget_set_parent (self->sides[side], row);
  self->choices[side] = g_array_new (FALSE, TRUE, sizeof (FoveaChoice));
}

static GtkWidget *
make_page_button (const char *icon, const char *action, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (button, "flat");
  return button;
}

static void
fovea_shape_bias_images_init (FoveaShapeBiasImages *self)
{
  static const char *const any[] = { "Any shape", NULL };
  GtkWidget *row = g_object_new (FOVEA_TYPE_WRAP_BOX, NULL);
  GtkWidget *pages = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->found = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    add_side (self, row, side);
  self->categories = make_drop_down (self, any, "The category of the shape");
  gtk_widget_set_parent (GTK_WIDGET (self->categories), row);
  self->summary = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), "dim-label");
  gtk_box_append (GTK_BOX (pages), GTK_WIDGET (self->summary));
  gtk_box_append (GTK_BOX (pages), make_page_button ("go-previous-symbolic", "images.previous", "Previous images"));
  gtk_box_append (GTK_BOX (pages), make_page_button ("go-next-symbolic", "images.next", "Next images"));
  gtk_widget_set_parent (pages, row);
  self->images = FOVEA_CUE_IMAGES (fovea_cue_images_new ());
  fovea_cue_images_set_size (self->images, PICTURE_SIZE);
  gtk_box_append (GTK_BOX (self->box), row);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->images));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/**
 * fovea_shape_bias_images_new:
 *
 * Returns: (transfer floating): no images
 */
GtkWidget *
fovea_shape_bias_images_new (void)
{
  return g_object_new (FOVEA_TYPE_SHAPE_BIAS_IMAGES, NULL);
}

/**
 * fovea_shape_bias_images_set_pair:
 * @pair: whose decisions are shown
 * @stimuli: whose images are shown
 * @queue: where pictures are made
 */
void
fovea_shape_bias_images_set_pair (FoveaShapeBiasImages *self, FoveaNetworkPair *pair, FoveaCueStimuli *stimuli, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_IMAGES (self));

  fovea_cue_images_set_stimuli (self->images, stimuli, queue);
  g_clear_pointer (&self->set, fovea_cue_set_unref);
  self->updating = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      const gboolean has = fovea_network_pair_has_side (pair, side);

      g_array_set_size (self->choices[side], 0);
      gtk_widget_set_visible (self->sides[side], has);
      gtk_drop_down_set_selected (self->decisions[side], FOVEA_DECISION_ANY);
      if (has)
        gtk_label_set_label (self->names[side], fovea_network_get_name (fovea_network_pair_get_network (pair, side)));
    }
  self->updating = FALSE;
}

static void
list_categories (FoveaShapeBiasImages *self)
{
  const char *const *categories = fovea_cue_set_get_categories (self->set);
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *[]) { "Any shape", NULL });

  for (guint i = 0; categories[i] != NULL; i++)
    gtk_string_list_append (list, categories[i]);
  gtk_drop_down_set_model (self->categories, G_LIST_MODEL (list));
}

/**
 * fovea_shape_bias_images_set_biases:
 * @set: the current set
 * @biases: the networks' decisions about its images; %NULL where there are none
 *
 * Shows those that are chosen; another set forgets the choice.
 */
void
fovea_shape_bias_images_set_biases (FoveaShapeBiasImages *self, FoveaCueSet *set, const FoveaShapeBias *const biases[FOVEA_N_SIDES])
{
  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_IMAGES (self) && set != NULL);

  self->updating = TRUE;
  if (set != self->set)
    {
      g_clear_pointer (&self->set, fovea_cue_set_unref);
      self->set = fovea_cue_set_ref (set);
      list_categories (self);
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_array_set_size (self->choices[side], 0);
      g_array_set_size (self->choices[side], (guint) fovea_cue_set_get_n_cues (set));
      for (guint i = 0; biases[side] != NULL && i < biases[side]->choices->len; i++)
        {
          const FoveaChoice *choice = &g_array_index (biases[side]->choices, FoveaChoice, i);
          const int cue = fovea_cue_set_find_cue (set, choice->item);

          if (cue >= 0)
            g_array_index (self->choices[side], FoveaChoice, cue) = *choice;
        }
    }
  self->updating = FALSE;
  update (self);
}

/**
 * fovea_shape_bias_images_choose:
 * @decisions: what each network decided
 * @category: (nullable): the category of the shape; %NULL for any
 *
 * Shows other images.
 */
void
fovea_shape_bias_images_choose (FoveaShapeBiasImages *self, const FoveaDecision decisions[FOVEA_N_SIDES], const char *category)
{
  guint selected = 0;

  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_IMAGES (self));

  for (guint i = 0; self->set != NULL && category != NULL && i < fovea_cue_set_get_n_categories (self->set); i++)
    if (g_str_equal (fovea_cue_set_get_categories (self->set)[i], category))
      selected = i + 1;
  self->updating = TRUE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    gtk_drop_down_set_selected (self->decisions[side], decisions[side]);
  gtk_drop_down_set_selected (self->categories, selected);
  self->updating = FALSE;
  update (self);
}

/**
 * fovea_shape_bias_images_get_summary:
 *
 * Returns: (transfer none): how many images were chosen, in words
 */
const char *
fovea_shape_bias_images_get_summary (FoveaShapeBiasImages *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_IMAGES (self), NULL);
  return gtk_label_get_label (self->summary);
}

/**
 * fovea_shape_bias_images_get_images:
 *
 * Returns: (transfer none): those that are shown
 */
FoveaCueImages *
fovea_shape_bias_images_get_images (FoveaShapeBiasImages *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_IMAGES (self), NULL);
  return self->images;
}
