/* Receptive fields against the pixels with non-zero gradient, for every layer of the architectures that
 * people have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/architectures/architecture.h"
#include "engine/plan.h"
#include "engine/receptive-field.h"

#define SIZE 224

/* Positive weights let no gradient cancel out. One channel a layer has the geometry of many. */
static void
add_weights (FoveaStateDict *weights,
             const char *name,
             guint n_dimensions,
             const gint64 *shape,
             gboolean is_zero)
{
  g_autoptr (FoveaTensor) tensor = fovea_tensor_new (n_dimensions, shape, NULL);
  gint64 n_outputs = shape[0];

  for (gsize i = 0; i < tensor->n_elements; i++)
    tensor->data[i] = is_zero ? 0 : (float) n_outputs / (float) tensor->n_elements;
  fovea_state_dict_insert (weights, name, tensor);
}

static void
add_named (FoveaStateDict *weights,
           const char *path,
           const char *part,
           guint n_dimensions,
           const gint64 *shape,
           gboolean is_zero)
{
  g_autofree char *name = g_strconcat (path, part, NULL);

  add_weights (weights, name, n_dimensions, shape, is_zero);
}

static void
add_convolution (FoveaStateDict *weights,
                 const char *path,
                 gint64 n_inputs,
                 gint64 kernel,
                 gboolean bias)
{
  add_named (weights, path, ".weight", 4, (gint64[]) { 1, n_inputs, kernel, kernel }, FALSE);
  if (bias)
    add_named (weights, path, ".bias", 1, (gint64[]) { 1 }, TRUE);
}

static void
add_normalization (FoveaStateDict *weights,
                   const char *path)
{
  add_named (weights, path, ".weight", 1, (gint64[]) { 1 }, FALSE);
  add_named (weights, path, ".bias", 1, (gint64[]) { 1 }, TRUE);
  add_named (weights, path, ".running_mean", 1, (gint64[]) { 1 }, TRUE);
  add_named (weights, path, ".running_var", 1, (gint64[]) { 1 }, FALSE);
}

static void
add_linear (FoveaStateDict *weights,
            const char *path,
            gint64 n_inputs)
{
  add_named (weights, path, ".weight", 2, (gint64[]) { 1, n_inputs }, FALSE);
  add_named (weights, path, ".bias", 1, (gint64[]) { 1 }, TRUE);
}

static FoveaStateDict *
make_alexnet (void)
{
  FoveaStateDict *weights = fovea_state_dict_new ();

  add_convolution (weights, "features.0", 3, 11, TRUE);
  add_convolution (weights, "features.3", 1, 5, TRUE);
  add_convolution (weights, "features.6", 1, 3, TRUE);
  add_convolution (weights, "features.8", 1, 3, TRUE);
  add_convolution (weights, "features.10", 1, 3, TRUE);
  add_linear (weights, "classifier.1", 36);
  add_linear (weights, "classifier.4", 1);
  add_linear (weights, "classifier.6", 1);
  return weights;
}

static void
add_basic_convolution (FoveaStateDict *weights,
                       const char *path,
                       gint64 n_inputs,
                       gint64 kernel)
{
  g_autofree char *convolution = g_strconcat (path, ".conv", NULL);
  g_autofree char *normalization = g_strconcat (path, ".bn", NULL);

  add_convolution (weights, convolution, n_inputs, kernel, FALSE);
  add_normalization (weights, normalization);
}

static FoveaStateDict *
make_googlenet (void)
{
  static const char *const blocks[] = { "3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b" };
  static const char *const branches[] = { "branch1", "branch2.0", "branch2.1", "branch3.0", "branch3.1", "branch4.1" };
  FoveaStateDict *weights = fovea_state_dict_new ();

  add_basic_convolution (weights, "conv1", 3, 7);
  add_basic_convolution (weights, "conv2", 1, 1);
  add_basic_convolution (weights, "conv3", 1, 3);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    for (guint j = 0; j < G_N_ELEMENTS (branches); j++)
      {
        g_autofree char *path = g_strdup_printf ("inception%s.%s", blocks[i], branches[j]);
        gboolean is_second = j == 2 || j == 4;

        add_basic_convolution (weights, path, is_second || i == 0 ? 1 : 4, is_second ? 3 : 1);
      }
  add_linear (weights, "fc", 4);
  return weights;
}

static FoveaStateDict *
make_resnet50 (void)
{
  static const guint n_blocks[] = { 3, 4, 6, 3 };
  FoveaStateDict *weights = fovea_state_dict_new ();

  add_convolution (weights, "conv1", 3, 7, FALSE);
  add_normalization (weights, "bn1");
  for (guint stage = 0; stage < 4; stage++)
    for (guint block = 0; block < n_blocks[stage]; block++)
      {
        g_autofree char *path = g_strdup_printf ("layer%u.%u", stage + 1, block);

        for (guint i = 1; i <= 3; i++)
          {
            g_autofree char *convolution = g_strdup_printf ("%s.conv%u", path, i);
            g_autofree char *normalization = g_strdup_printf ("%s.bn%u", path, i);

            add_convolution (weights, convolution, 1, i == 2 ? 3 : 1, FALSE);
            add_normalization (weights, normalization);
          }
        if (block == 0)
          {
            g_autofree char *convolution = g_strconcat (path, ".downsample.0", NULL);
            g_autofree char *normalization = g_strconcat (path, ".downsample.1", NULL);

            add_convolution (weights, convolution, 1, 1, FALSE);
            add_normalization (weights, normalization);
          }
      }
  add_linear (weights, "fc", 1);
  return weights;
}

