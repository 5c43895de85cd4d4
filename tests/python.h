/* References that a Python script computes while a test runs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fovea_test_run_python (const char *modules, const char *script, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
