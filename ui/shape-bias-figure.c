/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shape-bias-figure.h"

#include "ui/chart-shape-bias.h"
#include "ui/config.h"

/* Circle, square and diamond are the networks' and the people's; others get them last. */
#define FIRST_MARKER FOVEA_CHART_MARKER_TRIANGLE

/* How an observer is drawn. */
typedef struct {
  guint color;
  FoveaChartMarker marker;
  guint n_operated; /* how many networks with channels switched off came from it */
} Look;

static gboolean
has_kind (const FoveaShapeBiasFigure *figure, FoveaObserverKind kind)
{
  for (guint i = 0; i < figure->observers->len; i++)
    if (g_array_index (figure->observers, FoveaObserver, i).kind == kind)
      return TRUE;
  return FALSE;
}

/* Their names, people together once. */
static gboolean
list_published (const FoveaShapeBiasFigure *figure, GString *names)
{
  for (guint i = 0; i < figure->observers->len; i++)
    {
      const FoveaObserver *observer = &g_array_index (figure->observers, FoveaObserver, i);

      if (observer->published && observer->kind != FOVEA_OBSERVER_PERSON)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", observer->bias->observer);
    }
  return names->len > 0;
}

/* An operated network has the colour of what it was, with another marker. */
static Look
get_operated_look (Look *origin)
{
  static const FoveaChartMarker more[] = { FOVEA_CHART_MARKER_TRIANGLE, FOVEA_CHART_MARKER_TRIANGLE_DOWN, FOVEA_CHART_MARKER_CROSS };
  const guint n = origin->n_operated++;

  if (n == 0 && origin->marker == FOVEA_CHART_MARKER_CIRCLE)
    return (Look) { origin->color, FOVEA_CHART_MARKER_RING, 0 };
  if (n == 0 && origin->marker == FOVEA_CHART_MARKER_SQUARE)
    return (Look) { origin->color, FOVEA_CHART_MARKER_FRAME, 0 };
  return (Look) { origin->color, more[n % G_N_ELEMENTS (more)], 0 };
}

static char *
format_caption (const FoveaShapeBiasFigure *figure)
{
  g_autoptr (GString) names = g_string_new (NULL);
  GString *text = g_string_new ("Decisions about images whose shape and texture belong to different categories (Geirhos et al. 2019).");

  if (figure->images)
    g_string_append_printf (text, " Images: %s; probabilities of a category's classes: %s.", figure->images, fovea_category_rule_names[figure->rule]);
  if (list_published (figure, names))
    g_string_append_printf (text, " Decisions of %s: as published, about the images of Geirhos et al.", names->str);
  if (has_kind (figure, FOVEA_OBSERVER_PERSON))
    g_string_append (text, " Small dots: single people.");
  g_string_append_printf (text, " Vertical lines: all categories together. Fovea %s.", FOVEA_VERSION);
  return g_string_free (text, FALSE);
}

/**
 * fovea_shape_bias_figure_draw:
 *
 * Returns: (transfer full): the plot, with title, legend and caption
 */
FoveaChart *
fovea_shape_bias_figure_draw (const FoveaShapeBiasFigure *figure)
{
  FoveaChart *chart = fovea_shape_bias_chart_new ();
  g_autofree char *caption = format_caption (figure);
  g_autofree Look *looks = g_new0 (Look, figure->observers->len);
  gboolean used[2] = { FALSE, FALSE };
  guint n_others = 0;

  fovea_chart_set_title (chart, "Shape or texture?", "Shape bias by category of the shape; overall in brackets");
  fovea_chart_set_caption (chart, caption);
  for (guint i = 0; i < figure->observers->len; i++)
    {
      const FoveaObserver *observer = &g_array_index (figure->observers, FoveaObserver, i);
      const gboolean robust = observer->kind == FOVEA_OBSERVER_ROBUST;
      const gboolean network = robust || observer->kind == FOVEA_OBSERVER_STANDARD;

      if (observer->kind == FOVEA_OBSERVER_PEOPLE)
        looks[i] = (Look) { FOVEA_CHART_REFERENCE, FOVEA_CHART_MARKER_DIAMOND, 0 };
      else if (observer->kind == FOVEA_OBSERVER_PERSON)
        looks[i] = (Look) { FOVEA_CHART_REFERENCE, FOVEA_CHART_MARKER_DOT, 0 };
      else if (observer->origin >= 0 && observer->origin < (int) i)
        looks[i] = get_operated_look (&looks[observer->origin]);
      else if (network && !used[robust])
        {
          used[robust] = TRUE;
          looks[i] = (Look) { robust ? FOVEA_CHART_ROBUST : FOVEA_CHART_STANDARD, robust ? FOVEA_CHART_MARKER_SQUARE : FOVEA_CHART_MARKER_CIRCLE, 0 };
        }
      else
        {
          looks[i] = (Look) { FOVEA_CHART_CATEGORY + n_others, (FoveaChartMarker) ((FIRST_MARKER + n_others) % FOVEA_CHART_N_MARKERS), 0 };
          n_others++;
        }
      /* Nothing is compared where the networks' images show other categories than the published ones. */
      if (figure->images && observer->published)
        fovea_shape_bias_chart_fix_rows (chart);
      fovea_shape_bias_chart_add_observer (chart, observer->bias, looks[i].color, looks[i].marker);
    }
  return chart;
}
