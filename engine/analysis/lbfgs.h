/* L-BFGS: minimization by gradients that remembers how they change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaLbfgsFunc:
 * @values: where
 * @gradient: (out): the derivative there
 *
 * Returns: the function's value at @values
 */
typedef double (*FoveaLbfgsFunc) (const float *values, float *gradient, gpointer data);

/**
 * FoveaLbfgs:
 *
 * A minimization in progress. Belongs to one thread at a time.
 */
typedef struct _FoveaLbfgs FoveaLbfgs;

FoveaLbfgs *fovea_lbfgs_new (gsize n_values, guint memory, FoveaLbfgsFunc function, gpointer data);
void fovea_lbfgs_free (FoveaLbfgs *lbfgs);
gboolean fovea_lbfgs_step (FoveaLbfgs *lbfgs, float *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLbfgs, fovea_lbfgs_free)

G_END_DECLS
