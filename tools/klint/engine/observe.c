/* SPDX-License-Identifier: MIT */
/*
 * Notes of a function's states at its calls.  A site is atomic for sure when every state
 * that comes to it is: so states are counted, not joined.
 */
#include "observe.h"
#include "solver.h"

#include <string.h>

static void count(uint16_t *n, bool so)
{
	if (so && *n < UINT16_MAX)
		++*n;
}

void observe_begin(struct engine *e, const struct kir_func *f)
{
	if (!e->seen)
		return;
	for (uint32_t b = 0; b < f->block_count; b++) {
		const struct kir_block *blk = &e->m->blocks[f->block_first + b];

		memset(&e->seen[blk->event_first], 0, blk->event_count * sizeof(*e->seen));
	}
}

/* Something that forbids sleeping may be held, or may be not. */
static bool is_doubtful(const struct engine *e, const struct state *s)
{
	if (s->widened == WIDENED)
		return true;
	for (unsigned int i = 0; i < s->nlocks; i++)
		if (s->locks[i].depth > 0 && s->locks[i].unclear &&
		    lock_kind(e, s->locks[i].kind)->inner < WAIT_SLEEP)
			return true;
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (s->ctx[i] > 0 && (s->ctx_unclear >> i & 1) && ctx_part_wait(i) < WAIT_SLEEP)
			return true;
	return false;
}

static bool gives_back(const struct state *s)
{
	for (unsigned int i = 0; i < s->nlocks; i++)
		if (s->locks[i].depth < 0)
			return true;
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (s->ctx[i] < 0)
			return true;
	return s->zero_parts != 0;
}

/* Is it a number or a flag that the caller passes, or a bit of one? */
static bool is_choice(const struct solver *sv, sym what)
{
	const struct sym_node *n = sym_get(sv->e->t, what);
	enum kir_type_kind type;

	if (n->kind == S_OP && n->op == KIR_OP_AND)
		n = sym_get(sv->e->t, n->a);
	if (n->kind != S_PARAM || n->a >= sv->f->param_count)
		return false;
	type = sv->e->m->vars[sv->f->param_first + n->a].type.kind;
	return type == KIR_T_BOOL || type == KIR_T_INT || type == KIR_T_UINT;
}

static bool is_conditional(const struct solver *sv, const struct state *s)
{
	for (unsigned int i = 0; i < s->nfacts; i++)
		if (is_choice(sv, s->facts[i].what))
			return true;
	return false;
}

static void note_atomic(struct observed *o, const struct violation *why, uint32_t parts)
{
	o->parts = o->atomic ? o->parts & parts : parts;
	if (!o->atomic) {
		o->cause = why->cause;
		o->lock_kind = why->lock == SYM_NONE ? RULES_NONE : why->lock_kind;
		o->part = why->part;
	}
	count(&o->atomic, true);
}

void observe_call(struct solver *sv, const struct work_state *w, uint32_t at)
{
	struct violation why = { .lock = SYM_NONE };
	struct observed *o;

	if (!sv->e->seen)
		return;
	o = &sv->e->seen[at];
	o->slept = false;
	count(&o->states, true);
	if (need_wait_here(sv->e, &w->s, NULL, WAIT_SLEEP, true, &why) < WAIT_SLEEP) {
		note_atomic(o, &why, eval_parts(sv->e, &w->s));
		return;
	}
	count(&o->clean, true);
	count(&o->doubtful, is_doubtful(sv->e, &w->s));
	count(&o->gives_back, gives_back(&w->s));
	count(&o->conditional, is_conditional(sv, &w->s));
}

void observe_need(struct solver *sv, struct work_state *w, const struct need *n,
		  const struct call_args *c)
{
	static const int8_t none[CTX_NPARTS];
	struct observed *o;

	if (!sv->e->seen || c->at >= sv->e->m->nevents)
		return;
	o = &sv->e->seen[c->at];
	if (o->slept || n->wait < WAIT_SLEEP || n->widened || n->violated || n->last ||
	    n->zero_parts || n->nreleased || memcmp(n->ctx, none, sizeof(none)))
		return;
	for (unsigned int i = 0; i < n->nguards; i++) {
		struct cons is = eval_cons(sv, &w->s, eval_subst(sv, &w->s, n->guards[i].what, c));

		if (!cons_implies(&is, &n->guards[i].is))
			return;
	}
	o->slept = true;
	count(&o->sleeps, true);
}
