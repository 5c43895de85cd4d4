/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/open-dialog.h"

#include <string.h>

#include "engine/error.h"
#include "engine/library.h"
#include "ui/application.h"
#include "ui/sentence.h"

/**
 * FoveaOpenDialog:
 *
 * Shows what the files are before anything is kept. Emits `opened` with the name of the pair, or of the network where
 * there is one only, when it is in the library; then it closes.
 */
struct _FoveaOpenDialog {
  AdwWindow parent_instance;

  GtkWidget *open;
  GtkWidget *swap;
  FoveaNetworkSlot *standard;
  FoveaNetworkSlot *robust;
  GtkLabel *message;
  GtkWidget *pair;
  GtkEditable *pair_name;

  char *edited; /* the pair or network that is edited; NULL where a new one is opened */
  gboolean guessing; /* whether the files were given their places by their names only */
  gboolean name_typed; /* whether people chose the pair's name */
  gboolean naming; /* whether the name is being suggested */
  FoveaQueuedJob *committing; /* NULL while nothing is being kept */
};

G_DEFINE_FINAL_TYPE (FoveaOpenDialog, fovea_open_dialog, ADW_TYPE_WINDOW)

enum { OPENED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* One of the networks to be kept. */
typedef struct {
  char *path; /* NULL where there is none */
  char *name;
  FoveaOverrides overrides;
} Member;

typedef struct {
  FoveaOpenDialog *dialog;
  Member members[FOVEA_N_SIDES];
  char *pair_name;
  char *edited; /* nullable */
  char *opened; /* the result */
  GError *error;
} Commit;

static void
commit_free (gpointer data)
{
  Commit *commit = data;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_free (commit->members[side].path);
      g_free (commit->members[side].name);
      fovea_overrides_clear (&commit->members[side].overrides);
    }
  g_free (commit->pair_name);
  g_free (commit->edited);
  g_free (commit->opened);
  g_clear_error (&commit->error);
  g_free (commit);
}

/* Puts a network into the library, or finds it there.
 *
 * Returns: (transfer full): its name; @added says whether it is new */
static char *
keep_member (const Member *member,
             gboolean edited,
             gboolean *added,
             GError **error)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();

  *added = FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (!g_str_equal (entry->path, member->path))
        continue;
      if (fovea_overrides_equal (&entry->overrides, &member->overrides) && (!edited || g_str_equal (entry->name, member->name)))
        return g_strdup (entry->name);
      if (edited && g_str_equal (entry->name, member->name))
        return fovea_library_change (member->name, &member->overrides, error) ? g_strdup (member->name) : NULL;
    }
  *added = TRUE;
  return fovea_library_add (member->path, member->name, &member->overrides, FALSE, error);
}

static const FoveaLibraryPair *
find_pair (GPtrArray *pairs,
           const char *name)
{
  for (guint i = 0; i < pairs->len; i++)
    if (g_strcmp0 (((const FoveaLibraryPair *) pairs->pdata[i])->name, name) == 0)
      return pairs->pdata[i];
  return NULL;
}

/* Makes the two a pair, or finds it in the library. */
static gboolean
keep_pair (const Commit *commit,
           const char *standard,
           const char *robust,
           GError **error)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  const FoveaLibraryPair *known = find_pair (pairs, commit->pair_name);
  const FoveaLibraryPair *edited = find_pair (pairs, commit->edited);

  if (known != NULL && g_str_equal (known->standard, standard) && g_str_equal (known->robust, robust))
    return TRUE;
  if (edited == NULL)
    return fovea_library_add_pair (commit->pair_name, standard, robust, error);
  if (g_str_equal (edited->standard, standard) && g_str_equal (edited->robust, robust))
    return fovea_library_rename (edited->name, commit->pair_name, error);
  return fovea_library_remove (edited->name, error) && fovea_library_add_pair (commit->pair_name, standard, robust, error);
}

static void
commit_run (FoveaQueuedJob *job,
            gpointer data)
{
  Commit *commit = data;
  g_autofree char *names[FOVEA_N_SIDES] = { NULL };
  gboolean added[FOVEA_N_SIDES] = { FALSE };
  gboolean done = TRUE;

  for (guint side = 0; side < FOVEA_N_SIDES && done; side++)
    if (commit->members[side].path != NULL)
      done = (names[side] = keep_member (&commit->members[side], commit->edited != NULL, &added[side], &commit->error)) != NULL;
  if (done && names[0] != NULL && names[1] != NULL)
    done = keep_pair (commit, names[0], names[1], &commit->error);

  if (done)
    commit->opened = g_strdup (names[0] != NULL && names[1] != NULL ? commit->pair_name : names[0] != NULL ? names[0] : names[1]);
  else
    for (guint side = 0; side < FOVEA_N_SIDES; side++)
      if (added[side] && names[side] != NULL)
        fovea_library_remove (names[side], NULL);
}

