/* SPDX-License-Identifier: MIT */
/*
 * What one file cannot tell: whether a volatile read answers the same again, and what
 * code of other files did with a lock's object or with a flag that it was given.
 */
#include "solver.h"

/* A volatile read that @x speaks of, or what was known of it before a store; or SYM_NONE. */
static sym find_volatile(const struct symtab *t, sym x)
{
	const struct sym_node *n = sym_get(t, x);
	sym in;

	if (!(n->flags & SF_LOAD) || !n->depth)
		return SYM_NONE;
	if (n->kind == S_PRED && (n->op == P_ONCE || n->op == P_WAS))
		return x;
	in = find_volatile(t, n->a);
	if (in == SYM_NONE && sym_has_second(n))
		in = find_volatile(t, n->b);
	return in;
}

bool doubt_forget_volatile(const struct solver *sv, struct work_state *w, sym v)
{
	const struct symtab *t = sv->e->t;
	sym read = v == SYM_NONE ? SYM_NONE : find_volatile(t, v);
	unsigned int n = 0, before = w->s.nfacts;

	if (v != SYM_NONE && read == SYM_NONE)
		return false;
	for (unsigned int i = 0; i < w->s.nfacts; i++) {
		sym what = w->facts[i].what;

		if (v == SYM_NONE ? find_volatile(t, what) == SYM_NONE : !sym_mentions(t, what, read))
			w->facts[n++] = w->facts[i];
	}
	w->s.nfacts = (uint16_t)n;
	return n < before;
}

bool doubt_has_changed(struct solver *sv, const struct state *s)
{
	for (unsigned int i = 0; i < s->nfacts; i++) {
		const struct sym_node *n = sym_get(sv->e->t, s->facts[i].what);
		struct cons now;

		if (n->kind != S_PRED || n->op != P_WAS)
			continue;
		now = eval_cons(sv, s, n->a);
		if (!cons_meet(&now, &s->facts[i].is, &now))
			return true;
	}
	return false;
}

/* Does the value tell that a call of the function (type of result @ret) went well? */
static bool is_success(const struct kir_type *ret, const struct cons *c)
{
	switch (ret->kind) {
	case KIR_T_BOOL:
		return cons_truth(c) >= 0;	/* either may be meant */
	case KIR_T_PTR:
		return !(c->mask & (C_ERR | C_ZERO));
	default:
		return c->mask && !(c->mask & ~(C_ZERO | C_POS)) && c->mask != C_POS;
	}
}

/* The answer of a dec-and-test that @x speaks of, or SYM_NONE. */
static sym find_last(const struct symtab *t, sym x)
{
	const struct sym_node *n = sym_get(t, x);

	while (n->depth) {
		if (n->kind == S_PRED && n->op == P_LAST)
			return x;
		x = n->a;
		n = sym_get(t, x);
	}
	return SYM_NONE;
}

void doubt_note_last(struct solver *sv, struct work_state *w, sym v)
{
	sym last = find_last(sv->e->t, v);
	struct cons c;

	if (last == SYM_NONE)
		return;
	c = eval_cons(sv, &w->s, last);
	w->s.last |= cons_truth(&c) == 1;
}

/* The type of the result of the call @at, as far as it can be told. */
static struct kir_type result_type(const struct engine *e, origin at)
{
	const struct func_info *fi = engine_named(e, e->m->events[at].callee);

	return fi ? fi->f->ret : (struct kir_type){ .kind = KIR_T_INT };
}

void doubt_note_success(struct solver *sv, struct work_state *w)
{
	for (unsigned int i = 0; i < w->s.nlocks; i++) {
		struct held *h = &w->locks[i];
		struct kir_type type;
		struct cons c;

		if (h->depth <= 0 || h->exposed_by == ORIGIN_NONE)
			continue;
		c = eval_cons(sv, &w->s, sym_atom(sv->e->t, S_FRESH, h->exposed_by));
		type = result_type(sv->e, h->exposed_by);
		if (!cons_is_any(&c) && is_success(&type, &c))
			h->given |= 1ull << (h->exposed_by * 0x9e3779b1u >> 26);
	}
}

bool doubt_is_flag(const struct symtab *t, sym x)
{
	const struct sym_node *n = sym_get(t, x);

	if (n->kind == S_FRESH)
		return n->a >= POINT_FLAG && n->a < POINT_FLAG_END;
	if (!(n->flags & SF_FRESH) || !n->depth)
		return false;
	return doubt_is_flag(t, n->a) ||
	       (n->kind == S_OP && n->b != SYM_NONE && doubt_is_flag(t, n->b));
}

void doubt_all(struct work_state *w)
{
	for (unsigned int i = 0; i < w->s.nlocks; i++)
		w->locks[i].unclear = true;
	w->s.ctx_unclear = UINT32_MAX;
	w->s.flagged = true;
}
