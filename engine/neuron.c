/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network.h"

#include <string.h>

static gboolean
parse_number (const char *text,
              gint64 *value)
{
  guint64 parsed;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &parsed, NULL))
    return FALSE;
  *value = (gint64) parsed;
  return TRUE;
}

/* Splits LAYER:CHANNEL or LAYER:CHANNEL:Y,X from its end, since a layer's name may contain colons. */
static gboolean
split_address (const char *address,
               char **layer,
               FoveaNeuron *neuron)
{
  g_autofree char *rest = g_strdup (address);
  char *colon = strrchr (rest, ':');
  char *comma;

  neuron->y = neuron->x = -1;
  if (colon == NULL)
    return FALSE;
  comma = strchr (colon + 1, ',');
  if (comma != NULL)
    {
      *comma = '\0';
      if (!parse_number (colon + 1, &neuron->y) || !parse_number (comma + 1, &neuron->x))
        return FALSE;
      *colon = '\0';
      colon = strrchr (rest, ':');
      if (colon == NULL)
        return FALSE;
    }
  if (!parse_number (colon + 1, &neuron->channel) || colon == rest)
    return FALSE;
  *colon = '\0';
  *layer = g_steal_pointer (&rest);
  return TRUE;
}

/**
 * fovea_neuron_parse:
 * @network: the network
 * @address: LAYER:CHANNEL or LAYER:CHANNEL:Y,X
 * @neuron: (out): the neuron
 * @error: %FOVEA_ERROR_ARGUMENT for an address of another form, %FOVEA_ERROR_NOT_FOUND for a layer,
 *   channel or position that the network does not have at its own input size
 *
 * Returns: whether the network has this neuron. Any thread.
 */
gboolean
fovea_neuron_parse (const FoveaNetwork *network,
                    const char *address,
                    FoveaNeuron *neuron,
                    GError **error)
{
  g_autofree char *layer = NULL;
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *shape;

  if (!split_address (address, &layer, neuron))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "'%s' is no neuron: write LAYER:CHANNEL or LAYER:CHANNEL:Y,X, such as conv3:42", address);
      return FALSE;
    }
  if (!fovea_graph_find (graph, layer, &neuron->layer, error))
    {
      g_prefix_error (error, "%s: ", fovea_network_get_name (network));
      return FALSE;
    }

  shape = fovea_graph_get_shape (graph, (guint) neuron->layer);
  if (neuron->channel >= shape->channels)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "%s: there is no neuron '%s': the channels of %s go from 0 to %" G_GINT64_FORMAT,
                   fovea_network_get_name (network), address, layer, shape->channels - 1);
      return FALSE;
    }
  if (neuron->y >= shape->height || neuron->x >= shape->width)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "%s: there is no neuron '%s': the positions of %s go from 0,0 to %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT,
                   fovea_network_get_name (network), address, layer, shape->height - 1, shape->width - 1);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_neuron_format:
 * @network: the network
 * @neuron: one of its neurons
 *
 * Returns: (transfer full): its address, which fovea_neuron_parse() reads. Any thread.
 */
char *
fovea_neuron_format (const FoveaNetwork *network,
                     const FoveaNeuron *neuron)
{
  const char *layer = fovea_graph_get_node (fovea_network_get_graph (network), (guint) neuron->layer)->name;

  if (neuron->y < 0)
    return g_strdup_printf ("%s:%" G_GINT64_FORMAT, layer, neuron->channel);
  return g_strdup_printf ("%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, layer, neuron->channel, neuron->y, neuron->x);
}
