/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/dissect-stream.h"

#include <string.h>

#include <gio/gio.h>

#include "engine/analysis/dissect-spill.h"
#include "engine/images/concept-loader.h"
#include "engine/locations.h"
#include "engine/plan.h"

/* Images that the network sees at once. */
#define BATCH 8

/* What an image's masks take in the file, roughly, for the estimate of its size. */
#define ESTIMATED_MASK_BYTES (64 * 1024)

struct _FoveaDissectStream {
  FoveaNetwork *network;
  FoveaConceptSet *set;
  FoveaPlan *plan; /* made when first needed */
  int layer;
  gsize n_images;
  gsize n_activations; /* of an image */
  guint width, height; /* of the network's input */

  gsize position; /* of the image that comes next */
  FoveaDissectSpill *spill; /* NULL: the network runs each time */
  float *spilled;           /* [n_activations]: read back */
  FoveaConceptMasks *spilled_masks;

  FoveaConceptLoader *loader;
  gsize batch_begin; /* the images in the batch */
  gsize batch_end;
  FoveaLoadedConcepts *batch[BATCH];
  guint slots[BATCH]; /* of those that could be read, where they are in the plan's batch */
  float *input;       /* [BATCH][3][height][width] */

  FoveaConceptProblems problems; /* of the present image */
};

/* Which activations are meant. Thresholds and alignment do not change them. */
static char *
make_key (const FoveaDissectStream *self)
{
  const FoveaGraph *graph = fovea_network_get_graph (self->network);
  const char *fingerprint = fovea_network_get_fingerprint (self->network);
  g_autofree char *text = NULL;

  if (fingerprint[0] == '\0')
    return NULL;
  text = g_strdup_printf ("%s %s %s", fingerprint, fovea_graph_get_node (graph, (guint) self->layer)->name, fovea_concept_set_get_fingerprint (self->set));
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static guint64
get_free_space (const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  return info != NULL ? g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) : 0;
}

/* Keeps activations where there is room for them: at most as the options say, and half of what is free. */
static gboolean
open_spill (FoveaDissectStream *self,
            const FoveaDissectOptions *options,
            GError **error)
{
  g_autofree char *folder = options->folder != NULL ? g_strdup (options->folder) : fovea_locations_get_cache ("dissect");
  g_autofree char *key = make_key (self);
  guint64 n_bytes = (guint64) self->n_images * (self->n_activations * sizeof (float) + ESTIMATED_MASK_BYTES);

  g_mkdir_with_parents (folder, 0700);
  if (n_bytes > options->max_disk || n_bytes > get_free_space (folder) / 2)
    return TRUE;
  self->spill = fovea_dissect_spill_open (folder, key, self->n_activations, fovea_concept_set_get_n_categories (self->set),
                                          fovea_concept_set_get_n_concepts (self->set), error);
  self->spilled = g_new (float, self->n_activations);
  return self->spill != NULL;
}

/**
 * fovea_dissect_stream_new:
 * @network: the network
 * @layer: its layer
 * @set: the images
 * @options: where to keep activations, and how many
 * @error: %FOVEA_ERROR_UNSUPPORTED for a network that takes no colour images, %FOVEA_ERROR_IO
 *
 * What an earlier run with the same network, layer and images has left is used.
 *
 * Returns: (transfer full): the stream before its first image, or %NULL
 */
