/* How a figure was made, as the JSON file beside it says it: enough to make it again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"
#include "engine/library.h"
#include "ui/figure.h"

G_BEGIN_DECLS

/* Larger figures than this are no figures. */
#define FOVEA_FIGURE_MAXIMUM_NETWORKS 16
#define FOVEA_FIGURE_MAXIMUM_VIEWS 8
#define FOVEA_FIGURE_MAXIMUM_ROWS 4096
#define FOVEA_FIGURE_MAXIMUM_CELLS 4096
#define FOVEA_FIGURE_MAXIMUM_PATCHES 49

/**
 * FoveaFigureNetwork:
 * @name: what the network was called
 * @path: (nullable): its file
 * @sha256: of that file
 * @fingerprint: (nullable): of what it computed
 * @accent: whose colour it bears
 * @preset: where @options started from
 * @options: with what images were optimized; their start is in the record
 * @start: `noise`, or the SHA-256 of the image to start from
 */
typedef struct {
  char *name;
  char *path;
  char *sha256;
  char *fingerprint;
  FoveaFigureAccent accent;
  FoveaPreset preset;
  FoveaMaximizeOptions options;
  char *start;
} FoveaFigureNetwork;

/**
 * FoveaFigureRow:
 * @title: what it is called
 * @subtitle: (nullable): small below
 * @addresses: (array zero-terminated=1): in each network: LAYER:CHANNEL[:Y,X], a LAYER or a class, as @objective wants it
 * @objective: what images are optimized for
 * @diversity: weight of the difference from the other images of the row's neuron; 0 is none
 * @stream: which of the seed's streams the image draws from
 * @steps: (nullable): of a figure that was stopped, how many steps were done in each network; %NULL is all
 */
typedef struct {
  char *title;
  char *subtitle;
  char **addresses;
  FoveaObjectiveKind objective;
  double diversity;
  guint stream;
  guint *steps;
} FoveaFigureRow;

typedef enum { FOVEA_FIGURE_VISUALIZATION, FOVEA_FIGURE_PATCHES } FoveaFigureViewKind;

/**
 * FoveaFigureView:
 * @kind: what is shown of each neuron in each network
 * @images: (nullable): for patches, the image set's name or folder
 * @fingerprint: (nullable): of that set; %NULL is not known yet
 * @count: how many patches
 * @missing: of a figure that was stopped, whether it was before these were there
 */
typedef struct {
  FoveaFigureViewKind kind;
  char *images;
  char *fingerprint;
  guint count;
  gboolean missing;
} FoveaFigureView;

/**
 * FoveaFigureRecord:
 * @figure: the figure's file, without its folder
 * @caption: (nullable): what stands at its foot
 * @start: (nullable): the image that optimization starts from
 * @width_mm: how wide it is on paper; 0 is as wide as its contents
 * @resolution: a PNG's pixels per inch then
 * @cancelled: it was stopped early; rows and views say how far they were
 * @networks: (element-type FoveaFigureNetwork): its columns, each with all @views
 * @views: (element-type FoveaFigureView): what is shown
 * @rows: (element-type FoveaFigureRow): the neurons
 */
typedef struct {
  char *figure;
  char *caption;
  char *start;
  double width_mm;
  guint resolution;
  gboolean cancelled;
  GPtrArray *networks;
  GPtrArray *views;
  GPtrArray *rows;
} FoveaFigureRecord;

FoveaFigureRecord *fovea_figure_record_new (void);
void fovea_figure_record_free (FoveaFigureRecord *record);
FoveaFigureNetwork *fovea_figure_record_add_network (FoveaFigureRecord *record, const FoveaNetwork *network, FoveaFigureAccent accent, FoveaPreset preset);
FoveaFigureRow *fovea_figure_record_add_row (FoveaFigureRecord *record, const char *title, const char *subtitle);
FoveaFigureView *fovea_figure_record_add_view (FoveaFigureRecord *record, FoveaFigureViewKind kind);

FoveaFigureRecord *fovea_figure_record_read (const char *path, GError **error);
FoveaFigureRecord *fovea_figure_record_parse (const char *text, gsize size, GError **error);
char *fovea_figure_record_format (const FoveaFigureRecord *record);

char *fovea_figure_record_find_file (const char *path, const char *folder);
GPtrArray *fovea_figure_record_open_networks (const FoveaFigureRecord *record, const char *folder, const FoveaOverrides *overrides, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaFigureRecord, fovea_figure_record_free)

G_END_DECLS
