/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lens.h"

#include <adwaita.h>

#include "engine/analysis/classify.h"
#include "engine/images/image-set.h"
#include "engine/surgery.h"
#include "ui/application.h"
#include "ui/layer.h"
#include "ui/lens-attack-bar.h"
#include "ui/lens-export.h"
#include "ui/lens-image.h"
#include "ui/texture.h"
#include "ui/wrap-box.h"

/* What takes longer than this is said to be computed, in milliseconds. */
#define PATIENCE 250

/* Pictures on the screen have at least as many pixels a side. */
#define PICTURE_SIZE 512

/* So many images of the session are kept, and so many pixels of them. */
#define MAX_RECENT 8
#define MAX_RECENT_PIXELS (G_GUINT64_CONSTANT (1) << 26)

/* So many layers of an image, so that going back to one takes no time. */
#define MAX_LAYERS 16

#define EXAMPLES "scenes"

/* Sides of the pictures on the screen, and what else needs room beside and below them, in pixels. */
#define MINIMUM_SIDE 230
#define MAXIMUM_SIDE 640
#define ROOM_BESIDE 200
#define ROOM_BELOW 370

/* In a narrower window the networks stand one below the other, in pixels. */
#define NARROW 540

struct _FoveaLens
{
  GtkWidget parent_instance;

  GtkWidget *whole_button;
  FoveaImageView *thumbnail;
  FoveaImageView *whole;
  GtkLabel *whole_label;
  GtkLabel *title;
  GtkLabel *facts;
  GtkWidget *recent_button;
  GtkPopover *recent_popover;
  GtkListBox *recent;
  GtkWidget *another_button;
  GtkInfoBar *error_bar;
  GtkLabel *error_label;
  GtkStack *stack;
  GtkWidget *example_button;
  GtkDropDown *layer_chooser;
  GtkSpinButton *channel_button;
  GtkAdjustment *channel_adjustment;
  GtkDropDown *measure;
  GtkRange *opacity;
  GtkToggleButton *off_button;
  GtkInfoBar *surgery_bar;
  GtkLabel *surgery_label;
  GtkToggleButton *keep_button;
  GtkButton *undo_button;
  GtkToggleButton *attack_button;
  FoveaLensAttackBar *attack_bar;
  GtkButton *neuron_button;
  GtkOrientable *panels;
  FoveaLensPanel *standard_panel;
  FoveaLensPanel *robust_panel;

  FoveaJobQueue *queue; /* nullable: the application's */
  FoveaNetworkPair *pair; /* nullable */
  GListModel *layers;     /* nullable (element-type FoveaLayer): the pair's */
  char *layer;
  guint channels[FOVEA_N_SIDES];
  FoveaLensImage *image; /* nullable */
  GPtrArray *images;     /* (element-type FoveaLensImage): of this session, the latest first */
  GPtrArray *responses[FOVEA_N_SIDES]; /* (element-type FoveaResponse): to the image, the latest first */
  GdkTexture *seen[FOVEA_N_SIDES];     /* nullable: the image as the network sees it */
  FoveaLensAttack *attacks[FOVEA_N_SIDES]; /* nullable: the image that misleads this side's network */
  int sources[FOVEA_N_SIDES];              /* whose attack each side is shown; -1 none */
  char *before[FOVEA_N_SIDES];             /* nullable: what the network says of the image as it is */
  GPtrArray *switched[FOVEA_N_SIDES];      /* (element-type utf8): addresses of channels in surgery, the n-th of both sides belong together */
  FoveaNetwork *operated[FOVEA_N_SIDES];   /* nullable: the network after it */
  gboolean is_stale; /* other settings are wanted than those the running job has */
  FoveaQueuedJob *loading;    /* nullable */
  FoveaQueuedJob *responding; /* nullable */
  guint patience_source;
  int side;           /* of the pictures on the screen */
  gboolean is_narrow; /* the window is */
  guint side_source;
  guint example; /* the next one's number */
  char *verdict;
  GCancellable *clipboard_cancellable;
  GtkFileChooserNative *dialog; /* while it is open */
  gboolean updating;            /* controls are set by the program */
};

static void implement_neuron_view (FoveaNeuronViewInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaLens, fovea_lens, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (FOVEA_TYPE_NEURON_VIEW, implement_neuron_view))

enum
{
  NEURON_CHOSEN,
  NEURON_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static FoveaJobQueue *
get_queue (FoveaLens *self)
{
  return self->queue != NULL ? self->queue : fovea_application_get_job_queue ();
}

static void
drop_job (FoveaQueuedJob **job)
{
  if (*job != NULL)
    fovea_queued_job_drop (*job);
  g_clear_object (job);
}

static void
show_error (FoveaLens *self, const char *text)
{
  gtk_label_set_label (self->error_label, text != NULL ? text : "");
  gtk_info_bar_set_revealed (self->error_bar, text != NULL);
}

/* The network of a side; NULL where there is none. */
static FoveaNetwork *
get_network (FoveaLens *self, guint side)
{
  return self->pair != NULL && fovea_network_pair_has_side (self->pair, side) ? fovea_network_pair_get_network (self->pair, side) : NULL;
}

/* The layer of a network whose maps are shown; one that lacks the chosen layer still classifies. */
static int
find_layer (FoveaNetwork *network, const char *name)
{
  FoveaGraph *graph = fovea_network_get_graph (network);
  int layer;

  return fovea_graph_find (graph, name, &layer, NULL) && layer >= 0 ? layer : fovea_graph_get_output (graph);
}

/* The response to the image at the chosen layer, if it was computed. */
static FoveaResponse *
find_response (FoveaLens *self, guint side)
{
  if (get_network (self, side) == NULL || self->image == NULL)
    return NULL;
  for (guint i = 0; i < self->responses[side]->len; i++)
    {
      FoveaResponse *response = g_ptr_array_index (self->responses[side], i);

      if (fovea_response_get_layer (response) == find_layer (fovea_response_get_network (response), self->layer))
        return response;
    }
  return NULL;
}

static char *
describe_first_class (FoveaResponse *response, gint64 *index)
{
  const GArray *classes = response != NULL ? fovea_response_get_classes (response, NULL) : NULL;
  const char *label;

  if (classes == NULL || classes->len == 0)
    return NULL;
  *index = g_array_index (classes, FoveaRankedClass, 0).index;
  label = fovea_class_get_label (fovea_response_get_network (response), (guint) *index);
  return label != NULL ? g_strdup (label) : g_strdup_printf ("class %" G_GINT64_FORMAT, *index);
}

/* Whether the networks agree, in one sentence. */
static void
update_verdict (FoveaLens *self)
{
  gint64 indices[FOVEA_N_SIDES] = { -1, -1 };
  g_autofree char *standard = describe_first_class (find_response (self, FOVEA_SIDE_STANDARD), &indices[FOVEA_SIDE_STANDARD]);
  g_autofree char *robust = describe_first_class (find_response (self, FOVEA_SIDE_ROBUST), &indices[FOVEA_SIDE_ROBUST]);
  g_autofree char *text = NULL;

  g_clear_pointer (&self->verdict, g_free);
  if (standard != NULL && robust != NULL && indices[FOVEA_SIDE_STANDARD] == indices[FOVEA_SIDE_ROBUST])
    self->verdict = g_strdup_printf ("both networks say “%s”", standard);
  else if (standard != NULL && robust != NULL)
    self->verdict = g_strdup_printf ("standard says “%s”, robust says “%s”", standard, robust);
  else if (standard != NULL || robust != NULL)
    self->verdict = g_strdup_printf ("the network says “%s”", standard != NULL ? standard : robust);
  if (self->image == NULL)
    return;
  text = g_strdup_printf ("%u × %u pixels%s%s", self->image->image->width, self->image->image->height, self->verdict != NULL ? " · " : "",
                          self->verdict != NULL ? self->verdict : "");
  gtk_label_set_label (self->facts, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts), text);
}

