/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/analysis/evaluate-store.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tests/engine/tiny-graph.h"
#include "tests/scratch.h"

#define SIZE 4
#define N_IMAGES 6
#define N_COLORS 3

/* Images of one colour each. The network's classes are what is brightest, so one of them is taken for another. */
static const struct {
  const char *name;
  guint8 color[3];
} images[N_IMAGES] = {
  { "red/1.png", { 200, 10, 0 } },    { "red/2.png", { 20, 220, 0 } },    { "green/1.png", { 0, 240, 9 } },
  { "green/2.png", { 90, 240, 30 } }, { "blue/1.png", { 50, 60, 200 } },  { "pink/1.png", { 200, 100, 100 } },
};

typedef struct {
  FoveaScratch *images;
  FoveaScratch *folder;
  FoveaStore *store;
  FoveaImageSet *set;
} Fixture;

static FoveaNetwork *
make_network (const char *const *classes,
              const char *sha256)
{
  FoveaGraph *graph = fovea_graph_new (3, SIZE, SIZE);
  gint64 shape[] = { N_COLORS, 3, SIZE, SIZE };
  FoveaTensor *weights = tiny_tensor (1, 4, shape);
  FoveaNetworkInfo info = { .name = "colours", .sha256 = sha256, .classes = classes, .resize = SIZE };
  FoveaNetwork *network;

  for (guint i = 0; i < weights->n_elements; i++)
    weights->data[i] = i / (SIZE * SIZE) % (N_COLORS + 1) == 0 ? 1 : 0;
  tiny_add (graph, "conv", "Conv", "input", "{'kernel_shape': <[int64 4, 4]>}", tiny_parameters ("W", weights));
  tiny_add (graph, "flat", "Flatten", "conv", "{}", NULL);
  tiny_finish (graph);
  network = fovea_network_new (graph, &info);
  fovea_graph_unref (graph);
  return network;
}

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->images = fovea_scratch_new ();
  self->folder = fovea_scratch_new ();
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *image_path = fovea_scratch_path (self->images, images[i].name);
      g_autofree char *parent = g_path_get_dirname (image_path);
      g_autoptr (FoveaImage) image = fovea_image_new (SIZE, SIZE, &error);

      g_mkdir_with_parents (parent, 0700);
      for (guint k = 0; k < SIZE * SIZE; k++)
        memcpy (image->pixels + 3 * k, images[i].color, 3);
      g_assert_true (fovea_image_write_png (image, image_path, &error));
    }
  self->set = fovea_image_set_open (self->images, &error);
  g_assert_no_error (error);
  path = fovea_scratch_path (self->folder, "store.sqlite");
  self->store = fovea_store_open (path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  fovea_image_set_unref (self->set);
  fovea_store_unref (self->store);
  fovea_scratch_free (self->images);
  fovea_scratch_free (self->folder);
}

static const char *const colors[] = { "red", "green", "blue", NULL };

static void
assert_equal (const FoveaEvaluation *a,
              const FoveaEvaluation *b)
{
  g_assert_cmpmem (&a->total, sizeof a->total, &b->total, sizeof b->total);
  g_assert_cmpmem (a->classes, a->n_classes * sizeof *a->classes, b->classes, b->n_classes * sizeof *b->classes);
  g_assert_cmpmem (a->known, a->n_classes * sizeof *a->known, b->known, b->n_classes * sizeof *b->known);
  g_assert_cmpstrv (a->names, b->names);
  g_assert_cmpuint (a->n_lacking, ==, b->n_lacking);
  g_assert_cmpuint (a->n_unlabelled, ==, b->n_unlabelled);
}

static void
test_kept (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  const FoveaEvaluateOptions options = { 0 };
  g_autoptr (FoveaNetwork) network = make_network (colors, "0123");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaEvaluation) found = NULL, again = NULL;

  g_assert_null (fovea_evaluation_get (network, self->set, &options, self->store));
  found = fovea_evaluate_and_keep (network, self->set, &options, self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->total.n_images, ==, 5);
  g_assert_cmpuint (found->total.n_top1, ==, 4);
  g_assert_cmpuint (found->n_lacking, ==, 1);

  /* With its images gone, it can only come from the store. */
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *path = fovea_scratch_path (self->images, images[i].name);

      g_unlink (path);
    }
  again = fovea_evaluate_and_keep (network, self->set, &options, self->store, NULL, &error);
  g_assert_no_error (error);
  assert_equal (again, found);
}

