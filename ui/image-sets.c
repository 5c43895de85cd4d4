/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/image-sets.h"

#include "engine/images/image-set-variant.h"

/* So many folders are remembered. */
#define MAX_FOLDERS 12

/* Lists differ in their built-in sets, in what is current until somebody chooses, and in the settings that keep them. */
typedef struct {
  const char *only; /* the one built-in set; NULL for all */
  const char *first;
  const char *set_setting;
  const char *folders_setting;
  gboolean have_variants;
  FoveaImageSetsWords words;
} Kind;

static const Kind all_images = {
  NULL, "scenes", "image-set", "image-folders", TRUE,
  { "Image set", "The image set that all views use", "Open Folder…", "Open a Folder of Images" },
};
static const Kind cue_conflict = {
  "cue-conflict", "cue-conflict", "cue-set", "cue-folders", TRUE,
  { "Cue-conflict images", "The images whose shape and texture disagree", "Open Folder…", "Open a Folder of Cue-Conflict Images" },
};
static const Kind concepts = {
  "scenes", "scenes", "concept-set", "concept-folders", FALSE,
  { "Concepts", "The images with masks of concepts", "Open Folder in Broden’s Layout…", "Open a Folder in Broden’s Layout" },
};

struct _FoveaImageSets {
  GObject parent_instance;

  const Kind *kind;

  FoveaJobQueue *queue; /* nullable: nothing can be read then */
  FoveaSettings *settings; /* nullable: nothing is kept then */
  GPtrArray *folders; /* (element-type utf8): paths, the latest first */
  char *current;
  FoveaImageSet *set; /* nullable: the current one */
  char *error; /* nullable: why the current one cannot be read */
  FoveaQueuedJob *opening; /* nullable */
};

G_DEFINE_FINAL_TYPE (FoveaImageSets, fovea_image_sets, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static gboolean
is_built_in (FoveaImageSets *self,
             const char *key)
{
  return g_strv_contains (fovea_image_set_get_built_in (), key) && (self->kind->only == NULL || g_str_equal (key, self->kind->only));
}

static gboolean
is_folder (FoveaImageSets *self,
           const char *key)
{
  return g_ptr_array_find_with_equal_func (self->folders, key, g_str_equal, NULL);
}

static char *
get_base (const char *key)
{
  FoveaVariant variant;

  return fovea_image_set_split_variant (key, &variant);
}

static void
keep (FoveaImageSets *self)
{
  g_autofree char *folders = NULL;

  if (self->settings == NULL)
    return;
  g_ptr_array_add (self->folders, NULL);
  folders = g_strjoinv ("\n", (char **) self->folders->pdata);
  g_ptr_array_set_size (self->folders, (int) self->folders->len - 1);
  fovea_settings_set_string (self->settings, self->kind->folders_setting, folders);
  fovea_settings_set_string (self->settings, self->kind->set_setting, self->current);
}

/* What reading a set needs and gives. */
typedef struct {
  FoveaImageSets *sets; /* not owned: the job is dropped before it goes */
  char *key;
  FoveaImageSet *set;
  GError *error;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->set, fovea_image_set_unref);
  g_clear_error (&opening->error);
  g_free (opening->key);
  g_free (opening);
}

static void
open_run (FoveaQueuedJob *queued,
          gpointer data)
{
  Opening *opening = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  opening->set = fovea_image_set_open_with_job (opening->key, &job, &opening->error);
}

