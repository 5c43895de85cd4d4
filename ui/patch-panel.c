/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patch-panel.h"

#include <math.h>

#include <adwaita.h>

#include "engine/analysis/selectivity.h"
#include "ui/number.h"
#include "ui/value-row.h"

#define N_COLUMNS 3

/* The patches are not larger than looks good, in pixels. */
#define MAXIMUM_WIDTH 560

/* Room for a class and its value, in characters. */
#define CLASS_WIDTH 16
#define VALUE_WIDTH 8

struct _FoveaPatchPanel {
  GtkWidget parent_instance;

  GtkWidget *dot;
  GtkWidget *name;
  GtkWidget *message;
  GtkWidget *patches;
  FoveaPatchTile *tiles[FOVEA_PATCH_PANEL_N_PATCHES];
  GtkWidget *facts;
  GtkWidget *classes; /* a heading */
  GtkWidget *selectivity;
  FoveaValueRow *rows[FOVEA_PATCH_PANEL_N_CLASSES];
};

G_DEFINE_FINAL_TYPE (FoveaPatchPanel, fovea_patch_panel, GTK_TYPE_WIDGET)

enum { PATCH_ACTIVATED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
tile_activated (FoveaPatchPanel *self,
                FoveaPatchTile *tile)
{
  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    if (self->tiles[i] == tile)
      g_signal_emit (self, signals[PATCH_ACTIVATED], 0, i);
}

static void
fovea_patch_panel_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_patch_panel_parent_class)->dispose (object);
}

static void
fovea_patch_panel_class_init (FoveaPatchPanelClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_patch_panel_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[PATCH_ACTIVATED] = g_signal_new ("patch-activated", FOVEA_TYPE_PATCH_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static GtkWidget *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
fovea_patch_panel_init (FoveaPatchPanel *self)
{
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *clamp = adw_clamp_new ();
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->dot = adw_bin_new ();
  gtk_widget_add_css_class (self->dot, "side-dot");
  gtk_widget_set_valign (self->dot, GTK_ALIGN_CENTER);
  self->name = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->name, "heading");
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (heading), self->dot);
  gtk_box_append (GTK_BOX (heading), self->name);
  gtk_widget_set_parent (heading, GTK_WIDGET (self));

  self->message = make_label ("dim-label");
  gtk_widget_set_visible (self->message, FALSE);
  gtk_widget_set_parent (self->message, GTK_WIDGET (self));

  self->patches = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->patches), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->patches), 8);
  gtk_grid_set_row_spacing (GTK_GRID (self->patches), 6);
  for (int i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    {
      self->tiles[i] = FOVEA_PATCH_TILE (fovea_patch_tile_new ());
      gtk_widget_set_hexpand (GTK_WIDGET (self->tiles[i]), TRUE);
      gtk_grid_attach (GTK_GRID (self->patches), GTK_WIDGET (self->tiles[i]), i % N_COLUMNS, i / N_COLUMNS, 1, 1);
      g_signal_connect_object (self->tiles[i], "activated", G_CALLBACK (tile_activated), self, G_CONNECT_SWAPPED);
    }
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), MAXIMUM_WIDTH);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->patches);
  gtk_widget_set_parent (clamp, GTK_WIDGET (self));

  self->facts = make_label ("numeric");
  gtk_widget_set_parent (self->facts, GTK_WIDGET (self));
  self->classes = make_label ("heading");
  gtk_label_set_label (GTK_LABEL (self->classes), "Classes that drive it");
  gtk_widget_set_margin_top (self->classes, 12);
  gtk_widget_set_parent (self->classes, GTK_WIDGET (self));
  self->selectivity = make_label ("numeric");
  gtk_widget_set_parent (self->selectivity, GTK_WIDGET (self));
  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_CLASSES; i++)
    {
      self->rows[i] = FOVEA_VALUE_ROW (fovea_value_row_new (CLASS_WIDTH, VALUE_WIDTH));
      gtk_widget_add_css_class (GTK_WIDGET (self->rows[i]), "lens-row");
      gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), FALSE);
      gtk_widget_set_parent (GTK_WIDGET (self->rows[i]), GTK_WIDGET (self));
    }
}