/* Everything that changes the numbers is another result. */
static void
test_options (Fixture *self,
              gconstpointer data G_GNUC_UNUSED)
{
  static const char *const others[] = { "green", "red", "blue", NULL };
  FoveaAttackOptions attack, stronger;
  const FoveaEvaluateOptions options[] = {
    { .n_images = 0 },
    { .variant = { .kind = FOVEA_VARIANT_GREYSCALE } },
    { .variant = { .kind = FOVEA_VARIANT_SCRAMBLE, .n_tiles = 2 } },
    { .variant = { .kind = FOVEA_VARIANT_SCRAMBLE, .n_tiles = 2, .seed = 1 } },
    { .n_images = 3 },
    { .attack = &attack },
    { .attack = &stronger },
  };
  g_autoptr (FoveaNetwork) network = make_network (colors, "0123");
  g_autoptr (FoveaNetwork) other_file = make_network (colors, "4567");
  g_autoptr (FoveaNetwork) other_names = make_network (others, "0123");
  g_autoptr (FoveaNetwork) no_file = make_network (colors, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaEvaluation) renamed = NULL, unnamed = NULL;

  fovea_attack_options_init (&attack);
  fovea_attack_options_init (&stronger);
  stronger.n_steps = attack.n_steps + 1;
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autoptr (FoveaEvaluation) found = NULL, kept = NULL;

      g_assert_null (fovea_evaluation_get (network, self->set, &options[i], self->store));
      found = fovea_evaluate_and_keep (network, self->set, &options[i], self->store, NULL, &error);
      g_assert_no_error (error);
      kept = fovea_evaluation_get (network, self->set, &options[i], self->store);
      assert_equal (kept, found);
    }
  g_assert_null (fovea_evaluation_get (other_file, self->set, &options[0], self->store));
  g_assert_null (fovea_evaluation_get (other_names, self->set, &options[0], self->store));
  renamed = fovea_evaluate_and_keep (other_names, self->set, &options[0], self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (renamed->total.n_top1, ==, 2); /* one blue, and the red one that is taken for green */
  unnamed = fovea_evaluate_and_keep (no_file, self->set, &options[0], self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (fovea_evaluation_get (no_file, self->set, &options[0], self->store));
}

/* A part are images whose class is known, at equal distances. */
static void
test_part (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  static const char *const two[] = { "red", "?", "blue", NULL };
  const FoveaEvaluateOptions options = { .n_images = 2 };
  g_autoptr (FoveaNetwork) network = make_network (two, "0123");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaEvaluation) found = fovea_evaluate (network, self->set, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->n_lacking, ==, 3);
  g_assert_cmpuint (found->total.n_images, ==, 2);
  g_assert_cmpuint (found->total.n_top1, ==, 2); /* of blue, red, red the first two */
  g_assert_cmpuint (found->classes[0].n_images, ==, 1);
}

/* What could not be read may be readable the next time. */
static void
test_unreadable (Fixture *self,
                 gconstpointer data G_GNUC_UNUSED)
{
  const FoveaEvaluateOptions options = { 0 };
  g_autoptr (FoveaNetwork) network = make_network (colors, "0123");
  g_autofree char *path = fovea_scratch_path (self->images, images[0].name);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaEvaluation) found = NULL;

  g_unlink (path);
  found = fovea_evaluate_and_keep (network, self->set, &options, self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->n_unreadable, ==, 1);
  g_assert_null (fovea_evaluation_get (network, self->set, &options, self->store));
}

/* A damaged file of results gives no evaluation rather than a wrong one. */
static void
test_damaged (Fixture *self,
              gconstpointer data G_GNUC_UNUSED)
{
  const FoveaEvaluateOptions options = { 0 };
  g_autoptr (FoveaNetwork) network = make_network (colors, "0123");
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaEvaluation) found = fovea_evaluate (network, self->set, &options, NULL, &error);

  g_assert_no_error (error);
  found->total.n_top1 = found->total.n_images + 1;
  g_assert_true (fovea_evaluation_put (found, network, self->set, &options, self->store, &error));
  g_assert_null (fovea_evaluation_get (network, self->set, &options, self->store));
  found->total.n_top1 = 4;
  found->n_classes--;
  g_assert_true (fovea_evaluation_put (found, network, self->set, &options, self->store, &error));
  g_assert_null (fovea_evaluation_get (network, self->set, &options, self->store));
  found->n_classes++;
  g_assert_true (fovea_evaluation_put (found, network, self->set, &options, self->store, &error));
  fovea_evaluation_free (found);
  found = fovea_evaluation_get (network, self->set, &options, self->store);
  g_assert_nonnull (found);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/evaluate-store/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/evaluate-store/options", Fixture, NULL, set_up, test_options, tear_down);
  g_test_add ("/evaluate-store/part", Fixture, NULL, set_up, test_part, tear_down);
  g_test_add ("/evaluate-store/unreadable", Fixture, NULL, set_up, test_unreadable, tear_down);
  g_test_add ("/evaluate-store/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  return g_test_run ();
}
