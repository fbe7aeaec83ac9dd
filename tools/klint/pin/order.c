/* SPDX-License-Identifier: MIT */
/* Which of two places of a function comes after the other. */
#include "pin.h"

#include <stdlib.h>
#include <string.h>

struct pin_order {
	const struct kir_module *m;
	const struct kir_func *f;
	uint32_t n, words;
	uint64_t *after;	/* [block][words]: blocks that may follow, by one step or more */
	bool *known;		/* [block] */
	uint32_t *stack;
};

struct pin_order *pin_order_new(const struct kir_module *m, const struct kir_func *f)
{
	struct pin_order *o = xcalloc(1, sizeof(*o));

	o->m = m;
	o->f = f;
	o->n = f->block_count;
	o->words = o->n / 64 + 1;
	o->after = xcalloc((size_t)o->n * o->words + 1, sizeof(*o->after));
	o->known = xcalloc(o->n + 1u, sizeof(*o->known));
	o->stack = xcalloc(o->n + 1u, sizeof(*o->stack));
	return o;
}

void pin_order_free(struct pin_order *o)
{
	if (!o)
		return;
	free(o->after);
	free(o->known);
	free(o->stack);
	free(o);
}

static void push_succs(const struct pin_order *o, uint32_t block, uint64_t *seen, uint32_t *n)
{
	const struct kir_block *b = &o->m->blocks[o->f->block_first + block];

	for (uint32_t i = 0; i < b->succ_count; i++) {
		uint32_t to = o->m->succs[b->succ_first + i].block;

		if (seen[to / 64] >> (to % 64) & 1)
			continue;
		seen[to / 64] |= 1ull << (to % 64);
		o->stack[(*n)++] = to;
	}
}

static const uint64_t *row(const struct pin_order *o, uint32_t block)
{
	uint64_t *seen = o->after + (size_t)block * o->words;
	uint32_t n = 0;

	if (o->known[block])
		return seen;
	o->known[block] = true;
	push_succs(o, block, seen, &n);
	while (n)
		push_succs(o, o->stack[--n], seen, &n);
	return seen;
}

bool pin_after(const struct pin_order *o, uint32_t block, uint32_t event, uint32_t later_block,
	       uint32_t later_event)
{
	if (block == later_block && later_event > event)
		return true;
	return row(o, block)[later_block / 64] >> (later_block % 64) & 1;
}

/* Is the value a parameter (@object KIR_NONE), or that variable? */
static bool is_asked(const struct kir_value *v, uint32_t object)
{
	if (object == KIR_NONE)
		return v->kind == KIR_V_PARAM;
	return v->kind == (object & 1 ? KIR_V_LOCAL : KIR_V_PARAM) && v->a == object >> 1;
}

/* The way that a branch on it takes when it is no null pointer; KIR_NONE: the branch is on
 * something else. */
static uint32_t nonnull_way(const struct pin_order *o, const struct kir_block *b, uint32_t object)
{
	const struct kir_value *values = o->m->values, *v;
	uint32_t way = 0;

	if (b->term != KIR_TERM_BRANCH)
		return KIR_NONE;
	v = &values[b->value];
	while (v->kind == KIR_V_OP && v->op == KIR_OP_NOT) {
		way = !way;
		v = &values[v->a];
	}
	if (v->kind == KIR_V_OP && (v->op == KIR_OP_EQ || v->op == KIR_OP_NE) &&
	    values[v->b].kind == KIR_V_NULL) {
		way ^= v->op == KIR_OP_EQ;
		v = &values[v->a];
	}
	return is_asked(v, object) ? way : KIR_NONE;
}

/* Does the value speak of the variable? */
static bool speaks_of(const struct kir_module *m, kir_id id, uint32_t object)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return false;
	v = &m->values[id];
	switch (v->kind) {
	case KIR_V_DEREF: case KIR_V_FIELD: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return speaks_of(m, v->a, object);
	case KIR_V_INDEX: case KIR_V_OP:
		return speaks_of(m, v->a, object) || speaks_of(m, v->b, object);
	default:
		return is_asked(v, object);
	}
}

/* Is the value, or a part of it, read from what @object points to? */
static bool reads(const struct kir_module *m, kir_id id, uint32_t object)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return false;
	v = &m->values[id];
	switch (v->kind) {
	case KIR_V_DEREF:
		return speaks_of(m, v->a, object);
	case KIR_V_FIELD: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return reads(m, v->a, object);
	case KIR_V_INDEX: case KIR_V_OP:
		return reads(m, v->a, object) || reads(m, v->b, object);
	default:
		return false;
	}
}

/* Does the block store to what @object points to? */
static bool stores(const struct pin_order *o, const struct kir_block *b, uint32_t object)
{
	for (uint32_t i = 0; i < b->event_count; i++) {
		const struct kir_event *ev = &o->m->events[b->event_first + i];

		if (ev->kind == KIR_E_STORE && reads(o->m, ev->dst, object))
			return true;
	}
	return false;
}

/* Go on from the block, past a test that finds a null pointer.  What is asked of @object
 * itself tells how far it is set up, and nobody knows what, unless it has been set just
 * now: that is whether that has failed. */
