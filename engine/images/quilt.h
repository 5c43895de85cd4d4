/* Texture from a photograph: as much of it as is wanted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/random.h"

G_BEGIN_DECLS

gboolean fovea_quilt (const guint8 *rgba, guint width, guint height, FoveaRandom *random, guint side, guint8 *rgb);

G_END_DECLS
