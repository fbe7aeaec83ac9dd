/* SPDX-License-Identifier: MIT */
/*
 * From a callee's terms to the caller's: summaries and rules speak of
 * parameters, calls give values for them.
 */
#include "solver.h"
#include "unit.h"

sym eval_subst(struct solver *sv, const struct state *s, sym x, const struct call_args *c)
{
	struct symtab *t = sv->e->t;
	struct sym_node n = *sym_get(t, x);
	sym a, b;

	switch (n.kind) {
	case S_PARAM:
		return n.a < c->n ? c->args[n.a] : sym_atom(t, S_OLD, c->at);
	case S_RET:
		return c->ret != SYM_NONE ? c->ret : sym_atom(t, S_OLD, c->at);
	case S_VAR: case S_FRESH: case S_OLD:	/* the callee's own affair */
		return sym_atom(t, S_OLD, c->at);
	case S_INT: case S_STR: case S_FUNC: case S_GLOBAL: case S_TEST:
		return x;
	default:
		break;
	}
	a = eval_subst(sv, s, n.a, c);
	switch (n.kind) {
	case S_LOAD: case S_ENTRY:	/* the callee's entry is the call */
		return eval_load(sv, s, a);
	case S_FIELD:
		return sym_field(t, a, n.b);
	case S_INDEX:
		b = eval_subst(sv, s, n.b, c);
		return sym_index(t, a, b);
	case S_CONTAINER:
		return sym_container(t, a, n.b);
	case S_PRED:
		return sym_pred(t, n.op, a);
	case S_APPLY:
		b = n.b == SYM_NONE ? SYM_NONE : eval_subst(sv, s, n.b, c);
		return sym_apply(t, (uint32_t)n.imm, a, b);
	default:
		b = n.b == SYM_NONE ? SYM_NONE : eval_subst(sv, s, n.b, c);
		return sym_op(t, n.op, a, b);
	}
}

sym eval_rule_expr(struct engine *e, const struct rule_expr *x)
{
	struct symtab *t = e->t;
	sym value = SYM_NONE, addr = SYM_NONE;

	switch (x->root) {
	case ROOT_ARG:
		value = sym_atom(t, S_PARAM, x->arg - 1);
		break;
	case ROOT_RET:
		value = sym_atom(t, S_RET, 0);
		break;
	case ROOT_GLOBAL:
		addr = unit_global(e, x->name);
		break;
	default:
		return sym_int(t, x->imm);
	}
	for (uint32_t i = 0; i < x->nsteps; i++) {
		const char *field = x->steps[i].field;

		if (!field) {
			addr = value != SYM_NONE ? value : sym_load(t, addr);
		} else {
			if (addr == SYM_NONE)	/* a member of a value passed as a place */
				addr = value;
			addr = sym_field(t, addr, sym_name(t, field));
		}
		value = SYM_NONE;
	}
	if (x->addr)
		return addr != SYM_NONE ? addr : value;
	return value != SYM_NONE ? value : sym_load(t, addr);
}

static bool constant(struct engine *e, const struct rule_const *c, int64_t *out)
{
	uint32_t i;

	if (!c->name) {
		*out = c->imm;
		return true;
	}
	i = strmap_get(e->consts, c->name);
	if (i == UINT32_MAX)
		return false;
	*out = e->m->consts[i].value;
	return true;
}

bool eval_rule_guards(struct engine *e, const struct rule_cond *cond, bool on_ret,
		      struct guard *guards, uint8_t *n)
{
	static const int op[] = {
		[CMP_EQ] = KIR_OP_EQ, [CMP_NE] = KIR_OP_NE, [CMP_LT] = KIR_OP_LT,
		[CMP_LE] = KIR_OP_LE, [CMP_GT] = KIR_OP_GT, [CMP_GE] = KIR_OP_GE
	};

	*n = 0;
	for (uint32_t i = 0; i < cond->nterms && *n < NEED_GUARDS; i++) {
		const struct rule_term *term = &cond->terms[i];
		int64_t mask, rhs;
		sym lhs;

		if ((term->lhs.root == ROOT_RET) != on_ret)
			continue;
		lhs = eval_rule_expr(e, &term->lhs);
		if (term->masked) {
			if (!constant(e, &term->mask, &mask))
				return false;
			lhs = sym_op(e->t, KIR_OP_AND, lhs, sym_int(e->t, mask));
		}
		if (!constant(e, &term->rhs, &rhs))
			return false;
		guards[*n].what = lhs;
		guards[(*n)++].is = cons_cmp(op[term->cmp], rhs);
	}
	return true;
}
