/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/textures/draw.h"

/* What has grown, boiled over or been baked. */

FOVEA_DRAWS void
fovea_draw_scaly (FoveaCanvas *canvas)
{
  static const FoveaPalette skins[] = {
    { 0x5f7f4a, 0x2a3c20, 0xa8b878 }, { 0x6f8796, 0x2c3c48, 0xb8c8d0 }, { 0x9a6a3a, 0x48301a, 0xd0a468 }, { 0x3f7f86, 0x183c42, 0x86c0b8 },
    { 0xb05a34, 0x562414, 0xe8a45c }, { 0x6a6a5c, 0x302f28, 0x9f9c86 },
  };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, skins, G_N_ELEMENTS (skins));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.1f, v = canvas->v[i] * 2.1f;
      int row = floor_to_int (2 * v);
      float height = 0, tone = 0, from_tip = 1, ridge = 0;
      gboolean found = FALSE;

      /* Scales hang in rows, each over the next; the first row that reaches here is the one seen. */
      FOVEA_UNROLLED
      for (int k = -1; k <= 1; k++)
        {
          int r = row + k;
          float shift = (r & 1) ? 0.5f : 0.0f;
          int column = floor_to_int (u + shift);
          float dx = u + shift - (float) column - 0.5f, dy = v - 0.5f * (float) r + 0.1f;
          float distance = sqrtf (dx * dx + dy * dy * 0.85f);
          gboolean here = !found && distance < 0.57f;

          height = here ? 0.25f + 0.45f * dy - 0.5f * dx * dx : height;
          tone = here ? chance_at (column, r, seed) : tone;
          from_tip = here ? 0.57f - distance : from_tip;
          ridge = here ? dx : ridge;
          found = found || here;
        }
      float rim = 1 - step_up (0.05f, 0.05f, from_tip);
      float keel = 1 - step_up (0.03f, 0.05f, magnitude (ridge));
      float patch = saturate (0.5f + cloud (u * 0.25f, v * 0.25f, 2, seed + 1));

      canvas->color[i] = mix (mix (mix (colors.a, colors.c, 0.5f * tone + 0.3f * patch), colors.b, 0.65f * rim), colors.c, 0.25f * keel);
      canvas->relief[i] = 0.22f * height + 0.01f * noise (u * 6, v * 6, seed + 2);
    }
  canvas->gloss = 0.5f;
}

FOVEA_DRAWS void
fovea_draw_bubbly (FoveaCanvas *canvas)
{
  static const FoveaPalette liquids[] = { { 0x3f7fa8, 0x184864, 0xc8e8f2 }, { 0xc98a2a, 0x7a4510, 0xf6dca0 }, { 0x6fa89a, 0x2f5f58, 0xe2f4ec }, { 0x8a5a8f, 0x40264c, 0xe8d0ee }, { 0xa8b4bc, 0x5c6a74, 0xf4f8fa } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, liquids, G_N_ELEMENTS (liquids));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float height = 0, rim = 0, shine = 0;
      float scale = 1.1f;

      FOVEA_UNROLLED
      for (int k = 0; k < 3; k++)
        {
          FoveaCell cell = cell_at (u * scale, v * scale, 0.9f, seed + (guint32) k);
          float radius = lowest (0.24f + 0.26f * chance (cell.id, 1), 0.5f * (cell.nearest + cell.second));
          float t = cell.nearest / radius;
          float dome = sqrtf (highest (1 - t * t, 0.0f));
          float sx = cell.dx / radius + 0.38f, sy = cell.dy / radius + 0.42f;
          gboolean shown = dome > 0 && dome * radius / scale > height * 0.5f;

          rim = shown ? step_up (0.75f, 0.2f, t) * (1 - step_up (0.97f, 0.05f, t)) : rim;
          shine = shown ? 1 - step_up (0.16f, 0.1f, sqrtf (sx * sx + sy * sy)) : shine;
          height = shown ? dome * radius / scale : height;
          scale *= 2.1f;
        }
      float depth = saturate (0.5f + 0.8f * cloud (u * 0.4f, v * 0.4f, 2, seed + 9));

      canvas->color[i] = mix (mix (mix (colors.b, colors.a, depth), colors.c, 0.8f * rim + 0.25f * step_up (0.0f, 0.02f, height)), (FoveaColor) { 1, 1, 1 }, 0.9f * shine);
      canvas->relief[i] = 0.35f * height;
    }
  canvas->gloss = 0.7f;
}

