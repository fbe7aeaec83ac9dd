/* SPDX-License-Identifier: MIT */
/*
 * From the draft of a function to the module's tables.
 *
 * Blocks are renumbered in reverse postorder, in which first successors come
 * first; those that block 0 does not reach are dropped.  So the text of a
 * function does not depend on the order in which a front end made its blocks,
 * and the solver meets a block after its predecessors, loops apart.
 */
#include "builder.h"

/* A depth-first walk that keeps its own stack: functions may be very long. */
struct walk {
	struct kir_draft *d;
	uint32_t *stack;	/* blocks on the way from the entry */
	uint32_t *left;		/* per block: successors not yet tried */
	bool *seen;
	uint32_t *number;	/* per block: its new number, or KIR_NONE */
	uint32_t *order;	/* the blocks, in the new order */
	uint32_t n;
};

/* The next successor of @block that was not seen, last first, or KIR_NONE. */
static uint32_t next_unseen(struct walk *w, uint32_t block)
{
	const struct kir_block *b = &w->d->blocks[block].b;

	while (w->left[block]) {
		uint32_t to = w->d->succs[b->succ_first + --w->left[block]].block;

		if (!w->seen[to])
			return to;
	}
	return KIR_NONE;
}

static uint32_t enter(struct walk *w, uint32_t depth, uint32_t block)
{
	w->seen[block] = true;
	w->left[block] = w->d->blocks[block].b.succ_count;
	w->stack[depth] = block;
	return depth + 1;
}

/* Fills order[] from the end, as blocks are left for good. */
static void number_blocks(struct walk *w)
{
	uint32_t at = w->d->nblocks, depth = enter(w, 0, 0);

	while (depth) {
		uint32_t block = w->stack[depth - 1];
		uint32_t to = next_unseen(w, block);

		if (to == KIR_NONE) {
			w->order[--at] = block;
			depth--;
		} else {
			depth = enter(w, depth, to);
		}
	}
	w->n = w->d->nblocks - at;
	for (uint32_t i = 0; i < w->n; i++) {
		w->order[i] = w->order[at + i];
		w->number[w->order[i]] = i;
	}
}

static uint32_t flatten_events(struct kir_builder *b, uint32_t first)
{
	struct kir_draft *d = &b->draft;
	uint32_t count = 0;

	for (uint32_t i = first; i != KIR_NONE; i = d->events[i].next, count++) {
		struct kir_event e = d->events[i].e;
		const uint32_t *args = d->args + e.arg_first;

		e.arg_first = b->nargs;
		for (uint32_t j = 0; j < e.arg_count; j++)
			vec_push(b->args, b->nargs, b->cap_args) = args[j];
		vec_push(b->events, b->nevents, b->cap_events) = e;
	}
	return count;
}

static void flatten_block(struct kir_builder *b, const struct walk *w,
			  const struct kir_draft_block *from)
{
	struct kir_block to = from->b;

	to.event_first = b->nevents;
	to.event_count = flatten_events(b, from->head);
	to.succ_first = b->nsuccs;
	for (uint32_t i = 0; i < to.succ_count; i++) {
		struct kir_succ s = b->draft.succs[from->b.succ_first + i];

		s.block = w->number[s.block];
		vec_push(b->succs, b->nsuccs, b->cap_succs) = s;
	}
	vec_push(b->blocks, b->nblocks, b->cap_blocks) = to;
}

static void count_temp(const struct kir_builder *b, kir_id v, uint32_t *count)
{
	if (v < b->nvalues && b->reach[v].temps > *count)
		*count = b->reach[v].temps;
}

/* The temporaries that the flattened blocks use: those of dropped blocks do
 * not count, so that the text form need not tell the number. */
static uint32_t count_temps(const struct kir_builder *b, const struct kir_func *f,
			    uint32_t first_event, uint32_t first_arg)
{
	uint32_t count = 0;

	for (uint32_t i = first_event; i < b->nevents; i++) {
		count_temp(b, b->events[i].dst, &count);
		count_temp(b, b->events[i].callee, &count);
		count_temp(b, b->events[i].value, &count);
	}
	for (uint32_t i = first_arg; i < b->nargs; i++)
		count_temp(b, b->args[i], &count);
	for (uint32_t i = f->block_first; i < b->nblocks; i++)
		count_temp(b, b->blocks[i].value, &count);
	return count;
}

static void walk_init(struct walk *w, struct kir_draft *d)
{
	w->d = d;
	w->stack = xcalloc(d->nblocks, sizeof(uint32_t));
	w->left = xcalloc(d->nblocks, sizeof(uint32_t));
	w->seen = xcalloc(d->nblocks, sizeof(bool));
	w->number = xcalloc(d->nblocks, sizeof(uint32_t));
	w->order = xcalloc(d->nblocks, sizeof(uint32_t));
}

static void walk_free(struct walk *w)
{
	free(w->stack);
	free(w->left);
	free(w->seen);
	free(w->number);
	free(w->order);
}

void kir_flatten(struct kir_builder *b)
{
	struct kir_draft *d = &b->draft;
	uint32_t first_event = b->nevents, first_arg = b->nargs;
	struct walk w;

	d->f.block_first = b->nblocks;
	d->f.block_count = 0;
	if (!d->nblocks)
		return;
	walk_init(&w, d);
	number_blocks(&w);
	for (uint32_t i = 0; i < w.n; i++)
		flatten_block(b, &w, &d->blocks[w.order[i]]);
	d->f.block_count = w.n;
	d->f.temp_count = count_temps(b, &d->f, first_event, first_arg);
	d->f.flags |= KIR_F_DEFINED;
	walk_free(&w);
}
