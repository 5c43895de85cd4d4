/* Images without their colour, their texture or their shape.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_VARIANT_ORIGINAL,   /* as it is */
  FOVEA_VARIANT_GREYSCALE,  /* no colour */
  FOVEA_VARIANT_SILHOUETTE, /* the outline alone, black on white */
  FOVEA_VARIANT_EDGES,      /* lines, black on white */
  FOVEA_VARIANT_SCRAMBLE,   /* tiles in another order */
} FoveaVariantKind;

/**
 * FoveaVariant:
 * @kind: what is taken away
 * @n_tiles: for scrambled images, tiles in a row and in a column
 * @seed: for scrambled images, of their order
 *
 * A plain value.
 */
typedef struct {
  FoveaVariantKind kind;
  guint n_tiles;
  guint64 seed;
} FoveaVariant;

gboolean fovea_variant_parse (const char *text, FoveaVariant *variant, GError **error);
char *fovea_variant_format (const FoveaVariant *variant);
FoveaImage *fovea_variant_apply (const FoveaVariant *variant, const FoveaImage *image, guint64 number, GError **error);

G_END_DECLS
