/* What a figure is made of, for the files that keep and draw it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <pango/pango.h>

#include "ui/figure.h"

G_BEGIN_DECLS

/* How many pixels of a PNG an image's side should have, about. */
#define FOVEA_FIGURE_IMAGE_PIXELS 384

typedef struct {
  char *title;
  char *subtitle;
  FoveaFigureAccent accent;
  guint image_width; /* of a column's images, in their own pixels */
  guint image_height;
} FoveaFigureHeading;

typedef struct {
  cairo_surface_t *picture; /* enlarged by a whole number; NULL where there is none */
  char *caption;
} FoveaFigureCell;

struct _FoveaFigure {
  guint n_rows;
  guint n_columns;
  FoveaFigureHeading *rows;
  FoveaFigureHeading *columns;
  FoveaFigureCell *cells; /* row by row */
  char *caption;
  double width_mm; /* 0: as large as it is */
  double resolution;
  PangoContext *context;
};

guint fovea_figure_get_enlargement (guint width, guint height);

G_END_DECLS
