/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"

#include "tests/scratch.h"

/**
 * fovea_test_tick:
 * @data: unused
 *
 * Wakes the main loop, so that a wait notices the time.
 *
 * Returns: %TRUE
 */
gboolean
fovea_test_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * fovea_test_settle:
 *
 * Runs the main loop until nothing is pending, for two seconds at most.
 */
void
fovea_test_settle (void)
{
  gint64 end = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;

  while (g_main_context_pending (NULL) && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

/**
 * fovea_test_run_with_display:
 * @argc: number of arguments
 * @argv: arguments
 * @add_tests: adds the tests
 *
 * Runs tests that open windows, with caches and settings of their own; without a display all are
 * skipped.
 *
 * Returns: the exit status
 */
int
fovea_test_run_with_display (int argc,
                             char **argv,
                             void (*add_tests) (void))
{
  g_autoptr (FoveaScratch) home = fovea_scratch_new ();

  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  /* Where graphics are emulated, compiling shaders would be most of what is measured. */
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  /* Each test has an application of its own, and a bus would take them for one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }
  adw_init ();
  /* So that nothing waits for an animation. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  add_tests ();
  return g_test_run ();
}

/**
 * fovea_test_application_new:
 *
 * Returns: (transfer full): an application that started, so that it has a queue, a store and settings;
 *   GTK keeps a reference too, since it never runs
 */
FoveaApplication *
fovea_test_application_new (void)
{
  FoveaApplication *application = g_object_new (FOVEA_TYPE_APPLICATION, "resource-base-path", "/org/fovea/Fovea", NULL);
  g_autoptr (GError) error = NULL;

  g_application_set_default (G_APPLICATION (application));
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  return application;
}

/**
 * fovea_test_show:
 * @view: (transfer floating): what is tested
 *
 * Returns: (transfer none): a window on the screen with nothing but the view, for fovea_test_close()
 */
GtkWidget *
fovea_test_show (GtkWidget *view,
                 int width,
                 int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/**
 * fovea_test_close:
 * @window: what fovea_test_show() returned
 *
 * Closes it, and asserts that nothing holds its view any more.
 */
void
fovea_test_close (GtkWidget *window)
{
  GtkWidget *view = g_object_ref (gtk_window_get_child (GTK_WINDOW (window)));

  gtk_window_destroy (GTK_WINDOW (window));
  fovea_test_settle ();
  g_assert_finalize_object (view);
}

/**
 * fovea_test_find_widget:
 * @root: where to look
 * @id: what the widget's template calls it
 *
 * Returns: (transfer none) (nullable): that widget
 */
GtkWidget *
fovea_test_find_widget (GtkWidget *root,
                        const char *id)
{
  if (g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (root)), id) == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = fovea_test_find_widget (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}
