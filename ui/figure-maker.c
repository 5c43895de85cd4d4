/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/figure-maker.h"

#include "engine/analysis/scan.h"
#include "engine/images/image-set-variant.h"
#include "ui/patch-grid.h"
#include "ui/visualization-store.h"

/* Images optimized at once. Except through diversity, an image does not depend on the others. */
#define MAXIMUM_BATCH 8

/* A figure that is being made. */
typedef struct {
  FoveaFigureRecord *record;
  GPtrArray *networks;
  const FoveaFigureCache *cache;
  const FoveaJob *job;
  FoveaFigure *figure;
  FoveaObjective *objectives; /* [network][row] */
  FoveaTensor **starts;       /* [network]; NULL is noise */
  FoveaMaximizeOptions *options; /* [network] */
  guint64 done;               /* steps of single images */
  guint64 total;
  gboolean may_stop;          /* being cancelled ends it as it is then */
  gboolean stopped;
  guint *steps;               /* [network][row]: done */
} Maker;

static void
clear_maker (Maker *maker)
{
  for (guint n = 0; maker->starts && n < maker->networks->len; n++)
    g_clear_pointer (&maker->starts[n], fovea_tensor_unref);
  g_free (maker->starts);
  g_free (maker->options);
  g_free (maker->objectives);
  g_free (maker->steps);
  fovea_figure_free (maker->figure);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maker, clear_maker)

static FoveaObjective *
get_objective (const Maker *maker, guint network, guint row)
{
  return &maker->objectives[(gsize) network * maker->record->rows->len + row];
}

static guint *
get_steps (const Maker *maker, guint network, guint row)
{
  return &maker->steps[(gsize) network * maker->record->rows->len + row];
}

/* How many steps an image is to go; fewer where the figure was stopped. */
static guint
get_wanted_steps (const Maker *maker, guint network, guint row)
{
  const FoveaFigureRow *entry = maker->record->rows->pdata[row];

  return entry->steps ? entry->steps[network] : maker->options[network].steps;
}

/* Ends the figure where it may be stopped, and is. */
static gboolean
stop (Maker *maker, GError **error)
{
  if (!maker->may_stop || !error || !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_clear_error (error);
  maker->stopped = TRUE;
  return TRUE;
}

static gboolean
parse_objective (const FoveaNetwork *network, const FoveaFigureRow *row, const char *address, FoveaObjective *objective, GError **error)
{
  FoveaNeuron neuron = { .layer = fovea_graph_get_output (fovea_network_get_graph (network)), .channel = 0, .y = -1, .x = -1 };
  FoveaNeuron logit;

  if (row->objective == FOVEA_OBJECTIVE_LAYER)
    {
      if (!fovea_graph_find (fovea_network_get_graph (network), address, &neuron.layer, error))
        return FALSE;
    }
  else if (row->objective == FOVEA_OBJECTIVE_LOGIT)
    {
      /* The window names a class as a channel of the output. */
      if (fovea_neuron_parse (network, address, &logit, NULL))
        neuron.channel = logit.channel;
      else if (!fovea_network_find_class (network, address, &neuron.channel, error))
        return FALSE;
      if (neuron.channel >= fovea_network_get_n_outputs (network))
        {
          g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "there is no class '%s'", address);
          return FALSE;
        }
    }
  else if (!fovea_neuron_parse (network, address, &neuron, error))
    return FALSE;
  if (neuron.layer < 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "'%s' belongs to the network's input", address);
      return FALSE;
    }
  if (row->objective == FOVEA_OBJECTIVE_CHANNEL)
    neuron.y = neuron.x = -1;

  *objective = (FoveaObjective) { .n_terms = 1, .terms = { { .kind = row->objective, .weight = 1, .neuron = neuron } } };
  if (row->diversity > 0)
    objective->terms[objective->n_terms++] = (FoveaObjectiveTerm) {
      .kind = FOVEA_OBJECTIVE_DIVERSITY,
      .weight = row->diversity,
      .neuron = neuron,
    };
  return TRUE;
}

