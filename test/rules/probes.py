# SPDX-License-Identifier: MIT
"""From one effect of a rule to a function in which this effect decides the answer.

A probe is KIR (docs/kir.md): the row is called where its effect, and nothing else,
makes the difference between a finding at a known line and none.  What stands around
the call are functions of this test with rules of their own (SCAFFOLD), so that no
probe depends on another row of the kernel's.
"""

import re

PARTS = ("hardirq", "softirq", "nmi", "irq", "bh", "preempt", "raw", "spin", "rcu", "rcu-bh",
         "rcu-sched", "srcu", "migrate", "pagefault", "non-block", "state")
EXPR = re.compile(r"(&?)(\**)(\$\d+|ret|[A-Za-z_]\w*|-?\d+)((?:(?:->|\.)\w+)*)$")
TERM = re.compile(r"(!?)\(?\s*(\**[$\w>.-]+?)\s*(?:&\s*(\w+))?\s*\)?\s*"
                  r"(?:(==|!=|<=|>=|<|>)\s*(\S+))?$")


class Uncovered(Exception):
    """No program can tell whether the row is there; the text says why."""


def scaffold(kinds):
    """The rules of what stands around a row, as YAML data."""
    rules = [
        {"fn": "rowtest_sleep", "sleeps": True},
        {"fn": "rowtest_spin", "acquires": {"lock": "$1", "kind": "raw_spinlock"},
         "enters": ["preempt", "raw"]},
        {"fn": "rowtest_held", "args": 1, "requires": {"held": "$1"}},
        {"fn": "rowtest_not_held", "args": 1, "requires": {"not-held": "$1"}},
    ]
    for kind in kinds:
        for mode in ("exclusive", "shared"):
            lock = {"lock": "$1", "kind": kind, "mode": mode}
            name = f"{kind.replace('-', '_')}_{mode}"
            rules.append({"fn": f"rowtest_take_{name}", "acquires": lock})
            rules.append({"fn": f"rowtest_drop_{name}", "releases": lock})
    for part in PARTS:
        name = part.replace("-", "_")
        rules.append({"fn": f"rowtest_enter_{name}", "enters": part})
        rules.append({"fn": f"rowtest_leave_{name}", "leaves": part})
        rules.append({"fn": f"rowtest_in_{name}", "requires": {"in": part}})
        rules.append({"fn": f"rowtest_not_in_{name}", "requires": {"not-in": part}})
    return rules


class Module:
    """The text of one KIR module, and the constants and globals that it needs."""

    def __init__(self, name):
        self.name, self.line = name, 0
        self.lines, self.constants, self.globals = [], {}, {"rowtest_lock": "rowtest"}

    def constant(self, word):
        if re.fullmatch(r"-?(0x)?[0-9a-fA-F]+", word):
            return int(word, 0)
        return self.constants.setdefault(word, 1 << (len(self.constants) + 4))

    def text(self):
        head = [f'module "{self.name}.c" "test"']
        head += [f"const {name} = {value}" for name, value in sorted(self.constants.items())]
        head += [f"global @{name}: record {record}" for name, record in
                 sorted(self.globals.items())]
        return "\n".join(head + self.lines) + "\n"


