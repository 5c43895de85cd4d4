/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/scan.h"

#include "engine/analysis/scan-private.h"
#include "engine/images/image-loader.h"
#include "engine/parallel.h"
#include "engine/plan.h"
#include "engine/store-scan.h"

/* Images in one run of a network: as many as make wanted activations of this size, within limits. A
 * channel's histogram is then fetched from memory for many images at once. Results do not depend on it. */
#define BATCH_BYTES (64 << 20)
#define MIN_BATCH 4
#define MAX_BATCH 32

/* What is done is stored this often, or less often where storing takes more than a twentieth of the time; but never
 * less often than the last, however long the disk or a stopped process took once. */
#define SECONDS_BETWEEN_CHECKPOINTS 2
#define MAX_CHECKPOINT_SHARE 20
#define MAX_SECONDS_BETWEEN_CHECKPOINTS 20

/* One layer that is scanned. */
typedef struct {
  guint target;
  int layer;
  char *network_key; /* NULL: cannot be told from others, so it is not stored */
  FoveaScan *scan;
  gboolean is_changed; /* since it was stored */
} Item;

typedef struct {
  FoveaStore *store; /* nullable */
  FoveaImageSet *set;
  const FoveaScanTarget *targets;
  guint n_targets;
  const FoveaJob *job;
  char *options_key;
  GArray *items; /* Item */
  gsize first;   /* the position from which this run went on */
  gint64 next_checkpoint;
} Run;

/* One network's part in a segment: the stretch of images in which the layers to be scanned stay the same. */
typedef struct {
  FoveaNetwork *network;
  FoveaPlan *plan; /* made when it is needed */
  guint n_planned; /* images in one run of it */
  GPtrArray *items; /* Item, in the order of the plan's layers */
  int *layers;      /* their nodes */
  float *inputs;    /* [batch, channels, height, width] */
} Part;

/* Images that were taken from the loader and not yet been run. */
typedef struct {
  FoveaLoadedImage *images[MAX_BATCH];
  guint32 indices[MAX_BATCH];
  int classes[MAX_BATCH];
  guint n_images;
} Batch;

static void
clear_item (gpointer data)
{
  Item *item = data;

  g_free (item->network_key);
  g_clear_pointer (&item->scan, fovea_scan_unref);
}

static void
free_part (gpointer data)
{
  Part *part = data;

  g_clear_pointer (&part->plan, fovea_plan_free);
  g_ptr_array_unref (part->items);
  g_free (part->layers);
  g_free (part->inputs);
  g_free (part);
}

static void
clear_batch (Batch *batch)
{
  for (guint i = 0; i < batch->n_images; i++)
    fovea_loaded_image_free (batch->images[i]);
  batch->n_images = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, clear_batch)

/* Tells networks apart that may give different activations: the file, and what options of opening can
 * make of it. */
static char *
make_network_key (const FoveaNetwork *network)
{
  const char *sha256 = fovea_network_get_sha256 (network);
  FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  const gint64 sizes[] = { input->channels, input->height, input->width, fovea_network_get_resize (network) };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  if (sha256 == NULL || sha256[0] == '\0')
    return NULL;
  g_checksum_update (checksum, (const guchar *) sha256, -1);
  g_checksum_update (checksum, (const guchar *) sizes, sizeof sizes);
  if (fovea_graph_get_mean (graph) != NULL)
    {
      g_checksum_update (checksum, (const guchar *) fovea_graph_get_mean (graph), (gssize) (sizeof (double) * (gsize) input->channels));
      g_checksum_update (checksum, (const guchar *) fovea_graph_get_std (graph), (gssize) (sizeof (double) * (gsize) input->channels));
    }
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      g_autofree char *attributes = node->attributes != NULL ? g_variant_print (node->attributes, TRUE) : g_strdup ("");
      g_autofree char *line = g_strdup_printf ("%s %s %s\n", node->name, node->operator->name, attributes);

      g_checksum_update (checksum, (const guchar *) line, -1);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

static char *
make_options_key (const FoveaScanOptions *options)
{
  return g_strdup_printf ("top=%u hits=%u", options->n_top, options->hits_per_image);
}

static FoveaScan *
make_scan (FoveaImageSet *set,
           const FoveaNetwork *network,
           int layer,
           const FoveaScanOptions *options,
           GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);

  return fovea_scan_new (fovea_image_set_get_n_images (set), fovea_image_set_get_n_classes (set), fovea_graph_get_shape (graph, (guint) layer),
                         fovea_graph_get_receptive_field (graph, (guint) layer), options, error);
}