/* The image to start from, which has to be the one that the options name. */
static gboolean
load_start (Maker *maker, guint n, const char *folder, GError **error)
{
  const FoveaFigureNetwork *entry = maker->record->networks->pdata[n];
  g_autofree char *path = NULL;
  g_autofree char *found = NULL;

  maker->options[n] = entry->options;
  if (g_str_equal (entry->start, "noise"))
    return TRUE;
  if (!maker->record->start)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "the figure starts from an image, but its record does not name the file");
      return FALSE;
    }
  path = fovea_figure_record_find_file (maker->record->start, folder);
  maker->starts[n] = fovea_maximize_load_start (path, entry->options.width, entry->options.height, error);
  if (!maker->starts[n])
    return FALSE;
  maker->options[n].start = maker->starts[n];
  found = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) maker->starts[n]->data, maker->starts[n]->n_elements * sizeof (float));
  if (g_str_equal (found, entry->start))
    return TRUE;
  g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: is not the image that the figure was started from: its pixels have another SHA-256", path);
  return FALSE;
}

/* Everything that can be wrong, before anything is computed. */
static gboolean
prepare (Maker *maker, const char *folder, GError **error)
{
  guint n_networks = maker->networks->len, n_rows = maker->record->rows->len;

  maker->objectives = g_new0 (FoveaObjective, (gsize) n_networks * n_rows);
  maker->starts = g_new0 (FoveaTensor *, n_networks);
  maker->options = g_new0 (FoveaMaximizeOptions, n_networks);
  maker->steps = g_new0 (guint, (gsize) n_networks * n_rows);
  for (guint n = 0; n < n_networks; n++)
    {
      if (!load_start (maker, n, folder, error))
        return FALSE;
      for (guint i = 0; i < n_rows; i++)
        {
          const FoveaFigureRow *row = maker->record->rows->pdata[i];

          if (!parse_objective (maker->networks->pdata[n], row, row->addresses[n], get_objective (maker, n, i), error))
            {
              g_prefix_error (error, "%s: ", fovea_network_get_name (maker->networks->pdata[n]));
              return FALSE;
            }
        }
    }
  for (guint v = 0; v < maker->record->views->len; v++)
    if (((FoveaFigureView *) maker->record->views->pdata[v])->kind == FOVEA_FIGURE_VISUALIZATION)
      for (guint n = 0; n < n_networks; n++)
        for (guint i = 0; i < n_rows; i++)
          maker->total += get_wanted_steps (maker, n, i);
  return TRUE;
}

static void
set_column (Maker *maker, guint n, guint v)
{
  const FoveaFigureNetwork *entry = maker->record->networks->pdata[n];
  const FoveaFigureView *view = maker->record->views->pdata[v];
  guint column = n * maker->record->views->len + v;
  g_autofree char *words = NULL;
  guint n_columns, n_rows;

  if (maker->record->views->len == 1)
    words = g_strdup (fovea_network_get_training (maker->networks->pdata[n]));
  else if (view->kind == FOVEA_FIGURE_VISUALIZATION)
    words = g_strdup ("optimized image");
  else
    {
      g_autofree char *base = g_path_get_basename (view->images);

      words = g_strdup_printf ("strongest patches in %s", base);
    }
  if (view->kind == FOVEA_FIGURE_VISUALIZATION)
    fovea_figure_set_column (maker->figure, column, entry->name, words, entry->accent, entry->options.width, entry->options.height);
  else
    {
      fovea_patch_grid_choose (view->count, &n_columns, &n_rows);
      fovea_figure_set_column (maker->figure, column, entry->name, words, entry->accent,
                               fovea_patch_grid_get_length (n_columns), fovea_patch_grid_get_length (n_rows));
    }
}

static void
begin_figure (Maker *maker)
{
  const FoveaFigureRecord *record = maker->record;

  maker->figure = fovea_figure_new (record->rows->len, maker->networks->len * record->views->len);
  for (guint i = 0; i < record->rows->len; i++)
    {
      const FoveaFigureRow *row = record->rows->pdata[i];

      fovea_figure_set_row (maker->figure, i, row->title, row->subtitle);
    }
  for (guint n = 0; n < maker->networks->len; n++)
    for (guint v = 0; v < record->views->len; v++)
      {
        set_column (maker, n, v);
        for (guint i = 0; i < record->rows->len; i++)
          fovea_figure_set_cell (maker->figure, i, n * record->views->len + v, NULL, "not computed");
      }
  fovea_figure_set_caption (maker->figure, record->caption);
  fovea_figure_set_width (maker->figure, record->width_mm, record->resolution);
}

