/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/concept-set-private.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "engine/images/broden-tables.h"
#include "engine/images/image-set-private.h"
#include "engine/read-file.h"

/* To be counted up whenever the same files come out as other masks. */
#define FINGERPRINT_VERSION "fovea-broden-1"

/* A mask's file may have at most this many bytes. */
#define MAX_MASK_FILE_SIZE ((gsize) 64 << 20)

/* An image may have at most this many labels and masks. */
#define MAX_TOKENS 1024

/* How many rows are read between two looks at the job. */
#define ROWS_BETWEEN_REPORTS 256

/* One of the values between semicolons. */
typedef struct {
  const char *file; /* below images; NULL is a whole-image label */
  guint16 category;
  guint16 concept;  /* of a whole-image label */
} Token;

typedef struct {
  const char *name; /* below images */
  guint line;       /* of the index */
  guint width;      /* of the masks */
  guint height;
  guint first_token;
  guint n_tokens;
} Image;

typedef struct {
  gint references;     /* the concept set's and the image set's */
  char *folder;        /* images/ */
  char *index_name;    /* for messages */
  GStringChunk *names;
  GArray *images;      /* Image */
  GArray *tokens;      /* Token */
  guint16 *labels;     /* number → 1 + index of the concept */
} Broden;

static void
broden_unref (Broden *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  g_free (self->folder);
  g_free (self->index_name);
  g_string_chunk_free (self->names);
  g_array_unref (self->images);
  g_array_unref (self->tokens);
  g_free (self->labels);
  g_free (self);
}

static const Image *
get_image (const Broden *self,
           gsize index)
{
  return &g_array_index (self->images, Image, index);
}

static void
close_images (FoveaImageSet *set)
{
  broden_unref (set->data);
}

static const char *
get_image_name (const FoveaImageSet *set,
                gsize index)
{
  return get_image (set->data, index)->name;
}

static int
get_image_class (const FoveaImageSet *set,
                 gsize index)
{
  return -1;
}

static FoveaImage *
load_image (const FoveaImageSet *set,
            gsize index,
            GError **error)
{
  const Broden *self = set->data;
  const Image *image = get_image (self, index);
  g_autofree char *path = g_build_filename (self->folder, image->name, NULL);
  FoveaImage *pixels = fovea_image_read (path, error);

  if (pixels == NULL)
    g_prefix_error (error, "%s:%u: ", self->index_name, image->line);
  return pixels;
}

static const FoveaImageSetSource image_source = {
  .close = close_images,
  .get_image_name = get_image_name,
  .get_image_class = get_image_class,
  .load_image = load_image,
};

static void
close_concepts (FoveaConceptSet *set)
{
  if (set->data != NULL)
    broden_unref (set->data);
}

static guint32
read_big_endian (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* Whether the PNG header says another size, so that no image is decoded in vain, however large. */
static gboolean
has_other_size (GBytes *bytes,
                guint width,
                guint height,
                guint32 size[2])
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  if (n_bytes < 24 || memcmp (data, "\x89PNG", 4) != 0)
    return FALSE;
  size[0] = read_big_endian (data + 16);
  size[1] = read_big_endian (data + 20);
  return size[0] != width || size[1] != height;
}

/* Returns the mask's picture, or NULL with the problem added. */
static FoveaImage *
read_mask (const Broden *self,
           const Image *image,
           const char *file,
           FoveaConceptProblems *problems)
{
  g_autofree char *path = g_build_filename (self->folder, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = fovea_read_file (path, MAX_MASK_FILE_SIZE, &error);
  g_autoptr (FoveaImage) pixels = NULL;
  guint32 size[2];

  if (bytes != NULL && has_other_size (bytes, image->width, image->height, size))
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_MASK_SIZE,
                                  "%s:%u: the mask %s has %u × %u pixels, not the %u × %u that the index says; it is not used",
                                  self->index_name, image->line, file, size[0], size[1], image->width, image->height);
      return NULL;
    }
  if (bytes != NULL)
    pixels = fovea_image_decode (bytes, file, &error);
  if (pixels == NULL)
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_MASK, "%s:%u: the mask cannot be read: %s",
                                  self->index_name, image->line, error->message);
      return NULL;
    }
  /* What is no PNG file shows its size only now. */
  if (pixels->width != image->width || pixels->height != image->height)
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_MASK_SIZE,
                                  "%s:%u: the mask %s has %u × %u pixels, not the %u × %u that the index says; it is not used",
                                  self->index_name, image->line, file, pixels->width, pixels->height, image->width, image->height);
      return NULL;
    }
  return g_steal_pointer (&pixels);
}

