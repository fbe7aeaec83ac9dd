/* SPDX-License-Identifier: MIT */
/* What pin-publish-before-init asks of any registration. */
#include "publication.h"

/* From where on the callback may be called: from an event of the function, or in what that
 * calls. */
void publication_registered(struct draft *d, struct pin *pin, const struct pin_func *f,
			    uint32_t event, const struct def *callback)
{
	const struct def *in;
	const struct pin_call *reg;
	unsigned int depth;

	pinned_step(d, STEP_CONTEXT, f->def, event,
		    arena_printf(d->run->a, "from here on %s() may be called",
				 func_name(d->run, callback->id)));
	for (uint32_t i = 0; i < f->ncalls; i++) {
		if (f->calls[i].event != event || f->calls[i].later)
			continue;
		reg = pin_find_registration(pin, f->calls[i].def, callback, &in, &depth);
		if (reg)
			pinned_step(d, STEP_NOTE, in, reg->event, "is registered here");
	}
}

bool publication_is_new(struct publication *p, uint32_t event, uint32_t part)
{
	for (uint32_t i = 0; i < p->ntold; i++)
		if (p->told[i].event == event || (part != KIR_NONE && p->told[i].part == part))
			return false;
	if (p->ntold == PUBLICATIONS_TOLD)
		return false;
	p->told[p->ntold].event = event;
	p->told[p->ntold++].part = part;
	return true;
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
bool publication_says_when_whole(struct publication *p, struct pin_place at, const struct def *callback)
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

/* Does the event give back a lock? */
static bool releases(const struct publication *p, uint32_t event)
{
	const struct kir_module *m = p->run->m;
	const struct kir_event *ev = &m->events[event];
	const struct rule *rule;

	if ((ev->kind != KIR_E_CALL && ev->kind != KIR_E_MACRO) ||
	    m->values[ev->callee].kind != KIR_V_FUNC)
		return false;
	rule = rules_find(p->run->r, kir_string(m, m->values[ev->callee].a));
	for (uint32_t k = 0; rule && k < rule->neffects; k++)
		if (rule->effects[k].kind == EFFECT_RELEASE)
			return true;
	return false;
}

bool publication_is_held_around(const struct publication *p, uint32_t block, uint32_t event)
{
	const struct kir_module *m = p->run->m;
	const struct rule *rule = rules_find(p->run->r, event_callee(p->run, event));
	bool held = false;

	for (uint32_t i = 0; rule && i < rule->neffects; i++)
		held |= rule->effects[i].kind == EFFECT_REQUIRE;
	for (uint32_t b = 0; held && b < p->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[p->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			held &= !releases(p, i) || !pin_after(p->order, block, event, b, i);
	}
	return held;
}

#define SET_BEFORE 256	/* members */

/* The member that the event sets, or may set since it gets its address; 0: none. */
static uint64_t sets(const struct engine *e, const struct kir_event *ev, uint32_t arg)
{
	const struct kir_value *values = e->m->values;
	kir_id id;

	if (ev->kind == KIR_E_STORE || ev->kind == KIR_E_COPY)
		return arg ? 0 : pin_member_key(e, ev->dst);
	if (arg >= ev->arg_count)
		return 0;
	id = e->m->args[ev->arg_first + arg];
	return values[id].kind == KIR_V_ADDR ? pin_member_key(e, values[id].a) : 0;
}

struct known {
	uint64_t v[SET_BEFORE];
	size_t n;
};

/* Add what the function sets: before the registration, or (@reg NULL) anywhere. */
static void add_known(struct known *known, const struct publication *p, const struct def *d,
		      const struct pin_call *reg)
{
	const struct kir_module *m = d->unit->m;
	const struct kir_func *kf = d->unit->funcs[d->func].f;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (reg && !pin_after(p->order, b, i, reg->block, reg->event))
				continue;
			for (uint32_t a = 0; a <= ev->arg_count && known->n < SET_BEFORE; a++) {
				uint64_t key = sets(d->unit, ev, a);

				if (key)
					known->v[known->n++] = key;
			}
		}
	}
}

static bool sets_up(const struct pin *pin, const struct pin_func *f, uint32_t record)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].action == TOUCH_INIT && f->touches[i].part != KIR_NONE &&
		    pin->parts[f->touches[i].part].record == record)
			return true;
	return false;
}

/* Of an object that the function has not made, others who set such objects up may have set
 * members before. */
bool publication_uses_freely(struct publication *p, const struct pin_call *reg, uint32_t part)
{
	uint32_t record = p->pin->parts[part].record;
	struct known known = { .n = 0 };

	add_known(&known, p, p->f->def, reg);
	for (uint32_t i = 0; i < p->pin->p->ndefs && !pin_makes_one(p->f, record); i++) {
		const struct pin_func *f = &p->pin->funcs[i];

		if (f != p->f && f->def && sets_up(p->pin, f, record))
			add_known(&known, p, f->def, NULL);
	}
	return pin_uses_unasked(p->pin, reg->def, part, known.v, known.n);
}
