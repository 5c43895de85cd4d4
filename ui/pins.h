/* The neurons that people have pinned, of one pair of networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/network-pair.h"

G_BEGIN_DECLS

/* A figure has no more rows that anybody would look at. */
#define FOVEA_PINS_MAXIMUM 200

/**
 * FoveaPin:
 * @layer: the layer's name
 * @channels: the standard network's channel, and the robust one's that is compared with it
 * @label: what people call it; may be empty
 */
typedef struct {
  char *layer;
  guint channels[FOVEA_N_SIDES];
  char *label;
} FoveaPin;

/**
 * FoveaPins:
 *
 * Kept in the user's data folder, in a file for each two networks, whole after every change. Emits `changed`.
 * Belongs to the main thread.
 */
#define FOVEA_TYPE_PINS (fovea_pins_get_type ())
G_DECLARE_FINAL_TYPE (FoveaPins, fovea_pins, FOVEA, PINS, GObject)

FoveaPins *fovea_pins_get (FoveaNetworkPair *pair);

guint fovea_pins_get_n (FoveaPins *self);
const FoveaPin *fovea_pins_get_pin (FoveaPins *self, guint index);
int fovea_pins_find (FoveaPins *self, const char *layer, const guint channels[FOVEA_N_SIDES]);
const char *fovea_pins_get_error (FoveaPins *self);

gboolean fovea_pins_add (FoveaPins *self, const char *layer, const guint channels[FOVEA_N_SIDES]);
void fovea_pins_remove (FoveaPins *self, guint index);
void fovea_pins_move (FoveaPins *self, guint from, guint to);
void fovea_pins_rename (FoveaPins *self, guint index, const char *label);

G_END_DECLS
