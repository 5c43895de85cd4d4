/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/architectures/names.h"

#include <string.h>

/* Each architecture has exactly one of these; what stands in front of it stands in front of all its tensors. */
static const char *const anchors[] = { "conv1.conv.weight", "conv1.weight", "features.0.weight" };

/* `robustness` keeps a second copy of the network within its attacker. */
static gboolean
belongs_to_attacker (const char *name)
{
  return g_str_has_prefix (name, "attacker.") || strstr (name, ".attacker.") != NULL;
}

static char *
find_prefix (const FoveaStateDict *state_dict)
{
  char *prefix = NULL;
  gsize shortest = G_MAXSIZE;

  for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
    {
      const char *name = fovea_state_dict_get_name (state_dict, i);

      for (gsize j = 0; j < G_N_ELEMENTS (anchors); j++)
        {
          gsize length = strlen (name) - MIN (strlen (anchors[j]), strlen (name));

          if (!g_str_has_suffix (name, anchors[j]) || (length > 0 && name[length - 1] != '.') ||
              belongs_to_attacker (name) || length >= shortest)
            continue;
          shortest = length;
          g_free (prefix);
          prefix = g_strndup (name, length);
        }
    }
  return prefix;
}

/* Reads three numbers; `robustness` stores them as [3,1,1]. */
static gboolean
read_numbers (const FoveaTensor *tensor,
              double *numbers)
{
  if (tensor->n_elements != 3)
    return FALSE;
  for (guint i = 0; i < 3; i++)
    numbers[i] = (double) tensor->data[i];
  return TRUE;
}

/* Layers in front of a network that normalize its input. */
static void
read_normalization (FoveaNames *self,
                    const FoveaStateDict *state_dict)
{
  static const struct {
    const char *mean;
    const char *std;
  } pairs[] = {
    { "normalizer.new_mean", "normalizer.new_std" },
    { "normalize.new_mean", "normalize.new_std" },
    { "normalizer.mean", "normalizer.std" },
    { "normalize.mean", "normalize.std" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs) && !self->has_normalization; i++)
    {
      const FoveaTensor *mean = NULL, *std = NULL;

      for (guint j = 0; j < fovea_state_dict_get_size (state_dict); j++)
        {
          const char *name = fovea_state_dict_get_name (state_dict, j);

          if (g_str_has_suffix (name, pairs[i].mean))
            mean = fovea_state_dict_get_tensor (state_dict, j);
          else if (g_str_has_suffix (name, pairs[i].std))
            std = fovea_state_dict_get_tensor (state_dict, j);
        }
      self->has_normalization = mean != NULL && std != NULL && read_numbers (mean, self->mean) && read_numbers (std, self->std);
    }
}

/* What `robustness` calls differently from torchvision. */
static char *
translate (FoveaNames *self,
           const char *name)
{
  const char *branch = strstr (name, ".branch4_conv.");

  if (branch != NULL && g_str_has_prefix (name, "inception"))
    {
      self->robustness = TRUE;
      return g_strdup_printf ("%.*s.branch4.1.%s", (int) (branch - name), name, branch + strlen (".branch4_conv."));
    }
  if (g_str_has_prefix (name, "last_layer."))
    {
      self->robustness = TRUE;
      return g_strconcat ("classifier.6.", name + strlen ("last_layer."), NULL);
    }
  return g_strdup (name);
}

/**
 * fovea_names_init:
 * @state_dict: as the file has it
 *
 * Takes prefixes off (`module.` of DataParallel, `module.model.` of `robustness`, `model.`, any other), drops what
 * stands beside the network (the attacker's copy, the normalizer), and turns `robustness`' names for layers into torchvision's. Where
 * no architecture's first layer is found, all names stay as they are.
 */
void
fovea_names_init (FoveaNames *self,
                  const FoveaStateDict *state_dict)
{
  *self = (FoveaNames) { .weights = fovea_state_dict_new () };
  self->prefix = find_prefix (state_dict);
  if (self->prefix == NULL)
    self->prefix = g_strdup ("");
  read_normalization (self, state_dict);

  for (guint i = 0; i < fovea_state_dict_get_size (state_dict); i++)
    {
      const char *name = fovea_state_dict_get_name (state_dict, i);
      g_autofree char *translated = NULL;

      if (belongs_to_attacker (name))
        self->robustness = TRUE;
      else if (strstr (name, "normalizer.new_") != NULL)
        self->robustness = TRUE;
      else if (g_str_has_prefix (name, self->prefix))
        {
          translated = translate (self, name + strlen (self->prefix));
          fovea_state_dict_insert (self->weights, translated, fovea_state_dict_get_tensor (state_dict, i));
        }
    }
}

/**
 * fovea_names_clear:
 *
 * Frees what the names hold.
 */
void
fovea_names_clear (FoveaNames *self)
{
  g_clear_pointer (&self->weights, fovea_state_dict_free);
  g_clear_pointer (&self->prefix, g_free);
}
