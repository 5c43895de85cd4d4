/* Charts: numbers drawn with Cairo and Pango alone, for the window, for print and as tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaChart:
 *
 * A chart of any kind: title, subtitle, legend, plot, caption. Each kind has a constructor and setters
 * in a header of its own (`ui/chart-*.h`); this one has what all share. Needs no display. Belongs to one
 * thread at a time.
 */
typedef struct _FoveaChart FoveaChart;

/**
 * FoveaChartTheme:
 * @FOVEA_CHART_PRINT: dark on white, with title, subtitle and caption: what is saved
 * @FOVEA_CHART_LIGHT: for a light window: no ground, no title, subtitle and caption, which widgets show
 * @FOVEA_CHART_DARK: the same for a dark window
 */
typedef enum { FOVEA_CHART_PRINT, FOVEA_CHART_LIGHT, FOVEA_CHART_DARK } FoveaChartTheme;

/**
 * FoveaChartColor:
 * @FOVEA_CHART_STANDARD, @FOVEA_CHART_ROBUST: the two networks' colours
 * @FOVEA_CHART_REFERENCE: the text's colour: what networks are compared with, such as people
 * @FOVEA_CHART_CATEGORY: the first of %FOVEA_CHART_N_CATEGORY_COLORS colours for everything else; add a
 *   number, which starts again after the last
 */
typedef enum {
  FOVEA_CHART_STANDARD,
  FOVEA_CHART_ROBUST,
  FOVEA_CHART_REFERENCE,
  FOVEA_CHART_CATEGORY,
} FoveaChartColor;

#define FOVEA_CHART_N_CATEGORY_COLORS 8

/**
 * FoveaChartMark:
 * @series: which series
 * @category: which row, group or bin
 * @index: which value there; 0 where there is one
 * @value: its value
 * @x, @y: where its centre was drawn
 *
 * Something that was drawn and can be pointed at.
 */
typedef struct {
  guint series;
  guint category;
  guint index;
  double value;
  double x;
  double y;
} FoveaChartMark;

/* What a chart's file may end in; ended by NULL. */
extern const char *const fovea_chart_endings[];

void fovea_chart_free (FoveaChart *chart);

void fovea_chart_set_title (FoveaChart *chart, const char *title, const char *subtitle);
void fovea_chart_set_caption (FoveaChart *chart, const char *caption);
const char *fovea_chart_get_title (FoveaChart *chart);
const char *fovea_chart_get_subtitle (FoveaChart *chart);
const char *fovea_chart_get_caption (FoveaChart *chart);

void fovea_chart_get_natural_size (FoveaChart *chart, FoveaChartTheme theme, double *width, double *height);
void fovea_chart_draw (FoveaChart *chart, cairo_t *cr, double width, double height, FoveaChartTheme theme);
gboolean fovea_chart_find_mark (FoveaChart *chart, double x, double y, FoveaChartMark *mark);
guint fovea_chart_get_n_marks (FoveaChart *chart);
void fovea_chart_get_mark (FoveaChart *chart, guint index, FoveaChartMark *mark);
char *fovea_chart_describe_mark (FoveaChart *chart, const FoveaChartMark *mark);

char *fovea_chart_to_csv (FoveaChart *chart);
GBytes *fovea_chart_render (FoveaChart *chart, const char *path, GError **error);
gboolean fovea_chart_save (FoveaChart *chart, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaChart, fovea_chart_free)

G_END_DECLS
