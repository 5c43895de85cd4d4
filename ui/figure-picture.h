/* Figures as pictures to be saved or copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/figure.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/* Draws the figure, in a worker thread. */
typedef FoveaFigure *(*FoveaFigureFunc) (gpointer data, GError **error);

FoveaPicture *fovea_figure_picture_new (const char *name, FoveaFigureFunc draw, gpointer data, GDestroyNotify destroy);

G_END_DECLS
