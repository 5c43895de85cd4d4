/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/labels.h"

#include <string.h>

#include "engine/locations.h"
#include "engine/read-file.h"

/* No list of class names is larger. */
#define MAX_BYTES (16 << 20)

/* The last field of a line of tab-separated values; without tabs, the line. */
static char *
get_label (const char *line)
{
  const char *tab = strrchr (line, '\t');

  return g_strstrip (g_strdup (tab != NULL ? tab + 1 : line));
}

/**
 * fovea_labels_read:
 * @path: a text file with a class on every line, in the order of the network's outputs: its name, or
 *   tab-separated values of which the last is the name, then with a heading such as
 *   `index`, `wordnet_id`, `label`
 * @error: %FOVEA_ERROR_FORMAT where it is no such file, or as fovea_read_file()
 *
 * Any thread.
 *
 * Returns: (transfer full): the names, or %NULL
 */
GStrv
fovea_labels_read (const char *path,
                   GError **error)
{
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_BYTES, error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GStrvBuilder) labels = NULL;
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (size == 0 || !g_utf8_validate_len (data, size, NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: is no list of class names, one on each line", path);
      return NULL;
    }
  text = g_strndup (data, size);
  lines = g_strsplit (text, "\n", -1);
  labels = g_strv_builder_new ();
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *label = get_label (lines[i]);

      if ((i == 0 && g_str_has_prefix (lines[i], "index\t")) || (lines[i + 1] == NULL && label[0] == '\0'))
        continue;
      if (label[0] == '\0')
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: line %" G_GSIZE_FORMAT " has no class name", path, i + 1);
          return NULL;
        }
      g_strv_builder_add (labels, label);
    }
  return g_strv_builder_end (labels);
}

/**
 * fovea_labels_read_imagenet:
 *
 * Returns: (transfer full): the names of ImageNet's 1000 classes; empty where Fovea's resources are not found
 */
GStrv
fovea_labels_read_imagenet (void)
{
  g_autofree char *path = fovea_locations_find_resource ("labels/imagenet-1000.tsv");
  GStrv labels = path != NULL ? fovea_labels_read (path, NULL) : NULL;

  return labels != NULL ? labels : g_new0 (char *, 1);
}
