#!/usr/bin/env python3
"""Writes cases of every operator, computed by PyTorch in double precision, for test-operators-reference.

usage: reference-operators.py FILE

A case is a few lines of text, some followed by raw little-endian float32 values:
    case NAME OPERATOR BATCH ATTRIBUTES      (attributes in GVariant's text form)
    parameter NAME SIZE...                   (values)
    input CHANNELS HEIGHT WIDTH FLAT         (values)
    output CHANNELS HEIGHT WIDTH FLAT        (values)
    seed                                     (values, shaped like the output)
    gradient                                 (values, one for each input)
    end
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import random
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(20)
choose = random.Random(20)


def variant(value):
    if isinstance(value, str):
        return "'%s'" % value
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join("int64 %d" % v for v in value) + "]"
    return "int64 %d" % value if isinstance(value, int) else "%r" % float(value)


def write_values(out, keyword, tensor):
    out.write((keyword + "\n").encode())
    out.write(tensor.detach().to(torch.float32).contiguous().numpy().tobytes())


def describe(tensor):
    if tensor.dim() == 2:
        return "%d 1 1 1" % tensor.shape[1]
    return "%d %d %d 0" % tuple(tensor.shape[1:])


def write_case(out, name, operator, attributes, parameters, inputs, function):
    # What the engine sees is float32; PyTorch computes from the same values in float64.
    inputs = [x.float().double().requires_grad_() for x in inputs]
    parameters = {key: value.float().double() for key, value in parameters.items()}
    output = function(*inputs, **parameters)
    seed = torch.randn_like(output).float().double()
    gradients = torch.autograd.grad(output, inputs, seed)
    text = "{" + ", ".join("'%s': <%s>" % (key, variant(value)) for key, value in attributes.items()) + "}"
    if not attributes:
        text = "@a{sv} {}"
    out.write(("case %s %s %d %s\n" % (name, operator, inputs[0].shape[0], text)).encode())
    for key, value in parameters.items():
        write_values(out, "parameter %s %s" % (key, " ".join(map(str, value.shape))), value)
    for x in inputs:
        write_values(out, "input " + describe(x), x)
    write_values(out, "output " + describe(output), output)
    write_values(out, "seed", seed)
    for gradient in gradients:
        write_values(out, "gradient", gradient)
    out.write(b"end\n")


def pad(x, pads, value=0.0):
    """ONNX's order: top, left, bottom, right."""
    return F.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=value)


