/* The commands of the command line.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FoveaCommandFunc:
 * @argc, @argv: the command line from the command's own name on, so argv[0] is the name
 * @cancellable: cancelled by Ctrl+C
 *
 * Does one command: prints its result on standard output, errors go into @error. An error of the
 * domain %G_OPTION_ERROR says that the command line is wrong, any other one that the work failed;
 * the caller prints it and makes the exit status of it.
 *
 * Returns: %EXIT_SUCCESS, or %EXIT_FAILURE with @error set
 */
typedef int (*FoveaCommandFunc) (int argc, char **argv, GCancellable *cancellable, GError **error);

int fovea_command_networks (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_layers (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_classify (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_activations (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_figure (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_filters (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_images (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_gradient (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_evaluate (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_shape_bias (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_stylize (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_smoothness (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_visualize (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_attack (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_dissect (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_benchmark (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_convert (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_match (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_patches (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_report (int argc, char **argv, GCancellable *cancellable, GError **error);
int fovea_command_scan (int argc, char **argv, GCancellable *cancellable, GError **error);

G_END_DECLS
