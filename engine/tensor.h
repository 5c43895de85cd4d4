/* Dense float32 arrays in row-major (NCHW) order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "engine/error.h"

G_BEGIN_DECLS

#define FOVEA_TENSOR_MAX_DIMENSIONS 8

/* No single tensor may hold more than this many elements (16 GiB of float32): larger demands can
 * only come from a broken or hostile file. */
#define FOVEA_TENSOR_MAX_ELEMENTS (G_GUINT64_CONSTANT (1) << 32)

/**
 * FoveaTensor:
 * @n_dimensions: 0 (a scalar) to %FOVEA_TENSOR_MAX_DIMENSIONS
 * @shape: sizes, outermost first
 * @n_elements: product of @shape; 1 for a scalar
 * @data: the elements, row-major, aligned to 64 bytes unless they lie inside a mapped file
 *
 * Reference-counted; the count is atomic, the contents are not protected: a tensor that several
 * threads can see is read only. Read the fields, never write them.
 */
typedef struct {
  guint n_dimensions;
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  gsize n_elements;
  float *data;
} FoveaTensor;

FoveaTensor *fovea_tensor_new (guint n_dimensions, const gint64 *shape, GError **error);
FoveaTensor *fovea_tensor_new_from_bytes (guint n_dimensions, const gint64 *shape, GBytes *bytes, GError **error);
FoveaTensor *fovea_tensor_ref (FoveaTensor *tensor);
void fovea_tensor_unref (FoveaTensor *tensor);

gboolean fovea_tensor_count_elements (guint n_dimensions, const gint64 *shape, gsize *n_elements, GError **error);
gboolean fovea_tensor_has_shape (const FoveaTensor *tensor, guint n_dimensions, const gint64 *shape);
char *fovea_tensor_describe_shape (guint n_dimensions, const gint64 *shape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaTensor, fovea_tensor_unref)

G_END_DECLS
