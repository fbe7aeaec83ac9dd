/* SPDX-License-Identifier: MIT */
/* Which members a function may store to: at each event, and by the time of each block. */
#include "flow_reader.h"

#include <stdlib.h>
#include <string.h>

/* The arguments that the call may write through. */
static uint64_t call_writes(struct engine *e, const struct kir_event *ev)
{
	const struct kir_value *callee = &e->m->values[ev->callee];
	const struct summary *sum = flow_called(e, ev);

	if (sum)
		return sum->writes;
	/* A contract says what it does. */
	return callee->kind == KIR_V_FUNC &&
	       rules_find(e->rules, kir_string(e->m, callee->a)) ? 0 : UINT64_MAX;
}

/* What the event may store to: each name to @see.  Members by their names, and what a
 * parameter points to, which a callee that gets the parameter may store to as well. */
static void for_each_store(struct engine *e, const struct kir_event *ev,
			   void (*see)(void *data, uint32_t name), void *data)
{
	const struct kir_value *values = e->m->values, *dst;
	const struct summary *sum;
	uint64_t writes;

	if (ev->kind == KIR_E_CALL || ev->kind == KIR_E_MACRO) {
		sum = flow_called(e, ev);
		for (uint32_t k = 0; sum && k < sum->nstored; k++)
			see(data, sum->stored[k]);
		writes = call_writes(e, ev);
		for (uint32_t i = 0; i < ev->arg_count; i++) {
			const struct kir_value *arg = &values[e->m->args[ev->arg_first + i]];

			if (arg->kind == KIR_V_PARAM && (i >= 64 || (writes >> i & 1)))
				see(data, FLOW_POINTED + arg->a);
		}
		return;
	}
	if ((ev->kind != KIR_E_STORE && ev->kind != KIR_E_ASM) || ev->dst == KIR_NONE)
		return;
	dst = &values[ev->dst];
	if (dst->kind == KIR_V_FIELD)
		see(data, e->names[ev->dst]);
	else if (dst->kind == KIR_V_DEREF && values[dst->a].kind == KIR_V_PARAM)
		see(data, FLOW_POINTED + values[dst->a].a);
}

struct name_list {
	uint32_t *v;
	size_t n, cap;
};

static void list_name(void *data, uint32_t name)
{
	struct name_list *l = data;

	vec_push(l->v, l->n, l->cap) = name;
}

uint32_t flow_store_index(const struct flow *fl, uint32_t name)
{
	const uint32_t *at = fl->nstores ?
		bsearch(&name, fl->stores, fl->nstores, sizeof(name), compare_u32) : NULL;

	return at ? (uint32_t)(at - fl->stores) : UINT32_MAX;
}

bool flow_in_stores(const struct flow *fl, const uint64_t *set, uint32_t name)
{
	uint32_t i = flow_store_index(fl, name);

	return i != UINT32_MAX && flow_has(set, i);
}

struct store_set {
	const struct flow *fl;
	uint64_t *set;
};

static void add_store(void *data, uint32_t name)
{
	struct store_set *s = data;
	uint32_t i = flow_store_index(s->fl, name);

	if (i != UINT32_MAX)
		set_bit(s->set, i);
}

/* The range that holds the events of all the function's blocks. */
static uint32_t find_events(const struct reader *r, uint32_t *first)
{
	uint32_t end = 0;

	*first = UINT32_MAX;
	for (uint32_t b = 0; b < r->fl->nblocks; b++) {
		const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

		if (!blk->event_count)
			continue;
		if (blk->event_first < *first)
			*first = blk->event_first;
		if (blk->event_first + blk->event_count > end)
			end = blk->event_first + blk->event_count;
	}
	return end ? end - *first : 0;
}

static void collect_stores(struct engine *e, const struct reader *r, struct arena *a)
{
	struct flow *fl = r->fl;
	struct name_list l = { 0 };
	uint32_t n = find_events(r, &fl->event_first);
	bool *stores = xcalloc(n + 1, sizeof(*stores));

	for (uint32_t i = 0; i < n; i++) {
		size_t before = l.n;

		for_each_store(e, &r->m->events[fl->event_first + i], list_name, &l);
		stores[i] = l.n > before;
	}
	flow_sort_names(l.v, &l.n);
	fl->nstores = (uint32_t)l.n;
	fl->store_words = (uint32_t)l.n / 64 + 1;
	fl->stores = arena_alloc(a, (l.n + 1) * sizeof(*l.v));
	if (l.n)
		memcpy(fl->stores, l.v, l.n * sizeof(*l.v));
	free(l.v);
	fl->event_stores = arena_alloc(a, (n + 1) * sizeof(*fl->event_stores));
	for (uint32_t i = 0; i < n; i++) {
		struct store_set s = { fl, NULL };

		if (!stores[i])
			continue;
		s.set = fl->event_stores[i] = arena_alloc(a, fl->store_words * sizeof(*s.set));
		for_each_store(e, &r->m->events[fl->event_first + i], add_store, &s);
	}
	free(stores);
}

void flow_add_stores(const struct flow *fl, uint32_t event, uint64_t *set)
{
	const uint64_t *stores = fl->event_stores[event - fl->event_first];

	for (uint32_t i = 0; stores && i < fl->store_words; i++)
		set[i] |= stores[i];
}

void flow_infer_stores(struct engine *e, const struct reader *r, struct arena *a)
{
	struct flow *fl = r->fl;
	size_t words;
	bool changed = true;
	uint64_t *set, *own;

	collect_stores(e, r, a);
	words = fl->store_words;
	fl->stored = arena_alloc(a, fl->nblocks * words * sizeof(uint64_t));
	own = xcalloc(fl->nblocks * words, sizeof(*own));
	for (uint32_t b = 0; b < fl->nblocks; b++) {
		const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

		for (uint32_t i = 0; i < blk->event_count; i++)
			flow_add_stores(fl, blk->event_first + i, own + b * words);
	}
	while (changed && fl->nstores) {
		changed = false;
		for (uint32_t b = 0; b < fl->nblocks; b++) {
			const struct kir_block *blk = &r->m->blocks[r->f->block_first + b];

			for (uint32_t i = 0; i < blk->succ_count; i++) {
				set = fl->stored + r->m->succs[blk->succ_first + i].block * words;
				for (size_t w = 0; w < words; w++) {
					uint64_t with = set[w] | own[b * words + w] |
							fl->stored[b * words + w];

					changed |= with != set[w];
					set[w] = with;
				}
			}
		}
	}
	free(own);
}
