/* Activation maximization: the image that excites a neuron most.
 *
 * Sources: Erhan et al. 2009; Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017
 * (parameterization, transforms, objectives as in Lucid and lucent); Engstrom et al. 2019,
 * "Adversarial Robustness as a Prior for Learned Representations" (normalized gradient steps).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaObjectiveKind:
 * @FOVEA_OBJECTIVE_NEURON: the activation at (y, x) of a channel; at the map's centre where y and x are -1
 * @FOVEA_OBJECTIVE_CHANNEL: the mean of a channel's map
 * @FOVEA_OBJECTIVE_LAYER: the mean of the squares of a layer (DeepDream)
 * @FOVEA_OBJECTIVE_LOGIT: the value of a class before softmax
 * @FOVEA_OBJECTIVE_DIVERSITY: minus the mean cosine similarity of a layer's Gram matrices between this
 *   image and the others of the batch whose objectives have this term too
 */
typedef enum {
  FOVEA_OBJECTIVE_NEURON,
  FOVEA_OBJECTIVE_CHANNEL,
  FOVEA_OBJECTIVE_LAYER,
  FOVEA_OBJECTIVE_LOGIT,
  FOVEA_OBJECTIVE_DIVERSITY,
} FoveaObjectiveKind;

typedef struct {
  FoveaObjectiveKind kind;
  double weight;
  FoveaNeuron neuron; /* only .layer for LAYER and DIVERSITY; for LOGIT .layer is ignored and .channel is the class */
} FoveaObjectiveTerm;

#define FOVEA_OBJECTIVE_MAX_TERMS 8

/* A weighted sum of terms: what one image is optimized for. */
typedef struct {
  guint n_terms;
  FoveaObjectiveTerm terms[FOVEA_OBJECTIVE_MAX_TERMS];
} FoveaObjective;

void fovea_objective_init_neuron (FoveaObjective *objective, const FoveaNeuron *neuron);

typedef enum { FOVEA_PARAMETERIZATION_FOURIER, FOVEA_PARAMETERIZATION_PIXELS } FoveaParameterization;
typedef enum { FOVEA_OPTIMIZER_ADAM, FOVEA_OPTIMIZER_NORMALIZED_GRADIENT } FoveaOptimizer;
typedef enum { FOVEA_PRESET_LUCENT, FOVEA_PRESET_ROBUST, FOVEA_PRESET_PLAIN } FoveaPreset;

/* The enumerations' names as the command line takes them and files record them: `neuron`,
 * `channel`, `layer`, `logit`, `diversity`; `fourier`, `pixels`; `adam`, `normalized-gradient`;
 * `lucent`, `robust`, `plain`. An unknown name is %FOVEA_ERROR_ARGUMENT, and the message lists the
 * known ones. */
const char *fovea_objective_kind_get_name (FoveaObjectiveKind kind);
gboolean fovea_objective_kind_from_name (const char *name, FoveaObjectiveKind *kind, GError **error);
const char *fovea_parameterization_get_name (FoveaParameterization parameterization);
gboolean fovea_parameterization_from_name (const char *name, FoveaParameterization *parameterization, GError **error);
const char *fovea_optimizer_get_name (FoveaOptimizer optimizer);
gboolean fovea_optimizer_from_name (const char *name, FoveaOptimizer *optimizer, GError **error);
const char *fovea_preset_get_name (FoveaPreset preset);
gboolean fovea_preset_from_name (const char *name, FoveaPreset *preset, GError **error);

