/* SPDX-License-Identifier: MIT */
/*
 * A call of a function whose summary is known: each of its ways that the state allows
 * is taken, with what it needs, changes, returns and leaves.
 */
#include "solver.h"

#include <stdlib.h>

/* A callee's summary being applied to one state. */
struct application {
	struct solver *sv;
	struct work_state *w;
	const struct summary *sum;
	const struct outcome *o;
	struct call_args *c;
	sym dst;		/* where the result goes, or SYM_NONE */
	sym pure;		/* what a pure function answers, or SYM_NONE */
	bool quiet;		/* it releases on some of its ways only; which one it
				 * takes may hang on more than is followed */
	bool unclear;		/* another way gives the same kind of result */
	bool cleanup;
};

/* Does the callee's @x speak of its end: of the result, or of memory that it may
 * have changed?  All else means what it meant at the call. */
static bool is_late(const struct symtab *t, const struct summary *sum, sym x)
{
	const struct sym_node *n = sym_get(t, x), *at;

	if (!(n->flags & (SF_LOAD | SF_RET)))
		return false;
	if (n->kind == S_RET)
		return true;
	if (n->kind == S_LOAD) {
		at = sym_get(t, n->a);
		if (at->kind == S_FIELD && sum->nstored &&
		    bsearch(&at->b, sum->stored, sum->nstored, sizeof(at->b), compare_u32))
			return true;
	}
	return is_late(t, sum, n->a) ||
	       (sym_has_second(n) && is_late(t, sum, n->b));
}

/* The locks whose names speak of the callee's end, or those whose names do not. */
static void apply_locks(struct application *ap, bool late)
{
	struct solver *sv = ap->sv;
	struct work_state *w = ap->w;

	for (unsigned int i = 0; i < ap->o->nlocks; i++) {
		const struct effect_lock *l = &ap->o->locks[i];
		sym lock;

		if (is_late(sv->e->t, ap->sum, l->lock) != late)
			continue;
		lock = eval_subst(sv, &w->s, l->lock, ap->c);
		for (int k = l->depth; k < 0; k++)
			lock_release(sv, w, lock, l->kind, ap->c->at, ap->quiet);
		for (int k = 0; k < l->depth; k++)
			lock_acquire(sv, w, lock, l->kind, l->shared, true, ap->c->at);
		if (ap->unclear && state_lock(w, lock))
			state_lock(w, lock)->unclear = true;
	}
}

/* Whether what the outcome does has been done is not known. */
static void doubt_outcome(struct solver *sv, struct work_state *w, const struct outcome *o,
			  const struct call_args *c)
{
	for (unsigned int i = 0; i < o->nlocks; i++) {
		sym lock = eval_subst(sv, &w->s, o->locks[i].lock, c);
		struct held *h = (struct held *)lock_find(sv, &w->s, lock, o->locks[i].kind);

		if (!h)
			h = state_lock(w, lock);
		if (h)
			h->unclear = true;
	}
}

/* Locks that another way of the callee, with the same kind of result, takes or
 * gives back and this one does not. */
static void doubt_locks(struct application *ap)
{
	struct cons both;

	for (uint32_t k = 0; k < ap->sum->noutcomes; k++) {
		const struct outcome *other = &ap->sum->outcomes[k];

		if (outcome_same_effect(other, ap->o) || !cons_meet(&ap->o->ret, &other->ret, &both))
			continue;
		doubt_outcome(ap->sv, ap->w, other, ap->c);
		for (unsigned int i = 0; i < CTX_NPARTS; i++)
			if (other->ctx[i] != ap->o->ctx[i])
				ap->w->s.ctx_unclear |= 1u << i;
	}
}

static void apply_context(struct application *ap)
{
	const struct outcome *o = ap->o;

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (o->ctx[i] && i != CTX_STATE) {
			ctx_enter(ap->w, i, o->ctx[i], ap->c->at);
			if (ap->unclear)
				ap->w->s.ctx_unclear |= 1u << i;
		}
	if (o->ctx[CTX_STATE])
		ap->w->s.ctx[CTX_STATE] = -1;
}

/* Values of the call's start, kept in the state while the callee's stores take
 * effect: what they speak of may get another name. */
static void park(struct application *ap, uint32_t nth, sym callees)
{
	struct solver *sv = ap->sv;

	if (!is_late(sv->e->t, ap->sum, callees))
		state_bind(ap->w, sym_atom(sv->e->t, S_VAR, sv->fl->nvars + nth),
			   eval_subst(sv, &ap->w->s, callees, ap->c));
}

static sym fetch(struct application *ap, uint32_t nth, sym callees)
{
	struct solver *sv = ap->sv;
	sym at = sym_atom(sv->e->t, S_VAR, sv->fl->nvars + nth);
	sym x = state_value(&ap->w->s, at);

	state_unbind(ap->w, at);
	return x != SYM_NONE ? x : eval_subst(sv, &ap->w->s, callees, ap->c);
}

