"""Times PyTorch on request; see bench-plan.c for the protocol.

    bench_pytorch.py network MODEL BATCH
    bench_pytorch.py layer CHANNELS SIZE OUTPUTS KERNEL STRIDE PADDING BATCH
    bench_pytorch.py maximize MODEL LAYER CHANNEL Y,X|- frozen|unfrozen
    bench_pytorch.py write DIRECTORY

`write` makes networks with random weights, as state dicts and as ONNX files.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import math
import os
import random
import sys
import time

import torch
import torchvision

NETWORKS = ("alexnet", "googlenet", "resnet50")
LAYERS = (  # channels, size, outputs, kernel, stride, padding
    (64, 56, 64, 1, 1, 0),
    (64, 56, 64, 3, 1, 1),
    (256, 56, 128, 1, 1, 0),
    (128, 28, 128, 3, 1, 1),
    (256, 28, 256, 3, 2, 1),
    (256, 14, 256, 3, 1, 1),
    (1024, 14, 256, 1, 1, 0),
    (512, 7, 512, 3, 1, 1),
    (512, 7, 2048, 1, 1, 0),
    (64, 27, 192, 5, 1, 2),
)


def make_network(name):
    options = {"aux_logits": False, "transform_input": False, "init_weights": False} if name == "googlenet" else {}
    torch.manual_seed(1)
    network = getattr(torchvision.models, name)(**options).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return network


def export(module, shape, path):
    torch.onnx.export(module, torch.rand(1, *shape), path, input_names=["images"],
                      dynamic_axes={"images": {0: "batch"}}, opset_version=13)


def write(directory):
    for name in NETWORKS:
        network = make_network(name)
        torch.save(network.state_dict(), os.path.join(directory, name + ".pth"))
        export(network, (3, 224, 224), os.path.join(directory, name + ".onnx"))
    for layer in LAYERS:
        channels, size, outputs, kernel, stride, padding = layer
        export(torch.nn.Conv2d(channels, outputs, kernel, stride, padding, bias=False), (channels, size, size),
               os.path.join(directory, "layer-" + "-".join(map(str, layer)) + ".onnx"))


def serve(run):
    """Answers each line with the milliseconds that run(line) took."""
    for line in sys.stdin:
        start = time.perf_counter()
        run(line.strip())
        print(f"{(time.perf_counter() - start) * 1e3:.4f}", flush=True)


def serve_module(module, shape):
    images = torch.rand(*shape)
    for parameter in module.parameters():
        parameter.requires_grad_(False)

    def run(line):
        if line == "gradient":
            leaf = images.clone().requires_grad_()
            module(leaf).sum().backward()
        else:
            with torch.no_grad():
                module(images)

    serve(run)


# Lucid's correlated colours and its transforms, as lucent composes them.
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS = COLOURS / COLOURS.norm(dim=0).max()


def transform(image):
    image = torch.nn.functional.pad(image, [12] * 4, mode="constant", value=0.5)
    image = jitter(image, 8)
    scale = random.choice([1 + (i - 5) / 50 for i in range(11)])
    image = torch.nn.functional.interpolate(image, scale_factor=scale, mode="bilinear", align_corners=False)
    angle = math.radians(random.randint(-10, 10))
    matrix = torch.tensor([[[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]]])
    grid = torch.nn.functional.affine_grid(matrix, image.shape, align_corners=False)
    image = torch.nn.functional.grid_sample(image, grid, align_corners=False)
    image = jitter(image, 4)
    return torch.nn.functional.interpolate(image, size=(224, 224), mode="bilinear", align_corners=False)


def jitter(image, pixels):
    y, x = random.randint(0, pixels - 1), random.randint(0, pixels - 1)
    return image[:, :, y:image.shape[2] - pixels + y, x:image.shape[3] - pixels + x]


def serve_maximize(name, layer, channel, position, frozen):
    network = make_network(name)
    for parameter in network.parameters():
        parameter.requires_grad_(not frozen)
    seen = {}
    dict(network.named_modules())[layer].register_forward_hook(lambda module, given, output: seen.update(output=output))
    frequencies = torch.sqrt(torch.fft.fftfreq(224)[:, None] ** 2 + torch.fft.rfftfreq(224)[None, :] ** 2)
    weights = 1 / torch.clamp(frequencies, min=1 / 224)
    mean, std = torch.tensor([0.485, 0.456, 0.406])[:, None, None], torch.tensor([0.229, 0.224, 0.225])[:, None, None]

    def run(line):
        spectrum = (0.01 * torch.randn(1, 3, 224, 113, 2)).requires_grad_()
        optimizer = torch.optim.Adam([spectrum], lr=0.05)
        for _ in range(int(line)):
            optimizer.zero_grad()
            image = torch.fft.irfft2(torch.view_as_complex(spectrum) * weights, s=(224, 224), norm="ortho")
            image = torch.sigmoid(torch.einsum("nchw,dc->ndhw", image / 4, COLOURS))
            network((transform(image) - mean) / std)
            output = seen["output"][0, channel]
            loss = -(output.mean() if position is None else output[position])
            loss.backward()
            optimizer.step()

    serve(run)


def main():
    torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "2")))
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "write":
        write(arguments[0])
    elif mode == "network":
        serve_module(make_network(arguments[0]), (int(arguments[1]), 3, 224, 224))
    elif mode == "layer":
        channels, size, outputs, kernel, stride, padding, batch = map(int, arguments)
        serve_module(torch.nn.Conv2d(channels, outputs, kernel, stride, padding, bias=False), (batch, channels, size, size))
    else:
        position = None if arguments[3] == "-" else tuple(map(int, arguments[3].split(",")))
        serve_maximize(arguments[0], arguments[1], int(arguments[2]), position, arguments[4] == "frozen")


if __name__ == "__main__":
    main()
