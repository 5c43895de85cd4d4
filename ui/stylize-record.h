/* How a stylization was made, as a JSON document beside its picture.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/analysis/stylize.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeSource:
 * @network: whose eyes
 * @shape, @texture: what the images are called, UTF-8
 * @options: as the stylization was asked for
 *
 * What a stylization was made of. A plain value; everything is borrowed.
 */
typedef struct {
  const FoveaNetwork *network;
  const char *shape;
  const char *texture;
  const FoveaStylizeOptions *options;
} FoveaStylizeSource;

JsonBuilder *fovea_stylize_record_build (const FoveaStylizeSource *source, const FoveaStylization *result);
char *fovea_stylize_record_format (const FoveaStylizeSource *source, const FoveaStylization *result);

G_END_DECLS
