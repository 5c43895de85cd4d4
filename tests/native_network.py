"""Native networks in PyTorch, read without Fovea's help, for the scripts that compute references."""
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import struct

import numpy
import torch
from torch.nn import functional


class NativeNetwork:
    """Computes what resources/networks/*.safetensors hold; `run` gives every node's output by its name."""

    def __init__(self, path, dtype=torch.float64):
        with open(path, "rb") as file:
            header_size, = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(header_size))
            data = file.read()
        metadata = header.pop("__metadata__")
        self.nodes = json.loads(metadata["graph"])
        self.classes = json.loads(metadata["classes"])
        self.input = json.loads(metadata["input"])
        self.mean = torch.tensor(json.loads(metadata["mean"]), dtype=dtype).view(1, -1, 1, 1)
        self.std = torch.tensor(json.loads(metadata["std"]), dtype=dtype).view(1, -1, 1, 1)
        self.tensors = {}
        for name, entry in header.items():
            assert entry["dtype"] == "F32"
            start, end = entry["data_offsets"]
            values = numpy.frombuffer(data[start:end], dtype="<f4").reshape(entry["shape"])
            self.tensors[name] = torch.from_numpy(values.copy()).to(dtype)

    def run(self, images):
        """`images`: [N, 3, H, W] in [0,1]."""
        values = {"input": (images - self.mean) / self.std}
        for node in self.nodes:
            parameters = {name: self.tensors[key] for name, key in node["parameters"].items()}
            inputs = [values[name] for name in node["inputs"]]
            values[node["name"]] = compute(node["op"], inputs, node["attributes"], parameters)
        return values

    def logits(self, images):
        return self.run(images)[self.nodes[-1]["name"]]


def compute(operator, inputs, attributes, parameters):
    value = inputs[0]
    if operator in ("Conv", "MaxPool", "AveragePool"):
        pads = attributes["pads"]
        assert pads[:2] == pads[2:]
    if operator == "Conv":
        return functional.conv2d(value, parameters["W"], parameters.get("B"), attributes["strides"], pads[:2],
                                 attributes["dilations"], attributes["group"])
    if operator == "BatchNormalization":
        return functional.batch_norm(value, parameters["input_mean"], parameters["input_var"], parameters["scale"],
                                     parameters["B"], eps=attributes["epsilon"])
    if operator == "Relu":
        return functional.relu(value)
    if operator == "MaxPool":
        return functional.max_pool2d(value, attributes["kernel_shape"], attributes["strides"], pads[:2],
                                     ceil_mode=bool(attributes["ceil_mode"]))
    if operator == "AveragePool":
        assert not any(pads)
        return functional.avg_pool2d(value, attributes["kernel_shape"], attributes["strides"],
                                     ceil_mode=bool(attributes["ceil_mode"]))
    if operator == "Flatten":
        return value.flatten(1)
    if operator == "Gemm":
        assert attributes["transB"] == 1
        return functional.linear(value, parameters["B"], parameters["C"])
    raise NotImplementedError(operator)
