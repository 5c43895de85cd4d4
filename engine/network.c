/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network.h"

struct _FoveaNetwork {
  gatomicrefcount references;
  FoveaGraph *graph;
  char *name;
  char *architecture;
  char *training;
  char *notes;
  FoveaNetworkFormat format;
  char *path;
  char *sha256;
  char *fingerprint;
  GStrv classes;
  gint64 resize;
};

/* The file alone does not say what a network computes: how it was opened counts too. */
static char *
compute_fingerprint (const FoveaGraph *graph,
                     const FoveaNetworkInfo *info)
{
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (GString) text = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (info->sha256 == NULL || info->sha256[0] == '\0')
    return g_strdup ("");
  g_string_append_printf (text, "%s %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, info->sha256,
                          info->architecture != NULL ? info->architecture : "", input->channels, input->height, input->width, info->resize);
  for (gint64 i = 0; i < input->channels; i++)
    {
      g_string_append_printf (text, " %s", g_ascii_dtostr (number, sizeof number, fovea_graph_get_mean (graph)[i]));
      g_string_append_printf (text, " %s", g_ascii_dtostr (number, sizeof number, fovea_graph_get_std (graph)[i]));
    }
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

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
  self->notes = g_strdup (info->notes != NULL ? info->notes : "");
  self->format = info->format;
  self->path = g_strdup (info->path);
  self->sha256 = g_strdup (info->sha256 != NULL ? info->sha256 : "");
  self->fingerprint = compute_fingerprint (graph, info);
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
  g_free (self->notes);
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->fingerprint);
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
 * fovea_network_get_notes:
 *
 * Returns: (transfer none): what else people should know of how the file was understood, whole sentences; empty where
 *   there is nothing to say
 */
const char *
fovea_network_get_notes (const FoveaNetwork *self)
{
  return self->notes;
}

/**
 * fovea_network_get_format:
 *
 * Returns: the format of the file it came from
 */
FoveaNetworkFormat
fovea_network_get_format (const FoveaNetwork *self)
{
  return self->format;
}

/**
 * fovea_network_format_describe:
 * @format: a format
 *
 * Returns: (transfer none): what people call it
 */
const char *
fovea_network_format_describe (FoveaNetworkFormat format)
{
  switch (format)
    {
    case FOVEA_NETWORK_FORMAT_NATIVE:
      return "Fovea network";
    case FOVEA_NETWORK_FORMAT_SAFETENSORS:
      return "safetensors state dict";
    case FOVEA_NETWORK_FORMAT_PYTORCH:
      return "PyTorch checkpoint";
    case FOVEA_NETWORK_FORMAT_ONNX:
      return "ONNX model";
    case FOVEA_NETWORK_FORMAT_NONE:
    default:
      return "network in memory";
    }
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
 * fovea_network_get_fingerprint:
 *
 * One file opened with other options computes something else: with another normalization or input size it has another
 * fingerprint, as a file with another content has. Class names do not matter. Results are kept by it.
 *
 * Returns: (transfer none): 64 hexadecimal digits, empty where the network came from no file
 */
const char *
fovea_network_get_fingerprint (const FoveaNetwork *self)
{
  return self->fingerprint;
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
 * fovea_network_get_n_outputs:
 *
 * Returns: number of channels of the last layer, which are a classifier's classes whether they have names or not
 */
gint64
fovea_network_get_n_outputs (const FoveaNetwork *self)
{
  return fovea_graph_get_shape (self->graph, (guint) fovea_graph_get_output (self->graph))->channels;
}

/**
 * fovea_network_find_class:
 * @text: a class' name, or its index in decimal
 * @index: (out): its index
 *
 * Returns: whether there is such a class; if not, @error is %FOVEA_ERROR_NOT_FOUND
 */
gboolean
fovea_network_find_class (const FoveaNetwork *self,
                          const char *text,
                          gint64 *index,
                          GError **error)
{
  gint64 n_outputs = fovea_network_get_n_outputs (self);

  for (guint i = 0; self->classes[i] != NULL; i++)
    if (g_str_equal (self->classes[i], text))
      {
        *index = i;
        return TRUE;
      }
  if (g_ascii_string_to_signed (text, 10, 0, n_outputs - 1, index, NULL))
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
               "%s: there is no class '%s'; give a class' name, or its index from 0 to %" G_GINT64_FORMAT,
               self->name, text, n_outputs - 1);
  return FALSE;
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
