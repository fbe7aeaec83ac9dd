#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Put one bug at a time into the reference drivers, and see that klint finds it.

Each mutation of mutants.yaml (or the files given) is applied to a copy of its
driver's directory.  The changed file must still compile with gcc by kbuild, and
klint must report the named lint in the named file.  Each driver, as it is, must be
silent with all lints and --rt.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KEYS = {"title", "file", "lint", "edits", "says", "expect", "note", "driver"}
TIMEOUT = 300


class Bad(Exception):
    """What makes a mutant fail, in one line."""


@dataclass
class Mutant:
    """One mutation: edits are files with pairs of exact texts; file is where the finding stands."""
    driver: str
    title: str
    file: str
    lint: str
    edits: list
    says: str = ""
    expect: str = "caught"
    note: str = ""

    @property
    def name(self):
        """What the mutant is called in the output."""
        return f"{Path(self.driver).name}/{self.file}: {self.title}"


def parse(entry, driver):
    """A mutant from its map in the data file."""
    known = KEYS | {"from", "to"}
    if unknown := set(entry) - known:
        raise Bad(f"{entry.get('title')}: unknown keys {sorted(unknown)}")
    if missing := {"title", "file", "lint"} - set(entry):
        raise Bad(f"{entry.get('title')}: no {sorted(missing)}")
    fields = {key: value for key, value in entry.items() if key not in ("from", "to", "edits")}
    edits = entry.get("edits", [])
    if "from" in entry:
        edits = edits + [{"from": entry["from"], "to": entry.get("to", "")}]
    if not edits:
        raise Bad(f"{entry['title']}: nothing to change")
    pairs = [(edit.get("in", entry["file"]), edit["from"], edit.get("to") or "")
             for edit in edits]
    mutant = Mutant(driver=driver, edits=pairs, **fields)
    if mutant.expect not in ("caught", "missed"):
        raise Bad(f"{mutant.title}: expect is caught or missed")
    if mutant.expect == "missed" and not mutant.note:
        raise Bad(f"{mutant.title}: a missed one needs a note")
    return mutant


def load(path):
    """All mutants of a data file."""
    return [parse(entry, group["driver"])
            for group in yaml.safe_load(path.read_text(encoding="utf-8"))
            for entry in group["mutants"]]


def mutate(directory, edits):
    """Apply edits to the files; each text must stand there exactly once."""
    for file, old, new in edits:
        path = directory / file
        text = path.read_text(encoding="utf-8")
        count = text.count(old)
        if count != 1:
            raise Bad(f"{old.strip().splitlines()[0]!r} stands {count} times in {path.name}")
        path.write_text(text.replace(old, new), encoding="utf-8")


def run(argv):
    """Run a command; its status and its outputs."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Bad(f"{argv[0]} took more than {TIMEOUT} s") from error


class Tools:
    """klint and kbuild, as the options say."""

    def __init__(self, klint, kernel):
        self.klint, self.kernel = klint, kernel
        out = run([klint, "lints"])
        if out.returncode or not out.stdout.split():
            raise Bad(f"{klint} lints: {out.stderr.strip()}")
        self.lints = [line.split()[0] for line in out.stdout.splitlines()]

    def compile(self, directory, file):
        """Compile one file of a module (of a header: all) with gcc by kbuild."""
        target = Path(file).with_suffix(".o").name if file.endswith(".c") else "modules"
        out = run(["make", "-s", "-C", str(self.kernel), f"M={directory}", target])
        if out.returncode:
            errors = [line for line in out.stderr.splitlines() if "error" in line]
            raise Bad("does not compile: " + (errors or [out.stderr[-200:]])[0])

    def findings(self, directory):
        """What all lints report of a module's directory."""
        out = run([self.klint, "link", "--no-cache", "--rt", "--only=" + ",".join(self.lints),
                   "--format=json", f"--kernel={self.kernel}", str(directory)])
        if out.returncode not in (0, 1):
            raise Bad(f"klint link: status {out.returncode}: {out.stderr.strip()[-200:]}")
        report = json.loads(out.stdout)
        if not report["counts"]["functions"]:
            raise Bad("klint link analysed no function")
        return report["findings"]


