/* Ctrl+C as a cancellable.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void fovea_interrupt_watch (GCancellable *cancellable);

G_END_DECLS
