/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tile-patches.h"

#include "engine/analysis/patches.h"
#include "ui/texture.h"

/* Images are decoded by one thread each. */
#define N_WORKERS 2

/* Bytes of patches that are kept although nobody sees them. */
#define ROOM ((gsize) 32 << 20)

/* Patches are enlarged to at least so many pixels, so that their pixels stay squares. */
#define SIZE 96

/* One patch of one tile: wanted, or loaded. */
typedef struct {
  guint channel;
  FoveaSide side;
  FoveaScanHit hit;
  GdkTexture *texture; /* NULL where it cannot be read */
  char *description;
} Patch;

static void
patch_free (gpointer data)
{
  Patch *patch = data;

  g_clear_object (&patch->texture);
  g_free (patch->description);
  g_free (patch);
}

/* What the workers take their work from and put it back to; shared and counted. What is scanned does not change in one. */
typedef struct {
  FoveaImageSet *set;
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* each nullable */
  int layers[FOVEA_N_SIDES];

  GMutex mutex; /* for what follows */
  GQueue wanted; /* (element-type Patch): the first is loaded next */
  GQueue loaded; /* (element-type Patch) */
} Shelf;

struct _FoveaTilePatches {
  GObject parent_instance;

  FoveaJobQueue *queue;
  gsize room;
  Shelf *shelf; /* nullable: nothing was scanned */
  FoveaScan *scans[FOVEA_N_SIDES]; /* each nullable */
  GListModel *tiles; /* (element-type FoveaTile) */
  FoveaQueuedJob *jobs[N_WORKERS]; /* each nullable */

  GArray *visible; /* of guint: channels */
  GHashTable *asked; /* keys of the patches that workers have or will take */
  GHashTable *found; /* (element-type GList): of each key of @kept its link */
  GQueue kept; /* (element-type Patch): loaded, on tiles; what was seen last is at the end */
  gsize size; /* of those, in bytes */
};

G_DEFINE_FINAL_TYPE (FoveaTilePatches, fovea_tile_patches, G_TYPE_OBJECT)

static void
shelf_clear (gpointer data)
{
  Shelf *shelf = data;

  fovea_image_set_unref (shelf->set);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&shelf->networks[side], fovea_network_unref);
  g_queue_clear_full (&shelf->wanted, patch_free);
  g_queue_clear_full (&shelf->loaded, patch_free);
  g_mutex_clear (&shelf->mutex);
}

static void
shelf_unref (gpointer shelf)
{
  g_atomic_rc_box_release_full (shelf, shelf_clear);
}

static void
load_patch (Shelf *shelf,
            Patch *patch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPatch) loaded = fovea_patch_load (shelf->set, shelf->networks[patch->side], shelf->layers[patch->side], &patch->hit, &error);
  g_autofree char *name = g_filename_display_name (fovea_image_set_get_image_name (shelf->set, patch->hit.image));

  if (loaded != NULL)
    patch->texture = fovea_texture_new_enlarged (loaded->crop, SIZE);
  patch->description = loaded != NULL ? g_strdup (name) : g_strdup_printf ("%s, which cannot be read: %s", name, error->message);
}

/* What a job has. */
typedef struct {
  FoveaTilePatches *patches; /* not owned: the job is dropped before it goes */
  Shelf *shelf;
} Work;

static void
work_free (gpointer data)
{
  shelf_unref (((Work *) data)->shelf);
  g_free (data);
}

static void
work_run (FoveaQueuedJob *job,
          gpointer data)
{
  Shelf *shelf = ((Work *) data)->shelf;

  while (fovea_queued_job_checkpoint (job))
    {
      Patch *patch;

      g_mutex_lock (&shelf->mutex);
      patch = g_queue_pop_head (&shelf->wanted);
      g_mutex_unlock (&shelf->mutex);
      if (patch == NULL)
        return;
      load_patch (shelf, patch);
      g_mutex_lock (&shelf->mutex);
      g_queue_push_tail (&shelf->loaded, patch);
      g_mutex_unlock (&shelf->mutex);
      fovea_queued_job_request_update (job);
    }
}

static gpointer
get_key (guint channel,
         FoveaSide side)
{
  return GSIZE_TO_POINTER ((gsize) channel * FOVEA_N_SIDES + side);
}

static FoveaTile *
get_tile (FoveaTilePatches *self,
          guint channel)
{
  FoveaTile *tile = g_list_model_get_item (self->tiles, channel);

  g_object_unref (tile);
  return tile;
}

static gsize
get_bytes (const Patch *patch)
{
  return sizeof *patch + (patch->texture != NULL ? (gsize) gdk_texture_get_width (patch->texture) * (gsize) gdk_texture_get_height (patch->texture) * 3 : 0);
}

static gboolean
is_visible (FoveaTilePatches *self,
            guint channel)
{
  for (guint i = 0; i < self->visible->len; i++)
    if (g_array_index (self->visible, guint, i) == channel)
      return TRUE;
  return FALSE;
}

