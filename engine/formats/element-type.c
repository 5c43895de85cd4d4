/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/element-type.h"

#include <string.h>

static const struct {
  const char *name;        /* NumPy's and PyTorch's */
  const char *safetensors; /* the container's own */
  gsize size;
} element_types[FOVEA_N_ELEMENT_TYPES] = {
  [FOVEA_ELEMENT_FLOAT32] = { "float32", "F32", 4 },
  [FOVEA_ELEMENT_FLOAT16] = { "float16", "F16", 2 },
  [FOVEA_ELEMENT_BFLOAT16] = { "bfloat16", "BF16", 2 },
  [FOVEA_ELEMENT_FLOAT64] = { "float64", "F64", 8 },
  [FOVEA_ELEMENT_INT8] = { "int8", "I8", 1 },
  [FOVEA_ELEMENT_INT16] = { "int16", "I16", 2 },
  [FOVEA_ELEMENT_INT32] = { "int32", "I32", 4 },
  [FOVEA_ELEMENT_INT64] = { "int64", "I64", 8 },
  [FOVEA_ELEMENT_UINT8] = { "uint8", "U8", 1 },
  [FOVEA_ELEMENT_UINT16] = { "uint16", "U16", 2 },
  [FOVEA_ELEMENT_UINT32] = { "uint32", "U32", 4 },
  [FOVEA_ELEMENT_UINT64] = { "uint64", "U64", 8 },
  [FOVEA_ELEMENT_BOOL] = { "bool", "BOOL", 1 },
};

/**
 * fovea_element_type_get_size:
 *
 * Returns: bytes of one element
 */
gsize
fovea_element_type_get_size (FoveaElementType type)
{
  g_return_val_if_fail (type < FOVEA_N_ELEMENT_TYPES, 0);
  return element_types[type].size;
}

/**
 * fovea_element_type_get_name:
 *
 * Returns: NumPy's and PyTorch's name, such as `float16`
 */
const char *
fovea_element_type_get_name (FoveaElementType type)
{
  g_return_val_if_fail (type < FOVEA_N_ELEMENT_TYPES, NULL);
  return element_types[type].name;
}

/**
 * fovea_element_type_from_safetensors:
 * @dtype: a type as a safetensors header names it, such as `BF16`
 * @type: (out): the type
 *
 * Returns: whether the name is one of those that can be converted
 */
gboolean
fovea_element_type_from_safetensors (const char *dtype,
                                     FoveaElementType *type)
{
  for (guint i = 0; i < FOVEA_N_ELEMENT_TYPES; i++)
    if (strcmp (element_types[i].safetensors, dtype) == 0)
      {
        *type = i;
        return TRUE;
      }
  return FALSE;
}

static inline float
float_from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline float
float_from_half (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 0x1f;
  guint32 mantissa = half & 0x3ff;

  if (exponent == 0x1f) /* infinity and not-a-number */
    return float_from_bits (sign | 0x7f800000 | mantissa << 13);
  if (exponent == 0) /* zero and subnormals: mantissa * 2^-24, exact in float32 */
    return float_from_bits (sign | 0x3f800000) * ((float) mantissa * 0x1p-24f);
  return float_from_bits (sign | (exponent + 112) << 23 | mantissa << 13);
}

static inline double
double_from_bits (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* One loop per type: the element is assembled in this machine's byte order from an address of any
 * alignment, then converted. */
#define CONVERT(unsigned_type, swapped, expression)                                             \
  for (gsize i = 0; i < n_elements; i++)                                                        \
    {                                                                                           \
      unsigned_type bits;                                                                       \
      memcpy (&bits, bytes + i * step, sizeof bits);                                            \
      if (swap)                                                                                 \
        bits = swapped;                                                                         \
      destination[i] = (float) (expression);                                                    \
    }                                                                                           \
  break

/**
 * fovea_elements_to_float32:
 * @type: how the elements of @source are stored
 * @byte_order: `G_LITTLE_ENDIAN` or `G_BIG_ENDIAN`
 * @source: the first element, at an address of any alignment
 * @stride: distance between elements of @source in elements; 1 where they are adjacent, 0 to repeat one
 * @n_elements: how many to convert
 * @destination: (out caller-allocates) (array length=n_elements): the converted elements, adjacent
 *
 * Converts to float32, rounding to nearest what float32 cannot hold exactly; float64 beyond its range becomes
 * infinite.
 */
void
fovea_elements_to_float32 (FoveaElementType type,
                           int byte_order,
                           gconstpointer source,
                           gsize stride,
                           gsize n_elements,
                           float *destination)
{
  const guint8 *bytes = source;
  gboolean swap = byte_order != G_BYTE_ORDER;
  gsize step;

  g_return_if_fail (type < FOVEA_N_ELEMENT_TYPES);
  g_return_if_fail (byte_order == G_LITTLE_ENDIAN || byte_order == G_BIG_ENDIAN);

  step = stride * element_types[type].size;
  switch (type)
    {
    case FOVEA_ELEMENT_FLOAT32:
      if (!swap && stride == 1)
        {
          if (n_elements > 0)
            memcpy (destination, bytes, n_elements * sizeof (float));
          break;
        }
      CONVERT (guint32, GUINT32_SWAP_LE_BE (bits), float_from_bits (bits));
    case FOVEA_ELEMENT_FLOAT16:
      CONVERT (guint16, GUINT16_SWAP_LE_BE (bits), float_from_half (bits));
    case FOVEA_ELEMENT_BFLOAT16:
      CONVERT (guint16, GUINT16_SWAP_LE_BE (bits), float_from_bits ((guint32) bits << 16));
    case FOVEA_ELEMENT_FLOAT64:
      CONVERT (guint64, GUINT64_SWAP_LE_BE (bits), double_from_bits (bits));
    case FOVEA_ELEMENT_INT8:
      CONVERT (guint8, bits, (gint8) bits);
    case FOVEA_ELEMENT_INT16:
      CONVERT (guint16, GUINT16_SWAP_LE_BE (bits), (gint16) bits);
    case FOVEA_ELEMENT_INT32:
      CONVERT (guint32, GUINT32_SWAP_LE_BE (bits), (gint32) bits);
    case FOVEA_ELEMENT_INT64:
      CONVERT (guint64, GUINT64_SWAP_LE_BE (bits), (gint64) bits);
    case FOVEA_ELEMENT_UINT8:
      CONVERT (guint8, bits, bits);
    case FOVEA_ELEMENT_UINT16:
      CONVERT (guint16, GUINT16_SWAP_LE_BE (bits), bits);
    case FOVEA_ELEMENT_UINT32:
      CONVERT (guint32, GUINT32_SWAP_LE_BE (bits), bits);
    case FOVEA_ELEMENT_UINT64:
      CONVERT (guint64, GUINT64_SWAP_LE_BE (bits), bits);
    case FOVEA_ELEMENT_BOOL:
      CONVERT (guint8, bits, bits != 0);
    case FOVEA_N_ELEMENT_TYPES:
    default:
      g_assert_not_reached ();
    }
}
