/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/npy.h"

#include <string.h>

#include "engine/formats/element-type.h"
#include "engine/read-file.h"
#include "engine/write-file.h"

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6

/* NumPy writes 64 to 128 bytes, and refuses to read more than 10,000. */
#define MAX_HEADER_SIZE 10000

/* NumPy aligns the data to this, and leaves room for the outermost size to grow to so many digits. */
#define ALIGNMENT 64
#define OUTERMOST_SIZE_MAX_DIGITS 21

#define MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 32)

typedef struct {
  FoveaElementType type;
  int byte_order;
  gboolean fortran_order;
  guint n_dimensions;
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
} Header;

/* The header's text, of which @at is what is not parsed yet. Every parse_ function skips leading
 * space, and leaves @at alone where it fails. */
typedef struct {
  const char *at;
  const char *end;
} Parser;

static gboolean
parse_character (Parser *parser,
                 char character)
{
  const char *at = parser->at;

  while (at < parser->end && g_ascii_isspace (*at))
    at++;
  if (at == parser->end || *at != character)
    return FALSE;
  parser->at = at + 1;
  return TRUE;
}

static gboolean
parse_word (Parser *parser,
            const char *word)
{
  const char *at = parser->at;
  gsize length = strlen (word);

  while (at < parser->end && g_ascii_isspace (*at))
    at++;
  if ((gsize) (parser->end - at) < length || memcmp (at, word, length) != 0)
    return FALSE;
  parser->at = at + length;
  return TRUE;
}

/* A Python string in either quotes, without escapes, which no key or type needs. */
static gboolean
parse_string (Parser *parser,
              char **string)
{
  Parser rest = *parser;
  const char *end;
  char quote;

  if (parse_character (&rest, '\''))
    quote = '\'';
  else if (parse_character (&rest, '"'))
    quote = '"';
  else
    return FALSE;
  end = memchr (rest.at, quote, rest.end - rest.at);
  if (end == NULL)
    return FALSE;
  *string = g_strndup (rest.at, end - rest.at);
  parser->at = end + 1;
  return TRUE;
}

/* A size, which Python 2 wrote with an L behind. */
static gboolean
parse_size (Parser *parser,
            gint64 *size)
{
  const char *at = parser->at;
  guint64 value = 0;

  while (at < parser->end && g_ascii_isspace (*at))
    at++;
  if (at == parser->end || !g_ascii_isdigit (*at))
    return FALSE;
  for (; at < parser->end && g_ascii_isdigit (*at); at++)
    {
      if (value > (G_MAXINT64 - 9) / 10)
        return FALSE;
      value = value * 10 + (*at - '0');
    }
  if (at < parser->end && *at == 'L')
    at++;
  *size = value;
  parser->at = at;
  return TRUE;
}

static gboolean
parse_shape (Parser *parser,
             Header *header,
             const char *name,
             GError **error)
{
  if (!parse_character (parser, '('))
    goto malformed;
  header->n_dimensions = 0;
  while (!parse_character (parser, ')'))
    {
      if (header->n_dimensions == FOVEA_TENSOR_MAX_DIMENSIONS)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                       "%s: the array has more than the %d dimensions that are supported",
                       name, FOVEA_TENSOR_MAX_DIMENSIONS);
          return FALSE;
        }
      if (!parse_size (parser, &header->shape[header->n_dimensions]))
        goto malformed;
      header->n_dimensions++;
      if (!parse_character (parser, ','))
        {
          if (!parse_character (parser, ')'))
            goto malformed;
          break;
        }
    }
  return TRUE;

malformed:
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the NumPy header's shape cannot be understood", name);
  return FALSE;
}

/* NumPy's type strings: byte order, kind, size. */
static gboolean
parse_type (Parser *parser,
            Header *header,
            const char *name,
            GError **error)
{
  static const struct {
    const char *kind_and_size;
    FoveaElementType type;
  } types[] = {
    { "f4", FOVEA_ELEMENT_FLOAT32 }, { "f8", FOVEA_ELEMENT_FLOAT64 }, { "f2", FOVEA_ELEMENT_FLOAT16 },
    { "u1", FOVEA_ELEMENT_UINT8 }, { "u2", FOVEA_ELEMENT_UINT16 }, { "u4", FOVEA_ELEMENT_UINT32 },
    { "u8", FOVEA_ELEMENT_UINT64 }, { "i1", FOVEA_ELEMENT_INT8 }, { "i2", FOVEA_ELEMENT_INT16 },
    { "i4", FOVEA_ELEMENT_INT32 }, { "i8", FOVEA_ELEMENT_INT64 }, { "b1", FOVEA_ELEMENT_BOOL },
  };
  g_autofree char *string = NULL;

  if (!parse_string (parser, &string))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s: arrays of records are not supported", name);
      return FALSE;
    }
  if (string[0] != '\0' && strchr ("<>|=", string[0]) != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
      if (strcmp (string + 1, types[i].kind_and_size) == 0)
        {
          header->type = types[i].type;
          header->byte_order = string[0] == '>' ? G_BIG_ENDIAN : string[0] == '<' ? G_LITTLE_ENDIAN : G_BYTE_ORDER;
          return TRUE;
        }
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
               "%s: elements of NumPy type '%s' are not supported; save the array as float32", name, string);
  return FALSE;
}