static void
take_away (FoveaTilePatches *self,
           GList *link)
{
  Patch *patch = link->data;

  self->size -= get_bytes (patch);
  fovea_tile_set_patch (get_tile (self, patch->channel), patch->side, NULL, NULL);
  g_hash_table_remove (self->found, get_key (patch->channel, patch->side));
  g_queue_delete_link (&self->kept, link);
  patch_free (patch);
}

/* What was seen longest ago goes first; what people see stays. */
static void
make_room (FoveaTilePatches *self)
{
  for (GList *link = self->kept.head; link != NULL && self->size > self->room;)
    {
      GList *next = link->next;

      if (!is_visible (self, ((const Patch *) link->data)->channel))
        take_away (self, link);
      link = next;
    }
}

static void
take_loaded (FoveaTilePatches *self)
{
  GQueue loaded = G_QUEUE_INIT;
  Patch *patch;

  g_mutex_lock (&self->shelf->mutex);
  loaded = self->shelf->loaded;
  g_queue_init (&self->shelf->loaded);
  g_mutex_unlock (&self->shelf->mutex);
  while ((patch = g_queue_pop_head (&loaded)) != NULL)
    {
      gpointer key = get_key (patch->channel, patch->side);

      g_hash_table_remove (self->asked, key);
      g_queue_push_tail (&self->kept, patch);
      g_hash_table_insert (self->found, key, self->kept.tail);
      self->size += get_bytes (patch);
      fovea_tile_set_patch (get_tile (self, patch->channel), patch->side, patch->texture, patch->description);
    }
  make_room (self);
}

/* A worker that found nothing to do may end when there is something again, so its end starts the next one. */
static void start_workers (FoveaTilePatches *self);

static void
work_update (FoveaQueuedJob *job,
             gpointer data)
{
  take_loaded (((Work *) data)->patches);
}

static void
work_done (FoveaQueuedJob *job,
           gpointer data)
{
  FoveaTilePatches *self = ((Work *) data)->patches;

  for (guint i = 0; i < N_WORKERS; i++)
    if (self->jobs[i] == job)
      g_clear_object (&self->jobs[i]);
  take_loaded (self);
  start_workers (self);
}

static void
start_workers (FoveaTilePatches *self)
{
  gboolean idle;

  g_mutex_lock (&self->shelf->mutex);
  idle = g_queue_is_empty (&self->shelf->wanted);
  g_mutex_unlock (&self->shelf->mutex);
  for (guint i = 0; !idle && i < N_WORKERS; i++)
    if (self->jobs[i] == NULL)
      {
        Work *work = g_new0 (Work, 1);

        work->patches = self;
        work->shelf = g_atomic_rc_box_acquire (self->shelf);
        self->jobs[i] = fovea_job_queue_push (self->queue, FOVEA_JOB_PRIORITY_VISIBLE, work_run, work_update, work_done, work, work_free);
      }
}

/* Wants a tile's patch, unless it is there or on its way. */
static void
want (FoveaTilePatches *self,
      guint channel,
      FoveaSide side,
      GQueue *wanted)
{
  gpointer key = get_key (channel, side);
  GList *link = g_hash_table_lookup (self->found, key);
  const FoveaScanHit *hits;
  Patch *patch;
  guint n_hits;

  if (link != NULL)
    {
      g_queue_unlink (&self->kept, link);
      g_queue_push_tail_link (&self->kept, link);
      return;
    }
  if (self->scans[side] == NULL || channel >= fovea_scan_get_n_channels (self->scans[side]) || g_hash_table_contains (self->asked, key))
    return;
  hits = fovea_scan_get_hits (self->scans[side], channel, &n_hits);
  if (n_hits == 0)
    return;
  patch = g_new0 (Patch, 1);
  patch->channel = channel;
  patch->side = side;
  patch->hit = hits[0];
  g_hash_table_add (self->asked, key);
  g_queue_push_tail (wanted, patch);
}

static void
drop_jobs (FoveaTilePatches *self)
{
  for (guint i = 0; i < N_WORKERS; i++)
    {
      fovea_queued_job_clear (&self->jobs[i]);
    }
}

static void
fovea_tile_patches_dispose (GObject *object)
{
  FoveaTilePatches *self = FOVEA_TILE_PATCHES (object);

  fovea_tile_patches_clear (self);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (fovea_tile_patches_parent_class)->dispose (object);
}

static void
fovea_tile_patches_finalize (GObject *object)
{
  FoveaTilePatches *self = FOVEA_TILE_PATCHES (object);

  g_array_unref (self->visible);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->found);
  G_OBJECT_CLASS (fovea_tile_patches_parent_class)->finalize (object);
}

static void
fovea_tile_patches_class_init (FoveaTilePatchesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_tile_patches_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_tile_patches_finalize;
}

static void
fovea_tile_patches_init (FoveaTilePatches *self)
{
  self->room = ROOM;
  self->visible = g_array_new (FALSE, FALSE, sizeof (guint));
  self->asked = g_hash_table_new (NULL, NULL);
  self->found = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->kept);
}

