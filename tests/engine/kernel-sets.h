/* Tests that run once for each instruction set that has kernels of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdlib.h>

#include "engine/blocked/kernels.h"

G_BEGIN_DECLS

/* Switches a set on, or "portable" for none. Returns: whether this processor has it */
static inline gboolean
kernel_sets_use (const char *set)
{
  const FoveaKernels *kernels;

  setenv ("FOVEA_KERNELS", set, TRUE);
  kernels = fovea_kernels_get ();
  if (g_str_equal (set, "portable"))
    {
      g_assert_null (kernels);
      return TRUE;
    }
  return kernels != NULL && g_str_equal (kernels->name, set);
}

/* Switches a set on. Returns: (nullable): its kernels; %NULL where this processor does not have it, and the test is
 * skipped */
static inline const FoveaKernels *
kernel_sets_require (const char *set)
{
  if (kernel_sets_use (set))
    return fovea_kernels_get ();
  g_test_skip ("this processor does not have these instructions");
  return NULL;
}

/* Adds a test for each set, whose name ends its path and is what it gets. */
static inline void
kernel_sets_add_test (const char *path,
                      GTestDataFunc func)
{
  static const char *const sets[] = { "avx512", "avx2" };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autofree char *set_path = g_strdup_printf ("%s/%s", path, sets[i]);

      g_test_add_data_func (set_path, sets[i], func);
    }
}

G_END_DECLS
