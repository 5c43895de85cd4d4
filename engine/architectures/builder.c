/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/builder.h"

/**
 * fovea_builder_init:
 * @weights: stays the caller's, and must stay
 * @height, @width: of the input
 *
 * Begins a graph for images of three channels.
 */
void
fovea_builder_init (FoveaBuilder *self,
                    const FoveaStateDict *weights,
                    gint64 height,
                    gint64 width)
{
  *self = (FoveaBuilder) { .weights = weights, .size = { height, width } };
  self->graph = fovea_graph_new (3, height, width);
  self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->last = g_strdup ("input");
}

/**
 * fovea_builder_clear:
 *
 * Frees what the builder still holds.
 */
void
fovea_builder_clear (FoveaBuilder *self)
{
  g_clear_pointer (&self->graph, fovea_graph_unref);
  g_clear_pointer (&self->used, g_hash_table_unref);
  g_clear_pointer (&self->last, g_free);
  g_clear_error (&self->error);
}

/**
 * fovea_builder_has:
 *
 * Returns: whether the state dict has a tensor of this name
 */
gboolean
fovea_builder_has (const FoveaBuilder *self,
                   const char *name)
{
  return fovea_state_dict_lookup (self->weights, name) != NULL;
}

/**
 * fovea_builder_require:
 * @name: a tensor's name
 * @n_dimensions: how many sizes it must have
 * @shape: the sizes; -1 is any
 *
 * Returns: (transfer none) (nullable): the tensor; %NULL where it is missing or of another shape, or where something failed
 *   before
 */
FoveaTensor *
fovea_builder_require (FoveaBuilder *self,
                       const char *name,
                       guint n_dimensions,
                       const gint64 *shape)
{
  FoveaTensor *tensor = fovea_state_dict_lookup (self->weights, name);

  if (self->error != NULL)
    return NULL;
  if (tensor == NULL)
    {
      g_set_error (&self->error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "it has no '%s'", name);
      return NULL;
    }
  if (!fovea_tensor_has_shape (tensor, n_dimensions, shape))
    {
      g_autofree char *actual = fovea_tensor_describe_shape (tensor->n_dimensions, tensor->shape);
      g_autoptr (GString) expected = g_string_new ("[");

      for (guint i = 0; i < n_dimensions; i++)
        {
          if (i > 0)
            g_string_append (expected, ", ");
          if (shape[i] < 0)
            g_string_append (expected, "…");
          else
            g_string_append_printf (expected, "%" G_GINT64_FORMAT, shape[i]);
        }
      g_string_append_c (expected, ']');
      g_set_error (&self->error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "its '%s' has the shape %s, not %s", name, actual, expected->str);
      return NULL;
    }
  g_hash_table_add (self->used, g_strdup (name));
  return tensor;
}

/**
 * fovea_builder_continue_from:
 * @layer: the node that the next layer reads
 *
 * Begins a branch.
 */
void
fovea_builder_continue_from (FoveaBuilder *self,
                             const char *layer)
{
  char *copy = g_strdup (layer);

  g_free (self->last);
  self->last = copy;
}

/**
 * fovea_builder_alias:
 * @alias: path of a module whose output is that of @layer
 * @layer: a layer that was added before
 *
 * Makes a module addressable that is no layer of its own.
 */
void
fovea_builder_alias (FoveaBuilder *self,
                     const char *alias,
                     const char *layer)
{
  if (self->error == NULL)
    fovea_graph_add_alias (self->graph, alias, layer, &self->error);
}

static void
add_node (FoveaBuilder *self,
          const char *path,
          const char *operator_name,
          const char *const *inputs,
          GVariant *attributes,
          GHashTable *parameters)
{
  g_autoptr (GVariant) owned = attributes != NULL ? g_variant_ref_sink (attributes) : NULL;

  if (self->error != NULL)
    return;
  if (fovea_graph_add_node (self->graph, path, operator_name, inputs, owned, parameters, &self->error))
    fovea_builder_continue_from (self, path);
}

static void
add_simple_node (FoveaBuilder *self,
                 const char *path,
                 const char *operator_name,
                 GVariant *attributes,
                 GHashTable *parameters)
{
  const char *const inputs[] = { self->last, NULL };

  add_node (self, path, operator_name, inputs, attributes, parameters);
}

static GHashTable *
new_parameters (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
}

/* Puts PATH.@torch_name of the state dict under ONNX's name, once it was found in that shape. */
static FoveaTensor *
take_parameter (FoveaBuilder *self,
                GHashTable *parameters,
                const char *path,
                const char *torch_name,
                const char *onnx_name,
                guint n_dimensions,
                const gint64 *shape)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", path, torch_name);
  FoveaTensor *tensor = fovea_builder_require (self, name, n_dimensions, shape);

  if (tensor != NULL)
    g_hash_table_insert (parameters, g_strdup (onnx_name), fovea_tensor_ref (tensor));
  return tensor;
}

