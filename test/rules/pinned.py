#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show of every row of the `pinned:` entries that it decides an answer.

Each row becomes a few functions of C (pinned_probes.py) in which it makes a finding, or
prevents one.  klint judges all of them with the rules as they are, and once for each
action without all rows of that: the answer of each of the action's blocks must be another
one then.  Where what another row says of the same function gives the same answer, the row
is judged again as the only one.  The `until:` of `ops` entries is judged like an action.
"""

import argparse
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from pinned_blocks import ACTIONS, MEMBERS, NAMED, UNTIL, Source, scaffold
from pinned_probes import LINTS, generate
from rows import load
from validate import ROOT

# Rows that no lint shows, by a part of their title, and why.
NOT_COVERED = {
}


def is_own(name):
    return isinstance(name, str) and name.startswith("rowtest_")


def without(entries, action):
    """The rules less all rows of the action, but for those of this test."""
    left = copy.deepcopy(entries)
    for entry in left:
        if action not in entry or next(iter(entry)) != ("ops" if action == UNTIL else "pinned"):
            continue
        kept = {n: p for n, p in entry[action].items() if is_own(n)} \
            if isinstance(entry[action], dict) else None
        if kept:
            entry[action] = kept
        else:
            del entry[action]
    return left


def alone(entries, action, names):
    """The rules less what other actions say of the functions."""
    left = copy.deepcopy(entries)
    for entry in left:
        for other in NAMED if next(iter(entry)) == "pinned" else ():
            if other != action and other in entry:
                entry[other] = {n: p for n, p in entry[other].items() if n not in names}
                if not entry[other]:
                    del entry[other]
    return left


class Judge:
    """Runs klint on the file with this or that set of rules."""

    def __init__(self, klint, where, functions):
        self.klint, self.where, self.runs = klint, where, 0
        # So that nobody takes them for functions that may do anything to what they are given.
        self.known = [{"pinned": "rowtest-known", "uses": {n: 16 for n in functions}}]

    def findings(self, entries):
        """The (lint, function) that klint reports."""
        self.runs += 1
        root = self.where / f"rules-{self.runs}"
        directory = root / "share/klint/rules"
        directory.mkdir(parents=True)
        # JSON is YAML, too.
        (directory / "all.yaml").write_text(json.dumps(entries + self.known, indent=1),
                                            encoding="utf-8")
        plugins = pathlib.Path(self.klint).resolve().parents[1] / "lib"
        (root / "lib").symlink_to(plugins)
        source = self.where / "rows.c"
        done = subprocess.run(
            [self.klint, "check", "--fail-on=never", "--format=json", f"--only={','.join(LINTS)}",
             f"--resource-dir={root}", "--plain", source, "--",
             "gcc", "-std=gnu11", "-w", "-fno-builtin", "-c", source],
            stdout=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(f"klint ended with {done.returncode}")
        report = json.loads(done.stdout)
        if report["gaps"]:
            sys.exit(f"not analysed: {report['gaps'][0]}")
        return {(f["lint"], f["function"]) for f in report["findings"]}


def judge_all(entries, blocks, judge):
    """Split the blocks: decided among the other rows, decided alone, not decided."""
    by_action = collections.defaultdict(list)
    for block in blocks:
        by_action[block.action].append(block)
    full = judge.findings(entries)
    first, second, failed = [], [], []
    for action, its in by_action.items():
        bare = judge.findings(without(entries, action))
        decided = [b for b in its if b.answer(full) and not b.answer(bare)]
        left = [b for b in its if b not in decided]
        first += decided
        if not left or action not in NAMED:
            failed += left
            continue
        only = alone(entries, action, {b.name for b in left})
        with_it, without_it = judge.findings(only), judge.findings(without(only, action))
        decided = [b for b in left if b.answer(with_it) and not b.answer(without_it)]
        second += decided
        failed += [b for b in left if b not in decided]
    return first, second, failed


def excuse(block):
    return next((why for part, why in NOT_COVERED.items() if part in block.title), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=ROOT / "rules",
                        help="where the rules are (default: rules/)")
    parser.add_argument("--klint", default=ROOT / "build/bin/klint", help="the program")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the program in this directory")
    args = parser.parse_args()
    entries = load(args.directory)
    source = Source(entries)
    generate(source)
    with tempfile.TemporaryDirectory() as temporary:
        where = args.keep or pathlib.Path(temporary)
        where.mkdir(parents=True, exist_ok=True)
        (where / "rows.c").write_text(source.c(), encoding="utf-8")
        judge = Judge(args.klint, where, source.functions)
        first, second, left = judge_all(scaffold(entries), source.blocks, judge)
    failed = [b for b in left if not excuse(b)]
    needless = [b for b in first + second if excuse(b)]
    for block in failed:
        print(f"FAIL {block.title} (block {block.number})")
    for block in needless:
        print(f"FAIL {block.title}: is covered, and should not be listed as if it were not")
    for block in left:
        if excuse(block):
            print(f"not covered: {block.title}: {excuse(block)}")
    passed = len(first) + len(second) - len(needless)
    print(f"{len(source.blocks)} rows: {len(first)} decide beside all others, {len(second)} "
          f"when they stand alone, {len(left) - len(failed)} not covered; {judge.runs} runs of klint")
    print(f"{passed} passed, {len(failed) + len(needless)} failed")
    return 1 if failed or needless or not source.blocks else 0


if __name__ == "__main__":
    sys.exit(main())
