/* ResNet with 18, 34, 50, 101 or 152 layers, wide ResNet and ResNeXt (He et al., "Deep residual learning for image
 * recognition", 2015; torchvision's modules, whose bottlenecks stride in the 3×3 convolution).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/architectures/architectures.h"

#include <string.h>

#define N_STAGES 4

/* A stage cannot have more blocks; only a broken file could. */
#define MAX_BLOCKS 1000

#define EPSILON 1e-5

static const struct {
  const char *name;
  gboolean bottleneck;
  guint n_blocks[N_STAGES];
  gint64 width; /* channels of the first 3×3 convolution */
  gint64 groups;
} variants[] = {
  { "resnet18", FALSE, { 2, 2, 2, 2 }, 64, 1 },
  { "resnet34", FALSE, { 3, 4, 6, 3 }, 64, 1 },
  { "resnet50", TRUE, { 3, 4, 6, 3 }, 64, 1 },
  { "resnet101", TRUE, { 3, 4, 23, 3 }, 64, 1 },
  { "resnet152", TRUE, { 3, 8, 36, 3 }, 64, 1 },
  { "wide_resnet50_2", TRUE, { 3, 4, 6, 3 }, 128, 1 },
  { "wide_resnet101_2", TRUE, { 3, 4, 23, 3 }, 128, 1 },
  { "resnext50_32x4d", TRUE, { 3, 4, 6, 3 }, 128, 32 },
  { "resnext101_32x8d", TRUE, { 3, 4, 23, 3 }, 256, 32 },
  { "resnext101_64x4d", TRUE, { 3, 4, 23, 3 }, 256, 64 },
};

static gboolean
resnet_looks_like (const FoveaStateDict *weights)
{
  return fovea_state_dict_lookup (weights, "conv1.weight") != NULL &&
         fovea_state_dict_lookup (weights, "layer1.0.conv1.weight") != NULL;
}

static guint
count_blocks (const FoveaBuilder *builder,
              guint stage)
{
  for (guint n = 0; n < MAX_BLOCKS; n++)
    {
      g_autofree char *name = g_strdup_printf ("layer%u.%u.conv1.weight", stage, n);

      if (!fovea_builder_has (builder, name))
        return n;
    }
  return MAX_BLOCKS;
}

/* A convolution of a block with its normalization: PATH.conv1 and PATH.bn1. */
static void
add_convolution (FoveaBuilder *builder,
                 const char *path,
                 guint number,
                 gint64 kernel,
                 gint64 stride,
                 gint64 groups)
{
  g_autofree char *convolution = g_strdup_printf ("%s.conv%u", path, number);
  g_autofree char *normalization = g_strdup_printf ("%s.bn%u", path, number);

  fovea_builder_convolution (builder, convolution, kernel, stride, kernel / 2, groups);
  fovea_builder_batch_norm (builder, normalization, EPSILON);
}

/* PyTorch calls one module PATH.relu after every convolution; here its last call, which is the block's
 * output, has that name, and those before it are PATH.relu1 and PATH.relu2. PATH.add is the sum. */
