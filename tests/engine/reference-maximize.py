#!/usr/bin/env python3
"""What PyTorch makes of parameters of images and of gradients, for test-parameterization and test-optimizer.

usage: reference-maximize.py fourier|pixels DECORRELATE HEIGHT WIDTH PARAMETERS WEIGHTS IMAGE GRADIENT
       reference-maximize.py adam RATE STEPS VALUES GRADIENTS RESULT

All files are raw float32. The first form reads parameters and weights like the image, and writes the image and
the derivative of its product with the weights by the parameters. The second goes STEPS steps uphill.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import sys

import numpy
import torch


def read(path):
    return torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32)).double()


def write(path, tensor):
    tensor.detach().float().contiguous().numpy().tofile(path)


def render(kind, decorrelate, height, width, parameters):
    """The formulas of lucent's fft_image, pixel_image and to_valid_rgb."""
    if kind == "fourier":
        vertical = numpy.fft.fftfreq(height)[:, None]
        horizontal = numpy.fft.rfftfreq(width)[None, :]
        frequencies = numpy.sqrt(vertical ** 2 + horizontal ** 2)
        scale = torch.from_numpy(1 / numpy.maximum(frequencies, 1 / max(width, height)))
        spectrum = torch.view_as_complex(parameters.view(3, height, width // 2 + 1, 2))
        image = torch.fft.irfft2(spectrum * scale, s=(height, width), norm="ortho") / 4
    else:
        image = parameters.view(3, height, width)
        if not decorrelate:
            return image.clamp(0, 1)
    if decorrelate:
        matrix = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], dtype=torch.float64) / 0.46195
        image = torch.einsum("cd,dhw->chw", matrix, image)
    return torch.sigmoid(image)


def main():
    if sys.argv[1] == "adam":
        rate, steps = float(sys.argv[2]), int(sys.argv[3])
        values = read(sys.argv[4]).requires_grad_()
        gradients = read(sys.argv[5]).view(steps, -1)
        optimizer = torch.optim.Adam([values], lr=rate)
        for gradient in gradients:
            values.grad = -gradient
            optimizer.step()
        write(sys.argv[6], values)
        return
    kind, decorrelate, height, width = sys.argv[1], sys.argv[2] == "1", int(sys.argv[3]), int(sys.argv[4])
    parameters = read(sys.argv[5]).requires_grad_()
    image = render(kind, decorrelate, height, width, parameters)
    (image * read(sys.argv[6]).view(3, height, width)).sum().backward()
    write(sys.argv[7], image)
    write(sys.argv[8], parameters.grad)


main()
