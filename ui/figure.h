/* The comparison figure: networks as columns, neurons as rows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>

#include "engine/images/image.h"

G_BEGIN_DECLS

/**
 * FoveaFigure:
 *
 * A table of images with headings and captions on white ground, drawn with Cairo and Pango alone, so
 * that it needs no display. Lengths are in units of 1/96 inch on a screen and of a point on paper.
 * Belongs to one thread at a time.
 */
typedef struct _FoveaFigure FoveaFigure;

/* Whose colour a column bears. */
typedef enum { FOVEA_FIGURE_STANDARD, FOVEA_FIGURE_ROBUST } FoveaFigureAccent;

typedef enum { FOVEA_FIGURE_PNG, FOVEA_FIGURE_PDF, FOVEA_FIGURE_SVG } FoveaFigureFormat;

/* A PNG's pixels per inch where a width on paper is asked for, unless told otherwise. */
#define FOVEA_FIGURE_RESOLUTION 300

/* Widths on paper that make sense, in millimetres. */
#define FOVEA_FIGURE_MINIMUM_WIDTH 10
#define FOVEA_FIGURE_MAXIMUM_WIDTH 2000

/* What a file may end in, in the order of FoveaFigureFormat; ended by NULL. */
extern const char *const fovea_figure_endings[];

FoveaFigure *fovea_figure_new (guint n_rows, guint n_columns);
void fovea_figure_free (FoveaFigure *figure);

void fovea_figure_set_column (FoveaFigure *figure, guint column, const char *title, const char *subtitle, FoveaFigureAccent accent, guint image_width, guint image_height);
void fovea_figure_set_row (FoveaFigure *figure, guint row, const char *title, const char *subtitle);
void fovea_figure_set_cell (FoveaFigure *figure, guint row, guint column, const FoveaImage *image, const char *caption);
void fovea_figure_set_caption (FoveaFigure *figure, const char *caption);

void fovea_figure_get_size (FoveaFigure *figure, double *width, double *height);
void fovea_figure_draw (FoveaFigure *figure, cairo_t *cr);
gboolean fovea_figure_format_from_path (const char *path, FoveaFigureFormat *format, GError **error);
gboolean fovea_figure_check (FoveaFigure *figure, FoveaFigureFormat format, GError **error);
char *fovea_figure_describe_activation (double activation, gboolean dead);
char *fovea_figure_describe_image (double activation, gboolean dead, guint n_steps, guint n_wanted);
void fovea_figure_set_width (FoveaFigure *figure, double width_mm, double resolution);
GBytes *fovea_figure_render (FoveaFigure *figure, FoveaFigureFormat format, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFigure, fovea_figure_free)

G_END_DECLS
