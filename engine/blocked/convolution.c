/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/blocked/convolution.h"

#include "engine/blocked/direct.h"
#include "engine/blocked/image-gradient.h"
#include "engine/blocked/image-phases.h"
#include "engine/blocked/winograd.h"

/* One of the four is there: @direct also for first layers, @image_gradient for their gradients. */
struct _FoveaBlockedConvolution {
  FoveaConvolutionGeometry geometry;
  FoveaBlockedConvolutionFlags flags;
  FoveaDirect *direct;
  FoveaWinograd *winograd;
  FoveaImagePhases *phases;
  FoveaImageGradient *image_gradient;
};

/**
 * fovea_blocked_convolution_new:
 * @geometry: the layer's
 *
 * Chooses an algorithm by the layer and its map's size only, so that an image gives the same result in any batch.
 * A layer and its gradient take the same one.
 *
 * Returns: (transfer full): the convolution
 */
FoveaBlockedConvolution *
fovea_blocked_convolution_new (const FoveaKernels *kernels,
                               const FoveaConvolutionGeometry *geometry,
                               FoveaBlockedConvolutionFlags flags)
{
  FoveaBlockedConvolution *self = g_new0 (FoveaBlockedConvolution, 1);
  const gboolean gradient = (flags & FOVEA_BLOCKED_CONVOLUTION_GRADIENT) != 0, first = (flags & FOVEA_BLOCKED_CONVOLUTION_FIRST) != 0;
  const gboolean exact = (flags & FOVEA_BLOCKED_CONVOLUTION_EXACT) != 0;

  self->geometry = *geometry;
  self->flags = flags;
  if (first && !exact && fovea_image_phases_is_suitable (geometry))
    self->phases = fovea_image_phases_new (kernels, geometry, gradient);
  else if (first && gradient)
    self->image_gradient = fovea_image_gradient_new (kernels, geometry);
  else if (first)
    self->direct = fovea_direct_new_first_layer (kernels, geometry);
  else if (!exact && fovea_winograd_is_suitable (geometry, (flags & FOVEA_BLOCKED_CONVOLUTION_RECTIFIED) != 0))
    self->winograd = fovea_winograd_new (kernels, geometry, gradient);
  else if (gradient)
    self->direct = fovea_direct_new_gradient (kernels, geometry);
  else
    self->direct = fovea_direct_new_forward (kernels, geometry);
  return self;
}

/**
 * fovea_blocked_convolution_free:
 *
 * Frees the description; packed weights are not its own.
 */
void
fovea_blocked_convolution_free (FoveaBlockedConvolution *self)
{
  g_clear_pointer (&self->direct, fovea_direct_free);
  g_clear_pointer (&self->winograd, fovea_winograd_free);
  g_clear_pointer (&self->phases, fovea_image_phases_free);
  g_clear_pointer (&self->image_gradient, fovea_image_gradient_free);
  g_free (self);
}

static int
get_remainder (gint64 a,
               gint64 b)
{
  return (int) ((a % b + b) % b);
}

/**
 * fovea_blocked_convolution_get_layout:
 *
 * Returns: (transfer full): what tells apart the layouts of packed weights that a layer's algorithms and map sizes
 *   lead to, in a word or a few
 */
char *
fovea_blocked_convolution_get_layout (const FoveaBlockedConvolution *self)
{
  const FoveaConvolutionGeometry *geometry = &self->geometry;
  const char *direction = (self->flags & FOVEA_BLOCKED_CONVOLUTION_GRADIENT) != 0 ? "gradient" : "forward";

  if (self->winograd != NULL)
    return g_strdup_printf ("%s winograd%u", direction, fovea_winograd_get_variant (self->winograd));
  if (self->phases != NULL)
    return g_strdup_printf ("%s phases%u", direction, fovea_image_phases_get_variant (self->phases));
  if ((self->flags & FOVEA_BLOCKED_CONVOLUTION_GRADIENT) == 0)
    return g_strdup (direction);
  /* Padding, modulo the stride, decides which taps go into which phase, and the map's size how many there are. */
  return g_strdup_printf ("%s %d %d %d %d", direction,
                          get_remainder (geometry->pad_begin[0], geometry->stride[0]), get_remainder (geometry->pad_begin[1], geometry->stride[1]),
                          (int) MIN (geometry->stride[0], geometry->input_height), (int) MIN (geometry->stride[1], geometry->input_width));
}

/**
 * fovea_blocked_convolution_get_packed_size:
 *
 * Returns: floats of the packed weights
 */
gsize
fovea_blocked_convolution_get_packed_size (const FoveaBlockedConvolution *self)
{
  return self->winograd != NULL         ? fovea_winograd_get_packed_size (self->winograd)
         : self->phases != NULL         ? fovea_image_phases_get_packed_size (self->phases)
         : self->image_gradient != NULL ? fovea_image_gradient_get_packed_size (self->image_gradient)
                                        : fovea_direct_get_packed_size (self->direct);
}

