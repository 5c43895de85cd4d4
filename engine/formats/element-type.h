/* The number formats that weights files use, and their conversion to float32.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FoveaElementType:
 * @FOVEA_ELEMENT_FLOAT16: IEEE 754 binary16
 * @FOVEA_ELEMENT_BFLOAT16: the upper half of a float32
 * @FOVEA_ELEMENT_BOOL: one byte; everything but 0 is true and becomes 1
 * @FOVEA_N_ELEMENT_TYPES: how many there are; no type of its own
 */
typedef enum {
  FOVEA_ELEMENT_FLOAT32,
  FOVEA_ELEMENT_FLOAT16,
  FOVEA_ELEMENT_BFLOAT16,
  FOVEA_ELEMENT_FLOAT64,
  FOVEA_ELEMENT_INT8,
  FOVEA_ELEMENT_INT16,
  FOVEA_ELEMENT_INT32,
  FOVEA_ELEMENT_INT64,
  FOVEA_ELEMENT_UINT8,
  FOVEA_ELEMENT_UINT16,
  FOVEA_ELEMENT_UINT32,
  FOVEA_ELEMENT_UINT64,
  FOVEA_ELEMENT_BOOL,
  FOVEA_N_ELEMENT_TYPES,
} FoveaElementType;

gsize fovea_element_type_get_size (FoveaElementType type);
const char *fovea_element_type_get_name (FoveaElementType type);
gboolean fovea_element_type_from_safetensors (const char *dtype, FoveaElementType *type);

void fovea_elements_to_float32 (FoveaElementType type, int byte_order, gconstpointer source, gsize stride, gsize n_elements, float *destination);

G_END_DECLS
