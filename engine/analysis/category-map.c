/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/category-map.h"

#include <math.h>
#include <string.h>

#include "engine/analysis/cue-set.h"
#include "engine/labels.h"
#include "engine/locations.h"
#include "engine/read-file.h"

#define N_IMAGENET_CLASSES 1000

/* The list of entry-level categories is no larger. */
#define MAX_BYTES (1 << 20)

const char *const fovea_category_rule_names[] = { "mean", "sum", "max", NULL };

typedef struct {
  char *name;      /* normalized */
  GArray *classes; /* of guint; empty where the network lacks the category */
} Category;

struct _FoveaCategoryMap {
  GArray *categories;
  guint n_known;
};

static void
clear_category (Category *category)
{
  g_free (category->name);
  g_array_unref (category->classes);
}

/* Whether @category is one of the names that a class goes by, which ImageNet separates by commas. */
static gboolean
is_called (const char *class_name,
           const char *category)
{
  g_auto (GStrv) synonyms = g_strsplit (class_name, ",", -1);

  for (guint i = 0; synonyms[i] != NULL; i++)
    {
      g_autofree char *synonym = fovea_category_normalize (synonyms[i]);

      if (g_str_equal (synonym, category))
        return TRUE;
    }
  return FALSE;
}

static guint
get_n_outputs (const FoveaNetwork *network)
{
  FoveaGraph *graph = fovea_network_get_graph (network);

  return (guint) fovea_graph_get_shape (graph, (guint) fovea_graph_get_output (graph))->channels;
}

/**
 * fovea_network_has_imagenet_classes:
 *
 * Returns: whether the network's outputs are ImageNet's 1000 classes in their usual order: 1000
 *   outputs, and names, if any, of which most are ImageNet's. Any thread.
 */
gboolean
fovea_network_has_imagenet_classes (const FoveaNetwork *network)
{
  const char *const *classes = fovea_network_get_classes (network);
  const guint n_classes = fovea_network_get_n_classes (network);
  g_auto (GStrv) labels = NULL;
  guint n_same = 0;

  if (get_n_outputs (network) != N_IMAGENET_CLASSES)
    return FALSE;
  if (n_classes != N_IMAGENET_CLASSES)
    return n_classes == 0;
  labels = fovea_labels_read_imagenet ();
  for (guint i = 0; i < n_classes && labels[i] != NULL; i++)
    {
      g_autofree char *label = fovea_category_normalize (labels[i]);

      n_same += is_called (classes[i], label);
    }
  return n_same > N_IMAGENET_CLASSES / 2;
}

/* Appends the classes that a line of the list names: a category, a tab, indices between commas. */
static gboolean
parse_sixteen_line (const char *line,
                    char **name,
                    GArray *classes)
{
  const char *tab = strchr (line, '\t');
  g_auto (GStrv) words = NULL;

  if (tab == NULL)
    return FALSE;
  words = g_strsplit (tab + 1, ",", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint64 index;
      guint class_index;

      if (!g_ascii_string_to_unsigned (words[i], 10, 0, N_IMAGENET_CLASSES - 1, &index, NULL))
        return FALSE;
      class_index = (guint) index;
      g_array_append_val (classes, class_index);
    }
  *name = g_strndup (line, (gsize) (tab - line));
  return TRUE;
}

/* The sixteen entry-level categories of Geirhos et al. with their ImageNet indices. */
static GArray *
read_sixteen (GError **error)
{
  g_autofree char *path = fovea_locations_find_resource ("labels/sixteen-categories.tsv");
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GArray) categories = NULL;

  if (path == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "labels/sixteen-categories.tsv is not among Fovea's resources; install Fovea again");
      return NULL;
    }
  bytes = fovea_read_file (path, MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  lines = g_strsplit (text, "\n", -1);
  categories = g_array_new (FALSE, FALSE, sizeof (Category));
  g_array_set_clear_func (categories, (GDestroyNotify) clear_category);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      Category category = { NULL, g_array_new (FALSE, FALSE, sizeof (guint)) };

      if (!parse_sixteen_line (lines[i], &category.name, category.classes))
        {
          g_array_unref (category.classes);
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s:%u: is no category with its ImageNet indices", path, i + 1);
          return NULL;
        }
      g_array_append_val (categories, category);
    }
  return g_steal_pointer (&categories);
}

static const Category *
find_category (const GArray *categories,
               const char *name)
{
  for (guint i = 0; i < categories->len; i++)
    if (g_str_equal (g_array_index (categories, Category, i).name, name))
      return &g_array_index (categories, Category, i);
  return NULL;
}

static GArray *
find_classes (const FoveaNetwork *network,
              const char *category)
{
  const guint n_classes = MIN (fovea_network_get_n_classes (network), get_n_outputs (network));
  GArray *classes = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < n_classes; i++)
    if (is_called (fovea_network_get_classes (network)[i], category))
      g_array_append_val (classes, i);
  return classes;
}

