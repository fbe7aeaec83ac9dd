/* SPDX-License-Identifier: MIT */
/*
 * One event.  A call applies, in this order: the contract of a rule of that
 * name; the summary of a function that the module defines; what the
 * declaration's annotations say; nothing.  A call may leave several states (a
 * trylock, a callee that returns in two ways): the first one replaces the
 * state, the others go to sv->out.
 */
#include "observe.h"
#include "scc.h"
#include "solver.h"
#include "targets.h"

#include <string.h>

#define MAX_ARGS 64

struct def *solver_named(struct solver *sv, uint32_t name)
{
	struct engine *e = sv->e;
	const struct func_info *fi = engine_func(e, sym_name_text(e->t, name));
	struct def *d = fi && fi->name == name ? fi->target : engine_def(e, name);

	if (!d)
		return NULL;
	engine_note(e, SUBJECT_SEEN, d->id);
	return scc_sees(e->p->order, sv->fi->def->id, d->id) ? d : NULL;
}

void call_leave_state(struct solver *sv, const struct work_state *w)
{
	struct work_state *to = &vec_push(sv->out, sv->nout, sv->out_cap);

	state_load(to, &w->s);
}

/* Code that is not known gets the object of a lock: what it does with the lock
 * cannot be told (commit_update(q), ops->freeze(bdev)). */
static void expose_locks(struct solver *sv, struct work_state *w, const struct call_args *c)
{
	for (unsigned int k = 0; k < w->s.nlocks; k++) {
		struct held *h = &w->locks[k];

		if (h->depth <= 0 || (sym_is(sv->e->t, sym_root(sv->e->t, h->lock), S_GLOBAL) &&
				      !(sym_get(sv->e->t, h->lock)->flags & SF_LOAD)))
			continue;
		for (uint32_t i = 0; i < c->n; i++)
			if (sym_mentions(sv->e->t, h->lock, c->args[i])) {
				h->exposed = true;
				h->exposed_by = c->at;
			}
	}
}

/* Is the variable a flag that was set to something before the call? */
static bool is_flag(const struct solver *sv, const struct state *s, sym addr)
{
	const struct sym_node *n = sym_get(sv->e->t, addr);
	sym value = state_value(s, addr);
	uint32_t at = n->a - sv->f->param_count;

	if (value == SYM_NONE)
		return false;
	if (sym_is(sv->e->t, value, S_FRESH))
		return sym_get(sv->e->t, value)->a >= POINT_FLAG &&
		       sym_get(sv->e->t, value)->a < POINT_FLAG_END;
	if (!sym_is(sv->e->t, value, S_INT))
		return false;
	return sym_get(sv->e->t, value)->imm == 1 ||
	       (n->a >= sv->f->param_count && at < sv->f->local_count &&
		sv->e->m->vars[sv->f->local_first + at].type.kind == KIR_T_BOOL);
}

/* A parameter that points to no object of a known type is handed on: what it points
 * to, most often a flag or a result, is that code's to set. */
static void forget_handed_on(struct solver *sv, struct work_state *w, sym arg, origin at)
{
	const struct sym_node *n = sym_get(sv->e->t, arg);
	const struct kir_type *type;

	if (n->kind != S_PARAM || n->a >= sv->f->param_count)
		return;
	type = &sv->e->m->vars[sv->f->param_first + n->a].type;
	if (type->kind == KIR_T_PTR && type->record == KIR_NONE)
		state_bind(w, arg, eval_fresh(sv, w, POINT_FLAG + at));
}

/* Locals whose address the callee gets may hold anything after. */
void call_forget_pointed(struct solver *sv, struct work_state *w, const struct call_args *c,
			   uint64_t writes)
{
	struct symtab *t = sv->e->t;

	for (uint32_t i = 0; i < c->n; i++) {
		sym arg = c->args[i];
		sym root = sym_root(t, arg);
		const struct sym_node *n = sym_get(t, arg);

		if (!sym_is(t, root, S_VAR) || n->kind == S_LOAD || n->kind == S_OP ||
		    (i < 64 && !(writes >> i & 1)))
			continue;
		for (unsigned int k = 0; k < w->s.nenv;) {
			if (w->env[k].addr != arg && sym_mentions(t, w->env[k].addr, arg))
				state_unbind(w, w->env[k].addr);
			else
				k++;
		}
		if (n->kind == S_VAR)
			state_bind(w, arg, eval_fresh(sv, w, (is_flag(sv, &w->s, arg) ?
							      POINT_FLAG : POINT_OUT) + c->at));
		else
			state_unbind(w, arg);
	}
}

/* A function that is handed to the callee takes or gives back locks: what the
 * call leaves held depends on whether it is called, which is not followed. */
bool call_has_locking_callback(struct solver *sv, const struct call_args *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct sym_node *n = sym_get(sv->e->t, c->args[i]);
		const struct summary *sum;

		if (n->kind != S_FUNC)
			continue;
		sum = def_summary(sv->e, solver_named(sv, n->a));
		for (uint32_t k = 0; sum && k < sum->noutcomes; k++)
			if (sum->outcomes[k].nlocks)
				return true;
	}
	return false;
}