static gboolean
add_map (const Broden *self,
         const Image *image,
         const Token *token,
         FoveaConceptMasks *masks,
         GError **error)
{
  g_autoptr (FoveaImage) pixels = read_mask (self, image, token->file, &masks->problems);
  gsize n_pixels = (gsize) masks->width * masks->height, n_unknown = 0;
  guint unknown = 0;
  guint16 *labels;

  if (pixels == NULL)
    return TRUE;
  labels = fovea_concept_masks_add_map (masks, token->category);
  if (labels == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "%s: no memory for its masks", image->name);
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels; i++)
    {
      guint number = pixels->pixels[3 * i] + 256u * pixels->pixels[3 * i + 1];

      labels[i] = self->labels[number];
      if (labels[i] == 0 && number != 0)
        {
          unknown = number;
          n_unknown++;
        }
    }
  if (n_unknown > 0)
    fovea_concept_problems_add (&masks->problems, FOVEA_CONCEPT_PROBLEM_LABEL,
                                "%s:%u: in the mask %s, %" G_GSIZE_FORMAT " pixels hold numbers that stand for no concept, such as %u",
                                self->index_name, image->line, token->file, n_unknown, unknown);
  return TRUE;
}

static FoveaConceptMasks *
load_masks (const FoveaConceptSet *set,
            gsize index,
            GError **error)
{
  const Broden *self = set->data;
  const Image *image = get_image (self, index);
  g_autoptr (FoveaConceptMasks) masks = fovea_concept_masks_new (image->width, image->height, image->n_tokens, image->n_tokens, error);

  if (masks == NULL)
    return NULL;
  for (guint i = 0; i < image->n_tokens; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, image->first_token + i);

      if (token->file == NULL)
        fovea_concept_masks_add_label (masks, token->category, token->concept);
      else if (!add_map (self, image, token, masks, error))
        return NULL;
    }
  return g_steal_pointer (&masks);
}

static const FoveaConceptSetSource concept_source = {
  .close = close_concepts,
  .load_masks = load_masks,
};

typedef struct {
  FoveaConceptSet *set;
  Broden *broden;
  const FoveaCsvTable *table;
  int *columns;            /* of each category; -1 is none */
  guint64 *n_labels;       /* of each category */
  GHashTable *image_names; /* → line of the index */
  GChecksum *checksum;
} Index;

/* Whether a path stays in the folder that it is joined to. */
static gboolean
stays_inside (const char *path)
{
  if (path[0] == '\0' || g_path_is_absolute (path))
    return FALSE;
  for (const char *part = path; part != NULL; part = strchr (part, G_DIR_SEPARATOR))
    {
      part += part[0] == G_DIR_SEPARATOR;
      if (strncmp (part, "..", 2) == 0 && (part[2] == '\0' || part[2] == G_DIR_SEPARATOR))
        return FALSE;
    }
  return TRUE;
}

/* Whether the file is there; then what tells it from a later one goes into the fingerprint. */
static gboolean
find_file (const Index *index,
           const char *name)
{
  g_autofree char *path = g_build_filename (index->broden->folder, name, NULL);
  GStatBuf status;
  gint64 facts[3];

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return FALSE;
  facts[0] = status.st_size;
  facts[1] = status.st_mtim.tv_sec;
  facts[2] = status.st_mtim.tv_nsec;
  g_checksum_update (index->checksum, (const guchar *) facts, sizeof facts);
  return TRUE;
}

static void
read_token (Index *index,
            guint line,
            guint category,
            const char *text)
{
  Broden *broden = index->broden;
  const char *index_name = broden->index_name;
  Token token = { .category = (guint16) category };
  guint64 number;

  if (text[strspn (text, "0123456789")] == '\0')
    {
      if (!g_ascii_string_to_unsigned (text, 10, 0, FOVEA_BRODEN_N_NUMBERS - 1, &number, NULL)
          || (number > 0 && broden->labels[number] == 0))
        {
          fovea_concept_problems_add (&index->set->problems, FOVEA_CONCEPT_PROBLEM_LABEL, "%s:%u: the label %s of category '%s' stands for no concept",
                                      index_name, line, text, fovea_concept_set_get_category (index->set, category));
          return;
        }
      if (number == 0)
        return;
      token.concept = broden->labels[number] - 1;
    }
  else
    {
      if (!stays_inside (text))
        {
          fovea_concept_problems_add (&index->set->problems, FOVEA_CONCEPT_PROBLEM_MASK, "%s:%u: the mask '%s' lies outside of the folder; it is not used",
                                      index_name, line, text);
          return;
        }
      if (!find_file (index, text))
        {
          fovea_concept_problems_add (&index->set->problems, FOVEA_CONCEPT_PROBLEM_MASK, "%s:%u: the mask %s is missing", index_name, line, text);
          return;
        }
      token.file = g_string_chunk_insert (broden->names, text);
    }
  g_array_append_val (broden->tokens, token);
}

