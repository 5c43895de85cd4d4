/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/stamp.h"

#include <string.h>

#include "engine/images/decode.h"
#include "engine/images/drawn-shape.h"
#include "engine/images/stamp-list.h"
#include "engine/read-file.h"

#define MAX_STAMP_BYTES (16 << 20)

/* So many pixels along each edge of a frayed stamp's file are not looked at. */
#define FRAYED_EDGE 2

/* No scene shows a stamp larger; what is, is halved once when it is read. */
#define MAX_SIDE 640

/* Of each drawn shape there are so many, in different colours. */
#define COLORS_PER_SHAPE 4

struct _FoveaStamps {
  gatomicrefcount references;
  char *folder;
  GArray *stamps;    /* FoveaStamp */
  guint n_missing;
  gboolean is_drawn; /* the stamps are shapes, in order, each in all its colours */
  char *fingerprint;
  GMutex *locks;     /* one a stamp, for its pixels */
  FoveaStampPixels **pixels;
};

static void
clear_part (gpointer data)
{
  g_free (((FoveaStampPart *) data)->name);
}

static void
clear_stamp (gpointer data)
{
  FoveaStamp *stamp = data;

  g_free (stamp->class_name);
  g_free (stamp->object);
  g_free (stamp->file);
  g_strfreev (stamp->settings);
  g_clear_pointer (&stamp->parts, g_array_unref);
}

static void
free_pixels (FoveaStampPixels *pixels)
{
  while (pixels != NULL)
    {
      FoveaStampPixels *half = pixels->half;

      g_free (pixels->pixels);
      g_free (pixels);
      pixels = half;
    }
}

static gboolean
parse_flags (const char *text,
             FoveaStampFlags *flags)
{
  static const char *const names[] = { "flies", "floats", "flat", "turns", "leans", "fixed", "frayed" };
  g_auto (GStrv) words = g_strsplit (g_strcmp0 (text, "-") == 0 ? "" : text, ",", -1);

  *flags = 0;
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint k = 0;

      while (k < G_N_ELEMENTS (names) && strcmp (names[k], words[i]) != 0)
        k++;
      if (k == G_N_ELEMENTS (names))
        return FALSE;
      *flags |= 1u << k;
    }
  return TRUE;
}

static gboolean
parse_part (const char *text,
            GArray *parts)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint n = g_strv_length (words);
  guint64 box[4];
  FoveaStampPart part;

  if (n < 5)
    return FALSE;
  for (guint k = 0; k < 4; k++)
    if (!g_ascii_string_to_unsigned (words[n - 4 + k], 10, 0, 1000, &box[k], NULL))
      return FALSE;
  if (box[0] >= box[2] || box[1] >= box[3])
    return FALSE;

  g_clear_pointer (&words[n - 4], g_free);
  part = (FoveaStampPart) {
    .name = g_strjoinv (" ", words),
    .left = (float) box[0] / 1000, .top = (float) box[1] / 1000, .right = (float) box[2] / 1000, .bottom = (float) box[3] / 1000,
  };
  for (guint k = n - 3; k < n; k++)
    g_clear_pointer (&words[k], g_free);
  g_array_append_val (parts, part);
  return TRUE;
}

static gboolean
parse_parts (const char *text,
             GArray *parts)
{
  g_auto (GStrv) texts = g_strsplit (g_strcmp0 (text, "-") == 0 ? "" : text, ";", -1);

  for (guint i = 0; texts[i] != NULL; i++)
    if (!parse_part (g_strstrip (texts[i]), parts))
      return FALSE;
  return TRUE;
}

/* Files outside the folder are not ours to read. */
static gboolean
is_inside (const char *file)
{
  return file[0] != '\0' && file[0] != '/' && strstr (file, "..") == NULL;
}

