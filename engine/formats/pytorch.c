/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pytorch.h"

#include "engine/formats/pytorch-container.h"
#include "engine/formats/pytorch-tensor.h"
#include "engine/read-file.h"

#include <string.h>

/* Dictionaries around the state dict, and modules within modules, are not deeper in any honest file. */
#define MAX_WRAPPERS 4
#define MAX_MODULE_DEPTH 64
#define MAX_MODULES 100000

/* Under which keys training scripts keep the network beside the optimizer; the first one that holds tensors counts. */
static const char *const wrapper_keys[] = {
  "state_dict", "model_state_dict", "model", "net", "network", "module", "model_state", "net_state_dict", "weights", "params", "state",
};

typedef struct {
  FoveaPytorchContainer *container;
  FoveaStateDict *state_dict;
  GHashTable *tensors; /* description → FoveaTensor, for sharing */
  guint n_modules;
} Reader;

/* The attributes of a pickled torch.nn.Module: its `__dict__`. */
static gboolean
get_attributes (FoveaPickleValue value,
                FoveaPickleValue *attributes)
{
  if (value.kind != FOVEA_PICKLE_OBJECT || !fovea_pickle_value_is_mapping (value.node->object->state))
    return FALSE;
  *attributes = value.node->object->state;
  return TRUE;
}

static gboolean
is_script_module (FoveaPickleValue value)
{
  const char *name = fovea_pickle_value_get_class (value);

  return name != NULL && g_str_has_prefix (name, "__torch__.");
}

static gboolean
is_module (FoveaPickleValue value)
{
  FoveaPickleValue attributes, modules;

  return get_attributes (value, &attributes) &&
         (fovea_pickle_value_lookup (attributes, "_modules", &modules) || is_script_module (value));
}

static gboolean
has_tensors (FoveaPickleValue mapping)
{
  for (gsize i = 0; i < fovea_pickle_value_get_n_entries (mapping); i++)
    {
      FoveaPickleValue key, value;

      if (fovea_pickle_value_get_entry (mapping, i, &key, &value) && fovea_pickle_value_get_string (key) != NULL &&
          fovea_pytorch_value_is_tensor (value))
        return TRUE;
    }
  return FALSE;
}

/* Finds the module or the dictionary of tensors, whatever is around it. */
static gboolean
find_state (FoveaPickleValue value,
            guint depth,
            FoveaPickleValue *state)
{
  if (is_module (value))
    {
      *state = value;
      return TRUE;
    }
  if (!fovea_pickle_value_is_mapping (value))
    return FALSE;

  if (depth < MAX_WRAPPERS)
    for (gsize i = 0; i < G_N_ELEMENTS (wrapper_keys); i++)
      {
        FoveaPickleValue wrapped;

        if (fovea_pickle_value_lookup (value, wrapper_keys[i], &wrapped) && find_state (wrapped, depth + 1, state))
          return TRUE;
      }
  if (!has_tensors (value))
    return FALSE;
  *state = value;
  return TRUE;
}

static gboolean
add_tensor (Reader *self,
            const char *prefix,
            FoveaPickleValue key,
            FoveaPickleValue value,
            GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (FoveaTensor) tensor = NULL;

  if (fovea_pickle_value_get_string (key) == NULL || !fovea_pytorch_value_is_tensor (value))
    return TRUE;
  name = g_strconcat (prefix, fovea_pickle_value_get_string (key), NULL);
  tensor = fovea_pytorch_tensor_read (self->container, value, self->tensors, error);
  if (tensor == NULL)
    {
      g_prefix_error (error, "tensor '%s': ", name);
      return FALSE;
    }
  fovea_state_dict_insert (self->state_dict, name, tensor);
  return TRUE;
}

static gboolean
add_tensors (Reader *self,
             const char *prefix,
             FoveaPickleValue mapping,
             GError **error)
{
  for (gsize i = 0; i < fovea_pickle_value_get_n_entries (mapping); i++)
    {
      FoveaPickleValue key, value;

      if (fovea_pickle_value_get_entry (mapping, i, &key, &value) && !add_tensor (self, prefix, key, value, error))
        return FALSE;
    }
  return TRUE;
}

