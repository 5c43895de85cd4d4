/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/variant.h"

#include <math.h>
#include <string.h>

#include "engine/random.h"

/* Canny's: how much the image is smoothed, and which parts of the strongest edge are edges for themselves, and as
 * continuations of one. */
#define EDGE_BLUR 1.0
#define EDGE_RADIUS 3
#define EDGE_STRONG 0.20
#define EDGE_WEAK 0.08

#define MAX_TILES 64

#define BLACK 0
#define WHITE 255

/* Luma of ITU-R 601, rounded as Pillow does. */
static guint8
get_grey (const guint8 *pixel)
{
  return (guint8) ((pixel[0] * 19595u + pixel[1] * 38470u + pixel[2] * 7471u + 0x8000u) >> 16);
}

static void
set_grey (FoveaImage *image,
          gsize index,
          guint8 grey)
{
  memset (image->pixels + index * 3, grey, 3);
}

static void
make_greyscale (const FoveaImage *image,
                FoveaImage *result)
{
  for (gsize i = 0; i < (gsize) image->width * image->height; i++)
    set_grey (result, i, get_grey (image->pixels + i * 3));
}

/* The grey level up to which pixels belong to the dark class: both classes together vary least within (N. Otsu, "A
 * threshold selection method from gray-level histograms", 1979). */
static guint
find_threshold (const gsize *histogram,
                gsize n_pixels)
{
  double total = 0, below = 0, best = -1;
  gsize n_below = 0;
  guint threshold = 0;

  for (guint level = 0; level < 256; level++)
    total += (double) histogram[level] * level;
  for (guint level = 0; level < 255; level++)
    {
      const gsize n_above = n_pixels - n_below - histogram[level];
      double difference, between;

      n_below += histogram[level];
      below += (double) histogram[level] * level;
      if (n_below == 0 || n_above == 0)
        continue;
      difference = below / (double) n_below - (total - below) / (double) n_above;
      between = (double) n_below * (double) n_above * difference * difference;
      if (between > best)
        {
          best = between;
          threshold = level;
        }
    }
  return threshold;
}

/* The ground is the class that has more of the image's border; everything else is the figure. */
static void
make_silhouette (const FoveaImage *image,
                 FoveaImage *result)
{
  const gsize n_pixels = (gsize) image->width * image->height;
  gsize histogram[256] = { 0 };
  gsize n_border = 0, n_dark_border = 0;
  gboolean ground_is_dark;
  guint threshold;

  for (gsize i = 0; i < n_pixels; i++)
    histogram[get_grey (image->pixels + i * 3)]++;
  threshold = find_threshold (histogram, n_pixels);
  for (guint y = 0; y < image->height; y++)
    for (guint x = 0; x < image->width; x++)
      if (y == 0 || x == 0 || y + 1 == image->height || x + 1 == image->width)
        {
          n_border++;
          n_dark_border += get_grey (image->pixels + ((gsize) y * image->width + x) * 3) <= threshold;
        }
  ground_is_dark = 2 * n_dark_border > n_border;
  for (gsize i = 0; i < n_pixels; i++)
    {
      const gboolean is_dark = get_grey (image->pixels + i * 3) <= threshold;

      set_grey (result, i, is_dark == ground_is_dark ? WHITE : BLACK);
    }
}

/* One plane of an image in work, with pixels outside repeating the border's. */
typedef struct {
  gint64 width;
  gint64 height;
  float *values;
} Plane;

static float
get (const Plane *plane,
     gint64 y,
     gint64 x)
{
  return plane->values[CLAMP (y, 0, plane->height - 1) * plane->width + CLAMP (x, 0, plane->width - 1)];
}

/* One direction of a Gaussian blur. */
static void
blur (const Plane *from,
      Plane *to,
      gboolean down)
{
  double weights[2 * EDGE_RADIUS + 1];
  double sum = 0;

  for (int i = -EDGE_RADIUS; i <= EDGE_RADIUS; i++)
    sum += weights[i + EDGE_RADIUS] = exp (-i * i / (2 * EDGE_BLUR * EDGE_BLUR));
  for (int i = 0; i <= 2 * EDGE_RADIUS; i++)
    weights[i] /= sum;
  for (gint64 y = 0; y < from->height; y++)
    for (gint64 x = 0; x < from->width; x++)
      {
        double value = 0;

        for (int i = -EDGE_RADIUS; i <= EDGE_RADIUS; i++)
          value += weights[i + EDGE_RADIUS] * get (from, y + (down ? i : 0), x + (down ? 0 : i));
        to->values[y * from->width + x] = (float) value;
      }
}

