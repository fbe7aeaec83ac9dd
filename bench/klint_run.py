# SPDX-License-Identifier: MIT
"""Running klint over recorded commands, and reading what it says."""
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import kernel

ROOT = Path(__file__).resolve().parent.parent


def executable():
    path = Path(os.environ.get("KLINT") or ROOT / "build" / "bin" / "klint").resolve()
    if not path.exists():
        raise kernel.KernelError(f"no {path}: run ./x build")
    return path


@dataclass
class Result:
    """A complete report, and what it took."""
    status: int
    seconds: float
    cpu: float
    messages: str
    report: dict

    @property
    def findings(self):
        return self.report["findings"]

    @property
    def failed(self):
        """The files that klint could not analyse, named as in the report."""
        return re.findall(r"^klint: not analysed: (.*?): ", self.messages, re.M)

    @property
    def counts(self):
        return self.report["counts"]


def load(path):
    """The report that a run before left at path."""
    with open(path, encoding="utf-8") as f:
        return Result(0, 0, 0, "", json.load(f))


def check(tree, commands, output, jobs=2, options=(), command="check"):
    """klint check (or link) over compile commands of a tree: files in the report are
    named as in the kernel, because klint runs in the source's directory."""
    output = Path(output).resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    database = output.with_suffix(".commands.json")
    kernel.write_commands(commands, database)
    output.unlink(missing_ok=True)
    argv = [str(executable()), command, str(database), f"-j{jobs}", "--format=json",
            "-o", str(output), *options]
    begin, before = time.monotonic(), os.times()
    done = subprocess.run(argv, cwd=tree.source, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    after = os.times()
    if not output.exists():
        raise kernel.KernelError(f"klint wrote no report (status {done.returncode}):\n"
                                 + done.stderr[-4000:])
    return Result(done.returncode, time.monotonic() - begin,
                  after.children_user + after.children_system
                  - before.children_user - before.children_system,
                  done.stderr, load(output).report)
