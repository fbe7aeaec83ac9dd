#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of what needs no machine: the parser, on recorded consoles; the verdicts; the
image; the text of docs/oracle.md.  Ends with "N passed, N failed"."""
import sys
import tempfile
import unittest
from dataclasses import asdict
from pathlib import Path

import boot
import console
import debug_kernel
import fixtures
import initramfs
import oracle
import report
import verdict

HERE = Path(__file__).resolve().parent


def recorded(name):
    text = (HERE / "recorded" / f"{name}.txt").read_text(encoding="utf-8")
    return {case.name: case for case in console.parse(text)}


def said(case):
    """What a case's reports come to: [(checker, kind)]."""
    return [(found.checker, found.kind) for found in case.reports]


def functions(found):
    return [entry["function"] for entry in found.functions]


class TestSleepsAndLocks(unittest.TestCase):
    """Consoles of the debug kernel with fixtures, trimmed of registers and unsure frames."""

    @classmethod
    def setUpClass(cls):
        cls.cases = recorded("sleeps-and-locks")

    def test_silent(self):
        case = self.cases["twice-ok"]
        self.assertEqual((case.end, case.steps, said(case)),
                         ("ran", {"load": "0", "unload": "0"}, []))

    def test_sleep_under_a_lock(self):
        case = self.cases["bh-disabled-bad"]
        self.assertEqual(said(case), [("atomic-sleep", "sleeping function called")])
        self.assertEqual(functions(case.reports[0]), ["queue_refill", "fixture_init"])

    def test_two_reports_in_a_row(self):
        self.assertEqual(said(self.cases["tasklet-bad"]),
                         [("lockdep", "inconsistent lock state"),
                          ("atomic-sleep", "sleeping function called")])

    def test_text_of_a_warning_names_it(self):
        self.assertEqual(said(self.cases["task-state-bad"]),
                         [("atomic-sleep", "blocking while not running")])
        self.assertEqual(said(self.cases["irqs-off-bad"]), [("irqflags", "enabled in between")])

    def test_a_case_without_end(self):
        case = self.cases["same-function-bad"]
        self.assertEqual((case.end, case.steps), ("", {}))
        self.assertEqual(said(case), [("lockdep", "recursive locking")])
        self.assertIn("conf_reload", functions(case.reports[0]))

    def test_unlock(self):
        self.assertEqual(said(self.cases["twice-bad"]), [("lockdep", "bad unlock balance")])

    def test_stopped_behind_a_spent_kernel(self):
        results = boot.results_of([self.cases["bh-disabled-bad"], self.cases["tasklet-bad"],
                                   self.cases["twice-ok"]], "over")
        self.assertEqual(sorted(results), ["bh-disabled-bad", "tasklet-bad"])

    def test_hung(self):
        results = boot.results_of([self.cases["same-function-bad"]], "hung")
        self.assertEqual(results["same-function-bad"].end, "hung")


class TestOopsAndKasan(unittest.TestCase):
    """A module that does five things wrong, and one that panics."""

    @classmethod
    def setUpClass(cls):
        cls.cases = recorded("oops-and-kasan")

    def test_each_apart(self):
        self.assertEqual(said(self.cases["refuse"]),
                         [("refcount", "underflow"), ("kasan", "out of bounds"),
                          ("kasan", "double free"), ("oops", "general protection")])

    def test_step_status(self):
        self.assertEqual(self.cases["refuse"].steps, {"load": "139", "unload": "1"})

    def test_panic(self):
        case = self.cases["die"]
        self.assertEqual((case.end, said(case)), ("", [("oops", "panic")]))
        self.assertEqual(boot.results_of([case], "over")["die"].end, "died")


