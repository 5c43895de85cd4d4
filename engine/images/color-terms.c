/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/color-terms.h"

#include "engine/images/textures/canvas.h"

typedef enum { BLACK, BLUE, BROWN, GREY, GREEN, ORANGE, PINK, PURPLE, RED, WHITE, YELLOW } Term;

/* In alphabetical order, as Broden lists them after Berlin and Kay. */
static const char *const names[FOVEA_N_COLOR_TERMS] = {
  "black", "blue", "brown", "grey", "green", "orange", "pink", "purple", "red", "white", "yellow",
};

/**
 * fovea_color_term_get_name:
 * @term: less than %FOVEA_N_COLOR_TERMS
 *
 * Returns: the English term
 */
const char *
fovea_color_term_get_name (guint term)
{
  g_return_val_if_fail (term < FOVEA_N_COLOR_TERMS, NULL);

  return names[term];
}

/* From sRGB to light, to 0.2 % of white, by a cubic in place of the power 2.4. */
static float
to_light (guint8 value)
{
  float c = (float) value / 255;

  return c * (c * (c * 0.305306011f + 0.682171111f) + 0.012522878f);
}

/* The cube root of a number from 0 to 1.1, by Newton's method. */
static float
cube_root (float x)
{
  float y = 0.25f + 0.85f * x;

  for (guint i = 0; i < 6; i++)
    y = (2 * y + x / (y * y)) / 3;
  return y;
}

static float
lab_curve (float t)
{
  return t > 0.008856f ? cube_root (t) : 7.787f * t + 0.137931f;
}

static Term
name_color (guint8 red,
            guint8 green,
            guint8 blue)
{
  float r = to_light (red), g = to_light (green), b = to_light (blue);
  float x = lab_curve ((0.4124f * r + 0.3576f * g + 0.1805f * b) / 0.9505f);
  float y = lab_curve (0.2126f * r + 0.7152f * g + 0.0722f * b);
  float z = lab_curve ((0.0193f * r + 0.1192f * g + 0.9505f * b) / 1.089f);
  float lightness = 116 * y - 16, along_a = 500 * (x - y), along_b = 200 * (y - z);
  float chroma = sqrtf (along_a * along_a + along_b * along_b), hue = 360 * angle_of (along_a, along_b);
  float least = lightness > 80 ? 8.0f : lightness > 25 ? 10.0f : 14.0f;

  if (hue < 0)
    hue += 360;
  if (lightness < 13 && chroma < 28)
    return BLACK;
  if (chroma < least)
    return lightness < 22 ? BLACK : lightness < 82 ? GREY : WHITE;
  if (hue >= 345 || hue < 10)
    return lightness >= 52 || chroma < 35 ? PINK : hue >= 345 && lightness < 38 ? PURPLE : RED;
  if (hue < 48)
    return lightness >= 64 && chroma < 60 ? PINK : chroma < 32 ? BROWN : RED;
  if (hue < 74)
    return lightness >= 55 && chroma >= 42 ? ORANGE : lightness >= 76 ? PINK : BROWN;
  if (hue < 108)
    return lightness >= 66 && chroma >= 26 ? YELLOW : lightness >= 82 ? WHITE : hue < 96 ? BROWN : GREEN;
  if (hue < 190)
    return GREEN;
  if (hue < 300 || (hue < 309 && lightness < 40))
    return BLUE;
  if (hue < 328)
    return PURPLE;
  return lightness >= 60 ? PINK : PURPLE;
}

/**
 * fovea_color_term_of:
 *
 * Names a colour by where it lies in CIELAB (D65): lightness L*, chroma C*, hue angle. The colour is
 * rounded to 32 levels a channel first, as in the tables learned from photographs (van de Weijer et
 * al., Learning color names for real-world applications, 2009).
 *
 * Without chroma (C* < 10, less for the lightest and more for the darkest): black below L* 22, white
 * from 82, grey between. With it, by hue in degrees: red to 48, orange to 74, yellow to 108, green to
 * 190, blue to 300 (deep blue to 309), purple to 345, red again. Within these, as Berlin and Kay's charts have it (Basic
 * Color Terms, 1969): what is orange or yellow and dark or dull is brown, what is red or purple and
 * light is pink.
 *
 * Any thread. The same on every machine.
 *
 * Returns: the term, less than %FOVEA_N_COLOR_TERMS
 */
guint
fovea_color_term_of (guint8 red,
                     guint8 green,
                     guint8 blue)
{
  static guint8 table[32 * 32 * 32];
  static gsize filled;

  if (g_once_init_enter (&filled))
    {
      for (guint i = 0; i < G_N_ELEMENTS (table); i++)
        table[i] = (guint8) name_color ((guint8) ((i >> 10) * 8 + 4), (guint8) ((i >> 5 & 31) * 8 + 4), (guint8) ((i & 31) * 8 + 4));
      g_once_init_leave (&filled, 1);
    }
  return table[(guint) (red >> 3) << 10 | (guint) (green >> 3) << 5 | blue >> 3];
}