static FoveaNetworkSlot *
get_slot (FoveaOpenDialog *self,
          guint side)
{
  return side == FOVEA_SIDE_STANDARD ? self->standard : self->robust;
}

static gboolean
has_file (FoveaOpenDialog *self,
          guint side)
{
  return fovea_network_slot_get_path (get_slot (self, side)) != NULL;
}

/* What keeps the networks from being opened, as a sentence; %NULL where nothing does, and "" where people see it already. */
static char *
find_problem (FoveaOpenDialog *self)
{
  FoveaNetwork *networks[FOVEA_N_SIDES];
  g_autoptr (GError) error = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_autofree char *name = fovea_network_slot_get_name (get_slot (self, side));

      networks[side] = fovea_network_slot_get_network (get_slot (self, side));
      if (has_file (self, side) && (networks[side] == NULL || fovea_network_slot_is_loading (get_slot (self, side)) || *name == '\0'))
        return g_strdup ("");
    }
  if (networks[0] == NULL && networks[1] == NULL)
    return g_strdup ("");
  if (networks[0] == NULL || networks[1] == NULL)
    return NULL;
  if (!fovea_library_check_pair (networks[0], networks[1], &error))
    return g_strdup_printf ("%s.", error->message);
  return NULL;
}

static void
show_message (FoveaOpenDialog *self,
              const char *text,
              gboolean error)
{
  gtk_label_set_text (self->message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message), *text != '\0');
  gtk_widget_remove_css_class (GTK_WIDGET (self->message), error ? "dim-label" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->message), error ? "error" : "dim-label");
}

static void
update (FoveaOpenDialog *self)
{
  gboolean both = has_file (self, 0) && has_file (self, 1);
  g_autofree char *problem = find_problem (self);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->pair_name)));

  if (problem != NULL)
    show_message (self, problem, TRUE);
  else if (!both)
    show_message (self, "One network is shown by itself. Add the other one to compare them.", FALSE);
  else
    show_message (self, "", FALSE);
  gtk_widget_set_visible (self->pair, both);
  gtk_widget_set_sensitive (self->swap, has_file (self, 0) || has_file (self, 1));
  gtk_widget_set_sensitive (self->open, problem == NULL && self->committing == NULL && (!both || *name != '\0'));
}

/* What both files' names begin with, without what parts the words. */
static void
suggest_pair_name (FoveaOpenDialog *self)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *name = NULL;
  gsize common = 0;

  if (self->name_typed || self->edited != NULL || !has_file (self, 0) || !has_file (self, 1))
    return;
  first = fovea_network_slot_get_name (self->standard);
  second = fovea_network_slot_get_name (self->robust);
  while (first[common] != '\0' && first[common] == second[common])
    common++;
  while (common > 0 && (strchr ("-_. ", first[common - 1]) != NULL || (first[common] & 0xc0) == 0x80))
    common--;
  first[common] = '\0';
  if (common < 3)
    {
      FoveaNetwork *network = fovea_network_slot_get_network (self->standard);

      g_free (first);
      first = g_strdup (network != NULL && *fovea_network_get_architecture (network) != '\0' ? fovea_network_get_architecture (network) : "pair");
    }
  name = fovea_library_suggest_name (first);
  self->naming = TRUE;
  gtk_editable_set_text (self->pair_name, name);
  self->naming = FALSE;
}

static const char *
get_training (FoveaOpenDialog *self,
              guint side)
{
  FoveaNetwork *network = fovea_network_slot_get_network (get_slot (self, side));

  return network != NULL ? fovea_network_get_training (network) : "";
}

/* The files know better than their names which network is which. */
static void
correct_guess (FoveaOpenDialog *self)
{
  gboolean robust[FOVEA_N_SIDES];

  if (!self->guessing || fovea_network_slot_is_loading (self->standard) || fovea_network_slot_is_loading (self->robust))
    return;
  self->guessing = FALSE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (!has_file (self, side))
        return;
      robust[side] = fovea_library_looks_robust (fovea_network_slot_get_path (get_slot (self, side)), get_training (self, side));
    }
  if (robust[FOVEA_SIDE_STANDARD] && !robust[FOVEA_SIDE_ROBUST])
    fovea_network_slot_swap (self->standard, self->robust);
}

