/* SPDX-License-Identifier: MIT */
/*
 * pin-publish-before-init, and refcount-init of reference counts: a callback is registered, or an object put where others find
 * it, and only then a part is initialised that whoever is called uses.
 */
#include "pin_life.h"

#include <stdlib.h>

/* Is the part initialised at an event that may come before @call? */
static bool is_earlier(struct pin *pin, const struct pin_func *f, const struct pin_order *o,
		       uint32_t part, uint32_t block, uint32_t event)
{
	for (uint32_t i = 0; i < f->ntouches; i++) {
		const struct pin_touch *t = &f->touches[i];

		if (t->part == part && t->action == TOUCH_INIT &&
		    pin_after(o, t->block, t->event, block, event))
			return true;
	}
	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];

		if (!c->later && pin_after(o, c->block, c->event, block, event) &&
		    pin_does(pin, c->def, PIN_INITIALISED, part))
			return true;
	}
	return false;
}

/* From where on the callback may be called: from an event of the function, or in what that
 * calls. */
static void tell_registered(struct draft *d, struct pin *pin, const struct pin_func *f,
			    uint32_t event, const struct def *callback)
{
	const struct def *in;
	const struct pin_call *reg;

	pinned_step(d, STEP_CONTEXT, f->def, event,
		    arena_printf(d->run->a, "from here on %s() may be called",
				 func_name(d->run, callback->id)));
	for (uint32_t i = 0; i < f->ncalls; i++) {
		if (f->calls[i].event != event || f->calls[i].later)
			continue;
		reg = pin_find_registration(pin, f->calls[i].def, callback, &in);
		if (reg)
			pinned_step(d, STEP_NOTE, in, reg->event, "is registered here");
	}
}

static void tell(struct check_run *run, struct pin *pin, const char *lint, const struct pin_func *f,
		 const struct pin_call *reg, uint32_t part, uint32_t at, const struct def *in)
{
	const char *name = pin_name(pin, part), *callback = func_name(run, reg->def->id);
	struct draft d;

	pinned_begin(&d, run, lint, f, at);
	d.f.message = arena_printf(run->a, "'%s' is initialised after %s() has registered %s(), which uses it",
				   name, event_callee(run, reg->event), callback);
	d.f.key = arena_printf(run->a, "%s after %s", name, callback);
	d.f.fix = "initialise it before the registration";
	tell_registered(&d, pin, f, reg->event, reg->def);
	pinned_trace(&d, pin, reg->def, PIN_USED, part, "uses");
	pinned_step(&d, STEP_BREAK, f->def, at,
		    in ? arena_printf(run->a, "%s() initialises it", func_name(run, in->id)) :
			 "is initialised only here");
	draft_end(&d);
}

#define MOST 8	/* of one function */

struct publication {
	const char *lint;
	bool counts;		/* look at reference counts, and at nothing else */
	struct check_run *run;
	struct pin *pin;
	const struct pin_func *f;
	const struct kir_func *kf;
	struct pin_order *order;
	uint32_t told[MOST], ntold;	/* events that publish */
	const struct def *registering;	/* a callee that publishes in itself, or NULL */
};

/* Once for each registration: the first thing that comes late stands for the rest. */
static bool is_new(struct publication *p, uint32_t what)
{
	for (uint32_t i = 0; i < p->ntold; i++)
		if (p->told[i] == what)
			return false;
	if (p->ntold == MOST)
		return false;
	p->told[p->ntold++] = what;
	return true;
}

/* A pointer may be asked about before it is used. */
static bool is_pointed_to(const struct pin *pin, uint32_t part)
{
	return !rules_pinned(pin->p->rules, pin->parts[part].kind)->nrecords;
}

/* Does the function put a node behind the place into a list that the callback asks about? */
static bool links_later(struct publication *p, struct pin_place at, const struct def *callback)
{
	const struct kir_module *m = p->run->m;

	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];
		const struct kir_event *ev = &m->events[t->event];
		const struct kir_value *head;

		if (t->action != TOUCH_LINK || ev->arg_count < 2 ||
		    !pin_after(p->order, at.block, at.event, t->block, t->event))
			continue;
		head = &m->values[m->args[ev->arg_first + 1]];
		if (head->kind == KIR_V_ADDR &&
		    pin_asks(p->pin, callback, pin_member_key(p->run->e, head->a)))
			return true;
	}
	return false;
}