static bool calls_now(const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->ncalls; i++)
		if (rule->calls[i].context == RULES_NONE)
			return true;
	return false;
}

/* What a function that is not known returns.  A question with a yes or no answer is
 * likely to get the same answer again, as a volatile read does. */
static sym unknown_result(struct solver *sv, struct work_state *w, const struct func_info *fi,
			  const struct call_args *c)
{
	struct symtab *t = sv->e->t;

	if (!fi || fi->f->ret.kind != KIR_T_BOOL || !c->n || c->n > 2)
		return eval_fresh(sv, w, c->at);
	for (unsigned int i = 0; i < w->s.nlocks; i++)
		if (w->locks[i].depth > 0 && w->locks[i].exposed_by == c->at)
			return eval_fresh(sv, w, c->at);
	return sym_pred(t, P_ONCE, sym_apply(t, fi->name, c->args[0],
					     c->n == 2 ? c->args[1] : SYM_NONE));
}

static bool direct_call(struct solver *sv, struct work_state *w, const char *name,
			struct func_info *fi, struct def *d, struct call_args *c, sym dst,
			bool cleanup)
{
	const struct rule *rule = rules_find(sv->e->rules, name);
	const struct summary *sum;
	size_t first = sv->nout;

	if (rule) {
		sym ret;

		if (call_has_locking_callback(sv, c) && calls_now(rule))
			w->s.widened = WIDENED;
		ret = rule_apply(sv, w, rule, c, cleanup);

		call_forget_pointed(sv, w, c, UINT64_MAX);
		if (dst != SYM_NONE) {
			state_bind(w, dst, ret);
			for (size_t i = first; i < sv->nout; i++) {
				state_fix(&sv->out[i]);
				state_bind(&sv->out[i], dst, ret);
			}
		}
		return !rule->noreturn && !(fi && (fi->f->flags & KIR_F_NORETURN));
	}
	if (fi)
		annots_apply(sv, w, fi->f, c, false);
	sum = d && fi ? func_summary(sv->e, fi) : def_summary(sv->e, d);
	if (sum)
		return summary_apply(sv, w, d, sum, c, dst, cleanup);
	if (d && d->gap)	/* what it leaves is anybody's guess */
		w->s.widened = WIDENED;
	/* What it takes by its own word is not in doubt. */
	expose_locks(sv, w, c);
	for (uint32_t i = 0; i < c->n; i++)
		forget_handed_on(sv, w, c->args[i], c->at);
	if (fi)
		annots_apply(sv, w, fi->f, c, true);
	call_forget_pointed(sv, w, c, UINT64_MAX);
	if (dst != SYM_NONE)
		state_bind(w, dst, unknown_result(sv, w, fi, c));
	return !(fi && (fi->f->flags & KIR_F_NORETURN));
}

/* Does the function sleep whoever calls it, as far as its contract goes? */
static bool always_needs(const struct need *n)
{
	return n->kind == NEED_WAIT && !n->nguards;
}

static bool sleeps_always(struct engine *e, const struct def *d)
{
	const struct summary *sum = def_summary(e, d);

	for (uint32_t k = 0; sum && k < sum->nneeds; k++)
		if (always_needs(sum->needs[k]))
			return true;
	return false;
}

/* One function that the call may reach, or NULL: not all of them need to sleep.  Those of
 * the program, when they are all known; else those of the unit. */
static const struct def *sleeping_target(struct engine *e, uint32_t record, uint32_t field)
{
	const struct def *first = NULL;
	const uint32_t *defs;
	uint32_t n = targets_of(e->p->targets, record, field, &defs);

	if (e->p->targets)
		engine_note(e, SUBJECT_MEMBER, field);

	for (uint32_t i = 0; i < n; i++)
		if (!sleeps_always(e, &e->p->defs[defs[i]]))
			return NULL;
	if (n)
		return &e->p->defs[defs[0]];
	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *tg = &e->targets[i];
		const struct def *d = e->funcs[tg->func].target;

		if (tg->record != record || tg->field != field)
			continue;
		if (!sleeps_always(e, d))
			return NULL;
		if (!first)
			first = d;
	}
	return first;
}

/* All functions that the call may reach agree that they need it: so does the call. */
static void apply_targets(struct solver *sv, struct work_state *w, const struct kir_event *ev,
			  struct call_args *c)
{
	struct engine *e = sv->e;
	const struct def *d = sleeping_target(e, e->records[ev->record], e->names[ev->callee]);
	const struct summary *sum = d ? def_summary(e, d) : NULL;

	for (uint32_t k = 0; sum && k < sum->nneeds; k++)
		if (always_needs(sum->needs[k]))
			need_apply(sv, w, sum->needs[k], c, d->id, false);
}