static void
read_tokens (Index *index,
             gsize row,
             guint line,
             guint category,
             guint *n_tokens)
{
  const char *field = fovea_csv_table_get (index->table, row, index->columns[category]);
  g_auto (GStrv) texts = g_strsplit (field, ";", -1);
  guint n_before = index->broden->tokens->len;

  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_strstrip (texts[i]);
      if (texts[i][0] == '\0')
        continue;
      if (++*n_tokens > MAX_TOKENS)
        {
          fovea_concept_problems_add (&index->set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: more than %d labels and masks; the others are not used",
                                      index->broden->index_name, line, MAX_TOKENS);
          break;
        }
      read_token (index, line, category, texts[i]);
    }
  index->n_labels[category] += index->broden->tokens->len - n_before;
}

static gboolean
parse_size (const Index *index,
            gsize row,
            const char *column,
            guint *size)
{
  const char *text = fovea_csv_table_get (index->table, row, fovea_csv_table_find_column (index->table, column));
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, FOVEA_CONCEPT_SET_MAX_MASK_PIXELS, &value, NULL))
    {
      fovea_concept_problems_add (&index->set->problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: the masks' size %s '%s' is none",
                                  index->broden->index_name, fovea_csv_table_get_line (index->table, row), column, text);
      return FALSE;
    }
  *size = (guint) value;
  return TRUE;
}

static void
read_row (Index *index,
          gsize row)
{
  Broden *broden = index->broden;
  FoveaConceptProblems *problems = &index->set->problems;
  const char *name = fovea_csv_table_get (index->table, row, fovea_csv_table_find_column (index->table, "image"));
  guint n_columns = fovea_csv_table_get_n_columns (index->table), n_fields = fovea_csv_table_get_n_fields (index->table, row);
  Image image = { .line = fovea_csv_table_get_line (index->table, row), .first_token = broden->tokens->len };
  guint n_tokens = 0;

  if (n_fields != n_columns)
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: the row has %u fields, but the heading %u; it is not used",
                                  broden->index_name, image.line, n_fields, n_columns);
      return;
    }
  if (!parse_size (index, row, "sw", &image.width) || !parse_size (index, row, "sh", &image.height))
    return;
  if ((guint64) image.width * image.height > FOVEA_CONCEPT_SET_MAX_MASK_PIXELS)
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: masks of %u × %u pixels are too large",
                                  broden->index_name, image.line, image.width, image.height);
      return;
    }
  if (!stays_inside (name))
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "%s:%u: the image '%s' lies outside of the folder; it is not used",
                                  broden->index_name, image.line, name);
      return;
    }
  if (g_hash_table_contains (index->image_names, name))
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_ROW, "%s:%u: the image %s stands in line %u already",
                                  broden->index_name, image.line, name, GPOINTER_TO_UINT (g_hash_table_lookup (index->image_names, name)));
      return;
    }
  if (!find_file (index, name))
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "%s:%u: the image %s is missing", broden->index_name, image.line, name);
      return;
    }

  for (guint i = 0; i < index->set->categories->len && n_tokens <= MAX_TOKENS; i++)
    if (index->columns[i] >= 0)
      read_tokens (index, row, image.line, i, &n_tokens);
  image.n_tokens = broden->tokens->len - image.first_token;
  if (image.n_tokens == 0)
    {
      fovea_concept_problems_add (problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "%s:%u: the image %s has no labels", broden->index_name, image.line, name);
      return;
    }
  image.name = g_string_chunk_insert (broden->names, name);
  g_hash_table_insert (index->image_names, (char *) image.name, GUINT_TO_POINTER (image.line));
  g_array_append_val (broden->images, image);
}

