/* SPDX-License-Identifier: MIT */
/*
 * Around which calls a function sleeps for sure: whoever sleeps on every path to a call,
 * or on every path from it, does not believe itself to be called atomically.
 */
#include "around.h"
#include "observe.h"

#include <string.h>

struct around {
	struct engine *e;
	const struct kir_func *f;
	bool *in;	/* [block]: every path to its start sleeps */
	bool *out;	/* [block]: every path from its end does */
};

static const struct kir_block *block_at(const struct around *a, uint32_t b)
{
	return &a->e->m->blocks[a->f->block_first + b];
}

static bool sleeps(const struct observed *o)
{
	return o->states && o->sleeps == o->states && !o->atomic && !o->doubtful &&
	       !o->gives_back;	/* a caller's lock: it was atomic before */
}

static bool block_sleeps(const struct around *a, uint32_t b)
{
	const struct kir_block *blk = block_at(a, b);

	for (uint32_t i = 0; i < blk->event_count; i++)
		if (sleeps(&a->e->seen[blk->event_first + i]))
			return true;
	return false;
}

static bool goes_on(const struct kir_block *blk)
{
	return blk->term != KIR_TERM_RETURN && blk->term != KIR_TERM_UNREACHABLE;
}

/* What comes before: true until a predecessor says otherwise. */
static bool flow_forward(struct around *a)
{
	bool changed = false;

	for (uint32_t b = 0; b < a->f->block_count; b++) {
		const struct kir_block *blk = block_at(a, b);

		if (a->in[b] || block_sleeps(a, b) || !goes_on(blk))
			continue;
		for (uint32_t i = 0; i < blk->succ_count; i++) {
			bool *in = &a->in[a->e->m->succs[blk->succ_first + i].block];

			changed |= *in;
			*in = false;
		}
	}
	return changed;
}

static bool flow_backward(struct around *a)
{
	bool changed = false;

	for (uint32_t b = a->f->block_count; b-- > 0;) {
		const struct kir_block *blk = block_at(a, b);
		bool all = blk->term != KIR_TERM_RETURN;

		for (uint32_t i = 0; goes_on(blk) && i < blk->succ_count; i++) {
			uint32_t to = a->e->m->succs[blk->succ_first + i].block;

			all &= a->out[to] || block_sleeps(a, to);
		}
		changed |= a->out[b] != all;
		a->out[b] = all;
	}
	return changed;
}

static void mark_block(struct around *a, uint32_t b)
{
	const struct kir_block *blk = block_at(a, b);
	struct observed *seen = &a->e->seen[blk->event_first];
	bool before = a->in[b], after = a->out[b];

	for (uint32_t i = 0; i < blk->event_count; i++) {
		before |= sleeps(&seen[i]);
		seen[i].around = before;
	}
	for (uint32_t i = blk->event_count; i-- > 0;) {
		after |= sleeps(&seen[i]);
		seen[i].around |= after;
	}
}

bool around_infer(struct engine *e, const struct kir_func *f)
{
	struct around a = { .e = e, .f = f };
	bool all;

	a.in = xmalloc(f->block_count + 1u);
	a.out = xmalloc(f->block_count + 1u);
	memset(a.in, true, f->block_count);
	memset(a.out, true, f->block_count);
	a.in[0] = false;
	while (flow_forward(&a))
		;
	while (flow_backward(&a))
		;
	for (uint32_t b = 0; b < f->block_count; b++)
		mark_block(&a, b);
	/* A function that never returns has promised nothing. */
	all = a.out[0] || block_sleeps(&a, 0);
	if (all) {
		bool returns = false;

		for (uint32_t b = 0; b < f->block_count; b++)
			returns |= block_at(&a, b)->term == KIR_TERM_RETURN;
		all = returns;
	}
	free(a.in);
	free(a.out);
	return all;
}
