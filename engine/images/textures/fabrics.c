/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/textures/draw.h"

/* What is woven, knitted, plaited, folded, netted. */

/* The height of a round thread of half width @radius at @distance from its middle. */
FOVEA_INLINE float
thread (float distance,
        float radius)
{
  float t = distance / radius;

  return sqrtf (highest (1 - t * t, 0.0f));
}

FOVEA_DRAWS void
fovea_draw_woven (FoveaCanvas *canvas)
{
  static const FoveaPalette canes[] = {
    { 0xc99b5c, 0x8a5c2c, 0xe2c28c }, { 0xa87842, 0x5f3d1c, 0xc9a06a }, { 0xd8c49a, 0xa18657, 0xeee0c0 },
    { 0x6a4a32, 0x382418, 0x8f6a4a }, { 0xb9a88c, 0x7d6c52, 0xd8cbb2 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, canes, G_N_ELEMENTS (canes));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.2f, v = canvas->v[i] * 2.2f;
      int x = floor_to_int (u), y = floor_to_int (v);
      gboolean across = ((x + y) & 1) != 0;
      float fx = u - (float) x - 0.5f, fy = v - (float) y - 0.5f;
      float side = across ? fy : fx, along = across ? fx : fy;
      float lengthwise = across ? u : v;
      int strand = across ? y : x;
      float round = thread (side, 0.47f);
      float arch = 1 - 3.2f * along * along;
      float height = round * (0.4f + 0.6f * arch);
      float fiber = noise (lengthwise * 0.8f + 31 * chance_at (strand, across, seed), side * 14 + (float) strand * 7.3f, seed + 1);
      float tone = chance_at (strand, across + 2, seed);

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, tone), colors.b, saturate (0.3f + 0.5f * fiber)),
                                0.35f + 0.65f * saturate (height * 1.5f));
      canvas->relief[i] = 0.26f * height + 0.012f * fiber;
    }
  canvas->gloss = 0.25f;
}

FOVEA_DRAWS void
fovea_draw_knitted (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);
  float rows = canvas_draw (canvas, 0, 1) < 0.4f ? 0.0f : canvas_draw (canvas, 3, 9);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.6f, v = canvas->v[i] * 2.9f;
      int column = floor_to_int (u);
      float x = u - (float) column - 0.5f, side = magnitude (x);
      float y = v + side * 1.3f + 0.06f * noise (u, v, seed);
      int row = floor_to_int (y);
      float fy = y - (float) row - 0.5f, fx = (side - 0.25f) / 0.27f;
      float round = sqrtf (highest (1 - fx * fx - 2.4f * fy * fy, 0.0f));
      float yarn = noise ((side - 0.25f) * 22 + y * 6, y * 2, seed + (guint32) column);
      float fuzz = noise (u * 9, v * 9, seed + 5);
      gboolean stripe = rows > 0 && (int) ((float) ((row % 1000) + 1000) / rows) % 2 == 0;

      canvas->color[i] = shade (stripe ? colors.b : colors.a, 0.30f + 0.62f * round + 0.1f * yarn + 0.08f * fuzz);
      canvas->relief[i] = 0.2f * round + 0.025f * yarn + 0.012f * fuzz;
    }
  canvas->gloss = 0.0f;
}

FOVEA_DRAWS void
fovea_draw_pleated (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.3f, v = canvas->v[i];
      float x = u + 0.28f * noise (u * 0.5f, v * 0.16f, seed) + 0.05f * noise (u * 1.7f, v * 0.5f, seed + 1);
      float fold = fraction (x);
      float profile = fold < 0.72f ? 0.5f - 0.5f * wave (fold / 1.44f + 0.25f) : 0.5f + 0.5f * wave ((fold - 0.72f) / 0.56f + 0.25f);
      float weave = noise (u * 30, v * 8, seed + 2);

      canvas->color[i] = shade (mix (colors.a, colors.b, 0.12f * profile), 0.45f + 0.6f * profile + 0.04f * weave);
      canvas->relief[i] = 0.22f * profile + 0.006f * weave;
    }
  canvas->gloss = 0.2f;
}

