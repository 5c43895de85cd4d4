/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart-shift.h"

#include <math.h>

#include "ui/chart-dissection.h"
#include "ui/chart-private.h"

#define BAR_WIDTH 14
#define NODE_GAP 14
#define NAME_GAP 6
#define NATURAL_WIDTH 640
#define NATURAL_HEIGHT_PER_NODE 36
#define MINIMUM_HEIGHT 220

/* A flow can be pointed at in so many places along it. */
#define N_PLACES 24

/* How strong a flow's colour is; channels that detect nothing are many, and should not drown the others. */
#define FLOW_ALPHA 0.4
#define NONE_ALPHA 0.15

typedef struct {
  char *name;
  char *category; /* nullable: of channels that detect none */
  guint color;
  gboolean is_none;
  guint n_channels[2]; /* of the flows that are drawn */
} Node;

typedef struct {
  guint number; /* in the shift */
  guint from;
  guint to;
  guint n_channels;
  char *channels; /* `3:3 17:17`, for tables */
} Flow;

typedef struct {
  char *names[2];
  GArray *nodes; /* Node, as in the shift */
  GArray *flows; /* Flow */
  guint n_channels;
} Shift;

static void
clear_node (gpointer data)
{
  Node *node = data;

  g_free (node->name);
  g_free (node->category);
}

static void
clear_flow (gpointer data)
{
  g_free (((Flow *) data)->channels);
}

static void
free_shift (gpointer content)
{
  Shift *self = content;

  g_free (self->names[0]);
  g_free (self->names[1]);
  g_array_unref (self->nodes);
  g_array_unref (self->flows);
  g_free (self);
}

static const Node *
get_node (const Shift *self,
          guint index)
{
  return &g_array_index (self->nodes, Node, index);
}

static guint
count_nodes (const Shift *self,
             guint end)
{
  guint n = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    n += get_node (self, i)->n_channels[end] > 0;
  return n;
}

static void
get_natural_size (gconstpointer content,
                  const FoveaChartCanvas *canvas,
                  double *width,
                  double *height)
{
  const Shift *self = content;

  *width = NATURAL_WIDTH;
  *height = MAX (MAX (count_nodes (self, 0), count_nodes (self, 1)) * NATURAL_HEIGHT_PER_NODE, MINIMUM_HEIGHT);
}

static char *
format_node (const Node *node,
             guint end)
{
  return g_strdup_printf ("%s  %u", node->name, node->n_channels[end]);
}

static double
measure_names (const Shift *self,
               const FoveaChartCanvas *canvas,
               guint end)
{
  double widest;

  fovea_chart_canvas_measure (canvas, self->names[end], FOVEA_CHART_TEXT_LABEL, -1, &widest, NULL);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      g_autofree char *text = format_node (get_node (self, i), end);
      double width;

      if (get_node (self, i)->n_channels[end] == 0)
        continue;
      fovea_chart_canvas_measure (canvas, text, FOVEA_CHART_TEXT_LABEL, -1, &width, NULL);
      widest = MAX (widest, width);
    }
  return widest;
}

/* Bars of a network's nodes; their upper ends go to @tops. */
static void
draw_nodes (const Shift *self,
            const FoveaChartCanvas *canvas,
            guint end,
            double x,
            double y,
            double scale,
            double *tops)
{
  double line_height, last_text = -INFINITY;

  fovea_chart_canvas_measure (canvas, "Ag", FOVEA_CHART_TEXT_LABEL, -1, NULL, &line_height);
  for (guint i = 0; i < self->nodes->len; i++)
    {
      const Node *node = get_node (self, i);
      const double height = node->n_channels[end] * scale, middle = y + height / 2;
      g_autofree char *text = format_node (node, end);

      tops[i] = y;
      if (node->n_channels[end] == 0)
        continue;
      fovea_chart_canvas_set_color (canvas, node->color, node->is_none ? 0.4 : 1);
      cairo_rectangle (canvas->cr, x, y, BAR_WIDTH, height);
      cairo_fill (canvas->cr);
      if (middle - last_text >= line_height * 0.9)
        {
          fovea_chart_canvas_set_ink (canvas, FOVEA_CHART_INK_TEXT);
          fovea_chart_canvas_draw_text (canvas, text, FOVEA_CHART_TEXT_LABEL, end == 0 ? x - NAME_GAP : x + BAR_WIDTH + NAME_GAP, middle, end == 0 ? 1 : 0, 0.5, -1);
          last_text = middle;
        }
      fovea_chart_canvas_add_mark (canvas, (FoveaChartMark) { end == 0 ? FOVEA_SHIFT_CHART_FROM : FOVEA_SHIFT_CHART_TO, i, 0, node->n_channels[end],
                                                              x + BAR_WIDTH / 2.0, middle }, BAR_WIDTH / 2.0, height / 2);
      y += height + NODE_GAP;
    }
}

