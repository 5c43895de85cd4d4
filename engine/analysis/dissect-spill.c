/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/dissect-spill.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* To be counted up whenever records look different. */
#define MAGIC "FOVEASP1"

/* What a stopped dissection left behind stays this long, to be gone on with. */
#define SECONDS_TO_KEEP ((gint64) 7 * 24 * 3600)

/* A record: header, details, activations where there are any. Bytes in the machine's order: the file does
 * not leave it. */
typedef struct {
  guint32 n_detail_bytes;
  guint32 has_activations;
} Header;

struct _FoveaDissectSpill {
  int file;
  char *path; /* NULL once it is removed, or where it has no name */
  gsize n_activations;
  guint n_categories;
  guint n_concepts;
  GArray *offsets; /* guint64: of each record, and of the end */
  GByteArray *details;
};

static gboolean
set_io_error (const FoveaDissectSpill *self,
              const char *what,
              GError **error)
{
  int reason = errno;
  g_autofree char *shown = self->path != NULL ? g_filename_display_name (self->path) : g_strdup ("the temporary file of activations");

  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_IO, "%s: %s: %s", shown, what, g_strerror (reason));
  return FALSE;
}

static gboolean
write_at (const FoveaDissectSpill *self,
          guint64 offset,
          const void *data,
          gsize size,
          GError **error)
{
  const guint8 *bytes = data;

  while (size > 0)
    {
      gssize n = pwrite (self->file, bytes, size, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return set_io_error (self, "cannot be written", error);
      bytes += n;
      offset += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Whether all of it was there. */
static gboolean
read_at (const FoveaDissectSpill *self,
         guint64 offset,
         void *data,
         gsize size)
{
  guint8 *bytes = data;

  while (size > 0)
    {
      gssize n = pread (self->file, bytes, size, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      offset += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}

/* Finds the complete records that are there, and forgets what comes after them. */
static void
find_records (FoveaDissectSpill *self)
{
  char magic[8];
  guint64 offset = sizeof magic;
  struct stat status;

  g_array_append_val (self->offsets, offset);
  if (fstat (self->file, &status) != 0 || !read_at (self, 0, magic, sizeof magic) || memcmp (magic, MAGIC, sizeof magic) != 0)
    return;
  for (;;)
    {
      Header header;

      if (!read_at (self, offset, &header, sizeof header))
        break;
      offset += sizeof header + header.n_detail_bytes + (header.has_activations ? self->n_activations * sizeof (float) : 0);
      if (offset > (guint64) status.st_size)
        break;
      g_array_append_val (self->offsets, offset);
    }
}

/* Removes what was left here long ago and nobody uses. */
static void
remove_old (const char *folder)
{
  GDir *entries = g_dir_open (folder, 0, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (entries == NULL)
    return;
  for (const char *name; (name = g_dir_read_name (entries)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf status;
      int file;

      if (!g_str_has_suffix (name, ".activations") || g_stat (path, &status) != 0 || now - status.st_mtime < SECONDS_TO_KEEP)
        continue;
      file = g_open (path, O_RDWR | O_CLOEXEC, 0);
      if (file >= 0 && flock (file, LOCK_EX | LOCK_NB) == 0)
        g_unlink (path);
      if (file >= 0)
        close (file);
    }
  g_dir_close (entries);
}

static int
open_nameless (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "activations-XXXXXX", NULL);
  int file = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

  if (file >= 0)
    g_unlink (path);
  return file;
}

/**
 * fovea_dissect_spill_open:
 * @folder: where the file is or will be; created where it is missing
 * @key: (nullable): what the activations are of; %NULL keeps nothing for later
 * @n_activations: of one image
 * @n_categories, @n_concepts: how many the concept set has
 * @error: %FOVEA_ERROR_IO
 *
 * Where another process uses the file, this one gets its own that nobody sees.
 *
 * Returns: (transfer full): the file with the records that an earlier run has left, or %NULL
 */
FoveaDissectSpill *
fovea_dissect_spill_open (const char *folder,
                          const char *key,
                          gsize n_activations,
                          guint n_categories,
                          guint n_concepts,
                          GError **error)
{
  g_autoptr (FoveaDissectSpill) self = g_new0 (FoveaDissectSpill, 1);

  self->file = -1;
  self->n_activations = n_activations;
  self->n_categories = n_categories;
  self->n_concepts = n_concepts;
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->details = g_byte_array_new ();
  g_mkdir_with_parents (folder, 0700);
  remove_old (folder);

  if (key != NULL)
    {
      g_autofree char *name = g_strconcat (key, ".activations", NULL);

      self->path = g_build_filename (folder, name, NULL);
      self->file = g_open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      if (self->file >= 0 && flock (self->file, LOCK_EX | LOCK_NB) != 0)
        {
          close (self->file);
          self->file = -1;
          g_clear_pointer (&self->path, g_free);
        }
    }
  if (self->file < 0 && self->path == NULL)
    self->file = open_nameless (folder);
  if (self->file < 0)
    {
      set_io_error (self, "cannot be opened", error);
      return NULL;
    }
  find_records (self);
  if (!write_at (self, 0, MAGIC, 8, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_dissect_spill_free:
 * @spill: (nullable): the file, which stays unless it was removed
 */
void
fovea_dissect_spill_free (FoveaDissectSpill *self)
{
  if (self == NULL)
    return;
  if (self->file >= 0)
    close (self->file);
  g_free (self->path);
  g_array_unref (self->offsets);
  g_byte_array_unref (self->details);
  g_free (self);
}

/**
 * fovea_dissect_spill_remove:
 *
 * Removes the file: it is not needed any more once the spill is freed.
 */
void
fovea_dissect_spill_remove (FoveaDissectSpill *self)
{
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
}

/**
 * fovea_dissect_spill_get_n_records:
 *
 * Returns: how many images are there, the first ones of the set
 */
gsize
fovea_dissect_spill_get_n_records (const FoveaDissectSpill *self)
{
  return self->offsets->len - 1;
}

static void
append_integer (GByteArray *bytes,
                guint32 value)
{
  g_byte_array_append (bytes, (const guint8 *) &value, sizeof value);
}

static void
append_problems (GByteArray *bytes,
                 const FoveaConceptProblems *problems)
{
  guint n_messages = problems->messages != NULL ? problems->messages->len : 0;

  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    append_integer (bytes, (guint32) MIN (problems->counts[i], G_MAXUINT32));
  append_integer (bytes, n_messages);
  for (guint i = 0; i < n_messages; i++)
    {
      const char *message = problems->messages->pdata[i];

      append_integer (bytes, (guint32) strlen (message));
      g_byte_array_append (bytes, (const guint8 *) message, (guint) strlen (message));
    }
}

/* Labels as runs, or as they are where runs would be longer: the number of runs is 0 then. */
static void
append_map (GByteArray *bytes,
            const FoveaConceptMap *map,
            guint n_pixels)
{
  guint n_runs = 1;

  for (guint i = 1; i < n_pixels; i++)
    n_runs += map->labels[i] != map->labels[i - 1];
  append_integer (bytes, map->category);
  if ((guint64) n_runs * 8 >= (guint64) n_pixels * 2)
    {
      append_integer (bytes, 0);
      g_byte_array_append (bytes, (const guint8 *) map->labels, n_pixels * 2);
      return;
    }
  append_integer (bytes, n_runs);
  for (guint begin = 0, end; begin < n_pixels; begin = end)
    {
      for (end = begin + 1; end < n_pixels && map->labels[end] == map->labels[begin]; end++)
        ;
      append_integer (bytes, map->labels[begin]);
      append_integer (bytes, end - begin);
    }
}

/**
 * fovea_dissect_spill_append:
 * @activations: (nullable): of the next image; %NULL where it could not be used
 * @masks: (nullable): its masks; %NULL exactly where there are no activations
 * @problems: what else is to be said about it
 * @error: %FOVEA_ERROR_IO
 *
 * Returns: whether the record was written
 */
gboolean
fovea_dissect_spill_append (FoveaDissectSpill *self,
                            const float *activations,
                            const FoveaConceptMasks *masks,
                            const FoveaConceptProblems *problems,
                            GError **error)
{
  guint64 offset = g_array_index (self->offsets, guint64, self->offsets->len - 1);
  gsize n_activation_bytes = activations != NULL ? self->n_activations * sizeof (float) : 0;
  GByteArray *details = self->details;
  Header header = { .has_activations = activations != NULL };

  g_byte_array_set_size (details, 0);
  append_problems (details, problems);
  if (masks != NULL)
    {
      append_integer (details, masks->width);
      append_integer (details, masks->height);
      append_integer (details, masks->n_labels);
      append_integer (details, masks->n_maps);
      for (guint i = 0; i < masks->n_labels; i++)
        {
          append_integer (details, masks->labels[i].category);
          append_integer (details, masks->labels[i].concept);
        }
      for (guint i = 0; i < masks->n_maps; i++)
        append_map (details, &masks->maps[i], masks->width * masks->height);
    }
  header.n_detail_bytes = details->len;

  if (!write_at (self, offset, &header, sizeof header, error)
      || !write_at (self, offset + sizeof header, details->data, details->len, error)
      || !write_at (self, offset + sizeof header + details->len, activations, n_activation_bytes, error))
    return FALSE;
  offset += sizeof header + details->len + n_activation_bytes;
  g_array_append_val (self->offsets, offset);
  return TRUE;
}

typedef struct {
  const guint8 *bytes;
  gsize n_left;
  gboolean failed;
} Reader;

static const guint8 *
take (Reader *reader,
      gsize size)
{
  const guint8 *bytes = reader->bytes;

  if (size > reader->n_left)
    {
      reader->failed = TRUE;
      return NULL;
    }
  reader->bytes += size;
  reader->n_left -= size;
  return bytes;
}

static guint32
take_integer (Reader *reader)
{
  const guint8 *bytes = take (reader, sizeof (guint32));
  guint32 value = 0;

  if (bytes != NULL)
    memcpy (&value, bytes, sizeof value);
  return value;
}

static void
take_problems (Reader *reader,
               FoveaConceptProblems *problems)
{
  guint n_messages;

  for (guint i = 0; i < FOVEA_CONCEPT_N_PROBLEMS; i++)
    problems->counts[i] += take_integer (reader);
  n_messages = take_integer (reader);
  for (guint i = 0; i < n_messages && !reader->failed; i++)
    {
      gsize length = take_integer (reader);
      const guint8 *text = take (reader, length);

      if (text == NULL)
        return;
      if (problems->messages == NULL)
        problems->messages = g_ptr_array_new_with_free_func (g_free);
      if (problems->messages->len < FOVEA_CONCEPT_MAX_MESSAGES)
        g_ptr_array_add (problems->messages, g_strndup ((const char *) text, length));
    }
}

static void
take_map (Reader *reader,
          FoveaConceptMasks *masks)
{
  gsize n_pixels = (gsize) masks->width * masks->height, filled = 0;
  guint category = take_integer (reader), n_runs = take_integer (reader);
  guint16 *labels = fovea_concept_masks_add_map (masks, category);

  if (labels == NULL)
    {
      reader->failed = TRUE;
      return;
    }
  if (n_runs == 0)
    {
      const guint8 *bytes = take (reader, n_pixels * 2);

      if (bytes != NULL)
        memcpy (labels, bytes, n_pixels * 2);
      return;
    }
  for (guint i = 0; i < n_runs && !reader->failed; i++)
    {
      guint label = take_integer (reader);
      gsize length = take_integer (reader);

      if (length > n_pixels - filled)
        {
          reader->failed = TRUE;
          return;
        }
      for (gsize j = 0; j < length; j++)
        labels[filled++] = (guint16) label;
    }
}

/* Whether they can belong to the set. */
static gboolean
are_valid (const FoveaDissectSpill *self,
           const FoveaConceptMasks *masks)
{
  gsize n_pixels = (gsize) masks->width * masks->height;

  for (guint i = 0; i < masks->n_labels; i++)
    if (masks->labels[i].category >= self->n_categories || masks->labels[i].concept >= self->n_concepts)
      return FALSE;
  for (guint i = 0; i < masks->n_maps; i++)
    {
      guint largest = 0;

      for (gsize j = 0; j < n_pixels; j++)
        largest = MAX (largest, masks->maps[i].labels[j]);
      if (masks->maps[i].category >= self->n_categories || largest > self->n_concepts)
        return FALSE;
    }
  return TRUE;
}

static FoveaConceptMasks *
take_masks (const FoveaDissectSpill *self,
            Reader *reader)
{
  guint width = take_integer (reader), height = take_integer (reader), n_labels = take_integer (reader), n_maps = take_integer (reader);
  g_autoptr (FoveaConceptMasks) masks = NULL;

  if (reader->failed || width == 0 || height == 0 || n_labels > reader->n_left || n_maps > reader->n_left)
    return NULL;
  masks = fovea_concept_masks_new (width, height, n_maps, n_labels, NULL);
  for (guint i = 0; masks != NULL && i < n_labels; i++)
    {
      guint category = take_integer (reader), concept = take_integer (reader);

      fovea_concept_masks_add_label (masks, category, concept);
    }
  for (guint i = 0; masks != NULL && i < n_maps && !reader->failed; i++)
    take_map (reader, masks);
  return reader->failed || masks == NULL || !are_valid (self, masks) ? NULL : g_steal_pointer (&masks);
}

/**
 * fovea_dissect_spill_read:
 * @record: less than the number of records
 * @activations: (out caller-allocates): what is there
 * @masks: (out) (transfer full) (nullable): the masks; %NULL where the image could not be used
 * @problems: what is to be said about it is added
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_IO for a damaged file
 *
 * Returns: whether the record was read
 */
gboolean
fovea_dissect_spill_read (FoveaDissectSpill *self,
                          gsize record,
                          float *activations,
                          FoveaConceptMasks **masks,
                          FoveaConceptProblems *problems,
                          GError **error)
{
  guint64 offset = g_array_index (self->offsets, guint64, record);
  Header header;
  Reader reader;

  *masks = NULL;
  if (!read_at (self, offset, &header, sizeof header))
    return set_io_error (self, "cannot be read", error);
  g_byte_array_set_size (self->details, header.n_detail_bytes);
  if (!read_at (self, offset + sizeof header, self->details->data, header.n_detail_bytes)
      || (header.has_activations
          && !read_at (self, offset + sizeof header + header.n_detail_bytes, activations, self->n_activations * sizeof (float))))
    return set_io_error (self, "cannot be read", error);

  reader = (Reader) { .bytes = self->details->data, .n_left = header.n_detail_bytes };
  take_problems (&reader, problems);
  if (header.has_activations)
    *masks = take_masks (self, &reader);
  if (reader.failed || (header.has_activations && *masks == NULL))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: this file of activations is damaged; remove it", self->path != NULL ? self->path : "temporary file");
      return FALSE;
    }
  return TRUE;
}