def copied(driver, scratch):
    """A copy of the driver's directory, as git has it but for what a build left."""
    target = Path(scratch) / Path(driver).name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / driver, target, ignore=shutil.ignore_patterns(
        "*.o", "*.ko", "*.klint", "*.mod", "*.mod.c", ".*.cmd", "modules.order",
        "Module.symvers"))
    return target


def brief(findings):
    """Findings in a few words."""
    return "; ".join(f"{Path(f['file']).name}:{f['line']} [{f['lint']}]" for f in findings)


def verdict(mutant, tools, scratch):
    """Try one mutant: a word for the output, or Bad."""
    directory = copied(mutant.driver, scratch)
    mutate(directory, mutant.edits)
    findings = tools.findings(directory)
    caught = [f for f in findings
              if f["lint"] == mutant.lint and Path(f["file"]).name == mutant.file
              and mutant.says in f["message"]]
    for file in sorted({file for file, _, _ in mutant.edits}):
        tools.compile(directory, file)
    if mutant.expect == "missed":
        if caught:
            raise Bad("is caught now: take 'expect: missed' and the note away")
        return "missed, as known"
    if not caught:
        if mutant.lint not in tools.lints:
            raise Bad(f"this klint has no lint {mutant.lint}")
        raise Bad(f"not caught by {mutant.lint}; reported: {brief(findings) or 'nothing'}")
    return "caught"


def silent(driver, tools, scratch):
    """The driver as it is: compiles, and no lint has anything to say."""
    directory = copied(driver, scratch)
    if findings := tools.findings(directory):
        raise Bad(f"not silent: {brief(findings)}")
    tools.compile(directory, "all of it.h")
    return "silent"


def show(name, function):
    """Run one test and print its line; the word it gave, or ''."""
    try:
        word = function()
    except Bad as error:
        print(f"FAIL {name}\n     {error}", flush=True)
        return ""
    print(f"ok   {name}: {word}", flush=True)
    return word


def default_kernel():
    """The newest 6.12 headers that are installed."""
    if os.environ.get("KDIR"):
        return os.environ["KDIR"]
    found = sorted(Path("/lib/modules").glob("6.12.*/build"))
    return str(found[-1]) if found else ""


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], epilog=__doc__.split(
        "\n\n", 1)[1], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", type=Path, default=[HERE / "mutants.yaml"])
    parser.add_argument("--klint", default=os.environ.get("KLINT", ROOT / "build/bin/klint"),
                        help="default: $KLINT, else build/bin/klint")
    parser.add_argument("--kernel", default=default_kernel(), metavar="DIR",
                        help="build directory of the kernel (default: $KDIR, else the newest 6.12)")
    parser.add_argument("--match", default="", metavar="TEXT",
                        help="only mutants with TEXT in their lint, driver, file or title")
    parser.add_argument("--list", action="store_true", help="print the mutants, try none")
    return parser.parse_args()


def select(args):
    """The mutants that the command line asks for."""
    mutants = [mutant for path in args.data for mutant in load(path)]
    return [m for m in mutants if args.match in f"{m.lint} {m.driver} {m.name}"]


def try_all(mutants, tools):
    """Print a line for each driver and mutant; the words of all."""
    words = []
    with tempfile.TemporaryDirectory(prefix="klint-mutants-") as scratch:
        for driver in sorted({m.driver for m in mutants}):
            words.append(show(driver, lambda d=driver: silent(d, tools, scratch)))
        for mutant in mutants:
            words.append(show(f"[{mutant.lint}] {mutant.name}",
                              lambda m=mutant: verdict(m, tools, scratch)))
    return words


def main():
    """Exit 0: all as expected; 1: not; 2: cannot be tried."""
    args = arguments()
    try:
        mutants = select(args)
        if args.list:
            for mutant in mutants:
                print(f"{mutant.expect:7} [{mutant.lint}] {mutant.name}")
            return 0
        if not mutants or not args.kernel:
            raise Bad("no mutants" if not mutants else "no kernel headers: --kernel=DIR")
        tools = Tools(str(args.klint), args.kernel)
    except (Bad, OSError, yaml.YAMLError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    words = try_all(mutants, tools)
    failed = words.count("")
    print(f"{words.count('missed, as known')} of them missed, as known")
    print(f"{len(words) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
