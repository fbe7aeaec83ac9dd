# SPDX-License-Identifier: MIT
"""Klint's verdict on a fixture, held against the kernel's.

In: a fixture with klint's findings, and what boot.py says of its module.  Out: one of

    agree        both report the bug, or both are silent
    klint-only   klint has a finding, and no checker that could confirm it spoke
    kernel-only  a checker spoke, and klint is silent, or the fixture calls the code correct
    neither      both are silent on a bug
    not-run      the module was not built, or was refused, or never ran to its end

A report confirms a finding when its checker is one that knows that kind of bug, and
when it names a function of the finding: on its stack, or as where the lock was taken.
Checkers that speak only after the bug's function has returned cannot name it.
"""
from dataclasses import dataclass, field

SLEEPS = {"atomic-sleep", "irqflags", "rcu", "lockdep: invalid wait context"}
LEFT_OVER = {"imbalance", "rcu: unbalanced unlock", "rcu: stall",
             "atomic-sleep: sleeping function in a reader", "lockdep: lock held at user space",
             "lockdep: locks still held", "lockdep: bad unlock balance"}
LIFETIME = {"debugobjects", "kasan", "oops", "warn", "lockdep: unregistered lock",
            "lockdep: held lock freed", "lock-debug", "spinlock: bad magic"}

# For each lint the checkers, or kinds of one, that know its bugs.
CONFIRMS = {
    "atomic-sleep": SLEEPS,
    "rt-wait-context": SLEEPS,
    "context-imbalance": LEFT_OVER,
    "lock-imbalance": LEFT_OVER,
    "unlock-not-held": {"lockdep: bad unlock balance", "lock-debug", "imbalance",
                        "spinlock: bad release", "warn"},
    "double-lock": {"lockdep: recursive locking", "spinlock: recursion", "hung"},
    "lock-contract": {"warn", "lockdep", "kasan"},
    "guard-order": {"warn", "lockdep", "kasan", "debugobjects", "lock-debug"},
    "list-exclusive": {"list-debug"},
    "pin-dropped-live": LIFETIME,
    "pin-publish-before-init": LIFETIME,
    "pin-use-before-init": LIFETIME,
    "pin-double-init": LIFETIME | {"list-debug"},
    "pin-moved": LIFETIME | {"list-debug"},
    "pin-stack": LIFETIME | {"list-debug"},
    "init-unwind": LIFETIME | {"list-debug"},
    "refcount-init": {"warn", "kasan", "oops"},
    "refcount-atomic": {"warn", "kasan", "oops"},
}
# They speak when the function that did it is no longer on the stack.
AFTERWARDS = {"imbalance", "rcu: stall", "lockdep: lock held at user space",
              "atomic-sleep: sleeping function in a reader", "debugobjects", "list-debug"}


@dataclass
class Verdict:
    """The outcome for one fixture, and what both said."""
    name: str
    outcome: str
    finding: dict = field(default_factory=dict)
    report: dict = field(default_factory=dict)
    others: list = field(default_factory=list)
    detail: str = ""
    confirmed: int = 0          # of the fixture's findings


def matches(report, kinds):
    return report["checker"] in kinds or f"{report['checker']}: {report['kind']}" in kinds


def functions_of(finding):
    return {finding["function"]} | {step["function"] for step in finding.get("steps", [])}


def named(report, finding):
    """The first function of the finding that the report has too, or ""."""
    wanted = functions_of(finding)
    return next((entry["function"] for entry in report["functions"]
                 if entry["function"] in wanted), "")


def confirms(report, finding):
    if not matches(report, CONFIRMS.get(finding["lint"], set())):
        return False
    afterwards = CONFIRMS[finding["lint"]] is not SLEEPS and matches(report, AFTERWARDS)
    return afterwards or bool(named(report, finding))


def could_not_run(result):
    """Why a case says nothing, or ""."""
    if result is None:
        return "the module was not built for this kernel"
    load = result["steps"].get("load")
    if load not in ("0", None, "stuck") and not result["reports"] and int(load) < 128:
        return f"insmod refused it (status {load})"
    if result["end"] != "ran" and not result["reports"]:
        return f"the guest {result['end']}, and no checker spoke"
    return ""


def judge(fixture, result):
    """The verdict on one fixture."""
    why_not = could_not_run(result)
    if why_not:
        return Verdict(fixture.name, "not-run", detail=why_not)
    reports = result["reports"]
    if reports and not fixture.is_bad:
        return Verdict(fixture.name, "kernel-only", {}, reports[0], reports[1:])
    pairs = [(finding, report) for finding in fixture.findings
             for report in reports if confirms(report, finding)]
    if pairs:
        finding, report = pairs[0]
        return Verdict(fixture.name, "agree", finding, report,
                       [other for other in reports if other is not report],
                       confirmed=sum(any(confirms(report, finding) for report in reports)
                                     for finding in fixture.findings))
    if fixture.findings:
        return Verdict(fixture.name, "klint-only", fixture.findings[0], {}, reports)
    if reports:
        return Verdict(fixture.name, "kernel-only", {}, reports[0], reports[1:])
    return Verdict(fixture.name, "neither" if fixture.is_bad else "agree")
