/* SPDX-License-Identifier: MIT */
/*
 * pin-dropped-live: an object goes while a part of it may be queued, pending or running.
 *
 * Three ways in which that shows: nothing in the program ever stops the part; what stops
 * it does not wait; or it is stopped before its source is, which may start it again
 * (pin_restarted.c).
 */
#include "pin_life.h"

#include <string.h>

const char *pin_why(const struct pin *pin, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	return kind ? kind->why : NULL;
}

/* Does what it runs give the object up by itself: free it, drop a reference to it, or tell
 * somebody who waits that it is done? */
static bool ends_itself(struct pin *pin, const struct pin_stats *s, uint32_t record)
{
	uint32_t n;
	const uint32_t *used;

	if (!s->callback)
		return false;
	if (pin_frees(pin, s->callback, record))
		return true;
	used = pin_registered(pin, s->callback, &n);	/* once nobody reads it any more */
	for (uint32_t i = 0; i < n; i++)
		if (pin_frees(pin, &pin->p->defs[used[i]], record))
			return true;
	used = pin_parts(pin, s->callback, PIN_USED, &n);
	for (uint32_t i = 0; i < n; i++) {
		const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[used[i]].kind);

		if (pin->parts[used[i]].record == record && kind->ends &&
		    (!kind->waits || (pin->stats[used[i]].awaited &&
				      !pin_does(pin, s->callback, PIN_WAITED, used[i]))))
			return true;
	}
	return false;
}

static bool is_before(const struct pin_func *f, const struct pin_touch *a, const struct pin_touch *b)
{
	const struct def *d = f->def;
	struct pin_order *o = pin_order_new(d->unit->m, d->unit->funcs[d->func].f);
	bool before = pin_after(o, a->block, a->event, b->block, b->event);

	pin_order_free(o);
	return before;
}

/* Does the function run once only, when its module comes or goes? */
static bool is_of_module(const struct pin_func *f)
{
	const struct kir_module *m = f->def->unit->m;
	const char *section = kir_string(m, f->def->unit->funcs[f->def->func].f->section);

	return strstr(section, ".exit.text") || strstr(section, ".init.text");
}

/* Is a workqueue that belongs to no object waited for before objects of the record go?  What
 * a module does with it at its very end comes too late for all that went before. */
static bool queue_ends_first(const struct pin *pin, uint32_t queue, uint32_t record)
{
	const struct pin_func *gone = pin->records[record].gone_in;

	for (uint32_t i = 0; i < pin->p->ndefs; i++) {
		const struct pin_func *f = &pin->funcs[i];

		for (uint32_t k = 0; k < f->ntouches; k++) {
			const struct pin_touch *t = &f->touches[k];

			if (t->part == queue && t->action == TOUCH_STOP &&
			    (f == gone ? is_before(f, t, pin->records[record].gone_by) :
					 !is_of_module(f)))
				return true;
		}
	}
	return false;
}

/* Is it queued on a workqueue that somebody destroys or waits for?  What is delayed is not
 * on it yet. */
static bool ends_with_queue(const struct pin *pin, const struct pin_stats *s, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	if (kind->late)
		return false;
	if (s->other_queue || s->queue == KIR_NONE)
		return s->other_queue;
	if (pin->parts[s->queue].record == KIR_NONE)
		return queue_ends_first(pin, s->queue, pin->parts[part].record);
	return pin->stats[s->queue].stops;
}

bool pin_may_be_live(struct pin *pin, uint32_t part)
{
	const struct pin_stats *s = &pin->stats[part];

	/* One unit does not know what the others of its driver do. */
	if (pin->p->nunits == 1 && pin->parts[part].shared)
		return false;
	return pin->parts[part].record != KIR_NONE && pin_why(pin, part) && s->arms && s->inits &&
	       !s->stops && !s->handed_on && !s->callbacks && !ends_with_queue(pin, s, part) &&
	       !ends_itself(pin, s, pin->parts[part].record);
}

void pin_life_begin(struct draft *d, struct check_run *run, struct pin *pin,
		    const struct pin_func *f, uint32_t event, uint32_t part)
{
	pinned_begin(d, run, "pin-dropped-live", f, event);
	d->f.key = arena_printf(run->a, "%s", pin_name(pin, part));
}

