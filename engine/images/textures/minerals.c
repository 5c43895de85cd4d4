/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/images/textures/draw.h"

/* Stone, earth, metal and what they are worked into. */

FOVEA_DRAWS void
fovea_draw_cracked (FoveaCanvas *canvas)
{
  static const FoveaPalette soils[] = { { 0xb89468, 0x4a3220, 0xd8bc94 }, { 0x9a8a78, 0x3a322a, 0xbcb0a0 }, { 0xc07850, 0x502818, 0xdca07c }, { 0xd8d0c0, 0x5c544a, 0xece6da } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, soils, G_N_ELEMENTS (soils));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float wu = u + 0.16f * cloud (u * 2, v * 2, 3, seed), wv = v + 0.16f * cloud (u * 2, v * 2, 3, seed + 1);
      FoveaCell plate = cell_at (wu * 1.1f, wv * 1.1f, 0.9f, seed + 2), small = cell_at (wu * 2.7f, wv * 2.7f, 0.95f, seed + 3);
      float gap = plate.second - plate.nearest, fine = small.second - small.nearest;
      float wide = 1 - step_up (0.07f, 0.04f + canvas->pixel[i], gap), thin = 0.75f * (1 - step_up (0.035f, 0.03f + 2 * canvas->pixel[i], fine));
      float crack = highest (wide, thin);
      float grain = cloud (u * 7, v * 7, 3, seed + 4);

      canvas->color[i] = mix (shade (mix (colors.a, colors.c, chance (plate.id, 1)), 1 + 0.18f * grain), shade (colors.b, 0.7f), crack);
      canvas->relief[i] = -0.15f * crack + 0.05f * step_up (0.15f, 0.15f, gap) + 0.02f * grain + 0.06f * (plate.dx * (chance (plate.id, 2) - 0.5f));
    }
  canvas->gloss = 0.02f;
}

FOVEA_DRAWS void
fovea_draw_marbled (FoveaCanvas *canvas)
{
  static const FoveaPalette marbles[] = { { 0xf0eee8, 0x8a8c90, 0xd8d4ca }, { 0x2f4a40, 0xc8d8c8, 0x1c2f28 }, { 0xd8b8a4, 0x8a4a40, 0xecd8c8 }, { 0x2a2a2e, 0xd8cfc0, 0x44444a }, { 0xc8b48c, 0x6f5430, 0xe2d4b4 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, marbles, G_N_ELEMENTS (marbles));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.8f, v = canvas->v[i] * 0.8f;
      float wu = u + 0.9f * cloud (u, v, 4, seed), wv = v + 0.9f * cloud (u, v, 4, seed + 1);
      float first = magnitude (noise (wu * 1.1f, wv * 0.7f, seed + 2)), second = magnitude (noise (wu * 2.6f + 5, wv * 1.9f, seed + 3));
      float strong = noise (u * 0.8f, v * 0.8f, seed + 4);
      float vein = (1 - step_up (0.02f, 0.13f, first)) * saturate (0.75f + 0.6f * strong), fine = (1 - step_up (0.0f, 0.07f, second)) * saturate (0.5f + strong);
      float tone = saturate (0.5f + 0.9f * cloud (wu, wv, 3, seed + 5));

      canvas->color[i] = mix (mix (colors.a, colors.c, tone), colors.b, saturate (0.85f * vein + 0.55f * fine));
      canvas->relief[i] = 0;
    }
  canvas->gloss = 0.7f;
}

