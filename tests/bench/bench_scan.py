#!/usr/bin/env python3
"""Compares a scan with the loop one writes for it in PyTorch: images per second, decoding included.

    bench_scan.py FOVEA NETWORKS SCRATCH [--rounds N]

FOVEA is the program, NETWORKS the folder of the built-in networks, SCRATCH a folder for what is written. Both
sides go through the same files and keep, for every channel of the same layers, the 49 images with the strongest
activation, where in the map that is, the mean activation of every image and of every class, and a histogram of
all activations, from which quantiles come. The loop is also timed without classes and histograms: then it does
less than Fovea.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

THREADS = os.cpu_count()
N_PLACES = 2048
SKIPPED = 77

try:
    import torch
    import torchvision
    from PIL import Image
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(SKIPPED)

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from native_network import NativeNetwork  # noqa: E402


class Hooked:
    """Gives the outputs of some of a module's layers."""

    def __init__(self, module, layers):
        self.module, self.seen = module, {}
        for name, layer in layers.items():
            layer.register_forward_hook(lambda _, given, output, name=name: self.seen.update({name: output}))

    def run(self, images):
        self.module(torchvision.transforms.functional.normalize(images, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
        return self.seen


class Folder(torch.utils.data.Dataset):
    def __init__(self, folder, resize, size):
        self.paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names
                            if name.lower().endswith((".jpeg", ".jpg", ".png")))
        names = [os.path.basename(os.path.dirname(path)) for path in self.paths]
        self.classes = sorted(set(names))
        self.labels = [self.classes.index(name) for name in names]
        self.transform = torchvision.transforms.Compose([
            torchvision.transforms.Resize(resize), torchvision.transforms.CenterCrop(size), torchvision.transforms.ToTensor()])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        return self.transform(Image.open(self.paths[index]).convert("RGB")), self.labels[index]


class Distributions:
    """Of each channel of a layer: the histogram, up to twice the largest activation of the first batch, and classes' means."""

    def __init__(self, output, n_classes):
        channels = output.shape[1]
        self.scale = N_PLACES / (2 * output.amax((0, 2, 3)).clamp(min=1e-6))[None, :, None]
        self.offsets = (torch.arange(channels, dtype=torch.int32) * N_PLACES)[None, :, None]
        self.counts = torch.zeros(channels * N_PLACES, dtype=torch.int64)
        self.sums = torch.zeros(n_classes, channels)

    def add(self, output, means, labels):
        places = (output.flatten(2) * self.scale).to(torch.int32).clamp_(0, N_PLACES - 1).add_(self.offsets)
        self.counts += torch.bincount(places.flatten(), minlength=len(self.counts))
        self.sums.index_add_(0, labels, means)


def scan_with_pytorch(network, layers, folder, resize, size, workers, everything):
    top, means, distributions = {}, {}, {}
    begin = time.perf_counter()
    dataset = Folder(folder, resize, size)
    loader = torch.utils.data.DataLoader(dataset, batch_size=32, num_workers=workers)
    first = 0
    with torch.no_grad():
        for images, labels in loader:
            outputs = network.run(images)
            for name in layers:
                output = outputs[name]
                strongest, position = output.flatten(2).max(2)
                means.setdefault(name, []).append(output.mean((2, 3)))
                if everything:
                    if name not in distributions:
                        distributions[name] = Distributions(output, len(dataset.classes))
                    distributions[name].add(output, means[name][-1], labels)
                number = torch.arange(first, first + len(images))[:, None].expand_as(position)
                known = top.get(name)
                if known is not None:
                    strongest, position, number = (torch.cat(pair) for pair in zip(known, (strongest, position, number)))
                order = strongest.topk(min(49, len(strongest)), dim=0).indices
                top[name] = tuple(values.gather(0, order) for values in (strongest, position, number))
            first += len(images)
    return first / (time.perf_counter() - begin)


def scan_with_fovea(program, network, layers, folder, scratch):
    cache = os.path.join(scratch, "cache")
    shutil.rmtree(cache, ignore_errors=True)
    command = [program, "scan", "--network", network, "--images", folder, "--json"]
    for layer in layers:
        command += ["--layer", layer]
    result = subprocess.run(command, env=dict(os.environ, XDG_CACHE_HOME=cache), capture_output=True, text=True, check=True)
    document = json.loads(result.stdout)
    return document["n_scanned"] / document["seconds"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fovea")
    parser.add_argument("networks")
    parser.add_argument("scratch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("builtin", "resnet50"))
    options = parser.parse_args()
    shared = os.environ.get("FOVEA_SHARED", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared"))
    photos, samples = os.path.join(shared, "data", "photos20", "validation"), os.path.join(shared, "data", "imagenet-samples")
    if not os.path.isdir(photos) or not os.path.isdir(samples):
        print(f"skipped: {photos} and {samples} are not there")
        sys.exit(SKIPPED)
    os.makedirs(options.scratch, exist_ok=True)
    torch.set_num_threads(THREADS)

    path = os.path.join(options.networks, "alexnet-64-standard.safetensors")
    torch.manual_seed(1)
    resnet = torchvision.models.resnet50().eval()
    weights = os.path.join(options.scratch, "resnet50.pth")
    torch.save(resnet.state_dict(), weights)
    blocks = {f"layer{i}.{len(stage) - 1}.relu": stage[-1] for i, stage in enumerate((resnet.layer1, resnet.layer2, resnet.layer3, resnet.layer4), 1)}
    cases = {
        "builtin": (path, NativeNetwork(path, torch.float32), [f"relu{i}" for i in range(1, 6)], photos, 64, 64),
        "resnet50": (weights, Hooked(resnet, blocks), list(blocks), samples, 256, 224),
    }

    print(f"{platform.processor() or platform.machine()}, {THREADS} threads, PyTorch {torch.__version__}")
    for name, (file, network, layers, folder, resize, size) in cases.items():
        if options.only and name != options.only:
            continue
        speeds = {"fovea": [], "everything": [], "top": []}
        for _ in range(options.rounds):
            speeds["fovea"].append(scan_with_fovea(options.fovea, file, layers, folder, options.scratch))
            # Whichever number of workers suits PyTorch better.
            for kept in ("everything", "top"):
                speeds[kept].append(max(scan_with_pytorch(network, layers, folder, resize, size, workers, kept == "everything")
                                        for workers in (0, THREADS)))
        fovea, everything, top = (statistics.median(values) for values in speeds.values())
        print(f"{name}: fovea {fovea:.1f} images/s, pytorch {everything:.1f} images/s, ratio {fovea / everything:.2f}; "
              f"pytorch without classes and histograms {top:.1f} images/s, ratio {fovea / top:.2f}", flush=True)


if __name__ == "__main__":
    main()
