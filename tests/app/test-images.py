#!/usr/bin/python3
"""fovea images.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
import os
import sys

from command_line import expect, expect_failure, main, read_png_size, run_fovea, run_json, run_ok, write_image


def test_list(folder):
    names = run_ok('images', 'scenes').splitlines()
    expect(len(names) >= 300 and len(set(names)) == len(names), len(names))
    described = json.loads(run_ok('images', 'scenes', '--count', 5, '--json'))
    expect([image['name'] for image in described] == names[:5], described)
    expect(all(image['class'] is None or image['name'].startswith(image['class'].replace(' ', '-') + '/') for image in described), described)


def test_sheet_and_files(folder):
    sheet = folder / 'sheet.png'
    expect(run_ok('images', 'scenes', '--count', 5, '--output', sheet) == f'{sheet}\n')
    expect(read_png_size(sheet) == (4 + 3 * 132, 4 + 2 * 132), read_png_size(sheet))
    first = sheet.read_bytes()
    files = folder / 'files'
    run_ok('images', 'scenes', '--count', 3, '--folder', files)
    names = run_ok('images', 'scenes', '--count', 3).splitlines()
    expect(sorted(str(path.relative_to(files)) for path in files.rglob('*.png')) == sorted(names), names)
    expect(all(read_png_size(files / name) == (256, 256) for name in names))
    # What was saved is a set of the same images.
    run_ok('images', 'scenes', '--count', 5, '--output', sheet)
    expect(sheet.read_bytes() == first)
    expect(sorted(run_ok('images', files).splitlines()) == sorted(names))


def test_unreadable(folder):
    """What cannot be read is named and left out; names that are no UTF-8 are shown as well as they can be."""
    images = folder / 'set'
    images.mkdir()
    write_image(images / 'good.png', 50, 40)
    (images / 'broken.jpg').write_bytes(b'\xff\xd8\xffno more')
    result = run_fovea('images', images, '--folder', folder / 'saved')
    expect(result.returncode == 0 and 'not read' in result.stderr and 'broken.jpg' in result.stderr, result)
    expect([path.name for path in (folder / 'saved').iterdir()] == ['good.png'])
    result = run_fovea('images', images, '--output', folder / 'sheet.png')
    expect(result.returncode == 0 and len(result.stderr.splitlines()) == 1, result)
    expect(read_png_size(folder / 'sheet.png') == (4 + 2 * 132, 4 + 132))
    os.rename(images / 'good.png', os.fsencode(images) + b'/good\xff.png')
    expect([image['name'] for image in run_json('images', images)] == ['broken.jpg', 'good\ufffd.png'])
    os.unlink(os.fsencode(images) + b'/good\xff.png')
    expect_failure(1, ['none', 'broken.jpg'], 'images', images, '--output', folder / 'sheet.png')


def test_bad_input(folder):
    expect_failure(2, ['SET'], 'images')
    expect_failure(2, ['--count'], 'images', 'scenes', '--count', 0)
    expect_failure(2, ['sheet.jpg'], 'images', 'scenes', '--output', folder / 'sheet.jpg')
    expect_failure(1, ['nowhere'], 'images', folder / 'nowhere')
    blocked = folder / 'file'
    blocked.write_text('')
    expect_failure(1, ['file'], 'images', 'scenes', '--count', 1, '--folder', blocked)


if __name__ == '__main__':
    sys.exit(main('images'))
