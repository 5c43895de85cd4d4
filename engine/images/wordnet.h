/* ImageNet's classes by their WordNet identifiers, such as n01440764.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters of an identifier. */
#define FOVEA_WORDNET_LENGTH 9

gboolean fovea_wordnet_is_identifier (const char *text);
const char *fovea_wordnet_find_label (const char *identifier);

G_END_DECLS
