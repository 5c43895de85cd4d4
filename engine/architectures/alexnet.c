/* AlexNet, as torchvision has it (the one-tower version of Krizhevsky, "One weird trick for parallelizing
 * convolutional neural networks", 2014).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/architectures/architectures.h"

static gboolean
alexnet_looks_like (const FoveaStateDict *weights)
{
  FoveaTensor *first = fovea_state_dict_lookup (weights, "features.0.weight");

  return first != NULL && fovea_tensor_has_shape (first, 4, (gint64[]) { -1, -1, 11, 11 });
}

static const char *
alexnet_build (FoveaBuilder *builder)
{
  FoveaTensor *last;

  fovea_builder_convolution (builder, "features.0", 11, 4, 2, 1);
  fovea_builder_relu (builder, "features.1");
  fovea_builder_max_pool (builder, "features.2", 3, 2, 0, FALSE);
  fovea_builder_convolution (builder, "features.3", 5, 1, 2, 1);
  fovea_builder_relu (builder, "features.4");
  fovea_builder_max_pool (builder, "features.5", 3, 2, 0, FALSE);
  fovea_builder_convolution (builder, "features.6", 3, 1, 1, 1);
  fovea_builder_relu (builder, "features.7");
  fovea_builder_convolution (builder, "features.8", 3, 1, 1, 1);
  fovea_builder_relu (builder, "features.9");
  last = fovea_builder_require (builder, "features.10.weight", 4, (gint64[]) { -1, -1, 3, 3 });
  fovea_builder_convolution (builder, "features.10", 3, 1, 1, 1);
  fovea_builder_relu (builder, "features.11");
  fovea_builder_max_pool (builder, "features.12", 3, 2, 0, FALSE);
  fovea_builder_alias (builder, "features", "features.12");
  fovea_builder_adaptive_average_pool (builder, "avgpool", 6);
  fovea_builder_flatten (builder, "flatten");
  fovea_builder_dropout (builder, "classifier.0");
  fovea_builder_linear (builder, "classifier.1", last != NULL ? last->shape[0] * 6 * 6 : -1);
  fovea_builder_relu (builder, "classifier.2");
  fovea_builder_dropout (builder, "classifier.3");
  fovea_builder_linear (builder, "classifier.4", -1);
  fovea_builder_relu (builder, "classifier.5");
  fovea_builder_linear (builder, "classifier.6", -1);
  fovea_builder_alias (builder, "classifier", "classifier.6");
  return "alexnet";
}

static const char *const alexnet_names[] = { "alexnet", NULL };

const FoveaArchitecture fovea_architecture_alexnet = {
  .title = "AlexNet",
  .names = alexnet_names,
  .looks_like = alexnet_looks_like,
  .build = alexnet_build,
};
