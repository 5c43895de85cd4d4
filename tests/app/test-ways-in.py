#!/usr/bin/python3
"""The ways in: ./run and ./check, what is installed beside the program, and headers that compile alone.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import traceback
import xml.etree.ElementTree

ROOT = pathlib.Path(os.environ['FOVEA_SOURCE_ROOT'])
RESOURCES = ROOT / 'resources'
BUILD = pathlib.Path(os.environ['G_TEST_BUILDDIR']).parent  # where generated headers lie
APPLICATION = 'org.fovea.Fovea'

# What ./run itself calls; with these alone in PATH, sudo is out of sight.
TOOLS = ('bash', 'cat', 'dirname', 'env', 'grep', 'mktemp', 'readlink', 'rm')


class Skip(Exception):
    pass


def call(*command, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=100, **options)


def expect(condition, *details):
    if not condition:
        raise AssertionError(' '.join(str(detail) for detail in details))


def expect_success(result):
    expect(result.returncode == 0, result.args, 'ended with', result.returncode, result.stdout, result.stderr)


def need(program):
    if shutil.which(program) is None:
        raise Skip(f'{program} is not installed')


def write_script(path, text):
    path.write_text('#!/bin/bash\n' + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


class Sandbox:
    """A copy of ./run beside a project of one program, which prints its arguments, in a folder with
    a space in its name; dpkg-query, apt-get, sudo and id are played."""

    def __init__(self, folder, missing=(), user=0, sudo=True):
        self.folder = pathlib.Path(folder) / 'a folder'
        self.tools = pathlib.Path(folder) / 'tools'
        self.calls = pathlib.Path(folder) / 'calls'
        (self.folder / 'app').mkdir(parents=True)
        self.tools.mkdir()
        shutil.copy2(ROOT / 'run', self.folder)
        (self.folder / 'meson.build').write_text("project('sandbox', 'c')\nsubdir('app')\n")
        (self.folder / 'app' / 'meson.build').write_text("executable('fovea', 'main.c')\n")
        (self.folder / 'app' / 'main.c').write_text(
            '#include <stdio.h>\n'
            'int main (int argc, char **argv)\n'
            '{ for (int i = 1; i < argc; i++) printf ("<%s>", argv[i]); printf ("\\n"); return 0; }\n')

        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool))
        gone = '|'.join(missing) or '-'
        write_script(self.tools / 'dpkg-query', f'case ${{!#}} in\n'
                     f'  {gone}) echo -n " not-installed" ;;\n  unheard-of) exit 1 ;;\n  *) echo -n " installed" ;;\nesac\n')
        write_script(self.tools / 'apt-get', f'echo "apt-get $*" >> {shlex.quote(str(self.calls))}\n')
        write_script(self.tools / 'id', f'echo {user}\n')
        if sudo:
            write_script(self.tools / 'sudo', f'echo "sudo $*" >> {shlex.quote(str(self.calls))}\n'
                         '[[ $1 == -* ]] && exit $(( ${#2} > 0 ))\nexec "$@"\n')

    def run(self, *arguments, **environment):
        variables = {name: value for name, value in os.environ.items()
                     if name not in ('DISPLAY', 'WAYLAND_DISPLAY')}
        variables.update(environment, PATH=str(self.tools))
        return call(self.folder / 'run', *arguments, cwd='/', env=variables)

    def read_calls(self):
        return self.calls.read_text() if self.calls.exists() else ''


def test_run_help(folder):
    result = call(ROOT / 'run', '--help', cwd='/')
    expect_success(result)
    expect('--build-only' in result.stdout and result.stderr == '', result.stdout, result.stderr)


def test_run_usage(folder):
    for arguments in (['--nonsense'], ['visualize']):
        result = call(ROOT / 'run', *arguments)
        expect(result.returncode == 2, 'exit status', result.returncode)
        expect(f"'{arguments[0]}'" in result.stderr, result.stderr)


def test_run_builds_and_passes_arguments(folder):
    sandbox = Sandbox(folder)
    result = sandbox.run('--', 'networks', '--network', 'with a space', '')
    expect_success(result)
    expect(result.stdout == '<networks><--network><with a space><>\n', result.stdout)
    expect(sandbox.read_calls() == '', 'installed packages again:', sandbox.read_calls())

    again = sandbox.run('--', 'networks')
    expect_success(again)
    expect(again.stdout == '<networks>\n' and again.stderr == '', 'not quiet:', again.stdout, again.stderr)


def test_run_build_only(folder):
    sandbox = Sandbox(folder)
    result = sandbox.run('--build-only')
    expect_success(result)
    expect((sandbox.folder / 'build' / 'app' / 'fovea').exists(), 'nothing was built')
    expect(result.stdout == '', 'started the program:', result.stdout)


def test_run_window(folder):
    result = Sandbox(folder).run(DISPLAY=':99')
    expect_success(result)
    expect(result.stdout == '\n', 'arguments made up:', result.stdout)


def test_run_without_display(folder):
    result = Sandbox(folder).run()
    expect_success(result)
    expect('no display' in result.stderr, result.stderr)
    arguments = result.stdout.rstrip('\n')
    expect(arguments.startswith('<visualize>'), arguments)
    expect('<--network><alexnet-64-standard><--network><alexnet-64-robust>' in arguments, arguments)
    expect(arguments.endswith('/build/comparison.png>'), arguments)


def test_run_moved_folder(folder):
    sandbox = Sandbox(folder)
    expect_success(sandbox.run('--build-only'))
    moved = sandbox.folder.with_name('another folder')
    sandbox.folder.rename(moved)
    sandbox.folder = moved
    result = sandbox.run('--', 'here')
    expect_success(result)
    expect(result.stdout == '<here>\n', result.stdout)


def test_run_compiler_error(folder):
    sandbox = Sandbox(folder)
    (sandbox.folder / 'app' / 'main.c').write_text('int main (void) { return undeclared_name; }\n')
    result = sandbox.run('--build-only')
    expect(result.returncode == 1, 'exit status', result.returncode)
    expect('undeclared_name' in result.stderr, 'the compiler is not quoted:', result.stderr)


def test_run_installs_what_is_missing(folder):
    sandbox = Sandbox(folder, missing=('libfftw3-dev',), user=1000)
    expect_success(sandbox.run('--build-only', '--with', 'unheard-of', '--with', 'xauth'))
    installations = [line for line in sandbox.read_calls().splitlines() if line.startswith('apt-get install')]
    expect(len(installations) == 1, sandbox.read_calls())
    packages = [word for word in installations[0].split()[2:] if not word.startswith('--')]
    expect(packages == ['libfftw3-dev', 'unheard-of'], installations[0])
    expect('sudo -v' in sandbox.read_calls(), 'without sudo:', sandbox.read_calls())


def test_run_root_needs_no_sudo(folder):
    sandbox = Sandbox(folder, missing=('libpng-dev',), user=0)
    expect_success(sandbox.run('--build-only'))
    expect('apt-get install' in sandbox.read_calls() and 'sudo' not in sandbox.read_calls(), sandbox.read_calls())


def test_run_cannot_install(folder):
    sandbox = Sandbox(folder, missing=('libfftw3-dev', 'libpng-dev'), user=1000, sudo=False)
    result = sandbox.run('--build-only')
    expect(result.returncode == 1, 'exit status', result.returncode)
    expect('apt-get install libfftw3-dev libpng-dev' in result.stderr, result.stderr)
    expect(sandbox.read_calls() == '', sandbox.read_calls())


def find_dependencies(packages):
    """The packages and everything they depend on, as dpkg knows it; of alternatives those that are installed."""
    found, waiting = set(), list(packages)
    while waiting:
        package = waiting.pop()
        if package in found:
            continue
        found.add(package)
        fields = call('dpkg-query', '--show', '--showformat=${Depends}, ${Pre-Depends}', package)
        for name in fields.stdout.replace('|', ',').split(','):
            if name.strip():
                waiting.append(name.split()[0].partition(':')[0])
    return found


def test_run_names_every_library(folder):
    need('dpkg-query')
    text = (ROOT / 'run').read_text()
    packages = text[text.index('packages=(') + len('packages=('):text.index('\n)')].split()
    expect(len(packages) == len(set(packages)), 'named twice:', packages)

    wanted = set()
    for path in [ROOT / 'meson.build', *(ROOT / part / 'meson.build' for part in ('app', 'engine', 'ui'))]:
        wanted.update(re.findall(r"\bdependency\('([^']+)'", path.read_text()))
    wanted -= {'threads'}
    expect(len(wanted) > 5, 'found only', wanted)

    installed = find_dependencies(packages)
    for name in sorted(wanted):
        where = call('pkg-config', '--variable=pcfiledir', name)
        expect_success(where)
        file = pathlib.Path(where.stdout.strip(), f'{name}.pc').resolve()
        owner = call('dpkg-query', '--search', file)
        if owner.returncode != 0:
            raise Skip(f'{file} does not come from a Debian package')
        package = owner.stdout.partition(':')[0]
        expect(package in installed, f'./run does not install {package}, which has {name}.pc')


def test_check_usage(folder):
    result = call(ROOT / 'check', '--nonsense')
    expect(result.returncode == 2 and "'--nonsense'" in result.stderr, result.returncode, result.stderr)
    result = call(ROOT / 'check', '--help')
    expect_success(result)
    expect('--quick' in result.stdout, result.stdout)


def summarize(folder, programs, status=0):
    log = pathlib.Path(folder) / 'log.json'
    log.write_text(''.join(json.dumps(program) + '\n' for program in programs))
    result = call(sys.executable, ROOT / 'tests' / 'summarize.py', log, status)
    lines = result.stdout.splitlines()
    return result.returncode, lines[-1], lines[:-1]


def program(stdout, result='OK', returncode=0, **more):
    return dict(name='fovea:engine+quick / thing', stdout=stdout, result=result, returncode=returncode, duration=3.0, **more)


def test_summary_counts_single_tests(folder):
    status, last, rest = summarize(folder, [
        program('TAP version 13\n1..3\nok 1 /thing/a\nok 2 /thing/b # SKIP no PyTorch\n# a message\nok 3 /thing/c\n'),
        program('ok 1 /other/a\n1..1\n')])
    expect((status, last) == (0, '3 passed, 0 failed, 1 skipped'), status, last)
    expect(rest == ['SKIPPED thing /thing/b: no PyTorch'], rest)


def test_summary_names_failures(folder):
    status, last, rest = summarize(folder, [
        program('1..2\nok 1 /thing/a\n# thing.c:7: (1 == 2)\nnot ok 2 /thing/b\n', 'FAIL', 1)], 1)
    expect((status, last) == (1, '1 passed, 1 failed, 0 skipped'), status, last)
    expect(rest == ['FAILED  thing /thing/b: thing.c:7: (1 == 2)'], rest)


def test_summary_crash(folder):
    status, last, rest = summarize(folder, [
        program('1..2\nok 1 /thing/a\n', 'ERROR', -11, stderr='(test program exited with status code -11)')], 1)
    expect((status, last) == (1, '1 passed, 1 failed, 0 skipped'), status, last)
    expect('signal 11' in rest[0], rest)


def test_summary_time_limit(folder):
    status, last, rest = summarize(folder, [program('1..2\nok 1 /thing/a\n', 'TIMEOUT', -15)], 1)
    expect((status, last) == (1, '1 passed, 1 failed, 0 skipped'), status, last)
    expect('out of time' in rest[0], rest)


def test_summary_nothing_ran(folder):
    for programs, status in (([], 0), ([program('1..0\n', 'SKIP')], 0), ([program('')], 0)):
        code, last, rest = summarize(folder, programs, status)
        expect(code == 1 and last.startswith('0 passed, 1 failed'), programs, last, rest)
    result = call(sys.executable, ROOT / 'tests' / 'summarize.py', pathlib.Path(folder) / 'none.json', 0)
    expect(result.returncode == 1 and result.stdout.endswith('0 passed, 1 failed, 0 skipped\n'), result.stdout)


def test_shell_scripts(folder):
    need('shellcheck')
    result = call('shellcheck', ROOT / 'run', ROOT / 'check', ROOT / '.ci' / 'run')
    expect_success(result)


def test_desktop_file(folder):
    need('desktop-file-validate')
    result = call('desktop-file-validate', RESOURCES / f'{APPLICATION}.desktop')
    expect_success(result)
    expect(result.stdout == '', result.stdout)


def test_metainfo(folder):
    need('appstreamcli')
    path = RESOURCES / f'{APPLICATION}.metainfo.xml'
    expect_success(call('appstreamcli', 'validate', '--no-net', '--no-color', path))
    component = xml.etree.ElementTree.parse(path).getroot()
    expect(component.findtext('id') == APPLICATION, component.findtext('id'))
    expect(component.findtext('launchable') == f'{APPLICATION}.desktop', component.findtext('launchable'))
    version = component.find('releases/release').get('version')
    expect(f"version: '{version}'" in (ROOT / 'meson.build').read_text(), 'the newest release is', version)


def test_icons(folder):
    icons = RESOURCES / 'icons' / 'hicolor'
    for path, size in ((icons / 'scalable' / 'apps' / f'{APPLICATION}.svg', '128'),
                       (icons / 'symbolic' / 'apps' / f'{APPLICATION}-symbolic.svg', '16')):
        image = xml.etree.ElementTree.parse(path).getroot()
        expect((image.get('width'), image.get('height')) == (size, size), path, image.attrib)


def test_headers_compile_alone(folder):
    compiler = shutil.which('cc') or shutil.which('gcc')
    flags = call('pkg-config', '--cflags', 'libadwaita-1', 'gtk4', 'json-glib-1.0', 'gio-unix-2.0', 'libprotobuf-c')
    expect_success(flags)
    headers = sorted(path for part in ('engine', 'ui', 'app') for path in (ROOT / part).rglob('*.h'))
    expect(len(headers) > 10, 'found only', headers)

    def check(header):
        return header, call(compiler, '-std=gnu17', '-D_GNU_SOURCE', '-fsyntax-only', '-Wall', '-I', ROOT, '-I', BUILD,
                            *flags.stdout.split(), '-include', header, '-x', 'c', '/dev/null')

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        for header, result in threads.map(check, headers):
            expect(result.returncode == 0 and result.stderr == '', header, result.stderr)


def main():
    tests = [(name[len('test_'):].replace('_', '-'), function)
             for name, function in globals().items() if name.startswith('test_')]
    print('TAP version 13', f'1..{len(tests)}', sep='\n')
    failed = False
    for number, (name, function) in enumerate(tests, 1):
        try:
            with tempfile.TemporaryDirectory(prefix='fovea-ways-in.') as folder:
                function(folder)
            print(f'ok {number} /ways-in/{name}')
        except Skip as reason:
            print(f'ok {number} /ways-in/{name} # SKIP {reason}')
        except Exception:
            failed = True
            print(*('# ' + line for line in traceback.format_exc().splitlines()), sep='\n')
            print(f'not ok {number} /ways-in/{name}')
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
