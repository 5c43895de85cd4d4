/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/style-loss.h"

#include <string.h>

#include "engine/kernels/blas.h"
#include "engine/plan.h"

/* Gatys et al. take the first layer of each of the five stages of VGG. */
#define MAX_STYLE_LAYERS 5

typedef struct {
  FoveaShape shape;
  gboolean is_content;
  gboolean is_style;
  float *content;       /* the shape image's maps */
  double content_square; /* their squared length */
  float *gram;          /* the texture image's Gram matrix, [channels, channels] */
  double gram_square;
  float *difference;    /* of Gram matrices */
  float *seed;          /* derivative of the loss by the layer's maps */
} Layer;

struct _FoveaStyleLoss {
  FoveaPlan *plan;
  guint n_layers;
  guint n_content;
  guint n_style;
  Layer *layers;
  const float **seeds;
};

static gsize
get_n_positions (const FoveaShape *shape)
{
  return (gsize) (shape->height * shape->width);
}

/* The Gram matrix divided by the number of positions, so that images of different sizes have comparable ones. */
static void
compute_gram (const FoveaShape *shape,
              const float *maps,
              float *gram)
{
  fovea_blas_gram ((gsize) shape->channels, get_n_positions (shape), maps, 1.0f / (float) get_n_positions (shape), gram);
}

static double
sum_squares (const float *values,
             gsize n_values)
{
  double sum = 0;

  for (gsize i = 0; i < n_values; i++)
    sum += (double) values[i] * values[i];
  return sum;
}

static gboolean
check_response (double square,
                const FoveaNetwork *network,
                int layer,
                const char *image,
                GError **error)
{
  if (square > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: layer %s does not respond to the %s image at all; choose another layer",
               fovea_network_get_name (network), fovea_graph_get_node (fovea_network_get_graph (network), (guint) layer)->name, image);
  return FALSE;
}

static FoveaPlan *
new_plan (FoveaNetwork *network,
          const FoveaTensor *image,
          guint n_layers,
          const int *layers,
          FoveaPlanFlags flags,
          GError **error)
{
  return fovea_plan_new (fovea_network_get_graph (network), 1, image->shape[1], image->shape[2], n_layers, layers, flags, error);
}

static int
find_layer (const GArray *layers,
            int node)
{
  for (guint i = 0; i < layers->len; i++)
    if (g_array_index (layers, int, i) == node)
      return (int) i;
  return -1;
}

static guint
add_layer (GArray *layers,
           int node)
{
  const int there = find_layer (layers, node);

  if (there >= 0)
    return (guint) there;
  g_array_append_val (layers, node);
  return layers->len - 1;
}

