/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/json.h"

#include <math.h>

/* The parser recurses once for each level, so that a file of opening brackets would exhaust the stack. */
#define MAX_DEPTH 64

static gboolean
is_too_deep (const char *text,
             gsize length)
{
  guint depth = 0;
  gboolean in_string = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (in_string)
        {
          if (text[i] == '\\')
            i++;
          else if (text[i] == '"')
            in_string = FALSE;
        }
      else if (text[i] == '"')
        in_string = TRUE;
      else if (text[i] == '[' || text[i] == '{')
        {
          if (++depth > MAX_DEPTH)
            return TRUE;
        }
      else if ((text[i] == ']' || text[i] == '}') && depth > 0)
        depth--;
    }
  return FALSE;
}

/**
 * fovea_json_parse:
 * @text: the document, not necessarily terminated
 * @length: bytes of @text
 * @error: %FOVEA_ERROR_FORMAT where it is not JSON, not UTF-8, empty or nested deeper than any real file
 *
 * Any thread.
 *
 * Returns: (transfer full): the document's root, or %NULL
 */
JsonNode *
fovea_json_parse (const char *text,
                  gsize length,
                  GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is not UTF-8 text");
      return NULL;
    }
  if (is_too_deep (text, length))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is nested deeper than %d levels", MAX_DEPTH);
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, (gssize) length, &local_error))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is not JSON: %s", local_error->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is empty");
  return root;
}

static void
add_name (JsonBuilder *builder,
          const char *name)
{
  if (name != NULL)
    json_builder_set_member_name (builder, name);
}

/**
 * fovea_json_add_string:
 * @builder: a builder inside an object, or inside an array where @name is %NULL
 * @name: (nullable): the member's name
 * @value: (nullable): UTF-8; %NULL becomes null
 *
 * The builder belongs to one thread, here and below.
 */
void
fovea_json_add_string (JsonBuilder *builder,
                       const char *name,
                       const char *value)
{
  add_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * fovea_json_add_integer:
 * @builder: a builder inside an object, or inside an array where @name is %NULL
 * @name: (nullable): the member's name
 * @value: an integer; readers that keep numbers as double lose what lies beyond 2^53
 */
void
fovea_json_add_integer (JsonBuilder *builder,
                        const char *name,
                        gint64 value)
{
  add_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/**
 * fovea_json_add_number:
 * @builder: a builder inside an object, or inside an array where @name is %NULL
 * @name: (nullable): the member's name
 * @value: a number; JSON has none for what is not finite, which becomes null
 */
void
fovea_json_add_number (JsonBuilder *builder,
                       const char *name,
                       double value)
{
  add_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * fovea_json_add_boolean:
 * @builder: a builder inside an object, or inside an array where @name is %NULL
 * @name: (nullable): the member's name
 * @value: true or false
 */
void
fovea_json_add_boolean (JsonBuilder *builder,
                        const char *name,
                        gboolean value)
{
  add_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}
