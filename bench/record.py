#!/usr/bin/env -S python3 -IS
# SPDX-License-Identifier: MIT
"""A stand-in for the compiler that notes what kbuild asks of it.

    make CC="record.py clang-22"      with KLINT_RECORD=LOG in the environment

A compile of kernel C is not run: its arguments are appended to LOG, one JSON
object a line, and an empty object and dependency file are left where kbuild
expects them, so that a whole tree is recorded in minutes.  Everything else
(probes, host tools, assembler, generated code) reaches the compiler unchanged;
without KLINT_RECORD, everything does.
"""
import json
import os
import subprocess
import sys


def is_kernel_compile(args):
    source = args[-1] if args else ""
    if not source.endswith(".c") or source.endswith((".mod.c", "module-common.c")):
        return False
    return ("-c" in args and "-D__KERNEL__" in args and "-o" in args
            and "-E" not in args and "-S" not in args
            and any(a.startswith("-DKBUILD_MODNAME=") for a in args))


def option(args, prefix):
    return next((a[len(prefix):] for a in args if a.startswith(prefix)), None)


def empty_object(compiler, log):
    """The object that stands in for all others; made once beside the log."""
    path = log + ".o"
    if not os.path.exists(path):
        own = "%s.%d" % (path, os.getpid())
        subprocess.run([compiler, "-c", "-x", "c", "/dev/null", "-o", own], check=True)
        os.rename(own, path)
    with open(path, "rb") as f:
        return f.read()


def record(argv, log):
    args = argv[1:]
    output = args[args.index("-o") + 1]
    line = json.dumps({"directory": os.getcwd(), "file": args[-1],
                       "output": output, "arguments": argv}) + "\n"
    log_fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(log_fd, line.encode())     # one write: parallel makes do not mix
    os.close(log_fd)
    with open(output, "wb") as f:
        f.write(empty_object(argv[0], log))
    depfile = option(args, "-Wp,-MMD,") or option(args, "-Wp,-MD,")
    if depfile:
        with open(depfile, "w", encoding="utf-8") as f:
            f.write("%s: %s\n" % (output, args[-1]))


def main():
    argv = sys.argv[1:]
    if not argv:
        sys.exit("usage: record.py COMPILER ARGUMENT...")
    log = os.environ.get("KLINT_RECORD")
    if log and is_kernel_compile(argv[1:]):
        record(argv, log)
    else:
        os.execvp(argv[0], argv)


main()
