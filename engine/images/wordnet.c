/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/wordnet.h"

#include <string.h>

#include "engine/locations.h"

/* Adds identifier and label of one line of the table: index, identifier, label. Of a label that two
 * classes share, the second one gets its identifier behind it. */
static void
add_line (GHashTable *labels,
          GHashTable *seen,
          const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", 3);
  char *label;

  if (g_strv_length (fields) != 3 || !fovea_wordnet_is_identifier (fields[1]) || fields[1][FOVEA_WORDNET_LENGTH] != '\0')
    return;
  g_strstrip (fields[2]);
  label = g_hash_table_contains (seen, fields[2]) ? g_strdup_printf ("%s (%s)", fields[2], fields[1]) : g_strdup (fields[2]);
  g_hash_table_insert (labels, g_strdup (fields[1]), label);
  g_hash_table_add (seen, label);
}

static GHashTable *
read_labels (void)
{
  GHashTable *labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *path = fovea_locations_find_resource ("labels/imagenet-1000.tsv");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return labels;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    add_line (labels, seen, lines[i]);
  return labels;
}

/**
 * fovea_wordnet_is_identifier:
 * @text: a name
 *
 * Returns: whether it begins with `n` and eight digits, and goes on with no ninth
 */
gboolean
fovea_wordnet_is_identifier (const char *text)
{
  if (text[0] != 'n')
    return FALSE;
  for (guint i = 1; i < FOVEA_WORDNET_LENGTH; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return !g_ascii_isdigit (text[FOVEA_WORDNET_LENGTH]);
}

/**
 * fovea_wordnet_find_label:
 * @identifier: such as `n01440764`
 *
 * Any thread.
 *
 * Returns: (nullable): the name of that class, unique among ImageNet's 1000 classes; %NULL where it is none of them
 */
const char *
fovea_wordnet_find_label (const char *identifier)
{
  static GHashTable *labels;
  static gsize initialized;

  if (g_once_init_enter (&initialized))
    {
      labels = read_labels ();
      g_once_init_leave (&initialized, 1);
    }
  return g_hash_table_lookup (labels, identifier);
}
