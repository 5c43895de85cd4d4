/* SqueezeNet 1.0 and 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016;
 * torchvision's modules).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/architectures/architectures.h"

static gboolean
squeezenet_looks_like (const FoveaStateDict *weights)
{
  return fovea_state_dict_lookup (weights, "features.0.weight") != NULL &&
         fovea_state_dict_lookup (weights, "features.3.squeeze.weight") != NULL;
}

/* One convolution squeezes the channels, two expand them again; the block's own name is their concatenation. */
static void
add_fire (FoveaBuilder *builder,
          guint index)
{
  g_autofree char *path = g_strdup_printf ("features.%u", index);
  g_autofree char *squeeze = g_strconcat (path, ".squeeze", NULL);
  g_autofree char *squeezed = g_strconcat (path, ".squeeze_activation", NULL);
  g_autofree char *small = g_strconcat (path, ".expand1x1", NULL);
  g_autofree char *small_activation = g_strconcat (path, ".expand1x1_activation", NULL);
  g_autofree char *large = g_strconcat (path, ".expand3x3", NULL);
  g_autofree char *large_activation = g_strconcat (path, ".expand3x3_activation", NULL);

  fovea_builder_convolution (builder, squeeze, 1, 1, 0, 1);
  fovea_builder_relu (builder, squeezed);
  fovea_builder_convolution (builder, small, 1, 1, 0, 1);
  fovea_builder_relu (builder, small_activation);
  fovea_builder_continue_from (builder, squeezed);
  fovea_builder_convolution (builder, large, 3, 1, 1, 1);
  fovea_builder_relu (builder, large_activation);
  fovea_builder_concat (builder, path, (const char *const[]) { small_activation, large_activation, NULL });
}

static const char *
squeezenet_build (FoveaBuilder *builder)
{
  FoveaTensor *first = fovea_state_dict_lookup (builder->weights, "features.0.weight");
  gboolean is_1_0 = first != NULL && fovea_tensor_has_shape (first, 4, (gint64[]) { -1, -1, 7, 7 });

  fovea_builder_convolution (builder, "features.0", is_1_0 ? 7 : 3, 2, 0, 1);
  fovea_builder_relu (builder, "features.1");
  fovea_builder_max_pool (builder, "features.2", 3, 2, 0, TRUE);
  add_fire (builder, 3);
  add_fire (builder, 4);
  if (is_1_0)
    {
      add_fire (builder, 5);
      fovea_builder_max_pool (builder, "features.6", 3, 2, 0, TRUE);
      add_fire (builder, 7);
      add_fire (builder, 8);
      add_fire (builder, 9);
      add_fire (builder, 10);
      fovea_builder_max_pool (builder, "features.11", 3, 2, 0, TRUE);
    }
  else
    {
      fovea_builder_max_pool (builder, "features.5", 3, 2, 0, TRUE);
      add_fire (builder, 6);
      add_fire (builder, 7);
      fovea_builder_max_pool (builder, "features.8", 3, 2, 0, TRUE);
      add_fire (builder, 9);
      add_fire (builder, 10);
      add_fire (builder, 11);
    }
  add_fire (builder, 12);
  fovea_builder_alias (builder, "features", "features.12");
  fovea_builder_dropout (builder, "classifier.0");
  fovea_builder_convolution (builder, "classifier.1", 1, 1, 0, 1);
  fovea_builder_relu (builder, "classifier.2");
  fovea_builder_global_average_pool (builder, "classifier.3");
  fovea_builder_alias (builder, "classifier", "classifier.3");
  fovea_builder_flatten (builder, "flatten");
  return is_1_0 ? "squeezenet1_0" : "squeezenet1_1";
}

static const char *const squeezenet_names[] = { "squeezenet1_0", "squeezenet1_1", NULL };

const FoveaArchitecture fovea_architecture_squeezenet = {
  .title = "SqueezeNet",
  .names = squeezenet_names,
  .looks_like = squeezenet_looks_like,
  .build = squeezenet_build,
};
