/* What the commands share that look at image sets: opening one, scanning it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/scan.h"

G_BEGIN_DECLS

/**
 * FoveaScanTask:
 * @set: the images
 * @networks: (element-type FoveaNetwork): the networks
 * @layers: (element-type int): for each network its layers, without repetition
 * @options: what the scan keeps
 * @scans: (element-type FoveaScan): of all layers of all networks, one after the other
 * @n_images: how many images this run went through
 * @seconds: how long that took
 */
typedef struct {
  FoveaImageSet *set;
  GPtrArray *networks;
  GArray **layers;
  FoveaScanOptions options;
  GPtrArray *scans;
  gsize n_images;
  double seconds;
} FoveaScanTask;

FoveaImageSet *fovea_scan_task_open_set (const char *command, const char *images, GCancellable *cancellable, GError **error);
void fovea_scan_task_init (FoveaScanTask *task, FoveaImageSet *set, GPtrArray *networks);
gboolean fovea_scan_task_add_layers (FoveaScanTask *task, char **names, GError **error);
void fovea_scan_task_add_layer (FoveaScanTask *task, guint network, int layer);
gboolean fovea_scan_task_run (FoveaScanTask *task, GCancellable *cancellable, GError **error);
FoveaScan *fovea_scan_task_get_scan (const FoveaScanTask *task, guint network, int layer);
void fovea_scan_task_clear (FoveaScanTask *task);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaScanTask, fovea_scan_task_clear)

G_END_DECLS
