/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cue-page.h"

#include <adwaita.h>

#include "ui/cue-words.h"
#include "ui/sentence.h"

struct _FoveaCuePage
{
  GtkWidget parent_instance;

  GtkStack *stack;
  AdwStatusPage *message;
  GtkWidget *compute_button;
  GtkLabel *progress_label;
  GtkProgressBar *progress_bar;

  char *question;
  char *kept;
};

G_DEFINE_FINAL_TYPE (FoveaCuePage, fovea_cue_page, GTK_TYPE_WIDGET)

enum
{
  PROPERTY_QUESTION = 1,
  PROPERTY_KEPT,
  PROPERTY_CHILD,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
show_message (FoveaCuePage *self, const char *icon, const char *title, const char *description)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->message, icon);
  adw_status_page_set_title (self->message, title);
  adw_status_page_set_description (self->message, escaped);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static void
show_failure (FoveaCuePage *self, const char *error)
{
  g_autofree char *text = fovea_sentence_from_error (error);

  show_message (self, "dialog-warning-symbolic", "These Images Cannot Be Used", text);
  gtk_widget_set_visible (self->compute_button, FALSE);
}

static void
show_offer (FoveaCuePage *self, const FoveaCueStatus *status)
{
  g_autofree char *text = fovea_cue_words_offer (status, self->kept);

  show_message (self, "image-x-generic-symbolic", status->stopped ? "Stopped" : self->question, text);
  gtk_widget_set_visible (self->compute_button, TRUE);
}

static void
show_progress (FoveaCuePage *self, const FoveaCueStatus *status)
{
  g_autofree char *text = fovea_cue_words_progress (status);

  gtk_label_set_label (self->progress_label, text);
  gtk_progress_bar_set_fraction (self->progress_bar, fovea_cue_words_get_fraction (status));
  gtk_stack_set_visible_child_name (self->stack, "progress");
}

static void
fovea_cue_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FoveaCuePage *self = FOVEA_CUE_PAGE (object);

  switch (id)
    {
    case PROPERTY_QUESTION:
      self->question = g_value_dup_string (value);
      break;
    case PROPERTY_KEPT:
      self->kept = g_value_dup_string (value);
      break;
    case PROPERTY_CHILD:
      gtk_stack_add_named (self->stack, g_value_get_object (value), "results");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fovea_cue_page_dispose (GObject *object)
{
  FoveaCuePage *self = FOVEA_CUE_PAGE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (fovea_cue_page_parent_class)->dispose (object);
}

static void
fovea_cue_page_finalize (GObject *object)
{
  FoveaCuePage *self = FOVEA_CUE_PAGE (object);

  g_free (self->question);
  g_free (self->kept);
  G_OBJECT_CLASS (fovea_cue_page_parent_class)->finalize (object);
}

static void
fovea_cue_page_class_init (FoveaCuePageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const GParamFlags once = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = fovea_cue_page_set_property;
  object_class->dispose = fovea_cue_page_dispose;
  object_class->finalize = fovea_cue_page_finalize;

  properties[PROPERTY_QUESTION] = g_param_spec_string ("question", NULL, NULL, NULL, once);
  properties[PROPERTY_KEPT] = g_param_spec_string ("kept", NULL, NULL, NULL, once);
  properties[PROPERTY_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/fovea/Fovea/cue-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaCuePage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaCuePage, message);
  gtk_widget_class_bind_template_child (widget_class, FoveaCuePage, compute_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaCuePage, progress_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaCuePage, progress_bar);
}

static void
fovea_cue_page_init (FoveaCuePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_cue_page_show_status:
 * @status: how it stands
 *
 * Shows the results where they are there, otherwise what is to be done, or is being done, or why nothing can be.
 */
void
fovea_cue_page_show_status (FoveaCuePage *self, const FoveaCueStatus *status)
{
  g_return_if_fail (FOVEA_IS_CUE_PAGE (self) && status != NULL);

  switch (status->state)
    {
    case FOVEA_CUE_LOOKING:
      gtk_stack_set_visible_child_name (self->stack, "waiting");
      break;
    case FOVEA_CUE_FAILED:
      show_failure (self, status->error);
      break;
    case FOVEA_CUE_MISSING:
      show_offer (self, status);
      break;
    case FOVEA_CUE_COMPUTING:
      show_progress (self, status);
      break;
    case FOVEA_CUE_DONE:
      fovea_cue_page_show_results (self);
      break;
    }
}

/**
 * fovea_cue_page_show_results:
 *
 * Shows what is there while something is still missing.
 */
void
fovea_cue_page_show_results (FoveaCuePage *self)
{
  g_return_if_fail (FOVEA_IS_CUE_PAGE (self));
  gtk_stack_set_visible_child_name (self->stack, "results");
}

/**
 * fovea_cue_page_get_shown:
 *
 * Returns: (transfer none): what is shown: `waiting`, `message`, `progress` or `results`
 */
const char *
fovea_cue_page_get_shown (FoveaCuePage *self)
{
  g_return_val_if_fail (FOVEA_IS_CUE_PAGE (self), NULL);
  return gtk_stack_get_visible_child_name (self->stack);
}
