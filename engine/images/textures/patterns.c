/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/textures/draw.h"

/* Printed, painted and tiled patterns. */

/* A woven ground for printed patterns: threads that go over and under each other. */
FOVEA_INLINE float
cloth (float u,
       float v,
       float threads)
{
  float x = u * threads, y = v * threads;
  int over = (floor_to_int (x) + floor_to_int (y)) & 1;
  float across = fraction (over ? x : y) - 0.5f;

  return 0.02f * (1 - 4 * across * across);
}

FOVEA_DRAWS void
fovea_draw_striped (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);
  float width = canvas_draw (canvas, 0.35, 0.65), accent = canvas_draw (canvas, 0, 1) < 0.5f ? 0.06f : 0.0f;
  float wobble = canvas_draw (canvas, 0, 1) < 0.3f ? 0.25f : 0.02f;

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i], soft = 0.7f * canvas->pixel[i];
      float x = magnitude (fraction (u + wobble * noise (u * 0.7f, v * 0.7f, seed)) - 0.5f);
      float stripe = 1 - step_up (width * 0.5f, soft, x);
      float thin = accent > 0 ? 1 - step_up (accent, soft, magnitude (x - 0.5f)) : 0.0f;

      canvas->color[i] = mix (mix (colors.a, colors.b, stripe), colors.c, thin);
      canvas->relief[i] = cloth (u, v, 10);
    }
  canvas->gloss = 0.05f;
}

FOVEA_DRAWS void
fovea_draw_banded (FoveaCanvas *canvas)
{
  static const FoveaPalette agates[] = {
    { 0x7a3b1e, 0xe6c9a0, 0xb5682f }, { 0x2f4a63, 0xc9d6dc, 0x7d98a8 }, { 0x5b2f4e, 0xe0c3cf, 0xa8718f },
    { 0x3c5a45, 0xd6dfc0, 0x7f9d73 }, { 0x3a3331, 0xd9d2c7, 0x8f8376 }, { 0x8c2f22, 0xf0d9b0, 0xd98d4a },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, agates, G_N_ELEMENTS (agates));
  guint32 seed = canvas_seed (canvas);
  float bend = canvas_draw (canvas, 0.1, 0.7);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float y = 2.2f * v + bend * cloud (u * 0.5f, v * 0.5f, 3, seed);
      int band = floor_to_int (y);
      float inside = y - (float) band;
      float first = chance_at (band, 1, seed), second = chance_at (band + 1, 1, seed);
      float position = blend (first, second, step_up (0.8f, 0.1f + canvas->pixel[i], inside));
      float fine = 0.12f * wave (y * 3 + first * 5);

      position = saturate (position + fine);
      canvas->color[i] = mix (mix (colors.a, colors.c, saturate (2 * position)), colors.b, saturate (2 * position - 1));
      canvas->relief[i] = 0.01f * position;
    }
  canvas->gloss = 0.45f;
}

FOVEA_DRAWS void
fovea_draw_lined (FoveaCanvas *canvas)
{
  static const FoveaPalette papers[] = {
    { 0xf3efe2, 0x4a6fa5, 0xc2504a }, { 0xe9e3cf, 0x6b5b4a, 0x8a3b2e }, { 0xf6f6f2, 0x5a5f66, 0x9db4c8 },
    { 0xdfe8ea, 0x31536b, 0xb0583f }, { 0x2f3a3f, 0xd8dcd2, 0xe0b060 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, papers, G_N_ELEMENTS (papers));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float y = v * 2 + 0.03f * noise (u, v, seed);
      float ink = 0.75f + 0.25f * noise (u * 5, v * 5, seed + 1);
      float line = 1 - step_up (0.07f, 1.2f * canvas->pixel[i], magnitude (fraction (y) - 0.5f));
      gboolean other = (floor_to_int (y) % 5) == 0;

      canvas->color[i] = mix (colors.a, other ? colors.c : colors.b, line * ink);
      canvas->relief[i] = 0.012f * noise (u * 4, v * 4, seed + 2) + 0.006f * noise (u * 17, v * 17, seed + 3);
    }
  canvas->gloss = 0.02f;
}

