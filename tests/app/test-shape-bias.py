#!/usr/bin/python3
"""fovea shape-bias, fovea evaluate, fovea stylize.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import csv
import json
import math
import sys

from command_line import PAIR, ROOT, SHARED, Skip, expect, expect_failure, main, run_fovea, run_json, run_ok, write_image, write_png

TRIALS = SHARED / 'data' / 'cue-conflict-trials'
STIMULI = SHARED / 'data' / 'cue-conflict'
PHOTOS = SHARED / 'data' / 'photos20' / 'validation'
OBSERVERS = ROOT / 'resources' / 'cue-conflict' / 'observers.csv'

# Shape and texture decisions as Geirhos et al. published them.
PUBLISHED = {'alexnet': (283, 376), 'googlenet': (228, 503), 'humans': (9236, 398)}


def need(path):
    if not path.exists():
        raise Skip(f'{path} is not there')


def make_cues(folder, names):
    for i, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_png(path, 64, 64, lambda y, x, i=i: ((x * 3 + y * i * 7) % 256, (x * i * 5) % 256, (y * 4 + i) % 256))


def test_published_trials(folder):
    need(TRIALS)
    files = sorted(TRIALS.glob('*.csv'))
    observers = {observer['observer']: observer for observer in run_json('shape-bias', '--responses', *files)}
    for name, (shape, texture) in PUBLISHED.items():
        observer = observers[name]
        expect((observer['shape'], observer['texture']) == (shape, texture), observer)
        expect(observer['shape_bias'] == shape / (shape + texture), observer)
        # Wilson's interval, in its usual form.
        n, p, z = shape + texture, shape / (shape + texture), 1.959963984540054
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        expect(abs(observer['shape_bias_low'] - (middle - half)) < 1e-9 and abs(observer['shape_bias_high'] - (middle + half)) < 1e-9, observer)
    # Each of the files, counted here in another way.
    for file in files:
        trials = [row for row in csv.DictReader(open(file))]
        cues = [row['imagename'].split('_')[-1].removesuffix('.png').split('-') for row in trials]
        pairs = [(shape.rstrip('0123456789'), texture.rstrip('0123456789'), row['object_response']) for (shape, texture), row in zip(cues, trials)]
        pairs = [pair for pair in pairs if pair[0] != pair[1]]
        observer = observers[trials[0]['subj']]
        counted = (sum(a == c for a, _, c in pairs), sum(b == c for _, b, c in pairs))
        expect((observer['shape'], observer['texture']) == counted and observer['shape'] + observer['texture'] + observer['other'] == len(pairs), observer, counted)
        for category, decisions in observer['categories'].items():
            expect(decisions['shape'] == sum(a == c == category for a, _, c in pairs), category, decisions)


def test_observers_are_reproducible(folder):
    need(TRIALS)
    run_ok('shape-bias', '--responses', *sorted(TRIALS.glob('*.csv')), '--output', folder / 'observers.csv')
    expect((folder / 'observers.csv').read_bytes() == OBSERVERS.read_bytes(), 'resources/cue-conflict/observers.csv is not what the trials give')


def test_networks(folder):
    make_cues(folder / 'set', ['cat/cat1-dog1.png', 'dog/dog1-cat2.png', 'dog/dog1-dog2.png', 'dog/nothing.png', 'zebra/zebra1-cat1.png'])
    (folder / 'set' / 'cat' / 'cat2-bird1.png').write_bytes(b'no image')
    result = run_json('shape-bias', '--network', PAIR[0], '--images', folder / 'set', '--decisions', folder / 'decisions.csv')
    network, humans = result
    expect(network['observer'] == PAIR[0] and humans['observer'] == 'humans' and humans['shape'] == 9236, result)
    expect(network['shape'] + network['texture'] + network['other'] == 2, network)
    expect(network['left_out'] == {'same_cues': 1, 'no_cue': 1, 'lacking': 1, 'unreadable': 1}, network)
    expect(network['lacking'] == ['zebra'] and any('cat2-bird1.png' in problem for problem in network['problems']), network)
    # What was decided can be read again, to the same numbers.
    again, = run_json('shape-bias', '--responses', folder / 'decisions.csv')
    expect([again[key] for key in ('shape', 'texture', 'other')] == [network[key] for key in ('shape', 'texture', 'other')], again)
    expect(len(run_json('shape-bias', '--network', PAIR[0], '--images', folder / 'set', '--no-humans')) == 1)


def test_plots(folder):
    make_cues(folder / 'set', ['cat/cat1-dog1.png', 'dog/dog1-cat2.png'])
    for ending, magic in (('png', b'\x89PNG'), ('pdf', b'%PDF'), ('svg', b'<?xml'), ('csv', b'observer,category,')):
        for name in ('a', 'b'):
            run_ok('shape-bias', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'set', '--output', folder / f'{name}.{ending}')
        first = (folder / f'a.{ending}').read_bytes()
        expect(first.startswith(magic), ending, first[:16])
        expect(first == (folder / f'b.{ending}').read_bytes(), ending, 'differs from run to run')
    rows = list(csv.DictReader(open(folder / 'a.csv')))
    expect([row['shape'] for row in rows if row['observer'] == 'humans' and row['category'] == 'all'] == ['9236'], rows)


def test_layers(folder):
    make_cues(folder / 'set', [f'{shape}/{shape}{n}-{texture}{n}.png' for shape in ('cat', 'dog', 'car') for texture in ('cat', 'dog', 'car') if shape != texture for n in (1, 2)])
    arguments = ['shape-bias', '--network', PAIR[0], '--images', folder / 'set', '--layer', 'relu3', '--layer', 'fc7']
    network = run_json(*arguments)[0]
    expect([(layer['layer'], len(layer['channels'])) for layer in network['layers']] == [('relu3', 160), ('fc7', 20)], network.keys())
    for channel in network['layers'][1]['channels']:
        strongest = channel['strongest']
        expect(len(strongest) == 12 and strongest == sorted(strongest, key=lambda hit: -hit['activation']), strongest)
        expect(strongest[0]['image'].startswith(strongest[0]['shape'] + '/'), strongest[0])
        expect(channel['preference'] is None or abs(channel['preference'] - (channel['shape'] - channel['texture'])) < 1e-12, channel)
    run_ok(*arguments, '--output', folder / 'preference.csv')
    rows = list(csv.DictReader(open(folder / 'preference.csv')))
    expect(len(rows) == 180 and {row['category'] for row in rows} == {'relu3', 'fc7'}, len(rows))


def test_bad_input(folder):
    make_cues(folder / 'none', ['a.png'])
    make_cues(folder / 'same', ['cat1-cat2.png'])
    make_cues(folder / 'strange', ['ufo1-yeti2.png'])
    (folder / 'empty').mkdir()
    good = ['shape-bias', '--network', PAIR[0], '--images']
    expect_failure(1, ['none', 'a.png', 'cat3-elephant2.png'], *good, folder / 'none')
    expect_failure(1, ['same', 'shape and texture are the same'], *good, folder / 'same')
    expect_failure(1, ['ufo, yeti', PAIR[0]], *good, folder / 'strange')
    expect_failure(1, ['empty'], *good, folder / 'empty')
    expect_failure(2, ['--images'], 'shape-bias', '--network', PAIR[0])
    expect_failure(2, ['--network'], 'shape-bias', '--images', folder / 'none')
    expect_failure(2, ['--responses'], 'shape-bias')
    expect_failure(2, ['mean, sum, max', 'median'], *good, folder / 'none', '--aggregate', 'median')
    (folder / 'bad.csv').write_text('subj,answer\nx,cat\n')
    (folder / 'good.csv').write_text('subj,object_response,imagename\nx,cat,cat1-dog1.png\n')
    expect_failure(1, ['bad.csv:1', 'object_response, imagename'], 'shape-bias', '--responses', folder / 'bad.csv')
    result = run_fovea('shape-bias', '--json', '--responses', folder / 'bad.csv', folder / 'good.csv')
    expect(result.returncode == 1 and 'bad.csv:1' in result.stderr and result.stderr.count('\n') == 1, result.stderr)
    expect(json.loads(result.stdout)[0]['shape'] == 1, result.stdout)


def test_decisions_as_pytorch(folder):
    """Real stimuli, torchvision's ResNet-18, Pillow, and the rule written once more."""
    need(STIMULI)
    try:
        import numpy
        import torch
        import torchvision
        from PIL import Image
    except ImportError as error:
        raise Skip(f'PyTorch is not installed: {error}')
    paths = sorted(STIMULI.glob('*/*.png'))
    paths = [path for path in paths if path.stem.split('-')[0].rstrip('0123456789') != path.stem.split('-')[1].rstrip('0123456789')][::4]
    for path in paths:
        (folder / 'set' / path.parent.name).mkdir(parents=True, exist_ok=True)
        (folder / 'set' / path.parent.name / path.name).symlink_to(path.resolve())
    torch.manual_seed(7)
    model = torchvision.models.resnet18()

    def load(path):
        image = Image.open(path).convert('RGB').resize((256, 256), Image.BILINEAR).crop((16, 16, 240, 240))
        pixels = numpy.asarray(image).astype('float32') / 255
        return torch.tensor((pixels - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)).permute(2, 0, 1).float()

    images = torch.stack([load(path) for path in paths])
    with torch.no_grad():
        # Statistics that fit the images, and large logits: random networks say the same about everything otherwise.
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.momentum = 1.0
        model.train()(images[:24])
        model.eval()
        features = model(images)
        model.fc.weight *= 40
        model.fc.bias.copy_(-(features - model.fc.bias).mean(0) * 40)
        probabilities = model(images).double().softmax(1)
    torch.save(model.state_dict(), folder / 'resnet18.pth')
    lines = (ROOT / 'resources' / 'labels' / 'sixteen-categories.tsv').read_text().splitlines()[1:]
    categories = {line.split('\t')[0]: [int(i) for i in line.split('\t')[1].split(',')] for line in lines}
    for rule, combine in (('mean', torch.mean), ('sum', torch.sum), ('max', torch.amax)):
        values = torch.stack([combine(probabilities[:, indices], dim=1) for indices in categories.values()], dim=1)
        two = values.topk(2, dim=1).values
        expected = {path.name: list(categories)[i] for path, i in zip(paths, values.argmax(1).tolist())}
        # Where two categories are as good as equal, rounding decides.
        clear = {path.name for path, (a, b) in zip(paths, two.tolist()) if a > b * 1.001}
        run_ok('shape-bias', '--network', folder / 'resnet18.pth', '--images', folder / 'set', '--aggregate', rule, '--no-humans', '--decisions', folder / 'd.csv')
        decided = {row['imagename']: row['object_response'] for row in csv.DictReader(open(folder / 'd.csv'))}
        expect(set(decided) == set(expected), 'other images')
        expect(len(clear) > 0.9 * len(paths) and len(set(expected.values())) > 2, len(clear), set(expected.values()))
        wrong = {name: (decided[name], expected[name]) for name in clear if decided[name] != expected[name]}
        expect(not wrong, rule, wrong)