FOVEA_DRAWS void
fovea_draw_stratified (FoveaCanvas *canvas)
{
  static const FoveaPalette rocks[] = { { 0xb8744a, 0x6f3c24, 0xe0b48c }, { 0xa8a090, 0x5c564c, 0xd0cabc }, { 0xc89a64, 0x7a5430, 0xecd4a8 }, { 0x8a7a78, 0x4a3e40, 0xb8a8a0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, rocks, G_N_ELEMENTS (rocks));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float fold = v + 0.3f * noise (u * 0.35f, v * 0.35f, seed) + 0.05f * cloud (u * 2, v * 2, 3, seed + 1);
      float y = fold * 3.2f + 0.7f * noise (3.1f, fold * 1.3f, seed + 2);
      int layer = floor_to_int (y);
      float inside = y - (float) layer, hard = chance_at (layer, 0, seed), tone = chance_at (layer, 1, seed);
      float fine = noise (u * 0.7f, fold * 26, seed + 3), grain = cloud (u * 6, v * 9, 3, seed + 4);
      float ledge = step_up (0.12f, 0.1f + 3 * canvas->pixel[i], inside) * (1 - 0.6f * step_up (0.8f, 0.2f, inside));

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, tone), colors.b, saturate (0.5f * hard + 0.25f * fine)), (0.6f + 0.45f * ledge) * (1 + 0.25f * grain));
      canvas->relief[i] = 0.14f * hard * ledge + 0.02f * fine + 0.06f * grain;
    }
  canvas->gloss = 0.03f;
}

FOVEA_DRAWS void
fovea_draw_perforated (FoveaCanvas *canvas)
{
  static const FoveaPalette sheets[] = { { 0xb4b8bc, 0x101214, 0x8c9094 }, { 0xc8b48c, 0x1c140c, 0xa48c60 }, { 0x5c6468, 0x0a0c0e, 0x788086 }, { 0xd8d8d4, 0x24262a, 0xb4b6b8 }, { 0xa84a3c, 0x180c0a, 0x8a3830 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, sheets, G_N_ELEMENTS (sheets));
  guint32 seed = canvas_seed (canvas);
  float radius = canvas_draw (canvas, 0.24, 0.33);
  float shift = canvas_draw (canvas, 0, 1) < 0.6f ? 0.5f : 0.0f;

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2, v = canvas->v[i] * 2.2f;
      int row = floor_to_int (v);
      float x = fraction (u + ((row & 1) ? shift : 0.0f)) - 0.5f, y = v - (float) row - 0.5f;
      float distance = sqrtf (x * x + y * y);
      float hole = 1 - step_up (radius, 1.8f * canvas->pixel[i], distance);
      float brushed = noise (u * 0.4f, v * 22, seed) + 0.5f * noise (u * 0.9f, v * 41, seed + 1);
      /* The sheet's thickness shows at the hole's lower right. */
      float wall = hole * step_up (radius * 0.55f, 0.1f, sqrtf ((x + 0.1f) * (x + 0.1f) + (y + 0.1f) * (y + 0.1f)));

      canvas->color[i] = mix (shade (mix (colors.a, colors.c, 0.5f + 0.4f * brushed), 1), mix (colors.b, colors.c, 0.55f * wall), hole);
      canvas->relief[i] = 0.05f * step_up (radius + 0.05f, 0.08f, distance) + 0.004f * brushed;
    }
  canvas->gloss = 0.5f;
}

FOVEA_DRAWS void
fovea_draw_studded (FoveaCanvas *canvas)
{
  static const FoveaPalette leathers[] = { { 0x3a2418, 0xd8b868, 0x5c3c28 }, { 0x1f1f22, 0xc8ccd0, 0x3a3a40 }, { 0x6f2420, 0xe0c078, 0x8c3a34 }, { 0x7a5430, 0xb8a078, 0x9a7044 }, { 0x2c4050, 0xd0d4d8, 0x44586a } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, leathers, G_N_ELEMENTS (leathers));
  guint32 seed = canvas_seed (canvas);
  float shift = canvas_draw (canvas, 0, 1) < 0.5f ? 0.5f : 0.0f;

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.5f, v = canvas->v[i] * 1.5f;
      int row = floor_to_int (v);
      float x = fraction (u + ((row & 1) ? shift : 0.0f)) - 0.5f, y = v - (float) row - 0.5f;
      float distance = sqrtf (x * x + y * y);
      float stud = 1 - step_up (0.25f, 1.5f * canvas->pixel[i], distance);
      float dome = sqrtf (highest (1 - distance * distance / (0.27f * 0.27f), 0.0f));
      FoveaCell pore = cell_at (u * 7, v * 7, 1, seed);
      float leather = step_up (0.08f, 0.1f, pore.second - pore.nearest);

      canvas->color[i] = mix (shade (mix (colors.a, colors.c, 0.7f * leather), 0.65f + 0.35f * step_up (0.32f, 0.1f, distance)), colors.b, stud);
      canvas->relief[i] = 0.2f * dome + (1 - stud) * 0.018f * leather + 0.07f * step_up (0.36f, 0.12f, distance) * (1 - stud);
    }
  canvas->gloss = 0.75f;
}