static void push_ways(const struct pin_order *o, uint32_t block, uint32_t object, uint64_t *seen,
		      uint32_t *n)
{
	const struct kir_block *b = &o->m->blocks[o->f->block_first + block];
	uint32_t way = nonnull_way(o, b, object);

	if (object != KIR_NONE && (b->term == KIR_TERM_BRANCH || b->term == KIR_TERM_SWITCH) &&
	    reads(o->m, b->value, object) && !stores(o, b, object))
		return;
	if (way == KIR_NONE) {
		push_succs(o, block, seen, n);
		return;
	}
	way = o->m->succs[b->succ_first + way].block;
	if (seen[way / 64] >> (way % 64) & 1)
		return;
	seen[way / 64] |= 1ull << (way % 64);
	o->stack[(*n)++] = way;
}

/* The first of the places in the block behind @event, or KIR_NONE. */
static uint32_t first_behind(const struct pin_places *places, uint32_t block, int64_t event)
{
	uint32_t first = KIR_NONE;

	for (uint32_t i = 0; i < places->n; i++) {
		const struct pin_place *p = &places->v[i];

		if (p->block == block && p->event > event && p->event < first)
			first = p->event;
	}
	return first;
}

void pin_add_place(struct pin_places *p, uint32_t block, uint32_t event)
{
	p->more |= p->n == PIN_PLACES;
	if (p->n < PIN_PLACES)
		p->v[p->n++] = (struct pin_place){ block, event };
}

static bool reaches(const struct pin_order *o, uint32_t b, int64_t behind, struct pin_place to,
		    const struct pin_places *avoid, uint32_t object)
{
	uint64_t *seen = xcalloc(o->words, sizeof(*seen));
	uint32_t depth = 0;
	bool found;

	for (;;) {
		uint32_t stop = first_behind(avoid, b, behind);

		found = b == to.block && to.event > behind && to.event < stop;
		if (!found && stop == KIR_NONE)
			push_ways(o, b, object, seen, &depth);
		if (found || !depth)
			break;
		b = o->stack[--depth];
		behind = -1;
	}
	free(seen);
	return found;
}

bool pin_reaches(const struct pin_order *o, struct pin_place from, struct pin_place to,
		 const struct pin_places *avoid, uint32_t object)
{
	return reaches(o, from.block, from.event, to, avoid, object);
}

bool pin_leads(const struct pin_order *o, struct pin_place to, const struct pin_places *avoid)
{
	return reaches(o, 0, -1, to, avoid, KIR_NONE);
}

bool pin_returns(const struct pin_order *o, struct pin_place from, const struct pin_places *avoid)
{
	uint64_t *seen = xcalloc(o->words, sizeof(*seen));
	uint32_t depth = 0, b = from.block;
	int64_t behind = from.event;
	bool returned = false;

	for (;;) {
		if (first_behind(avoid, b, behind) == KIR_NONE) {
			returned = o->m->blocks[o->f->block_first + b].term == KIR_TERM_RETURN;
			push_succs(o, b, seen, &depth);
		}
		if (returned || !depth)
			break;
		b = o->stack[--depth];
		behind = -1;
	}
	free(seen);
	return returned;
}

bool pin_passes(const struct pin_order *o, const struct pin_places *places)
{
	uint64_t *seen = xcalloc(o->words, sizeof(*seen));
	uint32_t depth = 0;
	bool avoided = false;

	seen[0] = 1;
	o->stack[depth++] = 0;
	while (depth && !avoided) {
		uint32_t block = o->stack[--depth];

		if (first_behind(places, block, -1) != KIR_NONE)
			continue;
		avoided = o->m->blocks[o->f->block_first + block].term == KIR_TERM_RETURN;
		push_ways(o, block, KIR_NONE, seen, &depth);
	}
	free(seen);
	return !avoided;
}

/* The way of the branch that alone leads to the block, and its block, or KIR_NONE. */
static uint32_t guard_of(const struct pin_order *o, uint32_t block, uint32_t *way)
{
	uint32_t n = 0, guard = KIR_NONE;

	for (uint32_t i = 0; i < o->n; i++) {
		const struct kir_block *b = &o->m->blocks[o->f->block_first + i];

		for (uint32_t k = 0; k < b->succ_count; k++) {
			if (o->m->succs[b->succ_first + k].block != block)
				continue;
			n++;
			guard = b->term == KIR_TERM_BRANCH ? i : KIR_NONE;
			*way = k;
		}
	}
	return n == 1 ? guard : KIR_NONE;
}

uint32_t pin_guard(const struct pin_order *o, uint32_t block)
{
	uint32_t way;

	return guard_of(o, block, &way);
}

bool pin_same_guard(const struct pin_order *o, uint32_t a, uint32_t b)
{
	const struct kir_block *blocks = o->m->blocks + o->f->block_first;
	uint32_t way, other_way, one = guard_of(o, a, &way), other = guard_of(o, b, &other_way);

	return one != KIR_NONE && other != KIR_NONE && way == other_way &&
	       blocks[one].value == blocks[other].value;
}
