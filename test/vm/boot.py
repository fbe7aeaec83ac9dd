#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Load modules in a virtual machine, and say what the kernel said of each.

    boot.py [--kernel DIR | --packaged | --release RELEASE] [-o OUT.json] MODULE.ko...

In: a kernel (the debug kernel by default; the packaged one; the build directory of
another) and modules that were built for it.  Each module is loaded, its debugfs file, if
it has one of its name, is written, and it is unloaded.  Out, as JSON: for each module
how it ended, the steps, and the reports of the kernel's checkers (console.py).

Lockdep is off after its first report, and a kernel that has oopsed or hangs says
nothing more of worth: the machine is then stopped at the end of the case, and what is
left is run in another boot.
QEMU runs below timeout and setpriv, and goes when this program goes.
"""
import argparse
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import console
import debug_kernel
import initramfs

COMMAND_LINE = ("console=ttyS0 panic=-1 rdinit=/init loglevel=8 printk.devkmsg=on "
                "kasan_multi_shot nokaslr")
TO_BOOT = 180           # seconds of the host until the guest's init must speak
TO_GO_ON = 120          # between any two of its marks
TO_GO_ON_AFTER = 20     # the same, once a checker has spoken that makes it futile

# After these reports the same kernel can say the same again, if they have not switched
# lockdep off.
HARMLESS = {"atomic-sleep: sleeping function called", "atomic-sleep: blocking while not running",
            "irqflags: enabled in between", "imbalance: initcall", "preemptible: per-CPU access",
            "debugobjects: active object", "refcount: underflow"}
LOCKDEP_OFF = re.compile(r"DEBUG_LOCKS_WARN_ON|lockdep is turned off|Disabling lock debugging")


class BootError(Exception):
    """Something that is missing, or a kernel that does not boot."""


@dataclass(frozen=True)
class Kernel:
    image: Path
    release: str


@dataclass(frozen=True)
class Case:
    """A module and what is done with it."""
    name: str
    module: Path
    parameters: str = ""
    before: str = ""            # a command that runs beside the loading
    actions: tuple = ()         # commands after it
    settle: float = 1.2         # the sleep checker speaks once a second
    unload: bool = True


@dataclass
class Result:
    """What became of a case: ran, hung (a step did not return), died (the machine ended in
    the middle of it)."""
    name: str
    end: str
    steps: dict = field(default_factory=dict)
    reports: list = field(default_factory=list)
    lines: list = field(default_factory=list)


def say(text):
    print(text, file=sys.stderr, flush=True)


def need(program, package):
    path = shutil.which(program)
    if not path:
        raise BootError(f"{program} is not installed: it is in Debian's package {package}")
    return path


def static_busybox():
    path = need(os.environ.get("BUSYBOX", "busybox"), "busybox-static")
    if b"/ld-linux" in Path(path).read_bytes():
        raise BootError(f"{path} is not static: install busybox-static")
    return path


def packaged(release=None):
    """A kernel of /boot: the newest 6.12 when none is named."""
    name = f"vmlinuz-{release or '6.12.*'}"
    found = sorted(Path("/boot").glob(name), key=lambda path: [
        int(n) for n in re.findall(r"\d+", path.name)])
    if not found:
        raise BootError(f"there is no /boot/{name}: install linux-image-6.12-amd64")
    return Kernel(found[-1], found[-1].name[len("vmlinuz-"):])


def built(objects):
    """The kernel in a build directory of kbuild."""
    objects = Path(objects)
    image = objects / "arch/x86/boot/bzImage"
    try:
        release = (objects / "include/config/kernel.release").read_text().strip()
    except OSError:
        release = ""
    if not release or not image.exists():
        raise BootError(f"{objects} has no kernel: neither {image} nor its release")
    return Kernel(image, release)


def qemu_command(kernel, initrd, seconds):
    # KVM is not everywhere, and hangs in some nested machines: emulate.
    return [need("setpriv", "util-linux"), "--pdeathsig", "TERM",
            need("timeout", "coreutils"), "--kill-after=5", str(seconds),
            need("nice", "coreutils"), need("qemu-system-x86_64", "qemu-system-x86"),
            "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "768", "-nographic",
            "-no-reboot", "-nodefaults", "-serial", "stdio", "-kernel", str(kernel.image),
            "-initrd", str(initrd), "-append", COMMAND_LINE]


class Machine:
    """A running QEMU, whose console is read line by line until it ends or hangs."""

    def __init__(self, command):
        # pylint: disable=consider-using-with  # it outlives this function: see stop()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.rest = b""
        self.text = []

    def read(self, seconds):
        """The lines that have come, [] when none did in that time, None at the end."""
        out = self.process.stdout
        if not select.select([out], [], [], seconds)[0]:
            return []
        data = os.read(out.fileno(), 65536)
        if not data:
            return None
        *lines, self.rest = (self.rest + data).split(b"\n")
        lines = [line.decode(errors="replace") for line in lines]
        self.text += lines
        return lines

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def is_spent(report):
    """Whether a kernel that has said this proves nothing more."""
    return bool(report and report.checker) and (
        f"{report.checker}: {report.kind}" not in HARMLESS
        or any(LOCKDEP_OFF.search(line) for line in report.lines))


class Watch:
    """Follows a machine's console until it has said all that it can."""

    def __init__(self, machine):
        self.machine = machine
        self.parser = console.Parser()
        self.up = False
        self.deadline = time.monotonic() + TO_BOOT

    @property
    def spent(self):
        """Whether this kernel proves nothing more."""
        return is_spent(self.parser.report) or any(
            is_spent(report) for case in self.parser.cases for report in case.reports)

    def allow(self, seconds):
        self.deadline = time.monotonic() + seconds

    def take(self, line):
        """Return whether the machine is to be stopped behind this line."""
        fresh = not self.spent
        self.parser.feed(line)
        if console.MARK in line:
            self.up = True
            self.allow(TO_GO_ON)
        if self.spent and fresh:
            self.allow(TO_GO_ON_AFTER)
        return self.spent and f"{console.MARK} end" in line

    def follow(self):
        """Return how it ended: over, hung, silent (init never spoke)."""
        while True:
            lines = self.machine.read(max(0.1, self.deadline - time.monotonic()))
            if lines is None:
                return "over" if self.up else "silent"
            if any([self.take(line) for line in lines]):
                return "over"
            if time.monotonic() > self.deadline:
                return "hung" if self.up else "silent"


