#!/usr/bin/python3
"""fovea visualize: the same bytes again, figures and records that are complete, Ctrl+C.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import hashlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree

from command_line import (PAIR, PROGRAM, Tiny, expect, expect_failure, main, read_npy, read_png_size, run_fovea, run_json, run_ok,
                          write_image, write_npy)

BOTH = ('--network', PAIR[0], '--network', PAIR[1])


def visualize(output, *arguments, networks=BOTH):
    return run_ok('visualize', *networks, '--output', output, *arguments)


def read_record(output):
    return json.loads(output.with_suffix('.json').read_text())


def get_results(record):
    return {(neuron['neuron'], result['network']): result for neuron in record['neurons'] for result in neuron['results']}


def test_same_bytes_again(folder):
    arguments = ('--neuron', 'conv3:42', '--neuron', 'relu2:7:3,4', '--steps', 12, '--seed', 5)
    for ending in ('png', 'pdf', 'svg'):
        files = []
        for attempt in ('first', 'second'):
            (folder / attempt).mkdir(exist_ok=True)
            if attempt == 'second':
                time.sleep(1.1)  # a moment of writing in whole seconds would show
            visualize(folder / attempt / f'figure.{ending}', *arguments)
            files.append((folder / attempt / f'figure.{ending}').read_bytes())
            files.append((folder / attempt / 'figure.json').read_bytes())
        expect(files[0] == files[2], ending, 'differs')
        expect(files[1] == files[3], 'the record differs')


def test_threads_give_the_same(folder):
    for threads in (1, 2):
        visualize(folder / f'{threads}.png', '--neuron', 'conv4:11', '--neuron', 'conv4:12', '--neuron', 'fc7:3', '--steps', 20, '--threads', threads)
    expect((folder / '1.png').read_bytes() == (folder / '2.png').read_bytes(), 'the picture depends on the number of threads')


def test_seeds_differ(folder):
    for seed in (0, 1):
        visualize(folder / f'{seed}.png', '--neuron', 'conv3:1', '--steps', 5, '--seed', seed)
    expect((folder / '0.png').read_bytes() != (folder / '1.png').read_bytes(), 'the seed changes nothing')


def test_company_changes_nothing(folder):
    """A neuron's result does not depend on the other neurons, networks and the batches they make."""
    neurons = [f'conv3:{channel}' for channel in range(11)] + ['conv2:10']
    visualize(folder / 'many.png', *(part for neuron in neurons for part in ('--neuron', neuron)), '--steps', 6)
    together = get_results(read_record(folder / 'many.png'))
    expect(len(together) == 24, len(together))
    for neuron in ('conv3:0', 'conv3:9', 'conv2:10'):
        visualize(folder / 'one.png', '--neuron', neuron, '--steps', 6, networks=('--network', PAIR[1]))
        alone = get_results(read_record(folder / 'one.png'))
        expect(alone[neuron, PAIR[1]] == together[neuron, PAIR[1]], neuron, alone, together[neuron, PAIR[1]])


def test_record(folder):
    printed = json.loads(visualize(folder / 'figure.png', '--neuron', 'conv3:42', '--neuron', 'bn4:5:3,3', '--steps', 15,
                                   '--seed', 7, '--json', '--rotation', '2.5', '--blur-every', 4))
    record = read_record(folder / 'figure.png')
    expect(printed == record, 'what is printed is not what is kept')
    expect(record['figure'] == 'figure.png' and record['seed'] == 7 and record['cancelled'] is False and record['start'] is None, record)
    expect(f"fovea {record['fovea']}\n" == run_ok('--version'), record['fovea'])
    files = {network['name']: network['file'] for network in run_json('networks')}
    expect([network['name'] for network in record['networks']] == list(PAIR), record['networks'])
    expect([network['preset'] for network in record['networks']] == ['robust', 'robust'], record['networks'])
    for network in record['networks']:
        expect(network['path'] == files[network['name']], network)
        expect(network['sha256'] == hashlib.sha256(open(network['path'], 'rb').read()).hexdigest(), network)
        expect((network['options']['width'], network['options']['height']) == (64, 64), network['options'])
        for option, value in (('steps', 15), ('seed', 7), ('rotation', 2.5), ('blur-every', 4)):
            expect(network['options'][option] == value, option, network['options'])
    expect([(neuron['neuron'], neuron['objective']) for neuron in record['neurons']] ==
           [('conv3:42', 'channel'), ('bn4:5:3,3', 'neuron')], record['neurons'])
    for result in get_results(record).values():
        expect(set(result) == {'network', 'steps', 'activation', 'dead', 'curve'}, result)
        expect(result['steps'] == len(result['curve']) == 15 and result['dead'] is False, result)
        expect(result['activation'] > result['curve'][0], 'nothing was maximized', result)


