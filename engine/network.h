/* A graph with what belongs to it: preprocessing, class names, provenance.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "engine/architectures/architecture.h"
#include "engine/graph.h"

G_BEGIN_DECLS

/**
 * FoveaNetwork:
 *
 * Immutable once loaded, so any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaNetwork FoveaNetwork;

/**
 * FoveaNetworkFormat:
 * @FOVEA_NETWORK_FORMAT_NONE: made in memory
 * @FOVEA_NETWORK_FORMAT_NATIVE: Fovea's own
 * @FOVEA_NETWORK_FORMAT_SAFETENSORS: a state dict as safetensors
 * @FOVEA_NETWORK_FORMAT_PYTORCH: a PyTorch checkpoint
 * @FOVEA_NETWORK_FORMAT_ONNX: ONNX
 */
typedef enum {
  FOVEA_NETWORK_FORMAT_NONE,
  FOVEA_NETWORK_FORMAT_NATIVE,
  FOVEA_NETWORK_FORMAT_SAFETENSORS,
  FOVEA_NETWORK_FORMAT_PYTORCH,
  FOVEA_NETWORK_FORMAT_ONNX,
} FoveaNetworkFormat;

/**
 * FoveaNetworkInfo:
 * @name: what people call it, such as `alexnet-64-robust`
 * @architecture: such as `alexnet-64`; %NULL is unknown
 * @training: how it was trained, for people; %NULL is unknown
 * @notes: what else people should know of how the file was understood, sentences; %NULL is nothing
 * @format: of the file it came from
 * @path: (nullable): the file it came from
 * @sha256: (nullable): of that file, 64 hexadecimal digits; %NULL is unknown
 * @classes: (nullable): the class names, %NULL-terminated
 * @resize: the length to which an image's shorter side is resized before the input is cropped from its centre
 */
typedef struct {
  const char *name;
  const char *architecture;
  const char *training;
  const char *notes;
  FoveaNetworkFormat format;
  const char *path;
  const char *sha256;
  const char *const *classes;
  gint64 resize;
} FoveaNetworkInfo;

/**
 * FoveaNetworkOptions:
 * @architecture: architecture, input size and normalization; of these, Fovea's own files, which say the others
 *   themselves, take the normalization only
 * @labels: (nullable): a file with the class names, see fovea_labels_read(); %NULL is what the file says, or
 *   ImageNet's names for 1000 classes
 * @training: (nullable): how it was trained, used where the file does not say it
 * @name: (nullable): what the network is to be called; %NULL is as the file is
 * @without_sha256: leave the file's SHA-256 unknown, for who wants to know only what the network is: computing it reads
 *   the whole file
 *
 * All zero is a good beginning.
 */
typedef struct {
  FoveaArchitectureOptions architecture;
  const char *labels;
  const char *training;
  const char *name;
  gboolean without_sha256;
} FoveaNetworkOptions;

FoveaNetwork *fovea_network_load (const char *path, GError **error);
FoveaNetwork *fovea_network_load_with_options (const char *path, const FoveaNetworkOptions *options, GError **error);
FoveaNetwork *fovea_network_new (FoveaGraph *graph, const FoveaNetworkInfo *info);
FoveaNetwork *fovea_network_ref (FoveaNetwork *network);
void fovea_network_unref (FoveaNetwork *network);

FoveaGraph *fovea_network_get_graph (const FoveaNetwork *network);
const char *fovea_network_get_name (const FoveaNetwork *network);         /* alexnet-64-robust */
const char *fovea_network_get_architecture (const FoveaNetwork *network); /* alexnet-64 */
const char *fovea_network_get_training (const FoveaNetwork *network);     /* how it was trained, for people; may be "" */
const char *fovea_network_get_notes (const FoveaNetwork *network);        /* sentences; may be "" */
FoveaNetworkFormat fovea_network_get_format (const FoveaNetwork *network);
const char *fovea_network_format_describe (FoveaNetworkFormat format);    /* PyTorch checkpoint */
const char *fovea_network_get_path (const FoveaNetwork *network);         /* nullable */
const char *fovea_network_get_sha256 (const FoveaNetwork *network);       /* of the file, 64 hexadecimal digits */
const char *fovea_network_get_fingerprint (const FoveaNetwork *network);  /* of what it computes, 64 hexadecimal digits */
const char *const *fovea_network_get_classes (const FoveaNetwork *network); /* NULL-terminated, may be empty */
guint fovea_network_get_n_classes (const FoveaNetwork *network);
gint64 fovea_network_get_n_outputs (const FoveaNetwork *network); /* named or not */
gboolean fovea_network_find_class (const FoveaNetwork *network, const char *text, gint64 *index, GError **error);
gint64 fovea_network_get_resize (const FoveaNetwork *network); /* see FoveaNetworkInfo */
gsize fovea_network_get_weight_bytes (const FoveaNetwork *network);

/**
 * FoveaNeuron:
 * @layer: index of the node in the network's graph
 * @channel: the channel
 * @y, @x: the position in the activation map; both -1 where none was given
 */
typedef struct {
  int layer;
  gint64 channel;
  gint64 y;
  gint64 x;
} FoveaNeuron;

gboolean fovea_neuron_parse (const FoveaNetwork *network, const char *address, FoveaNeuron *neuron, GError **error);
char *fovea_neuron_format (const FoveaNetwork *network, const FoveaNeuron *neuron);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaNetwork, fovea_network_unref)

G_END_DECLS
