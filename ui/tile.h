/* One channel of a layer, with what is known of it in both networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gdk/gdk.h>

#include "ui/network-pair.h"

G_BEGIN_DECLS

/**
 * FoveaTileState:
 * @FOVEA_TILE_UNKNOWN: the store has not been asked yet
 * @FOVEA_TILE_MISSING: has to be computed; a picture that it has is unfinished
 * @FOVEA_TILE_RUNNING: is being computed; the picture is that of the moment
 * @FOVEA_TILE_DONE: computed
 * @FOVEA_TILE_DEAD: computed, and no gradient ever reached the image
 */
typedef enum {
  FOVEA_TILE_UNKNOWN,
  FOVEA_TILE_MISSING,
  FOVEA_TILE_RUNNING,
  FOVEA_TILE_DONE,
  FOVEA_TILE_DEAD,
} FoveaTileState;

/**
 * FoveaTileMeasure:
 * @FOVEA_TILE_PEAK: the channel's strongest activation on the images of a scan
 * @FOVEA_TILE_SELECTIVITY: its class selectivity on them, in [0,1]
 * @FOVEA_TILE_PREFERENCE: its preference for shape, above 0, or texture, below, in [-2,2]
 * @FOVEA_TILE_IOU: how well it segments the concept that it segments best, in [0,1]
 */
typedef enum {
  FOVEA_TILE_PEAK,
  FOVEA_TILE_SELECTIVITY,
  FOVEA_TILE_PREFERENCE,
  FOVEA_TILE_IOU,
  FOVEA_TILE_N_MEASURES,
} FoveaTileMeasure;

#define FOVEA_TYPE_TILE (fovea_tile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTile, fovea_tile, FOVEA, TILE, GObject)

FoveaTile *fovea_tile_new (guint channel, const char *class_name);
guint fovea_tile_get_channel (FoveaTile *self);
const char *fovea_tile_get_class_name (FoveaTile *self);
FoveaTileState fovea_tile_get_state (FoveaTile *self, FoveaSide side);
GdkTexture *fovea_tile_get_texture (FoveaTile *self, FoveaSide side);
double fovea_tile_get_activation (FoveaTile *self, FoveaSide side);
GdkTexture *fovea_tile_get_patch (FoveaTile *self, FoveaSide side);
const char *fovea_tile_get_concept (FoveaTile *self, FoveaSide side);
const char *fovea_tile_get_category (FoveaTile *self, FoveaSide side);
double fovea_tile_get_measure (FoveaTile *self, FoveaSide side, FoveaTileMeasure measure);
gboolean fovea_tile_is_finished (FoveaTile *self, FoveaSide side);
gboolean fovea_tile_is_dead (FoveaTile *self, FoveaSide side);
gboolean fovea_tile_is_single (FoveaTile *self);
gboolean fovea_tile_is_pinned (FoveaTile *self);
char *fovea_tile_get_caption (FoveaTile *self);
char *fovea_tile_get_values (FoveaTile *self, int measure);
char *fovea_tile_get_description (FoveaTile *self);

void fovea_tile_set_single (FoveaTile *self);
void fovea_tile_set_state (FoveaTile *self, FoveaSide side, FoveaTileState state);
void fovea_tile_set_picture (FoveaTile *self, FoveaSide side, GdkTexture *texture, double activation);
void fovea_tile_set_patch (FoveaTile *self, FoveaSide side, GdkTexture *patch, const char *description);
void fovea_tile_set_concept (FoveaTile *self, FoveaSide side, const char *concept, const char *category);
void fovea_tile_set_measure (FoveaTile *self, FoveaSide side, FoveaTileMeasure measure, double value);
void fovea_tile_set_constant (FoveaTile *self, FoveaSide side, gboolean constant);
void fovea_tile_set_pinned (FoveaTile *self, gboolean pinned);

G_END_DECLS