FOVEA_DRAWS void
fovea_draw_grid (FoveaCanvas *canvas)
{
  static const FoveaPalette tiles[] = {
    { 0xe8e6df, 0x8e8a80, 0xdfe6e8 }, { 0x3f6f86, 0xd9d4c6, 0x4f8299 }, { 0xb9c9b5, 0xf1efe6, 0xa9bda5 },
    { 0xc96f4a, 0x6d5648, 0xd58360 }, { 0x2e3336, 0xb5b1a8, 0x3a4145 }, { 0xe3d2b2, 0x9a7d58, 0xd9c49d },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, tiles, G_N_ELEMENTS (tiles));
  guint32 seed = canvas_seed (canvas);
  float joint = canvas_draw (canvas, 0.04, 0.09);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.3f, v = canvas->v[i] * 1.3f, soft = 1.2f * canvas->pixel[i];
      float x = 0.5f - magnitude (fraction (u) - 0.5f), y = 0.5f - magnitude (fraction (v) - 0.5f);
      float edge = lowest (x, y);
      float tile = step_up (joint, soft, edge);
      float tone = chance_at (floor_to_int (u), floor_to_int (v), seed);
      float stain = cloud (u * 2, v * 2, 3, seed + 3);

      canvas->color[i] = mix (shade (colors.b, 0.9f + 0.15f * stain), shade (mix (colors.a, colors.c, tone), 1 + 0.08f * stain), tile);
      canvas->relief[i] = 0.07f * step_up (joint, joint * 0.8f + soft, edge) + 0.004f * noise (u * 3, v * 3, seed + 1);
    }
  canvas->gloss = 0.55f;
}

FOVEA_DRAWS void
fovea_draw_chequered (FoveaCanvas *canvas)
{
  static const FoveaPalette floors[] = {
    { 0x1f1f22, 0xece9e1, 0x6b6862 }, { 0x7a2d26, 0xe9dcc3, 0x5c4a3c }, { 0x2e5a4a, 0xe6e4d2, 0x67776a },
    { 0x27456b, 0xe8e6dc, 0x59697d }, { 0x5a3a22, 0xd9b884, 0x46301f }, { 0xb53a33, 0xf2efe8, 0x8a5a54 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, floors, G_N_ELEMENTS (floors));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.1f, v = canvas->v[i] * 1.1f, soft = 1.1f * canvas->pixel[i];
      int x = floor_to_int (u), y = floor_to_int (v);
      float fx = fraction (u) - 0.5f, fy = fraction (v) - 0.5f;
      float dx = 0.5f - magnitude (fx), dy = 0.5f - magnitude (fy);
      float inside = step_up (0, soft, dx) * step_up (0, soft, dy);
      float light = ((x + y) & 1) ? 1.0f : 0.0f;
      float vein = magnitude (cloud (u * 1.3f + 7 * chance_at (x, y, seed), v * 1.3f, 4, seed));
      float marble = 0.16f * (1 - step_up (0.03f, 0.05f, vein));

      /* Close to an edge the two colours meet within a pixel. */
      light = blend (0.5f, light, inside);
      canvas->color[i] = mix (mix (colors.a, colors.b, light), colors.c, marble + 0.3f * (1 - step_up (0.012f, soft, lowest (dx, dy))));
      canvas->relief[i] = 0.02f * step_up (0.015f, 0.015f + soft, lowest (dx, dy));
    }
  canvas->gloss = 0.6f;
}

FOVEA_DRAWS void
fovea_draw_polka_dotted (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  float radius = canvas_draw (canvas, 0.24, 0.34);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.1f, v = canvas->v[i] * 1.1f;
      int row = floor_to_int (v);
      float x = fraction (u + ((row & 1) ? 0.5f : 0.0f)) - 0.5f, y = v - (float) row - 0.5f;
      float dot = 1 - step_up (radius, canvas->pixel[i], sqrtf (x * x + y * y));

      canvas->color[i] = mix (colors.a, colors.b, dot);
      canvas->relief[i] = cloth (u, v, 11);
    }
  canvas->gloss = 0.05f;
}

