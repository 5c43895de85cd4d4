/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/sentence.h"

/**
 * fovea_sentence_from_error:
 * @message: an error's message: a fragment without a full stop
 *
 * Any thread.
 *
 * Returns: (transfer full): the same as a sentence
 */
char *
fovea_sentence_from_error (const char *message)
{
  g_return_val_if_fail (message != NULL, NULL);
  return g_strdup_printf ("%c%s.", g_ascii_toupper (message[0]), message + 1);
}
