/* Where values, gradients and scratch memory lie in the arena, and what shares memory with what.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/blocked/steps.h"

static guint
count_reads (const FoveaValue *value,
             guint step)
{
  guint n = 0;

  for (guint i = 0; i < value->n_consumers; i++)
    n += value->consumers[i] == step;
  return n;
}

/* Whether the step reads the value once and nobody reads it later. */
static gboolean
is_last_reader (const FoveaValue *value,
                guint step)
{
  return value->consumers[value->n_consumers - 1] == step && count_reads (value, step) == 1;
}

static gboolean
is_at_home (const FoveaBlockedPlan *plan,
            int value)
{
  return fovea_blocked_plan_get_value (plan, value)->memory_place.value == value;
}

/* A concatenation's inputs are computed where it wants them. */
static void
place_concat (FoveaBlockedPlan *plan,
              guint index)
{
  const FoveaStep *step = fovea_blocked_plan_get_step (plan, index);
  gint64 block = 0;

  for (guint i = 0; i < step->n_inputs; i++)
    {
      FoveaValue *value = fovea_blocked_plan_get_value (plan, step->inputs[i]);

      if (is_at_home (plan, step->inputs[i]) && count_reads (value, index) == 1)
        value->memory_place = (FoveaPlace) { step->output, block };
      block += fovea_value_get_n_blocks (value);
    }
}

/* A concatenation of concatenations: everybody's place in the outermost one. */
static void
resolve (const FoveaBlockedPlan *plan,
         FoveaPlace *place)
{
  for (;;)
    {
      const FoveaPlace *next = &fovea_blocked_plan_get_value (plan, place->value)->memory_place;

      if (next->value == place->value)
        return;
      place->value = next->value;
      place->block += next->block;
    }
}

/* The last time, if any, that a step which works value by value reads the value on the way back. */
static guint
get_last_read_back (const FoveaBlockedPlan *plan,
                    int index)
{
  const FoveaValue *value = fovea_blocked_plan_get_value (plan, index);
  guint last = 0;

  if (!(plan->flags & FOVEA_PLAN_GRADIENT))
    return 0;
  for (guint i = 0; i < value->n_consumers + 1; i++)
    {
      const guint position = i < value->n_consumers ? value->consumers[i] : value->producer;
      const FoveaStep *step = fovea_blocked_plan_get_step (plan, position);
      const FoveaOperatorFlags needs = i < value->n_consumers ? FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT : FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT;

      if (step->kind == FOVEA_STEP_POINTWISE && (fovea_graph_get_node (plan->graph, step->node)->operator->flags & needs))
        last = MAX (last, fovea_blocked_plan_get_gradient_time (plan, position));
    }
  return last;
}

/* Whether @value lies, or anything in its buffer may be read, nowhere but in step @index. */
static gboolean
can_overwrite (const FoveaBlockedPlan *plan,
               int input,
               guint index,
               const gboolean *is_host)
{
  return input >= 0 && is_at_home (plan, input) && !is_host[input] && is_last_reader (fovea_blocked_plan_get_value (plan, input), index) &&
         get_last_read_back (plan, input) == 0;
}

/* Sums, ReLUs and normalizations overwrite what they read, where nobody reads it later. */
static void
place_in_place (FoveaBlockedPlan *plan,
                guint index,
                const gboolean *is_host)
{
  const FoveaStep *step = fovea_blocked_plan_get_step (plan, index);
  FoveaValue *output = fovea_blocked_plan_get_value (plan, step->output);
  int input = -1;

  if (!is_at_home (plan, step->output) || is_host[step->output])
    return;
  if (step->addend >= 0)
    input = step->addend;
  else if (step->kind == FOVEA_STEP_RELU || step->kind == FOVEA_STEP_AFFINE || step->kind == FOVEA_STEP_ADD || step->kind == FOVEA_STEP_POINTWISE)
    input = step->inputs[0];
  if (can_overwrite (plan, input, index, is_host))
    output->memory_place = (FoveaPlace) { input, 0 };
}

