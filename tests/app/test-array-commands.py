#!/usr/bin/python3
"""fovea classify, fovea activations, fovea gradient: their numbers, recomputed.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import math
import sys

from command_line import (PAIR, ROOT, Tiny, expect, expect_close, expect_failure, main, make_values, product, read_npy,
                          read_safetensors, run_json, run_ok, write_image, write_npy, write_png)


def make_tiny(folder, **options):
    """The tiny network, its file, an image for it and the image's file."""
    tiny = Tiny(**options)
    image = [(value + 1) / 2 for value in make_values(108, 9)]
    tiny.write(folder / 'tiny.safetensors')
    write_npy(folder / 'image.npy', (3, 6, 6), image)
    return tiny, folder / 'tiny.safetensors', image, folder / 'image.npy'


def check_tiny_classes(folder, **options):
    tiny, network, image, path = make_tiny(folder, **options)
    result = run_json('classify', path, '--network', network)
    expect(len(result) == 1 and set(result[0]) == {'network', 'image', 'top'}, result)
    expect((result[0]['network'], result[0]['image']) == ('tiny', str(path)), result)
    expected = tiny.classify(image)
    top = result[0]['top']
    order = sorted(range(3), key=lambda k: -expected[k])
    expect([entry['index'] for entry in top] == order, top, expected)
    expect_close([entry['probability'] for entry in top], [expected[k] for k in order], 1e-5)
    return [entry['label'] for entry in top], order


def test_classify(folder):
    labels, order = check_tiny_classes(folder)
    expect(labels == [Tiny.classes[k] for k in order], labels)


def test_classify_applies_softmax_once(folder):
    check_tiny_classes(folder, softmax=True)


def test_classify_without_class_names(folder):
    labels, _ = check_tiny_classes(folder, classes=False)
    expect(labels == [None] * 3, labels)


def test_classify_networks_and_images(folder):
    for name, width in (('a.png', 80), ('b.png', 64)):
        write_image(folder / name, width)
    result = run_json('classify', folder / 'a.png', folder / 'b.png', '--network', PAIR[0], '--network', PAIR[1], '--top', 20)
    expect([(entry['network'], entry['image']) for entry in result] ==
           [(network, str(folder / image)) for network in PAIR for image in ('a.png', 'b.png')], result)
    for entry in result:
        probabilities = [each['probability'] for each in entry['top']]
        expect(len(probabilities) == 20 and abs(sum(probabilities) - 1) < 1e-9, probabilities)
        expect(probabilities == sorted(probabilities, reverse=True), probabilities)
        expect(sorted(each['index'] for each in entry['top']) == list(range(20)), entry)
        expect(next(each['label'] for each in entry['top'] if each['index'] == 6) == 'elephant', entry)
    expect(result[0]['top'] != result[1]['top'] != result[2]['top'], 'different inputs give the same')
    five = run_json('classify', folder / 'a.png', '--network', PAIR[0])
    expect(five[0]['top'] == result[0]['top'][:5], five)


def test_classify_agrees_with_activations(folder):
    write_image(folder / 'image.png')
    top = run_json('classify', folder / 'image.png', '--network', PAIR[1], '--top', 20)[0]['top']
    run_ok('activations', folder / 'image.png', '--network', PAIR[1], '--layer', 'fc7', '--output', folder / 'fc7.npy')
    shape, logits = read_npy(folder / 'fc7.npy')
    expect(shape == (20,), shape)
    exponentials = [math.exp(logit) for logit in logits]
    for entry in top:
        expect(abs(entry['probability'] - exponentials[entry['index']] / sum(exponentials)) < 1e-6, entry)


def test_classify_text(folder):
    write_image(folder / 'image.png')
    lines = run_ok('classify', folder / 'image.png', '--network', PAIR[0], '--top', 3).splitlines()
    top = run_json('classify', folder / 'image.png', '--network', PAIR[0], '--top', 3)[0]['top']
    expect(lines[0].split() == [PAIR[0], str(folder / 'image.png')] and len(lines) == 4, lines)
    for line, entry in zip(lines[1:], top):
        expect(line.split() == [f"{entry['probability'] * 100:.1f}", '%', entry['label'], f"({entry['index']})"], line, entry)


def test_activations(folder):
    tiny, network, image, path = make_tiny(folder)
    result = run_json('activations', path, '--network', network, '--layer', 'conv', '--output', folder / 'conv.npy')
    expect(result == {'network': 'tiny', 'image': str(path), 'layer': 'conv', 'shape': [4, 3, 6], 'output': str(folder / 'conv.npy')}, result)
    shape, values = read_npy(folder / 'conv.npy')
    expect(shape == (4, 3, 6), shape)
    expect_close(values, tiny.convolve(image), 1e-5)
    run_ok('activations', path, '--network', network, '--layer', 'flatten', '--output', folder / 'flatten.npy')
    expect(read_npy(folder / 'flatten.npy')[0] == (4,))


