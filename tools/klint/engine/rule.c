/* SPDX-License-Identifier: MIT */
/*
 * A call of something that the rules name: its needs meet the state first, then
 * its effects change it; effects that depend on the result leave two states.
 */
#include "solver.h"

#include <string.h>

static int guard_holds(struct solver *sv, struct work_state *w, const struct guard *g,
		       const struct call_args *c, bool negate)
{
	sym what = eval_subst(sv, &w->s, g->what, c);
	struct cons is = eval_cons(sv, &w->s, what), both, want = g->is;

	if (negate) {
		/* The complement, as far as classes and one constant can say it. */
		if (want.has_eq)
			want = cons_cmp(KIR_OP_NE, want.eq);
		else if (want.nneq && want.mask == C_ANY)
			want = cons_eq(want.neq[0]);
		else
			want = cons_mask(C_ANY & ~want.mask);
		if (!want.mask)
			return 0;
	}
	if (!cons_meet(&is, &want, &both))
		return 0;
	return cons_implies(&is, &want) ? 1 : -1;
}

bool rule_assume_guard(struct solver *sv, struct work_state *w, const struct guard *g,
			 const struct call_args *c, bool negate)
{
	struct cons want = g->is;

	if (!guard_holds(sv, w, g, c, negate))
		return false;
	if (negate) {
		if (want.has_eq)
			want = cons_cmp(KIR_OP_NE, want.eq);
		else if (want.nneq && want.mask == C_ANY)
			want = cons_eq(want.neq[0]);
		else
			want = cons_mask(C_ANY & ~want.mask);
	}
	return eval_assume_cons(sv, w, eval_subst(sv, &w->s, g->what, c), &want);
}

void rule_need(struct solver *sv, struct work_state *w, const struct rule *rule,
			const struct rule_effect *ef, const struct call_args *c, bool cleanup)
{
	struct need n = { .lock = SYM_NONE, .rule = rule, .callee = KIR_NONE, .wait = ef->wait };
	struct guard ret[NEED_GUARDS];
	uint8_t nret;

	if (!eval_rule_guards(sv->e, &ef->cond, false, n.guards, &n.nguards) ||
	    !eval_rule_guards(sv->e, &ef->cond, true, ret, &nret))
		return;
	switch (ef->kind) {
	case EFFECT_SLEEP: case EFFECT_WAIT:
		n.kind = NEED_WAIT;
		n.zero_parts = ef->unless;
		n.any_state = ef->kind == EFFECT_WAIT;
		break;
	case EFFECT_ACQUIRE:
		n.kind = NEED_WAIT;
		n.wait = lock_kind(sv->e, ef->lock_kind)->outer;
		break;
	case EFFECT_REQUIRE: case EFFECT_FORBID:
		n.kind = ef->kind == EFFECT_REQUIRE ? NEED_HELD : NEED_NOT_HELD;
		n.lock = eval_rule_expr(sv->e, &ef->lock);
		break;
	case EFFECT_REQUIRE_PART: case EFFECT_FORBID_PART:
		n.kind = ef->kind == EFFECT_REQUIRE_PART ? NEED_PARTS : NEED_NO_PARTS;
		n.parts = 1u << ef->part;
		break;
	default:
		return;
	}
	/* A sleeping lock's own wait is stated by `sleeps:`; what is left here is
	 * what PREEMPT_RT makes of it. */
	if (n.kind == NEED_WAIT && n.wait < WAIT_CONFIG)
		return;
	if (n.kind == NEED_WAIT && n.wait == WAIT_CONFIG && !sv->e->opt.rt)
		return;
	need_apply(sv, w, &n, c, KIR_NONE, cleanup);
}

/* Several `requires: {in: [a, b]}` effects of one row mean any of them. */
static void part_needs(struct solver *sv, struct work_state *w, const struct rule *rule,
		       const struct call_args *c)
{
	struct need n = { .kind = NEED_PARTS, .lock = SYM_NONE, .rule = rule, .callee = KIR_NONE };

	for (uint32_t i = 0; i < rule->neffects; i++)
		if (rule->effects[i].kind == EFFECT_REQUIRE_PART)
			n.parts |= 1u << rule->effects[i].part;
	if (n.parts)
		need_apply(sv, w, &n, c, KIR_NONE, false);
}

/* A lock that cannot be waited for, or whose class lockdep is told about, may be
 * held already without that being a mistake. */
static bool is_quiet(const struct rule_effect *ef)
{
	return ef->trylock || ef->nested;
}

