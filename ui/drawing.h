/* Drawings without a display: text like in every figure, and files whose bytes do not change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include "engine/error.h"

G_BEGIN_DECLS

/* A PNG has this many pixels a unit: text stays crisp in print. */
#define FOVEA_DRAWING_PNG_SCALE 2

/* No image surface of Cairo may be larger. */
#define FOVEA_DRAWING_MAXIMUM_PIXELS 32767

/* The fonts of all figures, the first that is installed. */
#define FOVEA_DRAWING_FONTS "Cantarell, DejaVu Sans, sans-serif"

typedef enum { FOVEA_DRAWING_PNG, FOVEA_DRAWING_PDF, FOVEA_DRAWING_SVG } FoveaDrawingFormat;

/**
 * FoveaDrawFunc:
 * @cr: where to; one unit is 1/96 inch on a screen and a point on paper
 *
 * Draws the whole of a drawing with its upper left corner at the origin.
 */
typedef void (*FoveaDrawFunc) (cairo_t *cr, gpointer data);

PangoContext *fovea_drawing_create_context (void);
GBytes *fovea_drawing_render (FoveaDrawingFormat format, double width, double height, FoveaDrawFunc draw, gpointer data, GError **error);
GBytes *fovea_drawing_render_at_width (FoveaDrawingFormat format, double width, double height, double width_mm, double resolution, FoveaDrawFunc draw, gpointer data, GError **error);

G_END_DECLS
