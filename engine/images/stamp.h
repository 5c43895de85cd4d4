/* The photographs that the built-in scenes are made from: cut out, with an alpha channel.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_STAMP_FLIES = 1 << 0,
  FOVEA_STAMP_FLOATS = 1 << 1,
  FOVEA_STAMP_FLAT = 1 << 2,
  FOVEA_STAMP_TURNS = 1 << 3,
  FOVEA_STAMP_LEANS = 1 << 4,
  FOVEA_STAMP_FIXED = 1 << 5,
  FOVEA_STAMP_FRAYED = 1 << 6,
} FoveaStampFlags;

/* A part of a stamp: what of it lies in this box, in fractions of its width and height. */
typedef struct {
  char *name;
  float left, top, right, bottom;
} FoveaStampPart;

/* A line of the list; resources/stamps/stamps.tsv explains the columns. */
typedef struct {
  char *class_name;
  char *object;
  char *file;     /* below the folder of stamps */
  GStrv settings; /* at least one */
  float size;     /* in (0, 1] */
  FoveaStampFlags flags;
  GArray *parts;  /* FoveaStampPart */
} FoveaStamp;

/**
 * FoveaStampPixels:
 * @pixels: 4 bytes a pixel: red, green, blue, each multiplied by alpha; alpha
 * @half: (nullable): the same at half the size
 *
 * A stamp's picture, cropped to what is not transparent. Immutable.
 */
typedef struct _FoveaStampPixels FoveaStampPixels;
struct _FoveaStampPixels {
  guint width;
  guint height;
  guint8 *pixels;
  FoveaStampPixels *half;
};

/**
 * FoveaStamps:
 *
 * A list of stamps of which the files exist, or of drawn shapes. Their pictures are decoded when they are first asked
 * for, and kept. Any number of threads may share it. Reference-counted.
 */
typedef struct _FoveaStamps FoveaStamps;

FoveaStamps *fovea_stamps_open (const char *list, const char *folder, GError **error);
FoveaStamps *fovea_stamps_ref (FoveaStamps *self);
void fovea_stamps_unref (FoveaStamps *self);

guint fovea_stamps_get_n_stamps (const FoveaStamps *self);
const FoveaStamp *fovea_stamps_get_stamp (const FoveaStamps *self, guint stamp);
guint fovea_stamps_get_n_missing (const FoveaStamps *self);
const char *fovea_stamps_get_fingerprint (const FoveaStamps *self);
const FoveaStampPixels *fovea_stamps_load (FoveaStamps *self, guint stamp, GError **error);

char *fovea_stamps_find_folder (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStamps, fovea_stamps_unref)

G_END_DECLS