/* What the store knows an image by; only that of an objective of one term. */
static FoveaVisualizationSubject
get_subject (const Maker *maker, guint n, guint row)
{
  const FoveaObjective *objective = get_objective (maker, n, row);

  return (FoveaVisualizationSubject) { maker->networks->pdata[n], &objective->terms[0].neuron, &maker->options[n], objective, 1 };
}

static gboolean
take_from_store (Maker *maker, guint n, guint row, guint column)
{
  const FoveaMaximizeOptions *options = &maker->options[n];
  const FoveaVisualizationSubject subject = get_subject (maker, n, row);
  const FoveaFigureRow *entry = maker->record->rows->pdata[row];
  g_autoptr (FoveaStoredVisualization) stored = NULL;
  g_autofree char *text = NULL;

  if (!maker->cache->store || !maker->cache->take_images || get_objective (maker, n, row)->n_terms > 1 || get_wanted_steps (maker, n, row) < options->steps)
    return FALSE;
  stored = fovea_visualization_store_get (maker->cache->store, &subject, entry->stream);
  if (!stored || !stored->image || stored->image->width != options->width || stored->image->height != options->height)
    return FALSE;
  text = fovea_figure_describe_activation (stored->activation, stored->dead);
  fovea_figure_set_cell (maker->figure, row, column, stored->dead ? NULL : stored->image, text);
  *get_steps (maker, n, row) = options->steps;
  return TRUE;
}

static gboolean
keep_image (Maker *maker, guint n, guint row, guint column, const FoveaMaximizeImage *result, GError **error)
{
  g_autoptr (FoveaImage) image = fovea_image_from_tensor (result->image, error);
  guint n_wanted = maker->options[n].steps;
  g_autofree char *text = fovea_figure_describe_image (result->activation, result->dead, result->n_steps, n_wanted);

  if (!image)
    return FALSE;
  *get_steps (maker, n, row) = result->n_steps;
  if (result->n_steps == 0 && n_wanted > 0)
    return TRUE;
  fovea_figure_set_cell (maker->figure, row, column, result->dead ? NULL : image, text);
  if (maker->cache->store && result->n_steps == n_wanted && get_objective (maker, n, row)->n_terms == 1)
    {
      const FoveaVisualizationSubject subject = get_subject (maker, n, row);
      const FoveaFigureRow *entry = maker->record->rows->pdata[row];
      const FoveaStoredVisualization stored = { image, result->activation, result->dead };

      /* A picture that is not kept is computed again. */
      fovea_visualization_store_put (maker->cache->store, &subject, entry->stream, &stored, NULL);
    }
  return TRUE;
}

static void
on_step (const FoveaMaximizeProgress *progress, gpointer data)
{
  Maker *maker = data;

  maker->done += progress->n_images;
  fovea_job_report (maker->job, MIN (maker->done, maker->total), maker->total);
}

/* Optimizes some rows in one network at once, all for as many steps. */
static gboolean
optimize_rows (Maker *maker, guint n, guint column, const guint *rows, guint n_rows, GError **error)
{
  FoveaMaximizeOptions options = maker->options[n];
  FoveaObjective objectives[MAXIMUM_BATCH] = { 0 };
  guint64 streams[MAXIMUM_BATCH] = { 0 };
  g_autoptr (FoveaMaximizeResult) result = NULL;

  options.steps = get_wanted_steps (maker, n, rows[0]);
  for (guint i = 0; i < n_rows; i++)
    {
      objectives[i] = *get_objective (maker, n, rows[i]);
      streams[i] = ((FoveaFigureRow *) maker->record->rows->pdata[rows[i]])->stream;
    }
  result = fovea_maximize (maker->networks->pdata[n], n_rows, objectives, streams, &options, on_step, maker, maker->job ? maker->job->cancellable : NULL, error);
  if (!result)
    return FALSE;
  for (guint i = 0; i < n_rows && (!result->cancelled || maker->may_stop); i++)
    if (!keep_image (maker, n, rows[i], column, &result->images[i], error))
      return FALSE;
  if (result->cancelled)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped before the figure was complete");
  return !result->cancelled;
}