static gboolean
check_columns (const FoveaCsvTable *table,
               GError **error)
{
  static const char *const columns[] = { "image", "sh", "sw" };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (fovea_csv_table_find_column (table, columns[i]) < 0)
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:1: the column '%s' is missing; is this the index of a concept set?",
                     fovea_csv_table_get_name (table), columns[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_index (Index *index,
            const FoveaJob *job,
            GError **error)
{
  FoveaConceptSet *set = index->set;
  gsize n_rows = fovea_csv_table_get_n_rows (index->table);

  for (guint i = 0; i < set->categories->len; i++)
    index->columns[i] = fovea_csv_table_find_column (index->table, fovea_concept_set_get_category (set, i));

  for (gsize row = 0; row < n_rows; row++)
    {
      if (row % ROWS_BETWEEN_REPORTS == 0)
        {
          if (fovea_job_is_cancelled (job, error))
            return FALSE;
          fovea_job_report (job, row, n_rows);
        }
      read_row (index, row);
    }

  if (index->broden->images->len == 0)
    {
      const GPtrArray *messages = set->problems.messages;

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: not one of its %" G_GSIZE_FORMAT " images can be used%s%s", index->broden->index_name,
                   n_rows, messages != NULL && messages->len > 0 ? "; " : "", messages != NULL && messages->len > 0 ? (const char *) messages->pdata[messages->len - 1] : "");
      return FALSE;
    }
  for (guint i = 0; i < set->categories->len; i++)
    if (index->n_labels[i] == 0)
      fovea_concept_problems_add (&set->problems, FOVEA_CONCEPT_PROBLEM_CATEGORY, "%s:1: no image has labels of category '%s'",
                                  index->broden->index_name, fovea_concept_set_get_category (set, i));
  return TRUE;
}

static FoveaImageSet *
make_image_set (Broden *broden,
                const char *folder,
                const char *fingerprint)
{
  FoveaImageSet *images = g_new0 (FoveaImageSet, 1);
  g_autofree char *base = g_path_get_basename (folder);

  g_atomic_ref_count_init (&images->references);
  images->source = &image_source;
  images->name = g_filename_display_name (base);
  images->path = g_strdup (folder);
  images->n_images = broden->images->len;
  images->fingerprint = g_strdup (fingerprint);
  g_atomic_int_inc (&broden->references);
  images->data = broden;
  return images;
}

/**
 * fovea_broden_open:
 * @path: a folder in Broden's layout, or the index of one: a CSV file in it
 * @job: (nullable): progress in rows of the index, and cancelling
 * @error: as fovea_concept_set_open()
 *
 * Bau, Zhou, Khosla, Oliva, Torralba, "Network Dissection", CVPR 2017, publish Broden as tables
 * (`index.csv`, `category.csv`, `label.csv`, `c_*.csv`) and the folder `images`. A field of the index holds
 * labels for the whole image and names of PNG files whose pixels are red + 256 * green, separated by
 * semicolons. Nothing outside the folder is opened.
 *
 * Returns: (transfer full): the set, or %NULL
 */
FoveaConceptSet *
fovea_broden_open (const char *path,
                   const FoveaJob *job,
                   GError **error)
{
  g_autoptr (FoveaConceptSet) set = fovea_concept_set_new (&concept_source);
  g_autoptr (FoveaCsvTable) table = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GHashTable) image_names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  gboolean is_index = !g_file_test (absolute, G_FILE_TEST_IS_DIR) && g_str_has_suffix (absolute, ".csv");
  g_autofree char *folder = is_index ? g_path_get_dirname (absolute) : g_strdup (absolute);
  g_autofree char *index_path = is_index ? g_strdup (absolute) : g_build_filename (folder, "index.csv", NULL);
  g_autofree int *columns = NULL;
  g_autofree guint64 *n_labels = NULL;
  Broden *broden;
  Index index;

  if (!g_file_test (absolute, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: there is no such concept set; name 'scenes' or a folder in Broden's layout", shown);
      return NULL;
    }
  if (!g_file_test (index_path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (index_path);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s: there is no such table, so this is no folder in Broden's layout; name another one", shown);
      return NULL;
    }
  table = fovea_csv_read (index_path, error);
  if (table == NULL || !check_columns (table, error))
    return NULL;

  broden = g_new0 (Broden, 1);
  set->data = broden;
  broden->references = 1;
  broden->folder = g_build_filename (folder, "images", NULL);
  broden->index_name = g_strdup (fovea_csv_table_get_name (table));
  broden->names = g_string_chunk_new (64 * 1024);
  broden->images = g_array_new (FALSE, FALSE, sizeof (Image));
  broden->tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  broden->labels = g_new0 (guint16, FOVEA_BRODEN_N_NUMBERS);

  g_checksum_update (checksum, (const guchar *) FINGERPRINT_VERSION, -1);
  fovea_broden_add_to_checksum (checksum, table);
  if (!fovea_broden_read_categories (set, folder, table, checksum, error)
      || !fovea_broden_read_concepts (set, folder, broden->labels, checksum, error))
    return NULL;

  columns = g_new (int, set->categories->len);
  n_labels = g_new0 (guint64, set->categories->len);
  index = (Index) {
    .set = set,
    .broden = broden,
    .table = table,
    .columns = columns,
    .n_labels = n_labels,
    .image_names = image_names,
    .checksum = checksum,
  };
  if (!read_index (&index, job, error))
    return NULL;
  set->fingerprint = g_strdup (g_checksum_get_string (checksum));
  set->images = make_image_set (broden, folder, set->fingerprint);
  return g_steal_pointer (&set);
}