FOVEA_DRAWS void
fovea_draw_pitted (FoveaCanvas *canvas)
{
  static const FoveaPalette stones[] = { { 0x9a9690, 0x4a4844, 0xb8b4ac }, { 0xb89878, 0x5c4632, 0xd4b898 }, { 0x6a6664, 0x2c2a2a, 0x868280 }, { 0xe0963c, 0xa85a14, 0xf0b468 }, { 0xc8c2b4, 0x7c7668, 0xe0dcd0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, stones, G_N_ELEMENTS (stones));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      FoveaCell big = cell_at (u * 2.6f, v * 2.6f, 1, seed), small = cell_at (u * 6.5f, v * 6.5f, 1, seed + 1);
      float deep = highest (1 - big.nearest / (0.2f + 0.25f * chance (big.id, 1)), 0), shallow = highest (1 - small.nearest / (0.2f + 0.3f * chance (small.id, 1)), 0);
      float pit = deep * (2 - deep), dent = shallow * (2 - shallow);
      float tone = cloud (u * 1.3f, v * 1.3f, 4, seed + 2);

      canvas->color[i] = mix (shade (mix (colors.a, colors.c, saturate (0.5f + tone)), 1 + 0.1f * noise (u * 18, v * 18, seed + 3)), colors.b, 0.55f * pit + 0.2f * dent);
      canvas->relief[i] = -0.15f * pit - 0.05f * dent + 0.03f * tone;
    }
  canvas->gloss = 0.12f;
}

FOVEA_DRAWS void
fovea_draw_flecked (FoveaCanvas *canvas)
{
  static const FoveaPalette granites[] = { { 0xc8c2ba, 0x3a3634, 0x9a8a80 }, { 0xb88a78, 0x40302c, 0xd8c0b0 }, { 0xe6e2d8, 0xa85a48, 0x54707c }, { 0x5a5e62, 0x1c1e20, 0xb4b8bc }, { 0xd8d4c4, 0x4a6a58, 0xb8903c } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, granites, G_N_ELEMENTS (granites));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float wu = u + 0.05f * noise (u * 6, v * 6, seed), wv = v + 0.05f * noise (u * 6, v * 6, seed + 1);
      FoveaCell big = cell_at (wu * 3.2f, wv * 3.2f, 1, seed + 2), small = cell_at (wu * 8, wv * 8, 1, seed + 3);
      float soft = 2.5f * canvas->pixel[i];
      float chip = step_up (0.1f, 0.03f + soft, big.second - big.nearest) * (chance (big.id, 1) < 0.55f ? 1.0f : 0.0f);
      float grit = step_up (0.12f, 0.05f + 2 * soft, small.second - small.nearest) * (chance (small.id, 1) < 0.35f ? 1.0f : 0.0f);
      FoveaColor first = shade (chance (big.id, 2) < 0.5f ? colors.b : colors.c, 0.85f + 0.3f * chance (big.id, 3));
      FoveaColor second = chance (small.id, 2) < 0.6f ? colors.b : colors.c;

      canvas->color[i] = mix (mix (shade (colors.a, 1 + 0.06f * noise (u * 14, v * 14, seed + 4)), second, 0.8f * grit), first, 0.9f * chip);
      canvas->relief[i] = 0.003f * chance (big.id, 4);
    }
  canvas->gloss = 0.6f;
}