/* What state_dict() would give of a module that was saved as a whole. */
static gboolean
add_module (Reader *self,
            const char *prefix,
            guint depth,
            FoveaPickleValue module,
            GError **error)
{
  FoveaPickleValue attributes, members;

  if (depth > MAX_MODULE_DEPTH || self->n_modules == MAX_MODULES)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "has modules nested more than %d levels deep, or more than %d of them",
                   MAX_MODULE_DEPTH, MAX_MODULES);
      return FALSE;
    }
  self->n_modules++;
  if (!get_attributes (module, &attributes))
    return TRUE;

  if (fovea_pickle_value_lookup (attributes, "_parameters", &members) && !add_tensors (self, prefix, members, error))
    return FALSE;
  if (fovea_pickle_value_lookup (attributes, "_buffers", &members) && !add_tensors (self, prefix, members, error))
    return FALSE;
  if (is_script_module (module))
    {
      /* TorchScript keeps all three kinds as plain attributes. */
      if (!add_tensors (self, prefix, attributes, error))
        return FALSE;
      members = attributes;
    }
  else if (!fovea_pickle_value_lookup (attributes, "_modules", &members))
    return TRUE;

  for (gsize i = 0; i < fovea_pickle_value_get_n_entries (members); i++)
    {
      g_autofree char *child_prefix = NULL;
      FoveaPickleValue key, child;

      if (!fovea_pickle_value_get_entry (members, i, &key, &child) || fovea_pickle_value_get_string (key) == NULL ||
          child.kind != FOVEA_PICKLE_OBJECT || fovea_pytorch_value_is_tensor (child))
        continue;
      child_prefix = g_strconcat (prefix, fovea_pickle_value_get_string (key), ".", NULL);
      if (!add_module (self, child_prefix, depth + 1, child, error))
        return FALSE;
    }
  return TRUE;
}

/* The numbers and strings that say how `robustness` trained a network, where it kept its arguments. */
static gboolean
lookup_argument (FoveaPickleValue arguments,
                 const char *name,
                 FoveaPickleValue *value)
{
  FoveaPickleValue attributes, parameters;

  if (fovea_pickle_value_lookup (arguments, name, value))
    return TRUE;
  if (!get_attributes (arguments, &attributes))
    return FALSE;
  return fovea_pickle_value_lookup (attributes, name, value) ||
         (fovea_pickle_value_lookup (attributes, "params", &parameters) && fovea_pickle_value_lookup (parameters, name, value));
}

static gboolean
get_number (FoveaPickleValue value,
            double *number)
{
  const char *text = fovea_pickle_value_get_string (value);

  if (value.kind == FOVEA_PICKLE_INTEGER)
    *number = (double) value.integer;
  else if (value.kind == FOVEA_PICKLE_BOOLEAN)
    *number = value.boolean;
  else if (value.kind == FOVEA_PICKLE_FLOAT)
    *number = value.real;
  else if (text != NULL && g_ascii_isdigit (text[0]))
    *number = g_ascii_strtod (text, NULL);
  else
    return FALSE;
  return TRUE;
}

static void
describe_training (FoveaPickleValue root,
                   FoveaStateDict *state_dict)
{
  FoveaPickleValue arguments, value;
  const char *constraint = NULL;
  double adversarial, epsilon;

  if (fovea_pickle_value_lookup (root, "arch", &value) && fovea_pickle_value_get_string (value) != NULL)
    fovea_state_dict_set_metadata (state_dict, "architecture", fovea_pickle_value_get_string (value));

  if (!fovea_pickle_value_lookup (root, "args", &arguments) || !lookup_argument (arguments, "adv_train", &value) ||
      !get_number (value, &adversarial))
    return;
  if (adversarial == 0)
    fovea_state_dict_set_metadata (state_dict, "training", "standard");
  else if (lookup_argument (arguments, "eps", &value) && get_number (value, &epsilon))
    {
      g_autofree char *description = NULL;
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      if (lookup_argument (arguments, "constraint", &value))
        constraint = fovea_pickle_value_get_string (value);
      g_ascii_formatd (digits, sizeof digits, "%g", epsilon);
      if (g_strcmp0 (constraint, "2") == 0)
        description = g_strdup_printf ("adversarial (L2, ε = %s)", digits);
      else if (g_strcmp0 (constraint, "inf") == 0)
        description = g_strdup_printf ("adversarial (L∞, ε = %s)", digits);
      else
        description = g_strdup_printf ("adversarial (ε = %s)", digits);
      fovea_state_dict_set_metadata (state_dict, "training", description);
    }
  else
    fovea_state_dict_set_metadata (state_dict, "training", "adversarial");
}