/* What is stored of a layer; NULL where there is nothing, or nothing that can be used. */
static FoveaScan *
load (FoveaStore *store,
      FoveaImageSet *set,
      const FoveaNetwork *network,
      int layer,
      const char *network_key,
      const FoveaScanOptions *options,
      GError **error)
{
  g_autofree char *options_key = make_options_key (options);
  g_autoptr (FoveaScan) scan = make_scan (set, network, layer, options, error);
  const char *name = fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name;
  FoveaStoredScan key = { network_key, fovea_image_set_get_fingerprint (set), name, options_key };
  g_autoptr (GBytes) state = NULL;
  g_autoptr (GBytes) rows = NULL;

  if (scan == NULL)
    return NULL;
  key.row_size = scan->n_channels * sizeof (float);
  state = fovea_store_get_scan (store, &key, &rows, error);
  if (state == NULL)
    return NULL;
  if (!fovea_scan_decode (scan, state, rows))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "what is stored of layer %s cannot be used", name);
      return NULL;
    }
  return g_steal_pointer (&scan);
}

static const char *
get_layer_name (const Run *run,
                const Item *item)
{
  return fovea_graph_get_node (fovea_network_get_graph (run->targets[item->target].network), (guint) item->layer)->name;
}

/* Every layer with what is stored of it. */
static gboolean
collect_items (Run *run,
               const FoveaScanOptions *options,
               GError **error)
{
  guint64 size = 0;

  for (guint t = 0; t < run->n_targets; t++)
    for (guint i = 0; i < run->targets[t].n_layers; i++)
      {
        const FoveaScanTarget *target = &run->targets[t];
        Item item = { .target = t, .layer = target->layers[i], .network_key = make_network_key (target->network) };

        if (run->store != NULL && item.network_key != NULL)
          item.scan = load (run->store, run->set, target->network, item.layer, item.network_key, options, NULL);
        if (item.scan == NULL)
          item.scan = make_scan (run->set, target->network, item.layer, options, error);
        g_array_append_val (run->items, item);
        if (item.scan == NULL)
          return FALSE;
        size += fovea_scan_estimate_stored_size (item.scan);
      }
  if (run->store != NULL && size > fovea_store_get_max_scan_size (run->store))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE,
                   "the results would take up to %" G_GUINT64_FORMAT " MB, but %" G_GUINT64_FORMAT " MB of scans are kept; scan fewer layers at once",
                   size / 1000000, fovea_store_get_max_scan_size (run->store) / 1000000);
      return FALSE;
    }
  return TRUE;
}

static gboolean
store_items (Run *run,
             GError **error)
{
  g_autoptr (GArray) stored = g_array_new (FALSE, TRUE, sizeof (FoveaStoredScan));
  g_autoptr (GPtrArray) states = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gint64 start = g_get_monotonic_time (), now;

  for (guint i = 0; i < run->items->len && run->store != NULL; i++)
    {
      Item *item = &g_array_index (run->items, Item, i);
      FoveaScan *scan = item->scan;
      FoveaStoredScan entry = { item->network_key, fovea_image_set_get_fingerprint (run->set), get_layer_name (run, item), run->options_key };

      if (!item->is_changed || item->network_key == NULL)
        continue;
      entry.state = fovea_scan_encode (scan);
      g_ptr_array_add (states, entry.state);
      entry.first_row = scan->n_rows_stored;
      entry.row_size = scan->n_channels * sizeof (float);
      entry.n_rows = scan->means->len / scan->n_channels - scan->n_rows_stored;
      entry.rows = scan->means->data + entry.first_row * entry.row_size;
      g_array_append_val (stored, entry);
    }
  if (stored->len > 0 && !fovea_store_put_scans (run->store, stored->len, (const FoveaStoredScan *) (gpointer) stored->data, error))
    return FALSE;

  for (guint i = 0; i < run->items->len; i++)
    {
      Item *item = &g_array_index (run->items, Item, i);

      item->scan->n_rows_stored = item->scan->means->len / item->scan->n_channels;
      item->is_changed = FALSE;
    }
  now = g_get_monotonic_time ();
  run->next_checkpoint = now + CLAMP ((now - start) * MAX_CHECKPOINT_SHARE, SECONDS_BETWEEN_CHECKPOINTS * G_USEC_PER_SEC,
                                      MAX_SECONDS_BETWEEN_CHECKPOINTS * G_USEC_PER_SEC);
  return TRUE;
}

/* The networks and layers that have come as far as @position. */
static GPtrArray *
make_parts (Run *run,
            gsize position)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (free_part);

  for (guint t = 0; t < run->n_targets; t++)
    {
      g_autoptr (GPtrArray) items = g_ptr_array_new ();
      g_autofree int *layers = g_new (int, run->targets[t].n_layers);
      Part *part;

      for (guint i = 0; i < run->items->len; i++)
        {
          Item *item = &g_array_index (run->items, Item, i);

          if (item->target != t || item->scan->n_done != position)
            continue;
          layers[items->len] = item->layer;
          g_ptr_array_add (items, item);
        }
      if (items->len == 0)
        continue;
      part = g_new0 (Part, 1);
      part->network = run->targets[t].network;
      part->items = g_steal_pointer (&items);
      part->layers = g_steal_pointer (&layers);
      g_ptr_array_add (parts, part);
    }
  return parts;
}