/* The header is a Python dictionary with just three keys, in any order. */
static gboolean
parse_header (Parser *parser,
              Header *header,
              const char *name,
              GError **error)
{
  gboolean has_type = FALSE, has_order = FALSE, has_shape = FALSE;

  if (!parse_character (parser, '{'))
    goto malformed;
  while (!parse_character (parser, '}'))
    {
      g_autofree char *key = NULL;

      if (!parse_string (parser, &key) || !parse_character (parser, ':'))
        goto malformed;
      if (strcmp (key, "descr") == 0 && !has_type)
        {
          if (!parse_type (parser, header, name, error))
            return FALSE;
          has_type = TRUE;
        }
      else if (strcmp (key, "fortran_order") == 0 && !has_order)
        {
          header->fortran_order = parse_word (parser, "True");
          if (!header->fortran_order && !parse_word (parser, "False"))
            goto malformed;
          has_order = TRUE;
        }
      else if (strcmp (key, "shape") == 0 && !has_shape)
        {
          if (!parse_shape (parser, header, name, error))
            return FALSE;
          has_shape = TRUE;
        }
      else
        goto malformed;
      if (!parse_character (parser, ','))
        {
          if (!parse_character (parser, '}'))
            goto malformed;
          break;
        }
    }
  if (has_type && has_order && has_shape)
    return TRUE;

malformed:
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: the NumPy header cannot be understood", name);
  return FALSE;
}

/* Finds the header and the data, which is all that follows. */
static gboolean
split (const guint8 *data,
       gsize size,
       const char *name,
       Parser *header,
       const guint8 **elements,
       gsize *n_bytes,
       GError **error)
{
  gsize start, header_size;

  if (size < MAGIC_SIZE + 4)
    goto truncated;
  switch (data[6])
    {
    case 1:
      start = 10;
      header_size = data[8] | data[9] << 8;
      break;
    case 2:
    case 3:
      if (size < 12)
        goto truncated;
      start = 12;
      header_size = data[8] | data[9] << 8 | data[10] << 16 | (gsize) data[11] << 24;
      break;
    default:
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                   "%s: version %u of the NumPy format is not supported", name, data[6]);
      return FALSE;
    }
  if (header_size > MAX_HEADER_SIZE)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "%s: the NumPy header claims to be %" G_GSIZE_FORMAT " bytes long", name, header_size);
      return FALSE;
    }
  if (header_size > size - start)
    goto truncated;

  header->at = (const char *) data + start;
  header->end = header->at + header_size;
  *elements = data + start + header_size;
  *n_bytes = size - start - header_size;
  return TRUE;

truncated:
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: this NumPy file is truncated", name);
  return FALSE;
}

/* Converts elements that lie with the first index running fastest. */
static void
convert_fortran_order (const Header *header,
                       const guint8 *elements,
                       FoveaTensor *tensor)
{
  gsize element_size = fovea_element_type_get_size (header->type);
  guint last = header->n_dimensions - 1;
  gsize row_length = header->shape[last];
  gsize strides[FOVEA_TENSOR_MAX_DIMENSIONS]; /* in elements */
  gint64 index[FOVEA_TENSOR_MAX_DIMENSIONS] = { 0 };

  strides[0] = 1;
  for (guint i = 1; i <= last; i++)
    strides[i] = strides[i - 1] * header->shape[i - 1];

  for (gsize row = 0; row < tensor->n_elements; row += row_length)
    {
      gsize offset = 0;

      for (guint i = 0; i < last; i++)
        offset += index[i] * strides[i];
      fovea_elements_to_float32 (header->type, header->byte_order, elements + offset * element_size, strides[last],
                                 row_length, tensor->data + row);
      for (guint i = last; i-- > 0;)
        {
          if (++index[i] < header->shape[i])
            break;
          index[i] = 0;
        }
    }
}

/**
 * fovea_npy_is_npy:
 * @bytes: a file's contents
 *
 * Returns: whether it starts as NumPy's files do
 */
gboolean
fovea_npy_is_npy (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return size >= MAGIC_SIZE && memcmp (data, MAGIC, MAGIC_SIZE) == 0;
}

