#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a kernel said on its console, as data.

    console.py FILE...

In: console text, in which the guest's init has marked where a case begins and ends
("klint-vm: begin NAME").  Out: for each case its steps, how it ended, and the reports
of the kernel's checkers: which one, its kind, the module functions on the stack or in
the list of held locks, and the lines.  What the kernel said outside of any case has the
name "".
"""
import json
import re
import sys
from dataclasses import asdict, dataclass, field

MARK = "klint-vm:"
STAMP = re.compile(r"^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?")
CUT = re.compile(r"-+\[ cut here \]-+")
# A warning ends with its trace's number; KASAN begins and ends, and lockdep begins, so.
OVER = re.compile(r"-+\[ end trace \w+ \]-+|^=+$")
FUNCTION = re.compile(r"([\w.]+)\+0x[0-9a-f]+/0x[0-9a-f]+ \[(\w+)\]")
# The unwinder met the address on the stack, but is not sure that it was a call.
UNSURE = re.compile(r"^\s*\? ")
LEFT_READER = re.compile(r"RCU nest depth: [1-9]\d*, expected: 0")
# What the compiler adds to the name of a function that it has changed.
CLONE = re.compile(r"\.(?:isra|constprop|part|cold)(?:\.\d+)?")

# Checker, kind, the words.  The first that matches a line names the report; inside of a
# "cut here" block a warning's own text comes before the line "WARNING: CPU:".
RULES = [(checker, kind, re.compile(words)) for checker, kind, words in (
    ("atomic-sleep", "sleeping function called", r"BUG: sleeping function called from invalid"),
    ("atomic-sleep", "scheduling while atomic", r"BUG: scheduling while atomic"),
    ("atomic-sleep", "blocking while not running", r"do not call blocking ops when !TASK_RUN"),
    ("irqflags", "enabled in between", r"raw_local_irq_restore\(\) called with IRQs enabled"),
    ("rcu", "context switch in a reader", r"oluntary context switch within RCU read-side"),
    ("rcu", "unbalanced unlock", r"at kernel/rcu/tree_plugin.h:\d+ __rcu_read_unlock\+"),
    ("rcu", "suspicious usage", r"WARNING: suspicious RCU usage"),
    ("rcu", "stall", r"rcu: INFO: rcu_\w+ (?:self-)?detected"),
    ("lockdep", "invalid wait context", r"\[ BUG: Invalid wait context \]"),
    ("lockdep", "recursive locking", r"WARNING: possible recursive locking detected"),
    ("lockdep", "circular dependency", r"WARNING: possible circular locking dependency"),
    ("lockdep", "irq lock inversion", r"WARNING: possible irq lock inversion dependency"),
    ("lockdep", "irq-unsafe lock order", r"WARNING: (?:HARD|SOFT)IRQ-safe -> (?:HARD|SOFT)IRQ-u"),
    ("lockdep", "inconsistent lock state", r"WARNING: inconsistent lock state"),
    ("lockdep", "bad unlock balance", r"WARNING: bad unlock balance detected"),
    ("lockdep", "bad contention", r"WARNING: bad contention detected"),
    ("lockdep", "lock held at user space", r"WARNING: lock held when returning to user space"),
    ("lockdep", "locks still held", r"WARNING: .* still has locks held"),
    ("lockdep", "held lock freed", r"WARNING: held lock freed"),
    ("lockdep", "unregistered lock", r"INFO: trying to register non-static key"),
    ("imbalance", "workqueue", r"BUG: workqueue leaked (?:atomic|lock)"),
    ("imbalance", "initcall", r"initcall \S+(?: \[\w+\])? returned with \w"),
    ("imbalance", "softirq", r"huh, entered softirq"),
    ("imbalance", "timer", r"timer: .* preempt leak"),
    ("imbalance", "preempt count", r"DEBUG_LOCKS_WARN_ON\((?:val > preempt_count|__?preempt)"),
    ("spinlock", "recursion", r"BUG: (?:spinlock|rwlock) recursion"),
    ("spinlock", "lockup", r"BUG: (?:spinlock|rwlock|write-lock|read-lock) lockup"),
    ("spinlock", "bad magic", r"BUG: (?:spinlock|rwlock) bad magic"),
    ("spinlock", "bad release", r"BUG: (?:spinlock|rwlock) (?:already unlocked|wrong)"),
    ("debugobjects", "active object", r"ODEBUG: (?:free|init|activate) active"),
    ("debugobjects", "not initialised", r"ODEBUG: assert_init not available"),
    ("debugobjects", "other", r"ODEBUG: "),
    ("list-debug", "list_add", r"list_add corruption"),
    ("list-debug", "list_del", r"list_del corruption"),
    ("kasan", "use after free", r"BUG: KASAN: \S*use-after-free"),
    ("kasan", "out of bounds", r"BUG: KASAN: \S*out-of-bounds"),
    ("kasan", "null pointer", r"BUG: KASAN: null-ptr-deref|KASAN: null-ptr-deref in range"),
    ("kasan", "double free", r"BUG: KASAN: (?:double-free|invalid-free)"),
    ("kasan", "other", r"BUG: KASAN: "),
    ("refcount", "saturated", r"refcount_t: .*(?:saturated|overflow)"),
    ("refcount", "underflow", r"refcount_t: (?:underflow|decrement hit 0)"),
    ("refcount", "use after free", r"refcount_t: addition on 0"),
    ("preemptible", "per-CPU access", r"BUG: using \w+\(\) in preemptible"),
    ("hung", "task blocked", r"INFO: task \S+ blocked for more than"),
    ("hung", "soft lockup", r"watchdog: BUG: soft lockup"),
    ("hung", "workqueue lockup", r"BUG: workqueue lockup"),
    ("oops", "page fault", r"BUG: unable to handle page fault|BUG: kernel NULL pointer"),
    ("oops", "BUG()", r"kernel BUG at "),
    ("oops", "general protection", r"Oops: general protection fault"),
    ("oops", "panic", r"Kernel panic"),
    ("lock-debug", "DEBUG_LOCKS_WARN_ON", r"DEBUG_LOCKS_WARN_ON"),
    ("warn", "WARN", r"WARNING: CPU: \d+ PID: \d+ at "),
)]


@dataclass
class Report:
    """What one checker said once."""
    checker: str = ""
    kind: str = ""
    head: str = ""
    functions: list = field(default_factory=list)
    lines: list = field(default_factory=list)

    def add(self, line):
        self.lines.append(line)
        if not UNSURE.match(line):
            for name, module in FUNCTION.findall(line):
                entry = {"function": CLONE.sub("", name), "module": module}
                if entry not in self.functions:
                    self.functions.append(entry)

        # What the function that has returned has left open, and not what it called.
        if self.checker == "atomic-sleep" and LEFT_READER.search(line):
            self.kind = "sleeping function in a reader"

    def name(self, checker, kind, head):
        self.checker, self.kind, self.head = checker, kind, head.strip()


@dataclass
class Case:
    """What happened from a case's first mark to its last."""
    name: str = ""
    end: str = ""               # what the guest said at the end, or "" when it did not
    steps: dict = field(default_factory=dict)
    reports: list = field(default_factory=list)
    lines: list = field(default_factory=list)


