/* A button with what a layer's tiles can be narrowed down to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/layer-measures.h"
#include "ui/tile-filter.h"

G_BEGIN_DECLS

/* Its drop-downs. */
typedef enum {
  FOVEA_FILTER_LIFE,
  FOVEA_FILTER_DETECTS,
  FOVEA_FILTER_CUE,
  FOVEA_FILTER_NETWORKS,
  FOVEA_N_FILTER_CHOICES,
} FoveaFilterChoice;

/**
 * FoveaFilterButton:
 *
 * Changes the filter's conditions, and says how many there are.
 */
#define FOVEA_TYPE_FILTER_BUTTON (fovea_filter_button_get_type ())
G_DECLARE_FINAL_TYPE (FoveaFilterButton, fovea_filter_button, FOVEA, FILTER_BUTTON, GtkWidget)

GtkWidget *fovea_filter_button_new (void);
void fovea_filter_button_set_filter (FoveaFilterButton *self, FoveaTileFilter *filter, FoveaLayerMeasures *measures);
void fovea_filter_button_set_single (FoveaFilterButton *self, gboolean single);
void fovea_filter_button_clear (FoveaFilterButton *self);
GtkDropDown *fovea_filter_button_get_choice (FoveaFilterButton *self, FoveaFilterChoice choice);

G_END_DECLS
