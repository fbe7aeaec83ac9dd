#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Check that the rules speak of a kernel that exists.

Every name of rules/*.yaml is looked up in one or more kernel source trees:
functions and macros by their declarations, annotations among the macros, ops
rows by the record's definition.  The number of arguments that a rule claims is
compared with each declaration that is found.  A name that no tree has, or an
arity that no declaration of a tree agrees with, is an error: a rule that never
matches is a lint that never fires.
"""

import argparse
import pathlib
import re
import sys

import yaml

HEADERS = ("include", "arch/x86/include", "arch/arm64/include")
SOURCES = ("kernel", "mm", "lib", "net", "fs", "block", "drivers", "crypto",
           "security", "sound", "virt", "init", "ipc", "arch/x86")
ANY = 1 << 30

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(\(([^)\n]*)\)|\b)", re.M)
# A function's name: a word before a parenthesis, on a line that starts with a
# type in the first column (or with the name, its type on the line above).
DECLARATION = re.compile(r"^[A-Za-z_][^\n;={}#]*\(", re.M)
CALLEE = re.compile(r"(\w+)[ \t]*\(")
RECORD = re.compile(r"^[ \t]*(?:typedef[ \t]+)?(?:struct|union)[ \t]+(\w+)[^;{}()]*\{", re.M)
# Function names that a macro of the kernel pastes together.
GENERATED = re.compile(r"^(?:EXPORT_SYMBOL(?:_GPL|_NS|_NS_GPL)?|SYM_FUNC_START|"
                       r"DECLARE_STATIC_CALL|DEFINE_\w+)\(\"?(\w+)", re.M)


def close(text, start, pair="()"):
    """The offset of what closes the bracket before @start, or -1."""
    depth, i = 1, start
    for i in range(start, min(len(text), start + 40000)):
        if text[i] == pair[0]:
            depth += 1
        elif text[i] == pair[1]:
            depth -= 1
            if depth == 0:
                return i
    return -1


def arity(params):
    """(min, max) of a parameter list's text."""
    params = params.strip()
    if params in ("", "void"):
        return 0, 0
    depth, count = 0, 1
    for char in params:
        depth += char in "([{"
        depth -= char in ")]}"
        count += char == "," and depth == 0
    if params.endswith("..."):
        return count - 1, ANY
    return count, count


class Tree:
    """What one kernel tree declares of the wanted names."""

    def __init__(self, root, wanted, records):
        self.root = pathlib.Path(root)
        self.found = {}
        self.fields = {}
        self.aliases = {}
        self.wanted, self.records = wanted, records
        self.scan(HEADERS, "*.h")
        self.follow()
        if self.missing():
            self.scan(SOURCES, "*.[ch]")
            self.follow()

    def missing(self):
        return (self.wanted - self.found.keys()) | (self.records - self.fields.keys())

    def scan(self, folders, pattern):
        for folder in folders:
            for path in sorted((self.root / folder).rglob(pattern)):
                if path.is_file():
                    self.read(path)

    def read(self, path):
        text = path.read_text(errors="replace")
        text = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
        text = text.replace("\\\n", "  ")
        for match in MACRO.finditer(text):
            self.read_macro(match, text)
        for line in DECLARATION.finditer(text):
            for match in CALLEE.finditer(text, line.start(), line.end()):
                self.read_function(match, text)
        for match in GENERATED.finditer(text):
            self.add(match.group(1), (0, ANY), weak=True)
        for match in RECORD.finditer(text):
            if match.group(1) in self.records:
                end = close(text, match.end(), "{}")
                self.fields.setdefault(match.group(1), []).append(text[match.end():end])

    def read_function(self, match, text):
        if match.group(1) in self.wanted:
            end = close(text, match.end())
            if end > 0:
                self.add(match.group(1), arity(text[match.end():end]))

    def read_macro(self, match, text):
        name = match.group(1)
        if name not in self.wanted:
            return
        if match.group(2):
            self.add(name, arity(match.group(3)))
            return
        body = text[match.end():text.find("\n", match.end())].split()
        if body and re.fullmatch(r"\w+", body[0]):
            self.aliases[name] = body[0]
        self.add(name, (0, ANY), weak=True)

    def follow(self):
        """An object-like macro has the arity of what it stands for."""
        for name, target in self.aliases.items():
            for found in self.found.get(target, ()):
                self.add(name, found)

    def add(self, name, found, weak=False):
        if name not in self.wanted:
            return
        have = self.found.setdefault(name, set())
        if not weak:
            have.add(found)

    def has_field(self, record, field):
        word = re.compile(r"\b%s\b" % re.escape(field))
        return any(word.search(body) for body in self.fields.get(record, ()))


def listed(value):
    return value if isinstance(value, list) else [value]


def wanted_arity(value):
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        return int(value.rstrip("+")), ANY
    return value, value


class Rows:
    """The names of the rules, with the place and the arity of each."""

    def __init__(self, folder):
        self.rows, self.names, self.ops = 0, {}, {}
        self.annotations, self.twice = {}, []
        for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
            for entry in yaml.safe_load(path.read_text()) or []:
                self.read(path.name, entry)

    def read(self, file, entry):
        kind = next(iter(entry))
        table = {"fn": self.names, "macro": self.names, "ops": self.ops,
                 "annotation": self.annotations}.get(kind)
        if table is None:
            return
        self.rows += 1
        for name in listed(entry[kind]):
            if name in table:
                self.twice.append((file, name))
            table[name] = (file, wanted_arity(entry.get("args")))


def disagree(claim, found):
    """Does no declaration fit the claimed range of arguments?"""
    if claim is None or not found:
        return False
    return not any(lo <= claim[1] and claim[0] <= hi for lo, hi in found)


def check_names(rows, trees):
    """Yield (file, problem) for the functions, macros and annotations."""
    for table, what in ((rows.names, "function or macro"), (rows.annotations, "annotation")):
        for name, (file, claim) in table.items():
            have = [tree for tree in trees if name in tree.found]
            if not have:
                yield file, f"no tree has a {what} '{name}'"
            for tree in have:
                if table is rows.names and disagree(claim, tree.found[name]):
                    yield file, (f"'{name}' takes {describe(tree.found[name])} arguments in "
                                 f"{tree.root.name}, not {describe([claim])}")


def check_ops(rows, trees):
    for name, (file, _) in rows.ops.items():
        record, _, field = name.partition(".")
        if not any(tree.has_field(record, field) for tree in trees):
            yield file, f"no tree has the field '{name}'"


def describe(ranges):
    return " or ".join(sorted(
        f"{lo}" if lo == hi else f"{lo}+" if hi == ANY else f"{lo} to {hi}" for lo, hi in ranges))


def counts(rows, trees):
    held = {}
    for table in (rows.names, rows.annotations):
        for name in table:
            held[name] = sum(name in tree.found for tree in trees)
    for name in rows.ops:
        record, _, field = name.partition(".")
        held[name] = sum(tree.has_field(record, field) for tree in trees)
    values = list(held.values())
    everywhere = sum(v == len(trees) for v in values)
    nowhere = values.count(0)
    return (f"{rows.rows} rows, {len(rows.names)} functions and macros, "
            f"{len(rows.annotations)} annotations, {len(rows.ops)} ops fields; "
            f"{everywhere} names in all {len(trees)} trees, "
            f"{len(values) - everywhere - nowhere} in some, {nowhere} in none")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", action="append", required=True,
                        help="a kernel source tree; may be repeated")
    parser.add_argument("--rules", default=pathlib.Path(__file__).parents[2] / "rules",
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
    problems = [(file, f"'{name}' has two rules") for file, name in rows.twice]
    problems += check_names(rows, trees)
    problems += check_ops(rows, trees)
    for file, problem in problems:
        print(f"{file}: error: {problem}", file=sys.stderr)
    print(counts(rows, trees))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
