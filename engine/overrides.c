/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/overrides.h"

#include <math.h>
#include <string.h>

#include "engine/error.h"

#define MAX_LENGTH 4096

/**
 * fovea_overrides_copy:
 * @overrides: overrides
 * @copy: (out caller-allocates): becomes the same; what it held is not freed
 */
void
fovea_overrides_copy (const FoveaOverrides *overrides,
                      FoveaOverrides *copy)
{
  *copy = *overrides;
  copy->architecture = g_strdup (overrides->architecture);
  copy->labels = g_strdup (overrides->labels);
  copy->training = g_strdup (overrides->training);
}

/**
 * fovea_overrides_clear:
 *
 * Frees what @overrides hold and makes them empty.
 */
void
fovea_overrides_clear (FoveaOverrides *overrides)
{
  g_free (overrides->architecture);
  g_free (overrides->labels);
  g_free (overrides->training);
  *overrides = (FoveaOverrides) { 0 };
}

static void
replace (char **string,
         const char *with)
{
  if (with == NULL)
    return;
  g_free (*string);
  *string = g_strdup (with);
}

/**
 * fovea_overrides_add:
 * @overrides: overrides, such as those that a network of the library has
 * @stronger: others, such as those of the command line; each that is there replaces the one in @overrides
 */
void
fovea_overrides_add (FoveaOverrides *overrides,
                     const FoveaOverrides *stronger)
{
  replace (&overrides->architecture, stronger->architecture);
  replace (&overrides->labels, stronger->labels);
  replace (&overrides->training, stronger->training);
  if (stronger->has_mean)
    {
      overrides->has_mean = TRUE;
      memcpy (overrides->mean, stronger->mean, sizeof overrides->mean);
    }
  if (stronger->has_std)
    {
      overrides->has_std = TRUE;
      memcpy (overrides->std, stronger->std, sizeof overrides->std);
    }
  if (stronger->height > 0)
    {
      overrides->height = stronger->height;
      overrides->width = stronger->width;
    }
}

/**
 * fovea_overrides_equal:
 *
 * Returns: whether both override the same with the same
 */
gboolean
fovea_overrides_equal (const FoveaOverrides *a,
                       const FoveaOverrides *b)
{
  return g_strcmp0 (a->architecture, b->architecture) == 0 && g_strcmp0 (a->labels, b->labels) == 0 && g_strcmp0 (a->training, b->training) == 0 &&
         a->has_mean == b->has_mean && (!a->has_mean || memcmp (a->mean, b->mean, sizeof a->mean) == 0) && a->has_std == b->has_std &&
         (!a->has_std || memcmp (a->std, b->std, sizeof a->std) == 0) && a->height == b->height && a->width == b->width;
}

/**
 * fovea_overrides_is_empty:
 *
 * Returns: whether nothing is overridden
 */
gboolean
fovea_overrides_is_empty (const FoveaOverrides *overrides)
{
  return overrides->architecture == NULL && overrides->labels == NULL && overrides->training == NULL && !overrides->has_mean &&
         !overrides->has_std && overrides->height == 0;
}

/**
 * fovea_overrides_get_options:
 * @overrides: overrides
 * @options: (out caller-allocates): the same as options, which point into @overrides
 */
void
fovea_overrides_get_options (const FoveaOverrides *overrides,
                             FoveaNetworkOptions *options)
{
  *options = (FoveaNetworkOptions) {
    .architecture = {
      .name = overrides->architecture,
      .height = overrides->height,
      .width = overrides->width,
      .mean = overrides->has_mean ? overrides->mean : NULL,
      .std = overrides->has_std ? overrides->std : NULL,
    },
    .labels = overrides->labels,
    .training = overrides->training,
  };
}

