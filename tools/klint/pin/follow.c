/* SPDX-License-Identifier: MIT */
/*
 * Which pointers of records a function follows, with what it calls in its own directory,
 * and never asks whether they are there: found when somebody asks.
 */
#include "sets.h"

#include <stdlib.h>
#include <string.h>

struct pointers {
	uint32_t *v;	/* parts */
	size_t n, cap;
};

struct follow {
	struct pin *pin;
	const struct engine *e;
	const struct kir_func *kf;
	struct pointers followed, asked;
	uint32_t *from;		/* [local]: the part that was loaded into it, or KIR_NONE */
};

static void add(struct pointers *p, uint32_t part)
{
	if (part != KIR_NONE)
		vec_push(p->v, p->n, p->cap) = part;
}

/* The part whose contents the value is: a member, or a local that was loaded from one. */
static uint32_t loaded(const struct follow *w, kir_id id)
{
	const struct kir_value *v = &w->e->m->values[id];

	if (v->kind == KIR_V_FIELD && v->c != KIR_NONE)
		return pin_part(w->pin, w->e->records[v->c], w->e->names[id]);
	return v->kind == KIR_V_LOCAL && v->a < w->kf->local_count ? w->from[v->a] : KIR_NONE;
}

/* All that the value follows. */
static void walk(struct follow *w, kir_id id)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return;
	v = &w->e->m->values[id];
	switch (v->kind) {
	case KIR_V_DEREF:
		add(&w->followed, loaded(w, v->a));
		walk(w, v->a);
		break;
	case KIR_V_FIELD: case KIR_V_ADDR: case KIR_V_CONTAINER:
		walk(w, v->a);
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		walk(w, v->a);
		walk(w, v->b);
		break;
	default:
		break;
	}
}

/* All that the condition asks. */
static void ask(struct follow *w, kir_id id)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return;
	v = &w->e->m->values[id];
	add(&w->asked, loaded(w, id));
	if (v->kind == KIR_V_OP || v->kind == KIR_V_ADDR) {
		ask(w, v->a);
		ask(w, v->kind == KIR_V_OP ? v->b : KIR_NONE);
	}
}

static void look_at(struct follow *w, const struct kir_event *ev)
{
	const struct kir_module *m = w->e->m;

	walk(w, ev->dst);
	walk(w, ev->value);
	walk(w, ev->callee);
	for (uint32_t i = 0; i < ev->arg_count; i++)
		walk(w, m->args[ev->arg_first + i]);
}

static void find_loads(struct follow *w)
{
	const struct kir_module *m = w->e->m;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];
			const struct kir_value *dst = ev->dst == KIR_NONE ? NULL : &m->values[ev->dst];

			if (ev->kind == KIR_E_STORE && dst->kind == KIR_V_LOCAL &&
			    m->values[ev->value].kind == KIR_V_FIELD)
				w->from[dst->a] = loaded(w, ev->value);
		}
	}
}

static void look_at_function(struct follow *w)
{
	const struct kir_module *m = w->e->m;

	for (uint32_t b = 0; b < w->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[w->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++)
			look_at(w, &m->events[i]);
		walk(w, blk->value);
		if (blk->term == KIR_TERM_BRANCH)
			ask(w, blk->value);
	}
}

#define FAR 4		/* calls down */

static void follow(struct pin *pin, const struct def *d, struct pointers *to, unsigned int depth)
{
	const struct pin_func *f = &pin->funcs[d->id];
	struct follow w = { .pin = pin, .e = d->unit, .kf = d->unit->funcs[d->func].f };

	w.from = xcalloc(w.kf->local_count + 1u, sizeof(*w.from));
	memset(w.from, 0xff, (w.kf->local_count + 1u) * sizeof(*w.from));
	find_loads(&w);
	look_at_function(&w);
	for (uint32_t i = 0; i < f->ncalls && depth < FAR; i++)
		if (!f->calls[i].later && pin_is_near(pin, d, f->calls[i].def))
			follow(pin, f->calls[i].def, &w.followed, depth + 1);
	w.asked.n = sort_unique(w.asked.v, w.asked.n, sizeof(*w.asked.v), compare_u32);
	for (size_t i = 0; i < w.followed.n; i++)
		if (!w.asked.n || !bsearch(&w.followed.v[i], w.asked.v, w.asked.n, sizeof(uint32_t),
					   compare_u32))
			add(to, w.followed.v[i]);
	free(w.from);
	free(w.followed.v);
	free(w.asked.v);
}

