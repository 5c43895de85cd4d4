/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network.h"

struct _FoveaNetwork {
  gatomicrefcount references;
  FoveaGraph *graph;
  char *name;
  char *architecture;
  char *training;
  char *path;
  char *sha256;
  GStrv classes;
  gint64 resize;
};

/**
 * fovea_network_new:
 * @graph: a finished graph, of which a reference is taken
 * @info: what else is known; copied
 *
 * Returns: (transfer full): the network. Any thread.
 */
FoveaNetwork *
fovea_network_new (FoveaGraph *graph,
                   const FoveaNetworkInfo *info)
{
  FoveaNetwork *self = g_new0 (FoveaNetwork, 1);

  g_atomic_ref_count_init (&self->references);
  self->graph = fovea_graph_ref (graph);
  self->name = g_strdup (info->name);
  self->architecture = g_strdup (info->architecture != NULL ? info->architecture : "");
  self->training = g_strdup (info->training != NULL ? info->training : "");
  self->path = g_strdup (info->path);
  self->sha256 = g_strdup (info->sha256 != NULL ? info->sha256 : "");
  self->classes = info->classes != NULL ? g_strdupv ((char **) info->classes) : g_new0 (char *, 1);
  self->resize = info->resize;
  return self;
}

/**
 * fovea_network_ref:
 *
 * Returns: (transfer full): @network. Any thread.
 */
FoveaNetwork *
fovea_network_ref (FoveaNetwork *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_network_unref:
 *
 * Gives a reference back. Any thread.
 */
void
fovea_network_unref (FoveaNetwork *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  fovea_graph_unref (self->graph);
  g_free (self->name);
  g_free (self->architecture);
  g_free (self->training);
  g_free (self->path);
  g_free (self->sha256);
  g_strfreev (self->classes);
  g_free (self);
}

/**
 * fovea_network_get_graph:
 *
 * Returns: (transfer none): the network's computation
 */
FoveaGraph *
fovea_network_get_graph (const FoveaNetwork *self)
{
  return self->graph;
}

/**
 * fovea_network_get_name:
 *
 * Returns: (transfer none): what people call it
 */
const char *
fovea_network_get_name (const FoveaNetwork *self)
{
  return self->name;
}

/**
 * fovea_network_get_architecture:
 *
 * Returns: (transfer none): the architecture's name, empty where unknown
 */
const char *
fovea_network_get_architecture (const FoveaNetwork *self)
{
  return self->architecture;
}

/**
 * fovea_network_get_training:
 *
 * Returns: (transfer none): how it was trained, empty where unknown
 */
const char *
fovea_network_get_training (const FoveaNetwork *self)
{
  return self->training;
}

/**
 * fovea_network_get_path:
 *
 * Returns: (transfer none) (nullable): the file it came from
 */
const char *
fovea_network_get_path (const FoveaNetwork *self)
{
  return self->path;
}

/**
 * fovea_network_get_sha256:
 *
 * Returns: (transfer none): the SHA-256 of the file it came from, empty where there is none
 */
const char *
fovea_network_get_sha256 (const FoveaNetwork *self)
{
  return self->sha256;
}

/**
 * fovea_network_get_classes:
 *
 * Returns: (transfer none) (array zero-terminated=1): the class names, none where unknown
 */
const char *const *
fovea_network_get_classes (const FoveaNetwork *self)
{
  return (const char *const *) self->classes;
}

/**
 * fovea_network_get_n_classes:
 *
 * Returns: number of class names
 */
guint
fovea_network_get_n_classes (const FoveaNetwork *self)
{
  return g_strv_length (self->classes);
}

/**
 * fovea_network_get_resize:
 *
 * Returns: the length to which an image's shorter side is resized before the input is cropped from its centre
 */
gint64
fovea_network_get_resize (const FoveaNetwork *self)
{
  return self->resize;
}

/**
 * fovea_network_get_weight_bytes:
 *
 * Returns: bytes of all parameters, those that nodes share counted once
 */
gsize
fovea_network_get_weight_bytes (const FoveaNetwork *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  gsize bytes = 0;

  for (guint i = 0; i < fovea_graph_get_n_nodes (self->graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (self->graph, i);
      GHashTableIter iter;
      gpointer tensor;

      if (node->parameters == NULL)
        continue;
      g_hash_table_iter_init (&iter, node->parameters);
      while (g_hash_table_iter_next (&iter, NULL, &tensor))
        if (g_hash_table_add (seen, tensor))
          bytes += ((FoveaTensor *) tensor)->n_elements * sizeof (float);
    }
  return bytes;
}
