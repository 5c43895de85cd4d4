/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tensor.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

typedef struct {
  FoveaTensor tensor; /* first, so that the public pointer is the private one */
  gatomicrefcount references;
  float *owned;  /* what to free, or NULL */
  GBytes *bytes; /* what keeps mapped data alive, or NULL */
} Tensor;

/**
 * fovea_tensor_describe_shape:
 * @n_dimensions: how many sizes @shape has
 * @shape: the sizes
 *
 * Returns: (transfer full): the shape as messages show it, `[64, 3, 7, 7]`
 */
char *
fovea_tensor_describe_shape (guint n_dimensions,
                             const gint64 *shape)
{
  GString *string = g_string_new ("[");

  for (guint i = 0; i < n_dimensions; i++)
    g_string_append_printf (string, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
  g_string_append_c (string, ']');
  return g_string_free (string, FALSE);
}

/**
 * fovea_tensor_count_elements:
 * @n_dimensions: 0 to %FOVEA_TENSOR_MAX_DIMENSIONS, anything else is an error
 * @shape: sizes from any source, however absurd
 * @n_elements: (out): their product
 * @error: %FOVEA_ERROR_SHAPE for too many dimensions or a size below zero, %FOVEA_ERROR_TOO_LARGE
 *   for more than %FOVEA_TENSOR_MAX_ELEMENTS
 *
 * Returns: whether a tensor may have this shape
 */
gboolean
fovea_tensor_count_elements (guint n_dimensions,
                             const gint64 *shape,
                             gsize *n_elements,
                             GError **error)
{
  guint64 product = 1;
  gboolean empty = FALSE;

  if (n_dimensions > FOVEA_TENSOR_MAX_DIMENSIONS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "an array has %u dimensions, at most %d are supported",
                   n_dimensions, FOVEA_TENSOR_MAX_DIMENSIONS);
      return FALSE;
    }

  for (guint i = 0; i < n_dimensions; i++)
    {
      if (shape[i] < 0)
        {
          g_autofree char *description = fovea_tensor_describe_shape (n_dimensions, shape);
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "shape %s has a negative size", description);
          return FALSE;
        }
      if (shape[i] == 0)
        empty = TRUE;
      else if ((guint64) shape[i] > FOVEA_TENSOR_MAX_ELEMENTS / product)
        {
          g_autofree char *description = fovea_tensor_describe_shape (n_dimensions, shape);
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "shape %s has more elements than the %" G_GUINT64_FORMAT " that are supported",
                       description, FOVEA_TENSOR_MAX_ELEMENTS);
          return FALSE;
        }
      else
        product *= (guint64) shape[i];
    }

  *n_elements = empty ? 0 : product;
  return TRUE;
}

static Tensor *
tensor_allocate_header (guint n_dimensions,
                        const gint64 *shape,
                        gsize n_elements)
{
  Tensor *self = g_new0 (Tensor, 1);

  g_atomic_ref_count_init (&self->references);
  self->tensor.n_dimensions = n_dimensions;
  for (guint i = 0; i < n_dimensions; i++)
    self->tensor.shape[i] = shape[i];
  self->tensor.n_elements = n_elements;
  return self;
}

/**
 * fovea_tensor_new:
 * @n_dimensions: number of sizes in @shape
 * @shape: the sizes
 * @error: as fovea_tensor_count_elements(); %FOVEA_ERROR_TOO_LARGE also when memory is refused
 *
 * Returns: (transfer full): a tensor of zeros, or %NULL
 */
FoveaTensor *
fovea_tensor_new (guint n_dimensions,
                  const gint64 *shape,
                  GError **error)
{
  Tensor *self;
  gsize n_elements, size;
  float *data;

  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    return NULL;

  size = MAX (n_elements, 1) * sizeof (float);
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  data = aligned_alloc (ALIGNMENT, size);
  if (data == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "no memory for an array of %" G_GSIZE_FORMAT " MiB", size >> 20);
      return NULL;
    }
  memset (data, 0, size);

  self = tensor_allocate_header (n_dimensions, shape, n_elements);
  self->owned = data;
  self->tensor.data = data;
  return &self->tensor;
}

/**
 * fovea_tensor_new_from_bytes:
 * @n_dimensions: number of sizes in @shape
 * @shape: the sizes
 * @bytes: float32 in this machine's byte order, exactly as many as @shape needs, at an address that
 *   is a multiple of 4; typically a part of a mapped file. Kept alive by the tensor, and never
 *   written to
 * @error: as fovea_tensor_count_elements(); %FOVEA_ERROR_FORMAT when the sizes do not agree
 *
 * Returns: (transfer full): a tensor that shares @bytes' memory, or %NULL
 */
FoveaTensor *
fovea_tensor_new_from_bytes (guint n_dimensions,
                             const gint64 *shape,
                             GBytes *bytes,
                             GError **error)
{
  Tensor *self;
  gsize n_elements, size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (!fovea_tensor_count_elements (n_dimensions, shape, &n_elements, error))
    return NULL;
  g_return_val_if_fail ((guintptr) data % sizeof (float) == 0, NULL);
  if (size != n_elements * sizeof (float))
    {
      g_autofree char *description = fovea_tensor_describe_shape (n_dimensions, shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "shape %s needs %" G_GSIZE_FORMAT " bytes, but there are %" G_GSIZE_FORMAT,
                   description, n_elements * sizeof (float), size);
      return NULL;
    }

  self = tensor_allocate_header (n_dimensions, shape, n_elements);
  self->bytes = g_bytes_ref (bytes);
  self->tensor.data = (float *) data;
  return &self->tensor;
}

/**
 * fovea_tensor_ref:
 *
 * Returns: (transfer full): @tensor, which any thread may now use as long as it holds its reference
 */
FoveaTensor *
fovea_tensor_ref (FoveaTensor *tensor)
{
  g_atomic_ref_count_inc (&((Tensor *) tensor)->references);
  return tensor;
}

/**
 * fovea_tensor_unref:
 *
 * Gives a reference back; the last one frees the tensor. Any thread.
 */
void
fovea_tensor_unref (FoveaTensor *tensor)
{
  Tensor *self = (Tensor *) tensor;

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  free (self->owned);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

/**
 * fovea_tensor_has_shape:
 * @shape: the sizes to compare with; a size of -1 matches any
 *
 * Returns: whether @tensor has this shape
 */
gboolean
fovea_tensor_has_shape (const FoveaTensor *tensor,
                        guint n_dimensions,
                        const gint64 *shape)
{
  if (tensor->n_dimensions != n_dimensions)
    return FALSE;
  for (guint i = 0; i < n_dimensions; i++)
    if (shape[i] != -1 && shape[i] != tensor->shape[i])
      return FALSE;
  return TRUE;
}
