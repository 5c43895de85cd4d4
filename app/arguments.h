/* The options that commands share, and how a command line is checked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/overrides.h"

G_BEGIN_DECLS

/**
 * FoveaArgumentsFlags:
 * @FOVEA_ARGUMENTS_NETWORK: wants `--network` exactly once
 * @FOVEA_ARGUMENTS_NETWORKS: wants `--network` at least once
 * @FOVEA_ARGUMENTS_JSON: has `--json`
 * @FOVEA_ARGUMENTS_SEED: has `--seed`
 * @FOVEA_ARGUMENTS_THREADS: has `--threads`
 * @FOVEA_ARGUMENTS_OVERRIDES: has the options that say what a network's file does not; a command with `--network` has
 *   them anyway
 * @FOVEA_ARGUMENTS_NETWORKS_OPTIONAL: takes `--network` any number of times
 * @FOVEA_ARGUMENTS_OUTPUT_OPTIONAL: `--output` may be left out
 */
typedef enum {
  FOVEA_ARGUMENTS_NETWORK = 1 << 0,
  FOVEA_ARGUMENTS_NETWORKS = 1 << 1,
  FOVEA_ARGUMENTS_JSON = 1 << 2,
  FOVEA_ARGUMENTS_SEED = 1 << 3,
  FOVEA_ARGUMENTS_THREADS = 1 << 4,
  FOVEA_ARGUMENTS_OVERRIDES = 1 << 5,
  FOVEA_ARGUMENTS_NETWORKS_OPTIONAL = 1 << 6,
  FOVEA_ARGUMENTS_OUTPUT_OPTIONAL = 1 << 7,
} FoveaArgumentsFlags;

/**
 * FoveaUsage:
 * @name: the command
 * @parameters: (nullable): the positional arguments as the usage line shows them
 * @min_parameters, @max_parameters: how many of them there have to be
 * @summary: what the command does, for `--help`
 * @examples: for the end of `--help`
 * @flags: which shared options it has
 * @output_endings: (nullable): `--output` is wanted (but see @flags), and its file has to end in one of these
 * @entries: (nullable): the command's own options
 */
typedef struct {
  const char *name;
  const char *parameters;
  guint min_parameters;
  guint max_parameters;
  const char *summary;
  const char *examples;
  FoveaArgumentsFlags flags;
  const char *const *output_endings;
  const GOptionEntry *entries;
} FoveaUsage;

/**
 * FoveaArguments:
 * @parameters: the positional arguments; never %NULL after parsing
 * @networks: what `--network` named
 * @overrides: what `--architecture`, `--labels`, `--mean`, `--std` and `--input` say
 * @output: (nullable): what `--output` named
 * @json: whether `--json` was given
 * @seed: at least 0
 */
typedef struct {
  char **parameters;
  char **networks;
  FoveaOverrides overrides;
  char *output;
  gboolean json;
  gint64 seed;
} FoveaArguments;

gboolean fovea_arguments_parse (FoveaArguments *arguments, const FoveaUsage *usage, int argc, char **argv, GError **error);
void fovea_arguments_clear (FoveaArguments *arguments);

FoveaNetwork *fovea_arguments_open_network (const FoveaArguments *arguments, const char *name_or_path, GError **error);
gboolean fovea_arguments_check_overrides (const FoveaArguments *arguments, const FoveaNetwork *network, GError **error);
GPtrArray *fovea_arguments_open_networks (const FoveaArguments *arguments, GError **error);
gboolean fovea_arguments_find_layer (const FoveaNetwork *network, const char *name, int *layer, GError **error);

gboolean fovea_arguments_parse_integer (const char *option, const char *text, gint64 minimum, gint64 maximum, gint64 *value, GError **error);
gboolean fovea_arguments_parse_number (const char *option, const char *text, double minimum, double maximum, double *value, GError **error);
gboolean fovea_arguments_parse_choice (const char *option, const char *text, const char *const *choices, int *value, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FoveaArguments, fovea_arguments_clear)

G_END_DECLS
