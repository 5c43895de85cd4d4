#!/usr/bin/python3
"""fovea smoothness.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import sys

from command_line import PAIR, Tiny, expect, expect_close, expect_failure, main, run_json, run_ok, write_image, write_png


def make_images(folder):
    """Two images of 6 × 6 and one file that is none; the images' values in [0,1]."""
    values = []
    for n in range(2):
        def pixel(y, x):
            return [(37 * y * (n + 1) + 91 * x + 50 * c + 13 * x * y) % 256 for c in range(3)]
        (folder / 'set').mkdir(exist_ok=True)
        write_png(folder / 'set' / f'{n}.png', 6, 6, pixel)
        values.append([pixel(y, x)[c] / 255 for c in range(3) for y in range(6) for x in range(6)])
    (folder / 'set' / 'broken.png').write_bytes(b'\x89PNG\r\n\x1a\nno more')
    return values


def get_variation(values, height, width):
    rows = [values[y * width:(y + 1) * width] for y in range(height)]
    return (sum(abs(row[x + 1] - row[x]) for row in rows for x in range(width - 1)) +
            sum(abs(rows[y + 1][x] - rows[y][x]) for y in range(height - 1) for x in range(width)))


def test_by_hand(folder):
    tiny = Tiny()
    tiny.write(folder / 'tiny.safetensors')
    maps = [tiny.convolve(image) for image in make_images(folder)]
    result, = run_json('smoothness', '--network', folder / 'tiny.safetensors', '--images', folder / 'set', '--noise', 0)
    expect((result['n_images'], result['n_unreadable'], result['sigma']) == (2, 1, 0), result)
    layer, = result['layers']
    expect((layer['layer'], layer['height'], layer['width']) == ('conv', 3, 6), layer)
    for channel in range(4):
        expected = sum(get_variation(values[channel * 18:channel * 18 + 18], 3, 6) for values in maps) / 2
        expect_close([layer['clean'][channel]], [expected], 1e-4 * expected)
    expect(layer['noisy'] == layer['clean'] and layer['passed'] == [0] * 4, layer)

    filters = result['filters']
    expect(filters['layer'] == 'conv', filters)
    for channel in range(4):
        weights = tiny.w[channel * 27:channel * 27 + 27]
        expected = sum(get_variation(weights[plane * 9:plane * 9 + 9], 3, 3) for plane in range(3))
        expect_close([filters['total_variation'][channel]], [expected], 1e-5)
        expect_close([filters['relative'][channel]], [expected / sum(map(abs, weights))], 1e-5)


def test_noise(folder):
    """More noise changes more, and a seed gives the same noise again."""
    tiny = Tiny()
    tiny.write(folder / 'tiny.safetensors')
    make_images(folder)
    arguments = ['smoothness', '--network', folder / 'tiny.safetensors', '--images', folder / 'set', '--layer', 'relu']
    little, much, again = (run_json(*arguments, '--noise', sigma, '--seed', 3)[0]['layers'][0] for sigma in (0.01, 0.2, 0.01))
    other = run_json(*arguments, '--noise', 0.01, '--seed', 4)[0]['layers'][0]
    expect(little == again and little['noisy'] != other['noisy'], little, other)
    expect(little['clean'] == much['clean'], little, much)
    expect(all(0 < a < b for a, b in zip(little['passed'], much['passed'])), little, much)


def test_pair(folder):
    write_image(folder / 'one.png')
    lines = run_ok('smoothness', '--network', PAIR[0], '--network', PAIR[1], '--images', folder, '--layer', 'conv1', '--layer', 'bn4', '--layer', 'conv1').splitlines()
    expect(lines[0].startswith('NETWORK'), lines)
    expect([line.split()[:3] for line in lines[1:5]] == [[name, *layer] for name in PAIR for layer in (['conv1', '48'], ['bn4', '160'])], lines)
    expect(all('filters of conv1' in line for line in lines[5:7]) and len(lines) == 7, lines)


def test_bad_input(folder):
    (folder / 'empty').mkdir()
    (folder / 'broken').mkdir()
    (folder / 'broken' / 'a.png').write_bytes(b'')
    expect_failure(2, ['--images'], 'smoothness', '--network', PAIR[0])
    expect_failure(2, ['--noise'], 'smoothness', '--network', PAIR[0], '--images', folder, '--noise', -1)
    expect_failure(2, ['--count'], 'smoothness', '--network', PAIR[0], '--images', folder, '--count', 0)
    expect_failure(1, ['empty'], 'smoothness', '--network', PAIR[0], '--images', folder / 'empty')
    expect_failure(1, ['broken'], 'smoothness', '--network', PAIR[0], '--images', folder / 'broken')
    expect_failure(1, ['missing'], 'smoothness', '--network', PAIR[0], '--images', folder / 'missing')
    expect_failure(1, ['conv9'], 'smoothness', '--network', PAIR[0], '--images', folder / 'broken', '--layer', 'conv9')


if __name__ == '__main__':
    sys.exit(main('smoothness'))
