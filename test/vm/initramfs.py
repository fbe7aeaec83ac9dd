# SPDX-License-Identifier: MIT
"""The image that a virtual machine starts from: a static BusyBox, the modules of the
cases, and an init that runs one case after the other and marks on the console, by
/dev/kmsg, where each begins and ends, so that the marks keep their place among the
kernel's own messages.
"""
import gzip
import shlex
import stat
from pathlib import Path

# Runs as process 1.  It starts as few processes as it can, since each costs the emulated
# machine a tenth of a second; what does not return is the host's to see.
INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2>/dev/null
mount -t debugfs none /sys/kernel/debug 2>/dev/null
mount -t configfs none /sys/kernel/config 2>/dev/null
echo 8 >/proc/sys/kernel/printk
ifconfig lo up 2>/dev/null

mark() { echo "klint-vm: $*" >/dev/kmsg; }

# NAME COMMAND: run it, and say how it ended.
step() {
	( eval "$2" ) >/tmp/out 2>&1
	mark step $1 $?
}

# What is said once in a boot may be said again.
begin() {
	echo 1 >/sys/kernel/debug/clear_warn_once
	mark begin "$1"
}

mark up
. /cases
mark stop
reboot -f
"""


def entry(name, mode, data=b"", number=0, device=(0, 0)):
    """One member of a cpio archive in the format newc."""
    path = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(path), 0)
    head = b"070701" + b"".join(b"%08X" % value for value in fields) + path
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def archive(files):
    """A cpio archive: {path: (mode, bytes)}, and the directories that they need."""
    parents = {str(p) for name in files for p in Path(name).parents if str(p) != "."}
    parents |= {"dev", "proc", "sys", "tmp"}
    members = [entry(name, stat.S_IFDIR | 0o755) for name in sorted(parents)]
    # Without it the kernel runs init with no console.
    members.append(entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)))
    members += [entry(name, stat.S_IFREG | mode, data)
                for name, (mode, data) in sorted(files.items())]
    return b"".join(members) + entry("TRAILER!!!", 0)


def steps_of(case):
    """The lines of shell that run one case."""
    module = Path(case.module).stem.replace("-", "_")
    load = f"insmod /modules/{case.name}.ko {case.parameters}".strip()
    lines = [f"begin {shlex.quote(case.name)}"]
    if case.before:
        lines.append(f"( {case.before} ) >/dev/null 2>&1 &")
    lines += [f"step load {shlex.quote(load)}", f"sleep {case.settle}"]
    for number, action in enumerate(case.actions, 1):
        lines += [f"step action{number} {shlex.quote(action)}", f"sleep {case.settle}"]
    file = f"/sys/kernel/debug/{module}"
    use = shlex.quote(f"echo 1 >{file} || cat {file}")
    lines.append(f"[ ! -f {file} ] || step debugfs {use}")
    if case.unload:
        # A module that did not load cannot be unloaded, which is no failure of its own.
        unload = f"[ ! -d /sys/module/{module} ] || rmmod {module}"
        lines.append(f"step unload {shlex.quote(unload)}")
    return lines + ["mark end ran"]


def image(busybox, cases):
    """The whole image, compressed."""
    script = "\n".join(line for case in cases for line in steps_of(case)) + "\n"
    files = {"bin/busybox": (0o755, Path(busybox).read_bytes()),
             "init": (0o755, INIT.encode()),
             "cases": (0o644, script.encode())}
    for case in cases:
        files[f"modules/{case.name}.ko"] = (0o644, Path(case.module).read_bytes())
    return gzip.compress(archive(files), 1)
