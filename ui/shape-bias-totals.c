/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-totals.h"

#include <math.h>

#include "engine/analysis/interval.h"
#include "ui/shape-bias-figure.h"

#define N_COLUMNS 5

/* What is said of a network. */
typedef struct
{
  GtkWidget *box;
  GtkLabel *name;
  GtkLabel *verdict;
  GtkLabel *counts;
  GtkLabel *operated;
  GtkLabel *left_out;
} Panel;

struct _FoveaShapeBiasTotals
{
  GtkWidget parent_instance;

  Panel panels[FOVEA_N_SIDES];
  GtkWidget *table_title;
  GtkGrid *table;
  GtkLabel *problems;
};

G_DEFINE_FINAL_TYPE (FoveaShapeBiasTotals, fovea_shape_bias_totals, GTK_TYPE_WIDGET)

static char *
format_share (const FoveaDecisions *decisions)
{
  const double share = fovea_decisions_get_shape_bias (decisions);

  return isfinite (share) ? g_strdup_printf ("%.1f\u00a0%%", 100 * share) : g_strdup ("–");
}

static char *
format_verdict (const FoveaDecisions *decisions)
{
  const double share = fovea_decisions_get_shape_bias (decisions);
  double low, high;

  if (!isfinite (share))
    return g_strdup ("Decides for neither shape nor texture");
  /* What half of all decisions would explain as well is not said. */
  fovea_interval_of_share (decisions->shape, decisions->shape + decisions->texture, &low, &high);
  return g_strdup_printf ("%s: shape bias %.1f\u00a0%%", high < 0.5 ? "Goes by texture" : low > 0.5 ? "Goes by shape" : "Goes by neither clearly more", 100 * share);
}

static char *
format_counts (const FoveaDecisions *decisions)
{
  const guint n = decisions->shape + decisions->texture + decisions->other;
  GString *text = g_string_new (NULL);
  double low, high;

  g_string_printf (text, "Of %u images, %u were called by their shape, %u by their texture, and %u by neither.", n, decisions->shape, decisions->texture, decisions->other);
  if (decisions->shape + decisions->texture > 0)
    {
      fovea_interval_of_share (decisions->shape, decisions->shape + decisions->texture, &low, &high);
      g_string_append_printf (text, " 95\u00a0%% interval of the shape bias: %.1f–%.1f\u00a0%%.", 100 * low, 100 * high);
    }
  return g_string_free (text, FALSE);
}

static void
add_reason (GString *text, gsize n, const char *reason)
{
  if (n > 0)
    g_string_append_printf (text, "%s%" G_GSIZE_FORMAT " %s", text->len > 0 ? ", " : "Left out: ", n, reason);
}

static char *
format_left_out (const FoveaShapeBias *bias)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) lacking = g_string_new (NULL);
  guint n_lacking = 0;

  for (guint i = 0; i < bias->n_categories; i++)
    if (!bias->known[i])
      g_string_append_printf (lacking, "%s%s", n_lacking++ > 0 ? ", " : "", bias->categories[i]);
  add_reason (text, bias->n_lacking, n_lacking > 1 ? "with a category that it has no class for" : "with the category that it has no class for");
  if (bias->n_lacking > 0)
    g_string_append_printf (text, " (%s)", lacking->str);
  add_reason (text, bias->n_same, "with the same category twice");
  add_reason (text, bias->n_unlabelled, "whose name carries no cue");
  add_reason (text, bias->n_unreadable, "that cannot be read");
  if (text->len > 0)
    g_string_append_c (text, '.');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The first few problems in words, for a tooltip. */
static char *
join_problems (const FoveaShapeBias *bias)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < bias->problems->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", (const char *) g_ptr_array_index (bias->problems, i));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && text[0] != '\0');
}

static void
show_operated (Panel *panel, const FoveaShapeBias *bias, const char *error)
{
  g_autofree char *share = NULL;
  g_autofree char *text = NULL;

  if (bias != NULL)
    {
      share = format_share (&bias->total);
      text = g_strdup_printf ("%s: shape bias %s, %u by shape, %u by texture, %u by neither.", bias->observer, share, bias->total.shape, bias->total.texture, bias->total.other);
    }
  set_label (panel->operated, bias != NULL ? text : error);
}

static void
show_panel (Panel *panel, const FoveaShapeBias *bias, const char *error)
{
  g_autofree char *verdict = bias != NULL ? format_verdict (&bias->total) : NULL;
  g_autofree char *counts = bias != NULL ? format_counts (&bias->total) : NULL;
  g_autofree char *left_out = bias != NULL ? format_left_out (bias) : NULL;
  g_autofree char *problems = bias != NULL ? join_problems (bias) : NULL;

  set_label (panel->verdict, bias != NULL ? verdict : "Cannot decide about these images");
  set_label (panel->counts, bias != NULL ? counts : error);
  set_label (panel->left_out, left_out);
  gtk_widget_set_tooltip_text (GTK_WIDGET (panel->left_out), problems);
}

