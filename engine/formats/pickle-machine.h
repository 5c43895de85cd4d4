/* The pickle machine's memory: the bytes it reads, its stack, its marks and its memo.
 *
 * For pickle.c only. Every function that returns a gboolean fails with %FOVEA_ERROR_FORMAT, and says at
 * which byte of the pickle.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/formats/pickle.h"

G_BEGIN_DECLS

/**
 * FoveaPickleMachine:
 * @position: of the byte to read next
 * @opcode_position: of the opcode that is being done
 * @n_values: how many values were pushed so far
 * @stack: of #FoveaPickleValue
 * @marks: of gsize, heights of the stack; values below the last one cannot be taken
 * @memo: of #FoveaPickleValue
 */
typedef struct {
  FoveaPickle *pickle;
  const guint8 *data;
  gsize size;
  gsize position;
  gsize opcode_position;
  guint n_values;
  GArray *stack;
  GArray *marks;
  GArray *memo;
} FoveaPickleMachine;

void fovea_pickle_machine_init (FoveaPickleMachine *self, gconstpointer data, gsize size);
void fovea_pickle_machine_clear (FoveaPickleMachine *self);
gboolean fovea_pickle_machine_stop (FoveaPickleMachine *self, GError **error);

void fovea_pickle_machine_report (FoveaPickleMachine *self, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* Reports what is wrong, and is FALSE. */
#define FAIL(self, error, ...) (fovea_pickle_machine_report (self, error, __VA_ARGS__), FALSE)

/* Reading the stream */
gboolean fovea_pickle_machine_read_bytes (FoveaPickleMachine *self, guint64 n_bytes, const guint8 **bytes, GError **error);
gboolean fovea_pickle_machine_read_unsigned (FoveaPickleMachine *self, guint n_bytes, guint64 *value, GError **error);
gboolean fovea_pickle_machine_read_counted (FoveaPickleMachine *self, guint n_length_bytes, const guint8 **bytes, gsize *length, GError **error);
gboolean fovea_pickle_machine_read_line (FoveaPickleMachine *self, const guint8 **line, gsize *length, GError **error);

/* Making values */
FoveaPickleNode *fovea_pickle_machine_new_node (FoveaPickleMachine *self, FoveaPickleKind kind, GError **error);
gboolean fovea_pickle_machine_push (FoveaPickleMachine *self, FoveaPickleValue value, GError **error);
gboolean fovea_pickle_machine_push_node (FoveaPickleMachine *self, FoveaPickleNode *node, GError **error);
gboolean fovea_pickle_machine_push_integer (FoveaPickleMachine *self, gint64 integer, GError **error);
gboolean fovea_pickle_machine_push_boolean (FoveaPickleMachine *self, gboolean boolean, GError **error);
gboolean fovea_pickle_machine_push_float (FoveaPickleMachine *self, double real, GError **error);
gboolean fovea_pickle_machine_push_text (FoveaPickleMachine *self, FoveaPickleKind kind, const char *text, gsize length, GError **error);
gboolean fovea_pickle_machine_push_string (FoveaPickleMachine *self, const guint8 *bytes, gsize length, GError **error);
gboolean fovea_pickle_machine_push_sequence (FoveaPickleMachine *self, FoveaPickleKind kind, gsize start, GError **error);
gboolean fovea_pickle_machine_push_tuple (FoveaPickleMachine *self, gsize n_values, GError **error);

/* Taking them */
gboolean fovea_pickle_machine_pop (FoveaPickleMachine *self, FoveaPickleValue *value, GError **error);
gboolean fovea_pickle_machine_peek (FoveaPickleMachine *self, FoveaPickleValue *value, GError **error);
void fovea_pickle_machine_take_values (FoveaPickleMachine *self, gsize start, FoveaPickleSequence *sequence);
void fovea_pickle_machine_append_value (FoveaPickleSequence *sequence, FoveaPickleValue value);

/* Marks and memo */
gsize fovea_pickle_machine_get_floor (FoveaPickleMachine *self);
gboolean fovea_pickle_machine_push_mark (FoveaPickleMachine *self, GError **error);
gboolean fovea_pickle_machine_pop_mark (FoveaPickleMachine *self, gsize *start, GError **error);
gboolean fovea_pickle_machine_memo_put (FoveaPickleMachine *self, guint64 index, GError **error);
gboolean fovea_pickle_machine_memo_get (FoveaPickleMachine *self, guint64 index, GError **error);

G_END_DECLS