FOVEA_DRAWS void
fovea_draw_freckled (FoveaCanvas *canvas)
{
  static const FoveaPalette shells[] = { { 0xd8c4a4, 0x7a5434, 0xa88458 }, { 0xe6d2bc, 0xa8643c, 0xc4906a }, { 0xb8c8c4, 0x5a5448, 0x86887c }, { 0xe0b294, 0x9a5a38, 0xb8785a }, { 0xf0e8d8, 0x6a4a34, 0xa88a6c } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, shells, G_N_ELEMENTS (shells));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float wu = u + 0.12f * noise (u * 3, v * 3, seed), wv = v + 0.12f * noise (u * 3, v * 3, seed + 1);
      FoveaCell big = cell_at (wu * 2.6f, wv * 2.6f, 1, seed + 2), small = cell_at (wu * 6, wv * 6, 1, seed + 3);
      float crowd = noise (u * 0.6f, v * 0.6f, seed + 6);
      float first = 1 - step_up (0.34f * chance (big.id, 1) + 0.06f * crowd, 0.06f + 2 * canvas->pixel[i], big.nearest);
      float second = 1 - step_up (0.36f * chance (small.id, 1) + 0.06f * crowd, 0.08f + 4 * canvas->pixel[i], small.nearest);

      canvas->color[i] = mix (mix (colors.a, colors.c, 0.75f * second), colors.b, first * (0.55f + 0.4f * chance (big.id, 2)));
      canvas->relief[i] = 0.01f * noise (u * 9, v * 9, seed + 4) + 0.02f * noise (u * 2, v * 2, seed + 5);
    }
  canvas->gloss = 0.15f;
}

FOVEA_DRAWS void
fovea_draw_sprinkled (FoveaCanvas *canvas)
{
  static const FoveaPalette icings[] = { { 0x5a3420, 0xf26a8a, 0xf6e070 }, { 0xf6d4dc, 0x5a3422, 0x6ac0d8 }, { 0xf8f0dc, 0xe85a4a, 0x5ab46a }, { 0xf2b8c6, 0xffffff, 0x8a5ac0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, icings, G_N_ELEMENTS (icings));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.5f, v = canvas->v[i] * 2.5f;
      int x = floor_to_int (u), y = floor_to_int (v);
      float height = 0, kind = 0, cover = 0, shadow = 0;

      FOVEA_UNROLLED
      for (int j = -1; j <= 1; j++)
        FOVEA_UNROLLED
        for (int k = -1; k <= 1; k++)
          {
            guint32 h = scramble (x + k, y + j, seed);
            float dx = u - (float) (x + k) - chance (h, 1), dy = v - (float) (y + j) - chance (h, 2);
            float turn = chance (h, 3), c = wave (turn + 0.25f), s = wave (turn);
            float along = highest (magnitude (dx * c + dy * s) - 0.24f, 0), across = dy * c - dx * s;
            float distance = sqrtf (along * along + across * across);
            float round = sqrtf (highest (1 - distance * distance / (0.13f * 0.13f), 0.0f));
            gboolean shown = round > 0 && round + chance (h, 5) > height;

            kind = shown ? chance (h, 4) : kind;
            cover = highest (cover, 1 - step_up (0.12f, 2.5f * canvas->pixel[i], distance));
            shadow = highest (shadow, 1 - step_up (0.16f, 0.1f, distance));
            height = shown ? round + chance (h, 5) : height;
          }
      FoveaColor candy = kind < 0.25f ? colors.b : kind < 0.5f ? colors.c : kind < 0.75f ? (FoveaColor) { 0.98f, 0.96f, 0.9f } : (FoveaColor) { 0.93f, 0.55f, 0.2f };
      float cream = noise (u * 0.5f, v * 0.5f, seed + 1);

      canvas->color[i] = mix (shade (colors.a, (1 - 0.35f * shadow) * (1 + 0.06f * cream)), candy, cover);
      canvas->relief[i] = 0.05f * cover * height + 0.05f * cream;
    }
  canvas->gloss = 0.6f;
}

