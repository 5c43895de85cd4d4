/* The image sets that people use, and which of them is the current one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "ui/job-queue.h"
#include "ui/settings.h"

G_BEGIN_DECLS

/**
 * FoveaImageSets:
 *
 * The built-in sets and the folders that were opened, kept between starts. One of them is the current
 * one, as it is or as a variant, which all views share. Views of cue conflict share a list of their own, since other
 * images say nothing there, and so do views of concepts, which need masks. A folder is read in the background, when
 * somebody first asks for it. Belongs to the main thread.
 *
 * Emits `changed` when the list, the current set, or what is known of it changed.
 */
#define FOVEA_TYPE_IMAGE_SETS (fovea_image_sets_get_type ())
G_DECLARE_FINAL_TYPE (FoveaImageSets, fovea_image_sets, FOVEA, IMAGE_SETS, GObject)

/**
 * FoveaImageSetsWords:
 * @name: what a set is
 * @description: what it is for
 * @open: a menu's words for opening a folder
 * @open_title: the dialog's title
 */
typedef struct {
  const char *name;
  const char *description;
  const char *open;
  const char *open_title;
} FoveaImageSetsWords;

FoveaImageSets *fovea_image_sets_new (FoveaJobQueue *queue, FoveaSettings *settings);
FoveaImageSets *fovea_image_sets_new_for_cues (FoveaJobQueue *queue, FoveaSettings *settings);
FoveaImageSets *fovea_image_sets_new_for_concepts (FoveaSettings *settings);
const FoveaImageSetsWords *fovea_image_sets_get_words (FoveaImageSets *self);
gboolean fovea_image_sets_have_variants (FoveaImageSets *self);

/* A set is known by its name if it is built in, else by the folder's path; the current one's variant follows it as in
 * fovea_image_set_open(). Only the current one has a variant. */
GStrv fovea_image_sets_list (FoveaImageSets *self);
char *fovea_image_sets_describe (FoveaImageSets *self, const char *key);
const char *fovea_image_sets_get_current (FoveaImageSets *self);
void fovea_image_sets_set_current (FoveaImageSets *self, const char *key);
void fovea_image_sets_forget (FoveaImageSets *self, const char *key);

/* The current set itself */
FoveaImageSet *fovea_image_sets_get_set (FoveaImageSets *self, const char **error);
void fovea_image_sets_reload (FoveaImageSets *self);

G_END_DECLS