FOVEA_DRAWS void
fovea_draw_grooved (FoveaCanvas *canvas)
{
  static const FoveaPalette sheets[] = { { 0x9aa4a8, 0x8a4a24, 0xb8c0c4 }, { 0x5f7a74, 0x7a4424, 0x80988f }, { 0x9a5a3c, 0x5c2c18, 0xb87c5c }, { 0x6a7c90, 0x7f4c2c, 0x8ca0b4 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, sheets, G_N_ELEMENTS (sheets));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.8f, v = canvas->v[i];
      float profile = 0.5f + 0.5f * wave (u);
      float drip = cloud (u * 0.8f, v * 0.25f, 4, seed), rust = step_up (0.12f, 0.2f, drip + 0.12f * (1 - profile));
      float grain = cloud (u * 5, v * 6, 3, seed + 1);

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, saturate (0.5f + 0.5f * grain)), colors.b, 0.85f * rust), 0.62f + 0.42f * profile + 0.08f * grain);
      canvas->relief[i] = 0.2f * profile + 0.01f * grain;
    }
  canvas->gloss = 0.35f;
}

FOVEA_DRAWS void
fovea_draw_crystalline (FoveaCanvas *canvas)
{
  static const FoveaPalette crystals[] = { { 0x8a5ab4, 0x3c1c5c, 0xe4c8f4 }, { 0x7fb4d0, 0x2c5478, 0xeaf6fc }, { 0xd0d8dc, 0x7c8a94, 0xffffff }, { 0x4aa08a, 0x14483c, 0xc4f0e0 }, { 0xd88a9a, 0x783444, 0xfbe0e4 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, crystals, G_N_ELEMENTS (crystals));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      FoveaCell big = cell_at (u * 1.5f, v * 1.5f, 1, seed);
      float turn = chance (big.id, 5), c = wave (turn + 0.25f), s = wave (turn);
      float along = big.dx * c + big.dy * s, across = big.dy * c - big.dx * s;
      /* Each crystal is a prism with two faces of its own tilt. */
      float face = across > 0.12f * (chance (big.id, 6) - 0.5f) ? 1.0f : -1.0f;
      FoveaCell chip = cell_at (u * 4, v * 4, 1, seed + 1);
      float tilt = -face * across * (0.5f + 0.8f * chance (big.id, 1)) + along * 0.7f * (chance (big.id, 2) - 0.5f);
      float lesser = chip.dx * (chance (chip.id, 1) - 0.5f) + chip.dy * (chance (chip.id, 2) - 0.5f);
      float tone = saturate (0.5f * chance (big.id, 3) + 0.25f * (face + 1) * chance (big.id, 4) + 0.25f * chance (chip.id, 3));
      float edge = 1 - step_up (0.03f, 0.03f + canvas->pixel[i], big.second - big.nearest);

      canvas->color[i] = mix (mix (mix (colors.b, colors.a, saturate (2 * tone)), colors.c, saturate (2 * tone - 1)), colors.c, 0.35f * edge);
      canvas->relief[i] = 0.6f * tilt + 0.07f * lesser;
    }
  canvas->gloss = 0.95f;
}

FOVEA_DRAWS void
fovea_draw_bumpy (FoveaCanvas *canvas)
{
  static const FoveaPalette pebbles[] = { { 0x9a948a, 0x4c4842, 0xc8c2b4 }, { 0xa88c70, 0x54443a, 0xd8c4a8 }, { 0x7a8288, 0x3c4246, 0xaab2b6 }, { 0xb4a08c, 0x6a4c3c, 0xe4dcd0 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, pebbles, G_N_ELEMENTS (pebbles));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 2.1f, v = canvas->v[i] * 2.1f;
      FoveaCell cell = cell_at (u + 0.1f * noise (u, v, seed), v + 0.1f * noise (u, v, seed + 1), 0.75f, seed + 2);
      float gap = saturate ((cell.second - cell.nearest) * 2.2f);
      float round = sqrtf (gap * (2 - gap));
      FoveaColor stone = one_of (&colors, chance (cell.id, 1));
      float speckle = noise (u * 7 + 13 * chance (cell.id, 3), v * 7, seed + 3);

      canvas->color[i] = shade (mix (stone, colors.c, 0.35f * chance (cell.id, 2)), (0.2f + 0.8f * step_up (0.12f, 0.14f, gap)) * (1 + 0.13f * speckle));
      canvas->relief[i] = 0.3f * round + 0.008f * speckle;
    }
  canvas->gloss = 0.25f;
}

