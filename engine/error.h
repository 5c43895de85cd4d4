/* The engine's one error domain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaError:
 * @FOVEA_ERROR_FORMAT: a file or an array is truncated, contradictory or not of the kind it should be
 * @FOVEA_ERROR_UNSUPPORTED: well-formed, but uses something the engine does not implement; the message names it
 * @FOVEA_ERROR_SHAPE: shapes of tensors, layers or images do not fit each other
 * @FOVEA_ERROR_NOT_FOUND: a network, layer, channel, position, parameter or file that does not exist
 * @FOVEA_ERROR_ARGUMENT: an option or a neuron's address that cannot be understood, or is out of range
 * @FOVEA_ERROR_TOO_LARGE: would need more memory than is sensible or representable
 * @FOVEA_ERROR_IO: reading or writing failed; the message carries the system's reason
 *
 * Every message is one sentence fragment for a person, without the leading "fovea:" and without a
 * final full stop: what, where, and where possible what to do. A cancelled operation reports
 * `G_IO_ERROR`, `G_IO_ERROR_CANCELLED` instead, as everywhere in GLib.
 */
typedef enum {
  FOVEA_ERROR_FORMAT,
  FOVEA_ERROR_UNSUPPORTED,
  FOVEA_ERROR_SHAPE,
  FOVEA_ERROR_NOT_FOUND,
  FOVEA_ERROR_ARGUMENT,
  FOVEA_ERROR_TOO_LARGE,
  FOVEA_ERROR_IO,
} FoveaError;

#define FOVEA_ERROR (fovea_error_quark ())
GQuark fovea_error_quark (void);

G_END_DECLS