def conv_case(out, name, batch, channels, outputs, size, kernel, strides, pads, dilations, group, bias):
    parameters = {"W": torch.randn(outputs, channels // group, *kernel)}
    if bias:
        parameters["B"] = torch.randn(outputs)
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads, "dilations": dilations, "group": group}
    write_case(out, name, "Conv", attributes, parameters, [torch.randn(batch, channels, *size)],
               lambda x, W, B=None: F.conv2d(pad(x, pads), W, B, strides, 0, dilations, group))


def conv_cases(out):
    conv_case(out, "pointwise", 2, 64, 48, (14, 13), (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1, True)
    conv_case(out, "pointwise-strided", 2, 16, 24, (14, 13), (1, 1), (2, 2), (0, 0, 0, 0), (1, 1), 1, False)
    conv_case(out, "pointwise-padded", 1, 8, 8, (5, 5), (1, 1), (1, 1), (1, 1, 1, 1), (1, 1), 1, True)
    conv_case(out, "first-layer", 2, 3, 48, (64, 64), (7, 7), (2, 2), (3, 3, 3, 3), (1, 1), 1, False)
    conv_case(out, "alexnet-first", 1, 3, 64, (67, 67), (11, 11), (4, 4), (2, 2, 2, 2), (1, 1), 1, True)
    conv_case(out, "same-3x3", 2, 96, 160, (8, 8), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1, False)
    conv_case(out, "same-5x5", 2, 48, 96, (16, 16), (5, 5), (1, 1), (2, 2, 2, 2), (1, 1), 1, True)
    conv_case(out, "wide", 1, 3, 20, (3, 5000), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1, True)
    conv_case(out, "many-panels", 1, 16, 160, (75, 91), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 1, True)
    conv_case(out, "rows-of-kernel", 1, 8, 12, (17, 17), (1, 7), (1, 1), (0, 3, 0, 3), (1, 1), 1, False)
    conv_case(out, "valid", 1, 5, 7, (6, 6), (6, 6), (1, 1), (0, 0, 0, 0), (1, 1), 1, True)
    conv_case(out, "depthwise", 2, 40, 40, (15, 18), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 40, True)
    conv_case(out, "depthwise-strided", 2, 24, 48, (15, 18), (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 24, False)
    conv_case(out, "depthwise-stride-3", 1, 6, 6, (19, 20), (5, 5), (3, 3), (2, 2, 2, 2), (1, 1), 6, False)
    conv_case(out, "groups-of-four", 2, 32, 32, (12, 12), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 8, False)
    conv_case(out, "groups-pointwise", 2, 32, 64, (12, 12), (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 2, True)
    conv_case(out, "padding-only-taps", 1, 4, 16, (2, 2), (3, 3), (1, 1), (4, 4, 4, 4), (2, 2), 1, True)
    for i in range(40):
        group = choose.choice([1, 1, 2, 3])
        kernel = [choose.randint(1, 5), choose.randint(1, 5)]
        dilations = [choose.randint(1, 3), choose.randint(1, 3)]
        pads = [choose.randint(0, 4) for _ in range(4)]
        size = [(k - 1) * d + 1 + choose.randint(0, 9) for k, d in zip(kernel, dilations)]
        conv_case(out, "random-%d" % i, choose.randint(1, 3), group * choose.randint(1, 9), group * choose.randint(1, 20),
                  size, kernel, [choose.randint(1, 4), choose.randint(1, 4)], pads, dilations, group, choose.random() < 0.5)


def batch_normalization_cases(out):
    for i, shape in enumerate([(2, 7, 5, 6), (3, 33, 17, 1), (2, 19)]):
        c = shape[1]
        parameters = {"scale": torch.randn(c), "B": torch.randn(c), "input_mean": torch.randn(c), "input_var": torch.rand(c) + 0.01}
        epsilon = [1e-5, 1e-3, 0.1][i]
        write_case(out, "shape-%d" % i, "BatchNormalization", {"epsilon": epsilon}, parameters, [torch.randn(shape)],
                   lambda x, scale, B, input_mean, input_var: F.batch_norm(x, input_mean, input_var, scale, B, eps=epsilon))


def elementwise_cases(out):
    write_case(out, "map", "Relu", {}, {}, [torch.randn(3, 5, 7, 9)], F.relu)
    write_case(out, "flat", "Relu", {}, {}, [torch.randn(3, 50000)], F.relu)
    write_case(out, "map", "Dropout", {"ratio": 0.5}, {}, [torch.randn(2, 3, 4, 5)], lambda x: x * 1)
    write_case(out, "map", "Identity", {}, {}, [torch.randn(2, 3, 4, 5)], lambda x: x * 1)
    write_case(out, "map", "Add", {}, {}, [torch.randn(2, 3, 40, 50), torch.randn(2, 3, 40, 50)], lambda a, b: a + b)
    write_case(out, "flat", "Add", {}, {}, [torch.randn(2, 13), torch.randn(2, 13)], lambda a, b: a + b)
    shapes = [((5, 6, 7), (5, 6, 7)), ((5, 6, 7), (5, 1, 1)), ((5, 1, 1), (5, 6, 7)), ((1, 6, 7), (5, 6, 7)), ((5, 6, 1), (1, 6, 7)), ((5, 6, 7), (1, 1, 7))]
    functions = {"Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "Div": lambda a, b: a / b}
    for operator, function in functions.items():
        for i, (a, b) in enumerate(shapes):
            # Away from zero, where quotients are large.
            divisor = torch.rand(2, *b) + 0.5
            write_case(out, "broadcast-%d" % i, operator, {}, {}, [torch.randn(2, *a), divisor], function)
        write_case(out, "constant", operator, {}, {"B": torch.rand(5, 1, 1) + 0.5}, [torch.randn(2, 5, 6, 7)],
                   lambda x, B: function(x, B))
        write_case(out, "constant-first", operator, {}, {"A": torch.randn(1, 6, 7)}, [torch.rand(2, 5, 6, 7) + 0.5],
                   lambda x, A: function(A, x))
    maps = torch.randn(2, 5, 40, 41) * 3
    write_case(out, "map", "Sigmoid", {}, {}, [maps], torch.sigmoid)
    write_case(out, "map", "HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}, {}, [maps], F.hardsigmoid)
    write_case(out, "map", "HardSwish", {}, {}, [maps], F.hardswish)
    write_case(out, "map", "LeakyRelu", {"alpha": 0.15}, {}, [maps], lambda x: F.leaky_relu(x, 0.15))
    write_case(out, "map", "Clip", {"min": 0.0, "max": 6.0}, {}, [maps], F.relu6)
    write_case(out, "one-bound", "Clip", {"max": 0.5}, {}, [maps], lambda x: x.clamp(max=0.5))
    write_case(out, "map", "Pad", {"pads": [1, 0, 2, 3], "value": 0.25}, {}, [torch.randn(2, 3, 4, 5)], lambda x: pad(x, (1, 0, 2, 3), 0.25))
    write_case(out, "flat", "Reshape", {"shape": [3, 4, 5]}, {}, [torch.randn(2, 60)], lambda x: x.view(-1, 3, 4, 5))
    write_case(out, "map", "Slice", {"axes": [1], "starts": [2], "ends": [5]}, {}, [torch.randn(2, 6, 4, 5)], lambda x: x[:, 2:5])
    write_case(out, "one", "Sum", {}, {}, [torch.randn(2, 13)], lambda a: a * 1)
    write_case(out, "three", "Sum", {}, {}, [torch.randn(2, 3, 4, 5) for _ in range(3)], lambda a, b, c: a + b + c)
    write_case(out, "map", "Flatten", {"axis": 1}, {}, [torch.randn(2, 3, 4, 5)], lambda x: x.flatten(1))
    write_case(out, "flat", "Flatten", {}, {}, [torch.randn(2, 9)], lambda x: x.flatten(1))
    write_case(out, "maps", "Concat", {"axis": 1}, {}, [torch.randn(3, c, 6, 5) for c in (2, 1, 7)], lambda *x: torch.cat(x, 1))
    write_case(out, "maps-from-end", "Concat", {"axis": -3}, {}, [torch.randn(3, c, 6, 5) for c in (2, 1)], lambda *x: torch.cat(x, 1))
    write_case(out, "flat", "Concat", {"axis": 1}, {}, [torch.randn(3, c) for c in (4, 5)], lambda *x: torch.cat(x, 1))
    write_case(out, "flat", "Softmax", {"axis": 1}, {}, [torch.randn(3, 1000) * 5], lambda x: F.softmax(x, 1))
    write_case(out, "map", "Softmax", {"axis": 1}, {}, [torch.randn(2, 20, 13, 17) * 20], lambda x: F.softmax(x, 1))


def max_pool(x, kernel, strides, pads, dilations, ceil):
    if ceil:
        return F.max_pool2d(x, kernel, strides, pads[:2], dilations, True)
    return F.max_pool2d(pad(x, pads, -float("inf")), kernel, strides, 0, dilations)


def average_pool(x, kernel, strides, pads, ceil, include):
    if ceil:
        return F.avg_pool2d(x, kernel, strides, pads[:2], True, include)
    total = F.avg_pool2d(pad(x, pads), kernel, strides)
    return total if include else total / F.avg_pool2d(pad(torch.ones_like(x), pads), kernel, strides)


def pooling_cases(out):
    maps = torch.randn(2, 5, 13, 16)
    for i in range(40):
        kernel = [choose.randint(1, 5), choose.randint(1, 5)]
        strides = [choose.randint(1, 4), choose.randint(1, 4)]
        ceil = choose.random() < 0.5
        half = [choose.randint(0, k // 2) for k in kernel]
        pads = half + half if ceil else [choose.randint(0, k - 1) for k in kernel + kernel]
        dilations = [choose.randint(1, 2), choose.randint(1, 2)]
        attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads, "ceil_mode": int(ceil)}
        # Whole numbers, so that there are equal maxima.
        inputs = [maps.mul(2).round() if i % 4 == 0 else torch.randn(2, 5, 13, 16)]
        write_case(out, "random-%d" % i, "MaxPool", dict(attributes, dilations=dilations), {}, inputs,
                   lambda x: max_pool(x, kernel, strides, pads, dilations, ceil))
        include = choose.random() < 0.5
        write_case(out, "random-%d" % i, "AveragePool", dict(attributes, count_include_pad=int(include)), {}, inputs,
                   lambda x: average_pool(x, kernel, strides, pads, ceil, include))
    write_case(out, "map", "GlobalAveragePool", {}, {}, [torch.randn(3, 6, 7, 7)], lambda x: x.mean((2, 3), keepdim=True))
    write_case(out, "large", "GlobalAveragePool", {}, {}, [torch.randn(1, 2, 200, 201)], lambda x: x.mean((2, 3), keepdim=True))


def gemm_cases(out):
    for i, (batch, inputs, outputs) in enumerate([(1, 2560, 256), (5, 100, 37), (4, 1, 1), (2, 7, 1000), (3, 1029, 6)]):
        alpha, beta = [(1.0, 1.0), (0.5, 2.0)][i % 2]
        write_case(out, "transposed-%d" % i, "Gemm", {"transB": 1, "alpha": alpha, "beta": beta},
                   {"B": torch.randn(outputs, inputs), "C": torch.randn(outputs)}, [torch.randn(batch, inputs)],
                   lambda x, B, C: alpha * x @ B.t() + beta * C)
        write_case(out, "plain-%d" % i, "Gemm", {"alpha": alpha, "beta": beta},
                   {"B": torch.randn(inputs, outputs), "C": torch.randn(1, outputs)}, [torch.randn(batch, inputs)],
                   lambda x, B, C: alpha * x @ B + beta * C)
    write_case(out, "no-bias", "Gemm", {}, {"B": torch.randn(9, 8)}, [torch.randn(2, 9)], lambda x, B: x @ B)
    write_case(out, "one-bias", "Gemm", {}, {"B": torch.randn(9, 8), "C": torch.randn(1)}, [torch.randn(2, 9)], lambda x, B, C: x @ B + C)


def local_response(x, size, alpha, beta, bias):
    channels = x.shape[1]
    sums = []
    for c in range(channels):
        first, last = max(0, c - (size - 1) // 2), min(channels - 1, c + size // 2)
        sums.append((x[:, first:last + 1] ** 2).sum(1))
    return x / (bias + alpha / size * torch.stack(sums, 1)) ** beta


def lrn_cases(out):
    for i, (size, alpha, beta, bias) in enumerate([(5, 1e-4, 0.75, 1.0), (5, 2.0, 0.75, 2.0), (4, 1.0, 0.5, 1.0), (1, 3.0, 0.6, 0.5), (31, 1.0, 0.75, 1.0)]):
        write_case(out, "size-%d-%d" % (size, i), "LRN", {"size": size, "alpha": alpha, "beta": beta, "bias": bias}, {},
                   [torch.randn(2, 12, 13, 11) * 3], lambda x: local_response(x, size, alpha, beta, bias))
    # The definition above is PyTorch's own where both are defined.
    x = torch.randn(2, 12, 3, 3).double()
    assert torch.allclose(local_response(x, 5, 2.0, 0.75, 2.0), F.local_response_norm(x, 5, 2.0, 0.75, 2.0))


with open(sys.argv[1], "wb") as out:
    conv_cases(out)
    batch_normalization_cases(out)
    elementwise_cases(out)
    pooling_cases(out)
    gemm_cases(out)
    lrn_cases(out)
