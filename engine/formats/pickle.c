/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle-literals.h"
#include "engine/formats/pickle-machine.h"
#include "engine/formats/pickle-names.h"

#include <string.h>

/* The opcodes of protocols 0 to 5, by the names that Python's pickletools gives them. */
typedef enum {
  OP_MARK = '(',
  OP_STOP = '.',
  OP_POP = '0',
  OP_POP_MARK = '1',
  OP_DUP = '2',
  OP_FLOAT = 'F',
  OP_INT = 'I',
  OP_BININT = 'J',
  OP_BININT1 = 'K',
  OP_LONG = 'L',
  OP_BININT2 = 'M',
  OP_NONE = 'N',
  OP_PERSID = 'P',
  OP_BINPERSID = 'Q',
  OP_REDUCE = 'R',
  OP_STRING = 'S',
  OP_BINSTRING = 'T',
  OP_SHORT_BINSTRING = 'U',
  OP_UNICODE = 'V',
  OP_BINUNICODE = 'X',
  OP_APPEND = 'a',
  OP_BUILD = 'b',
  OP_GLOBAL = 'c',
  OP_DICT = 'd',
  OP_EMPTY_DICT = '}',
  OP_APPENDS = 'e',
  OP_GET = 'g',
  OP_BINGET = 'h',
  OP_INST = 'i',
  OP_LONG_BINGET = 'j',
  OP_LIST = 'l',
  OP_EMPTY_LIST = ']',
  OP_OBJ = 'o',
  OP_PUT = 'p',
  OP_BINPUT = 'q',
  OP_LONG_BINPUT = 'r',
  OP_SETITEM = 's',
  OP_TUPLE = 't',
  OP_EMPTY_TUPLE = ')',
  OP_SETITEMS = 'u',
  OP_BINFLOAT = 'G',
  OP_BINBYTES = 'B',
  OP_SHORT_BINBYTES = 'C',
  OP_PROTO = 0x80,
  OP_NEWOBJ = 0x81,
  OP_TUPLE1 = 0x85,
  OP_TUPLE2 = 0x86,
  OP_TUPLE3 = 0x87,
  OP_NEWTRUE = 0x88,
  OP_NEWFALSE = 0x89,
  OP_LONG1 = 0x8a,
  OP_LONG4 = 0x8b,
  OP_SHORT_BINUNICODE = 0x8c,
  OP_BINUNICODE8 = 0x8d,
  OP_BINBYTES8 = 0x8e,
  OP_EMPTY_SET = 0x8f,
  OP_ADDITEMS = 0x90,
  OP_FROZENSET = 0x91,
  OP_NEWOBJ_EX = 0x92,
  OP_STACK_GLOBAL = 0x93,
  OP_MEMOIZE = 0x94,
  OP_FRAME = 0x95,
  OP_BYTEARRAY8 = 0x96,
} Opcode;

static gboolean
refuse (GError **error,
        const char *what)
{
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "refused: the file asks to run '%s'", what);
  return FALSE;
}

/* What is appended to and set in: a container of its own kind, or a placeholder. */

static gboolean
get_elements (FoveaPickleMachine *self,
              FoveaPickleKind kind,
              FoveaPickleValue container,
              FoveaPickleSequence **sequence,
              GError **error)
{
  if (container.kind == kind)
    *sequence = &container.node->sequence;
  else if (container.kind == FOVEA_PICKLE_OBJECT)
    *sequence = &container.node->object->elements;
  else
    return FAIL (self, error, "appends to what is no container");
  return TRUE;
}

static gboolean
get_entries (FoveaPickleMachine *self,
             FoveaPickleValue container,
             FoveaPickleSequence **sequence,
             GError **error)
{
  if (container.kind == FOVEA_PICKLE_DICTIONARY)
    *sequence = &container.node->sequence;
  else if (container.kind == FOVEA_PICKLE_OBJECT)
    *sequence = &container.node->object->entries;
  else
    return FAIL (self, error, "sets an item of what is no dictionary");
  return TRUE;
}

