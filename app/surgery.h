/* Networks with some channels switched off, as --without and --only say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

gboolean fovea_surgery_add_networks (GPtrArray *networks, char *const *without, char *const *only, GError **error);

G_END_DECLS
