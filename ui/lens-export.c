/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-export.h"

#include <math.h>

#include "engine/analysis/classify.h"
#include "engine/error.h"
#include "ui/color-scale.h"
#include "ui/config.h"
#include "ui/figure-picture.h"
#include "ui/number.h"

/* How many classes stand below an image. */
#define N_CLASSES 3

/* The least number of pixels a side of an image with its map. */
#define PICTURE_SIZE 384

typedef struct
{
  FoveaResponse *responses[FOVEA_N_SIDES]; /* each nullable */
  FoveaLensAttack *attacks[FOVEA_N_SIDES]; /* each nullable */
  guint channels[FOVEA_N_SIDES];
  char *layer;
  char *image_name;
  double opacity;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&export->responses[side], fovea_response_unref);
      g_clear_pointer (&export->attacks[side], fovea_lens_attack_unref);
    }
  g_free (export->layer);
  g_free (export->image_name);
  g_free (export);
}

/* Enlarged so that maps are smooth over it, every pixel a square. */
static FoveaImage *
enlarge (const FoveaImage *image, GError **error)
{
  guint factor = MAX (1, (PICTURE_SIZE + MAX (image->width, image->height) - 1) / MAX (image->width, image->height));
  FoveaImage *large = fovea_image_new (image->width * factor, image->height * factor, error);

  for (gsize y = 0; large != NULL && y < large->height; y++)
    for (gsize x = 0; x < large->width; x++)
      for (gsize component = 0; component < 3; component++)
        large->pixels[(y * large->width + x) * 3 + component] = image->pixels[((y / factor) * image->width + x / factor) * 3 + component];
  return large;
}

static gboolean
has_map (const Export *export, guint side)
{
  const FoveaShape *shape = export->responses[side] != NULL ? fovea_response_get_shape (export->responses[side]) : NULL;

  return shape != NULL && export->channels[side] < shape->channels && (shape->height > 1 || shape->width > 1);
}

static gboolean
blend_map (const Export *export, guint side, FoveaImage *image, GError **error)
{
  const FoveaResponse *response = export->responses[side];
  const FoveaChannelResponse *channel = fovea_response_get_channel (response, export->channels[side]);
  const guint8 (*colors)[3] = fovea_color_scale_get ();
  gsize n_pixels = (gsize) image->width * image->height;
  g_autofree float *map = fovea_response_upsample (response, export->channels[side], image->height, image->width);

  if (map == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "not enough memory for a figure of the map");
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels; i++)
    {
      const guint8 *color = colors[fovea_color_scale_find ((double) map[i], channel->minimum, channel->peak)];

      for (gsize component = 0; component < 3; component++)
        image->pixels[i * 3 + component] = (guint8) lrint (image->pixels[i * 3 + component] * (1 - export->opacity) + color[component] * export->opacity);
    }
  return TRUE;
}

static char *
describe_classes (const FoveaResponse *response)
{
  const GArray *classes = fovea_response_get_classes (response, NULL);
  GString *text = g_string_new (NULL);

  for (guint i = 0; classes != NULL && i < MIN (classes->len, N_CLASSES); i++)
    {
      const FoveaRankedClass *class = &g_array_index (classes, FoveaRankedClass, i);
      const char *label = fovea_class_get_label (fovea_response_get_network (response), class->index);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", label != NULL ? label : "class");
      if (label == NULL)
        g_string_append_printf (text, " %u", class->index);
      g_string_append_printf (text, " %.1f %%", class->probability * 100);
    }
  return g_string_free (text, FALSE);
}

static char *
describe_map (const Export *export, guint side)
{
  const FoveaChannelResponse *channel = fovea_response_get_channel (export->responses[side], export->channels[side]);
  g_autofree char *minimum = fovea_number_format (channel->minimum, 4);
  g_autofree char *peak = fovea_number_format (channel->peak, 4);
  g_autofree char *mean = fovea_number_format (channel->mean, 4);

  if (!has_map (export, side))
    return g_strdup_printf ("%s:%u is %s", export->layer, export->channels[side], peak);
  return g_strdup_printf ("%s:%u from %s to %s, mean %s", export->layer, export->channels[side], minimum, peak, mean);
}

static gboolean
set_change (FoveaFigure *figure, const FoveaLensAttack *attack, guint column, GError **error)
{
  g_autoptr (FoveaImage) change = enlarge (attack->change, error);
  g_autofree char *text = g_strdup_printf ("× %.3g; length %.3g, largest %.3g", attack->magnification, attack->l2, attack->linf);

  if (change == NULL)
    return FALSE;
  fovea_figure_set_cell (figure, 2, column, change, text);
  return TRUE;
}

