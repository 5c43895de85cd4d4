/* The shape-bias plot of networks, people and others: who gets which colour and marker, and its caption.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "engine/analysis/shape-bias.h"
#include "ui/chart.h"

G_BEGIN_DECLS

/**
 * FoveaObserverKind:
 * @FOVEA_OBSERVER_STANDARD, @FOVEA_OBSERVER_ROBUST: a network; the first of each has its colour
 * @FOVEA_OBSERVER_PEOPLE: people together
 * @FOVEA_OBSERVER_PERSON: one of them, a small dot without a place in the legend
 * @FOVEA_OBSERVER_OTHER: anybody else, such as a published network
 */
typedef enum {
  FOVEA_OBSERVER_STANDARD,
  FOVEA_OBSERVER_ROBUST,
  FOVEA_OBSERVER_PEOPLE,
  FOVEA_OBSERVER_PERSON,
  FOVEA_OBSERVER_OTHER,
} FoveaObserverKind;

/**
 * FoveaObserver:
 * @bias: its decisions; has to live no longer than the call that gets it
 * @kind: what it is
 * @origin: of a network with channels switched off, the number of that network among the observers before it; otherwise
 *   negative
 * @published: whether it is one whose decisions come with Fovea, about the images of Geirhos et al.;
 *   put such ones last, since they get no rows for categories that nobody before them decided about
 */
typedef struct {
  const FoveaShapeBias *bias;
  FoveaObserverKind kind;
  int origin;
  gboolean published;
} FoveaObserver;

/**
 * FoveaShapeBiasFigure:
 * @observers: (element-type FoveaObserver): whom to show
 * @images: (nullable): the name of the image set that the networks saw; %NULL without networks
 * @rule: how the networks' classes were put together
 */
typedef struct {
  GArray *observers;
  const char *images;
  FoveaCategoryRule rule;
} FoveaShapeBiasFigure;

FoveaChart *fovea_shape_bias_figure_draw (const FoveaShapeBiasFigure *figure);

G_END_DECLS
