/* What the files of the main window share: its parts, and what each file does for the others.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "ui/job-queue.h"
#include "ui/layer-list.h"
#include "ui/layer-page.h"
#include "ui/layer-scans.h"
#include "ui/layer.h"
#include "ui/lens.h"
#include "ui/main-window.h"
#include "ui/network-pair.h"
#include "ui/tile-loader.h"

G_BEGIN_DECLS

/**
 * FoveaMainWindow:
 *
 * Left the pair's layers and the places, right one page: the chosen layer's channels, one neuron, or a place.
 */
struct _FoveaMainWindow {
  AdwApplicationWindow parent_instance;

  AdwLeaflet *leaflet;
  GtkWidget *content;
  AdwHeaderBar *sidebar_header;
  AdwHeaderBar *content_header;
  FoveaLayerList *layer_list;
  GtkDropDown *pair_chooser;
  GtkWidget *back;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkListBox *places;
  AdwToastOverlay *messages;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *error_page;
  FoveaLayerPage *layer_page;
  GtkWidget *neuron_page;
  FoveaLens *lens;
  GtkWindow *stylize_dialog; /* weak; nullable: the window that makes cue-conflict images */
  GPtrArray *history; /* (element-type utf8): names of the pages that Back returns to, static strings */
  FoveaNeuronView *place; /* nullable: the place that people see; not owned */

  FoveaTileLoader *loader;
  FoveaLayerScans *scans; /* of the chosen layer on the current image set */
  FoveaQueuedJob *opening; /* the pair that is being read; NULL if none is */
  FoveaNetworkPair *pair; /* NULL until one is open */
  GListModel *layers; /* (element-type FoveaLayer): the pair's */
  FoveaLayer *layer; /* the chosen one */
  guint channel;

  GFile *waiting; /* nullable: an image or a folder to open as soon as there is a pair */
  char *new_set; /* nullable: the folder that becomes the current image set once its first image is read */
};

/* main-window-actions.c: what menus and keys do */
void fovea_main_window_add_actions (FoveaMainWindow *self);
void fovea_main_window_add_keys (GtkWidget *widget, const char *const (*keys)[2], guint n_keys);
void fovea_main_window_update_actions (FoveaMainWindow *self);

/* main-window-navigation.c: where people are, and how they get elsewhere */
gboolean fovea_main_window_is_page (FoveaMainWindow *self, const char *name);
gboolean fovea_main_window_is_place (FoveaMainWindow *self, const char *name);
void fovea_main_window_show_page (FoveaMainWindow *self, const char *name);
void fovea_main_window_go_to_page (FoveaMainWindow *self, const char *name);
void fovea_main_window_show_error (FoveaMainWindow *self, const char *title, const char *description);
void fovea_main_window_say (FoveaMainWindow *self, const char *text);
void fovea_main_window_show_layer (FoveaMainWindow *self, FoveaLayer *layer);
void fovea_main_window_choose_channel (FoveaMainWindow *self, guint channel);
gboolean fovea_main_window_choose_neuron (FoveaMainWindow *self, const char *name, guint channel);
void fovea_main_window_show_neuron (FoveaMainWindow *self, guint channel);
void fovea_main_window_show_place (FoveaMainWindow *self, const char *name);
FoveaLayer *fovea_main_window_find_layer (FoveaMainWindow *self, int step);
void fovea_main_window_go_back (FoveaMainWindow *self);

/* main-window-stylize.c: the window that makes cue-conflict images */
void fovea_main_window_stylize (FoveaMainWindow *self);
void fovea_main_window_update_stylize (FoveaMainWindow *self);

/* main-window-networks.c: which pair is open */
void fovea_main_window_add_pair_chooser (FoveaMainWindow *self);
void fovea_main_window_open_networks (FoveaMainWindow *self, const char *const *paths);
void fovea_main_window_manage_networks (FoveaMainWindow *self);

/* main-window-open.c: what is dropped, pasted, or named on the command line */
void fovea_main_window_add_drop_target (FoveaMainWindow *self);
void fovea_main_window_open_waiting (FoveaMainWindow *self);
void fovea_main_window_paste (FoveaMainWindow *self);

/* main-window-search.c: what the search finds */
void fovea_main_window_add_search (FoveaMainWindow *self);
void fovea_main_window_start_search (FoveaMainWindow *self);

/* main-window-state.c: what comes back at the next start */
void fovea_main_window_save_pair (FoveaMainWindow *self);
void fovea_main_window_save_neuron (FoveaMainWindow *self);
void fovea_main_window_save_page (FoveaMainWindow *self);
void fovea_main_window_save_size (FoveaMainWindow *self);
char *fovea_main_window_get_saved_pair (void);
void fovea_main_window_restore_neuron (FoveaMainWindow *self);
void fovea_main_window_restore_size (FoveaMainWindow *self);

G_END_DECLS
