/* SPDX-License-Identifier: MIT */
/*
 * pin-double-init: a part that was set up with its object is set up again while the object is
 * in use, when others may wait for it, hold it, or have queued it.
 */
#include "check.h"

/* Does the function make the object, or run only when a driver's object begins or goes on
 * after a rest? */
static bool is_beginning(const struct pin_func *f, uint32_t record)
{
	const struct kir_module *m = f->def->unit->m;

	for (uint32_t i = 0; i < f->ntouches; i++)
		if (pin_is_new(f, &f->touches[i]) &&
		    f->touches[i].record == record)
			return true;
	return (f->reached && !(f->reached & ~PIN_BY_BIND)) ||
	       *kir_string(m, f->def->unit->funcs[f->def->func].f->section);
}

/* May others have to do with it when they do not hold a lock: wait for it, or run it?  A list
 * or a lock is set up again by those who know that nobody has it. */
static bool is_shared(const struct pin *pin, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	return kind && kind->nrecords && (kind->why || kind->ends) && !kind->counts;
}

static bool is_stopped_before(struct pin *pin, const struct pin_func *f, const struct pin_touch *t,
			      const struct pin_order *o)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].part == t->part && pin_in_set(PIN_STOPPED, f->touches[i].action) &&
		    pin_after(o, f->touches[i].block, f->touches[i].event, t->block, t->event))
			return true;
	for (uint32_t i = 0; i < f->ncalls; i++)
		if (!f->calls[i].later && pin_does(pin, f->calls[i].def, PIN_STOPPED, t->part) &&
		    pin_after(o, f->calls[i].block, f->calls[i].event, t->block, t->event))
			return true;
	return false;
}

static void judge(struct check_run *run, struct pin *pin, const struct pin_func *f,
		  const struct pin_touch *t)
{
	const struct pin_stats *s = &pin->stats[t->part];
	uint32_t record = pin->parts[t->part].record;
	struct pin_order *o;
	struct draft d;
	bool stopped;

	if (record == KIR_NONE || s->inits != 2 || s->callbacks || !s->begun_in || s->begun_in == f ||
	    !is_shared(pin, t->part) || is_beginning(f, record))
		return;
	o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
	stopped = is_stopped_before(pin, f, t, o);
	pin_order_free(o);
	if (stopped)
		return;
	pinned_begin(&d, run, "pin-double-init", f, t->event);
	d.f.message = arena_printf(run->a, "'%s' is initialised again, in an object that is in use",
				   pin_name(pin, t->part));
	d.f.key = arena_printf(run->a, "%s", pin_name(pin, t->part));
	d.f.fix = rules_pinned(run->r, pin->parts[t->part].kind)->why ?
		"initialise it once, with its object" : "use the form that only resets it";
	pinned_step(&d, STEP_CONTEXT, s->begun_in->def, s->begun_by->event,
		    "is initialised here, with its object");
	pinned_step(&d, STEP_BREAK, f->def, t->event, "and here again");
	draft_end(&d);
}

/* Is the object found through another one: is its variable loaded from a member? */
static bool is_found(const struct check_run *run, const struct pin_func *f, uint32_t object)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;

	for (uint32_t b = 0; object != KIR_NONE && (object & 1) && b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind == KIR_E_STORE && m->values[ev->dst].kind == KIR_V_LOCAL &&
			    m->values[ev->dst].a == object >> 1)
				return m->values[ev->value].kind == KIR_V_FIELD;
		}
	}
	return false;
}

/* Is it an operation that a table names, which others call as often as they like?  What is set
 * in an object for one event, as bi_end_io, is called once. */
static bool is_operation(const struct engine *e, uint32_t func)
{
	for (size_t i = 0; i < e->ntargets; i++)
		if (e->targets[i].func == func && e->targets[i].by == KIR_NONE)
			return true;
	return false;
}

/* Each time the part is made live it is initialised first, in an object that was there before:
 * it may be live already. */
static void each_time(struct check_run *run, struct pin *pin, const struct pin_func *f,
		      const struct pin_touch *t)
{
	const struct pin_stats *s = &pin->stats[t->part];
	const struct pin_touch *arm = NULL;
	struct pin_order *o;
	struct draft d;

	if (!is_shared(pin, t->part) || s->begun_in || s->callbacks || s->stops || s->arms != s->inits ||
	    pin->parts[t->part].record == KIR_NONE || is_beginning(f, pin->parts[t->part].record) ||
	    !is_operation(run->e, f->def->func) || !is_found(run, f, t->object))
		return;
	o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
	for (uint32_t i = 0; i < f->ntouches && !arm; i++)
		if (f->touches[i].part == t->part && f->touches[i].action == TOUCH_ARM &&
		    pin_after(o, t->block, t->event, f->touches[i].block, f->touches[i].event))
			arm = &f->touches[i];
	pin_order_free(o);
	if (!arm)
		return;
	pinned_begin(&d, run, "pin-double-init", f, t->event);
	d.f.message = arena_printf(run->a, "'%s' is initialised each time it is started, and may be live already",
				   pin_name(pin, t->part));
	d.f.key = arena_printf(run->a, "%s each time", pin_name(pin, t->part));
	d.f.fix = "initialise it once, with its object";
	pinned_step(&d, STEP_CONTEXT, f->def, arm->event, "is started here");
	pinned_step(&d, STEP_BREAK, f->def, t->event, "and initialised here, when it may still be live");
	draft_end(&d);
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_INIT && f->touches[i].part != KIR_NONE)
			judge(run, pin, f, &f->touches[i]);
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_INIT && f->touches[i].part != KIR_NONE)
			each_time(run, pin, f, &f->touches[i]);
}

const struct check check_pin_double_init = {
	.info = { .id = "pin-double-init", .severity = SEV_WARNING,
		  .summary = "a part of an object in use is initialised again" },
	.pinned = pinned,
};
