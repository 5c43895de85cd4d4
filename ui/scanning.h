/* A scan that runs in the background: of which layers, and how far it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"
#include "ui/network-pair.h"
#include "ui/run.h"

G_BEGIN_DECLS

/**
 * FoveaScanSubject:
 * @set: the images
 * @pair: the networks
 * @several: whether an image may have up to %FOVEA_SCANS_SEVERAL of a channel's hits instead of one
 *
 * What is scanned. Pointers are compared, and not owned.
 */
typedef struct {
  FoveaImageSet *set;
  FoveaNetworkPair *pair;
  gboolean several;
} FoveaScanSubject;

/* The most hits of one image where several are wanted. */
#define FOVEA_SCANS_SEVERAL 9

int fovea_scan_subject_find_layer (const FoveaScanSubject *subject, FoveaSide side, const char *layer);
FoveaScanOptions fovea_scan_subject_get_options (const FoveaScanSubject *subject);

/**
 * FoveaScanning:
 *
 * What was found stays in the store where it is stopped or dropped.
 */
#define FOVEA_TYPE_SCANNING (fovea_scanning_get_type ())
G_DECLARE_FINAL_TYPE (FoveaScanning, fovea_scanning, FOVEA, SCANNING, FoveaRun)

FoveaScanning *fovea_scanning_new (const FoveaScanSubject *subject, const char *const *layers, FoveaStore *store);
void fovea_scanning_start (FoveaScanning *self, FoveaJobQueue *queue, int priority, guint64 done);

gboolean fovea_scanning_is_of (FoveaScanning *self, const FoveaScanSubject *subject);
gboolean fovea_scanning_has_layer (FoveaScanning *self, const char *layer);
const char *fovea_scanning_get_first_layer (FoveaScanning *self);
void fovea_scanning_get_progress (FoveaScanning *self, guint64 *done, double *rate, double *seconds_left);

/* When it is done */
gboolean fovea_scanning_is_complete (FoveaScanning *self);
FoveaScan *fovea_scanning_get_scan (FoveaScanning *self, FoveaSide side, const char *layer);
const char *fovea_scanning_get_error (FoveaScanning *self);

G_END_DECLS
