#!/usr/bin/env python3
"""Compares Fovea with onnxruntime and PyTorch, taking turns: medians and ratios, and a table of all in the end.

    bench.py BENCH_PLAN SCRATCH BUILT_IN networks|layers|maximize [--rounds N] [--batches 1,8,32] [--names alexnet,resnet50]

BENCH_PLAN is the program built beside this script, SCRATCH a folder for the networks it writes, BUILT_IN a built-in
network's file. What is not installed is left out, by name.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import argparse
import math
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
TURN = 50  # milliseconds that a turn lasts at least: programs call these networks again and again
STEPS = 20
NETWORKS = {"alexnet": 224, "googlenet": 224, "resnet50": 224, "built-in": 64}
LOOPS = (  # network, layer, channel, position, images
    ("resnet50", "layer2", "5", None, 1),
    ("resnet50", "layer2", "5", "14,14", 1),
    ("resnet50", "layer4", "5", None, 1),
    ("resnet50", "layer2", "5", "14,14", 8),
    ("built-in", "conv4", "5", None, 1),
    ("built-in", "conv4", "5", "4,4", 1),
    ("built-in", "conv4", "5", "4,4", 8),
)


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
    was before stop spinning for more work, and a run that does not count, which brings the caches back. What is over at once is
    done several times."""
    times = {name: [] for name in contenders}
    repetitions = {name: 1 for name in contenders}
    for i in range(rounds + 1):
        for name, (server, line) in contenders.items():
            time.sleep(PAUSE)
            server.run(line)
            elapsed = server.run(f"{line} {repetitions[name]}")
            if i > 0:
                times[name].append(elapsed)
            else:
                repetitions[name] = max(1, math.ceil(TURN / elapsed))
    return {name: statistics.median(values) for name, values in times.items()}


def report(title, medians, ours="Fovea"):
    """Prints one comparison as it is done, and returns its cells of the table: the times, and how many times faster."""
    cells = [f"{medians[ours]:.1f}"]
    parts = [f"{title:42} {ours} {medians[ours]:8.2f} ms"]
    for name, median in medians.items():
        if name != ours:
            parts.append(f"{name} {median:8.2f} ms, ratio {median / medians[ours]:5.2f}")
            cells += [f"{median:.1f}", f"{median / medians[ours]:.1f}"]
    print(" | ".join(parts), flush=True)
    return cells


def print_table(first, columns, rows):
    """A table in Markdown; nothing where nothing was measured."""
    if rows:
        print()
        for line in [[first] + columns, ["---"] * (len(columns) + 1)] + rows:
            print("| " + " | ".join(line) + " |")


def name_columns(what, peers):
    return [what] + [column for peer in peers for column in (peer, "ratio")]


def compare(title, ours, theirs, onnx, rounds):
    """Forward against both, forward and gradient against PyTorch. Returns a row of the table."""
    servers = {"Fovea": Server(ours), "PyTorch": Server(theirs)}
    if onnx:
        servers["onnxruntime"] = Server(*onnx)
    row = [title] + report(f"{title} forward", measure({name: (server, "forward") for name, server in servers.items()}, rounds))
    both = {name: (server, "gradient") for name, server in servers.items() if name != "onnxruntime"}
    row += report(f"{title} forward + gradient", measure(both, rounds))
    for server in servers.values():
        server.close()
    return row


def compare_loops(bench_plan, pytorch, files, rounds, names):
    """Some steps of activation maximization, with parameters frozen and, as lucent leaves them, not frozen."""
    rows = []
    for network, layer, channel, position, n_images in LOOPS:
        if network not in names:
            continue
        address = f"{layer}:{channel}" + (f":{position}" if position else "")
        servers = {"Fovea": Server([bench_plan, "maximize", files[network], address, str(n_images)])}
        for freedom in ("frozen", "unfrozen"):
            model = files[network] if network == "built-in" else network
            servers[f"PyTorch {freedom}"] = Server(pytorch + ["maximize", model, layer, channel, position or "-", str(n_images), freedom])
        title = f"{network} {address}" + (f" and {n_images - 1} more" if n_images > 1 else "")
        rows.append([title] + report(f"{title}, {STEPS} steps", measure({name: (server, str(STEPS)) for name, server in servers.items()}, rounds)))
        for server in servers.values():
            server.close()
    print_table(f"{STEPS} steps", name_columns("Fovea", ("PyTorch frozen", "PyTorch unfrozen")), rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_plan")
    parser.add_argument("scratch")
    parser.add_argument("built_in")
    parser.add_argument("what", choices=("networks", "layers", "maximize"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", default="1,8,32")
    parser.add_argument("--names", default=",".join(NETWORKS))
    options = parser.parse_args()
    os.makedirs(options.scratch, exist_ok=True)

    python = find_python()
    if python is None:
        # It makes the networks, too.
        sys.exit(SKIPPED)
    pytorch = [python, os.path.join(HERE, "bench_pytorch.py")]
    onnxruntime = find_onnxruntime(options.scratch) if options.what != "maximize" else None
    subprocess.run(pytorch + ["write", options.scratch, options.built_in], check=True, capture_output=True)
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.processor())
    print(f"{model}, {THREADS} threads, medians of {options.rounds} rounds in turns; ratios above 1: Fovea is faster")

    def onnx(name, batch, channels, size):
        if onnxruntime is None:
            return None
        return (["node", os.path.join(HERE, "bench-onnxruntime.js"), os.path.join(options.scratch, name + ".onnx"),
                 batch, str(channels), str(size)], onnxruntime)

    files = {name: os.path.join(options.scratch, name + ".pth") for name in NETWORKS}
    files["built-in"] = options.built_in
    names = options.names.split(",")
    if options.what == "maximize":
        compare_loops(options.bench_plan, pytorch, files, options.rounds, names)
        return

    rows = []
    for batch in options.batches.split(","):
        # What takes long needs fewer rounds to be measured as well.
        rounds = options.rounds if int(batch) < 32 else max(3, options.rounds // 3)
        if options.what == "networks":
            for name in names:
                model = files[name] if name == "built-in" else name
                rows.append(compare(f"{name}, batch {batch}", [options.bench_plan, "network", files[name], batch],
                                    pytorch + ["network", model, batch], onnx(name, batch, 3, NETWORKS[name]), rounds))
        else:
            found = sorted(file[6:-5] for file in os.listdir(options.scratch) if file.startswith("layer-") and file.endswith(".onnx"))
            for name in found:
                layer = name.split("-")
                rows.append(compare("{0}→{2} {3}×{3}/{4} at {1}, batch ".format(*layer) + batch, [options.bench_plan, "layer", *layer, batch],
                                    pytorch + ["layer", *layer, batch], onnx("layer-" + name, batch, layer[0], layer[1]), rounds))
    peers = ("PyTorch", "onnxruntime") if onnxruntime else ("PyTorch",)
    print_table(options.what, name_columns("forward", peers) + name_columns("forward + gradient", ("PyTorch",)), rows)


if __name__ == "__main__":
    main()
