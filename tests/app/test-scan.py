#!/usr/bin/python3
"""fovea scan, fovea patches, fovea match.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

from command_line import (PAIR, PROGRAM, ROOT, SHARED, Skip, Tiny, expect, expect_close, expect_failure, main, read_png_size,
                          run_fovea, run_json, run_ok, write_image, write_png)

# Each test has a cache of its own.
CACHE = 'XDG_CACHE_HOME'


def make_images(folder, count=12):
    """Images of 6 × 6 in two classes, one of them damaged; name → values in [0,1]."""
    images = {}
    for n in range(count):
        def pixel(y, x):
            return [(37 * y * (n + 1) + 91 * x * (n % 5) + 50 * c + 13 * x * y + 7 * n) % 256 for c in range(3)]
        name = f'{"ab"[n % 2]}/{n:02}.png'
        (folder / 'set' / name).parent.mkdir(parents=True, exist_ok=True)
        write_png(folder / 'set' / name, 6, 6, pixel)
        images[name] = [pixel(y, x)[c] / 255 for c in range(3) for y in range(6) for x in range(6)]
    (folder / 'set' / 'b' / 'broken.png').write_bytes(b'\x89PNG\r\n\x1a\nno more')
    return images


def test_by_hand(folder):
    tiny = Tiny()
    tiny.write(folder / 'tiny.safetensors')
    maps = {name: tiny.convolve(image) for name, image in make_images(folder).items()}
    environment = {CACHE: str(folder / 'cache')}
    common = ('--network', folder / 'tiny.safetensors', '--images', folder / 'set')
    scan = run_json('scan', *common, **environment)
    expect((scan['images'], scan['n_images'], scan['n_scanned']) == ('set', 13, 13), scan)
    expect([entry['image'] for entry in scan['unreadable']] == ['b/broken.png'], scan['unreadable'])
    layer, = scan['layers']
    expect((layer['network'], layer['layer'], len(layer['channels'])) == ('tiny', 'conv', 4), layer)

    # conv makes maps of 3 × 6.
    patches = run_json('patches', *common, '--layer', 'conv', '--count', 5, **environment)
    for channel in range(4):
        values = {name: values[channel * 18:channel * 18 + 18] for name, values in maps.items()}
        every = sorted(value for map in values.values() for value in map)
        statistics = layer['channels'][channel]
        expect_close([statistics['minimum'], statistics['maximum'], statistics['mean']],
                     [every[0], every[-1], sum(every) / len(every)], 1e-5)
        expect(abs(statistics['active'] - sum(value > 0 for value in every) / len(every)) < 1e-9, statistics)
        best = sorted(values, key=lambda name: -max(values[name]))[:5]
        entry = patches[channel]
        expect((entry['network'], entry['neuron']) == ('tiny', f'conv:{channel}'), entry)
        expect([patch['image'] for patch in entry['patches']] == best, entry, best)
        expect_close([patch['activation'] for patch in entry['patches']], [max(values[name]) for name in best], 1e-5)
        for patch, name in zip(entry['patches'], best):
            place = values[name].index(max(values[name]))
            y, x = place // 6, place % 6
            expect((patch['y'], patch['x'], patch['class']) == (y, x, name[0]), patch, place)
            # 3 × 3, strides 2 and 1, padding 1.
            expect(patch['box'] == [max(x - 1, 0), max(2 * y - 1, 0), min(x + 2, 6), min(2 * y + 2, 6)], patch)

    again = run_json('scan', *common, **environment)
    expect(again['n_scanned'] == 0 and again['layers'] == scan['layers'], again)
    match = run_json('match', *common, '--network', folder / 'tiny.safetensors', '--layer', 'conv', **environment)
    expect([entry['best'] for entry in match['channels']] == list(range(4)), match)
    expect([entry['assigned'] for entry in match['channels']] == list(range(4)), match)
    expect_close([entry['best_correlation'] for entry in match['channels']], [1] * 4, 1e-5)
    expect(match['n_images'] == 12 and match['first'] == {'network': 'tiny', 'layer': 'conv'}, match)


def test_sheet_and_text(folder):
    (folder / 'photos').mkdir()
    for n in range(12):
        write_image(folder / 'photos' / f'{n}.png', 70 + n)
    networks = [word for name in PAIR for word in ('--network', name)]
    environment = {CACHE: str(folder / 'cache')}
    text = run_ok('scan', *networks, '--images', folder / 'photos', '--layer', 'relu3', '--hits-per-image', 2, **environment)
    expect('relu3' in text and '12 images in ' in text, text)
    for ending in ('png', 'pdf', 'svg'):
        run_ok('patches', *networks, '--images', folder / 'photos', '--neuron', 'relu3:1', '--neuron', 'relu3:150', '--hits-per-image', 2,
               '--output', folder / f'sheet.{ending}', **environment)
    width, height = read_png_size(folder / 'sheet.png')
    expect(width > 600 and height > 800, width, height)
    listed = run_ok('patches', *networks, '--images', folder / 'photos', '--neuron', 'relu3:1', '--count', 3, **environment)
    expect(len(listed.splitlines()) == 7 and '.png' in listed, listed)
    table = run_ok('match', *networks, '--images', folder / 'photos', '--layer', 'relu3', **environment)
    expect(len(table.splitlines()) == 161, table)


def end_in_the_middle(arguments, cache, number, stored_bytes):
    """Sends the signal to a scan when it has stored so much; returns its exit status and what it complained."""
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env=dict(os.environ, XDG_CACHE_HOME=str(cache)))
    store = cache / 'fovea' / 'store.sqlite-wal'
    begin = time.monotonic()
    while process.poll() is None and time.monotonic() - begin < 60 and not (store.exists() and store.stat().st_size >= stored_bytes):
        time.sleep(0.02)
    process.send_signal(number)
    complaint = process.communicate()[1]
    return process.returncode, complaint


def test_kill(folder):
    """Killed in the middle and given again, the scan ends as if nothing had been."""
    (folder / 'photos').mkdir()
    write_image(folder / 'first.png', 300, 300)
    for n in range(900):
        os.link(folder / 'first.png', folder / 'photos' / f'{n}.png')
        if n % 300 == 0:
            write_image(folder / f'other{n}.png', 200 + n, 250)
            os.link(folder / f'other{n}.png', folder / 'photos' / f'other{n}.png')
    arguments = ['scan', '--network', PAIR[0], '--images', str(folder / 'photos'), '--layer', 'conv1', '--layer', 'conv5', '--threads', '1']
    end_in_the_middle(arguments, folder / 'cache', signal.SIGKILL, 200000)
    resumed = run_json(*arguments, **{CACHE: str(folder / 'cache')})
    undisturbed = run_json(*arguments, **{CACHE: str(folder / 'other')})
    expect(resumed['layers'] == undisturbed['layers'], 'the results differ')
    expect(undisturbed['n_scanned'] == 903 and resumed['n_scanned'] <= 903, resumed['n_scanned'])
    status, complaint = end_in_the_middle(arguments, folder / 'stopped', signal.SIGINT, 0)
    expect(status == 1 and re.search(r'stopped after \d+ of 903 images; the same command goes on from there\n$', complaint), status, complaint)


def measure_peak(*arguments, **environment):
    """The most memory that the program held at once, in KiB."""
    with open(os.devnull, 'w') as nothing:
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=nothing, env=dict(os.environ, **environment))
    _, status, usage = os.wait4(process.pid, 0)
    expect(status == 0, arguments, 'ended with', status)
    return usage.ru_maxrss


def test_memory(folder):
    """Of an image that was gone through, nothing stays but its name, its numbers, and every so manieth one's means."""
    Tiny().write(folder / 'tiny.safetensors')
    write_png(folder / 'image.png', 100, 100, lambda y, x: [y, x, 0])
    (folder / 'broken.png').write_bytes(b'')
    peaks = {}
    for count in (500, 6000):
        (folder / str(count)).mkdir()
        for n in range(count):
            os.link(folder / ('broken.png' if n % 10 == 3 else 'image.png'), folder / str(count) / f'{n}.png')
        peaks[count] = min(measure_peak('scan', '--network', folder / 'tiny.safetensors', '--images', folder / str(count),
                                        **{CACHE: str(folder / f'cache-{count}-{attempt}')}) for attempt in range(2))
    # A few hundred bytes a file, of which the allocator takes most; an image that was kept would be 30,000 bytes.
    expect(peaks[6000] - peaks[500] < 3072, peaks)


