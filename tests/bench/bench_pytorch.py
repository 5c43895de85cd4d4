"""Times PyTorch on request; see bench-plan.c for the protocol.

    bench_pytorch.py network MODEL BATCH
    bench_pytorch.py layer CHANNELS SIZE OUTPUTS KERNEL STRIDE PADDING BATCH
    bench_pytorch.py maximize MODEL LAYER CHANNEL Y,X|- IMAGES frozen|unfrozen
    bench_pytorch.py write DIRECTORY BUILT_IN

MODEL is one of torchvision's, with random weights, or a built-in network's file. `write` makes networks as state
dicts and as ONNX files.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
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


class BuiltIn(torch.nn.Module):
    """A network from a file of Fovea's own: nodes with ONNX's names, one after the other."""

    def __init__(self, path):
        super().__init__()
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        self.size = json.loads(header["__metadata__"]["input"])
        for node in json.loads(header["__metadata__"]["graph"]):
            tensors = {}
            for key, name in node["parameters"].items():
                begin, end = header[name]["data_offsets"]
                tensors[key] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(header[name]["shape"])
            self.add_module(node["name"], self.make_module(node["op"], node["attributes"], tensors))

    @staticmethod
    def make_module(operation, attributes, tensors):
        if operation == "Conv":
            outputs, inputs, height, width = tensors["W"].shape
            module = torch.nn.Conv2d(inputs, outputs, (height, width), attributes["strides"], attributes["pads"][:2], bias="B" in tensors)
            module.weight.data = tensors["W"]
        elif operation == "BatchNormalization":
            module = torch.nn.BatchNorm2d(len(tensors["B"]), eps=attributes["epsilon"])
            module.weight.data, module.bias.data = tensors["scale"], tensors["B"]
            module.running_mean, module.running_var = tensors["input_mean"], tensors["input_var"]
        elif operation == "Gemm":
            module = torch.nn.Linear(*reversed(tensors["B"].shape))
            module.weight.data, module.bias.data = tensors["B"], tensors["C"]
        elif operation == "MaxPool":
            module = torch.nn.MaxPool2d(attributes["kernel_shape"], attributes["strides"], attributes["pads"][:2])
        elif operation == "AveragePool":
            module = torch.nn.AvgPool2d(attributes["kernel_shape"], attributes["strides"], attributes["pads"][:2])
        else:
            module = {"Relu": torch.nn.ReLU, "Flatten": torch.nn.Flatten}[operation]()
        return module

    def forward(self, values):
        for module in self.children():
            values = module(values)
        return values


def make_network(name):
    if os.sep in name:
        return BuiltIn(name).eval()
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


def get_shape(network):
    return tuple(getattr(network, "size", (3, 224, 224)))


def write(directory, built_in):
    network = make_network(built_in)
    export(network, get_shape(network), os.path.join(directory, "built-in.onnx"))
    for name in NETWORKS:
        network = make_network(name)
        torch.save(network.state_dict(), os.path.join(directory, name + ".pth"))
        export(network, (3, 224, 224), os.path.join(directory, name + ".onnx"))
    for layer in LAYERS:
        channels, size, outputs, kernel, stride, padding = layer
        export(torch.nn.Conv2d(channels, outputs, kernel, stride, padding, bias=False), (channels, size, size),
               os.path.join(directory, "layer-" + "-".join(map(str, layer)) + ".onnx"))


def serve(run):
    """Answers each line with the milliseconds that run(line) took: the mean of as many times as its second word says."""
    for line in sys.stdin:
        times = int((line.split() + ["1"])[1])
        start = time.perf_counter()
        for _ in range(times):
            run(line.strip())
        print(f"{(time.perf_counter() - start) * 1e3 / times:.4f}", flush=True)


def serve_module(module, shape, from_one_output):
    images = torch.rand(*shape)
    for parameter in module.parameters():
        parameter.requires_grad_(False)

    def run(line):
        if line.startswith("gradient"):
            leaf = images.clone().requires_grad_()
            outputs = module(leaf)
            (outputs[:, 5] if from_one_output else outputs).sum().backward()
        else:
            with torch.no_grad():
                module(images)

    serve(run)


# Lucid's correlated colours and its transforms, as lucent composes them.
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS = COLOURS / COLOURS.norm(dim=0).max()


def transform(image):
    size = image.shape[2:]
    scaled = [max(1, round(pixels * size[0] / 224)) for pixels in (12, 8, 4)]
    image = torch.nn.functional.pad(image, [scaled[0]] * 4, mode="constant", value=0.5)
    image = jitter(image, scaled[1])
    scale = random.choice([1 + (i - 5) / 50 for i in range(11)])
    image = torch.nn.functional.interpolate(image, scale_factor=scale, mode="bilinear", align_corners=False)
    angle = math.radians(random.randint(-10, 10))
    matrix = torch.tensor([[[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]]]).repeat(len(image), 1, 1)
    grid = torch.nn.functional.affine_grid(matrix, image.shape, align_corners=False)
    image = torch.nn.functional.grid_sample(image, grid, align_corners=False)
    image = jitter(image, scaled[2])
    return torch.nn.functional.interpolate(image, size=size, mode="bilinear", align_corners=False)


def jitter(image, pixels):
    y, x = random.randint(0, pixels), random.randint(0, pixels)
    return image[:, :, y:image.shape[2] - pixels + y, x:image.shape[3] - pixels + x]


def serve_maximize(name, layer, channel, position, n_images, frozen):
    """Image i for channel + i, as lucent optimizes a batch."""
    network = make_network(name)
    for parameter in network.parameters():
        parameter.requires_grad_(not frozen)
    seen = {}
    dict(network.named_modules())[layer].register_forward_hook(lambda module, given, output: seen.update(output=output))
    size = get_shape(network)[1]
    frequencies = torch.sqrt(torch.fft.fftfreq(size)[:, None] ** 2 + torch.fft.rfftfreq(size)[None, :] ** 2)
    weights = 1 / torch.clamp(frequencies, min=1 / size)
    mean, std = torch.tensor([0.485, 0.456, 0.406])[:, None, None], torch.tensor([0.229, 0.224, 0.225])[:, None, None]

    def run(line):
        spectrum = (0.01 * torch.randn(n_images, 3, size, size // 2 + 1, 2)).requires_grad_()
        optimizer = torch.optim.Adam([spectrum], lr=0.05)
        for _ in range(int(line.split()[0])):
            optimizer.zero_grad()
            image = torch.fft.irfft2(torch.view_as_complex(spectrum) * weights, s=(size, size), norm="ortho")
            image = torch.sigmoid(torch.einsum("nchw,dc->ndhw", image / 4, COLOURS))
            network((transform(image) - mean) / std)
            outputs = [seen["output"][i, channel + i] for i in range(n_images)]
            loss = -sum(output.mean() if position is None else output[position] for output in outputs)
            loss.backward()
            optimizer.step()

    serve(run)


def main():
    torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "2")))
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "write":
        write(*arguments)
    elif mode == "network":
        network = make_network(arguments[0])
        serve_module(network, (int(arguments[1]), *get_shape(network)), True)
    elif mode == "layer":
        channels, size, outputs, kernel, stride, padding, batch = map(int, arguments)
        serve_module(torch.nn.Conv2d(channels, outputs, kernel, stride, padding, bias=False), (batch, channels, size, size), False)
    else:
        position = None if arguments[3] == "-" else tuple(map(int, arguments[3].split(",")))
        serve_maximize(arguments[0], arguments[1], int(arguments[2]), position, int(arguments[4]), arguments[5] == "frozen")


if __name__ == "__main__":
    main()