/* Returns what is wrong with the line, or NULL. */
static const char *
parse_line (const char *const *fields,
            FoveaStamp *stamp)
{
  double size;

  stamp->parts = g_array_new (FALSE, FALSE, sizeof (FoveaStampPart));
  g_array_set_clear_func (stamp->parts, clear_part);
  if (g_strv_length ((char **) fields) != 7)
    return "does not have seven columns";
  stamp->class_name = g_strdup (fields[0]);
  stamp->object = g_strdup (fields[1]);
  stamp->file = g_strdup (fields[2]);
  stamp->settings = g_strsplit (fields[3], ",", -1);
  size = g_ascii_strtod (fields[4], NULL);
  stamp->size = (float) size;
  if (fields[0][0] == '\0' || fields[1][0] == '\0' || fields[3][0] == '\0')
    return "has an empty column";
  if (!is_inside (stamp->file))
    return "names a file outside the folder of stamps";
  if (!(size > 0 && size <= 1))
    return "has a size that is not between 0 and 1";
  if (!parse_flags (fields[5], &stamp->flags))
    return "has an unknown flag";
  if (!parse_parts (fields[6], stamp->parts))
    return "has a part that is not a name and four numbers up to 1000, left of right and top above bottom";
  return NULL;
}

/* Adds the line's stamp, or counts it where its file is not there. */
static const char *
add_line (const char *const *fields,
          gpointer data)
{
  FoveaStamps *self = data;
  FoveaStamp stamp = { 0 };
  const char *wrong = parse_line (fields, &stamp);
  g_autofree char *path = wrong == NULL ? g_build_filename (self->folder, stamp.file, NULL) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_array_append_val (self->stamps, stamp);
      return NULL;
    }
  clear_stamp (&stamp);
  self->n_missing += wrong == NULL;
  return wrong;
}

/* The pixels themselves, so that another version of the package counts as other images. */
static void
add_files (const FoveaStamps *self,
           GChecksum *checksum)
{
  for (guint i = 0; i < self->stamps->len; i++)
    {
      const FoveaStamp *stamp = fovea_stamps_get_stamp (self, i);
      g_autofree char *path = g_build_filename (self->folder, stamp->file, NULL);
      g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_STAMP_BYTES, NULL);

      g_checksum_update (checksum, (const guchar *) stamp->file, -1);
      if (bytes != NULL)
        g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
    }
}

/* What serves where there is not one photograph. */
static void
add_drawn_shapes (FoveaStamps *self)
{
  self->is_drawn = TRUE;
  for (guint i = 0; i < fovea_drawn_shape_get_n_shapes () * COLORS_PER_SHAPE; i++)
    {
      const char *name = fovea_drawn_shape_get_name (i / COLORS_PER_SHAPE);
      FoveaStamp stamp = {
        .class_name = g_strdup (name), .object = g_strdup (name), .file = g_strdup_printf ("%s %u", name, i % COLORS_PER_SHAPE + 1),
        .settings = g_strsplit ("table,room,yard,wall,field", ",", -1), .size = 0.6f, .flags = 0,
        .parts = g_array_new (FALSE, FALSE, sizeof (FoveaStampPart)),
      };

      g_array_append_val (self->stamps, stamp);
    }
}

/**
 * fovea_stamps_open:
 * @list: the list's path, such as Fovea's `stamps/stamps.tsv`
 * @folder: (nullable): where the files are
 * @error: %FOVEA_ERROR_FORMAT with the line where the list is wrong, or as fovea_read_file()
 *
 * Stamps whose files are missing are left out and counted. Where all are, as without a folder, drawn
 * shapes take their place.
 *
 * Returns: (transfer full): the stamps, or %NULL
 */
FoveaStamps *
fovea_stamps_open (const char *list,
                   const char *folder,
                   GError **error)
{
  g_autoptr (FoveaStamps) self = g_new0 (FoveaStamps, 1);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_return_val_if_fail (list != NULL, NULL);

  g_atomic_ref_count_init (&self->references);
  self->folder = g_strdup (folder != NULL ? folder : "/nonexistent");
  self->stamps = g_array_new (FALSE, FALSE, sizeof (FoveaStamp));
  g_array_set_clear_func (self->stamps, clear_stamp);
  if (!fovea_stamp_list_read (list, checksum, add_line, self, error))
    return NULL;

  if (self->stamps->len > 0)
    add_files (self, checksum);
  else
    add_drawn_shapes (self);
  self->fingerprint = g_strdup (g_checksum_get_string (checksum));
  self->locks = g_new0 (GMutex, self->stamps->len);
  self->pixels = g_new0 (FoveaStampPixels *, self->stamps->len);
  return g_steal_pointer (&self);
}

