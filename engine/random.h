/* Random numbers that are the same on every machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaRandom:
 *
 * A generator, a plain value that belongs to one thread at a time: xoshiro256++ 1.0 (Blackman and
 * Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021), whose state is filled
 * by SplitMix64 as its authors advise.
 */
typedef struct {
  guint64 state[4];
} FoveaRandom;

void fovea_random_init (FoveaRandom *random, guint64 seed, guint64 stream);
guint64 fovea_random_next (FoveaRandom *random);
double fovea_random_uniform (FoveaRandom *random, double minimum, double maximum);
void fovea_random_fill_normal (FoveaRandom *random, double deviation, float *values, gsize n_values);

G_END_DECLS
