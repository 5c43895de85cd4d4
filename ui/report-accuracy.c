/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report-private.h"

#include "engine/analysis/evaluate-store.h"
#include "engine/analysis/interval.h"
#include "ui/chart-bars.h"

/* What is done to the images; an attack stands behind them. */
static const struct {
  const char *title;
  FoveaVariant variant;
} variants[] = {
  { "As they are", { .kind = FOVEA_VARIANT_ORIGINAL } },
  { "Greyscale", { .kind = FOVEA_VARIANT_GREYSCALE } },
  { "Silhouettes", { .kind = FOVEA_VARIANT_SILHOUETTE } },
  { "Edges", { .kind = FOVEA_VARIANT_EDGES } },
  { "Scrambled, 4 × 4 tiles", { .kind = FOVEA_VARIANT_SCRAMBLE, .n_tiles = 4 } },
};

#define N_VARIANTS G_N_ELEMENTS (variants)

/* A network under each variant, and attacked. Where it knows none of the set's classes, or is no classifier,
 * *reason says so. */
static gboolean
measure (FoveaReport *report, guint network, FoveaAccuracy accuracies[N_VARIANTS + 1], char **reason, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i <= N_VARIANTS; i++)
    {
      FoveaEvaluateOptions options = { .n_images = report->settings->n_images };
      g_autoptr (FoveaEvaluation) result = NULL;

      options.variant = variants[i < N_VARIANTS ? i : 0].variant;
      options.variant.seed = report->settings->seed;
      options.attack = i < N_VARIANTS ? NULL : &report->settings->attack;
      result = fovea_evaluate_and_keep (report->networks[network], report->settings->images, &options, report->settings->store, &report->job, &local_error);
      if (!result && i == 0 && local_error->domain == FOVEA_ERROR)
        {
          *reason = g_strdup (local_error->message);
          return TRUE;
        }
      if (!result)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      accuracies[i] = result->total;
    }
  return TRUE;
}

static void
add_numbers (FoveaReport *report, FoveaAccuracy accuracies[FOVEA_REPORT_N_NETWORKS][N_VARIANTS + 1])
{
  g_autofree char *attacked = g_strdup_printf ("Attacked, %s ε = %g", report->settings->attack.norm == FOVEA_ATTACK_L2 ? "L2" : "L∞", report->settings->attack.epsilon);
  const char *const headings[] = { "Images", "Number", report->titles[0], "95 % interval", report->titles[1], "95 % interval" };
  FoveaChart *chart = fovea_bar_chart_new (FOVEA_BAR_CHART_ROWS, "Top-1 accuracy, %");
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  fovea_chart_set_title (chart, "Accuracy", NULL);
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    fovea_bar_chart_add_series (chart, report->titles[n], fovea_report_get_color (n));
  for (guint row = 0; row <= N_VARIANTS; row++)
    {
      /* The attack comes second: it is what the networks differ by. */
      guint i = row == 0 ? 0 : row == 1 ? N_VARIANTS : row - 1;
      const char *title = i < N_VARIANTS ? variants[i].title : attacked;
      guint category = fovea_bar_chart_add_category (chart, title);

      g_ptr_array_add (cells, g_strdup (title));
      g_ptr_array_add (cells, g_strdup_printf ("%" G_GSIZE_FORMAT, accuracies[0][i].n_images));
      for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
        {
          double part = 100.0 * (double) accuracies[n][i].n_top1 / (double) accuracies[n][i].n_images;

          double low, high;

          fovea_interval_of_share (accuracies[n][i].n_top1, accuracies[n][i].n_images, &low, &high);
          fovea_bar_chart_set_value (chart, n, category, part);
          g_ptr_array_add (cells, g_strdup_printf ("%.2f %%", part));
          g_ptr_array_add (cells, g_strdup_printf ("%.1f–%.1f %%", 100 * low, 100 * high));
        }
    }
  for (guint i = 0; i <= N_VARIANTS; i += N_VARIANTS)
    fovea_report_add_finding (report, i == 0 ? "Accuracy" : "Accuracy under attack", FOVEA_REPORT_SHARE, (double) accuracies[0][i].n_top1 / (double) accuracies[0][i].n_images,
                              (double) accuracies[1][i].n_top1 / (double) accuracies[1][i].n_images, i == 0 ? FOVEA_REPORT_LOWER : FOVEA_REPORT_HIGHER);
  fovea_document_add_chart (report->document, "accuracy", chart);
  fovea_document_add_table (report->document, "accuracies", NULL, G_N_ELEMENTS (headings), headings, cells);
}

/**
 * fovea_report_add_accuracy:
 *
 * How often are the networks right, under attack, and without colour, texture or shape?
 */
gboolean
fovea_report_add_accuracy (FoveaReport *report, GError **error)
{
  FoveaAccuracy accuracies[FOVEA_REPORT_N_NETWORKS][N_VARIANTS + 1];

  fovea_document_add_heading (report->document, "Accuracy");
  fovea_report_begin_step (report, "Measuring the accuracy");
  for (guint n = 0; n < FOVEA_REPORT_N_NETWORKS; n++)
    {
      g_autofree char *reason = NULL;

      if (!measure (report, n, accuracies[n], &reason, error))
        return FALSE;
      if (reason)
        {
          fovea_report_add_text (report, "Not measured. %s.", reason);
          return TRUE;
        }
    }
  fovea_report_add_text (report, "How often each network's most probable class is the image's own, on images of %s whose class the network knows: as they are, after an "
                                 "attack on the network itself (projected gradient descent, %u steps), and without their colour, texture or shape.",
                         fovea_image_set_get_name (report->settings->images), report->settings->attack.n_steps);
  add_numbers (report, accuracies);
  return TRUE;
}
