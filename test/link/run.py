#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The promises of klint link; see README.md."""

import argparse
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import memory

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FACTS = ("top.o.klint", "middle.o.klint", "deep.o.klint")

passed = failed = 0


def check(what, condition, detail=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"not ok: {what}\n{detail}")


def klint(*words, cwd=None):
    run = subprocess.run([args.klint, *map(str, words)], cwd=cwd, text=True,
                         capture_output=True, timeout=300)
    return run.returncode, run.stdout, run.stderr


def headers(pattern):
    found = sorted(glob.glob(f"/usr/src/linux-headers-{pattern}-amd64"))
    return found[-1] if found else None


def build(kernel, where):
    shutil.copytree(HERE / "module", where)
    run = subprocess.run(["make", "-s", "-j2", "-C", kernel, f"M={where}",
                          f"CC={args.klint} cc gcc", "modules"], text=True,
                         capture_output=True, timeout=600)
    check(f"the module builds for {kernel}", run.returncode == 0, run.stderr)
    check("no file shows anything by itself", "warning:" not in run.stderr, run.stderr)
    for name in FACTS:
        check(f"{name} is left", (where / name).exists())


def lines(out):
    return [line for line in out.splitlines() if re.search(r": (warning|error): ", line)]


def whole_program(where):
    status, out, err = klint("link", ".", cwd=where)
    check("findings: status 1", status == 1, f"{status}\n{out}{err}")
    told = lines(out)
    check("two findings", len(told) == 2, out + err)
    check("under the lock, in top.c",
          any(re.match(r"top\.c:13:2: warning: pair_swap\(\) may sleep \(mutex_lock\(\)\), but "
                       r"the spinlock 'pair0\.lock' is held \[atomic-sleep\]", line)
              for line in told), out)
    check("in the timer that another file registers",
          any(line.startswith("middle.c:23:2: warning: pair_swap() may sleep") and
              "timer" in line for line in told), out)
    for step in ("deep.c:11:2: note: sleeps: mutex_lock() may sleep, in 'pair_sum_slowly'",
                 "middle.c:14:2: note: call: calls pair_sum_slowly(), in 'pair_swap'",
                 "top.c:11:2: note: context: timer_setup registers pair_tick()"):
        check(f"the chain tells: {step}", step in out, out)
    for jobs in ("-j1", "-j2", "-j7"):
        check(f"the same with {jobs}", klint("link", jobs, ".", cwd=where)[1] == out)
    for order in (FACTS, FACTS[::-1]):
        check("the same in any order", klint("link", *order, cwd=where)[1] == out)
    status, shown, err = klint("show", "pair_swap", *FACTS, cwd=where)
    check("show tells the chain across files", status == 0 and
          "may sleep: mutex_lock()" in shown and "deep.c:11" in shown, shown + err)
    return out


def exported(where):
    """What two files do, told to the third without their sources or facts."""
    contracts = where / "kernel.contracts"
    rest = FACTS[1:]
    status, _, err = klint("export", "-j1", "-o", contracts, *rest, cwd=where)
    check("export", status == 0 and "contracts" in err, err)
    data = contracts.read_bytes()
    klint("export", "-j2", "-o", contracts, *rest[::-1], cwd=where)
    check("the same export for any order and jobs", contracts.read_bytes() == data)
    status, told, err = klint("link", FACTS[0], cwd=where)
    check("top.c alone: nothing to be seen", status == 0 and not lines(told), told + err)
    status, told, err = klint("link", f"--kernel-contracts={contracts}", FACTS[0], cwd=where)
    check("top.c and the contracts: found", status == 1 and len(lines(told)) == 1 and
          "top.c:13:2: warning: pair_swap() may sleep (mutex_lock())" in told, told + err)
    for step in ("middle.c:14:2: note: call: calls pair_sum_slowly(), in 'pair_swap'",
                 "deep.c:11:2: note: sleeps: mutex_lock() may sleep, in 'pair_sum_slowly'"):
        check(f"the chain goes on in the contracts: {step}", step in told, told)
    for size in [*range(0, len(data), 4096), len(data) - 1]:
        contracts.write_bytes(data[:size])
        status, told, err = klint("link", f"--kernel-contracts={contracts}", FACTS[0], cwd=where)
        check(f"contracts cut to {size} bytes: refused", status == 2 and not lines(told) and
              "kernel.contracts" in err, err)
    contracts.unlink()


def shipped(kernel, where):
    """What klint brings of the kernel is enough to find what it does under a lock."""
    shutil.copytree(HERE / "outside", where)
    rules = klint("lints", "--contracts")[1]
    check("no rule speaks of it", "sysfs_add_file_to_group" not in rules)
    status, told, err = klint("check", "--summary", f"--kernel={kernel}", where)
    check("a module: found", status == 1 and len(lines(told)) == 1 and
          "sysfs_add_file_to_group() may sleep" in told and "outside_lock" in told, told + err)
    for step in ("fs/sysfs/file.c", "include/linux/kernfs.h", "fs/kernfs/dir.c"):
        check(f"the chain into the kernel: {step}", step in told, told)
    check("it says what it knows that from", ".contracts" in err, err)
    status, told, err = klint("check", "--kernel-contracts=none", f"--kernel={kernel}", where)
    check("none: not found", status == 0 and not lines(told), told + err)
    run = subprocess.run(["make", "-s", "-C", kernel, f"M={where}", f"CC={args.klint} cc gcc",
                          "modules"], text=True, capture_output=True, timeout=600)
    check("klint cc finds it, too", run.returncode == 0 and
          "sysfs_add_file_to_group() may sleep" in run.stderr, run.stderr)