/* A sentence about the attack; nothing where there is none. */
static char *
describe_attack (const Export *export)
{
  const FoveaLensAttack *attack = export->attacks[0] != NULL ? export->attacks[0] : export->attacks[1];
  g_autofree char *settings = attack != NULL ? fovea_lens_attack_describe (&attack->settings) : NULL;
  g_autofree char *target = NULL;
  FoveaNetwork *network;

  if (attack == NULL)
    return g_strdup ("");
  network = fovea_response_get_network (export->responses[0] != NULL ? export->responses[0] : export->responses[1]);
  if (attack->settings.target >= 0)
    target = g_strdup_printf (", towards %s", fovea_class_get_label (network, (guint) attack->settings.target) != NULL
                                                ? fovea_class_get_label (network, (guint) attack->settings.target) : "a chosen class");
  return g_strdup_printf (" The image was changed to mislead %s (projected gradient descent, %s%s); the change is drawn around grey.",
                          attack->settings.source < 0 ? "each network" : attack->settings.source == FOVEA_SIDE_STANDARD ? "the standard network" : "the robust network",
                          settings, target != NULL ? target : "");
}

static gboolean
set_column (FoveaFigure *figure, const Export *export, guint side, guint column, GError **error)
{
  const FoveaResponse *response = export->responses[side];
  FoveaNetwork *network = fovea_response_get_network (response);
  g_autoptr (FoveaImage) plain = enlarge (fovea_response_get_image (response), error);
  g_autoptr (FoveaImage) mapped = plain != NULL ? enlarge (fovea_response_get_image (response), error) : NULL;
  g_autofree char *classes = describe_classes (response);
  g_autofree char *map = NULL;

  if (mapped == NULL)
    return FALSE;
  fovea_figure_set_column (figure, column, fovea_network_get_name (network), fovea_network_get_training (network),
                           side == FOVEA_SIDE_STANDARD ? FOVEA_FIGURE_STANDARD : FOVEA_FIGURE_ROBUST, plain->width, plain->height);
  fovea_figure_set_cell (figure, 0, column, plain, classes);
  if (export->attacks[side] != NULL && !set_change (figure, export->attacks[side], column, error))
    return FALSE;
  if (export->channels[side] >= fovea_response_get_shape (response)->channels)
    {
      fovea_figure_set_cell (figure, 1, column, NULL, "this network has no such neuron");
      return TRUE;
    }
  map = describe_map (export, side);
  if (has_map (export, side) && !blend_map (export, side, mapped, error))
    return FALSE;
  fovea_figure_set_cell (figure, 1, column, has_map (export, side) ? mapped : NULL, map);
  return TRUE;
}

static FoveaFigure *
draw (gpointer data, GError **error)
{
  const Export *export = data;
  gboolean is_attacked = export->attacks[0] != NULL || export->attacks[1] != NULL;
  guint n_columns = (export->responses[0] != NULL) + (export->responses[1] != NULL);
  g_autoptr (FoveaFigure) figure = fovea_figure_new (is_attacked ? 3 : 2, n_columns);
  g_autofree char *attack = describe_attack (export);
  g_autofree char *caption = NULL;
  guint column = 0;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (export->responses[side] != NULL && !set_column (figure, export, side, column++, error))
      return NULL;
  fovea_figure_set_row (figure, 0, "Image", "as the network sees it, with the most probable classes");
  fovea_figure_set_row (figure, 1, export->layer, "activation map over the image");
  if (is_attacked)
    fovea_figure_set_row (figure, 2, "Change", "magnified");
  caption = g_strdup_printf ("What the network%s in %s. Below, the activations of one channel of %s, interpolated between the centres of its units’ "
                             "receptive fields, each on the scale that is given, from black to yellow, at an opacity of %.0f %%.%s Fovea %s.",
                             n_columns > 1 ? "s see" : " sees", export->image_name, export->layer, export->opacity * 100, attack, FOVEA_VERSION);
  fovea_figure_set_caption (figure, caption);
  return g_steal_pointer (&figure);
}

/**
 * fovea_lens_export_new:
 * @responses: (array fixed-size=2): what each network answered; one of them may be %NULL
 * @attacks: (array fixed-size=2): how the image was changed before; each may be %NULL
 * @channels: (array fixed-size=2): whose map is drawn
 * @layer: the layer's name
 * @image_name: for the caption
 * @opacity: of the maps over the image
 *
 * Networks are columns; the first row is the image with the classes, the second the map over it; of an attacked
 * image the third is the change.
 *
 * Returns: (transfer full): a picture that can be saved or copied
 */
FoveaPicture *
fovea_lens_export_new (FoveaResponse *const *responses, FoveaLensAttack *const *attacks, const guint *channels, const char *layer, const char *image_name, double opacity)
{
  Export *export = g_new0 (Export, 1);
  g_autofree char *name = g_strdup_printf ("lens-%s-%u.png", layer, channels[FOVEA_SIDE_STANDARD]);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      export->responses[side] = responses[side] != NULL ? fovea_response_ref (responses[side]) : NULL;
      export->attacks[side] = attacks[side] != NULL ? fovea_lens_attack_ref (attacks[side]) : NULL;
      export->channels[side] = channels[side];
    }
  export->layer = g_strdup (layer);
  export->image_name = g_strdup (image_name);
  export->opacity = opacity;
  return fovea_figure_picture_new (g_strdelimit (name, ":/,\\", '-'), draw, export, export_free);
}