/* A bias may be left out; where there is one it must fit. */
static void
take_bias (FoveaBuilder *self,
           GHashTable *parameters,
           const char *path,
           const char *onnx_name,
           gint64 n_outputs)
{
  g_autofree char *name = g_strdup_printf ("%s.bias", path);

  if (fovea_builder_has (self, name))
    take_parameter (self, parameters, path, "bias", onnx_name, 1, (gint64[]) { n_outputs });
}

static void
insert_integers (GVariantDict *attributes,
                 const char *name,
                 guint n_values,
                 const gint64 *values)
{
  g_variant_dict_insert_value (attributes, name, g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, values, n_values, sizeof *values));
}

/* A square window, moved by the same steps and padded by the same amount on every side. */
static GVariant *
make_window (gint64 kernel,
             gint64 stride,
             gint64 padding,
             gboolean ceil_mode,
             gint64 groups)
{
  GVariantDict attributes;

  g_variant_dict_init (&attributes, NULL);
  insert_integers (&attributes, "kernel_shape", 2, (gint64[]) { kernel, kernel });
  insert_integers (&attributes, "strides", 2, (gint64[]) { stride, stride });
  insert_integers (&attributes, "pads", 4, (gint64[]) { padding, padding, padding, padding });
  if (ceil_mode)
    g_variant_dict_insert (&attributes, "ceil_mode", "x", (gint64) 1);
  if (groups != 1)
    g_variant_dict_insert (&attributes, "group", "x", groups);
  return g_variant_dict_end (&attributes);
}

/* PyTorch's rule for the size of a map; with ceil_mode the last window must begin within the input or
 * the padding before it. */
static void
slide_window (FoveaBuilder *self,
              gint64 kernel,
              gint64 stride,
              gint64 padding,
              gboolean ceil_mode)
{
  for (guint axis = 0; axis < 2; axis++)
    {
      gint64 span = self->size[axis] + 2 * padding - kernel;
      gint64 steps = span < 0 ? -1 : (span + (ceil_mode ? stride - 1 : 0)) / stride;

      if (ceil_mode && steps * stride >= self->size[axis] + padding)
        steps--;
      self->size[axis] = steps + 1;
    }
}

/**
 * fovea_builder_convolution:
 * @path: module path
 * @kernel, @stride, @padding: the same for both axes
 * @groups: into how many groups the channels fall
 *
 * Adds a Conv2d, whose numbers of channels follow the weights.
 */
void
fovea_builder_convolution (FoveaBuilder *self,
                           const char *path,
                           gint64 kernel,
                           gint64 stride,
                           gint64 padding,
                           gint64 groups)
{
  g_autoptr (GHashTable) parameters = new_parameters ();
  FoveaTensor *weights = take_parameter (self, parameters, path, "weight", "W", 4, (gint64[]) { -1, -1, kernel, kernel });

  if (weights == NULL)
    return;
  take_bias (self, parameters, path, "B", weights->shape[0]);
  add_simple_node (self, path, "Conv", make_window (kernel, stride, padding, FALSE, groups), parameters);
  slide_window (self, kernel, stride, padding, FALSE);
}

/**
 * fovea_builder_batch_norm:
 * @path: module path
 * @epsilon: what is added to the variance
 *
 * Adds a BatchNorm2d with its running statistics.
 */
void
fovea_builder_batch_norm (FoveaBuilder *self,
                          const char *path,
                          double epsilon)
{
  g_autoptr (GHashTable) parameters = new_parameters ();
  g_autofree char *n_batches = g_strdup_printf ("%s.num_batches_tracked", path);
  FoveaTensor *scale = take_parameter (self, parameters, path, "weight", "scale", 1, (gint64[]) { -1 });
  GVariantDict attributes;

  if (scale == NULL || take_parameter (self, parameters, path, "bias", "B", 1, scale->shape) == NULL ||
      take_parameter (self, parameters, path, "running_mean", "input_mean", 1, scale->shape) == NULL ||
      take_parameter (self, parameters, path, "running_var", "input_var", 1, scale->shape) == NULL)
    return;
  g_hash_table_add (self->used, g_steal_pointer (&n_batches));
  g_variant_dict_init (&attributes, NULL);
  g_variant_dict_insert (&attributes, "epsilon", "d", epsilon);
  add_simple_node (self, path, "BatchNormalization", g_variant_dict_end (&attributes), parameters);
}

/**
 * fovea_builder_relu:
 *
 * Adds a ReLU.
 */
void
fovea_builder_relu (FoveaBuilder *self,
                    const char *path)
{
  add_simple_node (self, path, "Relu", NULL, NULL);
}