class TestParser(unittest.TestCase):
    """Single lines."""

    def test_rules_are_told_apart(self):
        """Checker and kind are the name of a rule: verdict.py has no other."""
        seen = set()
        for checker, kind, _ in console.RULES:
            self.assertNotIn((checker, kind), seen)
            seen.add((checker, kind))

    def test_kinds(self):
        for line, kind in {
                "WARNING: lock held when returning to user space!": "lock held at user space",
                "ODEBUG: free active (active state 0) object: timer_list": "active object",
                "list_add corruption. prev->next should be next": "list_add",
                "BUG: KASAN: slab-use-after-free in f+0x1/0x2 [m]": "use after free",
                "BUG: KASAN: null-ptr-deref in range [0x0-0x7]": "null pointer",
                "INFO: task insmod:50 blocked for more than 15 seconds.": "task blocked",
                "BUG: kernel NULL pointer dereference, address: 0": "page fault",
                "initcall f+0x0/0x9 [m] returned with preemption imbalance ": "initcall",
                "BUG: workqueue leaked atomic, lock or RCU: kworker": "workqueue"}.items():
            self.assertEqual(console.classify(line)[1], kind, line)
        self.assertIsNone(console.classify("m: loading out-of-tree module taints kernel."))

    def test_unsure_frames_and_clones(self):
        found = console.Report("kasan", "other")
        found.add(" ? guess+0x1/0x2 [m]")
        found.add(" sure.constprop.0+0x1/0x2 [m]")
        self.assertEqual(functions(found), ["sure"])

    def test_late_report_belongs_to_the_case(self):
        text = ("klint-vm: begin a\nklint-vm: end ran\nlist_del corruption. x\n"
                "klint-vm: begin b\nklint-vm: end ran\n")
        cases = console.parse(text)
        self.assertEqual([(case.name, len(case.reports)) for case in cases],
                         [("a", 1), ("b", 0)])

    def test_stamps(self):
        case = console.parse("[   12.5] klint-vm: begin a\r\n[   13.0][  T12] hello\n")[0]
        self.assertEqual((case.name, case.lines), ("a", ["hello"]))


def fixture(lint, findings=(), expected=None, name="case-bad"):
    return fixtures.Fixture(f"{lint}/{name}", Path(f"{lint}/{name}.c"), list(findings),
                            expected or {})


def finding(lint, function):
    return {"lint": lint, "function": function, "message": "m", "steps": []}


def result(reports=(), end="ran", load="0"):
    return {"name": "case-bad", "end": end, "steps": {"load": load}, "lines": [],
            "reports": [asdict(r) for r in reports]}


def a_report(checker, kind, function):
    return console.Report(checker, kind, kind, [{"function": function, "module": "m"}], [])


class TestVerdict(unittest.TestCase):
    """What agrees, and what does not."""

    sleep = a_report("atomic-sleep", "sleeping function called", "f")

    def outcome(self, *arguments):
        return verdict.judge(*arguments).outcome

    def test_agree(self):
        bug = fixture("atomic-sleep", [finding("atomic-sleep", "f")])
        self.assertEqual(self.outcome(bug, result([self.sleep])), "agree")
        self.assertEqual(self.outcome(fixture("atomic-sleep", name="case-ok"), result()), "agree")
        self.assertEqual(self.outcome(fixture("atomic-sleep"), result()), "neither")

    def test_another_function_confirms_nothing(self):
        bug = fixture("atomic-sleep", [finding("atomic-sleep", "g")])
        self.assertEqual(self.outcome(bug, result([self.sleep])), "klint-only")

    def test_another_checker_confirms_nothing(self):
        bug = fixture("double-lock", [finding("double-lock", "f")])
        self.assertEqual(self.outcome(bug, result([self.sleep])), "klint-only")

    def test_afterwards(self):
        bug = fixture("context-imbalance", [finding("context-imbalance", "f")])
        late = a_report("imbalance", "initcall", "fixture_init")
        self.assertEqual(self.outcome(bug, result([late])), "agree")

    def test_kernel_only(self):
        self.assertEqual(self.outcome(fixture("atomic-sleep"), result([self.sleep])),
                         "kernel-only")

    def test_not_run(self):
        clean = fixture("atomic-sleep")
        self.assertEqual(self.outcome(clean, None), "not-run")
        self.assertEqual(self.outcome(clean, result(load="1")), "not-run")
        self.assertEqual(self.outcome(clean, result(end="hung")), "not-run")

    def test_killed_insmod_did_load(self):
        self.assertEqual(self.outcome(fixture("atomic-sleep", name="case-ok"),
                                      result(load="143")), "agree")

    def test_every_lint_has_checkers(self):
        self.assertEqual(set(fixtures.expectations.all_lints()), set(verdict.CONFIRMS))

    def test_every_checker_is_one_of_the_parser(self):
        known = {checker for checker, _, _ in console.RULES}
        known |= {f"{checker}: {kind}" for checker, kind, _ in console.RULES}
        known |= {"atomic-sleep: sleeping function in a reader"}
        for kinds in [*verdict.CONFIRMS.values(), verdict.AFTERWARDS]:
            self.assertEqual(kinds - known, set())
        self.assertEqual(boot.HARMLESS - known, set())


