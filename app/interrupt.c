/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/interrupt.h"

#include <glib-unix.h>

static gboolean
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  /* Without its source the signal has its usual effect again: a second Ctrl+C ends the program. */
  return G_SOURCE_REMOVE;
}

static gpointer
run_loop (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

/**
 * fovea_interrupt_watch:
 * @cancellable: cancelled by the first SIGINT or SIGTERM
 *
 * Watches from a thread of its own, for the rest of the program: the main thread computes.
 */
void
fovea_interrupt_watch (GCancellable *cancellable)
{
  const int signals[] = { SIGINT, SIGTERM };
  GMainContext *context = g_main_context_new ();

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GSource) source = g_unix_signal_source_new (signals[i]);

      g_source_set_callback (source, cancel, g_object_ref (cancellable), g_object_unref);
      g_source_attach (source, context);
    }
  g_thread_unref (g_thread_new ("interrupt", run_loop, g_main_loop_new (context, FALSE)));
}
