#!/usr/bin/python3
"""fovea dissect.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import csv
import sys

from command_line import PAIR, Tiny, expect, expect_failure, main, read_png_size, run_json, run_ok, write_png

CATEGORIES = 'object', 'texture'
CONCEPTS = {1: ('cat', 'object'), 2: ('dog', 'object'), 3: ('striped', 'texture')}


def write_set(folder, n_images=12):
    """A small set in Broden's layout for images of 6 × 6 pixels, and what its masks hold: for each image a list of maps."""
    masks = []
    (folder / 'images').mkdir(parents=True)
    rows = ['image,split,ih,iw,sh,sw,object,texture']
    for i in range(n_images):
        write_png(folder / 'images' / f'{i}.png', 6, 6, lambda y, x: ((37 * i + 11 * y * x) % 256, (91 * i + 40 * y) % 256, (13 * i * x) % 256))
        maps = [[[(1 + (y * x + i) % 2) * (x < 3) for x in range(6)] for y in range(6)]]
        if i % 3 == 0:
            maps.append([[3 * (y >= i % 5) for x in range(6)] for y in range(6)])
        for m, values in enumerate(maps):
            write_png(folder / 'images' / f'{i}_{m}.png', 6, 6, lambda y, x: (values[y][x], 0, 0))
        rows.append(f'{i}.png,train,6,6,6,6,{i}_0.png,' + (f'{i}_1.png' if i % 3 == 0 else ''))
        masks.append(maps)
    (folder / 'index.csv').write_text('\n'.join(rows) + '\n')
    (folder / 'category.csv').write_text('name,first,last,count,frequency\nobject,1,2,2,1\ntexture,3,3,1,1\n')
    (folder / 'label.csv').write_text('number,name,category,frequency,coverage,syns\n' +
                                      ''.join(f'{n},{name},{category}(1),1,1,\n' for n, (name, category) in CONCEPTS.items()))
    for category in CATEGORIES:
        (folder / f'c_{category}.csv').write_text('code,number,name,frequency,coverage\n' +
                                                  ''.join(f'{n},{n},{name},1,1\n' for n, (name, c) in CONCEPTS.items() if c == category))
    return masks


def count_truth(masks, number):
    return sum(row.count(number) for maps in masks for values in maps for row in values)


def make(folder):
    masks = write_set(folder / 'set')
    tiny = Tiny()
    tiny.write(folder / 'tiny.safetensors')
    return masks, ['dissect', '--network', folder / 'tiny.safetensors', '--layer', 'conv', '--concepts', folder / 'set']


def test_result(folder):
    masks, command = make(folder)
    environment = {'XDG_CACHE_HOME': str(folder / 'cache')}
    result = run_json(*command, '--output', folder / 'plot.png', **environment)
    expect(result['images'] == 12 and result['quantile'] == 0.005 and result['iou'] == 0.04, result)
    expect(sum(result['left_out'].values()) == 0, result['left_out'])
    expect(read_png_size(folder / 'plot.png')[0] > 200)

    rows = list(csv.DictReader(open(folder / 'plot-tally.csv')))
    expect(list(rows[0])[:9] == ['unit', 'category', 'label', 'score', 'object-label', 'object-truth', 'object-activation',
                                 'object-intersect', 'object-iou'], rows[0])
    expect(len(rows) == len(result['units']), len(rows))
    expect([float(row['score']) for row in rows] == sorted((float(row['score']) for row in rows), reverse=True), rows)
    numbers = {name: number for number, (name, category) in CONCEPTS.items()}
    for row in rows:
        unit = result['units'][int(row['unit']) - 1]
        expect(unit['unit'] == int(row['unit']) and unit['channel'] == unit['unit'] - 1, unit)
        expect((unit['label'] or '') == row['label'] and (unit['category'] or '') == row['category'], unit, row)
        expect(unit['score'] == max(float(row[f'{c}-iou']) for c in CATEGORIES), unit)
        expect(unit['detector'] == (unit['score'] >= 0.04), unit)
        for category in CATEGORIES:
            if not row[f'{category}-label']:
                continue
            truth, activation, intersect, iou = (float(row[f'{category}-{what}']) for what in ('truth', 'activation', 'intersect', 'iou'))
            expect(truth == count_truth(masks, numbers[row[f'{category}-label']]), row)
            expect(abs(iou - intersect / (truth + activation - intersect)) < 1e-12, row)
    detectors = [unit for unit in result['units'] if unit['detector']]
    expect(result['histogram']['detectors'] == len(detectors))
    expect(result['histogram']['concepts'] == len({unit['label'] for unit in detectors}))
    for category in CATEGORIES:
        expect(result['histogram']['categories'][category]['detectors'] == sum(unit['category'] == category for unit in detectors))
    # The second time it comes from the store.
    expect(run_json(*command, **environment) == result)
    expect(not list((folder / 'cache' / 'fovea' / 'dissect').iterdir()))


