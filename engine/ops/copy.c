/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ops/copy.h"

#include <string.h>

#include "engine/kernels/multiversion.h"
#include "engine/ops/planes.h"

/**
 * fovea_copy_infer_shape:
 *
 * The infer_shape of an operator whose output is shaped like its first input.
 */
gboolean
fovea_copy_infer_shape (const FoveaNode *node,
                        const FoveaShape *input_shapes,
                        FoveaShape *output_shape,
                        GError **error)
{
  *output_shape = input_shapes[0];
  return TRUE;
}

static void
copy_range (gsize begin,
            gsize end,
            const FoveaOperatorContext *context)
{
  memcpy (context->output + begin, context->inputs[0] + begin, (end - begin) * sizeof (float));
}

FOVEA_MULTIVERSION static void
add_range (gsize begin,
           gsize end,
           const FoveaOperatorContext *context)
{
  const float *restrict output_gradient = context->output_gradient;
  float *restrict input_gradient = context->input_gradients[0];

  for (gsize i = begin; i < end; i++)
    input_gradient[i] += output_gradient[i];
}

/**
 * fovea_copy_forward:
 *
 * The forward of an operator that passes its input on; nothing to do where it works in place.
 */
void
fovea_copy_forward (const FoveaOperatorContext *context)
{
  if (context->output != context->inputs[0])
    fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), copy_range);
}

/**
 * fovea_copy_gradient:
 *
 * The gradient of fovea_copy_forward().
 */
void
fovea_copy_gradient (const FoveaOperatorContext *context)
{
  if (context->input_gradients[0] != NULL)
    fovea_for_elements (context, context->batch * fovea_shape_get_n_elements (&context->output_shape), add_range);
}
