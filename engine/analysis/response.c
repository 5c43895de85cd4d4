/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/response.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/classify.h"
#include "engine/error.h"
#include "engine/plan.h"
#include "engine/receptive-field.h"

struct _FoveaResponse {
  FoveaNetwork *network;
  FoveaImage *image; /* as the network saw it */
  int layer;
  FoveaShape shape;
  float *maps; /* [channels,height,width] */
  FoveaChannelResponse *channels;
  GArray *classes; /* NULL where the network is no classifier */
  GError *classes_error; /* then why */
};

static void
response_clear (gpointer data)
{
  FoveaResponse *response = data;

  g_clear_pointer (&response->network, fovea_network_unref);
  g_clear_pointer (&response->image, fovea_image_free);
  g_clear_pointer (&response->maps, g_free);
  g_clear_pointer (&response->channels, g_free);
  g_clear_pointer (&response->classes, g_array_unref);
  g_clear_error (&response->classes_error);
}

/* A map's minimum, peak and mean; a value that is no number counts as the smallest. */
static void
measure_map (const float *map, const FoveaShape *shape, FoveaChannelResponse *channel)
{
  gsize n = (gsize) (shape->height * shape->width);
  gsize peak = 0;
  double sum = 0;

  channel->minimum = map[0];
  for (gsize i = 0; i < n; i++)
    {
      sum += map[i];
      if (map[i] < channel->minimum)
        channel->minimum = map[i];
      if (map[i] > map[peak] || isnan (map[peak]))
        peak = i;
    }
  channel->peak = map[peak];
  channel->mean = sum / (double) n;
  channel->peak_y = (gint64) peak / shape->width;
  channel->peak_x = (gint64) peak % shape->width;
}

static gboolean
run (FoveaResponse *response, const FoveaTensor *input, GError **error)
{
  FoveaGraph *graph = fovea_network_get_graph (response->network);
  const int wanted[] = { response->layer, fovea_graph_get_output (graph) };
  guint n_wanted = wanted[0] == wanted[1] ? 1 : 2;
  g_autoptr (FoveaPlan) plan = fovea_plan_new (graph, 1, input->shape[1], input->shape[2], n_wanted, wanted, FOVEA_PLAN_FORWARD, error);
  const FoveaShape *output;
  gsize map_size, n_values;

  if (plan == NULL)
    return FALSE;
  response->shape = *fovea_plan_get_shape (plan, 0);
  output = fovea_plan_get_shape (plan, n_wanted - 1);
  map_size = (gsize) (response->shape.height * response->shape.width);
  n_values = (gsize) response->shape.channels * map_size;
  response->maps = g_try_new (float, n_values);
  response->channels = g_try_new0 (FoveaChannelResponse, (gsize) response->shape.channels);
  if (response->maps == NULL || response->channels == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_TOO_LARGE, "not enough memory for a layer of %zu values", n_values);
      return FALSE;
    }

  fovea_plan_forward (plan, input->data);
  memcpy (response->maps, fovea_plan_get_activation (plan, 0), n_values * sizeof (float));
  for (guint i = 0; i < (guint) response->shape.channels; i++)
    {
      response->channels[i].channel = i;
      measure_map (response->maps + i * map_size, &response->shape, &response->channels[i]);
    }
  if (fovea_classify_check (response->network, output, &response->classes_error))
    response->classes = fovea_classify_rank (response->network, fovea_plan_get_activation (plan, n_wanted - 1),
                                             (gsize) output->channels, &response->classes_error);
  return TRUE;
}

/**
 * fovea_response_new:
 * @image: any image; it is fitted to the network as fovea_image_fit_to_network() does
 * @layer: a node of the network's graph
 * @job: (nullable): by which it can be cancelled before it runs
 * @error: as fovea_image_fit_to_network() and fovea_plan_new(); a network that is no classifier is no error
 *
 * Runs the network once. Any thread.
 *
 * Returns: (transfer full): its response, or %NULL
 */
FoveaResponse *
fovea_response_new (FoveaNetwork *network, const FoveaImage *image, int layer, const FoveaJob *job, GError **error)
{
  g_autoptr (FoveaResponse) response = g_atomic_rc_box_new0 (FoveaResponse);
  g_autoptr (FoveaTensor) input = NULL;

  g_return_val_if_fail (layer >= 0 && (guint) layer < fovea_graph_get_n_nodes (fovea_network_get_graph (network)), NULL);

  response->network = fovea_network_ref (network);
  response->layer = layer;
  response->image = fovea_image_fit_to_network (image, network, error);
  input = response->image != NULL ? fovea_image_to_tensor (response->image, error) : NULL;
  if (input == NULL || fovea_job_is_cancelled (job, error) || !run (response, input, error))
    return NULL;
  return g_steal_pointer (&response);
}

