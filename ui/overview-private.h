/* What the files that make up the overview share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "ui/image-set-chooser.h"
#include "ui/overview.h"

G_BEGIN_DECLS

struct _FoveaOverview
{
  GtkWidget parent_instance;

  GtkWidget *box;
  FoveaImageSetChooser *chooser;
  GtkWidget *report_button;
  FoveaOverviewReport *report;
  GtkStack *stack;
  AdwStatusPage *status;
  GtkSpinButton *noise; /* σ */
  GtkWidget *filters;
  GtkLabel *filter_titles[FOVEA_N_SIDES];
  GtkPicture *filter_pictures[FOVEA_N_SIDES];
  FoveaOverviewSection *sections[FOVEA_OVERVIEW_N_GROUPS];
  GtkFileChooserNative *dialog; /* while it is open */

  FoveaJobQueue *queue; /* nullable */
  FoveaStore *store;    /* nullable */
  FoveaImageSets *sets; /* nullable */
  FoveaNetworkPair *pair; /* nullable */
  FoveaImageSet *images;  /* nullable: what it is measured on */
  double sigma;           /* of the noise */
  guint sigma_source;     /* waits for people to finish choosing another; 0 is none */
  FoveaOverviewData *data; /* nullable */
  double estimates[FOVEA_OVERVIEW_N_GROUPS]; /* seconds; negative where they are not known */
  FoveaQueuedJob *loading; /* nullable */
  FoveaQueuedJob *trying;  /* nullable */
  FoveaQueuedJob *computing[FOVEA_OVERVIEW_N_GROUPS]; /* each nullable */
  gboolean is_active; /* people see it */
};

/* What the page does with what was found: ui/overview.c */
void fovea_overview_show_status (FoveaOverview *self, const char *title, const char *description);
void fovea_overview_show_data (FoveaOverview *self, FoveaOverviewData *data, GdkTexture *const *sheets);

/* What workers do for it: ui/overview-jobs.c */
void fovea_overview_load (FoveaOverview *self);
void fovea_overview_compute (FoveaOverview *self, FoveaOverviewGroup group);
void fovea_overview_find_estimates (FoveaOverview *self);
void fovea_overview_stop_estimates (FoveaOverview *self);
void fovea_overview_drop_group (FoveaOverview *self, FoveaOverviewGroup group);
void fovea_overview_drop_jobs (FoveaOverview *self);

G_END_DECLS
