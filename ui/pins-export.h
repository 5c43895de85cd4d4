/* A figure of the pinned neurons.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/figure-maker.h"
#include "ui/pins.h"

G_BEGIN_DECLS

/**
 * FoveaPinsFigure:
 * @visualization: whether the optimized images are columns
 * @images: (nullable): the image set whose strongest patches are columns; %NULL is none
 * @count: how many patches
 * @width_mm: how wide it is on paper; 0 is as wide as its contents
 */
typedef struct {
  gboolean visualization;
  const char *images;
  guint count;
  double width_mm;
} FoveaPinsFigure;

FoveaFigureRecord *fovea_pins_export_describe (FoveaPins *pins, FoveaNetworkPair *pair, const FoveaPinsFigure *settings, GPtrArray **networks);
gboolean fovea_pins_export_write (FoveaFigureRecord *record, FoveaFigure *figure, const char *path, GError **error);

G_END_DECLS
