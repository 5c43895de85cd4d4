/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-export.h"

#include <math.h>
#include <string.h>

#include "ui/config.h"
#include "ui/dissection-pictures.h"
#include "ui/figure-picture.h"
#include "ui/number.h"

/* A picture's side, in pixels. */
#define PICTURE_SIZE 224

typedef struct {
  char *title;
  char *subtitle;
  FoveaFigureAccent accent;
  GPtrArray *pictures; /* (element-type FoveaDissectionPicture) */
} Column;

typedef struct {
  guint n_columns;
  Column columns[FOVEA_N_SIDES];
  char *caption;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint i = 0; i < export->n_columns; i++)
    {
      g_free (export->columns[i].title);
      g_free (export->columns[i].subtitle);
      g_ptr_array_unref (export->columns[i].pictures);
    }
  g_free (export->caption);
  g_free (export);
}

/* As large as fits into a square, in its middle, on white. */
static FoveaImage *
fit (const FoveaImage *image,
     GError **error)
{
  const double scale = (double) PICTURE_SIZE / MAX (image->width, image->height);
  const guint width = MAX ((guint) lrint (image->width * scale), 1), height = MAX ((guint) lrint (image->height * scale), 1);
  const guint left = (PICTURE_SIZE - width) / 2, top = (PICTURE_SIZE - height) / 2;
  g_autoptr (FoveaImage) sized = fovea_image_resize (image, width, height, error);
  FoveaImage *square;

  if (sized == NULL)
    return NULL;
  square = fovea_image_new (PICTURE_SIZE, PICTURE_SIZE, error);
  if (square == NULL)
    return NULL;
  memset (square->pixels, 255, (gsize) PICTURE_SIZE * PICTURE_SIZE * 3);
  for (gsize y = 0; y < height; y++)
    memcpy (square->pixels + ((top + y) * PICTURE_SIZE + left) * 3, sized->pixels + y * width * 3, (gsize) width * 3);
  return square;
}

static gboolean
set_cell (FoveaFigure *figure,
          guint row,
          guint column,
          const FoveaDissectionPicture *picture,
          GError **error)
{
  g_autoptr (FoveaImage) image = fit (picture->drawn, error);
  g_autofree char *activation = fovea_number_format (picture->activation, 4);
  g_autofree char *caption = picture->has_concept ? g_strdup_printf ("%s; activation %s; IoU %.3f", picture->name, activation, picture->iou)
                                                  : g_strdup_printf ("%s; activation %s", picture->name, activation);

  if (image == NULL)
    return FALSE;
  fovea_figure_set_cell (figure, row, column, image, caption);
  return TRUE;
}

static FoveaFigure *
draw (gpointer data,
      GError **error)
{
  const Export *export = data;
  g_autoptr (FoveaFigure) figure = NULL;
  guint n_rows = 0;

  for (guint c = 0; c < export->n_columns; c++)
    n_rows = MAX (n_rows, export->columns[c].pictures->len);
  figure = fovea_figure_new (n_rows, export->n_columns);
  for (guint row = 0; row < n_rows; row++)
    {
      g_autofree char *rank = g_strdup_printf ("%u", row + 1);

      fovea_figure_set_row (figure, row, rank, NULL);
    }
  for (guint c = 0; c < export->n_columns; c++)
    {
      const Column *column = &export->columns[c];

      fovea_figure_set_column (figure, c, column->title, column->subtitle, column->accent, PICTURE_SIZE, PICTURE_SIZE);
      for (guint row = 0; row < n_rows; row++)
        if (row >= column->pictures->len)
          fovea_figure_set_cell (figure, row, c, NULL, "no such image");
        else if (!set_cell (figure, row, c, g_ptr_array_index (column->pictures, row), error))
          return NULL;
    }
  fovea_figure_set_caption (figure, export->caption);
  return g_steal_pointer (&figure);
}

/* `conv5:42: “flower” (object), IoU 0.2030` */
static char *
describe_column (const FoveaDissectionFacts *facts,
                 FoveaSide side,
                 const FoveaDissectionExamples *examples)
{
  const FoveaTally *tally = facts->tallies[side];
  const FoveaTallyUnit *unit = fovea_tally_find (tally, facts->channels[side]);
  g_autofree char *label = examples->label != NULL ? fovea_dissection_format_label (examples->label) : NULL;

  for (guint i = 0; label != NULL && unit != NULL && i < tally->n_categories; i++)
    if (g_strcmp0 (tally->categories[i], examples->category) == 0)
      return g_strdup_printf ("%s:%u: “%s” (%s), IoU %.4f", facts->layer, facts->channels[side], label, examples->category, unit->matches[i].iou);
  return g_strdup_printf ("%s:%u", facts->layer, facts->channels[side]);
}

/**
 * fovea_dissection_export_new:
 * @facts: facts with a dissection; copied from
 * @examples: (array fixed-size=2): the images of each network
 *
 * Returns: (transfer full) (nullable): a figure with a column for each network that has images, the strongest image first;
 *   %NULL where there are none
 */
FoveaPicture *
fovea_dissection_export_new (const FoveaDissectionFacts *facts,
                             const FoveaDissectionExamples examples[FOVEA_N_SIDES])
{
  static const FoveaFigureAccent accents[] = { FOVEA_FIGURE_STANDARD, FOVEA_FIGURE_ROBUST };
  Export *export = g_new0 (Export, 1);
  g_autofree char *name = g_strdup_printf ("images-%s-%u.png", facts->layer, facts->channels[FOVEA_SIDE_STANDARD]);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (facts->tallies[side] != NULL && examples[side].pictures != NULL && examples[side].pictures->len > 0)
      export->columns[export->n_columns++] = (Column) {
        g_strdup (facts->names[side]),
        describe_column (facts, side, &examples[side]),
        accents[side],
        g_ptr_array_ref (examples[side].pictures),
      };
  if (export->n_columns == 0)
    {
      export_free (export);
      return NULL;
    }
  export->caption = g_strdup_printf ("The images of “%s” in which a channel is strongest. Bright is where its activation is above its threshold, which a share of "
                                     "%g of all its positions exceeds; the yellow line surrounds the concept over the column, and the IoU is that of the image "
                                     "alone. Network Dissection (Bau et al. 2017). Fovea %s.",
                                     facts->set_name, fovea_dissection_get_quantile (fovea_dissection_facts_get_any (facts), facts->quantile), FOVEA_VERSION);
  return fovea_figure_picture_new (g_strdelimit (name, ":/,\\", '-'), draw, export, export_free);
}
