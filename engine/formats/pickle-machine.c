/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle-machine.h"

#include <string.h>

/* Limits on what a hostile file can make of few bytes. A ResNet-152 with the state of its optimizer
 * has about 10^5 nodes. */
#define MAX_NODES (4u << 20)
#define MAX_VALUES (32u << 20)
#define MAX_MARKS 1000

#define NODES_PER_CHUNK 512

/* In the memo, a place that nothing was put into. */
#define KIND_UNSET ((FoveaPickleKind) -1)

struct _FoveaPickle {
  GPtrArray *chunks; /* of NODES_PER_CHUNK nodes; nodes never move, and go all at once */
  guint n_nodes;
  GStringChunk *texts;
  FoveaPickleValue root;
};

/**
 * fovea_pickle_machine_init:
 * @data: what to read; must stay until the machine is cleared
 *
 * Prepares a machine on the stack of its user.
 */
void
fovea_pickle_machine_init (FoveaPickleMachine *self,
                           gconstpointer data,
                           gsize size)
{
  *self = (FoveaPickleMachine) { .data = data, .size = size };
  self->pickle = g_new0 (FoveaPickle, 1);
  self->pickle->chunks = g_ptr_array_new_with_free_func (g_free);
  self->pickle->texts = g_string_chunk_new (4096);
  self->stack = g_array_new (FALSE, FALSE, sizeof (FoveaPickleValue));
  self->marks = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->memo = g_array_new (FALSE, FALSE, sizeof (FoveaPickleValue));
}

/**
 * fovea_pickle_machine_clear:
 *
 * Frees what a machine holds, and its pickle unless that was taken.
 */
void
fovea_pickle_machine_clear (FoveaPickleMachine *self)
{
  g_clear_pointer (&self->pickle, fovea_pickle_free);
  g_array_unref (self->stack);
  g_array_unref (self->marks);
  g_array_unref (self->memo);
}

/**
 * fovea_pickle_machine_report:
 *
 * Reports that the pickle does what @format says, at the opcode that is being done.
 */
void
fovea_pickle_machine_report (FoveaPickleMachine *self,
                             GError **error,
                             const char *format,
                             ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "the pickle %s at byte %" G_GSIZE_FORMAT, message, self->opcode_position);
}

/**
 * fovea_pickle_machine_read_bytes:
 * @bytes: (out): the next @n_bytes bytes of the stream
 */
gboolean
fovea_pickle_machine_read_bytes (FoveaPickleMachine *self,
                                 guint64 n_bytes,
                                 const guint8 **bytes,
                                 GError **error)
{
  if (n_bytes > self->size - self->position)
    return FAIL (self, error, "ends in the middle of an opcode");
  *bytes = self->data + self->position;
  self->position += n_bytes;
  return TRUE;
}

/**
 * fovea_pickle_machine_read_unsigned:
 * @value: (out): an unsigned integer of 1 to 8 bytes, the least significant first
 */
gboolean
fovea_pickle_machine_read_unsigned (FoveaPickleMachine *self,
                                    guint n_bytes,
                                    guint64 *value,
                                    GError **error)
{
  const guint8 *bytes;

  if (!fovea_pickle_machine_read_bytes (self, n_bytes, &bytes, error))
    return FALSE;
  *value = 0;
  for (guint i = 0; i < n_bytes; i++)
    *value |= (guint64) bytes[i] << (8 * i);
  return TRUE;
}

/**
 * fovea_pickle_machine_read_counted:
 * @n_length_bytes: size of the number in front of the bytes
 * @bytes: (out): the bytes that follow their own number
 * @length: (out): how many
 */
gboolean
fovea_pickle_machine_read_counted (FoveaPickleMachine *self,
                                   guint n_length_bytes,
                                   const guint8 **bytes,
                                   gsize *length,
                                   GError **error)
{
  guint64 value;

  if (!fovea_pickle_machine_read_unsigned (self, n_length_bytes, &value, error) || !fovea_pickle_machine_read_bytes (self, value, bytes, error))
    return FALSE;
  *length = value;
  return TRUE;
}

/**
 * fovea_pickle_machine_read_line:
 * @line: (out): text up to the end of the line, without it; not terminated
 * @length: (out): its length
 */
gboolean
fovea_pickle_machine_read_line (FoveaPickleMachine *self,
                                const guint8 **line,
                                gsize *length,
                                GError **error)
{
  const guint8 *start = self->data + self->position;
  const guint8 *end = memchr (start, '\n', self->size - self->position);

  if (end == NULL)
    return FAIL (self, error, "has a line without end");
  *line = start;
  *length = end - start;
  self->position += *length + 1;
  return TRUE;
}


