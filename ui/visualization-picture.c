/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visualization-picture.h"

#include "ui/visualization-export.h"

/* What a worker makes a picture of; the runs have ended, so nothing changes them. */
typedef struct
{
  FoveaVisualizationRun *runs[FOVEA_N_SIDES]; /* each nullable */
} Export;

static void
free_export (gpointer data)
{
  Export *export = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_object (&export->runs[side]);
  g_free (export);
}

static gboolean
save (gpointer data, const char *path, GError **error)
{
  return fovea_visualization_export_save (((Export *) data)->runs, FOVEA_N_SIDES, path, error);
}

static GBytes *
render (gpointer data, GError **error)
{
  g_autoptr (FoveaFigure) figure = fovea_visualization_export_draw (((Export *) data)->runs, FOVEA_N_SIDES, error);

  return figure != NULL ? fovea_figure_render (figure, FOVEA_FIGURE_PNG, error) : NULL;
}

/**
 * fovea_visualization_picture_new:
 * @runs: of both sides, none of them active; each may be %NULL
 *
 * Returns: (transfer full) (nullable): the comparison figure; %NULL where no run has pictures
 */
FoveaPicture *
fovea_visualization_picture_new (FoveaVisualizationRun *const runs[FOVEA_N_SIDES])
{
  g_autofree char *name = NULL;
  Export *export;

  if (!fovea_visualization_export_can (runs, FOVEA_N_SIDES))
    return NULL;
  name = fovea_visualization_export_suggest_name (runs, FOVEA_N_SIDES);
  export = g_new0 (Export, 1);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_set_object (&export->runs[side], runs[side]);
  return fovea_picture_new (name, save, render, export, free_export);
}
