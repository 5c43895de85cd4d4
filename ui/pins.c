/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/pins.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/json.h"
#include "engine/locations.h"
#include "engine/read-file.h"

#define MAXIMUM_SIZE (1024 * 1024)

struct _FoveaPins {
  GObject parent_instance;

  char *path;
  char *pair_name;
  GPtrArray *pins; /* (element-type FoveaPin) */
  char *error;     /* nullable: why the last change was not kept */
};

G_DEFINE_FINAL_TYPE (FoveaPins, fovea_pins, G_TYPE_OBJECT)

static guint changed_signal;

static void
free_pin (gpointer data)
{
  FoveaPin *pin = data;

  g_free (pin->layer);
  g_free (pin->label);
  g_free (pin);
}

static void
fovea_pins_finalize (GObject *object)
{
  FoveaPins *self = FOVEA_PINS (object);

  g_free (self->path);
  g_free (self->pair_name);
  g_free (self->error);
  g_ptr_array_unref (self->pins);
  G_OBJECT_CLASS (fovea_pins_parent_class)->finalize (object);
}

static void
fovea_pins_class_init (FoveaPinsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = fovea_pins_finalize;
  changed_signal = g_signal_new ("changed", FOVEA_TYPE_PINS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
fovea_pins_init (FoveaPins *self)
{
  self->pins = g_ptr_array_new_with_free_func (free_pin);
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

static gboolean
get_channel (JsonObject *object, const char *name, guint *channel)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64 ||
      json_node_get_int (node) < 0 || json_node_get_int (node) > G_MAXINT32)
    return FALSE;
  *channel = (guint) json_node_get_int (node);
  return TRUE;
}

/* Takes the pins that can be understood. Returns: whether that were all */
static gboolean
take_pins (FoveaPins *self, JsonNode *root)
{
  JsonNode *list = JSON_NODE_HOLDS_OBJECT (root) ? json_object_get_member (json_node_get_object (root), "pins") : NULL;
  JsonArray *array = list != NULL && JSON_NODE_HOLDS_ARRAY (list) ? json_node_get_array (list) : NULL;
  gboolean whole = array != NULL && json_array_get_length (array) <= FOVEA_PINS_MAXIMUM;

  for (guint i = 0; array != NULL && i < MIN (json_array_get_length (array), FOVEA_PINS_MAXIMUM); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *layer = object != NULL ? get_text (object, "layer") : NULL;
      const char *label = object != NULL ? get_text (object, "label") : NULL;
      guint channels[FOVEA_N_SIDES];

      if (layer == NULL || !get_channel (object, "standard", &channels[0]) || !get_channel (object, "robust", &channels[1]))
        {
          whole = FALSE;
          continue;
        }
      if (fovea_pins_find (self, layer, channels) < 0)
        {
          FoveaPin *pin = g_new0 (FoveaPin, 1);

          pin->layer = g_strdup (layer);
          memcpy (pin->channels, channels, sizeof pin->channels);
          pin->label = g_strdup (label != NULL ? label : "");
          g_ptr_array_add (self->pins, pin);
        }
    }
  return whole;
}

/* What cannot be understood is put aside, so that the next change does not destroy it. */
static void
read_pins (FoveaPins *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *aside = NULL;
  gconstpointer data;
  gsize size;

  if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    return;
  bytes = fovea_read_file (self->path, MAXIMUM_SIZE, NULL);
  data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  root = data != NULL ? fovea_json_parse (data, size, NULL) : NULL;
  if (root != NULL && take_pins (self, root))
    return;
  aside = g_strconcat (self->path, ".unreadable", NULL);
  g_rename (self->path, aside);
}

static void
write_pins (FoveaPins *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GError) error = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "pair");
  json_builder_add_string_value (builder, self->pair_name);
  json_builder_set_member_name (builder, "pins");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->pins->len; i++)
    {
      const FoveaPin *pin = self->pins->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "layer");
      json_builder_add_string_value (builder, pin->layer);
      json_builder_set_member_name (builder, "standard");
      json_builder_add_int_value (builder, pin->channels[FOVEA_SIDE_STANDARD]);
      json_builder_set_member_name (builder, "robust");
      json_builder_add_int_value (builder, pin->channels[FOVEA_SIDE_ROBUST]);
      json_builder_set_member_name (builder, "label");
      json_builder_add_string_value (builder, pin->label);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);

  g_clear_pointer (&self->error, g_free);
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error))
    self->error = g_strdup_printf ("Pins are not kept: %s", error->message);
  g_signal_emit (self, changed_signal, 0);
}