FOVEA_DRAWS void
fovea_draw_dotted (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.4f, v = canvas->v[i] * 2.4f;
      FoveaCell cell = cell_at (u, v, 0.45f, seed);
      float radius = 0.16f + 0.16f * chance (cell.id, 1);
      float dot = 1 - step_up (radius, 2.2f * canvas->pixel[i], cell.nearest);
      FoveaColor ink = chance (cell.id, 2) < 0.7f ? colors.b : colors.c;

      canvas->color[i] = mix (colors.a, ink, dot * (0.9f + 0.1f * noise (u * 3, v * 3, seed + 1)));
      canvas->relief[i] = 0.015f * noise (u * 5, v * 5, seed + 2) + 0.02f * dot;
    }
  canvas->gloss = 0.1f;
}

FOVEA_DRAWS void
fovea_draw_zigzagged (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  float height = canvas_draw (canvas, 0.5, 0.9);
  int period = canvas_draw (canvas, 0, 1) < 0.5f ? 2 : 3;

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float y = 2.4f * v + height * 2 * magnitude (fraction (u) - 0.5f);
      int k = floor_to_int (y), kind = ((k % period) + period) % period, next = (kind + 1) % period;
      float inside = y - (float) k;
      float over = step_up (1 - 2 * canvas->pixel[i], 2 * canvas->pixel[i], inside);
      FoveaColor here = kind == 0 ? colors.a : kind == 1 ? colors.b : colors.c;
      FoveaColor there = next == 0 ? colors.a : next == 1 ? colors.b : colors.c;

      canvas->color[i] = mix (here, there, over);
      canvas->relief[i] = cloth (u, v, 12) + 0.03f * magnitude (wave (0.5f * inside));
    }
  canvas->gloss = 0.06f;
}

FOVEA_DRAWS void
fovea_draw_crosshatched (FoveaCanvas *canvas)
{
  static const FoveaPalette inks[] = {
    { 0xf2ecdc, 0x2a2724, 0x6d6257 }, { 0xe8dcc0, 0x5a3a24, 0x8c6a48 }, { 0xf5f4ef, 0x24344f, 0x5d7396 }, { 0xd8c9ae, 0x3a2a20, 0x7a3b2a },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, inks, G_N_ELEMENTS (inks));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 4, v = canvas->v[i] * 4;
      float tone = 0.5f + 0.9f * noise (u * 0.12f, v * 0.12f, seed);
      float bend = 0.25f * noise (u * 0.3f, v * 0.3f, seed + 1);
      float p = u + v + bend, q = u - v - bend, r = 1.4f * u + bend;
      float soft = 4.5f * canvas->pixel[i];
      float width = 0.10f + 0.05f * noise (u, v, seed + 2);
      float first = 1 - step_up (width, soft, magnitude (fraction (p) - 0.5f));
      float second = 1 - step_up (width, soft, magnitude (fraction (q) - 0.5f));
      float third = 1 - step_up (width, soft, magnitude (fraction (r) - 0.5f));
      float ink = highest (highest (first, second * step_up (0.25f, 0.15f, tone)), third * step_up (0.75f, 0.2f, tone));
      float pressure = 0.78f + 0.22f * noise (u * 2.3f, v * 2.3f, seed + 3);

      canvas->color[i] = mix (colors.a, colors.b, ink * pressure);
      canvas->relief[i] = 0.012f * noise (u * 1.7f, v * 1.7f, seed + 4);
    }
  canvas->gloss = 0.02f;
}

