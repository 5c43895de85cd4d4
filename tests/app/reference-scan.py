"""Prints where in a folder's images the channels of layers are strongest, computed with PyTorch and Pillow.

    reference-scan.py FOLDER LAYER,LAYER,… NETWORK.safetensors…

A line for each of a channel's nine strongest images: network, neuron, image, activation, y, x.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

import numpy
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from native_network import NativeNetwork  # noqa: E402


def load(path, size):
    """The shorter side resized to the input's, the centre cropped, as torchvision's Resize and CenterCrop do."""
    image = Image.open(path).convert("RGB")
    width, height = image.size
    if min(width, height) != size:
        image = image.resize((size, int(size * height / width)) if width <= height else (int(size * width / height), size), Image.BILINEAR)
    left, top = int(round((image.width - size) / 2.0)), int(round((image.height - size) / 2.0))
    return torch.from_numpy(numpy.array(image.crop((left, top, left + size, top + size)))).permute(2, 0, 1) / 255.0


def main():
    folder, layers, paths = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
    names = sorted(os.listdir(folder))
    for path in paths:
        network = NativeNetwork(path, torch.float32)
        images = torch.stack([load(os.path.join(folder, name), network.input[1]) for name in names])
        with torch.no_grad():
            values = network.run(images)
        for layer in layers:
            output = values[layer].reshape(len(names), values[layer].shape[1], -1)
            width = values[layer].shape[-1] if values[layer].dim() == 4 else 1
            strongest, positions = output.max(dim=2)
            for channel in range(output.shape[1]):
                order = numpy.argsort(-strongest[:, channel].numpy(), kind="stable")[:9]
                for image in order:
                    position = int(positions[image, channel])
                    print(os.path.basename(path)[:-len(".safetensors")], f"{layer}:{channel}", names[image],
                          float(strongest[image, channel]), position // width, position % width, sep="\t")


if __name__ == "__main__":
    main()