/* Does the function tell, by what it stores behind the place and the callback asks about, that
 * the object is whole from then on? */
static bool says_when_whole(struct publication *p, struct pin_place at, const struct def *callback)
{
	const struct kir_module *m = p->run->m;

	for (uint32_t b = 0; b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind == KIR_E_STORE && pin_after(p->order, at.block, at.event, b, i) &&
			    m->values[ev->value].kind != KIR_V_NULL &&
			    pin_asks(p->pin, callback, pin_member_key(p->run->e, ev->dst)))
				return true;
		}
	}
	return links_later(p, at, callback);
}

static void judge(struct publication *p, const struct pin_call *reg, uint32_t part,
		  uint32_t block, uint32_t event, const struct def *in)
{
	if (pin_counts(p->pin, part) != p->counts ||
	    !pin_after(p->order, reg->block, reg->event, block, event) ||
	    (p->registering && pin_does(p->pin, p->registering, PIN_INITIALISED, part)) ||
	    !pin_does(p->pin, reg->def, PIN_USED, part) ||
	    pin_does(p->pin, reg->def, PIN_INITIALISED, part) ||
	    is_earlier(p->pin, p->f, p->order, part, reg->block, reg->event) ||
	    (p->pin->stats[part].inits > 1 &&	/* another one may have been first */
	     !rules_pinned(p->run->r, p->pin->parts[part].kind)->at.record) ||
	    (in && pin_makes(p->pin, in, PIN_INITIALISED, part)) ||	/* and publishes it then */
	    (is_pointed_to(p->pin, part) && !pin_surely_uses(p->pin, reg->def, part)) ||
	    says_when_whole(p, (struct pin_place){ block, event }, reg->def) ||
	    !is_new(p, reg->event))
		return;
	tell(p->run, p->pin, p->lint, p->f, reg, part, event, in);
}

static void against(struct publication *p, const struct pin_call *reg)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->action == TOUCH_INIT && t->part != KIR_NONE)
			judge(p, reg, t->part, t->block, t->event, NULL);
	}
	for (uint32_t i = 0; i < p->f->ncalls; i++) {
		const struct pin_call *c = &p->f->calls[i];
		const uint32_t *parts;
		uint32_t n;

		if (c->later || c->event == reg->event)
			continue;
		parts = pin_parts(p->pin, c->def, PIN_INITIALISED, &n);
		for (uint32_t k = 0; k < n; k++)
			judge(p, reg, parts[k], c->block, c->event, c->def);
	}
}

/* Another publication of the object behind the place: that is the one that counts, as a
 * reference count that is set with release semantics is for who finds the object. */
static bool is_published_behind(const struct publication *p, const struct pin_touch *at)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->action == TOUCH_PUBLISH && t->object == at->object &&
		    pin_after(p->order, at->block, at->event, t->block, t->event))
			return true;
	}
	return false;
}

/* Is a lock held from the publication to the place, as far as the function says it itself? */
static bool is_locked(const struct publication *p, const struct pin_touch *out,
		      const struct pin_touch *at)
{
	const struct pin_place from = { out->block, out->event }, to = { at->block, at->event };
	const struct kir_module *m = p->run->m;
	struct pin_places ends = { .n = 0 };
	bool taken = false;

	for (uint32_t b = 0; b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];
			const struct rule *rule;

			if ((ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO) ||
			    m->values[ev->callee].kind != KIR_V_FUNC)
				continue;
			rule = rules_find(p->run->r, kir_string(m, m->values[ev->callee].a));
			for (uint32_t k = 0; rule && k < rule->neffects; k++) {
				taken |= rule->effects[k].kind == EFFECT_ACQUIRE &&
					 pin_after(p->order, b, i, out->block, out->event);
				if (rule->effects[k].kind == EFFECT_RELEASE)
					pin_add_place(&ends, b, i);
			}
		}
	}
	return taken && pin_reaches(p->order, from, to, &ends, KIR_NONE);
}

