/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/parameterization.h"

#include <math.h>
#include <string.h>

#include "engine/kernels/fourier.h"
#include "engine/kernels/multiversion.h"
#include "engine/kernels/sigmoid.h"
#include "engine/parallel.h"

#define N_PLANES 3

/* Floats in 64 bytes, which the Fourier transforms want their arrays aligned to. */
#define ALIGNMENT 16

/* Pixels that one piece of work does, at most. */
#define MAX_PIXELS 8192

/* lucent divides the image by this before it goes to colours. */
#define FOURIER_DIVISOR 4

/* A start image is kept so far from 0 and 1, where no logit exists; 8-bit images keep their bytes. */
#define LOGIT_MARGIN 1e-3f

/* The largest column norm of the colour matrix, by which Lucid divides it. */
#define COLOR_NORM 0.46195

static const float color_matrix[N_PLANES][N_PLANES] = {
  { (float) (0.26 / COLOR_NORM), (float) (0.09 / COLOR_NORM), (float) (0.02 / COLOR_NORM) },
  { (float) (0.27 / COLOR_NORM), (float) (0.00 / COLOR_NORM), (float) (-0.05 / COLOR_NORM) },
  { (float) (0.27 / COLOR_NORM), (float) (-0.09 / COLOR_NORM), (float) (0.03 / COLOR_NORM) },
};

struct _FoveaImageParameters {
  FoveaParameterization parameterization;
  gboolean decorrelate_color;
  gsize height;
  gsize width;
  gsize plane_stride;     /* pixels of a plane, rounded up to ALIGNMENT */
  gsize n_per_plane;      /* parameters of a plane */
  gsize spectrum_stride;  /* the same, rounded up to ALIGNMENT */
  FoveaFourier *fourier;  /* NULL for pixels, as the next two */
  float *frequencies;     /* [height, width / 2 + 1], cycles per pixel */
  float *scales;          /* by which a plane's parameters enter the spectrum */
  FoveaTensor *values;    /* [n_images, 3, n_per_plane] */
  FoveaTensor *gradients; /* the same */
  FoveaTensor *planes;    /* [n_images, 3, plane_stride], scratch */
  FoveaTensor *spectra;   /* [n_images, 3, spectrum_stride], scratch; NULL for pixels */
};

