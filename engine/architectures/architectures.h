/* What an architecture is: the table that every file beside this one fills in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/architectures/builder.h"

G_BEGIN_DECLS

/**
 * FoveaArchitecture:
 * @title: what people call the family
 * @names: (array zero-terminated=1): what build can return, torchvision's names of the variants
 * @ignored_prefixes: (nullable) (array zero-terminated=1): tensors that belong to the network but are not needed
 * @looks_like: whether a state dict with the architecture's own names could be one of the family; cheap
 * @build: adds all layers, and returns the variant's name. Where something is missing or of the wrong shape,
 *   the builder keeps the error, and the name is that of the nearest variant, or %NULL
 */
typedef struct {
  const char *title;
  const char *const *names;
  const char *const *ignored_prefixes;
  gboolean (*looks_like) (const FoveaStateDict *weights);
  const char *(*build) (FoveaBuilder *builder);
} FoveaArchitecture;

extern const FoveaArchitecture fovea_architecture_alexnet;
extern const FoveaArchitecture fovea_architecture_googlenet;
extern const FoveaArchitecture fovea_architecture_resnet;
extern const FoveaArchitecture fovea_architecture_squeezenet;
extern const FoveaArchitecture fovea_architecture_vgg;

G_END_DECLS
