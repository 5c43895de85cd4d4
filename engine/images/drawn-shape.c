/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/drawn-shape.h"

#include "engine/images/textures/canvas.h"

#define SIZE FOVEA_DRAWN_SHAPE_SIZE

typedef enum { BALL, BRICK, CONE, CROSS, DIAMOND, HEART, LEAF, MOON, RING, STAR, N_SHAPES } Shape;

static const char *const names[N_SHAPES] = { "ball", "block", "triangle", "cross", "diamond", "heart", "leaf", "crescent", "ring", "star" };

guint
fovea_drawn_shape_get_n_shapes (void)
{
  return N_SHAPES;
}

/**
 * fovea_drawn_shape_get_name:
 *
 * Returns: what the shape is
 */
const char *
fovea_drawn_shape_get_name (guint shape)
{
  g_return_val_if_fail (shape < N_SHAPES, NULL);

  return names[shape];
}

/* The distance from (@x, @y), in [-1, 1], into the shape: negative outside. */
static float
depth_at (Shape shape,
          float x,
          float y)
{
  float ax = magnitude (x), ay = magnitude (y), distance = sqrtf (x * x + y * y);

  switch (shape)
    {
    case BALL:
      return 0.92f - distance;
    case BRICK:
      return lowest (0.8f - ax, 0.8f - ay);
    case CONE:
      return lowest ((0.95f + y - 2.0f * ax) * 0.447f, 0.85f - y);
    case CROSS:
      return highest (lowest (0.3f - ax, 0.9f - ay), lowest (0.9f - ax, 0.3f - ay));
    case DIAMOND:
      return (0.95f - ax * 1.35f - ay) * 0.6f;
    case HEART:
      {
        float up = 0.25f - y + 0.55f * sqrtf (ax);

        return (0.85f - sqrtf (x * x * 1.25f + (up - 0.12f) * (up - 0.12f))) * 0.8f;
      }
    case LEAF:
      {
        float half = 0.45f * (1 - y * y) * (1.1f + 0.4f * y);

        return lowest (half - ax, 0.95f - ay);
      }
    case MOON:
      {
        float dx = x - 0.38f, bite = sqrtf (dx * dx + y * y);

        return lowest (0.92f - distance, bite - 0.72f);
      }
    case RING:
      return 0.27f - magnitude (distance - 0.63f);
    case STAR:
      {
        float turns = fraction (angle_of (x, -y) * 5 + 0.25f) - 0.5f, tip = magnitude (turns);

        return (0.95f * (0.40f + 0.60f * 2 * tip * (0.35f + 0.65f * 2 * tip)) - distance) * 0.6f;
      }
    default:
      g_assert_not_reached ();
    }
}

/**
 * fovea_drawn_shape_draw:
 * @color: one of several, for any number
 * @rgba: (out caller-allocates): %FOVEA_DRAWN_SHAPE_SIZE squared × 4 bytes, not multiplied by alpha
 *
 * Draws the shape as of painted wood, rounded at its rim and lit from the upper left. The same on
 * every machine; any thread.
 */
void
fovea_drawn_shape_draw (guint shape,
                        guint color,
                        guint8 *rgba)
{
  static const FoveaColor paints[] = {
    { 0.80f, 0.16f, 0.14f }, { 0.95f, 0.75f, 0.15f }, { 0.15f, 0.45f, 0.75f }, { 0.25f, 0.60f, 0.30f }, { 0.90f, 0.45f, 0.12f }, { 0.50f, 0.28f, 0.60f }, { 0.90f, 0.55f, 0.65f },
  };
  const FoveaColor paint = paints[color % G_N_ELEMENTS (paints)];
  const float rim = 0.22f;

  g_return_if_fail (shape < N_SHAPES);

  for (guint py = 0; py < SIZE; py++)
    for (guint px = 0; px < SIZE; px++)
      {
        float x = ((float) px + 0.5f) / (SIZE / 2) - 1, y = ((float) py + 0.5f) / (SIZE / 2) - 1, step = 0.01f;
        float depth = depth_at (shape, x, y);
        float slope_x = depth_at (shape, x + step, y) - depth_at (shape, x - step, y), slope_y = depth_at (shape, x, y + step) - depth_at (shape, x, y - step);
        float tilt = highest (1 - saturate (depth / rim), 0) / (2 * step);
        float toward = 0.55f * slope_x * tilt + 0.7f * slope_y * tilt;
        float grain = 0.05f * noise (x * 3, y * 17, shape * 77 + color);
        float light = 0.86f - 0.42f * -toward + grain;
        float shine = toward > 0.55f ? (toward - 0.55f) * 0.8f : 0.0f;
        guint8 *to = rgba + 4 * ((gsize) py * SIZE + px);

        to[0] = (guint8) (saturate (paint.r * light + shine) * 255 + 0.5f);
        to[1] = (guint8) (saturate (paint.g * light + shine) * 255 + 0.5f);
        to[2] = (guint8) (saturate (paint.b * light + shine) * 255 + 0.5f);
        to[3] = (guint8) (saturate (depth * SIZE / 2 + 0.5f) * 255 + 0.5f);
      }
}