/**
 * fovea_npy_decode:
 * @bytes: the contents of a file of NumPy's format, version 1 to 3
 * @name: what messages call it
 * @error: %FOVEA_ERROR_FORMAT for what is no such file, or is truncated or contradictory;
 *   %FOVEA_ERROR_UNSUPPORTED for other elements than real numbers; %FOVEA_ERROR_TOO_LARGE
 *
 * Reads floating-point numbers, integers and booleans of any size and byte order, in C and Fortran
 * order, and converts them to float32. The format: numpy/lib/format.py. Any thread.
 *
 * Returns: (transfer full): the array, or %NULL
 */
FoveaTensor *
fovea_npy_decode (GBytes *bytes,
                  const char *name,
                  GError **error)
{
  gsize size, n_bytes, n_elements, element_size;
  const guint8 *data = g_bytes_get_data (bytes, &size), *elements;
  Parser parser;
  Header header = { 0 };
  FoveaTensor *tensor;

  if (!fovea_npy_is_npy (bytes))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: not a NumPy file", name);
      return NULL;
    }
  if (!split (data, size, name, &parser, &elements, &n_bytes, error)
      || !parse_header (&parser, &header, name, error))
    return NULL;
  if (!fovea_tensor_count_elements (header.n_dimensions, header.shape, &n_elements, error))
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  element_size = fovea_element_type_get_size (header.type);
  if (n_bytes != n_elements * element_size)
    {
      g_autofree char *shape = fovea_tensor_describe_shape (header.n_dimensions, header.shape);
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "%s: shape %s of %s needs %" G_GSIZE_FORMAT " bytes of data, but the file has %" G_GSIZE_FORMAT,
                   name, shape, fovea_element_type_get_name (header.type), n_elements * element_size, n_bytes);
      return NULL;
    }

  tensor = fovea_tensor_new (header.n_dimensions, header.shape, error);
  if (tensor == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  if (header.fortran_order && header.n_dimensions > 1 && n_elements > 0)
    convert_fortran_order (&header, elements, tensor);
  else
    fovea_elements_to_float32 (header.type, header.byte_order, elements, 1, n_elements, tensor->data);
  return tensor;
}

/**
 * fovea_npy_read:
 * @path: a file of NumPy's format, whatever its name ends in
 * @error: as fovea_npy_decode(); %FOVEA_ERROR_NOT_FOUND or %FOVEA_ERROR_IO when it cannot be read
 *
 * Any thread.
 *
 * Returns: (transfer full): the array, or %NULL
 */
FoveaTensor *
fovea_npy_read (const char *path,
                GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_FILE_SIZE, error);

  return bytes != NULL ? fovea_npy_decode (bytes, name, error) : NULL;
}

/* The text between the magic bytes and the elements, padded as `numpy.save` pads it. */
static GString *
make_header (const FoveaTensor *tensor)
{
  GString *header = g_string_new ("{'descr': '<f4', 'fortran_order': False, 'shape': (");

  for (guint i = 0; i < tensor->n_dimensions; i++)
    g_string_append_printf (header, "%s%" G_GINT64_FORMAT "%s", i > 0 ? " " : "", tensor->shape[i],
                            i + 1 < tensor->n_dimensions || i == 0 ? "," : "");
  g_string_append (header, "), }");
  if (tensor->n_dimensions > 0)
    {
      g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, tensor->shape[0]);
      g_string_append_printf (header, "%*s", OUTERMOST_SIZE_MAX_DIGITS - (int) strlen (digits), "");
    }
  while ((MAGIC_SIZE + 4 + header->len + 1) % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  return header;
}

static void
write_array (FILE *file,
             gconstpointer data)
{
  const FoveaTensor *tensor = data;
  g_autoptr (GString) header = make_header (tensor);
  const guint8 version_and_size[] = { 1, 0, header->len & 0xff, (guint8) (header->len >> 8) };

  fwrite (MAGIC, 1, MAGIC_SIZE, file);
  fwrite (version_and_size, 1, sizeof version_and_size, file);
  fwrite (header->str, 1, header->len, file);
  fovea_write_floats (file, tensor->data, tensor->n_elements);
}

/**
 * fovea_npy_write:
 * @tensor: the array
 * @path: the file to create or replace; its folder must exist
 * @error: %FOVEA_ERROR_IO
 *
 * Writes version 1.0, little-endian float32 in C order, byte for byte as `numpy.save` does. It is
 * written beside @path and renamed once complete, so that @path never holds half an array. Any
 * thread.
 *
 * Returns: whether the file was written
 */
gboolean
fovea_npy_write (const FoveaTensor *tensor,
                 const char *path,
                 GError **error)
{
  return fovea_write_file_with (path, write_array, tensor, error);
}