/**
 * fovea_patch_panel_set_network:
 * @self: a panel
 * @side: which of the pair
 * @network: the network
 */
void
fovea_patch_panel_set_network (FoveaPatchPanel *self,
                               FoveaSide side,
                               FoveaNetwork *network)
{
  g_autofree char *name = g_strdup_printf ("%s · %s", fovea_side_get_name (side), fovea_network_get_name (network));
  g_autofree char *spoken = g_strdup_printf ("Top patches of the %s network", fovea_side_get_name (side));

  g_return_if_fail (FOVEA_IS_PATCH_PANEL (self));

  gtk_widget_remove_css_class (self->dot, side == FOVEA_SIDE_STANDARD ? "robust" : "standard");
  gtk_widget_add_css_class (self->dot, side == FOVEA_SIDE_STANDARD ? "standard" : "robust");
  gtk_label_set_label (GTK_LABEL (self->name), name);
  gtk_widget_set_tooltip_text (self->name, fovea_network_get_training (network));
  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_CLASSES; i++)
    fovea_value_row_set_side (self->rows[i], side);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/* How many classes have images that were read. */
static guint
count_classes (FoveaScan *scan)
{
  guint n = 0;

  for (guint i = 0; i < fovea_scan_get_n_classes (scan); i++)
    n += fovea_scan_get_class_count (scan, i) > 0;
  return n;
}

static void
show_classes (FoveaPatchPanel *self,
              FoveaImageSet *set,
              FoveaScan *scan,
              guint channel)
{
  FoveaSelectivity selectivity;
  guint classes[FOVEA_PATCH_PANEL_N_CLASSES], n = 0;
  g_autofree char *text = NULL;
  double largest = 0;

  if (fovea_scan_get_n_classes (scan) > 0)
    n = fovea_selectivity_rank_classes (scan, channel, FOVEA_PATCH_PANEL_N_CLASSES, classes);
  if (fovea_selectivity_compute (scan, channel, &selectivity))
    {
      g_autofree char *class_mean = fovea_number_format (selectivity.class_mean, 3);
      g_autofree char *other_mean = fovea_number_format (selectivity.other_mean, 3);

      text = g_strdup_printf ("class selectivity %.2f · mean above 0: %s on “%s”, %s on the others", selectivity.index, class_mean,
                              fovea_image_set_get_class_name (set, selectivity.image_class), other_mean);
    }
  else if (count_classes (scan) > 1)
    text = g_strdup ("no class selectivity: it is above 0 on no class");
  else if (fovea_scan_get_n_classes (scan) > 0)
    text = g_strdup ("no class selectivity: the images are of one class");
  else
    text = g_strdup ("no class selectivity: the set has no classes");
  gtk_label_set_label (GTK_LABEL (self->selectivity), text);
  gtk_widget_set_tooltip_text (self->selectivity, "The means are of the activation’s positive part, what a ReLU lets through. Class selectivity is (mean on the strongest class − "
                               "mean on the others) / (their sum), from 0, the same on all classes, to 1, only active on one");

  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_CLASSES; i++)
    {
      g_autofree char *value = NULL;
      double mean;

      gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), i < n);
      if (i >= n)
        continue;
      mean = fovea_scan_get_class_mean (scan, channel, classes[i]);
      if (i == 0)
        largest = mean;
      value = fovea_number_format (mean, 4);
      fovea_value_row_show (self->rows[i], fovea_image_set_get_class_name (set, classes[i]), value, largest > 0 ? mean / largest : 0);
    }
}

/**
 * fovea_patch_panel_set_channel:
 * @self: a panel
 * @set: the images that were scanned
 * @scan: their scan
 * @channel: the channel to show
 *
 * Shows what the scan says of it, and no patches yet.
 */