/* Optimizes some rows in one network, those that are not there yet. Where the figure was stopped, some go fewer steps. */
static gboolean
optimize_batch (Maker *maker, guint n, guint view, const guint *batch, guint n_batch, GError **error)
{
  guint column = n * maker->record->views->len + view;
  gboolean taken[MAXIMUM_BATCH] = { FALSE };

  for (guint i = 0; i < n_batch; i++)
    {
      taken[i] = get_wanted_steps (maker, n, batch[i]) == 0 && maker->options[n].steps > 0;
      if (taken[i] || !take_from_store (maker, n, batch[i], column))
        continue;
      maker->done += maker->options[n].steps;
      taken[i] = TRUE;
    }
  for (guint first = 0; first < n_batch; first++)
    {
      guint rows[MAXIMUM_BATCH];
      guint n_rows = 0;

      if (taken[first])
        continue;
      for (guint i = first; i < n_batch; i++)
        if (!taken[i] && get_wanted_steps (maker, n, batch[i]) == get_wanted_steps (maker, n, batch[first]))
          {
            rows[n_rows++] = batch[i];
            taken[i] = TRUE;
          }
      if (!optimize_rows (maker, n, column, rows, n_rows, error))
        return FALSE;
    }
  return !fovea_job_is_cancelled (maker->job, error);
}

/* Whether a row belongs with the one before it to the images of a neuron that were to differ from each other. */
static gboolean
continues (const Maker *maker, guint row)
{
  const FoveaFigureRow *a = maker->record->rows->pdata[row - 1], *b = maker->record->rows->pdata[row];

  return b->diversity > 0 && a->diversity == b->diversity && a->objective == b->objective && b->stream == a->stream + 1 &&
         g_strv_equal ((const char *const *) a->addresses, (const char *const *) b->addresses);
}

/* Neurons of one layer go through the networks together, as many as fit; so do images that were to differ. */
static gboolean
optimize (Maker *maker, guint view, GError **error)
{
  guint n_rows = maker->record->rows->len;
  g_autofree gboolean *taken = g_new0 (gboolean, n_rows);

  for (guint first = 0; first < n_rows; first++)
    {
      gboolean diverse = get_objective (maker, 0, first)->n_terms > 1;
      int layer = get_objective (maker, 0, first)->terms[0].neuron.layer;
      guint batch[MAXIMUM_BATCH];
      guint n_batch = 0;

      if (taken[first])
        continue;
      for (guint i = first; i < n_rows && n_batch < MAXIMUM_BATCH; i++)
        {
          const FoveaObjective *objective = get_objective (maker, 0, i);

          if (diverse && i > first && !continues (maker, i))
            break;
          if (taken[i] || (!diverse && (objective->n_terms > 1 || objective->terms[0].neuron.layer != layer)))
            continue;
          taken[i] = TRUE;
          batch[n_batch++] = i;
        }
      for (guint n = 0; n < maker->networks->len; n++)
        if (!optimize_batch (maker, n, view, batch, n_batch, error))
          return FALSE;
    }
  return TRUE;
}

static FoveaImageSet *
open_set (Maker *maker, FoveaFigureView *view, const char *folder, GError **error)
{
  FoveaImageSet *given = maker->cache->images;
  FoveaVariant variant;
  g_autofree char *base = fovea_image_set_split_variant (view->images, &variant);
  g_autofree char *found = fovea_figure_record_find_file (base, folder);
  g_autofree char *place = fovea_image_set_join_variant (found, &variant);
  g_autoptr (FoveaImageSet) set = NULL;

  if (given && g_str_equal (view->images, fovea_image_set_get_place (given)))
    set = fovea_image_set_ref (given);
  else
    set = fovea_image_set_open_with_job (place, maker->job, error);
  if (!set)
    return NULL;
  if (!view->fingerprint)
    view->fingerprint = g_strdup (fovea_image_set_get_fingerprint (set));
  if (g_strcmp0 (view->fingerprint, fovea_image_set_get_fingerprint (set)) != 0)
    {
      g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_ARGUMENT, "%s: is not the image set that the figure was made with: files came, went or changed", view->images);
      return NULL;
    }
  return g_steal_pointer (&set);
}

