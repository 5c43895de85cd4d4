"""Counts the single tests in the log of `meson test`, and names those that failed or were skipped.

Usage: summarize.py LOG STATUS

LOG is the file of JSON lines that meson wrote, STATUS the exit status of `meson test`. The last line
printed is "N passed, N failed, N skipped"; the exit status is 0 if something passed and nothing failed.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import json
import re
import sys

RESULT = re.compile(r'^(?P<outcome>ok|not ok)\b(?:\s+\d+)?(?:\s+-)?\s*(?P<name>[^#]*)(?:#\s*(?P<directive>.*))?$')
PLAN = re.compile(r'^1\.\.(?P<count>\d+)(?:\s*#\s*skip\S*\s*(?P<reason>.*))?', re.IGNORECASE)
DIRECTIVE = re.compile(r'^(?P<kind>skip|todo)\S*\s*(?P<reason>.*)', re.IGNORECASE)


def split_program(program):
    """Returns (passed, failed, skipped) of one test program: a list of names, two of (name, reason)."""
    name = program['name'].rpartition(' / ')[2]
    passed, failed, skipped = [], [], []
    diagnostics = []
    for line in (program.get('stdout') or '').splitlines():
        result = RESULT.match(line)
        plan = PLAN.match(line)
        if result:
            test = f'{name} {result["name"].strip()}'.rstrip()
            directive = DIRECTIVE.match(result['directive'] or '')
            if directive:
                skipped.append((test, directive['reason'] or directive['kind'].lower()))
            elif result['outcome'] == 'ok':
                passed.append(test)
            else:
                failed.append((test, ' '.join(diagnostics[-3:])))
            diagnostics = []
        elif plan and plan['count'] == '0' and plan['reason']:
            skipped.append((name, plan['reason']))
        elif line.startswith('# '):
            diagnostics.append(line[2:].strip())
        elif line.startswith('Bail out!'):
            failed.append((name, line[len('Bail out!'):].strip()))

    # Crashes, time limits and broken output show in the program's result alone.
    if not failed and program['result'] not in ('OK', 'SKIP'):
        failed.append((name, describe_end(program)))
    elif not passed and not failed and not skipped:
        failed.append((name, 'ran no test'))
    return passed, failed, skipped


def describe_end(program):
    """Says how a program ended that reported no failed test and yet did not succeed."""
    if program['result'] == 'TIMEOUT':
        return f'ran out of time after {program["duration"]:.0f} s'
    code = program['returncode']
    how = f'killed by signal {-code}' if code < 0 else f'exit status {code}'
    lines = [line for line in (program.get('stderr') or '').splitlines() if line.strip()]
    return ': '.join([how] + [line.strip() for line in lines[-3:]])


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    passed, failed, skipped = [], [], []
    try:
        with open(path, encoding='utf-8') as log:
            programs = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as error:
        programs = []
        failed.append(('meson test', f'its log cannot be read: {error}'))

    for program in programs:
        for total, part in zip((passed, failed, skipped), split_program(program)):
            total.extend(part)
    if not failed and status != 0:
        failed.append(('meson test', f'exit status {status}'))
    if not failed and not passed:
        failed.append(('meson test', 'no test passed'))

    for name, reason in skipped:
        print(f'SKIPPED {name}: {reason}')
    for name, reason in failed:
        print(f'FAILED  {name}: {reason}' if reason else f'FAILED  {name}')
    print(f'{len(passed)} passed, {len(failed)} failed, {len(skipped)} skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