static void apply_outs(struct application *ap)
{
	struct solver *sv = ap->sv;

	for (unsigned int i = 0; i < ap->o->nouts; i++) {
		const struct out *out = &ap->o->outs[i];
		sym addr, value;

		if (sym_is(sv->e->t, sym_root(sv->e->t, out->addr), S_RET)) {
			/* a member of the record that is returned */
			struct call_args to = *ap->c;

			to.ret = ap->dst;
			value = fetch(ap, 2 * i + 1, out->value);
			if (ap->dst != SYM_NONE)
				state_bind(ap->w, eval_subst(sv, &ap->w->s, out->addr, &to),
					   value);
			continue;
		}
		addr = fetch(ap, 2 * i, out->addr);
		if (out->value == SYM_NONE) {
			value = eval_fresh(sv, ap->w, POINT_OUT + ap->c->at);
			eval_assume_cons(sv, ap->w, value, &out->is);
		} else {
			value = fetch(ap, 2 * i + 1, out->value);
		}
		eval_store(sv, ap->w, addr, value, ap->c->at);
	}
}

/* Can the callee take this way from the state, as far as its conditions tell? */
static bool is_possible(struct application *ap, const struct outcome *o,
			const struct work_state *before)
{
	struct work_state at;

	state_load(&at, &before->s);
	if (o->zero_parts & eval_parts(ap->sv->e, &at.s))
		return false;
	for (unsigned int i = 0; i < o->nguards; i++)
		if (!rule_assume_guard(ap->sv, &at, &o->guards[i], ap->c, false))
			return false;
	return true;
}

/* The ways that the callee can take from the state: bit i.  What lies behind the 63rd is
 * not looked at, and may be. */
static uint64_t open_ways(struct application *ap, const struct work_state *before)
{
	uint64_t open = 0;

	for (uint32_t i = 0; i < ap->sum->noutcomes && i < 63; i++)
		if (ap->sum->noutcomes == 1 || is_possible(ap, &ap->sum->outcomes[i], before))
			open |= 1ull << i;
	return open | 1ull << 63;
}

static bool is_open(uint64_t open, uint32_t way)
{
	return open >> (way < 63 ? way : 63) & 1;
}

/* Another way of the callee, with other effects, is open as well and gives the same
 * kind of result. */
static bool is_unclear(const struct summary *sum, uint32_t i, uint64_t open)
{
	struct cons both;

	for (uint32_t k = 0; k < sum->noutcomes; k++)
		if (k != i && is_open(open, k) &&
		    !outcome_same_effect(&sum->outcomes[i], &sum->outcomes[k]) &&
		    cons_meet(&sum->outcomes[i].ret, &sum->outcomes[k].ret, &both))
			return true;
	return false;
}

/* One way in which the callee returns.  False: not from this state. */
static bool apply_outcome(struct application *ap)
{
	const struct outcome *o = ap->o;
	struct solver *sv = ap->sv;
	struct work_state *w = ap->w;
	bool keeps_ret = o->ret_sym != SYM_NONE && !sym_is(sv->e->t, o->ret_sym, S_RET);
	sym ret;

	/* At the call: what must hold for this way to be taken. */
	if (o->zero_parts & eval_parts(sv->e, &w->s))
		return false;
	w->s.zero_parts |= o->zero_parts;
	for (unsigned int i = 0; i < o->nguards; i++)
		if (!rule_assume_guard(sv, w, &o->guards[i], ap->c, false))
			return false;
	if (ap->unclear)
		doubt_locks(ap);
	apply_locks(ap, false);
	for (unsigned int i = 0; i < o->nouts; i++) {
		if (!sym_is(sv->e->t, sym_root(sv->e->t, o->outs[i].addr), S_RET))
			park(ap, 2 * i, o->outs[i].addr);
		if (o->outs[i].value != SYM_NONE)
			park(ap, 2 * i + 1, o->outs[i].value);
	}
	if (keeps_ret)
		park(ap, 2 * o->nouts, o->ret_sym);

	/* In the callee: what it may change. */
	ret = eval_fresh(sv, w, ap->c->at);
	eval_forget_stored(sv, w, ap->sum, ap->c->at);
	if (!ap->cleanup)
		call_forget_pointed(sv, w, ap->c, ap->sum->hidden | o->unsure);

	/* At its end: what it returns and leaves. */
	if (keeps_ret) {
		sym x = fetch(ap, 2 * o->nouts, o->ret_sym);

		if (!(sym_get(sv->e->t, x)->flags & SF_OLD))
			ret = x;
		/* Another reference is given back: asked anew. */
		if (sym_is(sv->e->t, ret, S_PRED) && sym_get(sv->e->t, ret)->op == P_LAST)
			state_forget(w, sv->e->t, ret);
	}
	if (ap->pure != SYM_NONE)
		ret = ap->pure;
	if (!eval_assume_cons(sv, w, ret, &o->ret))
		return false;
	ap->c->ret = ret;
	apply_locks(ap, true);
	apply_context(ap);
	if (ap->dst != SYM_NONE)
		state_bind(w, ap->dst, ret);
	apply_outs(ap);
	if (o->widened > w->s.widened)
		w->s.widened = o->widened;
	return true;
}