/* Where it was initialised and is made live. */
static void tell_life(struct draft *d, struct pin *pin, uint32_t part)
{
	const struct pin_stats *s = &pin->stats[part];

	if (s->initialised_in)
		pinned_step(d, STEP_NOTE, s->initialised_in->def, s->initialised_by->event,
			    "initialised here");
	if (s->armed_in)
		pinned_step(d, STEP_CONTEXT, s->armed_in->def, s->armed_by->event,
			    arena_printf(d->run->a, "from here on it %s", pin_why(pin, part)));
}

static struct klint_place place_of_func(const struct def *d)
{
	const struct kir_module *m = d->unit->m;
	const struct kir_loc *l = &m->locs[d->unit->funcs[d->func].f->loc];

	return (struct klint_place){ kir_string(m, l->file), l->line, l->col };
}

/* What is called for the object before it is freed, by the function that frees it. */
static uint32_t leave_call(const struct check_run *run, const struct pin_func *f,
			   const struct pin_touch *gone)
{
	const struct kir_module *m = run->m;
	uint32_t found = KIR_NONE;

	for (uint32_t i = 0; gone->object != KIR_NONE && i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];
		const struct kir_event *ev = &m->events[c->event];

		if (c->later || c->event >= gone->event)
			continue;
		for (uint32_t a = 0; a < ev->arg_count; a++)
			if (pin_variable(m, m->args[ev->arg_first + a]) == gone->object)
				found = i;
	}
	return found;
}

/* Who says goodbye to the object: there it should have been stopped. */
static void tell_leave(struct draft *d, struct pin *pin, const struct pin_func *f,
		       const struct pin_touch *gone, uint32_t part)
{
	const struct pin_func *leave = pin->records[pin->parts[part].record].leave_in;
	uint32_t call = leave_call(d->run, f, gone);

	if (call != KIR_NONE && f->calls[call].def->unit)
		draft_step(d, STEP_NOTE, f->calls[call].def->id, place_of_func(f->calls[call].def),
			   "is called for the object before, and does not stop it");
	else if (leave && leave != f)
		draft_step(d, STEP_NOTE, leave->def->id, place_of_func(leave->def),
			   "the driver takes leave of the object here, and does not stop it");
}

/* Where another part of such objects is stopped, and this one was forgotten. */
static const struct pin_stats *sibling(const struct pin *pin, uint32_t part)
{
	uint32_t first = pin->records[pin->parts[part].record].first;

	for (uint32_t i = first; i != KIR_NONE; i = pin->parts[i].next)
		if (i != part && pin_why(pin, i) && pin->stats[i].stopped_in)
			return &pin->stats[i];
	return NULL;
}

static const char *why_live(const struct pin_stats *s)
{
	if (!s->rests_in)
		return "nothing ever stops it";
	if (s->rests_in->reached & ~(PIN_BY_BIND | PIN_BY_PAUSE))
		return "what stops it starts it again";
	return s->rests_in->reached & PIN_BY_PAUSE ? "it is only stopped while the device rests" :
						     "it is only stopped when the probe fails";
}

static void never_stopped(struct check_run *run, struct pin *pin, const struct pin_func *f,
			  const struct pin_touch *t, uint32_t part)
{
	const struct pin_stats *other = sibling(pin, part), *s = &pin->stats[part];
	const struct pin_stats *queue = s->queue == KIR_NONE ? NULL : &pin->stats[s->queue];
	struct draft d;

	pin_life_begin(&d, run, pin, f, t->event, part);
	d.f.message = arena_printf(run->a, "the object %s, but '%s' %s: %s", t->action == TOUCH_FREE ?
		"is freed" : "goes when the driver is unbound", pin_name(pin, part),
		pin_why(pin, part), why_live(s));
	d.f.fix = "stop it, and wait, before the object goes";
	tell_life(&d, pin, part);
	if (s->rests_in)
		pinned_step(&d, STEP_NOTE, s->rests_in->def, s->rests_by->event,
			    "stopped here, but not for good");
	if (other)
		pinned_step(&d, STEP_NOTE, other->stopped_in->def, other->stopped_by->event,
			    arena_printf(run->a, "'%s' is stopped here",
					 pin_name(pin, other->stopped_by->part)));
	if (queue && queue->stopped_in)
		pinned_step(&d, STEP_NOTE, queue->stopped_in->def, queue->stopped_by->event,
			    "the workqueue goes, on which it is not yet while it is delayed");
	tell_leave(&d, pin, f, t, part);
	pinned_step(&d, STEP_BREAK, f->def, t->event, t->action == TOUCH_FREE ?
		    "freed here" : "belongs to the device from here on");
	draft_end(&d);
}