def test_bad_input(folder):
    (folder / 'empty').mkdir()
    (folder / 'set').mkdir()
    write_image(folder / 'set' / 'a.png')
    network = ('--network', PAIR[0])
    images = ('--images', folder / 'set')
    for command in ('scan', 'patches', 'match'):
        expect_failure(2, ['--network'], command, *images)
    expect_failure(2, ['--images'], 'scan', *network)
    expect_failure(1, ['missing'], 'scan', *network, '--images', folder / 'missing')
    expect_failure(1, ['no PNG or JPEG'], 'scan', *network, '--images', folder / 'empty')
    expect_failure(1, ['a.png', 'not a folder'], 'scan', *network, '--images', folder / 'set' / 'a.png')
    expect_failure(1, ['conv9'], 'scan', *network, *images, '--layer', 'conv9')
    expect_failure(2, ['--hits-per-image'], 'scan', *network, *images, '--hits-per-image', 0)
    expect_failure(2, ['--layer', '--neuron'], 'patches', *network, *images)
    expect_failure(1, ['conv1'], 'patches', *network, *images, '--neuron', 'conv1:48')
    expect_failure(1, ['position'], 'patches', *network, *images, '--neuron', 'conv1:4:1,1')
    expect_failure(2, ['--count'], 'patches', *network, *images, '--layer', 'conv1', '--count', 50)
    expect_failure(2, ['.png'], 'patches', *network, *images, '--layer', 'conv1', '--output', folder / 'sheet.gif')
    expect_failure(2, ['twice'], 'match', *network, *images, '--layer', 'conv1')
    expect_failure(2, ['--layer'], 'match', *network, '--network', PAIR[1], *images)
    expect_failure(1, ['two images'], 'match', *network, '--network', PAIR[1], *images, '--layer', 'conv1')
    # A cache that cannot be used is no reason not to scan.
    (folder / 'file').write_text('')
    result = run_fovea('scan', *network, *images, '--layer', 'conv1', **{CACHE: str(folder / 'file')})
    expect(result.returncode == 0 and 'not kept' in result.stderr, result)


