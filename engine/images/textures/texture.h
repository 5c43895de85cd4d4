/* Drawn textures: what fills the grounds and walls of the built-in scenes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/random.h"

G_BEGIN_DECLS

/**
 * FoveaTexture:
 * @name: what describes it, such as "striped", in the words of the Describable Textures Dataset
 *   (Cimpoi et al. 2014) where they have one; %NULL for a surface that has only a material
 * @material: what it is made of, such as "wood"; %NULL where it is nothing in particular
 */
typedef struct {
  const char *name;
  const char *material;
} FoveaTexture;

/**
 * FoveaTextureView:
 * @width, @height: of the picture, in pixels
 * @horizon: rows between the horizon and the picture's upper edge, for ground that lies flat and is
 *   seen from above it, more than 0; 0 for a wall that faces the viewer
 * @magnification: 1 for the texture's usual size; 2 draws its elements twice as large
 * @light_x, @light_y: the direction that light comes from: horizontally, and vertically where
 *   negative is above; together no longer than 1, the longer the more it grazes the surface
 *
 * From where a texture is seen.
 */
typedef struct {
  guint width;
  guint height;
  float horizon;
  float magnification;
  float light_x;
  float light_y;
} FoveaTextureView;

guint fovea_texture_get_n_textures (void);
const FoveaTexture *fovea_texture_get (guint texture);
int fovea_texture_find (const char *name);
void fovea_texture_draw (guint texture, const FoveaTextureView *view, guint64 seed, float *pixels);

G_END_DECLS
