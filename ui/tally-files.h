/* Tables of dissections that others made, opened to be drawn beside the networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "ui/chart-dissection.h"
#include "ui/job-queue.h"

G_BEGIN_DECLS

/* Bars of more files than this could not be told apart. */
#define FOVEA_TALLY_FILES_MAX 4

/**
 * FoveaTallyFiles:
 *
 * A few files in the columns of NetDissect's `tally.csv`. Belongs to the main thread. Emits `changed` when a file was read
 * or all were closed, and `failed` with a message for people where one cannot be read.
 */
#define FOVEA_TYPE_TALLY_FILES (fovea_tally_files_get_type ())
G_DECLARE_FINAL_TYPE (FoveaTallyFiles, fovea_tally_files, FOVEA, TALLY_FILES, GObject)

FoveaTallyFiles *fovea_tally_files_new (void);
void fovea_tally_files_open (FoveaTallyFiles *self, FoveaJobQueue *queue, const char *path);
void fovea_tally_files_close_all (FoveaTallyFiles *self);
guint fovea_tally_files_get_n_files (FoveaTallyFiles *self);
guint fovea_tally_files_get_series (FoveaTallyFiles *self, FoveaDissectionSeries series[FOVEA_TALLY_FILES_MAX]);
char *fovea_tally_files_describe_problems (FoveaTallyFiles *self);

G_END_DECLS
