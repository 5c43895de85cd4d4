/* What the window's tests share: a display, an application, and bounded waiting.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/application.h"

G_BEGIN_DECLS

int fovea_test_run_with_display (int argc, char **argv, void (*add_tests) (void));
FoveaApplication *fovea_test_application_new (void);

/* Runs the main loop until @expression is true, @seconds at most; then the test fails. */
#define fovea_test_wait_until(expression, seconds) \
  G_STMT_START { \
    gint64 end_ = g_get_monotonic_time () + (gint64) ((seconds) * G_USEC_PER_SEC); \
    guint tick_ = g_timeout_add (20, fovea_test_tick, NULL); \
    while (!(expression) && g_get_monotonic_time () < end_) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (tick_); \
    g_assert_true (expression); \
  } G_STMT_END

gboolean fovea_test_tick (gpointer data);
void fovea_test_settle (void);
GtkWidget *fovea_test_show (GtkWidget *view, int width, int height);
void fovea_test_close (GtkWidget *window);
GtkWidget *fovea_test_find_widget (GtkWidget *root, const char *id);

G_END_DECLS
