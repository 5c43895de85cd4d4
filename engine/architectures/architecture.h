/* From a state dict to a network: which architecture it belongs to, and its graph.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/state-dict.h"
#include "engine/graph.h"

G_BEGIN_DECLS

typedef enum {
  FOVEA_TRANSFORM_INPUT_AUTOMATIC,
  FOVEA_TRANSFORM_INPUT_ON,
  FOVEA_TRANSFORM_INPUT_OFF,
} FoveaTransformInput;

/**
 * FoveaArchitectureOptions:
 * @name: (nullable): the architecture, as torchvision calls it, where it cannot be recognized
 * @transform_input: whether a GoogLeNet expects its input in [-1,1], as the weights do that torchvision
 *   publishes. Automatic: yes in torchvision's plain form, no in the form of `robustness`
 * @height, @width: of the input; 0 is 224
 * @mean, @std: (nullable): how images in [0,1] are normalized, three values each; %NULL is what the file says, or
 *   else ImageNet's
 *
 * All zero is a good beginning.
 */
typedef struct {
  const char *name;
  FoveaTransformInput transform_input;
  gint64 height;
  gint64 width;
  const double *mean;
  const double *std;
} FoveaArchitectureOptions;

/**
 * FoveaArchitectureInfo:
 * @name: torchvision's name of the architecture, such as `resnet50`
 * @training: how the network was trained, where the file says it; may be empty
 * @notes: what else people should know of how the file was understood, sentences; may be empty
 * @n_classes: number of outputs
 * @resize: the length to which an image's shorter side is to be resized before the input is cropped: 256 for 224
 */
typedef struct {
  const char *name;
  char *training;
  char *notes;
  gint64 n_classes;
  gint64 resize;
} FoveaArchitectureInfo;

FoveaGraph *fovea_architecture_build (const FoveaStateDict *state_dict, const FoveaArchitectureOptions *options, FoveaArchitectureInfo *info, GError **error);
void fovea_architecture_info_clear (FoveaArchitectureInfo *info);
char *fovea_architecture_list_names (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaArchitectureInfo, fovea_architecture_info_clear)

G_END_DECLS
