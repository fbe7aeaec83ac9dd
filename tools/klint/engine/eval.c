/* SPDX-License-Identifier: MIT */
/*
 * Values of KIR in the terms of the state, and what branches teach about them.
 */
#include "solver.h"

#include <stdlib.h>
#include <string.h>

static uint32_t value_name(struct solver *sv, kir_id v)
{
	return sv->e->names[v];
}

sym eval_fresh(struct solver *sv, struct work_state *w, uint32_t point)
{
	struct symtab *t = sv->e->t;
	sym fresh = sym_atom(t, S_FRESH, point), old = sym_atom(t, S_OLD, point);
	bool known = false;

	for (unsigned int i = 0; i < w->s.nfacts && !known; i++)
		known = sym_mentions(t, w->facts[i].what, fresh);
	for (unsigned int i = 0; i < w->s.nenv && !known; i++)
		known = sym_mentions(t, w->env[i].value, fresh) ||
			sym_mentions(t, w->env[i].addr, fresh);
	for (unsigned int i = 0; i < w->s.nlocks && !known; i++)
		known = sym_mentions(t, w->locks[i].lock, fresh);
	if (known) {
		state_forget(w, t, old);
		state_replace(w, t, fresh, old);
	}
	return fresh;
}

/* Constant initialisers: what a const table holds needs no store to be known. */
static sym static_value(const struct engine *e, sym addr)
{
	size_t at = first_not(e->nstatics, i, e->statics[i].addr < addr);

	return at < e->nstatics && e->statics[at].addr == addr ? e->statics[at].value : SYM_NONE;
}

sym eval_load(struct solver *sv, const struct state *s, sym addr)
{
	struct symtab *t = sv->e->t;
	const struct sym_node *n = sym_get(t, addr);
	sym v = state_value(s, addr);

	if (v != SYM_NONE)
		return v;
	if (n->kind == S_VAR && n->a < sv->fl->nparams)
		return sym_atom(t, S_PARAM, n->a);
	if (sym_is(t, sym_root(t, addr), S_GLOBAL)) {
		v = static_value(sv->e, addr);
		if (v != SYM_NONE)
			return v;
	}
	return sym_load(t, addr);
}

sym eval_addr(struct solver *sv, struct work_state *w, kir_id place)
{
	struct symtab *t = sv->e->t;
	const struct kir_value *v = &sv->e->m->values[place];
	uint32_t var = flow_var(sv->f, v);

	if (var != KIR_NONE)
		return sym_atom(t, S_VAR, var);
	switch (v->kind) {
	case KIR_V_GLOBAL:
		return sym_atom(t, S_GLOBAL, value_name(sv, place));
	case KIR_V_FIELD:
		return sym_field(t, eval_addr(sv, w, v->a), value_name(sv, place));
	case KIR_V_INDEX: {
		sym base = eval_addr(sv, w, v->a);

		return sym_index(t, base, eval_value(sv, w, v->b));
	}
	case KIR_V_DEREF:
		return eval_value(sv, w, v->a);
	default:	/* a member of a value: it has no address that matters */
		return eval_value(sv, w, place);
	}
}

sym eval_value(struct solver *sv, struct work_state *w, kir_id id)
{
	struct symtab *t = sv->e->t;
	const struct kir_value *v = &sv->e->m->values[id];

	switch (v->kind) {
	case KIR_V_OPAQUE:
		return eval_fresh(sv, w, POINT_OPAQUE + v->a);
	case KIR_V_INT:
		return sym_int(t, v->imm);
	case KIR_V_NULL:
		return sym_int(t, 0);
	case KIR_V_STR:
		return sym_atom(t, S_STR, id);
	case KIR_V_FUNC:
		return sym_atom(t, S_FUNC, value_name(sv, id));
	case KIR_V_ADDR:
		return eval_addr(sv, w, v->a);
	case KIR_V_CONTAINER: {
		sym a = eval_value(sv, w, v->a);

		return sym_container(t, a, value_name(sv, id));
	}
	case KIR_V_OP: {
		sym a;

		if (v->op == KIR_OP_ONCE)
			return sym_pred(t, P_ONCE, sym_load(t, eval_addr(sv, w, v->a)));
		a = eval_value(sv, w, v->a);
		return sym_op(t, v->op, a, v->b == KIR_NONE ? SYM_NONE : eval_value(sv, w, v->b));
	}
	default:
		return eval_load(sv, &w->s, eval_addr(sv, w, id));
	}
}

