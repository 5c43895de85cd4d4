/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patch-loading.h"

#include "ui/scanning.h"

/* What a worker needs, and what it gives. */
typedef struct {
  FoveaImageSet *set;
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* NULL: nothing to load */
  int layers[FOVEA_N_SIDES];
  guint channels[FOVEA_N_SIDES];
  FoveaScan *scans[FOVEA_N_SIDES];
  guint n_hits[FOVEA_N_SIDES];
  guint n_told[FOVEA_N_SIDES]; /* the main thread's */
  FoveaPatchLoadedFunc loaded;
  FoveaPatchesLoadedFunc done;
  gpointer data;

  GMutex mutex; /* for the pictures */
  GPtrArray *pictures[FOVEA_N_SIDES]; /* (element-type FoveaPatchPicture) */
} Loading;

static void
loading_free (gpointer data)
{
  Loading *loading = data;

  fovea_image_set_unref (loading->set);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&loading->networks[side], fovea_network_unref);
      g_clear_pointer (&loading->scans[side], fovea_scan_unref);
      g_ptr_array_unref (loading->pictures[side]);
    }
  g_mutex_clear (&loading->mutex);
  g_free (loading);
}

static void
load (FoveaQueuedJob *job,
      gpointer data)
{
  Loading *loading = data;

  for (guint i = 0; i < MAX (loading->n_hits[0], loading->n_hits[1]); i++)
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      {
        const FoveaScanHit *hits;
        FoveaPatchPicture *picture;
        guint n_hits;

        if (i >= loading->n_hits[side])
          continue;
        if (!fovea_queued_job_checkpoint (job))
          return;
        hits = fovea_scan_get_hits (loading->scans[side], loading->channels[side], &n_hits);
        picture = fovea_patch_picture_load (loading->set, loading->networks[side], loading->layers[side], loading->channels[side], &hits[i], hits[0].activation);
        g_mutex_lock (&loading->mutex);
        g_ptr_array_add (loading->pictures[side], picture);
        g_mutex_unlock (&loading->mutex);
        fovea_queued_job_request_update (job);
      }
}

static void
tell (FoveaQueuedJob *job,
      gpointer data)
{
  Loading *loading = data;

  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    for (;;)
      {
        FoveaPatchPicture *picture = NULL;

        g_mutex_lock (&loading->mutex);
        if (loading->n_told[side] < loading->pictures[side]->len)
          picture = g_ptr_array_index (loading->pictures[side], loading->n_told[side]);
        g_mutex_unlock (&loading->mutex);
        if (picture == NULL)
          break;
        loading->loaded (side, loading->n_told[side]++, picture, loading->data);
      }
}

static void
tell_last (FoveaQueuedJob *job,
           gpointer data)
{
  Loading *loading = data;

  tell (job, data);
  loading->done (loading->data);
}

/**
 * fovea_patch_loading_push:
 * @queue: where it runs
 * @priority: how urgent it is
 * @set: the images
 * @pair: the networks
 * @layer: the layer's name
 * @channels: (array fixed-size=2): each network's channel
 * @scans: (array fixed-size=2): each network's scan of @set, or %NULL for none of its patches
 * @n_patches: how many of each
 * @loaded: called with each
 * @done: called in the end
 * @data: passed to both
 *
 * Returns: (transfer full): the job; when it is dropped nothing is called any more
 */
FoveaQueuedJob *
fovea_patch_loading_push (FoveaJobQueue *queue,
                          int priority,
                          FoveaImageSet *set,
                          FoveaNetworkPair *pair,
                          const char *layer,
                          const guint *channels,
                          FoveaScan *const *scans,
                          guint n_patches,
                          FoveaPatchLoadedFunc loaded,
                          FoveaPatchesLoadedFunc done,
                          gpointer data)
{
  const FoveaScanSubject subject = { set, pair, FALSE };
  Loading *loading = g_new0 (Loading, 1);

  g_mutex_init (&loading->mutex);
  loading->set = fovea_image_set_ref (set);
  loading->loaded = loaded;
  loading->done = done;
  loading->data = data;
  for (FoveaSide side = 0; side < FOVEA_N_SIDES; side++)
    {
      loading->pictures[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_patch_picture_unref);
      if (scans[side] == NULL)
        continue;
      loading->scans[side] = fovea_scan_ref (scans[side]);
      loading->networks[side] = fovea_network_ref (fovea_network_pair_get_network (pair, side));
      loading->layers[side] = fovea_scan_subject_find_layer (&subject, side, layer);
      loading->channels[side] = channels[side];
      fovea_scan_get_hits (scans[side], channels[side], &loading->n_hits[side]);
      loading->n_hits[side] = MIN (loading->n_hits[side], n_patches);
    }
  return fovea_job_queue_push (queue, priority, load, tell, tell_last, loading, loading_free);
}
