#!/usr/bin/env python3
"""Makes a network with random weights as people save it, and what PyTorch computes with it, for test-networks-reference.

usage: reference-networks.py CASE CHECKPOINT REFERENCES

REFERENCES is a safetensors file with `image:N` (images in [0,1]), `gradient:N` for each of them (the
derivative of the network's output 3 by the image), and for the first image `logits`, the network's
output, and `output:PATH` for every module that puts out one tensor. PyTorch computes them in double precision.
"""
# SPDX-License-Identifier: GPL-3.0-or-later
import argparse
import collections
import json
import struct
import sys
import warnings

import torch
import torchvision.models as models
from torchvision.ops import StochasticDepth

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
NARROW_VGG = ("vgg13-zip", "vgg13_bn-zip", "vgg16-zip", "vgg16_bn-zip", "vgg19-zip", "vgg19_bn-zip")
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)


def randomize(model):
    """Gives batch normalizations statistics that leave the signal its size, but are not trivial."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
        elif isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                module.bias.data.normal_(0, 0.1)
    return model.eval()


def write_safetensors(path, tensors):
    header, blobs, offset = {}, [], 0
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.float64: "F64"}
    for name, tensor in tensors.items():
        tensor = tensor.detach().contiguous()
        storage = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
        blob = storage.numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        offset += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for blob in blobs:
            out.write(blob)


def rounded(model, dtype):
    """Rounds a network's weights as its file will have them."""
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.to(dtype).to(torch.float32))
    return {name: tensor.to(dtype) if tensor.is_floating_point() else tensor for name, tensor in model.state_dict().items()}


def strided(state):
    """The same numbers behind transposed, interleaved and offset views, in shared storages."""
    result = collections.OrderedDict()
    for name, tensor in state.items():
        if tensor.dim() == 4:
            result[name] = tensor.to(memory_format=torch.channels_last)
        elif tensor.dim() == 2:
            result[name] = tensor.t().contiguous().t()
        elif tensor.dim() == 1:
            wide = torch.zeros(2 * len(tensor) + 3, dtype=tensor.dtype)
            wide[3::2] = tensor
            result[name] = wide[3::2]
        else:
            result[name] = tensor
    return result


def robustness(model, rename, mean, std):
    """A checkpoint as MadryLab's `robustness` writes it, optimizer and all."""
    state = collections.OrderedDict()
    renamed = {rename(name): tensor for name, tensor in model.state_dict().items()}
    state["module.normalizer.new_mean"] = mean.clone()
    state["module.normalizer.new_std"] = std.clone()
    for name, tensor in renamed.items():
        state["module.model." + name] = tensor
    state["module.attacker.normalize.new_mean"] = mean.clone()
    state["module.attacker.normalize.new_std"] = std.clone()
    for name, tensor in renamed.items():
        state["module.attacker.model." + name] = tensor
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for parameter in list(model.parameters())[:4]:
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    model.zero_grad(set_to_none=True)
    return {
        "model": state,
        "optimizer": optimizer.state_dict(),
        "epoch": 90,
        "nat_prec1": torch.tensor(12.5),
        "args": argparse.Namespace(adv_train=1, eps="3", constraint="2"),
    }