static void
update_actions (FoveaLens *self)
{
  gboolean has = find_response (self, FOVEA_SIDE_STANDARD) != NULL || find_response (self, FOVEA_SIDE_ROBUST) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.save", has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.copy", has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lens.neuron", self->layer != NULL);
  fovea_neuron_view_picture_changed (FOVEA_NEURON_VIEW (self));
}

static FoveaResponseMeasure
get_measure (FoveaLens *self)
{
  return gtk_drop_down_get_selected (self->measure) == 1 ? FOVEA_RESPONSE_MEAN : FOVEA_RESPONSE_PEAK;
}

/* What was changed before the network answered, and what it said without. */
static void
update_change (FoveaLens *self, guint side)
{
  FoveaLensPanel *panel = fovea_lens_get_panel (self, side);
  int source = self->sources[side];
  const FoveaLensAttack *attack = source >= 0 ? self->attacks[source] : NULL;
  g_autofree char *text = NULL;
  g_autofree char *settings = NULL;

  if (attack != NULL)
    {
      settings = fovea_lens_attack_describe (&attack->settings);
      text = g_strdup_printf ("Change × %.3g\n%s%s\nlength %.3g, largest %.3g\nbefore: %s", attack->magnification, settings,
                              source == (int) side ? "" : source == FOVEA_SIDE_ROBUST ? ", made for the robust network" : ", made for the standard network",
                              attack->l2, attack->linf, self->before[side] != NULL ? self->before[side] : "no class");
      fovea_lens_panel_set_change (panel, attack->texture, attack->change->width, attack->change->height, text);
    }
  else
    {
      if (self->switched[side]->len > 0 && self->before[side] != NULL)
        text = g_strdup_printf ("before surgery: %s", self->before[side]);
      fovea_lens_panel_set_change (panel, NULL, 0, 0, text);
    }
}

/* Shows the chosen neuron in what was computed. */
static void
update_panels (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaLensPanel *panel = fovea_lens_get_panel (self, side);
      FoveaResponse *response = find_response (self, side);

      if (response == NULL)
        continue;
      if (fovea_lens_panel_get_response (panel) != response)
        fovea_lens_panel_set_response (panel, response, self->seen[side]);
      fovea_lens_panel_set_neuron (panel, self->layer, self->channels[side], get_measure (self));
      update_change (self, side);
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_common_classes (fovea_lens_get_panel (self, side), find_response (self, 1 - side));
  update_verdict (self);
  update_actions (self);
}

/* What a worker needs to make networks respond, and what it gives. What it is given need not be computed. */
typedef struct
{
  FoveaLens *lens; /* not owned: the job is dropped before it goes */
  FoveaLensImage *image;
  FoveaNetwork *networks[FOVEA_N_SIDES]; /* nullable */
  gboolean wanted[FOVEA_N_SIDES];
  char *layer;
  FoveaSurgery surgery;
  GPtrArray *switched[FOVEA_N_SIDES];
  FoveaNetwork *operated[FOVEA_N_SIDES];
  gboolean attacked;
  FoveaLensAttackSettings settings;
  int sources[FOVEA_N_SIDES]; /* whose attack each side is shown */
  FoveaLensAttack *attacks[FOVEA_N_SIDES];
  char *before[FOVEA_N_SIDES];
  FoveaResponse *responses[FOVEA_N_SIDES];
  GdkTexture *seen[FOVEA_N_SIDES];
  GError *errors[FOVEA_N_SIDES];
} Responding;

static void
responding_free (gpointer data)
{
  Responding *work = data;

  fovea_lens_image_unref (work->image);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_pointer (&work->networks[side], fovea_network_unref);
      g_clear_pointer (&work->switched[side], g_ptr_array_unref);
      g_clear_pointer (&work->operated[side], fovea_network_unref);
      g_clear_pointer (&work->attacks[side], fovea_lens_attack_unref);
      g_free (work->before[side]);
      g_clear_pointer (&work->responses[side], fovea_response_unref);
      g_clear_object (&work->seen[side]);
      g_clear_error (&work->errors[side]);
    }
  g_free (work->layer);
  g_free (work);
}

/* The network that is to answer: after surgery, where there is any. */
static FoveaNetwork *
prepare_network (Responding *work, guint side, GError **error)
{
  g_autoptr (GArray) neurons = g_array_new (FALSE, FALSE, sizeof (FoveaNeuron));

  if (work->switched[side] == NULL)
    return work->networks[side];
  for (guint i = 0; work->operated[side] == NULL && i < work->switched[side]->len; i++)
    {
      FoveaNeuron neuron;

      if (!fovea_neuron_parse (work->networks[side], g_ptr_array_index (work->switched[side], i), &neuron, error))
        return NULL;
      g_array_append_val (neurons, neuron);
    }
  if (work->operated[side] == NULL)
    work->operated[side] = fovea_network_operate (work->networks[side], work->surgery, neurons->len, (const FoveaNeuron *) (const void *) neurons->data, error);
  return work->operated[side];
}