def damage(where, out):
    """Cut at every 4 KB, one byte changed: named, status 2, nothing invented."""
    data = (where / FACTS[1]).read_bytes()
    broken = where / "broken"
    broken.mkdir()
    for name in FACTS:
        shutil.copy(where / name, broken / name)
        shutil.copy(where / name.removesuffix(".klint"), broken)
    for size in [*range(0, len(data), 4096), len(data) - 1]:
        (broken / FACTS[1]).write_bytes(data[:size])
        status, told, err = klint("link", ".", cwd=broken)
        check(f"cut to {size} bytes: status 2", status == 2, f"{status} {err}")
        check(f"cut to {size} bytes: named once", err.count(f"{FACTS[1]}:") == 1 and
              len(err.splitlines()) == 1, err)
        check(f"cut to {size} bytes: nothing invented", not lines(told), told)
    for at in (20, len(data) // 2, len(data) - 30):
        changed = bytearray(data)
        changed[at] ^= 0x40
        (broken / FACTS[1]).write_bytes(changed)
        status, told, err = klint("link", ".", cwd=broken)
        check(f"byte {at} changed: refused", status == 2 and FACTS[1] in err, err)
    shutil.rmtree(broken)
    check("the facts themselves are untouched", klint("link", ".", cwd=where)[1] == out)


def stale(where):
    gone = where / "gone"
    shutil.copytree(where, gone, ignore=shutil.ignore_patterns("other"))
    (gone / "deep.o").unlink()
    status, told, err = klint("link", ".", cwd=gone)
    check("facts of an object that is gone are left out", status == 0 and not lines(told),
          told + err)
    for name in ("top.o", "middle.o"):
        (gone / name).unlink()
    (gone / "pair.o").unlink()
    status, told, err = klint("link", ".", cwd=gone)
    check("all objects gone: said", status == 2 and "gone" in err, err)
    shutil.rmtree(gone)
    for name in ("top.c", "middle.c"):
        (where / name).rename(where / f"{name}.away")
    status, told, err = klint("link", ".", cwd=where)
    check("sources that are gone cost their quotes only", status == 1 and len(lines(told)) == 2,
          told + err)
    for name in ("top.c", "middle.c"):
        (where / f"{name}.away").rename(where / name)


def mixed(where, other):
    status, told, err = klint("link", where, other, cwd=where)
    check("facts of two kernels are not one program", status == 2 and
          "link one kernel at a time" in err, f"{status} {err}")


def nothing(where):
    empty = where / "empty"
    empty.mkdir()
    status, _, err = klint("link", empty)
    check("a directory without facts: the way out is told", status == 2 and "klint cc" in err, err)
    status, _, err = klint("link", where / "nowhere")
    check("no such directory", status == 2 and "nowhere" in err, err)
    empty.rmdir()


def full_disk(kernel, where):
    """The compile does not care, and no half a file is left."""
    small = where / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", small],
                      capture_output=True).returncode:
        print("skipped: a full disk (no right to mount a tmpfs)")
        return
    try:
        (small / "fill").write_bytes(b"x" * 50000)
        text = (where / ".deep.o.cmd").read_text()
        command = re.search(r"^(?:saved)?cmd_\S+ := (.*)", text, re.M).group(1).split(" ; ")[0]
        words = [w for w in command.split() if not w.startswith("-Wp,-MMD")]
        at = words.index("-o")
        words[at + 1] = str(small / "deep.o")
        source = where / "deep.c"
        words[-1] = str(source)
        run = subprocess.run(["sh", "-c", " ".join(words)], cwd=kernel, text=True,
                             capture_output=True)
        left = sorted(p.name for p in small.iterdir())
        check("full disk: no piece of facts is left",
              not [n for n in left if "klint" in n], f"{left} {run.stderr}")
        check("full disk: said", "cannot be written" in run.stderr or run.returncode != 0,
              run.stderr)
    finally:
        subprocess.run(["umount", small], check=False)


def main():
    kernel, old = headers("6.12*"), headers("6.1.*")
    with tempfile.TemporaryDirectory() as tmp:
        where = pathlib.Path(tmp) / "pair"
        os.environ["XDG_CACHE_HOME"] = str(pathlib.Path(tmp) / "cache")
        build(kernel, where)
        out = whole_program(where)
        exported(where)
        shipped(kernel, where.parent / "outside")
        damage(where, out)
        stale(where)
        nothing(where)
        memory.run(check, klint, pathlib.Path(tmp) / "random")
        full_disk(kernel, where)
        if old:
            other = pathlib.Path(tmp) / "old"
            build(old, other)
            whole_program(other)
            mixed(where, other)
        else:
            print("skipped: Linux 6.1 (no linux-headers-6.1*)")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--klint", default=os.environ.get("KLINT", str(ROOT / "build/bin/klint")))
args = parser.parse_args()
args.klint = str(pathlib.Path(args.klint).resolve())
sys.exit(main())
