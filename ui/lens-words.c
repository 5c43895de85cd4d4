/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-words.h"

#include "ui/lens-work.h"
#include "ui/number.h"

/**
 * fovea_lens_words_verdict:
 * @standard: (nullable): the standard network's response
 * @robust: (nullable): the robust network's
 *
 * Returns: (transfer full) (nullable): whether they agree, in words; %NULL while there is no answer
 */
char *
fovea_lens_words_verdict (FoveaResponse *standard, FoveaResponse *robust)
{
  guint classes[FOVEA_N_SIDES];
  g_autofree char *first = fovea_lens_describe_answer (standard, &classes[FOVEA_SIDE_STANDARD]);
  g_autofree char *second = fovea_lens_describe_answer (robust, &classes[FOVEA_SIDE_ROBUST]);

  if (first != NULL && second != NULL && classes[FOVEA_SIDE_STANDARD] == classes[FOVEA_SIDE_ROBUST])
    return g_strdup_printf ("both networks say “%s”", first);
  if (first != NULL && second != NULL)
    return g_strdup_printf ("standard says “%s”, robust says “%s”", first, second);
  if (first != NULL || second != NULL)
    return g_strdup_printf ("the network says “%s”", first != NULL ? first : second);
  return NULL;
}

/**
 * fovea_lens_words_attack:
 * @attack: an attack
 * @source: whom it was made for
 * @side: who saw it
 * @before: (nullable): what that network said without it
 *
 * Returns: (transfer full): what was done to the image
 */
char *
fovea_lens_words_attack (const FoveaLensAttack *attack, FoveaSide source, FoveaSide side, const char *before)
{
  g_autofree char *settings = fovea_lens_attack_describe (&attack->settings);
  g_autofree char *made_for = source == side ? g_strdup ("") : g_strdup_printf (", made for the %s network", fovea_side_get_name (source));
  g_autofree char *magnification = fovea_number_format (attack->magnification, 3);
  g_autofree char *length = fovea_number_format (attack->l2, 3);
  g_autofree char *largest = fovea_number_format (attack->linf, 3);

  return g_strdup_printf ("Change × %s\n%s%s\nlength %s, largest %s\nbefore: %s", magnification, settings, made_for, length, largest, before != NULL ? before : "no class");
}

/**
 * fovea_lens_words_surgery:
 * @has_surgery: whether channels are switched off
 * @before: (nullable): what the network said without
 *
 * Returns: (transfer full) (nullable): what it said; %NULL where nothing was changed
 */
char *
fovea_lens_words_surgery (gboolean has_surgery, const char *before)
{
  return has_surgery && before != NULL ? g_strdup_printf ("before surgery: %s", before) : NULL;
}