/* What a network says of the image as it is. */
static gboolean
ask_before (Responding *work, guint side, const FoveaJob *job, GError **error)
{
  FoveaNetwork *network = work->networks[side];
  g_autoptr (FoveaResponse) response = NULL;
  const GArray *classes;
  g_autofree char *name = NULL;
  gint64 index;

  if (work->before[side] != NULL)
    return TRUE;
  response = fovea_response_new (network, work->image->image, fovea_graph_get_output (fovea_network_get_graph (network)), job, error);
  if (response == NULL)
    return FALSE;
  classes = fovea_response_get_classes (response, NULL);
  name = describe_first_class (response, &index);
  work->before[side] = name != NULL ? g_strdup_printf ("%s %.1f %%", name, g_array_index (classes, FoveaRankedClass, 0).probability * 100) : g_strdup ("no class");
  return TRUE;
}

static FoveaResponse *
respond_attacked (Responding *work, guint side, FoveaNetwork *network, const FoveaJob *job, GError **error)
{
  guint source = (guint) work->sources[side];
  FoveaNetwork *attacked = prepare_network (work, source, error);

  if (work->attacks[source] == NULL && attacked != NULL)
    work->attacks[source] = fovea_lens_attack_new (attacked, work->image->image, &work->settings, job, error);
  if (work->attacks[source] == NULL)
    return NULL;
  return fovea_response_new_from_tensor (network, work->attacks[source]->attacked, find_layer (network, work->layer), job, error);
}

static FoveaResponse *
respond_side (Responding *work, guint side, const FoveaJob *job, GError **error)
{
  FoveaNetwork *network = prepare_network (work, side, error);

  if (network == NULL || ((work->attacked || work->switched[side] != NULL) && !ask_before (work, side, job, error)))
    return NULL;
  if (work->attacked)
    return respond_attacked (work, side, network, job, error);
  return fovea_response_new (network, work->image->image, find_layer (network, work->layer), job, error);
}

static void
respond (FoveaQueuedJob *queued, gpointer data)
{
  Responding *work = data;
  FoveaJob job;

  fovea_job_init (&job, fovea_queued_job_get_cancellable (queued), NULL, NULL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      if (!work->wanted[side])
        continue;
      work->responses[side] = respond_side (work, side, &job, &work->errors[side]);
      if (work->responses[side] != NULL)
        work->seen[side] = fovea_texture_new_enlarged (fovea_response_get_image (work->responses[side]), PICTURE_SIZE);
    }
}

static void
forget_responses (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_ptr_array_set_size (self->responses[side], 0);
      g_clear_object (&self->seen[side]);
      g_clear_pointer (&self->attacks[side], fovea_lens_attack_unref);
    }
}

/* What the networks said of the image before anything was changed holds no more, either. */
static void
forget_image (FoveaLens *self)
{
  forget_responses (self);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->before[side], g_free);
}

static void update_responses (FoveaLens *self);

/* Other settings are wanted: what was computed by the old ones is not. */
static void
start_again (FoveaLens *self)
{
  self->is_stale = FALSE;
  forget_responses (self);
  update_responses (self);
}

static void
on_responded (FoveaQueuedJob *job, gpointer data)
{
  Responding *work = data;
  FoveaLens *self = work->lens;

  g_clear_object (&self->responding);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->sources[side] = work->attacked ? work->sources[side] : -1;
      if (work->attacks[side] != NULL && work->attacks[side] != self->attacks[side])
        {
          g_clear_pointer (&self->attacks[side], fovea_lens_attack_unref);
          self->attacks[side] = fovea_lens_attack_ref (work->attacks[side]);
        }
      if (work->operated[side] != NULL && work->operated[side] != self->operated[side])
        {
          g_clear_pointer (&self->operated[side], fovea_network_unref);
          self->operated[side] = fovea_network_ref (work->operated[side]);
        }
      if (work->before[side] != NULL)
        {
          g_free (self->before[side]);
          self->before[side] = g_strdup (work->before[side]);
        }
      if (work->responses[side] != NULL)
        {
          g_ptr_array_insert (self->responses[side], 0, fovea_response_ref (work->responses[side]));
          if (self->responses[side]->len > MAX_LAYERS)
            g_ptr_array_set_size (self->responses[side], MAX_LAYERS);
          g_set_object (&self->seen[side], work->seen[side]);
        }
      else if (work->errors[side] != NULL)
        fovea_lens_panel_set_message (fovea_lens_get_panel (self, side),
                                      work->switched[side] != NULL ? "This network cannot be operated on" : work->attacked ? "This network cannot be shown the attacked image" : "This network cannot see the image",
                                      work->errors[side]->message);
    }
  update_panels (self);
  if (self->is_stale)
    start_again (self);
}

/* While settings change all the time, what is quick is shown all the same, and what is slow makes room. */
static gboolean
on_patience_ended (gpointer data)
{
  FoveaLens *self = data;

  self->patience_source = 0;
  if (self->is_stale)
    {
      start_again (self);
      return G_SOURCE_REMOVE;
    }
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (find_response (self, side) == NULL)
      fovea_lens_panel_set_waiting (fovea_lens_get_panel (self, side));
  return G_SOURCE_REMOVE;
}

static GPtrArray *
copy_addresses (const GPtrArray *addresses)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (copy, g_strdup (g_ptr_array_index (addresses, i)));
  return copy;
}

