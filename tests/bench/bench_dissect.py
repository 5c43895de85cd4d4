#!/usr/bin/env python3
"""Compares fovea dissect with Network Dissection as its authors' Python programs do it: seconds and ratios.

    bench_dissect.py SCRATCH [--images 48] [--loops lite,original]

Both dissect layer4 of the same ResNet-50 with random weights over the same made concept set in Broden's layout, and
agree about the channels' IoU. Both include opening the network and decoding. The loops are written after NetDissect-Lite
(Pillow's bilinear resizing channel by channel, then counting) and NetDissect (every channel of every image upsampled and
compared with every label in it); where the authors use SciPy's splines, this uses NumPy's matrix products, which are faster.
Without PyTorch, torchvision and Pillow it is skipped.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

SKIPPED = 77
CATEGORIES = ('object', 'part', 'texture', 'color')
N_LABELS = 200
SIZE, MASK = 224, 112


def make_set(folder, n_images):
    from PIL import Image
    import numpy as np
    rng = np.random.default_rng(1)
    images = folder / 'images'
    images.mkdir(parents=True)
    labels = [(n, f'label{n}', CATEGORIES[n % len(CATEGORIES)]) for n in range(1, N_LABELS + 1)]
    rows = ['image,split,ih,iw,sh,sw,' + ','.join(CATEGORIES)]
    for i in range(n_images):
        small = rng.integers(0, 256, (14, 14, 3), dtype=np.uint8)
        picture = Image.fromarray(small).resize((SIZE, SIZE), Image.BICUBIC)
        picture.save(images / f'{i}.jpg', quality=92)
        fields = []
        for category in CATEGORIES:
            numbers = [n for n, _, c in labels if c == category]
            coarse = rng.choice([0] + list(rng.choice(numbers, 4)), (8, 8))
            values = np.kron(coarse, np.ones((MASK // 8, MASK // 8), dtype=int))
            Image.fromarray(np.stack([values % 256, values // 256, values * 0], 2).astype(np.uint8)).save(images / f'{i}_{category}.png')
            fields.append(f'{i}_{category}.png')
        rows.append(f'{i}.jpg,train,{SIZE},{SIZE},{MASK},{MASK},' + ','.join(fields))
    (folder / 'index.csv').write_text('\n'.join(rows) + '\n')
    (folder / 'category.csv').write_text('name,first,last,count,frequency\n' + ''.join(f'{c},1,{N_LABELS},1,1\n' for c in CATEGORIES))
    (folder / 'label.csv').write_text('number,name,category,frequency,coverage,syns\n' + ''.join(f'{n},{name},{c}(1),1,1,\n' for n, name, c in labels))
    for category in CATEGORIES:
        (folder / f'c_{category}.csv').write_text('code,number,name,frequency,coverage\n' +
                                                  ''.join(f'{n},{n},{name},1,1\n' for n, name, c in labels if c == category))


def make_network(path):
    import torch
    import torchvision
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet50(weights=None).state_dict(), path)


def read_masks(folder, row):
    from PIL import Image
    import numpy as np
    maps = []
    for category in CATEGORIES:
        pixels = np.asarray(Image.open(folder / 'images' / row[category]))
        maps.append(pixels[:, :, 0].astype(int) + pixels[:, :, 1].astype(int) * 256)
    return np.stack(maps)


def reference(network, folder, loop):
    """IoU [unit, label], by one of the authors' loops."""
    import numpy as np
    import torch
    import torchvision
    from PIL import Image
    model = torchvision.models.resnet50(weights=None)
    model.load_state_dict(torch.load(network))
    model.eval()
    outputs = []
    model.layer4.register_forward_hook(lambda module, inputs, output: outputs.append(output.numpy()))
    rows = list(csv.DictReader(open(folder / 'index.csv')))
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    with torch.no_grad():
        for begin in range(0, len(rows), 8):
            batch = [np.asarray(Image.open(folder / 'images' / row['image']).convert('RGB')) for row in rows[begin:begin + 8]]
            pixels = ((np.stack(batch) / 255 - mean) / std).transpose(0, 3, 1, 2)
            model(torch.from_numpy(np.ascontiguousarray(pixels, dtype=np.float32)))
    features = np.concatenate(outputs)
    n_units = features.shape[1]
    threshold = np.quantile(features.transpose(1, 0, 2, 3).reshape(n_units, -1), 0.995, axis=1)

    category_of = np.eye(len(CATEGORIES))[[0] + [n % len(CATEGORIES) for n in range(1, N_LABELS + 1)]]
    category_of[0] = 0
    labels = np.zeros(N_LABELS + 1)
    units = np.zeros((n_units, len(CATEGORIES)))
    both = np.zeros((n_units, N_LABELS + 1))
    position = np.clip((np.arange(MASK) + 0.5) * features.shape[2] / MASK - 0.5, 0, features.shape[2] - 1)
    lower = np.minimum(position.astype(int), features.shape[2] - 2)
    weights = np.zeros((MASK, features.shape[2]), dtype=np.float32)
    weights[np.arange(MASK), lower] = 1 - (position - lower)
    weights[np.arange(MASK), lower + 1] = position - lower
    for i, row in enumerate(rows):
        pixels = read_masks(folder, row)
        truth = np.bincount(pixels.ravel(), minlength=N_LABELS + 1)
        truth[0] = 0
        labels += truth
        if loop == 'lite':
            for unit in range(n_units):
                feature_map = features[i, unit]
                if feature_map.max() > threshold[unit]:
                    mask = np.asarray(Image.fromarray(feature_map).resize((MASK, MASK), Image.BILINEAR))
                    indexes = np.argwhere(mask > threshold[unit])
                    tally = np.bincount(pixels[:, indexes[:, 0], indexes[:, 1]].ravel(), minlength=N_LABELS + 1)
                    tally[0] = 0
                    both[unit] += tally
                    units[unit] += len(indexes) * (np.dot(tally, category_of) > 0)
        else:
            upsampled = np.empty((n_units, MASK, MASK), dtype=np.float32)
            for unit in range(n_units):
                upsampled[unit] = weights @ features[i, unit] @ weights.T
            masks = upsampled > threshold[:, None, None]
            units += masks.sum((1, 2))[:, None] * (np.dot(truth, category_of) > 0)[None]
            for label in np.nonzero(truth)[0]:
                both[:, label] += np.concatenate([masks[:, layer == label] for layer in pixels], 1).sum(1)
    return (both / (units @ category_of.T + labels - both + 1e-10))[:, 1:]