def test_tally(folder):
    """What was written is read back with the same counts, and drawn."""
    masks, command = make(folder)
    environment = {'XDG_CACHE_HOME': str(folder / 'cache')}
    result = run_json(*command, '--quantile', '0.05', '--output', folder / 'plot.csv', **environment)
    again = run_json('dissect', '--tally', folder / 'plot-tally.csv', '--output', folder / 'again.csv', **environment)
    expect(again['histogram'] == result['histogram'], again['histogram'], result['histogram'])
    expect([(u['unit'], u['label'], u['score']) for u in again['units']] == [(u['unit'], u['label'], u['score']) for u in result['units']])
    values = [line.split(',')[1] for line in (folder / 'plot.csv').read_text().splitlines()[1:]]
    expect(values == [line.split(',')[1] for line in (folder / 'again.csv').read_text().splitlines()[1:]])
    for kind in 'concepts', 'categories', 'unique':
        for ending in 'png', 'svg', 'pdf':
            path = folder / f'{kind}.{ending}'
            run_ok('dissect', '--tally', folder / 'plot-tally.csv', '--chart', kind, '--output', path)
            expect(path.stat().st_size > 1000, path)


def test_two_networks(folder):
    masks, command = make(folder)
    environment = {'XDG_CACHE_HOME': str(folder / 'cache')}
    result = run_json(*command, '--network', folder / 'tiny.safetensors', **environment)
    expect(len(result['networks']) == 2 and result['networks'][0]['units'] == result['networks'][1]['units'])
    for flow in result['shift']['categories'] + result['shift']['concepts']:
        expect(flow['from'] == flow['to'], flow)
    expect(sum(len(flow['channels']) for flow in result['shift']['concepts']) == len(result['networks'][0]['units']))
    text = run_ok(*command, '--network', folder / 'tiny.safetensors', **environment)
    expect('DETECTORS' in text and 'What channels detect' in text, text)


def test_counterparts(folder):
    """Matched on images, the channels of a network whose channels were turned round go with themselves."""
    masks, command = make(folder)
    environment = {'XDG_CACHE_HOME': str(folder / 'cache')}
    tiny = Tiny()
    kernels = [tiny.w[27 * channel:27 * channel + 27] for channel in range(4)]
    tiny.write(folder / 'turned.safetensors', tensors={'conv.weight': ((4, 3, 3, 3), [value for kernel in kernels[::-1] for value in kernel]),
                                                       'conv.bias': ((4,), list(tiny.b)[::-1])})
    command += ['--network', folder / 'turned.safetensors']
    for rule in 'best', 'one-to-one':
        result = run_json(*command, '--counterpart', rule, '--chart', 'shift', '--output', folder / f'{rule}.csv', **environment)
        n = len(result['networks'][0]['units'])
        expect(result['shift']['counterpart'] == rule and result['shift']['images'] == 'set', result['shift'])
        for flow in result['shift']['concepts']:
            expect(flow['from'] == flow['to'], flow)
            expect(flow['counterparts'] == [n - 1 - channel for channel in flow['channels']], flow)
        rows = list(csv.DictReader(open(folder / f'{rule}.csv')))
        expect(sum(int(row['channels']) for row in rows) == n, rows)
        expect(all(row['from'] == row['to'] for row in rows), rows)
    same = run_json(*command, **environment)
    expect(same['shift']['counterpart'] == 'same')
    for flow in same['shift']['concepts']:
        expect(flow['counterparts'] == flow['channels'], flow)
    expect('best match' in run_ok(*command, '--counterpart', 'best', '--images', folder / 'set' / 'images', **environment))
    expect_failure(2, ['--counterpart'], *command, '--images', 'scenes')
    expect_failure(2, ['--chart shift'], *command[:-2], '--chart', 'shift', '--output', folder / 'shift.png')


def test_left_out(folder):
    masks, command = make(folder)
    (folder / 'set' / 'images' / '4.png').unlink()
    (folder / 'set' / 'images' / '5_0.png').write_text('nothing')
    result = run_json(*command, XDG_CACHE_HOME=str(folder / 'cache'))
    expect(result['images'] == 11 and result['left_out']['images'] == 1 and result['left_out']['masks'] == 1, result['left_out'])
    expect(any('index.csv:6:' in problem for problem in result['problems']), result['problems'])
    expect(any('index.csv:7:' in problem for problem in result['problems']), result['problems'])
    expect('index.csv:6:' in run_ok(*command, XDG_CACHE_HOME=str(folder / 'cache')))


def test_bad_input(folder):
    masks, command = make(folder)
    plot = ['--output', folder / 'plot.png']
    expect_failure(2, ['--network', '--tally'], 'dissect')
    expect_failure(2, ['--layer'], 'dissect', '--network', PAIR[0])
    expect_failure(2, ['not both'], *command, '--tally', 'tally.csv')
    expect_failure(2, ['--quantile'], *command, '--quantile', '2')
    expect_failure(2, ['--iou'], *command, '--iou', '-1')
    expect_failure(2, ['--area'], *command, '--area', 'all')
    expect_failure(2, ['plot.txt'], *command, '--output', folder / 'plot.txt')
    expect_failure(1, ['conv9'], *command[:4], 'conv9')
    expect_failure(1, ['nowhere'], *command[:-1], folder / 'nowhere', *plot)
    expect_failure(1, ['index.csv'], *command[:-1], folder / 'set' / 'images', *plot)
    (folder / 'table.csv').write_text('a,b\n1,2\n')
    expect_failure(1, ['table.csv', "'unit'"], 'dissect', '--tally', folder / 'table.csv', *plot)
    expect(not (folder / 'plot.png').exists())


if __name__ == '__main__':
    sys.exit(main('dissect'))
