#!/usr/bin/python3
"""fovea networks, fovea layers.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
import sys

from command_line import PAIR, ROOT, Tiny, expect, expect_failure, main, run_fovea, run_json, run_ok


def test_networks(folder):
    networks = run_json('networks', XDG_DATA_HOME=str(folder))
    expect({network['name'] for network in networks} == set(PAIR), networks)
    for network in networks:
        expect(set(network) == {'name', 'architecture', 'training', 'input', 'file'}, network)
        expect(network['architecture'] == 'alexnet-64', network)
        expect(network['input'] == [3, 64, 64], network)
        expect(network['file'].endswith(f"/{network['name']}.safetensors"), network)
        expect(open(network['file'], 'rb').read() == (ROOT / 'resources' / 'networks' / f"{network['name']}.safetensors").read_bytes())
    training = {network['name']: network['training'] for network in networks}
    expect(training['alexnet-64-standard'] == 'standard', training)
    expect(training['alexnet-64-robust'].startswith('adversarial, L2'), training)


def test_networks_text(folder):
    lines = run_ok('networks', XDG_DATA_HOME=str(folder)).splitlines()
    expect(len(lines) == 3 and lines[0].split() == ['NAME', 'ARCHITECTURE', 'TRAINING', 'INPUT', 'FILE'], lines)
    column = lines[0].index('ARCHITECTURE')
    for line in lines[1:]:
        expect(line.split()[0] in PAIR and line[column:].startswith('alexnet-64 ') and '3 × 64 × 64' in line, line)


def test_networks_of_the_user(folder):
    networks = folder / 'fovea' / 'networks'
    networks.mkdir(parents=True)
    Tiny().write(networks / 'mine.safetensors')
    listed = run_json('networks', XDG_DATA_HOME=str(folder))
    expect([network['name'] for network in listed if network['architecture'] == 'tiny'] == ['mine'], listed)
    layers = run_json('layers', '--network', 'mine', XDG_DATA_HOME=str(folder))
    expect([layer['name'] for layer in layers] == ['conv', 'relu', 'pool', 'flatten', 'fc'], layers)


def test_a_broken_network_hides_no_other(folder):
    networks = folder / 'fovea' / 'networks'
    networks.mkdir(parents=True)
    (networks / 'broken.safetensors').write_bytes(b'nothing')
    result = run_fovea('networks', '--json', XDG_DATA_HOME=str(folder))
    expect(result.returncode == 1 and 'broken.safetensors' in result.stderr and result.stderr.count('\n') == 1, result.stderr)
    expect({network['name'] for network in json.loads(result.stdout)} == set(PAIR), result.stdout)


def test_layers(folder):
    layers = run_json('layers', '--network', 'alexnet-64-robust')
    for layer in layers:
        expect(list(layer) == ['name', 'operator', 'channels', 'height', 'width', 'receptive_field'], layer)
        expect(set(layer['receptive_field']) == {'size', 'stride', 'offset'}, layer)
    by_name = {layer['name']: layer for layer in layers}
    expect([layer['name'] for layer in layers][:5] == ['conv1', 'bn1', 'relu1', 'pool1', 'conv2'], layers)
    expect(len(layers) == 22 and layers[-1]['name'] == 'fc7', len(layers))
    # Sizes and strides by hand: size grows by (kernel - 1) × stride so far, offset falls by padding × stride.
    for name, operator, shape, field in (
            ('conv1', 'Conv', (48, 32, 32), (7, 2, -3)),
            ('pool1', 'MaxPool', (48, 16, 16), (11, 4, -5)),
            ('conv2', 'Conv', (96, 16, 16), (27, 4, -13)),
            ('bn3', 'BatchNormalization', (160, 8, 8), (51, 8, -25)),
            ('relu5', 'Relu', (160, 8, 8), (83, 8, -41)),
            ('pool5', 'AveragePool', (160, 4, 4), (91, 16, -41)),
            ('fc7', 'Gemm', (20, 1, 1), None)):
        layer = by_name[name]
        expect((layer['operator'], layer['channels'], layer['height'], layer['width']) == (operator, *shape), layer)
        if field:
            expect((layer['receptive_field']['size'], layer['receptive_field']['stride'], layer['receptive_field']['offset']) == field, layer)


def test_layers_of_unequal_axes(folder):
    Tiny().write(folder / 'tiny.safetensors')
    layer = run_json('layers', '--network', folder / 'tiny.safetensors')[0]
    expect((layer['channels'], layer['height'], layer['width']) == (4, 3, 6), layer)
    expect(layer['receptive_field'] == {'size': 3, 'stride': [2, 1], 'offset': -1}, layer)


def test_layers_text(folder):
    lines = run_ok('layers', '--network', 'alexnet-64-standard').splitlines()
    expect(lines[0].split() == ['NAME', 'OPERATOR', 'CHANNELS', 'HEIGHT', 'WIDTH', 'FIELD', 'STRIDE', 'OFFSET'], lines[0])
    expect(lines[9].split() == ['conv3', 'Conv', '160', '8', '8', '51', '8', '-25'], lines[9])
    expect(len({len(line) for line in lines}) == 1, 'lines of different lengths', lines)
    expect(all(line == line.rstrip() for line in lines), lines)


def test_layers_usage(folder):
    expect_failure(2, ['--network', 'fovea networks'], 'layers')
    expect_failure(2, ['one --network', '2'], 'layers', '--network', PAIR[0], '--network', PAIR[1])
    expect_failure(2, ["'more'"], 'layers', '--network', PAIR[0], 'more')
    expect_failure(2, ['--bogus'], 'layers', '--bogus')
    expect_failure(1, ["'nobody'", 'fovea networks'], 'layers', '--network', 'nobody')


if __name__ == '__main__':
    sys.exit(main('list-commands'))