def test_evaluate(folder):
    need(PHOTOS)
    result = run_json('evaluate', '--network', PAIR[0], '--images', PHOTOS, '--variant', 'original', '--variant', 'greyscale')
    original, grey = result
    expect(original['n_images'] == 1950 and 0.5 < original['top1'] <= original['top5'] <= 1, original)
    expect(grey['variant'] == 'greyscale' and grey['top1'] < original['top1'], grey)
    expect(sum(c['n_images'] for c in original['classes'].values()) == 1950 and len(original['classes']) == 20, original)
    # The same as classify says, image by image, for one class.
    images = sorted((PHOTOS / 'elephant').iterdir())
    answers = run_json('classify', *images, '--network', PAIR[0], '--top', 5)
    top1 = sum(answer['top'][0]['label'] == 'elephant' for answer in answers) / len(images)
    top5 = sum(any(c['label'] == 'elephant' for c in answer['top']) for answer in answers) / len(images)
    expect(original['classes']['elephant'] == {'n_images': len(images), 'top1': top1, 'top5': top5}, original['classes']['elephant'], top1, top5)


def test_evaluate_plot(folder):
    """The plot and its table say what is printed, for each strength of the attack."""
    for name in ('cat', 'dog'):
        (folder / 'images' / name).mkdir(parents=True)
        for number in range(3):
            write_image(folder / 'images' / name / f'{number}.png', 64, 64 + number)
    arguments = ('evaluate', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'images', '--attack', 'l2', '--epsilon', 0.25, '--epsilon', 1)
    rows = run_json(*arguments, '--output', folder / 'plot.svg')
    expect([(row['network'], row['attack'] and row['attack']['epsilon']) for row in rows] ==
           [(network, epsilon) for network in PAIR for epsilon in (None, 0.25, 1)], rows)
    plot = (folder / 'plot.svg').read_text()
    expect(plot.startswith('<?xml') and '<svg' in plot)
    for ending in ('png', 'pdf', 'csv'):
        run_ok(*arguments, '--output', folder / f'plot.{ending}')
    expect((folder / 'plot.png').read_bytes()[:4] == b'\x89PNG' and (folder / 'plot.pdf').read_bytes()[:4] == b'%PDF')
    table = (folder / 'plot.csv').read_text().splitlines()
    expect(len([line for line in table if ',all,' in line]) == 6, table)
    expect_failure(2, ('--epsilon',), *arguments, '--epsilon', 'far')
    expect_failure(2, ('.csv',), *arguments, '--output', folder / 'plot.gif')


