/* How strings and numbers are written in a pickle, and pushing them.
 *
 * For pickle.c only. Functions fail as those of pickle-machine.h do.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/pickle-machine.h"

G_BEGIN_DECLS

gboolean fovea_pickle_literal_push_escaped (FoveaPickleMachine *self, const guint8 *text, gsize length, gboolean quoted, GError **error);
gboolean fovea_pickle_literal_push_long (FoveaPickleMachine *self, const guint8 *bytes, gsize length, GError **error);
gboolean fovea_pickle_literal_push_decimal (FoveaPickleMachine *self, const guint8 *text, gsize length, gboolean is_long, GError **error);
gboolean fovea_pickle_literal_push_float_text (FoveaPickleMachine *self, const guint8 *text, gsize length, GError **error);

G_END_DECLS
