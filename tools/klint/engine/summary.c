/* SPDX-License-Identifier: MIT */
/*
 * From the exits of a function to its summary: exits of one property become one
 * outcome, in terms of the parameters and of the result.
 */
#define _GNU_SOURCE
#include "solver.h"

#include <stdlib.h>
#include <string.h>

#define MAX_OUTCOMES 8
#define MAX_EFFECTS 4	/* more than these, and the function has not been understood */
#define MAX_OUTS 8
#define MAX_STORED 64
#define MAX_ANSWERS 16

/* @x as the caller may read it, or SYM_NONE: an object that is made here and
 * returned is known to the caller as the result. */
static sym export_sym(struct solver *sv, const struct exit_path *x, sym s)
{
	struct symtab *t = sv->e->t;

	if (x->ret_sym != SYM_NONE && sym_is(t, x->ret_sym, S_FRESH))
		s = sym_replace(t, s, x->ret_sym, sym_atom(t, S_RET, 0));
	return sym_get(t, s)->flags & SF_VAR ? SYM_NONE : s;
}

static bool is_public(const struct symtab *t, sym s)
{
	return !(sym_get(t, s)->flags & (SF_VAR | SF_FRESH | SF_OLD));
}

static void add_locks(struct solver *sv, const struct exit_path *x, struct outcome *o)
{
	const struct state *s = x->state;

	o->locks = arena_alloc(sv->e->arena, (s->nlocks + 1u) * sizeof(*o->locks));
	for (unsigned int i = 0; i < s->nlocks; i++) {
		const struct held *h = &s->locks[i];
		sym lock = export_sym(sv, x, h->lock);

		if (!h->depth || lock == SYM_NONE)
			continue;
		o->locks[o->nlocks++] = (struct effect_lock){ .lock = lock, .kind = h->kind,
			.depth = h->depth, .shared = h->shared, .may_touch = h->may_touch,
			.must_touch = h->must_touch, .at = h->at };
	}
}

/* What callers learn of the store @b; false: nothing that they could use. */
static bool out_of(struct solver *sv, const struct exit_path *x, const struct binding *b,
		   bool direct, struct out *out)
{
	*out = (struct out){ b->addr, b->value, cons_any() };
	if (!is_public(sv->e->t, b->addr))
		return false;
	if (is_public(sv->e->t, b->value))
		return true;
	out->value = SYM_NONE;
	out->is = eval_cons(sv, x->state, b->value);
	return direct && sym_is(sv->e->t, b->addr, S_PARAM) && cons_truth(&out->is) >= 0;
}

static void add_outs(struct solver *sv, const struct exit_path *x, struct outcome *o)
{
	const struct state *s = x->state;
	struct symtab *t = sv->e->t;

	o->outs = arena_alloc(sv->e->arena, MAX_OUTS * sizeof(*o->outs));
	/* Results through pointers first (*done = true), then members. */
	for (int members = 0; members < 2; members++) {
		for (unsigned int i = 0; i < s->nenv && o->nouts < MAX_OUTS; i++) {
			const struct sym_node *root = sym_get(t, sym_root(t, s->env[i].addr));
			bool direct = sym_get(t, s->env[i].addr)->kind == S_PARAM ||
				      root->kind == S_RET;

			if (root->kind != S_PARAM && root->kind != S_RET)
				continue;
			if (direct != members &&
			    out_of(sv, x, &s->env[i], direct, &o->outs[o->nouts]))
				o->nouts++;
			else if (root->kind == S_PARAM && direct && !members && root->a < 64)
				o->unsure |= 1ull << root->a;
		}
	}
}