static void lock_need(struct solver *sv, struct work_state *w, const struct rule *rule,
		      const struct rule_effect *ef, const struct call_args *c)
{
	struct need n = { .kind = NEED_LOCK, .rule = rule, .callee = KIR_NONE,
			  .shared = ef->shared, .lock_kind = ef->lock_kind };
	const struct held *h;
	sym lock;

	if (is_quiet(ef) || lock_kind(sv->e, ef->lock_kind)->recursive)
		return;
	n.lock = eval_rule_expr(sv->e, &ef->lock);
	lock = eval_subst(sv, &w->s, n.lock, c);
	h = state_lock(w, lock);
	if (h && h->depth > 0)
		return;		/* lock_acquire() speaks of it */
	need_apply(sv, w, &n, c, KIR_NONE, false);
}

void rule_change(struct solver *sv, struct work_state *w, const struct rule_effect *ef,
		   const struct call_args *c)
{
	switch (ef->kind) {
	case EFFECT_ACQUIRE:
		lock_acquire(sv, w, eval_subst(sv, &w->s, eval_rule_expr(sv->e, &ef->lock), c),
			     ef->lock_kind, ef->shared, is_quiet(ef), c->at);
		break;
	case EFFECT_RELEASE:
		lock_release(sv, w, eval_subst(sv, &w->s, eval_rule_expr(sv->e, &ef->lock), c),
			     ef->lock_kind, c->at, false);
		break;
	case EFFECT_ENTER:
		if (ef->part == CTX_STATE)
			w->s.ctx[CTX_STATE] = 0;	/* set, not counted */
		ctx_enter(w, ef->part, 1, c->at);
		break;
	case EFFECT_SET:
		if (w->s.ctx[ef->part] <= 0)
			ctx_enter(w, ef->part, 1, c->at);
		break;
	case EFFECT_LEAVE:
		ctx_enter(w, ef->part, -1, c->at);
		break;
	case EFFECT_RESTORE:
		ctx_enter(w, ef->part, -1, c->at);
		/* What the caller had saved may have been this very state. */
		if (w->s.ctx[ef->part] < 0)
			w->s.ctx_unclear |= 1u << ef->part;
		break;
	case EFFECT_RESET:
		/* Below zero: whatever the caller had is gone too. */
		w->s.ctx[ef->part] = -1;
		break;
	default:
		break;
	}
}

/* Does the effect happen, given its terms on arguments?  Not known: no. */
static bool happens(struct solver *sv, struct work_state *w, const struct rule_effect *ef,
		    const struct call_args *c)
{
	struct guard guards[NEED_GUARDS];
	uint8_t n;

	if (!eval_rule_guards(sv->e, &ef->cond, false, guards, &n))
		return false;
	for (uint8_t i = 0; i < n; i++)
		if (guard_holds(sv, w, &guards[i], c, false) != 1)
			return false;
	return true;
}

static sym rule_result(struct solver *sv, struct work_state *w, const struct rule *rule,
		       const struct call_args *c)
{
	struct symtab *t = sv->e->t;
	struct cons valid = cons_mask(C_LOW | C_POS);
	sym x, fresh;

	switch (rule->ret.kind) {
	case RET_TEST:
		return sym_test(t, rule->ret.parts, false);
	case RET_TEST_NOT:
		return sym_test(t, rule->ret.parts, true);
	case RET_NONNULL:
		fresh = eval_fresh(sv, w, c->at);
		eval_assume_cons(sv, w, fresh, &valid);
		return fresh;
	case RET_NOT_NULL:
		valid.mask |= C_ERR;
		fresh = eval_fresh(sv, w, c->at);
		eval_assume_cons(sv, w, fresh, &valid);
		return fresh;
	case RET_STABLE:
		if (c->n == 1 || c->n == 2)
			return sym_apply(t, sym_name(t, rule->name), c->args[0],
					 c->n == 2 ? c->args[1] : SYM_NONE);
		return eval_fresh(sv, w, c->at);
	case RET_UNKNOWN:
		return eval_fresh(sv, w, c->at);
	default:
		break;
	}
	x = eval_subst(sv, &w->s, eval_rule_expr(sv->e, &rule->ret.expr), c);
	switch (rule->ret.kind) {
	case RET_LAST: case RET_NOT_LAST:
		x = sym_pred(t, P_LAST, x);
		state_forget(w, t, x);	/* each time it is asked anew */
		return rule->ret.kind == RET_LAST ? x : sym_op(t, KIR_OP_NOT, x, SYM_NONE);
	case RET_IS_ERR: return sym_pred(t, P_IS_ERR, x);
	case RET_IS_ERR_OR_NULL: return sym_pred(t, P_IS_ERR_OR_NULL, x);
	case RET_ERR_OR_ZERO: return sym_pred(t, P_ERR_OR_ZERO, x);
	case RET_ERR_PTR:
		valid = cons_mask(C_ERR | C_ZERO);
		eval_assume_cons(sv, w, x, &valid);
		return x;
	default: return x;
	}
}

