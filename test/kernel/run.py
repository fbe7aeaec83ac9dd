#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The promises of klint kernel; see README.md."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import kernel as trees  # noqa: E402

# What tinyconfig needs of the source to build DIRS, besides all Kconfigs and Makefiles.
PARTS = ("arch/x86/", "include/", "kernel/", "lib/", "scripts/", "tools/include/", "tools/lib/",
         "tools/build/", "tools/scripts/", "tools/arch/x86/", "tools/objtool/")
DIRS = ("kernel/locking", "kernel/time", "lib/math")
MINE = ROOT / "test/kernel/source"

passed = failed = 0


def check(what, condition, detail=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"not ok: {what}\n{detail}", flush=True)


def is_taken(path, name):
    return path.startswith(PARTS) or name.startswith(("Kconfig", "Makefile", "Kbuild"))


def copy_source(to):
    """A part of Linux that may be changed, and files of our own in lib/math."""
    source = trees.source("6.12")
    taken = []
    for directory, dirs, files in os.walk(source):
        below = os.path.relpath(directory, source)
        below = "" if below == "." else below + "/"
        dirs[:] = [d for d in dirs if below + d != "tools/include/generated"]
        taken += [below + f for f in files if is_taken(below + f, f)]
    to.mkdir()
    listed = to / ".list"
    listed.write_text("".join(f"{f}\n" for f in taken))
    subprocess.run(f"tar -C '{source}' -cf - -T '{listed}' | tar -C '{to}' -xf -", shell=True,
                   check=True)
    listed.unlink()
    for path in MINE.iterdir():
        shutil.copy(path, to / "lib/math")
    with open(to / "lib/math/Makefile", "a", encoding="utf-8") as f:
        f.write("obj-y += klint_top.o klint_deep.o\n")


def klint(*words, env=None, cwd=None):
    run = subprocess.run([args.klint, *map(str, words)], text=True, capture_output=True,
                         timeout=900, cwd=cwd, env=dict(os.environ, **(env or {})), check=False)
    return run.returncode, run.stdout, run.stderr


class Scan:
    """One run of klint kernel, and which facts it wrote."""

    def __init__(self, tree, build, *options, config="tinyconfig", dirs=DIRS, env=None):
        self.build = build
        before = facts(build)
        report = build.parent / "report.json"
        report.unlink(missing_ok=True)
        begin = time.monotonic()
        self.status, self.out, self.err = klint(
            "kernel", tree, *dirs, f"--config={config}", f"--build-dir={build}", "-j2",
            "--format=json", "-o", report, "--only=atomic-sleep", *options, env=env)
        self.seconds = time.monotonic() - begin
        self.report = report.read_bytes() if report.exists() else b""
        self.written = {n for n, inode in facts(build).items() if before.get(n) != inode}
        counted = re.search(r"(\d+) files: (\d+) to read, (\d+) as they were", self.err)
        self.files, self.read, self.kept = map(int, counted.groups()) if counted else (0, -1, 0)
        print(f"  {self.seconds:5.1f} s, {self.read} of {self.files} read", flush=True)

    def lints(self):
        return [f["lint"] for f in json.loads(self.report)["findings"]] if self.report else []


def facts(build):
    found = {}
    for directory, _, files in os.walk(build):      # other than rglob() it may change meanwhile
        for name in files:
            path = os.path.join(directory, name)
            with contextlib.suppress(FileNotFoundError):
                if name.endswith(".klint"):
                    found[os.path.relpath(path, build)] = os.stat(path).st_ino
    return found


def edit(path, old, new):
    text = path.read_text()
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new))


def readers_of(build, header):
    """The objects that include a header, by clang alone."""
    found = set()
    commands = [json.loads(line) for line in open(build / "klint/commands", encoding="utf-8")]
    for command in {c["output"]: c for c in commands}.values():
        if not command["output"].startswith(tuple(f"{d}/" for d in DIRS)):
            continue
        words = [w for w in command["arguments"] if not w.startswith("-Wp,-MMD")]
        at = words.index("-o")
        del words[at:at + 2]
        words.remove("-c")
        run = subprocess.run([*words, "-w", "-M"], cwd=command["directory"], text=True,
                             capture_output=True, check=True)
        if f"/{header} " in run.stdout.replace("\n", " \n"):
            found.add(command["output"] + ".klint")
    return found