/* The object itself is put where others find it, and a part of it is initialised later. */
static void found_early(struct publication *p, const struct pin_touch *out)
{
	if (out->object == KIR_NONE || out->record == KIR_NONE)
		return;
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];
		struct draft d;

		if (t->action != TOUCH_INIT || t->part == KIR_NONE || t->object != out->object ||
		    p->pin->parts[t->part].record != out->record ||
		    pin_counts(p->pin, t->part) != p->counts ||
		    p->pin->stats[t->part].inits > 1 ||
		    !pin_after(p->order, out->block, out->event, t->block, t->event) ||
		    is_earlier(p->pin, p->f, p->order, t->part, out->block, out->event) ||
		    is_published_behind(p, t) || is_locked(p, out, t) || !is_new(p, out->event))
			continue;
		pinned_begin(&d, p->run, p->lint, p->f, t->event);
		d.f.message = arena_printf(p->run->a, "'%s' is initialised after %s(), by which others find the object",
					   pin_name(p->pin, t->part), event_callee(p->run, out->event));
		d.f.key = arena_printf(p->run->a, "%s after %s", pin_name(p->pin, t->part),
				       event_callee(p->run, out->event));
		d.f.fix = "publish the object last";
		pinned_step(&d, STEP_CONTEXT, p->f->def, out->event, "others find it from here on");
		pinned_step(&d, STEP_BREAK, p->f->def, t->event, "is initialised only here");
		draft_end(&d);
		return;
	}
}

/* The member of *@object that the event stores to, as a value; NULL: none. */
static const struct kir_value *stored_member(const struct kir_module *m, const struct kir_event *ev,
					     uint32_t object)
{
	const struct kir_value *v = ev->kind == KIR_E_STORE ? &m->values[ev->dst] : NULL, *base;

	if (!v || v->kind != KIR_V_FIELD || v->c == KIR_NONE || m->values[v->a].kind != KIR_V_DEREF)
		return NULL;
	base = &m->values[m->values[v->a].a];
	return base->kind == (object & 1 ? KIR_V_LOCAL : KIR_V_PARAM) && base->a == object >> 1 ? v :
		NULL;
}

/* A store to the same member before the place. */
static bool stored_before(const struct publication *p, const struct kir_value *member,
			  uint32_t object, struct pin_place at)
{
	const struct kir_module *m = p->run->m;

	for (uint32_t b = 0; b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_value *v = stored_member(m, &m->events[i], object);

			if (v && v->b == member->b && v->c == member->c &&
			    pin_after(p->order, b, i, at.block, at.event))
				return true;
		}
	}
	return false;
}

static bool is_pointer(const struct kir_module *m, const struct kir_value *member)
{
	const struct kir_record *r = &m->records[member->c];

	for (uint32_t i = 0; i < r->field_count; i++)
		if (m->fields[r->field_first + i].name == member->b)
			return m->fields[r->field_first + i].type.kind == KIR_T_PTR;
	return false;
}

/* A pointer of a new object is set after the callback is registered that follows it. */
static void set_late(struct publication *p, const struct pin_call *reg,
		     const struct pin_touch *alloc, struct pin_place at)
{
	const struct kir_module *m = p->run->m;
	const struct kir_event *ev = &m->events[at.event];
	const struct kir_value *member = stored_member(m, ev, alloc->object);
	struct pin_place registered = { reg->block, reg->event };
	const struct def *in;
	uint32_t field, record, use;
	struct draft d;

	if (!member || m->values[ev->value].kind == KIR_V_NULL ||
	    m->values[ev->value].kind == KIR_V_INT || !is_pointer(m, member))
		return;
	field = p->run->e->names[ev->dst];
	record = p->run->e->records[member->c];
	if (record != alloc->record || !pin_after(p->order, reg->block, reg->event, at.block, at.event) ||
	    stored_before(p, member, alloc->object, registered) ||
	    !pin_follows(p->pin, reg->def, record, field, &in, &use) ||
	    !is_new(p, reg->event))
		return;
	pinned_begin(&d, p->run, "pin-publish-before-init", p->f, at.event);
	d.f.message = arena_printf(p->run->a, "'%s' is set after %s() has registered %s(), which follows it",
				   kir_string(m, member->b), event_callee(p->run, reg->event),
				   func_name(p->run, reg->def->id));
	d.f.key = arena_printf(p->run->a, "%s after %s", kir_string(m, member->b),
			       func_name(p->run, reg->def->id));
	d.f.fix = "set it before the registration";
	pinned_step(&d, STEP_CONTEXT, p->f->def, reg->event,
		    arena_printf(p->run->a, "from here on %s() may be called",
				 func_name(p->run, reg->def->id)));
	pinned_step(&d, STEP_NOTE, in, use, "the pointer is followed here");
	pinned_step(&d, STEP_BREAK, p->f->def, at.event, "is set only here");
	draft_end(&d);
}

