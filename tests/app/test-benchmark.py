#!/usr/bin/python3
"""fovea benchmark.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import sys

from command_line import PAIR, Tiny, expect, expect_failure, main, run_json, run_ok

KEYS = ['network', 'batch', 'layer', 'forward_ms', 'gradient_ms', 'peak_bytes']


def test_json(folder):
    result = run_json('benchmark', '--network', PAIR[0], '--network', PAIR[1], '--repeat', 15)
    expect([list(entry) for entry in result] == [KEYS, KEYS], result)
    expect([entry['network'] for entry in result] == list(PAIR), result)
    for entry in result:
        expect((entry['batch'], entry['layer']) == (1, 'fc7'), entry)
        expect(0 < entry['forward_ms'] < entry['gradient_ms'] < 60000, entry)


def test_memory(folder):
    """Weights and buffers: at least the weights, and more for more images."""
    Tiny().write(folder / 'tiny.safetensors')
    weights = 4 * (4 * 27 + 4 + 3 * 4 + 3)
    sizes = [run_json('benchmark', '--network', folder / 'tiny.safetensors', '--batch', batch, '--repeat', 1)[0]['peak_bytes'] for batch in (1, 64)]
    # One image of 3 × 6 × 6 and the maps of 4 × 3 × 6 are held at once.
    expect(sizes[0] >= weights + 4 * 4 * 18 and sizes[1] >= weights + 64 * 4 * 4 * 18, sizes)
    expect(sizes[1] > sizes[0] and sizes[1] < 10e6, sizes)


def test_layer_and_batch(folder):
    first = run_json('benchmark', '--network', PAIR[0], '--layer', 'conv1', '--batch', 16, '--repeat', 15)[0]
    whole = run_json('benchmark', '--network', PAIR[0], '--batch', 16, '--repeat', 15)[0]
    expect((first['layer'], first['batch']) == ('conv1', 16), first)
    expect(first['forward_ms'] < whole['forward_ms'] and first['gradient_ms'] < whole['gradient_ms'], first, whole)


def test_text(folder):
    lines = run_ok('benchmark', '--network', PAIR[1], '--repeat', 1, '--threads', 1).splitlines()
    expect(len(lines) == 2 and lines[0].startswith('NETWORK') and lines[1].split()[:3] == [PAIR[1], 'fc7', '1'], lines)


def test_usage(folder):
    expect_failure(2, ['--network'], 'benchmark')
    expect_failure(2, ['--batch', "'0'"], 'benchmark', '--network', PAIR[0], '--batch', 0)
    expect_failure(2, ['--repeat', "'x'"], 'benchmark', '--network', PAIR[0], '--repeat', 'x')
    expect_failure(1, [PAIR[0], "'conv9'"], 'benchmark', '--network', PAIR[0], '--layer', 'conv9')


if __name__ == '__main__':
    sys.exit(main('benchmark'))
