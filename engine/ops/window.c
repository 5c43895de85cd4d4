/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ops/window.h"

static const char *const axis_names[] = { "height", "width" };

static gboolean
read_kernel (const FoveaNode *node,
             const gint64 *kernel,
             FoveaWindowAttributes *attributes,
             GError **error)
{
  if (kernel != NULL)
    {
      attributes->window.kernel[0] = kernel[0];
      attributes->window.kernel[1] = kernel[1];
      return TRUE;
    }

  if (!fovea_node_get_integers (node, "kernel_shape", 2, 0, 0, FOVEA_WINDOW_MAX, attributes->window.kernel, error))
    return FALSE;
  if (attributes->window.kernel[0] < 1 || attributes->window.kernel[1] < 1)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "node '%s' needs a kernel_shape of two numbers from 1 on", node->name);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_window_read:
 * @kernel: (nullable): height and width of the kernel, where they are known from the weights;
 *   otherwise the attribute `kernel_shape` is required
 * @attributes: (out): what the node's attributes `strides`, `dilations`, `pads`, `auto_pad` and
 *   `ceil_mode` say
 * @error: %FOVEA_ERROR_FORMAT for values that no window can have, %FOVEA_ERROR_UNSUPPORTED for an
 *   `auto_pad` that ONNX does not define
 *
 * Returns: whether the attributes describe a window
 */
gboolean
fovea_window_read (const FoveaNode *node,
                   const gint64 *kernel,
                   FoveaWindowAttributes *attributes,
                   GError **error)
{
  FoveaWindow *window = &attributes->window;
  gint64 pads[4], ceil_mode;
  const char *auto_pad;

  *attributes = (FoveaWindowAttributes) { 0 };
  if (!read_kernel (node, kernel, attributes, error) ||
      !fovea_node_get_integers (node, "strides", 2, 1, 1, FOVEA_WINDOW_MAX, window->stride, error) ||
      !fovea_node_get_integers (node, "dilations", 2, 1, 1, FOVEA_WINDOW_MAX, window->dilation, error) ||
      !fovea_node_get_integers (node, "pads", 4, 0, 0, FOVEA_WINDOW_MAX, pads, error) ||
      !fovea_node_get_integer (node, "ceil_mode", 0, 0, 1, &ceil_mode, error) ||
      !fovea_node_get_string (node, "auto_pad", "NOTSET", &auto_pad, error))
    return FALSE;
  attributes->ceil_mode = ceil_mode != 0;

  if (g_str_equal (auto_pad, "NOTSET"))
    for (guint axis = 0; axis < 2; axis++)
      {
        window->pad_begin[axis] = pads[axis];
        window->pad_end[axis] = pads[2 + axis];
      }
  else if (g_str_equal (auto_pad, "SAME_UPPER"))
    attributes->padding = FOVEA_WINDOW_PAD_SAME_UPPER;
  else if (g_str_equal (auto_pad, "SAME_LOWER"))
    attributes->padding = FOVEA_WINDOW_PAD_SAME_LOWER;
  else if (!g_str_equal (auto_pad, "VALID"))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "node '%s' has an unknown auto_pad '%s'", node->name, auto_pad);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_window_resolve:
 * @input_shape: what the window slides over
 * @window: (out): @attributes' window with its padding for this input, as get_window wants it
 */
void
fovea_window_resolve (const FoveaWindowAttributes *attributes,
                      const FoveaShape *input_shape,
                      FoveaWindow *window)
{
  const gint64 sizes[2] = { input_shape->height, input_shape->width };

  *window = attributes->window;
  if (attributes->padding == FOVEA_WINDOW_PAD_EXPLICIT)
    return;

  for (guint axis = 0; axis < 2; axis++)
    {
      const gint64 output = (sizes[axis] - 1) / window->stride[axis] + 1;
      const gint64 reach = (window->kernel[axis] - 1) * window->dilation[axis] + 1;
      const gint64 pad = MAX ((output - 1) * window->stride[axis] + reach - sizes[axis], 0);

      window->pad_begin[axis] = attributes->padding == FOVEA_WINDOW_PAD_SAME_UPPER ? pad / 2 : pad - pad / 2;
      window->pad_end[axis] = pad - window->pad_begin[axis];
    }
}

/* The number of windows along an axis: floor ((input + padding − reach) / stride) + 1, or with
 * @ceil_mode ceil instead of floor, but no window that starts in the end's padding (PyTorch's rule,
 * and ONNX's since operator set 19). 0 when the window is larger than the padded input. */
static gint64
count_windows (const FoveaWindow *window,
               guint axis,
               gint64 size,
               gboolean ceil_mode)
{
  const gint64 stride = window->stride[axis];
  const gint64 reach = (window->kernel[axis] - 1) * window->dilation[axis] + 1;
  const gint64 room = size + window->pad_begin[axis] + window->pad_end[axis] - reach;
  gint64 count;

  if (room < 0)
    return 0;
  count = (ceil_mode ? (room + stride - 1) / stride : room / stride) + 1;
  if (ceil_mode && (count - 1) * stride >= size + window->pad_begin[axis])
    count--;
  return count;
}

