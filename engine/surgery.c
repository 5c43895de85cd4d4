/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/surgery.h"

#include <stdlib.h>
#include <string.h>

/* What is behind the layer's name in the new network: the layer as it was before the operation. */
#define WHOLE_SUFFIX ".whole"

static FoveaTensor *
make_vector (gint64 n,
             float value,
             GError **error)
{
  FoveaTensor *vector = fovea_tensor_new (1, &n, error);

  for (gint64 i = 0; vector != NULL && i < n; i++)
    vector->data[i] = value;
  return vector;
}

/* One factor a channel, 0 or 1; NULL where no neuron lies in the layer. */
static FoveaTensor *
make_mask (const FoveaGraph *graph,
           guint layer,
           FoveaSurgery surgery,
           guint n_neurons,
           const FoveaNeuron *neurons,
           GError **error)
{
  gint64 n_channels = fovea_graph_get_shape (graph, layer)->channels;
  FoveaTensor *mask = make_vector (n_channels, surgery == FOVEA_SURGERY_REMOVE ? 1 : 0, error);

  for (guint i = 0; mask != NULL && i < n_neurons; i++)
    if (neurons[i].layer == (int) layer)
      mask->data[neurons[i].channel] = surgery == FOVEA_SURGERY_REMOVE ? 0 : 1;
  return mask;
}

/* A batch normalization that does nothing but multiply by the mask: executors know it, and fold it. */
static gboolean
add_mask (FoveaGraph *graph,
          const char *name,
          const char *whole,
          FoveaTensor *mask,
          GError **error)
{
  g_autoptr (GHashTable) parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
  const char *inputs[] = { whole, NULL };
  static const struct { const char *name; float value; } constants[] = { { "B", 0 }, { "input_mean", 0 }, { "input_var", 1 } };
  GVariantDict attributes;

  g_hash_table_insert (parameters, g_strdup ("scale"), fovea_tensor_ref (mask));
  for (gsize i = 0; i < G_N_ELEMENTS (constants); i++)
    {
      FoveaTensor *vector = make_vector (mask->shape[0], constants[i].value, error);

      if (vector == NULL)
        return FALSE;
      g_hash_table_insert (parameters, g_strdup (constants[i].name), vector);
    }
  g_variant_dict_init (&attributes, NULL);
  g_variant_dict_insert (&attributes, "epsilon", "d", 0.0);
  return fovea_graph_add_node (graph, name, "BatchNormalization", inputs, g_variant_dict_end (&attributes), parameters, error);
}

static gboolean
copy_node (FoveaGraph *copy,
           const FoveaGraph *graph,
           const FoveaNode *node,
           const char *name,
           GError **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  for (guint i = 0; i < node->n_inputs; i++)
    g_ptr_array_add (inputs, node->inputs[i] == FOVEA_GRAPH_INPUT ? (gpointer) "input"
                                                                  : fovea_graph_get_node (graph, (guint) node->inputs[i])->name);
  g_ptr_array_add (inputs, NULL);
  return fovea_graph_add_node (copy, name, node->operator->name, (const char *const *) inputs->pdata, node->attributes, node->parameters, error);
}

static gboolean
copy_aliases (FoveaGraph *copy,
              const FoveaGraph *graph,
              GError **error)
{
  GHashTableIter iter;
  gpointer alias, name;

  g_hash_table_iter_init (&iter, fovea_graph_get_aliases (graph));
  while (g_hash_table_iter_next (&iter, &alias, &name))
    if (!fovea_graph_add_alias (copy, alias, name, error))
      return FALSE;
  return TRUE;
}

static FoveaGraph *
operate (FoveaGraph *graph,
         FoveaSurgery surgery,
         guint n_neurons,
         const FoveaNeuron *neurons,
         GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (graph);
  g_autoptr (FoveaGraph) copy = fovea_graph_new (input->channels, input->height, input->width);

  if (!fovea_graph_set_normalization (copy, fovea_graph_get_mean (graph), fovea_graph_get_std (graph), (guint) input->channels, error))
    return NULL;
  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      gboolean wounded = FALSE;

      for (guint k = 0; k < n_neurons; k++)
        wounded = wounded || neurons[k].layer == (int) i;
      if (wounded)
        {
          g_autofree char *whole = g_strconcat (node->name, WHOLE_SUFFIX, NULL);
          g_autoptr (FoveaTensor) mask = make_mask (graph, i, surgery, n_neurons, neurons, error);

          if (mask == NULL || !copy_node (copy, graph, node, whole, error) || !add_mask (copy, node->name, whole, mask, error))
            return NULL;
        }
      else if (!copy_node (copy, graph, node, node->name, error))
        return NULL;
    }
  if (!copy_aliases (copy, graph, error) || !fovea_graph_finish (copy, error))
    return NULL;
  return g_steal_pointer (&copy);
}

