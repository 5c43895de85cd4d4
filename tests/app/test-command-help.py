#!/usr/bin/python3
"""What explains the command line: --help, the manual, bash completion. They name the same things.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from command_line import PAIR, PROGRAM, ROOT, Skip, expect, expect_failure, main, run_fovea, run_ok

# In the order of --help, one a line.
COMMANDS = [
    'networks',
    'layers',
    'classify',
    'activations',
    'gradient',
    'visualize',
    'figure',
    'dissect',
    'evaluate',
    'shape-bias',
    'stylize',
    'filters',
    'smoothness',
    'attack',
    'images',
    'patches',
    'scan',
    'report',
    'match',
    'benchmark',
    'convert',
]
MANUAL = ROOT / 'resources' / 'fovea.1'
COMPLETION = ROOT / 'resources' / 'completions' / 'fovea'


def get_options(text):
    return set(re.findall(r'--[a-z][a-z0-9-]*', text))


def get_listed_options(command):
    """Those that the help lists in its columns, examples left out."""
    lines = run_ok(command, '--help').splitlines()
    return {option for line in lines if re.match(r'  (-\w, )?--', line) for option in re.findall(r'^  (?:-\w, )?(--[a-z][a-z0-9-]*)', line)}


def get_documented_options(section):
    return get_options('\n'.join(line for line in section.splitlines() if line.startswith(('.BR', '.B ', '.RB'))))


def get_shared_options():
    """Those that every command has that opens networks."""
    text = MANUAL.read_text().replace('\\-', '-')
    return get_documented_options(text.split('.SS What options say about networks')[1].split('.SH COMMANDS')[0])


def get_manual_sections():
    text = MANUAL.read_text().replace('\\-', '-').split('.SH COMMANDS')[1]
    parts = re.split(r'^\.SS fovea ([\w-]+).*$', text.split('.SH OPTIONS')[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def test_help_lists_the_commands(folder):
    for option in ('--help', '-h'):
        text = run_ok(option)
        expect(re.findall(r'^  ([a-z][a-z-]*)  +[A-Z]', text.split('Commands:')[1], flags=re.MULTILINE) == COMMANDS, text)


def test_version(folder):
    version = re.search(r"version: '([^']+)'", (ROOT / 'meson.build').read_text()).group(1)
    expect(run_ok('--version') == f'fovea {version}\n', run_ok('--version'))


def test_help_of_every_command(folder):
    for command in COMMANDS:
        text = run_ok(command, '--help')
        expect(text.startswith(f'Usage:\n  fovea {command} [OPTION…]'), text)
        expect(re.search(r'^Examples?:\n  fovea ' + command, text, flags=re.MULTILINE), command, 'has no example')
        # It does so wherever --help stands, and whatever else is wrong.
        expect(run_fovea(command, '--help', '--network').stdout == text, command)


def test_examples_use_what_exists(folder):
    for command in COMMANDS:
        text = run_ok(command, '--help')
        examples = text[text.index('Example'):]
        expect(get_options(examples) <= get_listed_options(command), command, examples)
        for name in re.findall(r'alexnet-\S+', examples):
            expect(name in PAIR, name)


def test_unknown_commands(folder):
    for name in ('frobnicate', 'network', 'patch', ''):
        expect_failure(2, [f"'{name}'", 'fovea --help'], name)


def test_window_without_display(folder):
    expect_failure(1, ['display', 'fovea --help'])


def test_manual_names_every_command_and_option(folder):
    sections = get_manual_sections()
    shared = get_shared_options()
    expect(shared == {'--architecture', '--labels', '--mean', '--std', '--input'}, shared)
    expect(sorted(sections) == sorted(COMMANDS), sections.keys())
    for command in COMMANDS:
        listed = get_listed_options(command) - {'--help'}
        documented = get_documented_options(sections[command])
        if listed & ({'--network'} | shared):
            documented |= shared
        documented |= {'--json'} if '--json' in sections[command] else set()
        expect(documented == listed, command, 'manual and help differ in', documented ^ listed)


def test_manual_is_well_formed(folder):
    if shutil.which('man') is None or shutil.which('groff') is None:
        raise Skip('man is not installed')
    result = subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', MANUAL], capture_output=True, text=True,
                            env={**os.environ, 'MANWIDTH': '80', 'LC_ALL': 'C.UTF-8'}, timeout=60)
    expect(result.returncode == 0 and result.stderr == '', result.stderr)
    text = re.sub('.\b', '', result.stdout)
    for words in ('NAME\n       fovea - look inside', 'EXIT STATUS', 'fovea visualize --network NETWORK'):
        expect(words in text, words, 'is not in the page')


def complete(folder, *words, last=''):
    """What bash offers for the last word."""
    binaries = folder / 'bin'
    binaries.mkdir(exist_ok=True)
    if not (binaries / 'fovea').exists():
        (binaries / 'fovea').symlink_to(pathlib.Path(PROGRAM).resolve())
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fovea; printf "%s\\n" "${COMPREPLY[@]}"'
    env = {**os.environ, 'PATH': f'{binaries}:{os.environ["PATH"]}', 'XDG_DATA_HOME': str(folder / 'data'), 'LC_ALL': 'C.UTF-8'}
    result = subprocess.run(['bash', '--norc', '-c', script, 'bash', COMPLETION, 'fovea', *words, last], capture_output=True, text=True,
                            cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=60)
    expect(result.returncode == 0 and result.stderr == '', result.stderr)
    return sorted(line for line in result.stdout.split('\n') if line)


def test_completion_of_commands(folder):
    expect(complete(folder) == sorted(COMMANDS + ['--help', '--version']), complete(folder))
    expect(complete(folder, last='c') == ['classify', 'convert'], complete(folder, last='c'))


def test_completion_of_options(folder):
    for command in COMMANDS:
        expect(set(complete(folder, command, last='--')) == get_listed_options(command) | {'--help'}, command)
    expect(complete(folder, 'visualize', last='--st') == ['--start', '--std', '--steps'], complete(folder, 'visualize', last='--st'))


def test_completion_of_values(folder):
    (folder / 'my network.safetensors').write_text('')
    expect(complete(folder, 'layers', '--network', last='alex') == sorted(PAIR))
    expect(complete(folder, 'layers', '--network', '=', last='alex') == sorted(PAIR))
    expect('my network.safetensors' in complete(folder, 'layers', '-n', last='my'))
    expect(complete(folder, 'activations', '--network', PAIR[0], '--layer', last='conv') == [f'conv{i}' for i in range(1, 6)])
    expect(complete(folder, 'gradient', '--network', '=', PAIR[0], '--neuron', last='bn') == [f'bn{i}:' for i in range(1, 6)])
    expect(complete(folder, 'classify', last='my') == ['my network.safetensors'])


def test_completion_of_choices(folder):
    """Every word that is offered is one that the program knows."""
    for option, choices in (('--preset', 3), ('--objective', 4), ('--parameterization', 2), ('--color', 2), ('--optimizer', 2)):
        offered = complete(folder, 'visualize', option)
        expect(len(offered) == choices, option, offered)
        for word in offered:
            expect_failure(1, ['nobody'], 'visualize', option, word, '--network', 'nobody', '--neuron', 'a:0', '--output', folder / 'figure.png')


def test_completion_script(folder):
    if shutil.which('shellcheck') is None:
        raise Skip('shellcheck is not installed')
    result = subprocess.run(['shellcheck', '--shell=bash', COMPLETION], capture_output=True, text=True, timeout=60)
    expect(result.returncode == 0, result.stdout)


if __name__ == '__main__':
    sys.exit(main('command-help'))