static void
slot_changed (FoveaOpenDialog *self)
{
  correct_guess (self);
  suggest_pair_name (self);
  update (self);
}

/* A name that is free in the library and not the other network's: both files may be called the same in two folders. */
static char *
suggest_name (FoveaOpenDialog *self,
              guint side,
              const char *path)
{
  g_autofree char *other = fovea_network_slot_get_name (get_slot (self, 1 - side));
  g_autofree char *first = fovea_library_suggest_name (path);
  char *name = g_strdup (first);

  for (guint i = 2; g_str_equal (name, other); i++)
    {
      /* Suggesting takes the ending off. */
      g_autofree char *file = g_strdup_printf ("%s-%u.pth", first, i);

      g_free (name);
      name = fovea_library_suggest_name (file);
    }
  return name;
}

static void
place_one (FoveaOpenDialog *self,
           guint side,
           const char *path)
{
  g_autofree char *name = suggest_name (self, side, path);

  fovea_network_slot_set_file (get_slot (self, side), path, name, NULL);
}

static void
files_chosen (FoveaOpenDialog *self,
              const char *const *paths,
              FoveaNetworkSlot *slot)
{
  if (paths[1] == NULL)
    place_one (self, slot == self->standard ? FOVEA_SIDE_STANDARD : FOVEA_SIDE_ROBUST, paths[0]);
  else
    fovea_open_dialog_add_files (self, paths);
}

static void
swap_clicked (FoveaOpenDialog *self)
{
  self->guessing = FALSE;
  fovea_network_slot_swap (self->standard, self->robust);
}

static void
pair_name_changed (FoveaOpenDialog *self)
{
  if (!self->naming)
    self->name_typed = TRUE;
  update (self);
}

static void
commit_done (FoveaQueuedJob *job,
             gpointer data)
{
  Commit *commit = data;
  FoveaOpenDialog *self = commit->dialog;

  g_clear_object (&self->committing);
  update (self);
  if (commit->error != NULL)
    {
      g_autofree char *text = fovea_sentence_from_error (commit->error->message);

      show_message (self, text, TRUE);
      return;
    }
  g_signal_emit (self, signals[OPENED], 0, commit->opened);
  gtk_window_close (GTK_WINDOW (self));
}

static void
open_clicked (FoveaOpenDialog *self)
{
  Commit *commit = g_new0 (Commit, 1);

  commit->dialog = self;
  commit->edited = g_strdup (self->edited);
  commit->pair_name = g_strstrip (g_strdup (gtk_editable_get_text (self->pair_name)));
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetworkSlot *slot = get_slot (self, side);
      Member *member = &commit->members[side];

      if (!has_file (self, side))
        continue;
      member->path = g_canonicalize_filename (fovea_network_slot_get_path (slot), NULL);
      member->name = fovea_network_slot_get_name (slot);
      fovea_overrides_copy (fovea_network_slot_get_overrides (slot), &member->overrides);
      /* A file that does not say how the network was trained: its place does. */
      if (side == FOVEA_SIDE_ROBUST && *get_training (self, side) == '\0')
        member->overrides.training = g_strdup ("robust");
      else if (side == FOVEA_SIDE_STANDARD && g_strcmp0 (member->overrides.training, "robust") == 0)
        g_clear_pointer (&member->overrides.training, g_free);
    }
  self->committing = fovea_job_queue_push (fovea_application_get_reading_queue (), FOVEA_JOB_PRIORITY_INTERACTIVE, commit_run, NULL, commit_done, commit, commit_free);
  update (self);
}

static void
fovea_open_dialog_dispose (GObject *object)
{
  FoveaOpenDialog *self = FOVEA_OPEN_DIALOG (object);

  fovea_queued_job_clear (&self->committing);

  G_OBJECT_CLASS (fovea_open_dialog_parent_class)->dispose (object);
}

static void
fovea_open_dialog_finalize (GObject *object)
{
  g_free (FOVEA_OPEN_DIALOG (object)->edited);

  G_OBJECT_CLASS (fovea_open_dialog_parent_class)->finalize (object);
}