/**
 * fovea_tile_patches_new:
 * @queue: where images are read
 *
 * Returns: (transfer full): patches of nothing
 */
FoveaTilePatches *
fovea_tile_patches_new (FoveaJobQueue *queue)
{
  FoveaTilePatches *self = g_object_new (FOVEA_TYPE_TILE_PATCHES, NULL);

  g_set_object (&self->queue, queue);
  return self;
}

/**
 * fovea_tile_patches_set_room:
 * @self: patches
 * @n_bytes: how much may be kept, beside what people see
 */
void
fovea_tile_patches_set_room (FoveaTilePatches *self,
                             gsize n_bytes)
{
  g_return_if_fail (FOVEA_IS_TILE_PATCHES (self));
  self->room = n_bytes;
  make_room (self);
}

/**
 * fovea_tile_patches_clear:
 * @self: patches
 *
 * Takes all patches from the tiles, and loads none any more.
 */
void
fovea_tile_patches_clear (FoveaTilePatches *self)
{
  g_return_if_fail (FOVEA_IS_TILE_PATCHES (self));

  drop_jobs (self);
  while (self->kept.head != NULL)
    take_away (self, self->kept.head);
  g_hash_table_remove_all (self->asked);
  g_array_set_size (self->visible, 0);
  g_clear_pointer (&self->shelf, shelf_unref);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->scans[side], fovea_scan_unref);
  g_clear_object (&self->tiles);
}

/**
 * fovea_tile_patches_set_scans:
 * @self: patches
 * @pair: the networks
 * @layer: the layer
 * @set: the images
 * @scans: (array fixed-size=2): of each network its scan, or %NULL
 * @tiles: (element-type FoveaTile): the layer's tiles; tile i is channel i
 *
 * Shows other patches than before, unless they are the same.
 */
void
fovea_tile_patches_set_scans (FoveaTilePatches *self,
                              FoveaNetworkPair *pair,
                              const char *layer,
                              FoveaImageSet *set,
                              FoveaScan *const *scans,
                              GListModel *tiles)
{
  const FoveaScanSubject subject = { set, pair, FALSE };

  g_return_if_fail (FOVEA_IS_TILE_PATCHES (self));

  if (self->shelf != NULL && self->tiles == tiles && self->scans[0] == scans[0] && self->scans[1] == scans[1])
    return;
  fovea_tile_patches_clear (self);
  g_set_object (&self->tiles, tiles);
  self->shelf = g_atomic_rc_box_new0 (Shelf);
  self->shelf->set = fovea_image_set_ref (set);
  g_mutex_init (&self->shelf->mutex);
  g_queue_init (&self->shelf->wanted);
  g_queue_init (&self->shelf->loaded);
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->shelf->layers[side] = fovea_scan_subject_find_layer (&subject, side, layer);
      if (scans[side] == NULL || self->shelf->layers[side] < 0)
        continue;
      self->scans[side] = fovea_scan_ref (scans[side]);
      self->shelf->networks[side] = fovea_network_ref (fovea_network_pair_get_network (pair, side));
    }
}

/**
 * fovea_tile_patches_set_visible:
 * @self: patches
 * @channels: which channels people see, in the order in which they are shown
 * @n_channels: how many
 *
 * Loads their patches; what was to be loaded before and is not seen any more is not.
 */
void
fovea_tile_patches_set_visible (FoveaTilePatches *self,
                                const guint *channels,
                                guint n_channels)
{
  Patch *patch;

  g_return_if_fail (FOVEA_IS_TILE_PATCHES (self));

  if (self->shelf == NULL)
    return;
  g_array_set_size (self->visible, 0);
  g_array_append_vals (self->visible, channels, n_channels);
  g_mutex_lock (&self->shelf->mutex);
  while ((patch = g_queue_pop_head (&self->shelf->wanted)) != NULL)
    {
      g_hash_table_remove (self->asked, get_key (patch->channel, patch->side));
      patch_free (patch);
    }
  for (guint i = 0; i < n_channels; i++)
    for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
      want (self, channels[i], side, &self->shelf->wanted);
  g_mutex_unlock (&self->shelf->mutex);
  start_workers (self);
  make_room (self);
}

/**
 * fovea_tile_patches_is_busy:
 * @self: patches
 *
 * Returns: whether patches are being loaded
 */
gboolean
fovea_tile_patches_is_busy (FoveaTilePatches *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_PATCHES (self), FALSE);

  for (guint i = 0; i < N_WORKERS; i++)
    if (self->jobs[i] != NULL)
      return TRUE;
  return FALSE;
}

/**
 * fovea_tile_patches_get_size:
 * @self: patches
 *
 * Returns: how many bytes the loaded ones take
 */
gsize
fovea_tile_patches_get_size (FoveaTilePatches *self)
{
  g_return_val_if_fail (FOVEA_IS_TILE_PATCHES (self), 0);
  return self->size;
}