/* A point of the curve between two heights, whose ends are level: @t from 0 to 1. */
static double
get_height (double from,
            double to,
            double t)
{
  return from + (to - from) * t * t * (3 - 2 * t);
}

static void
draw_flow (const Shift *self,
           const FoveaChartCanvas *canvas,
           const Flow *flow,
           double left,
           double right,
           double from,
           double to,
           double height)
{
  const Node *node = get_node (self, flow->from)->is_none ? get_node (self, flow->to) : get_node (self, flow->from);
  const double middle = (left + right) / 2, step = (right - left) / N_PLACES;

  fovea_chart_canvas_set_color (canvas, node->color, node->is_none || get_node (self, flow->from)->is_none ? NONE_ALPHA : FLOW_ALPHA);
  cairo_move_to (canvas->cr, left, from);
  cairo_curve_to (canvas->cr, middle, from, middle, to, right, to);
  cairo_line_to (canvas->cr, right, to + height);
  cairo_curve_to (canvas->cr, middle, to + height, middle, from + height, left, from + height);
  cairo_close_path (canvas->cr);
  cairo_fill (canvas->cr);
  for (guint i = 0; i < N_PLACES; i++)
    {
      const double y = get_height (from, to, (i + 0.5) / N_PLACES) + height / 2;

      fovea_chart_canvas_add_mark (canvas, (FoveaChartMark) { FOVEA_SHIFT_CHART_FLOW, flow->number, i, flow->n_channels, left + (i + 0.5) * step, y },
                                   step / 2, height / 2);
    }
}

static void
draw (gconstpointer content,
      const FoveaChartCanvas *canvas,
      const FoveaChartArea *area)
{
  const Shift *self = content;
  const guint n_nodes = MAX (MAX (count_nodes (self, 0), count_nodes (self, 1)), 1);
  g_autofree double *from = g_new (double, self->nodes->len);
  g_autofree double *to = g_new (double, self->nodes->len);
  double left, right, top, scale, line_height;

  if (self->n_channels == 0)
    return;
  fovea_chart_canvas_measure (canvas, "Ag", FOVEA_CHART_TEXT_LABEL, -1, NULL, &line_height);
  left = area->x + MIN (measure_names (self, canvas, 0), area->width / 3) + NAME_GAP;
  right = area->x + area->width - MIN (measure_names (self, canvas, 1), area->width / 3) - NAME_GAP - BAR_WIDTH;
  top = area->y + line_height + NAME_GAP;
  scale = (area->y + area->height - top - NODE_GAP * (n_nodes - 1.0)) / self->n_channels;
  if (right - left < 3 * BAR_WIDTH || scale <= 0)
    return;
  fovea_chart_canvas_set_color (canvas, FOVEA_CHART_STANDARD, 1);
  fovea_chart_canvas_draw_text (canvas, self->names[0], FOVEA_CHART_TEXT_LABEL, left + BAR_WIDTH, area->y, 1, 0, -1);
  fovea_chart_canvas_set_color (canvas, FOVEA_CHART_ROBUST, 1);
  fovea_chart_canvas_draw_text (canvas, self->names[1], FOVEA_CHART_TEXT_LABEL, right, area->y, 0, 0, -1);
  draw_nodes (self, canvas, 0, left, top, scale, from);
  draw_nodes (self, canvas, 1, right, top, scale, to);
  for (guint i = 0; i < self->flows->len; i++)
    {
      const Flow *flow = &g_array_index (self->flows, Flow, i);
      const double height = flow->n_channels * scale;

      draw_flow (self, canvas, flow, left + BAR_WIDTH, right, from[flow->from], to[flow->to], height);
      from[flow->from] += height;
      to[flow->to] += height;
    }
}

static const Flow *
find_flow (const Shift *self,
           guint number)
{
  for (guint i = 0; i < self->flows->len; i++)
    if (g_array_index (self->flows, Flow, i).number == number)
      return &g_array_index (self->flows, Flow, i);
  return NULL;
}

