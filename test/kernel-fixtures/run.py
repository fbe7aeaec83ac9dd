#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare what klint finds in the kernel fixtures with what they expect.

    run.py [--klint PROG] [--kernel DIR] [--rt] [LINT | LINT/CASE.c]...

klint reads each directory as a module, through the kernel's own build.  An
expectation is a comment at the end of the line on which the finding stands:

    /* EXPECT: LINT */          klint must say so
    /* EXPECT-MISS: LINT */     klint should and does not: a known miss
    /* EXPECT-FALSE: LINT */    klint should not and does: a known false positive

A file passes when the findings are exactly those.  rt-wait-context is always
judged with --rt, the other directories only when it is given; a lint that klint
runs by its name only is judged alone, with --only.  Exit 0: all passed; 1: some
failed; 2: klint could not be asked.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECTATION = re.compile(r'/\* (EXPECT(?:-MISS|-FALSE)?): ([a-z0-9, -]+?) \*/\s*$')
LOOKS_LIKE_ONE = re.compile(r'\bEXPECT\b')
NOT_ANALYSED = re.compile(r'klint: not analysed: (.+?\.c): (.*)')
RT_LINT = 'rt-wait-context'
OPT_IN_LINTS = ('pin-moved', 'refcount-atomic', 'refcount-init')


def die(text):
    print(f'run.py: {text}', file=sys.stderr)
    sys.exit(2)


def read_expectations(path):
    """Return {(line, lint): kind} of one fixture."""
    expected = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = EXPECTATION.search(line)
        if match:
            for lint in match[2].split(','):
                expected[number, lint.strip()] = match[1]
        elif LOOKS_LIKE_ONE.search(line):
            die(f'{path}:{number}: not "/* EXPECT: LINT */" at the end of the line')
    return expected


def check_name(path, expected):
    """A bad one expects something, the others nothing but known falsehoods."""
    falsehoods = 'EXPECT-FALSE' in expected.values()
    kinds = set(expected.values()) - {'EXPECT-FALSE'}
    if path.stem.endswith('-bad') and not kinds:
        die(f'{path}: a -bad case without EXPECT')
    if path.stem.endswith(('-ok', '-false')) and kinds:
        die(f'{path}: correct code with {sorted(kinds)[0]}')
    if path.stem.endswith('-false') and not falsehoods:
        die(f'{path}: a -false case without EXPECT-FALSE; if klint is silent at last, '
            'make it -ok')
    if not path.stem.endswith(('-bad', '-ok', '-false')):
        die(f'{path}: the name ends neither in -bad, -ok nor -false')


def sources(directory):
    return sorted(p for p in directory.glob('*.c') if not p.name.endswith('.mod.c'))


def all_lints():
    return sorted(p.parent.name for p in HERE.glob('*/Kbuild'))


def check_unique(lints):
    """Module names are global in a kernel."""
    seen = Counter(p.name for lint in lints for p in sources(HERE / lint))
    twice = sorted(name for name, n in seen.items() if n > 1)
    if twice:
        die(f'case names that are used twice: {", ".join(twice)}')


def kernel_version(kernel):
    header = Path(kernel) / 'include/generated/utsrelease.h'
    try:
        match = re.search(r'UTS_RELEASE "(\d+)\.(\d+)', header.read_text())
    except OSError as error:
        die(f'{error}: is {kernel} a kernel build directory?')
    return (int(match[1]), int(match[2])) if match else (0, 0)


def is_built(path, kernel):
    """As cases.mk has it: guards from 6.5 on."""
    if not kernel or kernel_version(kernel) >= (6, 5):
        return True
    return '<linux/cleanup.h>' not in path.read_text()


def how_judged(options, path):
    """The options by which klint looks at a fixture."""
    lint = path.parent.name
    how = ('--rt',) if options.rt or lint == RT_LINT else ()
    return how + ((f'--only={lint}',) if lint in OPT_IN_LINTS else ())


def ask(options, directories, how):
    """Run klint over @directories; return its report and {path: why not}."""
    command = [options.klint, 'check', '--format=json', '--fail-on=never', *how]
    if options.kernel:
        command.append(f'--kernel={options.kernel}')
    command += [str(d) for d in directories]
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    except OSError as error:
        die(f'{options.klint}: {error.strerror}; build klint first, or name it with --klint')
    failed = {(HERE / m[1]).resolve(): m[2]
              for m in map(NOT_ANALYSED.match, done.stderr.splitlines()) if m}
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = None
    if report is None or (done.returncode not in (0, 1) and not failed):
        sys.stderr.write(done.stderr)
        die(f'{" ".join(command)}: exit status {done.returncode}')
    return report, failed


