/* SPDX-License-Identifier: MIT */
/* What the program does to each part, all functions together. */
#include "sets.h"

#include "engine/names.h"
#include "engine/targets.h"

/* The callback that the same event hands over. */
static const struct def *callback_of(const struct pin_func *f, uint32_t event)
{
	for (uint32_t i = 0; i < f->ncalls; i++)
		if (f->calls[i].later && f->calls[i].event == event)
			return f->calls[i].def;
	return NULL;
}

/* The workqueue of the event: what it uses besides, and that is no more than a pointer. */
static void note_queue(struct pin *pin, const struct pin_func *f, const struct pin_touch *t)
{
	struct pin_stats *s = &pin->stats[t->part];

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *other = &f->touches[i];

		if (other->event != t->event || other->action != TOUCH_USE ||
		    rules_pinned(pin->p->rules, other->kind)->nrecords)
			continue;
		if (other->part != KIR_NONE && (s->queue == KIR_NONE || s->queue == other->part))
			s->queue = other->part;
		else
			s->other_queue = true;
	}
}

bool pin_makes_one(const struct pin_func *f, uint32_t record)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (pin_is_new(f, &f->touches[i]) && f->touches[i].record == record)
			return true;
	return false;
}

static bool arms(const struct pin_func *f, uint32_t part)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].part == part && f->touches[i].action == TOUCH_ARM)
			return true;
	return false;
}

/* Is the object handed to the call? */
static bool gets(const struct kir_module *m, uint32_t event, uint32_t object)
{
	const struct kir_event *ev = &m->events[event];

	for (uint32_t i = 0; object != KIR_NONE && i < ev->arg_count; i++)
		if (pin_variable(m, m->args[ev->arg_first + i]) == object)
			return true;
	return false;
}

/* Does the function make the part live again behind the event? */
static bool starts_again(struct pin *pin, const struct pin_func *f, const struct pin_touch *stop)
{
	const struct def *d = f->def;
	struct pin_order *o = NULL;
	bool again = false;

	for (uint32_t i = 0; i < f->ntouches && !again; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->part != stop->part || t->action != TOUCH_ARM)
			continue;
		if (!o)
			o = pin_order_new(d->unit->m, d->unit->funcs[d->func].f);
		again = pin_after(o, stop->block, stop->event, t->block, t->event);
	}
	for (uint32_t i = 0; i < f->ncalls && !again; i++) {
		const struct pin_call *c = &f->calls[i];

		if (c->later || !arms(&pin->funcs[c->def->id], stop->part) ||
		    !gets(d->unit->m, c->event, stop->object))
			continue;
		if (!o)
			o = pin_order_new(d->unit->m, d->unit->funcs[d->func].f);
		again = pin_after(o, stop->block, stop->event, c->block, c->event);
	}
	pin_order_free(o);
	return again;
}

/* How near to the end of objects the function is. */
static int end_nearness(const struct pin_func *f)
{
	return f->reached & PIN_BY_UNBIND ? 2 : f->reached & PIN_BY_UNKNOWN ? 1 : 0;
}

static void note_callback(struct pin_stats *s, const struct def *callback)
{
	s->callbacks |= callback && s->callback && callback != s->callback;
	if (callback)
		s->callback = callback;
}