class Probe:
    """One function around one call of the row."""

    def __init__(self, module, name, callee, entry):
        self.m, self.name, self.callee = module, name, callee
        self.body, self.labels, self.fixed, self.objects = [], 0, {}, set()
        self.nargs = self.least_args(entry)
        self.where, self.inverse, self.lints = None, False, ("lock-contract",)

    @staticmethod
    def least_args(entry):
        args = entry.get("args", 0)
        if isinstance(args, list):
            args = args[0]
        least = int(str(args).rstrip("+"))
        # Also an `args: [1, 2]` row may speak of $2.
        used = [int(n) for n in re.findall(r"\$(\d+)", repr({k: v for k, v in entry.items()
                                                             if k not in ("fn", "macro")}))]
        return max([least, *used])

    def arg(self, n):
        if n in self.objects:
            return f"%a{n}*"
        return self.fixed.get(n, f"%a{n}")

    def value(self, text):
        """The KIR of an EXPR."""
        match = EXPR.match(text)
        if not match:
            raise Uncovered(f"the expression {text} is beyond this test")
        address, stars, root, steps = match.groups()
        if root[0] == "$":
            number = int(root[1:])
            if address and not stars and not steps.startswith("->"):
                self.objects.add(number)
            value = self.arg(number)
        elif root == "ret":
            value = "$0"
        elif re.match(r"-?\d", root):
            return root
        else:
            self.m.globals.setdefault(root, "r")
            value = f"@{root}"
        for arrow, field in re.findall(r"(->|\.)(\w+)", steps):
            value += f"{'*' if arrow == '->' else ''}.r:{field}"
        return address + value + "*" * len(stars)

    def say(self, line, mark=False):
        self.m.line += 1
        if mark:
            self.where = (self.name, self.m.line)
        self.body.append(f"  {line} at {self.m.line}:2")

    def call(self, function, value=None, mark=False):
        argument = "" if value is None else value
        self.say(f"call rowtest_{function.replace('-', '_')}({argument})", mark)

    def row(self, mark=False):
        values = ", ".join(self.arg(n) for n in range(1, self.nargs + 1))
        self.say(f"call $0 = {self.callee}({values})", mark)

    def satisfy(self, cond):
        """Make what the condition says of the arguments true; return, as KIR, what it
        says of the result."""
        result = []
        for text in str(cond).split("&&") if cond is not None else []:
            match = TERM.match(text.strip())
            if not match:
                raise Uncovered(f"the condition {text.strip()} is beyond this test")
            negated, left, mask, compare, right = match.groups()
            compare = compare or ("==" if negated else "!=")
            right = self.m.constant(right) if right else 0
            mask = self.m.constant(mask) if mask else None
            if left.startswith("ret"):
                value = self.value(left)
                value = value if mask is None else f"({value} & {mask})"
                result.append(f"({value} {compare} {right})")
            else:
                self.set(left, mask, compare, right)
        return result

    def set(self, left, mask, compare, right):
        if mask is not None:
            number = right if compare == "==" else mask & ~right
        else:
            number = right + {"==": 0, "!=": 1, "<": -1, "<=": 0, ">": 1, ">=": 0}[compare]
        plain = re.fullmatch(r"\$(\d+)", left)
        if plain:
            have = int(self.fixed.get(int(plain[1]), 0))
            self.fixed[int(plain[1])] = str(have | number)
        else:
            self.say(f"store {self.value(left)} = {number}")

    def when(self, conditions):
        """Go on only where these are true, or false behind a "!"."""
        for condition in conditions:
            self.labels += 1
            yes, no = f"b{self.labels}", "bEND"
            if condition[0] == "!":
                yes, no = no, yes
            self.say(f"branch {condition.lstrip('!')} {yes} {no}")
            self.body.append(f"b{self.labels}:")

    def finish(self):
        """Write the function; `where` is known by now."""
        params = ["%l: ptr r", *(f"%a{n}: ptr r" for n in range(1, self.nargs + 1))]
        self.say("return")
        if self.labels:
            end = f"b{self.labels + 1}"
            self.body = [line.replace("bEND", end) for line in self.body]
            self.body += [f"{end}:", f"  return at {self.m.line}:2"]
        self.m.lines += [f'func {self.name}({", ".join(params)}) -> void '
                         f'at "{self.m.name}.c":{self.m.line}:1 {{', "b0:", *self.body, "}"]


def lock_of(probe, text):
    """The lock, kept in a local: the call may change what it is reached through."""
    probe.say(f"store %l = {probe.value(text)}")
    return "%l"


def taker(row):
    return f"{row.get('kind', 'mutex')}_{row.get('mode', 'exclusive')}"


def condition_of(row):
    return row.get("if") if isinstance(row, dict) else None


def part_of(row):
    return row["part"] if isinstance(row, dict) else row


def probe_wait(probe, row, contexts):
    kind = row.get("type") if isinstance(row, dict) else row
    if kind in ("free", "spin"):
        raise Uncovered("every context allows it to spin")
    probe.lints = ("atomic-sleep", "rt-wait-context")
    if isinstance(row, dict) and "unless" in row:
        probe.unless = row["unless"] if isinstance(row["unless"], list) else [row["unless"]]
    conditions = probe.satisfy(condition_of(row))
    if conditions:
        raise Uncovered("it waits before there is a result")
    probe.call("spin", "&@rowtest_lock")
    probe.row(mark=True)


