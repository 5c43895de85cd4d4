/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/dissection-store.h"

#include <string.h>

#include <gio/gio.h>

#include "engine/analysis/dissect-private.h"
#include "engine/store-scan.h"

/* To be counted up whenever the bytes look different, or the same images come out as other counts. */
#define VERSION "fovea-dissection-1"

/* Counts that are put are unpacked to at most this much. */
#define MAX_UNPACKED_SIZE ((gsize) 2 << 30)

/* Seven bits a byte, the lowest first; most counts are small. */
static void
append_count (GByteArray *bytes,
              guint64 value)
{
  guint8 buffer[10];
  guint n = 0;

  do
    {
      buffer[n] = (guint8) (value & 0x7f);
      value >>= 7;
      if (value > 0)
        buffer[n] |= 0x80;
      n++;
    }
  while (value > 0);
  g_byte_array_append (bytes, buffer, n);
}

static void
append_counts (GByteArray *bytes,
               const guint64 *values,
               gsize n)
{
  for (gsize i = 0; i < n; i++)
    append_count (bytes, values[i]);
}

static void
append_text (GByteArray *bytes,
             const char *text)
{
  append_count (bytes, strlen (text));
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
}

/* The store's file does not leave the machine, so numbers lie in its order of bytes. */
static void
append_raw (GByteArray *bytes,
            gconstpointer data,
            gsize size)
{
  g_byte_array_append (bytes, data, (guint) size);
}

static GBytes *
convert (GConverter *converter,
         gconstpointer data,
         gsize size,
         GError **error)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);

  if (!g_output_stream_write_all (stream, data, size, NULL, NULL, error) || !g_output_stream_close (stream, NULL, error))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/**
 * fovea_dissection_serialize:
 * @error: %FOVEA_ERROR_TOO_LARGE, `G_IO_ERROR`
 *
 * Returns: (transfer full): everything in it, packed, or %NULL
 */
GBytes *
fovea_dissection_serialize (const FoveaDissection *self,
                            GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 1);
  gsize n_intersections = (gsize) self->n_channels * self->n_concepts * self->n_quantiles;
  guint n_messages = self->problems.messages != NULL ? self->problems.messages->len : 0;

  if (n_intersections > MAX_UNPACKED_SIZE / 10)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "the counts of %u channels and %u concepts are too many to be stored", self->n_channels, self->n_concepts);
      return NULL;
    }
  append_text (bytes, VERSION);
  append_count (bytes, self->n_channels);
  append_count (bytes, self->n_categories);
  append_count (bytes, self->n_concepts);
  append_count (bytes, self->n_quantiles);
  append_count (bytes, self->n_top);
  append_count (bytes, self->n_images);
  append_raw (bytes, self->quantiles, self->n_quantiles * sizeof (double));
  for (guint i = 0; i < self->n_categories; i++)
    append_text (bytes, self->categories[i]);
  for (guint i = 0; i < self->n_concepts; i++)
    {
      append_count (bytes, self->concepts[i].number);
      append_count (bytes, self->concepts[i].category);
      append_text (bytes, self->concepts[i].name);
    }
  append_raw (bytes, self->thresholds, (gsize) self->n_channels * self->n_quantiles * sizeof (double));
  append_raw (bytes, self->top_images, (gsize) self->n_channels * self->n_top * sizeof (guint32));
  append_raw (bytes, self->top_activations, (gsize) self->n_channels * self->n_top * sizeof (float));
  append_counts (bytes, self->truths, self->n_concepts);
  append_counts (bytes, self->areas, (gsize) FOVEA_DISSECT_N_AREAS * self->n_channels * self->n_categories * self->n_quantiles);
  append_counts (bytes, self->intersections, n_intersections);
  append_counts (bytes, self->problems.counts, FOVEA_CONCEPT_N_PROBLEMS);
  append_count (bytes, n_messages);
  for (guint i = 0; i < n_messages; i++)
    append_text (bytes, self->problems.messages->pdata[i]);
  return convert (G_CONVERTER (compressor), bytes->data, bytes->len, error);
}

typedef struct {
  const guint8 *bytes;
  gsize n_left;
  gboolean failed;
} Reader;

