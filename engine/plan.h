/* Running a graph forward, and back to the input.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/graph.h"

G_BEGIN_DECLS

/**
 * FoveaPlan:
 *
 * Everything one thread needs to run the part of a graph that some wanted layers depend on, for a
 * fixed batch and input size: order of nodes, and one arena in which buffers take turns. It holds a
 * reference to the graph. A plan belongs to one thread at a time; any number of plans of one graph
 * may run at once.
 */
typedef struct _FoveaPlan FoveaPlan;

typedef enum {
  FOVEA_PLAN_FORWARD = 0,
  FOVEA_PLAN_GRADIENT = 1 << 0, /* keep what fovea_plan_gradient() needs */
  FOVEA_PLAN_EXACT = 1 << 1,    /* no Winograd convolution, whose rounding errors are larger */
} FoveaPlanFlags;

/* Instead of a position's row. */
#define FOVEA_PLAN_WHOLE (-1)  /* the whole map */
#define FOVEA_PLAN_CENTRE (-2) /* (height / 2, width / 2) */

/* A unit's place in its layer's map. */
typedef struct {
  gint64 y;
  gint64 x;
} FoveaPlanPosition;

FoveaPlan *fovea_plan_new (FoveaGraph *graph, gsize batch, gint64 height, gint64 width, guint n_layers, const int *layers, FoveaPlanFlags flags, GError **error);
FoveaPlan *fovea_plan_new_at (FoveaGraph *graph, gsize batch, gint64 height, gint64 width, guint n_layers, const int *layers, const FoveaPlanPosition *positions, FoveaPlanFlags flags, GError **error);
void fovea_plan_free (FoveaPlan *plan);

const FoveaShape *fovea_plan_get_shape (const FoveaPlan *plan, guint wanted);
gboolean fovea_plan_is_whole (const FoveaPlan *plan, guint wanted);
gsize fovea_plan_get_peak_bytes (const FoveaPlan *plan);

void fovea_plan_forward (FoveaPlan *plan, const float *images);
const float *fovea_plan_get_activation (const FoveaPlan *plan, guint wanted);
void fovea_plan_set_redirect_relu (FoveaPlan *plan, gboolean redirect);
void fovea_plan_gradient (FoveaPlan *plan, const float *const *seeds, float *image_gradients);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaPlan, fovea_plan_free)

G_END_DECLS