/* Computes what is missing of the chosen layer, and shows it. */
static void
update_responses (FoveaLens *self)
{
  FoveaJobQueue *queue = get_queue (self);
  Responding *work;
  gboolean missing = FALSE;

  drop_job (&self->responding);
  g_clear_handle_id (&self->patience_source, g_source_remove);
  if (self->is_stale)
    {
      self->is_stale = FALSE;
      forget_responses (self);
    }
  if (self->image == NULL || self->pair == NULL || queue == NULL)
    return;

  work = g_new0 (Responding, 1);
  work->lens = self;
  work->image = fovea_lens_image_ref (self->image);
  work->layer = g_strdup (self->layer);
  work->surgery = gtk_toggle_button_get_active (self->keep_button) ? FOVEA_SURGERY_KEEP : FOVEA_SURGERY_REMOVE;
  work->attacked = gtk_toggle_button_get_active (self->attack_button);
  fovea_lens_attack_bar_get_settings (self->attack_bar, &work->settings);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = get_network (self, side);

      if (network == NULL)
        continue;
      work->networks[side] = fovea_network_ref (network);
      work->wanted[side] = find_response (self, side) == NULL;
      work->sources[side] = work->settings.source >= 0 && get_network (self, (guint) work->settings.source) != NULL ? work->settings.source : (int) side;
      work->attacks[side] = self->attacks[side] != NULL ? fovea_lens_attack_ref (self->attacks[side]) : NULL;
      work->before[side] = g_strdup (self->before[side]);
      work->operated[side] = self->operated[side] != NULL ? fovea_network_ref (self->operated[side]) : NULL;
      if (self->switched[side]->len > 0)
        work->switched[side] = copy_addresses (self->switched[side]);
      missing = missing || work->wanted[side];
    }
  if (missing)
    {
      self->responding = fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, respond, NULL, on_responded, work, responding_free);
      self->patience_source = g_timeout_add (PATIENCE, on_patience_ended, self);
    }
  else
    {
      responding_free (work);
      update_panels (self);
    }
  update_actions (self);
}

/* The attack is another one. A job that may soon be done is let go on, so that there is something to see while
 * the slider moves; its panels say which attack they show. */
static void
on_attack_changed (FoveaLens *self)
{
  if (!gtk_toggle_button_get_active (self->attack_button))
    return;
  if (self->responding != NULL && self->patience_source != 0)
    self->is_stale = TRUE;
  else
    start_again (self);
}

/* Which of the channels in surgery is the chosen one; -1 none. */
static int
find_switched (FoveaLens *self, guint side)
{
  g_autofree char *address = g_strdup_printf ("%s:%u", self->layer, self->channels[side]);
  guint index;

  return g_ptr_array_find_with_equal_func (self->switched[side], address, g_str_equal, &index) ? (int) index : -1;
}

/* The banner and the buttons say what is switched off. */
static void
update_surgery (FoveaLens *self)
{
  GPtrArray *switched = self->switched[FOVEA_SIDE_STANDARD];
  gboolean keeps = gtk_toggle_button_get_active (self->keep_button);
  g_autofree char *names = NULL;
  g_autofree char *text = NULL;

  g_ptr_array_add (switched, NULL);
  names = g_strjoinv (", ", (char **) switched->pdata);
  g_ptr_array_set_size (switched, (int) switched->len - 1);
  text = keeps ? g_strdup_printf ("Surgery is on: of their layers, the networks have only %s", names)
               : g_strdup_printf ("Surgery is on: the networks are without %s", names);
  self->updating = TRUE;
  gtk_label_set_label (self->surgery_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->surgery_label), text);
  gtk_info_bar_set_revealed (self->surgery_bar, switched->len > 0);
  gtk_toggle_button_set_active (self->off_button, self->layer != NULL && find_switched (self, FOVEA_SIDE_STANDARD) >= 0);
  gtk_button_set_label (GTK_BUTTON (self->off_button), keeps && switched->len > 0 ? "_Keep" : "Switch O_ff");
  self->updating = FALSE;
}

static void
forget_operated (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_clear_pointer (&self->operated[side], fovea_network_unref);
}

static void
on_surgery_changed (FoveaLens *self)
{
  update_surgery (self);
  forget_operated (self);
  start_again (self);
}

static void
on_off_toggled (FoveaLens *self)
{
  int index;

  if (self->updating || self->layer == NULL)
    return;
  index = find_switched (self, FOVEA_SIDE_STANDARD);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (index >= 0)
      g_ptr_array_remove_index (self->switched[side], (guint) index);
    else
      g_ptr_array_add (self->switched[side], g_strdup_printf ("%s:%u", self->layer, self->channels[side]));
  on_surgery_changed (self);
}

static void
on_keep_toggled (FoveaLens *self)
{
  if (!self->updating)
    on_surgery_changed (self);
}

static void
forget_surgery (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    g_ptr_array_set_size (self->switched[side], 0);
  forget_operated (self);
  self->updating = TRUE;
  gtk_toggle_button_set_active (self->keep_button, FALSE);
  self->updating = FALSE;
  update_surgery (self);
}

static void
on_undo_clicked (FoveaLens *self)
{
  forget_surgery (self);
  start_again (self);
}

/* Draws what the networks see of the whole image. */
static void
update_whole (FoveaLens *self)
{
  FoveaNetwork *network = get_network (self, FOVEA_SIDE_STANDARD) != NULL ? get_network (self, FOVEA_SIDE_STANDARD) : get_network (self, FOVEA_SIDE_ROBUST);
  g_autofree char *text = NULL;
  double box[4];

  if (self->image == NULL)
    return;
  fovea_image_view_set_image (self->thumbnail, self->image->preview, self->image->image->width, self->image->image->height);
  fovea_image_view_set_image (self->whole, self->image->preview, self->image->image->width, self->image->image->height);
  gtk_widget_set_visible (self->whole_button, TRUE);
  if (network == NULL || !fovea_image_get_network_crop (self->image->image, network, box, NULL))
    return;
  fovea_image_view_set_box (self->whole, box);
  text = g_strdup_printf ("The networks see what is inside the frame, at %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT " pixels.",
                          fovea_graph_get_input_shape (fovea_network_get_graph (network))->width,
                          fovea_graph_get_input_shape (fovea_network_get_graph (network))->height);
  gtk_label_set_label (self->whole_label, text);
}

static void
update_recent (FoveaLens *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->recent))) != NULL)
    gtk_list_box_remove (self->recent, row);
  for (guint i = 0; i < self->images->len; i++)
    {
      const FoveaLensImage *image = g_ptr_array_index (self->images, i);
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
      GtkWidget *picture = fovea_image_view_new ();
      GtkWidget *label = gtk_label_new (image->name);

      fovea_image_view_set_image (FOVEA_IMAGE_VIEW (picture), image->preview, image->image->width, image->image->height);
      gtk_widget_set_size_request (picture, 40, 40);
      gtk_widget_set_can_target (picture, FALSE);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), picture);
      gtk_box_append (GTK_BOX (box), label);
      gtk_list_box_append (self->recent, box);
      gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_list_box_get_row_at_index (self->recent, (int) i)), GTK_ACCESSIBLE_PROPERTY_LABEL, image->name, -1);
    }
  gtk_widget_set_visible (self->recent_button, self->images->len > 0);
}

