/* SPDX-License-Identifier: MIT */
/*
 * pin-stack: a part of an object on the stack is set up by the form for other memory, is not
 * ended before the function returns, or is live then.
 */
#include "check.h"

/* What an event does to a part of a local object. */
struct local_touch {
	const struct rule_touch *touch;
	struct pin_place at;
	uint32_t object;	/* the local */
};

#define MOST 64
struct locals {
	struct check_run *run;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
	struct local_touch v[MOST];
	uint32_t n;
};

/* The local object that the value is the address of, or of a part of, or KIR_NONE. */
static uint32_t local_of(const struct locals *l, kir_id id)
{
	const struct kir_value *values = l->run->m->values, *v = &values[id];

	if (v->kind != KIR_V_ADDR)
		return KIR_NONE;
	v = &values[v->a];
	while (v->kind == KIR_V_FIELD)
		v = &values[v->a];
	return v->kind == KIR_V_LOCAL ? v->a : KIR_NONE;
}

static void take(struct locals *l, uint32_t block, uint32_t event)
{
	const struct kir_module *m = l->run->m;
	const struct kir_event *ev = &m->events[event];
	const struct rule_touch *t;

	if ((ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO) ||
	    m->values[ev->callee].kind != KIR_V_FUNC)
		return;
	t = rules_touch(l->run->r, kir_string(m, m->values[ev->callee].a));
	for (; t; t = rules_next_touch(l->run->r, t)) {
		const struct rule_pinned *kind = rules_pinned(l->run->r, t->kind);
		uint32_t object;

		if (!t->arg || t->arg > ev->arg_count || l->n == MOST || (!kind->stacks && !kind->ends))
			continue;
		object = local_of(l, m->args[ev->arg_first + t->arg - 1]);
		if (object != KIR_NONE)
			l->v[l->n++] = (struct local_touch){ t, { block, event }, object };
	}
}

static void find(struct locals *l)
{
	for (uint32_t b = 0; b < l->kf->block_count; b++) {
		const struct kir_block *blk = &l->run->m->blocks[l->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			take(l, b, i);
	}
}

static bool mentions(const struct kir_module *m, kir_id id, uint32_t object)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return false;
	v = &m->values[id];
	switch (v->kind) {
	case KIR_V_LOCAL:
		return v->a == object;
	case KIR_V_FIELD:
		return mentions(m, v->a, object);
	case KIR_V_OP:
		return mentions(m, v->a, object) || mentions(m, v->b, object);
	default:
		return false;
	}
}

/* Does the function ask what the object says, until it says that it is done? */
static bool is_asked(const struct locals *l, uint32_t object)
{
	const struct kir_module *m = l->run->m;

	for (uint32_t b = 0; b < l->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[l->kf->block_first + b];

		if (blk->term == KIR_TERM_BRANCH && mentions(m, blk->value, object))
			return true;
	}
	return false;
}

/* Is the part stopped by it, or does somebody wait until what it runs says that it is done? */
static bool stops(const struct locals *l, const struct local_touch *by, const struct local_touch *t)
{
	if (rules_pinned(l->run->r, by->touch->kind)->ends)
		return pin_in_set(PIN_USED, by->touch->action);
	return by->object == t->object &&
	       (by->touch->action == TOUCH_STOP || by->touch->action == TOUCH_SHUT);
}

/* Can the function return after the touch without what ends the part: its stop (@stopped), or
 * the end of its time on the stack? */
static bool is_left(struct locals *l, const struct local_touch *t, bool stopped)
{
	struct pin_places ends = { .n = 0 };

	for (uint32_t i = 0; i < l->n; i++) {
		if (stopped ? stops(l, &l->v[i], t) : l->v[i].object == t->object &&
						      l->v[i].touch->action == TOUCH_UNSTACK)
			pin_add_place(&ends, l->v[i].at.block, l->v[i].at.event);
	}
	if (!l->order)
		l->order = pin_order_new(l->run->m, l->kf);
	return !ends.more && pin_returns(l->order, t->at, &ends);
}

static void tell(struct locals *l, const struct local_touch *t, const char *what, const char *fix)
{
	const char *name = rules_pinned(l->run->r, t->touch->kind)->name;
	struct draft d;

	pinned_begin(&d, l->run, "pin-stack", l->f, t->at.event);
	d.f.message = arena_printf(l->run->a, "a %s on the stack %s", name, what);
	d.f.key = arena_printf(l->run->a, "%s %s", name, what);
	d.f.fix = fix;
	pinned_step(&d, STEP_BREAK, l->f->def, t->at.event, "here");
	draft_end(&d);
}

static void judge(struct locals *l, const struct local_touch *t)
{
	if (!rules_pinned(l->run->r, t->touch->kind)->stacks)
		return;
	switch (t->touch->action) {
	case TOUCH_INIT:
		tell(l, t, "is set up as if it were elsewhere", "set it up by the form for the stack");
		break;
	case TOUCH_STACK:
		if (is_left(l, t, false))
			tell(l, t, "is not ended when the function returns",
			     "end it by the form for the stack on every way out");
		break;
	case TOUCH_ARM:
		if (!is_asked(l, t->object) && is_left(l, t, true))
			tell(l, t, "may be live when the function returns",
			     "stop it, and wait, on every way out");
		break;
	default:
		break;
	}
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct locals l = { .run = run, .f = f, .kf = run->e->funcs[f->def->func].f };

	(void)pin;
	find(&l);
	for (uint32_t i = 0; i < l.n; i++)
		judge(&l, &l.v[i]);
	pin_order_free(l.order);
}

const struct check check_pin_stack = {
	.info = { .id = "pin-stack", .severity = SEV_WARNING,
		  .summary = "a part of an object on the stack that outlives it, or in the wrong form" },
	.pinned = pinned,
};