def find_torch():
    for python in ('python3', '/usr/bin/python3'):
        try:
            if subprocess.run([python, '-c', 'import torch, PIL'], capture_output=True).returncode == 0:
                return python
        except OSError:
            pass
    raise Skip('no Python 3 here can import torch and PIL')


def test_against_pytorch(folder):
    """The strongest places in photographs, computed with PyTorch and Pillow."""
    photos = SHARED / 'data' / 'photos20' / 'validation'
    samples = SHARED / 'data' / 'imagenet-samples'
    if not photos.is_dir() or not samples.is_dir():
        raise Skip(f'{photos} or {samples} is not there')
    python = find_torch()
    (folder / 'set').mkdir()
    for path in [*sorted(photos.glob('*/*.JPEG'))[::40], *sorted(samples.glob('*.JPEG'))]:
        os.symlink(path, folder / 'set' / path.name)
    networks = [word for name in PAIR for word in ('--network', name)]
    environment = {CACHE: str(folder / 'cache')}
    layers = ('conv1', 'relu4', 'fc7')
    patches = []
    for layer in layers:
        patches += run_json('patches', *networks, '--images', folder / 'set', '--layer', layer, '--count', 9, **environment)
    script = pathlib.Path(__file__).with_name('reference-scan.py')
    files = [str(ROOT / 'resources' / 'networks' / f'{name}.safetensors') for name in PAIR]
    reference = subprocess.run([python, script, folder / 'set', ','.join(layers), *files], capture_output=True, text=True)
    expect(reference.returncode == 0, reference.stderr)
    expected = {}
    for line in reference.stdout.splitlines():
        network, neuron, image, activation, y, x = line.split('\t')
        expected.setdefault((network, neuron), []).append((image, float(activation), int(y), int(x)))
    expect(len(expected) == len(patches) == 2 * (48 + 160 + 20), len(expected), len(patches))
    n_same = 0
    for entry in patches:
        wanted = expected[entry['network'], entry['neuron']]
        scale = max(abs(activation) for _, activation, _, _ in wanted) or 1
        for patch, (image, activation, y, x) in zip(entry['patches'], wanted):
            # Pillow's pixels are met to one level, and equally strong places are ordered by the set.
            expect(abs(patch['activation'] - activation) < 0.02 * scale + 1e-6, entry['neuron'], patch, activation)
            n_same += patch['image'] == image and (patch['y'], patch['x']) == (y, x)
    expect(n_same > 0.97 * 9 * len(patches), n_same, 'of', 9 * len(patches))


if __name__ == '__main__':
    sys.exit(main('scan'))
