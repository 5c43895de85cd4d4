/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library.h"

#include <string.h>

#include "engine/error.h"
#include "engine/library-index.h"

/**
 * fovea_library_pair_free:
 *
 * Frees a pair of fovea_library_list_pairs().
 */
void
fovea_library_pair_free (FoveaLibraryPair *pair)
{
  g_free (pair->name);
  g_free (pair->standard);
  g_free (pair->robust);
  g_free (pair);
}

static gboolean
has_network (GPtrArray *entries,
             const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((const FoveaLibraryEntry *) entries->pdata[i])->name, name))
      return TRUE;
  return FALSE;
}

/**
 * fovea_library_list_pairs:
 *
 * Two networks are a pair when their names differ only in ending with `-standard` and with `-robust`, or when the
 * user's index says so. Any thread.
 *
 * Returns: (transfer container) (element-type FoveaLibraryPair): the pairs, first those by name in the library's order
 */
GPtrArray *
fovea_library_list_pairs (void)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_library_pair_free);
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  g_autoptr (GKeyFile) index = fovea_library_index_read (NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];
      g_autofree char *name = NULL;
      g_autofree char *robust = NULL;
      FoveaLibraryPair *pair;

      if (!g_str_has_suffix (entry->name, "-standard") || strlen (entry->name) == strlen ("-standard"))
        continue;
      name = g_strndup (entry->name, strlen (entry->name) - strlen ("-standard"));
      robust = g_strconcat (name, "-robust", NULL);
      if (!has_network (entries, robust))
        continue;
      pair = g_new0 (FoveaLibraryPair, 1);
      pair->name = g_steal_pointer (&name);
      pair->standard = g_strdup (entry->name);
      pair->robust = g_steal_pointer (&robust);
      g_ptr_array_add (pairs, pair);
    }
  if (index != NULL)
    fovea_library_index_list_pairs (index, pairs);
  return pairs;
}

/* Layers that have one name have as many channels, and there is one at least. */
static gboolean
check_layers (const FoveaNetwork *standard,
              const FoveaNetwork *robust,
              GError **error)
{
  FoveaGraph *graphs[] = { fovea_network_get_graph (standard), fovea_network_get_graph (robust) };
  guint n_common = 0;

  for (guint i = 0; i < fovea_graph_get_n_nodes (graphs[0]); i++)
    {
      const char *name = fovea_graph_get_node (graphs[0], i)->name;
      gint64 channels = fovea_graph_get_shape (graphs[0], i)->channels, others;
      int index;

      if (!fovea_graph_find (graphs[1], name, &index, NULL))
        continue;
      n_common++;
      others = fovea_graph_get_shape (graphs[1], (guint) index)->channels;
      if (channels == others)
        continue;
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%s and %s are no pair: the layer '%s' has %" G_GINT64_FORMAT " channels in the one and %" G_GINT64_FORMAT " in the other",
                   fovea_network_get_name (standard), fovea_network_get_name (robust), name, channels, others);
      return FALSE;
    }
  if (n_common > 0)
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE, "%s and %s are no pair: they have no layer of the same name",
               fovea_network_get_name (standard), fovea_network_get_name (robust));
  return FALSE;
}

/**
 * fovea_library_check_pair:
 * @standard, @robust: two networks
 * @error: %FOVEA_ERROR_SHAPE, saying in one sentence how they differ
 *
 * What two networks need so that each neuron of the one can be compared with the same of the other: input size,
 * number of classes, and the layers that both have. Any thread.
 *
 * Returns: whether they are a pair
 */
gboolean
fovea_library_check_pair (const FoveaNetwork *standard,
                          const FoveaNetwork *robust,
                          GError **error)
{
  const FoveaShape *input = fovea_graph_get_input_shape (fovea_network_get_graph (standard));
  const FoveaShape *other = fovea_graph_get_input_shape (fovea_network_get_graph (robust));

  if (!fovea_shape_equal (input, other))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%s and %s are no pair: they take images of different sizes, %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                   fovea_network_get_name (standard), fovea_network_get_name (robust), input->height, input->width, other->height, other->width);
      return FALSE;
    }
  if (fovea_network_get_n_outputs (standard) != fovea_network_get_n_outputs (robust))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                   "%s and %s are no pair: the one has %" G_GINT64_FORMAT " classes, the other %" G_GINT64_FORMAT,
                   fovea_network_get_name (standard), fovea_network_get_name (robust), fovea_network_get_n_outputs (standard), fovea_network_get_n_outputs (robust));
      return FALSE;
    }
  return check_layers (standard, robust, error);
}

