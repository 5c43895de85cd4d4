/* Settings: their defaults, and that they are kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ui/config.h"
#include "ui/settings.h"

static void
test_schema_agrees (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (FOVEA_BUILD_SCHEMA_DIR, NULL, FALSE, &error);
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  g_autofree GParamSpec **specs = NULL;
  g_autoptr (GTypeClass) class = g_type_class_ref (FOVEA_TYPE_SETTINGS);
  guint n_specs;

  g_assert_no_error (error);
  schema = g_settings_schema_source_lookup (source, "org.fovea.Fovea", FALSE);
  g_assert_nonnull (schema);
  keys = g_settings_schema_list_keys (schema);
  specs = g_object_class_list_properties (G_OBJECT_CLASS (class), &n_specs);
  g_assert_cmpuint (g_strv_length (keys), ==, n_specs);

  for (guint i = 0; i < n_specs; i++)
    {
      g_autoptr (GSettingsSchemaKey) key = NULL;
      g_autoptr (GVariant) expected = NULL;
      const GValue *value = g_param_spec_get_default_value (specs[i]);

      g_assert_true (g_strv_contains ((const char *const *) keys, specs[i]->name));
      key = g_settings_schema_get_key (schema, specs[i]->name);
      expected = g_settings_schema_key_get_default_value (key);
      if (G_VALUE_HOLDS_STRING (value))
        g_assert_cmpstr (g_value_get_string (value), ==, g_variant_get_string (expected, NULL));
      else if (G_VALUE_HOLDS_INT (value))
        g_assert_cmpint (g_value_get_int (value), ==, g_variant_get_int32 (expected));
      else if (G_VALUE_HOLDS_DOUBLE (value))
        g_assert_cmpfloat (g_value_get_double (value), ==, g_variant_get_double (expected));
      else
        g_assert_cmpint (g_value_get_boolean (value), ==, g_variant_get_boolean (expected));
    }
}

static void
test_kept (void)
{
  FoveaSettings *settings = fovea_settings_new ();
  g_autofree char *layer = NULL;

  g_assert_cmpint (fovea_settings_get_int (settings, "tile-size"), ==, 72);
  fovea_settings_set_string (settings, "layer", "conv2");
  fovea_settings_set_int (settings, "channel", 17);
  fovea_settings_set_double (settings, "dissection-iou", 0.125);
  g_assert_finalize_object (settings);

  settings = fovea_settings_new ();
  layer = fovea_settings_get_string (settings, "layer");
  g_assert_cmpstr (layer, ==, "conv2");
  g_assert_cmpint (fovea_settings_get_int (settings, "channel"), ==, 17);
  g_assert_cmpfloat (fovea_settings_get_double (settings, "dissection-iou"), ==, 0.125);
  g_assert_finalize_object (settings);
}

int
main (int argc,
      char **argv)
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/schema-agrees", test_schema_agrees);
  g_test_add_func ("/settings/kept", test_kept);
  return g_test_run ();
}
