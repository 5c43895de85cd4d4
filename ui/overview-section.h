/* A part of the overview: what is measured, its charts, and how to compute them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/overview-panel.h"

G_BEGIN_DECLS

/**
 * FoveaOverviewSection:
 *
 * Emits `compute` and `stop` when people want that, and `neuron-activated` with a layer's name and a channel.
 */
#define FOVEA_TYPE_OVERVIEW_SECTION (fovea_overview_section_get_type ())
G_DECLARE_FINAL_TYPE (FoveaOverviewSection, fovea_overview_section, FOVEA, OVERVIEW_SECTION, GtkWidget)

GtkWidget *fovea_overview_section_new (FoveaOverviewGroup group);
void fovea_overview_section_add_control (FoveaOverviewSection *self, GtkWidget *control);
void fovea_overview_section_set_data (FoveaOverviewSection *self, FoveaOverviewData *data);
void fovea_overview_section_set_estimate (FoveaOverviewSection *self, double seconds);
void fovea_overview_section_set_progress (FoveaOverviewSection *self, const char *text, double fraction);
void fovea_overview_section_set_error (FoveaOverviewSection *self, const char *text);

const char *fovea_overview_section_get_status (FoveaOverviewSection *self);
GtkWidget *fovea_overview_section_get_button (FoveaOverviewSection *self);
FoveaOverviewPanel *fovea_overview_section_get_panel (FoveaOverviewSection *self, guint chart);


G_END_DECLS
