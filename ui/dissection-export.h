/* Images with a channel's mask and its concept's outline, to be saved or copied.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/dissection-facts.h"
#include "ui/picture.h"

G_BEGIN_DECLS

/**
 * FoveaDissectionExamples:
 * @pictures: (nullable) (element-type FoveaDissectionPicture): one network's images; nobody changes them
 * @label: (nullable): the concept whose outline they show
 * @category: (nullable): its category
 */
typedef struct {
  GPtrArray *pictures;
  const char *label;
  const char *category;
} FoveaDissectionExamples;

FoveaPicture *fovea_dissection_export_new (const FoveaDissectionFacts *facts, const FoveaDissectionExamples examples[FOVEA_N_SIDES]);

G_END_DECLS