/**
 * fovea_pickle_machine_new_node:
 *
 * Returns: (transfer none): a new node, which belongs to the pickle; or %NULL
 */
FoveaPickleNode *
fovea_pickle_machine_new_node (FoveaPickleMachine *self,
                               FoveaPickleKind kind,
                               GError **error)
{
  FoveaPickle *pickle = self->pickle;
  FoveaPickleNode *node;

  if (pickle->n_nodes == MAX_NODES)
    {
      fovea_pickle_machine_report (self, error, "has more than %u objects", MAX_NODES);
      return NULL;
    }
  if (pickle->n_nodes % NODES_PER_CHUNK == 0)
    g_ptr_array_add (pickle->chunks, g_new0 (FoveaPickleNode, NODES_PER_CHUNK));
  node = (FoveaPickleNode *) pickle->chunks->pdata[pickle->chunks->len - 1] + pickle->n_nodes % NODES_PER_CHUNK;
  pickle->n_nodes++;
  node->kind = kind;
  return node;
}

/**
 * fovea_pickle_machine_push:
 *
 * Puts a value onto the stack.
 */
gboolean
fovea_pickle_machine_push (FoveaPickleMachine *self,
                           FoveaPickleValue value,
                           GError **error)
{
  if (self->n_values == MAX_VALUES)
    return FAIL (self, error, "has more than %u values", MAX_VALUES);
  self->n_values++;
  g_array_append_val (self->stack, value);
  return TRUE;
}

/**
 * fovea_pickle_machine_push_node:
 *
 * Puts a node onto the stack. @node may be %NULL, where making it failed already.
 */
gboolean
fovea_pickle_machine_push_node (FoveaPickleMachine *self,
                                FoveaPickleNode *node,
                                GError **error)
{
  FoveaPickleValue value = { 0 };

  if (node == NULL)
    return FALSE;
  value.kind = node->kind;
  value.node = node;
  return fovea_pickle_machine_push (self, value, error);
}

/**
 * fovea_pickle_machine_push_integer:
 *
 * Puts an integer onto the stack.
 */
gboolean
fovea_pickle_machine_push_integer (FoveaPickleMachine *self,
                                   gint64 integer,
                                   GError **error)
{
  FoveaPickleValue value = { .kind = FOVEA_PICKLE_INTEGER };

  value.integer = integer;
  return fovea_pickle_machine_push (self, value, error);
}

/**
 * fovea_pickle_machine_push_boolean:
 *
 * Puts a truth value onto the stack.
 */
gboolean
fovea_pickle_machine_push_boolean (FoveaPickleMachine *self,
                                   gboolean boolean,
                                   GError **error)
{
  FoveaPickleValue value = { .kind = FOVEA_PICKLE_BOOLEAN };

  value.boolean = boolean;
  return fovea_pickle_machine_push (self, value, error);
}

/**
 * fovea_pickle_machine_push_float:
 *
 * Puts a number onto the stack.
 */
gboolean
fovea_pickle_machine_push_float (FoveaPickleMachine *self,
                                 double real,
                                 GError **error)
{
  FoveaPickleValue value = { .kind = FOVEA_PICKLE_FLOAT };

  value.real = real;
  return fovea_pickle_machine_push (self, value, error);
}

/**
 * fovea_pickle_machine_push_text:
 *
 * Copies text into a new node of a kind that holds text, and puts it onto the stack.
 */
gboolean
fovea_pickle_machine_push_text (FoveaPickleMachine *self,
                                FoveaPickleKind kind,
                                const char *text,
                                gsize length,
                                GError **error)
{
  FoveaPickleNode *node = fovea_pickle_machine_new_node (self, kind, error);

  if (node != NULL)
    {
      node->text = g_string_chunk_insert_len (self->pickle->texts, text, length);
      node->length = length;
    }
  return fovea_pickle_machine_push_node (self, node, error);
}


/**
 * fovea_pickle_machine_push_string:
 *
 * Puts text onto the stack that should be UTF-8. What is not comes from Python 2, and is read as Latin-1.
 */
