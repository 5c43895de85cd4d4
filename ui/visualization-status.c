/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-status.h"

#include "ui/duration.h"

/**
 * fovea_visualization_status_is_running:
 * @runs: of both sides; each may be %NULL
 *
 * Returns: whether one of them is active
 */
gboolean
fovea_visualization_status_is_running (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (runs[side] != NULL && fovea_run_is_active (FOVEA_RUN (runs[side])))
      return TRUE;
  return FALSE;
}

/**
 * fovea_visualization_status_get_fraction:
 * @runs: of both sides; each may be %NULL
 *
 * Returns: how much of their steps is done, in [0,1]
 */
double
fovea_visualization_status_get_fraction (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  double done = 0;
  guint n_runs = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaVisualizationRun *run = runs[side];
      guint n_steps, n_left;

      if (run == NULL)
        continue;
      n_steps = fovea_visualization_run_get_options (run)->steps;
      n_left = fovea_visualization_run_get_n_steps (run) - fovea_visualization_run_get_step (run);
      done += fovea_run_is_active (FOVEA_RUN (run)) ? 1 - (double) n_left / n_steps : 1;
      n_runs++;
    }
  return n_runs > 0 ? done / n_runs : 0;
}

static char *
format_running (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  guint step = G_MAXUINT, n_steps = 0;
  double seconds = -1;
  g_autofree char *left = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (runs[side] != NULL && fovea_run_is_active (FOVEA_RUN (runs[side])))
      {
        step = MIN (step, fovea_visualization_run_get_step (runs[side]));
        n_steps = MAX (n_steps, fovea_visualization_run_get_n_steps (runs[side]));
        seconds = MAX (seconds, fovea_visualization_run_get_seconds_left (runs[side]));
      }
  if (seconds < 0)
    return g_strdup ("Starting…");
  left = fovea_duration_describe_left (seconds);
  return g_strdup_printf ("Step %u of %u, %s", step, n_steps, left);
}

/* The networks may have been stopped at different steps. */
static char *
format_stopped (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  guint steps[FOVEA_N_SIDES];
  guint n_steps = 0, n_runs = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (runs[side] != NULL)
      {
        steps[n_runs++] = fovea_visualization_run_get_step (runs[side]);
        n_steps = MAX (n_steps, fovea_visualization_run_get_n_steps (runs[side]));
      }
  if (n_runs == FOVEA_N_SIDES && steps[0] != steps[1])
    return g_strdup_printf ("Stopped after %u and %u of %u steps", steps[0], steps[1], n_steps);
  return g_strdup_printf ("Stopped after %u of %u steps", steps[0], n_steps);
}

static char *
format_ended (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  FoveaVisualizationRun *run = NULL;
  gboolean stopped = FALSE;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (runs[side] != NULL)
      {
        FoveaVisualizationState state = fovea_visualization_run_get_state (runs[side]);

        stopped = stopped || state == FOVEA_VISUALIZATION_STOPPED;
        if (run == NULL && state == FOVEA_VISUALIZATION_FINISHED)
          run = runs[side];
      }
  if (stopped)
    return format_stopped (runs);
  if (run == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s: %u steps, seed %" G_GUINT64_FORMAT, fovea_visualization_run_is_from_store (run) ? "Computed earlier" : "Finished",
                          fovea_visualization_run_get_step (run), fovea_visualization_run_get_options (run)->seed);
}

/**
 * fovea_visualization_status_describe:
 * @runs: of both sides; each may be %NULL
 *
 * Returns: (transfer full): how far they are, or how they ended
 */
char *
fovea_visualization_status_describe (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  return fovea_visualization_status_is_running (runs) ? format_running (runs) : format_ended (runs);
}
