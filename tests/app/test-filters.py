#!/usr/bin/python3
"""fovea filters.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import sys

from command_line import PAIR, Tiny, expect, expect_failure, main, read_png_size, run_ok


def test_pair(folder):
    for ending in 'png', 'pdf', 'svg':
        path = folder / f'filters.{ending}'
        expect(run_ok('filters', '--network', PAIR[0], '--network', PAIR[1], '--output', path) == f'{path}\n')
        first = path.read_bytes()
        run_ok('filters', '--network', PAIR[0], '--network', PAIR[1], '--output', path)
        expect(path.read_bytes() == first and len(first) > 10000, path)


def test_columns(folder):
    """Fewer columns make the same filters a higher sheet."""
    Tiny().write(folder / 'tiny.safetensors')
    heights = []
    for columns in 4, 1:
        run_ok('filters', '--network', folder / 'tiny.safetensors', '--columns', columns, '--output', folder / 'filters.png')
        heights.append(read_png_size(folder / 'filters.png')[1])
    expect(heights[1] > heights[0] * 1.5, heights)


def test_bad_input(folder):
    good = ['filters', '--network', PAIR[0], '--output', folder / 'filters.png']
    expect_failure(2, ['--columns'], *good, '--columns', 0)
    expect_failure(2, ['filters.txt'], *good[:4], folder / 'filters.txt')
    expect_failure(1, ['conv9'], *good, '--layer', 'conv9')
    for layer in 'relu1', 'conv2':
        expect_failure(1, [PAIR[0], layer, 'three colours'], *good, '--layer', layer)
    expect(list(folder.iterdir()) == [])


if __name__ == '__main__':
    sys.exit(main('filters'))