static void add_guards(struct solver *sv, const struct exit_path *x, struct outcome *o)
{
	const struct state *s = x->state;

	for (int pointers = 0; pointers < 2; pointers++) {
		for (unsigned int i = 0; i < s->nfacts && o->nguards < NEED_GUARDS; i++) {
			const struct fact *f = &s->facts[i];
			/* That something is a valid pointer tells little: last. */
			bool valid = f->is.mask == (C_LOW | C_POS);

			if (valid == pointers && f->entry && is_public(sv->e->t, f->what) &&
			    (sym_get(sv->e->t, f->what)->flags & (SF_PARAM | SF_LOAD)))
				o->guards[o->nguards++] = (struct guard){ f->what, f->is };
		}
	}
}

static void outcome_of(struct solver *sv, const struct exit_path *x, struct outcome *o)
{
	*o = (struct outcome){ .ret = x->ret, .ret_sym = SYM_NONE,
			       .widened = x->state->widened,
			       .zero_parts = x->state->zero_parts };
	if (x->ret_sym != SYM_NONE && is_public(sv->e->t, x->ret_sym))
		o->ret_sym = x->ret_sym;
	memcpy(o->ctx, x->state->ctx, sizeof(o->ctx));
	if (o->ctx[CTX_STATE] > 0)
		o->ctx[CTX_STATE] = 0;	/* followed within one function only */
	memcpy(o->ctx_at, x->state->ctx_at, sizeof(o->ctx_at));
	add_locks(sv, x, o);
	add_outs(sv, x, o);
	add_guards(sv, x, o);
}

bool outcome_same_effect(const struct outcome *a, const struct outcome *b)
{
	if (memcmp(a->ctx, b->ctx, sizeof(a->ctx)) || a->nlocks != b->nlocks)
		return false;
	for (unsigned int i = 0; i < a->nlocks; i++)
		if (a->locks[i].lock != b->locks[i].lock ||
		    a->locks[i].depth != b->locks[i].depth)
			return false;
	return true;
}

/* The parameters that the way stores a result through. */
static uint64_t stored_through(const struct symtab *t, const struct outcome *o)
{
	uint64_t set = o->unsure;

	for (unsigned int i = 0; i < o->nouts; i++) {
		const struct sym_node *n = sym_get(t, o->outs[i].addr);

		if (n->kind == S_PARAM && n->a < 64)
			set |= 1ull << n->a;
	}
	return set;
}

/* May the two be told as one?  A way that returns a parameter as it was says more by
 * itself: the caller knows what it has passed.  So does, in a function that takes or
 * gives back locks, a way that stores a result where another does not. */
static bool may_join(const struct solver *sv, const struct outcome *a, const struct outcome *b,
		     bool locks)
{
	bool own = a->ret_sym != SYM_NONE && sym_is(sv->e->t, a->ret_sym, S_PARAM);
	bool other = b->ret_sym != SYM_NONE && sym_is(sv->e->t, b->ret_sym, S_PARAM);

	if (!outcome_same_effect(a, b) ||
	    (locks && stored_through(sv->e->t, a) != stored_through(sv->e->t, b)))
		return false;
	return (!own && !other) || a->ret_sym == b->ret_sym;
}

/* Does some return leave another context than the function was called in? */
static bool leaves_effects(const struct solver *sv)
{
	for (size_t i = 0; i < sv->nexits; i++) {
		const struct state *s = sv->exits[i].state;

		for (unsigned int k = 0; k < s->nlocks; k++)
			if (s->locks[k].depth)
				return true;
	}
	return false;
}

bool summary_is_uniform(const struct summary *sum)
{
	for (uint32_t i = 1; i < sum->noutcomes; i++)
		if (!outcome_same_effect(&sum->outcomes[0], &sum->outcomes[i]))
			return false;
	return true;
}

/* How many different things the ways of the function do to locks and context. */
static unsigned int count_effects(const struct summary *sum)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < sum->noutcomes; i++) {
		bool seen = false;

		for (uint32_t k = 0; k < i && !seen; k++)
			seen = outcome_same_effect(&sum->outcomes[i], &sum->outcomes[k]);
		n += !seen;
	}
	return n;
}

