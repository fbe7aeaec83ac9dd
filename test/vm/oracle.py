#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the kernel fixtures in a debug kernel, and hold klint's verdict against its.

    oracle.py [--klint PROG] [--save FILE | --load FILE] [LINT | LINT/CASE.c]...

In: test/kernel-fixtures, klint, the debug kernel (debug_kernel.py), and oracle.tsv: what
a single fixture needs in order to run, and why klint and the kernel differ on it.  Out:
docs/oracle.md, when all fixtures were run, and a line for each disagreement that nothing
explains.  --save keeps what the kernel said, --load judges that again without a boot.

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
import fixtures as modules
import report
import verdict

HERE = Path(__file__).resolve().parent
DATA = HERE / "oracle.tsv"
DOCUMENT = HERE.parents[1] / "docs/oracle.md"
OUTCOMES = ("klint-only", "kernel-only", "not-run")
KEYS = ("before", "action", "settle", *OUTCOMES)


def read_data(path=DATA):
    """{fixture: {key: text}} of oracle.tsv."""
    rows = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3 or parts[1] not in KEYS:
            raise modules.FixtureError(f"{path}:{number}: not fixture, key, text")
        if parts[1] in rows.setdefault(parts[0], {}):
            raise modules.FixtureError(f"{path}:{number}: {parts[0]} has a {parts[1]} already")
        rows[parts[0]][parts[1]] = parts[2]
    return rows


def case_of(fixture, row):
    """How the fixture is run."""
    return boot.Case(fixture.source.stem, fixture.module, before=row.get("before", ""),
                     actions=(row["action"],) if "action" in row else (),
                     settle=float(row.get("settle", boot.Case.settle)))


def run_all(kernel, chosen, data):
    """What the kernel said: {case: result}."""
    # The silent ones first: they share a boot.
    built = sorted((f for f in chosen if f.module.exists()), key=lambda f: (f.is_bad, f.name))
    results, boots = boot.run(kernel, [case_of(f, data.get(f.name, {})) for f in built])
    return {"release": kernel.release, "boots": boots,
            "cases": {name: asdict(result) for name, result in results.items()}}


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
    known = {str(p.relative_to(modules.FIXTURES).with_suffix(""))
             for p in modules.expectations.choose([])}
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
    kernel = boot.built(debug_kernel.build(jobs=options.jobs).objects)
    work = debug_kernel.cache() / f"fixtures-{Path(kernel.image).parents[3].name}"
    chosen = modules.collect(options.klint, kernel.image.parents[3], work, options.cases,
                             options.jobs)
    said = load(options.load) if options.load else run_all(kernel, chosen, data)
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
    except (boot.BootError, debug_kernel.BuildError, modules.FixtureError) as problem:
        print(f"oracle.py: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
