/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/architecture.h"
#include "engine/formats/pytorch.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Reads the bytes as a PyTorch checkpoint, every number of every tensor, and looks for an architecture. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaStateDict) state_dict = fovea_pytorch_read_bytes (bytes, &error);
  volatile float sum = 0;

  g_assert ((state_dict == NULL) == (error != NULL));
  if (state_dict != NULL)
    {
      g_auto (FoveaArchitectureInfo) info = { 0 };
      g_autoptr (FoveaGraph) graph = NULL;

      for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
        {
          const FoveaTensor *tensor = fovea_state_dict_get_tensor (state_dict, i);

          for (gsize j = 0; j < tensor->n_elements; j++)
            sum += tensor->data[j];
        }
      graph = fovea_architecture_build (state_dict, NULL, &info, NULL);
    }
  return 0;
}