static void
take_raw (Reader *reader,
          gpointer data,
          gsize size)
{
  if (size > reader->n_left)
    {
      reader->failed = TRUE;
      return;
    }
  memcpy (data, reader->bytes, size);
  reader->bytes += size;
  reader->n_left -= size;
}

static guint64
take_count (Reader *reader)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64; shift += 7)
    {
      guint8 byte = 0;

      take_raw (reader, &byte, 1);
      value |= (guint64) (byte & 0x7f) << shift;
      if (!(byte & 0x80))
        return value;
    }
  reader->failed = TRUE;
  return 0;
}

static guint
take_small (Reader *reader,
            guint max)
{
  guint64 value = take_count (reader);

  if (value > max)
    reader->failed = TRUE;
  return reader->failed ? 0 : (guint) value;
}

static void
take_counts (Reader *reader,
             guint64 *values,
             gsize n)
{
  for (gsize i = 0; i < n && !reader->failed; i++)
    values[i] = take_count (reader);
}

static char *
take_text (Reader *reader)
{
  gsize size = (gsize) take_count (reader);
  char *text;

  if (reader->failed || size > reader->n_left)
    {
      reader->failed = TRUE;
      return g_strdup ("");
    }
  text = g_strndup ((const char *) reader->bytes, size);
  reader->bytes += size;
  reader->n_left -= size;
  if (!g_utf8_validate (text, -1, NULL))
    reader->failed = TRUE;
  return text;
}

/* What comes after the sizes. */
static void
take_contents (Reader *reader,
               FoveaDissection *self)
{
  guint n_messages;

  take_raw (reader, self->quantiles, self->n_quantiles * sizeof (double));
  for (guint i = 0; i < self->n_categories; i++)
    self->categories[i] = take_text (reader);
  for (guint i = 0; i < self->n_concepts; i++)
    {
      self->concepts[i].number = take_small (reader, G_MAXUINT16);
      self->concepts[i].category = take_small (reader, self->n_categories - 1);
      self->concepts[i].name = take_text (reader);
    }
  take_raw (reader, self->thresholds, (gsize) self->n_channels * self->n_quantiles * sizeof (double));
  take_raw (reader, self->top_images, (gsize) self->n_channels * self->n_top * sizeof (guint32));
  take_raw (reader, self->top_activations, (gsize) self->n_channels * self->n_top * sizeof (float));
  take_counts (reader, self->truths, self->n_concepts);
  take_counts (reader, self->areas, (gsize) FOVEA_DISSECT_N_AREAS * self->n_channels * self->n_categories * self->n_quantiles);
  take_counts (reader, self->intersections, (gsize) self->n_channels * self->n_concepts * self->n_quantiles);
  take_counts (reader, self->problems.counts, FOVEA_CONCEPT_N_PROBLEMS);
  n_messages = take_small (reader, FOVEA_CONCEPT_MAX_MESSAGES);
  if (n_messages > 0)
    self->problems.messages = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_messages; i++)
    g_ptr_array_add (self->problems.messages, take_text (reader));
}

/**
 * fovea_dissection_deserialize:
 * @bytes: what fovea_dissection_serialize() gave
 * @error: %FOVEA_ERROR_FORMAT for what is damaged or comes from another version
 *
 * Returns: (transfer full): the dissection, or %NULL
 */
FoveaDissection *
fovea_dissection_deserialize (GBytes *bytes,
                              GError **error)
{
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  gsize size;
  gconstpointer packed = g_bytes_get_data (bytes, &size);
  g_autoptr (GBytes) unpacked = convert (G_CONVERTER (decompressor), packed, size, NULL);
  g_autoptr (FoveaDissection) self = NULL;
  Reader reader = { .failed = unpacked == NULL };

  if (unpacked != NULL)
    {
      g_autofree char *version = NULL;
      guint n_channels, n_categories, n_concepts, n_quantiles, n_top;
      guint64 n_images;

      reader.bytes = g_bytes_get_data (unpacked, &reader.n_left);
      version = take_text (&reader);
      n_channels = take_small (&reader, G_MAXINT);
      n_categories = take_small (&reader, G_MAXUINT16);
      n_concepts = take_small (&reader, FOVEA_CONCEPT_SET_MAX_CONCEPTS);
      n_quantiles = take_small (&reader, FOVEA_DISSECT_MAX_QUANTILES);
      n_top = take_small (&reader, FOVEA_DISSECT_N_TOP_IMAGES);
      n_images = take_count (&reader);
      reader.failed |= !g_str_equal (version, VERSION) || n_channels == 0 || n_categories == 0 || n_quantiles == 0
                       || (guint64) n_channels * n_concepts * n_quantiles > reader.n_left;
      if (!reader.failed)
        self = fovea_dissection_new (n_channels, n_categories, n_concepts, n_quantiles, n_top, NULL);
      if (self != NULL)
        {
          self->n_images = (gsize) n_images;
          take_contents (&reader, self);
        }
    }
  if (self != NULL && !reader.failed && reader.n_left == 0)
    return g_steal_pointer (&self);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "a stored dissection is damaged or from another version");
  return NULL;
}