static void
place_memory (FoveaBlockedPlan *plan)
{
  g_autofree gboolean *is_host = g_new0 (gboolean, plan->values->len);

  for (guint i = 0; i < plan->steps->len; i++)
    if (fovea_blocked_plan_get_step (plan, i)->kind == FOVEA_STEP_CONCAT)
      place_concat (plan, i);
  for (guint v = 0; v < plan->values->len; v++)
    is_host[fovea_blocked_plan_get_value (plan, (int) v)->memory_place.value] |= !is_at_home (plan, (int) v);
  for (guint i = 0; i < plan->steps->len; i++)
    place_in_place (plan, i, is_host);
  for (guint v = 0; v < plan->values->len; v++)
    resolve (plan, &fovea_blocked_plan_get_value (plan, (int) v)->memory_place);
}

/* A step that passes its output's gradient on as it is leaves it where it lies, for its input, where
 * that input has no gradient from anybody before. Consumers come before producers here, so the
 * output's place is settled. */
static void
share_gradient (FoveaBlockedPlan *plan,
                guint index,
                int input,
                gint64 block)
{
  const FoveaStep *step = fovea_blocked_plan_get_step (plan, index);
  const FoveaValue *output = fovea_blocked_plan_get_value (plan, step->output);
  FoveaValue *value = fovea_blocked_plan_get_value (plan, input);

  if (!value->is_wanted && is_last_reader (value, index) && value->gradient_place.value == input)
    value->gradient_place = (FoveaPlace) { output->gradient_place.value, output->gradient_place.block + block };
}

static void
place_gradients (FoveaBlockedPlan *plan)
{
  for (guint i = plan->steps->len; i-- > 0;)
    {
      const FoveaStep *step = fovea_blocked_plan_get_step (plan, i);
      gint64 block = 0;

      if (step->addend >= 0)
        share_gradient (plan, i, step->addend, 0);
      else if (step->kind == FOVEA_STEP_RELU)
        share_gradient (plan, i, step->inputs[0], 0);
      else if (step->kind == FOVEA_STEP_ADD)
        {
          const FoveaValue *first = fovea_blocked_plan_get_value (plan, step->inputs[0]);

          /* Only one of the two can have it. */
          share_gradient (plan, i, step->inputs[0], 0);
          if (first->gradient_place.value == step->inputs[0])
            share_gradient (plan, i, step->inputs[1], 0);
        }
      else if (step->kind == FOVEA_STEP_CONCAT)
        for (guint j = 0; j < step->n_inputs; j++)
          {
            share_gradient (plan, i, step->inputs[j], block);
            block += fovea_value_get_n_blocks (fovea_blocked_plan_get_value (plan, step->inputs[j]));
          }
    }
}

/* Where all inputs of a concatenation noted their signs and share its gradient, it is masked as one. */
static void
place_signs (FoveaBlockedPlan *plan)
{
  for (guint i = 0; i < plan->steps->len; i++)
    {
      const FoveaStep *step = fovea_blocked_plan_get_step (plan, i);
      FoveaValue *output = fovea_blocked_plan_get_value (plan, step->output);
      gboolean all = step->kind == FOVEA_STEP_CONCAT;
      gint64 block = 0;

      for (guint j = 0; all && j < step->n_inputs; j++)
        {
          const FoveaValue *input = fovea_blocked_plan_get_value (plan, step->inputs[j]);

          all = input->relu && input->n_consumers == 1 && fovea_blocked_plan_get_step (plan, input->producer)->kind != FOVEA_STEP_CONCAT && input->gradient_place.value == output->gradient_place.value &&
                input->signs_place.value == step->inputs[j];
        }
      if (!all)
        continue;
      output->relu = TRUE;
      for (guint j = 0; j < step->n_inputs; j++)
        {
          FoveaValue *input = fovea_blocked_plan_get_value (plan, step->inputs[j]);

          input->signs_place = (FoveaPlace) { step->output, block };
          block += fovea_value_get_n_blocks (input);
        }
    }
}

