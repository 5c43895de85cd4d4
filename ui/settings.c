/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/settings.h"

#include "engine/parallel.h"
#include "ui/config.h"

#define SCHEMA "org.fovea.Fovea"

enum {
  PROP_0,
  PROP_PAIR,
  PROP_LAYER,
  PROP_CHANNEL,
  PROP_PAGE,
  PROP_TAB,
  PROP_SORT,
  PROP_SORT_NETWORK,
  PROP_SORT_REVERSED,
  PROP_FILTER_DEAD,
  PROP_FILTER_DETECTS,
  PROP_FILTER_PREFERS,
  PROP_FILTER_NETWORK,
  PROP_TILES,
  PROP_TILE_SIZE,
  PROP_COLOR_SCHEME,
  PROP_THREADS,
  PROP_VISUALIZATION,
  PROP_COUNTERPART,
  PROP_IMAGE_SET,
  PROP_IMAGE_FOLDERS,
  PROP_PATCHES_SEVERAL,
  PROP_PATCHES_MAP,
  PROP_LENS_MAP,
  PROP_LENS_MEASURE,
  PROP_SMOOTHNESS_NOISE,
  PROP_CONCEPT_SET,
  PROP_CONCEPT_FOLDERS,
  PROP_DISSECTION_QUANTILE,
  PROP_DISSECTION_IOU,
  PROP_SHIFT_COUNTERPART,
  PROP_CUE_SET,
  PROP_CUE_FOLDERS,
  PROP_OBSERVERS,
  PROP_TRIAL_FILES,
  PROP_WINDOW_WIDTH,
  PROP_WINDOW_HEIGHT,
  PROP_WINDOW_MAXIMIZED,
  N_PROPERTIES,
};

struct _FoveaSettings {
  GObject parent_instance;

  GSettings *settings; /* NULL where the schema was not found */
  GValue values[N_PROPERTIES];
};

