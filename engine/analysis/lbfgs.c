/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/lbfgs.h"

#include <math.h>
#include <string.h>

/* A step has to reach this part of the descent that the gradient promises (Armijo's condition). */
#define SUFFICIENT_DECREASE 1e-4

/* How often a step is halved before the direction is given up. */
#define MAX_HALVINGS 12

/* The first step has this length for each value, on average. */
#define FIRST_STEP 0.05

/* A pair is remembered only where the function curves up along it by more than rounding. */
#define LEAST_CURVATURE 1e-10

struct _FoveaLbfgs {
  gsize n_values;
  guint memory;
  FoveaLbfgsFunc function;
  gpointer data;
  gboolean started;
  double value;
  float *gradient;
  float *next_values;
  float *next_gradient;
  float *direction;
  float *steps;     /* a ring of [memory, n_values] */
  float *changes;   /* of the gradient, likewise */
  double *products; /* of step and change */
  guint n_pairs;
  guint newest;
};

/**
 * fovea_lbfgs_new:
 * @n_values: how many values the function has
 * @memory: how many steps are remembered, at least 1
 * @function: what is minimized
 *
 * Nocedal and Wright, "Numerical optimization", 2006, algorithms 7.4 and 7.5, with steps that are halved
 * until they descend enough.
 *
 * Returns: (transfer full): the minimization before its first step
 */
FoveaLbfgs *
fovea_lbfgs_new (gsize n_values,
                 guint memory,
                 FoveaLbfgsFunc function,
                 gpointer data)
{
  FoveaLbfgs *self = g_new0 (FoveaLbfgs, 1);

  self->n_values = n_values;
  self->memory = memory;
  self->function = function;
  self->data = data;
  self->gradient = g_new (float, n_values);
  self->next_values = g_new (float, n_values);
  self->next_gradient = g_new (float, n_values);
  self->direction = g_new (float, n_values);
  self->steps = g_new (float, memory * n_values);
  self->changes = g_new (float, memory * n_values);
  self->products = g_new (double, memory);
  return self;
}

/**
 * fovea_lbfgs_free:
 *
 * Frees the minimization.
 */
void
fovea_lbfgs_free (FoveaLbfgs *self)
{
  g_free (self->gradient);
  g_free (self->next_values);
  g_free (self->next_gradient);
  g_free (self->direction);
  g_free (self->steps);
  g_free (self->changes);
  g_free (self->products);
  g_free (self);
}

static double
multiply (const float *a,
          const float *b,
          gsize n_values)
{
  double sum = 0;

  for (gsize i = 0; i < n_values; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

static void
add (float *to,
     double factor,
     const float *values,
     gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    to[i] += (float) factor * values[i];
}

/* The pair of that age, 0 for the newest, in the ring. */
static guint
get_pair (const FoveaLbfgs *self,
          guint age)
{
  return (self->newest + self->memory - age) % self->memory;
}

/* The gradient times the inverse Hessian as the remembered pairs show it, downwards. */
static void
compute_direction (FoveaLbfgs *self)
{
  g_autofree double *factors = g_new (double, self->memory);
  double scale;

  for (gsize i = 0; i < self->n_values; i++)
    self->direction[i] = -self->gradient[i];
  if (self->n_pairs == 0)
    {
      const double length = sqrt (multiply (self->gradient, self->gradient, self->n_values) / (double) self->n_values);

      scale = length > 0 ? FIRST_STEP / length : 0;
      for (gsize i = 0; i < self->n_values; i++)
        self->direction[i] *= (float) scale;
      return;
    }
  for (guint age = 0; age < self->n_pairs; age++)
    {
      const guint pair = get_pair (self, age);

      factors[age] = multiply (self->steps + pair * self->n_values, self->direction, self->n_values) / self->products[pair];
      add (self->direction, -factors[age], self->changes + pair * self->n_values, self->n_values);
    }
  scale = self->products[self->newest] /
          multiply (self->changes + self->newest * self->n_values, self->changes + self->newest * self->n_values, self->n_values);
  for (gsize i = 0; i < self->n_values; i++)
    self->direction[i] *= (float) scale;
  for (guint age = self->n_pairs; age-- > 0;)
    {
      const guint pair = get_pair (self, age);
      const double factor = multiply (self->changes + pair * self->n_values, self->direction, self->n_values) / self->products[pair];

      add (self->direction, factors[age] - factor, self->steps + pair * self->n_values, self->n_values);
    }
}

static void
remember (FoveaLbfgs *self,
          const float *values)
{
  const guint next = self->n_pairs == 0 ? 0 : (self->newest + 1) % self->memory;
  float *step = self->steps + next * self->n_values;
  float *change = self->changes + next * self->n_values;
  double product;

  for (gsize i = 0; i < self->n_values; i++)
    {
      step[i] = self->next_values[i] - values[i];
      change[i] = self->next_gradient[i] - self->gradient[i];
    }
  product = multiply (step, change, self->n_values);
  if (!(product > LEAST_CURVATURE * multiply (step, step, self->n_values)))
    {
      /* What would have been overwritten is lost where the ring is full. */
      if (self->n_pairs == self->memory)
        self->n_pairs--;
      return;
    }
  self->products[next] = product;
  self->newest = next;
  self->n_pairs = MIN (self->n_pairs + 1, self->memory);
}

/**
 * fovea_lbfgs_step:
 * @values: (inout): where the minimization stands; only this function may change them between steps
 *
 * Goes one step. The function is called once, more often only where a step has to be shortened.
 *
 * Returns: whether it got lower; otherwise @values are as before, and there is nothing left to be gained
 */
gboolean
fovea_lbfgs_step (FoveaLbfgs *self,
                  float *values)
{
  double length = 1;

  if (!self->started)
    self->value = self->function (values, self->gradient, self->data);
  self->started = TRUE;
  for (guint attempt = 0; attempt < 2; attempt++)
    {
      double slope;

      compute_direction (self);
      slope = multiply (self->gradient, self->direction, self->n_values);
      for (guint i = 0; slope < 0 && i < MAX_HALVINGS; i++, length /= 2)
        {
          double next;

          memcpy (self->next_values, values, self->n_values * sizeof (float));
          add (self->next_values, length, self->direction, self->n_values);
          next = self->function (self->next_values, self->next_gradient, self->data);
          if (!(next <= self->value + SUFFICIENT_DECREASE * length * slope))
            continue;
          remember (self, values);
          memcpy (values, self->next_values, self->n_values * sizeof (float));
          memcpy (self->gradient, self->next_gradient, self->n_values * sizeof (float));
          self->value = next;
          return TRUE;
        }
      /* The memory misleads: once more along the gradient. */
      if (self->n_pairs == 0)
        break;
      self->n_pairs = 0;
      length = 1;
    }
  return FALSE;
}
