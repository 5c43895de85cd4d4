#!/usr/bin/python3
"""The user's library: fovea networks add, pair, rename, remove; and the options that say what a network's file does not.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import concurrent.futures
import json
import os
import shutil
import sys

from command_line import (PAIR, ROOT, Tiny, expect, expect_close, expect_failure, main, make_values, product, read_npy, read_safetensors,
                          run_fovea, run_json, run_ok, write_npy, write_safetensors)


def write_squeezenet(path, classes=5):
    """A state dict of squeezenet1_1 with torchvision's names."""
    tensors, seed = {}, 1

    def add(name, *shape):
        nonlocal seed
        seed += 1
        scale = (3 / product(shape[1:])) ** 0.5
        tensors[f'{name}.weight'] = (shape, [value * scale for value in make_values(product(shape), seed)])
        tensors[f'{name}.bias'] = (shape[:1], make_values(shape[0], seed + 1000))
    add('features.0', 64, 3, 3, 3)
    channels = 64
    for index, squeeze, expand in ((3, 16, 64), (4, 16, 64), (6, 32, 128), (7, 32, 128), (9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256)):
        add(f'features.{index}.squeeze', squeeze, channels, 1, 1)
        add(f'features.{index}.expand1x1', expand, squeeze, 1, 1)
        add(f'features.{index}.expand3x3', expand, squeeze, 3, 3)
        channels = 2 * expand
    add('classifier.1', classes, 512, 1, 1)
    write_safetensors(path, tensors, {})
    return tensors


def get_first_pixel(tensors, image, size, mean, std):
    """What features.0 (3 × 3, stride 2, no padding) computes at its first position, by the definition."""
    weights, biases = tensors['features.0.weight'][1], tensors['features.0.bias'][1]
    return [biases[k] + sum(weights[((k * 3 + c) * 3 + y) * 3 + x] * (image[(c * size + y) * size + x] - mean[c]) / std[c]
                            for c in range(3) for y in range(3) for x in range(3)) for k in range(64)]


def test_overrides_against_the_definition(folder):
    """Mean, standard deviation and input size reach the first layer as they are meant."""
    tensors = write_squeezenet(folder / 'net.safetensors')
    image = [(value + 1) / 2 for value in make_values(3 * 40 * 40, 77)]
    write_npy(folder / 'image.npy', (3, 40, 40), image)
    base = ('activations', folder / 'image.npy', '--network', folder / 'net.safetensors', '--layer', 'features.0', '--input', '40')
    imagenet = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    for options, mean, std in (((), *imagenet),
                               (('--mean', '0.1,0.2,0.3'), (0.1, 0.2, 0.3), imagenet[1]),
                               (('--std', '1,0.5,0.25'), imagenet[0], (1, 0.5, 0.25)),
                               (('--mean', ' 0.5, 0.5,0.5', '--std', '0.5,0.5,0.5'), (0.5,) * 3, (0.5,) * 3)):
        run_ok(*base, *options, '--output', folder / 'out.npy')
        shape, values = read_npy(folder / 'out.npy')
        expect(shape == (64, 19, 19), shape)
        expect_close([values[k * 361] for k in range(64)], get_first_pixel(tensors, image, 40, mean, std), 1e-5, options)


def test_input_that_is_not_square(folder):
    write_squeezenet(folder / 'net.safetensors')
    layers = run_json('layers', '--network', folder / 'net.safetensors', '--input', '67x99')
    expect((layers[0]['height'], layers[0]['width']) == (33, 49), layers[0])


