/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile.h"

#include <math.h>

#include "ui/number.h"

/**
 * FoveaTile:
 *
 * Emits `changed` when its state or its picture changes. Main thread only.
 */
struct _FoveaTile {
  GObject parent_instance;

  guint channel;
  char *class_name; /* NULL unless the channel is a class */
  struct {
    FoveaTileState state;
    GdkTexture *texture; /* NULL while there is none */
    double activation; /* NAN while there is no picture */
    GdkTexture *patch; /* nullable: what excites it most in the images of a scan */
    char *patch_description; /* nullable */
    char *concept; /* NULL unless it is known to detect one */
    char *category; /* the concept's */
    double measures[FOVEA_TILE_N_MEASURES]; /* NAN where nothing is known */
    gboolean constant; /* whether it answered alike to all images of a scan */
  } sides[FOVEA_N_SIDES];
  gboolean single; /* whether there is no robust network */
  gboolean pinned;
};

G_DEFINE_FINAL_TYPE (FoveaTile, fovea_tile, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
fovea_tile_finalize (GObject *object)
{
  FoveaTile *self = FOVEA_TILE (object);

  g_clear_pointer (&self->class_name, g_free);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_object (&self->sides[side].texture);
      g_clear_object (&self->sides[side].patch);
      g_free (self->sides[side].patch_description);
      g_free (self->sides[side].concept);
      g_free (self->sides[side].category);
    }

  G_OBJECT_CLASS (fovea_tile_parent_class)->finalize (object);
}

static void
fovea_tile_class_init (FoveaTileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_tile_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_tile_init (FoveaTile *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->sides[side].activation = NAN;
      for (guint i = 0; i < FOVEA_TILE_N_MEASURES; i++)
        self->sides[side].measures[i] = NAN;
    }
}

/**
 * fovea_tile_new:
 * @channel: the channel's index
 * @class_name: (nullable): the class it stands for
 *
 * Returns: (transfer full): a tile of which nothing is known
 */
FoveaTile *
fovea_tile_new (guint channel,
                const char *class_name)
{
  FoveaTile *self = g_object_new (FOVEA_TYPE_TILE, NULL);

  self->channel = channel;
  self->class_name = g_strdup (class_name);
  return self;
}

/**
 * fovea_tile_get_channel:
 * @self: a tile
 *
 * Returns: its channel's index
 */
guint
fovea_tile_get_channel (FoveaTile *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self), 0);
  return self->channel;
}

/**
 * fovea_tile_get_class_name:
 * @self: a tile
 *
 * Returns: (transfer none) (nullable): the class that its channel stands for
 */
const char *
fovea_tile_get_class_name (FoveaTile *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self), NULL);
  return self->class_name;
}

/**
 * fovea_tile_get_state:
 * @self: a tile
 * @side: which network
 *
 * Returns: how far that network's picture is
 */
FoveaTileState
fovea_tile_get_state (FoveaTile *self,
                      FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, FOVEA_TILE_UNKNOWN);
  return self->sides[side].state;
}

/**
 * fovea_tile_get_texture:
 * @self: a tile
 * @side: which network
 *
 * Returns: (transfer none) (nullable): that network's picture
 */
GdkTexture *
fovea_tile_get_texture (FoveaTile *self,
                        FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, NULL);
  return self->sides[side].texture;
}

/**
 * fovea_tile_get_activation:
 * @self: a tile
 * @side: which network
 *
 * Returns: the activation that the picture reaches; not a number while there is none
 */
double
fovea_tile_get_activation (FoveaTile *self,
                           FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, NAN);
  return self->sides[side].activation;
}

/**
 * fovea_tile_get_patch:
 * @self: a tile
 * @side: which network
 *
 * Returns: (transfer none) (nullable): what excites that network's channel most in the images of a scan, once it
 *   was loaded
 */
GdkTexture *
fovea_tile_get_patch (FoveaTile *self,
                      FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, NULL);
  return self->sides[side].patch;
}

/**
 * fovea_tile_get_concept:
 * @self: a tile
 * @side: which network
 *
 * Returns: (transfer none) (nullable): what that network's channel is known to detect
 */
const char *
fovea_tile_get_concept (FoveaTile *self,
                        FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, NULL);
  return self->sides[side].concept;
}

/**
 * fovea_tile_get_category:
 * @self: a tile
 * @side: which network
 *
 * Returns: (transfer none) (nullable): the category of the concept that that network's channel is known to detect
 */
const char *
fovea_tile_get_category (FoveaTile *self,
                         FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES, NULL);
  return self->sides[side].category;
}

/**
 * fovea_tile_get_measure:
 * @self: a tile
 * @side: which network
 * @measure: what is asked for
 *
 * Returns: its value; not a number where it is not known
 */