/* The same graph with averages instead of maxima, which pass a gradient to every pixel that they see. */
static FoveaGraph *
linearize (const FoveaGraph *graph)
{
  FoveaGraph *linear = fovea_graph_new (3, SIZE, SIZE);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const FoveaNode *node = fovea_graph_get_node (graph, i);
      gboolean is_maximum = g_str_equal (node->operator->name, "MaxPool");
      g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

      for (guint j = 0; j < node->n_inputs; j++)
        g_ptr_array_add (inputs, node->inputs[j] == FOVEA_GRAPH_INPUT ? (gpointer) "input" : fovea_graph_get_node (graph, (guint) node->inputs[j])->name);
      g_ptr_array_add (inputs, NULL);
      fovea_graph_add_node (linear, node->name, is_maximum ? "AveragePool" : node->operator->name, (const char *const *) inputs->pdata,
                            node->attributes, node->parameters, &error);
      g_assert_no_error (error);
    }
  fovea_graph_finish (linear, &error);
  g_assert_no_error (error);
  return linear;
}

static void
find_box (FoveaPlan *plan,
          const FoveaShape *shape,
          gint64 y,
          gint64 x,
          const float *image,
          gint64 box[4])
{
  g_autofree float *seed = g_new0 (float, fovea_shape_get_n_elements (shape));
  g_autofree float *gradient = g_new (float, 3 * SIZE * SIZE);

  for (gint64 c = 0; c < shape->channels; c++)
    seed[(c * shape->height + y) * shape->width + x] = 1;
  fovea_plan_forward (plan, image);
  fovea_plan_gradient (plan, (const float *const[]) { seed }, gradient);
  box[0] = box[1] = SIZE;
  box[2] = box[3] = 0;
  for (gint64 p = 0; p < 3 * SIZE * SIZE; p++)
    if (gradient[p] != 0)
      {
        box[0] = MIN (box[0], p % SIZE);
        box[1] = MIN (box[1], p / SIZE % SIZE);
        box[2] = MAX (box[2], p % SIZE + 1);
        box[3] = MAX (box[3], p / SIZE % SIZE + 1);
      }
}

static void
test_architecture (gconstpointer data)
{
  FoveaStateDict *(*make) (void) = data;
  g_autoptr (FoveaStateDict) weights = make ();
  const FoveaArchitectureOptions options = { .transform_input = FOVEA_TRANSFORM_INPUT_OFF };
  g_auto (FoveaArchitectureInfo) info = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaGraph) graph = fovea_architecture_build (weights, &options, &info, &error);
  g_autoptr (FoveaGraph) linear = NULL;
  g_autofree float *image = g_new (float, 3 * SIZE * SIZE);
  guint n_clipped = 0, n_inside = 0;

  g_assert_no_error (error);
  linear = linearize (graph);
  for (guint p = 0; p < 3 * SIZE * SIZE; p++)
    image[p] = 0.5f;

  for (guint i = 0; i < fovea_graph_get_n_nodes (graph); i++)
    {
      const char *name = fovea_graph_get_node (graph, i)->name;
      const FoveaReceptiveField *field = fovea_graph_get_receptive_field (graph, i);
      const FoveaShape *shape;
      g_autoptr (FoveaPlan) plan = NULL;
      int layer;

      g_assert_true (fovea_graph_find (linear, name, &layer, NULL));
      plan = fovea_plan_new (linear, 1, SIZE, SIZE, 1, &layer, FOVEA_PLAN_GRADIENT | FOVEA_PLAN_EXACT, &error);
      g_assert_no_error (error);
      shape = fovea_plan_get_shape (plan, 0);
      for (guint place = 0; place < (shape->height * shape->width > 1 ? 3 : 1); place++)
        {
          gint64 y = (gint64[]) { shape->height / 2, 0, shape->height - 1 }[place];
          gint64 x = (gint64[]) { shape->width / 3, shape->width - 1, 0 }[place];
          gint64 found[4], box[4];

          find_box (plan, shape, y, x, image, found);
          fovea_receptive_field_get_box (field, y, x, SIZE, SIZE, box);
          if (memcmp (found, box, sizeof box) != 0)
            g_error ("%s at %d,%d: the gradient is in %d,%d,%d,%d, the field in %d,%d,%d,%d", name, (int) y, (int) x,
                     (int) found[0], (int) found[1], (int) found[2], (int) found[3], (int) box[0], (int) box[1], (int) box[2], (int) box[3]);
          if (box[2] - box[0] < field->size[1] || box[3] - box[1] < field->size[0])
            n_clipped++;
          else
            n_inside++;
        }
    }
  g_assert_cmpuint (n_clipped, >, 10);
  g_assert_cmpuint (n_inside, >, 4);
}

int
main (int argc,
      char **argv)
{
  /* Plain sums of products, in which what is positive stays positive. */
  g_setenv ("FOVEA_KERNELS", "portable", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/receptive-fields/alexnet", make_alexnet, test_architecture);
  g_test_add_data_func ("/receptive-fields/googlenet", make_googlenet, test_architecture);
  g_test_add_data_func ("/receptive-fields/resnet50", make_resnet50, test_architecture);
  return g_test_run ();
}
