"""Saves arrays of every supported type, order and version, and beside each NumPy's conversion to float32.

Usage: reference-arrays.py FOLDER; FOLDER/list.txt lists the files.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import sys
import warnings

import numpy

folder = sys.argv[1]
random = numpy.random.default_rng(3)
warnings.simplefilter("ignore")
types = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|u1", "|i1", "|b1"]
types += [order + kind + size for order in "<>" for kind in "iu" for size in "248"]
shapes = [(), (0,), (7,), (3, 5), (2, 3, 4), (4, 1, 3, 2), (5, 0, 2), (1, 2, 1, 3, 1, 2, 1, 2)]

with open(os.path.join(folder, "list.txt"), "w") as list_file:
    for number in types:
        for shape in shapes:
            values = random.normal(0, 40, shape)
            if numpy.dtype(number).kind == "f" and values.size > 3:
                values.flat[:3] = numpy.inf, -numpy.inf, 1e-7
            if numpy.dtype(number).kind == "u":
                values = numpy.abs(values)
            array = numpy.asarray(values).astype(number)
            for order in "CF":
                for version in ((1, 0), (2, 0), (3, 0)) if number == "<f4" else ((1, 0),):
                    name = "%s%s-%s-%s-%d.npy" % ("big-" if number[0] == ">" else "", number[1:], "x".join(map(str, shape)), order, version[0])
                    path = os.path.join(folder, name)
                    with open(path, "wb") as file:
                        numpy.lib.format.write_array(file, numpy.asarray(array, order=order), version=version)
                    with open(path + ".float32", "wb") as file:
                        numpy.save(file, numpy.ascontiguousarray(array.astype("<f4")).reshape(shape))
                    print(name, file=list_file)
