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

# Runs as process 1.  A step that does not return is left behind after LIMIT seconds, or
# sooner once a checker has spoken, because then it will not.
INIT = r"""#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2>/dev/null
mount -t debugfs none /sys/kernel/debug 2>/dev/null
mount -t configfs none /sys/kernel/config 2>/dev/null
echo 8 >/proc/sys/kernel/printk
echo on >/proc/sys/kernel/printk_devkmsg
ifconfig lo up 2>/dev/null

mark() { echo "klint-vm: $*" >/dev/kmsg; }
locks() { sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats 2>/dev/null; }
taint() { cat /proc/sys/kernel/tainted; }
over() { mark stop; reboot -f; }

spoke() { [ "$(locks)" != "$locks" ] || [ "$(taint)" != "$taint" ]; }

# NAME COMMAND: run it beside us, and say how it ended.
step() {
	what=$1
	rm -f /tmp/status
	( sh -c "$2" >/tmp/out 2>&1; echo $? >/tmp/status.part
	  mv /tmp/status.part /tmp/status ) &
	waited=0
	while [ ! -f /tmp/status ]; do
		sleep 0.2
		waited=$((waited + 1))
		if [ $waited -gt $((LIMIT * 5)) ] || { [ $waited -gt 30 ] && spoke; }; then
			mark step $what stuck
			mark end stuck
			over
		fi
	done
	mark step $what "$(cat /tmp/status)" "$(head -c 200 /tmp/out | tr '\n' ' ')"
}

settle() { sleep "$1"; }

begin() {
	echo 1 >/sys/kernel/debug/clear_warn_once 2>/dev/null
	locks=$(locks) taint=$(taint)
	mark begin "$1"
}

# A kernel whose lockdep is off, or that has died once, proves nothing more.
end() {
	mark end ran
	[ "$(locks)" = "$FIRST_LOCKS" ] && [ $(($(taint) & 128)) = 0 ] || over
}

FIRST_LOCKS=$(locks)
mark up
. /cases
over
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
    lines += [f"step load {shlex.quote(load)}", f"settle {case.settle}"]
    for number, action in enumerate(case.actions, 1):
        lines += [f"step action{number} {shlex.quote(action)}", f"settle {case.settle}"]
    write = f"echo 1 >/sys/kernel/debug/{module}"
    lines.append(f"[ ! -f /sys/kernel/debug/{module} ] || step debugfs {shlex.quote(write)}")
    if case.unload:
        # A module that did not load cannot be unloaded, which is no failure of its own.
        unload = f"[ ! -d /sys/module/{module} ] || rmmod {module}"
        lines.append(f"step unload {shlex.quote(unload)}")
    return lines + ["end"]


def image(busybox, cases, limit):
    """The whole image, compressed."""
    script = "\n".join(line for case in cases for line in steps_of(case)) + "\n"
    files = {"bin/busybox": (0o755, Path(busybox).read_bytes()),
             "init": (0o755, INIT.replace("LIMIT", str(limit)).encode()),
             "cases": (0o644, script.encode())}
    for case in cases:
        files[f"modules/{case.name}.ko"] = (0o644, Path(case.module).read_bytes())
    return gzip.compress(archive(files), 1)
