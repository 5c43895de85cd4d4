#!/usr/bin/python3
"""fovea convert.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import shutil
import sys

from command_line import PAIR, ROOT, Tiny, expect, expect_failure, main, read_npy, read_safetensors, run_json, run_ok, write_image


def test_convert(folder):
    """The copy computes the same, and a copy of the copy has the same bytes."""
    write_image(folder / 'image.png')
    for name in PAIR:
        output = folder / f'{name}-copy.safetensors'
        run_ok('convert', name, output)
        run_ok('convert', output, folder / 'again.safetensors')
        expect(output.read_bytes() == (folder / 'again.safetensors').read_bytes(), 'a copy of the copy differs')
        expect(run_json('layers', '--network', output) == run_json('layers', '--network', name), name)
        for network, file in ((name, 'a.npy'), (output, 'b.npy')):
            run_ok('activations', folder / 'image.png', '--network', network, '--layer', 'fc7', '--output', folder / file)
        expect(read_npy(folder / 'a.npy') == read_npy(folder / 'b.npy'), 'the copy computes something else')
        # What the file says to people and programs is still there.
        old, _ = read_safetensors(ROOT / 'resources' / 'networks' / f'{name}.safetensors')
        new, _ = read_safetensors(output)
        for key in ('format', 'architecture', 'training'):
            expect(new[key] == old[key], key, new[key])
        original, copy = (run_json('classify', folder / 'image.png', '--network', network)[0]['top'] for network in (name, output))
        expect(original == copy, original, copy)


def test_file_to_file(folder):
    Tiny().write(folder / 'tiny.safetensors')
    text = run_ok('convert', folder / 'tiny.safetensors', folder / 'copy.safetensors')
    expect(text == f'{folder}/copy.safetensors: written\n', text)
    expect(len(run_json('layers', '--network', folder / 'copy.safetensors')) == 5)
    expect({path.name for path in folder.iterdir()} == {'tiny.safetensors', 'copy.safetensors'}, 'something was left behind')


def test_input_is_never_overwritten(folder):
    source = folder / 'network.safetensors'
    shutil.copy(ROOT / 'resources' / 'networks' / f'{PAIR[0]}.safetensors', source)
    before = source.read_bytes()
    os.symlink(source, folder / 'symbolic.safetensors')
    os.link(source, folder / 'hard.safetensors')
    for output in ('network.safetensors', 'symbolic.safetensors', 'hard.safetensors'):
        expect_failure(1, [output, 'name another file'], 'convert', source, folder / output)
    expect(source.read_bytes() == before and (folder / 'symbolic.safetensors').is_symlink(), 'the input was touched')


def test_failures_write_nothing(folder):
    (folder / 'broken.safetensors').write_bytes(b'\x10\0\0\0\0\0\0\0{')
    expect_failure(1, ['broken.safetensors'], 'convert', folder / 'broken.safetensors', folder / 'out.safetensors')
    expect_failure(1, ['nothing-there'], 'convert', folder / 'nothing-there', folder / 'out.safetensors')
    expect_failure(2, ['out.onnx', '.safetensors'], 'convert', PAIR[0], folder / 'out.onnx')
    expect_failure(1, ['nowhere', 'create it'], 'convert', PAIR[0], folder / 'nowhere' / 'out.safetensors')
    expect_failure(2, ['FILE OUTPUT.safetensors'], 'convert', PAIR[0])
    expect_failure(2, ["'third'"], 'convert', PAIR[0], folder / 'out.safetensors', 'third')
    expect([path.name for path in folder.iterdir()] == ['broken.safetensors'], list(folder.iterdir()))


if __name__ == '__main__':
    sys.exit(main('convert'))
