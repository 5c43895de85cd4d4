/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/fourier.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/sigmoid.h"
#include "engine/tensor.h"
#include "tests/engine/tiny-graph.h"

static const gsize sizes[][2] = { { 1, 1 }, { 1, 2 }, { 3, 1 }, { 4, 6 }, { 5, 7 }, { 6, 5 }, { 9, 8 }, { 64, 64 } };

static FoveaFourier *
make_fourier (const gsize size[2])
{
  g_autoptr (GError) error = NULL;
  FoveaFourier *fourier = fovea_fourier_new (size[0], size[1], &error);

  g_assert_no_error (error);
  return fourier;
}

static FoveaTensor *
make_array (gsize n_values,
            guint32 seed)
{
  return tiny_tensor (seed, 1, (gint64[]) { (gint64) n_values });
}

/* Against the definition, in double precision. */
static void
test_definition (void)
{
  for (guint s = 0; s + 1 < G_N_ELEMENTS (sizes); s++)
    {
      gsize height = sizes[s][0], width = sizes[s][1], n_columns = width / 2 + 1;
      g_autoptr (FoveaFourier) fourier = make_fourier (sizes[s]);
      g_autoptr (FoveaTensor) plane = make_array (height * width, 1);
      g_autoptr (FoveaTensor) original = make_array (height * width, 1);
      g_autoptr (FoveaTensor) spectrum = make_array (fovea_fourier_get_spectrum_size (fourier), 2);
      g_autofree float *frequencies = g_new (float, height * n_columns);

      g_assert_cmpuint (fovea_fourier_get_spectrum_size (fourier), ==, height * n_columns * 2);
      fovea_fourier_get_frequencies (fourier, frequencies);
      fovea_fourier_forward (fourier, plane->data, spectrum->data);
      for (gsize v = 0; v < height; v++)
        for (gsize u = 0; u < n_columns; u++)
          {
            double real = 0, imaginary = 0;
            double vertical = MIN ((double) v, (double) (height - v)) / (double) height;

            for (gsize y = 0; y < height; y++)
              for (gsize x = 0; x < width; x++)
                {
                  double angle = -2 * G_PI * ((double) (v * y) / (double) height + (double) (u * x) / (double) width);

                  real += original->data[y * width + x] * cos (angle);
                  imaginary += original->data[y * width + x] * sin (angle);
                }
            real /= sqrt ((double) (height * width));
            imaginary /= sqrt ((double) (height * width));
            g_assert_cmpfloat_with_epsilon (spectrum->data[(v * n_columns + u) * 2], real, 1e-5);
            g_assert_cmpfloat_with_epsilon (spectrum->data[(v * n_columns + u) * 2 + 1], imaginary, 1e-5);
            g_assert_cmpfloat_with_epsilon (frequencies[v * n_columns + u], hypot (vertical, (double) u / (double) width), 1e-6);
          }
    }
}

static void
test_round_trip (void)
{
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      gsize n_pixels = sizes[s][0] * sizes[s][1];
      g_autoptr (FoveaFourier) fourier = make_fourier (sizes[s]);
      g_autoptr (FoveaTensor) plane = make_array (n_pixels, 3);
      g_autoptr (FoveaTensor) original = make_array (n_pixels, 3);
      g_autoptr (FoveaTensor) spectrum = make_array (fovea_fourier_get_spectrum_size (fourier), 4);

      fovea_fourier_forward (fourier, plane->data, spectrum->data);
      memset (plane->data, 0, n_pixels * sizeof (float));
      fovea_fourier_inverse (fourier, spectrum->data, plane->data);
      for (gsize i = 0; i < n_pixels; i++)
        g_assert_cmpfloat_with_epsilon (plane->data[i], original->data[i], 1e-5);
    }
}

static double
get_product (const FoveaTensor *a,
             const FoveaTensor *b)
{
  double sum = 0;

  for (gsize i = 0; i < a->n_elements; i++)
    sum += (double) a->data[i] * b->data[i];
  return sum;
}

/* ⟨inverse (s), p⟩ = ⟨s, adjoint (p)⟩ for any spectrum, also one that no real plane has. */
static void
test_adjoint (void)
{
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      gsize n_pixels = sizes[s][0] * sizes[s][1];
      g_autoptr (FoveaFourier) fourier = make_fourier (sizes[s]);
      gsize n_spectrum = fovea_fourier_get_spectrum_size (fourier);
      g_autoptr (FoveaTensor) spectrum = make_array (n_spectrum, 5);
      g_autoptr (FoveaTensor) spectrum_scratch = make_array (n_spectrum, 5);
      g_autoptr (FoveaTensor) plane = make_array (n_pixels, 6);
      g_autoptr (FoveaTensor) plane_scratch = make_array (n_pixels, 6);
      g_autoptr (FoveaTensor) inverse = make_array (n_pixels, 7);
      g_autoptr (FoveaTensor) adjoint = make_array (n_spectrum, 8);
      double forth, back;

      fovea_fourier_inverse (fourier, spectrum_scratch->data, inverse->data);
      fovea_fourier_inverse_adjoint (fourier, plane_scratch->data, adjoint->data);
      forth = get_product (inverse, plane);
      back = get_product (spectrum, adjoint);
      g_assert_cmpfloat_with_epsilon (forth, back, 2e-6 * sqrt ((double) n_pixels) * 8);
    }
}

static void
test_sigmoid (void)
{
  float values[1001];

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = ((float) i - 500) / 20;
  fovea_sigmoid (values, G_N_ELEMENTS (values));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      double exact = 1 / (1 + exp (-(double) (((float) i - 500) / 20)));

      g_assert_cmpfloat_with_epsilon (values[i], exact, 2.5e-7 * exact);
    }

  values[0] = 1000;
  values[1] = -1000;
  fovea_sigmoid (values, 2);
  g_assert_cmpfloat (values[0], ==, 1);
  g_assert_cmpfloat (values[1], >=, 0);
  g_assert_cmpfloat (values[1], <, 1e-30);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fourier/definition", test_definition);
  g_test_add_func ("/fourier/round-trip", test_round_trip);
  g_test_add_func ("/fourier/adjoint", test_adjoint);
  g_test_add_func ("/sigmoid", test_sigmoid);
  return g_test_run ();
}
