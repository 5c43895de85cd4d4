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

#define FOVEA_TYPE_TILE (fovea_tile_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTile, fovea_tile, FOVEA, TILE, GObject)

FoveaTile *fovea_tile_new (guint channel, const char *class_name);
guint fovea_tile_get_channel (FoveaTile *self);
const char *fovea_tile_get_class_name (FoveaTile *self);
FoveaTileState fovea_tile_get_state (FoveaTile *self, FoveaSide side);
GdkTexture *fovea_tile_get_texture (FoveaTile *self, FoveaSide side);
double fovea_tile_get_activation (FoveaTile *self, FoveaSide side);
const char *fovea_tile_get_concept (FoveaTile *self, FoveaSide side);
gboolean fovea_tile_is_finished (FoveaTile *self, FoveaSide side);
char *fovea_tile_get_caption (FoveaTile *self);
char *fovea_tile_get_description (FoveaTile *self);

gboolean fovea_tile_is_single (FoveaTile *self);

void fovea_tile_set_single (FoveaTile *self);
void fovea_tile_set_state (FoveaTile *self, FoveaSide side, FoveaTileState state);
void fovea_tile_set_picture (FoveaTile *self, FoveaSide side, GdkTexture *texture, double activation);
void fovea_tile_set_concept (FoveaTile *self, FoveaSide side, const char *concept);

G_END_DECLS
