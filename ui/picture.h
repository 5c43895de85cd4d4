/* A view's picture, to be saved or copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FoveaPicture:
 *
 * What a view shows at one moment, and the functions that make files of it in a worker thread; they
 * must not touch the view.
 */
typedef struct _FoveaPicture FoveaPicture;

/* Writes @path, whose ending says the form: `.png`, `.pdf` or `.svg`; `.csv` where there is a table. */
typedef gboolean (*FoveaPictureSaveFunc) (gpointer data, const char *path, GError **error);

/* Returns a PNG for the clipboard. */
typedef GBytes *(*FoveaPictureRenderFunc) (gpointer data, GError **error);

FoveaPicture *fovea_picture_new (const char *name, FoveaPictureSaveFunc save, FoveaPictureRenderFunc render, gpointer data, GDestroyNotify destroy);
void fovea_picture_set_has_table (FoveaPicture *picture);
void fovea_picture_set_is_image (FoveaPicture *picture);
void fovea_picture_free (FoveaPicture *picture);

void fovea_picture_save_as (FoveaPicture *picture, GtkWidget *widget, const char *title);
void fovea_picture_save (FoveaPicture *picture, GtkWidget *widget, GFile *file);
void fovea_picture_copy (FoveaPicture *picture, GtkWidget *widget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPicture, fovea_picture_free)

G_END_DECLS
