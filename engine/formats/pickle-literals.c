/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle-literals.h"

#include <errno.h>
#include <string.h>

/**
 * fovea_pickle_literal_push_escaped:
 * @text: (array length=length): the string as it stands in the stream
 * @quoted: whether it is Python 2's string in quotes; otherwise it is a text with \u escapes
 *
 * Pushes a string. Only the escapes that Python writes are known.
 *
 * Returns: whether it is one; @error is %FOVEA_ERROR_FORMAT
 */
gboolean
fovea_pickle_literal_push_escaped (FoveaPickleMachine *self,
                                   const guint8 *text,
                                   gsize length,
                                   gboolean quoted,
                                   GError **error)
{
  g_autoptr (GString) string = g_string_sized_new (length);

  if (quoted)
    {
      if (length < 2 || (text[0] != '\'' && text[0] != '"') || text[length - 1] != text[0])
        return FAIL (self, error, "has a string without quotes");
      text++;
      length -= 2;
    }

  for (gsize i = 0; i < length; i++)
    {
      guint n_digits = 0;
      gunichar character = text[i];

      if (text[i] == '\\' && i + 1 < length)
        switch (text[i + 1])
          {
          case 'x': n_digits = quoted ? 2 : 0; break;
          case 'u': n_digits = quoted ? 0 : 4; break;
          case 'U': n_digits = quoted ? 0 : 8; break;
          case 'n': character = quoted ? '\n' : '\\'; i += quoted; break;
          case 'r': character = quoted ? '\r' : '\\'; i += quoted; break;
          case 't': character = quoted ? '\t' : '\\'; i += quoted; break;
          case '\\':
          case '\'':
          case '"': character = quoted ? text[i + 1] : '\\'; i += quoted; break;
          default: break;
          }
      if (n_digits > 0)
        {
          character = 0;
          if (length - i - 2 < n_digits)
            return FAIL (self, error, "has a broken escape in a string");
          for (guint digit = 0; digit < n_digits; digit++)
            {
              int value = g_ascii_xdigit_value (text[i + 2 + digit]);
              if (value < 0)
                return FAIL (self, error, "has a broken escape in a string");
              character = character << 4 | (guint) value;
            }
          i += 1 + n_digits;
        }
      if (!g_unichar_validate (character))
        character = 0xfffd;
      g_string_append_unichar (string, character);
    }
  return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_STRING, string->str, string->len, error);
}

/**
 * fovea_pickle_literal_push_long:
 * @bytes: (array length=length): two's complement, the least significant byte first
 *
 * Pushes an integer of any length.
 *
 * Returns: whether it is one; @error is %FOVEA_ERROR_FORMAT
 */
gboolean
fovea_pickle_literal_push_long (FoveaPickleMachine *self,
                                const guint8 *bytes,
                                gsize length,
                                GError **error)
{
  GString *digits;
  gboolean pushed;
  guint64 value = length > 0 && bytes[length - 1] & 0x80 ? ~G_GUINT64_CONSTANT (0) : 0;

  if (length <= 8)
    {
      for (gsize i = length; i > 0; i--)
        value = value << 8 | bytes[i - 1];
      return fovea_pickle_machine_push_integer (self, (gint64) value, error);
    }

  /* Beyond 64 bits there are only identifications, such as the number that older files begin with:
   * hexadecimal digits do for comparing them. */
  digits = g_string_new ("0x");
  for (gsize i = length; i > 0; i--)
    g_string_append_printf (digits, "%02x", bytes[i - 1]);
  pushed = fovea_pickle_machine_push_text (self, FOVEA_PICKLE_BIG_INTEGER, digits->str, digits->len, error);
  g_string_free (digits, TRUE);
  return pushed;
}

/**
 * fovea_pickle_literal_push_decimal:
 * @text: (array length=length): decimal digits
 * @is_long: whether it may end in L; otherwise 00 and 01 are the booleans
 *
 * Pushes an integer, or one of the booleans of protocol 0.
 *
 * Returns: whether it is one; @error is %FOVEA_ERROR_FORMAT
 */
gboolean
fovea_pickle_literal_push_decimal (FoveaPickleMachine *self,
                                   const guint8 *text,
                                   gsize length,
                                   gboolean is_long,
                                   GError **error)
{
  char digits[32];
  char *end;
  gint64 value;

  if (is_long && length > 0 && text[length - 1] == 'L')
    length--;
  if (!is_long && length == 2 && text[0] == '0' && (text[1] == '0' || text[1] == '1'))
    return fovea_pickle_machine_push_boolean (self, text[1] == '1', error);
  if (length >= sizeof digits)
    return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_BIG_INTEGER, (const char *) text, length, error);

  memcpy (digits, text, length);
  digits[length] = '\0';
  errno = 0;
  value = g_ascii_strtoll (digits, &end, 10);
  if (end == digits || *end != '\0')
    return FAIL (self, error, "has a number that is none");
  if (errno == ERANGE)
    return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_BIG_INTEGER, digits, length, error);
  return fovea_pickle_machine_push_integer (self, value, error);
}

/**
 * fovea_pickle_literal_push_float_text:
 * @text: (array length=length): decimal, with a point
 *
 * Pushes a number.
 *
 * Returns: whether it is one; @error is %FOVEA_ERROR_FORMAT
 */
gboolean
fovea_pickle_literal_push_float_text (FoveaPickleMachine *self,
                                      const guint8 *text,
                                      gsize length,
                                      GError **error)
{
  char digits[64];
  char *end;
  double value;

  if (length == 0 || length >= sizeof digits)
    return FAIL (self, error, "has a number that is none");
  memcpy (digits, text, length);
  digits[length] = '\0';
  value = g_ascii_strtod (digits, &end);
  if (*end != '\0')
    return FAIL (self, error, "has a number that is none");
  return fovea_pickle_machine_push_float (self, value, error);
}
