/* SPDX-License-Identifier: MIT */
/*
 * refcount-init: an object is found by others, or a reference is taken or dropped, before its
 * count is set.  refcount-atomic: a count is kept in what does not notice when it overflows
 * or falls below nothing.
 */
#include "pin_life.h"

bool pin_counts(const struct pin *pin, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	return kind && kind->counts;
}

static void counts(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	pin_publications(run, pin, f, "refcount-init", true);
	pin_uses(run, pin, f, "refcount-init", true);
}

const struct check check_refcount_init = {
	/* Who finds an object early is mostly kept from it by what no member says. */
	.info = { .id = "refcount-init", .severity = SEV_WARNING, .opt_in = true,
		  .summary = "an object is found, or held, before its references are counted (with --only)" },
	.pinned = counts,
};

/* The object that the counter is a part of is freed behind the event that drops it. */
static const struct pin_touch *freed_behind(const struct pin_func *f, const struct pin_order *o,
					    const struct pin_touch *drop, uint32_t record)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action == TOUCH_FREE && t->record == record && t->object == drop->object &&
		    pin_after(o, drop->block, drop->event, t->block, t->event))
			return t;
	}
	return NULL;
}

static void dropped(struct check_run *run, struct pin *pin, const struct pin_func *f,
		    const struct pin_touch *drop)
{
	struct pin_order *o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
	const struct pin_touch *t = freed_behind(f, o, drop, pin->parts[drop->part].record);
	struct draft d;

	pin_order_free(o);
	if (!t)
		return;
	pinned_begin(&d, run, "refcount-atomic", f, drop->event);
	d.f.message = arena_printf(run->a, "'%s' counts references in an atomic_t, which may wrap",
				   pin_name(pin, drop->part));
	d.f.key = arena_printf(run->a, "%s", pin_name(pin, drop->part));
	d.f.fix = "count them in a refcount_t";
	pinned_step(&d, STEP_NOTE, f->def, t->event, "the object is freed here when it is zero");
	pinned_step(&d, STEP_BREAK, f->def, drop->event, "a reference is dropped");
	draft_end(&d);
}

static void atomics(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];
		const struct rule_pinned *kind = t->part == KIR_NONE ? NULL :
			rules_pinned(run->r, t->kind);

		if (t->action == TOUCH_USE && kind && kind->counts && !kind->ends)
			dropped(run, pin, f, t);
	}
}

const struct check check_refcount_atomic = {
	.info = { .id = "refcount-atomic", .severity = SEV_NOTE, .opt_in = true,
		  .summary = "references are counted in an atomic_t" },
	.pinned = atomics,
};
