/* The Lens as a figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/response.h"
#include "ui/lens-attack.h"
#include "ui/network-pair.h"
#include "ui/picture.h"

G_BEGIN_DECLS

FoveaPicture *fovea_lens_export_new (FoveaResponse *const *responses, FoveaLensAttack *const *attacks, const guint *channels, const char *layer, const char *image_name, double opacity);

G_END_DECLS
