/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/formats/pickle.h"

#include <string.h>

#include "tests/damage.h"

#define PARSE(text, error) fovea_pickle_parse (text, sizeof text - 1, NULL, error)

/* [None, True, -5, 300, 2.5, 'é', b'ab', (1,), {'a': 1}], as protocol 4 writes it. */
static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = "\x80\x04]\x94(N\x88J\xfb\xff\xff\xffM,\x01G@\x04\x00\x00\x00\x00\x00\x00\x8c\x02\xc3\xa9\x94"
                             "C\x02" "abK\x01\x85\x94}\x94\x8c\x01" "a\x94K\x01se.";
  g_autoptr (FoveaPickle) pickle = PARSE (text, &error);
  const FoveaPickleSequence *list;
  FoveaPickleValue entry;

  g_assert_no_error (error);
  g_assert_cmpint (fovea_pickle_get_root (pickle).kind, ==, FOVEA_PICKLE_LIST);
  list = fovea_pickle_value_get_sequence (fovea_pickle_get_root (pickle));
  g_assert_cmpuint (list->n_values, ==, 9);
  g_assert_cmpint (list->values[0].kind, ==, FOVEA_PICKLE_NONE);
  g_assert_true (list->values[1].kind == FOVEA_PICKLE_BOOLEAN && list->values[1].boolean);
  g_assert_cmpint (list->values[2].integer, ==, -5);
  g_assert_cmpint (list->values[3].integer, ==, 300);
  g_assert_cmpfloat (list->values[4].real, ==, 2.5);
  g_assert_cmpstr (fovea_pickle_value_get_string (list->values[5]), ==, "é");
  g_assert_cmpint (list->values[6].kind, ==, FOVEA_PICKLE_BYTES);
  g_assert_cmpmem (list->values[6].node->text, list->values[6].node->length, "ab", 2);
  g_assert_cmpint (fovea_pickle_value_get_sequence (list->values[7])->values[0].integer, ==, 1);
  g_assert_true (fovea_pickle_value_lookup (list->values[8], "a", &entry));
  g_assert_cmpint (entry.integer, ==, 1);
  g_assert_false (fovea_pickle_value_lookup (list->values[8], "b", &entry));
}

/* The lines of protocol 0, and Python 2's strings that are not UTF-8. */
static void
test_text_protocol (void)
{
  g_autoptr (GError) error = NULL;
  static const char text[] = "(lp0\nI01\naI-7\naL9223372036854775807L\naL9223372036854775808L\naF0.5\naS'a\\'\\x41\\n'\naVb\\u20ac\\\\n\naU\x01\xe9" "a.";
  g_autoptr (FoveaPickle) pickle = PARSE (text, &error);
  const FoveaPickleSequence *list;

  g_assert_no_error (error);
  list = fovea_pickle_value_get_sequence (fovea_pickle_get_root (pickle));
  g_assert_cmpuint (list->n_values, ==, 8);
  g_assert_cmpint (list->values[0].kind, ==, FOVEA_PICKLE_BOOLEAN);
  g_assert_cmpint (list->values[1].integer, ==, -7);
  g_assert_cmpint (list->values[2].integer, ==, G_MAXINT64);
  g_assert_cmpint (list->values[3].kind, ==, FOVEA_PICKLE_BIG_INTEGER);
  g_assert_cmpfloat (list->values[4].real, ==, 0.5);
  g_assert_cmpstr (fovea_pickle_value_get_string (list->values[5]), ==, "a'A\n");
  g_assert_cmpstr (fovea_pickle_value_get_string (list->values[6]), ==, "b€\\\\n");
  g_assert_cmpstr (fovea_pickle_value_get_string (list->values[7]), ==, "é");
}

