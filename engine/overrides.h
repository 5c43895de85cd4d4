/* What people know better than a network's file, as text and as options.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/network.h"

G_BEGIN_DECLS

/**
 * FoveaOverrides:
 * @architecture: (nullable): as #FoveaArchitectureOptions has it
 * @labels: (nullable): a file with the class names
 * @training: (nullable): how the network was trained, where the file does not say it
 * @has_mean, @has_std: whether there is a mean and a standard deviation
 * @mean, @std: them, a value each for red, green and blue
 * @height, @width: of the input; 0 is what the file says
 *
 * #FoveaNetworkOptions that own what they hold. All zero overrides nothing; fovea_overrides_clear() frees it.
 */
typedef struct {
  char *architecture;
  char *labels;
  char *training;
  gboolean has_mean;
  gboolean has_std;
  double mean[3];
  double std[3];
  gint64 height;
  gint64 width;
} FoveaOverrides;

void fovea_overrides_copy (const FoveaOverrides *overrides, FoveaOverrides *copy);
void fovea_overrides_clear (FoveaOverrides *overrides);
void fovea_overrides_add (FoveaOverrides *overrides, const FoveaOverrides *stronger);
gboolean fovea_overrides_equal (const FoveaOverrides *a, const FoveaOverrides *b);
gboolean fovea_overrides_is_empty (const FoveaOverrides *overrides);
void fovea_overrides_get_options (const FoveaOverrides *overrides, FoveaNetworkOptions *options);

gboolean fovea_overrides_parse_mean (FoveaOverrides *overrides, const char *text, GError **error);
gboolean fovea_overrides_parse_std (FoveaOverrides *overrides, const char *text, GError **error);
gboolean fovea_overrides_parse_input (FoveaOverrides *overrides, const char *text, GError **error);
char *fovea_overrides_format_color (const double *values);
char *fovea_overrides_format_input (gint64 height, gint64 width);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaOverrides, fovea_overrides_clear)

G_END_DECLS
