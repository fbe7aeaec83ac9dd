# SPDX-License-Identifier: MIT
"""docs/oracle.md: the verdicts as a text that is the same for the same verdicts."""
from collections import Counter

import verdict as judging

KNOWN_FALSE = "a known false positive: the fixture states it, and its head says why"
KNOWN_MISS = "a known miss: the fixture states it, and its head says why"

HEAD = """# The kernel as the oracle

Each fixture of [test/kernel-fixtures](../test/kernel-fixtures/README.md) is a module. All of
them were loaded into a kernel with the run-time checkers (Linux {release}: lockdep,
DEBUG_ATOMIC_SLEEP, KASAN, DEBUG_OBJECTS, DEBUG_LIST; those of rt-wait-context into one with
PREEMPT_RT as well), and what the kernel said is held against what klint says. `./x oracle`
writes this file; [test/vm](../test/vm/README.md) says how.

A bug counts as confirmed when a checker that knows this kind of bug spoke and named a
function of klint's finding: on its stack, or as the place where the lock was taken. Checkers
that speak only afterwards (a lock still held in user space, an unbalanced preempt count, a
timer in freed memory) need not name it. On correct code the kernel must be silent.

"Neither" is a bug on which both are silent. Silence of the kernel says only that this run met
nothing: klint judges all paths, the kernel the one that ran.
"""


def in_short(judged):
    """What both said of a fixture, in a line."""
    if judged.detail:
        return judged.detail
    words = []
    if judged.finding:
        words.append(f"klint: {judged.finding['message']} [{judged.finding['lint']}]")
    for said in [judged.report, *judged.others]:
        if said:
            words.append(f"kernel: {said['head']}")
    return "; ".join(words) or "both are silent"


def spoke(said):
    """A checker's words, short."""
    return f"{said['checker']}: {said['kind']}"


def place(judged):
    """Where the kernel saw it: a function of klint's finding, or that it was too late."""
    return f"`{judging.named(judged.report, judged.finding)}()`" \
        if judging.named(judged.report, judged.finding) else "afterwards"


def counts_in_words(verdicts):
    both = sum(1 for v in verdicts if v.outcome == "agree" and v.finding)
    count = Counter(v.outcome for v in verdicts)
    return (f"agree {count['agree']} ({both} on a bug, {count['agree'] - both} on silence), "
            f"klint only {count['klint-only']}, kernel only {count['kernel-only']}, "
            f"neither {count['neither']}, could not be run {count['not-run']}")


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def table(*columns):
    return row(*columns) + row(*("---" for _ in columns))


def summary(chosen, verdicts):
    """Counts for each lint."""
    text = table("lint", "fixtures", "agree on a bug", "agree on silence", "klint only",
                 "kernel only", "neither", "could not be run")
    lints = sorted({fixture.lint for fixture in chosen})
    for lint in [*lints, "all"]:
        mine = [v for f, v in zip(chosen, verdicts) if lint in (f.lint, "all")]
        count = Counter(v.outcome for v in mine)
        both = sum(1 for v in mine if v.outcome == "agree" and v.finding)
        text += row(lint, len(mine), both, count["agree"] - both, count["klint-only"],
                    count["kernel-only"], count["neither"], count["not-run"])
    return text


def confirmed(chosen, verdicts):
    text = table("fixture", "a finding of klint is in", "the kernel said", "and named",
                 "findings confirmed")
    for fixture, judged in zip(chosen, verdicts):
        if judged.outcome == "agree" and judged.finding:
            text += row(judged.name, f"`{judged.finding['function']}()`",
                        spoke(judged.report), place(judged),
                        f"{judged.confirmed} of {len(fixture.findings)}")
    return text


def differing(verdicts, outcome, reasons):
    rows = [v for v in verdicts if v.outcome == outcome]
    if not rows:
        return "None.\n"
    text = table("fixture", "the kernel said", "why")
    for judged in rows:
        said = ", ".join(dict.fromkeys(
            spoke(r) for r in [judged.report, *judged.others] if r)) or "nothing"
        text += row(judged.name, said, reasons[judged.name] or "not explained")
    return text


def document(release, chosen, verdicts, reasons):
    """The whole of docs/oracle.md."""
    return "\n".join([
        HEAD.format(release=release),
        "## In numbers\n\n" + summary(chosen, verdicts),
        "## Confirmed\n\n" + confirmed(chosen, verdicts),
        "## Klint only\n\n" + differing(verdicts, "klint-only", reasons),
        "## Kernel only\n\n" + differing(verdicts, "kernel-only", reasons),
        "## Neither\n\n" + differing(verdicts, "neither", reasons),
        "## Could not be run\n\n" + differing(verdicts, "not-run", reasons),
    ])
