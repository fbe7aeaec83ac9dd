# SPDX-License-Identifier: MIT
"""One commit for each migration."""
import os
import subprocess


class GitError(Exception):
    """git's own words."""


def _git(folder, *args):
    done = subprocess.run(('git', '-C', folder) + args, capture_output=True,
                          text=True, errors='replace', check=False)
    if done.returncode:
        raise GitError(done.stderr.strip() or f'git {args[0]} failed')
    return done.stdout


def top(path):
    """The work tree that @path is in."""
    folder = path if os.path.isdir(path) else os.path.dirname(path) or '.'
    return _git(folder, 'rev-parse', '--show-toplevel').strip()


def changes(tree):
    """What differs from HEAD in files that git knows, as lines."""
    return _git(tree, 'status', '--porcelain', '-uno').splitlines()


def commit(tree, files, item, backward):
    """Commit @files with a message that says what @item does and why."""
    name = os.path.basename(os.path.dirname(os.path.realpath(files[0])))
    if backward:
        why = (f'Linux before {item.since} does not have the new form; go '
               'back to the one that it has.')
    else:
        gone = f' The old one is not in\n{item.until} any more.' \
            if item.until else ''
        why = (f'The new form exists since Linux {item.since}.{gone}\n\n'
               f'Upstream: "{item.upstream}".')
    prefix = 'go back from ' if backward else 'use '
    message = (f'{name}: {prefix}{item.title}\n\n{why}\n\n'
               f'Converted by the semantic patch {item.ident}.\n')
    paths = [os.path.realpath(f) for f in files]
    _git(tree, 'add', '--', *paths)
    _git(tree, 'commit', '-q', '-m', message, '--', *paths)
