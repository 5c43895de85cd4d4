/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/kernels/pooling.h"

#include <math.h>

#include "engine/kernels/columns.h"
#include "engine/kernels/multiversion.h"

/* All loops take one output row and add one tap of the kernel at a time to all of it, so that the
 * innermost loop runs along the row and becomes vector code for the common strides. */

static inline __attribute__ ((always_inline)) void
max_row (const float *restrict source,
         float *restrict best,
         gint64 n,
         const gint64 stride)
{
  for (gint64 x = 0; x < n; x++)
    {
      const float value = source[x * stride];
      best[x] = value > best[x] || value != value ? value : best[x];
    }
}

/* The first of equal maxima wins; not-a-number wins over everything. */
static inline __attribute__ ((always_inline)) void
max_row_with_positions (const float *restrict source,
                        gint32 position,
                        float *restrict best,
                        gint32 *restrict positions,
                        gint64 n,
                        const gint64 stride)
{
  for (gint64 x = 0; x < n; x++)
    {
      const float value = source[x * stride];
      const gboolean wins = (value > best[x]) | (value != value) | (positions[x] < 0);
      best[x] = wins ? value : best[x];
      positions[x] = wins ? position + (gint32) (x * stride) : positions[x];
    }
}

static inline __attribute__ ((always_inline)) void
sum_row (const float *restrict source,
         float *restrict sum,
         gint64 n,
         const gint64 stride)
{
  for (gint64 x = 0; x < n; x++)
    sum[x] += source[x * stride];
}

static inline __attribute__ ((always_inline)) void
spread_row (const float *restrict source,
            float *restrict target,
            gint64 n,
            const gint64 stride)
{
  for (gint64 x = 0; x < n; x++)
    target[x * stride] += source[x];
}

/**
 * fovea_pooling_max:
 * @input: [input height, input width], one channel of one image
 * @output: (out): [output height, output width]
 * @positions: (out) (nullable): shaped like @output: where in @input each maximum was found, counted
 *   row by row
 *
 * Of equal maxima the first counts, and not-a-number counts as the largest, as in PyTorch.
 */
FOVEA_MULTIVERSION void
fovea_pooling_max (const FoveaPoolingGeometry *geometry,
                   const float *input,
                   float *output,
                   gint32 *positions)
{
  const gint64 width = geometry->input_width;
  const gint64 stride = geometry->stride[1];

  for (gint64 y = 0; y < geometry->output_height; y++)
    {
      float *best = output + y * geometry->output_width;
      gint32 *row_positions = positions != NULL ? positions + y * geometry->output_width : NULL;

      for (gint64 x = 0; x < geometry->output_width; x++)
        best[x] = -INFINITY;
      if (row_positions != NULL)
        for (gint64 x = 0; x < geometry->output_width; x++)
          row_positions[x] = -1;

      for (gint64 ky = 0; ky < geometry->kernel[0]; ky++)
        {
          const gint64 iy = y * geometry->stride[0] + ky * geometry->dilation[0] - geometry->pad_begin[0];

          if (iy < 0 || iy >= geometry->input_height)
            continue;
          for (gint64 kx = 0; kx < geometry->kernel[1]; kx++)
            {
              const gint64 offset = kx * geometry->dilation[1] - geometry->pad_begin[1];
              gint64 first, end, position;

              fovea_columns_clip (geometry->output_width, width, offset, stride, &first, &end);
              if (first == end)
                continue;
              position = iy * width + first * stride + offset;
              if (row_positions == NULL)
                {
                  if (stride == 1)
                    max_row (input + position, best + first, end - first, 1);
                  else if (stride == 2)
                    max_row (input + position, best + first, end - first, 2);
                  else
                    max_row (input + position, best + first, end - first, stride);
                }
              else
                {
                  if (stride == 1)
                    max_row_with_positions (input + position, (gint32) position, best + first, row_positions + first, end - first, 1);
                  else if (stride == 2)
                    max_row_with_positions (input + position, (gint32) position, best + first, row_positions + first, end - first, 2);
                  else
                    max_row_with_positions (input + position, (gint32) position, best + first, row_positions + first, end - first, stride);
                }
            }
        }
    }
}

/**
 * fovea_pooling_max_gradient:
 * @positions: from fovea_pooling_max()
 * @output_gradient: [output height, output width]
 * @input_gradient: [input height, input width], added to
 */
void
fovea_pooling_max_gradient (const FoveaPoolingGeometry *geometry,
                            const gint32 *positions,
                            const float *output_gradient,
                            float *input_gradient)
{
  const gint64 n = geometry->output_height * geometry->output_width;

  for (gint64 i = 0; i < n; i++)
    input_gradient[positions[i]] += output_gradient[i];
}