def test_evaluate_variants_of_sets(folder):
    """A built-in set's silhouettes are exact, however they are asked for; a variant's files are its images."""
    if 'tuxpaint' in run_fovea('images', 'cue-conflict', '--count', 1).stderr:
        raise Skip('the package tuxpaint-stamps-default is not there')
    asked, original = run_json('evaluate', '--network', PAIR[1], '--images', 'cue-conflict', '--variant', 'silhouette', '--variant', 'original')
    opened, = run_json('evaluate', '--network', PAIR[1], '--images', 'cue-conflict+silhouette')
    expect(asked['n_images'] == 728 and asked['classes'] == opened['classes'] != original['classes'], asked, opened)
    run_ok('images', 'cue-conflict+silhouette', '--folder', folder / 'saved')
    saved, = run_json('evaluate', '--network', PAIR[1], '--images', folder / 'saved')
    expect(saved['classes'] == asked['classes'], saved, asked)
    # The shape's class is the image's.
    bias = run_json('shape-bias', '--network', PAIR[1], '--images', 'cue-conflict+silhouette')[0]
    expect(bias['observer'] == PAIR[1] and bias['shape'] == round(asked['top1'] * 728), bias, asked['top1'])
    expect_failure(1, ["'sepia'", 'scramble:N'], 'evaluate', '--network', PAIR[1], '--images', 'cue-conflict+sepia')