/* Sobel's derivatives; the result is 0 where a neighbour along the gradient is stronger. */
static void
find_ridges (const Plane *grey,
             Plane *strength,
             Plane *ridges)
{
  const gsize n_pixels = (gsize) (grey->width * grey->height);
  g_autofree gint8 *directions = g_new (gint8, n_pixels);

  for (gint64 y = 0; y < grey->height; y++)
    for (gint64 x = 0; x < grey->width; x++)
      {
        const float dx = get (grey, y - 1, x + 1) + 2 * get (grey, y, x + 1) + get (grey, y + 1, x + 1) -
                         get (grey, y - 1, x - 1) - 2 * get (grey, y, x - 1) - get (grey, y + 1, x - 1);
        const float dy = get (grey, y + 1, x - 1) + 2 * get (grey, y + 1, x) + get (grey, y + 1, x + 1) -
                         get (grey, y - 1, x - 1) - 2 * get (grey, y - 1, x) - get (grey, y - 1, x + 1);

        strength->values[y * grey->width + x] = hypotf (dx, dy);
        /* In eighths of a turn, forwards and backwards alike. */
        directions[y * grey->width + x] = (gint8) (((int) lround (atan2 (dy, dx) / (G_PI / 4)) + 8) % 4);
      }
  for (gint64 y = 0; y < grey->height; y++)
    for (gint64 x = 0; x < grey->width; x++)
      {
        static const gint8 steps[4][2] = { { 0, 1 }, { 1, 1 }, { 1, 0 }, { 1, -1 } };
        const gint8 *step = steps[directions[y * grey->width + x]];
        const float here = get (strength, y, x);

        /* Of two equals one stays. */
        ridges->values[y * grey->width + x] = here > get (strength, y - step[0], x - step[1]) && here >= get (strength, y + step[0], x + step[1]) ? here : 0;
      }
}

/* Strong ridges, and weak ones that hang together with them. */
static void
trace (const Plane *ridges,
       FoveaImage *result)
{
  const gsize n_pixels = (gsize) (ridges->width * ridges->height);
  g_autofree gsize *stack = g_new (gsize, n_pixels);
  gsize depth = 0;
  float strongest = 0;

  memset (result->pixels, WHITE, n_pixels * 3);
  for (gsize i = 0; i < n_pixels; i++)
    strongest = MAX (strongest, ridges->values[i]);
  if (strongest <= 0)
    return;
  for (gsize i = 0; i < n_pixels; i++)
    if (ridges->values[i] >= EDGE_STRONG * strongest)
      {
        set_grey (result, i, BLACK);
        stack[depth++] = i;
      }
  while (depth > 0)
    {
      const gsize at = stack[--depth];
      const gint64 y = (gint64) at / ridges->width, x = (gint64) at % ridges->width;

      for (gint64 ny = MAX (y - 1, 0); ny <= MIN (y + 1, ridges->height - 1); ny++)
        for (gint64 nx = MAX (x - 1, 0); nx <= MIN (x + 1, ridges->width - 1); nx++)
          {
            const gsize next = (gsize) (ny * ridges->width + nx);

            if (result->pixels[next * 3] == WHITE && ridges->values[next] >= EDGE_WEAK * strongest)
              {
                set_grey (result, next, BLACK);
                stack[depth++] = next;
              }
          }
    }
}

/* J. Canny, "A computational approach to edge detection", 1986. */
static void
make_edges (const FoveaImage *image,
            FoveaImage *result)
{
  const gsize n_pixels = (gsize) image->width * image->height;
  g_autofree float *first = g_new (float, n_pixels);
  g_autofree float *second = g_new (float, n_pixels);
  Plane a = { image->width, image->height, first };
  Plane b = { image->width, image->height, second };
  g_autofree float *third = g_new (float, n_pixels);
  Plane c = { image->width, image->height, third };

  for (gsize i = 0; i < n_pixels; i++)
    first[i] = get_grey (image->pixels + i * 3);
  blur (&a, &b, FALSE);
  blur (&b, &a, TRUE);
  find_ridges (&a, &b, &c);
  trace (&c, result);
}

