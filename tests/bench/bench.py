#!/usr/bin/env python3
"""Compares Fovea's plans with onnxruntime and PyTorch, taking turns: medians and ratios.

    bench.py BENCH_PLAN SCRATCH networks|layers|maximize [--rounds N] [--batches 1,8,32]

BENCH_PLAN is the program built beside this script, SCRATCH a folder for the networks it writes. What is not
installed is left out, by name.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = str(os.cpu_count())
SKIPPED = 77
PAUSE = 0.2


def find_python():
    """A Python that has PyTorch and torchvision, or None."""
    for python in (sys.executable, "python3", "/usr/bin/python3"):
        if shutil.which(python) and subprocess.run([python, "-c", "import torch, torchvision"], capture_output=True).returncode == 0:
            return python
    print("PyTorch: skipped, no Python here has torch and torchvision")
    return None


def find_onnxruntime(scratch):
    """The environment in which node finds onnxruntime-node, or None."""
    environment = dict(os.environ, NODE_PATH=os.path.join(scratch, "node_modules"), BENCH_THREADS=THREADS)
    works = ["node", "-e", "require('onnxruntime-node')"]
    if not shutil.which("node"):
        print("onnxruntime: skipped, node is not installed")
        return None
    if subprocess.run(works, env=environment, capture_output=True).returncode != 0 and shutil.which("npm"):
        # Its install script would fetch parts for graphics cards; the package itself has what processors need.
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", scratch, "onnxruntime-node"],
                       capture_output=True)
    if subprocess.run(works, env=environment, capture_output=True).returncode != 0:
        print("onnxruntime: skipped, npm could not install onnxruntime-node")
        return None
    return environment


class Server:
    """A program that does something once for each line, and says how long it took."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, env=environment or dict(os.environ, BENCH_THREADS=THREADS), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args} ended")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(contenders, rounds):
    """contenders: {name: (server, line)}. Everybody takes turns. A turn begins with a pause, in which the threads of whoever
    was before stop spinning for more work, and a run that does not count, which brings the caches back."""
    times = {name: [] for name in contenders}
    for i in range(rounds + 1):
        for name, (server, line) in contenders.items():
            time.sleep(PAUSE)
            server.run(line)
            elapsed = server.run(line)
            if i > 0:
                times[name].append(elapsed)
    return {name: statistics.median(values) for name, values in times.items()}


def report(title, medians, ours="Fovea"):
    parts = [f"{title:42} {ours} {medians[ours]:8.2f} ms"]
    for name, median in medians.items():
        if name != ours:
            parts.append(f"{name} {median:8.2f} ms, ratio {median / medians[ours]:5.2f}")
    print(" | ".join(parts), flush=True)


def compare(title, ours, theirs, onnx, rounds):
    """Forward against both, forward and gradient against PyTorch."""
    servers = {"Fovea": Server(ours)}
    if theirs:
        servers["PyTorch"] = Server(theirs)
    if onnx:
        servers["onnxruntime"] = Server(*onnx)
    report(f"{title} forward", measure({name: (server, "forward") for name, server in servers.items()}, rounds))
    both = {name: (server, "gradient") for name, server in servers.items() if name != "onnxruntime"}
    report(f"{title} forward + gradient", measure(both, rounds))
    for server in servers.values():
        server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_plan")
    parser.add_argument("scratch")
    parser.add_argument("what", choices=("networks", "layers", "maximize"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", default="1,8,32")
    options = parser.parse_args()
    os.makedirs(options.scratch, exist_ok=True)

    python = find_python()
    if python is None:
        # It makes the networks, too.
        sys.exit(SKIPPED)
    pytorch = [python, os.path.join(HERE, "bench_pytorch.py")]
    onnxruntime = find_onnxruntime(options.scratch) if options.what != "maximize" else None
    subprocess.run(pytorch + ["write", options.scratch], check=True, capture_output=True)
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.processor())
    print(f"{model}, {THREADS} threads, medians of {options.rounds} rounds in turns; ratios above 1: Fovea is faster")

    def onnx(name, batch, channels, size):
        if onnxruntime is None:
            return None
        return (["node", os.path.join(HERE, "bench-onnxruntime.js"), os.path.join(options.scratch, name + ".onnx"),
                 batch, str(channels), str(size)], onnxruntime)

    sys.path.insert(0, HERE)
    for batch in options.batches.split(","):
        if options.what == "networks":
            for name in ("alexnet", "googlenet", "resnet50"):
                compare(f"{name}, batch {batch}", [options.bench_plan, "network", os.path.join(options.scratch, name + ".pth"), batch],
                        pytorch + ["network", name, batch], onnx(name, batch, 3, 224), options.rounds)
        elif options.what == "layers":
            found = sorted(file[6:-5] for file in os.listdir(options.scratch) if file.startswith("layer-") and file.endswith(".onnx"))
            for name in found:
                layer = name.split("-")
                compare("{0}→{2} {3}×{3}/{4} at {1}, batch ".format(*layer) + batch, [options.bench_plan, "layer", *layer, batch],
                        pytorch + ["layer", *layer, batch], onnx("layer-" + name, batch, layer[0], layer[1]), options.rounds)
    if options.what == "maximize":
        for layer, channel, position in (("layer2", "5", None), ("layer2", "5", "14,14"), ("layer4", "5", None)):
            address = f"{layer}:{channel}" + (f":{position}" if position else "")
            servers = {"Fovea": Server([options.bench_plan, "maximize", os.path.join(options.scratch, "resnet50.pth"), address])}
            for freedom in ("frozen", "unfrozen"):
                servers[f"PyTorch {freedom}"] = Server(pytorch + ["maximize", "resnet50", layer, channel, position or "-", freedom])
            medians = measure({name: (server, "10") for name, server in servers.items()}, options.rounds)
            report(f"resnet50 {address}, 10 steps", medians)
            for server in servers.values():
                server.close()


if __name__ == "__main__":
    main()