def test_labels(folder):
    write_squeezenet(folder / 'net.safetensors')
    (folder / 'names.txt').write_text('ant\nbee\ncow\ndog\nelk\n')
    image = folder / 'image.npy'
    write_npy(image, (3, 40, 40), make_values(3 * 40 * 40, 5))
    net = ('--network', folder / 'net.safetensors', '--input', '40')
    expect({top['label'] for top in run_json('classify', image, *net)[0]['top']} == {None})
    named = run_json('classify', image, *net, '--labels', folder / 'names.txt')[0]['top']
    expect(all(top['label'] == ['ant', 'bee', 'cow', 'dog', 'elk'][top['index']] for top in named), named)
    (folder / 'names.txt').write_text('ant\nbee\n')
    expect_failure(1, ['names.txt', '2 classes', 'has 5'], 'classify', image, *net, '--labels', folder / 'names.txt')
    expect_failure(1, ['nowhere.txt'], 'classify', image, *net, '--labels', folder / 'nowhere.txt')


def test_fovea_files(folder):
    """Labels, mean and std can be replaced; what the graph is made for cannot."""
    tiny = Tiny()
    tiny.write(folder / 'tiny.safetensors')
    image = [(value + 1) / 2 for value in make_values(108, 9)]
    write_npy(folder / 'image.npy', (3, 6, 6), image)
    tiny.mean, tiny.std = (0.1, 0.6, 0.2), (0.5, 0.3, 1.5)
    run_ok('activations', folder / 'image.npy', '--network', folder / 'tiny.safetensors', '--layer', 'conv', '--output', folder / 'out.npy',
           '--mean', '0.1,0.6,0.2', '--std', '0.5,0.3,1.5')
    expect_close(read_npy(folder / 'out.npy')[1], tiny.convolve(image), 1e-5)
    for option, value in (('--input', '8'), ('--architecture', 'resnet50')):
        expect_failure(1, ['tiny', 'Fovea', option], 'layers', '--network', folder / 'tiny.safetensors', option, value)
    # Beside a network that they are for they do no harm.
    write_squeezenet(folder / 'net.safetensors')
    result = run_json('benchmark', '--repeat', 1, '--network', folder / 'net.safetensors', '--network', folder / 'tiny.safetensors', '--input', '40')
    expect([entry['network'] for entry in result] == ['net', 'tiny'], result)


def test_convert_keeps_overrides(folder):
    write_squeezenet(folder / 'net.safetensors')
    (folder / 'names.txt').write_text('ant\nbee\ncow\ndog\nelk\n')
    run_ok('convert', folder / 'net.safetensors', folder / 'out.safetensors', '--mean', '0.1,0.2,0.3', '--std', '0.4,0.5,0.6', '--input', '48x40',
           '--labels', folder / 'names.txt', '--architecture', 'squeezenet1_1')
    metadata, _ = read_safetensors(folder / 'out.safetensors')
    read = {key: json.loads(metadata[key]) for key in ('input', 'mean', 'std', 'classes')}
    expect(read == {'input': [3, 48, 40], 'mean': [0.1, 0.2, 0.3], 'std': [0.4, 0.5, 0.6], 'classes': ['ant', 'bee', 'cow', 'dog', 'elk']}, read)


def test_overrides_that_make_no_sense(folder):
    write_squeezenet(folder / 'net.safetensors')
    for option, value in (('--mean', '0.5'), ('--mean', '0.5,0.5,x'), ('--mean', '1,2,3,4'), ('--mean', 'nan,0,0'), ('--mean', ''), ('--std', '1,1,0'),
                          ('--std', '1,-1,1'), ('--std', '1,inf,1'), ('--input', '0'), ('--input', '12x'), ('--input', 'x12'), ('--input', '1e3'),
                          ('--input', '5000')):
        expect_failure(2, [option, value], 'layers', '--network', folder / 'net.safetensors', option, value)
    expect_failure(1, ['net.safetensors', 'nonet', 'squeezenet1_1'], 'layers', '--network', folder / 'net.safetensors', '--architecture', 'nonet')
    expect_failure(1, ['net.safetensors'], 'layers', '--network', folder / 'net.safetensors', '--input', '2')


def get_user_networks(home):
    return [network for network in run_json('networks', XDG_DATA_HOME=home) if network['name'] not in PAIR]