/**
 * fovea_blocked_convolution_pack:
 * @source: the layer's weights, for a gradient outputs and inputs exchanged
 * @packed: (out): fovea_blocked_convolution_get_packed_size() floats, aligned to 64 bytes
 *
 * Brings weights into the order in which they are read.
 */
void
fovea_blocked_convolution_pack (const FoveaBlockedConvolution *self,
                                const FoveaWeightSource *source,
                                float *packed)
{
  if (self->winograd != NULL)
    fovea_winograd_pack (self->winograd, source, packed);
  else if (self->phases != NULL)
    fovea_image_phases_pack (self->phases, source, packed);
  else if (self->image_gradient != NULL)
    fovea_image_gradient_pack (self->image_gradient, source, packed);
  else
    fovea_direct_pack (self->direct, source, packed);
}

/**
 * fovea_blocked_convolution_get_workspace_size:
 *
 * Returns: bytes of memory that a run's threads share
 */
gsize
fovea_blocked_convolution_get_workspace_size (const FoveaBlockedConvolution *self,
                                              gsize batch)
{
  return self->winograd != NULL         ? fovea_winograd_get_workspace_size (self->winograd, batch)
         : self->phases != NULL         ? fovea_image_phases_get_workspace_size (self->phases, batch)
         : self->image_gradient != NULL ? fovea_image_gradient_get_workspace_size (self->image_gradient, batch)
                                        : fovea_direct_get_workspace_size (self->direct, batch);
}

/**
 * fovea_blocked_convolution_get_scratch_size:
 *
 * Returns: bytes of memory that each thread of the pool wants for itself
 */
gsize
fovea_blocked_convolution_get_scratch_size (const FoveaBlockedConvolution *self,
                                            gsize batch)
{
  return self->winograd != NULL         ? fovea_winograd_get_scratch_size (self->winograd, batch)
         : self->phases != NULL         ? fovea_image_phases_get_scratch_size (self->phases, batch)
         : self->image_gradient != NULL ? 0
                                        : fovea_direct_get_scratch_size (self->direct);
}

/**
 * fovea_blocked_convolution_run:
 * @packed: from fovea_blocked_convolution_pack()
 * @input: what it reads: for a gradient, the output's gradient
 * @output: every element is written
 * @workspace: fovea_blocked_convolution_get_workspace_size() bytes, aligned to 64
 * @scratch: fovea_blocked_convolution_get_scratch_size() bytes for each thread, aligned to 64
 *
 * Runs what is no first layer, and spreads its work over the pool. Each output's sum is made in the same order,
 * whatever the batch and the number of threads are.
 */
void
fovea_blocked_convolution_run (const FoveaBlockedConvolution *self,
                               gsize batch,
                               const float *packed,
                               const FoveaBlockedMap *input,
                               const FoveaBlockedMap *output,
                               const FoveaEpilogue *epilogue,
                               gpointer workspace,
                               gpointer scratch)
{
  if (self->winograd != NULL)
    fovea_winograd_run (self->winograd, batch, packed, input, output, epilogue, workspace, scratch);
  else
    fovea_direct_run (self->direct, batch, packed, input, output, epilogue, workspace, scratch);
}

/**
 * fovea_blocked_convolution_run_first:
 * @images: whose part of the layer's input size is read
 *
 * As fovea_blocked_convolution_run(), for a first layer.
 */
void
fovea_blocked_convolution_run_first (const FoveaBlockedConvolution *self,
                                     gsize batch,
                                     const float *packed,
                                     const FoveaImages *images,
                                     const FoveaBlockedMap *output,
                                     const FoveaEpilogue *epilogue,
                                     gpointer workspace,
                                     gpointer scratch)
{
  if (self->phases != NULL)
    fovea_image_phases_run (self->phases, batch, packed, images, output, epilogue, workspace, scratch);
  else
    fovea_direct_run_first_layer (self->direct, batch, packed, images, output, epilogue, workspace);
}

/**
 * fovea_blocked_convolution_run_first_gradient:
 * @accumulate: whether to add to the images' gradients instead of overwriting them
 * @images: whose part of the layer's input size gets gradients
 *
 * As fovea_blocked_convolution_run(), for a first layer's gradient.
 */
void
fovea_blocked_convolution_run_first_gradient (const FoveaBlockedConvolution *self,
                                              gsize batch,
                                              const float *packed,
                                              const FoveaBlockedMap *output_gradient,
                                              gboolean accumulate,
                                              const FoveaImages *images,
                                              gpointer workspace,
                                              gpointer scratch)
{
  if (self->phases != NULL)
    fovea_image_phases_run_gradient (self->phases, batch, packed, output_gradient, accumulate, images, workspace, scratch);
  else
    fovea_image_gradient_run (self->image_gradient, batch, packed, output_gradient, accumulate, images, workspace);
}
