"""What the tests of the command line share: running the program, reading and making its files, reporting.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import array
import ast
import inspect
import json
import math
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import traceback
import zlib

ROOT = pathlib.Path(os.environ['FOVEA_SOURCE_ROOT'])
PROGRAM = os.environ['FOVEA_PROGRAM']
SHARED = pathlib.Path(os.environ.get('FOVEA_SHARED', ROOT / '..' / 'shared'))
PAIR = ('alexnet-64-standard', 'alexnet-64-robust')


class Skip(Exception):
    pass


def expect(condition, *details):
    if not condition:
        raise AssertionError(' '.join(str(detail) for detail in details))


def expect_close(actual, expected, tolerance, *details):
    expect(len(actual) == len(expected), len(actual), 'values instead of', len(expected), *details)
    scale = max(abs(value) for value in expected)
    worst = max(abs(a - b) for a, b in zip(actual, expected))
    expect(worst <= tolerance * scale, 'off by', worst, 'of', scale, *details)


def run_fovea(*arguments, folder=None, largest_file=resource.RLIM_INFINITY, **environment):
    """Runs the program without a display, with an empty home; returns the finished process. Files that it writes
    cannot grow beyond so many bytes, as on a disk that is full."""
    env = {name: value for name, value in os.environ.items() if name not in ('DISPLAY', 'WAYLAND_DISPLAY')}
    env.update(environment)
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=folder,
                          stdin=subprocess.DEVNULL, env=env, timeout=100, restore_signals=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY)))


def run_ok(*arguments, **options):
    result = run_fovea(*arguments, **options)
    expect(result.returncode == 0, arguments, 'ended with', result.returncode, result.stderr)
    expect(result.stderr == '', arguments, 'complained:', result.stderr)
    return result.stdout


def run_json(*arguments, **options):
    return json.loads(run_ok(*arguments, '--json', **options))


def expect_failure(status, words, *arguments, **options):
    """The program ends with the status, and with one line that contains the words."""
    result = run_fovea(*arguments, **options)
    expect(result.returncode == status, arguments, 'ended with', result.returncode, 'instead of', status, result.stderr)
    expect(result.stdout == '', arguments, 'printed', result.stdout)
    lines = result.stderr.split('\n')
    expect(len(lines) == 2 and lines[1] == '', arguments, 'complained in more than one line:', result.stderr)
    expect(lines[0].startswith('fovea: ') and not lines[0].endswith('.'), lines[0])
    for word in words:
        expect(word in lines[0], arguments, 'said', repr(lines[0]), 'without', repr(word))
    return lines[0]


def product(shape):
    return math.prod(shape)


def write_npy(path, shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += ' ' * (63 - (10 + len(header)) % 64) + '\n'
    data = struct.pack(f'<{len(values)}f', *values)
    pathlib.Path(path).write_bytes(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(header)) + header.encode() + data)


def read_npy(path):
    """Shape and values of an array of float32."""
    data = pathlib.Path(path).read_bytes()
    expect(data[:8] == b'\x93NUMPY\x01\x00', path, 'is no NumPy file')
    length = struct.unpack_from('<H', data, 8)[0]
    header = ast.literal_eval(data[10:10 + length].decode())
    expect(header['descr'] == '<f4' and header['fortran_order'] is False, header)
    values = array.array('f', data[10 + length:])
    expect(len(values) == product(header['shape']), path, 'holds', len(values), 'values in shape', header['shape'])
    return header['shape'], values


def read_safetensors(path):
    """Metadata, and name → (shape, values), of a file of float32 tensors."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack_from('<Q', data)[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop('__metadata__', {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        tensors[name] = (tuple(entry['shape']), array.array('f', data[8 + length + begin:8 + length + end]))
    return metadata, tensors