def test_add_and_remove(folder):
    home = str(folder / 'home')
    write_squeezenet(folder / 'my net.safetensors')
    (folder / 'names.txt').write_text('ant\nbee\ncow\ndog\nelk\n')
    text = run_ok('networks', 'add', 'my net.safetensors', '--labels', 'names.txt', '--mean', '0.5,0.25,0.1', '--input', '40', '--role', 'robust',
                  folder=folder, XDG_DATA_HOME=home)
    expect(text.startswith('my net: added: safetensors state dict, squeezenet1_1, input 40 × 40, 5 classes\n'), text)
    expect(get_user_networks(home) == [{'name': 'my net', 'architecture': 'squeezenet1_1', 'training': 'robust', 'input': [3, 40, 40],
                                        'file': str(folder / 'my net.safetensors')}], get_user_networks(home))
    # By its name it opens with what was said about it, from anywhere; the command line comes first.
    write_npy(folder / 'image.npy', (3, 40, 40), make_values(3 * 40 * 40, 5))
    for name, given in (('my net', ()), (folder / 'my net.safetensors', ('--labels', folder / 'names.txt', '--mean', '0.5,0.25,0.1', '--input', '40'))):
        top = run_json('classify', folder / 'image.npy', '--network', name, *given, XDG_DATA_HOME=home)[0]['top']
        expect(top[0]['label'] in ('ant', 'bee', 'cow', 'dog', 'elk'), top)
        if given:
            expect(top == before, top, before)
        before = top
    layers = run_json('layers', '--network', 'my net', '--input', '67', XDG_DATA_HOME=home)
    expect(layers[0]['height'] == 33, layers[0])
    expect(run_ok('networks', 'rename', 'my net', 'yours', XDG_DATA_HOME=home) == 'my net: renamed to yours\n')
    expect([network['name'] for network in get_user_networks(home)] == ['yours'])
    expect(run_ok('networks', 'remove', 'yours', XDG_DATA_HOME=home) == 'yours: removed\n')
    expect(get_user_networks(home) == [] and (folder / 'my net.safetensors').exists())


def test_missing_files(folder):
    """They are listed, hide nothing, and say what to do."""
    home = str(folder / 'home')
    write_squeezenet(folder / 'net.safetensors')
    run_ok('networks', 'add', folder / 'net.safetensors', XDG_DATA_HOME=home)
    (folder / 'net.safetensors').unlink()
    expect(get_user_networks(home) == [{'name': 'net', 'architecture': None, 'training': None, 'input': None, 'file': str(folder / 'net.safetensors'),
                                        'missing': True}], get_user_networks(home))
    expect('missing' in run_ok('networks', XDG_DATA_HOME=home).splitlines()[-1])
    expect_failure(1, ["'net'", 'net.safetensors', 'fovea networks remove'], 'layers', '--network', 'net', XDG_DATA_HOME=home)
    run_ok('networks', 'remove', 'net', XDG_DATA_HOME=home)


def test_copies(folder):
    home = folder / 'home'
    write_squeezenet(folder / 'net.safetensors')
    bytes_before = (folder / 'net.safetensors').read_bytes()
    run_ok('networks', 'add', folder / 'net.safetensors', '--copy', '--name', 'kept', XDG_DATA_HOME=str(home))
    (folder / 'net.safetensors').unlink()
    copy = home / 'fovea' / 'networks' / 'kept.safetensors'
    expect(copy.read_bytes() == bytes_before and get_user_networks(str(home))[0]['file'] == str(copy))
    expect(len(get_user_networks(str(home))) == 1, 'the copy is listed twice')
    run_ok('networks', 'remove', 'kept', XDG_DATA_HOME=str(home))
    expect(list((home / 'fovea' / 'networks').iterdir()) == [], 'something was left behind')