/**
 * fovea_stamps_ref:
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
FoveaStamps *
fovea_stamps_ref (FoveaStamps *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * fovea_stamps_unref:
 *
 * Any thread.
 */
void
fovea_stamps_unref (FoveaStamps *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; self->pixels != NULL && i < self->stamps->len; i++)
    {
      free_pixels (self->pixels[i]);
      g_mutex_clear (&self->locks[i]);
    }
  g_free (self->pixels);
  g_free (self->locks);
  g_clear_pointer (&self->stamps, g_array_unref);
  g_free (self->folder);
  g_free (self->fingerprint);
  g_free (self);
}

guint
fovea_stamps_get_n_stamps (const FoveaStamps *self)
{
  return self->stamps->len;
}

const FoveaStamp *
fovea_stamps_get_stamp (const FoveaStamps *self,
                        guint stamp)
{
  g_return_val_if_fail (stamp < self->stamps->len, NULL);

  return &g_array_index (self->stamps, FoveaStamp, stamp);
}

/**
 * fovea_stamps_get_n_missing:
 *
 * Returns: how many stamps of the list have no file
 */
guint
fovea_stamps_get_n_missing (const FoveaStamps *self)
{
  return self->n_missing;
}

/**
 * fovea_stamps_get_fingerprint:
 *
 * Returns: 64 hexadecimal digits that differ when the list or any of the files does
 */
const char *
fovea_stamps_get_fingerprint (const FoveaStamps *self)
{
  return self->fingerprint;
}

static FoveaStampPixels *
new_pixels (guint width,
            guint height)
{
  FoveaStampPixels *pixels = g_new0 (FoveaStampPixels, 1);

  pixels->width = width;
  pixels->height = height;
  pixels->pixels = g_malloc_n ((gsize) width * height, 4);
  return pixels;
}

/* The box that holds every pixel which can be seen; FALSE where none can. */
static gboolean
find_visible (const guint8 *rgba,
              guint width,
              guint height,
              guint *left,
              guint *top,
              guint *right,
              guint *bottom)
{
  *left = width, *top = height, *right = 0, *bottom = 0;
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        if (rgba[4 * ((gsize) y * width + x) + 3] < 24)
          continue;
        *left = MIN (*left, x), *right = MAX (*right, x + 1);
        *top = MIN (*top, y), *bottom = MAX (*bottom, y + 1);
      }
  return *right > 0;
}

static FoveaStampPixels *
crop_and_multiply (const guint8 *rgba,
                   guint width,
                   guint height)
{
  guint left, top, right, bottom;
  FoveaStampPixels *result;
  guint8 *to;

  if (!find_visible (rgba, width, height, &left, &top, &right, &bottom))
    return NULL;
  result = new_pixels (right - left, bottom - top);
  to = result->pixels;
  for (guint y = top; y < bottom; y++)
    for (guint x = left; x < right; x++, to += 4)
      {
        const guint8 *from = rgba + 4 * ((gsize) y * width + x);

        for (guint k = 0; k < 3; k++)
          to[k] = (guint8) ((from[k] * from[3] + 127) / 255);
        to[3] = from[3];
      }
  return result;
}

/* Means of 2×2 pixels; at the right and lower edge, of those that there are. */
static FoveaStampPixels *
halve (const FoveaStampPixels *pixels)
{
  guint width = (pixels->width + 1) / 2, height = (pixels->height + 1) / 2;
  FoveaStampPixels *half = new_pixels (width, height);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      for (guint k = 0; k < 4; k++)
        {
          guint x1 = MIN (2 * x + 1, pixels->width - 1), y1 = MIN (2 * y + 1, pixels->height - 1);
          const guint8 *p = pixels->pixels;
          gsize stride = pixels->width;
          guint sum = p[4 * (2 * y * stride + 2 * x) + k] + p[4 * (2 * y * stride + x1) + k] + p[4 * (y1 * stride + 2 * x) + k] + p[4 * (y1 * stride + x1) + k];

          half->pixels[4 * ((gsize) y * width + x) + k] = (guint8) ((sum + 2) / 4);
        }
  return half;
}

