# SPDX-License-Identifier: MIT
"""The command `klint-migrate`."""
import argparse
import difflib
import os
import sys

from . import catalogue, driver, git, spatch

CLEAN, FINDINGS, TROUBLE = 0, 1, 2
CATALOGUE = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), 'catalogue')


class Misuse(Exception):
    """The command was called in a way that cannot be carried out."""


def parser():
    """The options."""
    out = argparse.ArgumentParser(
        prog='klint-migrate', allow_abbrev=False,
        description='Move kernel code from one kernel version to another.')
    out.add_argument('paths', nargs='*', metavar='PATH')
    out.add_argument('--from', dest='first', metavar='VERSION')
    out.add_argument('--to', dest='last', metavar='VERSION')
    out.add_argument('--id', action='append', default=[], metavar='ID',
                     help='run this migration only; may be repeated')
    out.add_argument('--backport', action='store_true',
                     help='towards the older version')
    out.add_argument('--list', action='store_true')
    out.add_argument('--explain', metavar='ID')
    out.add_argument('--check', action='store_true',
                     help='write nothing; exit with 1 if there is work')
    out.add_argument('--patch-out', metavar='DIR',
                     help='write a patch a file into DIR, change nothing')
    out.add_argument('--commit', action='store_true',
                     help='one git commit a migration')
    out.add_argument('--fail-on', choices=['residue'])
    out.add_argument('--catalogue', default=CATALOGUE, metavar='DIR')
    out.add_argument('-j', '--jobs', type=int, default=os.cpu_count())
    out.add_argument('-q', '--quiet', action='store_true')
    return out


def find(items, ident):
    """The migration that is called @ident."""
    for item in items:
        if item.ident == ident:
            return item
    raise Misuse(f"there is no migration '{ident}'; --list lists them")


def _by_version(items, args):
    if not (args.first and args.last):
        raise Misuse('give --from and --to, or --id')
    first, last = (catalogue.version(x) for x in (args.first, args.last))
    if args.backport:
        if last >= first:
            raise Misuse('--backport goes from the newer to the older version')
        return [m for m in reversed(items)
                if m.goes_back() and last < catalogue.version(m.since) <= first]
    if first >= last:
        raise Misuse('--from is not older than --to; is --backport meant?')
    return [m for m in items if m.needed(first, last)]


def choose(items, args):
    """The migrations that the options ask for, in order."""
    if not args.id:
        return _by_version(items, args)
    chosen = [find(items, ident) for ident in args.id]
    for item in chosen if args.backport else []:
        if not item.goes_back():
            raise Misuse(f'{item.ident} cannot be undone')
    return [m for m in items if m in chosen]


def explain(item):
    """All that is known of one migration."""
    print(f'{item.ident}: {item.title}\n'
          f'possible since {item.since}, '
          + (f'needed since {item.until}' if item.until
             else 'the old form still exists')
          + f'; {item.safety}'
          + ('; can be undone' if item.goes_back() else '')
          + f'\nupstream: "{item.upstream}"')
    if item.note:
        print(item.note)
    with open(item.rule(), encoding='utf-8') as file:
        print('\n' + file.read(), end='')


def _diff(path, before, after):
    name = os.path.relpath(path).lstrip('./')
    return ''.join(
        x if x.endswith('\n') else x + '\n\\ No newline at end of file\n'
        for x in difflib.unified_diff(
            before.decode('latin-1').splitlines(True),
            after.decode('latin-1').splitlines(True),
            f'a/{name}', f'b/{name}'))


def write_patches(folder, results):
    """A patch a file; the tree stays as it is."""
    os.makedirs(folder, exist_ok=True)
    for result in results:
        name = os.path.relpath(result.path).lstrip('./').replace('/', '-')
        with open(os.path.join(folder, name + '.patch'), 'wb') as file:
            file.write(_diff(result.path, result.before,
                             result.after).encode('latin-1'))


def clean_tree(paths):
    """The git work tree of @paths; refuse when there are changes in it."""
    tree = git.top(paths[0])
    changed = git.changes(tree)
    if changed:
        raise Misuse(f'{tree}: {len(changed)} uncommitted change(s); '
                     'commit or stash them before --commit')
    return tree


def write_commits(tree, results, chosen, backward):
    """Each migration's own step of each file, and a commit behind it."""
    now = {r.path: r.before for r in results}
    steps = {r.path: list(r.steps) for r in results}
    while any(steps.values()):
        for item in chosen:
            files = [p for p, s in steps.items() if s and s[0][0] is item]
            for path in files:
                now[path] = steps[path].pop(0)[1]
                driver.write(path, now[path])
            if files:
                git.commit(tree, files, item, backward)


def _progress(quiet):
    if quiet or not sys.stderr.isatty():
        return None
    return lambda n, all_: print(f'\r{n} of {all_} files', end='',
                                 file=sys.stderr, flush=True)


def put(args, results, chosen, tree):
    """Write the results the way that was asked for."""
    if args.check:
        return
    if args.patch_out:
        write_patches(args.patch_out, results)
    elif tree:
        write_commits(tree, results, chosen, args.backport)
    else:
        for result in results:
            driver.write(result.path, result.after)


def report(args, results):
    """The lines for people and the exit status."""
    changed = [r for r in results if r.changed()]
    left = [x for r in results for x in r.left]
    errors = [r.error for r in results if r.error]
    for result in changed:
        ids = dict.fromkeys(m.ident for m, _ in result.steps)
        if not args.quiet:
            print(f'{result.path}: {", ".join(ids)}')
    for line in left:
        print(line)
    for line in errors:
        print(f'klint-migrate: {line}', file=sys.stderr)
    print(f'{len(results)} files, {len(changed)} '
          f'{"would change" if args.check or args.patch_out else "changed"}, '
          f'{len(left)} sites left, {len(errors)} errors')
    if errors:
        return TROUBLE
    if (args.check and changed) or (args.fail_on and left):
        return FINDINGS
    return CLEAN


def run(args):
    """What main() does, without the handling of mistakes."""
    items = catalogue.load(args.catalogue)
    if args.list:
        for item in items:
            print(f'{item.ident:24} {item.since:>5} {item.until or "-":>5} '
                  f'{item.safety:7} {item.title}')
        return CLEAN
    if args.explain:
        explain(find(items, args.explain))
        return CLEAN
    if not args.paths:
        raise Misuse('name files or directories')
    chosen = choose(items, args)
    for item in chosen:
        spatch.check_rule(item.rule(args.backport))
    tree = clean_tree(args.paths) if args.commit else None
    results = list(driver.migrate(driver.find_files(args.paths), chosen,
                                  max(1, args.jobs), args.backport,
                                  _progress(args.quiet)))
    put(args, [r for r in results if r.changed()], chosen, tree)
    return report(args, results)


def main(argv=None):
    """The exit status: 0 done, 1 findings, 2 could not."""
    args = parser().parse_args(argv)
    try:
        return run(args)
    except KeyboardInterrupt:
        print('\nklint-migrate: interrupted; every file is either as it was '
              'or wholly converted, run it again to go on', file=sys.stderr)
        return 130
    except (Misuse, ValueError, OSError, catalogue.CatalogueError,
            git.GitError, spatch.SpatchError) as err:
        print(f'klint-migrate: {err}', file=sys.stderr)
        return TROUBLE
