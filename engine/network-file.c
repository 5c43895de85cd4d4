/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/network.h"

#include <string.h>

#include "engine/formats/native.h"
#include "engine/formats/onnx.h"
#include "engine/formats/pytorch.h"
#include "engine/formats/safetensors.h"
#include "engine/labels.h"
#include "engine/read-file.h"

/* How much of a file decides what it is; a tar archive says so at byte 257. */
#define HEAD_BYTES 512

/* The file's name without its ending; `.pth.tar` is one. */
static char *
get_name_from_path (const char *path)
{
  char *name = g_path_get_basename (path);
  char *ending;

  if (g_str_has_suffix (name, ".tar"))
    name[strlen (name) - strlen (".tar")] = '\0';
  ending = strrchr (name, '.');
  if (ending != NULL && ending != name)
    *ending = '\0';
  return name;
}

/* The class names for a network's outputs: the caller's file, ImageNet's where there are as many, or none. */
static gboolean
read_classes (const char *path,
              gint64 n_classes,
              GStrv *classes,
              GError **error)
{
  if (path != NULL)
    {
      *classes = fovea_labels_read (path, error);
      if (*classes == NULL)
        return FALSE;
      if ((gint64) g_strv_length (*classes) == n_classes)
        return TRUE;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: names %u classes, but the network has %" G_GINT64_FORMAT, path,
                   g_strv_length (*classes), n_classes);
      return FALSE;
    }
  *classes = n_classes == 1000 ? fovea_labels_read_imagenet () : g_new0 (char *, 1);
  return TRUE;
}

/* The file's class names, unless the caller has others. */
static FoveaNetwork *
build_native (const FoveaStateDict *state_dict,
              const FoveaNetworkOptions *options,
              const char *name,
              const char *path,
              const char *sha256,
              GError **error)
{
  g_autoptr (FoveaNetwork) network = NULL;
  g_auto (GStrv) classes = NULL;
  FoveaGraph *graph;

  network = fovea_native_build (state_dict, options, name, path, sha256, error);
  if (network == NULL || options->labels == NULL)
    return g_steal_pointer (&network);

  graph = fovea_network_get_graph (network);
  if (!read_classes (options->labels, fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels, &classes, error))
    return NULL;
  return fovea_network_new (graph, &(FoveaNetworkInfo) {
                                     .name = name,
                                     .architecture = fovea_network_get_architecture (network),
                                     .training = fovea_network_get_training (network),
                                     .format = FOVEA_NETWORK_FORMAT_NATIVE,
                                     .path = path,
                                     .sha256 = sha256,
                                     .classes = (const char *const *) classes,
                                     .resize = fovea_network_get_resize (network),
                                   });
}

/* Everything that is no file of Fovea's own: the graph and what was recognized, with the class names. */
static FoveaNetwork *
build_recognized (FoveaGraph *graph,
                  FoveaNetworkFormat format,
                  const FoveaArchitectureInfo *info,
                  const FoveaNetworkOptions *options,
                  const char *name,
                  const char *path,
                  const char *sha256,
                  GError **error)
{
  g_auto (GStrv) classes = NULL;

  if (!read_classes (options->labels, info->n_classes, &classes, error))
    return NULL;
  return fovea_network_new (graph, &(FoveaNetworkInfo) {
                                     .name = name,
                                     .architecture = info->name,
                                     .training = info->training[0] != '\0' ? info->training : options->training,
                                     .notes = info->notes,
                                     .format = format,
                                     .path = path,
                                     .sha256 = sha256,
                                     .classes = (const char *const *) classes,
                                     .resize = info->resize,
                                   });
}

/**
 * fovea_network_load_with_options:
 * @path: a file of any readable format: Fovea's own, a PyTorch checkpoint, a state dict as safetensors, or an ONNX
 *   model; its contents say which, not its name
 * @options: (nullable): what the caller knows better than the file
 * @error: as fovea_map_file(), otherwise what is wrong with it or with the options
 *
 * Maps the file, whose pages the weights share where they can; it must not be changed in place while the network
 * lives. Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_network_load_with_options (const char *path,
                                 const FoveaNetworkOptions *options,
                                 GError **error)
{
  static const FoveaNetworkOptions no_options = { 0 };
  FoveaNetworkFormat format;
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (FoveaStateDict) state_dict = NULL;
  g_autoptr (FoveaGraph) graph = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *name = get_name_from_path (path);
  g_autoptr (GBytes) bytes = fovea_map_file (path, error);
  const guint8 *head;
  gsize size;

  if (bytes == NULL)
    return NULL;

  if (options == NULL)
    options = &no_options;
  if (options->name != NULL)
    {
      g_free (name);
      name = g_strdup (options->name);
    }
  head = g_bytes_get_data (bytes, &size);
  size = MIN (size, HEAD_BYTES);
  if (fovea_onnx_is_onnx (head, size))
    {
      format = FOVEA_NETWORK_FORMAT_ONNX;
      graph = fovea_onnx_read (path, &options->architecture, &info, error);
      if (graph == NULL)
        return NULL;
    }
  else
    {
      format = fovea_pytorch_is_pytorch (head, size) ? FOVEA_NETWORK_FORMAT_PYTORCH : FOVEA_NETWORK_FORMAT_SAFETENSORS;
      state_dict = format == FOVEA_NETWORK_FORMAT_PYTORCH ? fovea_pytorch_read (path, error) : fovea_safetensors_read (path, error);
      if (state_dict == NULL)
        return NULL;
    }
  if (!options->without_sha256)
    sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (state_dict != NULL && fovea_native_is_native (state_dict))
    return build_native (state_dict, options, name, path, sha256, error);
  if (state_dict != NULL)
    {
      graph = fovea_architecture_build (state_dict, &options->architecture, &info, error);
      if (graph == NULL)
        {
          g_prefix_error (error, "%s: ", path);
          return NULL;
        }
    }
  return build_recognized (graph, format, &info, options, name, path, sha256, error);
}

/**
 * fovea_network_load:
 * @path: a file of any readable format
 * @error: as fovea_network_load_with_options()
 *
 * Loads a network as its file says. Any thread.
 *
 * Returns: (transfer full): the network, or %NULL
 */
FoveaNetwork *
fovea_network_load (const char *path,
                    GError **error)
{
  return fovea_network_load_with_options (path, NULL, error);
}
