#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kernel sources, configured trees and the compile commands of kbuild.

In: the name of a series ("6.12") or the full version of Debian's package
linux-source-SERIES.  Out, all below the cache (KLINT_CACHE, or
~/.cache/klint):

    packages/             .deb files of versions that are not installed
    src/VERSION/          the extracted source, never written to
    build/VERSION-CONFIG/ an output directory of kbuild: configured, with the
                          generated headers, but without objects of its own
    build/VERSION-CONFIG/klint-record.jsonl
                          every compile that was recorded there

Trees are prepared once; a step that was interrupted is done again from its
beginning, because its result gets its name only when it is complete.
"""
import argparse
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Before and after: the two versions that the cases of bench/cases.tsv lie between.
SERIES = {
    "6.12": ("6.12.107-1~deb12u1", "6.12.117-1~deb12u1"),
    "6.1": ("6.1.170-3", "6.1.192-2"),
}
LLVM = "22"
ARCH = "x86_64"
RECORDER = Path(__file__).resolve().parent / "record.py"
SCAN_DIRS = ["drivers/", "net/", "fs/", "kernel/", "block/", "mm/", "sound/"]

# What no build for x86 reads: half of the archive's files.
NOT_EXTRACTED = ["Documentation/*", "tools/testing/*", "tools/perf/*"]
EXTRACTED_ANYWAY = ["Documentation/Kconfig"]

# allmodconfig with what only slows the compiler down, or stops it, switched off.
ALL_CONFIG = Path(__file__).resolve().parents[1] / "include" / "klint-all.config"
FIXED_CONFIG = "".join(line for line in ALL_CONFIG.read_text(encoding="utf-8").splitlines(True)
                       if line.startswith(("CONFIG_", "# CONFIG_")))


class KernelError(Exception):
    """Something that the user must know, with the way out."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def cache():
    path = Path(os.environ.get("KLINT_CACHE") or Path.home() / ".cache" / "klint")
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


@contextlib.contextmanager
def locked(name):
    """One process at a time prepares a thing of that name."""
    with open(cache() / f".{name}.lock", "w", encoding="utf-8") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def run(argv, log, what, **more):
    """Run a command with its output in a file of the cache; show it on failure."""
    path = cache() / "log" / log
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as out:
        code = subprocess.run(argv, stdout=out, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False, **more).returncode
    if code:
        tail = path.read_text(errors="replace").splitlines()[-15:]
        raise KernelError("\n".join([f"{what} failed (status {code}); all of {path}:"] + tail))


# Sources

def series_of(version):
    return ".".join(version.split(".")[:2])


def installed_version(series):
    """The version of linux-source-SERIES that dpkg has installed, or None."""
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}\t${Version}",
                           f"linux-source-{series}"], capture_output=True, text=True,
                          check=False)
    status, _, version = done.stdout.partition("\t")
    return version if status == "install ok installed" else None


def resolve(name):
    """A full version for a series or a version."""
    if re.fullmatch(r"\d+\.\d+", name):
        version = installed_version(name)
        if not version:
            raise KernelError(f"linux-source-{name} is not installed: run ./x setup")
        return version
    return name


def fetch(version):
    """The .deb of a version that is not installed."""
    package = f"linux-source-{series_of(version)}"
    directory = cache() / "packages"
    directory.mkdir(exist_ok=True)
    deb = directory / f"{package}_{version}_all.deb"
    if not deb.exists():
        say(f"downloading {package} {version}")
        try:
            run(["apt-get", "download", f"{package}={version}"], f"fetch-{version}.log",
                "apt-get download", cwd=directory)
        except KernelError as error:
            raise KernelError(f"{error}\nNo {package}={version} to be had: run apt-get update, or "
                              f"put the file from snapshot.debian.org at {deb}") from error
    return deb


