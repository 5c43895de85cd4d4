/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/network-pair.h"

#include "engine/library.h"

/**
 * FoveaNetworkPair:
 *
 * Immutable; any number of threads may use it.
 */
struct _FoveaNetworkPair {
  GObject parent_instance;

  char *name;
  gboolean single; /* whether there is one network only, which then has both places */
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
 * fovea_network_pair_new_single:
 * @network: a network
 *
 * For a network that is shown by itself. Who knows nothing of that finds it on both sides; who does leaves out the side
 * that fovea_network_pair_has_side() denies.
 *
 * Returns: (transfer full): a pair that is called as the network is
 */
FoveaNetworkPair *
fovea_network_pair_new_single (FoveaNetwork *network)
{
  FoveaNetworkPair *self = fovea_network_pair_new (fovea_network_get_name (network), network, network);

  self->single = TRUE;
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

/**
 * fovea_network_pair_has_side:
 * @self: a pair
 * @side: which of the two
 *
 * Returns: %FALSE for the robust side of a network that is shown by itself
 */
gboolean
fovea_network_pair_has_side (FoveaNetworkPair *self,
                             FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_PAIR (self) && (guint) side < FOVEA_N_SIDES, FALSE);
  return side == FOVEA_SIDE_STANDARD || !self->single;
}

static gboolean
is_in_a_pair (GPtrArray *pairs,
              const char *name)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      const FoveaLibraryPair *pair = pairs->pdata[i];

      if (g_str_equal (pair->standard, name) || g_str_equal (pair->robust, name) || g_str_equal (pair->name, name))
        return TRUE;
    }
  return FALSE;
}

/**
 * fovea_network_pair_list_names:
 *
 * Returns: (transfer full): what fovea_network_pair_open() opens: the library's pairs, then the networks that are in none
 */
GStrv
fovea_network_pair_list_names (void)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < pairs->len; i++)
    g_strv_builder_add (names, ((const FoveaLibraryPair *) pairs->pdata[i])->name);
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (!is_in_a_pair (pairs, entry->name))
        g_strv_builder_add (names, entry->name);
    }
  return g_strv_builder_end (names);
}

/**
 * fovea_network_pair_open:
 * @name: as fovea_network_pair_list_names() gives it
 * @error: as fovea_library_open_pair() or fovea_library_open()
 *
 * Reads the networks. Any thread.
 *
 * Returns: (transfer full): the pair, or %NULL with @error set
 */
FoveaNetworkPair *
fovea_network_pair_open (const char *name,
                         GError **error)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  g_autoptr (FoveaNetwork) standard = NULL;
  g_autoptr (FoveaNetwork) robust = NULL;

  for (guint i = 0; i < pairs->len; i++)
    if (g_str_equal (((const FoveaLibraryPair *) pairs->pdata[i])->name, name))
      {
        if (!fovea_library_open_pair (name, &standard, &robust, error))
          return NULL;
        return fovea_network_pair_new (name, standard, robust);
      }
  standard = fovea_library_open (name, error);
  return standard != NULL ? fovea_network_pair_new_single (standard) : NULL;
}