FOVEA_DRAWS void
fovea_draw_braided (FoveaCanvas *canvas)
{
  static const FoveaPalette hairs[] = {
    { 0xc9a46a, 0x6f4f28, 0xe6cd9a }, { 0x5a3a24, 0x24150c, 0x8a6040 }, { 0x9a3f2a, 0x4f1c12, 0xc96a4a }, { 0xb8b0a0, 0x6a6256, 0xdcd6c8 },
    { 0x3f5f86, 0x1f3048, 0x7f9fc4 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, hairs, G_N_ELEMENTS (hairs));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.25f, v = canvas->v[i] * 0.9f;
      int column = floor_to_int (u);
      float x = u - (float) column - 0.5f, start = chance_at (column, 0, seed);
      float best = -4, height = 0, fiber_at = 0, tone = 0;

      /* Three strands swing from side to side; the one in front hides the others. */
      FOVEA_UNROLLED
      for (int k = 0; k < 3; k++)
        {
          float phase = v + start + (float) k / 3;
          float middle = 0.27f * wave (phase), front = wave (2 * phase + 0.25f);
          float slant = 0.27f * 6.28f * wave (phase + 0.25f) * 0.9f;
          float side = (x - middle) / sqrtf (1 + slant * slant);
          float round = thread (side, 0.19f);
          float level = round > 0 ? 2 * front + round : -3.0f;
          gboolean shown = level > best;

          best = shown ? level : best;
          height = shown ? round * 0.6f + 0.25f * front + 0.25f : height;
          fiber_at = shown ? side * 26 + (float) k * 9 : fiber_at;
          tone = shown ? (float) k * 0.3f : tone;
        }
      float visible = best > -3 ? 1.0f : 0.0f;
      float fiber = noise (fiber_at, v * 2.5f + fiber_at * 0.1f, seed + 3);

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, saturate (0.25f + 0.6f * fiber)), colors.b, 0.25f * tone),
                                blend (0.14f, 0.4f + 0.65f * saturate (height), visible));
      canvas->relief[i] = visible * (0.22f * height + 0.02f * fiber);
    }
  canvas->gloss = 0.35f;
}

FOVEA_DRAWS void
fovea_draw_meshed (FoveaCanvas *canvas)
{
  static const FoveaPalette behind[] = { { 0x4f6b3a, 0x2c3f24, 0xb4b8ba }, { 0x6b7f94, 0x3f5468, 0xa8adb0 }, { 0x4a4038, 0x2a2420, 0x9fa19c }, { 0x86745a, 0x4e4232, 0x8f9599 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, behind, G_N_ELEMENTS (behind));
  guint32 seed = canvas_seed (canvas);
  float radius = canvas_draw (canvas, 0.055, 0.085);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.2f, v = canvas->v[i] * 1.2f;
      float p = u + v, q = u - v;
      float dp = fraction (p + 0.02f * wave (q)) - 0.5f, dq = fraction (q + 0.02f * wave (p)) - 0.5f;
      float first = thread (dp, radius * 1.4f), second = thread (dq, radius * 1.4f);
      gboolean over = ((floor_to_int (p) + floor_to_int (q)) & 1) != 0;
      float height = over ? highest (first, 0.6f * second) : highest (0.6f * first, second);
      float wire = step_up (0.25f, 0.25f, height);
      float distance = saturate (0.5f + 0.8f * cloud (u * 0.35f, v * 0.35f, 2, seed));
      float rust = step_up (0.25f, 0.2f, cloud (u * 2, v * 2, 3, seed + 1));

      canvas->color[i] = mix (mix (colors.a, colors.b, distance), mix (colors.c, (FoveaColor) { 0.5f, 0.3f, 0.18f }, 0.5f * rust), wire);
      canvas->relief[i] = 0.1f * height;
    }
  canvas->gloss = 0.4f;
}

