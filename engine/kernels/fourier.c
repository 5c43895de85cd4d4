/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/fourier.h"

#include <fftw3.h>
#include <math.h>

struct _FoveaFourier {
  gsize height;
  gsize width;
  gsize n_columns; /* of the spectrum: width / 2 + 1 */
  fftwf_plan forward;
  fftwf_plan inverse;
};

/* FFTW's planner is not thread-safe; running plans is. */
static GMutex planner_mutex;

/**
 * fovea_fourier_new:
 * @height: rows of the planes, at least 1
 * @width: columns of the planes, at least 1
 * @error: %FOVEA_ERROR_TOO_LARGE when FFTW cannot have such a transform
 *
 * The plans are estimated, not measured, so that the same size always gives the same arithmetic.
 * Any thread.
 *
 * Returns: (transfer full): the transforms, or %NULL
 */
FoveaFourier *
fovea_fourier_new (gsize height,
                   gsize width,
                   GError **error)
{
  g_autoptr (FoveaFourier) self = g_new0 (FoveaFourier, 1);
  float *plane = NULL;
  fftwf_complex *spectrum = NULL;

  g_return_val_if_fail (height > 0 && width > 0, NULL);

  self->height = height;
  self->width = width;
  self->n_columns = width / 2 + 1;

  if (height <= G_MAXINT && width <= G_MAXINT && height <= G_MAXSSIZE / 16 / (width + 2))
    {
      unsigned int flags = FFTW_ESTIMATE | FFTW_DESTROY_INPUT;

      plane = fftwf_alloc_real (height * width);
      spectrum = fftwf_alloc_complex (height * self->n_columns);
      if (plane != NULL && spectrum != NULL)
        {
          g_mutex_lock (&planner_mutex);
          self->forward = fftwf_plan_dft_r2c_2d ((int) height, (int) width, plane, spectrum, flags);
          self->inverse = fftwf_plan_dft_c2r_2d ((int) height, (int) width, spectrum, plane, flags);
          g_mutex_unlock (&planner_mutex);
        }
      fftwf_free (plane);
      fftwf_free (spectrum);
    }

  if (self->forward == NULL || self->inverse == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "no Fourier transform of %" G_GSIZE_FORMAT " × %" G_GSIZE_FORMAT " pixels is possible; choose a smaller image",
                   width, height);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_fourier_free:
 *
 * Any thread, once no transform is running.
 */
void
fovea_fourier_free (FoveaFourier *fourier)
{
  g_mutex_lock (&planner_mutex);
  g_clear_pointer (&fourier->forward, fftwf_destroy_plan);
  g_clear_pointer (&fourier->inverse, fftwf_destroy_plan);
  g_mutex_unlock (&planner_mutex);
  g_free (fourier);
}

/**
 * fovea_fourier_get_spectrum_size:
 *
 * Returns: number of floats in a plane's spectrum, two for each frequency
 */
gsize
fovea_fourier_get_spectrum_size (const FoveaFourier *fourier)
{
  return fourier->height * fourier->n_columns * 2;
}

/**
 * fovea_fourier_get_frequencies:
 * @frequencies: (out): [height, width / 2 + 1], the length of each frequency in cycles per pixel,
 *   from 0 to √½
 */
void
fovea_fourier_get_frequencies (const FoveaFourier *fourier,
                               float *frequencies)
{
  for (gsize row = 0; row < fourier->height; row++)
    {
      double cycles = row <= (fourier->height - 1) / 2 ? (double) row : (double) row - (double) fourier->height;
      double vertical = cycles / (double) fourier->height;

      for (gsize column = 0; column < fourier->n_columns; column++)
        {
          double horizontal = (double) column / (double) fourier->width;

          frequencies[row * fourier->n_columns + column] = (float) sqrt (vertical * vertical + horizontal * horizontal);
        }
    }
}

static void
scale_array (float *restrict values,
             gsize n_values,
             float factor)
{
  for (gsize i = 0; i < n_values; i++)
    values[i] *= factor;
}

static float
get_normalizer (const FoveaFourier *fourier)
{
  return (float) (1 / sqrt ((double) fourier->height * (double) fourier->width));
}

/**
 * fovea_fourier_forward:
 * @plane: [height, width]; overwritten
 * @spectrum: (out): [height, width / 2 + 1, 2]
 *
 * Any thread.
 */
void
fovea_fourier_forward (const FoveaFourier *fourier,
                       float *plane,
                       float *spectrum)
{
  fftwf_execute_dft_r2c (fourier->forward, plane, (fftwf_complex *) spectrum);
  scale_array (spectrum, fovea_fourier_get_spectrum_size (fourier), get_normalizer (fourier));
}

/* The frequencies of a column that is its own mirror image (horizontal frequency 0 and, for even
 * widths, the highest) come in pairs (row, -row). Only the part where the two are conjugate shows in
 * a real plane; keep that part. */
static void
keep_conjugate_part (const FoveaFourier *fourier,
                     float *spectrum,
                     gsize column)
{
  gsize stride = fourier->n_columns * 2;
  float *values = spectrum + column * 2;

  for (gsize row = 0; row <= fourier->height / 2; row++)
    {
      float *one = values + row * stride;
      float *other = values + (fourier->height - row) % fourier->height * stride;
      float real = (one[0] + other[0]) / 2;
      float imaginary = (one[1] - other[1]) / 2;

      one[0] = real;
      one[1] = imaginary;
      other[0] = real;
      other[1] = one == other ? 0 : -imaginary;
    }
}

/**
 * fovea_fourier_inverse:
 * @spectrum: [height, width / 2 + 1, 2], any values; overwritten
 * @plane: (out): [height, width]
 *
 * Parts of the spectrum that no real plane has are ignored, as PyTorch's `irfft2` does. Any thread.
 */
void
fovea_fourier_inverse (const FoveaFourier *fourier,
                       float *spectrum,
                       float *plane)
{
  keep_conjugate_part (fourier, spectrum, 0);
  if (fourier->width % 2 == 0)
    keep_conjugate_part (fourier, spectrum, fourier->width / 2);
  fftwf_execute_dft_c2r (fourier->inverse, (fftwf_complex *) spectrum, plane);
  scale_array (plane, fourier->height * fourier->width, get_normalizer (fourier));
}

/**
 * fovea_fourier_inverse_adjoint:
 * @plane: [height, width], derivative with respect to a plane that fovea_fourier_inverse() made;
 *   overwritten
 * @spectrum: (out): [height, width / 2 + 1, 2], derivative with respect to the spectrum
 *
 * All columns of the spectrum but its self-conjugate ones stand for two frequencies of the plane, so
 * they count twice. Any thread.
 */
void
fovea_fourier_inverse_adjoint (const FoveaFourier *fourier,
                               float *plane,
                               float *spectrum)
{
  float normalizer = get_normalizer (fourier);

  fftwf_execute_dft_r2c (fourier->forward, plane, (fftwf_complex *) spectrum);
  for (gsize row = 0; row < fourier->height; row++)
    {
      float *values = spectrum + row * fourier->n_columns * 2;
      gsize last = fourier->n_columns - 1;

      scale_array (values, fourier->n_columns * 2, 2 * normalizer);
      scale_array (values, 2, 0.5f);
      if (fourier->width % 2 == 0 && last > 0)
        scale_array (values + last * 2, 2, 0.5f);
    }
}