/* Starts or extends the buffer's life. */
static void
use (FoveaBuffer *buffer,
     gsize size,
     guint begin,
     guint end)
{
  if (buffer->size == 0)
    *buffer = (FoveaBuffer) { .size = size, .begin = begin, .end = end };
  buffer->begin = MIN (buffer->begin, begin);
  buffer->end = MAX (buffer->end, end);
}

static void
find_value_lifetimes (FoveaBlockedPlan *plan,
                      int index)
{
  const FoveaValue *value = fovea_blocked_plan_get_value (plan, index);
  const guint last_use = value->n_consumers > 0 ? value->consumers[value->n_consumers - 1] : value->producer;
  FoveaValue *host = fovea_blocked_plan_get_value (plan, value->memory_place.value);

  use (&host->memory, plan->batch * fovea_value_get_size (host) * sizeof (float), value->producer,
       MAX (MAX (last_use, value->producer), get_last_read_back (plan, index)));
  if (!(plan->flags & FOVEA_PLAN_GRADIENT))
    return;

  host = fovea_blocked_plan_get_value (plan, value->gradient_place.value);
  use (&host->gradient, plan->batch * fovea_value_get_size (host) * sizeof (float),
       fovea_blocked_plan_get_gradient_time (plan, last_use), fovea_blocked_plan_get_gradient_time (plan, value->producer));
  if (value->relu)
    {
      host = fovea_blocked_plan_get_value (plan, value->signs_place.value);
      use (&host->signs, plan->batch * fovea_value_get_size (host) / FOVEA_BLOCK * sizeof (guint16),
           value->producer, fovea_blocked_plan_get_gradient_time (plan, value->producer));
    }
}

static void
set_life (FoveaBuffer *buffer,
          guint begin,
          guint end)
{
  buffer->begin = begin;
  buffer->end = end;
}

static void
find_step_lifetimes (FoveaBlockedPlan *plan,
                     guint index)
{
  FoveaStep *step = fovea_blocked_plan_get_step (plan, index);
  FoveaOperatorStep *self = step->operator_step;
  const guint back = fovea_blocked_plan_get_gradient_time (plan, index);
  FoveaOperatorFlags flags;

  set_life (&step->workspace, index, index);
  set_life (&step->gradient_workspace, back, back);
  set_life (&step->taps, index, back);
  if (self == NULL)
    return;

  flags = plan->flags & FOVEA_PLAN_GRADIENT ? fovea_graph_get_node (plan->graph, step->node)->operator->flags : 0;
  for (guint i = 0; i < step->n_inputs; i++)
    {
      set_life (&self->inputs[i], index, flags & FOVEA_OPERATOR_GRADIENT_NEEDS_INPUT ? back : index);
      set_life (&self->input_gradients[i], back, back);
    }
  set_life (&self->output, index, flags & FOVEA_OPERATOR_GRADIENT_NEEDS_OUTPUT ? back : index);
  set_life (&self->state, index, back);
  set_life (&self->forward_workspace, index, index);
  set_life (&self->gradient_workspace, back, back);
  set_life (&self->output_gradient, back, back);
}

/* What lives during one turn only holds its images alone. What is handed to later turns has to stay while
 * any turn runs: in time, as arenas count it, all of them are one. */
