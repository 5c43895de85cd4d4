#!/usr/bin/python3
"""fovea figure: the bytes of a figure again from its record, other widths and forms, records that are not right.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

from command_line import PAIR, PROGRAM, ROOT, expect, expect_failure, main, read_png_size, run_ok, write_image

BOTH = ('--network', PAIR[0], '--network', PAIR[1])


def visualize(output, *arguments, networks=BOTH):
    run_ok('visualize', *networks, '--output', output, '--steps', 6, *arguments)
    return output.read_bytes()


def remake(record, *arguments):
    run_ok('figure', record, *arguments)


def test_same_bytes_again(folder):
    for ending in ('png', 'pdf', 'svg'):
        figure = folder / f'figure.{ending}'
        first = visualize(figure, '--neuron', 'conv3:42', '--neuron', 'relu2:7:3,4', '--neuron', 'conv3:1', '--seed', 5)
        figure.unlink()
        remake(folder / 'figure.json')
        expect(figure.read_bytes() == first, ending, 'differs')


def test_every_option_counts(folder):
    write_image(folder / 'start.png', 80, 70)
    cases = (('--objective', 'logit', '--neuron', 'elephant', '--preset', 'plain', '--blur-every', 2, '--seed', 2 ** 62),
             ('--objective', 'layer', '--neuron', 'conv2', '--size', '48x40', '--rotation', 1.5, '--preset', 'lucent'),
             ('--neuron', 'conv3:4', '--neuron', 'conv3:4', '--images', 3, '--diversity', 0.7),
             ('--objective', 'neuron', '--neuron', 'conv4:9', '--start', folder / 'start.png', '--no-transforms', '--total-variation', 0.001))
    for i, arguments in enumerate(cases):
        figure = folder / f'{i}.png'
        first = visualize(figure, *arguments)
        remake(folder / f'{i}.json', '--output', folder / 'again.png')
        expect((folder / 'again.png').read_bytes() == first, arguments, 'differs')


def test_changed_record_changes_figure(folder):
    first = visualize(folder / 'figure.png', '--neuron', 'conv3:42')
    record = json.loads((folder / 'figure.json').read_text())
    for network in record['networks']:
        network['options']['seed'] += 1
    (folder / 'other.json').write_text(json.dumps(record))
    remake(folder / 'other.json', '--output', folder / 'other.png')
    expect((folder / 'other.png').read_bytes() != first, 'the seed is not read')


def read_resolution(path):
    data = path.read_bytes()
    at = data.index(b'pHYs')
    horizontal, vertical, unit = struct.unpack('>IIB', data[at + 4:at + 13])
    expect(horizontal == vertical and unit == 1, horizontal, vertical, unit)
    return horizontal


def test_width(folder):
    visualize(folder / 'figure.png', '--neuron', 'conv3:42')
    remake(folder / 'figure.json', '--width', 85, '--output', folder / 'narrow.png')
    width, _ = read_png_size(folder / 'narrow.png')
    expect(width == round(85 / 25.4 * 300), width)
    expect(abs(width / read_resolution(folder / 'narrow.png') * 1000 - 85) < 0.1, 'the resolution does not make 85 mm')
    remake(folder / 'figure.json', '--width', 85, '--output', folder / 'narrow.pdf')
    box = re.search(rb'/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+)', (folder / 'narrow.pdf').read_bytes())
    expect(abs(float(box[1]) - 85 / 25.4 * 72) < 0.01, box[1])
    remake(folder / 'figure.json', '--width', 85, '--output', folder / 'narrow.svg')
    root = re.search(r'<svg[^>]* width="([0-9.]+)pt"', (folder / 'narrow.svg').read_text())
    expect(abs(float(root[1]) - 85 / 25.4 * 72) < 0.01, root[1])
    expect_failure(2, ('--width', '10', '2000'), 'figure', folder / 'figure.json', '--width', 5)


def make_collection(folder, **changes):
    """A pinned collection: two views of two rows, of which one compares different channels."""
    visualize(folder / 'source.png', '--neuron', 'conv3:42')
    record = json.loads((folder / 'source.json').read_text())
    del record['seed']
    images = folder / 'images'
    images.mkdir(exist_ok=True)
    for i in range(5):
        write_image(images / f'{i}.png', 64 + i, 64)
    record.update({
        'figure': 'pins.png',
        'caption': 'Two pinned channels.',
        'width_mm': 120,
        'views': [{'view': 'visualization'}, {'view': 'patches', 'images': str(images), 'count': 4}],
        'neurons': [{'label': 'spots', 'subtitle': 'conv3:42', 'addresses': ['conv3:42', 'conv3:42'], 'objective': 'channel', 'stream': 0},
                    {'label': 'edges', 'addresses': ['relu2:7', 'relu2:9'], 'objective': 'channel', 'stream': 0}],
    })
    record.update(changes)
    (folder / 'pins.json').write_text(json.dumps(record))
    return record


def test_collection(folder):
    record = make_collection(folder)
    remake(folder / 'pins.json')
    first = (folder / 'pins.png').read_bytes()
    width, _ = read_png_size(folder / 'pins.png')
    expect(width == round(120 / 25.4 * 300), width)
    remake(folder / 'pins.json')
    expect((folder / 'pins.png').read_bytes() == first, 'the second time differs')
    record['neurons'][1]['addresses'][1] = 'relu2:10'
    (folder / 'pins.json').write_text(json.dumps(record))
    remake(folder / 'pins.json')
    expect((folder / 'pins.png').read_bytes() != first, 'the robust channel is not read')


def test_image_set_has_to_be_the_same(folder):
    make_collection(folder, views=[{'view': 'patches', 'images': str(folder / 'images'), 'fingerprint': '0' * 64, 'count': 4}])
    expect_failure(1, ('images', 'is not the image set'), 'figure', folder / 'pins.json')
    expect(not (folder / 'pins.png').exists(), 'a figure was written')


def test_stopped(folder):
    """What was stopped is made again with as many steps, to the same bytes."""
    figure = folder / 'figure.pdf'
    arguments = ('--neuron', 'conv3:42', '--neuron', 'conv1:7', '--neuron', 'conv3:5', '--images', 2, '--preset', 'lucent', '--steps', 100000, '--threads', 1)
    for seconds in (0.5, 2, 8, 30):
        process = subprocess.Popen([PROGRAM, 'visualize', *map(str, BOTH + arguments), '--output', figure], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        message = process.communicate()[1]
        expect(process.returncode == 1 and 'stopped' in message, process.returncode, message)
        if figure.exists():
            break
    record = json.loads((folder / 'figure.json').read_text())
    steps = [result['steps'] for neuron in record['neurons'] for result in neuron['results']]
    expect(record['cancelled'] and 0 < max(steps) < 100000 and min(steps) == 0, steps)
    remake(folder / 'figure.json', '--output', folder / 'again.pdf')
    expect((folder / 'again.pdf').read_bytes() == figure.read_bytes(), 'differs')
    for neuron in record['neurons']:
        for result in neuron['results']:
            result['steps'] = max(0, result['steps'] - 1)
    (folder / 'earlier.json').write_text(json.dumps(record))
    remake(folder / 'earlier.json', '--output', folder / 'earlier.pdf')
    expect((folder / 'earlier.pdf').read_bytes() != figure.read_bytes(), 'the number of steps is not read')


def test_network_has_to_be_the_same(folder):
    network = folder / 'mine.safetensors'
    shutil.copy(ROOT / 'resources' / 'networks' / f'{PAIR[0]}.safetensors', network)
    visualize(folder / 'figure.png', '--neuron', 'conv1:3', networks=('--network', network))
    network.rename(folder / 'moved.safetensors')
    record = json.loads((folder / 'figure.json').read_text())
    record['networks'][0]['name'] = 'no-such-network'
    (folder / 'figure.json').write_text(json.dumps(record))
    expect_failure(1, ('no-such-network', 'is not there'), 'figure', folder / 'figure.json')
    shutil.copy(ROOT / 'resources' / 'networks' / f'{PAIR[1]}.safetensors', network)
    expect_failure(1, ('no-such-network', 'SHA-256'), 'figure', folder / 'figure.json')
    (folder / 'moved.safetensors').replace(network)
    remake(folder / 'figure.json')


def test_bad_records(folder):
    visualize(folder / 'figure.png', '--neuron', 'conv3:42')
    good = json.loads((folder / 'figure.json').read_text())
    bad = folder / 'bad.json'

    def expect_bad(text, *words):
        bad.write_bytes(text if isinstance(text, bytes) else text.encode())
        expect_failure(1, words, 'figure', bad)

    expect_bad('', 'bad.json')
    expect_bad('{"fovea": ', 'bad.json')
    expect_bad(b'\xff\xfe', 'bad.json')
    expect_bad('[' * 100000, 'bad.json', 'deep')
    expect_bad('[1]', 'no JSON object')
    expect_bad('{}', 'figure')
    for name, value in (('figure', '../evil.png'), ('figure', 7), ('networks', []), ('networks', [3]), ('neurons', {}),
                        ('width_mm', 1e9), ('width_mm', 'wide'), ('resolution', 1), ('views', [{'view': 'smell'}]), ('cancelled', 'no')):
        expect_bad(json.dumps(dict(good, **{name: value})), name if name != 'views' else 'view')
    for name, value in (('steps', -1), ('width', 10 ** 9), ('learning-rate', 'fast'), ('optimizer', 'magic'), ('transforms', 1), ('pad', None)):
        changed = json.loads(json.dumps(good))
        changed['networks'][0]['options'][name] = value
        expect_bad(json.dumps(changed), 'bad.json')
    for address in ('conv3:4200', 'nowhere:1', ''):
        changed = json.loads(json.dumps(good))
        changed['neurons'][0]['neuron'] = address
        expect_bad(json.dumps(changed))
    for results in (None, [], [7, 8], [{'steps': -1}] * 2, [{'steps': 7}] * 2, [{'steps': 'all'}] * 2):
        stopped = json.loads(json.dumps(dict(good, cancelled=True)))
        stopped['neurons'][0]['results'] = results
        expect_bad(json.dumps(stopped), 'results' if not results or results == [7, 8] else 'steps')
    expect_failure(1, ('nothing.json',), 'figure', folder / 'nothing.json')
    expect_failure(2, ('FILE.json',), 'figure')


if __name__ == '__main__':
    sys.exit(main('figure'))
