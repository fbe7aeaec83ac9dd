# SPDX-License-Identifier: MIT
"""The kernel fixtures as modules of a kernel, and what klint says of them.

In: test/kernel-fixtures, the build directory of a kernel, klint.  Out: for each fixture
its module, or why there is none, and klint's findings.  The fixtures are copied beside
the kernel first, so that the source stays clean and kbuild compiles what has changed.
"""
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "test/kernel-fixtures"
sys.path.insert(0, str(FIXTURES))
import run as expectations  # pylint: disable=wrong-import-position

# The stack must have the functions that the source has.
FLAGS = ["-fno-inline-functions-called-once", "-fno-inline-small-functions",
         "-fno-optimize-sibling-calls", "-fno-ipa-icf"]


class FixtureError(Exception):
    """The fixtures could not be built, or klint not be asked."""


@dataclass
class Fixture:
    """One case: LINT/CASE-bad, -ok or -false."""
    name: str
    source: Path
    findings: list = field(default_factory=list)
    expected: dict = field(default_factory=dict)

    @property
    def lint(self):
        return self.name.split("/")[0]

    @property
    def realtime(self):
        """Whether the bug is one of PREEMPT_RT only."""
        return self.lint == expectations.RT_LINT

    @property
    def is_bad(self):
        return self.name.endswith("-bad")

    @property
    def known(self):
        """The known miss or false positive that the fixture itself states."""
        kinds = set(self.expected.values())
        return next((kind for kind in ("EXPECT-MISS", "EXPECT-FALSE") if kind in kinds), "")


def copy_changed(source, target):
    """Copy a tree, but not what is there already with the same content."""
    wanted = set()
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if not path.is_file() or path.suffix not in ("", ".c", ".h", ".mk"):
            continue
        wanted.add(to)
        if not to.exists() or to.read_bytes() != path.read_bytes():
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
    for path in target.rglob("*.c"):
        if not path.name.endswith(".mod.c") and path not in wanted:
            path.unlink()
            path.with_suffix(".ko").unlink(missing_ok=True)


def build_modules(objects, work, part, jobs):
    """Compile the fixtures, or those of one lint, for a kernel; return the directory
    with the modules."""
    target = work / "test/kernel-fixtures"
    copy_changed(FIXTURES, target)
    copy_changed(ROOT / "include", work / "include")
    log = work / "build.log"
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(["nice", "make", "-k", "-C", str(objects), f"M={target / part}",
                               f"-j{jobs}", f"KCFLAGS={' '.join(FLAGS)}", "modules"],
                              stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              check=False)
    if done.returncode:
        text = log.read_text(errors="replace").splitlines()
        wrong = [line for line in text if "error: " in line] or text
        raise FixtureError("\n".join([f"the fixtures do not build; all of {log}:"] + wrong[:10]))
    return target


def ask_klint(program, files):
    """{fixture's path: findings}, asked as the fixtures' own test does."""
    options = SimpleNamespace(klint=str(program), kernel=None, rt=False)
    groups, found = {}, {}
    for path in files:
        groups.setdefault(expectations.how_judged(options, path), set()).add(path.parent)
    for how, directories in sorted(groups.items()):
        report, failed = expectations.ask(options, sorted(directories), how)
        if failed:
            path, why = sorted(failed.items())[0]
            raise FixtureError(f"klint has not analysed {path}: {why}")
        for path, findings in expectations.by_file(report["findings"]).items():
            found[path] = findings
    return found


def collect(program, names):
    """The fixtures that are named (none: all), with klint's findings."""
    files = expectations.choose(names)
    findings = ask_klint(program, files)
    fixtures = []
    for path in sorted(files):
        name = path.relative_to(FIXTURES).with_suffix("")
        fixtures.append(Fixture(str(name), path, findings.get(path, []),
                                expectations.read_expectations(path)))
    return fixtures
