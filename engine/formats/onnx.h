/* ONNX models: a graph of operators with its weights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/architectures/architecture.h"
#include "engine/graph.h"

G_BEGIN_DECLS

gboolean fovea_onnx_is_onnx (gconstpointer data, gsize size);
FoveaGraph *fovea_onnx_read (const char *path, const FoveaArchitectureOptions *options, FoveaArchitectureInfo *info, GError **error);
FoveaGraph *fovea_onnx_read_bytes (GBytes *bytes, const FoveaArchitectureOptions *options, FoveaArchitectureInfo *info, GError **error);

G_END_DECLS
