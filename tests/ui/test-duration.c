/* How long something takes, in words.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ui/duration.h"

typedef struct {
  double seconds;
  const char *text;
} Case;

static void
check (char *(*describe) (double), const Case *cases, gsize n_cases)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *text = describe (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_describe (void)
{
  static const Case cases[] = { { 0.2, "about a second" }, { 7.2, "about 8 seconds" }, { 41, "about 45 seconds" }, { 100, "about 2 minutes" },
                                { 7000, "about 2 hours" } };

  check (fovea_duration_describe, cases, G_N_ELEMENTS (cases));
}

static void
test_left (void)
{
  static const Case cases[] = { { 0.2, "less than a second left" }, { 41.5, "about 42 s left" }, { 100, "about 2 min left" }, { 7000, "about 2 h left" } };

  check (fovea_duration_describe_left, cases, G_N_ELEMENTS (cases));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/duration/describe", test_describe);
  g_test_add_func ("/duration/left", test_left);
  return g_test_run ();
}
