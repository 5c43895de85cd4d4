/* The overview: all neurons of a pair in numbers, the standard network beside the robust one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/store.h"
#include "ui/image-sets.h"
#include "ui/job-queue.h"
#include "ui/neuron-view.h"
#include "ui/overview-report.h"
#include "ui/overview-section.h"

G_BEGIN_DECLS

/**
 * FoveaOverview:
 *
 * A place of the window. Emits `neuron-activated` with a layer's name and a channel when a mark is chosen.
 */
#define FOVEA_TYPE_OVERVIEW (fovea_overview_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOverview, fovea_overview, FOVEA, OVERVIEW, GtkWidget)

GtkWidget *fovea_overview_new (void);
void fovea_overview_set_services (FoveaOverview *self, FoveaJobQueue *queue, FoveaStore *store, FoveaImageSets *sets);

void fovea_overview_set_sigma (FoveaOverview *self, double sigma);
gboolean fovea_overview_is_busy (FoveaOverview *self);
FoveaOverviewData *fovea_overview_get_data (FoveaOverview *self);
FoveaOverviewSection *fovea_overview_get_section (FoveaOverview *self, FoveaOverviewGroup group);
FoveaOverviewReport *fovea_overview_get_report (FoveaOverview *self);
void fovea_overview_write_report (FoveaOverview *self, const char *folder);

G_END_DECLS
