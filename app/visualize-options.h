/* The options of `fovea visualize` that shape the images.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/maximize.h"

G_BEGIN_DECLS

/* No more images of a neuron than are optimized at once. */
#define FOVEA_VISUALIZE_MAXIMUM_IMAGES 8

/**
 * FoveaVisualizeOptions:
 *
 * What the command line says, as text; what it does not say comes from each network's preset.
 */
typedef struct _FoveaVisualizeOptions FoveaVisualizeOptions;

FoveaVisualizeOptions *fovea_visualize_options_new (void);
void fovea_visualize_options_free (FoveaVisualizeOptions *self);

const GOptionEntry *fovea_visualize_options_get_entries (FoveaVisualizeOptions *self);
gboolean fovea_visualize_options_check (FoveaVisualizeOptions *self, GError **error);
void fovea_visualize_options_set_networks (FoveaVisualizeOptions *self, const GPtrArray *networks);
FoveaPreset fovea_visualize_options_get_preset (const FoveaVisualizeOptions *self);
const char *fovea_visualize_options_get_start (const FoveaVisualizeOptions *self);
guint fovea_visualize_options_get_n_images (const FoveaVisualizeOptions *self);
double fovea_visualize_options_get_diversity (const FoveaVisualizeOptions *self);
gboolean fovea_visualize_options_apply (const FoveaVisualizeOptions *self, const FoveaNetwork *network, guint64 seed, FoveaMaximizeOptions *options, FoveaTensor **start, GError **error);
gboolean fovea_visualize_options_parse_objective (const FoveaVisualizeOptions *self, const FoveaNetwork *network, const char *address, FoveaObjective *objective, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaVisualizeOptions, fovea_visualize_options_free)

G_END_DECLS