/**
 * fovea_library_looks_robust:
 * @path: a network's file
 * @training: (nullable): how it was trained, as far as the file says; "" or %NULL where it does not
 *
 * Guesses which network of a pair it is, from what it says of its training, or else from its file's name: `eps` with a
 * number above 0, or the words by which people call adversarial training. Any thread.
 *
 * Returns: whether it is rather the robust one
 */
gboolean
fovea_library_looks_robust (const char *path,
                            const char *training)
{
  static const char *const words[] = { "robust", "adversarial", "madry", "linf", "l2", "pgd", "trades", "adv" };
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_ascii_strdown (base, -1);
  g_autofree char *said = g_ascii_strdown (training != NULL ? training : "", -1);
  const char *epsilon = strstr (name, "eps");

  if (*said != '\0')
    return strstr (said, "adversarial") != NULL || strstr (said, "robust") != NULL;
  if (epsilon != NULL)
    {
      epsilon += strcspn (epsilon, "0123456789");
      if (*epsilon != '\0')
        return g_ascii_strtod (epsilon, NULL) > 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const char *found = strstr (name, words[i]);

      /* A word of its own: not the end of another, such as "mobilenetl2" or "nonrobust". */
      if (found != NULL && (found == name || !g_ascii_isalnum (found[-1])))
        return TRUE;
    }
  return FALSE;
}

typedef struct {
  const char *name;
  const char *training; /* where the file does not say it */
  FoveaNetwork *network;
  GError *error;
} Member;

/* Reads a network and its fingerprint, so that nobody has to wait for that later. */
static gpointer
open_member (gpointer data)
{
  Member *member = data;
  g_autoptr (GPtrArray) entries = fovea_library_list ();
  FoveaOverrides overrides = { 0 };

  for (guint i = 0; i < entries->len; i++)
    {
      const FoveaLibraryEntry *entry = entries->pdata[i];

      if (g_str_equal (entry->name, member->name) && entry->overrides.training == NULL)
        overrides.training = (char *) member->training;
    }
  member->network = fovea_library_open_with_overrides (member->name, &overrides, &member->error);
  if (member->network != NULL)
    fovea_network_get_fingerprint (member->network);
  return NULL;
}

/**
 * fovea_library_open_pair:
 * @name: a pair's name, as fovea_library_list_pairs() gives it
 * @standard, @robust: (out) (transfer full): its networks
 * @error: %FOVEA_ERROR_NOT_FOUND, or as fovea_library_open() and fovea_library_check_pair()
 *
 * Reads both networks at the same time. One whose file does not say how it was trained is what its place in the pair
 * says. Any thread.
 *
 * Returns: whether both are open
 */
gboolean
fovea_library_open_pair (const char *name,
                         FoveaNetwork **standard,
                         FoveaNetwork **robust,
                         GError **error)
{
  g_autoptr (GPtrArray) pairs = fovea_library_list_pairs ();
  const FoveaLibraryPair *pair = NULL;
  Member members[2];
  GThread *thread;

  *standard = *robust = NULL;
  for (guint i = 0; i < pairs->len && pair == NULL; i++)
    if (g_str_equal (((const FoveaLibraryPair *) pairs->pdata[i])->name, name))
      pair = pairs->pdata[i];
  if (pair == NULL)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "there is no pair '%s' in the library", name);
      return FALSE;
    }

  members[0] = (Member) { .name = pair->standard, .training = "standard" };
  members[1] = (Member) { .name = pair->robust, .training = "robust" };
  thread = g_thread_new ("fovea-open", open_member, &members[1]);
  open_member (&members[0]);
  g_thread_join (thread);

  if (members[0].error == NULL && members[1].error == NULL && fovea_library_check_pair (members[0].network, members[1].network, error))
    {
      *standard = members[0].network;
      *robust = members[1].network;
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_clear_pointer (&members[i].network, fovea_network_unref);
      if (members[i].error != NULL && (error == NULL || *error == NULL))
        g_propagate_error (error, g_steal_pointer (&members[i].error));
      g_clear_error (&members[i].error);
    }
  return FALSE;
}
