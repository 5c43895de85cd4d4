/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/architecture.h"
#include "engine/formats/native.h"
#include "engine/formats/safetensors.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Reads the bytes as safetensors, every number of every tensor, and builds the graph in them or one of an architecture. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) state_dict = fovea_safetensors_read_bytes (bytes, "file", &error);
  volatile float sum = 0;

  g_assert ((state_dict == NULL) == (error != NULL));
  if (state_dict == NULL)
    return 0;
  for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
    {
      const FoveaTensor *tensor = fovea_state_dict_get_tensor (state_dict, i);

      for (gsize j = 0; j < tensor->n_elements; j++)
        sum += tensor->data[j];
    }
  if (fovea_native_is_native (state_dict))
    {
      const FoveaNetworkOptions options = { 0 };
      g_autoptr (FoveaNetwork) network = fovea_native_build (state_dict, &options, "network", "file", NULL, &error);

      g_assert ((network == NULL) == (error != NULL));
    }
  else
    {
      g_auto (FoveaArchitectureInfo) info = { 0 };
      g_autoptr (FoveaGraph) graph = fovea_architecture_build (state_dict, NULL, &info, &error);

      g_assert ((graph == NULL) == (error != NULL));
    }
  return 0;
}
