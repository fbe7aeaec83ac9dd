/* SPDX-License-Identifier: MIT */
/* pin-publish-before-init, of pointers: who is called follows one that is set only later. */
#include "publication.h"

#include <stdlib.h>

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

/* Does the callback follow the pointer, and never ask whether it is there? */
static bool is_followed(const struct publication *p, const struct def *callback, uint32_t part)
{
	uint32_t n;
	const uint32_t *followed = pin_followed(p->pin, callback, &n);

	return n && part != KIR_NONE &&
	       bsearch(&part, followed, n, sizeof(*followed), compare_u32);
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
	    !is_followed(p, reg->def, pin_part(p->pin, record, field)) ||
	    publication_says_when_whole(p, at, reg->def) ||
	    !pin_follows(p->pin, reg->def, record, field, &in, &use) ||
	    !publication_is_new(p, reg->event, KIR_NONE))
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

void pointers_after(struct publication *p, const struct pin_call *reg)
{
	const struct kir_module *m = p->run->m;

	for (uint32_t k = 0; k < p->f->ntouches; k++) {
		const struct pin_touch *t = &p->f->touches[k];

		if (!pin_is_new(p->f, t) ||
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

/* Is what is stored the result of the registration itself? */
static bool sets_own_result(const struct kir_module *m, uint32_t event, uint32_t store)
{
	const struct kir_event *ev = &m->events[store];

	return ev->kind == KIR_E_STORE && m->events[event].dst != KIR_NONE &&
	       ev->value == m->events[event].dst;
}

/* Is the pointer set, perhaps in another object of the kind, before the place too? */
static bool is_set_before(const struct publication *p, uint32_t part, uint32_t block, uint32_t event)
{
	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		if (t->part == part && t->action == TOUCH_SET &&
		    pin_after(p->order, t->block, t->event, block, event))
			return true;
	}
	for (uint32_t i = 0; i < p->f->ncalls; i++) {
		const struct pin_call *c = &p->f->calls[i];

		if (!c->later && pin_after(p->order, c->block, c->event, block, event) &&
		    pin_does(p->pin, c->def, PIN_SET, part))
			return true;
	}
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
	uint32_t use;

	if (sets_own_result(p->run->m, event, at->event))
		return;
	if (p->pin->stats[t->part].sets != 1 || at->event == event ||
	    (p->registering && pin_does(p->pin, p->registering, PIN_SET, t->part)) ||
	    !pin_after(p->order, block, event, at->block, at->event) ||
	    pin_after(p->order, at->block, at->event, block, event) ||
	    is_set_before(p, t->part, block, event) ||
	    (in ? pin_makes(p->pin, in, PIN_SET, t->part) : pin_makes_one(p->f, p->pin->parts[t->part].record)))
		return;
	if (!is_followed(p, callback, t->part) || pin_does(p->pin, callback, PIN_SET, t->part) || publication_says_when_whole(p, *at, callback) ||
	    publication_is_held_around(p, block, event) ||
	    !publication_is_new(p, event, t->part))
		return;
	pinned_begin(&d, p->run, "pin-publish-before-init", p->f, at->event);
	d.f.message = arena_printf(p->run->a, "'%s' is set after %s() has registered %s(), which follows it",
				   pin_name(p->pin, t->part), event_callee(p->run, event),
				   func_name(p->run, callback->id));
	d.f.key = arena_printf(p->run->a, "%s after %s", pin_name(p->pin, t->part),
			       func_name(p->run, callback->id));
	d.f.fix = "set it before the registration";
	publication_registered(&d, p->pin, p->f, event, callback);
	if (pin_follows(p->pin, callback, p->pin->parts[t->part].record,
			p->pin->parts[t->part].field, &where, &use))
		pinned_step(&d, STEP_NOTE, where, use, "the pointer is followed here");
	pinned_step(&d, STEP_BREAK, p->f->def, at->event,
		    in ? arena_printf(p->run->a, "%s() sets it", func_name(p->run, in->id)) :
			 "is set only here");
	draft_end(&d);
}

void pointers_set_after(struct publication *p, uint32_t event, uint32_t block,
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
void pointers_after_object(struct publication *p, const struct pin_touch *out)
{
	const struct kir_module *m = p->run->m;
	struct pin_place at = { out->block, out->event };
	bool fresh = false;

	for (uint32_t i = 0; i < p->f->ntouches; i++) {
		const struct pin_touch *t = &p->f->touches[i];

		fresh |= pin_is_new(p->f, t) &&
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
			    !publication_is_new(p, out->event, KIR_NONE))
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