def write_safetensors(path, tensors, metadata):
    header, data = {'__metadata__': metadata}, b''
    for name, (shape, values) in tensors.items():
        packed = struct.pack(f'<{len(values)}f', *values)
        header[name] = {'dtype': 'F32', 'shape': list(shape), 'data_offsets': [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    pathlib.Path(path).write_bytes(struct.pack('<Q', len(text)) + text + data)


def write_png(path, width, height, pixel):
    """An RGB image of 8 bits, whose pixel (y, x) is pixel (y, x)."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + b''.join(bytes(pixel(y, x)) for x in range(width)) for y in range(height))
    pathlib.Path(path).write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
                                   chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def read_png_size(path):
    data = pathlib.Path(path).read_bytes()
    expect(data[:8] == b'\x89PNG\r\n\x1a\n' and data[-8:-4] == b'IEND', path, 'is no complete PNG')
    return struct.unpack_from('>II', data, 16)


def write_image(path, width=80, height=64):
    """A colourful photograph's stand-in."""
    write_png(path, width, height, lambda y, x: (x * 3 % 256, (y * 5 + x) % 256, (x * y // 4) % 256))


def make_values(count, start):
    """Numbers in [-1, 1) that look random and are the same everywhere."""
    values = []
    for _ in range(count):
        start = (start * 1103515245 + 12345) % 2 ** 31
        values.append(start / 2 ** 30 - 1)
    return values


class Tiny:
    """A small network, and what it computes, by the definitions: for 3 × 6 × 6 images, a convolution
    `conv` to 4 channels (3 × 3, strides 2 and 1, padding 1), `relu`, `pool` over the whole map, `flatten`,
    and `fc` to 3 classes."""

    mean, std = (0.5, 0.4, 0.3), (0.25, 0.5, 0.2)
    classes = ['ant', 'bee', 'cow']

    def __init__(self, softmax=False, classes=True):
        self.w = make_values(4 * 3 * 9, 1)
        self.b = make_values(4, 2)
        self.fc = make_values(3 * 4, 3)
        self.c = make_values(3, 4)
        self.graph = [
            {'name': 'conv', 'op': 'Conv', 'inputs': ['input'], 'attributes':
                {'kernel_shape': [3, 3], 'strides': [2, 1], 'pads': [1, 1, 1, 1], 'dilations': [1, 1], 'group': 1},
             'parameters': {'W': 'conv.weight', 'B': 'conv.bias'}},
            {'name': 'relu', 'op': 'Relu', 'inputs': ['conv'], 'attributes': {}, 'parameters': {}},
            {'name': 'pool', 'op': 'GlobalAveragePool', 'inputs': ['relu'], 'attributes': {}, 'parameters': {}},
            {'name': 'flatten', 'op': 'Flatten', 'inputs': ['pool'], 'attributes': {'axis': 1}, 'parameters': {}},
            {'name': 'fc', 'op': 'Gemm', 'inputs': ['flatten'], 'attributes': {'transB': 1},
             'parameters': {'B': 'fc.weight', 'C': 'fc.bias'}},
        ]
        if softmax:
            self.graph.append({'name': 'prob', 'op': 'Softmax', 'inputs': ['fc'], 'attributes': {'axis': 1}, 'parameters': {}})
        self.metadata = {
            'format': 'fovea-1', 'architecture': 'tiny', 'training': 'not at all', 'input': '[3, 6, 6]',
            'mean': json.dumps(self.mean), 'std': json.dumps(self.std), 'graph': json.dumps(self.graph),
            'classes': json.dumps(self.classes if classes else []),
        }
        self.tensors = {'conv.weight': ((4, 3, 3, 3), self.w), 'conv.bias': ((4,), self.b),
                        'fc.weight': ((3, 4), self.fc), 'fc.bias': ((3,), self.c)}

    def write(self, path, graph=None, metadata=None, tensors=None):
        """Writes the network, with what is given instead of its own."""
        whole = {**self.metadata, **(metadata or {})}
        if graph is not None:
            whole['graph'] = json.dumps(graph)
        write_safetensors(path, {**self.tensors, **(tensors or {})}, {key: value for key, value in whole.items() if value is not None})

    def convolve(self, image):
        normalized = [(value - self.mean[i // 36]) / self.std[i // 36] for i, value in enumerate(image)]
        output = []
        for channel in range(4):
            for y in range(3):
                for x in range(6):
                    total = self.b[channel]
                    for c in range(3):
                        for i in range(3):
                            for j in range(3):
                                row, column = 2 * y - 1 + i, x - 1 + j
                                if 0 <= row < 6 and 0 <= column < 6:
                                    total += self.w[((channel * 3 + c) * 3 + i) * 3 + j] * normalized[(c * 6 + row) * 6 + column]
                    output.append(total)
        return output

    def get_gradient(self, channel, y, x):
        """Of conv:channel:y,x by the image in [0,1]."""
        gradient = [0.0] * 108
        for c in range(3):
            for i in range(3):
                for j in range(3):
                    row, column = 2 * y - 1 + i, x - 1 + j
                    if 0 <= row < 6 and 0 <= column < 6:
                        gradient[(c * 6 + row) * 6 + column] = self.w[((channel * 3 + c) * 3 + i) * 3 + j] / self.std[c]
        return gradient

    def classify(self, image):
        maps = [max(value, 0) for value in self.convolve(image)]
        means = [sum(maps[i * 18:i * 18 + 18]) / 18 for i in range(4)]
        scores = [self.c[k] + sum(self.fc[k * 4 + i] * means[i] for i in range(4)) for k in range(3)]
        exponentials = [math.exp(score) for score in scores]
        return [value / sum(exponentials) for value in exponentials]


def main(group):
    """Runs the calling script's test_ functions, each in a folder of its own, and reports in TAP."""
    script = inspect.stack()[1].frame.f_globals
    tests = [(name, function) for name, function in script.items() if name.startswith('test_')]
    failed = False

    print('TAP version 13', f'1..{len(tests)}', sep='\n')
    for number, (name, function) in enumerate(tests, 1):
        title = f'{number} /{group}/{name[5:].replace("_", "-")}'
        try:
            with tempfile.TemporaryDirectory(prefix='fovea-test.') as folder:
                function(pathlib.Path(folder))
            print(f'ok {title}')
        except Skip as reason:
            print(f'ok {title} # SKIP {reason}')
        except Exception:
            print(*('# ' + line for line in traceback.format_exc().splitlines()), sep='\n')
            print(f'not ok {title}')
            failed = True
        sys.stdout.flush()
    return 1 if failed else 0