class TestOracle(unittest.TestCase):
    """Reasons, and the document."""

    def test_unexplained_and_unneeded(self):
        bug = fixture("double-lock", [finding("double-lock", "f")])
        judged = verdict.judge(bug, result())
        self.assertEqual(len(oracle.problems_of([bug], [judged], {})), 1)
        why = {bug.name: {"klint-only": "no checker knows"}}
        self.assertEqual(oracle.problems_of([bug], [judged], why), [])
        agreed = verdict.Verdict(bug.name, "agree")
        self.assertEqual(len(oracle.problems_of([bug], [agreed], why)), 1)

    def test_known_false_positive_needs_no_row(self):
        known = fixture("double-lock", [finding("double-lock", "f")],
                        {(1, "double-lock"): "EXPECT-FALSE"})
        self.assertEqual(oracle.problems_of([known], [verdict.judge(known, result())], {}), [])

    def test_data_is_of_fixtures(self):
        self.assertEqual(oracle.unknown_rows(oracle.read_data()), [])
        self.assertEqual(len(oracle.unknown_rows({"atomic-sleep/none-bad": {}})), 1)

    def test_data_that_is_wrong(self):
        for text in ("a\tb\n", "a\tnonsense\tc\n", "a\taction\tx\na\taction\ty\n"):
            with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
                file.write(text)
                file.flush()
                with self.assertRaises(fixtures.FixtureError):
                    oracle.read_data(Path(file.name))

    def test_document(self):
        bug = fixture("atomic-sleep", [finding("atomic-sleep", "f")])
        judged = verdict.judge(bug, result([TestVerdict.sleep]))
        text = report.document("6.12", [bug], [judged], {bug.name: ""})
        self.assertIn("| atomic-sleep/case-bad | `f()` | atomic-sleep: sleeping function called "
                      "| `f()` | 1 of 1 |", text)
        self.assertIn("| all | 1 | 1 | 0 | 0 | 0 | 0 | 0 |", text)


class TestImage(unittest.TestCase):
    """The archive and the configuration."""

    def test_archive(self):
        data = initramfs.archive({"init": (0o755, b"x" * 5), "a/b": (0o644, b"")})
        self.assertEqual(len(data) % 4, 0)
        names = [part.split(b"\0")[0] for part in data.split(b"070701")[1:]]
        self.assertEqual([name[104:].decode() for name in names],
                         ["a", "dev", "proc", "sys", "tmp", "dev/console", "a/b", "init",
                          "TRAILER!!!"])

    def test_steps(self):
        case = boot.Case("a-bad", Path("a-bad.ko"), before="sleep 1", actions=("echo 'x'",))
        lines = initramfs.steps_of(case)
        self.assertIn("( sleep 1 ) >/dev/null 2>&1 &", lines)
        self.assertIn("step action1 'echo '\"'\"'x'\"'\"''", lines)
        self.assertEqual(lines[-1], "mark end ran")

    def test_dropped_option(self):
        wanted = "CONFIG_A=y\nCONFIG_B=n\n"
        debug_kernel.check_configuration(wanted, "CONFIG_A=y\n# CONFIG_B is not set\n")
        for result_text in ("CONFIG_B=n\n", "CONFIG_A=y\nCONFIG_B=y\n"):
            with self.assertRaises(debug_kernel.BuildError):
                debug_kernel.check_configuration(wanted, result_text)

    def test_realtime_replaces(self):
        plain = debug_kernel.settings(debug_kernel.configuration(False))
        realtime = debug_kernel.settings(debug_kernel.configuration(True))
        self.assertEqual((plain["PREEMPT"], realtime["PREEMPT"]), ("y", "n"))
        self.assertEqual(realtime["PREEMPT_RT"], "y")
        self.assertEqual(realtime["KASAN"], plain["KASAN"])


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    done = unittest.TextTestRunner(verbosity=0).run(suite)
    failed = len(done.failures) + len(done.errors)
    print(f"{done.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
