/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image-set-variant.h"

#include <string.h>

#include "engine/images/image-set-private.h"

/* To be counted up whenever a variant's pixels come out differently. */
#define FINGERPRINT_VERSION "fovea-variant-1"

/* Edges are lines one pixel wide, so they are drawn at the size that ImageNet's preprocessing gives images. */
#define EDGES_SHORTER_SIDE 256

#define SEPARATOR '+'

/* Lives as long as the set that it belongs to. */
typedef struct {
  FoveaImageSet *base;
  FoveaVariant variant;
} Variation;

static Variation *
get_variation (const FoveaImageSet *set)
{
  return set->data;
}

static void
variation_close (FoveaImageSet *set)
{
  Variation *variation = get_variation (set);

  if (variation == NULL)
    return;
  g_clear_pointer (&variation->base, fovea_image_set_unref);
  g_free (variation);
}

static const char *
variation_get_image_name (const FoveaImageSet *set,
                          gsize index)
{
  return fovea_image_set_get_image_name (get_variation (set)->base, index);
}

static int
variation_get_image_class (const FoveaImageSet *set,
                           gsize index)
{
  return fovea_image_set_get_image_class (get_variation (set)->base, index);
}

/* @image at the size at which its edges are found; %NULL and no error where that is its own. */
static FoveaImage *
shrink (const FoveaImage *image,
        GError **error)
{
  const guint shorter = MIN (image->width, image->height);

  if (shorter <= EDGES_SHORTER_SIDE)
    return NULL;
  return fovea_image_resize (image, (guint) ((guint64) image->width * EDGES_SHORTER_SIDE / shorter), (guint) ((guint64) image->height * EDGES_SHORTER_SIDE / shorter), error);
}

static FoveaImage *
variation_load_image (const FoveaImageSet *set,
                      gsize index,
                      GError **error)
{
  const Variation *variation = get_variation (set);
  g_autoptr (FoveaImage) image = NULL;
  g_autoptr (FoveaImage) smaller = NULL;
  g_autoptr (GError) problem = NULL;
  FoveaImage *result;

  if (variation->variant.kind == FOVEA_VARIANT_SILHOUETTE && fovea_image_set_has_silhouettes (variation->base))
    return variation->base->source->load_silhouette (variation->base, index, error);
  image = fovea_image_set_load_image (variation->base, index, error);
  if (image == NULL)
    return NULL;
  if (variation->variant.kind == FOVEA_VARIANT_EDGES)
    smaller = shrink (image, &problem);
  result = problem == NULL ? fovea_variant_apply (&variation->variant, smaller != NULL ? smaller : image, index, &problem) : NULL;
  if (result == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&problem), "%s: ", fovea_image_set_get_image_name (set, index));
  return result;
}

static const FoveaImageSetSource variation = {
  .name = NULL,
  .close = variation_close,
  .get_image_name = variation_get_image_name,
  .get_image_class = variation_get_image_class,
  .load_image = variation_load_image,
};

static char *
make_fingerprint (const FoveaImageSet *base,
                  const char *name,
                  guint64 seed)
{
  g_autofree char *text = g_strdup_printf ("%s %s %s %" G_GUINT64_FORMAT, FINGERPRINT_VERSION, fovea_image_set_get_fingerprint (base), name, seed);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

/**
 * fovea_image_set_new_variant:
 * @base: an image set
 * @variant: what is done to its images
 *
 * The same images in the same order, with the same names and classes, but each made into its variant when it is
 * loaded, at its own size; edges at 256 pixels for the shorter side where that is less. Silhouettes are exact where
 * fovea_image_set_has_silhouettes(). Any thread.
 *
 * Returns: (transfer full): the set; @base itself for %FOVEA_VARIANT_ORIGINAL
 */
FoveaImageSet *
fovea_image_set_new_variant (FoveaImageSet *base,
                             const FoveaVariant *variant)
{
  g_autofree char *name = fovea_variant_format (variant);
  FoveaImageSet *self;
  Variation *data;

  if (variant->kind == FOVEA_VARIANT_ORIGINAL)
    return fovea_image_set_ref (base);
  data = g_new0 (Variation, 1);
  data->base = fovea_image_set_ref (base);
  data->variant = *variant;
  self = g_new0 (FoveaImageSet, 1);
  g_atomic_ref_count_init (&self->references);
  self->source = &variation;
  self->name = fovea_image_set_join_variant (base->name, variant);
  self->place = fovea_image_set_join_variant (base->place, variant);
  self->n_images = base->n_images;
  self->classes = g_strdupv (base->classes);
  self->n_classes = base->n_classes;
  self->fingerprint = make_fingerprint (base, name, variant->seed);
  self->data = data;
  return self;
}

/**
 * fovea_image_set_split_variant:
 * @place: what fovea_image_set_open() takes, such as `scenes+edges`
 * @variant: (out): the variant; %FOVEA_VARIANT_ORIGINAL where @place names none
 *
 * A folder that is called so is that folder.
 *
 * Returns: (transfer full): the place of the set whose variant it is
 */
char *
fovea_image_set_split_variant (const char *place,
                               FoveaVariant *variant)
{
  const char *separator = strrchr (place, SEPARATOR);

  *variant = (FoveaVariant) { .kind = FOVEA_VARIANT_ORIGINAL };
  if (separator == NULL || separator == place || g_file_test (place, G_FILE_TEST_IS_DIR) || !fovea_variant_parse (separator + 1, variant, NULL))
    return g_strdup (place);
  return g_strndup (place, (gsize) (separator - place));
}

/**
 * fovea_image_set_join_variant:
 * @place: the place of a set, without a variant
 * @variant: a variant
 *
 * The opposite of fovea_image_set_split_variant().
 *
 * Returns: (transfer full): what fovea_image_set_open() takes for the variant
 */
char *
fovea_image_set_join_variant (const char *place,
                              const FoveaVariant *variant)
{
  g_autofree char *name = fovea_variant_format (variant);
  g_autofree char *joined = g_strdup_printf ("%s%c%s", place, SEPARATOR, name);

  if (variant->kind == FOVEA_VARIANT_ORIGINAL)
    return g_strdup (place);
  /* A folder is called so: with a slash between, the variant is meant. */
  if (g_file_test (joined, G_FILE_TEST_IS_DIR))
    return g_strdup_printf ("%s%c%c%s", place, G_DIR_SEPARATOR, SEPARATOR, name);
  return g_steal_pointer (&joined);
}