static char *
describe (gconstpointer content,
          const FoveaChartMark *mark)
{
  const Shift *self = content;
  const Flow *flow;

  if (mark->series != FOVEA_SHIFT_CHART_FLOW)
    return g_strdup_printf ("%s: channels with %s", self->names[mark->series], get_node (self, mark->category)->name);
  flow = find_flow (self, mark->category);
  g_assert (flow != NULL);
  return g_strdup_printf ("Channels from %s to %s", get_node (self, flow->from)->name, get_node (self, flow->to)->name);
}

static void
write_table (gconstpointer content,
             GString *csv)
{
  const Shift *self = content;

  g_string_append (csv, "from category,from,to category,to,channels,which\n");
  for (guint i = 0; i < self->flows->len; i++)
    {
      const Flow *flow = &g_array_index (self->flows, Flow, i);
      const Node *ends[] = { get_node (self, flow->from), get_node (self, flow->to) };

      for (guint e = 0; e < 2; e++)
        {
          fovea_csv_append_field (csv, ends[e]->category != NULL ? ends[e]->category : "");
          g_string_append_c (csv, ',');
          fovea_csv_append_field (csv, ends[e]->name);
          g_string_append_c (csv, ',');
        }
      g_string_append_printf (csv, "%u,%s\n", flow->n_channels, flow->channels);
    }
}

static const FoveaChartKind kind = { get_natural_size, draw, describe, write_table, free_shift };

static char *
list_channels (const FoveaConceptShiftFlow *flow)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < flow->n_channels; i++)
    g_string_append_printf (text, "%s%u:%u", i > 0 ? " " : "", flow->channels[i], flow->counterparts[i]);
  return g_string_free (text, FALSE);
}

/**
 * fovea_shift_chart_new:
 * @shift: what is counted; copied from
 * @category: only what comes from or goes to one category, an index of the shift's;
 *   %FOVEA_SHIFT_CHART_ALL_CATEGORIES is everything
 * @first, @second: the networks' names
 *
 * The first network is left, the second one right. A bar is as high as the number of channels that detect a concept
 * or category, a band between two bars as the number of channels that went this way.
 *
 * Returns: (transfer full): the chart
 */
FoveaChart *
fovea_shift_chart_new (const FoveaConceptShift *shift,
                       guint category,
                       const char *first,
                       const char *second)
{
  Shift *self = g_new0 (Shift, 1);
  guint n_same = 0;
  g_autofree char *subtitle = NULL;
  FoveaChart *chart;

  self->names[0] = g_strdup (first);
  self->names[1] = g_strdup (second);
  self->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  g_array_set_clear_func (self->nodes, clear_node);
  self->flows = g_array_new (FALSE, TRUE, sizeof (Flow));
  g_array_set_clear_func (self->flows, clear_flow);
  for (guint i = 0; i < shift->n_nodes; i++)
    {
      const FoveaConceptShiftNode *from = &shift->nodes[i];
      const Node node = {
        .name = from->label != NULL ? fovea_dissection_format_label (from->label) : g_strdup ("no detector"),
        .category = from->label != NULL ? g_strdup (shift->categories[from->category]) : NULL,
        .color = from->label != NULL ? FOVEA_CHART_CATEGORY + from->category % FOVEA_CHART_N_CATEGORY_COLORS : FOVEA_CHART_REFERENCE,
        .is_none = from->label == NULL,
      };

      g_array_append_val (self->nodes, node);
    }
  for (guint i = 0; i < shift->n_flows; i++)
    {
      const FoveaConceptShiftFlow *from = &shift->flows[i];
      const Flow flow = { i, from->from, from->to, from->n_channels, NULL };

      if (category != FOVEA_SHIFT_CHART_ALL_CATEGORIES && shift->nodes[from->from].category != category && shift->nodes[from->to].category != category)
        continue;
      g_array_append_val (self->flows, flow);
      g_array_index (self->flows, Flow, self->flows->len - 1).channels = list_channels (from);
      g_array_index (self->nodes, Node, from->from).n_channels[0] += from->n_channels;
      g_array_index (self->nodes, Node, from->to).n_channels[1] += from->n_channels;
      self->n_channels += from->n_channels;
      if (from->from == from->to)
        n_same += from->n_channels;
    }
  subtitle = g_strdup_printf ("%u of %u channels have the same in both networks", n_same, self->n_channels);
  chart = fovea_chart_new (&kind, self);
  fovea_chart_set_title (chart, "What the standard network’s channels became", subtitle);
  return chart;
}
