/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/maximize-objective.h"

#include <math.h>
#include <string.h>

#include "engine/parallel.h"

/* A term with its layer looked up. A LOGIT becomes a CHANNEL of the layer that holds the logits. */
typedef struct {
  FoveaObjectiveKind kind;
  double weight;
  guint slot; /* index among the set's layers */
  gint64 channel;
  gint64 y;
  gint64 x;
} Term;

typedef struct {
  int node;
  FoveaShape shape;   /* at the plan's image size; valid once bound, as the next */
  gboolean whole;     /* whether the plan shows all of the layer, not one position */
  gboolean diverse;   /* whether any image has a diversity term here */
  FoveaTensor *seeds; /* [n_images, elements of shape] */
  FoveaTensor *grams; /* [n_images, channels, channels], of length 1; NULL unless diverse */
  double *gram_norms; /* of the Gram matrices before that, n_images; NULL unless diverse */
} Layer;

struct _FoveaObjectiveSet {
  FoveaGraph *graph;
  guint n_images;
  GArray *layers;   /* of Layer */
  GArray **terms;   /* of Term, one array for each image */
  const float **seed_pointers; /* one for each layer */
};

static void
clear_layer (gpointer data)
{
  Layer *layer = data;

  g_clear_pointer (&layer->seeds, fovea_tensor_unref);
  g_clear_pointer (&layer->grams, fovea_tensor_unref);
  g_clear_pointer (&layer->gram_norms, g_free);
}

/**
 * fovea_objective_set_free:
 *
 * Frees @set.
 */
void
fovea_objective_set_free (FoveaObjectiveSet *set)
{
  for (guint i = 0; i < set->n_images; i++)
    g_clear_pointer (&set->terms[i], g_array_unref);
  g_free (set->terms);
  g_array_unref (set->layers);
  g_free (set->seed_pointers);
  fovea_graph_unref (set->graph);
  g_free (set);
}

static guint
find_slot (FoveaObjectiveSet *set,
           int node)
{
  Layer layer = { .node = node };

  for (guint i = 0; i < set->layers->len; i++)
    if (g_array_index (set->layers, Layer, i).node == node)
      return i;
  g_array_append_val (set->layers, layer);
  return set->layers->len - 1;
}

static gboolean
resolve_term (FoveaObjectiveSet *set,
              guint image,
              const FoveaObjectiveTerm *source,
              GError **error)
{
  gboolean logit = source->kind == FOVEA_OBJECTIVE_LOGIT;
  gboolean whole_layer = source->kind == FOVEA_OBJECTIVE_LAYER || source->kind == FOVEA_OBJECTIVE_DIVERSITY;
  int node = logit ? fovea_graph_get_logits (set->graph) : source->neuron.layer;
  const FoveaShape *shape;
  Term term;

  if (!isfinite (source->weight))
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "an objective's weight is not a finite number");
      return FALSE;
    }
  if (node < 0 || (guint) node >= fovea_graph_get_n_nodes (set->graph))
    {
      g_set_error_literal (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "the objective names no layer of this network");
      return FALSE;
    }

  shape = fovea_graph_get_shape (set->graph, (guint) node);
  if (!whole_layer && (source->neuron.channel < 0 || source->neuron.channel >= shape->channels))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   logit ? "class %" G_GINT64_FORMAT " does not exist: %s has %" G_GINT64_FORMAT " classes, counted from 0"
                         : "channel %" G_GINT64_FORMAT " does not exist: layer %s has %" G_GINT64_FORMAT " channels, counted from 0",
                   source->neuron.channel, fovea_graph_get_node (set->graph, (guint) node)->name, shape->channels);
      return FALSE;
    }

  term = (Term) {
    .kind = logit ? FOVEA_OBJECTIVE_CHANNEL : source->kind,
    .weight = source->weight,
    .slot = find_slot (set, node),
    .channel = source->neuron.channel,
    .y = source->neuron.y,
    .x = source->neuron.x,
  };
  if (term.kind == FOVEA_OBJECTIVE_DIVERSITY)
    g_array_index (set->layers, Layer, term.slot).diverse = TRUE;
  g_array_append_val (set->terms[image], term);
  return TRUE;
}

/**
 * fovea_objective_set_new:
 * @n_images: number of images in the batch, at least 1
 * @objectives: (array length=n_images): one for each
 * @error: %FOVEA_ERROR_NOT_FOUND for a layer, channel or class that does not exist,
 *   %FOVEA_ERROR_ARGUMENT for an objective without terms or with a weight that is no number
 *
 * Returns: (transfer full): the objectives, or %NULL
 */