def test_evaluate_attacked(folder):
    need(PHOTOS)
    images = []
    for name in ['elephant', 'boat']:
        (folder / 'set' / name).mkdir(parents=True)
        for path in sorted((PHOTOS / name).iterdir())[:9]:
            (folder / 'set' / name / path.name).write_bytes(path.read_bytes())
            images.append((name, path))
    rows = run_json('evaluate', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'set', '--attack', 'l2', '--epsilon', 0.5)
    expect([row['attack'] for row in rows] == [None, {'norm': 'l2', 'epsilon': 0.5, 'steps': 7}] * 2, rows)
    # The same as the attack alone says, image by image.
    for network, row in zip(PAIR, rows[1::2]):
        top1 = sum(run_json('attack', path, '--network', network, '--class', name, '--output', folder / 'a.png')[0]['attacked']['label'] == name
                   for name, path in images) / len(images)
        expect(row['top1'] == top1, row['top1'], top1)
    # The robust network loses less.
    expect(rows[0]['top1'] - rows[1]['top1'] > rows[2]['top1'] - rows[3]['top1'] + 0.1, [row['top1'] for row in rows])
    # No change is no attack.
    same = run_json('evaluate', '--network', PAIR[0], '--images', folder / 'set', '--attack', 'linf', '--epsilon', 0)
    expect(same[0]['classes'] == same[1]['classes'], same)


def test_surgery(folder):
    make_cues(folder / 'cues', ['cat/cat1-dog1.png', 'dog/dog1-cat1.png', 'cat/cat2-car1.png', 'car/car1-dog1.png'])
    options = ['shape-bias', '--network', PAIR[0], '--network', PAIR[1], '--images', folder / 'cues', '--no-humans']
    whole = run_json(*options)
    operated = run_json(*options, '--without', 'conv1:3', '--without', 'conv3:7', '--only', 'conv1:3', '--output', folder / 'plot.csv')
    names = [row['observer'] for row in operated]
    expect(names == [f'{name}{what}' for what in ('', ' without conv1:3, conv3:7', ' with only conv1:3') for name in PAIR], names)
    for before, row in zip(whole * 3, operated):
        expect(all(row[key] == before[key] for key in ('images', 'left_out', 'lacking')), row)
        expect(row['shape'] + row['texture'] + row['other'] == 4, row)
    expect(operated[:2] == whole, operated[:2])
    expect(len({row['sha256'] for row in operated}) == 6, operated)
    expect([row['observer'] for row in csv.DictReader(open(folder / 'plot.csv')) if row['category'] == 'all'] == names)
    expect_failure(1, ['conv1', PAIR[0]], *options, '--without', 'conv1:96')
    expect_failure(2, ['--without', '--network'], 'shape-bias', '--responses', folder / 'plot.csv', '--without', 'conv1:3')


