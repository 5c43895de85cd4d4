/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/surgery.h"

#include "engine/surgery.h"

static FoveaNetwork *
operate (FoveaNetwork *network, FoveaSurgery surgery, char *const *addresses, GError **error)
{
  g_autoptr (GArray) neurons = g_array_new (FALSE, FALSE, sizeof (FoveaNeuron));

  for (guint i = 0; addresses[i]; i++)
    {
      FoveaNeuron neuron;

      if (!fovea_neuron_parse (network, addresses[i], &neuron, error))
        {
          g_prefix_error (error, "%s: ", fovea_network_get_name (network));
          return NULL;
        }
      g_array_append_val (neurons, neuron);
    }
  return fovea_network_operate (network, surgery, neurons->len, (const FoveaNeuron *) (const void *) neurons->data, error);
}

/**
 * fovea_surgery_add_networks:
 * @networks: (element-type FoveaNetwork): those to operate on; the operated ones come after them
 * @without: (nullable): addresses of channels to switch off
 * @only: (nullable): addresses of channels that stay alone in their layers
 *
 * Where both are given, there is a network for each.
 *
 * Errors: as fovea_neuron_parse() and fovea_network_operate()
 */
gboolean
fovea_surgery_add_networks (GPtrArray *networks, char *const *without, char *const *only, GError **error)
{
  const guint n_networks = networks->len;
  char *const *const sets[] = { [FOVEA_SURGERY_REMOVE] = without, [FOVEA_SURGERY_KEEP] = only };

  for (guint surgery = 0; surgery < G_N_ELEMENTS (sets); surgery++)
    for (guint n = 0; sets[surgery] && n < n_networks; n++)
      {
        FoveaNetwork *operated = operate (networks->pdata[n], surgery, sets[surgery], error);

        if (!operated)
          return FALSE;
        g_ptr_array_add (networks, operated);
      }
  return TRUE;
}
