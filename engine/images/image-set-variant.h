/* An image set whose images have lost their colour, their texture or their shape.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/images/variant.h"

G_BEGIN_DECLS

FoveaImageSet *fovea_image_set_new_variant (FoveaImageSet *base, const FoveaVariant *variant);

/* A variant's place is that of the set, a plus sign and the variant: `scenes+edges`. */
char *fovea_image_set_split_variant (const char *place, FoveaVariant *variant);
char *fovea_image_set_join_variant (const char *place, const FoveaVariant *variant);

G_END_DECLS