gboolean
fovea_pickle_machine_push_string (FoveaPickleMachine *self,
                                  const guint8 *bytes,
                                  gsize length,
                                  GError **error)
{
  g_autofree char *latin = NULL;
  gsize latin_length;

  if (g_utf8_validate_len ((const char *) bytes, length, NULL))
    return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_STRING, (const char *) bytes, length, error);

  latin = g_malloc (2 * length + 1);
  latin_length = 0;
  for (gsize i = 0; i < length; i++)
    latin_length += g_unichar_to_utf8 (bytes[i], latin + latin_length);
  return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_STRING, latin, latin_length, error);
}


/**
 * fovea_pickle_machine_get_floor:
 *
 * Returns: the height of the stack at the last mark
 */
gsize
fovea_pickle_machine_get_floor (FoveaPickleMachine *self)
{
  return self->marks->len > 0 ? g_array_index (self->marks, gsize, self->marks->len - 1) : 0;
}

/**
 * fovea_pickle_machine_pop:
 *
 * Takes a value off the stack, not from below the last mark.
 */
gboolean
fovea_pickle_machine_pop (FoveaPickleMachine *self,
                          FoveaPickleValue *value,
                          GError **error)
{
  if (self->stack->len <= fovea_pickle_machine_get_floor (self))
    return FAIL (self, error, "takes a value from an empty stack");
  *value = g_array_index (self->stack, FoveaPickleValue, self->stack->len - 1);
  g_array_set_size (self->stack, self->stack->len - 1);
  return TRUE;
}

/**
 * fovea_pickle_machine_peek:
 *
 * Reads the value on top of the stack, above the last mark.
 */
gboolean
fovea_pickle_machine_peek (FoveaPickleMachine *self,
                           FoveaPickleValue *value,
                           GError **error)
{
  if (self->stack->len <= fovea_pickle_machine_get_floor (self))
    return FAIL (self, error, "takes a value from an empty stack");
  *value = g_array_index (self->stack, FoveaPickleValue, self->stack->len - 1);
  return TRUE;
}

/**
 * fovea_pickle_machine_pop_mark:
 * @start: (out): height of the stack at the last mark, which is gone; the values above it stay until the
 *   caller takes them
 */
gboolean
fovea_pickle_machine_pop_mark (FoveaPickleMachine *self,
                               gsize *start,
                               GError **error)
{
  if (self->marks->len == 0)
    return FAIL (self, error, "misses a mark");
  *start = fovea_pickle_machine_get_floor (self);
  g_array_set_size (self->marks, self->marks->len - 1);
  return TRUE;
}

/**
 * fovea_pickle_machine_push_mark:
 *
 * Sets a mark on top of the stack.
 */
gboolean
fovea_pickle_machine_push_mark (FoveaPickleMachine *self,
                                GError **error)
{
  gsize height = self->stack->len;

  if (self->marks->len == MAX_MARKS)
    return FAIL (self, error, "is nested more than %d levels deep", MAX_MARKS);
  g_array_append_val (self->marks, height);
  return TRUE;
}

/**
 * fovea_pickle_machine_append_value:
 *
 * Makes a sequence longer by one.
 */
void
fovea_pickle_machine_append_value (FoveaPickleSequence *sequence,
                                   FoveaPickleValue value)
{
  if (sequence->n_values == sequence->capacity)
    {
      sequence->capacity = sequence->capacity > 0 ? 2 * sequence->capacity : 2;
      sequence->values = g_renew (FoveaPickleValue, sequence->values, sequence->capacity);
    }
  sequence->values[sequence->n_values++] = value;
}

/**
 * fovea_pickle_machine_take_values:
 *
 * Moves the values of the stack from @start on to the end of @sequence.
 */
void
fovea_pickle_machine_take_values (FoveaPickleMachine *self,
                                  gsize start,
                                  FoveaPickleSequence *sequence)
{
  for (gsize i = start; i < self->stack->len; i++)
    fovea_pickle_machine_append_value (sequence, g_array_index (self->stack, FoveaPickleValue, i));
  g_array_set_size (self->stack, start);
}

/**
 * fovea_pickle_machine_push_sequence:
 *
 * Replaces the values of the stack from @start on by a container that holds them.
 */
gboolean
fovea_pickle_machine_push_sequence (FoveaPickleMachine *self,
                                    FoveaPickleKind kind,
                                    gsize start,
                                    GError **error)
{
  FoveaPickleNode *node = fovea_pickle_machine_new_node (self, kind, error);

  if (node == NULL)
    return FALSE;
  if (kind == FOVEA_PICKLE_DICTIONARY && (self->stack->len - start) % 2 != 0)
    return FAIL (self, error, "has a key without value");
  fovea_pickle_machine_take_values (self, start, &node->sequence);
  return fovea_pickle_machine_push_node (self, node, error);
}

