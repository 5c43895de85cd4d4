/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle-value.h"

#include <string.h>

/**
 * fovea_pickle_value_get_string:
 *
 * Returns: (nullable): the text of a string; %NULL for any other value
 */
const char *
fovea_pickle_value_get_string (FoveaPickleValue value)
{
  return value.kind == FOVEA_PICKLE_STRING ? value.node->text : NULL;
}

/**
 * fovea_pickle_value_get_global:
 *
 * Returns: (nullable): `module.name` of a global; %NULL for any other value
 */
const char *
fovea_pickle_value_get_global (FoveaPickleValue value)
{
  return value.kind == FOVEA_PICKLE_GLOBAL ? value.node->text : NULL;
}

/**
 * fovea_pickle_value_get_sequence:
 *
 * Returns: (nullable): the elements of a list, tuple or set, or of an object made from one such as
 *   `torch.Size`; %NULL for any other value
 */
const FoveaPickleSequence *
fovea_pickle_value_get_sequence (FoveaPickleValue value)
{
  const FoveaPickleSequence *arguments;

  switch ((int) value.kind)
    {
    case FOVEA_PICKLE_LIST:
    case FOVEA_PICKLE_TUPLE:
    case FOVEA_PICKLE_SET:
      return &value.node->sequence;
    case FOVEA_PICKLE_OBJECT:
      arguments = &value.node->object->arguments.node->sequence;
      if (arguments->n_values == 1 && arguments->values[0].kind != FOVEA_PICKLE_OBJECT)
        return fovea_pickle_value_get_sequence (arguments->values[0]);
      return NULL;
    default:
      return NULL;
    }
}

/* The class that PyTorch's older format keeps as ('module', CLASS, file, source). */
static const char *
get_class_name (FoveaPickleValue value)
{
  if (value.kind == FOVEA_PICKLE_PERSISTENT && value.node->identifier.kind == FOVEA_PICKLE_TUPLE)
    {
      const FoveaPickleSequence *sequence = &value.node->identifier.node->sequence;

      if (sequence->n_values > 1 && g_strcmp0 (fovea_pickle_value_get_string (sequence->values[0]), "module") == 0)
        return fovea_pickle_value_get_global (sequence->values[1]);
    }
  return fovea_pickle_value_get_global (value);
}

/**
 * fovea_pickle_value_get_class:
 *
 * Returns: (nullable): `module.name` of what would have been called to make an object; %NULL for any
 *   other value
 */
const char *
fovea_pickle_value_get_class (FoveaPickleValue value)
{
  const FoveaPickleObject *object;
  const char *name;

  if (value.kind != FOVEA_PICKLE_OBJECT)
    return NULL;
  object = value.node->object;
  name = get_class_name (object->callable);
  if (name != NULL && (g_str_has_prefix (name, "copy_reg.") || g_str_has_prefix (name, "copyreg.")) &&
      object->arguments.node->sequence.n_values > 0)
    return get_class_name (object->arguments.node->sequence.values[0]);
  return name;
}

/* An OrderedDict that Python 2 made from a list of pairs. */
static const FoveaPickleSequence *
get_pairs (FoveaPickleValue value)
{
  if (g_strcmp0 (fovea_pickle_value_get_class (value), "collections.OrderedDict") != 0)
    return NULL;
  return fovea_pickle_value_get_sequence (value);
}

/**
 * fovea_pickle_value_is_mapping:
 *
 * Returns: whether the value is a dictionary of any kind
 */
gboolean
fovea_pickle_value_is_mapping (FoveaPickleValue value)
{
  const char *name;

  if (value.kind == FOVEA_PICKLE_DICTIONARY)
    return TRUE;
  if (value.kind != FOVEA_PICKLE_OBJECT)
    return FALSE;
  name = fovea_pickle_value_get_class (value);
  return value.node->object->entries.n_values > 0 || g_strcmp0 (name, "collections.OrderedDict") == 0 ||
         g_strcmp0 (name, "collections.defaultdict") == 0;
}

/**
 * fovea_pickle_value_get_n_entries:
 *
 * Returns: number of entries of a dictionary of any kind, repeated keys included; 0 for any other value
 */
gsize
fovea_pickle_value_get_n_entries (FoveaPickleValue value)
{
  const FoveaPickleSequence *pairs;

  if (value.kind == FOVEA_PICKLE_DICTIONARY)
    return value.node->sequence.n_values / 2;
  if (value.kind != FOVEA_PICKLE_OBJECT)
    return 0;
  pairs = get_pairs (value);
  return value.node->object->entries.n_values / 2 + (pairs != NULL ? pairs->n_values : 0);
}

/**
 * fovea_pickle_value_get_entry:
 * @value: a dictionary of any kind
 * @index: below fovea_pickle_value_get_n_entries()
 * @key: (out): the key
 * @entry: (out): its value
 *
 * Returns: whether the entry is one; lists from a broken file may hold something else than pairs
 */
gboolean
fovea_pickle_value_get_entry (FoveaPickleValue value,
                              gsize index,
                              FoveaPickleValue *key,
                              FoveaPickleValue *entry)
{
  const FoveaPickleSequence *entries, *pairs, *pair;

  if (value.kind == FOVEA_PICKLE_OBJECT)
    {
      entries = &value.node->object->entries;
      pairs = get_pairs (value);
      if (pairs != NULL && index < pairs->n_values)
        {
          pair = fovea_pickle_value_get_sequence (pairs->values[index]);
          if (pair == NULL || pair->n_values != 2)
            return FALSE;
          *key = pair->values[0];
          *entry = pair->values[1];
          return TRUE;
        }
      index -= pairs != NULL ? pairs->n_values : 0;
    }
  else
    entries = &value.node->sequence;

  g_return_val_if_fail (index < entries->n_values / 2, FALSE);
  *key = entries->values[2 * index];
  *entry = entries->values[2 * index + 1];
  return TRUE;
}

/**
 * fovea_pickle_value_lookup:
 * @value: any value
 * @key: a string
 * @entry: (out): what a dictionary holds under that key
 *
 * Returns: whether @value is a dictionary of any kind that has the key
 */
gboolean
fovea_pickle_value_lookup (FoveaPickleValue value,
                           const char *key,
                           FoveaPickleValue *entry)
{
  for (gsize i = fovea_pickle_value_get_n_entries (value); i > 0; i--)
    {
      FoveaPickleValue candidate;

      if (fovea_pickle_value_get_entry (value, i - 1, &candidate, entry) &&
          g_strcmp0 (fovea_pickle_value_get_string (candidate), key) == 0)
        return TRUE;
    }
  return FALSE;
}
