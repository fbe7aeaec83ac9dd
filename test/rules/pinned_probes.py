# SPDX-License-Identifier: MIT
"""What each action of a `pinned:` entry decides, as a block of C (pinned_blocks.py)."""

import re

from pinned_blocks import MEMBERS, NAMED, THING, TRAITS, UNDONE, UNTIL

LIVE, EARLY, LATE = "pin-dropped-live", "pin-use-before-init", "pin-publish-before-init"
LISTS, STACK, MOVED, UNWIND = "list-exclusive", "pin-stack", "pin-moved", "init-unwind"
COUNTS = "refcount-init"
LINTS = (LIVE, EARLY, LATE, LISTS, STACK, MOVED, UNWIND, COUNTS)


def published_late(source, kind, title, action, use, init, told=True):
    """A callback uses the part, and is registered before that is initialised."""
    source.add(action, title, COUNTS if kind.get("counts") else LATE, "probe", [
        f"static int callN(struct objN *o) {{ {use}; return 0; }}",
        f"int probeN(struct objN *o) {{ rowtest_register(callN); {init}; return 0; }}",
    ], source.part(kind)[0], told)


def initialised(source, kind, action, name, place, title):
    decl, part = source.part(kind)
    if "links" in kind:
        node_initialised(source, kind, action, name, title)
    elif "uses" not in kind and "arms" not in kind:
        only_binds(source, action, name, place, title, (decl, part))
    else:
        init = f"o->part = {source.call(name)}" if place == "ret" else \
            source.call(name, {place: part})
        published_late(source, kind, title, action, source.own("uses", kind, part), init)


def node_initialised(source, kind, action, name, title):
    """A node that is initialised may be deleted once more."""
    gone = source.own("unlinks", kind, "&o->part")
    row = source.call(name, {1: "&o->part"}) + ";"
    first = row if name in kind.get("unlinks", ()) else gone
    second = row if name in kind.get("unlinks", ()) else row + gone
    source.add(action, title, LISTS, "drop", [
        f"void dropN(struct objN *o) {{ {first} {second} }}"], source.part(kind)[0], told=False)


def only_binds(source, action, name, place, title, what):
    """It says what will be called, and nobody calls it yet."""
    decl, part = ("void *part", "o->part") if place == "ret" else what
    thing = source.kinds[THING]
    called = source.callback_place(name)
    if not called:		# no rule says what: but the part is set up
        moved(source, action, title, source.call(name, {place: part}), decl)
        return
    args = {called: "callN"} if place == "ret" else {called: "callN", place: part}
    row = source.call(name, args)
    source.add(action, title, LATE, "probe", [
        f"static int callN(struct objN *o) {{ {source.own('uses', thing, '&o->thing')} return 0; }}",
        f"int probeN(struct objN *o) {{ {'o->part = ' if place == 'ret' else ''}{row}; "
        f"{source.own('inits', thing, '&o->thing')} return 0; }}",
    ], decl, told=False)


def used(source, kind, action, name, place, title):
    _, part = source.part(kind)
    published_late(source, kind, title, action, source.call(name, {place: part}),
                   source.own("inits", kind, part))


def stacked(source, kind, action, name, place, title):
    """The part is on the stack, and ends there, or not."""
    here = action == "stacks"
    row = source.call(name, {place: "&part"}) + ";"
    begin = row if here else source.own("stacks", kind, "&part")
    source.add(action, title, STACK, "stack", [
        f"void stackN(struct objN *o) {{ {source.part(kind)[0]}; {begin} "
        f"{'' if here else row} }}"], "int part", told=here)


def life(source, kind, arm, more=(), part="&o->part", made="rowtest_manage()"):
    """An object that the device manages, with a part that is initialised, and made live by a
    callback."""
    source.call("rowtest_manage")
    source.call("rowtest_register", {1: ""})
    return [
        f"static int startN(struct objN *o) {{ {arm} return 0; }}",
        f"int makeN(void *p) {{ struct objN *o = {made}; {source.own('inits', kind, part)} "
        "rowtest_register(startN); return 0; }", *more]


def armed(source, kind, action, name, place, title):
    decl, part = source.part(kind)
    source.add(action, title, LIVE, "make",
               life(source, kind, source.call(name, {place: part}) + ";"), decl)