static void
open_done (FoveaQueuedJob *job,
           gpointer data)
{
  Opening *opening = data;
  FoveaImageSets *self = opening->sets;

  g_clear_object (&self->opening);
  if (opening->set != NULL)
    self->set = g_steal_pointer (&opening->set);
  else
    self->error = g_strdup (opening->error->message);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
close_set (FoveaImageSets *self)
{
  fovea_queued_job_clear (&self->opening);
  g_clear_pointer (&self->set, fovea_image_set_unref);
  g_clear_pointer (&self->error, g_free);
}

static void
fovea_image_sets_dispose (GObject *object)
{
  FoveaImageSets *self = FOVEA_IMAGE_SETS (object);

  close_set (self);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (fovea_image_sets_parent_class)->dispose (object);
}

static void
fovea_image_sets_finalize (GObject *object)
{
  FoveaImageSets *self = FOVEA_IMAGE_SETS (object);

  g_ptr_array_unref (self->folders);
  g_free (self->current);
  G_OBJECT_CLASS (fovea_image_sets_parent_class)->finalize (object);
}

static void
fovea_image_sets_class_init (FoveaImageSetsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_image_sets_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_image_sets_finalize;

  signals[CHANGED] = g_signal_new ("changed", FOVEA_TYPE_IMAGE_SETS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_image_sets_init (FoveaImageSets *self)
{
  self->folders = g_ptr_array_new_with_free_func (g_free);
}

static FoveaImageSets *
new_of_kind (const Kind *kind,
             FoveaJobQueue *queue,
             FoveaSettings *settings)
{
  FoveaImageSets *self = g_object_new (FOVEA_TYPE_IMAGE_SETS, NULL);

  self->kind = kind;
  self->current = g_strdup (kind->first);
  g_set_object (&self->queue, queue);
  g_set_object (&self->settings, settings);
  if (settings != NULL)
    {
      g_autofree char *text = fovea_settings_get_string (settings, kind->folders_setting);
      g_autofree char *current = fovea_settings_get_string (settings, kind->set_setting);
      g_autofree char *base = get_base (current);
      g_auto (GStrv) folders = g_strsplit (text, "\n", MAX_FOLDERS + 1);

      for (guint i = 0; folders[i] != NULL && i < MAX_FOLDERS; i++)
        if (g_path_is_absolute (folders[i]) && !is_folder (self, folders[i]))
          g_ptr_array_add (self->folders, g_strdup (folders[i]));
      if (is_built_in (self, base) || is_folder (self, base))
        {
          g_free (self->current);
          self->current = g_steal_pointer (&current);
        }
    }
  return self;
}

/**
 * fovea_image_sets_new:
 * @queue: (nullable): in which folders are read; it should not have to wait for computations
 * @settings: (nullable): where the list is kept, in `image-folders`, and the current set in `image-set`
 *
 * Returns: (transfer full): the sets that were known at the last end
 */
FoveaImageSets *
fovea_image_sets_new (FoveaJobQueue *queue,
                      FoveaSettings *settings)
{
  return new_of_kind (&all_images, queue, settings);
}

/**
 * fovea_image_sets_new_for_cues:
 * @queue: (nullable): as for fovea_image_sets_new()
 * @settings: (nullable): where the list is kept, in `cue-folders`, and the current set in `cue-set`
 *
 * Returns: (transfer full): the sets of cue-conflict images that were known at the last end
 */
FoveaImageSets *
fovea_image_sets_new_for_cues (FoveaJobQueue *queue,
                               FoveaSettings *settings)
{
  return new_of_kind (&cue_conflict, queue, settings);
}

/**
 * fovea_image_sets_new_for_concepts:
 * @settings: (nullable): where the list is kept, in `concept-folders`, and the current set in `concept-set`
 *
 * Their images alone are never read: fovea_concept_set_open() takes the keys.
 *
 * Returns: (transfer full): the sets of concepts that were known at the last end
 */
FoveaImageSets *
fovea_image_sets_new_for_concepts (FoveaSettings *settings)
{
  return new_of_kind (&concepts, NULL, settings);
}

/**
 * fovea_image_sets_get_words:
 * @self: the sets
 *
 * Returns: (transfer none): what people read about sets of this kind
 */
const FoveaImageSetsWords *
fovea_image_sets_get_words (FoveaImageSets *self)
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self), NULL);
  return &self->kind->words;
}

/**
 * fovea_image_sets_have_variants:
 * @self: the sets
 *
 * Returns: whether sets of this kind can be shown without colour, texture or shape; masks would not fit then
 */
gboolean
fovea_image_sets_have_variants (FoveaImageSets *self)
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self), FALSE);
  return self->kind->have_variants;
}

/**
 * fovea_image_sets_list:
 * @self: the sets
 *
 * Returns: (transfer full): the built-in sets' names, then the folders' paths, the latest first
 */
GStrv
fovea_image_sets_list (FoveaImageSets *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self), NULL);

  for (const char *const *name = fovea_image_set_get_built_in (); *name != NULL; name++)
    if (is_built_in (self, *name))
      g_strv_builder_add (builder, *name);
  for (guint i = 0; i < self->folders->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->folders, i));
  return g_strv_builder_end (builder);
}

/* A set without a variant */
static char *
describe_base (FoveaImageSets *self,
               const char *key)
{
  g_autofree char *base = NULL, *name = NULL;

  if (g_str_equal (key, "scenes"))
    return g_strdup ("Scenes (built in)");
  if (g_str_equal (key, "cue-conflict"))
    return g_strdup ("Cue conflict (built in)");
  if (is_built_in (self, key))
    return g_strdup (key);
  base = g_path_get_basename (key);
  name = g_filename_display_name (base);
  for (guint i = 0; i < self->folders->len; i++)
    {
      const char *other = g_ptr_array_index (self->folders, i);
      g_autofree char *other_base = g_path_get_basename (other);

      if (!g_str_equal (other, key) && g_str_equal (other_base, base))
        return g_filename_display_name (key);
    }
  return g_steal_pointer (&name);
}