/* Calls stay placeholders, with what they would have been given. */
static void
test_placeholders (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaPickle) namespace = PARSE ("\x80\x02" "cargparse\nNamespace\n)\x81}X\x01\x00\x00\x00" "aK\x02sb.", &error);
  g_autoptr (FoveaPickle) pairs = PARSE ("\x80\x02" "ccollections\nOrderedDict\n]](U\x01" "xK\x07" "ea\x85R(U\x01yK\x08u.", &error);
  FoveaPickleValue value;

  g_assert_no_error (error);
  g_assert_cmpstr (fovea_pickle_value_get_class (fovea_pickle_get_root (namespace)), ==, "argparse.Namespace");
  g_assert_false (fovea_pickle_value_is_mapping (fovea_pickle_get_root (namespace)));
  g_assert_true (fovea_pickle_value_lookup (fovea_pickle_get_root (namespace).node->object->state, "a", &value));
  g_assert_cmpint (value.integer, ==, 2);

  /* Python 2 gives an OrderedDict its items as a list of pairs. */
  g_assert_true (fovea_pickle_value_is_mapping (fovea_pickle_get_root (pairs)));
  g_assert_cmpuint (fovea_pickle_value_get_n_entries (fovea_pickle_get_root (pairs)), ==, 2);
  g_assert_true (fovea_pickle_value_lookup (fovea_pickle_get_root (pairs), "x", &value));
  g_assert_cmpint (value.integer, ==, 7);
  g_assert_true (fovea_pickle_value_lookup (fovea_pickle_get_root (pairs), "y", &value));
  g_assert_cmpint (value.integer, ==, 8);
}

/* What would run something is refused, however it is asked for. */
static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *what;
  } cases[] = {
    { "\x80\x02" "cposix\nsystem\nU\x02ls\x85R.", "posix.system" },
    { "\x80\x02" "cos\nsystem\nU\x02ls\x85R.", "os.system" },
    { "(S'ls'\nios\nsystem\n.", "os.system" },
    { "(cnt\nsystem\nS'ls'\no.", "nt.system" },
    { "\x80\x04\x8c\x08" "builtins\x8c\x04" "eval\x93\x8c\x01" "1\x85R.", "builtins.eval" },
    { "c__builtin__\nexec\n(S'1'\ntR.", "__builtin__.exec" },
    { "c__builtin__\n__import__\n(S'os'\ntR.", "__builtin__.__import__" },
    { "cbuiltins\nopen\n(S'f'\ntR.", "builtins.open" },
    { "csubprocess\nPopen\n(S'ls'\ntR.", "subprocess.Popen" },
    { "cimportlib\nimport_module\n(S'os'\ntR.", "importlib.import_module" },
    { "coperator\nattrgetter\n(S'system'\ntR.", "operator.attrgetter" },
    { "\x80\x04\x8c\x13torch.serialization\x8c\tos.system\x93\x8c\x02ls\x85R.", "torch.serialization.os.system" },
    { "\x80\x04\x8c\x05torch\x8c\x16serialization.os.popen\x93.", "torch.serialization.os.popen" },
    { "cbuiltins\ngetattr\n(ctorch.serialization\nload\nS'__globals__'\ntR.", "builtins.getattr" },
    { "cbuiltins\ngetattr\n(S'a'\nS'b'\ntR.", "builtins.getattr" },
    { "cbuiltins\nprint\n(S'a'\ntR.", "builtins.print" },
    { "cnumpy\ndtype\n(S'f4'\ntR(tR.", "what another call returned" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaPickle) pickle = fovea_pickle_parse (cases[i].text, strlen (cases[i].text), NULL, &error);
      g_autofree char *expected = g_strdup_printf ("refused: the file asks to run '%s'", cases[i].what);

      g_assert_null (pickle);
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED);
      g_assert_cmpstr (error->message, ==, expected);
    }
}

/* Members of enumerations, as Python 3.11 writes them, and what checkpoints keep beside weights. */
static void
test_harmless (void)
{
  static const char *const cases[] = {
    "cbuiltins\ngetattr\n(cmy.module\nMode\nS'TRAIN'\ntR.",
    "c__builtin__\nset\n((lI1\natR.",
    "cpathlib\nPosixPath\n(S'/'\nS'home'\ntR.",
    "ctypes\nSimpleNamespace\n(tR.",
    "cbuiltins\nValueError\n(tR.",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaPickle) pickle = fovea_pickle_parse (cases[i], strlen (cases[i]), NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (pickle);
    }
}

