#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Parts of Linux built in the tree, with and without `klint cc`.

For each series and compiler: make a defconfig outside the tree, build the named
directories with the compiler alone, remove what was built, build them again with
`klint cc` before the compiler.  Every object must be the same, byte for byte, and so
must make's exit status and what it prints.  Out: `N passed, N failed`.
"""
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import kernel  # noqa: E402


class Build:
    def __init__(self, tree, out, compiler, jobs):
        self.out = out
        self.command = ["make", "-C", str(tree), f"O={out}", "ARCH=x86_64", f"-j{jobs}", "-k"]
        self.compiler = compiler

    def make(self, wrapper, *targets):
        env = {**os.environ, "KLINT_FLAGS": "--quiet", "LC_ALL": "C",
               "KBUILD_BUILD_TIMESTAMP": "@0"}
        cc = f"CC={wrapper} {self.compiler}" if wrapper else f"CC={self.compiler}"
        done = subprocess.run([*self.command, cc, *targets], env=env, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    def take(self, directories):
        """The objects, by name, and nothing of them left for make to reuse."""
        objects = {}
        for directory in directories:
            for path in sorted((self.out / directory).rglob("*.o")):
                objects[str(path.relative_to(self.out))] = \
                    hashlib.sha256(path.read_bytes()).hexdigest()
            for path in list((self.out / directory).rglob("*")):
                if path.is_file() and (path.suffix in (".o", ".a") or path.name.endswith(".cmd")):
                    path.unlink()
        return objects


def said(text, directories):
    """What make printed, in an order that does not depend on its jobs: of its own short
    lines only those of the directories, as another CC also makes what prepares a build
    anew, and everything that a compiler said."""
    own = re.compile(r"  [A-Z_]+ +(\S+)$")
    return sorted(line for line in text.splitlines()
                  if not re.match(r"make(\[\d+\])?: ", line)
                  and (not own.match(line)
                       or own.match(line)[1].startswith(tuple(f"{d}/" for d in directories))))


def compare(series, compiler, directories, jobs, klint):
    """(checks that held, what did not hold)"""
    held, wrong = 0, []
    tree = kernel.source(series)
    out = Path(tempfile.mkdtemp(prefix="klint-in-tree-"))
    try:
        b = Build(tree, out, compiler, jobs)
        for targets in (["defconfig"], ["prepare"]):
            status, text = b.make("", *targets)
            if status:
                return 0, [f"{series}, {compiler}: make {targets[0]} failed:\n{text[-2000:]}"]
        where = [f"{d}/" for d in directories]
        plain_status, plain_text = b.make("", *where)
        plain = b.take(directories)
        status, text = b.make(f"{klint} cc", *where)
        mine = b.take(directories)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    name = f"{series}, {compiler}"
    if not plain:
        wrong.append(f"{name}: nothing was built:\n{plain_text[-2000:]}")
    for what, a, c in (("exit status", plain_status, status),
                       ("messages", said(plain_text, directories),
                        said(text, directories)),
                       ("list of objects", sorted(plain), sorted(mine))):
        if a == c:
            held += 1
        else:
            wrong.append(f"{name}: another {what}:\n{str(a)[-800:]}\n{str(c)[-800:]}")
    for path, digest in plain.items():
        if mine.get(path) == digest:
            held += 1
        else:
            wrong.append(f"{name}: {path} differs")
    print(f"{name}: {len(plain)} objects", flush=True)
    return held, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", action="append", help="6.12, 6.1 (default: both)")
    parser.add_argument("--compiler", action="append", help="default: clang-22 and gcc")
    parser.add_argument("--klint", default=ROOT / "build/bin/klint")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("directories", nargs="*",
                        default=["block", "drivers/rtc", "drivers/tty", "kernel/locking"])
    args = parser.parse_args()
    passed, failed = 0, []
    for series in args.series or ["6.12", "6.1"]:
        for compiler in args.compiler or [f"clang-{kernel.LLVM}", "gcc"]:
            held, wrong = compare(series, compiler, args.directories, args.jobs, args.klint)
            passed += held
            failed += wrong
    for text in failed:
        print(f"not ok: {text}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except kernel.KernelError as problem:
        sys.exit(f"in-tree: {problem}")
