/* SPDX-License-Identifier: MIT */
/*
 * pin-dropped-live: what stops a part is over before what starts it is, be that a function
 * that is registered or another part's callback.
 */
#include "pin_life.h"

#include <string.h>

/* Where the function ends the registration behind the place, and not before it too. */
static uint32_t ended_behind(const struct check_run *run, const struct pin_func *f,
			     const struct pin_order *o, const struct pin_touch *stop,
			     const char *until)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;
	uint32_t found = KIR_NONE;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind != KIR_E_CALL || m->values[ev->callee].kind != KIR_V_FUNC ||
			    strcmp(kir_string(m, m->values[ev->callee].a), until))
				continue;
			if (pin_after(o, b, i, stop->block, stop->event))
				return KIR_NONE;
			if (found == KIR_NONE && pin_after(o, stop->block, stop->event, b, i))
				found = i;
		}
	}
	return found;
}

static void tell_registered(struct check_run *run, struct pin *pin, const struct pin_func *f,
			    const struct pin_touch *stop, const struct pin_registration *r,
			    uint32_t end)
{
	const struct kir_loc *l = &r->by->m->locs[r->loc];
	const char *callback = func_name(run, r->def->id);
	struct draft d;

	pin_life_begin(&d, run, pin, f, stop->event, stop->part);
	d.f.message = arena_printf(run->a, "'%s' is stopped before %s(): until then %s() may start it again",
				   pin_name(pin, stop->part), r->until, callback);
	d.f.fix = "stop what starts it first";
	draft_step(&d, STEP_CONTEXT, r->in == KIR_NONE ? r->def->id : r->in,
		   (struct klint_place){ kir_string(r->by->m, l->file), l->line, l->col },
		   arena_printf(run->a, "%s() may be called from here on", callback));
	pinned_trace(&d, pin, r->def, PIN_ARMED, stop->part, "starts");
	pinned_step(&d, STEP_BREAK, f->def, end, "which ends here only");
	draft_end(&d);
}

/* A part that is never waited for, and whose callback makes the other one live. */
static bool may_start(struct pin *pin, uint32_t source, uint32_t part)
{
	const struct pin_stats *s = &pin->stats[source];

	return source != part && s->callback && pin_may_be_live(pin, source) &&
	       pin_does(pin, s->callback, PIN_ARMED, part);
}

/* The member or variable that the value is, is in, or is the address of. */
static uint64_t key_of(const struct engine *e, kir_id id)
{
	const struct kir_value *v = &e->m->values[id];

	while (v->kind == KIR_V_ADDR || v->kind == KIR_V_INDEX) {
		id = v->a;
		v = &e->m->values[id];
	}
	return pin_member_key(e, id);
}

/* Does the event say something that the function which starts the part asks about? */
static bool forbids(struct pin *pin, const struct engine *e, const struct kir_event *ev,
		    const struct def *starter)
{
	if (ev->kind == KIR_E_STORE)
		return pin_asks(pin, starter, key_of(e, ev->dst));
	if (ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO)
		return false;
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (e->m->values[e->m->args[ev->arg_first + i]].kind != KIR_V_INT &&
		    pin_asks(pin, starter, key_of(e, e->m->args[ev->arg_first + i])))
			return true;
	return false;
}

/* Before the part is stopped, is a flag set by which its starter knows that it is over? */
static bool is_forbidden(const struct check_run *run, struct pin *pin, const struct pin_func *f,
			 const struct pin_order *o, const struct pin_touch *stop,
			 const struct def *starter)
{
	const struct kir_module *m = run->m;
	const struct kir_func *kf = run->e->funcs[f->def->func].f;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			if (i != stop->event && pin_after(o, b, i, stop->block, stop->event) &&
			    forbids(pin, run->e, &m->events[i], starter))
				return true;
	}
	return false;
}