static gboolean
append_marked (FoveaPickleMachine *self,
               FoveaPickleKind kind,
               GError **error)
{
  FoveaPickleSequence *sequence;
  gsize start;

  if (!fovea_pickle_machine_pop_mark (self, &start, error))
    return FALSE;
  if (start <= fovea_pickle_machine_get_floor (self))
    return FAIL (self, error, "takes a value from an empty stack");
  if (!get_elements (self, kind, g_array_index (self->stack, FoveaPickleValue, start - 1), &sequence, error))
    return FALSE;
  fovea_pickle_machine_take_values (self, start, sequence);
  return TRUE;
}

static gboolean
append_one (FoveaPickleMachine *self,
            GError **error)
{
  FoveaPickleSequence *sequence;
  FoveaPickleValue value, container;

  if (!fovea_pickle_machine_pop (self, &value, error) || !fovea_pickle_machine_peek (self, &container, error) ||
      !get_elements (self, FOVEA_PICKLE_LIST, container, &sequence, error))
    return FALSE;
  fovea_pickle_machine_append_value (sequence, value);
  return TRUE;
}

static gboolean
set_marked (FoveaPickleMachine *self,
            GError **error)
{
  FoveaPickleSequence *sequence;
  gsize start;

  if (!fovea_pickle_machine_pop_mark (self, &start, error))
    return FALSE;
  if (start <= fovea_pickle_machine_get_floor (self))
    return FAIL (self, error, "takes a value from an empty stack");
  if ((self->stack->len - start) % 2 != 0)
    return FAIL (self, error, "has a key without value");
  if (!get_entries (self, g_array_index (self->stack, FoveaPickleValue, start - 1), &sequence, error))
    return FALSE;
  fovea_pickle_machine_take_values (self, start, sequence);
  return TRUE;
}

static gboolean
set_one (FoveaPickleMachine *self,
         GError **error)
{
  FoveaPickleSequence *sequence;
  FoveaPickleValue key, value, container;

  if (!fovea_pickle_machine_pop (self, &value, error) || !fovea_pickle_machine_pop (self, &key, error) || !fovea_pickle_machine_peek (self, &container, error) ||
      !get_entries (self, container, &sequence, error))
    return FALSE;
  fovea_pickle_machine_append_value (sequence, key);
  fovea_pickle_machine_append_value (sequence, value);
  return TRUE;
}

/* Names and what would be called */

static gboolean
push_global (FoveaPickleMachine *self,
             const char *module,
             const char *name,
             GError **error)
{
  g_autofree char *full = g_strconcat (module, ".", name, NULL);

  if (!g_utf8_validate (full, -1, NULL))
    return FAIL (self, error, "has a name that is not UTF-8");
  if (fovea_pickle_name_is_dangerous (module, name))
    return refuse (error, full);
  return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_GLOBAL, full, strlen (full), error);
}

static gboolean
read_global (FoveaPickleMachine *self,
             GError **error)
{
  g_autofree char *module = NULL;
  g_autofree char *name = NULL;
  const guint8 *line;
  gsize length;

  if (!fovea_pickle_machine_read_line (self, &line, &length, error))
    return FALSE;
  module = g_strndup ((const char *) line, length);
  if (!fovea_pickle_machine_read_line (self, &line, &length, error))
    return FALSE;
  name = g_strndup ((const char *) line, length);
  return push_global (self, module, name, error);
}

static gboolean
is_getattr (FoveaPickleValue value)
{
  const char *name = fovea_pickle_value_get_global (value);

  return name != NULL && (strcmp (name, "builtins.getattr") == 0 || strcmp (name, "__builtin__.getattr") == 0);
}

/* Python 3.11 writes members of enumerations, and protocol 2 nested classes, as getattr (CLASS, 'NAME').
 * Such a call is harmless, any other use of getattr is not. */