uint32_t eval_parts(const struct engine *e, const struct state *s)
{
	uint32_t parts = 0;

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (s->ctx[i] > 0)
			parts |= 1u << i;
	for (unsigned int i = 0; i < s->nlocks; i++) {
		const struct held *h = &s->locks[i];
		enum wait_type inner;

		if (h->depth <= 0)
			continue;
		inner = lock_kind(e, h->kind)->inner;
		if (inner == WAIT_SPIN)
			parts |= 1u << CTX_RAW;
		else if (inner == WAIT_CONFIG)
			parts |= 1u << CTX_SPIN;
	}
	return parts;
}

static struct cons truth(int known)
{
	if (known < 0)
		return cons_any();
	return cons_eq(known);
}

/* Is every value of @x (op @v)?  1, 0 or -1. */
static int decide(const struct cons *x, int op, int64_t v)
{
	struct cons yes = cons_cmp(op, v), none;

	if (x->has_eq && op == KIR_OP_LT)
		return x->eq < v;
	if (!cons_meet(x, &yes, &none))
		return 0;
	if (op == KIR_OP_EQ)
		return x->has_eq || (v == 0 && x->mask == C_ZERO) ? 1 : -1;
	/* below: certain only when the class does not straddle @v */
	if (op == KIR_OP_LT && (v == 0 || v == 1 || v == -4095) && !(x->mask & ~yes.mask))
		return v == 1 && (x->mask & C_POS) ? -1 : 1;
	return -1;
}

static struct cons eval_compare(struct solver *sv, const struct state *s, const struct sym_node *n)
{
	const struct sym_node *a = sym_get(sv->e->t, n->a), *b = sym_get(sv->e->t, n->b);
	struct cons x;

	if (b->kind == S_INT) {
		x = eval_cons(sv, s, n->a);
		if (n->op == KIR_OP_ULT && b->imm < 0 && b->imm >= -4095) {
			/* x < (unsigned long)-MAX_ERRNO: not an error pointer */
			if (!(x.mask & C_ERR))
				return truth(1);
			return x.mask == C_ERR && b->imm == -4095 ? truth(0) : cons_any();
		}
		return n->op == KIR_OP_ULT ? cons_any() : truth(decide(&x, n->op, b->imm));
	}
	if (a->kind == S_INT && n->op == KIR_OP_LT) {
		/* c < x: not (x < c + 1) */
		int known;

		x = eval_cons(sv, s, n->b);
		if (a->imm == INT64_MAX)
			return cons_eq(0);
		known = decide(&x, KIR_OP_LT, a->imm + 1);
		return known < 0 ? cons_any() : truth(!known);
	}
	if (n->op == KIR_OP_EQ) {
		struct cons y = eval_cons(sv, s, n->b), both;

		x = eval_cons(sv, s, n->a);
		if (!cons_meet(&x, &y, &both))
			return truth(0);
	}
	return cons_any();
}

static struct cons eval_pred(struct solver *sv, const struct state *s, const struct sym_node *n)
{
	struct cons x = eval_cons(sv, s, n->a);
	unsigned int yes = n->op == P_IS_ERR_OR_NULL ? C_ERR | C_ZERO : C_ERR;

