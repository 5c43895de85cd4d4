/* GoogLeNet, as torchvision has it (Szegedy et al., "Going deeper with convolutions", 2014, with batch
 * normalization, and with 3×3 convolutions in what the paper calls the 5×5 branch). The auxiliary heads serve
 * training only, and are left out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/architectures/architectures.h"

#define EPSILON 0.001

static gboolean
googlenet_looks_like (const FoveaStateDict *weights)
{
  return fovea_state_dict_lookup (weights, "conv1.conv.weight") != NULL &&
         fovea_state_dict_lookup (weights, "inception3a.branch1.conv.weight") != NULL;
}

/* BasicConv2d: PATH.conv, PATH.bn and a ReLU without a module, which has the whole's name. */
static void
add_convolution (FoveaBuilder *builder,
                 const char *path,
                 gint64 kernel,
                 gint64 stride,
                 gint64 padding)
{
  g_autofree char *convolution = g_strconcat (path, ".conv", NULL);
  g_autofree char *normalization = g_strconcat (path, ".bn", NULL);

  fovea_builder_convolution (builder, convolution, kernel, stride, padding, 1);
  fovea_builder_batch_norm (builder, normalization, EPSILON);
  fovea_builder_relu (builder, path);
}

static void
add_inception (FoveaBuilder *builder,
               const char *path)
{
  g_autofree char *input = g_strdup (builder->last);
  g_autofree char *branch1 = g_strconcat (path, ".branch1", NULL);
  g_autofree char *branch2 = g_strconcat (path, ".branch2", NULL);
  g_autofree char *branch2_0 = g_strconcat (branch2, ".0", NULL);
  g_autofree char *branch2_1 = g_strconcat (branch2, ".1", NULL);
  g_autofree char *branch3 = g_strconcat (path, ".branch3", NULL);
  g_autofree char *branch3_0 = g_strconcat (branch3, ".0", NULL);
  g_autofree char *branch3_1 = g_strconcat (branch3, ".1", NULL);
  g_autofree char *branch4 = g_strconcat (path, ".branch4", NULL);
  g_autofree char *branch4_0 = g_strconcat (branch4, ".0", NULL);
  g_autofree char *branch4_1 = g_strconcat (branch4, ".1", NULL);

  add_convolution (builder, branch1, 1, 1, 0);
  fovea_builder_continue_from (builder, input);
  add_convolution (builder, branch2_0, 1, 1, 0);
  add_convolution (builder, branch2_1, 3, 1, 1);
  fovea_builder_continue_from (builder, input);
  add_convolution (builder, branch3_0, 1, 1, 0);
  add_convolution (builder, branch3_1, 3, 1, 1);
  fovea_builder_continue_from (builder, input);
  fovea_builder_max_pool (builder, branch4_0, 3, 1, 1, TRUE);
  add_convolution (builder, branch4_1, 1, 1, 0);
  fovea_builder_concat (builder, path, (const char *const[]) { branch1, branch2_1, branch3_1, branch4_1, NULL });
  fovea_builder_alias (builder, branch2, branch2_1);
  fovea_builder_alias (builder, branch3, branch3_1);
  fovea_builder_alias (builder, branch4, branch4_1);
}

static const char *
googlenet_build (FoveaBuilder *builder)
{
  add_convolution (builder, "conv1", 7, 2, 3);
  fovea_builder_max_pool (builder, "maxpool1", 3, 2, 0, TRUE);
  add_convolution (builder, "conv2", 1, 1, 0);
  add_convolution (builder, "conv3", 3, 1, 1);
  fovea_builder_max_pool (builder, "maxpool2", 3, 2, 0, TRUE);
  add_inception (builder, "inception3a");
  add_inception (builder, "inception3b");
  fovea_builder_max_pool (builder, "maxpool3", 3, 2, 0, TRUE);
  add_inception (builder, "inception4a");
  add_inception (builder, "inception4b");
  add_inception (builder, "inception4c");
  add_inception (builder, "inception4d");
  add_inception (builder, "inception4e");
  fovea_builder_max_pool (builder, "maxpool4", 2, 2, 0, TRUE);
  add_inception (builder, "inception5a");
  add_inception (builder, "inception5b");
  fovea_builder_global_average_pool (builder, "avgpool");
  fovea_builder_flatten (builder, "flatten");
  fovea_builder_dropout (builder, "dropout");
  fovea_builder_linear (builder, "fc", -1);
  return "googlenet";
}

static const char *const googlenet_names[] = { "googlenet", NULL };
static const char *const googlenet_ignored[] = { "aux1.", "aux2.", NULL };

const FoveaArchitecture fovea_architecture_googlenet = {
  .title = "GoogLeNet",
  .names = googlenet_names,
  .ignored_prefixes = googlenet_ignored,
  .looks_like = googlenet_looks_like,
  .build = googlenet_build,
};