/* The latest first; the oldest go when there are too many, or too large ones. */
static void
remember (FoveaLens *self, FoveaLensImage *image)
{
  guint64 n_pixels = 0;
  guint n = 0;

  for (guint i = 0; i < self->images->len; i++)
    if (g_ptr_array_index (self->images, i) == image)
      {
        g_ptr_array_remove_index (self->images, i);
        break;
      }
  g_ptr_array_insert (self->images, 0, fovea_lens_image_ref (image));
  for (; n < MIN (self->images->len, MAX_RECENT); n++)
    {
      const FoveaLensImage *kept = g_ptr_array_index (self->images, n);

      n_pixels += (guint64) kept->image->width * kept->image->height;
      if (n > 0 && n_pixels > MAX_RECENT_PIXELS)
        break;
    }
  g_ptr_array_set_size (self->images, (int) n);
  update_recent (self);
}

static void
show_image (FoveaLens *self, FoveaLensImage *image)
{
  drop_job (&self->loading);
  drop_job (&self->responding);
  fovea_lens_image_ref (image);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  self->image = image;
  self->is_stale = FALSE;
  forget_image (self);
  remember (self, image);
  show_error (self, NULL);
  gtk_label_set_label (self->title, image->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), image->name);
  update_whole (self);
  update_verdict (self);
  gtk_stack_set_visible_child_name (self->stack, "image");
  update_responses (self);
}

/* Where an image comes from, and what came of it: one of the sources is set. */
typedef struct
{
  FoveaLens *lens; /* not owned: the job is dropped before it goes */
  GFile *file;
  GBytes *bytes;
  GdkTexture *texture;
  FoveaImage *pixels;
  char *set; /* name or path of an image set */
  guint64 index; /* of the image in the set; beyond its end it begins anew */
  char *name; /* nullable: of files and sets' images the source knows it */
  FoveaLensImage *image;
  GError *error;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *work = data;

  g_clear_object (&work->file);
  g_clear_pointer (&work->bytes, g_bytes_unref);
  g_clear_object (&work->texture);
  g_clear_pointer (&work->pixels, fovea_image_free);
  g_clear_pointer (&work->image, fovea_lens_image_unref);
  g_clear_error (&work->error);
  g_free (work->set);
  g_free (work->name);
  g_free (work);
}

static FoveaLensImage *
load_from_set (const char *name, guint64 number, GError **error)
{
  g_autoptr (FoveaImageSet) set = fovea_image_set_open (name, error);
  gsize index;
  FoveaImage *image;

  if (set == NULL)
    return NULL;
  index = (gsize) (number % fovea_image_set_get_n_images (set));
  image = fovea_image_set_load_image (set, index, error);
  return image != NULL ? fovea_lens_image_new (image, fovea_image_set_get_image_name (set, index), error) : NULL;
}

static void
load (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;

  if (work->file != NULL)
    work->image = fovea_lens_image_new_from_file (work->file, &work->error);
  else if (work->bytes != NULL)
    work->image = fovea_lens_image_new_from_bytes (work->bytes, work->name, &work->error);
  else if (work->texture != NULL)
    work->image = fovea_lens_image_new_from_texture (work->texture, work->name, &work->error);
  else if (work->pixels != NULL)
    work->image = fovea_lens_image_new (g_steal_pointer (&work->pixels), work->name, &work->error);
  else
    work->image = load_from_set (work->set, work->index, &work->error);
}

static void
on_loaded (FoveaQueuedJob *job, gpointer data)
{
  Loading *work = data;
  FoveaLens *self = work->lens;

  g_clear_object (&self->loading);
  if (work->image != NULL)
    show_image (self, work->image);
  else
    show_error (self, work->error->message);
}

/* Takes @work. An image that was still being loaded is not wanted any more. */
static void
start_loading (FoveaLens *self, Loading *work)
{
  FoveaJobQueue *queue = get_queue (self);

  g_cancellable_cancel (self->clipboard_cancellable);
  drop_job (&self->loading);
  work->lens = self;
  if (queue != NULL)
    self->loading = fovea_job_queue_push (queue, FOVEA_JOB_PRIORITY_INTERACTIVE, load, NULL, on_loaded, work, loading_free);
  else
    loading_free (work);
}

static void
on_dialog_response (FoveaLens *self, int response)
{
  g_autoptr (GtkFileChooserNative) dialog = g_steal_pointer (&self->dialog);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    fovea_lens_open_file (self, file);
}

static void
open_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_lens_choose_file (FOVEA_LENS (widget));
}

static void
example_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_lens_show_example (FOVEA_LENS (widget));
}

static void
paste_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fovea_lens_paste (FOVEA_LENS (widget));
}

static FoveaPicture *
take_picture (FoveaNeuronView *view)
{
  FoveaLens *self = FOVEA_LENS (view);
  FoveaResponse *responses[FOVEA_N_SIDES];
  FoveaLensAttack *attacks[FOVEA_N_SIDES];

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      responses[side] = find_response (self, side);
      attacks[side] = self->sources[side] >= 0 ? self->attacks[self->sources[side]] : NULL;
    }
  if (responses[FOVEA_SIDE_STANDARD] == NULL && responses[FOVEA_SIDE_ROBUST] == NULL)
    return NULL;
  return fovea_lens_export_new (responses, attacks, self->channels, self->layer, self->image->name, gtk_range_get_value (self->opacity));
}

static void
save_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_NEURON_VIEW (widget));

  if (picture != NULL)
    fovea_picture_save_as (picture, gtk_widget_get_first_child (widget), "Save the Lens");
}

static void
copy_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaPicture *picture = take_picture (FOVEA_NEURON_VIEW (widget));

  if (picture != NULL)
    fovea_picture_copy (picture, gtk_widget_get_first_child (widget));
}

static void
neuron_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  FoveaLens *self = FOVEA_LENS (widget);

  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, self->layer, self->channels[FOVEA_SIDE_STANDARD]);
}

/* The controls show the chosen neuron. */
static void
update_controls (FoveaLens *self)
{
  g_autofree char *text = g_strdup_printf ("Open %s:%u", self->layer, self->channels[FOVEA_SIDE_STANDARD]);

  self->updating = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      if (!g_str_equal (fovea_layer_get_name (layer), self->layer))
        continue;
      gtk_drop_down_set_selected (self->layer_chooser, i);
      gtk_adjustment_set_upper (self->channel_adjustment, MAX (fovea_layer_get_n_channels (layer), 1) - 1);
    }
  gtk_spin_button_set_value (self->channel_button, self->channels[FOVEA_SIDE_STANDARD]);
  gtk_button_set_label (self->neuron_button, text);
  self->updating = FALSE;
  update_surgery (self);
}

