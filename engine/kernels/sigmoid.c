/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/sigmoid.h"

#include <string.h>

#include "engine/kernels/multiversion.h"

/* Beyond these, 1 / (1 + exp (-x)) rounds to 1, or to next to nothing without overflow. */
#define LIMIT 80.0f

/* Adding this to a float moves its fraction out of the mantissa, which rounds it. */
#define ROUNDER 12582912.0f

/* exp in a form that compilers turn into vectors: e^x = 2^n e^r with n = round (x / ln 2), ln 2 taken
 * off in two parts, and e^r by the polynomial of Moshier's Cephes library (expf.c); relative error
 * about 1e-7. */
static inline float
get_exponential (float x)
{
  float shifted = x * 1.44269504088896341f + ROUNDER;
  float n = shifted - ROUNDER;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float polynomial = 1.9875691500e-4f;
  gint32 bits;
  float power;

  polynomial = polynomial * r + 1.3981999507e-3f;
  polynomial = polynomial * r + 8.3334519073e-3f;
  polynomial = polynomial * r + 4.1665795894e-2f;
  polynomial = polynomial * r + 1.6666665459e-1f;
  polynomial = polynomial * r + 5.0000001201e-1f;
  bits = ((gint32) n + 127) * (1 << 23);
  memcpy (&power, &bits, sizeof power);
  return (polynomial * r * r + r + 1) * power;
}

/**
 * fovea_sigmoid:
 * @values: (inout): @n_values numbers x, which become 1 / (1 + exp (-x)), to about 1e-7; any thread
 */
FOVEA_MULTIVERSION void
fovea_sigmoid (float *values,
               gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    {
      float x = values[i];

      x = x > LIMIT ? LIMIT : x;
      x = x < -LIMIT ? -LIMIT : x;
      values[i] = 1 / (1 + get_exponential (-x));
    }
}