FOVEA_DRAWS void
fovea_draw_cobwebbed (FoveaCanvas *canvas)
{
  static const FoveaPalette behind[] = { { 0x25331f, 0x55683f, 0xe6ebe6 }, { 0x1c2730, 0x46586a, 0xdfe6ec }, { 0x2e241c, 0x6a5440, 0xece6dc }, { 0x1f1f22, 0x4c4c50, 0xe8e8e8 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, behind, G_N_ELEMENTS (behind));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.42f, v = canvas->v[i] * 0.42f, pixel = canvas->pixel[i] * 0.42f;
      FoveaCell cell = cell_at (u, v, 0.3f, seed);
      float turns = angle_of (cell.dx, cell.dy) * 17 + 0.25f * noise (cell.dx * 3, cell.dy * 3, cell.id);
      int spoke = floor_to_int (turns);
      float t = turns - (float) spoke;
      /* Between two spokes the spiral's threads sag towards the middle. */
      float ring = cell.nearest * (1 + 0.22f * 4 * t * (1 - t)) * 19 + turns / 17 + 0.4f * chance_at (spoke, 3, cell.id);
      float across = lowest (t, 1 - t) * cell.nearest * 6.2832f / 17;
      float thickness = 0.8f * pixel;
      float spokes = 1 - step_up (thickness, thickness, across);
      float rings = (1 - step_up (thickness * 19, thickness * 19, magnitude (fraction (ring) - 0.5f))) * step_up (0.05f, 0.02f, cell.nearest);
      float seam = 1 - step_up (thickness * 1.5f, thickness, cell.second - cell.nearest);
      float silk = highest (highest (spokes, 0.8f * rings), 0.8f * seam) * (0.7f + 0.3f * noise (u * 12, v * 12, seed + 1));
      float far = saturate (0.5f + 0.9f * cloud (u * 1.5f, v * 1.5f, 2, seed + 2));

      canvas->color[i] = mix (mix (colors.a, colors.b, far), colors.c, silk);
      canvas->relief[i] = 0.0f;
    }
  canvas->gloss = 0.0f;
}

FOVEA_DRAWS void
fovea_draw_waffled (FoveaCanvas *canvas)
{
  static const FoveaPalette batters[] = { { 0xe0a850, 0xa8661c, 0xf2d08a }, { 0xcf8f3a, 0x8a4c12, 0xe8bb6a }, { 0xe9c27a, 0xb98238, 0xf7e0ac } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, batters, G_N_ELEMENTS (batters));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.6f, v = canvas->v[i] * 1.6f;
      float wu = u + 0.03f * noise (u, v, seed), wv = v + 0.03f * noise (u, v, seed + 1);
      float edge = 0.5f - highest (magnitude (fraction (wu) - 0.5f), magnitude (fraction (wv) - 0.5f));
      float pit = step_up (0.19f, 0.1f, edge);
      float crumb = cloud (u * 7, v * 7, 3, seed + 2);
      float baked = saturate (0.5f + 0.8f * cloud (u * 0.4f, v * 0.4f, 2, seed + 3));

      canvas->color[i] = shade (mix (mix (colors.a, colors.b, 0.55f * baked + 0.25f * (1 - pit)), colors.c, 0.45f * pit), 1 - 0.18f * pit + 0.12f * crumb);
      canvas->relief[i] = -0.24f * pit + 0.015f * crumb;
    }
  canvas->gloss = 0.12f;
}

FOVEA_DRAWS void
fovea_draw_wrinkled (FoveaCanvas *canvas)
{
  static const FoveaPalette sheets[] = {
    { 0xe8e2d4, 0xbdb4a2, 0xf6f2e8 }, { 0xc8a878, 0x8f7048, 0xdcc49c }, { 0x8c8a86, 0x5a5855, 0xb0aeaa }, { 0x5f7a9a, 0x384d66, 0x8aa4c0 },
    { 0xa85a4a, 0x6f3428, 0xc98472 }, { 0x7d8f6a, 0x4d5c3c, 0xa2b28e },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, sheets, G_N_ELEMENTS (sheets));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.8f, v = canvas->v[i] * 0.8f;
      float wu = u + 0.3f * noise (u * 1.3f, v * 1.3f, seed), wv = v + 0.3f * noise (u * 1.3f, v * 1.3f, seed + 1);
      FoveaCell big = cell_at (wu, wv, 1, seed + 2), small = cell_at (wu * 2.3f, wv * 2.3f, 1, seed + 3);
      float facets = big.dx * (chance (big.id, 1) - 0.5f) + big.dy * (chance (big.id, 2) - 0.5f);
      float lesser = small.dx * (chance (small.id, 1) - 0.5f) + small.dy * (chance (small.id, 2) - 0.5f);
      float crease = (big.second - big.nearest) * 0.35f + (small.second - small.nearest) * 0.13f;
      float height = 0.75f * facets + 0.3f * lesser + crease;

      canvas->color[i] = mix (mix (colors.a, colors.b, saturate (0.4f - height)), colors.c, saturate (height - 0.15f));
      canvas->relief[i] = 0.55f * height + 0.01f * noise (u * 20, v * 20, seed + 4);
    }
  canvas->gloss = 0.08f;
}

