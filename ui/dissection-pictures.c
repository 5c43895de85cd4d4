/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dissection-pictures.h"

#include "engine/analysis/dissect-example.h"
#include "ui/chart-dissection.h"
#include "ui/number.h"
#include "ui/texture.h"

/* How many images a channel is shown in. */
#define N_PICTURES 8

/* The concept's outline: a colour that neither network has. */
static const guint8 outline[3] = { 255, 230, 0 };

typedef struct {
  FoveaConceptSet *set;
  FoveaDissectionPicturesRequest requests[FOVEA_N_SIDES]; /* with copies of what they point to */
  GPtrArray *pictures[FOVEA_N_SIDES];
  GError *errors[FOVEA_N_SIDES];
  FoveaDissectionPicturesFunc done;
  gpointer data;
} Work;

/**
 * fovea_dissection_picture_free:
 * @picture: (nullable): a picture
 */
void
fovea_dissection_picture_free (FoveaDissectionPicture *picture)
{
  if (picture == NULL)
    return;
  g_clear_object (&picture->texture);
  g_clear_pointer (&picture->drawn, fovea_image_free);
  g_free (picture->name);
  g_free (picture->text);
  g_free (picture);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  fovea_concept_set_unref (work->set);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaDissectionPicturesRequest *request = &work->requests[side];

      g_clear_pointer (&request->dissection, fovea_dissection_unref);
      g_clear_pointer (&request->network, fovea_network_unref);
      g_free ((char *) request->label);
      g_free ((char *) request->category);
      g_clear_pointer (&work->pictures[side], g_ptr_array_unref);
      g_clear_error (&work->errors[side]);
    }
  g_free (work);
}

/* The concept of that name; of several the one of the category. */
static guint
find_concept (const FoveaDissectionPicturesRequest *request)
{
  guint found = FOVEA_DISSECT_NO_CONCEPT;

  for (guint i = 0; request->label != NULL && i < fovea_dissection_get_n_concepts (request->dissection); i++)
    {
      const FoveaConcept *concept = fovea_dissection_get_concept (request->dissection, i);

      if (!g_str_equal (concept->name, request->label))
        continue;
      if (g_strcmp0 (fovea_dissection_get_category (request->dissection, concept->category), request->category) == 0)
        return i;
      if (found == FOVEA_DISSECT_NO_CONCEPT)
        found = i;
    }
  return found;
}

static char *
describe (const FoveaDissectExample *example,
          const FoveaDissectionPicturesRequest *request)
{
  g_autofree char *concept = request->label != NULL ? fovea_dissection_format_label (request->label) : NULL;
  g_autofree char *activation = fovea_number_format (example->activation, 4);

  if (concept == NULL)
    return g_strdup_printf ("%s: activation %s. Bright is where the channel is above its threshold; click to see it in the Lens",
                            example->name, activation);
  if (example->n_concept == 0)
    return g_strdup_printf ("%s: activation %s, without “%s”. Bright is where the channel is above its threshold; click to see it in the Lens",
                            example->name, activation, concept);
  return g_strdup_printf ("%s: activation %s, IoU with “%s” in this image %.3f. Bright is where the channel is above its threshold, and the "
                          "yellow line surrounds the concept; click to see it in the Lens",
                          example->name, activation, concept, example->iou);
}

static GPtrArray *
make_pictures (const FoveaDissectionPicturesRequest *request,
               FoveaConceptSet *set,
               const FoveaJob *job,
               GError **error)
{
  FoveaDissectOptions options;
  g_autoptr (GPtrArray) examples = NULL;
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_dissection_picture_free);

  fovea_dissect_options_init (&options);
  examples = fovea_dissect_examples (request->dissection, request->network, request->layer, set, options.alignment, request->channel,
                                     find_concept (request), request->quantile, N_PICTURES, job, error);
  if (examples == NULL)
    return NULL;
  for (guint i = 0; i < examples->len; i++)
    {
      const FoveaDissectExample *example = g_ptr_array_index (examples, i);
      FoveaImage *drawn = fovea_dissect_example_draw (example, outline, error);
      FoveaDissectionPicture *picture;

      if (drawn == NULL)
        return NULL;
      picture = g_new0 (FoveaDissectionPicture, 1);
      picture->texture = fovea_texture_new_from_image (drawn);
      picture->drawn = drawn;
      picture->image = example->image;
      picture->name = g_strdup (example->name);
      picture->activation = example->activation;
      picture->has_concept = request->label != NULL && example->n_concept > 0;
      picture->iou = example->iou;
      picture->text = describe (example, request);
      g_ptr_array_add (pictures, picture);
    }
  return g_steal_pointer (&pictures);
}

static void
run (FoveaQueuedJob *queued,
     gpointer data)
{
  Work *work = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (work->requests[side].dissection != NULL && !fovea_queued_job_is_cancelled (queued))
      work->pictures[side] = make_pictures (&work->requests[side], work->set, &job, &work->errors[side]);
}

static void
finish (FoveaQueuedJob *job,
        gpointer data)
{
  Work *work = data;

  work->done (work->pictures, work->errors, work->data);
}

/**
 * fovea_dissection_pictures_push:
 * @queue: where to
 * @set: what was dissected with
 * @requests: for each side
 * @done: gets the pictures, in the queue's thread; not called when the job is dropped
 * @data: passed to @done
 *
 * Makes a few pictures of the images in which channels are strongest.
 *
 * Returns: (transfer full): the job
 */
FoveaQueuedJob *
fovea_dissection_pictures_push (FoveaJobQueue *queue,
                                FoveaConceptSet *set,
                                const FoveaDissectionPicturesRequest requests[FOVEA_N_SIDES],
                                FoveaDissectionPicturesFunc done,
                                gpointer data)
{
  Work *work = g_new0 (Work, 1);

  work->set = fovea_concept_set_ref (set);
  work->done = done;
  work->data = data;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (requests[side].dissection != NULL)
      {
        work->requests[side] = requests[side];
        fovea_dissection_ref (requests[side].dissection);
        fovea_network_ref (requests[side].network);
        work->requests[side].label = g_strdup (requests[side].label);
        work->requests[side].category = g_strdup (requests[side].category);
      }
  return fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, run, NULL, finish, work, work_free);
}
