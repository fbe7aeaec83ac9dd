/* SPDX-License-Identifier: MIT */
/*
 * Which members and variables a function asks about in its conditions, with what it calls in
 * its own directory: what is set after an object is whole tells whoever asks that it is.
 * Found when somebody wants to know.
 */
#include "sets.h"

#include <stdlib.h>
#include <string.h>

struct asks {
	struct pin *pin;
	uint64_t *v;
	size_t n, cap;
	const struct engine *e;
	const struct kir_func *kf;
	uint64_t *from;		/* [local]: what was loaded into it, or 0 */
	uint32_t *answer;	/* [local]: the result that is in it, or KIR_NONE */
	bool *counts;		/* [temporary]: is it asked about? */
};

uint64_t pin_member_key(const struct engine *e, kir_id id)
{
	const struct kir_value *v = &e->m->values[id];

	if (v->kind == KIR_V_FIELD && v->c != KIR_NONE)
		return (uint64_t)e->records[v->c] << 32 | e->names[id];
	if (v->kind == KIR_V_GLOBAL)
		return (uint64_t)KIR_NONE << 32 | e->names[id];
	return 0;
}

static void ask(struct asks *a, kir_id id)
{
	const struct kir_value *v;
	uint64_t key;

	if (id == KIR_NONE)
		return;
	v = &a->e->m->values[id];
	key = v->kind == KIR_V_LOCAL && v->a < a->kf->local_count ? a->from[v->a] :
		pin_member_key(a->e, id);
	if (key)
		vec_push(a->v, a->n, a->cap) = key;
	if (v->kind == KIR_V_TEMP)
		a->counts[v->a] = true;
	if (v->kind == KIR_V_LOCAL && v->a < a->kf->local_count && a->answer[v->a] != KIR_NONE)
		a->counts[a->answer[v->a]] = true;
	switch (v->kind) {
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		ask(a, v->a);
		break;
	case KIR_V_INDEX: case KIR_V_OP:
		ask(a, v->a);
		ask(a, v->b);
		break;
	default:
		break;
	}
}

/* What a function is called with whose answer counts: test_bit(). */
static void ask_args(struct asks *a, const struct kir_event *ev)
{
	for (uint32_t i = 0; i < ev->arg_count; i++)
		ask(a, a->e->m->args[ev->arg_first + i]);
}

/* What each local holds, as far as one look tells. */
static void find_loads(struct asks *a)
{
	const struct kir_module *m = a->e->m;

	for (uint32_t b = 0; b < a->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[a->kf->block_first + b];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind != KIR_E_STORE || m->values[ev->dst].kind != KIR_V_LOCAL)
				continue;
			a->from[m->values[ev->dst].a] = pin_member_key(a->e, ev->value);
			if (m->values[ev->value].kind == KIR_V_TEMP)
				a->answer[m->values[ev->dst].a] = m->values[ev->value].a;
		}
	}
}

static void look_at(struct asks *a)
{
	const struct kir_module *m = a->e->m;

	for (uint32_t b = 0; b < a->kf->block_count; b++) {
		const struct kir_block *blk = &m->blocks[a->kf->block_first + b];

		if (blk->term == KIR_TERM_BRANCH || blk->term == KIR_TERM_SWITCH)
			ask(a, blk->value);
	}
	for (uint32_t b = a->kf->block_count; b-- > 0;) {	/* answers before what they come from */
		const struct kir_block *blk = &m->blocks[a->kf->block_first + b];

		for (uint32_t i = blk->event_first + blk->event_count; i-- > blk->event_first;) {
			const struct kir_event *ev = &m->events[i];

			if (ev->kind != KIR_E_STORE && ev->dst != KIR_NONE &&
			    m->values[ev->dst].kind == KIR_V_TEMP && a->counts[m->values[ev->dst].a])
				ask_args(a, ev);
		}
	}
}

#define FAR 3		/* calls down */

static void asks(struct asks *a, const struct def *d, unsigned int depth)
{
	const struct pin_func *f = &a->pin->funcs[d->id];

	a->e = d->unit;
	a->kf = d->unit->funcs[d->func].f;
	a->from = xcalloc(a->kf->local_count + 1u, sizeof(*a->from));
	a->answer = xcalloc(a->kf->local_count + 1u, sizeof(*a->answer));
	memset(a->answer, 0xff, (a->kf->local_count + 1u) * sizeof(*a->answer));
	a->counts = xcalloc(a->kf->temp_count + 1u, sizeof(*a->counts));
	find_loads(a);
	look_at(a);
	free(a->counts);
	free(a->answer);
	free(a->from);
	for (uint32_t i = 0; i < f->ncalls && depth < FAR; i++)
		if (!f->calls[i].later && pin_is_near(a->pin, d, f->calls[i].def))
			asks(a, f->calls[i].def, depth + 1);
}

static int compare_keys(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

bool pin_asks(struct pin *pin, const struct def *d, uint64_t key)
{
	struct pin_keys *k = &pin->asked[d->id];
	struct asks a = { .pin = pin };

	if (!k->known) {
		asks(&a, d, 0);
		a.n = sort_unique(a.v, a.n, sizeof(*a.v), compare_keys);
		k->v = arena_alloc(pin->arena, (a.n + 1) * sizeof(*k->v));
		if (a.n)
			memcpy(k->v, a.v, a.n * sizeof(*k->v));
		k->n = a.n;
		k->known = true;
		free(a.v);
	}
	return key && k->n && bsearch(&key, k->v, k->n, sizeof(key), compare_keys);
}