static gboolean
is_harmless_getattr (FoveaPickleValue callable,
                     FoveaPickleValue arguments)
{
  const FoveaPickleSequence *sequence;
  const char *name;

  if (!is_getattr (callable) || arguments.kind != FOVEA_PICKLE_TUPLE)
    return FALSE;
  sequence = &arguments.node->sequence;
  if (sequence->n_values != 2 ||
      (sequence->values[0].kind != FOVEA_PICKLE_GLOBAL && sequence->values[0].kind != FOVEA_PICKLE_OBJECT) ||
      is_getattr (sequence->values[0]))
    return FALSE;
  name = fovea_pickle_value_get_string (sequence->values[1]);
  return name != NULL && !g_str_has_prefix (name, "_") && !fovea_pickle_attribute_is_dangerous (name);
}

/* What may stand where Python would call something: a name, a class that PyTorch's older format
 * keeps with its source, a nested class. */
static gboolean
check_callable (FoveaPickleMachine *self,
                FoveaPickleValue callable,
                FoveaPickleValue arguments,
                GError **error)
{
  if (is_getattr (callable))
    return is_harmless_getattr (callable, arguments) || refuse (error, "builtins.getattr");

  switch ((int) callable.kind)
    {
    case FOVEA_PICKLE_GLOBAL:
    case FOVEA_PICKLE_PERSISTENT:
      return TRUE;
    case FOVEA_PICKLE_OBJECT:
      if (is_harmless_getattr (callable.node->object->callable, callable.node->object->arguments))
        return TRUE;
      return refuse (error, "what another call returned");
    default:
      return FAIL (self, error, "calls what cannot be called");
    }
}

static gboolean
push_object (FoveaPickleMachine *self,
             FoveaPickleValue callable,
             FoveaPickleValue arguments,
             GError **error)
{
  FoveaPickleNode *node;

  if (arguments.kind != FOVEA_PICKLE_TUPLE)
    return FAIL (self, error, "calls something without a tuple of arguments");
  if (!check_callable (self, callable, arguments, error))
    return FALSE;
  node = fovea_pickle_machine_new_node (self, FOVEA_PICKLE_OBJECT, error);
  if (node == NULL)
    return FALSE;
  node->object = g_new0 (FoveaPickleObject, 1);
  node->object->callable = callable;
  node->object->arguments = arguments;
  return fovea_pickle_machine_push_node (self, node, error);
}

/* Calls with the arguments on top of the stack, the callable below them. */
static gboolean
reduce (FoveaPickleMachine *self,
        gboolean has_keywords,
        GError **error)
{
  FoveaPickleValue callable, arguments, keywords;

  if (has_keywords && !fovea_pickle_machine_pop (self, &keywords, error))
    return FALSE;
  if (!fovea_pickle_machine_pop (self, &arguments, error) || !fovea_pickle_machine_pop (self, &callable, error))
    return FALSE;
  return push_object (self, callable, arguments, error);
}

/* Calls with the arguments above a mark; the callable is on top of the stack (INST), or right above
 * the mark (OBJ). */
static gboolean
instantiate (FoveaPickleMachine *self,
             Opcode opcode,
             GError **error)
{
  FoveaPickleValue callable, arguments;
  gsize start;

  if (opcode == OP_INST)
    {
      if (!read_global (self, error) || !fovea_pickle_machine_pop (self, &callable, error) || !fovea_pickle_machine_pop_mark (self, &start, error))
        return FALSE;
    }
  else
    {
      if (!fovea_pickle_machine_pop_mark (self, &start, error))
        return FALSE;
      if (start >= self->stack->len)
        return FAIL (self, error, "takes a value from an empty stack");
      callable = g_array_index (self->stack, FoveaPickleValue, start);
      g_array_remove_index (self->stack, start);
    }
  return fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_TUPLE, start, error) && fovea_pickle_machine_pop (self, &arguments, error) &&
         push_object (self, callable, arguments, error);
}

static gboolean
build (FoveaPickleMachine *self,
       GError **error)
{
  FoveaPickleValue state, object;

  if (!fovea_pickle_machine_pop (self, &state, error) || !fovea_pickle_machine_peek (self, &object, error))
    return FALSE;
  if (object.kind != FOVEA_PICKLE_OBJECT)
    return FAIL (self, error, "gives a state to what is no object");
  object.node->object->state = state;
  return TRUE;
}

