/* Which image the Lens shows, and which ones it showed before.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "engine/network.h"
#include "ui/lens-image.h"

G_BEGIN_DECLS

/**
 * FoveaLensHeader:
 *
 * The Lens' first line. Emits `image-chosen` with a #FoveaLensImage when people go back to one of the session's.
 */
#define FOVEA_TYPE_LENS_HEADER (fovea_lens_header_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLensHeader, fovea_lens_header, FOVEA, LENS_HEADER, GtkBox)

void fovea_lens_header_set_image (FoveaLensHeader *self, FoveaLensImage *image);
void fovea_lens_header_set_network (FoveaLensHeader *self, FoveaNetwork *network);
void fovea_lens_header_set_verdict (FoveaLensHeader *self, const char *verdict);

G_END_DECLS
