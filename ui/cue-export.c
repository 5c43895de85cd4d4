/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-export.h"

#include <math.h>

#include "ui/config.h"
#include "ui/figure-picture.h"

#define N_ROWS 6

/* The least number of pixels a side of an image. */
#define IMAGE_SIZE 224

typedef struct
{
  FoveaNetwork *network;
  FoveaSide side;
  guint channel;
  guint n_hits;
  FoveaCueHit hits[N_ROWS];
  FoveaCuePreference preference;
} Column;

typedef struct
{
  FoveaCueSet *set;
  char *layer;
  guint n_columns;
  Column columns[FOVEA_N_SIDES];
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint i = 0; i < export->n_columns; i++)
    fovea_network_unref (export->columns[i].network);
  fovea_cue_set_unref (export->set);
  g_free (export->layer);
  g_free (export);
}

static gboolean
set_cell (FoveaFigure *figure, const Export *export, guint row, guint column, GError **error)
{
  const FoveaCueHit *hit = &export->columns[column].hits[row];
  const FoveaCue *cue = fovea_cue_set_get_cue (export->set, hit->cue);
  const char *const *categories = fovea_cue_set_get_categories (export->set);
  g_autoptr (FoveaImage) image = fovea_image_set_load_image (fovea_cue_set_get_images (export->set), cue->image, error);
  g_autofree char *caption = g_strdup_printf ("shape %s, texture %s; peak %.4g", categories[cue->shape], categories[cue->texture], (double) hit->activation);
  g_autoptr (FoveaImage) sized = NULL;

  if (image == NULL)
    return FALSE;
  sized = fovea_image_resize (image, IMAGE_SIZE, MAX ((guint) lrint ((double) image->height * IMAGE_SIZE / image->width), 1), error);
  if (sized == NULL)
    return FALSE;
  fovea_figure_set_cell (figure, row, column, sized, caption);
  return TRUE;
}

static FoveaFigure *
draw (gpointer data, GError **error)
{
  const Export *export = data;
  g_autoptr (FoveaFigure) figure = fovea_figure_new (N_ROWS, export->n_columns);
  g_autofree char *caption = NULL;

  for (guint i = 0; i < export->n_columns; i++)
    {
      const Column *column = &export->columns[i];
      const double preference = fovea_cue_preference_get (&column->preference);
      g_autofree char *subtitle = isfinite (preference) ? g_strdup_printf ("%s:%u, preference %+.3f", export->layer, column->channel, preference)
                                                        : g_strdup_printf ("%s:%u, no preference", export->layer, column->channel);

      fovea_figure_set_column (figure, i, fovea_network_get_name (column->network), subtitle,
                               column->side == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, IMAGE_SIZE, IMAGE_SIZE);
      for (guint row = 0; row < column->n_hits; row++)
        if (!set_cell (figure, export, row, i, error))
          return NULL;
    }
  for (guint row = 0; row < N_ROWS; row++)
    {
      g_autofree char *title = g_strdup_printf ("%u", row + 1);

      fovea_figure_set_row (figure, row, title, NULL);
    }
  caption = g_strdup_printf ("The images of %s that excite the neuron most. Preference: correlation of the channel's mean responses between images of one shape, "
                             "minus that between images of one texture; above 0 for shape. Fovea %s.",
                             fovea_image_set_get_name (fovea_cue_set_get_images (export->set)), FOVEA_VERSION);
  fovea_figure_set_caption (figure, caption);
  return g_steal_pointer (&figure);
}

/**
 * fovea_cue_export_new:
 * @set: the images
 * @layer: the layer's name
 * @n_columns: how many networks, 1 or 2
 * @columns: the networks
 *
 * Returns: (transfer full): a figure that can be saved or copied: networks are columns, images rows
 */
FoveaPicture *
fovea_cue_export_new (FoveaCueSet *set, const char *layer, guint n_columns, const FoveaCueExportColumn *columns)
{
  Export *export = g_new0 (Export, 1);
  g_autofree char *name = g_strdup_printf ("cue-conflict-%s-%u.png", layer, columns[0].channel);

  g_assert (n_columns >= 1 && n_columns <= FOVEA_N_SIDES);
  export->set = fovea_cue_set_ref (set);
  export->layer = g_strdup (layer);
  export->n_columns = n_columns;
  for (guint i = 0; i < n_columns; i++)
    {
      Column *column = &export->columns[i];
      const FoveaCueLayer *cues = columns[i].cues;

      column->network = fovea_network_ref (columns[i].network);
      column->side = columns[i].side;
      column->channel = columns[i].channel;
      column->preference = cues->preferences[columns[i].channel];
      column->n_hits = MIN (cues->n_strongest, N_ROWS);
      memcpy (column->hits, cues->strongest + (gsize) columns[i].channel * cues->n_strongest, column->n_hits * sizeof *column->hits);
    }
  return fovea_figure_picture_new (g_strdelimit (name, ":/,\\", '-'), draw, export, export_free);
}