/* Another neuron, chosen here. */
static void
choose_neuron (FoveaLens *self, const char *layer, guint channel)
{
  gboolean other_layer = g_strcmp0 (self->layer, layer) != 0;

  if (!other_layer && self->channels[FOVEA_SIDE_STANDARD] == channel && self->channels[FOVEA_SIDE_ROBUST] == channel)
    return;
  if (other_layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  self->channels[FOVEA_SIDE_STANDARD] = self->channels[FOVEA_SIDE_ROBUST] = channel;
  update_controls (self);
  update_responses (self);
  g_signal_emit (self, signals[NEURON_CHOSEN], 0, self->layer, channel);
}

static void
on_layer_chosen (FoveaLens *self)
{
  guint index = gtk_drop_down_get_selected (self->layer_chooser);
  g_autoptr (FoveaLayer) layer = self->layers != NULL ? g_list_model_get_item (self->layers, index) : NULL;

  if (!self->updating && layer != NULL)
    choose_neuron (self, fovea_layer_get_name (layer), MIN (self->channels[FOVEA_SIDE_STANDARD], MAX (fovea_layer_get_n_channels (layer), 1) - 1));
}

static void
on_channel_changed (FoveaLens *self)
{
  if (!self->updating && self->layer != NULL)
    choose_neuron (self, self->layer, (guint) gtk_spin_button_get_value_as_int (self->channel_button));
}

static void
on_measure_changed (FoveaLens *self)
{
  update_panels (self);
}

static void
on_opacity_changed (FoveaLens *self)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_opacity (fovea_lens_get_panel (self, side), gtk_range_get_value (self->opacity));
}

static void
on_channel_chosen (FoveaLens *self, guint channel)
{
  choose_neuron (self, self->layer, channel);
}

static void
on_channel_activated (FoveaLens *self, guint channel)
{
  g_signal_emit (self, signals[NEURON_ACTIVATED], 0, self->layer, channel);
}

/* Both networks are asked about the same place. */
static void
on_unit_pointed (FoveaLens *self, gint64 y, gint64 x)
{
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_point_at (fovea_lens_get_panel (self, side), y, x);
}

static void
on_recent_activated (FoveaLens *self, GtkListBoxRow *row)
{
  g_autoptr (FoveaLensImage) image = fovea_lens_image_ref (g_ptr_array_index (self->images, (guint) gtk_list_box_row_get_index (row)));

  gtk_popover_popdown (self->recent_popover);
  show_image (self, image);
}

static void
on_error_closed (FoveaLens *self)
{
  show_error (self, NULL);
}

static void
forget_layers (FoveaLens *self)
{
  self->updating = TRUE;
  gtk_drop_down_set_model (self->layer_chooser, NULL);
  g_clear_object (&self->layers);
  self->updating = FALSE;
}

static void
set_pair (FoveaLens *self, FoveaNetworkPair *pair)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  drop_job (&self->responding);
  self->is_stale = FALSE;
  forget_image (self);
  forget_surgery (self);
  g_set_object (&self->pair, pair);
  forget_layers (self);
  if (pair == NULL)
    return;
  self->layers = fovea_layers_of_pair (pair);
  for (guint i = 0; i < g_list_model_get_n_items (self->layers); i++)
    {
      g_autoptr (FoveaLayer) layer = g_list_model_get_item (self->layers, i);

      gtk_string_list_append (names, fovea_layer_get_name (layer));
    }
  self->updating = TRUE;
  gtk_drop_down_set_model (self->layer_chooser, G_LIST_MODEL (names));
  self->updating = FALSE;
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaNetwork *network = get_network (self, side);

      gtk_widget_set_visible (GTK_WIDGET (fovea_lens_get_panel (self, side)), network != NULL);
      if (network != NULL)
        fovea_lens_panel_set_name (fovea_lens_get_panel (self, side), fovea_network_get_name (network));
    }
  fovea_lens_attack_bar_set_pair (self->attack_bar, pair);
  update_whole (self);
}

static void
set_neuron (FoveaNeuronView *view, FoveaNetworkPair *pair, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaLens *self = FOVEA_LENS (view);

  if (pair == self->pair && g_strcmp0 (layer, self->layer) == 0 && memcmp (channels, self->channels, sizeof self->channels) == 0)
    return;
  if (pair != self->pair)
    set_pair (self, pair);
  if (pair == NULL)
    {
      update_actions (self);
      return;
    }
  if (layer != self->layer)
    {
      g_free (self->layer);
      self->layer = g_strdup (layer);
    }
  memcpy (self->channels, channels, sizeof self->channels);
  update_controls (self);
  update_responses (self);
}

/* Only what is on the screen is urgent. */
static void
set_active (FoveaNeuronView *view, gboolean active)
{
  FoveaLens *self = FOVEA_LENS (view);
  int priority = active ? FOVEA_JOB_PRIORITY_INTERACTIVE : FOVEA_JOB_PRIORITY_BACKGROUND;

  if (self->loading != NULL)
    fovea_queued_job_set_priority (self->loading, priority);
  if (self->responding != NULL)
    fovea_queued_job_set_priority (self->responding, priority);
}