def run_fovea(program, network, folder, loop, cache):
    shutil.rmtree(cache, ignore_errors=True)
    started = time.perf_counter()
    output = subprocess.run([program, 'dissect', '--network', network, '--layer', 'layer4', '--concepts', folder, '--json',
                             '--area', 'overlap' if loop == 'lite' else 'category'],
                            env={**os.environ, 'XDG_CACHE_HOME': str(cache)}, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - started, json.loads(output)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('scratch', type=pathlib.Path)
    parser.add_argument('--images', type=int, default=48)
    parser.add_argument('--loops', default='lite,original')
    arguments = parser.parse_args()
    try:
        import numpy
        import PIL
        import torch
        import torchvision
    except ImportError as error:
        if os.path.realpath(sys.executable) != os.path.realpath('/usr/bin/python3') and os.path.exists('/usr/bin/python3'):
            os.execv('/usr/bin/python3', ['/usr/bin/python3', *sys.argv])
        print('skipped:', error)
        return SKIPPED
    torch.set_num_threads(os.cpu_count())

    program = os.environ['FOVEA_PROGRAM']
    shutil.rmtree(arguments.scratch, ignore_errors=True)
    folder, network = arguments.scratch / 'set', arguments.scratch / 'resnet50.pt'
    make_set(folder, arguments.images)
    make_network(network)
    print(f'layer4 of ResNet-50, 2048 channels, {arguments.images} images, {os.cpu_count()} processors')
    for loop in arguments.loops.split(','):
        seconds, result = run_fovea(program, network, folder, loop, arguments.scratch / 'cache')
        started = time.perf_counter()
        iou = reference(network, folder, loop)
        reference_seconds = time.perf_counter() - started
        own = numpy.array([unit['score'] for unit in result['units']])
        difference = numpy.abs(own - iou.max(1)).max()
        print(f'{loop:10} fovea {seconds:7.2f} s   reference {reference_seconds:7.2f} s   ratio {reference_seconds / seconds:6.1f}   '
              f'largest difference of scores {difference:.1e}', flush=True)
    shutil.rmtree(arguments.scratch)
    return 0


if __name__ == '__main__':
    sys.exit(main())