/**
 * fovea_response_new_from_tensor:
 * @image: [3, height, width] in [0,1], of the network's input size
 * @layer: a node of the network's graph
 * @job: (nullable): by which it can be cancelled before it runs
 * @error: %FOVEA_ERROR_ARGUMENT where the image has another size, and as fovea_plan_new()
 *
 * Runs the network once with values that need not be those of any file: the response's image is what is nearest
 * to them in eight bits. Any thread.
 *
 * Returns: (transfer full): its response, or %NULL
 */
FoveaResponse *
fovea_response_new_from_tensor (FoveaNetwork *network, const FoveaTensor *image, int layer, const FoveaJob *job, GError **error)
{
  g_autoptr (FoveaResponse) response = g_atomic_rc_box_new0 (FoveaResponse);
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (network));

  g_return_val_if_fail (layer >= 0 && (guint) layer < fovea_graph_get_n_nodes (fovea_network_get_graph (network)), NULL);

  response->network = fovea_network_ref (network);
  response->layer = layer;
  if (!fovea_tensor_has_shape (image, 3, (const gint64[]) { input->channels, input->height, input->width }))
    {
      g_autofree char *shape = fovea_tensor_describe_shape (image->n_dimensions, image->shape);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s wants an image of %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels, not of shape %s",
                   fovea_network_get_name (network), input->width, input->height, shape);
      return NULL;
    }
  response->image = fovea_image_from_tensor (image, error);
  if (response->image == NULL || fovea_job_is_cancelled (job, error) || !run (response, image, error))
    return NULL;
  return g_steal_pointer (&response);
}

/**
 * fovea_response_ref:
 */
FoveaResponse *
fovea_response_ref (FoveaResponse *response)
{
  return g_atomic_rc_box_acquire (response);
}

/**
 * fovea_response_unref:
 */
void
fovea_response_unref (FoveaResponse *response)
{
  g_atomic_rc_box_release_full (response, response_clear);
}

/**
 * fovea_response_get_network:
 *
 * Returns: (transfer none): the network that responded
 */
FoveaNetwork *
fovea_response_get_network (const FoveaResponse *response)
{
  return response->network;
}

/**
 * fovea_response_get_layer:
 *
 * Returns: the node whose maps are kept
 */
int
fovea_response_get_layer (const FoveaResponse *response)
{
  return response->layer;
}

/**
 * fovea_response_get_image:
 *
 * Returns: (transfer none): the image as the network saw it: resized and cropped
 */
const FoveaImage *
fovea_response_get_image (const FoveaResponse *response)
{
  return response->image;
}

/**
 * fovea_response_get_classes:
 * @error: (out) (optional) (transfer none): where there are none, why
 *
 * Returns: (nullable) (transfer none) (element-type FoveaRankedClass): all classes, the most probable first
 */
const GArray *
fovea_response_get_classes (const FoveaResponse *response, const GError **error)
{
  if (error != NULL)
    *error = response->classes_error;
  return response->classes;
}

/**
 * fovea_response_get_shape:
 *
 * Returns: (transfer none): channels and size of the maps
 */
const FoveaShape *
fovea_response_get_shape (const FoveaResponse *response)
{
  return &response->shape;
}

/**
 * fovea_response_get_map:
 *
 * Returns: (transfer none): [height,width]: the channel's activations
 */
const float *
fovea_response_get_map (const FoveaResponse *response, guint channel)
{
  g_return_val_if_fail (channel < response->shape.channels, NULL);
  return response->maps + (gsize) channel * (gsize) (response->shape.height * response->shape.width);
}

/**
 * fovea_response_get_channel:
 *
 * Returns: (transfer none): what its map comes to
 */
const FoveaChannelResponse *
fovea_response_get_channel (const FoveaResponse *response, guint channel)
{
  g_return_val_if_fail (channel < response->shape.channels, NULL);
  return &response->channels[channel];
}

static double
get_measure (const FoveaChannelResponse *channel, FoveaResponseMeasure measure)
{
  double value = measure == FOVEA_RESPONSE_PEAK ? channel->peak : channel->mean;

  return isnan (value) ? -INFINITY : value;
}

