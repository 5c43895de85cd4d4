/* One pass over an image set: what excites the channels of chosen layers, and how strongly.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/image-set.h"
#include "engine/job.h"
#include "engine/network.h"
#include "engine/store.h"

G_BEGIN_DECLS

/* As many of a channel's strongest hits are kept unless told otherwise (Chen et al. 2020). */
#define FOVEA_SCAN_N_TOP 49

/* More are not kept, nor more of one image. */
#define FOVEA_SCAN_MAX_TOP 1000

/**
 * FoveaScanOptions:
 * @n_top: how many hits a channel keeps, 1 … %FOVEA_SCAN_MAX_TOP
 * @hits_per_image: how many of them may lie in one image, 1 … @n_top
 *
 * Several hits in one image are at least half a receptive field apart, by rows or by columns.
 */
typedef struct {
  guint n_top;
  guint hits_per_image;
} FoveaScanOptions;

#define FOVEA_SCAN_OPTIONS_DEFAULT ((FoveaScanOptions) { FOVEA_SCAN_N_TOP, 1 })

/**
 * FoveaScanHit:
 * @activation: how strong
 * @image: in which image of the set
 * @y, @x: where in the activation map
 */
typedef struct {
  float activation;
  guint32 image;
  guint16 y;
  guint16 x;
} FoveaScanHit;

/**
 * FoveaScanChannel:
 * @minimum, @maximum: over all positions of all images; 0 where there is no image
 * @mean: over the same
 * @active: the share of positions with an activation above 0
 * @n_invalid: images on which its map held something that is no number or infinite; they count nowhere
 */
typedef struct {
  float minimum;
  float maximum;
  double mean;
  double active;
  guint n_invalid;
} FoveaScanChannel;

/**
 * FoveaScan:
 *
 * What was found out about one layer of a network on one image set. Immutable, so any number of
 * threads may share it. Reference-counted.
 */
typedef struct _FoveaScan FoveaScan;

/**
 * FoveaScanTarget:
 * @network: a network
 * @n_layers: how many layers
 * @layers: (array length=n_layers): their nodes, without repetition
 */
typedef struct {
  FoveaNetwork *network;
  guint n_layers;
  const int *layers;
} FoveaScanTarget;

GPtrArray *fovea_scan_run (FoveaStore *store, FoveaImageSet *set, guint n_targets, const FoveaScanTarget *targets, const FoveaScanOptions *options, const FoveaJob *job, GError **error);
FoveaScan *fovea_scan_load (FoveaStore *store, FoveaImageSet *set, const FoveaNetwork *network, int layer, const FoveaScanOptions *options, GError **error);
FoveaScan *fovea_scan_ref (FoveaScan *scan);
void fovea_scan_unref (FoveaScan *scan);

/* How far it went */
gboolean fovea_scan_is_complete (const FoveaScan *scan);
gsize fovea_scan_get_n_images (const FoveaScan *scan); /* of the set */
gsize fovea_scan_get_n_done (const FoveaScan *scan);   /* of those, how many were gone through */
gsize fovea_scan_get_n_unreadable (const FoveaScan *scan);
gsize fovea_scan_get_unreadable (const FoveaScan *scan, gsize index, const char **reason);

/* Channels */
guint fovea_scan_get_n_channels (const FoveaScan *scan);
const FoveaScanHit *fovea_scan_get_hits (const FoveaScan *scan, guint channel, guint *n_hits);
void fovea_scan_get_channel (const FoveaScan *scan, guint channel, FoveaScanChannel *statistics);
double fovea_scan_get_quantile (const FoveaScan *scan, guint channel, double fraction);
double fovea_scan_get_quantile_error (const FoveaScan *scan, guint channel);
void fovea_scan_get_histogram (const FoveaScan *scan, guint channel, double begin, double end, guint n_bins, double *shares);

/* Classes and images */
guint fovea_scan_get_n_classes (const FoveaScan *scan);
guint64 fovea_scan_get_class_count (const FoveaScan *scan, guint image_class);
double fovea_scan_get_class_mean (const FoveaScan *scan, guint channel, guint image_class);
gsize fovea_scan_get_means_step (const FoveaScan *scan);
const float *fovea_scan_get_means (const FoveaScan *scan, gsize *n_rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaScan, fovea_scan_unref)

G_END_DECLS
