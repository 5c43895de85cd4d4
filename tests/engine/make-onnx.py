#!/usr/bin/env python3
"""Makes tests/data/onnx: small ONNX models with what PyTorch computes with them, for test-onnx.

usage: make-onnx.py FOLDER

`exported` is what PyTorch's exporter makes of a module with everything that mobile classifiers have, and with a
shape that is computed. `written` is put together from older forms of operators, one by one. FOLDER/NAME.safetensors
holds `image`, `output` and `gradient`, the derivative of the sum of output i times i + 1 by the image.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys
import warnings

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.dirname(__file__))
networks = __import__("reference-networks")


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(6, 6, 3, padding=1, groups=3, bias=False)
        self.bn = torch.nn.BatchNorm2d(6)
        self.act = torch.nn.ReLU()
        self.squeeze = torch.nn.Conv2d(6, 2, 1)
        self.excite = torch.nn.Conv2d(2, 6, 1)

    def forward(self, x):
        y = self.act(self.bn(self.conv(x)))
        scale = self.act(self.squeeze(F.adaptive_avg_pool2d(y, 1)))
        return x + torch.sigmoid(self.excite(scale)) * y


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Sequential(torch.nn.Conv2d(3, 6, 3, stride=2, padding=1), torch.nn.BatchNorm2d(6), torch.nn.Hardswish())
        self.blocks = torch.nn.Sequential(Block(), Block())
        self.pool = torch.nn.MaxPool2d(3, 2, ceil_mode=True)
        self.relu6 = torch.nn.ReLU6()
        self.head = torch.nn.Linear(6 * 3 * 3, 5)

    def forward(self, x):
        y = self.relu6(self.pool(self.blocks(self.stem(x))))
        return self.head(y.view(x.shape[0], -1))


def save(folder, name, model):
    image = torch.rand(1, 3, 12, 12).double().requires_grad_()
    output = model(image)
    (output * torch.arange(1, output.shape[1] + 1)).sum().backward()
    tensors = {"image": image, "output": output, "gradient": image.grad}
    networks.write_safetensors(os.path.join(folder, name + ".safetensors"), {key: value.detach().float() for key, value in tensors.items()})


def make_exported(folder):
    model = networks.randomize(Net())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.rand(1, 3, 12, 12), os.path.join(folder, "exported.onnx"), opset_version=14,
                          input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "batch"}})
    model = model.double()
    save(folder, "exported", lambda image: model((image - networks.MEAN.double()) / networks.STD.double()))


def make_written(folder):
    def tensor(name, *shape, positive=False):
        values = torch.rand(*shape) + 0.5 if positive else torch.randn(*shape)
        return name, values.numpy().astype(numpy.float32)

    weights = dict([
        tensor("mean", 1, 3, 1, 1), tensor("scale", 3, 1, 1, positive=True), tensor("w1", 4, 3, 3, 3), tensor("b1", 4),
        tensor("offset", 1), tensor("map", 6, 6), tensor("w2", 5, 4), tensor("bias", 5), tensor("bn_scale", 4, positive=True),
        tensor("bn_b", 4), tensor("bn_mean", 4), tensor("bn_var", 4, positive=True),
    ])
    weights["w1"] = weights["w1"].astype(numpy.float16)
    weights["w2"] = weights["w2"].astype(numpy.float64)
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["a"], "subtract"),
        helper.make_node("Div", ["a", "scale"], ["b"], "divide"),
        helper.make_node("Pad", ["b"], ["c"], "pad", mode="constant", pads=[0, 0, 1, 0, 0, 0, 0, 2], value=0.5),
        helper.make_node("Conv", ["c", "w1", "b1"], ["d"], "conv", strides=[2, 2], auto_pad="SAME_UPPER", kernel_shape=[3, 3]),
        helper.make_node("BatchNormalization", ["d", "bn_scale", "bn_b", "bn_mean", "bn_var"], ["e"], "bn", epsilon=0.01),
        helper.make_node("LeakyRelu", ["e"], ["f"], "leaky", alpha=0.2),
        helper.make_node("AveragePool", ["f"], ["g"], "pool", kernel_shape=[2, 2], pads=[0, 0, 0, 0], count_include_pad=1),
        helper.make_node("Mul", ["offset", "g"], ["h"], "multiply"),
        helper.make_node("Add", ["h", "map"], ["i"], "add"),
        helper.make_node("Clip", ["i"], ["j"], "clip", min=-2.0, max=2.5),
        helper.make_node("Identity", ["j"], ["k"], "same"),
        helper.make_node("ReduceMean", ["k"], ["l"], "mean", axes=[-1, 2], keepdims=0),
        helper.make_node("Transpose", ["w2"], ["w2t"], "turn", perm=[1, 0]),
        helper.make_node("MatMul", ["l", "w2t"], ["m"], "product"),
        helper.make_node("Add", ["m", "bias"], ["n"], "bias"),
        helper.make_node("Softmax", ["n"], ["y"], "softmax"),
    ]
    initializers = [numpy_helper.from_array(value, name) for name, value in weights.items() if name != "b1"]
    initializers.append(helper.make_tensor("b1", TensorProto.FLOAT, [4], weights["b1"].tolist()))
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, 12, 12])
    scores = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 5])
    graph = helper.make_graph(nodes, "written", [image], [scores], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], producer_name="make-onnx.py")
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(folder, "written.onnx"))

    w = {name: torch.from_numpy(value).double() for name, value in weights.items()}

    def compute(x):
        x = F.pad((x - w["mean"]) / w["scale"], (0, 2, 1, 0), value=0.5)
        # 13 rows become 7 (one of padding at each end), 14 columns become 7 (one of padding at the end).
        x = F.conv2d(F.pad(x, (0, 1, 1, 1)), w["w1"], w["b1"], 2)
        x = F.batch_norm(x, w["bn_mean"], w["bn_var"], w["bn_scale"], w["bn_b"], eps=0.01)
        x = F.avg_pool2d(F.leaky_relu(x, 0.2), 2, 1)
        x = (w["offset"] * x + w["map"]).clamp(-2, 2.5)
        return F.softmax(x.mean((2, 3)) @ w["w2"].t() + w["bias"], 1)

    save(folder, "written", compute)


if __name__ == "__main__":
    torch.manual_seed(11)
    make_exported(sys.argv[1])
    make_written(sys.argv[1])
