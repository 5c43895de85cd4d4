/* What the files that make up the view of pins share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/pins-view.h"
#include "ui/pins.h"

G_BEGIN_DECLS

struct _FoveaPinsView
{
  GtkWidget parent_instance;

  GtkStack *stack;
  GtkListBox *list;
  GtkWidget *visualization;
  GtkWidget *patches;
  GtkWidget *width;
  GtkWidget *preview_button;
  GtkWidget *export_button;
  GtkWidget *progress_box;
  GtkWidget *progress;
  GtkWidget *message;
  GtkWidget *preview;

  FoveaJobQueue *queue;
  FoveaStore *store;
  FoveaImageSets *sets;
  FoveaNetworkPair *pair; /* nullable */
  FoveaPins *pins;        /* nullable */
  gboolean editing;       /* a change comes from an entry of the list */
  FoveaQueuedJob *job;    /* nullable: the figure that is being made */
  GtkFileChooserNative *dialog;
};

void fovea_pins_view_fill_list (FoveaPinsView *self);

G_END_DECLS