def test_evaluate_surgery(folder):
    make_cues(folder / 'set', ['cat/1.png', 'dog/1.png'])
    rows = run_json('evaluate', '--network', PAIR[0], '--images', folder / 'set', '--without', 'conv3:97', '--without', 'conv3:42', '--only', 'conv1:3')
    expect([row['network'] for row in rows] == [PAIR[0], PAIR[0] + ' without conv3:42, conv3:97', PAIR[0] + ' with only conv1:3'], rows)
    expect(len({row['sha256'] for row in rows}) == 3, rows)
    # Without any channel of the first layer all images look alike, so the answer is the same class.
    blind = run_json('evaluate', '--network', PAIR[0], '--images', folder / 'set', *(argument for c in range(48) for argument in ('--without', f'conv1:{c}')))[1]
    expect(blind['n_images'] == 2 and blind['top1'] in (0, 0.5), blind)
    expect_failure(1, ['conv9'], 'evaluate', '--network', PAIR[0], '--images', folder / 'set', '--without', 'conv9:1')
    expect_failure(2, ['--attack'], 'evaluate', '--network', PAIR[0], '--images', folder / 'set', '--epsilon', 1)


def test_evaluate_small(folder):
    make_cues(folder / 'set', ['cat/1.png', 'dog/1.png', 'ufo/1.png'])
    (folder / 'set' / 'cat' / '2.png').write_bytes(b'no image')
    result, = run_json('evaluate', '--network', PAIR[0], '--images', folder / 'set', '--variant', 'scramble:4', '--output', folder / 'e.csv')
    expect(result['n_images'] == 2 and result['lacking'] == ['ufo'], result)
    expect(result['left_out'] == {'no_class': 0, 'lacking': 1, 'unreadable': 1}, result)
    rows = list(csv.DictReader(open(folder / 'e.csv')))
    expect([row['class'] for row in rows] == ['all', 'cat', 'dog'] and rows[0]['images'] == '2', rows)
    make_cues(folder / 'strange', ['ufo/1.png', 'yeti/1.png'])
    expect_failure(1, ['knows none', 'ufo'], 'evaluate', '--network', PAIR[0], '--images', folder / 'strange')
    expect_failure(1, ['have no classes'], 'evaluate', '--network', PAIR[0], '--images', folder / 'set' / 'ufo')
    expect_failure(1, ["'blurred'", 'scramble:N'], 'evaluate', '--network', PAIR[0], '--images', folder / 'set', '--variant', 'blurred')
    expect_failure(2, ['--images'], 'evaluate', '--network', PAIR[0])


def test_stylize(folder):
    make_cues(folder, ['a.png', 'b.png'])
    arguments = ['stylize', '--shape', folder / 'a.png', '--texture', folder / 'b.png', '--network', PAIR[1], '--steps', 4, '--seed', 3]
    record = run_json(*arguments, '--output', folder / 'x.png')
    expect(json.loads((folder / 'x.json').read_text()) == record, record)
    expect(record['steps'] == 4 and len(record['content_losses']) == len(record['style_losses']) == 5 and record['seed'] == 3, record)
    expect(record['content_losses'][4] < record['content_losses'][0], record)
    run_ok(*arguments, '--output', folder / 'y.png')
    expect((folder / 'x.png').read_bytes() == (folder / 'y.png').read_bytes(), 'not the same bytes')
    expect_failure(1, ['missing.png'], 'stylize', '--shape', folder / 'missing.png', *arguments[3:], '--output', folder / 'z.png')
    expect_failure(1, ['relu77'], *arguments, '--style-layer', 'relu77', '--output', folder / 'z.png')
    expect_failure(2, ['--shape'], 'stylize', '--network', PAIR[0], '--output', folder / 'z.png')
    expect(not (folder / 'z.png').exists() and not (folder / 'z.json').exists())


if __name__ == '__main__':
    sys.exit(main('shape-bias'))