FOVEA_DRAWS void
fovea_draw_brick (FoveaCanvas *canvas)
{
  static const FoveaPalette bricks[] = { { 0xa4543c, 0xc8beb0, 0x7c3828 }, { 0xb87858, 0xd4ccbe, 0x8f5238 }, { 0x8a4438, 0xa8a098, 0x5c2c26 }, { 0xc89c70, 0xdcd4c4, 0xa87848 }, { 0x9a9088, 0xc4beb4, 0x746a64 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, bricks, G_N_ELEMENTS (bricks));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 1.25f + 0.015f * noise (canvas->u[i] * 5, canvas->v[i] * 5, seed), v = canvas->v[i] * 3.1f + 0.03f * noise (canvas->u[i] * 4, canvas->v[i] * 4, seed + 1);
      int row = floor_to_int (v);
      float x = u + ((row & 1) ? 0.5f : 0.0f);
      int column = floor_to_int (x);
      float edge = lowest ((0.5f - magnitude (x - (float) column - 0.5f)) * 2.5f, 0.5f - magnitude (v - (float) row - 0.5f));
      float brick = step_up (0.08f, 0.03f + 1.8f * canvas->pixel[i], edge), rounded = step_up (0.12f, 0.09f, edge);
      float tone = chance_at (column, row, seed + 2), grain = cloud (u * 7, v * 3, 3, seed + 3);

      canvas->color[i] = mix (shade (colors.b, 0.85f + 0.25f * grain), shade (mix (colors.a, colors.c, tone), 1 + 0.35f * grain), brick);
      canvas->relief[i] = 0.07f * rounded + 0.03f * grain;
    }
  canvas->gloss = 0.03f;
}

FOVEA_DRAWS void
fovea_draw_asphalt (FoveaCanvas *canvas)
{
  static const FoveaPalette roads[] = { { 0x5c5c5e, 0x343436, 0x8a8a8a }, { 0x6e6a66, 0x403e3c, 0x9a9690 }, { 0x4a4e54, 0x2a2e32, 0x74787e } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, roads, G_N_ELEMENTS (roads));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      FoveaCell stone = cell_at (u * 9, v * 9, 1, seed);
      float wear = cloud (u * 0.6f, v * 0.6f, 3, seed + 1);
      float fade = saturate (1.6f - 14 * canvas->pixel[i]);
      float bit = (1 - step_up (0.3f, 0.15f, stone.nearest)) * fade;

      canvas->color[i] = mix (shade (colors.a, 1 + 0.35f * wear), chance (stone.id, 1) < 0.3f ? colors.c : colors.b, bit * (0.2f + 0.5f * chance (stone.id, 2)));
      canvas->relief[i] = 0.02f * bit + 0.01f * noise (u * 12, v * 12, seed + 2) * fade;
    }
  canvas->gloss = 0.1f;
}

FOVEA_DRAWS void
fovea_draw_plaster (FoveaCanvas *canvas)
{
  static const FoveaPalette paints[] = { { 0xe8dcc4, 0xcdbb98, 0xf4ecdc }, { 0xc8d4d8, 0xa4b4bc, 0xdde6e8 }, { 0xd8b89c, 0xb89478, 0xe8d0b8 }, { 0xb8c4a8, 0x98a888, 0xd0d8c4 }, { 0xe0c878, 0xc0a450, 0xf0dc9c }, { 0xc4b8c0, 0xa4949c, 0xd8d0d4 }, { 0x9ab0b8, 0x788f98, 0xb8c8ce } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, paints, G_N_ELEMENTS (paints));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float stain = cloud (u * 0.5f, v * 0.4f, 4, seed), trowel = cloud (u * 2.2f + 0.6f * stain, v * 3.4f, 3, seed + 1);

      canvas->color[i] = mix (mix (colors.a, colors.b, saturate (0.4f + 0.9f * stain)), colors.c, saturate (0.3f + trowel));
      canvas->relief[i] = 0.035f * trowel + 0.006f * noise (u * 14, v * 14, seed + 2);
    }
  canvas->gloss = 0.02f;
}

