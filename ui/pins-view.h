/* The pinned neurons of a pair, and the figure that is made of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/store.h"
#include "ui/image-sets.h"
#include "ui/job-queue.h"
#include "ui/neuron-view.h"

G_BEGIN_DECLS

/**
 * FoveaPinsView:
 *
 * A place of the window. Emits `neuron-activated` with a layer's name and a channel when people want to go to
 * a neuron's page.
 */
#define FOVEA_TYPE_PINS_VIEW (fovea_pins_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPinsView, fovea_pins_view, FOVEA, PINS_VIEW, GtkWidget)

GtkWidget *fovea_pins_view_new (FoveaJobQueue *queue, FoveaStore *store, FoveaImageSets *sets);
void fovea_pins_view_set_columns (FoveaPinsView *self, gboolean visualization, gboolean patches, double width_mm);
void fovea_pins_view_preview (FoveaPinsView *self);
void fovea_pins_view_export (FoveaPinsView *self, const char *path);
void fovea_pins_view_stop (FoveaPinsView *self);

gboolean fovea_pins_view_is_busy (FoveaPinsView *self);
double fovea_pins_view_get_progress (FoveaPinsView *self);
GdkPaintable *fovea_pins_view_get_preview (FoveaPinsView *self);
const char *fovea_pins_view_get_message (FoveaPinsView *self);

G_END_DECLS
