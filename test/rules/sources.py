# SPDX-License-Identifier: MIT
"""What a kernel source tree declares of a set of names, and the rules' rows.

A Tree reads the headers, and the sources too when a name is still missing: the
parameters of every declaration of a wanted function or macro, and the bodies of
wanted records.  It is a search by shape, not a parse: a declaration starts in
the first column and a macro with #define, as in the kernel's own style.
"""

import pathlib
import re

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
# Names that only a macro of the kernel spells out.
GENERATED = re.compile(r"^(?:EXPORT_SYMBOL(?:_GPL|_NS|_NS_GPL)?|SYM_FUNC_START|"
                       r"DECLARE_STATIC_CALL|DEFINE_\w+)\(\"?(\w+)", re.M)


def close(text, start, pair="()"):
    """The offset of what closes the bracket before @start, or -1."""
    depth = 1
    for i in range(start, min(len(text), start + 40000)):
        if text[i] == pair[0]:
            depth += 1
        elif text[i] == pair[1]:
            depth -= 1
            if depth == 0:
                return i
    return -1


def split_params(text):
    """The parameters of a list's text: strings without outer blanks."""
    text = text.strip()
    if text in ("", "void"):
        return ()
    depth, start, params = 0, 0, []
    for i, char in enumerate(text):
        depth += char in "([{"
        depth -= char in ")]}"
        if char == "," and depth == 0:
            params.append(text[start:i])
            start = i + 1
    params.append(text[start:])
    return tuple(" ".join(param.split()) for param in params)


def arity(params):
    """(min, max) of a parameter list."""
    if params and params[-1].endswith("..."):
        return len(params) - 1, ANY
    return len(params), len(params)


class Tree:
    """found: name -> set of parameter lists; typed: the same, of functions only;
    fields: record -> bodies."""

    def __init__(self, root, wanted, records=()):
        self.root = pathlib.Path(root)
        self.found, self.typed, self.fields, self.aliases = {}, {}, {}, {}
        self.wanted, self.records = set(wanted), set(records)
        self.scan(HEADERS, "*.h")
        if (self.wanted - self.found.keys()) | (self.records - self.fields.keys()):
            self.scan(SOURCES, "*.[ch]")

    def scan(self, folders, pattern):
        for folder in folders:
            for path in sorted((self.root / folder).rglob(pattern)):
                if path.is_file():
                    self.read(path.read_text(errors="replace"))
        # An object-like macro has the parameters of what it stands for.
        for name, target in self.aliases.items():
            self.found.setdefault(name, set()).update(self.found.get(target, ()))

    def read(self, text):
        text = COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
        text = text.replace("\\\n", "  ")
        for match in MACRO.finditer(text):
            self.read_macro(match, text)
        for line in DECLARATION.finditer(text):
            for match in CALLEE.finditer(text, line.start(), line.end()):
                self.read_function(match, text)
        for match in GENERATED.finditer(text):
            if match.group(1) in self.wanted:
                self.found.setdefault(match.group(1), set())
        for match in RECORD.finditer(text):
            if match.group(1) in self.records:
                end = close(text, match.end(), "{}")
                self.fields.setdefault(match.group(1), []).append(text[match.end():end])

    def read_function(self, match, text):
        name, end = match.group(1), -1
        if name in self.wanted:
            end = close(text, match.end())
        if end > 0:
            params = split_params(text[match.end():end])
            self.found.setdefault(name, set()).add(params)
            if all("*" in p or " " in p or p == "..." for p in params):
                self.typed.setdefault(name, set()).add(params)

    def read_macro(self, match, text):
        name = match.group(1)
        if name not in self.wanted:
            return
        have = self.found.setdefault(name, set())
        if match.group(2):
            have.add(split_params(match.group(3)))
            return
        body = text[match.end():text.find("\n", match.end())].split()
        if body and re.fullmatch(r"\w+", body[0]):
            self.aliases[name] = body[0]

    def arities(self, name):
        return {arity(params) for params in self.found.get(name, ())}

    def has_field(self, record, field):
        word = re.compile(r"\b%s\b" % re.escape(field))
        return any(word.search(body) for body in self.fields.get(record, ()))


def listed(value):
    return value if isinstance(value, list) else [value]


def claimed_arity(value):
    """(min, max) of a rule's `args`, or None."""
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str):
        return int(value.rstrip("+")), ANY
    return value, value


class Rows:
    """The rows by name: functions and macros, annotations, ops fields; each maps
    to (file, entry).  twice: names that have more than one row."""

    def __init__(self, folder):
        self.rows, self.names, self.ops = 0, {}, {}
        self.annotations, self.twice = {}, []
        for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
            for entry in yaml.safe_load(path.read_text()) or []:
                self.add(path.name, entry)

    def add(self, file, entry):
        kind = next(iter(entry))
        table = {"fn": self.names, "macro": self.names, "ops": self.ops,
                 "annotation": self.annotations}.get(kind)
        if table is None:
            return
        self.rows += 1
        for name in listed(entry[kind]):
            if name in table:
                self.twice.append((file, name))
            table[name] = (file, entry)
