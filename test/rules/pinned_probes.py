# SPDX-License-Identifier: MIT
"""What each action of a `pinned:` entry decides, as a block of C (pinned_blocks.py)."""

from pinned_blocks import (COPY, COUNTS, EARLY, LATE, LISTS, LIVE, STACK, THING, UNDONE, UNWIND,
                           Row)


def late_lint(kind):
    return COUNTS if kind.get("counts") else LATE


def published_late(source, row, use, init, part):
    """A callback uses the part, and is registered before that is initialised."""
    source.add(row, (late_lint(row.kind), "probe"), [
        f"static int callN(struct objN *o) {{ {use} return 0; }}",
        f"int probeN(struct objN *o) {{ rowtest_register(callN); {init} return 0; }}"], part)


def initialised(source, row):
    decl, part = source.part(row.kind)
    if "links" in row.kind:
        node_initialised(source, row)
    elif "uses" not in row.kind and "arms" not in row.kind:
        only_binds(source, row)
    else:
        init = f"o->part = {source.call(row.name)};" if row.place == "ret" else \
            source.row_call(row, part)
        published_late(source, row, source.own("uses", row.kind, part), init, decl)


def node_initialised(source, row):
    """A node that is initialised may be deleted once more."""
    gone = source.own("unlinks", row.kind, "&o->part")
    call = source.call(row.name, {1: "&o->part"}) + ";"
    deletes = row.name in row.kind.get("unlinks", ())
    source.add(row, (LISTS, "drop"), [
        f"void dropN(struct objN *o) {{ {call if deletes else gone} {call} "
        f"{'' if deletes else gone} }}"], source.part(row.kind)[0], told=False)


def only_binds(source, row):
    """It says what will be called, and nobody calls it yet; or, where no rule says what, the
    part is set up at least."""
    returns, thing = row.place == "ret", source.kinds[THING]
    decl, part = ("void *part", "o->part") if returns else source.part(row.kind)
    called = source.callback_place(row.name)
    if not called:
        moved(source, row, source.row_call(row, part), decl)
        return
    args = {called: "callN"} if returns else {called: "callN", row.place: part}
    call = ("o->part = " if returns else "") + source.call(row.name, args)
    use, init = (source.own(action, thing, "&o->thing") for action in ("uses", "inits"))
    source.add(row, (LATE, "probe"), [
        f"static int callN(struct objN *o) {{ {use} return 0; }}",
        f"int probeN(struct objN *o) {{ {call}; {init} return 0; }}",
    ], decl, told=False)


def moved(source, row, init, decl, told=True):
    """The object is copied with a part that somebody initialises."""
    copy = source.call("rowtest_copy", {1: "to", 2: "o"})
    source.add(row, (COPY, "copy"), [
        f"void setN(struct objN *o) {{ {init} }}",
        f"void copyN(struct objN *o, struct objN *to) {{ {copy}; }}"], decl, told)


def used(source, row):
    decl, part = source.part(row.kind)
    published_late(source, row, source.row_call(row, part), source.own("inits", row.kind, part),
                   decl)


def stacked(source, row):
    """The part is on the stack, and ends there, or not."""
    begins, call = row.action == "stacks", source.row_call(row, "&part")
    source.add(row, (STACK, "stack"), [
        f"void stackN(struct objN *o) {{ {source.part(row.kind)[0]}; "
        f"{'' if begins else source.own('stacks', row.kind, '&part')} {call} }}"], told=begins)


def life(source, kind, arm, more=(), made="rowtest_manage()"):
    """An object that the device manages, with a part that is initialised, and made live by a
    callback."""
    source.call("rowtest_manage")
    return [
        f"static int startN(struct objN *o) {{ {arm} return 0; }}",
        f"int makeN(void *p) {{ struct objN *o = {made}; {source.own('inits', kind, '&o->part')} "
        "rowtest_register(startN); return 0; }", *more]


def armed(source, row):
    decl, part = source.part(row.kind)
    source.add(row, (LIVE, "make"), life(source, row.kind, source.row_call(row, part)), decl)


def stopped(source, row):
    """It is stopped, or the workqueue on which it is, and so not told."""
    if "arms" in row.kind:
        kind, (decl, part) = row.kind, source.part(row.kind)
        stop, arm = source.row_call(row, part), source.own("arms", kind, part)
    else:		# a workqueue: what is on it stops with it
        kind, decl = source.kinds[THING], "struct work_struct part"
        stop, arm = source.row_call(row, "o->queue"), source.queue(kind, "&o->part")
    source.add(row, (LIVE, "make"),
               life(source, kind, arm, [f"void dropN(struct objN *o) {{ {stop} }}"]), decl,
               told=False)


def unqueued(source, row):
    """It is told where it is not waited for."""
    decl, part = source.part(row.kind)
    drop = f"void dropN(struct objN *o) {{ {source.row_call(row, part)} }}"
    source.add(row, (LIVE, "drop"),
               life(source, row.kind, source.own("arms", row.kind, part), [drop]), decl)