	if (n->op == P_ONCE || n->op == P_LAST || n->op == P_WAS)
		return cons_any();
	if (n->op == P_ERR_OR_ZERO)
		return cons_mask((x.mask & C_ERR) | (x.mask & ~C_ERR ? C_ZERO : 0));
	if (!(x.mask & yes))
		return truth(0);
	return truth(x.mask & ~yes ? -1 : 1);
}

/* What is known of other bits of the same value: (x & (A|B)) != 0 and
 * (x & A) == 0 leave (x & B) != 0. */
static struct cons eval_bits(struct solver *sv, const struct state *s, const struct sym_node *n)
{
	const struct symtab *t = sv->e->t;
	int64_t mask, zero = 0;

	if (n->b == SYM_NONE || sym_get(t, n->b)->kind != S_INT)
		return cons_any();
	mask = sym_get(t, n->b)->imm;
	for (int round = 0; round < 2; round++) {
		for (unsigned int i = 0; i < s->nfacts; i++) {
			const struct sym_node *f = sym_get(t, s->facts[i].what);
			int known = cons_truth(&s->facts[i].is);

			if (f->kind != S_OP || f->op != KIR_OP_AND || f->a != n->a ||
			    f->b == SYM_NONE || sym_get(t, f->b)->kind != S_INT)
				continue;
			if (!round && known == 0)
				zero |= sym_get(t, f->b)->imm;
			else if (round && known == 1 &&
				 !(sym_get(t, f->b)->imm & ~zero & ~mask))
				return cons_mask(C_ANY & ~C_ZERO);
		}
		if (!(mask & ~zero))
			return cons_eq(0);
	}
	return cons_any();
}

static struct cons eval_op(struct solver *sv, const struct state *s, const struct sym_node *n)
{
	struct cons x;
	int known;

	switch (n->op) {
	case KIR_OP_EQ: case KIR_OP_LT: case KIR_OP_ULT:
		x = eval_compare(sv, s, n);
		if (cons_is_any(&x))
			x = cons_mask(C_ZERO | C_POS);
		return x;
	case KIR_OP_NOT:
		x = eval_cons(sv, s, n->a);
		known = cons_truth(&x);
		return known < 0 ? cons_mask(C_ZERO | C_POS) : truth(!known);
	case KIR_OP_AND:
		x = eval_cons(sv, s, n->a);
		return x.mask == C_ZERO ? cons_eq(0) : eval_bits(sv, s, n);
	case KIR_OP_ADD:	/* behind an object is no null pointer */
		x = eval_cons(sv, s, n->a);
		return n->b != SYM_NONE && sym_is(sv->e->t, n->b, S_INT) &&
		       !(x.mask & (C_ERR | C_ZERO)) ? cons_mask(C_LOW | C_POS) : cons_any();
	case KIR_OP_NEG:
		x = eval_cons(sv, s, n->a);
		if (x.mask == C_ERR)
			return cons_mask(C_POS);
		return x.mask == C_POS ? cons_mask(C_ERR | C_LOW) : cons_any();
	default:
		return cons_any();
	}
}

static const struct summary *summary_named(struct engine *e, uint32_t name)
{
	const struct func_info *fi = engine_func(e, sym_name_text(e->t, name));

	/* Its own functions are read once. */
	return fi && fi->name == name ? func_summary(e, fi) : def_summary(e, engine_def(e, name));
}

/* What the pure function answers, for what is known of the arguments. */
static struct cons eval_answer(struct solver *sv, const struct state *s, const struct sym_node *n)
{
	const sym args[] = { n->a, n->b };
	struct cons arg[2];
	const struct summary *sum = summary_named(sv->e, (uint32_t)n->imm);
	struct cons all = cons_any();
	bool any = false;

