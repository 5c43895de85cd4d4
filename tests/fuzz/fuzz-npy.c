/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/npy.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Decodes the bytes as NumPy's array file. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaTensor) tensor = fovea_npy_decode (bytes, "array", &error);

  g_assert ((tensor == NULL) == (error != NULL));
  return 0;
}
