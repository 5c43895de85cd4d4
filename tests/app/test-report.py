#!/usr/bin/python3
"""fovea report.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

from command_line import PAIR, PROGRAM, Tiny, expect, expect_close, expect_failure, main, run_json, run_ok, write_png


def make_images(folder):
    for group in 'ab':
        (folder / 'images' / group).mkdir(parents=True)
        for number in range(2):
            seed = ord(group) + 10 * number
            write_png(folder / 'images' / group / f'{number}.png', 64, 64, lambda y, x: ((x * seed + y) % 256, (y * seed) % 256, (x * y) % 256))


def report(folder, *arguments):
    # Results of other runs must not stand in for computations.
    return run_ok('report', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'images', '--output', folder / 'report', *arguments,
                  XDG_CACHE_HOME=str(folder / 'cache'))


def read_table(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def test_report(folder):
    make_images(folder)
    lines = report(folder, '--layer', 'conv1', '--layer', 'bn4').splitlines()
    expect(lines == [str(folder / 'report' / 'report.html'), str(folder / 'report' / 'report.pdf')], lines)
    page = (folder / 'report' / 'report.html').read_text()
    expect(all(name in page for name in PAIR) and 'src="data:' in page and '<script' not in page)
    first = {path.name: path.read_bytes() for path in (folder / 'report').iterdir()}
    expect(first['report.pdf'].startswith(b'%PDF'))

    # The numbers are those of the command that measures them alone.
    measured = run_json('smoothness', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'images', '--layer', 'conv1', '--layer', 'bn4')
    rows = read_table(folder / 'report' / 'noise-medians.csv')
    expect([row['Layer'] for row in rows] == ['conv1', 'bn4'], rows)
    for network, name in enumerate(PAIR):
        for layer, row in enumerate(rows):
            passed = sorted(measured[network]['layers'][layer]['passed'])
            middle = len(passed) // 2
            median = (passed[middle - 1] + passed[middle]) / 2
            expect_close([float(row[f'{name}, median'])], [median], 1e-3 * median)
    rows = read_table(folder / 'report' / 'summary.csv')
    expect([row['Measure'] for row in rows][:3] == ['Total variation of the first filters, relative to their weights', 'Roughness of activation maps',
                                                    'Roughness of activation maps on noisy images'], rows)
    noise = next(row for row in rows if row['Measure'] == 'Noise let through')
    expect(noise['In the paper'] == 'lower' and noise["The robust network's is"] == ('lower' if float(noise[PAIR[1]]) < float(noise[PAIR[0]]) else 'higher'), noise)

    # The first example is the channel whose roughness differs most, the second of the others that of the noise.
    for layer, name in enumerate(['conv1', 'bn4']):
        record = json.loads((folder / 'report' / f'examples-{name}.json').read_text())
        chosen = [int(neuron['addresses'][0].split(':')[1]) for neuron in record['neurons']]
        expect(len(chosen) == 4 and len(set(chosen)) == 4, chosen)
        for place, key in enumerate(['clean', 'passed']):
            differences = [abs(a - b) if channel not in chosen[:place] else -1 for channel, (a, b) in
                           enumerate(zip(measured[0]['layers'][layer][key], measured[1]['layers'][layer][key]))]
            expect(chosen[place] == differences.index(max(differences)), name, key, chosen)
        expect([view['view'] for view in record['views']] == ['visualization', 'patches'], record['views'])
        run_ok('figure', folder / 'report' / f'examples-{name}.json', '--output', folder / 'again.pdf')
        expect((folder / 'again.pdf').read_bytes() == first[f'examples-{name}.pdf'], name, 'is made again with other bytes')

    # Made again, from what was kept, it is the same.
    report(folder, '--layer', 'conv1', '--layer', 'bn4')
    again = {path.name: path.read_bytes() for path in (folder / 'report').iterdir()}
    expect(first.keys() == again.keys() and all(first[name] == again[name] for name in first), first.keys())


def make_known_images(folder):
    """Images of classes that the built-in networks know."""
    for name in ['cat', 'dog', 'boat']:
        (folder / 'images' / name).mkdir(parents=True)
        for number in range(2):
            seed = len(name) * 7 + ord(name[0]) + number
            write_png(folder / 'images' / name / f'{number}.png', 64, 64, lambda y, x: ((x * seed + y) % 256, (y * seed) % 256, (x * y) % 256))


def read_results(folder):
    """What is kept, by what it is of. A result that is computed once more gets another number."""
    try:
        with sqlite3.connect(f'file:{next((folder / "cache").rglob("*.sqlite"))}?mode=ro', uri=True) as database:
            results = {row[1:]: row[0] for row in database.execute('SELECT id, analysis, network, layer, images, options FROM results')}
            pictures = {row[1:]: row[0] for row in database.execute('SELECT id, network, neuron, recipe FROM visualizations')}
    except (sqlite3.Error, StopIteration):
        return {}
    return results | pictures


def test_resume(folder):
    """Killed in the middle, the next run goes on: nothing that was finished is computed again, and the report is the same."""
    make_known_images(folder)
    arguments = ['report', '--network', PAIR[0], '--network', PAIR[1], '--images', str(folder / 'images'), '--layer', 'conv1', '--layer', 'conv2',
                 '--output', str(folder / 'report')]
    environment = dict(os.environ, XDG_CACHE_HOME=str(folder / 'cache'))
    kept = {}
    for wanted in (3, 12, 18):
        process = subprocess.Popen([PROGRAM, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(read_results(folder)) < wanted:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        expect(process.wait() == -signal.SIGKILL, 'the report was complete before it could be killed')
        results = read_results(folder)
        expect(len(results) >= wanted and all(results.get(key, 0) == number for key, number in kept.items()), 'was computed again')
        kept = results
    expect(not (folder / 'report' / 'report.html').exists())
    report(folder, '--layer', 'conv1', '--layer', 'conv2')
    results = read_results(folder)
    expect(len(results) > len(kept) and all(results.get(key, 0) == number for key, number in kept.items()), 'was computed again')
    resumed = {path.name: path.read_bytes() for path in (folder / 'report').iterdir()}
    (folder / 'cache').rename(folder / 'old')
    report(folder, '--layer', 'conv1', '--layer', 'conv2')
    expect(resumed == {path.name: path.read_bytes() for path in (folder / 'report').iterdir()}, 'differs from a report that was not stopped')


def test_accuracy(folder):
    make_known_images(folder)
    for shape in ['cat', 'dog', 'car']:
        (folder / 'cues' / shape).mkdir(parents=True)
        for texture in ['cat', 'dog', 'car']:
            seed = 3 * ord(shape[0]) + 7 * ord(texture[0])
            write_png(folder / 'cues' / shape / f'{shape}1-{texture}1.png', 64, 64, lambda y, x: ((x * seed) % 256, (y * seed + x) % 256, seed % 256))
    report(folder, '--layer', 'conv1', '--epsilon', '0.25', '--cue-conflict', folder / 'cues')
    preferences = read_table(folder / 'report' / 'preference.csv')
    expect({row['series'] for row in preferences} == set(PAIR) and all(-2 <= float(row['value']) <= 2 for row in preferences), preferences[:3])
    page = (folder / 'report' / 'report.html').read_text()
    expect('>Accuracy<' in page and page.index('The networks') < page.index('>Accuracy<'))
    rows = read_table(folder / 'report' / 'accuracies.csv')
    expect([row['Images'] for row in rows] ==
           ['As they are', 'Attacked, L2 ε = 0.25', 'Greyscale', 'Silhouettes', 'Edges', 'Scrambled, 4 × 4 tiles'], rows)
    measured = run_json('evaluate', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'images', '--attack', 'l2', '--epsilon', '0.25')
    for network, name in enumerate(PAIR):
        expect(rows[0][name] == f'{100 * measured[2 * network]["top1"]:.2f} %', rows[0], measured)
        expect(rows[1][name] == f'{100 * measured[2 * network + 1]["top1"]:.2f} %', rows[1], measured)


def test_bad_input(folder):
    make_images(folder)
    good = ['report', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'images']
    expect_failure(2, ['--output'], *good)
    expect_failure(2, ['--network twice'], 'report', '--network', PAIR[0], '--images', folder / 'images', '--output', folder / 'report')
    expect_failure(2, ['--images'], *good[:5], '--output', folder / 'report')
    expect_failure(2, ['--noise'], *good, '--output', folder / 'report', '--noise', 'much')
    expect_failure(1, ['conv9'], *good, '--output', folder / 'report', '--layer', 'conv9')
    Tiny().write(folder / 'tiny.safetensors')
    expect_failure(1, ['tiny', 'conv1'], 'report', '--network', PAIR[0], '--network', folder / 'tiny.safetensors', *good[5:], '--output', folder / 'report',
                   '--layer', 'conv1')
    (folder / 'file').write_text('')
    expect_failure(1, ['file'], *good, '--output', folder / 'file' / 'report')


if __name__ == '__main__':
    sys.exit(main('report'))
