"""Writes image files of every kind, and beside each what Pillow makes of it.

Usage: reference-images.py FOLDER

FOLDER/decode.txt lists file, width, height (0 0 where Pillow refuses the file) and the file of RGB bytes;
FOLDER/resize.txt lists source, width, height and the file of RGB bytes.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import io
import os
import struct
import sys
import warnings
import zlib

import numpy
from PIL import Image, ImageOps

warnings.simplefilter("ignore")
folder = sys.argv[1]
random = numpy.random.default_rng(1)
decode_list = open(os.path.join(folder, "decode.txt"), "w")
resize_list = open(os.path.join(folder, "resize.txt"), "w")


def picture(width, height, bands):
    """Smooth waves with some noise: neither trivial to compress nor pure noise."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [127.5 + 90 * numpy.sin(x / (3.0 + b) + b) * numpy.cos(y / (4.0 - 0.7 * b)) for b in range(bands)]
    pixels = numpy.stack(planes, -1) + random.normal(0, 12, (height, width, bands))
    return numpy.clip(pixels, 0, 255).astype(numpy.uint8)


def image(mode, width=61, height=43):
    bands = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}[mode]
    pixels = picture(width, height, bands)
    return Image.fromarray(pixels[..., 0] if bands == 1 else pixels, mode)


def expect(name, reference):
    """Notes what decoding the file shall give; None for an error."""
    if reference is None:
        print(name, 0, 0, "-", file=decode_list)
        return
    assert reference.mode == "RGB"
    with open(os.path.join(folder, name + ".rgb"), "wb") as file:
        file.write(reference.tobytes())
    print(name, reference.width, reference.height, name + ".rgb", file=decode_list)


def add(name, contents, upright=False):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(contents)
    try:
        decoded = Image.open(io.BytesIO(contents))
        if upright:
            decoded = ImageOps.exif_transpose(decoded)
        expect(name, decoded.convert("RGB"))
    except (OSError, SyntaxError):
        expect(name, None)


def saved(source, format, **options):
    contents = io.BytesIO()
    source.save(contents, format, **options)
    return contents.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(width, height, depth, color, samples, interlaced=False, chunks=()):
    """A PNG file from [height, width, channels] samples, in the forms that Pillow does not write."""

    def pack(part):
        rows = b""
        for row in part:
            if depth == 16:
                rows += b"\0" + row.astype(">u2").tobytes()
            else:
                bits = "".join(format(int(v), "0%db" % depth) for v in row.reshape(-1))
                bits += "0" * (-len(bits) % 8)
                rows += b"\0" + bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        return rows

    if interlaced:
        parts = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in PASSES]
        data = b"".join(pack(part) for part in parts if part.size)
    else:
        data = pack(samples)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(k, d) for k, d in chunks)
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def png_files():
    for mode in "L", "LA", "RGB", "RGBA":
        add("png-%s.png" % mode.lower(), saved(image(mode), "PNG"))
    add("png-1.png", saved(image("L").convert("1"), "PNG"))
    palette = image("RGB").quantize(200)
    add("png-p.png", saved(palette, "PNG"))
    add("png-p-trns.png", saved(palette, "PNG", transparency=bytes(range(200))))
    add("png-p-16-colours.png", saved(image("RGB").quantize(16), "PNG", bits=4))
    add("png-l-trns.png", saved(image("L"), "PNG", transparency=130))
    add("png-rgb-trns.png", saved(image("RGB"), "PNG", transparency=(1, 2, 3)))
    add("png-gamma.png", png(9, 7, 8, 2, picture(9, 7, 3), chunks=[(b"gAMA", struct.pack(">I", 100000))]))
    add("png-background.png", png(9, 7, 8, 6, picture(9, 7, 4), chunks=[(b"bKGD", struct.pack(">HHH", 255, 0, 255))]))

    profile = b"sRGB IEC61966-2.1\0\0" + zlib.compress(b"no profile that anyone reads")
    add("png-profile.png", png(9, 7, 8, 2, picture(9, 7, 3), chunks=[(b"iCCP", profile)]))
    add("png-significant.png", png(9, 7, 8, 2, picture(9, 7, 3), chunks=[(b"sBIT", bytes([5, 6, 5]))]))
    add("png-16-trns.png", png(9, 7, 16, 2, picture(9, 7, 3).astype(numpy.uint16) * 257, chunks=[(b"tRNS", struct.pack(">HHH", 9, 9, 9))]))

    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    kinds = [(1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (8, 2), (16, 2), (1, 3), (2, 3), (4, 3), (8, 3), (8, 4), (16, 4), (8, 6), (16, 6)]
    for depth, color in kinds:
        for interlaced in False, True:
            for width, height in (37, 23), (1, 1), (3, 2):
                samples = random.integers(0, 1 << depth, (height, width, channels[color]))
                colors = [(b"PLTE", random.integers(0, 256, 3 << min(depth, 8), numpy.uint8).tobytes())] if color == 3 else []
                name = "png-%d-%d-%dx%d%s.png" % (depth, color, width, height, "-interlaced" if interlaced else "")
                contents = png(width, height, depth, color, samples, interlaced, colors)
                if (depth, color) == (16, 0):
                    # Pillow clips these; the upper eight bits are what every other 16-bit image gives.
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(contents)
                    grey = Image.fromarray((samples[..., 0] >> 8).astype(numpy.uint8), "L")
                    expect(name, grey.convert("RGB"))
                else:
                    add(name, contents)


def exif(orientation, order="<"):
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    entries = struct.pack(order + "HHIHH", 0x0100, 3, 1, 9, 0) + entries
    return b"Exif\0\0" + mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 2) + entries + b"\0\0\0\0"