static FoveaScan *
find_scan (GPtrArray *scans, GArray **layers, guint network, int layer)
{
  guint index = 0;

  for (guint n = 0; n < network; n++)
    index += layers[n]->len;
  for (guint i = 0; i < layers[network]->len; i++)
    if (g_array_index (layers[network], int, i) == layer)
      return scans->pdata[index + i];
  g_assert_not_reached ();
}

static void
add_layer (GArray *layers, int layer)
{
  for (guint i = 0; i < layers->len; i++)
    if (g_array_index (layers, int, i) == layer)
      return;
  g_array_append_val (layers, layer);
}

static gboolean
draw_patches (Maker *maker, guint v, FoveaImageSet *set, GPtrArray *scans, GArray **layers, GError **error)
{
  const FoveaFigureView *view = maker->record->views->pdata[v];
  guint n_columns, n_rows;

  fovea_patch_grid_choose (view->count, &n_columns, &n_rows);
  for (guint n = 0; n < maker->networks->len; n++)
    for (guint i = 0; i < maker->record->rows->len; i++)
      {
        const FoveaObjectiveTerm *term = &get_objective (maker, n, i)->terms[0];
        guint column = n * maker->record->views->len + v, n_hits = 0;
        const FoveaScanHit *hits;
        g_autoptr (FoveaImage) image = NULL;
        g_autofree char *text = NULL;

        if (term->kind == FOVEA_OBJECTIVE_LAYER)
          {
            fovea_figure_set_cell (maker->figure, i, column, NULL, "a whole layer has no patches");
            continue;
          }
        if (fovea_job_is_cancelled (maker->job, error))
          return FALSE;
        hits = fovea_scan_get_hits (find_scan (scans, layers, n, term->neuron.layer), (guint) term->neuron.channel, &n_hits);
        n_hits = MIN (n_hits, view->count);
        text = fovea_patch_grid_describe (n_hits, hits);
        image = fovea_patch_grid_draw (set, maker->networks->pdata[n], term->neuron.layer, n_hits, hits, n_columns, n_rows, error);
        if (!image)
          return FALSE;
        fovea_figure_set_cell (maker->figure, i, column, image, text);
      }
  return TRUE;
}

static gboolean
find_patches (Maker *maker, guint v, const char *folder, GError **error)
{
  const FoveaScanOptions options = FOVEA_SCAN_OPTIONS_DEFAULT;
  guint n_networks = maker->networks->len, n_targets = 0;
  g_autoptr (FoveaImageSet) set = open_set (maker, maker->record->views->pdata[v], folder, error);
  g_autofree FoveaScanTarget *targets = NULL;
  g_autofree GArray **layers = NULL;
  g_autoptr (GPtrArray) scans = NULL;
  gboolean drawn;

  if (!set)
    return FALSE;
  targets = g_new0 (FoveaScanTarget, n_networks);
  layers = g_new0 (GArray *, n_networks);
  for (guint n = 0; n < n_networks; n++)
    {
      layers[n] = g_array_new (FALSE, FALSE, sizeof (int));
      for (guint i = 0; i < maker->record->rows->len; i++)
        if (get_objective (maker, n, i)->terms[0].kind != FOVEA_OBJECTIVE_LAYER)
          add_layer (layers[n], get_objective (maker, n, i)->terms[0].neuron.layer);
      if (layers[n]->len > 0)
        targets[n_targets++] = (FoveaScanTarget) { maker->networks->pdata[n], layers[n]->len, (const int *) (gpointer) layers[n]->data };
    }
  scans = n_targets > 0 ? fovea_scan_run (maker->cache->store, set, n_targets, targets, &options, maker->job, error) : g_ptr_array_new ();
  drawn = scans && draw_patches (maker, v, set, scans, layers, error);
  for (guint n = 0; n < n_networks; n++)
    g_array_unref (layers[n]);
  return drawn;
}