def probe_acquire(probe, row, contexts):
    probe.value(row["lock"])
    conditions = probe.satisfy(row.get("if"))
    lock = lock_of(probe, row["lock"])
    if probe.objects:
        # The engine knows the lock of an object that is handed to a macro by its class
        # only, and then says no more than that some such lock is held.
        probe.inverse = True
        probe.call(f"take_{taker(row)}", lock)
        probe.call(f"drop_{taker(row)}", lock)
    probe.row()
    probe.when(conditions)
    probe.call("held" if probe.objects else "not_held", lock, mark=True)


def probe_release(probe, row, contexts):
    probe.value(row["lock"])
    conditions = probe.satisfy(row.get("if"))
    lock = lock_of(probe, row["lock"])
    probe.call(f"take_{taker(row)}", lock)
    probe.row()
    probe.when(conditions)
    probe.call("held", lock, mark=True)


def probe_enter(probe, row, contexts):
    conditions = probe.satisfy(condition_of(row))
    probe.row()
    probe.when(conditions)
    probe.call(f"not_in_{part_of(row)}", mark=True)


def probe_leave(probe, row, contexts):
    conditions = probe.satisfy(condition_of(row))
    probe.row()
    probe.when(conditions)
    probe.call(f"in_{part_of(row)}", mark=True)


def probe_restore(probe, row, contexts):
    """What was raised before is as it was behind it."""
    conditions = probe.satisfy(condition_of(row))
    probe.inverse, probe.lints = True, ("atomic-sleep",)
    probe.call(f"enter_{part_of(row)}")
    probe.row()
    probe.when(conditions)
    probe.call("sleep", mark=True)


def probe_require(probe, row, contexts):
    if "held" in row or "not-held" in row:
        text = row.get("held") or row["not-held"]
        probe.value(text)
        lock = lock_of(probe, text)
        probe.call(f"take_{taker(row)}", lock)
        if "held" in row:
            probe.call(f"drop_{taker(row)}", lock)
    else:
        parts = row.get("in") or row["not-in"]
        part = parts if isinstance(parts, str) else parts[0]
        probe.call(f"{'leave' if 'in' in row else 'enter'}_{part}")
    probe.row(mark=True)


def callback(probe, name, context):
    """A function that shows that it is entered in the context."""
    inner = Probe(probe.m, name, None, {})
    if context["enters"]:
        inner.call(f"not_in_{context['enters'][0]}", mark=True)
    else:
        inner.call("held", "&@rowtest_lock", mark=True)
    inner.finish()
    probe.where = inner.where


def probe_call(probe, row, contexts):
    match = re.fullmatch(r"\$(\d+)(?:->(\w+))?", row["fn"])
    if not match:
        raise Uncovered(f"the engine does not follow {row['fn']} to a function")
    name = f"{probe.name}_called"
    probe.satisfy(row.get("if"))
    probe.fixed[int(match[1])] = f"&{name}"
    if match[2]:
        probe.body.append(f"  store @{name}_object.rowtest:{match[2]} = &{name}")
        probe.fixed[int(match[1])] = f"&@{name}_object"
    if "context" in row:
        probe.row()
        callback(probe, name, contexts[row["context"]])
        return
    probe.lints = ("atomic-sleep",)
    inner = Probe(probe.m, name, None, {})
    inner.call("sleep")
    inner.finish()
    probe.call("spin", "&@rowtest_lock")
    probe.row(mark=True)


def probe_noreturn(probe, row, contexts):
    probe.inverse = True
    probe.call("take_mutex_exclusive", "&@rowtest_lock")
    probe.row()
    probe.call("not_held", "&@rowtest_lock", mark=True)


def probe_warns(probe, row, contexts):
    """Nothing is told of what lies behind it."""
    probe.inverse, probe.lints = True, ("atomic-sleep",)
    probe.call("spin", "&@rowtest_lock")
    probe.row()
    probe.call("sleep", mark=True)


