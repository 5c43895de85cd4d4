/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/search.h"

/* The layer of that name, else the first whose name begins with it.
 *
 * Returns: (transfer full) (nullable) */
static FoveaLayer *
find_layer (GListModel *layers,
            const char *name)
{
  g_autoptr (FoveaLayer) beginning = NULL;

  if (*name == '\0')
    return NULL;
  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (layers, i);
      const char *candidate = fovea_layer_get_name (layer);

      if (g_ascii_strcasecmp (candidate, name) == 0)
        return g_steal_pointer (&layer);
      if (beginning == NULL && g_ascii_strncasecmp (candidate, name, strlen (name)) == 0)
        beginning = g_object_ref (layer);
    }
  return g_steal_pointer (&beginning);
}

static gboolean
parse_channel (const char *text,
               FoveaLayer *layer,
               guint *channel)
{
  guint64 value;

  if (layer == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &value, NULL) ||
      value >= fovea_layer_get_n_channels (layer))
    return FALSE;
  *channel = (guint) value;
  return TRUE;
}

/**
 * fovea_search_parse:
 * @search: (out): what is meant; to be cleared
 * @text: what was typed
 * @layers: (element-type FoveaLayer): the pair's layers
 * @current: (nullable): the layer that is shown
 *
 * Understands a channel's number (`42`), a layer's name or its beginning (`conv3`), a neuron
 * (`conv3:42`), and for layers whose channels are classes a part of a class's name. Layers' names
 * may hold colons: the last one counts.
 */
void
fovea_search_parse (FoveaSearch *search,
                    const char *text,
                    GListModel *layers,
                    FoveaLayer *current)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  const char *colon = strrchr (stripped, ':');

  *search = (FoveaSearch) { 0 };

  if (colon != NULL)
    {
      g_autofree char *name = g_strndup (stripped, (gsize) (colon - stripped));

      search->layer = find_layer (layers, name);
      search->has_channel = parse_channel (colon + 1, search->layer, &search->channel);
      /* Where another layer is named, this one's tiles are not narrowed down. */
      search->filter = g_strdup (search->layer == NULL ? stripped : search->layer == current ? colon + 1 : "");
      return;
    }

  search->has_channel = parse_channel (stripped, current, &search->channel);
  if (!search->has_channel)
    search->layer = find_layer (layers, stripped);
  search->filter = g_strdup (search->layer != NULL ? "" : stripped);
}

/**
 * fovea_search_clear:
 * @search: a search
 *
 * Releases what it holds.
 */
void
fovea_search_clear (FoveaSearch *search)
{
  g_clear_object (&search->layer);
  g_clear_pointer (&search->filter, g_free);
}