/* One file for each two networks, whatever they are called. */
static char *
find_path (FoveaNetworkPair *pair)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name = NULL;

  for (guint side = 0; side < FOVEA_N_SIDES; side++)
    if (fovea_network_pair_has_side (pair, side))
      g_checksum_update (checksum, (const guchar *) fovea_network_get_fingerprint (fovea_network_pair_get_network (pair, side)), -1);
  name = g_strdup_printf ("pins/%s.json", g_checksum_get_string (checksum));
  return fovea_locations_get_user_data (name);
}

/**
 * fovea_pins_get:
 *
 * Returns: (transfer none): the pins of @pair, the same for as long as it lives
 */
FoveaPins *
fovea_pins_get (FoveaNetworkPair *pair)
{
  FoveaPins *self = g_object_get_data (G_OBJECT (pair), "fovea-pins");

  if (self == NULL)
    {
      self = g_object_new (FOVEA_TYPE_PINS, NULL);
      self->path = find_path (pair);
      self->pair_name = g_strdup (fovea_network_pair_get_name (pair));
      read_pins (self);
      g_object_set_data_full (G_OBJECT (pair), "fovea-pins", self, g_object_unref);
    }
  return self;
}

/**
 * fovea_pins_get_n:
 *
 * Returns: how many there are
 */
guint
fovea_pins_get_n (FoveaPins *self)
{
  return self->pins->len;
}

/**
 * fovea_pins_get_pin:
 *
 * Returns: (transfer none): one of them, valid until the next change
 */
const FoveaPin *
fovea_pins_get_pin (FoveaPins *self, guint index)
{
  g_return_val_if_fail (index < self->pins->len, NULL);
  return self->pins->pdata[index];
}

/**
 * fovea_pins_get_error:
 *
 * Returns: (transfer none) (nullable): why the last change will not be there the next time
 */
const char *
fovea_pins_get_error (FoveaPins *self)
{
  return self->error;
}

/**
 * fovea_pins_find:
 *
 * Returns: which pin that is; -1 if it is none
 */
int
fovea_pins_find (FoveaPins *self, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  for (guint i = 0; i < self->pins->len; i++)
    {
      const FoveaPin *pin = self->pins->pdata[i];

      if (g_str_equal (pin->layer, layer) && memcmp (pin->channels, channels, sizeof pin->channels) == 0)
        return (int) i;
    }
  return -1;
}

/**
 * fovea_pins_add:
 *
 * Returns: whether it is pinned now; not where there are %FOVEA_PINS_MAXIMUM already
 */
gboolean
fovea_pins_add (FoveaPins *self, const char *layer, const guint channels[FOVEA_N_SIDES])
{
  FoveaPin *pin;

  if (fovea_pins_find (self, layer, channels) >= 0)
    return TRUE;
  if (self->pins->len >= FOVEA_PINS_MAXIMUM)
    return FALSE;
  pin = g_new0 (FoveaPin, 1);
  pin->layer = g_strdup (layer);
  memcpy (pin->channels, channels, sizeof pin->channels);
  pin->label = g_strdup ("");
  g_ptr_array_add (self->pins, pin);
  write_pins (self);
  return TRUE;
}

/**
 * fovea_pins_remove:
 * @index: a pin
 */
void
fovea_pins_remove (FoveaPins *self, guint index)
{
  g_return_if_fail (index < self->pins->len);
  g_ptr_array_remove_index (self->pins, index);
  write_pins (self);
}

/**
 * fovea_pins_move:
 * @from: a pin
 * @to: where it is to stand
 */
void
fovea_pins_move (FoveaPins *self, guint from, guint to)
{
  g_return_if_fail (from < self->pins->len && to < self->pins->len);
  g_ptr_array_insert (self->pins, (int) to, g_ptr_array_steal_index (self->pins, from));
  write_pins (self);
}

/**
 * fovea_pins_rename:
 * @index: a pin
 * @label: what it is to be called; empty is by its address
 */
void
fovea_pins_rename (FoveaPins *self, guint index, const char *label)
{
  FoveaPin *pin;

  g_return_if_fail (index < self->pins->len);
  pin = self->pins->pdata[index];
  if (g_str_equal (pin->label, label))
    return;
  g_free (pin->label);
  pin->label = g_strdup (label);
  write_pins (self);
}
