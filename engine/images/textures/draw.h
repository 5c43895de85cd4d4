/* The textures' drawing functions; texture.c has the table of them.
 *
 * Each fills a canvas' colour, relief and gloss, and draws its own variations from the canvas'
 * random numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/textures/canvas.h"

G_BEGIN_DECLS

void fovea_draw_striped (FoveaCanvas *canvas);
void fovea_draw_banded (FoveaCanvas *canvas);
void fovea_draw_lined (FoveaCanvas *canvas);
void fovea_draw_grid (FoveaCanvas *canvas);
void fovea_draw_chequered (FoveaCanvas *canvas);
void fovea_draw_polka_dotted (FoveaCanvas *canvas);
void fovea_draw_dotted (FoveaCanvas *canvas);
void fovea_draw_zigzagged (FoveaCanvas *canvas);
void fovea_draw_crosshatched (FoveaCanvas *canvas);
void fovea_draw_honeycombed (FoveaCanvas *canvas);
void fovea_draw_swirly (FoveaCanvas *canvas);
void fovea_draw_spiralled (FoveaCanvas *canvas);
void fovea_draw_woven (FoveaCanvas *canvas);
void fovea_draw_knitted (FoveaCanvas *canvas);
void fovea_draw_pleated (FoveaCanvas *canvas);
void fovea_draw_braided (FoveaCanvas *canvas);
void fovea_draw_meshed (FoveaCanvas *canvas);
void fovea_draw_cobwebbed (FoveaCanvas *canvas);
void fovea_draw_waffled (FoveaCanvas *canvas);
void fovea_draw_wrinkled (FoveaCanvas *canvas);
void fovea_draw_fibrous (FoveaCanvas *canvas);
void fovea_draw_matted (FoveaCanvas *canvas);
void fovea_draw_scaly (FoveaCanvas *canvas);
void fovea_draw_bubbly (FoveaCanvas *canvas);
void fovea_draw_freckled (FoveaCanvas *canvas);
void fovea_draw_sprinkled (FoveaCanvas *canvas);
void fovea_draw_porous (FoveaCanvas *canvas);
void fovea_draw_veined (FoveaCanvas *canvas);
void fovea_draw_blotchy (FoveaCanvas *canvas);
void fovea_draw_foliage (FoveaCanvas *canvas);
void fovea_draw_grass (FoveaCanvas *canvas);
void fovea_draw_cracked (FoveaCanvas *canvas);
void fovea_draw_marbled (FoveaCanvas *canvas);
void fovea_draw_stratified (FoveaCanvas *canvas);
void fovea_draw_perforated (FoveaCanvas *canvas);
void fovea_draw_studded (FoveaCanvas *canvas);
void fovea_draw_pitted (FoveaCanvas *canvas);
void fovea_draw_flecked (FoveaCanvas *canvas);
void fovea_draw_grooved (FoveaCanvas *canvas);
void fovea_draw_crystalline (FoveaCanvas *canvas);
void fovea_draw_bumpy (FoveaCanvas *canvas);
void fovea_draw_brick (FoveaCanvas *canvas);
void fovea_draw_asphalt (FoveaCanvas *canvas);
void fovea_draw_plaster (FoveaCanvas *canvas);
void fovea_draw_sand (FoveaCanvas *canvas);
void fovea_draw_snow (FoveaCanvas *canvas);
void fovea_draw_soil (FoveaCanvas *canvas);
void fovea_draw_wood (FoveaCanvas *canvas);
void fovea_draw_water (FoveaCanvas *canvas);
void fovea_draw_carpet (FoveaCanvas *canvas);

G_END_DECLS