FOVEA_DRAWS void
fovea_draw_porous (FoveaCanvas *canvas)
{
  static const FoveaPalette sponges[] = { { 0xe2b84a, 0x8a5c14, 0xf2d682 }, { 0xd8c4a0, 0x7c6848, 0xf0e4cc }, { 0xc88a5c, 0x6a3c20, 0xe4b48c }, { 0x9a958c, 0x46423c, 0xc0bab0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, sponges, G_N_ELEMENTS (sponges));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float wu = u + 0.1f * noise (u * 3, v * 3, seed), wv = v + 0.1f * noise (u * 3, v * 3, seed + 1);
      float hole = 0, scale = 1.8f;

      FOVEA_UNROLLED
      for (int k = 0; k < 3; k++)
        {
          FoveaCell cell = cell_at (wu * scale, wv * scale, 0.9f, seed + 2 + (guint32) k);
          float radius = 0.16f + 0.3f * chance (cell.id, 1);

          hole = highest (hole, (1 - step_up (radius, 0.09f + canvas->pixel[i], cell.nearest)) * (1 - 0.22f * (float) k));
          scale *= 2.0f;
        }
      float crumb = cloud (u * 8, v * 8, 2, seed + 6);

      canvas->color[i] = mix (mix (colors.a, colors.c, saturate (0.4f + crumb)), shade (colors.b, 0.75f), hole);
      canvas->relief[i] = -0.22f * hole + 0.02f * crumb;
    }
  canvas->gloss = 0.03f;
}

FOVEA_DRAWS void
fovea_draw_veined (FoveaCanvas *canvas)
{
  static const FoveaPalette leaves[] = { { 0x3f7a34, 0xb8d088, 0x2a5a26 }, { 0x6a9a3a, 0xdce8a4, 0x4a7a28 }, { 0x8a3a34, 0xe0a06a, 0x5f221f }, { 0xc08a2c, 0xf0d888, 0x8f5c18 }, { 0x2f6a50, 0xa4d0b0, 0x1c4a38 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, leaves, G_N_ELEMENTS (leaves));
  guint32 seed = canvas_seed (canvas);
  float middle = canvas_draw (canvas, -0.5, 0.5);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.8f - middle, v = canvas->v[i] * 0.8f;
      float bend = 0.12f * noise (u * 0.8f, v * 0.8f, seed);
      float side = magnitude (u + bend * 0.4f);
      float y = 1.15f * (v - 0.75f * side + 0.1f * side * side + bend) + (u < 0 ? 0.5f : 0.0f);
      float to_side = magnitude (fraction (y) - 0.5f);
      float main_vein = 1 - step_up (0.035f, 0.03f, side);
      float side_vein = 1 - step_up (0.022f, 0.03f, to_side);
      FoveaCell cell = cell_at (u * 6 + bend, v * 6 + bend, 0.9f, seed + 1), fine = cell_at (u * 15, v * 15, 0.9f, seed + 2);
      float net = 1 - step_up (0.05f, 0.07f, cell.second - cell.nearest);
      float mesh = 1 - step_up (0.05f, 0.12f, fine.second - fine.nearest);
      float vein = highest (highest (main_vein, side_vein), highest (0.42f * net, 0.2f * mesh));
      float tone = saturate (0.5f + 0.6f * cloud (u * 1.4f, v * 1.4f, 3, seed + 3));

      canvas->color[i] = mix (mix (colors.a, colors.c, tone), colors.b, 0.85f * vein);
      canvas->relief[i] = 0.06f * to_side * 2 * step_up (0.0f, 0.3f, side) - 0.02f * net - 0.01f * mesh + 0.03f * main_vein;
    }
  canvas->gloss = 0.35f;
}

