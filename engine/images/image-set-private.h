/* What an image set's source is: the interface that folders and built-in sets implement.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"

G_BEGIN_DECLS

typedef struct _FoveaImageSetSource FoveaImageSetSource;

/* Everything but @references is set while the set is opened, and never changes afterwards. */
struct _FoveaImageSet {
  gatomicrefcount references;
  const FoveaImageSetSource *source;
  char *name;        /* set by image-set.c; open may replace it */
  char *path;        /* set by image-set.c: the folder's absolute path, NULL for a built-in set */
  char *place;       /* set by image-set.c: what opens the set again */
  gsize n_images;    /* set by open: at least 1 */
  GStrv classes;     /* set by open: the classes' names, UTF-8; NULL is none */
  guint n_classes;   /* set by image-set.c */
  char *fingerprint; /* set by open: 64 hexadecimal digits that change whenever an image may have changed */
  gpointer data;     /* the source's own */
};

/**
 * FoveaImageSetSource:
 * @name: (nullable): what fovea_image_set_open() takes for this built-in set; %NULL is the source of folders
 * @open: fills the set in; on failure, @close is called all the same
 * @close: frees @data; must bear a set that open left half-made
 * @get_image_name: unique in the set; borrowed from the set
 * @get_image_class: in [-1, number of classes)
 * @load_image: the image's pixels; any number of threads at once
 * @load_silhouette: (nullable): an image of the same size, black where the image's things are, and white elsewhere;
 *   any number of threads at once
 *
 * A table of functions, constant for the life of the program. image-set.c lists all that can be opened by name.
 */
struct _FoveaImageSetSource {
  const char *name;
  gboolean (*open) (FoveaImageSet *set, const FoveaJob *job, GError **error);
  void (*close) (FoveaImageSet *set);
  const char *(*get_image_name) (const FoveaImageSet *set, gsize index);
  int (*get_image_class) (const FoveaImageSet *set, gsize index);
  FoveaImage *(*load_image) (const FoveaImageSet *set, gsize index, GError **error);
  FoveaImage *(*load_silhouette) (const FoveaImageSet *set, gsize index, GError **error);
};

extern const FoveaImageSetSource fovea_image_set_folder;
extern const FoveaImageSetSource fovea_image_set_scenes;
extern const FoveaImageSetSource fovea_image_set_cue_conflict;

G_END_DECLS
