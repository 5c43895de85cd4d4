/* VGG with 11, 13, 16 or 19 layers, with and without batch normalization (Simonyan and Zisserman, "Very deep
 * convolutional networks for large-scale image recognition", 2014; torchvision's modules).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/architectures/architectures.h"

#define N_STAGES 5

/* How many convolutions stand before each pooling. */
static const struct {
  guint n_convolutions[N_STAGES];
  const char *name;
  const char *name_with_batch_norm;
} configurations[] = {
  { { 1, 1, 2, 2, 2 }, "vgg11", "vgg11_bn" },
  { { 2, 2, 2, 2, 2 }, "vgg13", "vgg13_bn" },
  { { 2, 2, 3, 3, 3 }, "vgg16", "vgg16_bn" },
  { { 2, 2, 4, 4, 4 }, "vgg19", "vgg19_bn" },
};

static gboolean
vgg_looks_like (const FoveaStateDict *weights)
{
  FoveaTensor *first = fovea_state_dict_lookup (weights, "features.0.weight");

  return first != NULL && fovea_tensor_has_shape (first, 4, (gint64[]) { -1, -1, 3, 3 }) &&
         fovea_state_dict_lookup (weights, "classifier.0.weight") != NULL;
}

static gboolean
has_convolution (const FoveaStateDict *weights,
                 guint index)
{
  g_autofree char *name = g_strdup_printf ("features.%u.weight", index);
  FoveaTensor *tensor = fovea_state_dict_lookup (weights, name);

  return tensor != NULL && tensor->n_dimensions == 4;
}

/* Counts the convolutions that a configuration expects where the file has one, minus those where it has none: the largest
 * count is the nearest configuration. */
static int
compare_with (const FoveaStateDict *weights,
              const guint *n_convolutions,
              gboolean batch_norm)
{
  guint index = 0;
  int score = 0;

  for (guint stage = 0; stage < N_STAGES; stage++)
    {
      for (guint i = 0; i < n_convolutions[stage]; i++)
        {
          score += has_convolution (weights, index) ? 1 : -1;
          index += batch_norm ? 3 : 2;
        }
      index++;
    }
  return score;
}

static const char *
vgg_build (FoveaBuilder *builder)
{
  gboolean batch_norm = fovea_builder_has (builder, "features.1.running_mean");
  guint best = 0, index = 0;
  g_autofree char *path = NULL;

  for (guint i = 1; i < G_N_ELEMENTS (configurations); i++)
    if (compare_with (builder->weights, configurations[i].n_convolutions, batch_norm) >
        compare_with (builder->weights, configurations[best].n_convolutions, batch_norm))
      best = i;

#define NEXT_PATH (g_free (path), path = g_strdup_printf ("features.%u", index++))
  for (guint stage = 0; stage < N_STAGES; stage++)
    {
      for (guint i = 0; i < configurations[best].n_convolutions[stage]; i++)
        {
          fovea_builder_convolution (builder, NEXT_PATH, 3, 1, 1, 1);
          if (batch_norm)
            fovea_builder_batch_norm (builder, NEXT_PATH, 1e-5);
          fovea_builder_relu (builder, NEXT_PATH);
        }
      fovea_builder_max_pool (builder, NEXT_PATH, 2, 2, 0, FALSE);
    }
#undef NEXT_PATH

  fovea_builder_alias (builder, "features", builder->last);
  fovea_builder_adaptive_average_pool (builder, "avgpool", 7);
  fovea_builder_flatten (builder, "flatten");
  fovea_builder_linear (builder, "classifier.0", -1);
  fovea_builder_relu (builder, "classifier.1");
  fovea_builder_dropout (builder, "classifier.2");
  fovea_builder_linear (builder, "classifier.3", -1);
  fovea_builder_relu (builder, "classifier.4");
  fovea_builder_dropout (builder, "classifier.5");
  fovea_builder_linear (builder, "classifier.6", -1);
  fovea_builder_alias (builder, "classifier", "classifier.6");
  return batch_norm ? configurations[best].name_with_batch_norm : configurations[best].name;
}

static const char *const vgg_names[] = { "vgg11", "vgg13", "vgg16", "vgg19", "vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn", NULL };

const FoveaArchitecture fovea_architecture_vgg = {
  .title = "VGG",
  .names = vgg_names,
  .looks_like = vgg_looks_like,
  .build = vgg_build,
};