def test_files_of_the_folder(folder):
    """Every ending is found; a name that is taken is given with its ending."""
    networks = folder / 'fovea' / 'networks'
    networks.mkdir(parents=True)
    write_squeezenet(networks / 'a.safetensors')
    for name in ('a.pt', 'b.pth', 'c.pth.tar', f'{PAIR[0]}.pt'):
        shutil.copy(networks / 'a.safetensors', networks / name)
    (networks / 'notes.txt').write_text('')
    (networks / '.copy-1.pt').write_text('')
    names = [network['name'] for network in get_user_networks(str(folder))]
    expect(sorted(names) == ['a', 'a.safetensors', 'alexnet-64-standard.pt', 'b', 'c'], names)
    for name in names:
        expect(run_json('layers', '--network', name, XDG_DATA_HOME=str(folder))[0]['channels'] == 64, name)
    expect_failure(1, ["'b'", 'folder', 'b.pth'], 'networks', 'remove', 'b', XDG_DATA_HOME=str(folder))


def test_pairs(folder):
    home = str(folder / 'home')
    write_squeezenet(folder / 'one.safetensors')
    write_squeezenet(folder / 'two.safetensors')
    write_squeezenet(folder / 'seven.safetensors', 7)
    for name in ('one', 'two', 'seven'):
        run_ok('networks', 'add', folder / f'{name}.safetensors', XDG_DATA_HOME=home)
    built_in = {'name': 'alexnet-64', 'standard': PAIR[0], 'robust': PAIR[1]}
    expect(run_json('networks', 'pairs', XDG_DATA_HOME=home) == [built_in])
    run_ok('networks', 'pair', 'both', 'one', 'two', XDG_DATA_HOME=home)
    expect(run_json('networks', 'pairs', XDG_DATA_HOME=home) == [built_in, {'name': 'both', 'standard': 'one', 'robust': 'two'}])
    for words, arguments in ((['one and seven are no pair', '5 classes', '7'], ('x', 'one', 'seven')),
                             (['different sizes', '224 × 224', '64 × 64'], ('x', 'one', PAIR[0])),
                             (["'one'", 'both'], ('x', 'one', 'one')),
                             (["'both'", 'already'], ('both', 'one', 'two')),
                             (["'two'", 'already'], ('two', 'one', 'two')),
                             (["'nobody'"], ('x', 'one', 'nobody'))):
        expect_failure(1, words, 'networks', 'pair', *arguments, XDG_DATA_HOME=home)
    expect_failure(1, ["'one'", "'both'", 'remove the pair'], 'networks', 'remove', 'one', XDG_DATA_HOME=home)
    # The pair follows its networks, and goes by itself.
    run_ok('networks', 'rename', 'one', 'first', XDG_DATA_HOME=home)
    run_ok('networks', 'rename', 'both', 'Couple of mine', XDG_DATA_HOME=home)
    expect(run_json('networks', 'pairs', XDG_DATA_HOME=home)[1] == {'name': 'Couple of mine', 'standard': 'first', 'robust': 'two'})
    run_ok('networks', 'remove', 'Couple of mine', XDG_DATA_HOME=home)
    run_ok('networks', 'remove', 'first', XDG_DATA_HOME=home)
    expect(run_json('networks', 'pairs', XDG_DATA_HOME=home) == [built_in])


def test_names(folder):
    home = str(folder / 'home')
    write_squeezenet(folder / 'net.safetensors')
    for name in ('', 'a/b', '-x', '.x', 'a[1]', 'a\nb', ' a', 'x' * 81):
        expect_failure(1, ['cannot be a name'], 'networks', 'add', folder / 'net.safetensors', '--name', name, XDG_DATA_HOME=home)
    for name in (PAIR[0], 'alexnet-64'):
        expect_failure(1, [f"'{name}'", 'already'], 'networks', 'add', folder / 'net.safetensors', '--name', name, XDG_DATA_HOME=home)
    for name in ('net', 'net-2', 'net-3'):
        expect(run_ok('networks', 'add', folder / 'net.safetensors', XDG_DATA_HOME=home).startswith(f'{name}: added'))
    run_ok('networks', 'add', folder / 'net.safetensors', '--name', 'größer = schöner; #1', XDG_DATA_HOME=home)
    expect('größer = schöner; #1' in [network['name'] for network in get_user_networks(home)])
    odd = os.path.join(os.fsencode(folder), b'odd \xff%20.safetensors')
    shutil.copy(folder / 'net.safetensors', odd)
    run_ok('networks', 'add', os.fsdecode(odd), '--name', 'odd', XDG_DATA_HOME=home)
    expect(run_json('layers', '--network', 'odd', XDG_DATA_HOME=home)[0]['channels'] == 64)