/**
 * fovea_window_infer:
 * @channels: of the output
 * @output_shape: (out): the map of all windows' results
 * @error: %FOVEA_ERROR_SHAPE where no window fits, %FOVEA_ERROR_TOO_LARGE for sizes beyond what a
 *   tensor may have
 *
 * Returns: whether the window makes a map of this input
 */
gboolean
fovea_window_infer (const FoveaNode *node,
                    const FoveaWindowAttributes *attributes,
                    const FoveaShape *input_shape,
                    gint64 channels,
                    FoveaShape *output_shape,
                    GError **error)
{
  const gint64 sizes[2] = { input_shape->height, input_shape->width };
  gint64 counts[2];
  gsize n_elements;
  FoveaWindow window;

  if (input_shape->flat)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "node '%s' (%s) wants maps of shape [C, H, W], but its input has the flat shape [%" G_GINT64_FORMAT "]",
                   node->name, node->operator->name, input_shape->channels);
      return FALSE;
    }
  if (sizes[0] > G_MAXINT / sizes[1])
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "node '%s' has an input of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT ", more than the %d positions that are supported",
                   node->name, sizes[0], sizes[1], G_MAXINT);
      return FALSE;
    }

  fovea_window_resolve (attributes, input_shape, &window);
  for (guint axis = 0; axis < 2; axis++)
    {
      counts[axis] = count_windows (&window, axis, sizes[axis], attributes->ceil_mode);
      if (counts[axis] < 1)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                       "node '%s' has a window of %s %" G_GINT64_FORMAT " (dilation included), more than its padded input's %" G_GINT64_FORMAT,
                       node->name, axis_names[axis],
                       (window.kernel[axis] - 1) * window.dilation[axis] + 1,
                       sizes[axis] + window.pad_begin[axis] + window.pad_end[axis]);
          return FALSE;
        }
    }

  if (counts[0] > G_MAXINT / counts[1] ||
      !fovea_tensor_count_elements (3, (gint64[]) { channels, counts[0], counts[1] }, &n_elements, NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "node '%s' would have an output of shape [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "], more than is supported",
                   node->name, channels, counts[0], counts[1]);
      return FALSE;
    }

  *output_shape = (FoveaShape) { .channels = channels, .height = counts[0], .width = counts[1] };
  return TRUE;
}

/* Whether some window that starts in the padding steps over the whole input by its dilation. All
 * others see the input: a window starts before the input's end, and padding is less than the
 * kernel. */
static gboolean
has_empty_window (const FoveaWindow *window,
                  guint axis,
                  gint64 size,
                  gint64 count)
{
  for (gint64 i = 0; i < count && i * window->stride[axis] < window->pad_begin[axis]; i++)
    {
      const gint64 before = window->pad_begin[axis] - i * window->stride[axis];
      const gint64 steps = (before + window->dilation[axis] - 1) / window->dilation[axis];

      if (steps >= window->kernel[axis] || steps * window->dilation[axis] - before >= size)
        return TRUE;
    }
  return FALSE;
}

/**
 * fovea_window_infer_pooling:
 *
 * As fovea_window_infer(), with as many channels as the input has, and rejects also windows that see
 * nothing but padding: they have no maximum and no average.
 */
gboolean
fovea_window_infer_pooling (const FoveaNode *node,
                            const FoveaWindowAttributes *attributes,
                            const FoveaShape *input_shape,
                            FoveaShape *output_shape,
                            GError **error)
{
  FoveaWindow window;

  if (!fovea_window_infer (node, attributes, input_shape, input_shape->channels, output_shape, error))
    return FALSE;

  fovea_window_resolve (attributes, input_shape, &window);
  for (guint axis = 0; axis < 2; axis++)
    {
      const gint64 pad = MAX (window.pad_begin[axis], window.pad_end[axis]);

      if (attributes->padding == FOVEA_WINDOW_PAD_EXPLICIT && pad >= window.kernel[axis])
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                       "node '%s' has a padding of %" G_GINT64_FORMAT " along the %s, which must be less than its kernel of %" G_GINT64_FORMAT,
                       node->name, pad, axis_names[axis], window.kernel[axis]);
          return FALSE;
        }
      if (has_empty_window (&window, axis,
                            axis == 0 ? input_shape->height : input_shape->width,
                            axis == 0 ? output_shape->height : output_shape->width))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                       "node '%s' has windows that see only padding: dilation %" G_GINT64_FORMAT " for an input of %s %" G_GINT64_FORMAT,
                       node->name, window.dilation[axis], axis_names[axis],
                       axis == 0 ? input_shape->height : input_shape->width);
          return FALSE;
        }
    }
  return TRUE;
}