FoveaObjectiveSet *
fovea_objective_set_new (const FoveaNetwork *network,
                         guint n_images,
                         const FoveaObjective *objectives,
                         GError **error)
{
  g_autoptr (FoveaObjectiveSet) self = g_new0 (FoveaObjectiveSet, 1);

  self->graph = fovea_graph_ref (fovea_network_get_graph (network));
  self->n_images = n_images;
  self->layers = g_array_new (FALSE, TRUE, sizeof (Layer));
  g_array_set_clear_func (self->layers, clear_layer);
  self->terms = g_new0 (GArray *, n_images);

  for (guint i = 0; i < n_images; i++)
    {
      self->terms[i] = g_array_new (FALSE, FALSE, sizeof (Term));
      if (objectives[i].n_terms == 0 || objectives[i].n_terms > FOVEA_OBJECTIVE_MAX_TERMS)
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT,
                       "an objective has %u terms, it can have 1 to %d", objectives[i].n_terms, FOVEA_OBJECTIVE_MAX_TERMS);
          return NULL;
        }
      for (guint k = 0; k < objectives[i].n_terms; k++)
        if (!resolve_term (self, i, &objectives[i].terms[k], error))
          return NULL;
    }
  self->seed_pointers = g_new0 (const float *, self->layers->len);
  return g_steal_pointer (&self);
}

/**
 * fovea_objective_set_get_layers:
 * @n_layers: (out): how many
 *
 * Returns: (transfer full): the different layers of all terms, which the plan must be made for, in
 *   this order
 */
int *
fovea_objective_set_get_layers (const FoveaObjectiveSet *set,
                                guint *n_layers)
{
  int *layers = g_new (int, set->layers->len);

  for (guint i = 0; i < set->layers->len; i++)
    layers[i] = g_array_index (set->layers, Layer, i).node;
  *n_layers = set->layers->len;
  return layers;
}

static gboolean
bind_term (const FoveaObjectiveSet *set,
           Term *term,
           GError **error)
{
  const Layer *layer = &g_array_index (set->layers, Layer, term->slot);

  if (term->kind != FOVEA_OBJECTIVE_NEURON)
    return TRUE;

  if (!layer->whole)
    {
      term->y = term->x = 0;
      return TRUE;
    }
  if (term->y == -1 && term->x == -1)
    {
      term->y = layer->shape.height / 2;
      term->x = layer->shape.width / 2;
    }
  if (term->y < 0 || term->y >= layer->shape.height || term->x < 0 || term->x >= layer->shape.width)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                   "position %" G_GINT64_FORMAT ",%" G_GINT64_FORMAT " does not exist: at this image size "
                   "the map of layer %s has %" G_GINT64_FORMAT " rows and %" G_GINT64_FORMAT " columns, counted from 0",
                   term->y, term->x, fovea_graph_get_node (set->graph, (guint) layer->node)->name,
                   layer->shape.height, layer->shape.width);
      return FALSE;
    }
  return TRUE;
}

/**
 * fovea_objective_set_get_positions:
 *
 * Returns: (transfer full): for each of the set's layers the only position that its objectives look at,
 *   for fovea_plan_new_at()
 */
FoveaPlanPosition *
fovea_objective_set_get_positions (const FoveaObjectiveSet *set)
{
  FoveaPlanPosition *positions = g_new (FoveaPlanPosition, set->layers->len);
  g_autofree gboolean *seen = g_new0 (gboolean, set->layers->len);

  for (guint i = 0; i < set->n_images; i++)
    for (guint k = 0; k < set->terms[i]->len; k++)
      {
        const Term *term = &g_array_index (set->terms[i], Term, k);
        FoveaPlanPosition position = { FOVEA_PLAN_WHOLE, FOVEA_PLAN_WHOLE };

        if (term->kind == FOVEA_OBJECTIVE_NEURON)
          position = term->y == -1 && term->x == -1 ? (FoveaPlanPosition) { FOVEA_PLAN_CENTRE, FOVEA_PLAN_CENTRE } : (FoveaPlanPosition) { term->y, term->x };
        if (!seen[term->slot])
          positions[term->slot] = position;
        else if (positions[term->slot].y != position.y || positions[term->slot].x != position.x)
          positions[term->slot] = (FoveaPlanPosition) { FOVEA_PLAN_WHOLE, FOVEA_PLAN_WHOLE };
        seen[term->slot] = TRUE;
      }
  return positions;
}

/**
 * fovea_objective_set_bind:
 * @plan: a plan for the set's layers and number of images
 * @error: %FOVEA_ERROR_NOT_FOUND for a position outside a layer's map, %FOVEA_ERROR_TOO_LARGE
 *
 * Prepares for evaluating with @plan. Once for each set.
 *
 * Returns: whether it did
 */