static const struct out *find_out(const struct outcome *o, const struct out *b)
{
	for (unsigned int i = 0; i < o->nouts; i++)
		if (o->outs[i].addr == b->addr && o->outs[i].value == b->value)
			return &o->outs[i];
	return NULL;
}

/* Results through pointers that not both have. */
static void note_unsure(const struct symtab *t, struct outcome *a, const struct outcome *x,
			const struct outcome *y)
{
	for (unsigned int i = 0; i < x->nouts; i++) {
		const struct sym_node *n = sym_get(t, x->outs[i].addr);

		if (n->kind == S_PARAM && n->a < 64 && !find_out(y, &x->outs[i]))
			a->unsure |= 1ull << n->a;
	}
}

static void join_outcome(const struct symtab *t, struct outcome *a, const struct outcome *b)
{
	unsigned int n = 0;

	a->unsure |= b->unsure;
	note_unsure(t, a, a, b);
	note_unsure(t, a, b, a);

	a->ret = cons_join(&a->ret, &b->ret);
	if (a->ret_sym != b->ret_sym)
		a->ret_sym = SYM_NONE;
	if (b->widened < a->widened)
		a->widened = b->widened;
	a->zero_parts &= b->zero_parts;
	for (unsigned int i = 0; i < a->nguards; i++) {
		for (unsigned int j = 0; j < b->nguards; j++) {
			if (a->guards[i].what != b->guards[j].what)
				continue;
			a->guards[n] = a->guards[i];
			a->guards[n].is = cons_join(&a->guards[i].is, &b->guards[j].is);
			n += !cons_is_any(&a->guards[n].is);
			break;
		}
	}
	a->nguards = (uint16_t)n;
	n = 0;
	for (unsigned int i = 0; i < a->nouts; i++) {
		const struct out *other = find_out(b, &a->outs[i]);

		if (!other)
			continue;
		a->outs[n] = a->outs[i];
		a->outs[n].is = cons_join(&a->outs[i].is, &other->is);
		n++;
	}
	a->nouts = (uint16_t)n;
}

static int by_text(const void *x, const void *y, void *names)
{
	return strcmp(names_text(names, *(const uint32_t *)x),
		      names_text(names, *(const uint32_t *)y));
}

static void add_stored(struct solver *sv, struct summary *sum)
{
	uint32_t n = 0;

	if (sv->nstored)
		qsort(sv->stored, sv->nstored, sizeof(*sv->stored), compare_u32);
	for (size_t i = 0; i < sv->nstored; i++)
		if (!n || sv->stored[n - 1] != sv->stored[i])
			sv->stored[n++] = sv->stored[i];
	if (n > MAX_STORED) {	/* those that are left do not hang on how names are numbered */
		qsort_r(sv->stored, n, sizeof(*sv->stored), by_text, sv->e->p->names);
		n = MAX_STORED;
		qsort(sv->stored, n, sizeof(*sv->stored), compare_u32);
	}
	sum->nstored = n;
	sum->stored = arena_alloc(sv->e->arena, (n + 1) * sizeof(*sum->stored));
	if (n)
		memcpy(sum->stored, sv->stored, n * sizeof(*sum->stored));
}

static bool is_balanced(const struct outcome *o)
{
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (o->ctx[i])
			return false;
	return !o->widened && !o->zero_parts;
}

/* A function that is said to be out of balance: its callers hear nothing more of
 * it, or one mistake (in the code or in the model) would be told many times. */
static void distrust(const struct solver *sv, struct summary *sum)
{
	/* It says what it does to a lock, but not all its ways are seen to do it. */
	bool out_of_balance = !summary_is_uniform(sum) &&
		(annots_say(sv, EFFECT_ACQUIRE) || annots_say(sv, EFFECT_RELEASE));

	for (size_t i = 0; i < sv->nviolations; i++)
		out_of_balance |= sv->violations[i]->kind == V_IMBALANCE ||
				  sv->violations[i]->kind == V_NOT_HELD;
	for (uint32_t k = 0; out_of_balance && k < sum->noutcomes; k++)
		sum->outcomes[k].widened = WIDENED;
	for (size_t i = 0; out_of_balance && i < sv->nneeds; i++)
		sv->needs[i]->widened = true;
}