static void count(struct pin *pin, const struct pin_func *f, const struct pin_touch *t)
{
	struct pin_stats *s = &pin->stats[t->part];

	switch (t->action) {
	case TOUCH_BIND:
		note_callback(s, callback_of(f, t->event));
		break;
	case TOUCH_INIT: case TOUCH_STACK:
		s->inits++;
		if (pin_makes_one(f, pin->parts[t->part].record)) {
			s->begun_by = t;
			s->begun_in = f;
		}
		note_callback(s, callback_of(f, t->event));
		if (!s->initialised_by) {
			s->initialised_by = t;
			s->initialised_in = f;
		}
		break;
	case TOUCH_ARM:
		s->arms++;
		note_queue(pin, f, t);
		if (!s->armed_by) {
			s->armed_by = t;
			s->armed_in = f;
		}
		break;
	case TOUCH_STOP: case TOUCH_SHUT:
		if ((f->reached && !(f->reached & ~(PIN_BY_BIND | PIN_BY_PAUSE))) ||
		    starts_again(pin, f, t)) {
			s->rests_in = f;
			s->rests_by = t;
			break;
		}
		s->stops++;
		/* Not the error path of who starts it, if there is another place. */
		if (!s->stopped_by || s->stopped_in == s->initialised_in) {
			s->stopped_by = t;
			s->stopped_in = f;
		}
		break;
	case TOUCH_LINK:
		s->links++;
		break;
	case TOUCH_SET:
		s->sets++;
		break;
	case TOUCH_UNQUEUE:
		s->unqueues++;
		if (!s->unqueued_by || end_nearness(f) > end_nearness(s->unqueued_in)) {
			s->unqueued_by = t;
			s->unqueued_in = f;
		}
		break;
	case TOUCH_WAIT:
		s->awaited = true;
		break;
	case TOUCH_WAIT_SOME:
		s->awaited |= !f->reached || (f->reached & (PIN_BY_UNBIND | PIN_BY_UNKNOWN));
		break;
	default:
		break;
	}
	if (pin_in_set(PIN_USED, t->action) && t->action != TOUCH_WALK) {
		s->uses++;
		if (!s->used_by) {
			s->used_by = t;
			s->used_in = f;
		}
	}
}

/* How well the touch tells where objects of the record go: best where they are freed, if
 * that is no error path of the function that makes them; else where they are managed, if
 * that is where they are set up. */
static int end_rank(const struct pin *pin, const struct pin_func *f, const struct pin_touch *t)
{
	bool makes = false, sets_up = false;

	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *o = &f->touches[i];

		makes |= o->action == TOUCH_ALLOC && o->record == t->record;
		sets_up |= o->action == TOUCH_INIT && o->part != KIR_NONE &&
			   pin->parts[o->part].record == t->record;
	}
	if (t->action == TOUCH_MANAGE || t->action == TOUCH_BORROW)
		return sets_up ? 3 : f->binds;
	return makes ? 2 : 4;
}

/* One place is enough: the first of those that tell it best. */
static void note_end(struct pin *pin, const struct pin_func *f, const struct pin_touch *t)
{
	struct pin_record *r;

	if (t->record == KIR_NONE || (t->action != TOUCH_FREE && t->action != TOUCH_MANAGE &&
				      t->action != TOUCH_BORROW && t->action != TOUCH_ALLOC))
		return;
	r = &pin->records[t->record];
	if (t->action == TOUCH_ALLOC) {
		if (!r->made_by) {
			r->made_by = t;
			r->made_in = f;
		}
		return;
	}
	if (r->gone_by && end_rank(pin, r->gone_in, r->gone_by) >= end_rank(pin, f, t))
		return;
	r->gone_by = t;
	r->gone_in = f;
}

bool pin_only_binds(const struct pin_func *f, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].event == event && (f->touches[i].action == TOUCH_INIT ||
						    f->touches[i].action == TOUCH_STACK ||
						    f->touches[i].action == TOUCH_BIND))
			return true;
	return false;
}

static void add_registration(struct pin *pin, struct pin_registration what)
{
	struct pin_registration *r = arena_alloc(pin->arena, sizeof(*r)),
				**list = &pin->registrations[pin->directories[what.by->index]];

	*r = what;
	r->next = *list;
	*list = r;
}

static uint32_t stops_in(const struct pin_func *f)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->ntouches; i++)
		n += pin_in_set(PIN_STOPPED, f->touches[i].action);
	return n;
}

static void note_registrations(struct pin *pin, const struct pin_func *f)
{
	const struct engine *e = f->def->unit;

	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];

		if (c->later && c->until && !pin_only_binds(f, c->event))
			add_registration(pin, (struct pin_registration){
				.def = c->def, .until = c->until, .by = e,
				.loc = e->m->events[c->event].loc, .in = f->def->id });
	}
}