gboolean
fovea_objective_set_bind (FoveaObjectiveSet *set,
                          const FoveaPlan *plan,
                          GError **error)
{
  for (guint i = 0; i < set->layers->len; i++)
    {
      Layer *layer = &g_array_index (set->layers, Layer, i);
      gint64 shape[] = { set->n_images, 0 };
      gint64 gram_shape[] = { set->n_images, 0, 0 };

      layer->shape = *fovea_plan_get_shape (plan, i);
      layer->whole = fovea_plan_is_whole (plan, i);
      shape[1] = (gint64) fovea_shape_get_n_elements (&layer->shape);
      layer->seeds = fovea_tensor_new (2, shape, error);
      if (layer->seeds == NULL)
        return FALSE;
      set->seed_pointers[i] = layer->seeds->data;

      if (layer->diverse)
        {
          gram_shape[1] = gram_shape[2] = layer->shape.channels;
          layer->grams = fovea_tensor_new (3, gram_shape, error);
          if (layer->grams == NULL)
            return FALSE;
          layer->gram_norms = g_new0 (double, set->n_images);
        }
    }

  for (guint i = 0; i < set->n_images; i++)
    for (guint k = 0; k < set->terms[i]->len; k++)
      if (!bind_term (set, &g_array_index (set->terms[i], Term, k), error))
        return FALSE;
  return TRUE;
}

static gboolean
has_diversity (const FoveaObjectiveSet *set,
               guint image,
               guint slot)
{
  for (guint k = 0; k < set->terms[image]->len; k++)
    {
      const Term *term = &g_array_index (set->terms[image], Term, k);

      if (term->kind == FOVEA_OBJECTIVE_DIVERSITY && term->slot == slot)
        return TRUE;
    }
  return FALSE;
}

/* Sixteen partial sums in a fixed order, which the compiler turns into vectors. */
static float
get_dot_product (const float *restrict a,
                 const float *restrict b,
                 gsize n)
{
  float sums[16] = { 0 };
  float sum = 0;
  gsize i = 0;

  for (; i + 16 <= n; i += 16)
    for (guint k = 0; k < 16; k++)
      sums[k] += a[i + k] * b[i + k];
  for (; i < n; i++)
    sum += a[i] * b[i];
  for (guint k = 0; k < 16; k++)
    sum += sums[k];
  return sum;
}

typedef struct {
  FoveaObjectiveSet *set;
  const FoveaPlan *plan;
  double *values;
} Evaluation;

/* The Gram matrices of one image: for each diverse layer, its channels' inner products over the map,
 * divided by the matrix' Euclidean length. All zero where that is 0. */
static void
compute_grams (gsize item,
               guint worker,
               gpointer data)
{
  const Evaluation *evaluation = data;
  guint image = (guint) item;

  for (guint slot = 0; slot < evaluation->set->layers->len; slot++)
    {
      Layer *layer = &g_array_index (evaluation->set->layers, Layer, slot);
      gsize channels = (gsize) layer->shape.channels;
      gsize n_positions = (gsize) (layer->shape.height * layer->shape.width);
      const float *activation = fovea_plan_get_activation (evaluation->plan, slot) + image * channels * n_positions;
      double sum = 0;
      float factor;
      float *gram;

      if (!layer->diverse || !has_diversity (evaluation->set, image, slot))
        continue;

      gram = layer->grams->data + image * channels * channels;
      for (gsize row = 0; row < channels; row++)
        for (gsize column = 0; column <= row; column++)
          {
            float product = get_dot_product (activation + row * n_positions, activation + column * n_positions, n_positions);

            gram[row * channels + column] = product;
            gram[column * channels + row] = product;
            sum += (row == column ? 1 : 2) * (double) product * product;
          }
      layer->gram_norms[image] = sqrt (sum);
      factor = sum > 0 ? (float) (1 / layer->gram_norms[image]) : 0;
      for (gsize i = 0; i < channels * channels; i++)
        gram[i] *= factor;
    }
}

/* With G the image's Gram matrix, Ĝ = G / |G| and S the mean of the others' Ĝ, the value is -⟨Ĝ, S⟩,
 * whose derivative by G is -(S - ⟨Ĝ, S⟩ Ĝ) / |G|; and that by the activations A, as G = A Aᵀ is
 * symmetric, twice it times A. The other images count as constant: each image climbs its own value. */
