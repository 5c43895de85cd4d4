/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/stamp-list.h"

#include "engine/read-file.h"

#define MAX_LIST_BYTES (1 << 20)

/**
 * fovea_stamp_list_read:
 * @list: a path
 * @checksum: what the bytes of the list are added to
 * @func: called for each line but empty ones, comments (`#`) and the titles of the columns, whose first is `class`
 * @error: %FOVEA_ERROR_FORMAT with the line where the list is wrong, or as fovea_read_file()
 *
 * Stops at the first line that is wrong. Any thread.
 */
gboolean
fovea_stamp_list_read (const char *list,
                       GChecksum *checksum,
                       FoveaStampListLine func,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GBytes) bytes = fovea_read_file (list, MAX_LIST_BYTES, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  const guchar *content;
  gsize size;

  if (bytes == NULL)
    return FALSE;
  content = g_bytes_get_data (bytes, &size);
  if (!g_utf8_validate_len ((const char *) content, size, NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: is no list of stamps, but binary", list);
      return FALSE;
    }
  g_checksum_update (checksum, content, (gssize) size);
  text = g_strndup ((const char *) content, size);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = NULL;
      const char *wrong;

      if (lines[i][0] == '\0' || lines[i][0] == '#' || g_str_has_prefix (lines[i], "class\t"))
        continue;
      fields = g_strsplit (lines[i], "\t", -1);
      wrong = func ((const char *const *) fields, data);
      if (wrong != NULL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: line %u %s", list, i + 1, wrong);
          return FALSE;
        }
    }
  return TRUE;
}
