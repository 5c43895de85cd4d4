/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens-attack.h"

#include <math.h>

#include "engine/analysis/classify.h"
#include "engine/error.h"
#include "ui/texture.h"

/* The change's largest value is drawn this far from grey: black or white. */
#define DRAWN_CHANGE 0.5

/* Pictures of changes have at least as many pixels a side. */
#define PICTURE_SIZE 192

/* The class that the attack is about: the one to reach, or the network's answer. */
static gboolean
find_class (FoveaNetwork *network, const FoveaTensor *image, const FoveaLensAttackSettings *settings, guint *class, GError **error)
{
  g_autoptr (GArray) answer = fovea_classify (network, image, error);

  if (answer == NULL)
    return FALSE;
  if (settings->target >= 0 && (guint) settings->target >= answer->len)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s has no class %d to lead to; it has %u classes", fovea_network_get_name (network),
                   settings->target, answer->len);
      return FALSE;
    }
  *class = settings->target >= 0 ? (guint) settings->target : g_array_index (answer, FoveaRankedClass, 0).index;
  return TRUE;
}

static gboolean
draw_change (FoveaLensAttack *self, const FoveaTensor *image, GError **error)
{
  g_autoptr (FoveaTensor) change = fovea_tensor_new (image->n_dimensions, image->shape, error);
  double squares = 0;

  if (change == NULL)
    return FALSE;
  for (gsize i = 0; i < image->n_elements; i++)
    {
      double value = (double) self->attacked->data[i] - (double) image->data[i];

      squares += value * value;
      self->linf = MAX (self->linf, fabs (value));
    }
  self->l2 = sqrt (squares);
  self->magnification = self->linf > 0 ? DRAWN_CHANGE / self->linf : 1;
  for (gsize i = 0; i < image->n_elements; i++)
    change->data[i] = (float) (0.5 + self->magnification * ((double) self->attacked->data[i] - (double) image->data[i]));
  self->change = fovea_image_from_tensor (change, error);
  self->texture = self->change != NULL ? fovea_texture_new_enlarged (self->change, PICTURE_SIZE) : NULL;
  return self->texture != NULL;
}

/**
 * fovea_lens_attack_new:
 * @network: the network to mislead
 * @image: any image; it is fitted to the network
 * @job: (nullable): may stop it
 * @error: as fovea_image_fit_to_network(), fovea_classify(), fovea_attack_new() and fovea_attack_run();
 *   %FOVEA_ERROR_ARGUMENT where the network lacks the class to lead to
 *
 * Any thread, as for all functions here.
 *
 * Returns: (transfer full): the attacked image, or %NULL
 */
FoveaLensAttack *
fovea_lens_attack_new (FoveaNetwork *network, const FoveaImage *image, const FoveaLensAttackSettings *settings, const FoveaJob *job, GError **error)
{
  g_autoptr (FoveaLensAttack) self = g_atomic_rc_box_new0 (FoveaLensAttack);
  g_autoptr (FoveaImage) seen = fovea_image_fit_to_network (image, network, error);
  g_autoptr (FoveaTensor) input = seen != NULL ? fovea_image_to_tensor (seen, error) : NULL;
  g_autoptr (FoveaAttack) attack = NULL;
  FoveaAttackOutcome outcome;
  guint class;

  self->settings = *settings;
  self->settings.options.targeted = settings->target >= 0;
  if (input == NULL || fovea_job_is_cancelled (job, error) || !find_class (network, input, settings, &class, error))
    return NULL;
  self->attacked = fovea_tensor_new (input->n_dimensions, input->shape, error);
  attack = self->attacked != NULL ? fovea_attack_new (network, 1, error) : NULL;
  if (attack == NULL || !fovea_attack_run (attack, &self->settings.options, input->data, &class, NULL, job, self->attacked->data, &outcome, error) ||
      !draw_change (self, input, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * fovea_lens_attack_ref:
 */
FoveaLensAttack *
fovea_lens_attack_ref (FoveaLensAttack *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
lens_attack_clear (gpointer data)
{
  FoveaLensAttack *self = data;

  g_clear_pointer (&self->attacked, fovea_tensor_unref);
  g_clear_pointer (&self->change, fovea_image_free);
  g_clear_object (&self->texture);
}

/**
 * fovea_lens_attack_unref:
 */
void
fovea_lens_attack_unref (FoveaLensAttack *self)
{
  g_atomic_rc_box_release_full (self, lens_attack_clear);
}

/**
 * fovea_lens_attack_describe:
 *
 * Returns: (transfer full): norm, ε and steps, for a caption
 */
char *
fovea_lens_attack_describe (const FoveaLensAttackSettings *settings)
{
  g_autofree char *epsilon = settings->options.norm == FOVEA_ATTACK_L2 ? g_strdup_printf ("L2 ε = %.3g", settings->options.epsilon)
                                                                       : g_strdup_printf ("L∞ ε = %.3g/255", settings->options.epsilon * 255);

  return g_strdup_printf ("%s, %u steps", epsilon, settings->options.n_steps);
}
