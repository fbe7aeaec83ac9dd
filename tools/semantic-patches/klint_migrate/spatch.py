# SPDX-License-Identifier: MIT
"""Run spatch on one text, away from the tree that it came from."""
import os
import subprocess
import tempfile

MACROS = os.path.join(os.path.dirname(__file__), 'macros.h')
SECONDS = 300


class SpatchError(Exception):
    """spatch could not do it; its own words."""


def _reason(done):
    lines = [x for x in done.stderr.decode('latin-1').splitlines()
             if x.strip() and not x.startswith(('init_defs', 'Warning:'))]
    return '\n'.join(lines[-4:]) or f'spatch ended with {done.returncode}'


def _run(args):
    try:
        done = subprocess.run(args, capture_output=True, timeout=SECONDS,
                              check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError as err:
        raise SpatchError('spatch is not installed '
                          '(Debian: coccinelle)') from err
    except subprocess.TimeoutExpired as err:
        raise SpatchError(f'spatch took longer than {SECONDS} s') from err
    if done.returncode:
        raise SpatchError(_reason(done))
    return done


def check_rule(rule):
    """SpatchError when @rule is no semantic patch."""
    try:
        _run(['spatch', '--parse-cocci', rule])
    except SpatchError as err:
        raise SpatchError(f'{rule}: {err}') from err


def apply(rule, data, name='file.c'):
    """The bytes @data after @rule.

    CRLF is taken away before and put back behind, for spatch would write
    added lines without it.
    """
    crlf = b'\r\n' in data
    with tempfile.TemporaryDirectory(prefix='klint-migrate.') as scratch:
        path = os.path.join(scratch, os.path.basename(name))
        with open(path, 'wb') as file:
            file.write(data.replace(b'\r\n', b'\n') if crlf else data)
        _run(['spatch', '--very-quiet', '--no-includes', '--no-show-diff',
              '--smpl-spacing', '--macro-file', MACROS, '--in-place',
              '--sp-file', rule, path])
        with open(path, 'rb') as file:
            new = file.read()
    return new.replace(b'\n', b'\r\n') if crlf else new