def test_every_option_reaches_the_record(folder):
    given = {'steps': 3, 'noise': 0.25, 'learning-rate': 0.125, 'pad': 3, 'jitter': 2, 'scale-minimum': 0.75, 'scale-maximum': 1.25,
             'rotation': 5, 'second-jitter': 1, 'total-variation': 0.5, 'l1': 0.25, 'l2': 0.75, 'blur-every': 2, 'blur-deviation': 1.5,
             'redirect-relu-steps': 1, 'parameterization': 'pixels', 'optimizer': 'normalized-gradient'}
    arguments = [part for name, value in given.items() for part in (f'--{name}', value)]
    visualize(folder / 'a.png', '--neuron', 'conv2:1', *arguments, '--color', 'plain', '--transforms', '--size', '72x48')
    for network in read_record(folder / 'a.png')['networks']:
        options = network['options']
        expect({name: options[name] for name in given} == given, options)
        expect((options['decorrelate-color'], options['transforms'], options['width'], options['height']) == (False, True, 72, 48), options)
    visualize(folder / 'b.png', '--neuron', 'conv2:1', '--steps', 2, '--color', 'decorrelated', '--no-transforms', '--preset', 'plain')
    for network in read_record(folder / 'b.png')['networks']:
        expect((network['preset'], network['options']['decorrelate-color'], network['options']['transforms']) == ('plain', True, False), network)


def test_gradient_steps_go_equally_far(folder):
    for steps in (2, 8):
        visualize(folder / f'{steps}.png', '--neuron', 'conv2:1', '--steps', steps, '--preset', 'robust')
    rates = [read_record(folder / f'{steps}.png')['networks'][0]['options']['learning-rate'] for steps in (2, 8)]
    expect(abs(rates[0] * 2 - rates[1] * 8) < 1e-9, rates)


def test_objectives(folder):
    activations = {}
    for objective, neuron in (('logit', 'elephant'), ('logit', '6'), ('layer', 'conv3'), ('neuron', 'conv3:42'), ('channel', 'conv3:42')):
        visualize(folder / 'figure.png', '--objective', objective, '--neuron', neuron, '--steps', 8, networks=('--network', PAIR[0]))
        neurons = read_record(folder / 'figure.png')['neurons']
        expect((neurons[0]['objective'], neurons[0]['neuron']) == (objective, neuron), neurons)
        activations[objective, neuron] = neurons[0]['results'][0]['activation']
    expect(activations['logit', 'elephant'] == activations['logit', '6'], activations)
    expect(activations['neuron', 'conv3:42'] > activations['channel', 'conv3:42'], 'one unit is excited more than the mean of all', activations)


def test_several_images_of_a_neuron(folder):
    visualize(folder / 'several.png', '--neuron', 'conv3:42', '--neuron', 'conv4:1', '--images', 3, '--steps', 6)
    rows = read_record(folder / 'several.png')['neurons']
    expect([(row['neuron'], row['stream']) for row in rows] == [(neuron, image) for neuron in ('conv3:42', 'conv4:1') for image in range(3)], rows)
    expect(len({row['results'][0]['activation'] for row in rows}) == 6, 'some images are the same', rows)
    visualize(folder / 'one.png', '--neuron', 'conv4:1', '--steps', 6)
    expect(read_record(folder / 'one.png')['neurons'] == [dict(rows[3], subtitle='channel')], 'the first image is not the one that is made alone')

    for weight in (0, 100):
        visualize(folder / f'{weight}.png', '--neuron', 'conv4:1', '--neuron', 'conv4:2', '--images', 2, '--diversity', weight, '--steps', 6)
    plain, diverse = (read_record(folder / f'{weight}.png')['neurons'] for weight in (0, 100))
    expect('diversity' not in plain[0] and [row['diversity'] for row in diverse] == [100] * 4, diverse)
    expect(plain[0]['results'] != diverse[0]['results'], 'diversity changes nothing')
    visualize(folder / 'alone.png', '--neuron', 'conv4:2', '--images', 2, '--diversity', 100, '--steps', 6)
    expect(read_record(folder / 'alone.png')['neurons'] == diverse[2:], 'diversity reaches over to another neuron')