def whole_and_again(tree, build):
    first = Scan(tree, build)
    check("first run: a finding, and status 1", first.status == 1 and
          first.lints() == ["atomic-sleep"], f"{first.status} {first.err}\n{first.report[:3000]}")
    check("first run: all is read", first.read == first.files > 20, first.err)
    check("the finding is named in the tree", b"lib/math/klint_top.c" in first.report)
    again = Scan(tree, build)
    check("second run: nothing is read", again.read == 0 and not again.written, again.err)
    check("second run: kbuild is not asked", "kbuild" not in again.err, again.err)
    check("second run: the same report", (again.status, again.report) == (1, first.report))
    os.utime(tree / "lib/math/klint_top.c")
    os.utime(tree / "include/linux/spinlock.h")
    touched = Scan(tree, build)
    check("touched: nothing is read", touched.read == 0 and not touched.written, touched.err)
    check("touched: the same report", touched.report == first.report)
    quiet = Scan(tree, build, "-q")
    check("-q: silent", quiet.err == "" and quiet.report == first.report, quiet.err)
    some = Scan(tree, build, dirs=("lib/math/",))
    check("fewer directories: only their files", 0 < some.files < first.files and
          not some.read, some.err)
    return first


def changed_source(tree, build):
    edit(tree / "lib/math/klint_deep.c", "mutex_lock(&", "mutex_trylock(&")
    done = Scan(tree, build)
    check("a changed file: it alone is read", done.written == {"lib/math/klint_deep.o.klint"},
          str(done.written) + done.err)
    check("a changed file: no finding any more", done.status == 0 and not done.lints(),
          f"{done.status} {done.err}")
    edit(tree / "lib/math/klint_deep.c", "mutex_trylock(&", "mutex_lock(&")
    back = Scan(tree, build)
    check("changed back: found again", back.lints() == ["atomic-sleep"], back.err)


def changed_header(tree, build):
    header = tree / "kernel/time/tick-internal.h"
    expected = readers_of(build, "kernel/time/tick-internal.h")
    header.write_text(header.read_text() + "\nstatic inline int klint_test(void) { return 1; }\n")
    done = Scan(tree, build)
    check("a changed header: exactly its readers are read", done.written == expected and
          0 < len(expected) < done.files, f"{sorted(done.written ^ expected)}\n{done.err}")
    return done


def changed_flags(tree, build):
    makefile = tree / "lib/math/Makefile"
    text = makefile.read_text()
    makefile.write_text(text + "CFLAGS_klint_top.o += -DKLINT_NO_LOCK\n")
    done = Scan(tree, build)
    check("a changed flag: that unit is read", done.written == {"lib/math/klint_top.o.klint"} and
          done.status == 0, f"{done.written} {done.err}")
    makefile.write_text(text)
    back = Scan(tree, build)
    check("the flag is gone: found again", back.lints() == ["atomic-sleep"], back.err)


def changed_names(tree, build, tmp):
    rules = tmp / "rules"
    rules.mkdir()
    (rules / "more.yaml").write_text(RULES)
    done = Scan(tree, build, f"--rules={rules}", dirs=("lib/math",))
    check("other names in the rules: all is read", done.read == done.files > 0, done.err)
    back = Scan(tree, build, dirs=("lib/math",))
    check("the old names: all is read", back.read == back.files > 0, back.err)


RULES = """\
- fn: klint_test_might_sleep
  args: 0
  sleeps: true
"""


