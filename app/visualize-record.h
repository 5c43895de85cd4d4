/* What `fovea visualize` did, as a JSON document: enough to do it again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/analysis/maximize.h"
#include "engine/images/image.h"

G_BEGIN_DECLS

/**
 * FoveaVisualization:
 * @image: (nullable): the optimized image; %NULL where none was computed
 * @activation: the objective's value of it
 * @curve: (nullable): the objective's value in each of @n_steps steps
 * @dead: whether no gradient ever reached the image
 *
 * One image of one neuron of one network.
 */
typedef struct {
  FoveaImage *image;
  double activation;
  double *curve;
  guint n_steps;
  gboolean dead;
} FoveaVisualization;

/**
 * FoveaVisualizeRecord:
 * @networks: (array length=n_networks): the networks
 * @presets: (array length=n_networks): where their options started from
 * @options: (array length=n_networks): their options
 * @start: (nullable): the file that they started from
 * @neurons: (array length=n_rows): the figure's rows: the neurons as the command line names them
 * @n_images: how many rows in a row are images of one neuron
 * @objectives: (array): of network n and row i at n * n_rows + i
 * @visualizations: (array): the results, likewise
 * @subtitles: (array length=n_rows): what stands below the neurons
 * @caption: what stands at the figure's foot
 * @output: the figure's file
 * @cancelled: whether it was stopped early
 */
typedef struct {
  guint n_networks;
  FoveaNetwork *const *networks;
  const FoveaPreset *presets;
  const FoveaMaximizeOptions *options;
  const char *start;
  guint n_rows;
  const char *const *neurons;
  guint n_images;
  const FoveaObjective *objectives;
  const FoveaVisualization *visualizations;
  const char *const *subtitles;
  const char *caption;
  const char *output;
  gboolean cancelled;
} FoveaVisualizeRecord;

JsonBuilder *fovea_visualize_record_build (const FoveaVisualizeRecord *record);

G_END_DECLS
