/* A scene while it is being composed: light, and what every pixel shows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/scene.h"
#include "engine/images/textures/canvas.h"

G_BEGIN_DECLS

/* What a pixel of the ground shows besides a texture of which the number is kept as 1 + number. */
#define FOVEA_SURFACE_NONE 0
#define FOVEA_SURFACE_SKY 255

/**
 * FoveaPicture:
 * @light: %FOVEA_SCENE_SIZE squared × 3, the squares of what sRGB values will be
 * @surface: for every pixel 1 + the number of the texture that is there, or one of the above
 * @instance: for every pixel 1 + the number of the thing that covers it, in the order of placing; 0 is none
 * @part: for every pixel that a thing covers, 1 + the number of its part that is there; 0 is none
 */
typedef struct {
  float *light;
  guint8 *surface;
  guint8 *instance;
  guint8 *part;
} FoveaPicture;

/**
 * FoveaGround:
 * @horizon: row of the horizon, where things vanish; far above the picture where the ground is seen from above
 * @top: the row where the ground begins
 * @light_x, @light_y: as in #FoveaTextureView
 * @tint: what light does to a white thing
 * @soft: whether blades, grains or waves cover the lowest part of what stands there, and how many pixels high
 * @hard_light: how dark shadows are, from 0 to 1
 */
typedef struct {
  float horizon;
  float top;
  float light_x;
  float light_y;
  FoveaColor tint;
  float soft;
  float hard_light;
} FoveaGround;

guint fovea_scene_get_n_settings (void);
const char *fovea_scene_get_setting_name (guint setting);
int fovea_scene_find_setting (const char *name);

FoveaGround fovea_picture_draw_setting (FoveaPicture *picture, guint setting, gboolean from_above, FoveaRandom *random);
FoveaGround fovea_picture_draw_texture (FoveaPicture *picture, guint texture, FoveaRandom *random);

/**
 * FoveaPlacement:
 * @number: the thing's number in the picture, from 0 on
 * @size: of its longer side, in pixels
 * @x: of its middle
 * @y: of its foot, or of its middle if it has none
 * @turn: clockwise, in turns
 */
typedef struct {
  const FoveaStamp *stamp;
  const FoveaStampPixels *pixels;
  guint number;
  float size;
  float x;
  float y;
  float turn;
  gboolean mirrored;
  gboolean from_above;
} FoveaPlacement;

void fovea_stamp_draw (const FoveaStampPixels *pixels, float size, float turn, gboolean mirrored, guint side, guint8 *rgba);
void fovea_picture_place (FoveaPicture *picture, const FoveaGround *ground, const FoveaPlacement *placement, FoveaRandom *random);

G_END_DECLS
