#!/usr/bin/python3
"""fovea attack.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import math
import sys

from command_line import PAIR, Tiny, expect, expect_close, expect_failure, main, make_values, read_npy, read_png_size, run_json, run_ok, write_image, write_npy


def make_image(folder):
    Tiny().write(folder / 'tiny.safetensors')
    image = [0.5 + 0.4 * value for value in make_values(108, 8)]
    write_npy(folder / 'image.npy', (3, 6, 6), image)
    return image


def attack(folder, output, *options):
    result, = run_json('attack', folder / 'image.npy', '--network', folder / 'tiny.safetensors', '--output', folder / output, *options)
    return result


def test_numbers(folder):
    """What is reported is what an independent forward pass says of the written image."""
    tiny, image = Tiny(), make_image(folder)
    for norm, epsilon in ('l2', 0.8), ('linf', 0.05):
        result = attack(folder, 'attacked.npy', '--norm', norm, '--epsilon', epsilon)
        shape, attacked = read_npy(folder / 'attacked.npy')
        expect(tuple(shape) == (3, 6, 6) and all(0 <= value <= 1 for value in attacked), shape)
        changes = [a - b for a, b in zip(attacked, image)]
        l2, linf = math.sqrt(sum(change ** 2 for change in changes)), max(map(abs, changes))
        expect_close([result['l2'], result['linf']], [l2, linf], 1e-5)
        expect((l2 if norm == 'l2' else linf) <= epsilon * 1.0001, result)

        before, after = tiny.classify(image), tiny.classify(attacked)
        expect(result['class'] == result['clean']['index'] == before.index(max(before)), result)
        expect(result['attacked']['index'] == after.index(max(after)) and result['attacked']['label'] == tiny.classes[after.index(max(after))], result)
        expect_close([result['clean']['probability'], result['attacked']['probability']], [max(before), max(after)], 1e-5)
        expect_close([result['clean']['loss'], result['attacked']['loss']], [-math.log(p[result['class']]) for p in (before, after)], 1e-5)
        expect(result['attacked']['loss'] > result['clean']['loss'], result)


def test_target(folder):
    """Towards each class its probability rises, by name and by number alike."""
    tiny, image = Tiny(), make_image(folder)
    before = tiny.classify(image)
    for index, name in enumerate(tiny.classes):
        result = attack(folder, 'a.npy', '--target', name)
        expect(result['targeted'] and result['class'] == index, result)
        after = tiny.classify(read_npy(folder / 'a.npy')[1])
        expect(after[index] > before[index], before, after)
        attack(folder, 'b.npy', '--target', index)
        expect((folder / 'a.npy').read_bytes() == (folder / 'b.npy').read_bytes())


def test_random_start(folder):
    make_image(folder)
    files = []
    for seed in 1, 1, 2:
        attack(folder, 'attacked.npy', '--random-start', '--steps', 1, '--step-size', 0.01, '--seed', seed)
        files.append((folder / 'attacked.npy').read_bytes())
    expect(files[0] == files[1] != files[2])


def test_figure(folder):
    write_image(folder / 'image.png')
    arguments = ['attack', folder / 'image.png', '--network', PAIR[0], '--network', PAIR[1], '--output']
    lines = run_ok(*arguments, folder / 'figure.png').splitlines()
    expect([line.split(':')[0] for line in lines] == list(PAIR), lines)
    width, height = read_png_size(folder / 'figure.png')
    expect(width > 800 and height > 1200, width, height)
    first = (folder / 'figure.png').read_bytes()
    run_ok(*arguments, folder / 'figure.png')
    expect((folder / 'figure.png').read_bytes() == first)
    for ending in 'pdf', 'svg':
        run_ok(*arguments, folder / f'figure.{ending}')
        expect(b'PDF' in (folder / f'figure.{ending}').read_bytes()[:8] or b'<svg' in (folder / f'figure.{ending}').read_bytes()[:200])


def test_bad_input(folder):
    write_image(folder / 'image.png')
    good = ['attack', folder / 'image.png', '--network', PAIR[0], '--output', folder / 'figure.png']
    expect_failure(2, ['--output'], *good[:4])
    expect_failure(2, ['--norm', "'l1'"], *good, '--norm', 'l1')
    expect_failure(2, ['--epsilon'], *good, '--epsilon', 'nan')
    expect_failure(2, ['--steps'], *good, '--steps', 0)
    expect_failure(2, ['--class', '--target'], *good, '--class', 'cat', '--target', 'dog')
    expect_failure(2, ['.npy'], *good[:5], folder / 'x.npy', '--network', PAIR[1])
    expect_failure(1, ["'unicorn'"], *good, '--target', 'unicorn')
    expect_failure(1, ['missing.png'], 'attack', folder / 'missing.png', *good[2:])
    expect(sorted(path.name for path in folder.iterdir()) == ['image.png'])


if __name__ == '__main__':
    sys.exit(main('attack'))