static gboolean
push_persistent (FoveaPickleMachine *self,
                 FoveaPickleValue identifier,
                 GError **error)
{
  FoveaPickleNode *node = fovea_pickle_machine_new_node (self, FOVEA_PICKLE_PERSISTENT, error);

  if (node != NULL)
    node->identifier = identifier;
  return fovea_pickle_machine_push_node (self, node, error);
}

static gboolean
read_memo_number (FoveaPickleMachine *self,
                  guint64 *index,
                  GError **error)
{
  const guint8 *line;
  gsize length;
  char digits[16];

  if (!fovea_pickle_machine_read_line (self, &line, &length, error))
    return FALSE;
  if (length == 0 || length >= sizeof digits)
    return FAIL (self, error, "has a number that is none");
  memcpy (digits, line, length);
  digits[length] = '\0';
  if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT32, index, NULL))
    return FAIL (self, error, "has a number that is none");
  return TRUE;
}

/* Opcodes whose argument is a line of text. */
static gboolean
step_line (FoveaPickleMachine *self,
           Opcode opcode,
           GError **error)
{
  const guint8 *line;
  gsize length;
  FoveaPickleValue value;

  if (!fovea_pickle_machine_read_line (self, &line, &length, error))
    return FALSE;
  switch ((int) opcode)
    {
    case OP_INT: return fovea_pickle_literal_push_decimal (self, line, length, FALSE, error);
    case OP_LONG: return fovea_pickle_literal_push_decimal (self, line, length, TRUE, error);
    case OP_FLOAT: return fovea_pickle_literal_push_float_text (self, line, length, error);
    case OP_STRING: return fovea_pickle_literal_push_escaped (self, line, length, TRUE, error);
    case OP_UNICODE: return fovea_pickle_literal_push_escaped (self, line, length, FALSE, error);
    case OP_PERSID:
      return fovea_pickle_machine_push_string (self, line, length, error) && fovea_pickle_machine_pop (self, &value, error) && push_persistent (self, value, error);
    default: g_assert_not_reached ();
    }
}

/* Opcodes whose argument is a number of bytes, and the bytes. */
static gboolean
step_counted (FoveaPickleMachine *self,
              Opcode opcode,
              guint n_length_bytes,
              GError **error)
{
  const guint8 *bytes;
  gsize length;

  if (!fovea_pickle_machine_read_counted (self, n_length_bytes, &bytes, &length, error))
    return FALSE;
  switch ((int) opcode)
    {
    case OP_LONG1:
    case OP_LONG4:
      return fovea_pickle_literal_push_long (self, bytes, length, error);
    case OP_SHORT_BINBYTES:
    case OP_BINBYTES:
    case OP_BINBYTES8:
    case OP_BYTEARRAY8:
      return fovea_pickle_machine_push_text (self, FOVEA_PICKLE_BYTES, (const char *) bytes, length, error);
    default:
      return fovea_pickle_machine_push_string (self, bytes, length, error);
    }
}

static gboolean
step_binary_float (FoveaPickleMachine *self,
                   GError **error)
{
  const guint8 *bytes;
  guint64 bits = 0;
  double real;

  if (!fovea_pickle_machine_read_bytes (self, 8, &bytes, error))
    return FALSE;
  for (guint i = 0; i < 8; i++)
    bits = bits << 8 | bytes[i];
  memcpy (&real, &bits, sizeof real);
  return fovea_pickle_machine_push_float (self, real, error);
}

static gboolean
step_stack_global (FoveaPickleMachine *self,
                   GError **error)
{
  FoveaPickleValue module, name;

  if (!fovea_pickle_machine_pop (self, &name, error) || !fovea_pickle_machine_pop (self, &module, error))
    return FALSE;
  if (module.kind != FOVEA_PICKLE_STRING || name.kind != FOVEA_PICKLE_STRING)
    return FAIL (self, error, "has a name that is no string");
  return push_global (self, module.node->text, name.node->text, error);
}

