/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize.h"

#include "engine/formats/npy.h"
#include "engine/images/image.h"

/**
 * fovea_maximize_load_start:
 * @path: a picture, or an array of NumPy's
 * @error: where it cannot be read, %FOVEA_ERROR_SHAPE for an array of another size
 *
 * A picture is resized to cover the size, its centre cropped; an array has to have the size.
 *
 * Returns: (transfer full): an image [3,height,width] in [0,1] to start from, or %NULL
 */
FoveaTensor *
fovea_maximize_load_start (const char *path, guint width, guint height, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (FoveaImage) image = NULL;
  g_autoptr (FoveaImage) resized = NULL;
  g_autoptr (FoveaImage) cropped = NULL;
  guint covering_width, covering_height;
  double scale;

  if (g_str_has_suffix (path, ".npy"))
    {
      g_autoptr (FoveaTensor) array = fovea_npy_read (path, error);

      if (!array)
        return NULL;
      if (!fovea_tensor_has_shape (array, 3, (gint64[]) { 3, height, width }))
        {
          g_autofree char *shape = fovea_tensor_describe_shape (array->n_dimensions, array->shape);

          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                       "%s: has shape %s, but an array to start from has to be [3, %u, %u]; --size changes that", shown, shape, height, width);
          return NULL;
        }
      return g_steal_pointer (&array);
    }

  image = fovea_image_read (path, error);
  if (!image)
    return NULL;
  scale = MAX ((double) width / image->width, (double) height / image->height);
  covering_width = MAX (width, (guint) (image->width * scale + 0.5));
  covering_height = MAX (height, (guint) (image->height * scale + 0.5));
  resized = fovea_image_resize (image, covering_width, covering_height, error);
  if (!resized)
    return NULL;
  cropped = fovea_image_crop (resized, (covering_width - width) / 2, (covering_height - height) / 2, width, height, error);
  if (!cropped)
    return NULL;
  return fovea_image_to_tensor (cropped, error);
}
