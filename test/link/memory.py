# SPDX-License-Identifier: MIT
"""What klint link remembers changes the time that it takes and nothing else.

Random programs of KIR units (calls across files, recursion, header functions, tables of
functions, locks, sleeps, registrations) are linked, edited and linked again: with what
was remembered the bytes are those of --no-cache, for any number of jobs.  A memory that
is cut, changed, another's or of other rules is told and not used.
"""

import random
import re

UNITS, FUNCTIONS, HEADERS = 7, 5, 3


class Program:
    """Units by number; what each function says hangs on a seed of its own."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seeds = {(u, f): self.random.random() for u in range(UNITS) for f in range(FUNCTIONS)}
        self.headers = {h: self.random.random() for h in range(HEADERS)}
        self.first_line = dict.fromkeys(range(UNITS), 1)
        self.units = set(range(UNITS))

    def edit(self):
        """Change one thing; says what."""
        kind = self.random.choice(["body", "body", "body", "lines", "header", "unit"])
        if kind == "body":
            key = self.random.choice(sorted(self.seeds))
            self.seeds[key] = self.random.random()
            return f"body of u{key[0]}_f{key[1]}"
        if kind == "lines":
            unit = self.random.randrange(UNITS)
            self.first_line[unit] += 1
            return f"lines of u{unit}"
        if kind == "header":
            header = self.random.choice(sorted(self.headers))
            self.headers[header] = self.random.random()
            return f"body of h{header}"
        unit = self.random.randrange(UNITS)
        self.units ^= {unit}
        return f"unit u{unit} {'added' if unit in self.units else 'removed'}"

    def body(self, rng, line, header):
        """Blocks with calls, branches on the parameters, locks and stores."""
        callees = [f"h{h}" for h in range(HEADERS) if header is None or h < header]
        if header is None:
            callees += [f"u{u}_f{f}" for u in range(UNITS) for f in range(FUNCTIONS)] * 2
            callees += ["msleep"]
        lines = ["b0:", f"branch {rng.choice(['%n', '(%n == 3)', '%d*.dev:flag'])} b1 b2 at {line}:2",
                 "b1:"]
        after = ["b2:"]
        lock = rng.choice(["&%d*.dev:lock", "&@biglock"])
        taken = rng.random() < 0.4
        if taken:
            lines.append(f"call spin_lock({lock}) at {line + 1}:2")
        for _ in range(rng.randrange(3)):
            name = rng.choice(callees) if callees else "cpu_relax"
            args = "3" if name == "msleep" else "" if name == "cpu_relax" else \
                f"%d, {rng.choice(['%n', '0', '3'])}, " + \
                rng.choice(["null", "&u0_f0", "%cb"])
            rng.choice([lines, after]).append(f"call {name}({args}) at {line + 2}:2")
        if rng.random() < 0.3:
            lines.append(f"store %d*.dev:{rng.choice(['flag', 'count'])} = %n at {line + 3}:2")
        if header is None and rng.random() < 0.2:
            after.append(f"call @table.ops:run(%d, %n, null) at {line + 4}:2")
        if rng.random() < 0.2:
            after.append(f"call %cb(%d, 1, null) at {line + 4}:2")
        if taken and rng.random() < 0.9:
            lines.append(f"call spin_unlock({lock}) at {line + 5}:2")
        lines.append(f"return {rng.choice(['0', '%n', '-22'])} at {line + 6}:2")
        after.append(f"return 0 at {line + 7}:2")
        return lines + after

    def text(self, unit):
        params = "(%d: ptr dev, %n: int32, %cb: ptr)"
        line = self.first_line[unit]
        out = [f'module "u{unit}.c" "test"', "record struct dev {", "lock: record spinlock",
               "flag: int32", "count: int32", "timer: record timer_list", "}",
               "record struct ops {", "run: funcptr", "}",
               f'global @biglock: record spinlock {"" if not unit else "extern "}at "u{unit}.c":1:1',
               'global @table: record ops static const at 1:1 {',
               f'.ops:run = &u{(unit + 1) % UNITS}_f1 at 1:1', '}']
        for other in range(UNITS):
            for f in range(FUNCTIONS):
                head = f"func u{other}_f{f}{params} -> int32"
                if other != unit:
                    out.append(head)
                    continue
                rng = random.Random(self.seeds[unit, f])
                here = line + 10 * f
                out += [f"{head} at {here}:1 {{", *self.body(rng, here + 1, None), "}"]
        for h, seed in self.headers.items():
            rng = random.Random(seed)
            out += [f'func h{h}{params} -> int32 static inline header at "h.h":{10 * h + 1}:1 {{',
                    *(re.sub(r" at (\d+):", r' at "h.h":\1:', text)
                      for text in self.body(rng, 10 * h + 2, h)), "}"]
        out += [f"func entry{unit}(%t: ptr timer_list) -> void static at {line + 90}:1 {{", "b0:",
                f"call u{unit}_f0(container(%t, dev:timer), 3, null) at {line + 91}:2",
                f"return at {line + 92}:2", "}",
                f"func start{unit}(%d: ptr dev) -> void at {line + 95}:1 {{", "b0:",
                f"call timer_setup(&%d*.dev:timer, &entry{unit}, 0) at {line + 96}:2",
                f"return at {line + 97}:2", "}"]
        return "\n".join(out) + "\n"

    def write(self, where):
        paths = []
        for unit in range(UNITS):
            path = where / f"u{unit}.kir"
            path.unlink(missing_ok=True)
            if unit in self.units:
                path.write_text(self.text(unit), encoding="utf-8")
                paths.append(path.name)
        return paths


def link(klint, where, paths, *options):
    return klint("link", "--format=json", "--gaps", "--fail-on=never", *options, *paths, cwd=where)


def edits(check, klint, where, seed, rounds=12):
    """Returns how many findings there were."""
    program = Program(seed)
    memory, found = where / "memory", 0
    memory.unlink(missing_ok=True)
    what = "nothing yet"
    for _ in range(rounds):
        paths = program.write(where)
        status, fresh, err = link(klint, where, paths, "--no-cache", "-j2")
        check(f"seed {seed}: {what}: linked", status == 0 and not err, err)
        for jobs in ("-j1", "-j3"):
            keep = memory.read_bytes() if memory.exists() else None
            _, told, err = link(klint, where, paths, f"--cache={memory}", jobs)
            check(f"seed {seed}: {what}: the same bytes with {jobs}", told == fresh and not err,
                  err + told[:500])
            if jobs == "-j1" and keep is not None:
                memory.write_bytes(keep)
        _, told, err = link(klint, where, paths, f"--cache={memory}")
        check(f"seed {seed}: {what}: and once more", told == fresh and not err, err)
        found += fresh.count('"lint":')
        what = program.edit()
    return found


def spoiled(check, klint, where):
    """A memory that is not what it should be: a note, and the bytes of --no-cache."""
    program, memory = Program(1), where / "memory"
    memory.unlink(missing_ok=True)
    paths = program.write(where)
    fresh = link(klint, where, paths, "--no-cache")[1]
    link(klint, where, paths, f"--cache={memory}")
    good = memory.read_bytes()

    def told_so(what, *options, expected=fresh):
        _, told, err = link(klint, where, paths, f"--cache={memory}", *options)
        check(f"{what}: the same bytes", told == expected, err)
        check(f"{what}: a note", err.count("note:") == 1 and "is not used" in err, err)
        check(f"{what}: mended", link(klint, where, paths, f"--cache={memory}", *options)[2] == "")

    for size in [1, 7, 64, *range(100, len(good), max(1, len(good) // 12)), len(good) - 1]:
        memory.write_bytes(good[:size])
        told_so(f"cut to {size} bytes")
    for at in range(0, len(good), max(1, len(good) // 25)):
        memory.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1:])
        told_so(f"byte {at} changed")
    memory.write_bytes(b"#!/bin/sh\n" * 100)
    told_so("another's file")
    memory.write_bytes(good)
    rules = where / "more.yaml"
    rules.write_text("- fn: only_here\n  sleeps: true\n")
    told_so("other rules", f"--rules={rules}",
            expected=link(klint, where, paths, "--no-cache", f"--rules={rules}")[1])
    memory.write_bytes(good)
    told_so("other options", "--rt", expected=link(klint, where, paths, "--no-cache", "--rt")[1])
    before = memory.read_bytes()
    link(klint, where, paths, f"--cache={memory}", "--rt")
    check("nothing has changed: it is left alone", memory.read_bytes() == before)
    memory.unlink()
    link(klint, where, paths, "--no-cache")
    check("--no-cache leaves none", not memory.exists())
    _, told, err = link(klint, where, paths, f"--cache={where}/no/such/place")
    check("no place for it: said, and the same bytes", told == fresh and "cannot write" in err, err)
    memory.write_bytes(b"")
    check("an empty file is none", link(klint, where, paths, f"--cache={memory}")[1] == fresh)


def run(check, klint, where):
    where.mkdir()
    found = sum(edits(check, klint, where, seed) for seed in range(1, 9))
    check("the programs have findings to remember", found > 100, str(found))
    spoiled(check, klint, where)
