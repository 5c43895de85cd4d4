/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/scan-private.h"

#include <math.h>
#include <string.h>

/* To be counted up whenever what is written means something else. */
#define VERSION 2

/* Numbers as they lie in memory: the store does not leave the machine. */
static void
write_bytes (GByteArray *to,
             gconstpointer data,
             gsize size)
{
  g_byte_array_append (to, data, (guint) size);
}

static void
write_number (GByteArray *to,
              guint64 number)
{
  write_bytes (to, &number, sizeof number);
}

/* Seven bits a byte, the lowest first, all but the last with the highest bit set. Returns where it ends. */
static guint8 *
write_short (guint8 *to,
             guint32 number)
{
  for (; number >= 0x80; number >>= 7)
    *to++ = (guint8) (number | 0x80);
  *to++ = (guint8) number;
  return to;
}

/* How many places the channel's histogram reaches over, beginning with @first. */
static guint
get_extent (const FoveaScanTally *tally,
            gint64 *first)
{
  *first = (gint64) floorf (ldexpf (tally->minimum, -tally->exponent));
  return tally->n_valid > 0 ? (guint) ((gint64) floorf (ldexpf (tally->maximum, -tally->exponent)) - *first + 1) : 0;
}

/* The counts from the minimum's place on; a run of zeros as a zero and its length. */
static void
write_histogram (GByteArray *to,
                 const FoveaScanTally *tally,
                 const guint32 *counts)
{
  /* Five bytes hold a count; a run of zeros takes a byte more than its places need. */
  guint8 bytes[FOVEA_SCAN_PLACES * 6], *end = bytes;
  gint64 first;
  guint n_places = get_extent (tally, &first);

  for (guint i = 0; i < n_places; i++)
    {
      guint n_zeros = 0;

      while (i < n_places && counts[(guint64) (first + i) % FOVEA_SCAN_PLACES] == 0)
        {
          n_zeros++;
          i++;
        }
      if (n_zeros > 0)
        {
          end = write_short (end, 0);
          end = write_short (end, n_zeros);
        }
      if (i < n_places)
        end = write_short (end, counts[(guint64) (first + i) % FOVEA_SCAN_PLACES]);
    }
  write_bytes (to, bytes, (gsize) (end - bytes));
}

/* What the scan was made for; a state of anything else is not taken. */
static void
get_head (const FoveaScan *self,
          guint64 head[9])
{
  const guint64 numbers[9] = {
    VERSION, self->n_channels, self->height, self->width, self->options.n_top, self->options.hits_per_image,
    self->n_images, self->n_classes, self->means_step,
  };

  memcpy (head, numbers, sizeof numbers);
}

/**
 * fovea_scan_encode:
 *
 * Returns: (transfer full): all of the scan but the images' means, for fovea_scan_decode()
 */
GBytes *
fovea_scan_encode (const FoveaScan *self)
{
  GByteArray *to = g_byte_array_new ();
  guint64 head[9];

  get_head (self, head);
  write_bytes (to, head, sizeof head);
  write_number (to, self->n_done);
  write_bytes (to, self->tallies, self->n_channels * sizeof *self->tallies);
  for (guint c = 0; c < self->n_channels; c++)
    {
      write_bytes (to, self->hits + (gsize) c * self->options.n_top, self->tallies[c].n_hits * sizeof *self->hits);
      write_histogram (to, &self->tallies[c], self->counts + (gsize) c * FOVEA_SCAN_PLACES);
    }
  write_bytes (to, self->class_counts, self->n_classes * sizeof *self->class_counts);
  write_bytes (to, self->class_sums, (gsize) self->n_classes * self->n_channels * sizeof *self->class_sums);
  write_number (to, self->unreadable->len);
  write_bytes (to, self->unreadable->data, self->unreadable->len * sizeof (guint32));
  for (guint i = 0; i < self->reasons->len; i++)
    write_bytes (to, self->reasons->pdata[i], strlen (self->reasons->pdata[i]) + 1);
  return g_byte_array_free_to_bytes (to);
}

typedef struct {
  const guint8 *data;
  gsize left;
} Reader;

static gboolean
read_bytes (Reader *from,
            gpointer data,
            gsize size)
{
  if (size > from->left)
    return FALSE;
  if (size > 0)
    memcpy (data, from->data, size);
  from->data += size;
  from->left -= size;
  return TRUE;
}