/* How many taps of window @index an average divides by, along one axis: those inside of the input,
 * or with count_padding those inside of the padded input (a last window of ceil mode may reach
 * beyond both). */
static gint64
count_taps (const FoveaPoolingGeometry *geometry,
            guint axis,
            gint64 index)
{
  const gint64 size = axis == 0 ? geometry->input_height : geometry->input_width;
  const gint64 dilation = geometry->dilation[axis];
  const gint64 begin = index * geometry->stride[axis] - geometry->pad_begin[axis];
  const gint64 limit = size + (geometry->count_padding ? geometry->pad_end[axis] : 0);
  const gint64 skipped = geometry->count_padding || begin >= 0 ? 0 : (-begin + dilation - 1) / dilation;

  return MIN ((limit - begin + dilation - 1) / dilation, geometry->kernel[axis]) - skipped;
}

/**
 * fovea_pooling_average:
 * @input: [input height, input width], one channel of one image
 * @output: (out): [output height, output width]
 */
FOVEA_MULTIVERSION void
fovea_pooling_average (const FoveaPoolingGeometry *geometry,
                       const float *input,
                       float *output)
{
  const gint64 width = geometry->input_width;
  const gint64 stride = geometry->stride[1];

  for (gint64 y = 0; y < geometry->output_height; y++)
    {
      const gint64 n_rows = count_taps (geometry, 0, y);
      float *sum = output + y * geometry->output_width;

      for (gint64 x = 0; x < geometry->output_width; x++)
        sum[x] = 0;
      for (gint64 ky = 0; ky < geometry->kernel[0]; ky++)
        {
          const gint64 iy = y * geometry->stride[0] + ky * geometry->dilation[0] - geometry->pad_begin[0];

          if (iy < 0 || iy >= geometry->input_height)
            continue;
          for (gint64 kx = 0; kx < geometry->kernel[1]; kx++)
            {
              const gint64 offset = kx * geometry->dilation[1] - geometry->pad_begin[1];
              const float *source;
              gint64 first, end;

              fovea_columns_clip (geometry->output_width, width, offset, stride, &first, &end);
              if (first == end)
                continue;
              source = input + iy * width + first * stride + offset;
              if (stride == 1)
                sum_row (source, sum + first, end - first, 1);
              else if (stride == 2)
                sum_row (source, sum + first, end - first, 2);
              else
                sum_row (source, sum + first, end - first, stride);
            }
        }
      for (gint64 x = 0; x < geometry->output_width; x++)
        sum[x] /= (float) (n_rows * count_taps (geometry, 1, x));
    }
}

/**
 * fovea_pooling_average_gradient:
 * @output_gradient: [output height, output width]
 * @input_gradient: [input height, input width], added to
 */
FOVEA_MULTIVERSION void
fovea_pooling_average_gradient (const FoveaPoolingGeometry *geometry,
                                const float *output_gradient,
                                float *input_gradient)
{
  enum { CHUNK = 256 };
  const gint64 width = geometry->input_width;
  const gint64 stride = geometry->stride[1];

  for (gint64 y = 0; y < geometry->output_height; y++)
    for (gint64 chunk = 0; chunk < geometry->output_width; chunk += CHUNK)
      {
        const gint64 n_rows = count_taps (geometry, 0, y);
        const gint64 n = MIN (CHUNK, geometry->output_width - chunk);
        const float *row = output_gradient + y * geometry->output_width + chunk;
        float shares[CHUNK];

        for (gint64 x = 0; x < n; x++)
          shares[x] = row[x] / (float) (n_rows * count_taps (geometry, 1, chunk + x));
        for (gint64 ky = 0; ky < geometry->kernel[0]; ky++)
          {
            const gint64 iy = y * geometry->stride[0] + ky * geometry->dilation[0] - geometry->pad_begin[0];

            if (iy < 0 || iy >= geometry->input_height)
              continue;
            for (gint64 kx = 0; kx < geometry->kernel[1]; kx++)
              {
                const gint64 offset = chunk * stride + kx * geometry->dilation[1] - geometry->pad_begin[1];
                float *target;
                gint64 first, end;

                fovea_columns_clip (n, width, offset, stride, &first, &end);
                if (first == end)
                  continue;
                target = input_gradient + iy * width + first * stride + offset;
                if (stride == 1)
                  spread_row (shares + first, target, end - first, 1);
                else if (stride == 2)
                  spread_row (shares + first, target, end - first, 2);
                else
                  spread_row (shares + first, target, end - first, stride);
              }
          }
      }
}