/* What else tells one dissection from another. */
static char *
describe_options (const FoveaDissectOptions *options)
{
  GString *text = g_string_new (VERSION);

  g_string_append_printf (text, " alignment=%d quantiles=", options->alignment);
  for (guint i = 0; i < options->n_quantiles; i++)
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%s,", g_ascii_dtostr (buffer, sizeof buffer, options->quantiles[i]));
    }
  return g_string_free (text, FALSE);
}

static gboolean
has_sha256 (const FoveaNetwork *network)
{
  const char *sha256 = fovea_network_get_sha256 (network);

  return sha256 != NULL && sha256[0] != '\0';
}

/**
 * fovea_dissection_put:
 * @dissection: what was counted
 * @network, @layer, @set, @options: of what, and how
 * @store: where it is put
 * @error: as fovea_dissection_serialize() and fovea_store_put_scans()
 *
 * A dissection is kept among the scans, under options that no scan has. A network that does not come
 * from a file is not kept. Any thread.
 *
 * Returns: whether it was put
 */
gboolean
fovea_dissection_put (const FoveaDissection *dissection,
                      const FoveaNetwork *network,
                      int layer,
                      const FoveaConceptSet *set,
                      const FoveaDissectOptions *options,
                      FoveaStore *store,
                      GError **error)
{
  g_autofree char *recipe = describe_options (options);
  g_autoptr (GBytes) state = NULL;
  FoveaStoredScan scan = {
    .network = fovea_network_get_sha256 (network),
    .images = fovea_concept_set_get_fingerprint (set),
    .layer = fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name,
    .options = recipe,
  };

  if (!has_sha256 (network))
    return TRUE;
  state = fovea_dissection_serialize (dissection, error);
  if (state == NULL)
    return FALSE;
  if (g_bytes_get_size (state) > fovea_store_get_max_scan_size (store))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "the counts take more than the store may hold");
      return FALSE;
    }
  scan.state = state;
  return fovea_store_put_scans (store, 1, &scan, error);
}

/**
 * fovea_dissect_lookup:
 * @network, @layer, @set, @options: as fovea_dissect() takes them
 * @store: where to look
 * @error: %FOVEA_ERROR_NOT_FOUND where it was not dissected yet; %FOVEA_ERROR_FORMAT, %FOVEA_ERROR_IO
 *
 * Takes milliseconds for hundreds of channels and concepts. Any thread.
 *
 * Returns: (transfer full): what fovea_dissect() has put there, or %NULL
 */
FoveaDissection *
fovea_dissect_lookup (const FoveaNetwork *network,
                      int layer,
                      const FoveaConceptSet *set,
                      const FoveaDissectOptions *options,
                      FoveaStore *store,
                      GError **error)
{
  g_autofree char *recipe = describe_options (options);
  g_autoptr (GBytes) state = NULL;
  const FoveaStoredScan key = {
    .network = fovea_network_get_sha256 (network),
    .images = fovea_concept_set_get_fingerprint (set),
    .layer = fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name,
    .options = recipe,
  };

  if (!has_sha256 (network))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "network %s comes from no file, so nothing about it is stored", fovea_network_get_name (network));
      return NULL;
    }
  state = fovea_store_get_scan (store, &key, NULL, error);
  return state != NULL ? fovea_dissection_deserialize (state, error) : NULL;
}