FOVEA_DRAWS void
fovea_draw_sand (FoveaCanvas *canvas)
{
  static const FoveaPalette beaches[] = { { 0xdcc49a, 0xb4946a, 0xf0e2c4 }, { 0xc8a878, 0x9a7a50, 0xe4ccA4 }, { 0xe6d8bc, 0xc4b08c, 0xf6eedc }, { 0xd09a64, 0x9f6a3c, 0xe8c090 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, beaches, G_N_ELEMENTS (beaches));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float bend = 0.7f * noise (u * 0.5f, v * 0.5f, seed) + 0.12f * noise (u * 2, v * 2, seed + 1);
      float ripple = wave (v * 1.9f + bend) * saturate (0.55f + 0.8f * noise (u * 0.4f, v * 0.4f, seed + 2));
      float fade = saturate (1.5f - 10 * canvas->pixel[i]);
      float grain = noise (u * 25, v * 25, seed + 3) * fade + cloud (u * 3, v * 3, 3, seed + 4);

      canvas->color[i] = mix (mix (colors.a, colors.b, saturate (0.35f - 0.25f * ripple + 0.2f * grain)), colors.c, saturate (0.2f * ripple + 0.15f * grain));
      canvas->relief[i] = (0.045f * ripple + 0.02f * grain) * highest (fade, 0.4f);
    }
  canvas->gloss = 0.03f;
}

FOVEA_DRAWS void
fovea_draw_snow (FoveaCanvas *canvas)
{
  static const FoveaPalette snows[] = { { 0xe8eef4, 0xb8c8dc, 0xfcfdff }, { 0xeceef0, 0xc4ccd6, 0xffffff }, { 0xe4e6f0, 0xb4bcd8, 0xfafaff } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, snows, G_N_ELEMENTS (snows));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float drift = cloud (u * 0.5f, v * 0.9f, 4, seed), grain = noise (u * 16, v * 16, seed + 1) * saturate (1.5f - 10 * canvas->pixel[i]);

      canvas->color[i] = mix (mix (colors.a, colors.b, saturate (0.35f - 0.9f * drift)), colors.c, saturate (0.2f + drift));
      canvas->relief[i] = 0.16f * drift + 0.006f * grain;
    }
  canvas->gloss = 0.12f;
}

FOVEA_DRAWS void
fovea_draw_soil (FoveaCanvas *canvas)
{
  static const FoveaPalette soils[] = { { 0x6a4c34, 0x38261a, 0x8f6e50 }, { 0x86684a, 0x4a3826, 0xb09270 }, { 0x9a5a3c, 0x5c301e, 0xbc805c }, { 0x5a4a40, 0x2e2620, 0x80705f } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, soils, G_N_ELEMENTS (soils));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float clod = cloud (u * 2.2f, v * 2.2f, 4, seed);
      FoveaCell stone = cell_at (u * 3.5f, v * 3.5f, 1, seed + 1);
      float pebble = (1 - step_up (0.2f * chance (stone.id, 1), 0.06f + canvas->pixel[i], stone.nearest)) * (chance (stone.id, 2) < 0.4f ? 1.0f : 0.0f);

      canvas->color[i] = mix (mix (mix (colors.a, colors.b, saturate (0.4f - 1.3f * clod)), colors.c, saturate (1.2f * clod)), (FoveaColor) { 0.62f, 0.57f, 0.5f }, 0.6f * pebble);
      canvas->relief[i] = 0.13f * clod + 0.04f * pebble;
    }
  canvas->gloss = 0.02f;
}

