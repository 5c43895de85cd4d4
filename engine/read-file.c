/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/read-file.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

/* What is allocated at first where the size is not known beforehand. */
#define FIRST_CAPACITY (64 * 1024)

static gboolean
read_all (FILE *file,
          gsize max_size,
          const char *name,
          guint8 **data,
          gsize *size,
          GError **error)
{
  struct stat status;
  gsize capacity = FIRST_CAPACITY;

  /* One byte more than there should be, to see the end without growing. */
  if (fstat (fileno (file), &status) == 0 && S_ISREG (status.st_mode))
    capacity = MIN ((guint64) status.st_size, max_size) + 1;

  for (;;)
    {
      guint8 *larger = g_try_realloc (*data, capacity);

      if (larger == NULL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "%s: no memory for %" G_GSIZE_FORMAT " MiB", name, capacity >> 20);
          return FALSE;
        }
      *data = larger;

      errno = 0;
      *size += fread (*data + *size, 1, capacity - *size, file);
      if (ferror (file))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: %s", name, g_strerror (errno));
          return FALSE;
        }
      if (*size > max_size)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                       "%s: larger than the %" G_GSIZE_FORMAT " MiB that are read of such a file", name, max_size >> 20);
          return FALSE;
        }
      if (*size < capacity)
        return TRUE;
      capacity = MIN (capacity * 2, max_size + 1);
    }
}

/* As messages call it; nothing would be seen of an empty path. */
static char *
get_shown_name (const char *path)
{
  return path[0] != '\0' ? g_filename_display_name (path) : g_strdup ("''");
}

/**
 * fovea_read_file:
 * @path: a file, a pipe or a device
 * @max_size: how many bytes it may have at most
 * @error: %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_IO, %FOVEA_ERROR_TOO_LARGE
 *
 * Copies instead of mapping: a mapped file that somebody shortens takes the program down. Any thread.
 *
 * Returns: (transfer full): what is in it, or %NULL
 */
GBytes *
fovea_read_file (const char *path,
                 gsize max_size,
                 GError **error)
{
  g_autofree char *name = get_shown_name (path);
  guint8 *data = NULL;
  gsize size = 0;
  gboolean success;
  FILE *file = g_fopen (path, "rbe");

  if (file == NULL)
    {
      int reason = errno;
      g_set_error (error, FOVEA_ERROR, reason == ENOENT ? FOVEA_ERROR_NOT_FOUND : FOVEA_ERROR_IO,
                   "%s: %s", name, g_strerror (reason));
      return NULL;
    }
  success = read_all (file, max_size, name, &data, &size, error);
  fclose (file);
  if (!success)
    {
      g_free (data);
      return NULL;
    }
  return g_bytes_new_take (data, size);
}

/**
 * fovea_map_file:
 * @path: a regular file
 * @error: %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_IO
 *
 * For files too large to copy. Nobody may shorten the file while the bytes live; to replace it by renaming is fine.
 * Any thread.
 *
 * Returns: (transfer full): what is in it, or %NULL
 */
GBytes *
fovea_map_file (const char *path,
                GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) cause = NULL;
  g_autofree char *name = get_shown_name (path);
  struct stat status;

  /* Asked before it is opened: opening a pipe would wait for its other end. */
  if (g_stat (path, &status) != 0)
    {
      g_set_error (error, FOVEA_ERROR, errno == ENOENT ? FOVEA_ERROR_NOT_FOUND : FOVEA_ERROR_IO, "%s: cannot be read: %s", name, g_strerror (errno));
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be read: it is %s; name a file", name,
                   S_ISDIR (status.st_mode) ? "a folder" : "a device or a pipe");
      return NULL;
    }
  file = g_mapped_file_new (path, FALSE, &cause);
  if (file == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be read: %s", name, cause->message);
      return NULL;
    }
  return g_mapped_file_get_bytes (file);
}