def with_adobe_transform(contents, transform):
    """Sets the transform of the Adobe marker of a CMYK file: 2 makes the decoder take it as YCCK."""
    at = contents.index(b"\xff\xee")
    return contents[: at + 15] + bytes([transform]) + contents[at + 16 :]


def without_marker(contents, marker):
    """Leaves a segment of a JPEG file out."""
    at = contents.index(b"\xff" + bytes([marker]))
    return contents[:at] + contents[at + 2 + struct.unpack(">H", contents[at + 2 : at + 4])[0] :]


def jpeg_files():
    for subsampling in 0, 1, 2:
        for width, height in (61, 43), (16, 16), (1, 1), (8, 33):
            name = "jpeg-%d-%dx%d.jpg" % (subsampling, width, height)
            add(name, saved(image("RGB", width, height), "JPEG", quality=88, subsampling=subsampling))
    for progressive in False, True:
        suffix = "-progressive.jpg" if progressive else ".jpg"
        add("jpeg-l" + suffix, saved(image("L"), "JPEG", progressive=progressive))
        add("jpeg-rgb" + suffix, saved(image("RGB"), "JPEG", progressive=progressive, quality=60, optimize=True))
        cmyk = saved(image("CMYK"), "JPEG", progressive=progressive)
        add("jpeg-cmyk" + suffix, cmyk)
        add("jpeg-ycck" + suffix, with_adobe_transform(cmyk, 2))
        # Nobody says whether the inks are inverted; Pillow takes them as Adobe's programs write them.
        add("jpeg-cmyk-plain" + suffix, without_marker(cmyk, 0xEE))
        for mode in "L", "CMYK":
            turned = saved(image(mode, 45, 20), "JPEG", progressive=progressive, exif=exif(6))
            add("jpeg-turned-" + mode.lower() + suffix, turned, upright=True)
    # The colours stored as they are: Adobe's marker instead of the JFIF one says so.
    jfif = saved(image("RGB"), "JPEG", subsampling=0)
    size = struct.unpack(">H", jfif[4:6])[0]
    add("jpeg-rgb-colours.jpg", jfif[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0" + jfif[4 + size :])
    for orientation in range(0, 10):
        for order in "<", ">":
            name = "jpeg-orientation-%d-%s.jpg" % (orientation, "little" if order == "<" else "big")
            add(name, saved(image("RGB", 45, 20), "JPEG", subsampling=0, exif=exif(orientation, order)), upright=True)
    for end in range(len(EXIF_START), 40):
        # Exif that ends too early is no reason to refuse the image, as Pillow does.
        name = "jpeg-exif-cut-%d.jpg" % end
        source = image("RGB", 9, 8)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(saved(source, "JPEG", exif=exif(6)[:end]))
        expect(name, Image.open(io.BytesIO(saved(source, "JPEG"))).convert("RGB"))

    # Bytes behind the end do not matter.
    add("jpeg-trailing.jpg", saved(image("RGB", 20, 20), "JPEG") + b"trailing")
    for progressive in False, True:
        contents = saved(image("RGB", 24, 17), "JPEG", progressive=progressive, quality=30)
        for size in range(3, len(contents), 7 if progressive else 3):
            add("jpeg-cut-%d-%d.jpg" % (progressive, size), contents[:size])
        add("jpeg-cut-last-%d.jpg" % progressive, contents[:-1])
        add("jpeg-cut-end-%d.jpg" % progressive, contents[:-2])


EXIF_START = b"Exif\0\0II"


def resizes():
    sources = {"a": (97, 61), "b": (1, 1), "c": (1, 300), "d": (300, 2), "e": (640, 480)}
    targets = [(97, 61), (64, 64), (48, 30), (194, 122), (33, 200), (1, 1), (1, 50), (500, 1), (96, 61), (97, 60), (7, 5), (341, 256)]
    for name, (width, height) in sources.items():
        source = image("RGB", width, height)
        source.save(os.path.join(folder, "resize-%s.png" % name))
        for target in targets:
            reference = "resize-%s-%dx%d.rgb" % ((name,) + target)
            with open(os.path.join(folder, reference), "wb") as file:
                file.write(source.resize(target, Image.BILINEAR).tobytes())
            print("resize-%s.png" % name, *target, reference, file=resize_list)


png_files()
jpeg_files()
resizes()
