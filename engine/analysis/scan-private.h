/* How a scan's results are collected and kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"
#include "engine/receptive-field.h"

G_BEGIN_DECLS

/* Places of a channel's histogram, a power of two. */
#define FOVEA_SCAN_PLACES 2048

/* Why images could not be read is kept of this many. */
#define FOVEA_SCAN_MAX_REASONS 100

/* What is kept of a channel beside its hits and its histogram. Place g of the histogram counts the
 * values in [g * 2^exponent, (g + 1) * 2^exponent) and is counts[g modulo FOVEA_SCAN_PLACES]. */
typedef struct {
  guint32 n_hits;
  guint32 n_invalid;
  guint64 n_valid; /* images that count */
  guint64 n_counted; /* values in the histogram */
  guint64 n_positive;
  double sum; /* of the images' means */
  float minimum;
  float maximum;
  gint32 exponent;
} FoveaScanTally;

struct _FoveaScan {
  gatomicrefcount references;
  guint n_channels;
  guint height;
  guint width;
  FoveaScanOptions options;
  gint64 apart[2]; /* rows and columns that hits in one image are apart, in one of the two */
  gsize n_images;
  gsize n_done;
  guint n_classes; /* 0 where there are too many to keep their means */
  gsize means_step; /* of every so manieth image the means are kept */
  gsize histogram_step; /* every so manieth image is counted in the histograms */

  FoveaScanTally *tallies; /* [channel] */
  FoveaScanHit *hits;      /* [channel][n_top], the strongest first */
  guint32 *counts;         /* [channel][FOVEA_SCAN_PLACES] */
  guint64 *class_counts;   /* [class]: images that were read */
  double *class_sums;      /* [class][channel]: of the images' means of the activation's positive part */
  GArray *means;           /* float [image / means_step][channel]; not a number where it was not read */
  gsize n_rows_stored;     /* of the means, in the store */
  GArray *unreadable;      /* guint32 */
  GPtrArray *reasons;      /* of the first ones */
};

FoveaScan *fovea_scan_new (gsize n_images, guint n_classes, const FoveaShape *shape, const FoveaReceptiveField *field, const FoveaScanOptions *options, GError **error);
void fovea_scan_add (FoveaScan *self, gsize n_done, guint n_images, const guint32 *images, const int *classes, const float *activations);
void fovea_scan_add_unreadable (FoveaScan *self, gsize image, const char *reason);
guint64 fovea_scan_estimate_stored_size (const FoveaScan *self);

GBytes *fovea_scan_encode (const FoveaScan *self);
gboolean fovea_scan_decode (FoveaScan *self, GBytes *state, GBytes *rows);

G_END_DECLS