def tar_command(version):
    """A shell command that writes the source's tar archive to its output."""
    series = series_of(version)
    if installed_version(series) == version:
        return f"xz -T0 -dc /usr/src/linux-source-{series}.tar.xz"
    return (f"dpkg-deb --fsys-tarfile '{fetch(version)}' | "
            f"tar -xO ./usr/src/linux-source-{series}.tar.xz | xz -T0 -dc")


def source(name):
    """The extracted source tree of a series or version."""
    version = resolve(name)
    tree = cache() / "src" / version
    with locked(f"src-{version}"):
        if tree.exists():
            return tree
        if shutil.disk_usage(cache()).free < 4 << 30:
            raise KernelError(f"a kernel tree and its build need 4 GB below {cache()}; "
                              "free some, or point KLINT_CACHE elsewhere")
        say(f"extracting Linux {version}")
        part = tree.with_name(f".{version}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        command = tar_command(version)
        leave_out = " ".join(f"--exclude='linux-source-*/{p}'" for p in NOT_EXTRACTED)
        run(["bash", "-o", "pipefail", "-c",
             f"{command} | tar -x --strip-components=1 {leave_out} -C '{part}'"],
            f"extract-{version}.log", "extracting the source")
        members = " ".join(f"linux-source-{series_of(version)}/{p}" for p in EXTRACTED_ANYWAY)
        run(["bash", "-o", "pipefail", "-c",
             f"{command} | tar -x --strip-components=1 -C '{part}' {members}"],
            f"extract-{version}.log", "extracting the source")
        part.rename(tree)
    return tree


# Builds

@dataclass(frozen=True)
class Build:
    """A configured output directory of kbuild."""
    source: Path
    objects: Path
    compiler: str = "clang"     # or "gcc", with binutils

    @property
    def log(self):
        return self.objects / "klint-record.jsonl"

    def make(self, jobs=2):
        tools = [f"CC={RECORDER} gcc"] if self.compiler == "gcc" else \
                [f"LLVM=-{LLVM}", f"CC={RECORDER} clang-{LLVM}"]
        return ["make", "-C", str(self.source), f"O={self.objects}", f"ARCH={ARCH}",
                f"-j{jobs}", *tools]

    def relative(self, path):
        """A source file's name as the kernel's people say it."""
        path = os.path.normpath(os.path.join(self.objects, path))
        root = str(self.source) + os.sep
        return path[len(root):] if path.startswith(root) else path


def build(name, config, jobs=2, compiler="clang"):
    """A configured tree with its generated headers."""
    version = resolve(name)
    tree = source(version)
    key = f"{version}-{config}" + ("-gcc" if compiler == "gcc" else "")
    objects = cache() / "build" / key
    result = Build(tree, objects, compiler)
    with locked(f"build-{key}"):
        stamp = objects / ".klint-prepared"
        if stamp.exists() and stamp.read_text() == FIXED_CONFIG:
            return result
        say(f"configuring Linux {version} {config}")
        shutil.rmtree(objects, ignore_errors=True)
        objects.mkdir(parents=True)
        (objects / "klint.config").write_text(FIXED_CONFIG)
        env = dict(os.environ)
        env.pop("KLINT_RECORD", None)
        if config != "defconfig":
            env["KCONFIG_ALLCONFIG"] = str(objects / "klint.config")
        run(result.make(jobs) + [config], f"config-{key}.log", "make " + config, env=env)
        say(f"preparing Linux {version} {config}")
        run(result.make(jobs) + ["prepare", "modules_prepare"],
            f"prepare-{key}.log", "make modules_prepare", env=env)
        stamp.write_text(FIXED_CONFIG)
    return result


# Commands

def recorded(result):
    """All commands that were ever recorded in a build, the last one per object."""
    commands = {}
    if result.log.exists():
        with open(result.log, encoding="utf-8") as f:
            for line in f:
                entry = json.loads(line)
                commands[entry["output"]] = entry
    return commands


def record(result, targets, jobs=2):
    """Have kbuild compile targets (directories with a slash, objects) in record mode."""
    env = dict(os.environ, KLINT_RECORD=str(result.log))
    log = f"record-{result.objects.name}.log"
    with locked(f"build-{result.objects.name}"):
        try:
            # -k: what depends on a real object fails, and does not matter.
            run(result.make(jobs) + ["-k", "objtool=true"] + list(targets), log, "recording",
                env=env)
        except KernelError:
            pass
    return recorded(result)


def commands_below(result, directories, jobs=2):
    """The compile commands of directories, in a fixed order; recorded once."""
    stamp = result.objects / ".klint-recorded"
    done = set(stamp.read_text().split()) if stamp.exists() else set()
    missing = [d for d in directories if d not in done]
    if missing:
        say("recording the compile commands of " + " ".join(missing))
        record(result, missing, jobs)
        stamp.write_text("\n".join(sorted(done | set(missing))) + "\n")
    commands = recorded(result)
    return [commands[k] for k in sorted(commands) if k.startswith(tuple(directories))]


def commands_of(result, files, jobs=2):
    """The compile command of each single source file that this config builds."""
    wanted = {re.sub(r"\.c$", ".o", f): f for f in files}
    missing = [o for o in wanted if o not in recorded(result)]
    if missing:
        say(f"recording the compile commands of {len(missing)} files")
        record(result, missing, jobs)
    commands = recorded(result)
    return {f: commands[o] for o, f in wanted.items() if o in commands}


def compiles(entry):
    """Whether Clang can read the file at all: kbuild compiles what it is asked for,
    also for the wrong architecture."""
    args = [a for a in entry["arguments"] if not a.startswith("-Wp,-MMD,") and a != "-c"]
    at = args.index("-o")
    del args[at:at + 2]
    return subprocess.run([*args, "-fsyntax-only", "-w"], cwd=entry["directory"],
                          stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def write_commands(commands, path):
    """A compile_commands.json."""
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(commands, indent=1) + "\n")
    part.rename(path)


# Modules against the packaged headers

# Clang on headers that were configured by gcc: kbuild must believe that the
# config was made with Clang; the header does the same for the source.
CLANG_ON_GCC_HEADERS = [
    "CONFIG_CC_IS_GCC=", "CONFIG_CC_IS_CLANG=y", "CONFIG_CLANG_VERSION=220108",
    "CONFIG_GCC_VERSION=0", "CONFIG_FTRACE_MCOUNT_USE_CC=",
    "CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y",
    "CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough",
]
CLANG_FIX_HEADER = RECORDER.parents[1] / "include" / "klint-clangfix.h"


def headers(series="6.12"):
    """The build directory of the newest packaged headers of a series."""
    found = sorted(Path("/lib/modules").glob(f"{series}.*/build"),
                   key=lambda p: [int(n) for n in re.findall(r"\d+", p.parent.name)])
    if not found:
        raise KernelError(f"no kernel headers of {series} in /lib/modules: run ./x setup")
    return found[-1]


def module_make(directory, compiler="gcc", series="6.12", wrapper=""):
    """The make command that builds a module directory with kbuild."""
    argv = ["make", "-C", str(headers(series)), f"M={Path(directory).resolve()}",
            f"CC={wrapper} {compiler}".replace("= ", "=")]
    if "clang" in compiler:
        argv += CLANG_ON_GCC_HEADERS + [f"KCFLAGS=-include {CLANG_FIX_HEADER}"]
    return argv + ["modules"]


def module_flags(version=LLVM, series="6.12"):
    """The flags with which kbuild compiles a module's C file with Clang: all of
    the command but the compiler, the output and the source, with the names of
    directories made absolute, so that they hold anywhere."""
    kdir = headers(series)
    key = re.sub(r"[^\w.+-]", "_", f"{kdir.parent.name}-clang-{version}")
    path = cache() / "flags" / f"{key}.json"
    with locked(f"flags-{key}"):
        if not path.exists():
            record_module_flags(path, version, series)
        return json.loads(path.read_text()) + ["-include", str(CLANG_FIX_HEADER)]


def record_module_flags(path, version, series):
    work = path.with_suffix(".module")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "Kbuild").write_text("obj-m := klint_flags.o\n")
    (work / "klint_flags.c").write_text("")
    log = work / "record.jsonl"
    with contextlib.suppress(KernelError):     # modpost misses the licence
        run(module_make(work, f"clang-{version}", series, str(RECORDER)), f"{path.stem}.log",
            "kbuild", env=dict(os.environ, KLINT_RECORD=str(log)))
    if not log.exists():
        raise KernelError(f"kbuild compiled nothing: see {cache()}/log/{path.stem}.log")
    entry = json.loads(log.read_text().splitlines()[0])
    drop = ("-Wp,-MMD,", "-DKBUILD_MODFILE=", "-DKBUILD_BASENAME=", "-DKBUILD_MODNAME=",
            "-D__KBUILD_MODNAME=")
    args = [a for a in entry["arguments"][1:-1] if not a.startswith(drop) and a != "-c"]
    for at in (args.index("-o"), args.index(str(CLANG_FIX_HEADER)) - 1):
        del args[at:at + 2]
    args += ["-DKBUILD_MODFILE=\"test\"", "-DKBUILD_BASENAME=\"test\"",
             "-DKBUILD_MODNAME=\"test\"", "-D__KBUILD_MODNAME=kmod_test"]
    path.write_text(json.dumps([absolute(a, entry["directory"]) for a in args]))
    shutil.rmtree(work)