static void
add (FoveaCategoryMap *self,
     const char *name,
     GArray *classes)
{
  const Category category = { g_strdup (name), classes };

  self->n_known += classes->len > 0;
  g_array_append_val (self->categories, category);
}

/**
 * fovea_category_map_new:
 * @network: a classifier
 * @categories: normalized names, ended by %NULL
 * @error: %FOVEA_ERROR_NOT_FOUND and as fovea_read_file() where Fovea's own list cannot be read
 *
 * For a network with ImageNet's classes, categories among the sixteen of Geirhos et al. have the ImageNet
 * indices of their list, and all sixteen of them stand for choice, in the set or not. Every other category has the
 * classes that are called like it. Categories keep their numbers; what is not among @categories comes
 * after them. Any thread.
 *
 * Returns: (transfer full): the map, or %NULL
 */
FoveaCategoryMap *
fovea_category_map_new (const FoveaNetwork *network,
                        const char *const *categories,
                        GError **error)
{
  g_autoptr (FoveaCategoryMap) self = g_new0 (FoveaCategoryMap, 1);
  g_autoptr (GArray) sixteen = NULL;

  self->categories = g_array_new (FALSE, FALSE, sizeof (Category));
  g_array_set_clear_func (self->categories, (GDestroyNotify) clear_category);
  if (fovea_network_has_imagenet_classes (network))
    {
      sixteen = read_sixteen (error);
      if (sixteen == NULL)
        return NULL;
    }
  for (guint i = 0; categories[i] != NULL; i++)
    {
      const Category *known = sixteen != NULL ? find_category (sixteen, categories[i]) : NULL;

      add (self, categories[i], known != NULL ? g_array_ref (known->classes) : find_classes (network, categories[i]));
    }
  for (guint i = 0; sixteen != NULL && i < sixteen->len; i++)
    {
      const Category *category = &g_array_index (sixteen, Category, i);

      if (find_category (self->categories, category->name) == NULL)
        add (self, category->name, g_array_ref (category->classes));
    }
  return g_steal_pointer (&self);
}

/**
 * fovea_category_map_free:
 *
 * Frees the map.
 */
void
fovea_category_map_free (FoveaCategoryMap *self)
{
  g_array_unref (self->categories);
  g_free (self);
}

/**
 * fovea_category_map_get_n_categories:
 *
 * Returns: how many categories there are, known to the network or not
 */
guint
fovea_category_map_get_n_categories (const FoveaCategoryMap *self)
{
  return self->categories->len;
}

/**
 * fovea_category_map_get_category:
 *
 * Returns: (transfer none): a category's name
 */
const char *
fovea_category_map_get_category (const FoveaCategoryMap *self,
                                 guint category)
{
  g_return_val_if_fail (category < self->categories->len, NULL);
  return g_array_index (self->categories, Category, category).name;
}

/**
 * fovea_category_map_get_classes:
 * @n_classes: (out): how many; 0 where the network lacks the category
 *
 * Returns: (array length=n_classes): the outputs that belong to a category
 */
const guint *
fovea_category_map_get_classes (const FoveaCategoryMap *self,
                                guint category,
                                guint *n_classes)
{
  const GArray *classes;

  g_return_val_if_fail (category < self->categories->len, NULL);
  classes = g_array_index (self->categories, Category, category).classes;
  *n_classes = classes->len;
  return (const guint *) (const void *) classes->data;
}

/**
 * fovea_category_map_get_n_known:
 *
 * Returns: how many of the categories the network knows
 */
guint
fovea_category_map_get_n_known (const FoveaCategoryMap *self)
{
  return self->n_known;
}

static double
aggregate (const GArray *classes,
           FoveaCategoryRule rule,
           const double *probabilities)
{
  double sum = 0, maximum = -INFINITY;

  for (guint i = 0; i < classes->len; i++)
    {
      const double probability = probabilities[g_array_index (classes, guint, i)];

      sum += probability;
      maximum = MAX (maximum, probability);
    }
  switch (rule)
    {
    case FOVEA_CATEGORY_SUM:
      return sum;
    case FOVEA_CATEGORY_MAX:
      return maximum;
    case FOVEA_CATEGORY_MEAN:
    default:
      return sum / classes->len;
    }
}

/**
 * fovea_category_map_decide:
 * @rule: how the classes of a category are put together; the reference implementation takes the mean
 * @probabilities: of every class of the network
 *
 * Returns: the category of the highest value among those that the network knows, of which there has to be one;
 *   of equals the first
 */
guint
fovea_category_map_decide (const FoveaCategoryMap *self,
                           FoveaCategoryRule rule,
                           const double *probabilities)
{
  guint best = 0;
  double highest = -INFINITY;

  g_return_val_if_fail (self->n_known > 0, 0);
  for (guint c = 0; c < self->categories->len; c++)
    {
      const GArray *classes = g_array_index (self->categories, Category, c).classes;
      double value;

      if (classes->len == 0)
        continue;
      value = aggregate (classes, rule, probabilities);
      if (value > highest)
        {
          highest = value;
          best = c;
        }
    }
  return best;
}