FOVEA_DRAWS void
fovea_draw_wood (FoveaCanvas *canvas)
{
  static const FoveaPalette timbers[] = { { 0xb4824c, 0x6f4420, 0xd4a870 }, { 0x7a4c2c, 0x402412, 0x9c6a42 }, { 0xd0ae78, 0x9a7440, 0xe6cca0 }, { 0x8c8478, 0x504a42, 0xb0a89a }, { 0x9a5a34, 0x562c16, 0xbc7c50 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, timbers, G_N_ELEMENTS (timbers));
  guint32 seed = canvas_seed (canvas);
  float planks = canvas_draw (canvas, 0, 1) < 0.75f ? 1.25f : 0.3f;

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.45f, v = canvas->v[i] * planks;
      int plank = floor_to_int (v);
      float length = u * 0.6f + 5 * chance_at (plank, 0, seed);
      int board = floor_to_int (length);
      float own = chance_at (plank, board, seed + 1);
      float x = u + 17 * own, y = canvas->v[i] * 1.25f + 11 * own;
      float rings = y * 2.4f + 1.5f * noise (x * 0.55f, y * 0.6f, seed + 2) + 0.25f * noise (x * 1.8f, y * 2.2f, seed + 3);
      float ring = fraction (rings);
      float grain = ring * ring * (1 - step_up (0.9f, 0.1f, ring)) * 1.2f;
      float fiber = noise (x * 2.2f, y * 26, seed + 4) + 0.5f * noise (x * 5, y * 55, seed + 5);
      float to_joint = lowest (0.5f - magnitude (v - (float) plank - 0.5f), (0.5f - magnitude (length - (float) board - 0.5f)) * 3.5f);
      float joint = 1 - step_up (0.018f, 0.012f + canvas->pixel[i] * planks, to_joint);

      canvas->color[i] = shade (mix (mix (colors.a, colors.c, own), colors.b, saturate (0.6f * grain + 0.16f * fiber + 0.1f)), 1 - 0.72f * joint);
      canvas->relief[i] = -0.03f * joint - 0.008f * grain + 0.006f * fiber;
    }
  canvas->gloss = 0.25f;
}

FOVEA_DRAWS void
fovea_draw_water (FoveaCanvas *canvas)
{
  static const FoveaPalette seas[] = { { 0x2f6a8c, 0x123c58, 0x9cc8d8 }, { 0x3a8a94, 0x14505c, 0xb4e0e0 }, { 0x4a6478, 0x243848, 0xa8bcc8 }, { 0x3f7060, 0x1a4038, 0xa4c8b8 }, { 0x2a5a9c, 0x102f60, 0x94b8e4 } };
  FoveaColors colors = fovea_canvas_pick_colors (canvas, seas, G_N_ELEMENTS (seas));
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i] * 0.9f, v = canvas->v[i] * 1.7f;
      float swell = noise (u * 0.5f, v * 0.6f, seed);
      float wu = u + 0.4f * noise (u * 0.9f, v * 0.9f, seed + 1), wv = v + 0.3f * swell;
      float ripple = noise (wu * 1.2f, wv * 1.6f, seed + 2) + 0.5f * noise (wu * 2.7f, wv * 3.6f, seed + 3) + 0.25f * noise (wu * 6, wv * 8, seed + 4);
      float ridge = 1 - magnitude (ripple);
      float crest = step_up (0.9f, 0.12f, ridge) * saturate (0.5f + swell);
      float tone = saturate (0.45f + 0.5f * ripple + 0.2f * swell);

      canvas->color[i] = mix (mix (colors.b, colors.a, tone), colors.c, 0.6f * crest + 0.25f * saturate (ripple));
      canvas->relief[i] = 0.1f * ripple + 0.06f * swell;
    }
  canvas->gloss = 0.9f;
}

FOVEA_DRAWS void
fovea_draw_carpet (FoveaCanvas *canvas)
{
  FoveaColors colors = fovea_canvas_pick_dyes (canvas);
  guint32 seed = canvas_seed (canvas);

  for (gsize i = 0; i < canvas->n; i++)
    {
      float u = canvas->u[i], v = canvas->v[i];
      float fade = saturate (1.5f - 9 * canvas->pixel[i]);
      FoveaCell loop = cell_at (u * 8, v * 8, 0.8f, seed);
      float pile = (1 - loop.nearest) * fade, brushed = cloud (u * 0.8f, v * 0.8f, 3, seed + 1);

      canvas->color[i] = shade (mix (colors.a, colors.b, 0.2f * chance (loop.id, 1)), 0.62f + 0.32f * pile + 0.1f * (1 - fade) + 0.2f * brushed);
      canvas->relief[i] = 0.05f * pile + 0.03f * brushed;
    }
  canvas->gloss = 0;
}
