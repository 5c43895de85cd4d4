/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/concept-set-private.h"

/* Of all maps of an image together. Broden's largest variant has half a million. */
#define MAX_PIXELS_AN_IMAGE ((gsize) 1 << 25)

/**
 * fovea_concept_set_new:
 * @source: where masks will come from
 *
 * Returns: (transfer full): a set without anything in it, for its source to fill
 */
FoveaConceptSet *
fovea_concept_set_new (const FoveaConceptSetSource *source)
{
  FoveaConceptSet *self = g_new0 (FoveaConceptSet, 1);

  g_atomic_ref_count_init (&self->references);
  self->source = source;
  self->categories = g_ptr_array_new_with_free_func (g_free);
  self->concepts = g_array_new (FALSE, FALSE, sizeof (FoveaConcept));
  return self;
}

/**
 * fovea_concept_set_add_category:
 * @name: its name; what is no UTF-8 in it is replaced
 *
 * Appends a category, while the set is opened.
 */
void
fovea_concept_set_add_category (FoveaConceptSet *set,
                                const char *name)
{
  g_ptr_array_add (set->categories, g_utf8_make_valid (name, -1));
}

/**
 * fovea_concept_set_find_category:
 *
 * Returns: the index of the category of this name, or -1
 */
int
fovea_concept_set_find_category (const FoveaConceptSet *set,
                                 const char *name)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (set->categories, name, g_str_equal, &index))
    return (int) index;
  return -1;
}

/**
 * fovea_concept_set_add_concept:
 * @number: its number, larger than that of the one before
 * @name: its name; what is no UTF-8 in it is replaced
 * @category: its category
 *
 * Appends a concept, while the set is opened.
 */
void
fovea_concept_set_add_concept (FoveaConceptSet *set,
                               guint number,
                               const char *name,
                               guint category)
{
  const FoveaConcept concept = { .number = number, .name = g_utf8_make_valid (name, -1), .category = category };

  g_assert (set->concepts->len < FOVEA_CONCEPT_SET_MAX_CONCEPTS && category < set->categories->len);
  g_array_append_val (set->concepts, concept);
}

/**
 * fovea_concept_set_open:
 * @name_or_path: %FOVEA_CONCEPT_SET_SCENES; a folder in Broden's layout; or the index of one: a CSV file in it. A
 *   folder of the name `scenes` is reached by `./scenes`
 * @job: (nullable): progress while files are looked for, and cancelling
 * @error: %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_FORMAT where nothing of it can be used; `G_IO_ERROR_CANCELLED`
 *
 * Problems with parts of the set are no errors: see fovea_concept_set_get_problems(). Any thread.
 *
 * Returns: (transfer full): the set, with at least one image, category and concept, or %NULL
 */
FoveaConceptSet *
fovea_concept_set_open (const char *name_or_path,
                        const FoveaJob *job,
                        GError **error)
{
  if (name_or_path[0] == '\0')
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "a concept set needs a name or a folder");
      return NULL;
    }
  if (g_str_equal (name_or_path, FOVEA_CONCEPT_SET_SCENES))
    return fovea_concept_set_open_scenes (error);
  return fovea_broden_open (name_or_path, job, error);
}

/**
 * fovea_concept_set_ref:
 *
 * Returns: (transfer full): @set
 */
FoveaConceptSet *
fovea_concept_set_ref (FoveaConceptSet *set)
{
  g_atomic_ref_count_inc (&set->references);
  return set;
}

/**
 * fovea_concept_set_unref:
 *
 * Gives a reference back. Any thread.
 */
void
fovea_concept_set_unref (FoveaConceptSet *set)
{
  if (!g_atomic_ref_count_dec (&set->references))
    return;
  set->source->close (set);
  g_clear_pointer (&set->images, fovea_image_set_unref);
  for (guint i = 0; i < set->concepts->len; i++)
    g_free ((char *) g_array_index (set->concepts, FoveaConcept, i).name);
  g_array_unref (set->concepts);
  g_ptr_array_unref (set->categories);
  fovea_concept_problems_clear (&set->problems);
  g_free (set->fingerprint);
  g_free (set);
}

/**
 * fovea_concept_set_get_images:
 *
 * Returns: (transfer none): its images; image i has the masks i
 */
FoveaImageSet *
fovea_concept_set_get_images (const FoveaConceptSet *set)
{
  return set->images;
}

/**
 * fovea_concept_set_get_fingerprint:
 *
 * Returns: 64 hexadecimal digits, others whenever a table, an image or a mask may have changed
 */
const char *
fovea_concept_set_get_fingerprint (const FoveaConceptSet *set)
{
  return set->fingerprint;
}

/**
 * fovea_concept_set_get_n_categories:
 *
 * Returns: how many categories there are, at least 1
 */
guint
fovea_concept_set_get_n_categories (const FoveaConceptSet *set)
{
  return set->categories->len;
}

/**
 * fovea_concept_set_get_category:
 * @category: less than the number of categories
 *
 * Returns: the category's name, such as `object`
 */
const char *
fovea_concept_set_get_category (const FoveaConceptSet *set,
                                guint category)
{
  g_return_val_if_fail (category < set->categories->len, NULL);
  return set->categories->pdata[category];
}

/**
 * fovea_concept_set_get_n_concepts:
 *
 * Returns: how many concepts there are, 1 to %FOVEA_CONCEPT_SET_MAX_CONCEPTS
 */
