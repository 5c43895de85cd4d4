/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Interprets the bytes as a pickle. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPickle) pickle = fovea_pickle_parse (data, size, NULL, &error);

  g_assert ((pickle == NULL) == (error != NULL));
  if (pickle != NULL)
    {
      FoveaPickleValue root = fovea_pickle_get_root (pickle), key, entry;

      for (gsize i = 0; i < fovea_pickle_value_get_n_entries (root); i++)
        fovea_pickle_value_get_entry (root, i, &key, &entry);
    }
  return 0;
}
