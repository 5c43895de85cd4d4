/* An image with an activation map over it and a box, in which one can point.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FoveaImageView:
 *
 * Shows all of an image as large as fits. Emits `pointed` with a point in the image's pixels while the
 * pointer moves over it, and `left` when it leaves; `stepped` with columns and rows when the arrow keys
 * are pressed.
 */
#define FOVEA_TYPE_IMAGE_VIEW (fovea_image_view_get_type ())
G_DECLARE_FINAL_TYPE (FoveaImageView, fovea_image_view, FOVEA, IMAGE_VIEW, GtkWidget)

GtkWidget *fovea_image_view_new (void);
void fovea_image_view_set_image (FoveaImageView *view, GdkTexture *texture, guint width, guint height);
void fovea_image_view_set_overlay (FoveaImageView *view, GdkTexture *overlay);
void fovea_image_view_set_overlay_opacity (FoveaImageView *view, double opacity);
void fovea_image_view_set_box (FoveaImageView *view, const double *box);
gboolean fovea_image_view_get_box (FoveaImageView *view, double box[4]);
GdkTexture *fovea_image_view_get_overlay (FoveaImageView *view);

G_END_DECLS