const uint32_t *pin_followed(struct pin *pin, const struct def *d, uint32_t *n)
{
	struct pin_list *l = &pin->followed[d->id];
	struct pointers p = { 0 };

	if (!l->known) {
		follow(pin, d, &p, 0);
		p.n = sort_unique(p.v, p.n, sizeof(*p.v), compare_u32);
		l->v = arena_alloc(pin->arena, (p.n + 1) * sizeof(*l->v));
		if (p.n)
			memcpy(l->v, p.v, p.n * sizeof(*l->v));
		l->n = (uint32_t)p.n;
		l->known = true;
		free(p.v);
	}
	*n = l->n;
	return l->v;
}

/* Where: does the value follow the pointer in the member? */
static bool value_follows(const struct engine *e, kir_id id, uint32_t record, uint32_t field)
{
	const struct kir_value *v, *in;

	if (id == KIR_NONE)
		return false;
	v = &e->m->values[id];
	switch (v->kind) {
	case KIR_V_DEREF:
		in = &e->m->values[v->a];
		if (in->kind == KIR_V_FIELD && in->c != KIR_NONE && e->names[v->a] == field &&
		    e->records[in->c] == record)
			return true;
		return value_follows(e, v->a, record, field);
	case KIR_V_FIELD: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return value_follows(e, v->a, record, field);
	case KIR_V_INDEX: case KIR_V_OP:
		return value_follows(e, v->a, record, field) ||
		       value_follows(e, v->b, record, field);
	default:
		return false;
	}
}

static bool event_follows(const struct engine *e, const struct kir_event *ev, uint32_t record,
			  uint32_t field)
{
	/* It is read, and so followed as a local. */
	if (ev->kind == KIR_E_STORE && e->m->values[ev->value].kind == KIR_V_FIELD &&
	    e->m->values[ev->value].c != KIR_NONE && e->names[ev->value] == field &&
	    e->records[e->m->values[ev->value].c] == record)
		return true;
	if (value_follows(e, ev->dst, record, field) || value_follows(e, ev->value, record, field) ||
	    value_follows(e, ev->callee, record, field))
		return true;
	for (uint32_t i = 0; i < ev->arg_count; i++)
		if (value_follows(e, e->m->args[ev->arg_first + i], record, field))
			return true;
	return false;
}

static bool follows(struct pin *pin, const struct def *d, uint32_t record, uint32_t field,
		    const struct def **in, uint32_t *event, unsigned int depth)
{
	const struct pin_func *f = &pin->funcs[d->id];
	const struct kir_func *kf = d->unit->funcs[d->func].f;

	for (uint32_t b = 0; b < kf->block_count; b++) {
		const struct kir_block *blk = &d->unit->m->blocks[kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			if (!event_follows(d->unit, &d->unit->m->events[i], record, field))
				continue;
			*in = d;
			*event = i;
			return true;
		}
	}
	for (uint32_t i = 0; i < f->ncalls && depth < FAR; i++)
		if (!f->calls[i].later && pin_is_near(pin, d, f->calls[i].def) &&
		    follows(pin, f->calls[i].def, record, field, in, event, depth + 1))
			return true;
	return false;
}

bool pin_follows(struct pin *pin, const struct def *d, uint32_t record, uint32_t field,
		 const struct def **in, uint32_t *event)
{
	return follows(pin, d, record, field, in, event, 0);
}