static gsize
round_up (gsize n_floats)
{
  return (n_floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static FoveaTensor *
allocate (gsize n_images,
          gsize n_planes,
          gsize stride,
          GError **error)
{
  gint64 shape[] = { (gint64) n_images, (gint64) n_planes, (gint64) stride };

  return fovea_tensor_new (3, shape, error);
}

static gboolean
prepare_fourier (FoveaImageParameters *self,
                 guint n_images,
                 GError **error)
{
  double lowest = 1.0 / (double) MAX (self->height, self->width);
  gsize n_frequencies;

  self->fourier = fovea_fourier_new (self->height, self->width, error);
  if (self->fourier == NULL)
    return FALSE;

  self->n_per_plane = fovea_fourier_get_spectrum_size (self->fourier);
  self->spectrum_stride = round_up (self->n_per_plane);
  self->spectra = allocate (n_images, N_PLANES, self->spectrum_stride, error);
  if (self->spectra == NULL)
    return FALSE;

  n_frequencies = self->n_per_plane / 2;
  self->frequencies = g_new (float, n_frequencies);
  self->scales = g_new (float, self->n_per_plane);
  fovea_fourier_get_frequencies (self->fourier, self->frequencies);
  for (gsize i = 0; i < n_frequencies; i++)
    {
      double scale = 1 / MAX ((double) self->frequencies[i], lowest) / FOURIER_DIVISOR;

      self->scales[2 * i] = (float) scale;
      self->scales[2 * i + 1] = (float) scale;
    }
  return TRUE;
}

/**
 * fovea_image_parameters_new:
 * @decorrelate_color: whether colours go through M
 * @n_images: number of independent images
 * @height: rows of each image, at least 1
 * @width: columns of each image, at least 1
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): parameters that are all 0, or %NULL
 */
FoveaImageParameters *
fovea_image_parameters_new (FoveaParameterization parameterization,
                            gboolean decorrelate_color,
                            guint n_images,
                            gsize height,
                            gsize width,
                            GError **error)
{
  g_autoptr (FoveaImageParameters) self = g_new0 (FoveaImageParameters, 1);
  gint64 shape[] = { n_images, N_PLANES, (gint64) height, (gint64) width };
  gsize n_elements;

  if (!fovea_tensor_count_elements (G_N_ELEMENTS (shape), shape, &n_elements, error))
    return NULL;

  self->parameterization = parameterization;
  self->decorrelate_color = decorrelate_color;
  self->height = height;
  self->width = width;
  self->plane_stride = round_up (height * width);
  self->n_per_plane = height * width;
  if (parameterization == FOVEA_PARAMETERIZATION_FOURIER && !prepare_fourier (self, n_images, error))
    return NULL;

  self->values = allocate (n_images, N_PLANES, self->n_per_plane, error);
  if (self->values != NULL)
    self->gradients = allocate (n_images, N_PLANES, self->n_per_plane, error);
  if (self->gradients != NULL)
    self->planes = allocate (n_images, N_PLANES, self->plane_stride, error);
  if (self->planes == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_image_parameters_free:
 *
 * Frees @parameters.
 */
void
fovea_image_parameters_free (FoveaImageParameters *parameters)
{
  g_clear_pointer (&parameters->fourier, fovea_fourier_free);
  g_clear_pointer (&parameters->values, fovea_tensor_unref);
  g_clear_pointer (&parameters->gradients, fovea_tensor_unref);
  g_clear_pointer (&parameters->planes, fovea_tensor_unref);
  g_clear_pointer (&parameters->spectra, fovea_tensor_unref);
  g_free (parameters->frequencies);
  g_free (parameters->scales);
  g_free (parameters);
}

/**
 * fovea_image_parameters_get_size:
 *
 * Returns: number of parameters of one image
 */
gsize
fovea_image_parameters_get_size (const FoveaImageParameters *parameters)
{
  return N_PLANES * parameters->n_per_plane;
}

/**
 * fovea_image_parameters_get_values:
 *
 * Returns: (transfer none): the parameters of @image, free to be changed: [3, height, width], or the
 *   unscaled spectrum [3, height, width / 2 + 1, 2]
 */
float *
fovea_image_parameters_get_values (FoveaImageParameters *parameters,
                                   guint image)
{
  return parameters->values->data + image * fovea_image_parameters_get_size (parameters);
}

static float *
get_plane (FoveaImageParameters *self,
           guint image,
           guint plane)
{
  return self->planes->data + (image * N_PLANES + plane) * self->plane_stride;
}

static float *
get_spectrum (FoveaImageParameters *self,
              guint image,
              guint plane)
{
  return self->spectra->data + (image * N_PLANES + plane) * self->spectrum_stride;
}

static gboolean
is_plain_pixels (const FoveaImageParameters *self)
{
  return self->parameterization == FOVEA_PARAMETERIZATION_PIXELS && !self->decorrelate_color;
}

/**
 * fovea_image_parameters_set_noise:
 * @deviation: standard deviation of each parameter
 * @random: what to draw from
 *
 * Starts @image as normally distributed noise around grey.
 */
void
fovea_image_parameters_set_noise (FoveaImageParameters *parameters,
                                  guint image,
                                  double deviation,
                                  FoveaRandom *random)
{
  float *values = fovea_image_parameters_get_values (parameters, image);
  gsize size = fovea_image_parameters_get_size (parameters);

  fovea_random_fill_normal (random, deviation, values, size);
  if (is_plain_pixels (parameters))
    for (gsize i = 0; i < size; i++)
      values[i] += 0.5f;
}

/* Solves M x = rgb by Cramer's rule; the fixed matrix is far from singular. */
static void
decorrelate (const float rgb[N_PLANES],
             float x[N_PLANES])
{
  const float (*m)[N_PLANES] = color_matrix;
  float minors[N_PLANES] = {
    m[1][1] * m[2][2] - m[1][2] * m[2][1],
    m[0][2] * m[2][1] - m[0][1] * m[2][2],
    m[0][1] * m[1][2] - m[0][2] * m[1][1],
  };
  float determinant = m[0][0] * minors[0] + m[1][0] * minors[1] + m[2][0] * minors[2];

  x[0] = (minors[0] * rgb[0] + minors[1] * rgb[1] + minors[2] * rgb[2]) / determinant;
  x[1] = ((m[1][2] * m[2][0] - m[1][0] * m[2][2]) * rgb[0] +
          (m[0][0] * m[2][2] - m[0][2] * m[2][0]) * rgb[1] +
          (m[0][2] * m[1][0] - m[0][0] * m[1][2]) * rgb[2]) / determinant;
  x[2] = ((m[1][0] * m[2][1] - m[1][1] * m[2][0]) * rgb[0] +
          (m[0][1] * m[2][0] - m[0][0] * m[2][1]) * rgb[1] +
          (m[0][0] * m[1][1] - m[0][1] * m[1][0]) * rgb[2]) / determinant;
}

/**
 * fovea_image_parameters_set_image:
 * @pixels: [3, height, width] in [0,1]
 *
 * Starts @image as the parameters that render to @pixels, but for values closer than 0.001 to 0 or 1
 * where there is a sigmoid to invert.
 */
void
fovea_image_parameters_set_image (FoveaImageParameters *parameters,
                                  guint image,
                                  const float *pixels)
{
  gsize n_pixels = parameters->height * parameters->width;
  float *values = fovea_image_parameters_get_values (parameters, image);

  if (is_plain_pixels (parameters))
    {
      for (gsize i = 0; i < N_PLANES * n_pixels; i++)
        values[i] = CLAMP (pixels[i], 0, 1);
      return;
    }

  for (gsize i = 0; i < n_pixels; i++)
    {
      float logits[N_PLANES], x[N_PLANES];

      for (guint plane = 0; plane < N_PLANES; plane++)
        {
          float value = CLAMP (pixels[plane * n_pixels + i], LOGIT_MARGIN, 1 - LOGIT_MARGIN);

          logits[plane] = logf (value / (1 - value));
        }
      if (parameters->decorrelate_color)
        decorrelate (logits, x);
      else
        memcpy (x, logits, sizeof x);
      for (guint plane = 0; plane < N_PLANES; plane++)
        get_plane (parameters, image, plane)[i] = x[plane];
    }

  for (guint plane = 0; plane < N_PLANES; plane++)
    {
      float *plane_values = values + plane * parameters->n_per_plane;

      if (parameters->fourier == NULL)
        {
          memcpy (plane_values, get_plane (parameters, image, plane), n_pixels * sizeof (float));
          continue;
        }

      float *spectrum = get_spectrum (parameters, image, plane);

      fovea_fourier_forward (parameters->fourier, get_plane (parameters, image, plane), spectrum);
      for (gsize i = 0; i < parameters->n_per_plane; i++)
        plane_values[i] = spectrum[i] / parameters->scales[i];
    }
}

/* One pass of a separable Gaussian along rows (@step 1) or columns (@step width) of a line. */
static void
blur_line (const float *source,
           float *target,
           gsize n_values,
           gsize step,
           const float *kernel,
           gssize radius)
{
  for (gssize i = 0; i < (gssize) n_values; i++)
    {
      float sum = 0;

      for (gssize k = -radius; k <= radius; k++)
        sum += kernel[k + radius] * source[(gsize) CLAMP (i + k, 0, (gssize) n_values - 1) * step];
      target[(gsize) i * step] = sum;
    }
}

static void
blur_pixels (FoveaImageParameters *self,
             guint image,
             double deviation)
{
  gssize radius = (gssize) ceil (3 * deviation);
  g_autofree float *kernel = g_new (float, 2 * (gsize) radius + 1);
  double total = 0;

  for (gssize k = -radius; k <= radius; k++)
    total += exp (-(double) (k * k) / (2 * deviation * deviation));
  for (gssize k = -radius; k <= radius; k++)
    kernel[k + radius] = (float) (exp (-(double) (k * k) / (2 * deviation * deviation)) / total);

  for (guint plane = 0; plane < N_PLANES; plane++)
    {
      float *values = fovea_image_parameters_get_values (self, image) + plane * self->n_per_plane;
      float *scratch = get_plane (self, image, plane);

      for (gsize y = 0; y < self->height; y++)
        blur_line (values + y * self->width, scratch + y * self->width, self->width, 1, kernel, radius);
      for (gsize x = 0; x < self->width; x++)
        blur_line (scratch + x, values + x, self->height, self->width, kernel, radius);
    }
}

/**
 * fovea_image_parameters_blur:
 * @deviation: standard deviation in pixels, more than 0
 *
 * Blurs @image with a Gaussian, before the colours' sigmoid where there is one. Pixels repeat at
 * their border; a spectrum is periodic.
 */
void
fovea_image_parameters_blur (FoveaImageParameters *parameters,
                             guint image,
                             double deviation)
{
  if (parameters->fourier == NULL)
    {
      blur_pixels (parameters, image, deviation);
      return;
    }

  for (guint plane = 0; plane < N_PLANES; plane++)
    {
      float *values = fovea_image_parameters_get_values (parameters, image) + plane * parameters->n_per_plane;

      for (gsize i = 0; i < parameters->n_per_plane / 2; i++)
        {
          double angular = 2 * G_PI * (double) parameters->frequencies[i] * deviation;
          float factor = (float) exp (-angular * angular / 2);

          values[2 * i] *= factor;
          values[2 * i + 1] *= factor;
        }
    }
}

FOVEA_MULTIVERSION static void
multiply (const float *restrict a,
          const float *restrict b,
          float *restrict product,
          gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    product[i] = a[i] * b[i];
}

/* Row @m of a 3 × 3 matrix times three planes. */
FOVEA_MULTIVERSION static void
mix_planes (const float *m,
            const float *restrict plane0,
            const float *restrict plane1,
            const float *restrict plane2,
            float *restrict target,
            gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels; i++)
    target[i] = m[0] * plane0[i] + m[1] * plane1[i] + m[2] * plane2[i];
}

/* What the pieces of one image's work share. */
typedef struct {
  FoveaImageParameters *self;
  guint image;
  float *pixels;
  const float *rendered;
  const float *pixel_gradient;
} Job;

/* One plane from its parameters to colours that are still correlated, without sigmoid. */
static void
render_plane (gsize plane,
              guint worker,
              gpointer data)
{
  const Job *job = data;
  FoveaImageParameters *self = job->self;
  float *spectrum = get_spectrum (self, job->image, (guint) plane);

  multiply (fovea_image_parameters_get_values (self, job->image) + plane * self->n_per_plane, self->scales, spectrum, self->n_per_plane);
  fovea_fourier_inverse (self->fourier, spectrum, get_plane (self, job->image, (guint) plane));
}

/* Some pixels of all planes. */
static void
render_pixels (gsize item,
               guint worker,
               gpointer data)
{
  const Job *job = data;
  FoveaImageParameters *self = job->self;
  const gsize n_pixels = self->height * self->width, begin = item * MAX_PIXELS, n = MIN (MAX_PIXELS, n_pixels - begin);
  const float *planes[N_PLANES];

  for (guint plane = 0; plane < N_PLANES; plane++)
    planes[plane] = begin + (self->fourier != NULL ? get_plane (self, job->image, plane)
                                                   : fovea_image_parameters_get_values (self, job->image) + plane * self->n_per_plane);
  for (guint plane = 0; plane < N_PLANES; plane++)
    {
      float *target = job->pixels + plane * n_pixels + begin;

      if (self->decorrelate_color)
        mix_planes (color_matrix[plane], planes[0], planes[1], planes[2], target, n);
      else
        memcpy (target, planes[plane], n * sizeof (float));
      fovea_sigmoid (target, n);
    }
}

/**
 * fovea_image_parameters_render:
 * @pixels: (out): [3, height, width] in [0,1]
 *
 * The image that @image's parameters stand for. Plain pixels outside [0,1] are clamped, in the
 * parameters too, so that the optimizer goes on from there. Spreads its work over the pool.
 */
void
fovea_image_parameters_render (FoveaImageParameters *parameters,
                               guint image,
                               float *pixels)
{
  gsize n_pixels = parameters->height * parameters->width;
  Job job = { .self = parameters, .image = image, .pixels = pixels };

  if (is_plain_pixels (parameters))
    {
      float *values = fovea_image_parameters_get_values (parameters, image);

      for (gsize i = 0; i < N_PLANES * n_pixels; i++)
        pixels[i] = values[i] = CLAMP (values[i], 0, 1);
      return;
    }
  if (parameters->fourier != NULL)
    fovea_parallel_for (N_PLANES, render_plane, &job);
  fovea_parallel_for ((n_pixels + MAX_PIXELS - 1) / MAX_PIXELS, render_pixels, &job);
}

/* Derivatives by the colours before the sigmoid, taken through M to one plane of those before it;
 * @m is that plane's column of M. */
FOVEA_MULTIVERSION static void
mix_adjoint (const float *m,
             const float *restrict pixels,
             const float *restrict pixel_gradient,
             gsize plane_size,
             float *restrict target,
             gsize n)
{
  const float *restrict red = pixels, *restrict green = pixels + plane_size, *restrict blue = pixels + 2 * plane_size;
  const float *restrict by_red = pixel_gradient, *restrict by_green = pixel_gradient + plane_size;
  const float *restrict by_blue = pixel_gradient + 2 * plane_size;

  for (gsize i = 0; i < n; i++)
    target[i] = m[0] * by_red[i] * red[i] * (1 - red[i]) +
                m[1] * by_green[i] * green[i] * (1 - green[i]) +
                m[2] * by_blue[i] * blue[i] * (1 - blue[i]);
}

/* Some pixels of all planes. */
static void
return_pixels (gsize item,
               guint worker,
               gpointer data)
{
  const Job *job = data;
  FoveaImageParameters *self = job->self;
  const gsize n_pixels = self->height * self->width, begin = item * MAX_PIXELS, n = MIN (MAX_PIXELS, n_pixels - begin);

  for (guint plane = 0; plane < N_PLANES; plane++)
    {
      float column[N_PLANES] = { 0 };
      float *target = self->fourier != NULL ? get_plane (self, job->image, plane)
                                            : self->gradients->data + job->image * fovea_image_parameters_get_size (self) + plane * self->n_per_plane;

      if (self->decorrelate_color)
        for (guint color = 0; color < N_PLANES; color++)
          column[color] = color_matrix[color][plane];
      else
        column[plane] = 1;
      mix_adjoint (column, job->rendered + begin, job->pixel_gradient + begin, n_pixels, target + begin, n);
    }
}

static void
return_plane (gsize plane,
              guint worker,
              gpointer data)
{
  const Job *job = data;
  FoveaImageParameters *self = job->self;
  float *spectrum = get_spectrum (self, job->image, (guint) plane);

  fovea_fourier_inverse_adjoint (self->fourier, get_plane (self, job->image, (guint) plane), spectrum);
  multiply (spectrum, self->scales, self->gradients->data + job->image * fovea_image_parameters_get_size (self) + plane * self->n_per_plane, self->n_per_plane);
}

/**
 * fovea_image_parameters_render_adjoint:
 * @pixels: [3, height, width], what fovea_image_parameters_render() gave for the parameters as they are
 * @pixel_gradient: [3, height, width], derivative with respect to @pixels
 *
 * Spreads its work over the pool.
 *
 * Returns: (transfer none): derivative with respect to the parameters of @image, in their layout;
 *   valid until the next call for this image
 */
const float *
fovea_image_parameters_render_adjoint (FoveaImageParameters *parameters,
                                       guint image,
                                       const float *pixels,
                                       const float *pixel_gradient)
{
  gsize n_pixels = parameters->height * parameters->width;
  float *gradient = parameters->gradients->data + image * fovea_image_parameters_get_size (parameters);
  Job job = { .self = parameters, .image = image, .rendered = pixels, .pixel_gradient = pixel_gradient };

  if (is_plain_pixels (parameters))
    {
      memcpy (gradient, pixel_gradient, N_PLANES * n_pixels * sizeof (float));
      return gradient;
    }
  fovea_parallel_for ((n_pixels + MAX_PIXELS - 1) / MAX_PIXELS, return_pixels, &job);
  if (parameters->fourier != NULL)
    fovea_parallel_for (N_PLANES, return_plane, &job);
  return gradient;
}