static void
fit_to_turns (const FoveaBlockedPlan *plan,
              FoveaBuffer *buffer,
              gboolean is_for_batch)
{
  const guint n_steps = plan->steps->len;
  const FoveaStep *first, *last;

  if (buffer->size == 0)
    return;
  first = fovea_blocked_plan_get_step (plan, buffer->begin < n_steps ? buffer->begin : 2 * n_steps - 1 - buffer->begin);
  last = fovea_blocked_plan_get_step (plan, buffer->end < n_steps ? buffer->end : 2 * n_steps - 1 - buffer->end);
  if (fovea_blocked_plan_is_for_turn (plan, buffer))
    buffer->size = is_for_batch ? buffer->size / plan->batch * first->n_images : buffer->size;
  else
    {
      if (first->n_images < plan->batch)
        buffer->begin = buffer->begin < n_steps ? first->turn_begin : fovea_blocked_plan_get_gradient_time (plan, first->turn_end - 1);
      if (last->n_images < plan->batch)
        buffer->end = buffer->end < n_steps ? last->turn_end - 1 : fovea_blocked_plan_get_gradient_time (plan, last->turn_begin);
    }
  buffer->size = fovea_arena_round_up (buffer->size);
}

static void
collect (GPtrArray *buffers,
         const FoveaBlockedPlan *plan,
         FoveaBuffer *buffer,
         gboolean is_for_batch)
{
  fit_to_turns (plan, buffer, is_for_batch);
  g_ptr_array_add (buffers, buffer);
}

static void
collect_operator_buffers (GPtrArray *buffers,
                          const FoveaBlockedPlan *plan,
                          FoveaStep *step)
{
  FoveaOperatorStep *self = step->operator_step;

  for (guint i = 0; i < step->n_inputs; i++)
    {
      collect (buffers, plan, &self->inputs[i], TRUE);
      collect (buffers, plan, &self->input_gradients[i], TRUE);
    }
  collect (buffers, plan, &self->output, TRUE);
  collect (buffers, plan, &self->state, TRUE);
  collect (buffers, plan, &self->forward_workspace, FALSE);
  collect (buffers, plan, &self->gradient_workspace, FALSE);
  collect (buffers, plan, &self->output_gradient, TRUE);
}

/**
 * fovea_blocked_plan_place:
 * @error: %FOVEA_ERROR_TOO_LARGE where the machine's memory cannot hold the plan
 *
 * Gives every buffer its place and allocates the arena.
 *
 * Returns: whether the plan can run
 */
gboolean
fovea_blocked_plan_place (FoveaBlockedPlan *plan,
                          GError **error)
{
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();
  const guint end = (plan->flags & FOVEA_PLAN_GRADIENT ? 2 : 1) * plan->steps->len - 1;

  place_memory (plan);
  if (plan->flags & FOVEA_PLAN_GRADIENT)
    {
      place_gradients (plan);
      place_signs (plan);
    }

  for (guint i = 0; i < plan->values->len; i++)
    find_value_lifetimes (plan, (int) i);
  for (guint i = 0; i < plan->values->len; i++)
    {
      FoveaValue *value = fovea_blocked_plan_get_value (plan, (int) i);

      collect (buffers, plan, &value->memory, TRUE);
      collect (buffers, plan, &value->gradient, TRUE);
      collect (buffers, plan, &value->signs, TRUE);
    }
  for (guint i = 0; i < plan->steps->len; i++)
    {
      FoveaStep *step = fovea_blocked_plan_get_step (plan, i);

      find_step_lifetimes (plan, i);
      collect (buffers, plan, &step->workspace, FALSE);
      collect (buffers, plan, &step->gradient_workspace, FALSE);
      collect (buffers, plan, &step->taps, TRUE);
      if (step->operator_step != NULL)
        collect_operator_buffers (buffers, plan, step);
    }
  for (guint i = 0; i < plan->n_wanted; i++)
    {
      FoveaWanted *wanted = &plan->wanted[i];

      wanted->copy.size = plan->batch * fovea_shape_get_n_elements (&wanted->shape) * sizeof (float);
      set_life (&wanted->copy, fovea_blocked_plan_get_value (plan, wanted->value)->producer, end);
      collect (buffers, plan, &wanted->copy, TRUE);
    }

  if (!fovea_arena_place (buffers->len, (FoveaBuffer **) buffers->pdata, plan->batch, &plan->arena_size, error))
    return FALSE;
  plan->arena = fovea_arena_allocate (plan->arena_size, error);
  return plan->arena != NULL;
}