static void against_pointers(struct publication *p, const struct pin_call *reg)
{
	const struct kir_module *m = p->run->m;

	for (uint32_t k = 0; k < p->f->ntouches; k++) {
		const struct pin_touch *t = &p->f->touches[k];

		if ((t->action != TOUCH_ALLOC && t->action != TOUCH_MANAGE) ||
		    t->object == KIR_NONE || t->record == KIR_NONE ||
		    !pin_after(p->order, t->block, t->event, reg->block, reg->event))
			continue;
		for (uint32_t b = 0; b < p->kf->block_count; b++) {
			const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

			for (uint32_t i = 0; i < blk->event_count; i++)
				set_late(p, reg, t, (struct pin_place){ b, blk->event_first + i });
		}
	}
}

/* Does the function itself make objects of the record?  Those that it has published are
 * set_late()'s. */
static bool makes_one(const struct pin_func *f, uint32_t record)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if ((f->touches[i].action == TOUCH_ALLOC || f->touches[i].action == TOUCH_MANAGE) &&
		    f->touches[i].record == record)
			return true;
	return false;
}

/* Everybody who ever makes the pointer point to something does so at one place, behind the
 * event by which the callback is registered that follows it. */
static void judge_pointer(struct publication *p, uint32_t event, uint32_t block,
			  const struct def *callback, const struct pin_touch *t,
			  const struct pin_place *at, const struct def *in)
{
	struct draft d;
	const struct def *where;
	uint32_t n, use;
	const uint32_t *followed;

	if (p->pin->stats[t->part].sets != 1 || at->event == event ||
	    (p->registering && pin_does(p->pin, p->registering, PIN_SET, t->part)) ||
	    !pin_after(p->order, block, event, at->block, at->event) ||
	    pin_after(p->order, at->block, at->event, block, event) ||
	    (in ? pin_makes(p->pin, in, PIN_SET, t->part) : makes_one(p->f, p->pin->parts[t->part].record)))
		return;
	followed = pin_followed(p->pin, callback, &n);
	if (!n || !bsearch(&t->part, followed, n, sizeof(*followed), compare_u32) ||
	    pin_does(p->pin, callback, PIN_SET, t->part) || says_when_whole(p, *at, callback) ||
	    !is_new(p, event))
		return;
	pinned_begin(&d, p->run, "pin-publish-before-init", p->f, at->event);
	d.f.message = arena_printf(p->run->a, "'%s' is set after %s() has registered %s(), which follows it",
				   pin_name(p->pin, t->part), event_callee(p->run, event),
				   func_name(p->run, callback->id));
	d.f.key = arena_printf(p->run->a, "%s after %s", pin_name(p->pin, t->part),
			       func_name(p->run, callback->id));
	d.f.fix = "set it before the registration";
	tell_registered(&d, p->pin, p->f, event, callback);
	if (pin_follows(p->pin, callback, p->pin->parts[t->part].record,
			p->pin->parts[t->part].field, &where, &use))
		pinned_step(&d, STEP_NOTE, where, use, "the pointer is followed here");
	pinned_step(&d, STEP_BREAK, p->f->def, at->event,
		    in ? arena_printf(p->run->a, "%s() sets it", func_name(p->run, in->id)) :
			 "is set only here");
	draft_end(&d);
}

static void against_set(struct publication *p, uint32_t event, uint32_t block,
			const struct def *callback)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->action == TOUCH_SET && t->part != KIR_NONE)
			judge_pointer(p, event, block, callback, t,
				      &(struct pin_place){ t->block, t->event }, NULL);
	}
	for (uint32_t i = 0; i < p->f->ncalls; i++) {
		const struct pin_call *c = &p->f->calls[i];
		const uint32_t *parts;
		uint32_t n;

		if (c->later)
			continue;
		parts = pin_parts(p->pin, c->def, PIN_SET, &n);
		for (uint32_t k = 0; k < n; k++)
			judge_pointer(p, event, block, callback, &(struct pin_touch){ .part = parts[k] },
				      &(struct pin_place){ c->block, c->event }, c->def);
	}
}

