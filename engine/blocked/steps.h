/* What a blocked plan is made of: values, and the steps that compute them. Private to this folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/arena.h"
#include "engine/blocked/convolution.h"
#include "engine/blocked/kernels.h"
#include "engine/graph.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* Stands for the images where a first layer reads them. */
#define FOVEA_IMAGES (-1)

typedef enum {
  FOVEA_STEP_IMAGES,          /* the normalized images as a blocked map, for whoever wants one */
  FOVEA_STEP_FIRST_LAYER,     /* a convolution that reads the images themselves */
  FOVEA_STEP_CONVOLUTION,
  FOVEA_STEP_DENSE,
  FOVEA_STEP_AFFINE,          /* a batch normalization that no convolution takes over */
  FOVEA_STEP_ADD,
  FOVEA_STEP_CONCAT,
  FOVEA_STEP_RELU,
  FOVEA_STEP_MAX_POOL,
  FOVEA_STEP_AVERAGE_POOL,
  FOVEA_STEP_GLOBAL_AVERAGE,
  FOVEA_STEP_POINTWISE,       /* an operator that works value by value, on blocked maps */
  FOVEA_STEP_CROP,            /* a part of a map */
  FOVEA_STEP_OPERATOR,        /* anything else, by its operator, in the operator's layout */
} FoveaStepKind;

/**
 * FoveaPlace:
 * @value: whose buffer
 * @block: which of its blocks is the first
 */
typedef struct {
  int value;
  gint64 block;
} FoveaPlace;

/**
 * FoveaValue:
 * @channels, @height, @width: of its map. What a Flatten made flat keeps the map that it was
 * @origin: the row and column of the whole map that its first one is, where the plan needs only a part
 * @producer: the step that computes it
 * @n_consumers, @consumers: the steps that read it, ascending; one that reads it twice is there twice
 * @relu: whether its producer rectifies it, so that its gradient has to be masked
 * @is_wanted: whether somebody wants to see it, and may give a gradient for it
 * @memory_place, @gradient_place, @signs_place: where it lies: its own buffers or others'
 * @memory, @gradient, @signs: its own buffers
 * @has_gradient: (running back): whether anything was written to its gradient
 * @is_masked: (running back): whether its gradient has been masked already
 */
typedef struct {
  gint64 channels;
  gint64 height;
  gint64 width;
  gint64 origin[2];
  guint producer;
  guint n_consumers;
  guint *consumers;
  gboolean relu;
  gboolean is_wanted;
  FoveaPlace memory_place;
  FoveaPlace gradient_place;
  FoveaPlace signs_place;
  FoveaBuffer memory;
  FoveaBuffer gradient;
  FoveaBuffer signs;
  gboolean has_gradient;
  gboolean is_masked;
} FoveaValue;

/**
 * FoveaOperatorStep:
 *
 * What running an operator in its own layout needs, for FOVEA_STEP_OPERATOR.
 */
typedef struct {
  FoveaShape *input_shapes;
  FoveaShape output_shape;
  FoveaBuffer *inputs;
  FoveaBuffer output;
  FoveaBuffer state;
  FoveaBuffer forward_workspace;
  FoveaBuffer gradient_workspace;
  FoveaBuffer output_gradient;
  FoveaBuffer *input_gradients;
} FoveaOperatorStep;

/**
 * FoveaStep:
 * @node: the graph's node that it computes; with more nodes fused, the first one
 * @normalization: the batch normalization that is computed with it, or -1
 * @inputs: (array length=n_inputs): values, or FOVEA_IMAGES
 * @addend: the value that is added before the ReLU, or -1
 * @output: the value that it computes
 * @relu: whether it rectifies
 * @n_images: that it does at a time
 * @turn_begin, @turn_end: the steps, the last one not included, that these images go through before
 *   the next ones do; where @n_images is not the whole batch
 */
