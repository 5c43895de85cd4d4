/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/random.h"

#include <math.h>

/* SplitMix64's output function on its next state. */
static guint64
split_mix (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/**
 * fovea_random_init:
 * @seed: what a person chose
 * @stream: which of the sequences that belong to @seed; stream 0 is the generator seeded plainly
 *   with @seed
 */
void
fovea_random_init (FoveaRandom *random,
                   guint64 seed,
                   guint64 stream)
{
  guint64 state = seed;

  if (stream != 0)
    {
      guint64 scrambled = stream;

      state ^= split_mix (&scrambled);
    }
  for (guint i = 0; i < G_N_ELEMENTS (random->state); i++)
    random->state[i] = split_mix (&state);
}

static guint64
rotate_left (guint64 value,
             guint bits)
{
  return (value << bits) | (value >> (64 - bits));
}

/**
 * fovea_random_next:
 *
 * Returns: the next 64 random bits
 */
guint64
fovea_random_next (FoveaRandom *random)
{
  guint64 *state = random->state;
  guint64 result = rotate_left (state[0] + state[3], 23) + state[0];
  guint64 shifted = state[1] << 17;

  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate_left (state[3], 45);
  return result;
}

/**
 * fovea_random_uniform:
 *
 * Returns: the next number, uniform in [@minimum, @maximum)
 */
double
fovea_random_uniform (FoveaRandom *random,
                      double minimum,
                      double maximum)
{
  return minimum + (maximum - minimum) * (double) (fovea_random_next (random) >> 11) * 0x1p-53;
}

/**
 * fovea_random_fill_normal:
 * @deviation: the standard deviation; the mean is 0
 * @values: (out): @n_values numbers
 *
 * Box and Muller's method, two numbers from two draws.
 */
void
fovea_random_fill_normal (FoveaRandom *random,
                          double deviation,
                          float *values,
                          gsize n_values)
{
  for (gsize i = 0; i < n_values; i += 2)
    {
      double radius = deviation * sqrt (-2 * log (1 - fovea_random_uniform (random, 0, 1)));
      double angle = fovea_random_uniform (random, 0, 2 * G_PI);

      values[i] = (float) (radius * cos (angle));
      if (i + 1 < n_values)
        values[i + 1] = (float) (radius * sin (angle));
    }
}
