#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show of every row in rules/ that it decides an answer.

Each effect of each rule becomes a function of KIR (probes.py) in which it makes a
finding at a known line, or prevents one.  klint judges all of them with the rules as
they are, and once more with the effects taken away; a row whose presence changes
nothing has no effect, or is not understood, and fails.  Where another effect of the
same row gives the same answer (a mutex sleeps, and mutex_lock() says that it sleeps),
the effect is judged again as the only one.
"""

import argparse
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

from probes import Module, PROBES, Uncovered, probe_effect, probe_ops, scaffold
from validate import ROOT, yaml_files

KEYS = [key for key in PROBES if key != "nothing"]
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(directory):
    return [entry for path in yaml_files(directory)
            for entry in yaml.load(path.read_text(encoding="utf-8"), Loader)]


def listed(value):
    return value if isinstance(value, list) else [value]


def observable(entries):
    """Contexts by name; one without any part is made bare, which callbacks can see."""
    contexts = {}
    for entry in entries:
        if "context" in entry and next(iter(entry)) == "context":
            if not entry["enters"]:
                entry["bare"] = True
            contexts[entry["context"]] = entry
    return contexts


def rows(entries):
    """Yield (subject, entry, key, index, row) of every effect."""
    for entry in entries:
        kind = next(iter(entry))
        if kind not in ("fn", "macro", "annotation", "ops"):
            continue
        for subject in listed(entry[kind]):
            if kind == "ops":
                yield subject, entry, "ops", 0, entry["context"]
                continue
            keys = [key for key in KEYS if key in entry]
            if not keys:
                yield subject, entry, "nothing", 0, None
            for key in keys:
                for index, row in enumerate(listed(entry[key])):
                    yield subject, entry, key, index, row


def without(entries, drop):
    """The rules less the effects that drop(key, index) names."""
    left = []
    for entry in copy.deepcopy(entries):
        kind = next(iter(entry))
        if kind == "ops" and drop("ops", 0):
            continue
        if kind in ("fn", "macro") and not any(key in entry for key in KEYS) \
                and drop("nothing", 0):
            continue
        for key in KEYS if kind in ("fn", "macro", "annotation") else ():
            if key not in entry:
                continue
            kept = [row for i, row in enumerate(listed(entry[key])) if not drop(key, i)]
            if kept:
                entry[key] = kept if isinstance(entry[key], list) else kept[0]
            else:
                del entry[key]
        left.append(entry)
    return left


class Judge:
    """Runs klint on the probes with this or that set of rules."""

    def __init__(self, klint, where, extra):
        self.klint, self.where, self.extra, self.runs = klint, where, extra, 0

    def findings(self, entries, modules):
        """The (lint, function, line) that klint reports; the modules are KIR files."""
        self.runs += 1
        root = self.where / f"rules-{self.runs}"
        directory = root / "share/klint/rules"
        directory.mkdir(parents=True)
        # JSON is YAML, too.
        (directory / "all.yaml").write_text(json.dumps(entries + self.extra, indent=1),
                                            encoding="utf-8")
        done = subprocess.run(
            [self.klint, "check", "--rt", "--fail-on=never", "--format=json",
             f"--resource-dir={root}", *modules],
            stdout=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(f"klint ended with {done.returncode}")
        report = json.loads(done.stdout)
        if report["gaps"]:
            sys.exit(f"not analysed: {report['gaps'][0]}")
        return {(f["lint"], f["function"], f["line"]) for f in report["findings"]}


class Case:
    """One row and its probe."""

    def __init__(self, subject, key, index, row, probe):
        self.key, self.index, self.probe = key, index, probe
        self.title = f"{subject}: {key}" + ("" if row is None else f": {row}")

    def answer(self, findings):
        told = any((lint, *self.probe.where) in findings for lint in self.probe.lints)
        return told != self.probe.inverse

    def decided(self, with_it, without_it):
        return self.answer(with_it) and not self.answer(without_it)


def generate(entries, contexts, where):
    """Write the modules, one for each key and index; return cases, paths, and the rows
    that no program can show, by reason."""
    modules, cases = {}, []
    uncovered = collections.defaultdict(list)
    for subject, entry, key, index, row in rows(entries):
        module = modules.setdefault((key, index), Module(f"{key}-{index}"))
        mark = len(module.lines)
        name = f"probe_{len(cases)}"
        try:
            probe = probe_ops(module, name, subject, contexts[row]) if key == "ops" else \
                probe_effect(module, name, subject, entry, key, row, contexts)
        except Uncovered as why:
            del module.lines[mark:]
            uncovered[str(why)].append(f"{subject}: {key}")
            continue
        cases.append(Case(subject, key, index, row, probe))
    paths = {}
    for place, module in modules.items():
        paths[place] = where / f"{module.name}.kir"
        paths[place].write_text(module.text(), encoding="utf-8")
    return cases, paths, uncovered


def judge_all(entries, cases, paths, judge):
    """Split the cases: decided among the other rows, decided alone, failed."""
    full = judge.findings(entries, paths.values())
    bare = {place: judge.findings(without(entries, lambda *at, place=place: at == place), [path])
            for place, path in paths.items()}
    first = [c for c in cases if c.decided(full, bare[c.key, c.index])]
    left = [c for c in cases if not c.decided(full, bare[c.key, c.index])]
    none = judge.findings(without(entries, lambda *at: True), paths.values())
    only = {place: judge.findings(without(entries, lambda *at, place=place: at != place),
                                  [paths[place]])
            for place in {(c.key, c.index) for c in left}}
    second = [c for c in left if c.decided(only[c.key, c.index], none)]
    return first, second, [c for c in left if not c.decided(only[c.key, c.index], none)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=ROOT / "rules",
                        help="where the rules are (default: rules/)")
    parser.add_argument("--klint", default=ROOT / "build/bin/klint", help="the program")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the programs in this directory")
    args = parser.parse_args()
    entries = load(args.directory)
    contexts = observable(entries)
    kinds = [e["lock-kind"] for e in entries if next(iter(e)) == "lock-kind"]
    with tempfile.TemporaryDirectory() as temporary:
        where = args.keep or pathlib.Path(temporary)
        where.mkdir(parents=True, exist_ok=True)
        cases, paths, uncovered = generate(entries, contexts, where)
        judge = Judge(args.klint, pathlib.Path(temporary), scaffold(kinds))
        first, second, failed = judge_all(entries, cases, paths, judge)
    for case in failed:
        print(f"FAIL {case.title} ({case.probe.name}, line {case.probe.where[1]})")
    for why, names in sorted(uncovered.items()):
        print(f"{len(names)} not covered: {why}: {', '.join(names)}")
    print(f"{len(cases) + sum(map(len, uncovered.values()))} rows: "
          f"{len(first)} decide beside all others, {len(second)} when they stand alone, "
          f"{sum(map(len, uncovered.values()))} not covered; {judge.runs} runs of klint")
    print(f"{len(first) + len(second)} passed, {len(failed)} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
