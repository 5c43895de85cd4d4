/* Whom networks are compared with: the published observers, and trials that people opened.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"
#include "ui/job-queue.h"
#include "ui/settings.h"

G_BEGIN_DECLS

/**
 * FoveaPublishedGroup:
 * @FOVEA_PUBLISHED_PEOPLE: the ten people of Geirhos et al. together
 * @FOVEA_PUBLISHED_PERSONS: each of them
 * @FOVEA_PUBLISHED_NETWORKS: their AlexNet, GoogLeNet and VGG-16
 */
typedef enum {
  FOVEA_PUBLISHED_PEOPLE,
  FOVEA_PUBLISHED_PERSONS,
  FOVEA_PUBLISHED_NETWORKS,
} FoveaPublishedGroup;

#define FOVEA_N_PUBLISHED_GROUPS 3

/**
 * FoveaShapeBiasObservers:
 *
 * Which of them are shown, and which files of trials are open, is kept between starts. Belongs to the main thread. Emits
 * `changed`.
 */
#define FOVEA_TYPE_SHAPE_BIAS_OBSERVERS (fovea_shape_bias_observers_get_type ())
G_DECLARE_FINAL_TYPE (FoveaShapeBiasObservers, fovea_shape_bias_observers, FOVEA, SHAPE_BIAS_OBSERVERS, GObject)

FoveaShapeBiasObservers *fovea_shape_bias_observers_new (FoveaJobQueue *queue, FoveaSettings *settings);

gboolean fovea_shape_bias_observers_get_shown (FoveaShapeBiasObservers *self, FoveaPublishedGroup group);
void fovea_shape_bias_observers_set_shown (FoveaShapeBiasObservers *self, FoveaPublishedGroup group, gboolean shown);

void fovea_shape_bias_observers_open (FoveaShapeBiasObservers *self, const char *const *paths);
void fovea_shape_bias_observers_close (FoveaShapeBiasObservers *self);
guint fovea_shape_bias_observers_get_n_files (FoveaShapeBiasObservers *self);
gboolean fovea_shape_bias_observers_is_reading (FoveaShapeBiasObservers *self);
char *fovea_shape_bias_observers_describe_problems (FoveaShapeBiasObservers *self);

void fovea_shape_bias_observers_list (FoveaShapeBiasObservers *self, GArray *observers);

G_END_DECLS
