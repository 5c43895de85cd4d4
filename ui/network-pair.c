/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/network-pair.h"

#include "engine/error.h"
#include "engine/library.h"

/**
 * FoveaNetworkPair:
 *
 * Immutable; any number of threads may use it.
 */
struct _FoveaNetworkPair {
  GObject parent_instance;

  char *name;
  FoveaNetwork *networks[FOVEA_N_SIDES];
};

G_DEFINE_FINAL_TYPE (FoveaNetworkPair, fovea_network_pair, G_TYPE_OBJECT)

static const char *const side_names[FOVEA_N_SIDES] = { "standard", "robust" };

static void
fovea_network_pair_finalize (GObject *object)
{
  FoveaNetworkPair *self = FOVEA_NETWORK_PAIR (object);

  g_clear_pointer (&self->name, g_free);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->networks[side], fovea_network_unref);

  G_OBJECT_CLASS (fovea_network_pair_parent_class)->finalize (object);
}

static void
fovea_network_pair_class_init (FoveaNetworkPairClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_network_pair_finalize;
}

static void
fovea_network_pair_init (FoveaNetworkPair *self)
{
}

/**
 * fovea_side_get_name:
 * @side: a side
 *
 * Returns: `standard` or `robust`
 */
const char *
fovea_side_get_name (FoveaSide side)
{
  g_return_val_if_fail ((guint) side < FOVEA_N_SIDES, NULL);
  return side_names[side];
}

/**
 * fovea_network_pair_new:
 * @name: what people call the pair
 * @standard: the standard network
 * @robust: its adversarially trained twin
 *
 * Returns: (transfer full): a pair that holds references to both networks
 */
FoveaNetworkPair *
fovea_network_pair_new (const char *name,
                        FoveaNetwork *standard,
                        FoveaNetwork *robust)
{
  FoveaNetworkPair *self;

  g_return_val_if_fail (name != NULL && standard != NULL && robust != NULL, NULL);

  self = g_object_new (FOVEA_TYPE_NETWORK_PAIR, NULL);
  self->name = g_strdup (name);
  self->networks[FOVEA_SIDE_STANDARD] = fovea_network_ref (standard);
  self->networks[FOVEA_SIDE_ROBUST] = fovea_network_ref (robust);
  return self;
}

/**
 * fovea_network_pair_get_name:
 * @self: a pair
 *
 * Returns: (transfer none): its name
 */
const char *
fovea_network_pair_get_name (FoveaNetworkPair *self)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_PAIR (self), NULL);
  return self->name;
}

/**
 * fovea_network_pair_get_network:
 * @self: a pair
 * @side: which of the two
 *
 * Returns: (transfer none): the network of that side
 */
FoveaNetwork *
fovea_network_pair_get_network (FoveaNetworkPair *self,
                                FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_PAIR (self) && (guint) side < FOVEA_N_SIDES, NULL);
  return self->networks[side];
}

static gboolean
library_has (GPtrArray *entries,
             const char *base,
             FoveaSide side)
{
  g_autofree char *name = g_strdup_printf ("%s-%s", base, side_names[side]);

  for (guint i = 0; i < entries->len; i++)
    if (g_strcmp0 (((const FoveaLibraryEntry *) g_ptr_array_index (entries, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

/**
 * fovea_network_pair_list_names:
 *
 * Two networks of the library are a pair when their names differ only in ending with `-standard` and
 * with `-robust`.
 *
 * Returns: (transfer full): the pairs' names, without that ending, in the library's order
 */
GStrv
fovea_network_pair_list_names (void)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *base = NULL;

      if (!g_str_has_suffix (entry->name, "-standard"))
        continue;
      base = g_strndup (entry->name, strlen (entry->name) - strlen ("-standard"));
      if (library_has (entries, base, FOVEA_SIDE_ROBUST))
        g_strv_builder_add (names, base);
    }
  return g_strv_builder_end (names);
}

/**
 * fovea_network_pair_open:
 * @name: a pair's name, as fovea_network_pair_list_names() gives it
 * @error: return location for an error
 *
 * Reads both networks; they must take images of one size. Any thread.
 *
 * Returns: (transfer full): the pair, or %NULL with @error set
 */
FoveaNetworkPair *
fovea_network_pair_open (const char *name,
                         GError **error)
{
  g_autoptr (FoveaNetwork) standard = NULL;
  g_autoptr (FoveaNetwork) robust = NULL;
  g_autofree char *standard_name = g_strconcat (name, "-standard", NULL);
  g_autofree char *robust_name = g_strconcat (name, "-robust", NULL);

  standard = fovea_library_open (standard_name, error);
  if (standard == NULL)
    return NULL;
  robust = fovea_library_open (robust_name, error);
  if (robust == NULL)
    return NULL;
  if (!fovea_shape_equal (fovea_graph_get_input_shape (fovea_network_get_graph (standard)),
                          fovea_graph_get_input_shape (fovea_network_get_graph (robust))))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%s and %s are no pair: they take images of different sizes", standard_name, robust_name);
      return NULL;
    }
  return fovea_network_pair_new (name, standard, robust);
}