typedef struct {
  const FoveaResponse *response;
  FoveaResponseMeasure measure;
} Ranking;

static int
compare_channels (gconstpointer a, gconstpointer b, gpointer data)
{
  const Ranking *ranking = data;
  const guint *channel_a = a, *channel_b = b;
  double value_a = get_measure (&ranking->response->channels[*channel_a], ranking->measure);
  double value_b = get_measure (&ranking->response->channels[*channel_b], ranking->measure);

  if (value_a != value_b)
    return value_a < value_b ? 1 : -1;
  return *channel_a < *channel_b ? -1 : *channel_a > *channel_b;
}

/**
 * fovea_response_rank:
 * @channels: (out): [channels]: their numbers, the most active first; of equals the smaller number
 */
void
fovea_response_rank (const FoveaResponse *response, FoveaResponseMeasure measure, guint *channels)
{
  Ranking ranking = { response, measure };

  for (guint i = 0; i < (guint) response->shape.channels; i++)
    channels[i] = i;
  g_qsort_with_data (channels, (int) response->shape.channels, sizeof (guint), compare_channels, &ranking);
}

/* Where in the map the middle of the image's pixel row or column @position lies: unit u sees the
 * pixels from u * stride + offset, its centre is half its field's size further. */
static double
to_map (const FoveaReceptiveField *field, guint axis, double position, gint64 map_length)
{
  double unit = (position - (double) field->offset[axis] - (double) field->size[axis] / 2) / (double) field->stride[axis];

  return CLAMP (unit, 0, (double) (map_length - 1));
}

static const FoveaReceptiveField *
get_field (const FoveaResponse *response)
{
  return fovea_graph_get_receptive_field (fovea_network_get_graph (response->network), (guint) response->layer);
}

/**
 * fovea_response_find_unit:
 * @image_y, @image_x: a point of the image the network saw, in pixels from its upper left corner
 * @y, @x: (out): the unit whose receptive field's centre is nearest
 */
void
fovea_response_find_unit (const FoveaResponse *response, double image_y, double image_x, gint64 *y, gint64 *x)
{
  const FoveaReceptiveField *field = get_field (response);

  *y = (gint64) floor (to_map (field, 0, image_y, response->shape.height) + 0.5);
  *x = (gint64) floor (to_map (field, 1, image_x, response->shape.width) + 0.5);
}

/**
 * fovea_response_get_box:
 * @box: (out): x0, y0, x1, y1 in pixels of the image the network saw, x1 and y1 exclusive, clipped to it
 *
 * What the unit at row @y, column @x sees.
 */
void
fovea_response_get_box (const FoveaResponse *response, gint64 y, gint64 x, gint64 box[4])
{
  fovea_receptive_field_get_box (get_field (response), y, x, response->image->height, response->image->width, box);
}

/**
 * fovea_response_upsample:
 * @height, @width: the size wanted, for all of the image the network saw
 *
 * Enlarges a map bilinearly so that every unit's value lies at its receptive field's centre; beyond the
 * outermost centres the nearest value goes on.
 *
 * Returns: (transfer full): [@height,@width]; %NULL where there is not enough memory
 */
float *
fovea_response_upsample (const FoveaResponse *response, guint channel, gsize height, gsize width)
{
  const FoveaReceptiveField *field = get_field (response);
  const float *map = fovea_response_get_map (response, channel);
  gint64 map_height = response->shape.height, map_width = response->shape.width;
  float *result = g_try_new (float, height * width);

  for (gsize row = 0; result != NULL && row < height; row++)
    {
      double y = to_map (field, 0, ((double) row + 0.5) * response->image->height / (double) height, map_height);
      gint64 above = (gint64) y, below = MIN (above + 1, map_height - 1);
      double down = y - (double) above;

      for (gsize column = 0; column < width; column++)
        {
          double x = to_map (field, 1, ((double) column + 0.5) * response->image->width / (double) width, map_width);
          gint64 left = (gint64) x, right = MIN (left + 1, map_width - 1);
          double across = x - (double) left;
          double upper = map[above * map_width + left] * (1 - across) + map[above * map_width + right] * across;
          double lower = map[below * map_width + left] * (1 - across) + map[below * map_width + right] * across;

          result[row * width + column] = (float) (upper * (1 - down) + lower * down);
        }
    }
  return result;
}