	if (!sum || !sum->nanswers)
		return all;
	/* Arguments may be answers themselves: each is looked at once. */
	for (unsigned int i = 0; i < 2; i++)
		arg[i] = args[i] == SYM_NONE ? cons_any() : eval_cons(sv, s, args[i]);
	for (uint32_t i = 0; i < sum->nanswers; i++) {
		const struct answer *a = &sum->answers[i];
		struct cons one = a->constant ? cons_eq(a->ret) : cons_any(), both;
		bool can = true;

		for (uint8_t k = 0; k < a->nguards && can; k++) {
			uint32_t param = sym_get(sv->e->t, a->guards[k].what)->a;

			can = param > 1 || cons_meet(&arg[param], &a->guards[k].is, &both);
		}
		if (can)
			all = any ? cons_join(&all, &one) : one;
		any |= can;
	}
	return any ? all : cons_any();
}

bool eval_is_consistent(struct solver *sv, const struct state *s)
{
	for (unsigned int i = 0; i < s->nfacts; i++) {
		const struct sym_node *n = sym_get(sv->e->t, s->facts[i].what);
		struct cons is, both;

		if (n->kind != S_APPLY)
			continue;
		is = eval_answer(sv, s, n);
		if (!cons_meet(&is, &s->facts[i].is, &both))
			return false;
	}
	return true;
}

/* What is known of what a branch has shown to be equal to @x. */
static void meet_equals(const struct symtab *t, const struct state *s, sym x, struct cons *c)
{
	for (unsigned int i = 0; i < s->nfacts; i++) {
		const struct sym_node *f = sym_get(t, s->facts[i].what);
		struct cons other;

		if (f->kind != S_OP || f->op != KIR_OP_EQ || (f->a != x && f->b != x) ||
		    cons_truth(&s->facts[i].is) != 1)
			continue;
		other = state_fact(s, f->a == x ? f->b : f->a);
		cons_meet(c, &other, c);
	}
}

struct cons eval_cons(struct solver *sv, const struct state *s, sym x)
{
	const struct sym_node *n = sym_get(sv->e->t, x);
	struct cons c, fact;

	switch (n->kind) {
	case S_INT:
		return cons_eq(n->imm);
	case S_STR: case S_FUNC: case S_GLOBAL: case S_VAR: case S_FIELD: case S_INDEX:
	case S_CONTAINER:
		c = cons_mask(C_LOW | C_POS);
		break;
	case S_OP:
		c = eval_op(sv, s, n);
		break;
	case S_PRED:
		c = eval_pred(sv, s, n);
		break;
	case S_APPLY:
		c = eval_answer(sv, s, n);
		break;
	case S_TEST:
		if (n->a & eval_parts(sv->e, s))
			c = n->b ? cons_eq(0) : cons_mask(C_ANY & ~C_ZERO);
		else if ((n->a & ~s->zero_parts) == 0)
			c = n->b ? cons_mask(C_ANY & ~C_ZERO) : cons_eq(0);
		else
			c = cons_any();
		break;
	default:
		c = cons_any();
		break;
	}
	fact = state_fact(s, x);
	if (n->kind == S_LOAD || n->kind == S_ENTRY)
		meet_equals(sv->e->t, s, x, &fact);
	return cons_meet(&c, &fact, &c) ? c : fact;
}

bool eval_assume_cons(struct solver *sv, struct work_state *w, sym x, const struct cons *c)
{
	const struct sym_node *n = sym_get(sv->e->t, x);
	struct cons now = eval_cons(sv, &w->s, x), both;
	bool known;

	if (!cons_meet(&now, c, &both))
		return false;
	if (n->kind == S_INT)
		return true;
	known = state_has_fact(&w->s, x);
	state_set_fact(w, x, &both);
	/* It stays one symbol as long as nothing on this way stores to it. */
	if (!known && eval_is_entry(sv, sv->changed, x))
		state_note_entry(w, x);
	if (n->kind == S_PRED && n->op == P_ERR_OR_ZERO) {
		struct cons in = cons_mask(c->mask & C_ZERO ? C_ANY : C_ERR);

		if (!(c->mask & C_ERR))
			in.mask &= ~C_ERR;
		return in.mask && eval_assume_cons(sv, w, n->a, &in);
	}
	return true;
}