void
fovea_patch_panel_set_channel (FoveaPatchPanel *self,
                               FoveaImageSet *set,
                               FoveaScan *scan,
                               guint channel)
{
  FoveaScanChannel statistics;
  g_autoptr (GString) text = NULL;
  g_autofree char *peak = NULL;
  g_autofree char *mean = NULL;

  g_return_if_fail (FOVEA_IS_PATCH_PANEL (self));

  fovea_patch_panel_set_message (self, NULL);
  fovea_scan_get_channel (scan, channel, &statistics);
  text = g_string_new (NULL);
  peak = fovea_number_format ((double) statistics.maximum, 4);
  mean = fovea_number_format (statistics.mean, 4);
  g_string_append_printf (text, "peak %s · mean %s · above 0 at %.1f %% of all positions", peak, mean, statistics.active * 100);
  if (statistics.n_invalid > 0)
    g_string_append_printf (text, " · no number on %u images", statistics.n_invalid);
  gtk_label_set_label (GTK_LABEL (self->facts), text->str);
  show_classes (self, set, scan, channel);
}

/**
 * fovea_patch_panel_set_message:
 * @self: a panel
 * @text: (nullable): why there are no patches
 *
 * Takes the patches away.
 */
void
fovea_patch_panel_set_message (FoveaPatchPanel *self,
                               const char *text)
{
  g_return_if_fail (FOVEA_IS_PATCH_PANEL (self));

  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    fovea_patch_tile_set_picture (self->tiles[i], NULL);
  for (guint i = 0; text != NULL && i < FOVEA_PATCH_PANEL_N_CLASSES; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->rows[i]), FALSE);
  gtk_widget_set_visible (self->patches, text == NULL);
  gtk_widget_set_visible (self->classes, text == NULL);
  gtk_label_set_label (GTK_LABEL (self->message), text != NULL ? text : "");
  gtk_widget_set_visible (self->message, text != NULL);
  gtk_label_set_label (GTK_LABEL (self->facts), "");
  gtk_label_set_label (GTK_LABEL (self->selectivity), "");
}

/**
 * fovea_patch_panel_get_facts:
 * @self: a panel
 *
 * Returns: (transfer none): what is said of the channel's activations
 */
const char *
fovea_patch_panel_get_facts (FoveaPatchPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_PATCH_PANEL (self), NULL);
  return gtk_label_get_label (GTK_LABEL (self->facts));
}

/**
 * fovea_patch_panel_get_selectivity:
 * @self: a panel
 *
 * Returns: (transfer none): what is said of the classes that drive the channel
 */
const char *
fovea_patch_panel_get_selectivity (FoveaPatchPanel *self)
{
  g_return_val_if_fail (FOVEA_IS_PATCH_PANEL (self), NULL);
  return gtk_label_get_label (GTK_LABEL (self->selectivity));
}

/**
 * fovea_patch_panel_get_tile:
 * @self: a panel
 * @number: in [0, %FOVEA_PATCH_PANEL_N_PATCHES)
 *
 * Returns: (transfer none): the tile of that patch
 */
FoveaPatchTile *
fovea_patch_panel_get_tile (FoveaPatchPanel *self,
                            guint number)
{
  g_return_val_if_fail (FOVEA_IS_PATCH_PANEL (self) && number < FOVEA_PATCH_PANEL_N_PATCHES, NULL);
  return self->tiles[number];
}

/**
 * fovea_patch_panel_set_opacity:
 * @self: a panel
 * @opacity: of the activation maps, in [0,1]
 */
void
fovea_patch_panel_set_opacity (FoveaPatchPanel *self,
                               double opacity)
{
  g_return_if_fail (FOVEA_IS_PATCH_PANEL (self));

  for (guint i = 0; i < FOVEA_PATCH_PANEL_N_PATCHES; i++)
    fovea_patch_tile_set_opacity (self->tiles[i], opacity);
}
