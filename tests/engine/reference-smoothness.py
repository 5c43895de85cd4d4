#!/usr/bin/env python3
"""Total variation as PyTorch computes it, for test-smoothness.

usage: reference-smoothness.py NETWORK LAYER IMAGES NOISY RESULT

IMAGES and NOISY are raw float32 [N, 3, H, W]. RESULT becomes raw float64: of each channel the mean total variation of
its clean maps, of its noisy ones, and the relative change.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from native_network import NativeNetwork  # noqa: E402


def variation(maps):
    return (maps.diff(dim=2).abs().sum((2, 3)) + maps.diff(dim=3).abs().sum((2, 3))).mean(0)


def main():
    network_path, layer, images_path, noisy_path, result_path = sys.argv[1:]
    network = NativeNetwork(network_path)
    clean, noisy = (network.run(torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32)).view(-1, *network.input).double())[layer]
                    for path in (images_path, noisy_path))
    passed = ((noisy - clean).pow(2).sum((0, 2, 3)) / clean.pow(2).sum((0, 2, 3))).sqrt()
    torch.stack([variation(clean), variation(noisy), passed]).numpy().astype("<f8").tofile(result_path)


main()
