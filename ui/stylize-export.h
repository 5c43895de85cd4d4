/* Files of stylizations: what they are called, and how they are written.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/picture.h"
#include "ui/stylize-run.h"

G_BEGIN_DECLS

/**
 * FoveaStylizeName:
 * @shape, @texture: categories, as people write them
 * @shape_number, @texture_number: which image of its category it is, from 1 on
 *
 * What a cue-conflict image is called, as Geirhos et al. (2019) name theirs. A plain value; borrowed.
 */
typedef struct {
  const char *shape;
  const char *texture;
  guint shape_number;
  guint texture_number;
} FoveaStylizeName;

char *fovea_stylize_export_guess_category (const char *image_name, guint *number);
char *fovea_stylize_export_format_name (const FoveaStylizeName *name);
FoveaPicture *fovea_stylize_export_new (FoveaStylizeRun *run, const FoveaStylizeName *name);
char *fovea_stylize_export_add_to_folder (FoveaStylizeRun *run, const FoveaStylizeName *name, const char *folder, GError **error);

G_END_DECLS