def spliced(source, row):
    decl, part = source.part(row.kind)
    source.add(row, (LISTS, "splice"), [
        f"void spliceN(struct objN *o) {{ {source.row_call(row, part)} "
        f"{source.own('uses', row.kind, part)} }}"], decl)


def linked(source, row):
    """Deleted twice; or added twice, last by something that does nothing but add."""
    decl, part = source.part(row.kind)
    other, row_does = source.own(row.action, row.kind, part), source.row_call(row, part)
    does = (other, row_does) if row.action == "unlinks" else (row_does, other)
    source.add(row, (LISTS, "drop"), [
        f"void dropN(struct objN *o) {{ {does[0]} {does[1]} }}"], decl)


def copied(source, row):
    args = {row.place: "o"}
    if row.name in ("memcpy", "memmove"):
        args[1] = "to"		# the others return the copy
    source.add(row, (COPY, "copy"), [
        f"void setN(struct objN *o) {{ {source.own('inits', source.kinds[THING], '&o->thing')} }}",
        f"void copyN(struct objN *o, struct objN *to) {{ {source.call(row.name, args)}; }}"])


def made(source, row):
    """A way on which what is new is used before it is initialised."""
    use, init = (source.own(a, source.kinds[THING], "&o->thing") for a in ("uses", "inits"))
    source.add(row, (EARLY, "probe"), [f"""static int probeN(int early) {{
        struct objN *o = {source.call(row.name)};
        if (early) goto out;
        {init}
        out: {use} return 0; }}""", source.table("rowtest_driver.probe", "probeN")])


def freed(source, row):
    arm, init = (source.own(a, source.kinds[THING], "&o->thing") for a in ("arms", "inits"))
    source.add(row, (LIVE, "drop"), [
        f"static int startN(struct objN *o) {{ {arm} return 0; }}",
        f"int setN(struct objN *o) {{ {init} rowtest_register(startN); return 0; }}",
        f"void dropN(struct objN *o) {{ {source.row_call(row, 'o')} }}"])


def published(source, row):
    init = source.own("inits", source.kinds[THING], "&o->thing")
    source.add(row, (LATE, "probe"), [
        f"int probeN(struct objN *o) {{ {source.row_call(row, 'o')} {init} return 0; }}"])


def unwound(source, row, calls, told, more=()):
    """A function makes something known (`calls`: by what, what it does behind that, and how
    it undoes it), and fails on two ways; it is undone on the second."""
    enter, behind, leave = calls
    attempt = source.call("rowtest_try", {1: "o"})
    source.add(row, (UNWIND, "probe"), [*more, f"""int probeN(struct objN *o) {{
        int err = {enter}; if (err) return err;
        {behind} err = {attempt}; if (err) return err;
        err = {attempt}; if (err) goto leave;
        return 0;
        leave: {leave}; return err; }}"""], told=told)


def undoes(source, row):
    enter, leave = (source.call(f"rowtest_{what}", {1: "o"}) for what in ("enter", "leave"))
    unwound(source, row, (enter, source.row_call(row, "undoN"), leave), False,
            [f"static void undoN(void *o) {{ {leave}; }}"])


def undone(source, kind):
    """A registration and what undoes it; or one that goes with its device."""
    for name, by in kind.get(UNDONE, {}).items():
        for leave in source.names(by):
            unwound(source, Row(kind, UNDONE, f"{name}: {leave}"),
                    (source.call(name, {1: "o"}), "", source.call(leave, {1: "o"})), True)
        if not by:
            lasting(source, Row(kind, UNDONE, name))


def lasting(source, row):
    """Who is called may be, as soon as the function returns that registers it."""
    called = source.callback_place(row.name)
    publishes = source.kinds["publication"]["publishes"]
    args = {called: "callN"} if called else {publishes.get(row.name, 1): "&table_callN"}
    use, init = (source.own(a, source.kinds[THING], "&o->thing") for a in ("uses", "inits"))
    source.add(row, (LATE, "probe"), [
        f"static int callN(struct objN *o) {{ {use} return 0; }}",
        source.table("rowtest_calls.call", "callN"),
        f"static int setN(struct objN *o) {{ return {source.call(row.name, args)}; }}",
        f"int probeN(struct objN *o) {{ setN(o); {init} return 0; }}"])


BY_NAME = {
    "inits": initialised, "stacks": stacked, "uses": used, "waits": used, "awaits": used, "arms": armed, "stops": stopped,
    "shuts": stopped, "unqueues": unqueued, "splices": spliced, "links": linked,
    "unlinks": linked, "unstacks": stacked, "copies": copied, "allocates": made,
    "manages": made, "borrows": made, "frees": freed, "publishes": published, "undoes": undoes,
}