/* How many images to run at once, and memory for them. */
static gboolean
begin_batches (GPtrArray *parts,
               guint *batch,
               GError **error)
{
  gsize n_bytes = 1;

  for (guint p = 0; p < parts->len; p++)
    {
      const Part *part = parts->pdata[p];

      for (guint i = 0; i < part->items->len; i++)
        n_bytes += fovea_shape_get_n_elements (fovea_graph_get_shape (fovea_network_get_graph (part->network), (guint) part->layers[i])) * sizeof (float);
    }
  *batch = (guint) CLAMP (BATCH_BYTES / n_bytes, MIN_BATCH, MAX_BATCH);
  for (guint p = 0; p < parts->len; p++)
    {
      Part *part = parts->pdata[p];

      part->inputs = g_try_new (float, *batch * fovea_shape_get_n_elements (fovea_graph_get_input_shape (fovea_network_get_graph (part->network))));
      if (part->inputs == NULL)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "no memory for %u images of network %s", *batch, fovea_network_get_name (part->network));
          return FALSE;
        }
    }
  return TRUE;
}

/* Makes the part's plan one for @n_images; only a segment's last ones are fewer than the others. */
static gboolean
fit_plan (Part *part,
          guint n_images,
          GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (part->network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);

  if (part->plan != NULL && part->n_planned == n_images)
    return TRUE;
  g_clear_pointer (&part->plan, fovea_plan_free);
  part->n_planned = n_images;
  part->plan = fovea_plan_new (graph, n_images, input->height, input->width, part->items->len, part->layers, FOVEA_PLAN_FORWARD, error);
  return part->plan != NULL;
}

typedef struct {
  const Batch *batch;
  guint part;
  float *inputs;
} Conversion;

static void
convert_image (gsize item,
               guint worker,
               gpointer data)
{
  const Conversion *conversion = data;
  const FoveaImage *image = conversion->batch->images[item]->images[conversion->part];

  fovea_image_to_planes (image, conversion->inputs + item * 3 * image->width * image->height);
}

static gboolean
run_batch (GPtrArray *parts,
           const Batch *batch,
           gsize n_done,
           GError **error)
{
  for (guint p = 0; p < parts->len; p++)
    {
      Part *part = parts->pdata[p];
      Conversion conversion = { batch, p, part->inputs };

      if (batch->n_images > 0)
        {
          if (!fit_plan (part, batch->n_images, error))
            return FALSE;
          fovea_parallel_for (batch->n_images, convert_image, &conversion);
          fovea_plan_forward (part->plan, part->inputs);
        }
      for (guint i = 0; i < part->items->len; i++)
        {
          Item *item = part->items->pdata[i];

          fovea_scan_add (item->scan, n_done, batch->n_images, batch->indices, batch->classes,
                          batch->n_images > 0 ? fovea_plan_get_activation (part->plan, i) : NULL);
          item->is_changed = TRUE;
        }
    }
  return TRUE;
}

static void
note_unreadable (GPtrArray *parts,
                 const FoveaLoadedImage *image)
{
  for (guint p = 0; p < parts->len; p++)
    {
      Part *part = parts->pdata[p];

      for (guint i = 0; i < part->items->len; i++)
        {
          Item *item = part->items->pdata[i];

          fovea_scan_add_unreadable (item->scan, image->index, image->error->message);
        }
    }
}

/* Goes through the images from @begin to @end with the layers that have come as far as @begin. */
static gboolean
run_segment (Run *run,
             gsize begin,
             gsize end,
             GError **error)
{
  gsize n_images = fovea_image_set_get_n_images (run->set), position = begin;
  g_autoptr (GPtrArray) parts = make_parts (run, begin);
  g_autofree FoveaNetwork **networks = g_new (FoveaNetwork *, parts->len);
  g_autoptr (FoveaImageLoader) loader = NULL;
  guint n_at_once;

  if (!begin_batches (parts, &n_at_once, error))
    return FALSE;
  for (guint p = 0; p < parts->len; p++)
    networks[p] = ((Part *) parts->pdata[p])->network;
  loader = fovea_image_loader_new (run->set, begin, end, parts->len, networks);

  fovea_job_report_resumed (run->job, run->first, begin, n_images);
  while (position < end)
    {
      g_auto (Batch) batch = { 0 };

      if (fovea_job_is_cancelled (run->job, error))
        {
          store_items (run, NULL);
          return FALSE;
        }
      while (position < end && batch.n_images < n_at_once)
        {
          g_autoptr (FoveaLoadedImage) image = fovea_image_loader_next (loader);

          position++;
          if (image->error != NULL)
            {
              note_unreadable (parts, image);
              continue;
            }
          batch.indices[batch.n_images] = (guint32) image->index;
          batch.classes[batch.n_images] = fovea_image_set_get_image_class (run->set, image->index);
          batch.images[batch.n_images++] = g_steal_pointer (&image);
        }
      if (!run_batch (parts, &batch, position, error))
        return FALSE;
      fovea_job_report_resumed (run->job, run->first, position, n_images);
      if (g_get_monotonic_time () >= run->next_checkpoint && !store_items (run, error))
        return FALSE;
    }
  return TRUE;
}

