#!/usr/bin/env python3
"""Adversarial examples as PyTorch computes them, for test-attack.

usage: reference-attack.py NETWORK l2|linf EPSILON STEPS away|towards IMAGES CLASSES RESULT

IMAGES is raw float32 [N, 3, H, W] in the network's size, CLASSES raw uint32 [N]. RESULT becomes raw float32: N attacked
images, then N losses, then N answers.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

import numpy
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from native_network import NativeNetwork  # noqa: E402


def main():
    network_path, norm, epsilon, n_steps, direction, images_path, classes_path, result_path = sys.argv[1:]
    network = NativeNetwork(network_path)
    epsilon, n_steps, sign = float(epsilon), int(n_steps), -1 if direction == "towards" else 1
    images = torch.from_numpy(numpy.fromfile(images_path, dtype=numpy.float32)).view(-1, *network.input).double()
    classes = torch.from_numpy(numpy.fromfile(classes_path, dtype=numpy.uint32).astype(numpy.int64))
    size = 2.5 * epsilon / n_steps
    results = []

    for image, label in zip(images, classes):
        seen = []
        current = image.clone()
        for remaining in range(n_steps, -1, -1):
            current.requires_grad_()
            logits = network.logits(current[None])
            loss = torch.nn.functional.cross_entropy(logits, label[None])
            seen.append((sign * loss.item(), current.detach(), loss.item(), logits.argmax().item()))
            if remaining == 0:
                break
            gradient, = torch.autograd.grad(sign * loss, current)
            if norm == "l2":
                change = current.detach() + size * gradient / (gradient.norm() + 1e-10) - image
                change = change * min(1, epsilon / change.norm().item())
            else:
                change = (current.detach() + size * gradient.sign() - image).clamp(-epsilon, epsilon)
            current = (image + change).clamp(0, 1)
        results.append(max(seen, key=lambda entry: entry[0]))

    with open(result_path, "wb") as file:
        for part in (torch.stack([result[1] for result in results]).numpy(),
                     numpy.array([result[2] for result in results]), numpy.array([result[3] for result in results])):
            part.astype("<f4").tofile(file)


main()
