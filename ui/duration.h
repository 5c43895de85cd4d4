/* How long something takes, in words.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_duration_describe (double seconds);
char *fovea_duration_describe_left (double seconds);

G_END_DECLS
