/* Which steps take a batch's images a few at a time, so that what they hand on stays in the caches.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/steps.h"
#include "engine/parallel.h"

/* A step that reads and writes so many bytes for an image leaves nothing of the image before in the caches. */
#define WIDE_BYTES 1900000

/* Steps between wide ones that do not end a run: what is wide on both sides is worth more. */
#define MAX_NARROW 2

/* Of one turn's images in a step, for each thread: what stays in its caches until the next step. */
#define TURN_BYTES 2000000

static gsize
get_image_bytes (const FoveaBlockedPlan *plan,
                 const FoveaStep *step)
{
  gsize n_floats = fovea_value_get_size (fovea_blocked_plan_get_value (plan, step->output));

  for (guint i = 0; i < step->n_inputs; i++)
    n_floats += step->inputs[i] == FOVEA_IMAGES ? fovea_shape_get_n_elements (&plan->input_shape)
                                                : fovea_value_get_size (fovea_blocked_plan_get_value (plan, step->inputs[i]));
  if (step->addend >= 0)
    n_floats += fovea_value_get_size (fovea_blocked_plan_get_value (plan, step->addend));
  return n_floats * sizeof (float);
}

/* Operators want all images, and fully connected layers read their weights once for all. */
static gboolean
can_take_turns (const FoveaStep *step)
{
  return step->kind != FOVEA_STEP_OPERATOR && step->kind != FOVEA_STEP_IMAGES && step->kind != FOVEA_STEP_DENSE;
}

static gboolean
is_wide (const FoveaBlockedPlan *plan,
         guint index)
{
  const FoveaStep *step;

  if (index >= plan->steps->len)
    return FALSE;
  step = fovea_blocked_plan_get_step (plan, index);
  return can_take_turns (step) && get_image_bytes (plan, step) >= WIDE_BYTES;
}

/* Whether the step, and some narrow ones that may come before the next wide one, belong to a run. */
static gboolean
continues (const FoveaBlockedPlan *plan,
           guint index)
{
  for (guint i = index; i <= index + MAX_NARROW && i < plan->steps->len; i++)
    {
      if (is_wide (plan, i))
        return TRUE;
      if (!can_take_turns (fovea_blocked_plan_get_step (plan, i)))
        return FALSE;
    }
  return FALSE;
}

/**
 * fovea_blocked_plan_take_turns:
 *
 * Finds runs of wide steps, with a few narrow ones among them, that all images of a turn go through
 * before the next turn's images do.
 */
void
fovea_blocked_plan_take_turns (FoveaBlockedPlan *plan)
{
  for (guint first = 0, end; first < plan->steps->len; first = end)
    {
      gsize largest = 0, n_images;

      for (end = first; end == first ? is_wide (plan, end) : continues (plan, end); end++)
        largest = MAX (largest, get_image_bytes (plan, fovea_blocked_plan_get_step (plan, end)));
      end = MAX (end, first + 1);
      n_images = end - first > 1 ? CLAMP (TURN_BYTES * fovea_parallel_get_n_threads () / largest, 1, plan->batch) : plan->batch;
      while (plan->batch % n_images != 0)
        n_images--;
      for (guint i = first; i < end; i++)
        {
          FoveaStep *step = fovea_blocked_plan_get_step (plan, i);

          step->n_images = n_images;
          step->turn_begin = first;
          step->turn_end = end;
        }
    }
}