/* Is it the error path of who makes such objects, or itself run by a part of one?  Then it is
 * not where their life ends for everybody else. */
static bool is_own_end(const struct pin *pin, const struct pin_func *f, uint32_t record)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_ALLOC && f->touches[i].record == record)
			return true;
	for (uint32_t i = 0; i < pin->nparts; i++)
		if (pin->stats[i].callback == f->def)
			return true;
	return false;
}

static void dropped(struct check_run *run, struct pin *pin, const struct pin_func *f,
		    const struct pin_touch *t)
{
	const struct pin_record *r = t->record == KIR_NONE ? NULL : &pin->records[t->record];

	if (!r || r->gone_by != t)
		return;
	for (uint32_t part = r->first; part != KIR_NONE; part = pin->parts[part].next)
		if (pin_may_be_live(pin, part) && !pin->stats[part].unqueues &&
		    (t->action != TOUCH_FREE || !is_own_end(pin, f, t->record)))
			never_stopped(run, pin, f, t, part);
}

/* May the record be freed after the event, in this function? */
static const struct pin_touch *freed_after(const struct pin_func *f, const struct pin_order *o,
					   uint32_t record, uint32_t block, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action == TOUCH_FREE && t->record == record &&
		    pin_after(o, block, event, t->block, t->event))
			return t;
	}
	return NULL;
}

/* Is the event where it would best be waited for, since the object ends, as far as is known? */
static bool is_goodbye(struct pin *pin, const struct pin_func *f, uint32_t part, uint32_t event)
{
	const struct pin_record *r = &pin->records[pin->parts[part].record];
	const struct pin_stats *s = &pin->stats[part];

	if (f != s->unqueued_in || event != s->unqueued_by->event || (!r->made_by && !r->gone_by) ||
	    (r->gone_by && r->gone_by->action == TOUCH_FREE) || s->callback == f->def)
		return false;
	return !(f->reached & ~(PIN_BY_UNBIND | PIN_BY_BIND)) ||
	       !pin_does(pin, f->def, PIN_ARMED, part);
}

/* Unqueued, and not waited for by anybody, where the object ends: it is freed behind it, or
 * the function at least does not make the part live again. */
static void not_waited(struct check_run *run, struct pin *pin, const struct pin_func *f,
		       const struct pin_order *o, uint32_t part, uint32_t block, uint32_t event,
		       bool direct)
{
	const struct pin_record *r;
	const struct pin_touch *t;
	struct draft d;

	if (!pin_may_be_live(pin, part))
		return;
	r = &pin->records[pin->parts[part].record];
	t = freed_after(f, o, pin->parts[part].record, block, event);
	if (!t && !(direct && is_goodbye(pin, f, part, event)))
		return;
	pin_life_begin(&d, run, pin, f, event, part);
	d.f.message = arena_printf(run->a, t ?
		"%s() does not wait for '%s', which may still run when the object is freed" :
		"%s() does not wait for '%s', and nothing does before the object goes",
		event_callee(run, event), pin_name(pin, part));
	d.f.fix = "use the form that waits";
	tell_life(&d, pin, part);
	if (t)
		pinned_step(&d, STEP_BREAK, f->def, t->event, "freed here");
	else if (r->gone_by)
		pinned_step(&d, STEP_BREAK, r->gone_in->def, r->gone_by->event,
			    "the object ends with what it belongs to");
	draft_end(&d);
}

/* It is stopped once its object is gone. */
static void stopped_late(struct check_run *run, struct pin *pin, const struct pin_func *f,
			 const struct pin_touch *stop)
{
	struct draft d;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action != TOUCH_FREE || t->object == KIR_NONE || t->object != stop->object ||
		    t->record != pin->parts[stop->part].record || t->block != stop->block ||
		    t->event > stop->event || rules_pinned(run->r, t->kind)->late)
			continue;
		pin_life_begin(&d, run, pin, f, stop->event, stop->part);
		d.f.message = arena_printf(run->a, "'%s' is stopped after its object has been freed",
					   pin_name(pin, stop->part));
		d.f.fix = "stop it, and wait, before the object goes";
		pinned_step(&d, STEP_CONTEXT, f->def, t->event, "freed here");
		draft_end(&d);
		return;
	}
}