/* The two are one: what is known of either holds of both, and one that is no more
 * than an unknown value goes by the other's name. */
static bool assume_same(struct solver *sv, struct work_state *w, sym a, sym b)
{
	struct symtab *t = sv->e->t;
	struct cons x = eval_cons(sv, &w->s, a), y = eval_cons(sv, &w->s, b), both;

	if (!cons_meet(&x, &y, &both))
		return false;
	if (sym_is(t, a, S_FRESH) && !sym_mentions(t, b, a))
		state_replace(w, t, a, b);
	else if (sym_is(t, b, S_FRESH) && !sym_mentions(t, a, b))
		state_replace(w, t, b, a);
	return eval_assume_cons(sv, w, a, &both) && eval_assume_cons(sv, w, b, &both);
}

static bool assume_compare(struct solver *sv, struct work_state *w, const struct sym_node *n,
			   bool yes)
{
	const struct sym_node *a = sym_get(sv->e->t, n->a), *b = sym_get(sv->e->t, n->b);
	struct cons c;

	if (n->op == KIR_OP_ULT) {
		if (b->kind != S_INT || b->imm >= 0 || b->imm < -4095)
			return true;
		c = cons_mask(yes ? C_ANY & ~C_ERR : C_ERR);
		if (b->imm != -4095 && yes)
			return true;
		return eval_assume_cons(sv, w, n->a, &c);
	}
	if (b->kind == S_INT) {
		int op = n->op == KIR_OP_EQ ? (yes ? KIR_OP_EQ : KIR_OP_NE) :
			(yes ? KIR_OP_LT : KIR_OP_GE);

		c = cons_cmp(op, b->imm);
		return eval_assume_cons(sv, w, n->a, &c);
	}
	if (a->kind == S_INT) {		/* c < x */
		c = cons_cmp(yes ? KIR_OP_GT : KIR_OP_LE, a->imm);
		return eval_assume_cons(sv, w, n->b, &c);
	}
	if (n->op == KIR_OP_EQ && yes)
		return assume_same(sv, w, n->a, n->b);
	return true;
}

bool eval_assume(struct solver *sv, struct work_state *w, sym x, bool nonzero)
{
	struct symtab *t = sv->e->t;
	struct sym_node n = *sym_get(t, x);
	struct cons c = cons_mask(nonzero ? C_ANY & ~C_ZERO : C_ZERO);

	if (n.kind == S_OP && n.op == KIR_OP_NOT)
		return eval_assume(sv, w, n.a, !nonzero);
	if (n.kind == S_TEST) {
		bool set = nonzero != (n.b != 0);

		if (!set && (n.a & eval_parts(sv->e, &w->s)))
			return false;
		if (set && (n.a & ~w->s.zero_parts) == 0)
			return false;
		if (!set)
			w->s.zero_parts |= n.a;
		return true;
	}
	if (nonzero && n.kind == S_OP && (n.op == KIR_OP_EQ || n.op == KIR_OP_LT ||
					  n.op == KIR_OP_ULT))
		c = cons_eq(1);
	if (!eval_assume_cons(sv, w, x, &c))
		return false;
	if (n.kind == S_OP && (n.op == KIR_OP_EQ || n.op == KIR_OP_LT || n.op == KIR_OP_ULT))
		return assume_compare(sv, w, &n, nonzero);
	if (n.kind == S_PRED && (n.op == P_IS_ERR || n.op == P_IS_ERR_OR_NULL)) {
		unsigned int yes = n.op == P_IS_ERR ? C_ERR : C_ERR | C_ZERO;

		c = cons_mask(nonzero ? yes : C_ANY & ~yes);
		return eval_assume_cons(sv, w, n.a, &c);
	}
	if (n.kind == S_OP && n.op == KIR_OP_AND && nonzero) {
		c = cons_mask(C_ANY & ~C_ZERO);
		return eval_assume_cons(sv, w, n.a, &c);
	}
	return true;
}