FOVEA_DRAWS void
fovea_draw_blotchy (FoveaCanvas *canvas)
{
  static const FoveaPalette coats[] = { { 0xece6da, 0x3a2c24, 0x8a6448 }, { 0xd8b078, 0x5a3820, 0x8c5f34 }, { 0x8c9a68, 0x4a5434, 0x2f3624 }, { 0xc9b8a0, 0x7f8f8a, 0xa86a4c }, { 0xe8e0cc, 0xa8442e, 0x2c2826 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, coats, G_N_ELEMENTS (coats));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.8f, v = canvas->v[i] * 0.8f;
      float first = cloud (u, v, 4, seed), second = cloud (u * 1.2f + 9, v * 1.2f, 4, seed + 1);
      float hair = noise (u * 8, v * 22, seed + 2);

      canvas->color[i] = shade (mix (mix (colors.a, colors.b, step_up (0.08f, 0.03f, first)), colors.c, step_up (0.2f, 0.03f, second)), 1 + 0.08f * hair);
      canvas->relief[i] = 0.012f * hair + 0.03f * noise (u * 2, v * 2, seed + 3);
    }
  canvas->gloss = 0.06f;
}

FOVEA_DRAWS void
fovea_draw_foliage (FoveaCanvas *canvas)
{
  static const FoveaPalette seasons[] = { { 0x4f8a34, 0x1f3a16, 0xa4c85c }, { 0x3a7040, 0x142c1a, 0x7fb068 }, { 0xc06a24, 0x4a220c, 0xe8b048 }, { 0x7f9a3c, 0x303f14, 0xc8d878 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, seasons, G_N_ELEMENTS (seasons));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.9f, v = canvas->v[i] * 1.9f;
      float depth = 0, tone = 0, rib = 0, tilt = 0;

      /* Three layers of leaves; the upper ones hide the lower ones and are lighter. */
      FOVEA_UNROLLED
      for (int layer = 0; layer < 3; layer++)
        {
          FoveaCell cell = cell_at (u + 0.37f * (float) layer, v + 0.61f * (float) layer, 0.9f, seed + (guint32) layer);
          float turn = chance (cell.id, 1), c = wave (turn + 0.25f), s = wave (turn);
          float along = (cell.dx * c + cell.dy * s) / 0.62f, across = (cell.dy * c - cell.dx * s) / 0.3f;
          float width = highest (1 - along * along, 0.0f);
          gboolean here = magnitude (across) < width && chance (cell.id, 2) < 0.85f;

          depth = here ? 0.35f + 0.3f * (float) layer : depth;
          tone = here ? chance (cell.id, 3) : tone;
          rib = here ? 1 - step_up (0.1f, 0.1f, magnitude (across)) : rib;
          tilt = here ? along * (chance (cell.id, 4) - 0.5f) - 0.5f * across * across : tilt;
        }

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, 0.75f * tone), colors.c, 0.3f * rib), 0.22f + 0.8f * depth);
      canvas->relief[i] = 0.15f * depth + 0.14f * tilt;
    }
  canvas->gloss = 0.3f;
}

FOVEA_DRAWS void
fovea_draw_grass (FoveaCanvas *canvas)
{
  static const FoveaPalette meadows[] = { { 0x5a8f34, 0x2a4f1c, 0xa8c460 }, { 0x4f8040, 0x223f20, 0x8cb464 }, { 0x86964a, 0x475222, 0xc8c880 }, { 0x6a9a3c, 0x345a1c, 0xb4d070 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, meadows, G_N_ELEMENTS (meadows));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.3f, v = canvas->v[i] * 1.3f;
      float lean = 0.3f * noise (u * 0.9f, v * 0.9f, seed);
      float blades = noise ((u + lean) * 12, v * 3.2f, seed + 1) + 0.7f * noise ((u - lean) * 23, v * 6, seed + 2);
      float tuft = cloud (u * 1.1f, v * 1.1f, 3, seed + 3);
      float tone = saturate (0.45f + 0.42f * blades + 0.5f * tuft);
      float dry = 0.5f * step_up (0.15f, 0.25f, cloud (u * 0.35f, v * 0.35f, 2, seed + 4));

      canvas->color[i] = mix (mix (mix (colors.b, colors.a, saturate (2 * tone)), colors.c, saturate (2 * tone - 1)), (FoveaColor) { 0.70f, 0.64f, 0.38f }, 0.4f * dry);
      canvas->relief[i] = 0.05f * blades + 0.1f * tuft;
    }
  canvas->gloss = 0.08f;
}
