/* SPDX-License-Identifier: MIT */
/*
 * What a function needs and leaves behind, held against the contexts in which
 * registrations enter it.  Needs whose conditions nobody can decide are left alone when they speak of
 * flags, or of a function that some driver has not; any other value may come.
 */
#include "entry.h"
#include "solver.h"

#include <string.h>

static bool arises(struct engine *e, const struct need *n, uint32_t parts)
{
	if (n->widened || n->violated || (n->last && n->hops) || (n->zero_parts & parts))
		return false;
	for (unsigned int i = 0; i < n->nguards; i++) {
		const struct sym_node *w = sym_get(e->t, n->guards[i].what);
		const struct cons *is = &n->guards[i].is;

		/* A flag that is set, or is not, is the caller's to know; which of several
		 * things it asks for (`type & IRQ_TYPE_SENSE_MASK`) may be any. */
		if (w->kind == S_OP && w->op == KIR_OP_AND && !(is->has_eq && is->eq))
			return false;
		/* Nobody here knows which driver it is. */
		if (need_is_missing_hook(e, &n->guards[i]))
			return false;
	}
	return true;
}

static enum wait_type wait_in(uint32_t parts, const int8_t *ctx, enum ctx_part *part)
{
	enum wait_type least = WAIT_SLEEP;

	for (unsigned int i = 0; i < CTX_NPARTS; i++) {
		if (!(parts >> i & 1) || 1 + ctx[i] <= 0 || ctx_part_wait(i) >= least)
			continue;
		least = ctx_part_wait(i);
		*part = i;
	}
	return least;
}

static struct violation *violate(struct engine *e, const struct def *d,
				 const struct need *n, const struct entry *en)
{
	struct violation *v = arena_alloc(e->arena, sizeof(*v));

	*v = (struct violation){ .func = d->id, .site = n->site,
		.loc = KIR_NONE, .need = n, .lock = SYM_NONE,
		.cause = ORIGIN_NONE, .entry = en, .sibling = KIR_NONE, .via = KIR_NONE,
		.via_site = ORIGIN_NONE };
	return v;
}

const struct violation *entry_meet(struct engine *e, const struct def *d,
				   const struct need *n, const struct entry *en)
{
	const struct rule_context *ctx = rules_context(e->rules, en->context);
	uint32_t parts = n->wait == WAIT_CONFIG ? ctx->rt_parts : ctx->parts;
	struct violation *v;
	enum ctx_part part = CTX_NPARTS;
	enum wait_type have;

	if (!arises(e, n, parts))
		return NULL;
	switch (n->kind) {
	case NEED_WAIT:
		have = wait_in(parts, n->ctx, &part);
		if (have >= n->wait)
			return NULL;
		v = violate(e, d, n, en);
		v->kind = V_WAIT;
		v->wait = have;
		v->part = part;
		return v;
	case NEED_HELD:
		if (!ctx->bare || n->nguards)
			return NULL;
		v = violate(e, d, n, en);
		v->kind = V_CONTRACT;
		v->lock = n->lock;
		return v;
	case NEED_NO_PARTS:
		if (!(n->parts & parts))
			return NULL;
		v = violate(e, d, n, en);
		v->kind = V_CONTRACT;
		return v;
	default:
		return NULL;
	}
}

static bool keeps(const struct outcome *o, const struct effect_lock *l)
{
	for (unsigned int i = 0; i < o->nlocks; i++)
		if (o->locks[i].lock == l->lock && o->locks[i].depth > 0)
			return !o->widened;
	return false;
}

/* Where the function returns: the last of its returns. */
static kir_id return_of(const struct def *d)
{
	const struct kir_module *m = d->unit->m;
	const struct kir_func *f = d->unit->funcs[d->func].f;

	for (uint32_t b = f->block_count; b-- > 0;)
		if (m->blocks[f->block_first + b].term == KIR_TERM_RETURN)
			return m->blocks[f->block_first + b].loc;
	return KIR_NONE;
}

const struct violation *entry_keeps(struct engine *e, const struct def *d,
				    const struct summary *sum, unsigned int lock,
				    const struct entry *en)
{
	const struct effect_lock *l = &sum->outcomes[0].locks[lock];
	struct violation *v;

	if (!rules_context(e->rules, en->context)->bare || sum->unclear || l->depth <= 0 ||
	    lock_is_vague(e, l->lock) || !lock_kind(e, l->kind)->owned)
		return NULL;
	for (uint32_t i = 0; i < sum->noutcomes; i++)
		if (!keeps(&sum->outcomes[i], l))
			return NULL;
	v = arena_alloc(e->arena, sizeof(*v));
	*v = (struct violation){ .kind = V_IMBALANCE, .func = d->id, .site = l->at,
		.loc = return_of(d), .lock = l->lock, .lock_kind = l->kind, .cause = l->at,
		.entry = en, .depth = l->depth, .sibling = KIR_NONE, .via = KIR_NONE,
		.via_site = ORIGIN_NONE, .ret = cons_any() };
	return v;
}
