#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that the rules speak of a kernel that exists.

Every name of rules/*.yaml is looked up in one or more kernel source trees:
functions and macros by their declarations, annotations among the macros (also
those of include/klint.h), ops rows by the record's definition.  The number of
arguments that a rule claims is compared with each declaration that is found, and
the arguments that it speaks of with their types: a gfp condition needs a gfp_t, a
lock the type of its kind, a callback a pointer to a function.  A rule that never
matches is a lint that never fires, and one that looks at the wrong argument is
worse.
"""

import argparse
import pathlib
import re
import sys

from sources import ANY, Rows, Tree, claimed_arity, listed

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Annotations of a kernel that is newer than the trees say so in their source.
NEWER = re.compile(r"Linux \d+\.\d+, \w")
# What the type of a parameter must look like, by the lock's kind.
LOCK_TYPES = {
    "spinlock": r"spinlock_t|struct spinlock",
    "raw_spinlock": r"raw_spinlock",
    "bit_spinlock": r"unsigned long|hlist_bl_head|rhash_lock_head",
    "rwlock": r"rwlock_t",
    "mutex": r"struct mutex",
    "rt_mutex": r"struct rt_mutex",
    "ww_mutex": r"struct ww_mutex",
    "rwsem": r"struct rw_semaphore",
    "percpu_rwsem": r"struct percpu_rw_semaphore",
    "semaphore": r"struct semaphore",
    "local_lock": r"local_lock_t",
}
GFP_TYPE = r"\bgfp_t\b"
FUNCTION_TYPE = r"\(\s*\*|\w*(func|fn|handler|callback|complete)\w*_t\b|\w+_(fn|handler)\b"
GFP_CONDITION = re.compile(r"\$(\d+) & __GFP_DIRECT_RECLAIM")
PLAIN_ARGUMENT = re.compile(r"\$(\d+)")


def disagree(claim, found):
    """Does no declaration fit the claimed range of arguments?"""
    if claim is None or not found:
        return False
    return not any(lo <= claim[1] and claim[0] <= hi for lo, hi in found)


def describe(ranges):
    return " or ".join(sorted(
        f"{lo}" if lo == hi else f"{lo}+" if hi == ANY else f"{lo} to {hi}" for lo, hi in ranges))


def expectations(entry):
    """Yield (N, pattern, what) for the arguments whose types the entry implies."""
    for key in ("sleeps", "waits", "enters", "sets"):
        for effect in listed(entry.get(key, [])):
            condition = effect.get("if", "") if isinstance(effect, dict) else ""
            for match in GFP_CONDITION.finditer(str(condition)):
                yield int(match.group(1)), GFP_TYPE, "gfp flags"
    for key in ("acquires", "releases"):
        for effect in listed(entry.get(key, [])):
            match = PLAIN_ARGUMENT.fullmatch(effect["lock"])
            if match and effect.get("kind") in LOCK_TYPES:
                yield int(match.group(1)), LOCK_TYPES[effect["kind"]], effect["kind"]
    for call in listed(entry.get("calls", [])):
        match = PLAIN_ARGUMENT.fullmatch(call["fn"])
        if match:
            yield int(match.group(1)), FUNCTION_TYPE, "function"


def mistyped(entry, declarations):
    """The first (N, what) that no declaration of the name gives such a type."""
    for number, pattern, what in expectations(entry):
        if declarations and not any(
                len(params) >= number and re.search(pattern, params[number - 1])
                for params in declarations):
            return number, what
    return None


def check_functions(rows, trees):
    for name, (file, entry) in rows.names.items():
        claim = claimed_arity(entry.get("args"))
        have = [tree for tree in trees if name in tree.found]
        if not have:
            yield file, f"no tree has a function or macro '{name}'"
        for tree in have:
            found = tree.arities(name)
            if disagree(claim, found):
                yield file, (f"'{name}' takes {describe(found)} arguments in {tree.root.name}, "
                             f"not {describe([claim])}")
            wrong = mistyped(entry, tree.typed.get(name))
            if wrong:
                yield file, f"argument {wrong[0]} of '{name}' in {tree.root.name} is no {wrong[1]}"


def check_others(rows, trees):
    own = (ROOT / "include/klint.h").read_text(encoding="utf-8")
    for name, (file, entry) in rows.annotations.items():
        known = re.search(rf"^#define {name}\b", own, re.M) or \
            NEWER.match(entry.get("source", "")) or any(name in tree.found for tree in trees)
        if not known:
            yield file, f"no tree has an annotation '{name}'"
    for name, (file, _) in rows.ops.items():
        record, _, field = name.partition(".")
        if not any(tree.has_field(record, field) for tree in trees):
            yield file, f"no tree has the field '{name}'"


def counts(rows, trees):
    held = [sum(name in tree.found for tree in trees)
            for table in (rows.names, rows.annotations) for name in table]
    held += [sum(tree.has_field(*name.split(".", 1)) for tree in trees) for name in rows.ops]
    everywhere, nowhere = held.count(len(trees)), held.count(0)
    return (f"{rows.rows} rows, {len(rows.names)} functions and macros, "
            f"{len(rows.annotations)} annotations, {len(rows.ops)} ops fields; "
            f"{everywhere} names in all {len(trees)} trees, "
            f"{len(held) - everywhere - nowhere} in some, {nowhere} in none")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", action="append", required=True,
                        help="a kernel source tree; may be repeated")
    parser.add_argument("--rules", default=ROOT / "rules",
                        help="the folder of the rules (default: this project's)")
    args = parser.parse_args()
    for tree in args.tree:
        if not (pathlib.Path(tree) / "include/linux").is_dir():
            parser.error(f"{tree}: not a kernel source tree (it has no include/linux)")
    rows = Rows(args.rules)
    if not rows.rows:
        parser.error(f"{args.rules}: no rules there")
    wanted = set(rows.names) | set(rows.annotations)
    records = {name.partition(".")[0] for name in rows.ops}
    trees = [Tree(tree, wanted, records) for tree in args.tree]
    problems = [(file, f"'{name}' has two rows") for file, name in rows.twice]
    problems += check_functions(rows, trees)
    problems += check_others(rows, trees)
    for file, problem in problems:
        print(f"{file}: error: {problem}", file=sys.stderr)
    print(counts(rows, trees))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