def test_start_image(folder):
    """With one tiny step the result is the image started from, so its activation is that image's."""
    values = [0.2 + 0.6 * ((i * 7919) % 1000) / 1000 for i in range(3 * 64 * 64)]
    write_npy(folder / 'start.npy', (3, 64, 64), values)
    run_ok('activations', folder / 'start.npy', '--network', PAIR[0], '--layer', 'conv3', '--output', folder / 'conv3.npy')
    _, maps = read_npy(folder / 'conv3.npy')
    mean = sum(maps[42 * 64:43 * 64]) / 64
    visualize(folder / 'figure.png', '--neuron', 'conv3:42', '--start', folder / 'start.npy', '--preset', 'plain', '--steps', 1,
              '--learning-rate', '1e-7', networks=('--network', PAIR[0]))
    record = read_record(folder / 'figure.png')
    expect(record['start'] == str(folder / 'start.npy'), record['start'])
    expect(abs(record['neurons'][0]['results'][0]['activation'] - mean) < 1e-3 * abs(mean), record['neurons'], mean)

    write_image(folder / 'start.png', 100, 60)
    visualize(folder / 'figure.png', '--neuron', 'conv3:42', '--start', folder / 'start.png', '--steps', 2)
    expect_failure(1, ['start.npy', '[3, 64, 64]', '[3, 32, 32]'], 'visualize', *BOTH, '--neuron', 'conv2:1', '--size', 32,
                   '--start', folder / 'start.npy', '--output', folder / 'other.png')


def test_dead_unit_is_said_to_be_dead(folder):
    """A channel whose ReLU never opens: huge negative bias."""
    tiny = Tiny()
    tiny.write(folder / 'dead.safetensors', tensors={'conv.bias': ((4,), [-1e6, 0, 0, 0])})
    text = visualize(folder / 'figure.svg', '--neuron', 'relu:0', '--neuron', 'relu:1', '--steps', 20, '--size', 8,
                     networks=('--network', folder / 'dead.safetensors'))
    results = [neuron['results'][0] for neuron in read_record(folder / 'figure.svg')['neurons']]
    expect([result['dead'] for result in results] == [True, False], results)
    expect(results[0]['activation'] == 0 and results[1]['activation'] > 0, results)
    expect(text.splitlines()[1].split()[-1] == 'dead', text)


def test_figure_forms(folder):
    arguments = ('--neuron', 'conv2:3', '--neuron', 'conv2:4', '--steps', 2)
    for ending in ('png', 'PDF', 'svg'):
        visualize(folder / f'figure.{ending}', *arguments)
    width, height = read_png_size(folder / 'figure.png')
    # Two columns and two rows of images of 64 pixels, each drawn as a square of 6 × 6.
    expect(width > 2 * 384 and height > 2 * 384, width, height)
    pdf = (folder / 'figure.PDF').read_bytes()
    expect(pdf.startswith(b'%PDF-') and pdf.rstrip().endswith(b'%%EOF'), pdf[:20], pdf[-20:])
    expect(not re.search(rb'CreationDate', pdf), 'the PDF says when it was written')
    svg = xml.etree.ElementTree.parse(folder / 'figure.svg').getroot()
    images = [element for element in svg.iter() if element.tag.endswith('}image')]
    expect(svg.tag == '{http://www.w3.org/2000/svg}svg' and len(images) == 4, len(images))


def test_nothing_is_started_for_a_figure_too_large(folder):
    neurons = [part for channel in range(80) for part in ('--neuron', f'conv3:{channel}')]
    begin = time.monotonic()
    expect_failure(1, ['pixels', 'PNG'], 'visualize', *BOTH, *neurons, '--steps', 1000000, '--output', folder / 'figure.png')
    expect(time.monotonic() - begin < 20 and not list(folder.iterdir()), 'it was started, or written')


def start(folder, *arguments, **options):
    return subprocess.Popen([PROGRAM, 'visualize', *BOTH, *map(str, arguments), '--output', str(folder / 'figure.png')], text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options)


