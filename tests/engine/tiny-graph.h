/* Building small graphs for tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/graph.h"

/* Numbers in [-1, 1) that are the same everywhere. */
static inline void
tiny_fill (float *values,
           gsize n,
           guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < n; i++)
    values[i] = (float) g_rand_double_range (rand, -1, 1);
}

static inline FoveaTensor *
tiny_tensor (guint32 seed,
             guint n_dimensions,
             const gint64 *shape)
{
  g_autoptr (GError) error = NULL;
  FoveaTensor *tensor = fovea_tensor_new (n_dimensions, shape, &error);

  g_assert_no_error (error);
  tiny_fill (tensor->data, tensor->n_elements, seed);
  return tensor;
}

static inline GHashTable *
tiny_parameters (const char *name,
                 FoveaTensor *tensor)
{
  GHashTable *parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);

  g_hash_table_insert (parameters, g_strdup (name), tensor);
  return parameters;
}

/* A node whose attributes are given as GVariant text, such as "{'kernel_shape': <[int64 3, 3]>}". */
static inline void
tiny_add (FoveaGraph *graph,
          const char *name,
          const char *operator_name,
          const char *inputs,
          const char *attributes,
          GHashTable *parameters)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = g_strsplit (inputs, " ", -1);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GHashTable) owned = parameters;

  if (attributes != NULL)
    {
      variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, attributes, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  fovea_graph_add_node (graph, name, operator_name, (const char *const *) names, variant, parameters, &error);
  g_assert_no_error (error);
}

static inline void
tiny_finish (FoveaGraph *graph)
{
  g_autoptr (GError) error = NULL;

  fovea_graph_finish (graph, &error);
  g_assert_no_error (error);
}

static inline int
tiny_find (FoveaGraph *graph,
           const char *layer)
{
  g_autoptr (GError) error = NULL;
  int index = -1;

  fovea_graph_find (graph, layer, &index, &error);
  g_assert_no_error (error);
  return index;
}
