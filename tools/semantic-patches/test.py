#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every migration against its tests: tests/NAME.c becomes tests/NAME.res.

A rule that can be undone must also bring NAME.res back to NAME.c; a second
run must change nothing.  Arguments are ids; without any, all are run.
"""
import glob
import os
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from klint_migrate import catalogue, ctext, spatch  # noqa: E402


def _read(path):
    with open(path, 'rb') as file:
        return file.read()


def _differ(got, wanted):
    """Where two texts differ, by tokens; '' when they do not."""
    got = ctext.tokens(got.decode('latin-1'))
    wanted = ctext.tokens(wanted.decode('latin-1'))
    if got == wanted:
        return ''
    at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b),
              min(len(got), len(wanted)))
    return (f'at token {at}: got {" ".join(got[at:at + 12])!r}, '
            f'not {" ".join(wanted[at:at + 12])!r}')


def _forward(item, old, new):
    got = spatch.apply(item.rule(), old)
    return (_differ(got, new)
            or _differ(spatch.apply(item.rule(), got), got)
            or ('' if old == new or
                ctext.words(old.decode('latin-1')) & set(item.tokens)
                else 'the prefilter leaves the file out'))


def cases(item):
    """(name, function) for each test of a migration."""
    for path in sorted(glob.glob(os.path.join(item.folder, 'tests', '*.c'))):
        old, new = _read(path), _read(path[:-2] + '.res')
        name = f'{item.ident}/{os.path.basename(path)[:-2]}'
        yield name, lambda old=old, new=new: _forward(item, old, new)
        if item.goes_back() and old != new:
            yield name + ' back', lambda old=old, new=new: _differ(
                spatch.apply(item.rule(True), new), old)


def _run(case):
    try:
        return case[0], case[1]()
    except (spatch.SpatchError, OSError) as err:
        return case[0], str(err)


def main():
    """Run them; the status says whether all passed."""
    try:
        items = catalogue.load(os.path.join(HERE, 'catalogue'))
    except catalogue.CatalogueError as err:
        print(err)
        return 1
    wanted = set(sys.argv[1:])
    chosen = [m for m in items if not wanted or m.ident in wanted]
    failed, todo = 0, [c for m in chosen for c in cases(m)]
    for item in chosen:
        if not glob.glob(os.path.join(item.folder, 'tests', '*.c')):
            todo.append((item.ident, lambda: 'has no tests'))
    with ThreadPoolExecutor(2) as pool:
        for name, wrong in pool.map(_run, todo):
            if wrong:
                failed += 1
                print(f'FAIL {name}: {wrong}')
    print(f'{len(todo) - failed} passed, {failed} failed')
    return 1 if failed or not todo else 0


if __name__ == '__main__':
    sys.exit(main())
