/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/counterpart-button.h"

#include "ui/application.h"

struct _FoveaCounterpartButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;

  FoveaLayerScans *scans; /* nullable: then channels of the same index are compared */
  char *matching;         /* how the robust network's channel is found: `same`, `best` or `one-to-one` */
};

G_DEFINE_FINAL_TYPE (FoveaCounterpartButton, fovea_counterpart_button, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_scans_changed (FoveaCounterpartButton *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
choose_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaCounterpartButton *self = FOVEA_COUNTERPART_BUTTON (widget);
  FoveaSettings *settings = fovea_application_get_settings ();

  g_free (self->matching);
  self->matching = g_variant_dup_string (parameter, NULL);
  if (settings != NULL)
    fovea_settings_set_string (settings, "counterpart", self->matching);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fovea_counterpart_button_dispose (GObject *object)
{
  FoveaCounterpartButton *self = FOVEA_COUNTERPART_BUTTON (object);

  g_clear_pointer ((GtkWidget **) &self->button, gtk_widget_unparent);
  if (self->scans != NULL)
    g_signal_handlers_disconnect_by_data (self->scans, self);
  g_clear_object (&self->scans);
  G_OBJECT_CLASS (fovea_counterpart_button_parent_class)->dispose (object);
}

static void
fovea_counterpart_button_finalize (GObject *object)
{
  g_free (FOVEA_COUNTERPART_BUTTON (object)->matching);
  G_OBJECT_CLASS (fovea_counterpart_button_parent_class)->finalize (object);
}

static void
fovea_counterpart_button_class_init (FoveaCounterpartButtonClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_counterpart_button_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_counterpart_button_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_COUNTERPART_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (class), "counterpart.choose", "s", choose_action);
}

static void
fovea_counterpart_button_init (FoveaCounterpartButton *self)
{
  self->matching = g_strdup ("same");
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_always_show_arrow (self->button, TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button),
                               "Which channel of the robust network is compared with this one; matches need a scan of the layer in Top patches");
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

/**
 * fovea_counterpart_button_set_scans:
 * @self: a button without scans
 * @scans: what is known of the layer on the current image set
 */
void
fovea_counterpart_button_set_scans (FoveaCounterpartButton *self, FoveaLayerScans *scans)
{
  FoveaSettings *settings = fovea_application_get_settings ();
  g_autofree char *matching = settings != NULL ? fovea_settings_get_string (settings, "counterpart") : NULL;

  g_return_if_fail (FOVEA_IS_COUNTERPART_BUTTON (self) && self->scans == NULL && FOVEA_IS_LAYER_SCANS (scans));

  self->scans = g_object_ref (scans);
  if (g_strcmp0 (matching, "best") == 0 || g_strcmp0 (matching, "one-to-one") == 0)
    {
      g_free (self->matching);
      self->matching = g_steal_pointer (&matching);
    }
  g_signal_connect_object (scans, "changed", G_CALLBACK (on_scans_changed), self, G_CONNECT_SWAPPED);
}

/* The robust network's channel that is compared with @channel in one way; -1 where that is not known. */
static int
find (FoveaCounterpartButton *self, const char *matching, guint channel, double *correlation)
{
  const FoveaMatch *match;
  int found;

  if (g_str_equal (matching, "same"))
    return (int) channel;
  match = self->scans != NULL ? fovea_layer_scans_get_match (self->scans) : NULL;
  if (match == NULL || channel >= match->n_first)
    return -1;
  found = g_str_equal (matching, "best") ? match->best[channel] : match->assigned[channel];
  if (found >= 0)
    *correlation = (double) match->correlations[(gsize) channel * match->n_second + (guint) found];
  return found;
}

static GMenu *
create_menu (FoveaCounterpartButton *self, guint channel)
{
  static const char *const ways[][2] = { { "same", "same index" }, { "best", "best match" }, { "one-to-one", "one-to-one match" } };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      double correlation = 0;
      int found = find (self, ways[i][0], channel, &correlation);
      g_autofree char *action = found >= 0 ? g_strdup_printf ("counterpart.choose::%s", ways[i][0]) : g_strdup ("counterpart.none");
      g_autoptr (GString) text = g_string_new (g_str_equal (ways[i][0], self->matching) ? "✓ " : "");

      g_string_append (text, ways[i][1]);
      if (found >= 0 && i > 0)
        g_string_append_printf (text, " %d (r = %.2f)", found, correlation);
      else if (found >= 0)
        g_string_append_printf (text, " %d", found);
      else
        g_string_append (text, fovea_layer_scans_get_state (self->scans) == FOVEA_SCANS_COMPLETE ? ": none" : ": scan the layer first");
      g_menu_append (menu, text->str, action);
    }
  return menu;
}

/**
 * fovea_counterpart_button_show:
 * @pair: (nullable): the networks
 * @channels: the standard network's channel, and the robust one's that is compared with it
 */
void
fovea_counterpart_button_show (FoveaCounterpartButton *self, FoveaNetworkPair *pair, const guint channels[FOVEA_N_SIDES])
{
  g_autoptr (GMenu) menu = NULL;
  g_autofree char *label = NULL;
  g_autofree char *spoken = NULL;
  gboolean visible;

  g_return_if_fail (FOVEA_IS_COUNTERPART_BUTTON (self));

  visible = self->scans != NULL && pair != NULL && fovea_network_pair_has_side (pair, FOVEA_SIDE_STANDARD) && fovea_network_pair_has_side (pair, FOVEA_SIDE_ROBUST);
  gtk_widget_set_visible (GTK_WIDGET (self), visible);
  if (!visible)
    return;
  menu = create_menu (self, channels[FOVEA_SIDE_STANDARD]);
  label = g_strdup_printf ("↔ robust %u", channels[FOVEA_SIDE_ROBUST]);
  spoken = g_strdup_printf ("Compared with channel %u of the robust network", channels[FOVEA_SIDE_ROBUST]);
  gtk_menu_button_set_label (self->button, label);
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * fovea_counterpart_button_find:
 * @channel: the standard network's
 *
 * Returns: the robust network's channel that corresponds to it in the way that people chose; -1 where that is not known
 */
int
fovea_counterpart_button_find (FoveaCounterpartButton *self, guint channel)
{
  double correlation;

  g_return_val_if_fail (FOVEA_IS_COUNTERPART_BUTTON (self), -1);
  return find (self, self->matching, channel, &correlation);
}
