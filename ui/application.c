/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/application.h"

#include "engine/parallel.h"
#include "ui/config.h"
#include "ui/main-window.h"
#include "ui/preferences.h"

/* Two, because most of what is shown comes in pairs, one for each network. */
#define MAX_RUNNING_JOBS 2

struct _FoveaApplication {
  AdwApplication parent_instance;

  FoveaJobQueue *job_queue;
  FoveaJobQueue *reading_queue; /* for what does not wait until a step of a computation is done */
  FoveaStore *store; /* NULL where the cache could not be opened; opened when first asked for */
  gboolean store_tried;
  FoveaSettings *settings;
  FoveaImageSets *image_sets;
  FoveaCueStimuli *cue_stimuli;
};

G_DEFINE_FINAL_TYPE (FoveaApplication, fovea_application, ADW_TYPE_APPLICATION)

static void
apply_color_scheme (FoveaApplication *self)
{
  g_autofree char *scheme = fovea_settings_get_string (self->settings, "color-scheme");
  AdwColorScheme value = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (scheme, "light"))
    value = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (scheme, "dark"))
    value = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), value);
}

static void
show_about (GSimpleAction *action,
            GVariant *parameter,
            gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent,
                         "application-name", "Fovea",
                         "application-icon", FOVEA_APPLICATION_ID,
                         "version", FOVEA_VERSION,
                         "developer-name", "The Fovea project",
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", "Looks inside convolutional networks: a standard network beside its adversarially robust twin, neuron by neuron.",
                         NULL);
}

static void
results_deleted (FoveaApplication *self)
{
  for (GList *link = gtk_application_get_windows (GTK_APPLICATION (self)); link != NULL; link = link->next)
    if (FOVEA_IS_MAIN_WINDOW (link->data))
      fovea_main_window_reload (link->data);
}

static void
show_preferences (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer user_data)
{
  FoveaApplication *self = user_data;
  GtkWidget *preferences = fovea_preferences_new (self->settings, fovea_application_get_store ());

  gtk_window_set_transient_for (GTK_WINDOW (preferences), gtk_application_get_active_window (GTK_APPLICATION (self)));
  g_signal_connect_object (preferences, "results-deleted", G_CALLBACK (results_deleted), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
quit (GSimpleAction *action,
      GVariant *parameter,
      gpointer user_data)
{
  GList *windows;

  /* Closed, not only left: a window keeps its state when it is closed. */
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (user_data))) != NULL)
    {
      GtkWindow *window = windows->data;

      g_object_ref (window);
      gtk_window_close (window);
      gtk_window_destroy (window);
      g_object_unref (window);
    }
  g_application_quit (G_APPLICATION (user_data));
}

static const GActionEntry actions[] = {
  { "about", show_about },
  { "preferences", show_preferences },
  { "quit", quit },
};

static const struct {
  const char *action;
  const char *keys[4];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "window.close", { "<Control>w" } },
  { "win.show-help-overlay", { "F1", "<Control>question" } },
  { "win.search", { "<Control>f" } },
  { "win.open-networks", { "<Control>o" } },
  { "win.back", { "<Alt>Left" } },
  { "win.show-place('lens')", { "<Control>l" } },
  { "win.show-place('overview')", { "<Control>e" } },
  { "win.show-place('shape-bias')", { "<Control>b" } },
  { "win.open-image", { "<Control><Shift>o" } },
  { "win.paste", { "<Control><Shift>v" } },
  { "win.previous-layer", { "<Alt>Up", "<Control>Page_Up" } },
  { "win.next-layer", { "<Alt>Down", "<Control>Page_Down" } },
};

static void
fovea_application_startup (GApplication *application)
{
  FoveaApplication *self = FOVEA_APPLICATION (application);

  G_APPLICATION_CLASS (fovea_application_parent_class)->startup (application);

  /* Before anything is computed: buffers are made for so many threads. */
  if (fovea_settings_get_int (self->settings, "threads") > 0)
    fovea_parallel_set_n_threads ((guint) fovea_settings_get_int (self->settings, "threads"));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action, accelerators[i].keys);
  g_signal_connect_object (self->settings, "notify::color-scheme", G_CALLBACK (apply_color_scheme), self, G_CONNECT_SWAPPED);
  apply_color_scheme (self);
}

static void
fovea_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (fovea_main_window_new (FOVEA_APPLICATION (application)));
  gtk_window_present (window);
}

static void
fovea_application_open (GApplication *application,
                        GFile **files,
                        int n_files,
                        const char *hint)
{
  g_autoptr (GSList) list = NULL;

  for (int i = n_files - 1; i >= 0; i--)
    list = g_slist_prepend (list, files[i]);
  g_application_activate (application);
  fovea_main_window_open (FOVEA_MAIN_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (application))), list);
}

