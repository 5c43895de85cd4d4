/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-picture.h"

#include "engine/write-file.h"

typedef struct
{
  FoveaFigureFunc draw;
  gpointer data;
  GDestroyNotify destroy;
} Source;

static void
free_source (gpointer data)
{
  Source *source = data;

  source->destroy (source->data);
  g_free (source);
}

static GBytes *
draw_as (const Source *source, FoveaFigureFormat format, GError **error)
{
  g_autoptr (FoveaFigure) figure = source->draw (source->data, error);

  return figure != NULL ? fovea_figure_render (figure, format, error) : NULL;
}

static GBytes *
render (gpointer data, GError **error)
{
  return draw_as (data, FOVEA_FIGURE_PNG, error);
}

static gboolean
save (gpointer data, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  FoveaFigureFormat format;

  if (!fovea_figure_format_from_path (path, &format, error))
    return FALSE;
  bytes = draw_as (data, format, error);
  return bytes != NULL && fovea_write_file (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

/**
 * fovea_figure_picture_new:
 * @name: a file's name to suggest, ending in `.png`
 * @draw: draws the figure whenever it is saved or copied
 * @data: (transfer full): what it draws
 * @destroy: frees @data, in the main thread
 *
 * Returns: (transfer full): the picture
 */
FoveaPicture *
fovea_figure_picture_new (const char *name, FoveaFigureFunc draw, gpointer data, GDestroyNotify destroy)
{
  Source *source = g_new0 (Source, 1);

  *source = (Source) { draw, data, destroy };
  return fovea_picture_new (name, save, render, source, free_source);
}