def interrupt(process, number=signal.SIGINT, seconds=0.4):
    """Sends the signal once the process has computed for so long."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open(f'/proc/{process.pid}/stat') as stat:
            if int(stat.read().rsplit(')')[1].split()[11]) > seconds * os.sysconf('SC_CLK_TCK'):
                break
        time.sleep(0.02)
    process.send_signal(number)
    return process.communicate(timeout=60)


def test_interrupt_keeps_the_picture(folder):
    for number in (signal.SIGINT, signal.SIGTERM):
        process = start(folder, '--neuron', 'conv3:42', '--neuron', 'conv5:3', '--steps', 1000000, '--learning-rate', 0.1, stderr=subprocess.PIPE)
        _, complaint = interrupt(process, number)
        expect(process.returncode == 1, process.returncode, complaint)
        expect(complaint.startswith('fovea: stopped') and 'figure.png' in complaint and complaint.count('\n') == 1, complaint)
        read_png_size(folder / 'figure.png')
        record = read_record(folder / 'figure.png')
        expect(record['cancelled'] is True, record['cancelled'])
        results = get_results(record)
        first = results['conv3:42', PAIR[0]]
        expect(0 < first['steps'] < 1000000 and first['activation'] > first['curve'][0], first['steps'])
        missing = results['conv5:3', PAIR[1]]
        expect(missing['steps'] == 0 and missing['activation'] is None, missing)
        expect({path.name for path in folder.iterdir()} == {'figure.png', 'figure.json'}, list(folder.iterdir()))
        for path in folder.iterdir():
            path.unlink()


def test_progress_on_a_terminal_only(folder):
    terminal, end = pty.openpty()
    process = start(folder, '--neuron', 'conv3:42', '--steps', 1000000, stderr=end)
    os.close(end)
    interrupt(process, seconds=2)
    shown = b''
    try:
        while True:
            shown += os.read(terminal, 65536)
    except OSError:
        os.close(terminal)
    expect(process.returncode == 1, process.returncode)
    expect(re.search(rb'\rvisualize \[[#.]{30}\] +\d+ %, \d+ (s|min) left', shown), shown[:300])
    expect(b'fovea: stopped' in shown.rsplit(b'\r\x1b[K', 1)[1], 'the bar was not cleared away', shown[-200:])

    result = run_fovea('visualize', *BOTH, '--neuron', 'conv3:42', '--steps', 5, '--output', folder / 'figure.png')
    expect(result.returncode == 0 and result.stderr == '', result.stderr)


def test_output_is_replaced_whole(folder):
    (folder / 'figure.png').write_text('old')
    expect_failure(1, ['conv3:999'], 'visualize', *BOTH, '--neuron', 'conv3:999', '--output', folder / 'figure.png')
    expect((folder / 'figure.png').read_text() == 'old' and len(list(folder.iterdir())) == 1, 'a failure touched the old file')
    visualize(folder / 'figure.png', '--neuron', 'conv3:9', '--steps', 1)
    read_png_size(folder / 'figure.png')
    expect({path.name for path in folder.iterdir()} == {'figure.png', 'figure.json'}, list(folder.iterdir()))


def test_usage(folder):
    good = ('visualize', *BOTH, '--neuron', 'conv3:1', '--output', folder / 'figure.png')
    for option, value, words in (
            ('--steps', '0', ['--steps']), ('--steps', '1.5', ['--steps']), ('--steps', '-3', ['--steps']),
            ('--learning-rate', 'nan', ['--learning-rate']), ('--rotation', '1e99', ['--rotation']), ('--pad', '3px', ['--pad']),
            ('--size', '64x', ['--size']), ('--size', '0', ['--size']), ('--size', '1x2x3', ['--size']), ('--size', '', ['--size']),
            ('--seed', '-1', ['--seed']), ('--seed', '9223372036854775808', ['--seed']), ('--threads', '0', ['--threads']),
            ('--preset', 'pretty', ['--preset', 'pretty', 'lucent', 'robust', 'plain']), ('--objective', 'beauty', ['--objective', 'beauty']),
            ('--objective', 'diversity', ['--objective']), ('--color', 'red', ['--color', 'decorrelated']),
            ('--optimizer', 'sgd', ['--optimizer', 'sgd']), ('--parameterization', 'wavelets', ['--parameterization', 'wavelets']),
            ('--scale-minimum', '2', ['--scale-minimum', '--scale-maximum'])):
        expect_failure(2, words, *good, option, value)
    expect_failure(2, ['--images'], *good, '--images', '9')
    expect_failure(2, ['--diversity', '--images'], *good, '--diversity', '1')
    expect_failure(2, ['--transforms', '--no-transforms'], *good, '--transforms', '--no-transforms')
    expect_failure(2, ['--neuron'], 'visualize', *BOTH, '--output', folder / 'figure.png')
    expect_failure(2, ['--output', '.png', '.pdf', '.svg'], 'visualize', *BOTH, '--neuron', 'conv3:1')
    expect_failure(2, ['figure.jpeg', '.png', '.pdf', '.svg'], *good[:-1], folder / 'figure.jpeg')
    expect_failure(1, ['nowhere', 'create it'], *good[:-1], folder / 'nowhere' / 'figure.png')
    expect_failure(1, ['conv3', 'layer'], *good, '--objective', 'layer')
    expect_failure(1, ["'dragon'", 'class'], 'visualize', *BOTH, '--objective', 'logit', '--neuron', 'dragon', '--output', folder / 'figure.png')
    expect_failure(1, ['position', 'channel'], 'visualize', *BOTH, '--objective', 'channel', '--neuron', 'conv3:1:2,2', '--output', folder / 'figure.png')
    expect_failure(1, ['conv3:1:7,7', 'map'], 'visualize', *BOTH, '--neuron', 'conv3:1:7,7', '--size', 32, '--output', folder / 'figure.png')
    expect_failure(1, [PAIR[0]], 'visualize', *BOTH, '--neuron', 'fc7:1', '--size', 32, '--output', folder / 'figure.png')
    expect(not list(folder.iterdir()), 'something was written')


if __name__ == '__main__':
    sys.exit(main('visualize'))