static void
fovea_application_dispose (GObject *object)
{
  FoveaApplication *self = FOVEA_APPLICATION (object);

  /* The queue before the store: its jobs write there. */
  g_clear_object (&self->image_sets);
  g_clear_object (&self->cue_stimuli);
  g_clear_object (&self->job_queue);
  g_clear_object (&self->reading_queue);
  g_clear_pointer (&self->store, fovea_store_unref);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (fovea_application_parent_class)->dispose (object);
}

static void
fovea_application_class_init (FoveaApplicationClass *class)
{
  G_OBJECT_CLASS (class)->dispose = fovea_application_dispose;
  G_APPLICATION_CLASS (class)->startup = fovea_application_startup;
  G_APPLICATION_CLASS (class)->activate = fovea_application_activate;
  G_APPLICATION_CLASS (class)->open = fovea_application_open;
}

static void
fovea_application_init (FoveaApplication *self)
{
  g_autoptr (FoveaImageSets) cue_sets = NULL;

  self->job_queue = fovea_job_queue_new (MAX_RUNNING_JOBS);
  self->reading_queue = fovea_job_queue_new (MAX_RUNNING_JOBS);
  self->settings = fovea_settings_new ();
  self->image_sets = fovea_image_sets_new (self->reading_queue, self->settings);
  cue_sets = fovea_image_sets_new_for_cues (self->reading_queue, self->settings);
  self->cue_stimuli = fovea_cue_stimuli_new (cue_sets, self->reading_queue);
}

/**
 * fovea_application_new:
 *
 * Returns: (transfer full): the application; the first one made becomes the process's
 */
FoveaApplication *
fovea_application_new (void)
{
  return g_object_new (FOVEA_TYPE_APPLICATION,
                       "application-id", FOVEA_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/org/fovea/Fovea",
                       NULL);
}

/**
 * fovea_application_run:
 * @argc: number of arguments
 * @argv: arguments: network files to open, and GApplication's options
 *
 * Opens the window, and returns when it is closed.
 *
 * Returns: the exit status
 */
int
fovea_application_run (int argc,
                       char **argv)
{
  g_autoptr (FoveaApplication) application = fovea_application_new ();

  g_set_application_name ("Fovea");
  return g_application_run (G_APPLICATION (application), argc, argv);
}

static FoveaApplication *
get_application (void)
{
  GApplication *application = g_application_get_default ();

  return FOVEA_IS_APPLICATION (application) ? FOVEA_APPLICATION (application) : NULL;
}

/**
 * fovea_application_get_job_queue:
 *
 * Returns: (transfer none) (nullable): where long computations go
 */
FoveaJobQueue *
fovea_application_get_job_queue (void)
{
  FoveaApplication *self = get_application ();

  return self != NULL ? self->job_queue : NULL;
}

/**
 * fovea_application_get_reading_queue:
 *
 * Returns: (transfer none) (nullable): where networks are read, at once, whatever is being computed
 */
FoveaJobQueue *
fovea_application_get_reading_queue (void)
{
  FoveaApplication *self = get_application ();

  return self != NULL ? self->reading_queue : NULL;
}

/**
 * fovea_application_get_store:
 *
 * Returns: (transfer none) (nullable): where results are kept; %NULL where it cannot be opened, and
 *   then nothing is kept
 */
FoveaStore *
fovea_application_get_store (void)
{
  FoveaApplication *self = get_application ();

  if (self == NULL)
    return NULL;
  if (!self->store_tried)
    {
      g_autoptr (GError) error = NULL;

      self->store_tried = TRUE;
      self->store = fovea_store_open (NULL, &error);
      if (self->store == NULL)
        g_message ("Results will not be kept: %s", error->message);
    }
  return self->store;
}

/**
 * fovea_application_get_settings:
 *
 * Returns: (transfer none) (nullable): what people chose
 */
FoveaSettings *
fovea_application_get_settings (void)
{
  FoveaApplication *self = get_application ();

  return self != NULL ? self->settings : NULL;
}

/**
 * fovea_application_get_image_sets:
 *
 * Returns: (transfer none) (nullable): the image sets that all views share
 */
FoveaImageSets *
fovea_application_get_image_sets (void)
{
  FoveaApplication *self = get_application ();

  return self != NULL ? self->image_sets : NULL;
}

/**
 * fovea_application_get_cue_stimuli:
 *
 * Returns: (transfer none) (nullable): the cue-conflict images that all views share
 */
FoveaCueStimuli *
fovea_application_get_cue_stimuli (void)
{
  FoveaApplication *self = get_application ();

  return self != NULL ? self->cue_stimuli : NULL;
}
