# SPDX-License-Identifier: MIT
"""Take files through the migrations until nothing changes any more."""
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from . import ctext, spatch
from .residue import residue

ROUNDS = 8
SUFFIXES = ('.c', '.h')


@dataclass
class Result:
    """What became of one file."""
    path: str
    before: bytes = b''
    after: bytes = b''
    steps: list = field(default_factory=list)   # (migration, bytes)
    left: list = field(default_factory=list)
    error: str = ''

    def changed(self):
        """Whether there is something to write."""
        return not self.error and self.before != self.after


def find_files(paths):
    """The C files of @paths, each once, in order."""
    def unreadable(err):
        raise err

    found = []
    for path in paths:
        if os.path.isfile(path):
            found.append(path)
            continue
        if not os.path.isdir(path):
            raise FileNotFoundError(f'{path}: no such file or directory')
        for folder, subs, names in os.walk(path, onerror=unreadable):
            subs[:] = sorted(x for x in subs if not x.startswith('.'))
            found += [os.path.join(folder, n) for n in sorted(names)
                      if n.endswith(SUFFIXES) and not n.endswith('.mod.c')]
    if not found:
        raise FileNotFoundError(f'no C files in {" ".join(paths)}')
    return list(dict.fromkeys(found))


def _round(result, data, chosen, backward):
    for item in chosen:
        if not ctext.words(data.decode('latin-1')) & set(item.tokens):
            continue
        new = spatch.apply(item.rule(backward), data,
                           os.path.basename(result.path))
        if new != data:
            result.steps.append((item, new))
            data = new
    return data


def migrate_file(path, chosen, backward=False):
    """What @chosen make of the file; the file itself is only read."""
    result = Result(path)
    try:
        with open(path, 'rb') as file:
            result.before = data = file.read()
        for _ in range(ROUNDS):
            new = _round(result, data, chosen, backward)
            if new == data:
                break
            data = new
        else:
            result.error = f'{path}: still changes after {ROUNDS} rounds'
        result.after = data
        if not backward:
            result.left = residue(path, data.decode('latin-1'), chosen)
    except OSError as err:
        result.error = f'{path}: {err.strerror}'
    except spatch.SpatchError as err:
        result.error = f'{path}: {err}'
    return result


def migrate(paths, chosen, jobs, backward=False, seen=None):
    """A Result for each file, in the order of @paths."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(migrate_file, p, chosen, backward)
                   for p in paths]
        try:
            for n, future in enumerate(futures, 1):
                yield future.result()
                if seen:
                    seen(n, len(futures))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def write(path, data):
    """Put @data in @path's place in one step: the old file or the new one."""
    real = os.path.realpath(path)
    mode = os.stat(real).st_mode & 0o7777
    if not os.access(real, os.W_OK):
        raise PermissionError(13, 'the file is read-only', path)
    handle, temp = tempfile.mkstemp(dir=os.path.dirname(real),
                                    prefix='.klint-migrate.')
    try:
        with os.fdopen(handle, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temp, mode)
        os.replace(temp, real)
    except BaseException:
        os.unlink(temp)
        raise