double
fovea_tile_get_measure (FoveaTile *self,
                        FoveaSide side,
                        FoveaTileMeasure measure)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES && (guint) measure < FOVEA_TILE_N_MEASURES, NAN);
  return self->sides[side].measures[measure];
}

/**
 * fovea_tile_is_finished:
 * @self: a tile
 * @side: which network
 *
 * Returns: whether nothing is left to compute
 */
gboolean
fovea_tile_is_finished (FoveaTile *self,
                        FoveaSide side)
{
  FoveaTileState state = fovea_tile_get_state (self, side);

  return state == FOVEA_TILE_DONE || state == FOVEA_TILE_DEAD;
}

/**
 * fovea_tile_is_dead:
 * @self: a tile
 * @side: which network
 *
 * Returns: whether no gradient ever reached an image, or the channel answers alike to all images of a scan
 */
gboolean
fovea_tile_is_dead (FoveaTile *self,
                    FoveaSide side)
{
  return fovea_tile_get_state (self, side) == FOVEA_TILE_DEAD || self->sides[side].constant;
}

/**
 * fovea_tile_get_caption:
 * @self: a tile
 *
 * Returns: (transfer full): the channel's number, and its class if it is one, or else what it detects, in both networks
 *   where that differs
 */
char *
fovea_tile_get_caption (FoveaTile *self)
{
  const char *standard, *robust;

  g_return_val_if_fail (FOVEA_IS_TILE (self), NULL);

  standard = self->sides[FOVEA_SIDE_STANDARD].concept;
  robust = self->sides[FOVEA_SIDE_ROBUST].concept;
  if (self->class_name != NULL)
    return g_strdup_printf ("%u · %s", self->channel, self->class_name);
  if (standard == NULL && robust == NULL)
    return g_strdup_printf ("%u", self->channel);
  if (self->single || g_strcmp0 (standard, robust) == 0)
    return g_strdup_printf ("%u · %s", self->channel, standard);
  return g_strdup_printf ("%u · %s | %s", self->channel, standard != NULL ? standard : "–", robust != NULL ? robust : "–");
}

/* `0.830`, or `–` where it is not known. */
static void
append_value (GString *text,
              const char *name,
              double value)
{
  g_autofree char *number = fovea_number_format (value, 3);

  g_string_append (text, name);
  g_string_append (text, number);
}

/**
 * fovea_tile_get_values:
 * @self: a tile
 * @measure: a #FoveaTileMeasure, or -1 for the activations that the pictures reach
 *
 * Returns: (transfer full): the channel's number, and its class if it is one, and the values in both networks; the caption where
 *   neither is known
 */
char *
fovea_tile_get_values (FoveaTile *self,
                       int measure)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean any = FALSE;

  g_return_val_if_fail (FOVEA_IS_TILE (self) && measure < FOVEA_TILE_N_MEASURES, NULL);

  g_string_append_printf (text, "%u · ", self->channel);
  if (self->class_name != NULL)
    g_string_append_printf (text, "%s · ", self->class_name);
  for (FoveaSide side = 0; side < (self->single ? 1 : FOVEA_N_SIDES); side++)
    {
      gboolean finished = measure >= 0 || fovea_tile_is_finished (self, side);
      double value = !finished ? NAN : measure >= 0 ? self->sides[side].measures[measure] : self->sides[side].activation;

      if (side > 0)
        g_string_append (text, " | ");
      append_value (text, "", value);
      any |= !isnan (value);
    }
  return any ? g_string_free (g_steal_pointer (&text), FALSE) : fovea_tile_get_caption (self);
}

/* What is known of one network's channel. */
static void
describe_side (FoveaTile *self,
               FoveaSide side,
               GString *text)
{
  static const char *const names[FOVEA_TILE_N_MEASURES] = { ", peak ", ", class selectivity ", ", shape preference ", ", IoU " };

  switch (self->sides[side].state)
    {
    case FOVEA_TILE_DONE:
      append_value (text, "activation ", self->sides[side].activation);
      break;
    case FOVEA_TILE_DEAD:
      g_string_append (text, "dead");
      break;
    case FOVEA_TILE_RUNNING:
      g_string_append (text, "being computed");
      break;
    case FOVEA_TILE_UNKNOWN:
    case FOVEA_TILE_MISSING:
    default:
      g_string_append (text, "not visualized yet");
    }
  if (self->sides[side].concept != NULL)
    g_string_append_printf (text, ", detects %s", self->sides[side].concept);
  for (guint i = 0; i < FOVEA_TILE_N_MEASURES; i++)
    if (!isnan (self->sides[side].measures[i]))
      append_value (text, names[i], self->sides[side].measures[i]);
  if (self->sides[side].patch_description != NULL)
    g_string_append_printf (text, ", strongest in %s", self->sides[side].patch_description);
}