def stopped(source, kind, action, name, place, title):
    """It is stopped, or the workqueue on which it is, and so not told."""
    if "arms" in kind:
        decl, part = source.part(kind)
        stop = source.call(name, {place: part})
        arm = source.own("arms", kind, part)
    else:		# a workqueue: what is on it stops with it
        kind, decl, part = source.kinds[THING], "struct work_struct part", "&o->part"
        stop = source.call(name, {place: "o->queue"})
        arm = source.queue(kind, part)
    source.add(action, title, LIVE, "make",
               life(source, kind, arm, [f"void dropN(struct objN *o) {{ {stop}; }}"]), decl,
               told=False)


def unqueued(source, kind, action, name, place, title):
    """It is told where it is not waited for."""
    decl, part = source.part(kind)
    drop = f"void dropN(struct objN *o) {{ {source.call(name, {place: part})}; }}"
    source.add(action, title, LIVE, "drop",
               life(source, kind, source.own("arms", kind, part), [drop]), decl)


def spliced(source, kind, action, name, place, title):
    decl, part = source.part(kind)
    row = source.call(name, {place: part})
    source.add(action, title, LISTS, "splice", [
        f"void spliceN(struct objN *o) {{ {row}; {source.own('uses', kind, part)} }}"], decl)


def linked(source, kind, action, name, place, title):
    """Added again, a node may be deleted again."""
    decl, part = source.part(kind)
    row, gone = source.call(name, {place: part}) + ";", source.own("unlinks", kind, part)
    here = action == "unlinks"
    source.add(action, title, LISTS, "drop", [
        f"void dropN(struct objN *o) {{ {gone} {row} {'' if here else gone} }}"], decl, told=here)


def copied(source, _, action, name, place, title):
    thing = source.kinds[THING]
    args = {place: "o"}
    if name in ("memcpy", "memmove"):
        args[1] = "to"		# the others return the copy
    source.add(action, title, MOVED, "copy", [
        f"void setN(struct objN *o) {{ {source.own('inits', thing, '&o->thing')} }}",
        f"void copyN(struct objN *o, struct objN *to) {{ {source.call(name, args)}; }}"],
               "int part")


def made(source, _, action, name, place, title):
    """A way on which what is new is used before it is initialised."""
    assert place == "ret"
    thing = source.kinds[THING]
    lines = [f"""static int probeN(int early) {{
        struct objN *o = {source.call(name)};
        if (early) goto out;
        {source.own('inits', thing, '&o->thing')}
        out: {source.own('uses', thing, '&o->thing')} return 0; }}"""]
    lines.append(source.table("rowtest_driver.probe", "probeN"))
    source.add(action, title, EARLY, "probe", lines, "int part")


def freed(source, _, action, name, place, title):
    thing = source.kinds[THING]
    source.call("rowtest_register", {1: ""})
    source.add(action, title, LIVE, "drop", [
        f"static int startN(struct objN *o) {{ {source.own('arms', thing, '&o->thing')} return 0; }}",
        f"int setN(struct objN *o) {{ {source.own('inits', thing, '&o->thing')} "
        "rowtest_register(startN); return 0; }",
        f"void dropN(struct objN *o) {{ {source.call(name, {place: 'o'})}; }}"], "int part")


def published(source, _, action, name, place, title):
    thing = source.kinds[THING]
    source.add(action, title, LATE, "probe", [
        f"int probeN(struct objN *o) {{ {source.call(name, {place: 'o'})}; "
        f"{source.own('inits', thing, '&o->thing')} return 0; }}"], "int part")


def unwound(source, action, title, enter, leave, told, more=(), behind=""):
    source.functions["rowtest_try"] = "int "
    source.add(action, title, UNWIND, "probe", [*more, f"""int probeN(struct objN *o) {{
        int err = {enter}; if (err) return err;
        {behind} err = rowtest_try(o); if (err) return err;
        err = rowtest_try(o); if (err) goto leave;
        return 0;
        leave: {leave}; return err; }}"""], "int part", told)


def undoes(source, _, action, name, place, title):
    leave = source.call("rowtest_leave", {1: "o"})
    unwound(source, action, title, source.call("rowtest_enter", {1: "o"}), leave, False,
            [f"static void undoN(void *o) {{ {leave}; }}"],
            source.call(name, {place: "undoN"}) + ";")


def undone(source, kind, title):
    """A registration and what undoes it; or one that is the device's, and lasts: who is called
    may be, as soon as the function returns that registers it."""
    for name, by in kind[UNDONE].items():
        for leave in source.names(by):
            unwound(source, UNDONE, f"{title}: {name}: {leave}", source.call(name, {1: "o"}),
                    source.call(leave, {1: "o"}), True)
        if by == []:
            lasting(source, name, f"{title}: {name}")