static int
compare_neurons (gconstpointer a,
                 gconstpointer b)
{
  const FoveaNeuron *neuron_a = a;
  const FoveaNeuron *neuron_b = b;

  if (neuron_a->layer != neuron_b->layer)
    return neuron_a->layer < neuron_b->layer ? -1 : 1;
  return neuron_a->channel < neuron_b->channel ? -1 : neuron_a->channel > neuron_b->channel;
}

/* ` without conv3:42, conv3:97`; the same set of channels reads the same. */
static char *
describe (const FoveaNetwork *network,
          FoveaSurgery surgery,
          guint n_neurons,
          const FoveaNeuron *neurons)
{
  g_autofree FoveaNeuron *sorted = g_memdup2 (neurons, n_neurons * sizeof *neurons);
  GString *text = g_string_new (surgery == FOVEA_SURGERY_REMOVE ? " without " : " with only ");

  qsort (sorted, n_neurons, sizeof *sorted, compare_neurons);
  for (guint i = 0; i < n_neurons; i++)
    {
      FoveaNeuron channel = { .layer = sorted[i].layer, .channel = sorted[i].channel, .y = -1, .x = -1 };
      g_autofree char *address = fovea_neuron_format (network, &channel);

      if (i > 0 && compare_neurons (&sorted[i], &sorted[i - 1]) == 0)
        continue;
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", address);
    }
  return g_string_free (text, FALSE);
}

/**
 * fovea_network_operate:
 * @surgery: whether @neurons go or stay
 * @n_neurons: at least 1
 * @neurons: channels, of one layer or of several; their positions do not matter
 *
 * A channel that is off is 0 for all that reads its layer; a layer's other names and addresses stay. The weights
 * are shared with @network, their packed copies are not.
 *
 * Returns: (transfer full): a network whose name says what was done, and whose SHA-256 is made of @network's and
 *   that; %NULL with @error set: %FOVEA_ERROR_ARGUMENT where a neuron does not exist, %FOVEA_ERROR_FORMAT where the
 *   graph has a layer of the name that is needed
 *
 * Thread: any.
 */
FoveaNetwork *
fovea_network_operate (FoveaNetwork *network,
                       FoveaSurgery surgery,
                       guint n_neurons,
                       const FoveaNeuron *neurons,
                       GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  g_autoptr (FoveaGraph) copy = NULL;
  g_autofree char *what = NULL;
  g_autofree char *name = NULL;
  g_autofree char *identity = NULL;
  g_autofree char *sha256 = NULL;
  FoveaNetworkInfo info;

  g_return_val_if_fail (n_neurons > 0, NULL);

  for (guint i = 0; i < n_neurons; i++)
    if (neurons[i].layer < 0 || (guint) neurons[i].layer >= fovea_graph_get_n_nodes (graph) ||
        neurons[i].channel < 0 || neurons[i].channel >= fovea_graph_get_shape (graph, (guint) neurons[i].layer)->channels)
      {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s has no channel %" G_GINT64_FORMAT " in its layer number %d",
                     fovea_network_get_name (network), neurons[i].channel, neurons[i].layer);
        return NULL;
      }
  copy = operate (graph, surgery, n_neurons, neurons, error);
  if (copy == NULL)
    return NULL;

  what = describe (network, surgery, n_neurons, neurons);
  name = g_strconcat (fovea_network_get_name (network), what, NULL);
  identity = g_strconcat (fovea_network_get_sha256 (network), what, NULL);
  sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, identity, -1);
  info = (FoveaNetworkInfo) {
    .name = name,
    .architecture = fovea_network_get_architecture (network),
    .training = fovea_network_get_training (network),
    .notes = fovea_network_get_notes (network),
    .format = fovea_network_get_format (network),
    .path = fovea_network_get_path (network),
    .sha256 = sha256,
    .classes = fovea_network_get_classes (network),
    .resize = fovea_network_get_resize (network),
  };
  return fovea_network_new (copy, &info);
}