/* Is the workqueue waited for in the unit, be it by a function that others bring along? */
static bool is_drained(const struct pin *pin, const struct engine *unit, uint32_t queue)
{
	for (uint32_t i = 0; i < pin->p->ndefs; i++) {
		const struct pin_func *f = &pin->funcs[i];

		for (uint32_t k = 0; f->def && f->def->unit == unit && k < f->ntouches; k++)
			if (f->touches[k].part == queue && f->touches[k].action == TOUCH_STOP)
				return true;
	}
	return false;
}

/* Does the module's variable stay live, as far as the module stops it? */
static bool outlives_module(struct pin *pin, const struct pin_func *f, uint32_t part)
{
	const struct pin_stats *s = &pin->stats[part];
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	if (pin->parts[part].record != KIR_NONE || !pin_why(pin, part) || !s->armed_in ||
	    s->armed_in->def->unit != f->def->unit || s->stops || s->handed_on || s->callbacks ||
	    !s->inits || (s->callback && s->callback->unit != f->def->unit))
		return false;
	return kind->late || (!s->other_queue && (s->queue == KIR_NONE ||
						  !is_drained(pin, f->def->unit, s->queue)));
}

/* What the module has made live must end before its code does. */
static void module_ends(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;
	uint32_t last = KIR_NONE;

	if (!strstr(kir_string(m, kf->section), ".exit.text") || !kf->block_count)
		return;
	for (uint32_t b = 0; b < kf->block_count; b++)
		if (m->blocks[kf->block_first + b].event_count)
			last = m->blocks[kf->block_first + b].event_first;
	for (uint32_t part = 0; part < pin->nparts; part++) {
		const struct pin_stats *s = &pin->stats[part];
		struct draft d;

		if (!outlives_module(pin, f, part))
			continue;
		if (s->unqueued_in == f)
			pin_life_begin(&d, run, pin, f, s->unqueued_by->event, part);
		else if (last != KIR_NONE)
			pin_life_begin(&d, run, pin, f, last, part);
		else
			pin_life_begin(&d, run, pin, s->armed_in, s->armed_by->event, part);
		d.f.message = s->unqueues ?
			arena_printf(run->a, "nothing waits for '%s', which %s when the module goes",
				     pin_name(pin, part), pin_why(pin, part)) :
			arena_printf(run->a, "the module goes, but '%s' %s: nothing ever stops it",
				     pin_name(pin, part), pin_why(pin, part));
		d.f.fix = "stop it, and wait, before the module goes";
		tell_life(&d, pin, part);
		draft_end(&d);
	}
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct pin_order *o = NULL;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action == TOUCH_FREE || t->action == TOUCH_MANAGE || t->action == TOUCH_BORROW)
			dropped(run, pin, f, t);
		if (t->part == KIR_NONE || (t->action != TOUCH_UNQUEUE && t->action != TOUCH_STOP) ||
		    !pin_why(pin, t->part))
			continue;
		if (!o)
			o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
		if (t->action == TOUCH_UNQUEUE)
			not_waited(run, pin, f, o, t->part, t->block, t->event, true);
		else
			pin_restarted(run, pin, f, o, t);
		stopped_late(run, pin, f, t);
	}
	module_ends(run, pin, f);
	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];
		const uint32_t *parts;
		uint32_t n;

		if (c->later)
			continue;
		parts = pin_parts(pin, c->def, PIN_STOPPED, &n);
		for (uint32_t k = 0; k < n; k++) {
			if (!pin->stats[parts[k]].unqueues)
				continue;
			if (!o)
				o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
			not_waited(run, pin, f, o, parts[k], c->block, c->event, false);
		}
	}
	pin_order_free(o);
}

const struct check check_pin_dropped_live = {
	.info = { .id = "pin-dropped-live", .severity = SEV_WARNING,
		  .summary = "an object goes while a part of it may be queued, pending or running" },
	.pinned = pinned,
};
