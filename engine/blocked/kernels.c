/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/kernels.h"

#include "engine/blocked/sets.h"

/**
 * fovea_kernels_get:
 *
 * The environment variable `FOVEA_KERNELS` can ask for less than the best: `avx2`, or `portable` for
 * none. What the processor cannot run is never given. Any thread.
 *
 * Returns: (nullable): the kernels for this processor, or %NULL where there are none for it
 */
const FoveaKernels *
fovea_kernels_get (void)
{
#ifdef FOVEA_HAVE_BLOCKED_KERNELS
  const char *wanted = g_getenv ("FOVEA_KERNELS");

  if (g_strcmp0 (wanted, "portable") == 0)
    return NULL;
  if (g_strcmp0 (wanted, "avx2") != 0 && __builtin_cpu_supports ("avx512f"))
    return &fovea_kernels_avx512;
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &fovea_kernels_avx2;
#endif
  return NULL;
}
