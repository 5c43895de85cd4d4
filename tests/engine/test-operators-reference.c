/* Every operator's values and gradients against PyTorch, over the table in reference-operators.py.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "operator-case.h"

/* The largest difference, in units of the largest value: sums of up to 1,500 float32 products. */
#define TOLERANCE 3e-6

/* A reader of the script's output: lines of text with float32 values between them. */
typedef struct {
  const char *position;
  const char *end;
} Reader;

static char **
read_line (Reader *reader,
           gint max_words)
{
  const char *newline = memchr (reader->position, '\n', (gsize) (reader->end - reader->position));
  g_autofree char *line = NULL;

  g_assert_nonnull (newline);
  line = g_strndup (reader->position, (gsize) (newline - reader->position));
  reader->position = newline + 1;
  return g_strsplit (line, " ", max_words);
}

static void
read_values (Reader *reader,
             float *values,
             gsize n_values)
{
  g_assert_cmpuint (n_values * sizeof (float), <=, (gsize) (reader->end - reader->position));
  memcpy (values, reader->position, n_values * sizeof (float));
  reader->position += n_values * sizeof (float);
}

static void
read_parameter (Reader *reader,
                char **words,
                GHashTable *parameters)
{
  gint64 shape[FOVEA_TENSOR_MAX_DIMENSIONS];
  guint n_dimensions = 0;
  gsize n_elements = 1;

  for (; words[2 + n_dimensions] != NULL; n_dimensions++)
    {
      shape[n_dimensions] = g_ascii_strtoll (words[2 + n_dimensions], NULL, 10);
      n_elements *= (gsize) shape[n_dimensions];
    }
  read_values (reader, operator_case_add_parameter (parameters, words[1], n_dimensions, shape), n_elements);
}

static FoveaShape
parse_shape (char **words)
{
  return (FoveaShape) {
    .channels = g_ascii_strtoll (words[1], NULL, 10),
    .height = g_ascii_strtoll (words[2], NULL, 10),
    .width = g_ascii_strtoll (words[3], NULL, 10),
    .flat = words[4][0] == '1',
  };
}

static void
assert_close (const char *name,
              const char *what,
              const float *found,
              const float *expected,
              gsize n_values)
{
  double largest = 0, difference = 0;

  for (gsize i = 0; i < n_values; i++)
    {
      g_assert_true (isfinite (found[i]) && isfinite (expected[i]));
      largest = MAX (largest, fabs (expected[i]));
      difference = MAX (difference, fabs ((double) found[i] - expected[i]));
    }
  if (difference > TOLERANCE * MAX (largest, 1))
    g_error ("%s: %s differs by %g where the largest value is %g", name, what, difference, largest);
}

static void
check_case (Reader *reader,
            char **header)
{
  g_autoptr (GHashTable) parameters = operator_case_parameters_new ();
  g_autoptr (OperatorCase) operator_case = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree float *expected = NULL;
  g_autofree char *name = g_strdup_printf ("%s %s %s", header[2], header[1], header[4]);
  const gsize batch = (gsize) g_ascii_strtoll (header[3], NULL, 10);
  FoveaShape shapes[OPERATOR_CASE_MAX_INPUTS];
  float *inputs[OPERATOR_CASE_MAX_INPUTS] = { NULL };
  guint n_inputs = 0, n_gradients = 0;

  for (;;)
    {
      g_auto (GStrv) words = read_line (reader, -1);

      if (g_str_equal (words[0], "parameter"))
        read_parameter (reader, words, parameters);
      else if (g_str_equal (words[0], "input"))
        {
          shapes[n_inputs] = parse_shape (words);
          inputs[n_inputs] = g_new (float, batch * fovea_shape_get_n_elements (&shapes[n_inputs]));
          read_values (reader, inputs[n_inputs], batch * fovea_shape_get_n_elements (&shapes[n_inputs]));
          n_inputs++;
        }
      else if (g_str_equal (words[0], "output"))
        {
          const FoveaShape shape = parse_shape (words);

          operator_case = operator_case_new (header[2], header[4], parameters, batch, n_inputs, shapes, &error);
          if (error != NULL)
            g_error ("%s: %s", name, error->message);
          if (!fovea_shape_equal (&operator_case->output_shape, &shape))
            g_error ("%s: output is %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT, name, operator_case->output_shape.height, operator_case->output_shape.width);
          for (guint i = 0; i < n_inputs; i++)
            memcpy (operator_case->inputs[i], inputs[i], operator_case_count_input (operator_case, i) * sizeof (float));
          operator_case_forward (operator_case);
          expected = g_new (float, operator_case_count_output (operator_case));
          read_values (reader, expected, operator_case_count_output (operator_case));
          assert_close (name, "output", operator_case->output, expected, operator_case_count_output (operator_case));
        }
      else if (g_str_equal (words[0], "seed"))
        {
          read_values (reader, operator_case->seed, operator_case_count_output (operator_case));
          operator_case_gradient (operator_case);
        }
      else if (g_str_equal (words[0], "gradient"))
        {
          const gsize n = operator_case_count_input (operator_case, n_gradients);

          expected = g_renew (float, expected, n);
          read_values (reader, expected, n);
          assert_close (name, "gradient", operator_case->gradients[n_gradients], expected, n);
          n_gradients++;
        }
      else
        {
          g_assert_cmpstr (words[0], ==, "end");
          break;
        }
    }

  g_assert_cmpuint (n_inputs, >, 0);
  g_assert_cmpuint (n_gradients, ==, n_inputs);
  for (guint i = 0; i < n_inputs; i++)
    g_free (inputs[i]);
}

/* The first Python 3 that has PyTorch, or NULL. */
static const char *
find_python (void)
{
  static const char *const candidates[] = { "python3", "/usr/bin/python3" };

  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      const char *const argv[] = { candidates[i], "-c", "import torch", NULL };
      int status;

      if (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
          g_spawn_check_wait_status (status, NULL))
        return candidates[i];
    }
  return NULL;
}

static void
test_reference (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "engine", "reference-operators.py", NULL);
  g_autofree char *contents = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  const char *python = find_python ();
  const char *argv[] = { python, script, NULL, NULL };
  guint n_cases = 0;
  Reader reader;
  gsize size;
  int status, descriptor;

  if (python == NULL)
    {
      g_test_skip ("needs a Python 3 with PyTorch");
      return;
    }

  descriptor = g_file_open_tmp ("fovea-operators-XXXXXX", &path, &error);
  g_assert_no_error (error);
  g_close (descriptor, NULL);
  argv[2] = path;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  g_unlink (path);

  reader = (Reader) { contents, contents + size };
  while (reader.position < reader.end)
    {
      g_auto (GStrv) header = read_line (&reader, 5);

      g_assert_cmpstr (header[0], ==, "case");
      check_case (&reader, header);
      n_cases++;
    }
  g_assert_cmpuint (n_cases, >, 150);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operators/reference", test_reference);
  return g_test_run ();
}