static void
focus (FoveaNeuronView *view)
{
  FoveaLens *self = FOVEA_LENS (view);

  gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
implement_neuron_view (FoveaNeuronViewInterface *interface)
{
  interface->set_neuron = set_neuron;
  interface->set_active = set_active;
  interface->focus = focus;
  interface->take_picture = take_picture;
}

static gboolean
apply_side (gpointer data)
{
  FoveaLens *self = data;

  self->side_source = 0;
  gtk_orientable_set_orientation (self->panels, self->is_narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    fovea_lens_panel_set_picture_size (fovea_lens_get_panel (self, side), self->side);
  return G_SOURCE_REMOVE;
}

/* Pictures grow with the window; after the allocation, which must not ask for another one. */
static void
fovea_lens_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FoveaLens *self = FOVEA_LENS (widget);
  int side = CLAMP (MIN (width / FOVEA_N_SIDES - 30 - ROOM_BESIDE, height - ROOM_BELOW), MINIMUM_SIDE, MAXIMUM_SIDE);

  gtk_widget_allocate (gtk_widget_get_first_child (widget), width, height, baseline, NULL);
  if (side == self->side && (width < NARROW) == self->is_narrow)
    return;
  self->side = side;
  self->is_narrow = width < NARROW;
  if (self->side_source == 0)
    self->side_source = g_idle_add (apply_side, self);
}

static void
fovea_lens_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
fovea_lens_dispose (GObject *object)
{
  FoveaLens *self = FOVEA_LENS (object);
  GtkWidget *child;

  self->updating = TRUE;
  g_clear_handle_id (&self->patience_source, g_source_remove);
  g_clear_handle_id (&self->side_source, g_source_remove);
  drop_job (&self->loading);
  drop_job (&self->responding);
  g_cancellable_cancel (self->clipboard_cancellable);
  if (self->dialog != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->dialog));
  g_clear_object (&self->dialog);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_object (&self->pair);
  g_clear_object (&self->layers);
  g_clear_pointer (&self->image, fovea_lens_image_unref);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_clear_object (&self->seen[side]);
      g_clear_pointer (&self->attacks[side], fovea_lens_attack_unref);
      g_clear_pointer (&self->before[side], g_free);
      g_clear_pointer (&self->operated[side], fovea_network_unref);
    }
  G_OBJECT_CLASS (fovea_lens_parent_class)->dispose (object);
}

static void
fovea_lens_finalize (GObject *object)
{
  FoveaLens *self = FOVEA_LENS (object);

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      g_ptr_array_unref (self->responses[side]);
      g_ptr_array_unref (self->switched[side]);
    }
  g_ptr_array_unref (self->images);
  g_clear_object (&self->clipboard_cancellable);
  g_free (self->layer);
  g_free (self->verdict);
  G_OBJECT_CLASS (fovea_lens_parent_class)->finalize (object);
}

static void
fovea_lens_class_init (FoveaLensClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = fovea_lens_dispose;
  object_class->finalize = fovea_lens_finalize;
  widget_class->size_allocate = fovea_lens_size_allocate;
  widget_class->measure = fovea_lens_measure;

  signals[NEURON_CHOSEN] = g_signal_new ("neuron-chosen", FOVEA_TYPE_LENS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[NEURON_ACTIVATED] = g_signal_new ("neuron-activated", FOVEA_TYPE_LENS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);

  g_type_ensure (FOVEA_TYPE_IMAGE_VIEW);
  g_type_ensure (FOVEA_TYPE_LENS_ATTACK_BAR);
  g_type_ensure (FOVEA_TYPE_LENS_PANEL);
  g_type_ensure (FOVEA_TYPE_WRAP_BOX);
  gtk_widget_class_set_css_name (widget_class, "lens");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/lens.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, whole_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, whole);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, whole_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, title);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, facts);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, recent_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, recent_popover);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, recent);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, another_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, error_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, error_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, example_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, layer_chooser);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, channel_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, channel_adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, measure);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, opacity);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, off_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, surgery_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, surgery_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, keep_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, undo_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, attack_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, attack_bar);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, neuron_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, panels);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, standard_panel);
  gtk_widget_class_bind_template_child (widget_class, FoveaLens, robust_panel);

  gtk_widget_class_install_action (widget_class, "lens.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "lens.example", NULL, example_action);
  gtk_widget_class_install_action (widget_class, "lens.paste", NULL, paste_action);
  gtk_widget_class_install_action (widget_class, "lens.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "lens.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "lens.neuron", NULL, neuron_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "lens.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "lens.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "lens.copy", NULL);
}