/* Does what one opcode says. */
static gboolean
step (FoveaPickleMachine *self,
      Opcode opcode,
      GError **error)
{
  FoveaPickleValue value = { 0 };
  guint64 number;
  gsize start;

  switch ((int) opcode)
    {
    case OP_PROTO:
      if (!fovea_pickle_machine_read_unsigned (self, 1, &number, error))
        return FALSE;
      return number <= 5 || FAIL (self, error, "is of protocol %" G_GUINT64_FORMAT ", newer than the 5 that are known,", number);
    case OP_FRAME:
      if (!fovea_pickle_machine_read_unsigned (self, 8, &number, error))
        return FALSE;
      return number <= self->size - self->position || FAIL (self, error, "ends in the middle of a frame");

    case OP_NONE: return fovea_pickle_machine_push (self, value, error);
    case OP_NEWTRUE: return fovea_pickle_machine_push_boolean (self, TRUE, error);
    case OP_NEWFALSE: return fovea_pickle_machine_push_boolean (self, FALSE, error);
    case OP_BININT: return fovea_pickle_machine_read_unsigned (self, 4, &number, error) && fovea_pickle_machine_push_integer (self, (gint32) number, error);
    case OP_BININT1: return fovea_pickle_machine_read_unsigned (self, 1, &number, error) && fovea_pickle_machine_push_integer (self, number, error);
    case OP_BININT2: return fovea_pickle_machine_read_unsigned (self, 2, &number, error) && fovea_pickle_machine_push_integer (self, number, error);
    case OP_BINFLOAT: return step_binary_float (self, error);
    case OP_INT:
    case OP_LONG:
    case OP_FLOAT:
    case OP_STRING:
    case OP_UNICODE:
    case OP_PERSID:
      return step_line (self, opcode, error);
    case OP_LONG1:
    case OP_SHORT_BINSTRING:
    case OP_SHORT_BINUNICODE:
    case OP_SHORT_BINBYTES:
      return step_counted (self, opcode, 1, error);
    case OP_LONG4:
    case OP_BINSTRING:
    case OP_BINUNICODE:
    case OP_BINBYTES:
      return step_counted (self, opcode, 4, error);
    case OP_BINUNICODE8:
    case OP_BINBYTES8:
    case OP_BYTEARRAY8:
      return step_counted (self, opcode, 8, error);

    case OP_EMPTY_TUPLE: return fovea_pickle_machine_push_tuple (self, 0, error);
    case OP_TUPLE1: return fovea_pickle_machine_push_tuple (self, 1, error);
    case OP_TUPLE2: return fovea_pickle_machine_push_tuple (self, 2, error);
    case OP_TUPLE3: return fovea_pickle_machine_push_tuple (self, 3, error);
    case OP_EMPTY_LIST: return fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_LIST, self->stack->len, error);
    case OP_EMPTY_DICT: return fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_DICTIONARY, self->stack->len, error);
    case OP_EMPTY_SET: return fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_SET, self->stack->len, error);
    case OP_TUPLE: return fovea_pickle_machine_pop_mark (self, &start, error) && fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_TUPLE, start, error);
    case OP_LIST: return fovea_pickle_machine_pop_mark (self, &start, error) && fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_LIST, start, error);
    case OP_DICT: return fovea_pickle_machine_pop_mark (self, &start, error) && fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_DICTIONARY, start, error);
    case OP_FROZENSET: return fovea_pickle_machine_pop_mark (self, &start, error) && fovea_pickle_machine_push_sequence (self, FOVEA_PICKLE_SET, start, error);
    case OP_APPEND: return append_one (self, error);
    case OP_APPENDS: return append_marked (self, FOVEA_PICKLE_LIST, error);
    case OP_ADDITEMS: return append_marked (self, FOVEA_PICKLE_SET, error);
    case OP_SETITEM: return set_one (self, error);
    case OP_SETITEMS: return set_marked (self, error);

    case OP_GLOBAL: return read_global (self, error);
    case OP_STACK_GLOBAL: return step_stack_global (self, error);
    case OP_REDUCE:
    case OP_NEWOBJ:
      return reduce (self, FALSE, error);
    case OP_NEWOBJ_EX: return reduce (self, TRUE, error);
    case OP_INST:
    case OP_OBJ:
      return instantiate (self, opcode, error);
    case OP_BUILD: return build (self, error);
    case OP_BINPERSID: return fovea_pickle_machine_pop (self, &value, error) && push_persistent (self, value, error);

    case OP_MARK:
      return fovea_pickle_machine_push_mark (self, error);
    case OP_POP:
      /* Python lets POP take a mark, too. */
      if (self->marks->len > 0 && self->stack->len == fovea_pickle_machine_get_floor (self))
        return fovea_pickle_machine_pop_mark (self, &start, error);
      return fovea_pickle_machine_pop (self, &value, error);
    case OP_POP_MARK:
      if (!fovea_pickle_machine_pop_mark (self, &start, error))
        return FALSE;
      g_array_set_size (self->stack, start);
      return TRUE;
    case OP_DUP: return fovea_pickle_machine_peek (self, &value, error) && fovea_pickle_machine_push (self, value, error);

    case OP_PUT: return read_memo_number (self, &number, error) && fovea_pickle_machine_memo_put (self, number, error);
    case OP_BINPUT: return fovea_pickle_machine_read_unsigned (self, 1, &number, error) && fovea_pickle_machine_memo_put (self, number, error);
    case OP_LONG_BINPUT: return fovea_pickle_machine_read_unsigned (self, 4, &number, error) && fovea_pickle_machine_memo_put (self, number, error);
    case OP_MEMOIZE: return fovea_pickle_machine_memo_put (self, self->memo->len, error);
    case OP_GET: return read_memo_number (self, &number, error) && fovea_pickle_machine_memo_get (self, number, error);
    case OP_BINGET: return fovea_pickle_machine_read_unsigned (self, 1, &number, error) && fovea_pickle_machine_memo_get (self, number, error);
    case OP_LONG_BINGET: return fovea_pickle_machine_read_unsigned (self, 4, &number, error) && fovea_pickle_machine_memo_get (self, number, error);

    default:
      return FAIL (self, error, "has the opcode 0x%02x, which is unknown,", opcode);
    }
}