static void note_undo(struct pin *pin, const struct pin_func *f, const struct pin_touch *t)
{
	struct pin_leave **list = &pin->leaves[pin->directories[f->def->unit->index]], *l;

	l = arena_alloc(pin->arena, sizeof(*l));
	*l = (struct pin_leave){ f, t, *list };
	*list = l;
}

/* What the unit puts into tables of operations. */
static void note_tables(struct pin *pin, const struct engine *e)
{
	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *t = &e->targets[i];
		const struct def *def = e->funcs[t->func].target;
		const struct rule_ops *row =
			rules_find_ops(pin->p->rules, names_text(pin->p->names, t->record),
				       names_text(pin->p->names, t->field));

		if (row && row->until && def && def->unit)
			add_registration(pin, (struct pin_registration){
				.def = def, .until = row->until, .by = e, .loc = t->loc,
				.in = KIR_NONE });
	}
}

/* The function that best tells how the driver takes leave of objects of a record: among those
 * that run at its end, it has one at hand and stops the most. */
static void note_leave(struct pin *pin, const struct pin_func *f)
{
	const struct kir_func *kf = f->def->unit->funcs[f->def->func].f;
	const struct engine *e = f->def->unit;

	if (!(f->reached & PIN_BY_UNBIND) || (kf->flags & KIR_F_HEADER))
		return;
	for (uint32_t i = 0; i < kf->param_count + kf->local_count; i++) {
		const struct kir_var *v = &e->m->vars[i < kf->param_count ? kf->param_first + i :
							kf->local_first + i - kf->param_count];
		struct pin_record *r;

		if (v->type.kind != KIR_T_PTR || v->type.depth != 1 || v->type.record == KIR_NONE)
			continue;
		r = &pin->records[e->records[v->type.record]];
		if (!r->leave_in || stops_in(f) > stops_in(r->leave_in))
			r->leave_in = f;
	}
}

static void index_parts(struct pin *pin)
{
	for (size_t i = 0; i < pin->p->nnames; i++)
		pin->records[i].first = KIR_NONE;
	for (uint32_t i = pin->nparts; i-- > 0;) {
		struct pin_part *p = &pin->parts[i];

		p->next = KIR_NONE;
		if (p->record == KIR_NONE)
			continue;
		p->next = pin->records[p->record].first;
		pin->records[p->record].first = i;
	}
}

void pin_stats_make(struct pin *pin)
{
	pin_reach_make(pin);
	pin->records = xcalloc(pin->p->nnames + 1, sizeof(*pin->records));
	pin->registrations = xcalloc(pin->p->nunits + 1, sizeof(*pin->registrations));
	pin->leaves = xcalloc(pin->p->nunits + 1, sizeof(*pin->leaves));
	index_parts(pin);
	pin->stats = xcalloc(pin->nparts + 1u, sizeof(*pin->stats));
	for (uint32_t i = 0; i < pin->nparts; i++)
		pin->stats[i].queue = KIR_NONE;
	for (uint32_t i = 0; i < pin->p->nunits; i++)
		note_tables(pin, pin->p->units[i]);
	for (uint32_t i = 0; i < pin->p->ndefs; i++) {
		const struct pin_func *f = &pin->funcs[i];

		if (f->def) {
			note_registrations(pin, f);
			note_leave(pin, f);
		}
		for (uint32_t k = 0; k < f->ntouches; k++) {
			if (f->touches[k].part != KIR_NONE)
				count(pin, f, &f->touches[k]);
			note_end(pin, f, &f->touches[k]);
			if (f->touches[k].action == TOUCH_LEAVE)
				note_undo(pin, f, &f->touches[k]);
		}
	}
	for (size_t i = 0; i < pin->nhanded_on; i++)
		pin->stats[pin->handed_on[i]].handed_on = true;
}