def lasting(source, name, title):
    thing = source.kinds[THING]
    place = source.callback_place(name)
    published_by = source.kinds["publication"]["publishes"].get(name)
    args = {place: "callN"} if place else {published_by or 1: "&table_callN"}
    source.add(UNDONE, title, LATE, "probe", [
        f"static int callN(struct objN *o) {{ {source.own('uses', thing, '&o->thing')} return 0; }}",
        source.table("rowtest_calls.call", "callN"),
        f"static int setN(struct objN *o) {{ return {source.call(name, args)}; }}",
        f"int probeN(struct objN *o) {{ setN(o); {source.own('inits', thing, '&o->thing')} "
        "return 0; }"], "int part")


def is_record(source, kind, name, title):
    """A member of it is the thing itself."""
    record = source.record(name)
    if "uses" in kind or "arms" in kind:
        use = source.own("uses", kind, "&o->part.inner")
        init = source.own("inits", kind, "&o->part")
        source.add("records", title, COUNTS if kind.get("counts") else LATE, "probe", [
            f"static int callN(struct objN *o) {{ {use} return 0; }}",
            f"int probeN(struct objN *o) {{ rowtest_register(callN); {init} return 0; }}",
        ], f"{record} part")
        return
    name, place = next((n, p) for n, p in kind["inits"].items() if p != "ret")
    moved(source, "records", title, source.call(name, {place: "&o->part"}), f"{record} part")


def moved(source, action, title, init, decl, told=True):
    """The object is copied with a part that somebody initialises."""
    source.functions["rowtest_copy"] = "void "
    source.add(action, title, MOVED, "copy", [
        f"void setN(struct objN *o) {{ {init}; }}",
        "void copyN(struct objN *o, struct objN *to) { rowtest_copy(to, o); }"], decl, told)


def member(source, action, path, title):
    thing = source.kinds[THING]
    arm, stop = (source.own(a, thing, "&o->part") for a in ("arms", "stops"))
    part = "struct work_struct part"
    if action == "carries":
        source.member(path, "void *")
        record, field = path.split(".")
        source.add(action, title, LIVE, "make", life(
            source, thing, arm, made=f"((struct {record} *)p)->{field}"), part)
        return
    table = source.table(path, "stopN")
    if action in ("binds", "pauses"):
        source.add(action, title, LIVE, "make", life(source, thing, arm, [
            f"static int stopN(struct objN *o) {{ {stop} return 0; }}", table]), part)
        return
    init = source.own("inits", thing, "&o->part")
    source.add(action, title, LIVE, "stop", [
        f"static int againN(struct objN *o) {{ {arm} return 0; }}",
        f"int makeN(struct objN *o) {{ {init} "
        f"{source.call('rowtest_bind', {1: '&o->thing', 2: 'againN'})}; {source.own('arms', thing, '&o->thing')} return 0; }}",
        f"static int stopN(struct objN *o) {{ {stop} return 0; }}", table], part)


def until(source, title, end, setup, more=()):
    """What starts the part is over only after it has been stopped."""
    thing = source.kinds[THING]
    arm, stop, init = (source.own(a, thing, "&o->part") for a in ("arms", "stops", "inits"))
    source.add(UNTIL, f"{title}: until: {end}", LIVE, "drop", [
        f"static int startN(struct objN *o) {{ {arm} return 0; }}", *more,
        f"void setN(struct objN *o) {{ {init} {setup} }}",
        f"void dropN(struct objN *o) {{ {stop} {source.call(end, {1: 'o->other'})}; }}",
    ], "struct work_struct part")


def ended(source, name, call):
    """A function that `name` registers, until something ends that; or what an object holds."""
    place, field = re.fullmatch(r"\$(\d+)(?:->(\w+))?", call["fn"]).groups()
    title = f"calls {name}"
    if field:
        path = f"rowtest_calls.{field}"
        until(source, title, call["until"], source.call(name, {int(place): "&table_startN"}) + ";",
              [source.table(path, "startN")])
    else:
        until(source, title, call["until"], source.call(name, {int(place): "startN"}) + ";")


BY_NAME = {
    "inits": initialised, "stacks": stacked, "uses": used, "arms": armed, "stops": stopped,
    "shuts": stopped, "unqueues": unqueued, "splices": spliced, "links": linked,
    "unlinks": linked, "unstacks": stacked, "copies": copied, "allocates": made,
    "manages": made, "borrows": made, "frees": freed, "publishes": published, "undoes": undoes,
}


