/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/python.h"

#include <gio/gio.h>

static gboolean
can_import (const char *python,
            const char *modules)
{
  g_autofree char *command = g_strdup_printf ("import sys; assert sys.version_info >= (3, 8); import %s", modules);
  const char *const arguments[] = { python, "-c", command, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

  return process != NULL && g_subprocess_wait_check (process, NULL, NULL);
}

/**
 * fovea_test_run_python:
 * @modules: what the script imports beyond Python's own, `numpy, PIL`
 * @script: the script's path below the tests' folder, `engine/reference-images.py`
 * @...: its arguments, %NULL-terminated
 *
 * Skips the running test where no Python 3 has the modules, and fails it where the script fails.
 *
 * Returns: whether the script succeeded
 */
gboolean
fovea_test_run_python (const char *modules,
                       const char *script,
                       ...)
{
  static const char *const candidates[] = { "python3", "/usr/bin/python3" };
  g_autofree char *path = g_build_filename (g_getenv ("FOVEA_SOURCE_ROOT"), "tests", script, NULL);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  va_list list;

  for (gsize i = 0; i < G_N_ELEMENTS (candidates) && arguments->len == 0; i++)
    if (can_import (candidates[i], modules))
      g_ptr_array_add (arguments, (gpointer) candidates[i]);
  if (arguments->len == 0)
    {
      g_autofree char *message = g_strdup_printf ("no Python 3 that can import %s", modules);
      g_test_skip (message);
      return FALSE;
    }

  g_ptr_array_add (arguments, path);
  va_start (list, script);
  for (char *argument; (argument = va_arg (list, char *)) != NULL;)
    g_ptr_array_add (arguments, argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);

  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (process))
    {
      g_test_message ("%s: %s", path, output);
      g_test_fail ();
      return FALSE;
    }
  return TRUE;
}
