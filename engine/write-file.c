/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/write-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

/**
 * fovea_write_floats:
 * @file: where to
 * @values: (array length=n_values): float32
 *
 * Writes them with the lowest byte first on every machine; errors stay in @file.
 */
void
fovea_write_floats (FILE *file,
                    const float *values,
                    gsize n_values)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  fwrite (values, sizeof *values, n_values, file);
#else
  for (gsize i = 0; i < n_values; i++)
    {
      guint32 bits;

      memcpy (&bits, &values[i], sizeof bits);
      bits = GUINT32_TO_LE (bits);
      fwrite (&bits, sizeof bits, 1, file);
    }
#endif
}

typedef struct {
  const void *data;
  gsize size;
} Contents;

static void
write_contents (FILE *file,
                gconstpointer data)
{
  const Contents *contents = data;

  fwrite (contents->data, 1, contents->size, file);
}

/* Leaves the reason in errno where it fails. On the disk before it is renamed: after a loss of power there is the old or the new file. */
static gboolean
write_temporary (int descriptor,
                 FoveaWriteFunc write,
                 gconstpointer data)
{
  FILE *file = fdopen (descriptor, "wb");
  gboolean written;
  int reason;

  if (file == NULL)
    {
      reason = errno;
      close (descriptor);
      errno = reason;
      return FALSE;
    }
  errno = EIO;
  write (file, data);
  written = !ferror (file) && fflush (file) == 0 && fsync (descriptor) == 0;
  reason = errno;
  if (fclose (file) != 0 && written)
    return FALSE;
  errno = reason;
  return written;
}

/**
 * fovea_write_file_with:
 * @path: the file to make or to replace; a link is replaced itself
 * @write: (scope call): writes what is in it, in this thread
 * @data: for @write
 * @error: %FOVEA_ERROR_IO; @path is then as it was before
 *
 * Writes a temporary file in the same folder and renames it when it is complete. Any thread.
 *
 * Returns: whether the file was written
 */
gboolean
fovea_write_file_with (const char *path,
                       FoveaWriteFunc write,
                       gconstpointer data,
                       GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_autofree char *name = g_filename_display_name (path);
  int descriptor = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  int reason;

  if (descriptor >= 0 && write_temporary (descriptor, write, data) && g_rename (temporary, path) == 0)
    return TRUE;
  reason = errno;
  if (descriptor >= 0)
    g_unlink (temporary);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: cannot be written: %s", name, g_strerror (reason));
  return FALSE;
}

/**
 * fovea_write_file:
 * @path: the file to make or to replace; a link is replaced itself
 * @data: (array length=size): its contents
 * @error: %FOVEA_ERROR_IO; @path is then as it was before
 *
 * As fovea_write_file_with(), of what is in memory. Any thread.
 *
 * Returns: whether the file was written
 */
gboolean
fovea_write_file (const char *path,
                  const void *data,
                  gsize size,
                  GError **error)
{
  return fovea_write_file_with (path, write_contents, &(Contents) { data, size }, error);
}
