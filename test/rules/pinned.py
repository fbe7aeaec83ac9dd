#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show of every row of the `pinned:` entries that it decides an answer.

Each row becomes a few functions of C (pinned_probes.py, pinned_kinds.py) in which it makes
a finding, or prevents one.  klint judges all of them with the rules as they are, and once
for each action without all rows of that: the answer of each of the action's blocks must be
another one then.  The `until:` of `calls` and `ops` is judged like an action.
"""

import argparse
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from pinned_blocks import LINTS, UNTIL, Source, scaffold
from pinned_kinds import generate
from rows import load
from validate import ROOT

# Rows that decide nothing, and why: (how their titles begin, the rest of it).
NOT_COVERED = {
    "klint takes `until` only of a function that is an argument, not of one in what that points to":
        ("calls ", "blocking_notifier_chain_register blocking_notifier_chain_register_unique_prio"
         " atomic_notifier_chain_register atomic_notifier_chain_register_unique_prio"
         " srcu_notifier_chain_register register_reboot_notifier register_pm_notifier"
         " register_netdevice_notifier register_inetaddr_notifier register_inet6addr_notifier"
         " bus_register_notifier"),
    "klint takes no `until` of what is said to initialise a part: that calls nobody yet":
        ("calls ", "percpu_ref_init netif_napi_add netif_napi_add_weight netif_napi_add_tx_weight"
         " netif_napi_add_tx timer_setup init_timer_key hrtimer_init hrtimer_init_on_stack"
         " tasklet_setup tasklet_init init_irq_work usb_fill_bulk_urb usb_fill_control_urb"
         " usb_fill_int_urb INIT_WORK INIT_DELAYED_WORK INIT_DEFERRABLE_WORK kthread_create"
         " kthread_create_on_node kthread_create_on_cpu kthread_init_work"
         " kthread_init_delayed_work timer_setup_on_stack INIT_WORK_ONSTACK"
         " INIT_WORK_ONSTACK_KEY INIT_DELAYED_WORK_ONSTACK INIT_DEFERRABLE_WORK_ONSTACK"),
}
EXCUSED = {prefix + name: why for why, (prefix, names) in NOT_COVERED.items()
           for name in names.split()}


def without_until(entries):
    """The rules, of which nobody knows what ends the calls that they speak of."""
    left = copy.deepcopy(entries)
    for entry in left:
        calls = entry.get("calls", [])
        for what in [entry, *(calls if isinstance(calls, list) else [calls])]:
            what.pop(UNTIL, None)
    return left


def without(entries, action):
    """The rules less all rows of the action, but for those of this test."""
    if action == UNTIL:
        return without_until(entries)
    left = copy.deepcopy(entries)
    for entry in left:
        if next(iter(entry)) != "pinned" or action not in entry:
            continue
        kept = {n: p for n, p in entry[action].items() if n.startswith("rowtest_")} \
            if isinstance(entry[action], dict) else None
        if kept:
            entry[action] = kept
        else:
            del entry[action]
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
        (root / "lib").symlink_to(pathlib.Path(self.klint).resolve().parents[1] / "lib")
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
    """The blocks that their rows decide."""
    by_action = collections.defaultdict(list)
    for block in blocks:
        by_action[block.action].append(block)
    full = judge.findings(entries)
    decided = []
    for action, its in by_action.items():
        bare = judge.findings(without(entries, action))
        decided += [b for b in its if b.answer(full) and not b.answer(bare)]
    return decided


def is_of(block, row):
    """Is it the block of that row?  What ends its calls is not named in the table."""
    return block.title == row or block.title.startswith(f"{row}: {UNTIL}: ")


def excuse(block):
    return next((why for row, why in EXCUSED.items() if is_of(block, row)), None)


def report(blocks, decided):
    """Say what failed, and return how many have passed and failed.  What is excused must be
    there, and must not be decided."""
    excused = [b for b in blocks if excuse(b)]
    wrong = [f"{b.title} (block {b.number})" for b in blocks
             if b not in decided and b not in excused]
    passed = len(blocks) - len(excused) - len(wrong)
    wrong += [f"{b.title}: it is covered, and listed as not covered" for b in decided
              if b in excused]
    wrong += [f"{row}: there is no such row, and it is listed as not covered"
              for row in EXCUSED if not any(is_of(b, row) for b in excused)]
    for line in wrong:
        print(f"FAIL {line}")
    for why in NOT_COVERED:
        rows = [b.title for b in excused if excuse(b) == why]
        print(f"{len(rows)} not covered: {why}: {', '.join(rows)}")
    return passed, len(wrong)


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
        decided = judge_all(scaffold(entries), source.blocks, judge)
    passed, failed = report(source.blocks, decided)
    print(f"{len(source.blocks)} rows; {judge.runs} runs of klint")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
