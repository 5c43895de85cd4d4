/* The logistic function over arrays.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void fovea_sigmoid (float *values, gsize n_values);

G_END_DECLS
