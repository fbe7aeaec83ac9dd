#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A small kernel with the run-time checkers that confirm klint's findings.

    debug_kernel.py [--rt] [--series 6.12] [-j JOBS]

In: Debian's linux-source-6.12, which bench/kernel.py unpacks, and debug.config (with
--rt also rt.config) on top of tinyconfig.  Out: the name of the build directory, with
arch/x86/boot/bzImage and all that building modules needs.  It is kept below
${KLINT_CACHE:-${XDG_CACHE_HOME:-~/.cache}/klint}/vm, keyed by the kernel's version and
the configuration, and made once.
"""
import argparse
import fcntl
import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench"))
import kernel as sources  # pylint: disable=wrong-import-position

IMAGE = "arch/x86/boot/bzImage"
STAMP = "klint-vm.json"         # written when everything else is there


class BuildError(Exception):
    """Something that the user must know, with the way out."""


@dataclass(frozen=True)
class DebugKernel:
    """A kernel that was built: its release, its objects and what it cost."""
    objects: Path
    release: str
    seconds: float
    cpu_seconds: float

    @property
    def image(self):
        return self.objects / IMAGE


def cache():
    base = os.environ.get("KLINT_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "klint"
    path = Path(base) / "vm"
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


def configuration(realtime):
    """debug.config, in which rt.config replaces what it names too."""
    text = (HERE / "debug.config").read_text(encoding="utf-8")
    if realtime:
        more = (HERE / "rt.config").read_text(encoding="utf-8")
        for name in settings(more):
            text = re.sub(rf"^CONFIG_{name}=.*\n", "", text, flags=re.M)
        text += more
    return text


def key_of(version, config):
    return f"{version}-{hashlib.sha256(config.encode()).hexdigest()[:12]}"


def run(argv, log, what):
    """Run a step with its output in a log; show the end of that when it fails."""
    with open(log, "ab") as out:
        done = subprocess.run(argv, stdout=out, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-15:]
        raise BuildError("\n".join([f"{what} failed (status {done.returncode}); all of {log}:"]
                                   + tail))


def settings(text):
    """{option: value} of a configuration; an option that is off has the value n."""
    found = dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.M))
    found.update({name: "n" for name in re.findall(r"^# CONFIG_(\w+) is not set$", text, re.M)})
    return found


def check_configuration(wanted, result):
    """kconfig drops silently what depends on something else: a checker that is not
    there would agree with nobody."""
    result = settings(result)
    lost = [f"{name}={value}" for name, value in settings(wanted).items()
            if result.get(name, "n") != value]
    if lost:
        raise BuildError(f"kconfig does not give {', '.join(lost)}: something that they "
                         "depend on is missing from debug.config")


def make_command(source, objects, jobs):
    return ["nice", "make", "-C", str(source), f"O={objects}", "ARCH=x86_64", f"-j{jobs}",
            "CC=gcc", "KBUILD_BUILD_USER=klint", "KBUILD_BUILD_HOST=vm"]


def configure(make, objects, config, log):
    (objects / "wanted.config").write_text(config)
    env = [f"KCONFIG_ALLCONFIG={objects / 'wanted.config'}"]
    run(["env", *env, *make, "tinyconfig"], log, "make tinyconfig")
    # tinyconfig's own fragments come last and switch printk off: ours come after them.
    with open(objects / ".config", "a", encoding="utf-8") as out:
        out.write(config)
    run([*make, "olddefconfig"], log, "make olddefconfig")
    check_configuration(config, (objects / ".config").read_text())


def used_by_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def build_into(part, source, config, jobs):
    """Configure and compile; return what the stamp says."""
    log = part / "build.log"
    make = make_command(source, part, jobs)
    configure(make, part, config, log)
    began, used = time.monotonic(), used_by_children()
    run([*make, "bzImage", "modules"], log, "building the kernel")
    release = (part / "include/config/kernel.release").read_text().strip()
    return {"release": release, "seconds": round(time.monotonic() - began, 1),
            "cpu_seconds": round(used_by_children() - used, 1)}


def load(objects):
    stamp = json.loads((objects / STAMP).read_text())
    return DebugKernel(objects, stamp["release"], stamp["seconds"], stamp["cpu_seconds"])


def build(series="6.12", realtime=False, jobs=2):
    """The debug kernel of a series; built when the cache does not have it."""
    try:
        version = sources.resolve(series)
        source = sources.source(series)
    except sources.KernelError as error:
        raise BuildError(str(error)) from error
    config = configuration(realtime)
    objects = cache() / key_of(version, config)
    with open(cache() / f".{objects.name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (objects / STAMP).exists():
            shutil.rmtree(objects, ignore_errors=True)
            objects.mkdir()
            sources.say(f"building a debug kernel of Linux {version}: some 15 CPU minutes, once")
            stamp = build_into(objects, source, config, jobs)
            (objects / STAMP).write_text(json.dumps(stamp) + "\n")
        return load(objects)


def main():
    parser = argparse.ArgumentParser(description="Build the debug kernel, once.")
    parser.add_argument("--series", default="6.12")
    parser.add_argument("--rt", action="store_true", help="with PREEMPT_RT")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    options = parser.parse_args()
    try:
        kernel = build(options.series, options.rt, options.jobs)
    except BuildError as problem:
        sys.exit(f"debug_kernel.py: {problem}")
    size = kernel.image.stat().st_size
    sources.say(f"Linux {kernel.release}: bzImage {size / 1e6:.1f} MB, built in "
                f"{kernel.seconds:.0f} s ({kernel.cpu_seconds:.0f} s of CPU time)")
    print(kernel.objects)


if __name__ == "__main__":
    main()
