# SPDX-License-Identifier: MIT
"""A kernel as one program: the facts of all its units, lowered once and kept."""
import hashlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import kernel
import klint_run

DIRECTORIES = ["arch/x86/", "block/", "certs/", "crypto/", "drivers/", "fs/", "init/", "io_uring/",
               "ipc/", "kernel/", "lib/", "mm/", "net/", "security/", "sound/", "virt/"]


def stamp_of_klint():
    """What the facts depend on besides the source: the plugins and the rules' names."""
    root = klint_run.executable().parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.glob("lib/klint/*.so")):
        digest.update(path.read_bytes())
    names = subprocess.run([klint_run.executable(), "lints", "--contracts"], check=True,
                           capture_output=True).stdout
    digest.update(b"\n".join(sorted(line.split()[-1] for line in names.splitlines() if line)))
    return digest.hexdigest()[:16]


def lower_one(args):
    klint, command, path = args
    part = path.with_suffix(".part.json")
    part.write_text(json.dumps(command) + "\n")
    done = subprocess.run([klint, "dump", "--binary", "-o", str(path), str(part)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    part.unlink()
    return None if path.exists() else f"{command['file']}: {done.stderr.strip()[:200]}"


def make_common_headers(todo, where):
    """Have klint make precompiled headers from some of the units, for all of them."""
    part = where / "some.json"
    part.write_text(json.dumps([command for _, command, _ in todo[::max(1, len(todo) // 80)]]))
    subprocess.run([klint_run.executable(), "check", "--fail-on=never", "-o", os.devnull, str(part)],
                   stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    part.unlink()


def commands(version="6.12", config="defconfig", directories=None, jobs=2):
    """The compile commands of every unit, in a fixed order."""
    tree = kernel.build(version, config, jobs)
    return kernel.commands_below(tree, directories or DIRECTORIES, jobs)


def facts_path(where, command):
    return Path(where) / (command["output"].replace("/", "@") + ".kirb")


def facts_in(where, jobs=2):
    """The same as facts(), of units that were lowered into `where` before."""
    paths = [facts_path(where, command) for command in commands(jobs=jobs)]
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise kernel.KernelError(f"no {missing[0]} and {len(missing) - 1} others")
    return paths


def facts(version="6.12", config="defconfig", directories=None, jobs=2):
    """The paths of the facts of every unit, in a fixed order; lowered if they are not
    there yet."""
    all_commands = commands(version, config, directories, jobs)
    where = kernel.cache() / "facts" / f"{kernel.resolve(version)}-{config}-{stamp_of_klint()}"
    where.mkdir(parents=True, exist_ok=True)
    wanted, todo = [], []
    for command in all_commands:
        path = facts_path(where, command)
        wanted.append(path)
        if not path.exists():
            todo.append((str(klint_run.executable()), command, path))
    if todo:
        kernel.say(f"lowering {len(todo)} units")
        if len(todo) > 100:
            make_common_headers(todo, where)
    begin = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        for i, problem in enumerate(pool.map(lower_one, todo), 1):
            if problem:
                print(f"not lowered: {problem}", file=sys.stderr)
            if i % 100 == 0:
                rate = i / (time.monotonic() - begin)
                kernel.say(f"{i} of {len(todo)}, {(len(todo) - i) / rate:.0f} s left")
    return [path for path in wanted if path.exists()]


@dataclass
class Link:
    units: int
    seconds: float
    cpu: float
    memory: int         # bytes
    report: dict


def link(paths, output, jobs=2, options=()):
    """klint link over facts; its time and the most memory that it had."""
    output = Path(output).resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    listed = output.with_suffix(".list")
    listed.write_text("".join(f"{p}\n" for p in paths))
    output.unlink(missing_ok=True)
    argv = [str(klint_run.executable()), "link", f"--files-from={listed}", f"-j{jobs}",
            "--format=json", "--fail-on=never", "-o", str(output), *options]
    begin = time.monotonic()
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        messages = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if not output.exists():
        raise kernel.KernelError(f"klint wrote no report:\n{messages.decode()[-4000:]}")
    return Link(len(paths), time.monotonic() - begin, usage.ru_utime + usage.ru_stime,
                usage.ru_maxrss * 1024, json.loads(output.read_text(encoding="utf-8")))