static bool is_constant(const struct solver *sv, const struct exit_path *x)
{
	return x->ret_sym != SYM_NONE && sym_is(sv->e->t, x->ret_sym, S_INT);
}

/* The answers of a function that returns constants, all or some of them:
 * `switch (op) { case A: … }`, `noblock ? 0 : sk->timeo`. */
static void add_answers(struct solver *sv, struct summary *sum)
{
	struct symtab *t = sv->e->t;
	bool any = false;

	if (!sum->pure || sv->nexits > MAX_ANSWERS)
		return;
	for (size_t i = 0; i < sv->nexits; i++) {
		if (sv->exits[i].state->widened)
			return;
		any |= is_constant(sv, &sv->exits[i]);
	}
	if (!any)
		return;
	sum->answers = arena_alloc(sv->e->arena, (sv->nexits + 1) * sizeof(*sum->answers));
	for (size_t i = 0; i < sv->nexits; i++) {
		struct answer *a = &sum->answers[sum->nanswers++];
		const struct state *s = sv->exits[i].state;

		*a = (struct answer){ .constant = is_constant(sv, &sv->exits[i]) };
		if (a->constant)
			a->ret = sym_get(t, sv->exits[i].ret_sym)->imm;
		for (unsigned int k = 0; k < s->nfacts && a->nguards < ANSWER_GUARDS; k++)
			if (sym_is(t, s->facts[k].what, S_PARAM))
				a->guards[a->nguards++] = (struct guard){ s->facts[k].what,
									  s->facts[k].is };
	}
}

const struct summary *summary_make(struct solver *sv)
{
	struct summary *sum = arena_alloc(sv->e->arena, sizeof(*sum));
	bool locks = leaves_effects(sv);

	sum->outcomes = arena_alloc(sv->e->arena, MAX_OUTCOMES * sizeof(*sum->outcomes));
	for (size_t i = 0; i < sv->nexits; i++) {
		struct outcome o;
		uint32_t k;

		outcome_of(sv, &sv->exits[i], &o);
		for (k = 0; k < sum->noutcomes; k++)
			if (may_join(sv, &sum->outcomes[k], &o, locks))
				break;
		if (k < sum->noutcomes)
			join_outcome(sv->e->t, &sum->outcomes[k], &o);
		else if (k < MAX_OUTCOMES)
			sum->outcomes[sum->noutcomes++] = o;
		else
			sum->outcomes[MAX_OUTCOMES - 1].widened = WIDENED;
	}
	distrust(sv, sum);
	sum->unclear = count_effects(sum) > MAX_EFFECTS;
	if (sum->noutcomes == 1)
		sum->outcomes[0].nguards = 0;	/* nothing to tell apart */
	sum->nneeds = (uint32_t)sv->nneeds;
	sum->needs = arena_alloc(sv->e->arena, (sv->nneeds + 1) * sizeof(*sum->needs));
	for (size_t i = 0; i < sv->nneeds; i++) {
		sv->needs[i]->number = (uint32_t)i;
		sum->needs[i] = sv->needs[i];
	}
	add_stored(sv, sum);
	sum->derefs = sv->fl->derefs;
	sum->writes = writes_infer(sv, &sum->pure, &sum->hidden);
	sum->pure &= sum->noutcomes == 1 && !sum->nneeds && !sum->outcomes[0].nlocks &&
		     is_balanced(&sum->outcomes[0]) && sv->f->ret.kind != KIR_T_VOID &&
		     sv->f->ret.kind != KIR_T_RECORD;
	add_answers(sv, sum);
	return sum;
}
