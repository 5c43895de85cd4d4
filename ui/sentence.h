/* Error messages, which are fragments, as people read them in the window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fovea_sentence_from_error (const char *message);

G_END_DECLS
