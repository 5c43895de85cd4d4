/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/drawing.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
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

static cairo_surface_t *
create_surface (FoveaDrawingFormat format, double width, double height, GByteArray *bytes)
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
      surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (width * FOVEA_DRAWING_PNG_SCALE), (int) (height * FOVEA_DRAWING_PNG_SCALE));
      cairo_surface_set_device_scale (surface, FOVEA_DRAWING_PNG_SCALE, FOVEA_DRAWING_PNG_SCALE);
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
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = create_surface (format, width, height, bytes);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

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
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
