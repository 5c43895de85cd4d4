/* Network Dissection: which concept each channel of a layer segments best.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/images/concept-set.h"
#include "engine/network.h"
#include "engine/store.h"

G_BEGIN_DECLS

/* What the original takes: the share of positions above a channel's threshold, and the IoU from which a
 * channel is called a detector. */
#define FOVEA_DISSECT_QUANTILE 0.005
#define FOVEA_DISSECT_IOU 0.04

#define FOVEA_DISSECT_MAX_QUANTILES 16

/* How many of a channel's strongest images are kept. */
#define FOVEA_DISSECT_N_TOP_IMAGES 16

/**
 * FoveaDissectArea:
 * @FOVEA_DISSECT_AREA_CATEGORY: a channel's area counts in the images that show a concept of the category
 *   (NetDissect)
 * @FOVEA_DISSECT_AREA_OVERLAP: it counts in the images where it touches a concept of the category
 *   (NetDissect-Lite)
 */
typedef enum {
  FOVEA_DISSECT_AREA_CATEGORY,
  FOVEA_DISSECT_AREA_OVERLAP,
  FOVEA_DISSECT_N_AREAS,
} FoveaDissectArea;

/**
 * FoveaDissectAlignment:
 * @FOVEA_DISSECT_ALIGNMENT_RESIZE: the map is stretched over the masks, as an image is resized: its samples are
 *   centres of equal cells (NetDissect-Lite, `cv2.resize`, PyTorch's `align_corners=False`)
 * @FOVEA_DISSECT_ALIGNMENT_FIELDS: a sample lies at the centre of its receptive field (NetDissect)
 */
typedef enum {
  FOVEA_DISSECT_ALIGNMENT_RESIZE,
  FOVEA_DISSECT_ALIGNMENT_FIELDS,
} FoveaDissectAlignment;

/**
 * FoveaDissectOptions:
 * @alignment: how activation maps lie over masks
 * @n_quantiles, @quantiles: the shares of positions above the threshold for which everything is counted, ascending,
 *   each in (0, 1)
 * @max_memory: bytes that the search for thresholds may take; with less, it takes more passes
 * @max_disk: bytes that activations may take in @folder between the two passes; with less, the network runs twice
 * @folder: (nullable): where they are kept; %NULL is `$XDG_CACHE_HOME/fovea/dissect`
 *
 * The last three change nothing in the result. Begin with fovea_dissect_options_init().
 */
typedef struct {
  FoveaDissectAlignment alignment;
  guint n_quantiles;
  double quantiles[FOVEA_DISSECT_MAX_QUANTILES];
  guint64 max_memory;
  guint64 max_disk;
  const char *folder;
} FoveaDissectOptions;

/**
 * FoveaDissection:
 *
 * What was counted for one layer of one network: enough to label its channels for every one of the
 * quantiles, every IoU and both areas at once. Immutable, reference-counted; threads may share it. It
 * knows its concepts by itself, the set is not needed any more.
 */
typedef struct _FoveaDissection FoveaDissection;

void fovea_dissect_options_init (FoveaDissectOptions *options);
gboolean fovea_dissect_options_add_quantile (FoveaDissectOptions *options, double quantile, GError **error);

FoveaDissection *fovea_dissect (FoveaNetwork *network, int layer, FoveaConceptSet *set, const FoveaDissectOptions *options, FoveaStore *store, const FoveaJob *job, GError **error);
FoveaDissection *fovea_dissect_lookup (const FoveaNetwork *network, int layer, const FoveaConceptSet *set, const FoveaDissectOptions *options, FoveaStore *store, GError **error);

FoveaDissection *fovea_dissection_ref (FoveaDissection *dissection);
void fovea_dissection_unref (FoveaDissection *dissection);

guint fovea_dissection_get_n_channels (const FoveaDissection *dissection);
guint fovea_dissection_get_n_categories (const FoveaDissection *dissection);
const char *fovea_dissection_get_category (const FoveaDissection *dissection, guint category);
guint fovea_dissection_get_n_concepts (const FoveaDissection *dissection);
const FoveaConcept *fovea_dissection_get_concept (const FoveaDissection *dissection, guint concept);
gsize fovea_dissection_get_n_images (const FoveaDissection *dissection);
const FoveaConceptProblems *fovea_dissection_get_problems (const FoveaDissection *dissection);

guint fovea_dissection_get_n_quantiles (const FoveaDissection *dissection);
double fovea_dissection_get_quantile (const FoveaDissection *dissection, guint quantile);
guint fovea_dissection_find_quantile (const FoveaDissection *dissection, double share);
double fovea_dissection_get_threshold (const FoveaDissection *dissection, guint channel, guint quantile);
guint64 fovea_dissection_get_truth (const FoveaDissection *dissection, guint concept);
guint64 fovea_dissection_get_activation (const FoveaDissection *dissection, guint channel, guint category, guint quantile, FoveaDissectArea area);
guint64 fovea_dissection_get_intersection (const FoveaDissection *dissection, guint channel, guint concept, guint quantile);
double fovea_dissection_get_iou (const FoveaDissection *dissection, guint channel, guint concept, guint quantile, FoveaDissectArea area);
guint fovea_dissection_get_top_images (const FoveaDissection *dissection, guint channel, const guint32 **images, const float **activations);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaDissection, fovea_dissection_unref)

G_END_DECLS