/* A new object is assigned to a pointer that readers follow, and then a pointer of it is
 * set. */
static void filled_late(struct publication *p, const struct pin_touch *out)
{
	const struct kir_module *m = p->run->m;
	struct pin_place at = { out->block, out->event };
	bool fresh = false;

	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		fresh |= (t->action == TOUCH_ALLOC || t->action == TOUCH_MANAGE) &&
			 t->object == out->object && out->object != KIR_NONE;
	}
	for (uint32_t b = 0; fresh && b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_value *member = stored_member(m, &m->events[i], out->object);
			struct draft d;

			if (!member || !is_pointer(m, member) ||
			    !pin_after(p->order, out->block, out->event, b, i) ||
			    pin_after(p->order, b, i, out->block, out->event) ||
			    stored_before(p, member, out->object, at) ||
			    !is_new(p, out->event))
				continue;
			pinned_begin(&d, p->run, "pin-publish-before-init", p->f, i);
			d.f.message = arena_printf(p->run->a, "'%s' is set after %s() has published the object",
						   kir_string(m, member->b),
						   event_callee(p->run, out->event));
			d.f.key = arena_printf(p->run->a, "%s after %s", kir_string(m, member->b),
					       event_callee(p->run, out->event));
			d.f.fix = "publish the object last";
			pinned_step(&d, STEP_CONTEXT, p->f->def, out->event,
				    rules_pinned(p->run->r, out->kind)->why);
			pinned_step(&d, STEP_BREAK, p->f->def, i, "is set only here");
			draft_end(&d);
		}
	}
}

/* May somebody call it as soon as it is registered?  Not what only ends objects. */
static bool is_called_soon(const struct pin *pin, const struct def *callback)
{
	uint8_t by = pin->funcs[callback->id].reached;

	return !by || (by & ~(PIN_BY_UNBIND | PIN_BY_PAUSE | PIN_BY_BIND));
}

/* What the call registers, in what it calls. */
static void against_registered(struct publication *p, const struct pin_call *call)
{
	const uint32_t *defs;
	uint32_t n;

	if (call->later)
		return;
	defs = pin_registered(p->pin, call->def, &n);
	for (uint32_t i = 0; i < n; i++) {
		struct pin_call reg = { .block = call->block, .event = call->event,
					.def = &p->pin->p->defs[defs[i]], .later = true };

		if (!is_called_soon(p->pin, reg.def))
			continue;

		if (!p->order)
			p->order = pin_order_new(p->run->m, p->kf);
		p->registering = call->def;
		against(p, &reg);
		if (!p->counts)
			against_set(p, reg.event, reg.block, reg.def);
		p->registering = NULL;
	}
}

void pin_publications(struct check_run *run, struct pin *pin, const struct pin_func *f,
		      const char *lint, bool counts)
{
	struct publication p = { .run = run, .pin = pin, .f = f, .lint = lint, .counts = counts,
				 .kf = run->e->funcs[f->def->func].f };

	for (uint32_t i = 0; i < f->ncalls; i++) {
		const struct pin_call *c = &f->calls[i];

		if (!c->later || pin_only_binds(f, c->event) || !is_called_soon(pin, c->def))
			continue;
		if (!p.order)
			p.order = pin_order_new(run->m, p.kf);
		against(&p, c);
		if (counts)
			continue;
		against_pointers(&p, c);
		against_set(&p, c->event, c->block, c->def);
	}
	for (uint32_t i = 0; i < f->ncalls; i++)
		against_registered(&p, &f->calls[i]);
	for (uint32_t i = 0; i < f->ntouches; i++) {
		if (f->touches[i].action != TOUCH_PUBLISH)
			continue;
		if (!p.order)
			p.order = pin_order_new(run->m, p.kf);
		found_early(&p, &f->touches[i]);
		if (!counts && rules_pinned(run->r, f->touches[i].kind)->why)
			filled_late(&p, &f->touches[i]);
	}
	pin_order_free(p.order);
}

static void pinned(struct check_run *run, struct pin *pin, const struct pin_func *f)
{
	pin_publications(run, pin, f, "pin-publish-before-init", false);
}

const struct check check_pin_publish_before_init = {
	.info = { .id = "pin-publish-before-init", .severity = SEV_WARNING,
		  .summary = "a callback is registered before something is initialised that it uses" },
	.pinned = pinned,
};
