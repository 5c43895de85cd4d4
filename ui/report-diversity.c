/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-boxes.h"

/**
 * fovea_report_add_diversity:
 *
 * The third simplicity bias: robust neurons respond to fewer types of inputs.
 */
gboolean
fovea_report_add_diversity (FoveaReport *report, GError **error)
{
  FoveaImageSet *images = report->settings->images;

  fovea_document_add_heading (report->document, "Diversity of inputs");
  fovea_report_add_text (report, "What excites a channel most among the %" G_GSIZE_FORMAT " images of %s: from how many classes its %d strongest images come, "
                                 "as the entropy of their classes in bits, and how unlike its nine strongest patches are, as the mean root mean square "
                                 "difference of their pixels.",
                         fovea_image_set_get_n_images (images), fovea_image_set_get_name (images), FOVEA_SCAN_N_TOP);
  fovea_report_begin_step (report, "Scanning the image set");
  return (fovea_image_set_get_n_classes (images) == 0 || fovea_report_add_boxes (report, FOVEA_MEASURE_ENTROPY, error)) &&
         fovea_report_add_boxes (report, FOVEA_MEASURE_DISTANCE, error);
}
