/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/image.h"

#include "engine/formats/npy.h"
#include "engine/images/resize.h"
#include "engine/read-file.h"

/* Half of what a crop leaves, as Python's round() has it: of two halves the even one. */
static guint
halve (guint rest)
{
  return rest / 2 + (rest % 4 == 3);
}

/* The size to which an image is resized before the input is cut out of its middle. */
static gboolean
get_resized_size (const FoveaImage *image,
                  const FoveaNetwork *network,
                  guint *width,
                  guint *height,
                  GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  gboolean is_wide = image->width > image->height;
  guint64 image_longer = MAX (image->width, image->height), image_shorter = MIN (image->width, image->height);
  guint64 input_across = is_wide ? input->width : input->height;
  guint64 shorter, longer;

  if (input->channels != 3)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "network %s takes %" G_GINT64_FORMAT " channels, so it cannot be shown a colour image",
                   fovea_network_get_name (network), input->channels);
      return FALSE;
    }

  /* Where the input is not square, the resized image may have to be larger to cover it. */
  shorter = MAX (fovea_network_get_resize (network), is_wide ? input->height : input->width);
  shorter = MAX (shorter, (input_across * image_shorter + image_longer - 1) / image_longer);
  longer = shorter * image_longer / image_shorter;
  if (longer > G_MAXINT)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "an image of %u × %u pixels is too narrow to be resized for network %s",
                   image->width, image->height, fovea_network_get_name (network));
      return FALSE;
    }

  *width = is_wide ? longer : shorter;
  *height = is_wide ? shorter : longer;
  return TRUE;
}

/**
 * fovea_image_fit_to_network:
 * @image: the image
 * @network: the network that shall see it
 * @error: %FOVEA_ERROR_TOO_LARGE for an image so narrow that resizing it is absurd,
 *   %FOVEA_ERROR_UNSUPPORTED for a network that does not take colour images
 *
 * Resizes the shorter side to fovea_network_get_resize() and cuts the centre out, with the sizes and
 * the rounding of torchvision's `Resize` and `CenterCrop` on Pillow images. Any thread.
 *
 * Returns: (transfer full): an image of the network's input size, or %NULL
 */
FoveaImage *
fovea_image_fit_to_network (const FoveaImage *image,
                            const FoveaNetwork *network,
                            GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  guint width, height;

  if (!get_resized_size (image, network, &width, &height, error))
    return NULL;
  return fovea_image_resize_and_crop (image, width, height, halve (width - input->width), halve (height - input->height),
                                      input->width, input->height, error);
}

/**
 * fovea_image_get_network_crop:
 * @image: an image
 * @network: the network that shall see it
 * @box: (out): x0, y0, x1, y1 in the image's own pixels
 * @error: as fovea_image_fit_to_network()
 *
 * Returns: whether the network can see the image; then @box is what it sees of it
 */
gboolean
fovea_image_get_network_crop (const FoveaImage *image,
                              const FoveaNetwork *network,
                              double box[4],
                              GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
  guint width, height;
  double across, down;

  if (!get_resized_size (image, network, &width, &height, error))
    return FALSE;
  across = (double) image->width / width;
  down = (double) image->height / height;
  box[0] = halve (width - input->width) * across;
  box[1] = halve (height - input->height) * down;
  box[2] = box[0] + (double) input->width * across;
  box[3] = box[1] + (double) input->height * down;
  return TRUE;
}

/**
 * fovea_image_load_for_network:
 * @path: a PNG or JPEG file, or a NumPy array [3, height, width] in [0, 1]
 * @network: the network that shall see it
 * @error: as fovea_image_read(), fovea_image_fit_to_network(), fovea_npy_read();
 *   %FOVEA_ERROR_SHAPE for an array of another shape than the network's input
 *
 * What kind of file it is is told by its contents. Any thread.
 *
 * Returns: (transfer full): float32 [3, height, width] in the network's input size, before
 *   normalization, or %NULL
 */
FoveaTensor *
fovea_image_load_for_network (const char *path,
                              const FoveaNetwork *network,
                              GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = fovea_read_file (path, FOVEA_IMAGE_MAX_FILE_SIZE, error);
  g_autoptr (FoveaImage) image = NULL;
  g_autoptr (FoveaImage) fitted = NULL;

  if (bytes == NULL)
    return NULL;
  if (fovea_npy_is_npy (bytes))
    {
      const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));
      const gint64 shape[] = { input->channels, input->height, input->width };
      g_autoptr (FoveaTensor) tensor = fovea_npy_decode (bytes, name, error);

      if (tensor == NULL)
        return NULL;
      if (!fovea_tensor_has_shape (tensor, 3, shape))
        {
          g_autofree char *actual = fovea_tensor_describe_shape (tensor->n_dimensions, tensor->shape);
          g_autofree char *wanted = fovea_tensor_describe_shape (3, shape);
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s: the array's shape is %s, but network %s takes %s",
                       name, actual, fovea_network_get_name (network), wanted);
          return NULL;
        }
      return g_steal_pointer (&tensor);
    }

  image = fovea_image_decode (bytes, name, error);
  if (image == NULL)
    return NULL;
  fitted = fovea_image_fit_to_network (image, network, error);
  if (fitted == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  return fovea_image_to_tensor (fitted, error);
}
