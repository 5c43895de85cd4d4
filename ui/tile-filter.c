/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-filter.h"

struct _FoveaTileFilter {
  GtkFilter parent_instance;

  char *text; /* as fovea_tile_filter_set_text() folds it; "" finds every channel */
  FoveaTileConditions conditions;
  char *detects; /* nullable: owns the conditions' one */
  gboolean knows_concepts;
  gboolean knows_preferences;
};

G_DEFINE_FINAL_TYPE (FoveaTileFilter, fovea_tile_filter, GTK_TYPE_FILTER)

static gboolean
contains (const char *name,
          const char *text)
{
  g_autofree char *folded = name != NULL ? g_utf8_casefold (name, -1) : NULL;

  return folded != NULL && strstr (folded, text) != NULL;
}

static gboolean
is_found (FoveaTileFilter *self,
          FoveaTile *tile)
{
  g_autofree char *number = NULL;

  if (*self->text == '\0')
    return TRUE;
  number = g_strdup_printf ("%u", fovea_tile_get_channel (tile));
  return g_str_has_prefix (number, self->text) || contains (fovea_tile_get_class_name (tile), self->text) ||
         contains (fovea_tile_get_concept (tile, FOVEA_SIDE_STANDARD), self->text) || contains (fovea_tile_get_concept (tile, FOVEA_SIDE_ROBUST), self->text);
}

static gboolean
is_met_by (FoveaTileFilter *self,
           FoveaTile *tile,
           FoveaSide side)
{
  const FoveaTileConditions *conditions = &self->conditions;
  double preference = fovea_tile_get_measure (tile, side, FOVEA_TILE_PREFERENCE);

  if (conditions->life != FOVEA_TILE_ANY_LIFE && fovea_tile_is_dead (tile, side) != (conditions->life == FOVEA_TILE_DEAD_ONLY))
    return FALSE;
  if (self->detects != NULL && self->knows_concepts &&
      (fovea_tile_get_concept (tile, side) == NULL || (*self->detects != '\0' && g_strcmp0 (self->detects, fovea_tile_get_category (tile, side)) != 0)))
    return FALSE;
  /* What is not a number prefers nothing. */
  if (conditions->cue != FOVEA_TILE_ANY_CUE && self->knows_preferences && !(conditions->cue == FOVEA_TILE_SHAPE ? preference > 0 : preference < 0))
    return FALSE;
  return TRUE;
}

static gboolean
fovea_tile_filter_match (GtkFilter *filter,
                         gpointer item)
{
  FoveaTileFilter *self = FOVEA_TILE_FILTER (filter);
  gboolean standard, robust;

  if (!is_found (self, item))
    return FALSE;
  standard = is_met_by (self, item, FOVEA_SIDE_STANDARD);
  if (fovea_tile_is_single (item))
    return standard;
  robust = is_met_by (self, item, FOVEA_SIDE_ROBUST);
  switch (self->conditions.networks)
    {
    case FOVEA_TILE_IN_STANDARD:
      return standard;
    case FOVEA_TILE_IN_ROBUST:
      return robust;
    case FOVEA_TILE_IN_BOTH:
      return standard && robust;
    case FOVEA_TILE_IN_EITHER:
    default:
      return standard || robust;
    }
}

static void
fovea_tile_filter_finalize (GObject *object)
{
  FoveaTileFilter *self = FOVEA_TILE_FILTER (object);

  g_free (self->text);
  g_free (self->detects);
  G_OBJECT_CLASS (fovea_tile_filter_parent_class)->finalize (object);
}

static void
fovea_tile_filter_class_init (FoveaTileFilterClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_tile_filter_finalize;
  GTK_FILTER_CLASS (class)->match = fovea_tile_filter_match;
}

static void
fovea_tile_filter_init (FoveaTileFilter *self)
{
  self->text = g_strdup ("");
}

/**
 * fovea_tile_filter_new:
 *
 * Returns: (transfer full): a filter that shows every channel
 */
FoveaTileFilter *
fovea_tile_filter_new (void)
{
  return g_object_new (FOVEA_TYPE_TILE_FILTER, NULL);
}

/**
 * fovea_tile_filter_set_text:
 * @self: a filter
 * @text: the beginning of a channel's number, or a part of its class or of a concept that it detects; "" finds all
 *
 * Returns: whether that is another text than before
 */
gboolean
fovea_tile_filter_set_text (FoveaTileFilter *self,
                            const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *folded = g_utf8_casefold (stripped, -1);

  g_return_val_if_fail (FOVEA_IS_TILE_FILTER (self), FALSE);

  if (g_str_equal (folded, self->text))
    return FALSE;
  g_free (self->text);
  self->text = g_steal_pointer (&folded);
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
  return TRUE;
}

/**
 * fovea_tile_filter_get_text:
 * @self: a filter
 *
 * Returns: (transfer none): what channels are searched for, in folded case
 */
const char *
fovea_tile_filter_get_text (FoveaTileFilter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_FILTER (self), "");
  return self->text;
}

/**
 * fovea_tile_filter_set_conditions:
 * @self: a filter
 * @conditions: what channels have to meet
 */
void
fovea_tile_filter_set_conditions (FoveaTileFilter *self,
                                  const FoveaTileConditions *conditions)
{
  char *detects = g_strdup (conditions->detects);

  g_return_if_fail (FOVEA_IS_TILE_FILTER (self));

  g_free (self->detects);
  self->detects = detects;
  self->conditions = *conditions;
  self->conditions.detects = detects;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

/**
 * fovea_tile_filter_get_conditions:
 * @self: a filter
 * @conditions: (out): what channels have to meet; its strings are the filter's
 */
void
fovea_tile_filter_get_conditions (FoveaTileFilter *self,
                                  FoveaTileConditions *conditions)
{
  g_return_if_fail (FOVEA_IS_TILE_FILTER (self));
  *conditions = self->conditions;
}

/**
 * fovea_tile_filter_set_known:
 * @self: a filter
 * @concepts: whether it is known what the channels detect
 * @preferences: whether it is known what they prefer
 *
 * Filters again, since what is known of the channels may have changed.
 */
void
fovea_tile_filter_set_known (FoveaTileFilter *self,
                             gboolean concepts,
                             gboolean preferences)
{
  g_return_if_fail (FOVEA_IS_TILE_FILTER (self));

  self->knows_concepts = concepts;
  self->knows_preferences = preferences;
  gtk_filter_changed (GTK_FILTER (self), GTK_FILTER_CHANGE_DIFFERENT);
}

/**
 * fovea_tile_filter_count_conditions:
 * @self: a filter
 *
 * Returns: how many things are asked of channels, the text not among them
 */
guint
fovea_tile_filter_count_conditions (FoveaTileFilter *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_FILTER (self), 0);
  return (self->conditions.life != FOVEA_TILE_ANY_LIFE) + (self->detects != NULL) + (self->conditions.cue != FOVEA_TILE_ANY_CUE);
}
