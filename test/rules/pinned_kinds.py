# SPDX-License-Identifier: MIT
"""What else a `pinned:` entry says, as blocks of C: the records of a kind, what is so of all
of it, members of others' records; and what ends the calls that other entries speak of."""

import re

from pinned_blocks import COUNTS, LATE, LISTS, LIVE, MEMBERS, THING, UNTIL, Row
from pinned_probes import BY_NAME, life, moved, published_late, undone

PART = "struct work_struct part"


def is_record(source, row):
    """A member of it is the thing itself; or it belongs where it is."""
    record = source.record(row.name)
    if "uses" in row.kind or "arms" in row.kind:
        published_late(source, row, source.own("uses", row.kind, "&o->part.inner"),
                       source.own("inits", row.kind, "&o->part"), f"{record} part")
        return
    name, place = next((n, p) for n, p in row.kind["inits"].items() if p != "ret")
    moved(source, row, source.call(name, {place: "&o->part"}) + ";", f"{record} part")


def carries(source, row):
    record, field = source.member(row.name, "void *")
    source.add(row, (LIVE, "make"), life(
        source, source.kinds[THING], source.own("arms", source.kinds[THING], "&o->part"),
        made=f"((struct {record} *)p)->{field}"), PART)


def called_when(source, row):
    """What is stopped there is not stopped for good; or, at the end of an object, has to be
    for good, and is not if another part starts it again."""
    thing = source.kinds[THING]
    arm, stop, init = (source.own(a, thing, "&o->part") for a in ("arms", "stops", "inits"))
    ends = [f"static int stopN(struct objN *o) {{ {stop} return 0; }}",
            source.table(row.name, "stopN")]
    if row.action != "unbinds":
        source.add(row, (LIVE, "make"), life(source, thing, arm, ends), PART)
        return
    bind = source.call("rowtest_bind", {1: "&o->thing", 2: "againN"})
    source.add(row, (LIVE, "stop"), [
        f"static int againN(struct objN *o) {{ {arm} return 0; }}",
        f"int makeN(struct objN *o) {{ {init} {bind}; {source.own('arms', thing, '&o->thing')} "
        "return 0; }", *ends], PART)


def why_live(source, row):
    decl, part = source.part(row.kind)
    source.add(row, (LIVE, "make"),
               life(source, row.kind, source.own("arms", row.kind, part)), decl)


def why_published(source, row):
    """Who publishes an object that is read at once has set its pointers before."""
    name, place = next(iter(row.kind["publishes"].items()))
    source.add(row, (LATE, "probe"), [
        f"int probeN(void *p) {{ struct objN *o = {source.call('rowtest_alloc')}; "
        f"{source.call(name, {place: 'o'})}; o->other = p; return 0; }}"])


def ends(source, row):
    """What a part runs uses another one, for which somebody may have to wait, and is done with
    the object then."""
    decl, part = source.part(row.kind)
    wait = source.own("waits", row.kind, part) if "waits" in row.kind else ""
    begin = source.call("rowtest_bind", {1: "&o->thing", 2: "runN"})
    source.add(row, (LIVE, "make"), [
        f"static int runN(struct objN *o) {{ {source.own('uses', row.kind, part)} return 0; }}",
        f"int makeN(void *p) {{ struct objN *o = {source.call('rowtest_manage')}; {begin}; "
        f"{source.own('arms', source.kinds[THING], '&o->thing')} return 0; }}",
        f"void waitN(struct objN *o) {{ {wait} }}"], decl, told=False)


def late_queued(source, row):
    """Not on its workqueue yet, it does not stop with that."""
    decl, part = source.part(row.kind)
    stop = source.own("stops", source.kinds["workqueue"], "o->queue")
    source.add(row, (LIVE, "make"), life(source, row.kind, source.queue(row.kind, part), [
        f"void dropN(struct objN *o) {{ {stop} }}"]), decl)


def late_freed(source, row):
    """Freed only when no walk is there any more."""
    name, place = next(iter(row.kind["frees"].items()))
    source.add(row, (LISTS, "walk"), [
        "#define for_each_N(o) for (; o; o = (struct objN *)((char *)o->other - "
        "__builtin_offsetof(struct objN, other)))",
        "void walkN(void *first) { struct objN *o = first; "
        f"for_each_N(o) {source.call(name, {place: 'o'})}; }}"], told=False)