def boot_once(kernel, cases, work):
    """One boot; return its console text and {case: Result}."""
    initrd = Path(work) / "initrd.gz"
    initrd.write_bytes(initramfs.image(static_busybox(), cases))
    machine = Machine(qemu_command(kernel, initrd, TO_BOOT + TO_GO_ON * len(cases)))
    watch = Watch(machine)
    try:
        how = watch.follow()
    finally:
        machine.stop()
    if how == "silent":
        tail = "\n".join(machine.text[-15:]) or "(it said nothing)"
        raise BootError(f"{kernel.image} does not get to its init; the end of the console:\n"
                        f"{tail}")
    return "\n".join(machine.text), results_of(watch.parser.finish(), how)


def results_of(cases, how):
    """{name: Result} of one boot.  When it was stopped behind a case, the next one may have
    begun: it is left to another boot."""
    results = {}
    spent = False
    for case in cases:
        if case.name and not spent:
            end = case.end or ("hung" if how == "hung" else "died")
            results[case.name] = Result(case.name, end, case.steps,
                                        [asdict(report) for report in case.reports],
                                        case.lines)
        spent = spent or any(map(is_spent, case.reports))
    return results


def run(kernel, cases, batch=40, keep=None):
    """Run all cases, in as many boots as it takes; return {name: Result} and the
    number of boots.  @keep is a file for the text of all consoles."""
    results, boots, left = {}, 0, list(cases)
    with tempfile.TemporaryDirectory(prefix="klint-vm-") as work:
        while left:
            boots += 1
            text, done = boot_once(kernel, left[:batch], work)
            if keep:
                keep.write(text + "\n")
            if not done:
                raise BootError("the guest's init ran no case; the end of the console:\n"
                                + "\n".join(text.splitlines()[-15:]))
            results.update(done)
            left = [case for case in left if case.name not in results]
            say(f"boot {boots}: {', '.join(done)}; {len(left)} left")
    return results, boots


def stop_on_signals():
    """Make a SIGTERM as orderly as a Ctrl-C: QEMU is stopped on the way out."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def choose_kernel(options):
    if options.packaged or options.release:
        return packaged(options.release)
    if options.kernel:
        return built(options.kernel)
    try:
        return built(debug_kernel.build().objects)
    except debug_kernel.BuildError as error:
        raise BootError(str(error)) from error


def parse_options():
    parser = argparse.ArgumentParser(
        description="Load modules in a virtual machine, and say what the kernel said.")
    parser.add_argument("--kernel", metavar="DIR", help="build directory of a kernel")
    parser.add_argument("--packaged", action="store_true",
                        help="the newest packaged 6.12, instead of the debug kernel")
    parser.add_argument("--release", help="that packaged kernel")
    parser.add_argument("-o", "--output", type=argparse.FileType("w"), default=sys.stdout)
    parser.add_argument("--console", type=argparse.FileType("w"), metavar="FILE",
                        help="keep the consoles' text")
    parser.add_argument("modules", nargs="+", metavar="MODULE.ko")
    return parser.parse_args()


def main():
    options = parse_options()
    stop_on_signals()
    cases = [Case(Path(name).stem, Path(name)) for name in options.modules]
    try:
        for case in cases:
            if not case.module.is_file():
                raise BootError(f"there is no {case.module}")
        kernel = choose_kernel(options)
        results, boots = run(kernel, cases, keep=options.console)
    except BootError as problem:
        sys.exit(f"boot.py: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    json.dump({"kernel": kernel.release, "boots": boots,
               "cases": [asdict(results[case.name]) for case in cases]},
              options.output, indent=1)
    options.output.write("\n")


if __name__ == "__main__":
    main()
