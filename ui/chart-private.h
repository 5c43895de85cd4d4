/* What a kind of chart has to give.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/csv.h"
#include "ui/chart-canvas.h"

G_BEGIN_DECLS

/**
 * FoveaChartKind:
 * @get_natural_size: the size that its plot should have in print
 * @draw: draws the plot, axes and their texts included, into an area
 * @describe: (transfer full): a mark in words, without its value
 * @write_table: appends the numbers as CSV, the line of column names first
 * @free: frees @content
 *
 * Every function gets the content that fovea_chart_new() was called with.
 */
typedef struct {
  void (*get_natural_size) (gconstpointer content, const FoveaChartCanvas *canvas, double *width, double *height);
  void (*draw) (gconstpointer content, const FoveaChartCanvas *canvas, const FoveaChartArea *area);
  char *(*describe) (gconstpointer content, const FoveaChartMark *mark);
  void (*write_table) (gconstpointer content, GString *csv);
  void (*free) (gpointer content);
} FoveaChartKind;

/* What the legend shows before a series' name. */
typedef enum { FOVEA_CHART_LEGEND_SWATCH, FOVEA_CHART_LEGEND_MARKER } FoveaChartLegend;

FoveaChart *fovea_chart_new (const FoveaChartKind *kind, gpointer content);
gpointer fovea_chart_get_content (FoveaChart *chart, const FoveaChartKind *kind);
void fovea_chart_add_legend (FoveaChart *chart, const char *text, guint color, FoveaChartLegend legend, FoveaChartMarker marker);

void fovea_chart_csv_append_number (GString *csv, double value);

G_END_DECLS