typedef struct {
  FoveaStepKind kind;
  guint node;
  int normalization;
  guint n_inputs;
  int *inputs;
  int addend;
  int output;
  gboolean relu;
  gsize n_images;
  guint turn_begin;
  guint turn_end;
  /* Convolutions: */
  gint64 image_origin[2]; /* first layers: the part of the images that they read, as the next */
  gint64 image_size[2];
  FoveaConvolutionGeometry geometry;
  FoveaBlockedConvolution *convolution;
  FoveaBlockedConvolution *convolution_gradient;
  const float *packed;
  const float *packed_gradient;
  float *bias;      /* up to whole blocks, as are the next three */
  float *mean;      /* of the normalization, as the next two */
  float *factor;
  float *offset;
  /* Poolings: */
  FoveaBlockedPooling pooling;
  float *row_factors;
  float *column_factors;
  FoveaBuffer taps;

  FoveaOperatorStep *operator_step;
  FoveaBuffer workspace;
  FoveaBuffer gradient_workspace;
} FoveaStep;

/**
 * FoveaWanted:
 * @value: what shows it
 * @shape: as the caller sees it
 * @y, @x: the position that is wanted, or -1 for all
 * @copy: its activations in the caller's layout
 */
typedef struct {
  int value;
  FoveaShape shape;
  gint64 y;
  gint64 x;
  FoveaBuffer copy;
} FoveaWanted;

/**
 * FoveaBlockedPlan:
 *
 * See engine/blocked/blocked-plan.h.
 */
typedef struct _FoveaBlockedPlan FoveaBlockedPlan;

struct _FoveaBlockedPlan {
  const FoveaKernels *kernels;
  FoveaGraph *graph;
  gsize batch;
  FoveaShape input_shape;
  FoveaPlanFlags flags;
  gboolean redirect_relu;
  GArray *values; /* FoveaValue */
  GArray *steps;  /* FoveaStep */
  guint n_wanted;
  FoveaWanted *wanted;
  gsize arena_size;
  char *arena;
  gsize scratch_size; /* of one thread */
  guint n_scratch;
  char *scratch;
  gsize first_image;           /* while it runs, as the next two: whose turn it is */
  gsize n_images;
  const float *images;         /* of all */
  float *image_gradients;      /* while it runs back, as the next two */
  gboolean has_image_gradients;
  const float *const *seeds;
};

static inline FoveaValue *
fovea_blocked_plan_get_value (const FoveaBlockedPlan *plan, int value)
{
  return &g_array_index (plan->values, FoveaValue, value);
}

static inline FoveaStep *
fovea_blocked_plan_get_step (const FoveaBlockedPlan *plan, guint step)
{
  return &g_array_index (plan->steps, FoveaStep, step);
}

static inline gint64
fovea_value_get_n_blocks (const FoveaValue *value)
{
  return fovea_blocked_count (value->channels);
}

/* Floats of one image's blocks. */
static inline gsize
fovea_value_get_size (const FoveaValue *value)
{
  return (gsize) (fovea_value_get_n_blocks (value) * value->height * value->width) * FOVEA_BLOCK;
}

/* The steps of a run are counted from 0, and on through the way back. */
static inline guint
fovea_blocked_plan_get_gradient_time (const FoveaBlockedPlan *plan, guint step)
{
  return 2 * plan->steps->len - 1 - step;
}

/* Whether the buffer is used in one turn only, and so holds no more than a turn's images. */
static inline gboolean
fovea_blocked_plan_is_for_turn (const FoveaBlockedPlan *plan, const FoveaBuffer *buffer)
{
  const guint n_steps = plan->steps->len;
  const guint begin = buffer->begin < n_steps ? buffer->begin : 2 * n_steps - 1 - buffer->begin;
  const guint end = buffer->end < n_steps ? buffer->end : 2 * n_steps - 1 - buffer->end;
  const FoveaStep *step = fovea_blocked_plan_get_step (plan, begin);

  return (buffer->begin < n_steps) == (buffer->end < n_steps) && step->n_images < plan->batch && end >= step->turn_begin && end < step->turn_end;
}

void fovea_blocked_plan_fuse (FoveaBlockedPlan *plan, const gboolean *needed, const FoveaShape *shapes, guint n_layers, const int *layers, const FoveaPlanPosition *positions);
void fovea_blocked_plan_crop (FoveaBlockedPlan *plan, const FoveaShape *shapes);
void fovea_blocked_plan_list_consumers (FoveaBlockedPlan *plan);
void fovea_blocked_plan_take_turns (FoveaBlockedPlan *plan);
gboolean fovea_blocked_plan_prepare (FoveaBlockedPlan *plan, const FoveaShape *shapes, GError **error);
gboolean fovea_blocked_plan_place (FoveaBlockedPlan *plan, GError **error);

G_END_DECLS