/* Adds the smaller versions. */
static FoveaStampPixels *
prepare (FoveaStampPixels *pixels)
{
  while (MAX (pixels->width, pixels->height) > MAX_SIDE)
    {
      FoveaStampPixels *half = halve (pixels);

      free_pixels (pixels);
      pixels = half;
    }
  for (FoveaStampPixels *last = pixels; MIN (last->width, last->height) > 8; last = last->half)
    last->half = halve (last);
  return pixels;
}

static FoveaStampPixels *
draw (guint stamp)
{
  g_autofree guint8 *rgba = g_malloc (FOVEA_DRAWN_SHAPE_SIZE * FOVEA_DRAWN_SHAPE_SIZE * 4);

  FoveaStampPixels *pixels;

  fovea_drawn_shape_draw (stamp / COLORS_PER_SHAPE, stamp, rgba);
  pixels = crop_and_multiply (rgba, FOVEA_DRAWN_SHAPE_SIZE, FOVEA_DRAWN_SHAPE_SIZE);
  g_assert (pixels != NULL);
  return prepare (pixels);
}

/* Some files have specks of something else along their edges. */
static void
clear_edges (guint8 *rgba,
             guint width,
             guint height)
{
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      if (x < FRAYED_EDGE || y < FRAYED_EDGE || x + FRAYED_EDGE >= width || y + FRAYED_EDGE >= height)
        rgba[4 * ((gsize) y * width + x) + 3] = 0;
}

static FoveaStampPixels *
decode (const char *path,
        FoveaStampFlags flags,
        GError **error)
{
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_STAMP_BYTES, error);
  g_autofree guint8 *rgba = NULL;
  FoveaStampPixels *pixels;
  guint width, height;

  if (bytes == NULL)
    return NULL;
  rgba = fovea_decode_png_with_alpha (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), path, &width, &height, error);
  if (rgba == NULL)
    return NULL;
  if ((flags & FOVEA_STAMP_FRAYED) != 0)
    clear_edges (rgba, width, height);
  pixels = crop_and_multiply (rgba, width, height);
  if (pixels == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s: this stamp is transparent all over", path);
      return NULL;
    }
  return prepare (pixels);
}

/**
 * fovea_stamps_load:
 * @error: %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_TOO_LARGE, %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_IO
 *
 * Any thread. The file is read once.
 *
 * Returns: (transfer none): the stamp's picture, valid as long as @self is; or %NULL
 */
const FoveaStampPixels *
fovea_stamps_load (FoveaStamps *self,
                   guint stamp,
                   GError **error)
{
  const FoveaStampPixels *pixels;

  g_return_val_if_fail (stamp < self->stamps->len, NULL);

  g_mutex_lock (&self->locks[stamp]);
  if (self->pixels[stamp] == NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, fovea_stamps_get_stamp (self, stamp)->file, NULL);

      self->pixels[stamp] = self->is_drawn ? draw (stamp) : decode (path, fovea_stamps_get_stamp (self, stamp)->flags, error);
    }
  pixels = self->pixels[stamp];
  g_mutex_unlock (&self->locks[stamp]);
  return pixels;
}

/**
 * fovea_stamps_find_folder:
 *
 * Returns: (transfer full) (nullable): where Debian's package `tuxpaint-stamps-default`, or the same
 *   under another prefix, has its stamps; %NULL where it is not installed
 */
char *
fovea_stamps_find_folder (void)
{
  const char *const *folders = g_get_system_data_dirs ();

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *folder = g_build_filename (folders[i], "tuxpaint", "stamps", NULL);

      if (g_file_test (folder, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&folder);
    }
  return NULL;
}