static void
fovea_open_dialog_class_init (FoveaOpenDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (FOVEA_TYPE_NETWORK_SLOT);

  G_OBJECT_CLASS (class)->dispose = fovea_open_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = fovea_open_dialog_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/open-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, open);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, swap);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, standard);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, robust);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, message);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, pair);
  gtk_widget_class_bind_template_child (widget_class, FoveaOpenDialog, pair_name);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  signals[OPENED] = g_signal_new ("opened", FOVEA_TYPE_OPEN_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_open_dialog_init (FoveaOpenDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fovea_network_slot_set_side (self->robust, FOVEA_SIDE_ROBUST);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_signal_connect_object (get_slot (self, side), "changed", G_CALLBACK (slot_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (get_slot (self, side), "files-chosen", G_CALLBACK (files_chosen), self, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (self->swap, "clicked", G_CALLBACK (swap_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pair_name, "changed", G_CALLBACK (pair_name_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->open, "clicked", G_CALLBACK (open_clicked), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * fovea_open_dialog_new:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer floating): a dialog without files
 */
GtkWidget *
fovea_open_dialog_new (GtkWindow *parent)
{
  return g_object_new (FOVEA_TYPE_OPEN_DIALOG, "transient-for", parent, NULL);
}

/**
 * fovea_open_dialog_add_files:
 * @self: a dialog
 * @paths: one file, or two, of which the dialog finds out which is the robust network; more are passed over
 *
 * Reads the files.
 */
void
fovea_open_dialog_add_files (FoveaOpenDialog *self,
                             const char *const *paths)
{
  g_return_if_fail (FOVEA_IS_OPEN_DIALOG (self) && paths[0] != NULL);

  self->guessing = paths[1] != NULL;
  if (paths[1] == NULL)
    {
      gboolean robust = fovea_library_looks_robust (paths[0], NULL);

      /* Beside a network that is there already it takes the free place. */
      if (has_file (self, FOVEA_SIDE_ROBUST) != has_file (self, FOVEA_SIDE_STANDARD))
        robust = has_file (self, FOVEA_SIDE_STANDARD);
      place_one (self, robust ? FOVEA_SIDE_ROBUST : FOVEA_SIDE_STANDARD, paths[0]);
    }
  else
    {
      gboolean swapped = fovea_library_looks_robust (paths[0], NULL) && !fovea_library_looks_robust (paths[1], NULL);

      place_one (self, FOVEA_SIDE_STANDARD, paths[swapped ? 1 : 0]);
      place_one (self, FOVEA_SIDE_ROBUST, paths[swapped ? 0 : 1]);
    }
}

static void
place_entry (FoveaOpenDialog *self,
             guint side,
             const char *name)
{
  g_autoptr (GPtrArray) entries = fovea_library_list ();

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (!g_str_equal (entry->name, name))
        continue;
      fovea_network_slot_set_file (get_slot (self, side), entry->path, entry->name, &entry->overrides);
      fovea_network_slot_set_fixed (get_slot (self, side), TRUE);
      return;
    }
}

/**
 * fovea_open_dialog_edit:
 * @self: a new dialog
 * @name: a pair or a network of the library
 *
 * Shows it, to change what it is called and how its files are opened.
 */
void
fovea_open_dialog_edit (FoveaOpenDialog *self,
                        const char *name)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  const FoveaLibraryPair *pair = find_pair (pairs, name);

  g_return_if_fail (FOVEA_IS_OPEN_DIALOG (self));

  self->edited = g_strdup (name);
  self->naming = TRUE;
  gtk_editable_set_text (self->pair_name, name);
  self->naming = FALSE;
  gtk_window_set_title (GTK_WINDOW (self), "Edit Networks");
  gtk_button_set_label (GTK_BUTTON (self->open), "_Save");
  if (pair != NULL)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self->pair_name), pair->added);
      gtk_widget_set_visible (self->swap, pair->added);
      place_entry (self, FOVEA_SIDE_STANDARD, pair->standard);
      place_entry (self, FOVEA_SIDE_ROBUST, pair->robust);
    }
  else
    {
      place_entry (self, FOVEA_SIDE_STANDARD, name);
    }
}

/**
 * fovea_open_dialog_get_slot:
 *
 * Returns: (transfer none): where the network of that side is
 */
FoveaNetworkSlot *
fovea_open_dialog_get_slot (FoveaOpenDialog *self,
                            FoveaSide side)
{
  return get_slot (self, side);
}