/* Patches that were being drawn when it was stopped are not shown: what is there is all of a view. */
static void
forget_patches (Maker *maker, guint v)
{
  ((FoveaFigureView *) maker->record->views->pdata[v])->missing = TRUE;
  for (guint n = 0; n < maker->networks->len; n++)
    for (guint i = 0; i < maker->record->rows->len; i++)
      fovea_figure_set_cell (maker->figure, i, n * maker->record->views->len + v, NULL, "not computed");
}

static gboolean
fill_view (Maker *maker, guint v, const char *folder, GError **error)
{
  const FoveaFigureView *view = maker->record->views->pdata[v];
  gboolean is_patches = view->kind == FOVEA_FIGURE_PATCHES;
  g_autoptr (GError) cause = NULL;

  if (view->missing)
    return TRUE;
  if (!maker->stopped && (is_patches ? find_patches (maker, v, folder, &cause) : optimize (maker, v, &cause)))
    return TRUE;
  if (!maker->stopped && !stop (maker, &cause))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (is_patches)
    forget_patches (maker, v);
  return TRUE;
}

/* Says in the record how far the images were when it was stopped. */
static gboolean
record_stop (Maker *maker, GError **error)
{
  guint n_networks = maker->networks->len;
  guint64 n_steps = 0;

  maker->record->cancelled = TRUE;
  for (guint i = 0; i < maker->record->rows->len; i++)
    {
      FoveaFigureRow *row = maker->record->rows->pdata[i];

      g_free (row->steps);
      row->steps = g_new (guint, n_networks);
      for (guint n = 0; n < n_networks; n++)
        n_steps += row->steps[n] = *get_steps (maker, n, i);
    }
  if (n_steps > 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped before there was anything to see");
  return FALSE;
}

/**
 * fovea_figure_make:
 * @record: how the figure is to be made. Where it does not say yet which state of an image set that was, it does
 *   afterwards
 * @networks: (element-type FoveaNetwork): its networks
 * @folder: (nullable): where the record lies; relative paths are looked for there too
 * @stopped: (out) (optional): where it is given, being cancelled is no error: the figure is as it was then, and the record
 *   says how far, as long as there is an image to see
 * @job: (nullable): progress comes in steps of single images, and in images of a set while that is scanned
 * @error: %FOVEA_ERROR_NOT_FOUND, %FOVEA_ERROR_ARGUMENT where something is not as the record says,
 *   `G_IO_ERROR_CANCELLED`
 *
 * The same record and the same networks give the same figure. Any thread.
 *
 * Returns: (transfer full): the figure, or %NULL
 */
FoveaFigure *
fovea_figure_make (FoveaFigureRecord *record, GPtrArray *networks, const char *folder, const FoveaFigureCache *cache, gboolean *stopped, const FoveaJob *job, GError **error)
{
  g_auto (Maker) maker = { .record = record, .networks = networks, .cache = cache, .job = job, .may_stop = stopped != NULL };
  FoveaFigureFormat format;

  g_return_val_if_fail (networks->len == record->networks->len && networks->len > 0, NULL);
  g_return_val_if_fail (record->rows->len > 0 && record->views->len > 0, NULL);

  if (!prepare (&maker, folder, error))
    return NULL;
  begin_figure (&maker);
  /* Whether there is room for it is known before anything is computed. */
  if (!fovea_figure_format_from_path (record->figure, &format, error) || !fovea_figure_check (maker.figure, format, error))
    return NULL;
  for (guint v = 0; v < record->views->len; v++)
    if (!fill_view (&maker, v, folder, error))
      return NULL;
  if (stopped)
    *stopped = maker.stopped;
  if (maker.stopped && !record_stop (&maker, error))
    return NULL;
  return g_steal_pointer (&maker.figure);
}