static double
add_diversity (const Evaluation *evaluation,
               guint image,
               const Term *term,
               float *seeds)
{
  const FoveaObjectiveSet *set = evaluation->set;
  const Layer *layer = &g_array_index (set->layers, Layer, term->slot);
  gsize channels = (gsize) layer->shape.channels;
  gsize n_positions = (gsize) (layer->shape.height * layer->shape.width);
  const float *activation = fovea_plan_get_activation (evaluation->plan, term->slot) + image * channels * n_positions;
  const float *gram = layer->grams->data + image * channels * channels;
  g_autofree float *others = g_new0 (float, channels * channels);
  guint n_others = 0;
  double similarity = 0;
  double factor;

  for (guint other = 0; other < set->n_images; other++)
    if (other != image && has_diversity (set, other, term->slot))
      {
        const float *values = layer->grams->data + other * channels * channels;

        n_others++;
        for (gsize i = 0; i < channels * channels; i++)
          others[i] += values[i];
      }
  if (n_others == 0 || !(layer->gram_norms[image] > 0))
    return 0;

  for (gsize i = 0; i < channels * channels; i++)
    {
      others[i] /= (float) n_others;
      similarity += (double) gram[i] * others[i];
    }

  factor = -2 * term->weight / layer->gram_norms[image];
  for (gsize row = 0; row < channels; row++)
    for (gsize column = 0; column < channels; column++)
      {
        gsize i = row * channels + column;
        float amount = (float) (factor * (others[i] - similarity * gram[i]));
        const float *restrict source = activation + column * n_positions;
        float *restrict target = seeds + row * n_positions;

        for (gsize p = 0; p < n_positions; p++)
          target[p] += amount * source[p];
      }
  return -similarity;
}

/* Adds the weighted term's derivative to @seeds, the image's part of its layer's; returns its value
 * without weight. */
static double
add_term (const Evaluation *evaluation,
          guint image,
          const Term *term,
          float *seeds)
{
  const Layer *layer = &g_array_index (evaluation->set->layers, Layer, term->slot);
  gsize n_elements = fovea_shape_get_n_elements (&layer->shape);
  gsize n_positions = (gsize) (layer->shape.height * layer->shape.width);
  const float *activation = fovea_plan_get_activation (evaluation->plan, term->slot) + image * n_elements;
  gsize start = (gsize) term->channel * n_positions;
  double sum = 0;

  switch (term->kind)
    {
    case FOVEA_OBJECTIVE_NEURON:
      start += (gsize) (term->y * layer->shape.width + term->x);
      seeds[start] += (float) term->weight;
      return activation[start];

    case FOVEA_OBJECTIVE_CHANNEL:
      for (gsize i = start; i < start + n_positions; i++)
        {
          sum += activation[i];
          seeds[i] += (float) (term->weight / (double) n_positions);
        }
      return sum / (double) n_positions;

    case FOVEA_OBJECTIVE_LAYER:
      for (gsize i = 0; i < n_elements; i++)
        {
          sum += (double) activation[i] * activation[i];
          seeds[i] += (float) (2 * term->weight / (double) n_elements) * activation[i];
        }
      return sum / (double) n_elements;

    case FOVEA_OBJECTIVE_DIVERSITY:
      return add_diversity (evaluation, image, term, seeds);

    case FOVEA_OBJECTIVE_LOGIT:
    default:
      g_assert_not_reached ();
    }
}

static void
evaluate_image (gsize item,
                guint worker,
                gpointer data)
{
  const Evaluation *evaluation = data;
  const FoveaObjectiveSet *set = evaluation->set;
  double value = 0;

  for (guint slot = 0; slot < set->layers->len; slot++)
    {
      const Layer *layer = &g_array_index (set->layers, Layer, slot);
      gsize n_elements = fovea_shape_get_n_elements (&layer->shape);

      memset (layer->seeds->data + item * n_elements, 0, n_elements * sizeof (float));
    }
  for (guint k = 0; k < set->terms[item]->len; k++)
    {
      const Term *term = &g_array_index (set->terms[item], Term, k);
      const Layer *layer = &g_array_index (set->layers, Layer, term->slot);
      float *seeds = layer->seeds->data + item * fovea_shape_get_n_elements (&layer->shape);

      value += term->weight * add_term (evaluation, (guint) item, term, seeds);
    }
  evaluation->values[item] = value;
}

/**
 * fovea_objective_set_evaluate:
 * @plan: the plan that the set was bound to, after a forward run
 * @values: (out): the objective's value of each image
 *
 * Returns: (transfer none): for each layer of the set, the derivative of every image's own value by
 *   its activations, as fovea_plan_gradient() wants it; valid until the next call
 */
const float *const *
fovea_objective_set_evaluate (FoveaObjectiveSet *set,
                              const FoveaPlan *plan,
                              double *values)
{
  Evaluation evaluation = { set, plan, values };
  gboolean diverse = FALSE;

  for (guint slot = 0; slot < set->layers->len; slot++)
    diverse = diverse || g_array_index (set->layers, Layer, slot).diverse;
  if (diverse)
    fovea_parallel_for (set->n_images, compute_grams, &evaluation);
  fovea_parallel_for (set->n_images, evaluate_image, &evaluation);
  return set->seed_pointers;
}
