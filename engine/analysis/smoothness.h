/* How smooth is what a channel detects? Total variation of filters and of activation maps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/job.h"
#include "engine/network.h"

G_BEGIN_DECLS

double fovea_total_variation (const float *map, gsize height, gsize width);

/**
 * FoveaFilterSmoothness:
 * @n_filters: filters of the layer, one an output channel
 * @total_variation: of each filter, the sum over its input channels
 * @relative: the same divided by the sum of the filter's absolute weights, so that a filter's strength does
 *   not count; 0 where all weights are 0
 */
typedef struct {
  gsize n_filters;
  double *total_variation;
  double *relative;
} FoveaFilterSmoothness;

FoveaFilterSmoothness *fovea_filter_smoothness_measure (FoveaNetwork *network, int layer, GError **error);
void fovea_filter_smoothness_free (FoveaFilterSmoothness *smoothness);

/**
 * FoveaLayerSmoothness:
 * @layer: its node
 * @n_channels: how many channels it has
 * @height, @width: of its maps
 * @clean: of each channel, total variation of its map, the mean over the images
 * @noisy: the same, with noise on the images
 * @passed: of each channel, how much noise it lets through: root mean square of the map's change by the
 *   noise, divided by the root mean square of the clean map; 0 where both are 0, %INFINITY where only the
 *   clean map is
 */
typedef struct {
  int layer;
  gsize n_channels;
  gsize height;
  gsize width;
  double *clean;
  double *noisy;
  double *passed;
} FoveaLayerSmoothness;

/**
 * FoveaSmoothnessMeter:
 *
 * Measures some layers of a network over any number of images. Belongs to one thread at a time.
 */
typedef struct _FoveaSmoothnessMeter FoveaSmoothnessMeter;

FoveaSmoothnessMeter *fovea_smoothness_meter_new (FoveaNetwork *network, guint n_layers, const int *layers, double sigma, guint64 seed, GError **error);
void fovea_smoothness_meter_free (FoveaSmoothnessMeter *meter);
void fovea_smoothness_meter_add (FoveaSmoothnessMeter *meter, const float *image, guint64 stream);
gsize fovea_smoothness_meter_get_n_images (const FoveaSmoothnessMeter *meter);
FoveaLayerSmoothness *fovea_smoothness_meter_read (const FoveaSmoothnessMeter *meter, guint index);
void fovea_layer_smoothness_free (FoveaLayerSmoothness *smoothness);

/**
 * FoveaSmoothness:
 * @n_layers: as asked for
 * @layers: one a layer
 * @n_images: images measured
 * @n_unreadable: images that could not be read, and were left out
 */
typedef struct {
  guint n_layers;
  FoveaLayerSmoothness **layers;
  gsize n_images;
  gsize n_unreadable;
} FoveaSmoothness;

FoveaSmoothness *fovea_smoothness_measure (FoveaNetwork *network, FoveaImageSet *set, gsize n_images, guint n_layers, const int *layers, double sigma, guint64 seed, const FoveaJob *job, GError **error);
void fovea_smoothness_free (FoveaSmoothness *smoothness);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFilterSmoothness, fovea_filter_smoothness_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSmoothnessMeter, fovea_smoothness_meter_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLayerSmoothness, fovea_layer_smoothness_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSmoothness, fovea_smoothness_free)

G_END_DECLS