static bool on_result(const struct rule_effect *ef)
{
	for (uint32_t i = 0; i < ef->cond.nterms; i++)
		if (ef->cond.terms[i].lhs.root == ROOT_RET)
			return true;
	return false;
}

static bool is_change(const struct rule_effect *ef)
{
	return ef->kind == EFFECT_ACQUIRE || ef->kind == EFFECT_RELEASE ||
	       ef->kind == EFFECT_ENTER || ef->kind == EFFECT_LEAVE || ef->kind == EFFECT_RESTORE ||
	       ef->kind == EFFECT_SET || ef->kind == EFFECT_RESET;
}

static bool same_cond(const struct rule_effect *a, const struct rule_effect *b)
{
	return a->cond.nterms && a->cond.text && b->cond.text &&
	       !strcmp(a->cond.text, b->cond.text);
}

static bool sleeps(const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->neffects; i++)
		if (rule->effects[i].kind == EFFECT_SLEEP)
			return true;
	return false;
}

/* Effects that depend on the result: one state in which they have happened and
 * one in which they have not. */
static void split_on_result(struct solver *sv, struct work_state *w, const struct rule *rule,
			    struct call_args *c, const struct rule_effect *of)
{
	struct work_state yes;
	struct guard g[NEED_GUARDS];
	uint8_t n;
	bool ok = true, fails;

	if (!eval_rule_guards(sv->e, &of->cond, true, g, &n) || !n)
		return;
	state_load(&yes, &w->s);
	for (uint8_t i = 0; i < n && ok; i++)
		ok = rule_assume_guard(sv, &yes, &g[i], c, false);
	for (uint32_t i = 0; ok && i < rule->neffects; i++) {
		const struct rule_effect *ef = &rule->effects[i];

		if (is_change(ef) && same_cond(ef, of))
			rule_change(sv, &yes, ef, c);
	}
	/* What waits and did not get it returns an error (-EINTR), what only tried
	 * returns anything else. */
	if (n == 1 && sleeps(rule) && g[0].is.has_eq && g[0].is.eq == 0) {
		g[0].is = cons_mask(C_ERR);
		fails = rule_assume_guard(sv, w, &g[0], c, false);
	} else {
		fails = n > 1 || rule_assume_guard(sv, w, &g[0], c, true);
	}
	if (!fails) {
		if (ok)
			state_load(w, &yes.s);
		return;
	}
	if (ok)
		call_leave_state(sv, &yes);
}

static void call_now(struct solver *sv, struct work_state *w, const struct rule *rule,
		     const struct call_args *c)
{
	for (uint32_t i = 0; i < rule->ncalls; i++) {
		struct need n = { .kind = NEED_CALL, .rule = rule, .callee = KIR_NONE };

		if (rule->calls[i].context != RULES_NONE)
			continue;
		n.lock = eval_rule_expr(sv->e, &rule->calls[i].fn);
		need_apply(sv, w, &n, c, KIR_NONE, false);
	}
}

/* One effect, needs first, in the order of the rule: a contract may give a lock
 * back before it sleeps. */
static void apply_effect(struct solver *sv, struct work_state *w, const struct rule *rule,
			 const struct rule_effect *ef, const struct call_args *c, bool cleanup)
{
	if (ef->kind == EFFECT_REQUIRE_PART)
		return;		/* part_needs() has them all */
	if (!is_change(ef) || (ef->kind == EFFECT_ACQUIRE && !ef->trylock))
		rule_need(sv, w, rule, ef, c, cleanup);
	if (ef->kind == EFFECT_ACQUIRE)
		lock_need(sv, w, rule, ef, c);
	if (is_change(ef) && !on_result(ef) && happens(sv, w, ef, c))
		rule_change(sv, w, ef, c);
}

sym rule_apply(struct solver *sv, struct work_state *w, const struct rule *rule,
	       struct call_args *c, bool cleanup)
{
	sym ret;

	if (rule->warns)
		w->s.widened = WIDENED;
	part_needs(sv, w, rule, c);
	call_now(sv, w, rule, c);
	for (uint32_t i = 0; i < rule->neffects; i++)
		apply_effect(sv, w, rule, &rule->effects[i], c, cleanup);
	ret = c->ret = rule_result(sv, w, rule, c);
	for (uint32_t i = 0; i < rule->neffects; i++) {
		const struct rule_effect *ef = &rule->effects[i];
		bool seen = false;

		/* Effects of one condition happen together. */
		for (uint32_t k = 0; k < i && !seen; k++)
			seen = same_cond(&rule->effects[k], ef);
		if (is_change(ef) && on_result(ef) && !seen)
			split_on_result(sv, w, rule, c, ef);
	}
	return ret;
}
