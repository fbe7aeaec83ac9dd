/* SPDX-License-Identifier: MIT */
/*
 * What a state forgets on its way from block to block: what no later instruction can ask
 * for, which error it was, what a round of a loop has changed.
 */
#include "solver.h"

static bool is_needed(const struct work_state *w, struct symtab *t, sym what)
{
	for (unsigned int i = 0; i < w->s.nenv; i++)
		if (sym_mentions(t, w->env[i].value, what))
			return true;
	for (unsigned int i = 0; i < w->s.nlocks; i++)
		if (sym_mentions(t, w->locks[i].lock, what))
			return true;
	return false;
}

/* The unknown values that @x speaks of are still in some variable or lock. */
static bool is_reachable(const struct work_state *w, struct symtab *t, sym x)
{
	struct sym_node n = *sym_get(t, x);

	if (n.kind == S_FRESH || n.kind == S_OLD)
		return is_needed(w, t, x);
	if (!(n.flags & (SF_FRESH | SF_OLD)))
		return true;
	if (!is_reachable(w, t, n.a))
		return false;
	return !sym_has_second(&n) || is_reachable(w, t, n.b);
}

static bool tests_its_fields(const struct solver *sv, sym x)
{
	const struct sym_node *n = sym_get(sv->e->t, x);

	while (n->depth) {
		if (n->kind == S_FIELD)
			return flow_is_tested(sv->fl, n->b);
		if (n->kind == S_OP && n->b != SYM_NONE &&
		    (sym_get(sv->e->t, n->b)->flags & SF_LOAD) && tests_its_fields(sv, n->b))
			return true;
		n = sym_get(sv->e->t, n->a);
	}
	return true;
}

static bool keep_binding(const struct solver *sv, sym addr, const uint64_t *live)
{
	const struct symtab *t = sv->e->t;
	const struct sym_node *root = sym_get(t, sym_root(t, addr));

	if (root->kind == S_VAR)
		return flow_has(live, root->a) || flow_has(sv->fl->used_by_address, root->a);
	return tests_its_fields(sv, addr) || root->kind == S_PARAM;
}

/* The ENTRY that @x, which is known to mention one, speaks of. */
static sym find_entry(const struct symtab *t, sym x)
{
	const struct sym_node *n = sym_get(t, x);

	while (n->kind != S_ENTRY) {
		x = sym_get(t, n->a)->flags & SF_ENTRY ? n->a : n->b;
		n = sym_get(t, x);
	}
	return x;
}

static bool keep_fact(const struct solver *sv, const struct work_state *w, sym x,
		      const uint64_t *live, bool strict)
{
	struct symtab *t = sv->e->t;
	const struct sym_node *n = sym_get(t, x);
	const struct sym_node *root = sym_get(t, sym_root(t, x));

	if ((n->flags & (SF_FRESH | SF_OLD)) && !is_reachable(w, t, x))
		return false;
	if (n->kind == S_APPLY)
		return true;
	if (strict && n->flags & SF_ENTRY)	/* else only a summary could tell it */
		return is_needed(w, t, find_entry(t, x));
	if (n->flags & SF_LOAD)
		return tests_its_fields(sv, x) || is_needed(w, t, x);
	if (n->kind == S_PARAM && n->a < sv->f->param_count &&
	    sv->e->m->vars[sv->f->param_first + n->a].type.kind == KIR_T_BOOL)
		return true;	/* what the caller asks for tells its ways apart */
	if (root->kind == S_PARAM && strict)
		return flow_has(live, root->a) || is_needed(w, t, sym_root(t, x));
	return true;
}

/* Forget what no later instruction can ask for. */
void forget_unused(const struct solver *sv, struct work_state *w, uint32_t block, bool strict)
{
	const uint64_t *live = flow_row(sv->fl, sv->fl->live, block);
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->s.nenv; i++)
		if (keep_binding(sv, w->env[i].addr, live))
			w->env[n++] = w->env[i];
	w->s.nenv = (uint16_t)n;
	n = 0;
	for (unsigned int i = 0; i < w->s.nfacts; i++)
		if (keep_fact(sv, w, w->facts[i].what, live, strict))
			w->facts[n++] = w->facts[i];
	w->s.nfacts = (uint16_t)n;
}

/* Where paths meet: that a variable holds *some* error is all that matters of an
 * error, unless it is compared with one. */
void forget_error_numbers(struct solver *sv, struct work_state *w)
{
	struct symtab *t = sv->e->t;
	struct cons err = cons_mask(C_ERR);

	for (unsigned int i = 0; i < w->s.nenv; i++) {
		const struct sym_node *at = sym_get(t, w->env[i].addr);
		struct sym_node v = *sym_get(t, w->env[i].value);
		uint32_t var = at->a;
		struct cons is;

		if (at->kind != S_VAR || flow_has(sv->fl->constant_tested, var) ||
		    (v.kind != S_INT && v.kind != S_FRESH))
			continue;
		is = eval_cons(sv, &w->s, w->env[i].value);
		if (is.mask == C_ERR) {
			w->env[i].value = sym_atom(t, S_FRESH, POINT_ERROR + var);
			state_set_fact(w, w->env[i].value, &err);
		} else if (is.mask == C_ZERO) {
			w->env[i].value = sym_int(t, 0);
		}
	}
}

/* Is @var a pointer that is about to step on from an object (`pte++`)?  Then it is
 * no null pointer in the next round either. */
static bool steps_from_object(const struct solver *sv, const struct work_state *w, uint32_t var,
			      sym value)
{
	const struct kir_func *f = sv->f;
	const struct kir_var *v;
	struct cons is;

	if (value == SYM_NONE || var >= f->param_count + f->local_count)
		return false;
	v = var < f->param_count ? &sv->e->m->vars[f->param_first + var] :
	    &sv->e->m->vars[f->local_first + var - f->param_count];
	if (v->type.kind != KIR_T_PTR)
		return false;
	while (sym_is(sv->e->t, value, S_OP) && sym_get(sv->e->t, value)->op == KIR_OP_ADD)
		value = sym_get(sv->e->t, value)->a;
	is = eval_cons((struct solver *)sv, &w->s, value);
	return cons_truth(&is) == 1;
}

/* A round of a loop is over: what grows in it is unknown at the next. */
void forget_round(struct solver *sv, struct work_state *w, uint32_t head)
{
	const uint64_t *grows = flow_row(sv->fl, sv->fl->grows, head);
	struct symtab *t = sv->e->t;

	for (uint32_t var = 0; var < sv->fl->nvars; var++) {
		sym addr, value, fresh;
		struct cons is;

		if (!grows[var / 64]) {
			var |= 63;
			continue;
		}
		if (!flow_has(grows, var))
			continue;
		addr = sym_atom(t, S_VAR, var);
		value = state_value(&w->s, addr);
		if (value != SYM_NONE && sym_is(t, value, S_INT) && !sym_get(t, value)->imm)
			continue;	/* set back */
		if (value == SYM_NONE && var >= sv->fl->nparams)
			continue;
		is = steps_from_object(sv, w, var, value) ? cons_mask(C_LOW | C_POS) : cons_any();
		fresh = eval_fresh(sv, w, POINT_LOOP + var);
		state_bind(w, addr, fresh);
		if (!cons_is_any(&is))
			state_set_fact(w, fresh, &is);
	}
}