/**
 * FoveaMaximizeOptions:
 * @width, @height: the image's size in pixels
 * @steps: optimizer steps
 * @seed: seeds the start and the transforms; image i of a batch draws from its own stream, made of
 *   @seed and the stream of that image, so it does not depend on the rest of the batch
 * @parameterization: what the optimizer moves: a spectrum, or pixels
 * @decorrelate_color: optimize in a decorrelated colour space (Lucid's). Without, pixels are optimized
 *   as the values in [0,1] themselves and clamped, and a spectrum as that of the values' logits
 * @noise: standard deviation of the noise to start from: of the spectrum's real and imaginary parts,
 *   or of the pixels' values around grey; no effect with @start
 * @learning_rate: Adam's; or the L2 length of a normalized gradient step in the values that are
 *   optimized: for plain pixels, in units of pixel values in [0,1]
 * @transforms: whether each step looks at a randomly padded, jittered, scaled and rotated copy
 * @pad, @jitter, @second_jitter: pixels, for a 224 pixel image; scaled with the image's shorter side
 * @scale_minimum, @scale_maximum: range of the random scale, 1 is none
 * @rotation: largest random rotation in degrees
 * @total_variation, @l1, @l2: weights of the penalties on the image in [0,1], 0 is off: the sum of
 *   absolute differences of neighbours, the L1 and the L2 distance from grey (0.5)
 * @blur_every: blur the image (what is optimized) after every so many steps, 0 is never
 * @blur_deviation: standard deviation of that Gaussian blur in pixels
 * @redirect_relu_steps: during so many first steps, gradients that every ReLU blocks are redirected
 * @start: (nullable): an image [3,height,width] in [0,1] to start from instead of noise, or one for
 *   each image of the batch, [n_images,3,height,width]; not owned
 */
typedef struct {
  guint width;
  guint height;
  guint steps;
  guint64 seed;
  FoveaParameterization parameterization;
  gboolean decorrelate_color;
  double noise;
  FoveaOptimizer optimizer;
  double learning_rate;
  gboolean transforms;
  double pad;
  double jitter;
  double scale_minimum;
  double scale_maximum;
  double rotation;
  double second_jitter;
  double total_variation;
  double l1;
  double l2;
  guint blur_every;
  double blur_deviation;
  guint redirect_relu_steps;
  const FoveaTensor *start;
} FoveaMaximizeOptions;

void fovea_maximize_options_init (FoveaMaximizeOptions *options, FoveaPreset preset, const FoveaNetwork *network);
void fovea_maximize_options_init_for_tile (FoveaMaximizeOptions *options, const FoveaNetwork *network);
void fovea_maximize_init_tile (FoveaMaximizeOptions *options, FoveaObjective *objective, const FoveaNetwork *network, const FoveaNeuron *neuron);
double fovea_maximize_options_get_default_learning_rate (const FoveaMaximizeOptions *options);
FoveaPreset fovea_maximize_get_default_preset (const FoveaNetwork *network);
FoveaPreset fovea_maximize_get_common_preset (FoveaNetwork *const *networks, guint n_networks);
gboolean fovea_maximize_options_check (const FoveaMaximizeOptions *options, GError **error);
GVariant *fovea_maximize_options_to_variant (const FoveaMaximizeOptions *options);
FoveaTensor *fovea_maximize_load_start (const char *path, guint width, guint height, GError **error);

/**
 * FoveaMaximizeProgress:
 *
 * The state after a step, valid during the callback only.
 */
typedef struct {
  guint step;                /* steps done, from 1 */
  guint n_steps;
  guint n_images;
  const float *images;       /* [n_images,3,height,width] in [0,1] */
  const double *activations; /* the objective's value of each image as this step saw it, regularizers not counted */
} FoveaMaximizeProgress;

typedef void (*FoveaMaximizeFunc) (const FoveaMaximizeProgress *progress, gpointer data);

/**
 * FoveaMaximizeImage:
 * @image: [3,height,width] in [0,1]
 * @activation: the objective's value of @image itself, without transforms and regularizers
 * @curve: the objective's value in each step done, @n_steps values
 * @dead: whether no gradient ever reached the image, those that were redirected around ReLUs aside,
 *   so that @image shows nothing about the unit
 */
typedef struct {
  FoveaTensor *image;
  double activation;
  double *curve;
  guint n_steps;
  gboolean dead;
} FoveaMaximizeImage;

typedef struct {
  guint n_images;
  FoveaMaximizeImage *images;
  gboolean cancelled; /* stopped early; the images are those of the last finished step */
} FoveaMaximizeResult;

FoveaMaximizeResult *fovea_maximize (FoveaNetwork *network, guint n_images, const FoveaObjective *objectives, const guint64 *streams, const FoveaMaximizeOptions *options, FoveaMaximizeFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error);
void fovea_maximize_result_free (FoveaMaximizeResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaMaximizeResult, fovea_maximize_result_free)

G_END_DECLS