G_DEFINE_FINAL_TYPE (FoveaSettings, fovea_settings, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
fovea_settings_get_property (GObject *object,
                             guint id,
                             GValue *value,
                             GParamSpec *spec)
{
  FoveaSettings *self = FOVEA_SETTINGS (object);

  g_value_copy (&self->values[id], value);
}

static void
fovea_settings_set_property (GObject *object,
                             guint id,
                             const GValue *value,
                             GParamSpec *spec)
{
  FoveaSettings *self = FOVEA_SETTINGS (object);

  if (g_param_values_cmp (spec, value, &self->values[id]) == 0)
    return;
  g_value_copy (value, &self->values[id]);
  g_object_notify_by_pspec (object, spec);
}

static void
fovea_settings_finalize (GObject *object)
{
  FoveaSettings *self = FOVEA_SETTINGS (object);

  for (guint id = 1; id < N_PROPERTIES; id++)
    g_value_unset (&self->values[id]);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (fovea_settings_parent_class)->finalize (object);
}

static void
fovea_settings_class_init (FoveaSettingsClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = fovea_settings_get_property;
  object_class->set_property = fovea_settings_set_property;
  object_class->finalize = fovea_settings_finalize;

  /* The defaults are the schema's; a test compares them. */
  properties[PROP_PAIR] = g_param_spec_string ("pair", NULL, NULL, "", flags);
  properties[PROP_LAYER] = g_param_spec_string ("layer", NULL, NULL, "", flags);
  properties[PROP_CHANNEL] = g_param_spec_int ("channel", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, "grid", flags);
  properties[PROP_TAB] = g_param_spec_string ("tab", NULL, NULL, "visualization", flags);
  properties[PROP_SORT] = g_param_spec_string ("sort", NULL, NULL, "index", flags);
  properties[PROP_SORT_NETWORK] = g_param_spec_string ("sort-network", NULL, NULL, "standard", flags);
  properties[PROP_SORT_REVERSED] = g_param_spec_boolean ("sort-reversed", NULL, NULL, FALSE, flags);
  properties[PROP_FILTER_DEAD] = g_param_spec_string ("filter-dead", NULL, NULL, "shown", flags);
  properties[PROP_FILTER_DETECTS] = g_param_spec_string ("filter-detects", NULL, NULL, "", flags);
  properties[PROP_FILTER_PREFERS] = g_param_spec_string ("filter-prefers", NULL, NULL, "any", flags);
  properties[PROP_FILTER_NETWORK] = g_param_spec_string ("filter-network", NULL, NULL, "either", flags);
  properties[PROP_TILES] = g_param_spec_string ("tiles", NULL, NULL, "visualization", flags);
  properties[PROP_TILE_SIZE] = g_param_spec_int ("tile-size", NULL, NULL, FOVEA_TILE_SIZE_MINIMUM, FOVEA_TILE_SIZE_MAXIMUM, 72, flags);
  properties[PROP_COLOR_SCHEME] = g_param_spec_string ("color-scheme", NULL, NULL, "system", flags);
  properties[PROP_THREADS] = g_param_spec_int ("threads", NULL, NULL, 0, FOVEA_PARALLEL_MAX_THREADS, 0, flags);
  properties[PROP_VISUALIZATION] = g_param_spec_string ("visualization", NULL, NULL, "", flags);
  properties[PROP_COUNTERPART] = g_param_spec_string ("counterpart", NULL, NULL, "same", flags);
  properties[PROP_IMAGE_SET] = g_param_spec_string ("image-set", NULL, NULL, "scenes", flags);
  properties[PROP_IMAGE_FOLDERS] = g_param_spec_string ("image-folders", NULL, NULL, "", flags);
  properties[PROP_PATCHES_SEVERAL] = g_param_spec_boolean ("patches-several", NULL, NULL, FALSE, flags);
  properties[PROP_PATCHES_MAP] = g_param_spec_double ("patches-map", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_LENS_MAP] = g_param_spec_double ("lens-map", NULL, NULL, 0, 1, 0.6, flags);
  properties[PROP_LENS_MEASURE] = g_param_spec_string ("lens-measure", NULL, NULL, "peak", flags);
  properties[PROP_SMOOTHNESS_NOISE] = g_param_spec_double ("smoothness-noise", NULL, NULL, 0.01, 1, 0.1, flags);
  properties[PROP_CONCEPT_SET] = g_param_spec_string ("concept-set", NULL, NULL, "scenes", flags);
  properties[PROP_CONCEPT_FOLDERS] = g_param_spec_string ("concept-folders", NULL, NULL, "", flags);
  properties[PROP_DISSECTION_QUANTILE] = g_param_spec_double ("dissection-quantile", NULL, NULL, 0, 1, 0.005, flags);
  properties[PROP_DISSECTION_IOU] = g_param_spec_double ("dissection-iou", NULL, NULL, 0, 1, 0.04, flags);
  properties[PROP_SHIFT_COUNTERPART] = g_param_spec_string ("shift-counterpart", NULL, NULL, "same", flags);
  properties[PROP_CUE_SET] = g_param_spec_string ("cue-set", NULL, NULL, "cue-conflict", flags);
  properties[PROP_CUE_FOLDERS] = g_param_spec_string ("cue-folders", NULL, NULL, "", flags);
  properties[PROP_OBSERVERS] = g_param_spec_string ("observers", NULL, NULL, "people", flags);
  properties[PROP_TRIAL_FILES] = g_param_spec_string ("trial-files", NULL, NULL, "", flags);
  properties[PROP_WINDOW_WIDTH] = g_param_spec_int ("window-width", NULL, NULL, 1, 32767, 1180, flags);
  properties[PROP_WINDOW_HEIGHT] = g_param_spec_int ("window-height", NULL, NULL, 1, 32767, 760, flags);
  properties[PROP_WINDOW_MAXIMIZED] = g_param_spec_boolean ("window-maximized", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

/* The installed schema; else the build's, so that the program runs from where it was built. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) built = NULL;
  GSettingsSchema *schema = NULL;

  if (installed != NULL)
    schema = g_settings_schema_source_lookup (installed, SCHEMA, TRUE);
  if (schema != NULL)
    return schema;
  built = g_settings_schema_source_new_from_directory (FOVEA_BUILD_SCHEMA_DIR, installed, FALSE, NULL);
  return built != NULL ? g_settings_schema_source_lookup (built, SCHEMA, FALSE) : NULL;
}

static void
fovea_settings_init (FoveaSettings *self)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  for (guint id = 1; id < N_PROPERTIES; id++)
    {
      g_value_init (&self->values[id], properties[id]->value_type);
      g_param_value_set_default (properties[id], &self->values[id]);
    }
  if (schema == NULL)
    {
      g_info ("the settings schema %s is not installed: settings will not be kept", SCHEMA);
      return;
    }

  self->settings = g_settings_new_full (schema, NULL, NULL);
  for (guint id = 1; id < N_PROPERTIES; id++)
    if (g_settings_schema_has_key (schema, properties[id]->name))
      g_settings_bind (self->settings, properties[id]->name, self, properties[id]->name, G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
}

/**
 * fovea_settings_new:
 *
 * Returns: (transfer full): the settings as they were kept
 */
FoveaSettings *
fovea_settings_new (void)
{
  return g_object_new (FOVEA_TYPE_SETTINGS, NULL);
}

/**
 * fovea_settings_get_string:
 * @self: settings
 * @property: name of a property that is a string
 *
 * Returns: (transfer full): its value, never %NULL
 */
char *
fovea_settings_get_string (FoveaSettings *self,
                           const char *property)
{
  char *value = NULL;

  g_object_get (self, property, &value, NULL);
  return value != NULL ? value : g_strdup ("");
}

/**
 * fovea_settings_get_int:
 * @self: settings
 * @property: name of a property that is an integer
 *
 * Returns: its value
 */
int
fovea_settings_get_int (FoveaSettings *self,
                        const char *property)
{
  int value = 0;

  g_object_get (self, property, &value, NULL);
  return value;
}

/**
 * fovea_settings_get_double:
 * @self: settings
 * @property: name of a property that is a number
 *
 * Returns: its value
 */
double
fovea_settings_get_double (FoveaSettings *self,
                           const char *property)
{
  double value = 0;

  g_object_get (self, property, &value, NULL);
  return value;
}

/**
 * fovea_settings_set_string:
 * @self: settings
 * @property: name of a property that is a string
 * @value: the new value
 */
void
fovea_settings_set_string (FoveaSettings *self,
                           const char *property,
                           const char *value)
{
  g_object_set (self, property, value, NULL);
}

/**
 * fovea_settings_set_int:
 * @self: settings
 * @property: name of a property that is an integer
 * @value: the new value; must be in the property's range
 */
void
fovea_settings_set_int (FoveaSettings *self,
                        const char *property,
                        int value)
{
  g_object_set (self, property, value, NULL);
}

/**
 * fovea_settings_set_double:
 * @self: settings
 * @property: name of a property that is a number
 * @value: the new value; must be in the property's range
 */
void
fovea_settings_set_double (FoveaSettings *self,
                           const char *property,
                           double value)
{
  g_object_set (self, property, value, NULL);
}
