/* The words of a figure's record, which its reader and its writer share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* In the order of FoveaFigureAccent and FoveaFigureViewKind; ended by NULL. */
extern const char *const fovea_figure_accent_names[];
extern const char *const fovea_figure_view_names[];

G_END_DECLS