static void
add_block (FoveaBuilder *builder,
           const char *path,
           gboolean bottleneck,
           gint64 stride,
           gint64 groups)
{
  g_autofree char *input = g_strdup (builder->last);
  g_autofree char *relu1 = g_strconcat (path, ".relu1", NULL);
  g_autofree char *relu2 = g_strconcat (path, ".relu2", NULL);
  g_autofree char *relu = g_strconcat (path, ".relu", NULL);
  g_autofree char *sum = g_strconcat (path, ".add", NULL);
  g_autofree char *downsample = g_strconcat (path, ".downsample", NULL);
  g_autofree char *downsample_0 = g_strconcat (downsample, ".0", NULL);
  g_autofree char *downsample_1 = g_strconcat (downsample, ".1", NULL);
  g_autofree char *downsample_weight = g_strconcat (downsample_0, ".weight", NULL);
  g_autofree char *residual = NULL;
  gboolean has_downsample = fovea_builder_has (builder, downsample_weight);

  if (bottleneck)
    {
      add_convolution (builder, path, 1, 1, 1, 1);
      fovea_builder_relu (builder, relu1);
      add_convolution (builder, path, 2, 3, stride, groups);
      fovea_builder_relu (builder, relu2);
      add_convolution (builder, path, 3, 1, 1, 1);
    }
  else
    {
      add_convolution (builder, path, 1, 3, stride, 1);
      fovea_builder_relu (builder, relu1);
      add_convolution (builder, path, 2, 3, 1, 1);
    }
  residual = g_strdup (builder->last);

  if (has_downsample)
    {
      fovea_builder_continue_from (builder, input);
      fovea_builder_convolution (builder, downsample_0, 1, stride, 0, 1);
      fovea_builder_batch_norm (builder, downsample_1, EPSILON);
      fovea_builder_alias (builder, downsample, downsample_1);
    }
  fovea_builder_add (builder, sum, residual, has_downsample ? downsample_1 : input);
  fovea_builder_relu (builder, relu);
  fovea_builder_alias (builder, path, relu);
}

static const char *
find_name (gboolean bottleneck,
           const guint *n_blocks,
           gint64 width,
           gint64 groups)
{
  for (gsize i = 0; i < G_N_ELEMENTS (variants); i++)
    if (variants[i].bottleneck == bottleneck && memcmp (variants[i].n_blocks, n_blocks, sizeof variants[i].n_blocks) == 0 &&
        variants[i].width == width && variants[i].groups == groups)
      return variants[i].name;
  return "resnet";
}

static const char *
resnet_build (FoveaBuilder *builder)
{
  gboolean bottleneck = fovea_builder_has (builder, "layer1.0.conv3.weight");
  FoveaTensor *inner = fovea_builder_require (builder, bottleneck ? "layer1.0.conv2.weight" : "layer1.0.conv1.weight", 4, (gint64[]) { -1, -1, 3, 3 });
  guint n_blocks[N_STAGES];
  gint64 groups = 1;

  if (inner == NULL)
    return NULL;
  /* Bottlenecks keep the number of channels in their 3×3 convolution, but each output sees only its group's inputs. */
  if (bottleneck && inner->shape[1] > 0)
    groups = MAX (inner->shape[0] / inner->shape[1], 1);

  fovea_builder_convolution (builder, "conv1", 7, 2, 3, 1);
  fovea_builder_batch_norm (builder, "bn1", EPSILON);
  fovea_builder_relu (builder, "relu");
  fovea_builder_max_pool (builder, "maxpool", 3, 2, 1, FALSE);
  for (guint stage = 0; stage < N_STAGES; stage++)
    {
      g_autofree char *path = g_strdup_printf ("layer%u", stage + 1);

      n_blocks[stage] = MAX (count_blocks (builder, stage + 1), 1);
      for (guint block = 0; block < n_blocks[stage]; block++)
        {
          g_autofree char *block_path = g_strdup_printf ("%s.%u", path, block);

          add_block (builder, block_path, bottleneck, stage > 0 && block == 0 ? 2 : 1, groups);
        }
      fovea_builder_alias (builder, path, builder->last);
    }
  fovea_builder_global_average_pool (builder, "avgpool");
  fovea_builder_flatten (builder, "flatten");
  fovea_builder_linear (builder, "fc", -1);
  return find_name (bottleneck, n_blocks, inner->shape[0], groups);
}

static const char *const resnet_names[] = {
  "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "wide_resnet101_2",
  "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "resnet", NULL,
};

const FoveaArchitecture fovea_architecture_resnet = {
  .title = "ResNet",
  .names = resnet_names,
  .looks_like = resnet_looks_like,
  .build = resnet_build,
};