def trait(source, kind, key, title):
    """What an entry says of its kind."""
    decl, part = source.part(kind)
    thing = source.kinds[THING]
    if key == "why" and "arms" in kind:
        source.add(key, title, LIVE, "make",
                   life(source, kind, source.own("arms", kind, part)), decl)
    elif key == "why" and "publishes" in kind:		# of what is published, and read at once
        name = next(iter(kind["publishes"]))
        source.add(key, title, LATE, "probe", [
            f"int probeN(void *p) {{ struct objN *o = rowtest_alloc(); "
            f"{source.call(name, {kind['publishes'][name]: 'o'})}; o->other = p; return 0; }}"],
                   "int part")
        source.call("rowtest_alloc")
    elif key == "ends":
        begin = source.call("rowtest_bind", {1: "&o->thing", 2: "runN"})
        source.add(key, title, LIVE, "make", [
            f"static int runN(struct objN *o) {{ {source.own('uses', kind, part)} return 0; }}",
            f"int makeN(void *p) {{ struct objN *o = rowtest_manage(); {begin}; "
            f"{source.own('arms', thing, '&o->thing')} return 0; }}"], decl, told=False)
    elif key == "late" and "arms" in kind:
        stop = source.own("stops", source.kinds["workqueue"], "o->queue")
        source.add(key, title, LIVE, "make", life(source, kind, source.queue(kind, part), [
            f"void dropN(struct objN *o) {{ {stop} }}"]), decl)
    elif key == "late" and "frees" in kind:		# freed, but only when no walk is there any more
        late_free(source, kind, title)
    elif key == "counts":
        source.add(key, title, COUNTS, "probe", [
            f"static int callN(struct objN *o) {{ {source.own('uses', kind, part)} return 0; }}",
            f"int probeN(struct objN *o) {{ rowtest_register(callN); "
            f"{source.own('inits', kind, part)} return 0; }}"], decl)
    elif key == "bytes":
        moved(source, key, title, source.own("inits", kind, part), decl, told=False)
    elif key == "at":
        held_at(source, kind, title)
    else:
        source.add(key, title, None, "nowhere", [], "int part")


def late_free(source, kind, title):
    name, place = next(iter(kind["frees"].items()))
    source.add("late", title, LISTS, "walk", [
        "#define for_each_N(o) for (; o; o = (struct objN *)((char *)o->other - "
        "__builtin_offsetof(struct objN, other)))",
        f"void walkN(void *first) {{ struct objN *o = first; "
        f"for_each_N(o) {source.call(name, {place: 'o'})}; }}"],
               "int part", told=False)


def held_at(source, kind, title):
    """Stores to the member, and reads of it."""
    record, field = source.member(kind["at"], "void *")
    for one, use, init in (
            ("read", f"o->other = d->{field};", source.own("inits", kind, "o->other")),
            ("stored", source.own("uses", kind, "o->other"), f"d->{field} = o;")):
        source.add("at", f"{title}, {one}", LATE, "probe", [
            f"static int callN(struct objN *o, struct {record} *d) {{ {use} return 0; }}",
            f"int probeN(struct objN *o, struct {record} *d) {{ rowtest_register(callN); "
            f"{init} return 0; }}"], "int part")


def generate(source):
    """A block of every row."""
    source.call("rowtest_register", {1: ""})
    for kind in source.kinds.values():
        label = kind["pinned"]
        for action in NAMED:
            for name, place in kind.get(action, {}).items():
                BY_NAME[action](source, kind, action, name, place, f"{label}: {action}: {name}")
        if UNDONE in kind:
            undone(source, kind, f"{label}: {UNDONE}")
        for name in kind.get("records", ()):
            is_record(source, kind, name, f"{label}: records: {name}")
        for action in MEMBERS:
            for path in kind.get(action, ()):
                member(source, action, path, f"{label}: {action}: {path}")
        for key in TRAITS:
            if key in kind:
                trait(source, kind, key, f"{label}: {key}")
    for entry in source.ops:
        for path in source.names(entry["ops"]) if UNTIL in entry else ():
            until(source, f"ops {path}", entry[UNTIL], "", [source.table(path, "startN")])
    for name, rule in source.rules.items():
        calls = {(c["fn"], c[UNTIL]): c for c in source.names(rule.get("calls", [])) if UNTIL in c}
        for call in calls.values():
            ended(source, name, call)