/* Three numbers above @limit, separated by commas. */
static gboolean
parse_color (const char *what,
             const char *text,
             double limit,
             double *values,
             GError **error)
{
  const char *rest = text;

  for (guint i = 0; i < 3; i++)
    {
      char *end;

      while (g_ascii_isspace (*rest))
        rest++;
      values[i] = g_ascii_strtod (rest, &end);
      while (end != rest && g_ascii_isspace (*end))
        end++;
      if (end == rest || *end != (i < 2 ? ',' : '\0') || !isfinite (values[i]) || !(values[i] > limit))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                       "the %s is three %snumbers for red, green and blue in images from 0 to 1, such as %s, not '%s'",
                       what, limit == 0 ? "positive " : "", limit == 0 ? "0.229,0.224,0.225" : "0.485,0.456,0.406", text);
          return FALSE;
        }
      rest = end + 1;
    }
  return TRUE;
}

/**
 * fovea_overrides_parse_mean:
 * @overrides: where the mean goes
 * @text: `R,G,B`, with points in the numbers in any locale
 * @error: %FOVEA_ERROR_ARGUMENT, and @overrides are as they were
 *
 * Returns: whether @text is a mean
 */
gboolean
fovea_overrides_parse_mean (FoveaOverrides *overrides,
                            const char *text,
                            GError **error)
{
  double values[3];

  if (!parse_color ("mean", text, -G_MAXDOUBLE, values, error))
    return FALSE;
  memcpy (overrides->mean, values, sizeof values);
  overrides->has_mean = TRUE;
  return TRUE;
}

/**
 * fovea_overrides_parse_std:
 * @overrides: where the standard deviation goes
 * @text: `R,G,B`, each above 0
 * @error: %FOVEA_ERROR_ARGUMENT, and @overrides are as they were
 *
 * Returns: whether @text is a standard deviation
 */
gboolean
fovea_overrides_parse_std (FoveaOverrides *overrides,
                           const char *text,
                           GError **error)
{
  double values[3];

  if (!parse_color ("standard deviation", text, 0, values, error))
    return FALSE;
  memcpy (overrides->std, values, sizeof values);
  overrides->has_std = TRUE;
  return TRUE;
}

static gboolean
parse_length (const char *text,
              gint64 *length)
{
  return g_ascii_string_to_signed (text, 10, 1, MAX_LENGTH, length, NULL);
}

/**
 * fovea_overrides_parse_input:
 * @overrides: where the size goes
 * @text: a square's side, or height and width with an x between them: `224`, `224x320`
 * @error: %FOVEA_ERROR_ARGUMENT, and @overrides are as they were
 *
 * Returns: whether @text is a size
 */
gboolean
fovea_overrides_parse_input (FoveaOverrides *overrides,
                             const char *text,
                             GError **error)
{
  const char *cross = strpbrk (text, "xX");
  g_autofree char *first = g_strstrip (cross != NULL ? g_strndup (text, (gsize) (cross - text)) : g_strdup (text));
  g_autofree char *second = g_strstrip (g_strdup (cross != NULL ? cross + 1 : text));
  gint64 height, width;

  if (!parse_length (first, &height) || !parse_length (second, &width))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                   "the input's size is a number of pixels from 1 to %d, or height x width such as 224x320, not '%s'", MAX_LENGTH, text);
      return FALSE;
    }
  overrides->height = height;
  overrides->width = width;
  return TRUE;
}

/**
 * fovea_overrides_format_color:
 * @values: three numbers
 *
 * Returns: (transfer full): `R,G,B`, from which the same numbers are read again
 */
char *
fovea_overrides_format_color (const double *values)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 3; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      /* The shortest of the forms that mean the same number. */
      for (int digits = 6; digits <= 17; digits++)
        {
          char format[8];

          g_snprintf (format, sizeof format, "%%.%dg", digits);
          g_ascii_formatd (number, sizeof number, format, values[i]);
          if (g_ascii_strtod (number, NULL) == values[i])
            break;
        }
      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", number);
    }
  return g_string_free (text, FALSE);
}

/**
 * fovea_overrides_format_input:
 *
 * Returns: (transfer full): what fovea_overrides_parse_input() reads
 */
char *
fovea_overrides_format_input (gint64 height,
                              gint64 width)
{
  if (height == width)
    return g_strdup_printf ("%" G_GINT64_FORMAT, height);
  return g_strdup_printf ("%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT, height, width);
}