static void
test_broken (void)
{
  static const struct {
    const char *text;
    gsize size;
    const char *message;
  } cases[] = {
#define CASE(text, message) { text, sizeof text - 1, message }
    CASE ("", "the pickle ends without its last opcode at byte 0"),
    CASE ("N", "the pickle ends without its last opcode at byte 1"),
    CASE (".", "the pickle takes a value from an empty stack at byte 0"),
    CASE ("\x80\x02\xff.", "the pickle has the opcode 0xff, which is unknown, at byte 2"),
    CASE ("\x80\x06N.", "the pickle is of protocol 6, newer than the 5 that are known, at byte 0"),
    CASE ("X\xff\xff\xff\xff" "a", "the pickle ends in the middle of an opcode at byte 0"),
    CASE ("\x8d\xff\xff\xff\xff\xff\xff\xff\xff" "a", "the pickle ends in the middle of an opcode at byte 0"),
    CASE ("\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", "the pickle ends in the middle of a frame at byte 0"),
    CASE ("Nr\xff\xff\xff\xff.", "the pickle keeps a value under the number 4294967295, which is too large, at byte 1"),
    CASE ("h\x05.", "the pickle asks for the value number 5, which it did not keep, at byte 0"),
    CASE ("Na.", "the pickle takes a value from an empty stack at byte 1"),
    CASE ("NNa.", "the pickle appends to what is no container at byte 2"),
    CASE ("}(Nu.", "the pickle has a key without value at byte 3"),
    CASE ("Nt.", "the pickle misses a mark at byte 1"),
    CASE ("](a.", "the pickle takes a value from an empty stack at byte 2"),
    CASE ("NNb.", "the pickle gives a state to what is no object at byte 2"),
    CASE ("cos.path", "the pickle has a line without end at byte 0"),
    CASE ("N)R.", "the pickle calls what cannot be called at byte 2"),
    CASE ("Ione\n.", "the pickle has a number that is none at byte 0"),
    CASE ("\x82\x01.", "the pickle has the opcode 0x82, which is unknown, at byte 0"),
#undef CASE
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FoveaPickle) pickle = fovea_pickle_parse (cases[i].text, cases[i].size, NULL, &error);

      g_assert_null (pickle);
      g_assert_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

/* Lists in lists a million levels deep, and a list in itself, take no stack to read or to free; marks do not nest so far. */
static void
test_nesting (void)
{
  g_autoptr (GError) error = NULL;
  const gsize depth = 1000000;
  g_autofree char *text = g_malloc (2 * depth);
  g_autoptr (FoveaPickle) deep = NULL;
  g_autoptr (FoveaPickle) itself = NULL;
  g_autoptr (FoveaPickle) marks = NULL;

  memset (text, ']', depth);
  memset (text + depth, 'a', depth - 1);
  text[2 * depth - 1] = '.';
  deep = fovea_pickle_parse (text, 2 * depth, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fovea_pickle_value_get_sequence (fovea_pickle_get_root (deep))->n_values, ==, 1);

  itself = PARSE ("]q\x01h\x01" "a.", &error);
  g_assert_no_error (error);
  g_assert_true (fovea_pickle_value_get_sequence (fovea_pickle_get_root (itself))->values[0].node == fovea_pickle_get_root (itself).node);

  memset (text, '(', depth);
  marks = fovea_pickle_parse (text, depth, NULL, &error);
  g_assert_null (marks);
  g_assert_cmpstr (error->message, ==, "the pickle is nested more than 1000 levels deep at byte 1000");
}

/* Few bytes cannot make more objects than the limit. */
static void
test_too_many (void)
{
  g_autoptr (GError) error = NULL;
  const gsize size = 5000000;
  g_autofree char *text = g_malloc (size);
  g_autoptr (FoveaPickle) pickle = NULL;

  memset (text, '}', size);
  pickle = fovea_pickle_parse (text, size, NULL, &error);
  g_assert_null (pickle);
  g_assert_cmpstr (error->message, ==, "the pickle has more than 4194304 objects at byte 4194304");
}

static gboolean
is_parsed (const guint8 *data,
           gsize size,
           GError **error)
{
  g_autoptr (FoveaPickle) pickle = fovea_pickle_parse (data, size, NULL, error);

  return pickle != NULL;
}

/* What fuzzing found remarkable. */
static void
test_fuzzed (void)
{
  fovea_damage_read_fuzzed ("pickle", is_parsed);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pickle/values", test_values);
  g_test_add_func ("/pickle/text-protocol", test_text_protocol);
  g_test_add_func ("/pickle/placeholders", test_placeholders);
  g_test_add_func ("/pickle/refused", test_refused);
  g_test_add_func ("/pickle/harmless", test_harmless);
  g_test_add_func ("/pickle/broken", test_broken);
  g_test_add_func ("/pickle/nesting", test_nesting);
  g_test_add_func ("/pickle/too-many", test_too_many);
  g_test_add_func ("/pickle/fuzzed", test_fuzzed);
  return g_test_run ();
}