guint
fovea_concept_set_get_n_concepts (const FoveaConceptSet *set)
{
  return set->concepts->len;
}

/**
 * fovea_concept_set_get_concept:
 * @concept: less than the number of concepts
 *
 * Returns: the concept
 */
const FoveaConcept *
fovea_concept_set_get_concept (const FoveaConceptSet *set,
                               guint concept)
{
  g_return_val_if_fail (concept < set->concepts->len, NULL);
  return &g_array_index (set->concepts, FoveaConcept, concept);
}

/**
 * fovea_concept_set_get_problems:
 *
 * Returns: what was found missing or wrong on opening; what masks lack shows when they are loaded
 */
const FoveaConceptProblems *
fovea_concept_set_get_problems (const FoveaConceptSet *set)
{
  return &set->problems;
}

/**
 * fovea_concept_set_load_masks:
 * @set: the set
 * @image: less than the number of its images
 * @error: %FOVEA_ERROR_TOO_LARGE when memory is refused
 *
 * Masks that cannot be used are left out and listed in the result. Any thread.
 *
 * Returns: (transfer full): where the concepts are in the image, or %NULL
 */
FoveaConceptMasks *
fovea_concept_set_load_masks (const FoveaConceptSet *set,
                              gsize image,
                              GError **error)
{
  g_return_val_if_fail (image < fovea_image_set_get_n_images (set->images), NULL);
  return set->source->load_masks (set, image, error);
}

/**
 * fovea_concept_set_load:
 * @set: the set
 * @index: less than the number of its images
 * @image: (out) (transfer full): its pixels
 * @masks: (out) (transfer full): where the concepts are in it
 * @error: as fovea_image_set_load_image() and fovea_concept_set_load_masks()
 *
 * Both at once, which a composed set does in half the time. Any thread.
 *
 * Returns: whether both are there; if not, neither is
 */
gboolean
fovea_concept_set_load (const FoveaConceptSet *set,
                        gsize index,
                        FoveaImage **image,
                        FoveaConceptMasks **masks,
                        GError **error)
{
  *masks = NULL;
  *image = NULL;
  if (set->source->load != NULL)
    return set->source->load (set, index, image, masks, error);
  *image = fovea_image_set_load_image (set->images, index, error);
  if (*image == NULL)
    return FALSE;
  *masks = fovea_concept_set_load_masks (set, index, error);
  if (*masks == NULL)
    g_clear_pointer (image, fovea_image_free);
  return *masks != NULL;
}

/**
 * fovea_concept_masks_new:
 * @width, @height: the maps' size, at least 1, and at most %FOVEA_CONCEPT_SET_MAX_MASK_PIXELS together
 * @max_maps: how many maps will be added at most
 * @max_labels: how many whole-image labels will be added at most
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): masks without maps and labels, or %NULL
 */
FoveaConceptMasks *
fovea_concept_masks_new (guint width,
                         guint height,
                         guint max_maps,
                         guint max_labels,
                         GError **error)
{
  FoveaConceptMasks *self;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  if ((guint64) width * height > FOVEA_CONCEPT_SET_MAX_MASK_PIXELS)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "masks of %u × %u pixels have more than the %" G_GUINT64_FORMAT " million that are supported",
                   width, height, FOVEA_CONCEPT_SET_MAX_MASK_PIXELS / 1000000);
      return NULL;
    }
  self = g_new0 (FoveaConceptMasks, 1);
  self->width = width;
  self->height = height;
  self->maps = g_new0 (FoveaConceptMap, max_maps);
  self->labels = g_new0 (FoveaConceptLabel, max_labels);
  return self;
}

/**
 * fovea_concept_masks_add_map:
 * @category: the category of its labels
 *
 * Adds a map; there must be room for it.
 *
 * Returns: (nullable): its labels, all background, or %NULL when the image has too many maps or memory is refused
 */
guint16 *
fovea_concept_masks_add_map (FoveaConceptMasks *masks,
                             guint category)
{
  gsize n_pixels = (gsize) masks->width * masks->height;
  guint16 *labels = NULL;

  if (n_pixels * (masks->n_maps + 1) <= MAX_PIXELS_AN_IMAGE)
    labels = g_try_new0 (guint16, n_pixels);
  if (labels == NULL)
    return NULL;
  masks->maps[masks->n_maps++] = (FoveaConceptMap) { .category = category, .labels = labels };
  return labels;
}

/**
 * fovea_concept_masks_add_label:
 * @category: the category in whose column the label stands
 * @concept: the concept
 *
 * Adds a whole-image label; there must be room for it.
 */
void
fovea_concept_masks_add_label (FoveaConceptMasks *masks,
                               guint category,
                               guint concept)
{
  masks->labels[masks->n_labels++] = (FoveaConceptLabel) { .category = category, .concept = concept };
}

/**
 * fovea_concept_masks_free:
 * @masks: (nullable): the masks
 */
void
fovea_concept_masks_free (FoveaConceptMasks *masks)
{
  if (masks == NULL)
    return;
  for (guint i = 0; i < masks->n_maps; i++)
    g_free (masks->maps[i].labels);
  g_free (masks->maps);
  g_free (masks->labels);
  fovea_concept_problems_clear (&masks->problems);
  g_free (masks);
}
