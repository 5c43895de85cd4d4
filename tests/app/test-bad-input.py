#!/usr/bin/python3
"""Broken and hostile files and arguments: one clear line, exit status 1, nothing written, no crash.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
import os
import struct
import sys

from command_line import PAIR, ROOT, Tiny, expect, expect_failure, main, run_ok, write_image, write_npy


def expect_unreadable(folder, words, name='broken.safetensors'):
    """Every command that takes a network refuses the file, in the same words, and writes nothing."""
    path = folder / name
    image = folder / 'image.png'
    if not image.exists():
        write_image(image, 20, 20)
    before = sorted(folder.iterdir())
    words = [name, *words]
    said = {
        expect_failure(1, words, 'layers', '--network', path),
        expect_failure(1, words, 'layers', '--network', path, '--json'),
        expect_failure(1, words, 'classify', image, '--network', path),
        expect_failure(1, words, 'activations', image, '--network', path, '--layer', 'conv', '--output', folder / 'out.npy'),
        expect_failure(1, words, 'gradient', image, '--network', path, '--neuron', 'conv:1', '--output', folder / 'out.npy'),
        expect_failure(1, words, 'visualize', '--network', PAIR[0], '--network', path, '--neuron', 'conv:1', '--output', folder / 'out.png'),
        expect_failure(1, words, 'benchmark', '--network', path),
        expect_failure(1, words, 'convert', path, folder / 'out.safetensors'),
    }
    expect(len(said) == 1, 'the commands say different things', said)
    expect(sorted(folder.iterdir()) == before, 'something was written', list(folder.iterdir()))


def write_graph(folder, change, **more):
    tiny = Tiny()
    change(tiny.graph)
    tiny.write(folder / 'broken.safetensors', graph=tiny.graph, **more)


def write_raw(folder, header, data=b''):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / 'broken.safetensors').write_bytes(struct.pack('<Q', len(text)) + text + data)


def test_the_network_itself_is_fine(folder):
    """What the other tests break works before."""
    Tiny().write(folder / 'tiny.safetensors')
    run_ok('layers', '--network', folder / 'tiny.safetensors')


def test_truncated_file(folder):
    whole = (ROOT / 'resources' / 'networks' / f'{PAIR[0]}.safetensors').read_bytes()
    for size in (0, 4, 8, 100, 5000, len(whole) // 2, len(whole) - 1):
        (folder / 'broken.safetensors').write_bytes(whole[:size])
        expect_failure(1, ['broken.safetensors'], 'layers', '--network', folder / 'broken.safetensors')
    expect_unreadable(folder, [])


def test_contradictory_file(folder):
    entry = {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}
    for header in (
            b'{', b'[]', b'null', b'"x"', b'{"a": 3}', b'\xff\xfe{}',
            {'a': {**entry, 'shape': [3]}},                                           # 3 values in 8 bytes
            {'a': {**entry, 'data_offsets': [0, 800]}},                                # beyond the end
            {'a': {**entry, 'data_offsets': [8, 0]}},                                  # backwards
            {'a': {**entry, 'data_offsets': [-8, 0]}},
            {'a': {**entry, 'shape': [-2]}},
            {'a': {**entry, 'dtype': 'F99'}},
            {'a': {**entry, 'shape': [1] * 100}},
            {'a': {'dtype': 'F32', 'shape': [2]}},
            {'a': entry, 'b': {**entry, 'data_offsets': [4, 12]}},                     # overlapping
            {'a': {**entry, 'shape': [2 ** 60], 'data_offsets': [0, 2 ** 62]}},
            {'a': {**entry, 'shape': [2 ** 32, 2 ** 32], 'data_offsets': [0, 8]}},     # the product overflows
            {'a': {**entry, 'shape': [2 ** 63 - 1, 2]}}):
        write_raw(folder, header, b'\0' * 8)
        expect_failure(1, ['broken.safetensors'], 'layers', '--network', folder / 'broken.safetensors')
    (folder / 'broken.safetensors').write_bytes(struct.pack('<Q', 2 ** 62) + b'{}')
    expect_unreadable(folder, [])


def test_deeply_nested_header(folder):
    write_raw(folder, b'{"a":' + b'[' * 200000 + b']' * 200000 + b'}')
    expect_failure(1, ['broken.safetensors'], 'layers', '--network', folder / 'broken.safetensors')


def test_cycle(folder):
    def change(graph):
        graph[0]['inputs'] = ['relu']
    write_graph(folder, change)
    expect_unreadable(folder, ['cycle'])


def test_unknown_operator(folder):
    def change(graph):
        graph[1]['op'] = 'Frobnicate'
    write_graph(folder, change)
    expect_unreadable(folder, ["'relu'", 'Frobnicate'])


def test_missing_parameter(folder):
    def change(graph):
        del graph[0]['parameters']['W']
    write_graph(folder, change)
    expect_unreadable(folder, ["'conv'", 'W'])


def test_missing_tensor(folder):
    def change(graph):
        graph[0]['parameters']['W'] = 'conv.absent'
    write_graph(folder, change)
    expect_unreadable(folder, ['conv.absent'])


def test_shapes_that_do_not_fit(folder):
    write_graph(folder, lambda graph: None, tensors={'conv.weight': ((4, 2, 3, 3), [0] * 72)})
    expect_unreadable(folder, ["'conv'"])
    write_graph(folder, lambda graph: None, tensors={'fc.weight': ((3, 5), [0] * 15)})
    expect_unreadable(folder, ["'fc'"])


def test_absurd_sizes(folder):
    write_graph(folder, lambda graph: None, metadata={'input': json.dumps([3, 2 ** 30, 2 ** 30])})
    expect_unreadable(folder, [])
    write_graph(folder, lambda graph: None, metadata={'input': json.dumps([3, 0, 6])})
    expect_unreadable(folder, [])

    def change(graph):
        graph[0]['attributes']['pads'] = [2 ** 60] * 4
    write_graph(folder, change)
    expect_unreadable(folder, [])

    def stride(graph):
        graph[0]['attributes']['strides'] = [0, 0]
    write_graph(folder, stride)
    expect_unreadable(folder, ["'conv'"])


def test_broken_metadata(folder):
    for metadata in ({'graph': None}, {'graph': 'nothing'}, {'graph': '{}'}, {'graph': '[]'}, {'graph': '[3]'}, {'graph': '[{"name": 3}]'},
                     {'input': None}, {'input': '[3]'}, {'mean': '[1]'}, {'std': '[0, 1, 1]'}, {'mean': '["a", 1, 1]'}, {'format': 'fovea-99'},
                     {'classes': '{}'}):
        Tiny().write(folder / 'broken.safetensors', metadata=metadata)
        expect_failure(1, ['broken.safetensors'], 'layers', '--network', folder / 'broken.safetensors')


def test_duplicate_and_unknown_names(folder):
    def duplicate(graph):
        graph[1]['name'] = 'conv'
    write_graph(folder, duplicate)
    expect_unreadable(folder, ["'conv'"])

    def unknown(graph):
        graph[2]['inputs'] = ['nobody']
    write_graph(folder, unknown)
    expect_unreadable(folder, ["'nobody'"])


def test_not_a_file(folder):
    (folder / 'folder').mkdir()
    expect_failure(1, ['folder'], 'layers', '--network', folder / 'folder')
    expect_failure(1, ["nobody"], 'layers', '--network', folder / 'nobody')


def test_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / 'pipe')
    expect_failure(1, ['pipe', 'name a file'], 'layers', '--network', folder / 'pipe')
    expect_failure(1, ['/dev/null', 'name a file'], 'layers', '--network', '/dev/null')


def test_empty_names(folder):
    write_image(folder / 'image.png')
    output = folder / 'out.png'
    expect_failure(1, ["''"], 'classify', '', '--network', PAIR[0])
    expect_failure(1, ["''"], 'layers', '--network', '')
    expect_failure(1, ["''"], 'dissect', '--tally', '', '--output', output)
    expect_failure(1, ['name or a folder'], 'dissect', '--network', PAIR[0], '--layer', 'conv5', '--concepts', '')
    expect_failure(1, ['name or a folder'], 'patches', '--network', PAIR[0], '--layer', 'conv5', '--images', '', '--output', output)


def test_numbers_that_are_none(folder):
    write_image(folder / 'image.png')
    files = sorted(folder.iterdir())
    for text in ('', 'nan', 'inf', '-inf', '1e999', '0x10', ' 1', '1 ', '1,5', '1.5.2', '--1', 'one', '-1'):
        expect_failure(2, ['--epsilon', repr(text)], 'attack', folder / 'image.png', '--network', PAIR[0], f'--epsilon={text}', '--output', folder / 'out.png')
        expect_failure(2, ['--steps', repr(text)], 'attack', folder / 'image.png', '--network', PAIR[0], f'--steps={text}', '--output', folder / 'out.png')
    expect(sorted(folder.iterdir()) == files, 'something was written', list(folder.iterdir()))


def test_image_that_is_no_image(folder):
    (folder / 'text.png').write_text('this is no image')
    write_image(folder / 'whole.png')
    whole = (folder / 'whole.png').read_bytes()
    (folder / 'half.png').write_bytes(whole[:len(whole) // 2])
    (folder / 'huge.png').write_bytes(whole[:16] + struct.pack('>II', 2 ** 31 - 1, 2 ** 31 - 1) + whole[24:])
    (folder / 'empty.jpg').write_bytes(b'')
    (folder / 'start.jpg').write_bytes(b'\xff\xd8\xff\xe0')
    write_npy(folder / 'shape.npy', (4, 64, 64), [0] * (4 * 64 * 64))
    write_npy(folder / 'size.npy', (3, 2, 2), [0] * 12)
    (folder / 'broken.npy').write_bytes((folder / 'size.npy').read_bytes()[:-5])
    (folder / 'code.npy').write_bytes(b"\x93NUMPY\x01\x00\x20\x00__import__('os').abort()        \n")
    files = sorted(folder.iterdir())
    for name in ('text.png', 'half.png', 'huge.png', 'empty.jpg', 'start.jpg', 'shape.npy', 'size.npy', 'broken.npy', 'code.npy', 'nothing.png', '.'):
        for command in (['classify'], ['activations', '--layer', 'fc7', '--output', folder / 'out.npy'],
                        ['gradient', '--neuron', 'fc7:3', '--output', folder / 'out.npy']):
            expect_failure(1, [name], command[0], folder / name, '--network', PAIR[0], *command[1:])
        expect_failure(1, [name], 'visualize', '--network', PAIR[0], '--neuron', 'conv3:1', '--start', folder / name, '--output', folder / 'out.png')
    expect(sorted(folder.iterdir()) == files, 'something was written', list(folder.iterdir()))


def test_neuron_that_does_not_exist(folder):
    write_image(folder / 'image.png')
    for neuron, words in (('conv3:160', ['conv3:160', '159']), ('conv3:-1', ['conv3:-1']), ('conv9:1', ["'conv9'"]), ('conv3', ["'conv3'"]),
                          ('conv3:1:8,0', ['conv3:1:8,0', '7,7']), ('conv3:1:0', ['conv3:1']), ('conv3:x', ['conv3:x']), ('', []), (':', []),
                          ('conv3:1:1,1:1', []), ('conv3:99999999999999999999', ['conv3:99999999999999999999']), ('conv3:1 ', []), ('fc7:20', ['19'])):
        expect_failure(1, words, 'gradient', folder / 'image.png', '--network', PAIR[0], '--neuron', neuron, '--output', folder / 'out.npy')
        expect_failure(1, words, 'visualize', '--network', PAIR[0], '--neuron', 'conv3:1', '--neuron', neuron, '--output', folder / 'out.png')
    expect_failure(1, [PAIR[0], "'conv9'"], 'activations', folder / 'image.png', '--network', PAIR[0], '--layer', 'conv9', '--output', folder / 'out.npy')
    expect([path.name for path in folder.iterdir()] == ['image.png'], list(folder.iterdir()))


def test_names_with_odd_characters_stay_in_one_line(folder):
    expect_failure(1, ['odd'], 'layers', '--network', folder / 'odd\n\x1b[31mname.safetensors')
    expect_failure(2, ['odd'], 'odd\ncommand')
    expect_failure(1, [], 'layers', '--network', os.fsdecode(b'latin-\xe9.safetensors'))


def test_output_that_cannot_be_written(folder):
    write_image(folder / 'image.png')
    common = ('activations', folder / 'image.png', '--network', PAIR[0], '--layer', 'conv1', '--output')
    expect_failure(1, ['nowhere', 'create it'], *common, folder / 'nowhere' / 'out.npy')
    (folder / 'folder.npy').mkdir()
    expect_failure(1, ['folder.npy', 'folder'], *common, folder / 'folder.npy')
    expect_failure(2, ['.npy'], *common, folder / '.npy')
    expect_failure(1, ['conv9'], 'report', '--network', PAIR[0], '--network', PAIR[1], '--images', 'scenes', '--layer', 'conv9', '--output', folder / 'report')
    expect(not (folder / 'report').exists(), 'an empty folder is left')
    if os.geteuid() != 0:
        folder.chmod(0o500)
        expect_failure(1, ['out.npy', 'cannot write'], *common, folder / 'out.npy')
        folder.chmod(0o700)


def test_full_disk(folder):
    """Nothing half-written is left, and what was there before stays."""
    write_image(folder / 'image.png', 20, 20)
    Tiny().write(folder / 'tiny.safetensors')
    network = ('--network', folder / 'tiny.safetensors')
    for name, command in (('a.npy', ('activations', folder / 'image.png', *network, '--layer', 'conv', '--output')),
                          ('a.png', ('visualize', *network, '--neuron', 'conv:1', '--steps', 1, '--output')),
                          ('b.png', ('attack', folder / 'image.png', *network, '--output')),
                          ('c.png', ('stylize', *network, '--shape', folder / 'image.png', '--texture', folder / 'image.png', '--steps', 1,
                                     '--content-layer', 'conv', '--style-layer', 'conv', '--output')),
                          ('filters.svg', ('filters', *network, '--output')),
                          ('a.safetensors', ('convert', folder / 'tiny.safetensors'))):
        (folder / name).write_text('before')
        files = sorted(folder.iterdir())
        expect_failure(1, [name, 'cannot be written', 'File too large'], *command, folder / name, largest_file=50)
        expect((folder / name).read_text() == 'before' and sorted(folder.iterdir()) == files, 'something was written', list(folder.iterdir()))


if __name__ == '__main__':
    sys.exit(main('bad-input'))