static char *
describe_variant (const FoveaVariant *variant)
{
  switch (variant->kind)
    {
    case FOVEA_VARIANT_GREYSCALE:
      return g_strdup ("greyscale");
    case FOVEA_VARIANT_SILHOUETTE:
      return g_strdup ("silhouettes");
    case FOVEA_VARIANT_EDGES:
      return g_strdup ("edges");
    case FOVEA_VARIANT_SCRAMBLE:
      return g_strdup_printf ("scrambled %u × %u", variant->n_tiles, variant->n_tiles);
    case FOVEA_VARIANT_ORIGINAL:
    default:
      return NULL;
    }
}

/**
 * fovea_image_sets_describe:
 * @self: the sets
 * @key: one of them, or a variant of one
 *
 * Returns: (transfer full): what a menu calls it: as short as tells it from the others
 */
char *
fovea_image_sets_describe (FoveaImageSets *self,
                           const char *key)
{
  FoveaVariant variant;
  g_autofree char *base = NULL, *name = NULL, *suffix = NULL;

  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self) && key != NULL, NULL);

  base = fovea_image_set_split_variant (key, &variant);
  name = describe_base (self, base);
  suffix = describe_variant (&variant);
  return suffix != NULL ? g_strdup_printf ("%s, %s", name, suffix) : g_steal_pointer (&name);
}

/**
 * fovea_image_sets_get_current:
 * @self: the sets
 *
 * Returns: (transfer none): the current set's place: its name or path, and its variant
 */
const char *
fovea_image_sets_get_current (FoveaImageSets *self)
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self), NULL);
  return self->current;
}

/**
 * fovea_image_sets_set_current:
 * @self: the sets
 * @key: a built-in set's name, or a folder's absolute path, which is remembered; or a variant of either
 *
 * Chooses a set for all views.
 */
void
fovea_image_sets_set_current (FoveaImageSets *self,
                              const char *key)
{
  g_autofree char *chosen = g_strdup (key);
  g_autofree char *base = NULL;

  g_return_if_fail (FOVEA_IS_IMAGE_SETS (self) && key != NULL);

  if (g_str_equal (self->current, chosen))
    return;
  base = get_base (chosen);
  if (!is_built_in (self, base) && !is_folder (self, base))
    {
      g_ptr_array_insert (self->folders, 0, g_strdup (base));
      if (self->folders->len > MAX_FOLDERS)
        g_ptr_array_set_size (self->folders, MAX_FOLDERS);
    }
  close_set (self);
  g_free (self->current);
  self->current = g_steal_pointer (&chosen);
  keep (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_image_sets_forget:
 * @self: the sets
 * @key: a folder's path
 *
 * Takes a folder off the list; where it or a variant of it was the current set, the first built-in one is.
 */
void
fovea_image_sets_forget (FoveaImageSets *self,
                         const char *key)
{
  g_autofree char *base = NULL;
  guint index;

  g_return_if_fail (FOVEA_IS_IMAGE_SETS (self) && key != NULL);

  if (!g_ptr_array_find_with_equal_func (self->folders, key, g_str_equal, &index))
    return;
  base = get_base (self->current);
  if (g_str_equal (base, key))
    {
      close_set (self);
      g_free (self->current);
      self->current = g_strdup (self->kind->first);
    }
  g_ptr_array_remove_index (self->folders, index);
  keep (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * fovea_image_sets_get_set:
 * @self: the sets
 * @error: (out) (optional) (nullable) (transfer none): why the current set cannot be read
 *
 * Begins to read it where that has not begun.
 *
 * Returns: (transfer none) (nullable): the current set; %NULL while it is read, which `changed` ends, and
 *   where it cannot be read
 */
FoveaImageSet *
fovea_image_sets_get_set (FoveaImageSets *self,
                          const char **error)
{
  g_return_val_if_fail (FOVEA_IS_IMAGE_SETS (self), NULL);

  if (self->set == NULL && self->error == NULL && self->opening == NULL && self->queue != NULL)
    {
      Opening *opening = g_new0 (Opening, 1);

      opening->sets = self;
      opening->key = g_strdup (self->current);
      self->opening = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_INTERACTIVE, open_run, NULL, open_done, opening, opening_free);
    }
  if (error != NULL)
    *error = self->error;
  return self->set;
}

/**
 * fovea_image_sets_reload:
 * @self: the sets
 *
 * Reads the current set again, whose files may have changed.
 */
void
fovea_image_sets_reload (FoveaImageSets *self)
{
  g_return_if_fail (FOVEA_IS_IMAGE_SETS (self));

  close_set (self);
  g_signal_emit (self, signals[CHANGED], 0);
}