/**
 * fovea_tile_get_description:
 * @self: a tile
 *
 * Returns: (transfer full): all that is known of it, as one sentence
 */
char *
fovea_tile_get_description (FoveaTile *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (FOVEA_IS_TILE (self), NULL);

  g_string_append_printf (text, "Channel %u", self->channel);
  if (self->class_name != NULL)
    g_string_append_printf (text, ", class %s", self->class_name);
  if (self->pinned)
    g_string_append (text, ", pinned");
  for (FoveaSide side = 0; side < (self->single ? 1 : FOVEA_N_SIDES); side++)
    {
      g_string_append_printf (text, "; %s: ", self->single ? "picture" : fovea_side_get_name (side));
      describe_side (self, side, text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * fovea_tile_is_single:
 * @self: a tile
 *
 * Returns: whether only the first picture is meant to be seen
 */
gboolean
fovea_tile_is_single (FoveaTile *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self), FALSE);
  return self->single;
}

/**
 * fovea_tile_is_pinned:
 * @self: a tile
 *
 * Returns: whether its channel is pinned
 */
gboolean
fovea_tile_is_pinned (FoveaTile *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE (self), FALSE);
  return self->pinned;
}

/**
 * fovea_tile_set_single:
 * @self: a new tile
 *
 * Makes it the tile of a network that is shown by itself.
 */
void
fovea_tile_set_single (FoveaTile *self)
{
  g_return_if_fail (FOVEA_IS_TILE (self));
  self->single = TRUE;
}

/**
 * fovea_tile_set_state:
 * @self: a tile
 * @side: which network
 * @state: how far its picture is
 */
void
fovea_tile_set_state (FoveaTile *self,
                      FoveaSide side,
                      FoveaTileState state)
{
  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES);

  if (self->sides[side].state == state)
    return;
  self->sides[side].state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_picture:
 * @self: a tile
 * @side: which network
 * @texture: its picture
 * @activation: what the picture reaches
 */
void
fovea_tile_set_picture (FoveaTile *self,
                        FoveaSide side,
                        GdkTexture *texture,
                        double activation)
{
  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES && GDK_IS_TEXTURE (texture));

  g_set_object (&self->sides[side].texture, texture);
  self->sides[side].activation = activation;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_patch:
 * @self: a tile
 * @side: which network
 * @patch: (nullable): what excites that network's channel most in the images of a scan
 * @description: (nullable): which image it is from
 */
void
fovea_tile_set_patch (FoveaTile *self,
                      FoveaSide side,
                      GdkTexture *patch,
                      const char *description)
{
  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES);

  if (!g_set_object (&self->sides[side].patch, patch) && g_strcmp0 (self->sides[side].patch_description, description) == 0)
    return;
  g_free (self->sides[side].patch_description);
  self->sides[side].patch_description = g_strdup (description);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_concept:
 * @self: a tile
 * @side: which network
 * @concept: (nullable): what its channel detects, for people
 * @category: (nullable): the concept's category
 */
void
fovea_tile_set_concept (FoveaTile *self,
                        FoveaSide side,
                        const char *concept,
                        const char *category)
{
  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES);

  if (g_strcmp0 (self->sides[side].concept, concept) == 0 && g_strcmp0 (self->sides[side].category, category) == 0)
    return;
  g_free (self->sides[side].concept);
  self->sides[side].concept = g_strdup (concept);
  g_free (self->sides[side].category);
  self->sides[side].category = g_strdup (category);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_measure:
 * @self: a tile
 * @side: which network
 * @measure: what was measured
 * @value: its value; not a number where it is not known
 */
void
fovea_tile_set_measure (FoveaTile *self,
                        FoveaSide side,
                        FoveaTileMeasure measure,
                        double value)
{
  double *own;

  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES && (guint) measure < FOVEA_TILE_N_MEASURES);

  own = &self->sides[side].measures[measure];
  if (*own == value || (isnan (*own) && isnan (value)))
    return;
  *own = value;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_constant:
 * @self: a tile
 * @side: which network
 * @constant: whether that network's channel answered alike to all images of a scan
 */
void
fovea_tile_set_constant (FoveaTile *self,
                         FoveaSide side,
                         gboolean constant)
{
  g_return_if_fail (FOVEA_IS_TILE (self) && (guint) side < FOVEA_N_SIDES);

  if (self->sides[side].constant == constant)
    return;
  self->sides[side].constant = constant;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_tile_set_pinned:
 * @self: a tile
 * @pinned: whether its channel is pinned
 */
void
fovea_tile_set_pinned (FoveaTile *self,
                       gboolean pinned)
{
  g_return_if_fail (FOVEA_IS_TILE (self));

  if (self->pinned == pinned)
    return;
  self->pinned = pinned;
  g_signal_emit (self, signals[CHANGED], 0);
}
