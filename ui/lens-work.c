/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-work.h"

#include "engine/analysis/classify.h"
#include "ui/texture.h"

/* Pictures on the screen have at least as many pixels a side. */
#define PICTURE_SIZE 512

/**
 * fovea_lens_find_layer:
 * @name: the chosen layer
 *
 * Returns: the layer of a network whose maps are shown; one that lacks the chosen layer still classifies
 */
int
fovea_lens_find_layer (FoveaNetwork *network, const char *name)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  int layer;

  return fovea_graph_find (graph, name, &layer, NULL) && layer >= 0 ? layer : fovea_graph_get_output (graph);
}

/**
 * fovea_lens_describe_answer:
 * @response: (nullable): a network's response
 * @class: (out): the class that it names first
 *
 * Returns: (transfer full) (nullable): the class's name; %NULL where there is no answer
 */
char *
fovea_lens_describe_answer (FoveaResponse *response, guint *class)
{
  const GArray *classes = response != NULL ? fovea_response_get_classes (response, NULL) : NULL;
  const char *label;

  if (classes == NULL || classes->len == 0)
    return NULL;
  *class = g_array_index (classes, FoveaRankedClass, 0).index;
  label = fovea_class_get_label (fovea_response_get_network (response), *class);
  return label != NULL ? g_strdup (label) : g_strdup_printf ("class %u", *class);
}

/**
 * fovea_lens_work_free:
 */
void
fovea_lens_work_free (FoveaLensWork *work)
{
  fovea_lens_image_unref (work->image);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_clear_pointer (&work->switched[side], g_ptr_array_unref);
      g_clear_pointer (&work->operated[side], fovea_network_unref);
      g_clear_pointer (&work->attacks[side], fovea_lens_attack_unref);
      g_free (work->before[side]);
      g_clear_pointer (&work->responses[side], fovea_response_unref);
      g_clear_object (&work->seen[side]);
      g_clear_error (&work->errors[side]);
    }
  g_free (work->layer);
  g_free (work);
}

/* The network that is to answer: after surgery, where there is any. */
static FoveaNetwork *
prepare_network (FoveaLensWork *work, guint side, GError **error)
{
  g_autoptr (GArray) neurons = g_array_new (FALSE, FALSE, sizeof (FoveaNeuron));

  if (work->switched[side] == NULL)
    return work->networks[side];
  for (guint i = 0; work->operated[side] == NULL && i < work->switched[side]->len; i++)
    {
      FoveaNeuron neuron;

      if (!fovea_neuron_parse (work->networks[side], g_ptr_array_index (work->switched[side], i), &neuron, error))
        return NULL;
      g_array_append_val (neurons, neuron);
    }
  if (work->operated[side] == NULL)
    work->operated[side] = fovea_network_operate (work->networks[side], work->surgery, neurons->len, (const FoveaNeuron *) (const void *) neurons->data, error);
  return work->operated[side];
}

/* What a network says of the image as it is. */
static gboolean
ask_before (FoveaLensWork *work, guint side, const FoveaJob *job, GError **error)
{
  FoveaNetwork *network = work->networks[side];
  g_autoptr (FoveaResponse) response = NULL;
  const GArray *classes;
  g_autofree char *name = NULL;
  guint class;

  if (work->before[side] != NULL)
    return TRUE;
  response = fovea_response_new (network, work->image->image, fovea_graph_get_output (fovea_network_get_graph (network)), job, error);
  if (response == NULL)
    return FALSE;
  classes = fovea_response_get_classes (response, NULL);
  name = fovea_lens_describe_answer (response, &class);
  work->before[side] = name != NULL ? g_strdup_printf ("%s %.1f %%", name, g_array_index (classes, FoveaRankedClass, 0).probability * 100) : g_strdup ("no class");
  return TRUE;
}

static FoveaResponse *
respond_attacked (FoveaLensWork *work, guint side, FoveaNetwork *network, const FoveaJob *job, GError **error)
{
  FoveaSide source = work->sources[side];
  FoveaNetwork *attacked = prepare_network (work, source, error);

  if (work->attacks[source] == NULL && attacked != NULL)
    work->attacks[source] = fovea_lens_attack_new (attacked, work->image->image, &work->settings, job, error);
  if (work->attacks[source] == NULL)
    return NULL;
  return fovea_response_new_from_tensor (network, work->attacks[source]->attacked, fovea_lens_find_layer (network, work->layer), job, error);
}

static FoveaResponse *
respond_side (FoveaLensWork *work, guint side, const FoveaJob *job, GError **error)
{
  FoveaNetwork *network = prepare_network (work, side, error);

  if (network == NULL || ((work->is_attacked || work->switched[side] != NULL) && !ask_before (work, side, job, error)))
    return NULL;
  if (work->is_attacked)
    return respond_attacked (work, side, network, job, error);
  return fovea_response_new (network, work->image->image, fovea_lens_find_layer (network, work->layer), job, error);
}

/**
 * fovea_lens_work_run:
 * @job: (nullable): may stop it
 *
 * Any thread.
 */
void
fovea_lens_work_run (FoveaLensWork *work, const FoveaJob *job)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (!work->wanted[side])
        continue;
      work->responses[side] = respond_side (work, side, job, &work->errors[side]);
      if (work->responses[side] != NULL)
        work->seen[side] = fovea_texture_new_enlarged (fovea_response_get_image (work->responses[side]), PICTURE_SIZE);
    }
}