/* What the file holds instead of a network. */
static char *
describe_contents (FoveaPickleValue root)
{
  const char *class_name = fovea_pickle_value_get_class (root);
  GString *string;
  guint n_shown = 0;

  if (fovea_pytorch_value_is_tensor (root))
    return g_strdup ("a single tensor");
  if (!fovea_pickle_value_is_mapping (root))
    return class_name != NULL ? g_strdup_printf ("an object of the class '%s'", class_name) : g_strdup ("no dictionary");

  string = g_string_new ("a dictionary");
  for (gsize i = 0; i < fovea_pickle_value_get_n_entries (root) && n_shown < 5; i++)
    {
      FoveaPickleValue key, value;
      g_autofree char *name = NULL;

      if (!fovea_pickle_value_get_entry (root, i, &key, &value) || fovea_pickle_value_get_string (key) == NULL)
        continue;
      name = g_utf8_substring (fovea_pickle_value_get_string (key), 0, MIN (g_utf8_strlen (fovea_pickle_value_get_string (key), -1), 40));
      g_string_append_printf (string, "%s'%s'", n_shown == 0 ? " with " : ", ", name);
      n_shown++;
    }
  return g_string_free (string, FALSE);
}

/**
 * fovea_pytorch_is_pytorch:
 * @data: (array length=size): the beginning of a file, at least 512 bytes where it has as many
 * @size: number of bytes
 *
 * Returns: whether the file looks like something that torch.save wrote: a zip archive, a pickle, or a tar archive
 */
gboolean
fovea_pytorch_is_pytorch (gconstpointer data,
                          gsize size)
{
  const guint8 *bytes = data;

  return (size >= 4 && (memcmp (bytes, "PK\003\004", 4) == 0 || memcmp (bytes, "PK\005\006", 4) == 0)) ||
         (size >= 2 && bytes[0] == 0x80 && bytes[1] <= 5) ||
         (size >= 4 && memcmp (bytes, "L119", 4) == 0) ||
         (size > 262 && memcmp (bytes + 257, "ustar", 5) == 0);
}

/**
 * fovea_pytorch_read_bytes:
 * @bytes: the file
 * @error: as fovea_pytorch_read(), without the path
 *
 * As fovea_pytorch_read(), from memory. The tensors may share it.
 *
 * Returns: (transfer full): the tensors, or %NULL
 */
FoveaStateDict *
fovea_pytorch_read_bytes (GBytes *bytes,
                          GError **error)
{
  g_autoptr (FoveaPytorchContainer) container = NULL;
  g_autoptr (FoveaStateDict) state_dict = NULL;
  g_autoptr (GHashTable) tensors = NULL;
  FoveaPickleValue root, state;
  Reader reader;
  gboolean success;

  if (!fovea_pytorch_is_pytorch (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)))
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "is no PyTorch checkpoint");
      return NULL;
    }
  container = fovea_pytorch_container_open (bytes, error);
  if (container == NULL)
    return NULL;
  root = fovea_pytorch_container_get_root (container);
  if (!find_state (root, 0, &state))
    {
      g_autofree char *contents = describe_contents (root);

      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                   "is a PyTorch checkpoint without a network's weights: it holds %s; save one with torch.save (model.state_dict (), FILE)",
                   contents);
      return NULL;
    }

  state_dict = fovea_state_dict_new ();
  tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fovea_tensor_unref);
  reader = (Reader) { .container = container, .state_dict = state_dict, .tensors = tensors };
  success = is_module (state) ? add_module (&reader, "", 0, state, error) : add_tensors (&reader, "", state, error);
  if (!success)
    return NULL;
  describe_training (root, state_dict);
  return g_steal_pointer (&state_dict);
}

/**
 * fovea_pytorch_read:
 * @path: the file
 * @error: as fovea_map_file(), %FOVEA_ERROR_FORMAT where it is truncated, contradicts
 *   itself or holds no weights, %FOVEA_ERROR_UNSUPPORTED where it would run something, or uses what is
 *   not supported, %FOVEA_ERROR_TOO_LARGE for sizes out of proportion
 *
 * Reads the weights from a file of torch.save's zip format or of its older stream format: a state
 * dict, one within a dictionary of other things (`state_dict`, `model`, …), or a module that was
 * saved as a whole. Nothing in the file is ever run. The file is mapped, its float32 tensors share
 * the mapping; so it must not be changed in place while they live. The metadata `architecture` and
 * `training` are set where the file says something about them. Any thread.
 *
 * Returns: (transfer full): the tensors, or %NULL
 */
FoveaStateDict *
fovea_pytorch_read (const char *path,
                    GError **error)
{
  g_autoptr (GBytes) bytes = fovea_map_file (path, error);
  FoveaStateDict *state_dict;

  if (bytes == NULL)
    return NULL;
  state_dict = fovea_pytorch_read_bytes (bytes, error);
  if (state_dict == NULL)
    g_prefix_error (error, "%s: ", path);
  return state_dict;
}