def classify(line):
    """(checker, kind) of a report's first line, or None."""
    for checker, kind, words in RULES:
        if words.search(line):
            return checker, kind
    return None


class Parser:
    """Takes the console line by line; what it has found so far is in cases."""

    def __init__(self):
        self.cases = [Case()]
        self.report = None
        self.in_cut = False

    def feed(self, raw):
        line = STAMP.sub("", raw.rstrip("\r\n"))
        if line.startswith(MARK):
            self.close()
            self.mark(line[len(MARK):].split())
            return
        self.cases[-1].lines.append(line)
        if CUT.search(line):
            self.open(in_cut=True)
        elif OVER.search(line):
            self.close()
        else:
            self.continue_with(line)

    def continue_with(self, line):
        found = classify(line)
        if found and not self.belongs(found):
            self.open(in_cut=False)
        if self.report:
            self.report.add(line)
            if found and not self.report.checker:
                self.report.name(*found, line)

    def belongs(self, found):
        """Whether a line that could begin a report goes on with the one that is open."""
        if not self.report:
            return False
        if not self.report.checker:
            return True
        # The place of a warning comes behind its text; an oops says more than one line.
        return (self.in_cut and found[0] in ("warn", "lock-debug")) or \
            found[0] == self.report.checker == "oops"

    def open(self, in_cut):
        self.close()
        self.report, self.in_cut = Report(), in_cut

    def close(self):
        if self.report and self.report.checker:
            self.cases[-1].reports.append(self.report)
        self.report = None

    def mark(self, words):
        if not words:
            return
        if words[0] == "begin":
            self.cases.append(Case(name=" ".join(words[1:])))
        elif words[0] == "step" and len(words) > 2:
            self.cases[-1].steps[words[1]] = words[2]
        elif words[0] == "end":
            # What comes before the next case begins is still of this one.
            self.cases[-1].end = " ".join(words[1:])

    def finish(self):
        self.close()
        return [case for case in self.cases if case.name or case.reports]


def reports_of(lines):
    """The reports in the lines of one case."""
    parser = Parser()
    for line in lines:
        parser.feed(line)
    return [report for case in parser.finish() for report in case.reports]


def parse(text):
    """The cases of a whole console text."""
    parser = Parser()
    for line in text.splitlines():
        parser.feed(line)
    return parser.finish()


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as text:
            print(json.dumps([asdict(case) for case in parse(text.read())], indent=1))


if __name__ == "__main__":
    main()