/**
 * fovea_pickle_machine_push_tuple:
 *
 * Replaces the topmost @n_values values of the stack by a tuple that holds them.
 */
gboolean
fovea_pickle_machine_push_tuple (FoveaPickleMachine *self,
                                 gsize n_values,
                                 GError **error)
{
  if (self->stack->len - fovea_pickle_machine_get_floor (self) < n_values)
    return FAIL (self, error, "takes a value from an empty stack");
  return fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_TUPLE, self->stack->len - n_values, error);
}


/**
 * fovea_pickle_machine_memo_put:
 *
 * Keeps the value on top of the stack under a number. Python counts from 0, and each entry takes at
 * least a byte of the file: larger numbers are an attempt at our memory.
 */
gboolean
fovea_pickle_machine_memo_put (FoveaPickleMachine *self,
                               guint64 index,
                               GError **error)
{
  FoveaPickleValue value;

  if (!fovea_pickle_machine_peek (self, &value, error))
    return FALSE;
  if (index >= self->position || index >= MAX_VALUES)
    return FAIL (self, error, "keeps a value under the number %" G_GUINT64_FORMAT ", which is too large,", index);
  while (self->memo->len <= index)
    {
      FoveaPickleValue unset = { .kind = KIND_UNSET };
      g_array_append_val (self->memo, unset);
    }
  g_array_index (self->memo, FoveaPickleValue, index) = value;
  return TRUE;
}

/**
 * fovea_pickle_machine_memo_get:
 *
 * Puts the value that was kept under a number onto the stack.
 */
gboolean
fovea_pickle_machine_memo_get (FoveaPickleMachine *self,
                               guint64 index,
                               GError **error)
{
  if (index >= self->memo->len || g_array_index (self->memo, FoveaPickleValue, index).kind == KIND_UNSET)
    return FAIL (self, error, "asks for the value number %" G_GUINT64_FORMAT ", which it did not keep,", index);
  return fovea_pickle_machine_push (self, g_array_index (self->memo, FoveaPickleValue, index), error);
}

/**
 * fovea_pickle_machine_stop:
 *
 * Makes the value on top of the stack the pickle's root.
 */
gboolean
fovea_pickle_machine_stop (FoveaPickleMachine *self,
                           GError **error)
{
  return fovea_pickle_machine_pop (self, &self->pickle->root, error);
}

/**
 * fovea_pickle_free:
 *
 * Frees a pickle with all its values, however deeply they are nested, or nested in themselves.
 */
void
fovea_pickle_free (FoveaPickle *pickle)
{
  for (guint i = 0; i < pickle->n_nodes; i++)
    {
      FoveaPickleNode *node = (FoveaPickleNode *) pickle->chunks->pdata[i / NODES_PER_CHUNK] + i % NODES_PER_CHUNK;

      switch ((int) node->kind)
        {
        case FOVEA_PICKLE_LIST:
        case FOVEA_PICKLE_TUPLE:
        case FOVEA_PICKLE_SET:
        case FOVEA_PICKLE_DICTIONARY:
          g_free (node->sequence.values);
          break;
        case FOVEA_PICKLE_OBJECT:
          g_free (node->object->entries.values);
          g_free (node->object->elements.values);
          g_free (node->object);
          break;
        default:
          break;
        }
    }
  g_ptr_array_unref (pickle->chunks);
  g_string_chunk_free (pickle->texts);
  g_free (pickle);
}

/**
 * fovea_pickle_get_root:
 *
 * Returns: the value that Python's `pickle.load` would return
 */
FoveaPickleValue
fovea_pickle_get_root (const FoveaPickle *pickle)
{
  return pickle->root;
}

/**
 * fovea_pickle_foreach_persistent:
 * @func: called for every persistent id, in the pickle's order
 * @error: what @func reports
 *
 * Returns: whether @func went through to the end
 */
gboolean
fovea_pickle_foreach_persistent (const FoveaPickle *pickle,
                                 FoveaPicklePersistentFunc func,
                                 gpointer data,
                                 GError **error)
{
  for (guint i = 0; i < pickle->n_nodes; i++)
    {
      const FoveaPickleNode *node = (const FoveaPickleNode *) pickle->chunks->pdata[i / NODES_PER_CHUNK] + i % NODES_PER_CHUNK;

      if (node->kind == FOVEA_PICKLE_PERSISTENT && !func (node->identifier, data, error))
        return FALSE;
    }
  return TRUE;
}
