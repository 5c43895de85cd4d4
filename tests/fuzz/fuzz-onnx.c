/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/onnx.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Reads the bytes as an ONNX model, and every number of every parameter of its graph. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaGraph) graph = fovea_onnx_read_bytes (bytes, NULL, &info, &error);
  volatile float sum = 0;

  g_assert ((graph == NULL) == (error != NULL));
  for (guint i = 0; graph != NULL && i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      GHashTableIter iter;
      gpointer tensor;

      if (node->parameters == NULL)
        continue;
      g_hash_table_iter_init (&iter, node->parameters);
      while (g_hash_table_iter_next (&iter, NULL, &tensor))
        for (gsize j = 0; j < ((FoveaTensor *) tensor)->n_elements; j++)
          sum += ((FoveaTensor *) tensor)->data[j];
    }
  return 0;
}