static gboolean
read_short (Reader *from,
            guint32 *number)
{
  *number = 0;
  for (guint shift = 0; shift < 35; shift += 7)
    {
      guint8 byte;

      if (!read_bytes (from, &byte, 1))
        return FALSE;
      *number |= (guint32) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_histogram (Reader *from,
                const FoveaScanTally *tally,
                guint32 *counts)
{
  gint64 first;
  guint n_places = get_extent (tally, &first);

  for (guint i = 0; i < n_places;)
    {
      guint32 number, n_zeros;

      if (!read_short (from, &number))
        return FALSE;
      if (number > 0)
        counts[(guint64) (first + i++) % FOVEA_SCAN_PLACES] = number;
      else if (read_short (from, &n_zeros) && n_zeros <= n_places - i)
        i += n_zeros;
      else
        return FALSE;
    }
  return TRUE;
}

/* Whether numbers that become sizes and indices later are what a scan could have left. */
static gboolean
check_tally (const FoveaScan *self,
             const FoveaScanTally *tally)
{
  gint64 first;

  if (tally->n_hits > self->options.n_top || tally->n_valid > self->n_done || !isfinite (tally->minimum) || !isfinite (tally->maximum)
      || tally->minimum > tally->maximum || ABS ((gint64) tally->exponent) > 200
      || fabsf (ldexpf (tally->minimum, -tally->exponent)) > 1e9f || fabsf (ldexpf (tally->maximum, -tally->exponent)) > 1e9f)
    return FALSE;
  return get_extent (tally, &first) <= FOVEA_SCAN_PLACES;
}

static gboolean
check_hits (const FoveaScan *self,
            const FoveaScanHit *hits,
            guint n_hits)
{
  for (guint i = 0; i < n_hits; i++)
    if (hits[i].image >= self->n_done || hits[i].y >= self->height || hits[i].x >= self->width)
      return FALSE;
  return TRUE;
}

static gboolean
read_unreadable (FoveaScan *self,
                 Reader *from)
{
  guint64 n;

  if (!read_bytes (from, &n, sizeof n) || n > self->n_done || n * sizeof (guint32) > from->left)
    return FALSE;
  g_array_set_size (self->unreadable, (guint) n);
  read_bytes (from, self->unreadable->data, n * sizeof (guint32));
  for (guint i = 0; i < n; i++)
    if (g_array_index (self->unreadable, guint32, i) >= self->n_images)
      return FALSE;
  for (guint i = 0; i < MIN (n, FOVEA_SCAN_MAX_REASONS); i++)
    {
      const guint8 *end = from->left > 0 ? memchr (from->data, '\0', from->left) : NULL;

      if (end == NULL || !g_utf8_validate ((const char *) from->data, -1, NULL))
        return FALSE;
      g_ptr_array_add (self->reasons, g_strdup ((const char *) from->data));
      from->left -= (gsize) (end + 1 - from->data);
      from->data = end + 1;
    }
  return from->left == 0;
}

/**
 * fovea_scan_decode:
 * @self: a new scan of the same kind; on failure it is spoilt
 * @state: what fovea_scan_encode() made
 * @rows: the images' means, at least those of the images that the state has gone through
 *
 * Returns: whether both are sound and belong to such a scan
 */
gboolean
fovea_scan_decode (FoveaScan *self,
                   GBytes *state,
                   GBytes *rows)
{
  Reader from = { 0 };
  guint64 head[9], expected[9], n_done;
  gsize n_row_bytes;

  from.data = g_bytes_get_data (state, &from.left);
  get_head (self, expected);
  if (!read_bytes (&from, head, sizeof head) || memcmp (head, expected, sizeof head) != 0
      || !read_bytes (&from, &n_done, sizeof n_done) || n_done > self->n_images
      || !read_bytes (&from, self->tallies, self->n_channels * sizeof *self->tallies))
    return FALSE;
  self->n_done = n_done;
  for (guint c = 0; c < self->n_channels; c++)
    {
      FoveaScanHit *hits = self->hits + (gsize) c * self->options.n_top;

      if (!check_tally (self, &self->tallies[c])
          || !read_bytes (&from, hits, self->tallies[c].n_hits * sizeof *hits)
          || !check_hits (self, hits, self->tallies[c].n_hits)
          || !read_histogram (&from, &self->tallies[c], self->counts + (gsize) c * FOVEA_SCAN_PLACES))
        return FALSE;
    }
  if (!read_bytes (&from, self->class_counts, self->n_classes * sizeof *self->class_counts)
      || !read_bytes (&from, self->class_sums, (gsize) self->n_classes * self->n_channels * sizeof *self->class_sums)
      || !read_unreadable (self, &from))
    return FALSE;

  self->n_rows_stored = (n_done + self->means_step - 1) / self->means_step;
  n_row_bytes = self->n_rows_stored * self->n_channels * sizeof (float);
  if (g_bytes_get_size (rows) < n_row_bytes)
    return FALSE;
  g_array_append_vals (self->means, g_bytes_get_data (rows, NULL), (guint) (n_row_bytes / sizeof (float)));
  return TRUE;
}