static void
add_cell (FoveaShapeBiasTotals *self, int row, int column, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (class != NULL)
    gtk_widget_add_css_class (label, class);
  if (column == 0)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_tooltip_text (label, text);
      gtk_widget_set_hexpand (label, TRUE);
    }
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static void
show_table (FoveaShapeBiasTotals *self, const GArray *observers)
{
  static const char *const headings[N_COLUMNS] = { "", "Shape", "Texture", "Neither", "Shape bias" };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) != NULL)
    gtk_grid_remove (self->table, child);
  gtk_widget_set_visible (GTK_WIDGET (self->table), observers->len > 0);
  gtk_widget_set_visible (self->table_title, observers->len > 0);
  for (int column = 0; column < N_COLUMNS; column++)
    add_cell (self, 0, column, headings[column], "dim-label");
  for (guint i = 0; i < observers->len; i++)
    {
      const FoveaShapeBias *bias = g_array_index (observers, FoveaObserver, i).bias;
      const guint counts[] = { bias->total.shape, bias->total.texture, bias->total.other };
      g_autofree char *share = format_share (&bias->total);

      add_cell (self, (int) i + 1, 0, bias->observer, NULL);
      for (int column = 1; column <= 3; column++)
        {
          g_autofree char *text = g_strdup_printf ("%u", counts[column - 1]);

          add_cell (self, (int) i + 1, column, text, NULL);
        }
      add_cell (self, (int) i + 1, N_COLUMNS - 1, share, NULL);
    }
}

static void
fovea_shape_bias_totals_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (fovea_shape_bias_totals_parent_class)->dispose (object);
}

static void
fovea_shape_bias_totals_class_init (FoveaShapeBiasTotalsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = fovea_shape_bias_totals_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "shapebiastotals");
}

static GtkLabel *
make_label (GtkWidget *parent, const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, class);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (parent), label);
  return GTK_LABEL (label);
}

static void
add_panel (FoveaShapeBiasTotals *self, guint side)
{
  Panel *panel = &self->panels[side];
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *dot = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign", GTK_ALIGN_CENTER, NULL);

  panel->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_add_css_class (dot, "side-dot");
  gtk_widget_add_css_class (dot, fovea_side_get_name (side));
  panel->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (panel->name, PANGO_ELLIPSIZE_START);
  gtk_widget_add_css_class (GTK_WIDGET (panel->name), "heading");
  gtk_box_append (GTK_BOX (header), dot);
  gtk_box_append (GTK_BOX (header), GTK_WIDGET (panel->name));
  gtk_box_append (GTK_BOX (panel->box), header);
  panel->verdict = make_label (panel->box, "title-4");
  panel->counts = make_label (panel->box, "body");
  panel->operated = make_label (panel->box, "body");
  panel->left_out = make_label (panel->box, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (panel->left_out), "dim-label");
  gtk_widget_set_parent (panel->box, GTK_WIDGET (self));
}

static void
fovea_shape_bias_totals_init (FoveaShapeBiasTotals *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 18);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    add_panel (self, side);
  self->table_title = gtk_label_new ("Other observers");
  gtk_label_set_xalign (GTK_LABEL (self->table_title), 0);
  gtk_widget_add_css_class (self->table_title, "heading");
  self->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->table, 12);
  gtk_grid_set_row_spacing (self->table, 2);
  gtk_box_append (GTK_BOX (box), self->table_title);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->table));
  self->problems = make_label (box, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->problems), "warning");
  gtk_widget_set_parent (box, GTK_WIDGET (self));
}

/**
 * fovea_shape_bias_totals_update:
 * @rule: how the classes of a category are put together
 *
 * Says what is known now.
 */
void
fovea_shape_bias_totals_update (FoveaShapeBiasTotals *self, FoveaNetworkPair *pair, FoveaShapeBiasResults *results, FoveaCategoryRule rule, FoveaShapeBiasObservers *observers)
{
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (FoveaObserver));
  g_autofree char *problems = NULL;

  g_return_if_fail (FOVEA_IS_SHAPE_BIAS_TOTALS (self));

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      Panel *panel = &self->panels[side];

      gtk_widget_set_visible (panel->box, fovea_network_pair_has_side (pair, side));
      if (!fovea_network_pair_has_side (pair, side))
        continue;
      gtk_label_set_label (panel->name, fovea_network_get_name (fovea_network_pair_get_network (pair, side)));
      show_panel (panel, fovea_shape_bias_results_get (results, side, FALSE, rule), fovea_shape_bias_results_get_error (results, side, FALSE));
      show_operated (panel, fovea_shape_bias_results_get (results, side, TRUE, rule), fovea_shape_bias_results_get_error (results, side, TRUE));
    }
  if (observers != NULL)
    {
      fovea_shape_bias_observers_list (observers, others);
      problems = fovea_shape_bias_observers_describe_problems (observers);
    }
  show_table (self, others);
  set_label (self->problems, problems);
}

/**
 * fovea_shape_bias_totals_get_words:
 *
 * Returns: (transfer full): what is said of a network, a line for each thing
 */
char *
fovea_shape_bias_totals_get_words (FoveaShapeBiasTotals *self, FoveaSide side)
{
  const Panel *panel;

  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_TOTALS (self), NULL);
  panel = &self->panels[side];
  return g_strjoin ("\n", gtk_label_get_label (panel->verdict), gtk_label_get_label (panel->counts), gtk_label_get_label (panel->operated),
                    gtk_label_get_label (panel->left_out), NULL);
}

/**
 * fovea_shape_bias_totals_get_problems:
 *
 * Returns: (transfer none): what was wrong with files of trials; empty where nothing was
 */
const char *
fovea_shape_bias_totals_get_problems (FoveaShapeBiasTotals *self)
{
  g_return_val_if_fail (FOVEA_IS_SHAPE_BIAS_TOTALS (self), NULL);
  return gtk_label_get_label (self->problems);
}