/* Tiles have whole pixels; what is left over at the right and below stays where it is. */
static void
make_scramble (const FoveaVariant *variant,
               const FoveaImage *image,
               guint64 number,
               FoveaImage *result)
{
  const guint n = variant->n_tiles;
  const gsize width = image->width / n, height = image->height / n;
  g_autofree guint *order = g_new (guint, n * n);
  FoveaRandom random;

  memcpy (result->pixels, image->pixels, (gsize) image->width * image->height * 3);
  fovea_random_init (&random, variant->seed, number);
  for (guint i = 0; i < n * n; i++)
    order[i] = i;
  for (guint i = n * n - 1; i > 0; i--)
    {
      const guint j = (guint) fovea_random_uniform (&random, 0, i + 1);
      const guint kept = order[i];

      order[i] = order[MIN (j, i)];
      order[MIN (j, i)] = kept;
    }
  for (guint i = 0; i < n * n; i++)
    for (gsize row = 0; row < height; row++)
      memcpy (result->pixels + ((i / n * height + row) * image->width + i % n * width) * 3,
              image->pixels + ((order[i] / n * height + row) * image->width + order[i] % n * width) * 3, width * 3);
}

/**
 * fovea_variant_parse:
 * @text: `original`, `greyscale`, `silhouette`, `edges`, or `scramble:N` with N from 2 to 64
 * @variant: (out): the variant, with seed 0
 * @error: %FOVEA_ERROR_ARGUMENT
 *
 * Returns: whether @text names a variant
 */
gboolean
fovea_variant_parse (const char *text,
                     FoveaVariant *variant,
                     GError **error)
{
  static const char *const names[] = { "original", "greyscale", "silhouette", "edges" };
  guint64 n_tiles;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *variant = (FoveaVariant) { (FoveaVariantKind) i, 0, 0 };
        return TRUE;
      }
  if (g_str_has_prefix (text, "scramble:") && g_ascii_string_to_unsigned (text + strlen ("scramble:"), 10, 2, MAX_TILES, &n_tiles, NULL))
    {
      *variant = (FoveaVariant) { FOVEA_VARIANT_SCRAMBLE, (guint) n_tiles, 0 };
      return TRUE;
    }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
               "'%s' is no variant; they are original, greyscale, silhouette, edges and scramble:N with N from 2 to %d", text, MAX_TILES);
  return FALSE;
}

/**
 * fovea_variant_format:
 *
 * Returns: (transfer full): the variant as fovea_variant_parse() reads it
 */
char *
fovea_variant_format (const FoveaVariant *variant)
{
  static const char *const names[] = { "original", "greyscale", "silhouette", "edges" };

  if (variant->kind == FOVEA_VARIANT_SCRAMBLE)
    return g_strdup_printf ("scramble:%u", variant->n_tiles);
  return g_strdup (names[variant->kind]);
}

/**
 * fovea_variant_apply:
 * @image: an image
 * @number: its number, so that images of a set are scrambled differently
 * @error: %FOVEA_ERROR_TOO_LARGE; %FOVEA_ERROR_ARGUMENT for an image with fewer pixels than tiles in a row or column
 *
 * Greyscale is the luma of ITU-R 601, as Pillow computes it. A silhouette is what Otsu's threshold separates from the class that has
 * most of the border. Edges are Canny's, of a blur of one pixel and thresholds of 0.20 and 0.08 of the strongest. Any thread.
 *
 * Returns: (transfer full): the variant, of the image's size, or %NULL
 */
FoveaImage *
fovea_variant_apply (const FoveaVariant *variant,
                     const FoveaImage *image,
                     guint64 number,
                     GError **error)
{
  FoveaImage *result;

  if (variant->kind == FOVEA_VARIANT_SCRAMBLE && MIN (image->width, image->height) < variant->n_tiles)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "an image of %u × %u pixels cannot be scrambled in %u × %u tiles",
                   image->width, image->height, variant->n_tiles, variant->n_tiles);
      return NULL;
    }
  result = fovea_image_new (image->width, image->height, error);
  if (result == NULL)
    return NULL;
  switch (variant->kind)
    {
    case FOVEA_VARIANT_GREYSCALE:
      make_greyscale (image, result);
      break;
    case FOVEA_VARIANT_SILHOUETTE:
      make_silhouette (image, result);
      break;
    case FOVEA_VARIANT_EDGES:
      make_edges (image, result);
      break;
    case FOVEA_VARIANT_SCRAMBLE:
      make_scramble (variant, image, number, result);
      break;
    case FOVEA_VARIANT_ORIGINAL:
    default:
      memcpy (result->pixels, image->pixels, (gsize) image->width * image->height * 3);
    }
  return result;
}