/* A callee that was not understood: what it touches is in doubt from here on. */
static void apply_unclear(struct application *ap, struct work_state *w)
{
	struct solver *sv = ap->sv;

	for (uint32_t i = 0; i < ap->sum->noutcomes; i++) {
		const struct outcome *o = &ap->sum->outcomes[i];

		doubt_outcome(sv, w, o, ap->c);
		for (unsigned int k = 0; k < CTX_NPARTS; k++)
			if (o->ctx[k])
				w->s.ctx_unclear |= 1u << k;
	}
	eval_forget_stored(sv, w, ap->sum, ap->c->at);
	call_forget_pointed(sv, w, ap->c, ap->sum->writes);
	if (ap->dst != SYM_NONE)
		state_bind(w, ap->dst, eval_fresh(sv, w, ap->c->at));
}

/* What the callee has dereferenced is no null pointer: worth knowing of what a variable
 * holds that a branch asks about, and of what something is known already.  False: it is
 * one, and the callee does not return. */
static bool assume_derefs(struct solver *sv, struct work_state *w, uint64_t derefs,
			  const struct call_args *c)
{
	struct cons valid = cons_mask(C_LOW | C_POS);

	for (uint32_t i = 0; i < c->n && i < 64; i++) {
		bool asked = state_has_fact(&w->s, c->args[i]) ||
			     sym_is(sv->e->t, c->args[i], S_INT);

		if (!(derefs >> i & 1))
			continue;
		for (unsigned int k = 0; k < w->s.nenv && !asked; k++) {
			const struct sym_node *n = sym_get(sv->e->t, w->env[k].addr);

			asked = w->env[k].value == c->args[i] && n->kind == S_VAR &&
				n->a < sv->fl->nvars && flow_has(sv->fl->branched_on, n->a);
		}
		if (asked && !eval_assume_cons(sv, w, c->args[i], &valid))
			return false;
	}
	return true;
}

static void apply_needs(struct solver *sv, struct work_state *w, const struct def *d,
			const struct summary *sum, struct call_args *c, bool cleanup)
{
	struct translated terms[CALL_TERMS];

	for (unsigned int i = 0; i < CALL_TERMS; i++)
		terms[i].callees = SYM_NONE;
	if (sum->nneeds > 1)
		c->terms = terms;
	for (uint32_t i = 0; i < sum->nneeds; i++)
		need_apply(sv, w, sum->needs[i], c, d->id, cleanup);
	c->terms = NULL;
}

bool summary_apply(struct solver *sv, struct work_state *w, const struct def *d,
		   const struct summary *sum, struct call_args *c, sym dst, bool cleanup)
{
	struct work_state before, one;
	struct application ap = { .sv = sv, .w = &one, .sum = sum, .c = c, .dst = dst,
				  .pure = SYM_NONE, .cleanup = cleanup,
				  .quiet = !summary_is_uniform(sum) };
	bool done = false;
	uint64_t open;

	if (call_has_locking_callback(sv, c))
		w->s.widened = WIDENED;
	apply_needs(sv, w, d, sum, c, cleanup);
	if (sum->unclear) {
		apply_unclear(&ap, w);
		return true;
	}
	/* A function of its arguments and of memory alone gives the same answer to
	 * the same question. */
	if (sum->pure && sum->outcomes[0].ret_sym == SYM_NONE && (c->n == 1 || c->n == 2))
		ap.pure = sym_apply(sv->e->t, d->name, c->args[0],
				    c->n == 2 ? c->args[1] : SYM_NONE);
	if (!assume_derefs(sv, w, sum->derefs, c))
		return false;
	state_load(&before, &w->s);
	open = open_ways(&ap, &before);
	for (uint32_t i = 0; i < sum->noutcomes; i++) {
		if (!is_open(open, i))
			continue;
		state_load(&one, &before.s);
		c->ret = SYM_NONE;
		ap.o = &sum->outcomes[i];
		ap.unclear = is_unclear(sum, i, open);
		if (!apply_outcome(&ap))
			continue;
		if (!done)
			state_load(w, &one.s);
		else
			call_leave_state(sv, &one);
		done = true;
	}
	return done;
}
