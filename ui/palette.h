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
