/* A set of images to ask networks about: a folder, or one that Fovea composes itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image.h"
#include "engine/job.h"

G_BEGIN_DECLS

/**
 * FoveaImageSet:
 *
 * A list of images in a fixed order, most of them with a class. It knows their names; pixels are
 * loaded when asked for. Immutable, so any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaImageSet FoveaImageSet;

FoveaImageSet *fovea_image_set_open (const char *name_or_path, GError **error);
FoveaImageSet *fovea_image_set_open_with_job (const char *name_or_path, const FoveaJob *job, GError **error);
FoveaImageSet *fovea_image_set_ref (FoveaImageSet *set);
void fovea_image_set_unref (FoveaImageSet *set);

const char *fovea_image_set_get_name (const FoveaImageSet *set); /* for people: a built-in set's name, or a folder's */
const char *fovea_image_set_get_path (const FoveaImageSet *set); /* nullable: the folder, absolute */
const char *fovea_image_set_get_place (const FoveaImageSet *set); /* opens this very set again */
gsize fovea_image_set_get_n_images (const FoveaImageSet *set);   /* at least 1 */
const char *fovea_image_set_get_image_name (const FoveaImageSet *set, gsize index); /* unique in the set; of a folder: the path below it */
int fovea_image_set_get_image_class (const FoveaImageSet *set, gsize index); /* -1: none */
guint fovea_image_set_get_n_classes (const FoveaImageSet *set);
const char *fovea_image_set_get_class_name (const FoveaImageSet *set, guint image_class);
const char *fovea_image_set_get_fingerprint (const FoveaImageSet *set); /* 64 hexadecimal digits */
FoveaImage *fovea_image_set_load_image (const FoveaImageSet *set, gsize index, GError **error);

gboolean fovea_image_set_has_silhouettes (const FoveaImageSet *set);

const char *const *fovea_image_set_get_built_in (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaImageSet, fovea_image_set_unref)

G_END_DECLS