static void
fovea_lens_init (FoveaLens *self)
{
  g_autoptr (GtkExpression) name = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  self->images = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_lens_image_unref);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      self->responses[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_response_unref);
      self->switched[side] = g_ptr_array_new_with_free_func (g_free);
      self->sources[side] = -1;
    }
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_expression (self->layer_chooser, name);
  fovea_lens_panel_set_side (self->robust_panel, FOVEA_SIDE_ROBUST);
  on_opacity_changed (self);

  g_signal_connect_object (self->error_bar, "response", G_CALLBACK (on_error_closed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->recent, "row-activated", G_CALLBACK (on_recent_activated), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layer_chooser, "notify::selected", G_CALLBACK (on_layer_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->channel_button, "value-changed", G_CALLBACK (on_channel_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->measure, "notify::selected", G_CALLBACK (on_measure_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->opacity, "value-changed", G_CALLBACK (on_opacity_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->off_button, "toggled", G_CALLBACK (on_off_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->keep_button, "toggled", G_CALLBACK (on_keep_toggled), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->undo_button, "clicked", G_CALLBACK (on_undo_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attack_button, "toggled", G_CALLBACK (start_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attack_bar, "changed", G_CALLBACK (on_attack_changed), self, G_CONNECT_SWAPPED);
  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    {
      FoveaLensPanel *panel = fovea_lens_get_panel (self, side);

      g_signal_connect_object (panel, "channel-chosen", G_CALLBACK (on_channel_chosen), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (panel, "channel-activated", G_CALLBACK (on_channel_activated), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (panel, "unit-pointed", G_CALLBACK (on_unit_pointed), self, G_CONNECT_SWAPPED);
    }
  update_actions (self);
}

/**
 * fovea_lens_new:
 *
 * Returns: (transfer floating): a Lens without an image
 */
GtkWidget *
fovea_lens_new (void)
{
  return g_object_new (FOVEA_TYPE_LENS, NULL);
}

/**
 * fovea_lens_set_queue:
 * @queue: where its jobs go, instead of the application's queue
 */
void
fovea_lens_set_queue (FoveaLens *self, FoveaJobQueue *queue)
{
  g_return_if_fail (FOVEA_IS_LENS (self));
  g_set_object (&self->queue, queue);
}

/**
 * fovea_lens_show_image:
 * @image: (transfer full): any image
 * @name: what it is called
 *
 * Shows an image that another view has.
 */
void
fovea_lens_show_image (FoveaLens *self, FoveaImage *image, const char *name)
{
  Loading *work;

  g_return_if_fail (FOVEA_IS_LENS (self) && image != NULL && name != NULL);
  work = g_new0 (Loading, 1);
  work->pixels = image;
  work->name = g_strdup (name);
  start_loading (self, work);
}

/**
 * fovea_lens_open_file:
 * @file: a PNG or JPEG file
 *
 * Reads it in the background; if that fails, the Lens says why, and keeps what it showed.
 */
void
fovea_lens_open_file (FoveaLens *self, GFile *file)
{
  Loading *work;

  g_return_if_fail (FOVEA_IS_LENS (self) && G_IS_FILE (file));
  work = g_new0 (Loading, 1);
  work->file = g_object_ref (file);
  start_loading (self, work);
}

/**
 * fovea_lens_choose_file:
 *
 * Asks for a file.
 */
void
fovea_lens_choose_file (FoveaLens *self)
{
  GtkRoot *root;
  g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();

  g_return_if_fail (FOVEA_IS_LENS (self));
  if (self->dialog != NULL)
    return;
  root = gtk_widget_get_root (GTK_WIDGET (self));
  self->dialog = gtk_file_chooser_native_new ("Open image", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->dialog), TRUE);
  gtk_file_filter_set_name (images, "PNG and JPEG images");
  gtk_file_filter_add_mime_type (images, "image/png");
  gtk_file_filter_add_mime_type (images, "image/jpeg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->dialog), images);
  g_signal_connect_swapped (self->dialog, "response", G_CALLBACK (on_dialog_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->dialog));
}

/**
 * fovea_lens_show_example:
 *
 * Shows an image of a set that Fovea brings along, each time the next one.
 */
void
fovea_lens_show_example (FoveaLens *self)
{
  g_return_if_fail (FOVEA_IS_LENS (self));
  fovea_lens_show_set_image (self, EXAMPLES, self->example++);
}

/**
 * fovea_lens_show_set_image:
 * @set: an image set's name or path
 * @index: which of its images; beyond the last it begins anew
 *
 * Shows an image of a set.
 */
void
fovea_lens_show_set_image (FoveaLens *self, const char *set, guint64 index)
{
  Loading *work;

  g_return_if_fail (FOVEA_IS_LENS (self) && set != NULL);
  work = g_new0 (Loading, 1);
  work->set = g_strdup (set);
  work->index = index;
  start_loading (self, work);
}

/**
 * fovea_lens_take_value:
 * @value: what was dropped or pasted: a #GdkFileList or a #GdkTexture
 * @name: what an image without a file is called
 *
 * Returns: whether there is something in it to open
 */
gboolean
fovea_lens_take_value (FoveaLens *self, const GValue *value, const char *name)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self) && G_IS_VALUE (value), FALSE);

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE) && g_value_get_object (value) != NULL)
    {
      Loading *work = g_new0 (Loading, 1);

      work->texture = g_value_dup_object (value);
      work->name = g_strdup (name);
      start_loading (self, work);
      return TRUE;
    }
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    {
      const GSList *files = g_value_get_boxed (value);

      if (files != NULL)
        fovea_lens_open_file (self, files->data);
      return files != NULL;
    }
  return FALSE;
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLens) self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value != NULL)
    fovea_lens_take_value (self, value, "Pasted image");
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, error->message);
}

static void
on_pasted_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLens) self = data;
  g_autoptr (GError) error = NULL;
  GMemoryOutputStream *stream = G_MEMORY_OUTPUT_STREAM (source);

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (stream), result, &error) >= 0)
    {
      Loading *work = g_new0 (Loading, 1);

      work->bytes = g_memory_output_stream_steal_as_bytes (stream);
      work->name = g_strdup ("Pasted image");
      start_loading (self, work);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, error->message);
}

static void
on_clipboard_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FoveaLens) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) input = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  if (input != NULL)
    g_output_stream_splice_async (output, input, G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT,
                                  self->clipboard_cancellable, on_pasted_bytes, g_object_ref (self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, error->message);
}

/**
 * fovea_lens_paste:
 *
 * Shows the clipboard's image: a copied file, a PNG or JPEG, or whatever the toolkit can read. Our own
 * decoder comes first, so that a pasted image gives the same numbers as its file.
 */
void
fovea_lens_paste (FoveaLens *self)
{
  static const char *types[] = { "image/png", "image/jpeg", NULL };
  GdkClipboard *clipboard;
  GdkContentFormats *formats;
  gboolean is_local;

  g_return_if_fail (FOVEA_IS_LENS (self));

  clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  formats = gdk_clipboard_get_formats (clipboard);
  is_local = gdk_clipboard_is_local (clipboard);
  g_cancellable_cancel (self->clipboard_cancellable);
  g_clear_object (&self->clipboard_cancellable);
  self->clipboard_cancellable = g_cancellable_new ();

  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) || gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, self->clipboard_cancellable, on_pasted, g_object_ref (self));
  else if (!is_local && (gdk_content_formats_contain_mime_type (formats, types[0]) || gdk_content_formats_contain_mime_type (formats, types[1])))
    gdk_clipboard_read_async (clipboard, types, G_PRIORITY_DEFAULT, self->clipboard_cancellable, on_clipboard_opened, g_object_ref (self));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) || !is_local)
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_TEXTURE, G_PRIORITY_DEFAULT, self->clipboard_cancellable, on_pasted, g_object_ref (self));
  else
    show_error (self, "There is no image in the clipboard");
}

/**
 * fovea_lens_get_image_name:
 *
 * Returns: (transfer none) (nullable): what is shown
 */
const char *
fovea_lens_get_image_name (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return self->image != NULL ? self->image->name : NULL;
}

/**
 * fovea_lens_get_verdict:
 *
 * Returns: (transfer none) (nullable): whether the networks agree, in words
 */
const char *
fovea_lens_get_verdict (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return self->verdict;
}

/**
 * fovea_lens_get_error:
 *
 * Returns: (transfer none) (nullable): what it says went wrong
 */
const char *
fovea_lens_get_error (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return gtk_info_bar_get_revealed (self->error_bar) ? gtk_label_get_label (self->error_label) : NULL;
}

/**
 * fovea_lens_is_busy:
 *
 * Returns: whether something is read or computed
 */
gboolean
fovea_lens_is_busy (FoveaLens *self)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), FALSE);
  return self->loading != NULL || self->responding != NULL;
}

/**
 * fovea_lens_get_panel:
 *
 * Returns: (transfer none): a network's half
 */
FoveaLensPanel *
fovea_lens_get_panel (FoveaLens *self, FoveaSide side)
{
  g_return_val_if_fail (FOVEA_IS_LENS (self), NULL);
  return side == FOVEA_SIDE_STANDARD ? self->standard_panel : self->robust_panel;
}
