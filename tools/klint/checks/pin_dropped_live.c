/* SPDX-License-Identifier: MIT */
/*
 * pin-dropped-live: an object goes while a part of it may be queued, pending or running.
 *
 * Three ways in which that shows: nothing in the program ever stops the part; what stops
 * it does not wait; or it is stopped before its source is, which may start it again.
 */
#include "check.h"

#include <string.h>

static const char *why(const struct pin *pin, uint32_t part)
{
	return rules_pinned(pin->p->rules, pin->parts[part].kind)->why;
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
	used = pin_parts(pin, s->callback, PIN_USED, &n);
	for (uint32_t i = 0; i < n; i++) {
		const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[used[i]].kind);

		if (pin->parts[used[i]].record == record && kind->ends)
			return true;
	}
	return false;
}

/* Is it queued on a workqueue that somebody destroys or waits for?  What is delayed is not
 * on it yet. */
static bool ends_with_queue(const struct pin *pin, const struct pin_stats *s, uint32_t part)
{
	const struct rule_pinned *kind = rules_pinned(pin->p->rules, pin->parts[part].kind);

	return !kind->late &&
	       (s->other_queue || (s->queue != KIR_NONE && pin->stats[s->queue].stops));
}

static bool may_be_live(struct pin *pin, uint32_t part)
{
	const struct pin_stats *s = &pin->stats[part];

	/* One unit does not know what the others of its driver do. */
	if (pin->p->nunits == 1 && pin->parts[part].shared)
		return false;
	return pin->parts[part].record != KIR_NONE && why(pin, part) && s->arms && s->inits &&
	       !s->stops && !s->handed_on && !s->callbacks && !ends_with_queue(pin, s, part) &&
	       !ends_itself(pin, s, pin->parts[part].record);
}

static void begin(struct draft *d, struct check_run *run, struct pin *pin,
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
			    arena_printf(d->run->a, "from here on it %s", why(pin, part)));
}

/* Where another part of such objects is stopped, and this one was forgotten. */
static const struct pin_stats *sibling(const struct pin *pin, uint32_t part)
{
	uint32_t first = pin->records[pin->parts[part].record].first;

	for (uint32_t i = first; i != KIR_NONE; i = pin->parts[i].next)
		if (i != part && why(pin, i) && pin->stats[i].stopped_in)
			return &pin->stats[i];
	return NULL;
}

static void never_stopped(struct check_run *run, struct pin *pin, const struct pin_func *f,
			  const struct pin_touch *t, uint32_t part)
{
	const struct pin_stats *other = sibling(pin, part), *s = &pin->stats[part];
	const struct pin_stats *queue = s->queue == KIR_NONE ? NULL : &pin->stats[s->queue];
	struct draft d;

	begin(&d, run, pin, f, t->event, part);
	d.f.message = arena_printf(run->a, t->action == TOUCH_FREE ?
		"the object is freed, but '%s' %s: nothing ever stops it" :
		"the object goes when the driver is unbound, but '%s' %s: nothing ever stops it",
		pin_name(pin, part), why(pin, part));
	d.f.fix = "stop it, and wait, before the object goes";
	tell_life(&d, pin, part);
	if (other)
		pinned_step(&d, STEP_NOTE, other->stopped_in->def, other->stopped_by->event,
			    arena_printf(run->a, "'%s' is stopped here",
					 pin_name(pin, other->stopped_by->part)));
	if (queue && queue->stopped_in)
		pinned_step(&d, STEP_NOTE, queue->stopped_in->def, queue->stopped_by->event,
			    "the workqueue goes, on which it is not yet while it is delayed");
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
		if (may_be_live(pin, part) && !pin->stats[part].unqueues &&
		    (t->action == TOUCH_MANAGE || !is_own_end(pin, f, t->record)))
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

/* Unqueued, and not waited for by anybody, where the object ends: it is freed behind it, or
 * the function at least does not make the part live again. */
static void not_waited(struct check_run *run, struct pin *pin, const struct pin_func *f,
		       const struct pin_order *o, uint32_t part, uint32_t block, uint32_t event,
		       bool direct)
{
	const struct pin_record *r;
	const struct pin_touch *t;
	struct draft d;

	if (!may_be_live(pin, part))
		return;
	r = &pin->records[pin->parts[part].record];
	t = freed_after(f, o, pin->parts[part].record, block, event);
	if (!t && (!direct || (!r->made && !r->gone_by) ||
		   (r->gone_by && r->gone_by->action == TOUCH_FREE) || pin_does(pin, f->def, PIN_ARMED, part) ||
		   (pin->stats[part].callback && pin->stats[part].callback == f->def)))
		return;
	begin(&d, run, pin, f, event, part);
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

/* What ends the registration of a callback that makes the part live, after it was stopped. */
static void stopped_early(struct check_run *run, struct pin *pin, const struct pin_func *f,
			  const struct pin_order *o, const struct pin_touch *stop,
			  const struct pin_func *where, const struct pin_call *reg)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;
	struct draft d;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind != KIR_E_CALL || m->values[ev->callee].kind != KIR_V_FUNC ||
			    strcmp(kir_string(m, m->values[ev->callee].a), reg->until) ||
			    !pin_after(o, stop->block, stop->event, b, i) ||
			    pin_after(o, b, i, stop->block, stop->event))
				continue;
			begin(&d, run, pin, f, stop->event, stop->part);
			d.f.message = arena_printf(run->a,
				"'%s' is stopped before %s(): until then %s() may start it again",
				pin_name(pin, stop->part), reg->until, func_name(run, reg->def->id));
			d.f.fix = "stop what starts it first";
			pinned_step(&d, STEP_CONTEXT, where->def, reg->event,
				    arena_printf(run->a, "%s() may be called from here on",
						 func_name(run, reg->def->id)));
			pinned_trace(&d, pin, reg->def, PIN_ARMED, stop->part, "starts");
			pinned_step(&d, STEP_BREAK, f->def, i, "which ends here only");
			draft_end(&d);
			return;
		}
	}
}

static void restarted(struct check_run *run, struct pin *pin, const struct pin_func *f,
		      const struct pin_order *o, const struct pin_touch *stop)
{
	const struct pin_registration *r =
		pin->registrations[pin->directories[f->def->unit->index]];

	for (; r; r = r->next) {
		if (!pin_does(pin, r->call->def, PIN_ARMED, stop->part))
			continue;
		stopped_early(run, pin, f, o, stop, r->in, r->call);
		return;
	}
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	struct pin_order *o = NULL;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->action == TOUCH_FREE || t->action == TOUCH_MANAGE)
			dropped(run, pin, f, t);
		if (t->part == KIR_NONE || (t->action != TOUCH_UNQUEUE && t->action != TOUCH_STOP) ||
		    !why(pin, t->part))
			continue;
		if (!o)
			o = pin_order_new(run->m, run->e->funcs[f->def->func].f);
		if (t->action == TOUCH_UNQUEUE)
			not_waited(run, pin, f, o, t->part, t->block, t->event, true);
		else
			restarted(run, pin, f, o, t);
	}
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