def damaged(tree, build, expected):
    victim = build / "lib/math/klint_top.o.klint"
    data = victim.read_bytes()
    stamp = victim.stat()
    victim.write_bytes(data[:100] + bytes(64) + data[164:])
    os.utime(victim, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    done = Scan(tree, build)
    check("damaged facts are written anew", done.written <= {"lib/math/klint_top.o.klint"} and
          done.report == expected, f"{done.written} {done.err}")
    check("and are whole again", victim.read_bytes() == data)
    for what, path in (("journal", "klint/units"), ("file of commands", "klint/commands")):
        text = (build / path).read_bytes()
        (build / path).write_bytes(text[:len(text) // 2])
        done = Scan(tree, build)
        check(f"half a {what}: the same report", done.report == expected, done.err)
    (build / "klint/units").unlink()
    done = Scan(tree, build)
    check("no journal: the same report", done.report == expected, done.err)


def interrupted(tree, build, sig, when, expected):
    """Stop a run by a signal when @when says so; the next one completes it."""
    name = f"{sig.name} {when.__name__.replace('_', ' ')}"
    command = [args.klint, "kernel", tree, *DIRS, "--config=tinyconfig", f"--build-dir={build}",
               "-j1", "--format=json", "--only=atomic-sleep", "-o", build.parent / "stopped.json"]
    before = facts(build)
    with tempfile.TemporaryFile("w+") as err:
        with subprocess.Popen(list(map(str, command)), stderr=err, stdout=err,
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
                              ) as run:
            deadline = time.monotonic() + 300
            while run.poll() is None and time.monotonic() < deadline:
                err.seek(0)
                if when(err.read(), before, build):
                    break
                time.sleep(0.02)
            run.send_signal(sig)
            status = run.wait(timeout=60)
        err.seek(0)
        check(f"{name}: ends by it", status == -sig, f"{status} {err.read()}")
    check(f"{name}: no report", not (build.parent / "stopped.json").exists() and
          not list(build.parent.glob("stopped.json*")) or sig == signal.SIGKILL)
    for piece in build.parent.glob("stopped.json*"):
        piece.unlink()
    done = Scan(tree, build)
    check(f"{name}: the next run completes it", done.report == expected, done.err)
    check(f"{name}: nothing half-written is left", not list(build.rglob("*.klint.tmp*")))
    return done


def while_reading(said, before, build):
    now = facts(build)
    return "to read" in said and sum(now[n] != before.get(n) for n in now) >= 3


def while_kbuild_records(said, _before, build):
    return "asking kbuild" in said and (build / "klint/commands").exists()


def stops(tree, build, header):
    for i, sig in enumerate((signal.SIGINT, signal.SIGKILL)):
        header.write_text(header.read_text() + f"\n#define KLINT_TEST_{i} {i}\n")
        # What is expected is the same as before: nothing that matters has changed.
        done = interrupted(tree, build, sig, while_reading, stops.expected)
        check(f"{sig.name}: what was read is kept", 0 < done.kept < done.files, done.err)
    makefile = tree / "lib/math/Makefile"
    makefile.write_text(makefile.read_text() + "# changed\n")
    interrupted(tree, build, signal.SIGINT, while_kbuild_records, stops.expected)


def lost_source(tree, build):
    path = tree / "lib/math/klint_deep.c"
    text = path.read_text()
    path.unlink()
    done = Scan(tree, build)
    check("a file that the Makefile names is gone: told", done.status == 2 and
          "klint_deep" in done.err, f"{done.status} {done.err}")
    again = Scan(tree, build)
    check("and told again", again.status == 2 and again.report == done.report and
          "klint_deep" in again.err, again.err)
    check("its facts are gone", not (build / "lib/math/klint_deep.o.klint").exists())
    makefile = tree / "lib/math/Makefile"
    rule = makefile.read_text()
    makefile.write_text(rule.replace("klint_top.o klint_deep.o", "klint_top.o"))
    done = Scan(tree, build)
    check("the Makefile does not name it any more", done.status == 0, done.err)
    makefile.write_text(rule)
    path.write_text(text)


def misuse(tree, tmp):
    def refused(what, words, *told):
        status, out, err = klint("kernel", *words)
        check(f"{what}: status 2, told", status == 2 and not out and
              all(t in err for t in told), f"{status} {out}{err}")

    empty = tmp / "empty"
    empty.mkdir()
    refused("no tree", [], "no source of a kernel is given")
    refused("a tree that is not there", [tmp / "nowhere"], "nowhere", "No such file")
    refused("an empty directory", [empty], "no source of a kernel", "klint check")
    refused("a file", [tree / "Makefile"], "Makefile")
    refused("an unknown configuration", [tree, "--config=defconfg"], "defconfg",
            "did you mean 'defconfig'?")
    refused("a configuration that is no file", [tree, "--config=/nowhere/x"], "/nowhere/x")
    refused("an unknown directory", [tree, "drivers/nowhere"], "drivers/nowhere", "no such dir")
    refused("a directory outside", [tree, "../x"], "../x")
    refused("a build directory in the source", [tree, f"--build-dir={tree}/build"], "outside")
    (empty / "something").write_text("mine")
    refused("somebody's directory", [tree, f"--build-dir={empty}"], "not empty")
    check("which is as it was", [p.name for p in empty.iterdir()] == ["something"])
    refused("a file as build directory", [tree, f"--build-dir={empty}/something"], "something")
    refused("an unknown option", [tree, "--confg=x"], "did you mean '--config'?")
    refused("a blank in the name", [tree, f"--build-dir={tmp}/a b"], "a b")
    check("help teaches by an example", "example:" in klint("kernel", "--help")[1])


def missing_tool(tree, tmp):
    """A PATH without flex."""
    tools = tmp / "tools"
    tools.mkdir()
    for directory in ("/usr/bin", "/bin", "/usr/local/bin"):
        for path in pathlib.Path(directory).iterdir():
            with contextlib.suppress(FileExistsError):
                if path.name != "flex":
                    (tools / path.name).symlink_to(path)
    status, _, err = klint("kernel", tree, "--config=tinyconfig", f"--build-dir={tmp}/noflex",
                           "lib/math", env={"PATH": str(tools)})
    check("flex is missing: the package is named", status == 2 and "install flex" in err,
          f"{status} {err}")


@contextlib.contextmanager
def small_disk(where, size):
    where.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", where],
                      capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield where
    finally:
        subprocess.run(["umount", where], check=False)


def other_directory(tree, tmp, expected):
    """A build directory of its own: the same report; and what a disk may do to it."""
    with small_disk(tmp / "disk", "600m") as disk:
        if not disk:
            print("skipped: full and read-only disks (no right to mount a tmpfs)")
        build = (disk or tmp / "fresh") / "build"
        fresh = Scan(tree, build)
        check("fresh build directory: the same report", fresh.report == expected and
              fresh.read == fresh.files, fresh.err)
        if disk:
            full_and_read_only(tree, disk, build, expected)


def full_and_read_only(tree, disk, build, expected):
    fill = disk / "fill"
    edit(tree / "lib/math/klint_deep.c", "mutex_lock(&", "mutex_trylock(&")
    with contextlib.suppress(OSError), open(fill, "wb", buffering=0) as f:
        while True:
            f.write(bytes(1 << 20))
    with contextlib.suppress(OSError), open(fill, "ab", buffering=0) as f:
        while True:
            f.write(bytes(512))
    full = subprocess.run([args.klint, "kernel", tree, *DIRS, "--config=tinyconfig",
                           f"--build-dir={build}"], text=True, capture_output=True, check=False)
    check("a full disk: status 2, told", full.returncode == 2 and
          re.search("cannot|No space", full.stderr), f"{full.returncode} {full.stderr}")
    fill.unlink()
    edit(tree / "lib/math/klint_deep.c", "mutex_trylock(&", "mutex_lock(&")
    done = Scan(tree, build)
    check("room again: the same report", done.report == expected, done.err)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    status, _, err = klint("kernel", tree, *DIRS, "--config=tinyconfig", f"--build-dir={build}")
    check("a read-only disk: status 2, told", status == 2 and "Read-only" in err,
          f"{status} {err}")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


def unclean_tree(tree, build, expected):
    """A tree that was configured in place: its .config is taken."""
    shutil.copy(build / ".config", tree / ".config")
    (tree / "include/config").mkdir()
    own = build.parent / "own"
    status, out, err = klint("kernel", tree, "lib/math", f"--build-dir={own}", "--format=json",
                             "--only=atomic-sleep")
    check("a tree with a .config: the same finding", status == 1 and
          json.loads(out)["findings"] == json.loads(expected)["findings"],
          f"{status} {err}\n{out[:2000]}")
    check("nothing was written into it", not list((tree / "include/config").iterdir()) and
          not (tree / "include/generated").exists())
    (tree / ".config").unlink()
    (tree / "include/config").rmdir()


def main():
    with tempfile.TemporaryDirectory(prefix="klint-kernel-") as name:
        tmp = pathlib.Path(name).resolve()
        tree, build = tmp / "linux", tmp / "build"
        copy_source(tree)
        listing = {p: p.stat().st_mtime_ns for p in tree.rglob("*") if p.is_file()}
        misuse(tree, tmp)
        missing_tool(tree, tmp)
        whole_and_again(tree, build)
        new = {p for p in tree.rglob("*") if p.is_file()} - set(listing)
        check("nothing was written into the source", not {p for p in new
              if "__pycache__" not in p.parts}, str(new))
        changed_source(tree, build)
        expected = changed_header(tree, build).report
        changed_flags(tree, build)
        changed_names(tree, build, tmp)
        damaged(tree, build, expected)
        stops.expected = expected
        stops(tree, build, tree / "include/linux/spinlock.h")
        other_directory(tree, tmp, expected)
        lost_source(tree, build)
        unclean_tree(tree, build, expected)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--klint", default=os.environ.get("KLINT", str(ROOT / "build/bin/klint")))
args = parser.parse_args()
args.klint = str(pathlib.Path(args.klint).resolve())
try:
    sys.exit(main())
except trees.KernelError as problem:
    sys.exit(f"kernel: {problem}")
