/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/drawing.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/**
 * fovea_drawing_create_context:
 *
 * The desktop's font settings must not show in a drawing: the same in every form, everywhere.
 *
 * Returns: (transfer full): a context for text, without hinting
 */
PangoContext *
fovea_drawing_create_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_language (context, pango_language_from_string ("en"));
  return context;
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* The size of what is drawn on: points on paper, pixels in a PNG; @scale is its units in one of the drawing's. */
static cairo_surface_t *
create_surface (FoveaDrawingFormat format, double width, double height, double scale, GByteArray *bytes)
{
  cairo_surface_t *surface;

  switch (format)
    {
    case FOVEA_DRAWING_PDF:
      surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, width, height);
      /* The moment of writing would make every file different. */
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
      cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Fovea");
      return surface;
    case FOVEA_DRAWING_SVG:
      return cairo_svg_surface_create_for_stream (append_bytes, bytes, width, height);
    case FOVEA_DRAWING_PNG:
    default:
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) width, (int) height);
      cairo_surface_set_device_scale (surface, scale, scale);
      return surface;
    }
}

/* Cairo names an SVG's root group after a counter of all surfaces that the process has made. */
static void
rename_root_group (GByteArray *svg)
{
  g_autofree char *text = g_strndup ((const char *) svg->data, svg->len);
  g_autoptr (GRegex) regex = g_regex_new ("<g id=\"surface[0-9]+\">", 0, 0, NULL);
  g_autofree char *renamed = g_regex_replace_literal (regex, text, -1, 0, "<g id=\"figure\">", 0, NULL);

  g_byte_array_set_size (svg, 0);
  g_byte_array_append (svg, (const guint8 *) renamed, (guint) strlen (renamed));
}

/* PNG, section 5.3: the CRC of a chunk's type and data. */
static guint32
compute_crc (const guint8 *data, gsize size)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? 0xedb88320 ^ (crc >> 1) : crc >> 1;
    }
  return crc ^ 0xffffffff;
}

static void
append_integer (GByteArray *bytes, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (bytes, (const guint8 *) &value, sizeof value);
}

/* Says in the PNG how large its pixels are, so that it takes its width on paper: the chunk pHYs behind the header,
 * which is 33 bytes long with the signature. */
static GByteArray *
add_resolution (GByteArray *png, double resolution)
{
  guint32 pixels_per_metre = (guint32) (resolution / 0.0254 + 0.5);
  GByteArray *result = g_byte_array_new ();
  guint type;

  g_byte_array_append (result, png->data, 33);
  append_integer (result, 9);
  type = result->len;
  g_byte_array_append (result, (const guint8 *) "pHYs", 4);
  append_integer (result, pixels_per_metre);
  append_integer (result, pixels_per_metre);
  g_byte_array_append (result, (const guint8 *) "\1", 1);
  append_integer (result, compute_crc (result->data + type, 13));
  g_byte_array_append (result, png->data + 33, png->len - 33);
  g_byte_array_unref (png);
  return result;
}

static GBytes *
render (FoveaDrawingFormat format, double width, double height, double scale, double resolution, FoveaDrawFunc draw, gpointer data, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = create_surface (format, width, height, scale, bytes);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  if (format != FOVEA_DRAWING_PNG && scale != 1)
    cairo_scale (cr, scale, scale);
  draw (cr, data);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && format == FOVEA_DRAWING_PNG)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "the figure cannot be drawn: %s", cairo_status_to_string (status));
      return NULL;
    }
  if (format == FOVEA_DRAWING_SVG)
    rename_root_group (bytes);
  if (format == FOVEA_DRAWING_PNG && resolution > 0)
    bytes = add_resolution (g_steal_pointer (&bytes), resolution);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * fovea_drawing_render:
 * @format: the form
 * @width, @height: the drawing's size in units
 * @draw: draws it
 * @error: %FOVEA_ERROR_IO where Cairo fails
 *
 * Draws into a file's contents. The same drawing gives the same bytes wherever the same fonts and
 * the same Cairo are installed.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
GBytes *
fovea_drawing_render (FoveaDrawingFormat format, double width, double height, FoveaDrawFunc draw, gpointer data, GError **error)
{
  double scale = format == FOVEA_DRAWING_PNG ? FOVEA_DRAWING_PNG_SCALE : 1;

  return render (format, width * scale, height * scale, scale, 0, draw, data, error);
}

/**
 * fovea_drawing_render_at_width:
 * @width, @height: the drawing's size in units
 * @width_mm: how wide it is to be on paper, in millimetres
 * @resolution: a PNG's pixels per inch; no effect on the others
 * @error: %FOVEA_ERROR_TOO_LARGE, %FOVEA_ERROR_IO where Cairo fails
 *
 * As fovea_drawing_render(), enlarged or reduced to a width. A PNG says how large its pixels are.
 *
 * Returns: (transfer full): the contents, or %NULL with @error set
 */
GBytes *
fovea_drawing_render_at_width (FoveaDrawingFormat format, double width, double height, double width_mm, double resolution, FoveaDrawFunc draw, gpointer data, GError **error)
{
  double wanted = width_mm / 25.4 * (format == FOVEA_DRAWING_PNG ? resolution : 72);
  double scale, wanted_height;

  if (format == FOVEA_DRAWING_PNG)
    wanted = MAX (floor (wanted + 0.5), 1);
  scale = wanted / width;
  wanted_height = height * scale;
  if (format != FOVEA_DRAWING_PNG)
    return render (format, wanted, wanted_height, scale, 0, draw, data, error);

  wanted_height = MAX (ceil (wanted_height), 1);
  if (MAX (wanted, wanted_height) > FOVEA_DRAWING_MAXIMUM_PIXELS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "the figure would be %.0f × %.0f pixels, but a PNG's side may have %d; make it narrower, or a PDF",
                   wanted, wanted_height, FOVEA_DRAWING_MAXIMUM_PIXELS);
      return NULL;
    }
  return render (format, wanted, wanted_height, scale, resolution, draw, data, error);
}
