/* SPDX-License-Identifier: MIT */
/*
 * Does a function use a part whatever the object's members say?  What is zero in a new object,
 * and set by somebody else later, keeps from the use who asks about it.
 */
#include "sets.h"

#include <stdlib.h>

#define FAR 6		/* calls down */

struct unasked {
	struct pin *pin;
	uint32_t part;
	const uint64_t *known;	/* members that have been set */
	size_t nknown;
};

struct body {
	const struct unasked *u;
	const struct engine *e;
	const struct kir_func *kf;
	uint64_t *from;		/* [local]: the member that was loaded into it, or 0 */
	bool *answers;		/* [temporary]: what a function said about a member's address */
};

/* Is it a member of such objects that nobody has set yet? */
static bool is_open(const struct unasked *u, uint64_t key)
{
	if (!key || key >> 32 != u->pin->parts[u->part].record)
		return false;
	for (size_t i = 0; i < u->nknown; i++)
		if (u->known[i] == key)
			return false;
	return true;
}

static bool asks(const struct body *b, kir_id id)
{
	const struct kir_value *v;

	if (id == KIR_NONE)
		return false;
	v = &b->e->m->values[id];
	if (is_open(b->u, pin_member_key(b->e, id)))
		return true;
	switch (v->kind) {
	case KIR_V_LOCAL:
		return v->a < b->kf->local_count && is_open(b->u, b->from[v->a]);
	case KIR_V_TEMP:
		return v->a < b->kf->temp_count && b->answers[v->a];
	case KIR_V_FIELD: case KIR_V_DEREF: case KIR_V_ADDR: case KIR_V_CONTAINER:
		return asks(b, v->a);
	case KIR_V_INDEX: case KIR_V_OP:
		return asks(b, v->a) || asks(b, v->b);
	default:
		return false;
	}
}

static bool is_about_member(const struct body *b, const struct kir_event *ev)
{
	const struct kir_value *values = b->e->m->values;

	for (uint32_t i = 0; i < ev->arg_count; i++) {
		kir_id arg = b->e->m->args[ev->arg_first + i];

		if (values[arg].kind == KIR_V_ADDR && is_open(b->u, pin_member_key(b->e, values[arg].a)))
			return true;
	}
	return false;
}

static void look(struct body *b)
{
	const struct kir_module *m = b->e->m;

	for (uint32_t k = 0; k < b->kf->block_count; k++) {
		const struct kir_block *blk = &m->blocks[b->kf->block_first + k];

		for (uint32_t i = blk->event_first; i < blk->event_first + blk->event_count; i++) {
			const struct kir_event *ev = &m->events[i];
			const struct kir_value *dst = ev->dst == KIR_NONE ? NULL : &m->values[ev->dst];

			if (ev->kind == KIR_E_STORE && dst->kind == KIR_V_LOCAL)
				b->from[dst->a] = pin_member_key(b->e, ev->value);
			else if (ev->kind != KIR_E_STORE && dst && dst->kind == KIR_V_TEMP)
				b->answers[dst->a] = is_about_member(b, ev);
		}
	}
}

static bool uses(const struct unasked *u, const struct def *d, unsigned int depth);

static bool uses_in(const struct unasked *u, const struct pin_func *f, uint32_t block,
		    unsigned int depth)
{
	for (uint32_t i = 0; i < f->ntouches; i++)
		if (f->touches[i].block == block && f->touches[i].part == u->part &&
		    pin_in_set(PIN_USED, f->touches[i].action))
			return true;
	for (uint32_t i = 0; i < f->ncalls && depth < FAR; i++) {
		const struct pin_call *c = &f->calls[i];

		if (c->block == block && !c->later && c->def != f->def &&
		    pin_is_near(u->pin, f->def, c->def) && pin_does(u->pin, c->def, PIN_USED, u->part) &&
		    uses(u, c->def, depth + 1))
			return true;
	}
	return false;
}

/* Blocks that are reached without such a question. */
static bool walk(const struct body *b, const struct pin_func *f, unsigned int depth)
{
	const struct kir_module *m = b->e->m;
	bool *seen = xcalloc(b->kf->block_count + 1u, sizeof(*seen)), found = false;
	uint32_t *stack = xcalloc(b->kf->block_count + 1u, sizeof(*stack)), n = 0;

	seen[0] = true;
	stack[n++] = 0;
	while (n && !found) {
		uint32_t at = stack[--n];
		const struct kir_block *blk = &m->blocks[b->kf->block_first + at];

		found = uses_in(b->u, f, at, depth);
		if ((blk->term == KIR_TERM_BRANCH || blk->term == KIR_TERM_SWITCH) && asks(b, blk->value))
			continue;
		for (uint32_t i = 0; i < blk->succ_count; i++) {
			uint32_t to = m->succs[blk->succ_first + i].block;

			if (!seen[to]) {
				seen[to] = true;
				stack[n++] = to;
			}
		}
	}
	free(stack);
	free(seen);
	return found;
}

static bool uses(const struct unasked *u, const struct def *d, unsigned int depth)
{
	struct body b = { .u = u, .e = d->unit, .kf = d->unit->funcs[d->func].f };
	bool found;

	if (!b.kf->block_count)
		return false;
	b.from = xcalloc(b.kf->local_count + 1u, sizeof(*b.from));
	b.answers = xcalloc(b.kf->temp_count + 1u, sizeof(*b.answers));
	look(&b);
	found = walk(&b, &u->pin->funcs[d->id], depth);
	free(b.answers);
	free(b.from);
	return found;
}

bool pin_uses_unasked(struct pin *pin, const struct def *d, uint32_t part, const uint64_t *known,
		      size_t n)
{
	const struct unasked u = { pin, part, known, n };

	return uses(&u, d, 0);
}