def test_gradient(folder):
    tiny, network, image, path = make_tiny(folder)
    result = run_json('gradient', path, '--network', network, '--neuron', 'conv:2:1,4', '--output', folder / 'one.npy')
    expect((result['neuron'], result['shape']) == ('conv:2:1,4', [3, 6, 6]), result)
    expect(abs(result['activation'] - tiny.convolve(image)[2 * 18 + 1 * 6 + 4]) < 1e-5, result)
    shape, values = read_npy(folder / 'one.npy')
    expect(shape == (3, 6, 6), shape)
    expect_close(values, tiny.get_gradient(2, 1, 4), 1e-5)

    result = run_json('gradient', path, '--network', network, '--neuron', 'conv:2', '--output', folder / 'mean.npy')
    maps = tiny.convolve(image)[36:54]
    expect(abs(result['activation'] - sum(maps) / 18) < 1e-5, result)
    gradients = [tiny.get_gradient(2, y, x) for y in range(3) for x in range(6)]
    expect_close(read_npy(folder / 'mean.npy')[1], [sum(column) / 18 for column in zip(*gradients)], 1e-5)


def test_reference_values(folder):
    """PyTorch's outputs and gradients of the built-in networks."""
    for name in PAIR:
        _, tensors = read_safetensors(ROOT / 'tests' / 'data' / f'{name}.check.safetensors')
        write_npy(folder / 'input.npy', *tensors.pop('input'))
        expect(len(tensors) >= 6, tensors.keys())
        for key, (shape, expected) in tensors.items():
            if key.startswith('gradient.'):
                run_ok('gradient', folder / 'input.npy', '--network', name, '--neuron', key[len('gradient.'):], '--output', folder / 'out.npy')
            else:
                run_ok('activations', folder / 'input.npy', '--network', name, '--layer', key, '--output', folder / 'out.npy')
            actual_shape, actual = read_npy(folder / 'out.npy')
            expect(actual_shape == shape and len(actual) == product(shape), key, actual_shape, shape)
            expect_close(actual, expected, 1e-4, name, key)


def test_image_files(folder):
    """A picture of the network's own size is what the network sees: x / 255, normalized."""
    tiny, network, _, _ = make_tiny(folder)
    pixels = [[[(40 * c + 7 * y * x + 3 * x) % 256 for c in range(3)] for x in range(6)] for y in range(6)]
    write_png(folder / 'image.png', 6, 6, lambda y, x: pixels[y][x])
    run_ok('activations', folder / 'image.png', '--network', network, '--layer', 'conv', '--output', folder / 'conv.npy')
    image = [pixels[y][x][c] / 255 for c in range(3) for y in range(6) for x in range(6)]
    expect_close(read_npy(folder / 'conv.npy')[1], tiny.convolve(image), 1e-5)


def test_threads_give_the_same(folder):
    write_image(folder / 'image.png')
    for threads in (1, 2):
        run_ok('gradient', folder / 'image.png', '--network', PAIR[0], '--neuron', 'relu5:3', '--output', folder / f'{threads}.npy', '--threads', threads)
    expect((folder / '1.npy').read_bytes() == (folder / '2.npy').read_bytes(), 'the gradient depends on the number of threads')


def test_usage(folder):
    expect_failure(2, ['IMAGE', '--help'], 'classify', '--network', PAIR[0])
    expect_failure(2, ['--network'], 'classify', 'image.png')
    expect_failure(2, ['--top', "'0'"], 'classify', 'image.png', '--network', PAIR[0], '--top', '0')
    expect_failure(2, ['--threads', "'many'"], 'classify', 'image.png', '--network', PAIR[0], '--threads', 'many')
    expect_failure(2, ['--layer'], 'activations', 'image.png', '--network', PAIR[0], '--output', folder / 'out.npy')
    expect_failure(2, ['--output', '.npy'], 'activations', 'image.png', '--network', PAIR[0], '--layer', 'conv1')
    expect_failure(2, ['out.txt', '.npy'], 'activations', 'image.png', '--network', PAIR[0], '--layer', 'conv1', '--output', folder / 'out.txt')
    expect_failure(2, ['--neuron'], 'gradient', 'image.png', '--network', PAIR[0], '--output', folder / 'out.npy')
    expect(not list(folder.iterdir()), 'something was written')


if __name__ == '__main__':
    sys.exit(main('array-commands'))
