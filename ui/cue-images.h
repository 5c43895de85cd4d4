/* Cue-conflict images with what they say, to click on.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/cue-stimuli.h"

G_BEGIN_DECLS

/* More images are not shown at once. */
#define FOVEA_CUE_IMAGES_MAX 240

/**
 * FoveaCueItem:
 * @cue: which of the set's cues
 * @text: (nullable): a last line below the image, such as its activation
 * @sides: (nullable): for each network a line with its dot, such as its decision; %NULL where it has none
 */
typedef struct {
  guint cue;
  char *text;
  char *sides[2];
} FoveaCueItem;

/**
 * FoveaCueImages:
 *
 * Buttons in rows, each an image with the categories of its shape and its texture. Pictures are made in the background.
 * A click opens the image in the Lens.
 */
#define FOVEA_TYPE_CUE_IMAGES (fovea_cue_images_get_type ())
G_DECLARE_FINAL_TYPE (FoveaCueImages, fovea_cue_images, FOVEA, CUE_IMAGES, GtkWidget)

GtkWidget *fovea_cue_images_new (void);
void fovea_cue_images_set_stimuli (FoveaCueImages *self, FoveaCueStimuli *stimuli, FoveaJobQueue *queue);
void fovea_cue_images_set_size (FoveaCueImages *self, int size);
void fovea_cue_images_set_items (FoveaCueImages *self, const FoveaCueItem *items, guint n_items);
guint fovea_cue_images_get_n_items (FoveaCueImages *self);
GtkWidget *fovea_cue_images_get_button (FoveaCueImages *self, guint index);
gboolean fovea_cue_images_is_busy (FoveaCueImages *self);

G_END_DECLS