/**
 * fovea_builder_max_pool:
 * @ceil_mode: whether the last window may reach beyond the input
 *
 * Adds a MaxPool2d.
 */
void
fovea_builder_max_pool (FoveaBuilder *self,
                        const char *path,
                        gint64 kernel,
                        gint64 stride,
                        gint64 padding,
                        gboolean ceil_mode)
{
  add_simple_node (self, path, "MaxPool", make_window (kernel, stride, padding, ceil_mode, 1), NULL);
  slide_window (self, kernel, stride, padding, ceil_mode);
}

/**
 * fovea_builder_adaptive_average_pool:
 * @size: height and width of the result
 *
 * Adds an AdaptiveAvgPool2d, where all its windows have the same size: nothing at all for a map that has the result's size already,
 * an average over windows side by side for a multiple of it. Other sizes of the input are refused.
 */
void
fovea_builder_adaptive_average_pool (FoveaBuilder *self,
                                     const char *path,
                                     gint64 size)
{
  gint64 kernel[2] = { self->size[0] / size, self->size[1] / size };
  GVariantDict attributes;

  if (self->error != NULL)
    return;
  if (self->size[0] == size && self->size[1] == size)
    {
      add_simple_node (self, path, "Identity", NULL, NULL);
      return;
    }
  if (self->size[0] < size || self->size[0] % size != 0 || self->size[1] < size || self->size[1] % size != 0)
    {
      g_set_error (&self->error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "with this input size '%s' would average a map of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT
                   " to %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " in windows of different sizes; use the input size 224",
                   path, self->size[0], self->size[1], size, size);
      return;
    }
  g_variant_dict_init (&attributes, NULL);
  insert_integers (&attributes, "kernel_shape", 2, kernel);
  insert_integers (&attributes, "strides", 2, kernel);
  add_simple_node (self, path, "AveragePool", g_variant_dict_end (&attributes), NULL);
  self->size[0] = self->size[1] = size;
}

/**
 * fovea_builder_global_average_pool:
 *
 * Adds an AdaptiveAvgPool2d to one number per channel.
 */
void
fovea_builder_global_average_pool (FoveaBuilder *self,
                                   const char *path)
{
  add_simple_node (self, path, "GlobalAveragePool", NULL, NULL);
  self->size[0] = self->size[1] = 1;
}

/**
 * fovea_builder_dropout:
 *
 * Adds a Dropout, which does nothing outside training.
 */
void
fovea_builder_dropout (FoveaBuilder *self,
                       const char *path)
{
  add_simple_node (self, path, "Dropout", NULL, NULL);
}

/**
 * fovea_builder_flatten:
 *
 * Adds the step from a map to a vector.
 */
void
fovea_builder_flatten (FoveaBuilder *self,
                       const char *path)
{
  add_simple_node (self, path, "Flatten", NULL, NULL);
}

/**
 * fovea_builder_linear:
 * @n_inputs: how many inputs the weights must have; -1 is any
 *
 * Adds a Linear, whose number of outputs follows the weights.
 */
void
fovea_builder_linear (FoveaBuilder *self,
                      const char *path,
                      gint64 n_inputs)
{
  g_autoptr (GHashTable) parameters = new_parameters ();
  FoveaTensor *weights = take_parameter (self, parameters, path, "weight", "B", 2, (gint64[]) { -1, n_inputs });
  GVariantDict attributes;

  if (weights == NULL)
    return;
  take_bias (self, parameters, path, "C", weights->shape[0]);
  g_variant_dict_init (&attributes, NULL);
  g_variant_dict_insert (&attributes, "transB", "x", (gint64) 1);
  add_simple_node (self, path, "Gemm", g_variant_dict_end (&attributes), parameters);
}

/**
 * fovea_builder_add:
 * @first, @second: layers of the same shape
 *
 * Adds the sum of two layers.
 */
void
fovea_builder_add (FoveaBuilder *self,
                   const char *path,
                   const char *first,
                   const char *second)
{
  const char *const inputs[] = { first, second, NULL };

  add_node (self, path, "Add", inputs, NULL, NULL);
}

/**
 * fovea_builder_concat:
 * @inputs: (array zero-terminated=1): layers with maps of the same size
 *
 * Adds the concatenation of layers' channels.
 */
void
fovea_builder_concat (FoveaBuilder *self,
                      const char *path,
                      const char *const *inputs)
{
  GVariantDict attributes;

  if (self->error != NULL)
    return;
  g_variant_dict_init (&attributes, NULL);
  g_variant_dict_insert (&attributes, "axis", "x", (gint64) 1);
  add_node (self, path, "Concat", inputs, g_variant_dict_end (&attributes), NULL);
}
