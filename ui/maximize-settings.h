/* What people chose for activation maximization: a preset, and what differs from it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "engine/analysis/maximize.h"

G_BEGIN_DECLS

/* More images than this are not made at once. */
#define FOVEA_MAXIMIZE_MAX_IMAGES 6

/**
 * FoveaPresetChoice:
 * @FOVEA_PRESET_CHOICE_AUTOMATIC: each network's own default preset
 *
 * The others are the presets themselves.
 */
typedef enum {
  FOVEA_PRESET_CHOICE_AUTOMATIC,
  FOVEA_PRESET_CHOICE_LUCENT,
  FOVEA_PRESET_CHOICE_ROBUST,
  FOVEA_PRESET_CHOICE_PLAIN,
} FoveaPresetChoice;

/**
 * FoveaObjectiveChoice:
 * @FOVEA_OBJECTIVE_CHOICE_CHANNEL: what a channel's address alone stands for everywhere
 * @FOVEA_OBJECTIVE_CHOICE_CENTRE: one unit in the middle of the map
 * @FOVEA_OBJECTIVE_CHOICE_POSITION: one unit at a chosen position, clamped to the layer's map
 * @FOVEA_OBJECTIVE_CHOICE_LAYER: the whole layer
 * @FOVEA_OBJECTIVE_CHOICE_LOGIT: the class of the channel's number, before softmax; as
 *   @FOVEA_OBJECTIVE_CHOICE_CHANNEL where the layer has no channel per class
 */
typedef enum {
  FOVEA_OBJECTIVE_CHOICE_CHANNEL,
  FOVEA_OBJECTIVE_CHOICE_CENTRE,
  FOVEA_OBJECTIVE_CHOICE_POSITION,
  FOVEA_OBJECTIVE_CHOICE_LAYER,
  FOVEA_OBJECTIVE_CHOICE_LOGIT,
} FoveaObjectiveChoice;

typedef enum {
  FOVEA_MAXIMIZE_OPTION_BOOLEAN,
  FOVEA_MAXIMIZE_OPTION_CHOICE,
  FOVEA_MAXIMIZE_OPTION_INTEGER,
  FOVEA_MAXIMIZE_OPTION_NUMBER,
} FoveaMaximizeOptionKind;

/**
 * FoveaMaximizeOptionInfo:
 * @name: stable, as kept in the settings and in recipes
 * @group: the heading it belongs under
 * @title, @subtitle: for people; @subtitle may be %NULL
 * @choices: for a choice: its names in the order of the values, %NULL-terminated
 * @minimum, @maximum, @increment, @digits: for integers and numbers
 */
typedef struct {
  const char *name;
  const char *group;
  const char *title;
  const char *subtitle;
  FoveaMaximizeOptionKind kind;
  const char *const *choices;
  double minimum;
  double maximum;
  double increment;
  guint digits;
  gsize offset; /* of the field in FoveaMaximizeOptions */
} FoveaMaximizeOptionInfo;

const FoveaMaximizeOptionInfo *fovea_maximize_option_list (guint *n_options);
const FoveaMaximizeOptionInfo *fovea_maximize_option_find (const char *name);
double fovea_maximize_option_get (const FoveaMaximizeOptionInfo *info, const FoveaMaximizeOptions *options);

#define FOVEA_TYPE_MAXIMIZE_SETTINGS (fovea_maximize_settings_get_type ())
G_DECLARE_FINAL_TYPE (FoveaMaximizeSettings, fovea_maximize_settings, FOVEA, MAXIMIZE_SETTINGS, GObject)

FoveaMaximizeSettings *fovea_maximize_settings_new (void);

FoveaPresetChoice fovea_maximize_settings_get_preset (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_preset (FoveaMaximizeSettings *settings, FoveaPresetChoice preset);
FoveaObjectiveChoice fovea_maximize_settings_get_objective_choice (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_objective_choice (FoveaMaximizeSettings *settings, FoveaObjectiveChoice choice);
void fovea_maximize_settings_get_position (FoveaMaximizeSettings *settings, gint64 *y, gint64 *x);
void fovea_maximize_settings_set_position (FoveaMaximizeSettings *settings, gint64 y, gint64 x);
guint fovea_maximize_settings_get_n_images (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_n_images (FoveaMaximizeSettings *settings, guint n_images);
guint64 fovea_maximize_settings_get_seed (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_seed (FoveaMaximizeSettings *settings, guint64 seed);
double fovea_maximize_settings_get_diversity (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_diversity (FoveaMaximizeSettings *settings, double weight);

gboolean fovea_maximize_settings_get_changed (FoveaMaximizeSettings *settings, const FoveaMaximizeOptionInfo *info);
void fovea_maximize_settings_change (FoveaMaximizeSettings *settings, const FoveaMaximizeOptionInfo *info, double value);
void fovea_maximize_settings_reset (FoveaMaximizeSettings *settings, const FoveaMaximizeOptionInfo *info);
void fovea_maximize_settings_reset_all (FoveaMaximizeSettings *settings);
gboolean fovea_maximize_settings_is_default (FoveaMaximizeSettings *settings);

void fovea_maximize_settings_set_networks (FoveaMaximizeSettings *self, FoveaNetwork *const *networks, guint n_networks);
FoveaPreset fovea_maximize_settings_get_preset_for_network (FoveaMaximizeSettings *settings, const FoveaNetwork *network);
void fovea_maximize_settings_get_options (FoveaMaximizeSettings *settings, const FoveaNetwork *network, FoveaMaximizeOptions *options);
void fovea_maximize_settings_get_objective (FoveaMaximizeSettings *settings, const FoveaNetwork *network, const FoveaNeuron *neuron, FoveaObjective *objective);

GVariant *fovea_maximize_settings_to_variant (FoveaMaximizeSettings *settings);
void fovea_maximize_settings_set_from_variant (FoveaMaximizeSettings *settings, GVariant *variant);

G_END_DECLS