FOVEA_DRAWS void
fovea_draw_fibrous (FoveaCanvas *canvas)
{
  static const FoveaPalette straws[] = { { 0xd9bd76, 0x8a6a2c, 0xf0e0ac }, { 0xb09a62, 0x5f4c22, 0xd8c898 }, { 0x8a6a48, 0x4a3420, 0xb8966c }, { 0xc4b8a2, 0x80735c, 0xe6dece } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, straws, G_N_ELEMENTS (straws));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float height = 0, tone = 0;

      /* Layers of straws, each layer turned a little; the higher straw is seen. */
      FOVEA_UNROLLED
      for (int k = 0; k < 4; k++)
        {
          float slant = 0.7f * (chance_at (k, 9, seed) - 0.5f);
          float x = u * 1 + v * slant, y = v - u * slant;
          float bent = y * 5 + 0.6f * noise (x * 0.5f, y * 0.8f, seed + (guint32) k);
          int straw = floor_to_int (bent);
          float along = x * 0.45f + 9 * chance_at (straw, k, seed);
          float here = chance_at (straw, floor_to_int (along) * 7 + k, seed + 77) < 0.75f ? 1.0f : 0.0f;
          float round = here * thread (bent - (float) straw - 0.5f, 0.42f);
          float level = round > 0 ? round * 0.5f + (float) k * 0.35f : 0.0f;
          gboolean shown = level > height;

          tone = shown ? chance_at (straw, floor_to_int (along) + 40 * k, seed + 5) : tone;
          height = shown ? level : height;
        }
      float grain = noise (u * 3, v * 20, seed + 8);

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, tone), colors.b, saturate (0.2f * grain + 0.5f * (tone - 0.5f))),
                                0.3f + 0.5f * height);
      canvas->relief[i] = 0.13f * height;
    }
  canvas->gloss = 0.22f;
}

FOVEA_DRAWS void
fovea_draw_matted (FoveaCanvas *canvas)
{
  static const FoveaPalette furs[] = {
    { 0x8a6238, 0x4a2f18, 0xc49a64 }, { 0x6f6a64, 0x34312e, 0xa8a29a }, { 0xe4dccb, 0xa89c84, 0xf8f4ea }, { 0x3a2c24, 0x17110d, 0x6a5444 }, { 0xb5652c, 0x6a3512, 0xdc9a5c },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, furs, G_N_ELEMENTS (furs));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float bend = 0.55f * noise (u * 0.7f, v * 0.7f, seed) + 0.35f * noise (u * 1.9f, v * 1.9f, seed + 1);
      float x = u + bend, y = v + 0.5f * bend;
      float strands = noise (x * 9, y * 1.6f, seed + 2) + 0.6f * noise (x * 19, y * 2.9f, seed + 3);
      float tuft = noise (x * 2.3f, y * 0.9f, seed + 4);
      float tone = saturate (0.5f + 0.4f * strands + 0.4f * tuft);

      canvas->color[i] = mix (mix (colors.b, colors.a, saturate (2 * tone)), colors.c, saturate (2 * tone - 1));
      canvas->relief[i] = 0.03f * strands + 0.08f * tuft;
    }
  canvas->gloss = 0.12f;
}
