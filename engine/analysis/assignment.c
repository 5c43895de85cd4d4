/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/assignment.h"

#include <math.h>

/* The state of the shortest augmenting path algorithm (Jonker and Volgenant, "A shortest augmenting path
 * algorithm for dense and sparse linear assignment problems", Computing 1987). Costs are negative gains.
 * Prices are such that no cost less its row's and its column's price is negative, and it is zero where
 * row and column are assigned to each other. */
typedef struct {
  guint n_rows;
  guint n_columns; /* not less than n_rows */
  const float *gains;
  double *row_prices;
  double *column_prices;
  int *row_of;       /* [column]: -1 is none */
  double *distances; /* [column] */
  int *previous;     /* [column]: the row from which it is reached */
  guint *order;      /* columns: those whose distance is settled, then those still to be looked at */
} Solver;

/* Sets the distances to what they are by way of one more row; returns the place in the order of the
 * nearest column that is not settled. */
static guint
scan_row (Solver *self,
          guint row,
          double reached,
          guint n_settled)
{
  const float *gains = self->gains + (gsize) row * self->n_columns;
  double base = reached - self->row_prices[row], nearest = INFINITY;
  guint place = n_settled;

  for (guint i = n_settled; i < self->n_columns; i++)
    {
      guint column = self->order[i];
      double distance = base - gains[column] - self->column_prices[column];

      if (distance < self->distances[column])
        {
          self->distances[column] = distance;
          self->previous[column] = (int) row;
        }
      if (self->distances[column] < nearest)
        {
          nearest = self->distances[column];
          place = i;
        }
    }
  return place;
}

/* Assigns one more row, moving others as far as that pays. */
static void
assign_row (Solver *self,
            guint first_row)
{
  guint n_settled = 0, row = first_row, column;
  double reached = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      self->order[i] = i;
      self->distances[i] = INFINITY;
    }
  for (;;)
    {
      guint place = scan_row (self, row, reached, n_settled);

      column = self->order[place];
      self->order[place] = self->order[n_settled];
      self->order[n_settled++] = column;
      reached = self->distances[column];
      if (self->row_of[column] < 0)
        break;
      row = (guint) self->row_of[column];
    }

  /* All but the last of the settled columns lie nearer than it. */
  self->row_prices[first_row] += reached;
  for (guint i = 0; i + 1 < n_settled; i++)
    {
      guint settled = self->order[i];
      double change = reached - self->distances[settled];

      self->row_prices[self->row_of[settled]] += change;
      self->column_prices[settled] -= change;
    }

  for (;;)
    {
      int new_row = self->previous[column];
      guint next = 0;

      self->row_of[column] = new_row;
      if ((guint) new_row == first_row)
        return;
      /* The settled column that this row had until now. */
      while (self->row_of[self->order[next]] != new_row || self->order[next] == column)
        next++;
      column = self->order[next];
    }
}

static float *
transpose (guint n_rows,
           guint n_columns,
           const float *values)
{
  float *transposed = g_new (float, (gsize) n_rows * n_columns);

  for (guint row = 0; row < n_rows; row++)
    for (guint column = 0; column < n_columns; column++)
      transposed[(gsize) column * n_rows + row] = values[(gsize) row * n_columns + column];
  return transposed;
}

/**
 * fovea_assignment_maximize:
 * @n_rows, @n_columns: at least 1
 * @gains: [n_rows][n_columns]: finite
 * @assigned: (out caller-allocates): [n_rows]: each row's column; no column is given twice, and -1 is none,
 *   which only is where there are fewer columns than rows
 * @job: (nullable): told how many are assigned; may stop it
 * @error: `G_IO_ERROR_CANCELLED`
 *
 * Finds the assignment with the highest sum of gains. Takes time with the third power of the number at worst.
 *
 * Returns: whether it was not stopped
 */
gboolean
fovea_assignment_maximize (guint n_rows,
                           guint n_columns,
                           const float *gains,
                           int *assigned,
                           const FoveaJob *job,
                           GError **error)
{
  gboolean is_tall = n_rows > n_columns;
  guint shorter = MIN (n_rows, n_columns), longer = MAX (n_rows, n_columns);
  g_autofree float *transposed = is_tall ? transpose (n_rows, n_columns, gains) : NULL;
  g_autofree double *row_prices = g_new0 (double, shorter);
  g_autofree double *column_prices = g_new0 (double, longer);
  g_autofree int *row_of = g_new (int, longer);
  g_autofree double *distances = g_new (double, longer);
  g_autofree int *previous = g_new (int, longer);
  g_autofree guint *order = g_new (guint, longer);
  Solver solver = { shorter, longer, is_tall ? transposed : gains, row_prices, column_prices, row_of, distances, previous, order };

  for (guint column = 0; column < longer; column++)
    row_of[column] = -1;
  for (guint row = 0; row < shorter; row++)
    {
      if (fovea_job_is_cancelled (job, error))
        return FALSE;
      assign_row (&solver, row);
      fovea_job_report (job, row + 1, shorter);
    }

  for (guint row = 0; row < n_rows; row++)
    assigned[row] = -1;
  for (guint column = 0; column < longer; column++)
    if (is_tall)
      assigned[column] = row_of[column];
    else if (row_of[column] >= 0)
      assigned[row_of[column]] = (int) column;
  return TRUE;
}