def test_many_at_once(folder):
    """Processes that change the library at the same time lose nothing."""
    home = str(folder / 'home')
    Tiny().write(folder / 'net.safetensors')
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: run_ok('networks', 'add', folder / 'net.safetensors', '--name', f'n{i}', XDG_DATA_HOME=home), range(24)))
        names = sorted(network['name'] for network in get_user_networks(home))
        expect(names == sorted(f'n{i}' for i in range(24)), names)
        list(pool.map(lambda i: run_ok('networks', 'remove', f'n{i}', XDG_DATA_HOME=home), range(0, 24, 2)))
    expect(sorted(network['name'] for network in get_user_networks(home)) == sorted(f'n{i}' for i in range(1, 24, 2)))


def test_damaged_index(folder):
    """It is named and left as it is; what came with Fovea still opens."""
    (folder / 'fovea').mkdir()
    index = folder / 'fovea' / 'library.ini'
    index.write_bytes(b'no group\n\xff')
    write_squeezenet(folder / 'net.safetensors')
    home = str(folder)
    expect_failure(1, ['library.ini'], 'networks', 'add', folder / 'net.safetensors', XDG_DATA_HOME=home)
    expect_failure(1, ['library.ini'], 'layers', '--network', 'mine', XDG_DATA_HOME=home)
    result = run_fovea('networks', '--json', XDG_DATA_HOME=home)
    expect(result.returncode == 1 and 'library.ini' in result.stderr and {network['name'] for network in json.loads(result.stdout)} == set(PAIR))
    expect(len(run_json('layers', '--network', PAIR[0], XDG_DATA_HOME=home)) == 22)
    expect(index.read_bytes() == b'no group\n\xff')
    # Entries that make no sense are passed over.
    index.write_text('[network x]\nmean=1\n[network y]\nfile=nonsense\n[pair z]\nstandard=a\n[network a]\nfile=file:///nowhere/a.pt\nmean=1,2\ninput=-3\n')
    expect([network['name'] for network in get_user_networks(home)] == ['a'])


def test_usage(folder):
    write_squeezenet(folder / 'net.safetensors')
    expect_failure(2, ['FILE'], 'networks', 'add')
    expect_failure(2, ['STANDARD'], 'networks', 'pair', 'a', 'b')
    expect_failure(2, ["'frobnicate'"], 'networks', 'frobnicate')
    expect_failure(2, ['--role', 'standard, robust', "'good'"], 'networks', 'add', folder / 'net.safetensors', '--role', 'good')
    expect_failure(2, ['--mean', 'networks add'], 'networks', '--mean', '1,1,1')
    expect_failure(2, ['--copy', 'networks add'], 'networks', 'remove', 'x', '--copy')
    expect_failure(1, ['nowhere'], 'networks', 'add', folder / 'nowhere')
    expect_failure(1, ["'nobody'"], 'networks', 'remove', 'nobody')
    expect_failure(1, [PAIR[0], 'came with Fovea'], 'networks', 'remove', PAIR[0])
    expect_failure(1, ["'alexnet-64'"], 'networks', 'remove', 'alexnet-64')
    (folder / 'text.pt').write_text('hello')
    expect_failure(1, ['text.pt'], 'networks', 'add', folder / 'text.pt', XDG_DATA_HOME=str(folder / 'home'))
    expect(not (folder / 'home').exists(), 'a file that cannot be opened left something behind')
    expect((ROOT / 'resources' / 'networks').is_dir())


if __name__ == '__main__':
    sys.exit(main('networks'))
