/* What charts draw with: text, inks, markers and axes in a theme.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <pango/pangocairo.h>

#include "ui/chart.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_CHART_TEXT_TITLE,
  FOVEA_CHART_TEXT_LABEL, /* names and headings of axes */
  FOVEA_CHART_TEXT_SMALL, /* numbers on axes, captions */
  FOVEA_CHART_TEXT_TINY,  /* names that would not fit otherwise */
} FoveaChartTextStyle;

typedef enum {
  FOVEA_CHART_INK_TEXT,
  FOVEA_CHART_INK_MUTED, /* numbers, captions */
  FOVEA_CHART_INK_AXIS,
  FOVEA_CHART_INK_GRID,
} FoveaChartInk;

typedef enum {
  FOVEA_CHART_MARKER_CIRCLE,
  FOVEA_CHART_MARKER_SQUARE,
  FOVEA_CHART_MARKER_DIAMOND,
  FOVEA_CHART_MARKER_TRIANGLE,
  FOVEA_CHART_MARKER_TRIANGLE_DOWN,
  FOVEA_CHART_MARKER_CROSS,
  FOVEA_CHART_MARKER_DOT,   /* small: one of many */
  FOVEA_CHART_MARKER_RING,  /* a circle that is not filled */
  FOVEA_CHART_MARKER_FRAME, /* such a square */
} FoveaChartMarker;

/* How many of them, the first, are for whoever comes. */
#define FOVEA_CHART_N_MARKERS 6

typedef struct {
  double x;
  double y;
  double width;
  double height;
} FoveaChartArea;

/**
 * FoveaChartCanvas:
 * @marks: (element-type FoveaChartTarget) (nullable): where what is drawn can be pointed at
 *
 * One drawing, a plain value.
 */
typedef struct {
  cairo_t *cr;
  PangoContext *context;
  FoveaChartTheme theme;
  GArray *marks;
} FoveaChartCanvas;

/* A mark and the half sides of the box around its centre. */
typedef struct {
  FoveaChartMark mark;
  double half_width;
  double half_height;
} FoveaChartTarget;

/**
 * FoveaChartAxis:
 * @minimum, @maximum: the values at the ends
 * @tick: distance of two numbers
 * @first: the first number
 * @n_ticks: how many numbers
 */
typedef struct {
  double minimum;
  double maximum;
  double tick;
  double first;
  guint n_ticks;
} FoveaChartAxis;

void fovea_chart_canvas_set_color (const FoveaChartCanvas *canvas, guint color, double alpha);
void fovea_chart_canvas_set_ink (const FoveaChartCanvas *canvas, FoveaChartInk ink);
void fovea_chart_canvas_measure (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double wrap_width, double *width, double *height);
double fovea_chart_canvas_measure_names (const FoveaChartCanvas *canvas, const GPtrArray *names, FoveaChartTextStyle style);
double fovea_chart_canvas_get_line_height (const FoveaChartCanvas *canvas, FoveaChartTextStyle style);
void fovea_chart_canvas_draw_text (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double x, double y, double x_align, double y_align, double wrap_width);
void fovea_chart_canvas_draw_text_up (const FoveaChartCanvas *canvas, const char *text, FoveaChartTextStyle style, double x, double y, double along_align, double across_align);
void fovea_chart_canvas_draw_line (const FoveaChartCanvas *canvas, double x0, double y0, double x1, double y1, double width);
void fovea_chart_canvas_draw_marker (const FoveaChartCanvas *canvas, FoveaChartMarker marker, double x, double y, double radius);
void fovea_chart_canvas_add_mark (const FoveaChartCanvas *canvas, FoveaChartMark mark, double half_width, double half_height);

void fovea_chart_axis_init (FoveaChartAxis *axis, double minimum, double maximum, double length, double length_per_tick);
double fovea_chart_axis_get_tick (const FoveaChartAxis *axis, guint index);
char *fovea_chart_axis_format (const FoveaChartAxis *axis, double value);
double fovea_chart_axis_measure (const FoveaChartAxis *axis, const FoveaChartCanvas *canvas);
double fovea_chart_axis_place (const FoveaChartAxis *axis, double value, double from, double to);

G_END_DECLS