def by_file(items):
    """Group findings or gaps by the fixture in which they stand."""
    grouped = {}
    for item in items:
        grouped.setdefault((HERE / item['file']).resolve(), []).append(item)
    return grouped


def compare(name, expected, findings):
    """Return what differs, a line of text each."""
    wrong = []
    found = {(f['line'], f['lint']): f for f in findings}
    for (line, lint), kind in sorted(expected.items()):
        here = (line, lint) in found
        if kind == 'EXPECT' and not here:
            wrong.append(f'{name}:{line}: missing: {lint}')
        elif kind == 'EXPECT-MISS' and here:
            wrong.append(f'{name}:{line}: found at last, make it EXPECT: {lint}')
        elif kind == 'EXPECT-FALSE' and not here:
            wrong.append(f'{name}:{line}: false no longer, remove EXPECT-FALSE: {lint}')
    for place, finding in sorted(found.items()):
        if place not in expected:
            wrong.append(f'{name}:{place[0]}: unexpected: {finding["message"]} [{place[1]}]')
    return wrong


class Tally:
    """What all the files came to."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.kinds = Counter()

    def add(self, wrong, expected):
        self.kinds.update(expected.values())
        self.passed += not wrong
        self.failed += bool(wrong)
        for line in wrong:
            print(line)

    def close(self):
        known = []
        for kind, what in (('EXPECT-MISS', 'known misses'),
                           ('EXPECT-FALSE', 'known false positives')):
            if self.kinds[kind]:
                known.append(f'{self.kinds[kind]} {what}')
        if self.skipped:
            known.append(f'{self.skipped} not for this kernel')
        tail = f' ({", ".join(known)})' if known else ''
        print(f'{self.passed} passed, {self.failed} failed{tail}')
        return 1 if self.failed else 0


def judge(options, files, how, tally):
    """Ask klint about @files and add the verdicts to @tally."""
    directories = sorted({path.parent for path in files})
    report, failed = ask(options, directories, how)
    findings, gaps = by_file(report['findings']), by_file(report['gaps'])
    for path in files:
        name = path.relative_to(HERE)
        expected = read_expectations(path)
        wrong = compare(name, expected, findings.get(path, []))
        if path in failed:
            wrong = [f'{name}: not analysed: {failed[path]}']
        wrong += [f'{name}:{g["line"]}: {g["function"]}() not analysed: {g["why"]}'
                  for g in gaps.get(path, [])]
        tally.add(wrong, expected)
    elsewhere = [f for path, fs in findings.items() if path.parent not in directories
                 for f in fs]
    if elsewhere:
        tally.add([f'{f["file"]}:{f["line"]}: unexpected: {f["message"]} [{f["lint"]}]'
                   for f in elsewhere], {})


def choose(names):
    """The fixtures that the command line names; all of them when it names none."""
    files = []
    for name in names or all_lints():
        path = ((HERE / name) if (HERE / name).exists() else Path(name)).resolve()
        chosen = sources(path) if path.is_dir() else [path]
        if not chosen or not all(p.is_file() and p.parent.parent == HERE for p in chosen):
            die(f'{name}: neither a lint with fixtures nor a fixture; there are '
                f'{", ".join(all_lints())}')
        files += chosen
    return files


def parse_options():
    parser = argparse.ArgumentParser(
        description='Compare what klint finds in the kernel fixtures with what they expect.')
    default = os.environ.get('KLINT') or HERE.parents[1] / 'build/bin/klint'
    parser.add_argument('--klint', default=str(default),
                        help='the program (default: KLINT, else build/bin/klint)')
    parser.add_argument('--kernel', metavar='DIR', help='kernel build directory')
    parser.add_argument('--rt', action='store_true', help='judge every lint for PREEMPT_RT too')
    parser.add_argument('cases', nargs='*', metavar='LINT | LINT/CASE.c')
    options = parser.parse_args()
    if os.sep in options.klint:
        options.klint = os.path.abspath(options.klint)
    return options


def main():
    options = parse_options()
    check_unique(all_lints())
    tally = Tally()
    files = {}
    for path in choose(options.cases):
        check_name(path, read_expectations(path))
        if is_built(path, options.kernel):
            files.setdefault(how_judged(options, path), []).append(path)
        else:
            tally.skipped += 1
    for how, chosen in files.items():
        judge(options, chosen, how, tally)
    return tally.close()


if __name__ == '__main__':
    sys.exit(main())