def narrow_vgg(name):
    """An eighth of the channels and a small classifier, which leave the same to be recognized in a fraction of the time."""
    layers = {"vgg13": "B", "vgg16": "D", "vgg19": "E"}[name.removesuffix("_bn")]
    channels = [layer if layer == "M" else layer // 8 for layer in models.vgg.cfgs[layers]]
    model = models.VGG(models.vgg.make_layers(channels, batch_norm=name.endswith("_bn")), init_weights=False)
    model.classifier[0] = torch.nn.Linear(channels[-2] * 7 * 7, 256)
    model.classifier[3] = torch.nn.Linear(256, 256)
    model.classifier[6] = torch.nn.Linear(256, 11)
    return randomize(model)


def googlenet(**options):
    return randomize(models.googlenet(weights=None, init_weights=False, **options))


def make(case, path):
    """Saves the network; returns it, the image's size, and the normalization in front of it."""
    size, mean, std = 224, MEAN, STD
    if case == "resnet18-zip":
        model, size = randomize(models.resnet18(num_classes=17)), 64
        torch.save(model.state_dict(), path)
    elif case == "resnet18-stream-parallel":
        model, size = randomize(models.resnet18()), 64
        state = {"state_dict": torch.nn.DataParallel(model).state_dict(), "epoch": 3, "arch": "resnet18", "best_acc1": torch.tensor(1.0)}
        torch.save(state, path, _use_new_zipfile_serialization=False)
    elif case == "resnet50-robustness":
        model, size = randomize(models.resnet50()), 64
        mean, std = torch.tensor([0.5, 0.4, 0.3]).view(3, 1, 1), torch.tensor([0.2, 0.25, 0.3]).view(3, 1, 1)
        torch.save(robustness(model, lambda name: name, mean, std), path)
    elif case == "resnet50-safetensors":
        model, size = randomize(models.resnet50(num_classes=10)), 64
        write_safetensors(path, model.state_dict())
    elif case == "resnext50-zip":
        model, size = randomize(models.resnext50_32x4d()), 64
        torch.save(model.state_dict(), path)
    elif case == "alexnet-zip-half":
        model = randomize(models.alexnet())
        torch.save({"net": rounded(model, torch.float16)}, path)
    elif case == "alexnet-robustness":
        model = randomize(models.alexnet())
        torch.save(robustness(model, lambda name: name.replace("classifier.6", "last_layer"), MEAN, STD), path)
    elif case == "googlenet-zip":
        model, size = googlenet(aux_logits=True, transform_input=True), 64
        torch.save(model.state_dict(), path)
    elif case == "googlenet-robustness":
        model, size = googlenet(aux_logits=False, transform_input=False), 64
        torch.save(robustness(model, lambda name: name.replace("branch4.1.", "branch4_conv."), MEAN, STD), path)
    elif case == "vgg11-safetensors-bfloat16":
        model = randomize(models.vgg11())
        write_safetensors(path, rounded(model, torch.bfloat16))
    elif case == "vgg11_bn-stream":
        model = randomize(models.vgg11_bn())
        torch.save({"model": model.state_dict()}, path, _use_new_zipfile_serialization=False)
    elif case in NARROW_VGG:
        model = narrow_vgg(case[:-len("-zip")])
        torch.save(model.state_dict(), path)
    elif case == "squeezenet1_0-strided":
        model = randomize(models.squeezenet1_0())
        torch.save(strided(model.state_dict()), path)
    elif case == "squeezenet1_1-module":
        model = randomize(models.squeezenet1_1())
        torch.save(model, path)
    elif case in ("resnet34-zip", "resnet101-zip", "resnet152-zip", "wide_resnet50_2-zip"):
        model, size = randomize(getattr(models, case[:-len("-zip")])()), 64
        torch.save(model.state_dict(), path)
    elif case.endswith("-onnx"):
        model, size = make_onnx(case, path)
    else:
        raise SystemExit("no case " + case)
    return model, size, mean, std


# The operator set and the image's size of each case NAME-onnx.
ONNX = {
    "alexnet": (9, 224), "densenet121": (14, 64), "efficientnet_b0": (15, 64), "googlenet": (12, 64),
    "mobilenet_v2": (11, 64), "mobilenet_v3_small": (14, 64), "resnet18": (17, 64), "resnet50": (7, 64),
    "squeezenet1_1": (10, 224), "vgg11_bn": (13, 224),
}


def make_onnx(case, path):
    """Exports the network as people do; one with transform_input, which takes the channels apart."""
    name = case[:-len("-onnx")]
    opset, size = ONNX[name]
    if name == "googlenet":
        model = googlenet(transform_input=True)
    else:
        model = randomize(getattr(models, name)(weights=None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.rand(1, 3, size, size), path, opset_version=opset, input_names=["image"],
                          output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})
    return model, size


def compute(model, size, mean, std, n_images, exported=False):
    """In a model that was exported, a batch normalization is part of the convolution before it, and what does nothing is
    left out."""
    references = collections.OrderedDict()
    convolution = {}
    absent = (torch.nn.Dropout, torch.nn.Identity, StochasticDepth)

    def keep(name):
        def hook(module, inputs, output):
            if not torch.is_tensor(output) or (exported and isinstance(module, absent)):
                return
            # A copy: a ReLU behind the module may work in place.
            value = output.detach().to(torch.float32).clone()
            if exported and isinstance(module, torch.nn.BatchNorm2d) and convolution.get("output") is inputs[0]:
                references["output:" + convolution["name"]] = value
                return
            references["output:" + name] = value
            if isinstance(module, torch.nn.Conv2d):
                convolution.update(name=name, output=output)
        return hook

    model = model.double().eval()
    for number in range(n_images):
        hooks = []
        for name, module in model.named_modules():
            if number == 0 and name and not name.startswith("aux"):
                hooks.append(module.register_forward_hook(keep(name)))
        image = torch.rand(1, 3, size, size).double().requires_grad_()
        output = model((image - mean.double()) / std.double())
        output[0, 3].backward()
        references["image:%d" % number] = image.detach().to(torch.float32)
        references["gradient:%d" % number] = image.grad.to(torch.float32)
        for hook in hooks:
            hook.remove()
        if number == 0:
            references["logits"] = output.detach().to(torch.float32)
    return references


def main():
    case, checkpoint, references = sys.argv[1:]
    torch.manual_seed(7)
    torch.set_num_threads(2)
    n_images = 6 if case in NARROW_VGG else 3
    write_safetensors(references, compute(*make(case, checkpoint), n_images, exported=case.endswith("-onnx")))


if __name__ == "__main__":
    main()