def absolute(arg, directory):
    """An argument that names "./something" relative to directory, made absolute."""
    match = re.fullmatch(r"(-I|-isystem)?\./(.*)", arg)
    return f"{match[1] or ''}{directory}/{match[2]}" if match else arg


def main():
    parser = argparse.ArgumentParser(description="Prepare kernel trees in the cache.")
    sub = parser.add_subparsers(dest="command", required=True)
    one = sub.add_parser("source", help="extract a tree; print where it is")
    one.add_argument("version")
    one = sub.add_parser("build", help="configure a tree; print where it is")
    one.add_argument("version")
    one.add_argument("config", choices=["defconfig", "allmodconfig"])
    one = sub.add_parser("commands", help="write a compile_commands.json")
    one.add_argument("version")
    one.add_argument("config", choices=["defconfig", "allmodconfig"])
    one.add_argument("output")
    one.add_argument("target", nargs="+", help="a directory (drivers/net/) or a file (a/b.c)")
    one = sub.add_parser("module", help="print the make command for a module directory")
    one.add_argument("directory")
    one.add_argument("--cc", default="clang-" + LLVM)
    one.add_argument("--wrapper", default="", help="put before the compiler: 'klint cc'")
    one.add_argument("--series", default="6.12")
    one = sub.add_parser("flags", help="print a module's compiler flags, one a line")
    one.add_argument("--series", default="6.12")
    args = parser.parse_args()
    if args.command == "source":
        print(source(args.version))
    elif args.command == "build":
        print(build(args.version, args.config).objects)
    elif args.command == "flags":
        print("\n".join(module_flags(LLVM, args.series)))
    elif args.command == "module":
        for word in module_make(args.directory, args.cc, args.series, args.wrapper):
            print(word)
    else:
        tree = build(args.version, args.config)
        files = [t for t in args.target if t.endswith(".c")]
        commands = commands_below(tree, [t for t in args.target if t not in files])
        commands += commands_of(tree, files).values()
        write_commands(commands, args.output)
        say(f"{len(commands)} commands")


if __name__ == "__main__":
    try:
        main()
    except KernelError as problem:
        sys.exit(f"kernel.py: {problem}")
