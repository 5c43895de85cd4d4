/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/json.h"

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