static bool call(struct solver *sv, struct work_state *w, uint32_t at)
{
	const struct kir_event *ev = &sv->e->m->events[at];
	const struct kir_value *callee = &sv->e->m->values[ev->callee];
	bool cleanup = ev->flags & KIR_EF_CLEANUP;
	sym args[MAX_ARGS], target, dst = SYM_NONE;
	struct call_args c = { .args = args, .ret = SYM_NONE, .at = at };
	struct func_info *fi;
	struct sym_node n;

	observe_call(sv, w, at);
	for (uint32_t i = 0; i < ev->arg_count && i < MAX_ARGS; i++) {
		kir_id v = sv->e->m->args[ev->arg_first + i];

		args[c.n++] = eval_value(sv, w, v);
	}
	if (ev->dst != KIR_NONE)
		dst = eval_addr(sv, w, ev->dst);
	if (ev->kind == KIR_E_MACRO && !rules_find(sv->e->rules, kir_string(sv->e->m, callee->a))) {
		/* Named for what it does to pinned parts: nothing else is known of it. */
		if (dst != SYM_NONE)
			state_bind(w, dst, eval_fresh(sv, w, at));
		return true;
	}
	if (callee->kind == KIR_V_FUNC) {
		fi = engine_named(sv->e, ev->callee);
		return direct_call(sv, w, kir_string(sv->e->m, callee->a), fi,
				   fi ? fi->target : NULL, &c, dst, cleanup);
	}
	target = eval_value(sv, w, ev->callee);
	n = *sym_get(sv->e->t, target);
	if (n.kind == S_FUNC) {
		fi = engine_func(sv->e, sym_name_text(sv->e->t, n.a));
		if (fi && fi->name != n.a)
			fi = NULL;	/* another unit's */
		return direct_call(sv, w, sym_name_text(sv->e->t, n.a), fi,
				   solver_named(sv, n.a), &c, dst, cleanup);
	}
	if (n.flags & SF_PARAM) {
		struct need call_param = { .kind = NEED_CALL, .callee = KIR_NONE };
		struct call_args self = { .ret = SYM_NONE, .at = at };
		sym params[MAX_ARGS];

		for (uint32_t i = 0; i < sv->f->param_count && i < MAX_ARGS; i++)
			params[self.n++] = sym_atom(sv->e->t, S_PARAM, i);
		self.args = params;
		call_param.lock = target;
		if (!(n.flags & (SF_LOAD | SF_OLD | SF_FRESH | SF_VAR)))
			need_apply(sv, w, &call_param, &self, KIR_NONE, false);
	}
	expose_locks(sv, w, &c);
	if (ev->record != KIR_NONE && callee->kind == KIR_V_FIELD)
		apply_targets(sv, w, ev, &c);
	call_forget_pointed(sv, w, &c, UINT64_MAX);
	if (dst != SYM_NONE)
		state_bind(w, dst, eval_fresh(sv, w, at));
	return true;
}

/* What is stored through is no error and no null pointer.  False: on this way it is one,
 * and nothing comes after. */
static bool store_is_possible(struct solver *sv, struct work_state *w, kir_id place)
{
	const struct kir_value *values = sv->e->m->values;
	struct cons valid = cons_mask(C_LOW | C_POS);
	sym p;

	while (values[place].kind == KIR_V_FIELD || values[place].kind == KIR_V_INDEX)
		place = values[place].a;
	if (values[place].kind != KIR_V_DEREF)
		return true;
	p = eval_value(sv, w, values[place].a);
	/* A constant address in so many words is meant. */
	if (sym_is(sv->e->t, p, S_INT) ? flow_var(sv->f, &values[values[place].a]) == KIR_NONE :
	    !state_has_fact(&w->s, p))
		return true;
	return eval_assume_cons(sv, w, p, &valid);
}

bool call_event(struct solver *sv, struct work_state *w, uint32_t at)
{
	const struct kir_event *ev = &sv->e->m->events[at];
	sym addr, value;

	switch (ev->kind) {
	case KIR_E_CALL: case KIR_E_MACRO:
		return call(sv, w, at);
	case KIR_E_STORE:
		if (!store_is_possible(sv, w, ev->dst))
			return false;
		value = eval_value(sv, w, ev->value);
		addr = eval_addr(sv, w, ev->dst);
		eval_store(sv, w, addr, value, at);
		return true;
	case KIR_E_COPY:
		addr = eval_addr(sv, w, ev->dst);
		eval_copy(sv, w, addr, eval_addr(sv, w, ev->value));
		return true;
	case KIR_E_ASM:
		if (ev->dst != KIR_NONE) {
			addr = eval_addr(sv, w, ev->dst);
			eval_store(sv, w, addr, eval_fresh(sv, w, at), at);
		}
		return true;
	case KIR_E_BEGIN: case KIR_E_END:
		state_unbind(w, eval_addr(sv, w, ev->dst));
		return true;
	default:
		return true;
	}
}
