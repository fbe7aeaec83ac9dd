#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the kernel fixtures in a debug kernel, and hold klint's verdict against its.

    oracle.py [--klint PROG] [--save FILE | --load FILE] [LINT | LINT/CASE.c]...

In: test/kernel-fixtures, klint, the debug kernels (debug_kernel.py; the one with
PREEMPT_RT for rt-wait-context), and oracle.tsv: what a single fixture needs in order to
run, and why klint and the kernel differ on it.  Out: docs/oracle.md, when all fixtures
were run, and a line for each disagreement that nothing explains.  --save keeps what the
kernel said, --load judges that again without a boot.

Exit 0: every disagreement is explained, and every explanation is needed; 1: not so; 2:
it could not be run.
"""
import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import boot
import console
import debug_kernel
import fixtures
import report
import verdict

HERE = Path(__file__).resolve().parent
DATA = HERE / "oracle.tsv"
DOCUMENT = HERE.parents[1] / "docs/oracle.md"
OUTCOMES = ("klint-only", "kernel-only", "neither", "not-run")
KEYS = ("before", "action", "settle", *OUTCOMES)


def read_data(path=DATA):
    """{fixture: {key: text}} of oracle.tsv."""
    rows = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3 or parts[1] not in KEYS:
            raise fixtures.FixtureError(f"{path}:{number}: not fixture, key, text")
        if parts[1] in rows.setdefault(parts[0], {}):
            raise fixtures.FixtureError(f"{path}:{number}: {parts[0]} has a {parts[1]} already")
        rows[parts[0]][parts[1]] = parts[2]
    return rows


def case_of(fixture, module, row):
    """How the fixture is run."""
    return boot.Case(fixture.source.stem, module, before=row.get("before", ""),
                     actions=(row["action"],) if "action" in row else (),
                     settle=float(row.get("settle", boot.Case.settle)))


def run_on(chosen, data, jobs):
    """What one kernel said of the fixtures that are all for it: its release, the boots,
    {case: result}."""
    realtime = chosen[0].realtime
    objects = debug_kernel.build(realtime=realtime, jobs=jobs).objects
    modules = fixtures.build_modules(objects, debug_kernel.cache() / f"fixtures-{objects.name}",
                                     chosen[0].lint if realtime else "", jobs)
    kernel = boot.built(objects)
    cases = []
    # The silent ones first: they share a boot.
    for fixture in sorted(chosen, key=lambda f: (f.is_bad, f.name)):
        module = modules / f"{fixture.name}.ko"
        if module.exists():
            cases.append(case_of(fixture, module, data.get(fixture.name, {})))
    results, boots = boot.run(kernel, cases)
    return kernel.release, boots, {name: asdict(found) for name, found in results.items()}


def run_all(chosen, data, jobs):
    """What the kernels said, to be kept as JSON."""
    said = {"release": "", "boots": 0, "cases": {}}
    for realtime in (False, True):
        mine = [fixture for fixture in chosen if fixture.realtime == realtime]
        if mine:
            release, boots, cases = run_on(mine, data, jobs)
            said["release"] = said["release"] or release
            said["boots"] += boots
            said["cases"].update(cases)
    return said


def load(path):
    """What --save kept, with the reports as the parser sees them today."""
    said = json.loads(path.read_text())
    for result in said["cases"].values():
        result["reports"] = [asdict(r) for r in console.reports_of(result["lines"])]
    return said


def explain(fixture, judged, rows):
    """The reason for a disagreement, or ""."""
    reason = rows.get(judged.outcome, "")
    if not reason and judged.outcome == "klint-only" and fixture.known == "EXPECT-FALSE":
        return report.KNOWN_FALSE
    if not reason and judged.outcome == "kernel-only" and fixture.known == "EXPECT-MISS":
        return report.KNOWN_MISS
    return reason


def problems_of(chosen, verdicts, data):
    """Disagreements without a reason, and reasons without a disagreement."""
    problems = []
    for fixture, judged in zip(chosen, verdicts):
        rows = data.get(fixture.name, {})
        if judged.outcome != "agree" and not explain(fixture, judged, rows):
            problems.append(f"{judged.name}: {judged.outcome}: {report.in_short(judged)}")
        for outcome in OUTCOMES:
            if outcome in rows and judged.outcome != outcome:
                problems.append(f"{judged.name}: {judged.outcome}, and oracle.tsv explains "
                                f"{outcome}")
    return problems


def unknown_rows(data):
    known = {str(p.relative_to(fixtures.FIXTURES).with_suffix(""))
             for p in fixtures.expectations.choose([])}
    return [f"{name}: in oracle.tsv, but no fixture" for name in sorted(set(data) - known)]


def parse_options():
    parser = argparse.ArgumentParser(
        description="Run the kernel fixtures in a debug kernel, and compare with klint.")
    parser.add_argument("--klint", default=str(HERE.parents[1] / "build/bin/klint"))
    parser.add_argument("--save", type=Path, help="keep what the kernel said, as JSON")
    parser.add_argument("--load", type=Path, help="judge what was kept")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("cases", nargs="*", metavar="LINT | LINT/CASE.c")
    options = parser.parse_args()
    options.klint = os.path.abspath(options.klint)
    return options


def oracle(options):
    """Do it all; return the exit status."""
    data = read_data()
    chosen = fixtures.collect(options.klint, options.cases)
    said = load(options.load) if options.load else run_all(chosen, data, options.jobs)
    if options.save:
        options.save.write_text(json.dumps(said, indent=1) + "\n")
    verdicts = [verdict.judge(f, said["cases"].get(f.source.stem)) for f in chosen]
    reasons = {f.name: explain(f, v, data.get(f.name, {})) for f, v in zip(chosen, verdicts)}
    problems = problems_of(chosen, verdicts, data) + unknown_rows(data)
    if not options.cases:
        DOCUMENT.write_text(report.document(said["release"], chosen, verdicts, reasons),
                            encoding="utf-8")
    for line in problems:
        print(line)
    print(f"{said['boots']} boots; {report.counts_in_words(verdicts)}")
    print(f"{len(chosen) - len(problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


def main():
    boot.stop_on_signals()
    try:
        return oracle(parse_options())
    except (boot.BootError, debug_kernel.BuildError, fixtures.FixtureError) as problem:
        print(f"oracle.py: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