FoveaDissectStream *
fovea_dissect_stream_new (FoveaNetwork *network,
                          int layer,
                          FoveaConceptSet *set,
                          const FoveaDissectOptions *options,
                          GError **error)
{
  const FoveaGraph *graph = fovea_network_get_graph (network);
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (FoveaDissectStream) self = NULL;

  if (input->channels != 3)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "network %s takes %" G_GINT64_FORMAT " channels, so it cannot be shown colour images",
                   fovea_network_get_name (network), input->channels);
      return NULL;
    }
  self = g_new0 (FoveaDissectStream, 1);
  self->network = fovea_network_ref (network);
  self->set = fovea_concept_set_ref (set);
  self->layer = layer;
  self->n_images = fovea_image_set_get_n_images (fovea_concept_set_get_images (set));
  self->n_activations = fovea_shape_get_n_elements (fovea_graph_get_shape (graph, (guint) layer));
  self->width = (guint) input->width;
  self->height = (guint) input->height;
  if (!open_spill (self, options, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
clear_batch (FoveaDissectStream *self)
{
  for (guint i = 0; i < BATCH; i++)
    g_clear_pointer (&self->batch[i], fovea_loaded_concepts_free);
  self->batch_begin = self->batch_end = 0;
}

/**
 * fovea_dissect_stream_free:
 * @stream: (nullable): the stream; what it has kept stays for the next run unless it was forgotten
 */
void
fovea_dissect_stream_free (FoveaDissectStream *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->loader, fovea_concept_loader_free);
  clear_batch (self);
  g_clear_pointer (&self->plan, fovea_plan_free);
  fovea_dissect_spill_free (self->spill);
  fovea_concept_masks_free (self->spilled_masks);
  fovea_concept_problems_clear (&self->problems);
  fovea_concept_set_unref (self->set);
  fovea_network_unref (self->network);
  g_free (self->spilled);
  g_free (self->input);
  g_free (self);
}

/* Loads images from the present position on, and runs the network on them. */
static gboolean
run_batch (FoveaDissectStream *self,
           GError **error)
{
  guint n_slots = 0;

  if (self->plan == NULL)
    {
      self->plan = fovea_plan_new (fovea_network_get_graph (self->network), BATCH, self->height, self->width, 1, &self->layer, FOVEA_PLAN_FORWARD, error);
      if (self->plan == NULL)
        return FALSE;
      self->input = g_new0 (float, (gsize) BATCH * 3 * self->width * self->height);
    }
  if (self->loader == NULL)
    self->loader = fovea_concept_loader_new (self->set, self->position, self->n_images, self->width, self->height);

  clear_batch (self);
  self->batch_begin = self->position;
  self->batch_end = MIN (self->position + BATCH, self->n_images);
  for (gsize i = self->batch_begin; i < self->batch_end; i++)
    {
      guint place = (guint) (i - self->batch_begin);
      FoveaLoadedConcepts *loaded = self->batch[place] = fovea_concept_loader_next (self->loader);

      g_assert (loaded != NULL && loaded->index == i);
      if (loaded->error != NULL)
        continue;
      self->slots[place] = n_slots;
      fovea_image_to_planes (loaded->image, self->input + (gsize) n_slots++ * 3 * self->width * self->height);
      g_clear_pointer (&loaded->image, fovea_image_free);
    }
  if (n_slots > 0)
    fovea_plan_forward (self->plan, self->input);
  return TRUE;
}

static gboolean
compute_next (FoveaDissectStream *self,
              FoveaDissectItem *item,
              GError **error)
{
  const FoveaLoadedConcepts *loaded;
  guint place;

  if (self->position < self->batch_begin || self->position >= self->batch_end)
    if (!run_batch (self, error))
      return FALSE;
  place = (guint) (self->position - self->batch_begin);
  loaded = self->batch[place];
  if (loaded->error == NULL)
    {
      item->activations = fovea_plan_get_activation (self->plan, 0) + self->slots[place] * self->n_activations;
      item->masks = loaded->masks;
      fovea_concept_problems_merge (&self->problems, &loaded->masks->problems);
    }
  else
    fovea_concept_problems_add (&self->problems, FOVEA_CONCEPT_PROBLEM_IMAGE, "%s", loaded->error->message);

  if (self->spill != NULL)
    return fovea_dissect_spill_append (self->spill, item->activations, item->masks, &self->problems, error);
  return TRUE;
}

/**
 * fovea_dissect_stream_next:
 * @item: (out caller-allocates): the next image; its activations are %NULL where the image could not be used
 * @error: %FOVEA_ERROR_IO, %FOVEA_ERROR_TOO_LARGE
 *
 * To be called for each image of the set, not more often.
 *
 * Returns: whether it succeeded
 */
gboolean
fovea_dissect_stream_next (FoveaDissectStream *self,
                           FoveaDissectItem *item,
                           GError **error)
{
  g_assert (self->position < self->n_images);

  *item = (FoveaDissectItem) { .index = self->position, .problems = &self->problems };
  fovea_concept_problems_clear (&self->problems);
  if (self->spill != NULL && self->position < fovea_dissect_spill_get_n_records (self->spill))
    {
      g_clear_pointer (&self->spilled_masks, fovea_concept_masks_free);
      if (!fovea_dissect_spill_read (self->spill, self->position, self->spilled, &self->spilled_masks, &self->problems, error))
        return FALSE;
      item->masks = self->spilled_masks;
      item->activations = item->masks != NULL ? self->spilled : NULL;
    }
  else if (!compute_next (self, item, error))
    return FALSE;
  self->position++;
  return TRUE;
}

/**
 * fovea_dissect_stream_rewind:
 *
 * Goes back to the first image.
 */
void
fovea_dissect_stream_rewind (FoveaDissectStream *self)
{
  g_clear_pointer (&self->loader, fovea_concept_loader_free);
  clear_batch (self);
  self->position = 0;
}

/**
 * fovea_dissect_stream_is_kept:
 *
 * Returns: whether activations are kept, so that passes after the first one are quick
 */
gboolean
fovea_dissect_stream_is_kept (const FoveaDissectStream *self)
{
  return self->spill != NULL;
}

/**
 * fovea_dissect_stream_get_n_kept:
 *
 * Returns: how many images need not be shown to the network any more
 */
gsize
fovea_dissect_stream_get_n_kept (const FoveaDissectStream *self)
{
  return self->spill != NULL ? fovea_dissect_spill_get_n_records (self->spill) : 0;
}

/**
 * fovea_dissect_stream_forget:
 *
 * Removes what was kept: the work is done.
 */
void
fovea_dissect_stream_forget (FoveaDissectStream *self)
{
  if (self->spill != NULL)
    fovea_dissect_spill_remove (self->spill);
}
