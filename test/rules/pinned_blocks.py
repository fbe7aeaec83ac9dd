# SPDX-License-Identifier: MIT
"""From one row of a `pinned:` entry to a few functions of C in which it decides.

What stands around the row are functions of this test with rows of their own (scaffold),
each kind has its: `rowtest_init_work()`.  So no block depends on another row, but for
what the row's own entry says of the kind.
"""

import copy
import re
import typing

UNDONE = "undone"
NAMED = ("inits", "stacks", "uses", "waits", "awaits", "arms", "stops", "shuts", "unqueues", "splices", "links",
         "unlinks", "unstacks", "copies", "allocates", "manages", "borrows", "frees", "publishes",
         "undoes")		# {NAME: N}
MEMBERS = ("carries", "binds", "pauses", "unbinds")		# [RECORD.FIELD]
UNTIL = "until"		# of `ops` entries and of `calls`

LIVE, EARLY, LATE = "pin-dropped-live", "pin-use-before-init", "pin-publish-before-init"
LISTS, STACK, COPY, UNWIND = "list-exclusive", "pin-stack", "pin-moved", "init-unwind"
COUNTS = "refcount-init"
LINTS = (LIVE, EARLY, LATE, LISTS, STACK, COPY, UNWIND, COUNTS)

# What the functions of this test return, if anything.
OWN = {"rowtest_manage": "void *", "rowtest_alloc": "void *", "rowtest_enter": "int ",
       "rowtest_try": "int "}

# A kind that has everything, for blocks about something else.
THING = "work"


def word(kind):
    return kind["pinned"].replace("-", "_")


def scaffold(entries):
    """The entries, in which each kind has functions of this test, too."""
    entries, queues = copy.deepcopy(entries), {}
    for kind in entries:
        if next(iter(kind)) != "pinned":
            continue
        own = [a for a in ("stacks", "waits", "awaits", "arms", "stops", "links", "unlinks")
               if a in kind]
        if any(a in kind for a in ("uses", "arms", "links", "at")):
            own += ["inits", "uses"]
        for action in own:
            kind.setdefault(action, {})[f"rowtest_{action}_{word(kind)}"] = 1
        if kind["pinned"] == THING:
            kind["inits"]["rowtest_bind"] = 1
        if "arms" in kind:
            queues[f"rowtest_queue_{word(kind)}"] = 1
            kind["arms"][f"rowtest_queue_{word(kind)}"] = 2
    return entries + [
        {"fn": "rowtest_register", "calls": {"fn": "$1", "context": "process"}},
        {"fn": "rowtest_bind", "calls": {"fn": "$2", "context": "process"}},
        {"pinned": "rowtest-memory", "manages": {"rowtest_manage": "ret"},
         "allocates": {"rowtest_alloc": "ret"}, "copies": {"rowtest_copy": 2},
         "undone": {"rowtest_enter": "rowtest_leave"}, "binds": ["rowtest_driver.probe"]},
        {"pinned": "rowtest-queue", "uses": queues},
    ]


class Row(typing.NamedTuple):
    """One row: of which kind, and what it says there of which name."""
    kind: dict
    action: str
    name: str
    place: typing.Any = None

    def title(self):
        return ": ".join(filter(None, (self.kind["pinned"], self.action, self.name)))


class Block:
    """The C of one row, and the finding that it makes or prevents."""

    def __init__(self, number, row, finding, told):
        self.number, self.row, self.action, self.title = number, row, row.action, row.title()
        self.finding, self.told = finding, told

    def answer(self, findings):
        return (self.finding in findings) == self.told


class Source:
    """One file of C, block by block."""

    def __init__(self, entries):
        self.kinds = {e["pinned"]: e for e in entries if next(iter(e)) == "pinned"}
        self.rules = {n: e for e in entries if next(iter(e)) in ("fn", "macro")
                      for n in self.names(next(iter(e.values())))}
        self.ops = [e for e in entries if next(iter(e)) == "ops"]
        self.places, self.records, self.functions = {}, {}, {}
        self.text, self.blocks = [], []
        for kind in self.kinds.values():
            for action in NAMED:
                for name, place in kind.get(action, {}).items():
                    self.places.setdefault(name, set()).add(place)

    @staticmethod
    def names(value):
        return value if isinstance(value, list) else [value]

    def callback_place(self, name):
        """The number of the argument that the rules say is called by others."""
        calls = self.rules.get(name, {}).get("calls")
        for call in self.names(calls) if calls else ():
            match = re.fullmatch(r"\$(\d+)", call["fn"])
            if match:
                return int(match.group(1))
        return None

    def call(self, name, args=None):
        """A call with what the arguments that matter are; others that some row speaks of are
        a member that no block looks at."""
        args = args or {}
        said = [p for p in self.places.get(name, ()) if p != "ret"]
        rule = str(self.names(self.rules.get(name, {}).get("args", 0))[0]).rstrip("+")
        count = max([int(rule), *said, *args])
        if name.startswith("rowtest_"):
            self.functions[name] = OWN.get(name, "void ")
        else:
            self.functions[name] = "void *" if "ret" in self.places.get(name, ()) else "int "
        given = [args.get(n, "o->other" if n in said else "0") for n in range(1, count + 1)]
        return f"{name}({', '.join(given)})"

    def row_call(self, row, part):
        """The call that the row speaks of, with the part where the row says."""
        return self.call(row.name, {row.place: part}) + ";"

    def own(self, action, kind, part):
        """The call of a function of this test, which does the same to the part."""
        return self.call(f"rowtest_{action}_{word(kind)}", {1: part}) + ";"

    def queue(self, kind, part):
        """The part is put on a workqueue of the object's."""
        return self.call(f"rowtest_queue_{word(kind)}", {1: "o->queue", 2: part}) + ";"

    def record(self, name):
        """How C calls a record that some kind is."""
        self.records.setdefault(name, {})["inner"] = "int inner"
        return name if name.endswith("_t") else f"struct {name}"

    def part(self, kind):
        """What a part of the kind is in C: its declaration, and the argument that means it."""
        if "records" in kind:
            return f"{self.record(kind['records'][0])} part", "&o->part"
        if "links" in kind:
            return f"{self.record('list_head')} part", "&o->part"
        return "void *part", "o->part"

    def member(self, path, what):
        record, field = path.split(".")
        self.records.setdefault(record, {})[field] = f"{what}{field}" if "(" not in what else what
        return record, field

    def table(self, path, function):
        """A table of operations that names the function."""
        record, field = path.split(".")
        self.member(path, f"int (*{field})()")
        return f"static const struct {record} table_{function} = {{ .{field} = {function} }};"

    def add(self, row, finding, lines, part="int part", told=True):
        """A block: the text of the functions has N for the block's number.  The finding is
        (lint, function)."""
        number = str(len(self.blocks))
        text = [f"struct objN {{ {part}; void *other; void *queue; struct work_struct thing; }};"]
        self.record("work_struct")
        text += [re.sub(r"\s*\n\s*", " ", line) for line in lines]
        self.text += [re.sub(r"(?<=[a-z_])N\b", number, line) for line in text]
        self.blocks.append(Block(number, row, (finding[0], finding[1] + number), told))

    def c(self):
        lines = []
        for name, fields in sorted(self.records.items()):
            members = " ".join(f"{d};" for d in fields.values())
            lines.append(f"typedef struct {{ {members} }} {name};" if name.endswith("_t") else
                         f"struct {name} {{ {members} }};")
        lines += [f"{what}{name}();" for name, what in sorted(self.functions.items())]
        return "\n".join(lines + self.text) + "\n"
