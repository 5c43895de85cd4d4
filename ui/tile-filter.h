/* Which of a layer's tiles are shown.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/tile.h"

G_BEGIN_DECLS

/* Life, cue and networks that channels are narrowed down to; the first of each does not. */
typedef enum { FOVEA_TILE_ANY_LIFE, FOVEA_TILE_ALIVE, FOVEA_TILE_DEAD_ONLY } FoveaTileLife;
typedef enum { FOVEA_TILE_ANY_CUE, FOVEA_TILE_SHAPE, FOVEA_TILE_TEXTURE } FoveaTileCue;
typedef enum { FOVEA_TILE_IN_EITHER, FOVEA_TILE_IN_STANDARD, FOVEA_TILE_IN_ROBUST, FOVEA_TILE_IN_BOTH } FoveaTileNetworks;

/**
 * FoveaTileConditions:
 * @life: whether dead channels are shown
 * @detects: (nullable): the category of which they detect a concept; "" is any category; %NULL does not matter
 * @cue: what they prefer
 * @networks: in which networks all that has to be so
 */
typedef struct {
  FoveaTileLife life;
  const char *detects;
  FoveaTileCue cue;
  FoveaTileNetworks networks;
} FoveaTileConditions;

/**
 * FoveaTileFilter:
 *
 * Shows the channels that a text finds and that meet the conditions. A condition on what is not known of any channel does not count.
 */
#define FOVEA_TYPE_TILE_FILTER (fovea_tile_filter_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTileFilter, fovea_tile_filter, FOVEA, TILE_FILTER, GtkFilter)

FoveaTileFilter *fovea_tile_filter_new (void);
gboolean fovea_tile_filter_set_text (FoveaTileFilter *self, const char *text);
const char *fovea_tile_filter_get_text (FoveaTileFilter *self);
void fovea_tile_filter_set_conditions (FoveaTileFilter *self, const FoveaTileConditions *conditions);
void fovea_tile_filter_get_conditions (FoveaTileFilter *self, FoveaTileConditions *conditions);
void fovea_tile_filter_set_known (FoveaTileFilter *self, gboolean concepts, gboolean preferences);
guint fovea_tile_filter_count_conditions (FoveaTileFilter *self);

G_END_DECLS
