/* One piece of memory in which buffers take turns.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

/**
 * FoveaBuffer:
 * @size: bytes; 0: not used
 * @offset: where it lies in the arena, a multiple of 64; from fovea_arena_place()
 * @begin, @end: the steps during which it is in use, both included
 */
typedef struct {
  gsize size;
  gsize offset;
  guint begin;
  guint end;
} FoveaBuffer;

gsize fovea_arena_round_up (gsize size);
gboolean fovea_arena_place (guint n_buffers, FoveaBuffer **buffers, gsize batch, gsize *size, GError **error);
gpointer fovea_arena_allocate (gsize size, GError **error);

G_END_DECLS