def probe_last(probe, last):
    """A caller that may have another reference is not told what the last one needs."""
    inner = Probe(probe.m, f"{probe.name}_put", probe.callee, {})
    inner.nargs = probe.nargs
    inner.row()
    inner.when(["$0" if last else "!$0"])
    inner.call("sleep")
    inner.finish()
    probe.inverse, probe.lints = True, ("atomic-sleep",)
    probe.call("spin", "&@rowtest_lock")
    probe.say(f"call {probe.name}_put()", True)


def probe_return(probe, row, contexts):
    """Behind a branch that what is known of the result excludes."""
    match = re.fullmatch(r"(\w+)\((.*)\)", row)
    name, inside = match.groups() if match else (row, "")
    if name in ("last", "not_last"):
        return probe_last(probe, name == "last")
    probe.inverse = True
    probe.call("take_mutex_exclusive", "&@rowtest_lock")
    if name in ("test", "test_not"):
        probe.call(f"enter_{inside.split(',')[0]}")
    probe.row()
    argument = probe.value(inside) if inside.startswith("$") else None
    impossible = {
        "test": ["!$0"], "test_not": ["$0"], "nonnull": ["!$0"],
        "not_null": ["!$0"],
        "is_err": ["$0", f"!{argument}"], "is_err_or_null": ["!$0", f"!{argument}"],
        "err_or_zero": ["$0", f"!{argument}"],
        "err_ptr": [f"({argument} > 0)"],
    }
    if name == "stable":
        probe.body[-1] = probe.body[-1].replace("$0", "$1")
        probe.row()
        probe.when(["($0 != $1)"])
    else:
        probe.when(impossible.get(name) or [f"($0 != {probe.value(row)})"])
    probe.call("not_held", "&@rowtest_lock", mark=True)


def probe_nothing(probe, row, contexts):
    """A contract without effects says that the body, which is there, does not count."""
    inner = Probe(probe.m, probe.callee, None, {})
    inner.call("sleep")
    inner.finish()
    probe.inverse, probe.lints = True, ("atomic-sleep",)
    probe.call("spin", "&@rowtest_lock")
    probe.row(mark=True)


PROBES = {
    "sleeps": probe_wait, "waits": probe_wait, "acquires": probe_acquire,
    "releases": probe_release, "enters": probe_enter, "leaves": probe_leave,
    "sets": probe_enter, "resets": probe_leave, "restores": probe_restore, "requires": probe_require, "calls": probe_call,
    "noreturn": probe_noreturn, "warns": probe_warns, "returns": probe_return, "nothing": probe_nothing,
}


def probe_guarded_field(module, name, subject, entry):
    """Write the probe of an annotation of a field: it is written when its lock, the
    field beside it, has been given back."""
    probe = Probe(module, name, None, entry)
    probe.nargs = 1
    record = f"{name}_record"
    module.lines.append(f"record struct {record} {{\n  lock: int32\n"
                        f'  n: int32 annot {subject}("&lock")\n}}')
    probe.call("take_spinlock_exclusive", f"&{probe.arg(1)}*.{record}:lock")
    probe.call("drop_spinlock_exclusive", f"&{probe.arg(1)}*.{record}:lock")
    probe.say(f"store {probe.arg(1)}*.{record}:n = 1", mark=True)
    probe.finish()
    return probe


def probe_effect(module, name, subject, entry, key, row, contexts):
    """Write the probe of a row of fn, macro or annotation into the module."""
    if "annotation" in entry:
        if subject in ("KLINT_GUARDED_BY", "__guarded_by", "guarded_by"):
            return probe_guarded_field(module, name, subject, entry)
        callee = f"{name}_declared"
        text = '("p")' if Probe.least_args(entry) else ""
        module.lines.append(f"func {callee}(%p: ptr r) -> void annot {subject}{text}")
    else:
        callee = subject
    probe = Probe(module, name, callee, entry)
    if "annotation" in entry:
        probe.nargs = 1
    PROBES[key](probe, row, contexts)
    probe.finish()
    return probe


def probe_ops(module, name, subject, context):
    """Write the probe of one `ops` row: a function stored in the field."""
    record, field = subject.split(".", 1)
    probe = Probe(module, name, None, {})
    callback(probe, f"{name}_called", context)
    module.lines.append(f"global @{name}_ops: record {record} static const {{\n"
                        f"  .{record}:{field} = &{name}_called\n}}")
    return probe
