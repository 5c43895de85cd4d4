/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-image.h"

#include "engine/error.h"
#include "ui/texture.h"

/* The longer side of a preview, in pixels. */
#define PREVIEW_SIZE 640

/* A large image is reduced: a screen needs no more. */
static GdkTexture *
make_preview (const FoveaImage *image, GError **error)
{
  guint longer = MAX (image->width, image->height);
  g_autoptr (FoveaImage) reduced = NULL;

  if (longer <= PREVIEW_SIZE)
    return fovea_texture_new_enlarged (image, PREVIEW_SIZE / 2);
  reduced = fovea_image_resize (image, MAX (1, (guint) ((guint64) image->width * PREVIEW_SIZE / longer)),
                                MAX (1, (guint) ((guint64) image->height * PREVIEW_SIZE / longer)), error);
  return reduced != NULL ? fovea_texture_new_from_image (reduced) : NULL;
}

/**
 * fovea_lens_image_new:
 * @image: (transfer full)
 * @name: for people
 * @error: %FOVEA_ERROR_TOO_LARGE where there is not enough memory
 *
 * Any thread, as for all functions here.
 */
FoveaLensImage *
fovea_lens_image_new (FoveaImage *image, const char *name, GError **error)
{
  g_autoptr (FoveaLensImage) self = g_atomic_rc_box_new0 (FoveaLensImage);

  self->name = g_strdup (name);
  self->image = image;
  self->preview = make_preview (image, error);
  return self->preview != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * fovea_lens_image_new_from_bytes:
 * @bytes: a PNG or JPEG file's contents
 * @name: for people
 */
FoveaLensImage *
fovea_lens_image_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  FoveaImage *image = fovea_image_decode (bytes, name, error);

  return image != NULL ? fovea_lens_image_new (image, name, error) : NULL;
}

/**
 * fovea_lens_image_new_from_file:
 * @file: a PNG or JPEG file, on this computer or not
 */
FoveaLensImage *
fovea_lens_image_new_from_file (GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = base != NULL ? g_filename_display_name (base) : g_file_get_uri (file);
  g_autoptr (GBytes) bytes = NULL;
  FoveaImage *image;

  if (path != NULL)
    {
      image = fovea_image_read (path, error);
      return image != NULL ? fovea_lens_image_new (image, name, error) : NULL;
    }
  bytes = g_file_load_bytes (file, NULL, NULL, error);
  return bytes != NULL ? fovea_lens_image_new_from_bytes (bytes, name, error) : NULL;
}

/**
 * fovea_lens_image_new_from_texture:
 * @texture: an image of another program
 * @name: for people
 * @error: %FOVEA_ERROR_TOO_LARGE
 *
 * As with files, what a transparent pixel would be if it were opaque counts; a fully transparent one is black.
 */
FoveaLensImage *
fovea_lens_image_new_from_texture (GdkTexture *texture, const char *name, GError **error)
{
  gsize width = (gsize) gdk_texture_get_width (texture), height = (gsize) gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = NULL;
  g_autoptr (FoveaImage) image = NULL;

  if ((guint64) width * height > FOVEA_IMAGE_MAX_PIXELS || (pixels = g_try_new (guint32, width * height)) == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "an image of %zu × %zu pixels is too large", width, height);
      return NULL;
    }
  image = fovea_image_new ((guint) width, (guint) height, error);
  if (image == NULL)
    return NULL;
  gdk_texture_download (texture, (guchar *) pixels, width * sizeof (guint32));
  for (gsize i = 0; i < width * height; i++)
    {
      guint alpha = pixels[i] >> 24;

      for (guint component = 0; component < 3; component++)
        {
          guint value = pixels[i] >> (16 - 8 * component) & 0xff;

          image->pixels[i * 3 + component] = (guint8) (alpha == 0 ? 0 : MIN ((value * 255 + alpha / 2) / alpha, 255));
        }
    }
  return fovea_lens_image_new (g_steal_pointer (&image), name, error);
}

/**
 * fovea_lens_image_new_from_set:
 * @set: an image set
 * @key: its name or path
 * @index: which of its images; beyond the last it begins anew, and -1 is the last one
 */
FoveaLensImage *
fovea_lens_image_new_from_set (FoveaImageSet *set, const char *key, gint64 index, GError **error)
{
  gint64 n_images = (gint64) fovea_image_set_get_n_images (set);
  FoveaLensImage *self;
  FoveaImage *image;

  index = (index % n_images + n_images) % n_images;
  image = fovea_image_set_load_image (set, (gsize) index, error);
  self = image != NULL ? fovea_lens_image_new (image, fovea_image_set_get_image_name (set, (gsize) index), error) : NULL;
  if (self != NULL)
    {
      self->set = g_strdup (key);
      self->index = (guint64) index;
      self->n_images = (guint64) n_images;
    }
  return self;
}

/**
 * fovea_lens_image_ref:
 */
FoveaLensImage *
fovea_lens_image_ref (FoveaLensImage *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
lens_image_clear (gpointer data)
{
  FoveaLensImage *self = data;

  g_free (self->name);
  g_free (self->set);
  fovea_image_free (self->image);
  g_clear_object (&self->preview);
}

/**
 * fovea_lens_image_unref:
 */
void
fovea_lens_image_unref (FoveaLensImage *self)
{
  g_atomic_rc_box_release_full (self, lens_image_clear);
}