FOVEA_DRAWS void
fovea_draw_honeycombed (FoveaCanvas *canvas)
{
  static const FoveaPalette waxes[] = { { 0xe0a63c, 0x7a4310, 0xf4cf74 }, { 0xc98a2b, 0x4f2a0c, 0xedbb55 }, { 0xd9b65f, 0x8a5a1c, 0xf7e2a0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, waxes, G_N_ELEMENTS (waxes));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.7f + 0.05f * noise (canvas->u[i], canvas->v[i], seed), v = canvas->v[i] * 1.7f;
      /* Two interleaved rectangular grids make the hexagons' centres. */
      float ax = fraction (u) - 0.5f, ay = (fraction (v / 1.7320508f) - 0.5f) * 1.7320508f;
      float bx = fraction (u - 0.5f) - 0.5f, by = (fraction (v / 1.7320508f - 0.5f) - 0.5f) * 1.7320508f;
      gboolean first = ax * ax + ay * ay < bx * bx + by * by;
      float x = first ? ax : bx, y = first ? ay : by;
      float edge = 0.5f - highest (magnitude (x), 0.5f * magnitude (x) + 0.8660254f * magnitude (y));
      int column = floor_to_int (2 * (u - x) + 0.5f), row = floor_to_int (2 * (v - y) + 0.5f);
      float filled = chance_at (column, row, seed);
      float wall = 1 - step_up (0.07f, 0.035f + canvas->pixel[i], edge);
      float depth = filled < 0.3f ? 0.06f : 0.3f;
      FoveaColor inside = filled < 0.3f ? mix (colors.a, colors.c, 0.3f) : mix (colors.b, colors.a, 0.35f * filled + 0.5f * saturate (0.5f + x - y));

      canvas->color[i] = mix (inside, colors.c, wall * 0.9f);
      canvas->relief[i] = -depth * step_up (0.12f, 0.09f, edge) + 0.01f * noise (u * 6, v * 6, seed + 1);
    }
  canvas->gloss = 0.45f;
}

FOVEA_DRAWS void
fovea_draw_swirly (FoveaCanvas *canvas)
{
  static const FoveaPalette oils[] = {
    { 0x1f3a6e, 0xf0d27a, 0x5f93c9 }, { 0x4a1f3d, 0xf2b48c, 0xb3486a }, { 0x17463f, 0xe9e2b8, 0x5aa487 },
    { 0x2b2a33, 0xe6e1d8, 0x9a7f6a }, { 0x7a2a16, 0xf5cf6a, 0xdc7a2c }, { 0x35205e, 0xc9e0ea, 0x6f7fd0 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, oils, G_N_ELEMENTS (oils));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.55f, v = canvas->v[i] * 0.55f;
      float au = cloud (u, v, 2, seed), av = cloud (u, v, 2, seed + 1);
      float bu = u + 1.5f * au, bv = v + 1.5f * av;
      float cu = noise (bu, bv, seed + 2), cv = noise (bu, bv, seed + 3);
      float flow = noise (u + 1.3f * cu + au, v + 1.3f * cv + av, seed + 4);
      float stroke = wave (flow * 5);
      float tone = saturate (0.5f + 0.9f * flow);

      canvas->color[i] = mix (mix (colors.a, colors.c, saturate (2 * tone)), colors.b, saturate (2 * tone - 1 + 0.35f * stroke));
      canvas->relief[i] = 0.03f * stroke;
    }
  canvas->gloss = 0.35f;
}

FOVEA_DRAWS void
fovea_draw_spiralled (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);
  float turns = canvas_draw (canvas, 2.6, 3.6);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.75f, v = canvas->v[i] * 0.75f;
      FoveaCell cell = cell_at (u, v, 0.2f, seed);
      float hand = chance (cell.id, 1) < 0.5f ? 1.0f : -1.0f;
      float phase = turns * 2 * cell.nearest - hand * angle_of (cell.dx, cell.dy) + chance (cell.id, 2);
      float arm = magnitude (fraction (phase) - 0.5f) * 2;
      float soft = 6 * canvas->pixel[i] / highest (cell.nearest * 3, 0.5f);
      float border = step_up (0.05f, 0.03f, cell.second - cell.nearest);
      float line = step_up (0.5f, lowest (0.5f, soft), arm) * border;

      canvas->color[i] = mix (colors.a, chance (cell.id, 3) < 0.65f ? colors.b : colors.c, line);
      canvas->relief[i] = 0.05f * arm * border;
    }
  canvas->gloss = 0.3f;
}
