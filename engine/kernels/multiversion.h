/* Compiling one arithmetic loop for several instruction sets.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/**
 * FOVEA_MULTIVERSION:
 *
 * Before a function: the compiler makes a version each for AVX-512, for AVX2 with FMA and for any
 * x86-64, and the program takes the best that the processor can run. Sanitizers start too late
 * for that choice, so with them there is one version only.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FOVEA_MULTIVERSION __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOVEA_MULTIVERSION
#endif
