/* The two networks' colours, the same in every view and every figure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* GNOME's palette: "Blue 3" and "Orange 4". The standard network is always left, the robust one right. */
#define FOVEA_COLOR_STANDARD "#3584e4"
#define FOVEA_COLOR_ROBUST "#e66100"

/* The same for Cairo: red, green and blue in [0,1]. */
#define FOVEA_COLOR_STANDARD_RGB 0x35 / 255.0, 0x84 / 255.0, 0xe4 / 255.0
#define FOVEA_COLOR_ROBUST_RGB 0xe6 / 255.0, 0x61 / 255.0, 0x00 / 255.0

/* What is neither of the two, such as categories of concepts: purple, green, yellow, brown, teal, pink, slate, red of about
 * the same weight, in an order in which neighbours are told apart. */
#define FOVEA_COLORS_CATEGORIES_RGB                                                                     \
  { 0x91 / 255.0, 0x41 / 255.0, 0xac / 255.0 }, { 0x2e / 255.0, 0xa0 / 255.0, 0x6c / 255.0 },           \
  { 0xe5 / 255.0, 0xa5 / 255.0, 0x0a / 255.0 }, { 0x98 / 255.0, 0x6a / 255.0, 0x44 / 255.0 },           \
  { 0x1f / 255.0, 0x96 / 255.0, 0xa8 / 255.0 }, { 0xd5 / 255.0, 0x6f / 255.0, 0xc0 / 255.0 },           \
  { 0x6e / 255.0, 0x7b / 255.0, 0x8b / 255.0 }, { 0xc6 / 255.0, 0x3b / 255.0, 0x3b / 255.0 }
