/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

static char *
format (FoveaReportUnit unit, double value)
{
  switch (unit)
    {
    case FOVEA_REPORT_SHARE:
      return g_strdup_printf ("%.1f %%", 100 * value);
    case FOVEA_REPORT_COUNT:
      return g_strdup_printf ("%.0f", value);
    case FOVEA_REPORT_NUMBER:
    default:
      return g_strdup_printf ("%#.3g", value);
    }
}

/**
 * fovea_report_add_finding:
 * @what: what was measured
 * @unit: how to write it
 * @in_paper: what the paper found
 *
 * Adds a line to the summary.
 */
void
fovea_report_add_finding (FoveaReport *report, const char *what, FoveaReportUnit unit, double standard, double robust, FoveaReportTrend in_paper)
{
  static const char *const trends[] = { [FOVEA_REPORT_LOWER] = "lower", [FOVEA_REPORT_HIGHER] = "higher", [FOVEA_REPORT_NOT_MEASURED] = "not measured" };

  g_ptr_array_add (report->findings, g_strdup (what));
  g_ptr_array_add (report->findings, format (unit, standard));
  g_ptr_array_add (report->findings, format (unit, robust));
  g_ptr_array_add (report->findings, g_strdup (robust < standard ? "lower" : robust > standard ? "higher" : "equal"));
  g_ptr_array_add (report->findings, g_strdup (trends[in_paper]));
}

/**
 * fovea_report_add_summary:
 *
 * Puts what the chapters found before them.
 */
void
fovea_report_add_summary (FoveaReport *report)
{
  const char *const headings[] = { "Measure", report->titles[0], report->titles[1], "The robust network's is", "In the paper" };
  guint first = fovea_document_get_n_blocks (report->document);

  if (report->findings->len == 0)
    return;
  fovea_document_add_heading (report->document, "Summary");
  fovea_report_add_text (report, "What the chapters below measure, beside the direction that Chen, Agarwal and Nguyen (2020) found for robust networks trained on "
                                 "ImageNet. Numbers of several layers are the means of the layers' medians, and detectors their sum.");
  fovea_document_add_table (report->document, "summary", NULL, G_N_ELEMENTS (headings), headings, report->findings);
  fovea_document_move_end (report->document, first, report->summary_position);
}
