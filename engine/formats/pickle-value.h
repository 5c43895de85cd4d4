/* What a pickle holds: numbers, strings, containers and placeholders for everything else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  FOVEA_PICKLE_NONE,
  FOVEA_PICKLE_BOOLEAN,
  FOVEA_PICKLE_INTEGER,
  FOVEA_PICKLE_BIG_INTEGER,
  FOVEA_PICKLE_FLOAT,
  FOVEA_PICKLE_STRING,
  FOVEA_PICKLE_BYTES,
  FOVEA_PICKLE_LIST,
  FOVEA_PICKLE_TUPLE,
  FOVEA_PICKLE_SET,
  FOVEA_PICKLE_DICTIONARY,
  FOVEA_PICKLE_GLOBAL,
  FOVEA_PICKLE_PERSISTENT,
  FOVEA_PICKLE_OBJECT,
} FoveaPickleKind;

typedef struct _FoveaPickleNode FoveaPickleNode;
typedef struct _FoveaPickleObject FoveaPickleObject;

/**
 * FoveaPickleValue:
 * @kind: which of the others holds the value; none of them for %FOVEA_PICKLE_NONE
 * @node: for every kind from %FOVEA_PICKLE_STRING on, and for big integers
 *
 * A value of a pickle; valid as long as its pickle. Values may contain themselves: who walks through
 * them has to limit the depth.
 */
typedef struct {
  FoveaPickleKind kind;
  union {
    gboolean boolean;
    gint64 integer;
    double real;
    FoveaPickleNode *node;
  };
} FoveaPickleValue;

/**
 * FoveaPickleSequence:
 *
 * The elements of a list, tuple or set; or keys and values of a dictionary by turns, in the order in
 * which they were set, so that of equal keys the last one counts.
 */
typedef struct {
  FoveaPickleValue *values;
  gsize n_values;
  gsize capacity;
} FoveaPickleSequence;

/**
 * FoveaPickleNode:
 * @text: UTF-8 of a string; contents of bytes; `module.name` of a global; a big integer as decimal
 *   digits. Always terminated by a NUL that @length does not count
 * @identifier: a persistent id, by which PyTorch refers to a storage
 */
struct _FoveaPickleNode {
  FoveaPickleKind kind;
  union {
    struct {
      const char *text;
      gsize length;
    };
    FoveaPickleSequence sequence;
    FoveaPickleValue identifier;
    FoveaPickleObject *object;
  };
};

/**
 * FoveaPickleObject:
 * @callable: what Python would have called to make the object: a global, or a persistent id
 * @arguments: the tuple it would have been called with
 * @state: what it would have been given afterwards; %FOVEA_PICKLE_NONE without
 * @entries: keys and values that would have been set in it
 * @elements: what would have been appended to it
 *
 * A placeholder. Nothing is ever called.
 */
struct _FoveaPickleObject {
  FoveaPickleValue callable;
  FoveaPickleValue arguments;
  FoveaPickleValue state;
  FoveaPickleSequence entries;
  FoveaPickleSequence elements;
};

const char *fovea_pickle_value_get_string (FoveaPickleValue value);
const char *fovea_pickle_value_get_global (FoveaPickleValue value);
const char *fovea_pickle_value_get_class (FoveaPickleValue value);
const FoveaPickleSequence *fovea_pickle_value_get_sequence (FoveaPickleValue value);
gboolean fovea_pickle_value_is_mapping (FoveaPickleValue value);
gsize fovea_pickle_value_get_n_entries (FoveaPickleValue value);
gboolean fovea_pickle_value_get_entry (FoveaPickleValue value, gsize index, FoveaPickleValue *key, FoveaPickleValue *entry);
gboolean fovea_pickle_value_lookup (FoveaPickleValue value, const char *key, FoveaPickleValue *entry);

G_END_DECLS
