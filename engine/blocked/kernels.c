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
  /* What meson.build lets the compiler use. */
  const gboolean has_avx2 = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma") && __builtin_cpu_supports ("bmi");
  const gboolean has_avx512 = has_avx2 && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") &&
                              __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512bw");
  const char *wanted = g_getenv ("FOVEA_KERNELS");

  if (g_strcmp0 (wanted, "portable") == 0)
    return NULL;
  if (g_strcmp0 (wanted, "avx2") != 0 && has_avx512)
    return &fovea_kernels_avx512;
  if (has_avx2)
    return &fovea_kernels_avx2;
#endif
  return NULL;
}