static gboolean
take_texture (FoveaStyleLoss *self,
              FoveaNetwork *network,
              const GArray *layers,
              const FoveaTensor *texture,
              GError **error)
{
  g_autoptr (FoveaPlan) plan = new_plan (network, texture, layers->len, (const int *) (void *) layers->data, FOVEA_PLAN_FORWARD, error);

  if (plan == NULL)
    return FALSE;
  fovea_plan_forward (plan, texture->data);
  for (guint i = 0; i < self->n_layers; i++)
    {
      Layer *layer = &self->layers[i];
      const gsize n_elements = (gsize) (layer->shape.channels * layer->shape.channels);

      if (!layer->is_style)
        continue;
      layer->gram = g_new (float, n_elements);
      layer->difference = g_new (float, n_elements);
      compute_gram (fovea_plan_get_shape (plan, i), fovea_plan_get_activation (plan, i), layer->gram);
      layer->gram_square = sum_squares (layer->gram, n_elements);
      if (!check_response (layer->gram_square, network, g_array_index (layers, int, i), "texture", error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_shape (FoveaStyleLoss *self,
            FoveaNetwork *network,
            const GArray *layers,
            const FoveaTensor *shape,
            GError **error)
{
  fovea_plan_forward (self->plan, shape->data);
  for (guint i = 0; i < self->n_layers; i++)
    {
      Layer *layer = &self->layers[i];
      const gsize n_elements = fovea_shape_get_n_elements (&layer->shape);

      if (!layer->is_content)
        continue;
      layer->content = g_memdup2 (fovea_plan_get_activation (self->plan, i), n_elements * sizeof (float));
      layer->content_square = sum_squares (layer->content, n_elements);
      if (!check_response (layer->content_square, network, g_array_index (layers, int, i), "shape", error))
        return FALSE;
    }
  return TRUE;
}

/**
 * fovea_style_loss_new:
 * @network: whose eyes
 * @layers: at least one
 * @shape: [3, height, width] in [0,1]; images to be judged are of its size
 * @texture: [3, height, width] in [0,1], of any size
 * @error: %FOVEA_ERROR_ARGUMENT where a layer does not respond to an image, as fovea_plan_new()
 *
 * Any thread.
 *
 * Returns: (transfer full): the loss, or %NULL
 */
FoveaStyleLoss *
fovea_style_loss_new (FoveaNetwork *network,
                      const FoveaStyleLayers *layers,
                      const FoveaTensor *shape,
                      const FoveaTensor *texture,
                      GError **error)
{
  g_autoptr (FoveaStyleLoss) self = g_new0 (FoveaStyleLoss, 1);
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (int));

  g_return_val_if_fail (layers->n_content + layers->n_style > 0, NULL);
  for (guint i = 0; i < layers->n_content; i++)
    add_layer (wanted, layers->content[i]);
  for (guint i = 0; i < layers->n_style; i++)
    add_layer (wanted, layers->style[i]);

  self->plan = new_plan (network, shape, wanted->len, (const int *) (void *) wanted->data, FOVEA_PLAN_GRADIENT, error);
  if (self->plan == NULL)
    return NULL;
  self->n_layers = wanted->len;
  self->layers = g_new0 (Layer, wanted->len);
  self->seeds = g_new0 (const float *, wanted->len);
  for (guint i = 0; i < layers->n_content; i++)
    self->layers[find_layer (wanted, layers->content[i])].is_content = TRUE;
  for (guint i = 0; i < layers->n_style; i++)
    self->layers[find_layer (wanted, layers->style[i])].is_style = TRUE;
  for (guint i = 0; i < self->n_layers; i++)
    {
      Layer *layer = &self->layers[i];

      layer->shape = *fovea_plan_get_shape (self->plan, i);
      layer->seed = g_new (float, fovea_shape_get_n_elements (&layer->shape));
      self->seeds[i] = layer->seed;
      self->n_content += layer->is_content;
      self->n_style += layer->is_style;
    }
  if (!take_texture (self, network, wanted, texture, error) || !take_shape (self, network, wanted, shape, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_style_loss_free:
 *
 * Frees the loss.
 */
void
fovea_style_loss_free (FoveaStyleLoss *self)
{
  for (guint i = 0; self->layers != NULL && i < self->n_layers; i++)
    {
      g_free (self->layers[i].content);
      g_free (self->layers[i].gram);
      g_free (self->layers[i].difference);
      g_free (self->layers[i].seed);
    }
  g_clear_pointer (&self->plan, fovea_plan_free);
  g_free (self->layers);
  g_free (self->seeds);
  g_free (self);
}

/* |F - P|² / |P|², and its derivative by F into the layer's seed. */
static double
evaluate_content (Layer *layer,
                  const float *maps,
                  double weight)
{
  const gsize n_elements = fovea_shape_get_n_elements (&layer->shape);
  const float factor = (float) (2 * weight / layer->content_square);
  double sum = 0;

  for (gsize i = 0; i < n_elements; i++)
    {
      const float difference = maps[i] - layer->content[i];

      sum += (double) difference * difference;
      layer->seed[i] = factor * difference;
    }
  return sum / layer->content_square;
}

/* |G - A|² / |A|² with G = F Fᵀ / positions, and its derivative by F, 4 (G - A) F / (positions |A|²), added to
 * the layer's seed. */
static double
evaluate_style (Layer *layer,
                const float *maps,
                double weight)
{
  const gsize n_channels = (gsize) layer->shape.channels;
  const gsize n_positions = get_n_positions (&layer->shape);
  const float factor = (float) (4 * weight / ((double) n_positions * layer->gram_square));
  double loss;

  compute_gram (&layer->shape, maps, layer->difference);
  for (gsize i = 0; i < n_channels * n_channels; i++)
    layer->difference[i] -= layer->gram[i];
  loss = sum_squares (layer->difference, n_channels * n_channels) / layer->gram_square;
  for (gsize i = 0; i < n_channels * n_channels; i++)
    layer->difference[i] *= factor;
  fovea_blas_gemm (FALSE, n_channels, n_positions, n_channels, layer->difference, n_channels, maps, n_positions, 1, layer->seed, n_positions);
  return loss;
}

/**
 * fovea_style_loss_evaluate:
 * @image: [3, height, width] in [0,1], of the shape image's size
 * @content_weight, @style_weight: of the two losses in the sum that is differentiated
 * @losses: (out): the losses, without the weights
 * @gradient: (out): [3, height, width], the derivative of the weighted sum by the image
 *
 * The thread that owns the loss; spreads the network's work over the pool.
 */
void
fovea_style_loss_evaluate (FoveaStyleLoss *self,
                           const float *image,
                           double content_weight,
                           double style_weight,
                           FoveaStyleLosses *losses,
                           float *gradient)
{
  *losses = (FoveaStyleLosses) { 0, 0 };
  fovea_plan_forward (self->plan, image);
  for (guint i = 0; i < self->n_layers; i++)
    {
      Layer *layer = &self->layers[i];
      const float *maps = fovea_plan_get_activation (self->plan, i);

      if (layer->is_content)
        losses->content += evaluate_content (layer, maps, content_weight / self->n_content) / self->n_content;
      else
        memset (layer->seed, 0, fovea_shape_get_n_elements (&layer->shape) * sizeof (float));
      if (layer->is_style)
        losses->style += evaluate_style (layer, maps, style_weight / self->n_style) / self->n_style;
    }
  fovea_plan_gradient (self->plan, self->seeds, gradient);
}

/**
 * fovea_style_layers_choose:
 * @network: any network
 * @content: (element-type int): where the nodes of content layers go
 * @style: (element-type int): where the nodes of style layers go
 *
 * Chooses as Gatys et al. did for VGG, where that gives their choice: style from the first ReLU of each stage (layers with maps of
 * one size), content from the second ReLU of the last stage but one. In networks of fewer than four stages that would be
 * the same layers, whose maps cannot be like both images': there content is the last ReLU with a map, and the last stage
 * gives no style. Without any ReLU, convolutions take their place.
 */
void
fovea_style_layers_choose (const FoveaNetwork *network,
                           GArray *content,
                           GArray *style)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  static const char *const kinds[] = { "Relu", "Conv" };
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint));
  gboolean is_short;
  guint n_style, chosen;

  for (guint k = 0; k < G_N_ELEMENTS (kinds) && layers->len == 0; k++)
    for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
      {
        const FoveaShape *shape = fovea_graph_get_shape (graph, i);
        const int node = (int) i;

        if (!g_str_equal (fovea_graph_get_node (graph, i)->operator->name, kinds[k]) || get_n_positions (shape) < 4)
          continue;
        if (layers->len == 0 || fovea_graph_get_shape (graph, (guint) g_array_index (layers, int, layers->len - 1))->height > shape->height)
          g_array_append_val (starts, layers->len);
        g_array_append_val (layers, node);
      }
  if (layers->len == 0)
    return;
  is_short = starts->len < 4;
  n_style = is_short ? MAX (starts->len - 1, 1) : MIN (starts->len, MAX_STYLE_LAYERS);
  for (guint i = 0; i < n_style; i++)
    add_layer (style, g_array_index (layers, int, g_array_index (starts, guint, i)));
  chosen = is_short ? layers->len - 1 : g_array_index (starts, guint, n_style - 2) + 1;
  add_layer (content, g_array_index (layers, int, chosen));
}