static gboolean
run (FoveaPickleMachine *self,
     GError **error)
{
  while (TRUE)
    {
      Opcode opcode;

      self->opcode_position = self->position;
      if (self->position == self->size)
        return FAIL (self, error, "ends without its last opcode");
      opcode = self->data[self->position++];
      if (opcode == OP_STOP)
        return fovea_pickle_machine_stop (self, error);
      if (!step (self, opcode, error))
        return FALSE;
    }
}

/**
 * fovea_pickle_parse:
 * @data: (array length=size): a pickle, and perhaps more behind it
 * @size: number of bytes
 * @n_consumed: (out) (optional): how many of them the pickle takes
 * @error: %FOVEA_ERROR_FORMAT for what is no complete pickle, %FOVEA_ERROR_UNSUPPORTED for one that
 *   would run a program, a function or an attribute which no checkpoint needs
 *
 * Interprets a pickle of protocol 0 to 5 without running anything: what Python would have called or
 * looked up is left as a placeholder. Time and memory are bounded by a multiple of @size. @data is not
 * needed afterwards.
 *
 * Returns: (transfer full): the pickle, or %NULL
 */
FoveaPickle *
fovea_pickle_parse (gconstpointer data,
                    gsize size,
                    gsize *n_consumed,
                    GError **error)
{
  FoveaPickle *pickle = NULL;
  FoveaPickleMachine machine;

  fovea_pickle_machine_init (&machine, data, size);
  if (run (&machine, error))
    {
      pickle = g_steal_pointer (&machine.pickle);
      if (n_consumed != NULL)
        *n_consumed = machine.position;
    }
  fovea_pickle_machine_clear (&machine);
  return pickle;
}
