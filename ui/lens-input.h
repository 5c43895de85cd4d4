/* Where the Lens gets images from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/job-queue.h"
#include "ui/lens-image.h"

G_BEGIN_DECLS

/**
 * FoveaLensInput:
 *
 * Reads one image at a time in the background: what is asked for last counts. Emits `read` with a #FoveaLensImage,
 * or `failed` with a message. Belongs to the main thread.
 */
#define FOVEA_TYPE_LENS_INPUT (fovea_lens_input_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensInput, fovea_lens_input, FOVEA, LENS_INPUT, GObject)

FoveaLensInput *fovea_lens_input_new (void);
void fovea_lens_input_set_queue (FoveaLensInput *self, FoveaJobQueue *queue);
void fovea_lens_input_set_priority (FoveaLensInput *self, int priority);
gboolean fovea_lens_input_is_busy (FoveaLensInput *self);
void fovea_lens_input_stop (FoveaLensInput *self);

void fovea_lens_input_read_image (FoveaLensInput *self, FoveaImage *image, const char *name);
void fovea_lens_input_read_file (FoveaLensInput *self, GFile *file);
void fovea_lens_input_read_set (FoveaLensInput *self, const char *set, gint64 index);
void fovea_lens_input_read_folder (FoveaLensInput *self, const char *path);
void fovea_lens_input_read_neighbour (FoveaLensInput *self, const FoveaLensImage *image, int step);
void fovea_lens_input_choose_file (FoveaLensInput *self, GtkWindow *parent);
gboolean fovea_lens_input_take_value (FoveaLensInput *self, const GValue *value, const char *name);
void fovea_lens_input_paste (FoveaLensInput *self, GdkClipboard *clipboard);

G_END_DECLS