static void tell_source(struct check_run *run, struct pin *pin, const struct pin_func *f,
			const struct pin_touch *stop, uint32_t source)
{
	const struct pin_stats *s = &pin->stats[source];
	struct draft d;

	pin_life_begin(&d, run, pin, f, stop->event, stop->part);
	d.f.message = arena_printf(run->a, "'%s' is stopped, but '%s' %s: its %s() starts it again",
				   pin_name(pin, stop->part), pin_name(pin, source),
				   pin_why(pin, source), func_name(run, s->callback->id));
	d.f.fix = "stop what starts it first, and wait";
	pinned_step(&d, STEP_NOTE, s->initialised_in->def, s->initialised_by->event,
		    "initialised here");
	pinned_step(&d, STEP_CONTEXT, s->armed_in->def, s->armed_by->event,
		    arena_printf(run->a, "from here on it %s", pin_why(pin, source)));
	pinned_trace(&d, pin, s->callback, PIN_ARMED, stop->part, "starts");
	pinned_step(&d, STEP_BREAK, f->def, stop->event, "what starts it is waited for nowhere");
	draft_end(&d);
}

/* The function waits for the part behind the place (@before: or before it), itself. */
static const struct pin_touch *stopped_near(const struct pin_func *f, const struct pin_order *o,
					    uint32_t part, const struct pin_touch *at, bool before)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->part == part && t != at && (t->action == TOUCH_STOP || t->action == TOUCH_SHUT) &&
		    (before ? pin_after(o, t->block, t->event, at->block, at->event) :
			      pin_after(o, at->block, at->event, t->block, t->event)))
			return t;
	}
	return NULL;
}

/* The function stops another part only behind this one, whose callback starts this one. */
static bool stops_source_late(struct check_run *run, struct pin *pin, const struct pin_func *f,
			      const struct pin_order *o, const struct pin_touch *stop, uint32_t source)
{
	const struct pin_stats *s = &pin->stats[source];
	const struct pin_touch *late;
	struct draft d;

	if (source == stop->part || !s->callback || !s->arms || s->callbacks ||
	    !pin_does(pin, s->callback, PIN_ARMED, stop->part) ||
	    stopped_near(f, o, source, stop, true) || stopped_near(f, o, stop->part, stop, false) ||
	    is_forbidden(run, pin, f, o, stop, s->callback))
		return false;
	late = stopped_near(f, o, source, stop, false);
	if (!late)
		return false;
	pin_life_begin(&d, run, pin, f, stop->event, stop->part);
	d.f.message = arena_printf(run->a, "'%s' is stopped before '%s', whose %s() may start it again",
				   pin_name(pin, stop->part), pin_name(pin, source),
				   func_name(run, s->callback->id));
	d.f.fix = "stop what starts it first";
	pinned_step(&d, STEP_CONTEXT, s->armed_in->def, s->armed_by->event,
		    arena_printf(run->a, "from here on '%s' %s", pin_name(pin, source),
				 pin_why(pin, source)));
	pinned_trace(&d, pin, s->callback, PIN_ARMED, stop->part, "starts");
	pinned_step(&d, STEP_BREAK, f->def, late->event, "which is stopped here only");
	draft_end(&d);
	return true;
}

void pin_restarted(struct check_run *run, struct pin *pin, const struct pin_func *f,
		   const struct pin_order *o, const struct pin_touch *stop)
{
	const struct pin_registration *r =
		pin->registrations[pin->directories[f->def->unit->index]];
	uint32_t record = pin->parts[stop->part].record, end;

	for (; r; r = r->next) {
		if (!pin_does(pin, r->def, PIN_ARMED, stop->part) ||
		    (end = ended_behind(run, f, o, stop, r->until)) == KIR_NONE ||
		    is_forbidden(run, pin, f, o, stop, r->def))
			continue;
		tell_registered(run, pin, f, stop, r, end);
		return;
	}
	if (record == KIR_NONE || !(f->reached & (PIN_BY_UNBIND | PIN_BY_UNKNOWN)))
		return;
	for (uint32_t i = pin->records[record].first; i != KIR_NONE; i = pin->parts[i].next) {
		if (pin_why(pin, i) && stops_source_late(run, pin, f, o, stop, i))
			return;
		if (!may_start(pin, i, stop->part) ||
		    is_forbidden(run, pin, f, o, stop, pin->stats[i].callback))
			continue;
		tell_source(run, pin, f, stop, i);
		return;
	}
}