/* The next stretch of images in which the layers to be scanned stay the same; FALSE where nothing is left. */
static gboolean
find_segment (const Run *run,
              gsize *begin,
              gsize *end)
{
  *begin = *end = fovea_image_set_get_n_images (run->set);
  for (guint i = 0; i < run->items->len; i++)
    {
      gsize n_done = g_array_index (run->items, Item, i).scan->n_done;

      if (n_done < *begin)
        {
          *end = *begin;
          *begin = n_done;
        }
      else if (n_done > *begin)
        *end = MIN (*end, n_done);
    }
  return *begin < *end;
}

/**
 * fovea_scan_run:
 * @store: (nullable): where results are kept and scans that were stopped are found
 * @set: the images
 * @n_targets: how many networks
 * @targets: (array length=n_targets): the networks and their layers
 * @options: what to keep of each channel
 * @job: (nullable): told how many images of the set were gone through; may stop it
 * @error: %FOVEA_ERROR_TOO_LARGE where the results or a network need too much memory, %FOVEA_ERROR_IO where
 *   they cannot be stored, %FOVEA_ERROR_UNSUPPORTED for a network that takes no colour images,
 *   `G_IO_ERROR_CANCELLED`
 *
 * Goes through the set once, whatever the number of layers, and goes on where an earlier scan of the same
 * layers was stopped or killed, with the same result to the last bit as if it had not been. What was done is
 * stored every few seconds. Images that cannot be read are noted and left out. Memory does not grow with the
 * set. The thread that calls this computes; any thread.
 *
 * Returns: (transfer full) (element-type FoveaScan): a complete scan for each layer of each target, in
 *   their order, or %NULL; then what is done is in the store
 */
GPtrArray *
fovea_scan_run (FoveaStore *store,
                FoveaImageSet *set,
                guint n_targets,
                const FoveaScanTarget *targets,
                const FoveaScanOptions *options,
                const FoveaJob *job,
                GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autofree char *options_key = make_options_key (options);
  g_autoptr (GPtrArray) scans = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_scan_unref);
  Run run = { .store = store, .set = set, .targets = targets, .n_targets = n_targets, .job = job, .options_key = options_key, .items = items };
  gsize begin, end;

  g_array_set_clear_func (items, clear_item);
  for (guint t = 0; t < n_targets; t++)
    if (fovea_graph_get_input_shape (fovea_network_get_graph (targets[t].network))->channels != 3)
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "network %s does not take colour images, so it cannot be shown a set of them",
                     fovea_network_get_name (targets[t].network));
        return NULL;
      }
  if (!collect_items (&run, options, error))
    return NULL;

  find_segment (&run, &run.first, &end);
  run.next_checkpoint = g_get_monotonic_time () + SECONDS_BETWEEN_CHECKPOINTS * G_USEC_PER_SEC;
  while (find_segment (&run, &begin, &end))
    if (!run_segment (&run, begin, end, error))
      return NULL;
  if (!store_items (&run, error))
    return NULL;

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (scans, fovea_scan_ref (g_array_index (items, Item, i).scan));
  return g_steal_pointer (&scans);
}

/**
 * fovea_scan_load:
 * @store: where results are kept
 * @set: the images
 * @network: the network
 * @layer: its node
 * @options: what was kept of each channel
 * @error: %FOVEA_ERROR_NOT_FOUND where there is none, or only one that cannot be used; %FOVEA_ERROR_IO
 *
 * Any thread.
 *
 * Returns: (transfer full): what is stored; perhaps not complete, see fovea_scan_is_complete(). Or %NULL
 */
FoveaScan *
fovea_scan_load (FoveaStore *store,
                 FoveaImageSet *set,
                 const FoveaNetwork *network,
                 int layer,
                 const FoveaScanOptions *options,
                 GError **error)
{
  g_autofree char *network_key = make_network_key (network);

  if (network_key == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "nothing is stored of network %s, which came from no file", fovea_network_get_name (network));
      return NULL;
    }
  return load (store, set, network, layer, network_key, options, error);
}