def counts(source, row):
    decl, part = source.part(row.kind)
    source.add(row, (COUNTS, "probe"), [
        f"static int callN(struct objN *o) {{ {source.own('uses', row.kind, part)} return 0; }}",
        "int probeN(struct objN *o) { rowtest_register(callN); "
        f"{source.own('inits', row.kind, part)} return 0; }}"], decl)


def held_at(source, row):
    """Stores to the member, and reads of it."""
    record, field = source.member(row.kind["at"], "void *")
    for what, use, init in (
            ("read", f"o->other = d->{field};", source.own("inits", row.kind, "o->other")),
            ("stored", source.own("uses", row.kind, "o->other"), f"d->{field} = o;")):
        source.add(row._replace(name=what), (LATE, "probe"), [
            f"static int callN(struct objN *o, struct {record} *d) {{ {use} return 0; }}",
            f"int probeN(struct objN *o, struct {record} *d) {{ rowtest_register(callN); "
            f"{init} return 0; }}"])


def bytes_only(source, row):
    decl, part = source.part(row.kind)
    moved(source, row, source.own("inits", row.kind, part), decl, told=False)


# What is so of a kind, which other key it is about, and how it shows.
TRAITS = (
    ("why", "arms", why_live), ("why", "publishes", why_published), ("ends", "uses", ends),
    ("late", "arms", late_queued), ("late", "frees", late_freed), ("counts", "uses", counts),
    ("bytes", "inits", bytes_only), ("at", "uses", held_at),
)


def traits(source, kind):
    for key in dict.fromkeys(t[0] for t in TRAITS):
        shown = [show for its, about, show in TRAITS if its == key and about in kind]
        if key not in kind:
            continue
        for show in shown:
            show(source, Row(kind, key, ""))
        if not shown:		# it is so of nothing, and will fail
            source.add(Row(kind, key, ""), ("", ""), [])


def until(source, title, end, setup, more=()):
    """What starts the part is over only after it has been stopped."""
    thing = source.kinds[THING]
    arm, stop, init = (source.own(a, thing, "&o->part") for a in ("arms", "stops", "inits"))
    source.add(Row({"pinned": title}, UNTIL, end), (LIVE, "drop"), [
        f"static int startN(struct objN *o) {{ {arm} return 0; }}", *more,
        f"void setN(struct objN *o) {{ {init} {setup} }}",
        f"void dropN(struct objN *o) {{ {stop} {source.call(end, {1: 'o->other'})}; }}"], PART)


def ended_calls(source, name, call):
    """A function that `name` registers, until something ends that; or what an object holds."""
    place, field = re.fullmatch(r"\$(\d+)(?:->(\w+))?", call["fn"]).groups()
    what = "&table_startN" if field else "startN"
    until(source, f"calls {name}", call[UNTIL], source.call(name, {int(place): what}) + ";",
          [source.table(f"rowtest_calls.{field}", "startN")] if field else ())


def untils(source):
    for entry in source.ops:
        for path in source.names(entry["ops"]) if UNTIL in entry else ():
            until(source, f"ops {path}", entry[UNTIL], "", [source.table(path, "startN")])
    for name, rule in source.rules.items():
        calls = {(c["fn"], c[UNTIL]): c for c in source.names(rule.get("calls", [])) if UNTIL in c}
        for call in calls.values():
            ended_calls(source, name, call)


def generate(source):
    """A block of every row."""
    source.call("rowtest_register", {1: ""})
    for kind in source.kinds.values():
        for action, show in BY_NAME.items():
            for name, place in kind.get(action, {}).items():
                show(source, Row(kind, action, name, place))
        undone(source, kind)
        for name in kind.get("records", ()):
            is_record(source, Row(kind, "records", name))
        for action in MEMBERS:
            for path in kind.get(action, ()):
                (carries if action == "carries" else called_when)(source, Row(kind, action, path))
        traits(source, kind)
    untils(source)
