"""Writes what torchvision's transforms make of photographs for several networks.

Usage: reference-preprocessing.py FOLDER PHOTOGRAPHS

FOLDER/preprocess.txt lists photograph, input size, size of the shorter side and the file of float32 values.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import glob
import os
import sys

import numpy
from PIL import Image
from torchvision import transforms

folder, photographs = sys.argv[1:]

with open(os.path.join(folder, "preprocess.txt"), "w") as list_file:
    paths = sorted(glob.glob(os.path.join(photographs, "*.JPEG")))
    # Every 30th, and the extreme shapes, where sizes and crops round in most ways.
    sizes = {path: Image.open(path).size for path in paths}
    chosen = paths[::30] + sorted(paths, key=lambda path: sizes[path][0] / sizes[path][1])[:5]
    chosen += sorted(paths, key=lambda path: sizes[path][1] / sizes[path][0])[:5]
    for index, path in enumerate(chosen):
        for size, resize in (224, 256), (64, 64), (227, 256):
            transform = transforms.Compose(
                [transforms.Resize(resize), transforms.CenterCrop(size), transforms.ToTensor()])
            tensor = transform(Image.open(path).convert("RGB"))
            reference = "%d-%d.f32" % (index, size)
            tensor.numpy().astype(numpy.float32).tofile(os.path.join(folder, reference))
            print(path, size, resize, reference, file=list_file)
