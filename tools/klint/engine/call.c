/* SPDX-License-Identifier: MIT */
/*
 * One event.  A call applies, in this order: the contract of a rule of that
 * name; the summary of a function that the module defines; what the
 * declaration's annotations say; nothing.  A call may leave several states (a
 * trylock, a callee that returns in two ways): the first one replaces the
 * state, the others go to sv->out.
 */
#include "solver.h"

#include <string.h>

#define MAX_ARGS 64

void call_leave_state(struct solver *sv, const struct work_state *w)
{
	struct work_state *to = &vec_push(sv->out, sv->nout, sv->out_cap);

	state_load(to, &w->s);
}

/* @quiet: the callee releases on some of its ways only; which one it takes may
 * hang on more than is followed. */
static void apply_locks(struct solver *sv, struct work_state *w, const struct outcome *o,
			const struct call_args *c, bool quiet, bool unclear)
{
	for (unsigned int i = 0; i < o->nlocks; i++) {
		const struct effect_lock *l = &o->locks[i];
		sym lock = eval_subst(sv, &w->s, l->lock, c);

		for (int k = l->depth; k < 0; k++)
			lock_release(sv, w, lock, l->kind, c->at, quiet);
		for (int k = 0; k < l->depth; k++)
			lock_acquire(sv, w, lock, l->kind, l->shared, true, c->at);
		if (unclear && state_lock(w, lock))
			state_lock(w, lock)->unclear = true;
	}
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (o->ctx[i] && i != CTX_STATE) {
			ctx_enter(w, i, o->ctx[i], c->at);
			if (unclear)
				w->s.ctx_unclear |= 1u << i;
		}
	if (o->ctx[CTX_STATE])
		w->s.ctx[CTX_STATE] = -1;
}

static bool apply_outcome(struct solver *sv, struct work_state *w, const struct outcome *o,
			  struct call_args *c, sym fresh, sym pure, bool quiet,
			  bool unclear)
{
	sym ret = fresh;

	if (o->zero_parts & eval_parts(sv->e, &w->s))
		return false;
	w->s.zero_parts |= o->zero_parts;
	for (unsigned int i = 0; i < o->nguards; i++)
		if (!rule_assume_guard(sv, w, &o->guards[i], c, false))
			return false;
	if (pure != SYM_NONE) {
		ret = pure;
	} else if (o->ret_sym != SYM_NONE && !sym_is(sv->e->t, o->ret_sym, S_RET)) {
		sym x = eval_subst(sv, &w->s, o->ret_sym, c);

		if (!(sym_get(sv->e->t, x)->flags & SF_OLD))
			ret = x;
	}
	if (!eval_assume_cons(sv, w, ret, &o->ret))
		return false;
	c->ret = ret;
	apply_locks(sv, w, o, c, quiet, unclear);
	for (unsigned int i = 0; i < o->nouts; i++) {
		sym root = sym_root(sv->e->t, o->outs[i].addr), addr;

		if (sym_is(sv->e->t, root, S_RET))
			continue;
		addr = eval_subst(sv, &w->s, o->outs[i].addr, c);
		eval_store(sv, w, addr, eval_subst(sv, &w->s, o->outs[i].value, c), c->at);
	}
	if (o->widened)
		w->s.widened = o->widened > w->s.widened ? o->widened : w->s.widened;
	return true;
}

static void bind_result(struct solver *sv, struct work_state *w, sym dst, sym ret,
			const struct outcome *o, const struct call_args *c)
{
	if (dst == SYM_NONE)
		return;
	state_bind(w, dst, ret);
	for (unsigned int i = 0; o && i < o->nouts; i++) {
		sym root = sym_root(sv->e->t, o->outs[i].addr);
		struct call_args to = *c;

		if (!sym_is(sv->e->t, root, S_RET))
			continue;
		to.ret = dst;
		state_bind(w, eval_subst(sv, &w->s, o->outs[i].addr, &to),
			   eval_subst(sv, &w->s, o->outs[i].value, c));
	}
}

/* Members that the callee may have stored to. */
static void forget_stored(struct solver *sv, struct work_state *w, const struct summary *sum,
			  origin at)
{
	for (uint32_t i = 0; i < sum->nstored; i++) {
		state_forget_field(w, sv->e->t, sum->stored[i], SYM_NONE, at);
		vec_push(sv->stored, sv->nstored, sv->stored_cap) = sum->stored[i];
	}
}

/* Code that is not known gets the object of a lock: what it does with the lock
 * cannot be told (commit_update(q), ops->freeze(bdev)). */
static void expose_locks(struct solver *sv, struct work_state *w, const struct call_args *c)
{
	for (unsigned int k = 0; k < w->s.nlocks; k++) {
		struct held *h = &w->locks[k];

		if (h->depth <= 0 || sym_is(sv->e->t, sym_root(sv->e->t, h->lock), S_GLOBAL))
			continue;
		for (uint32_t i = 0; i < c->n; i++)
			h->exposed |= sym_mentions(sv->e->t, h->lock, c->args[i]);
	}
}

/* Locals whose address the callee gets may hold anything after. */
static void forget_pointed(struct solver *sv, struct work_state *w, const struct call_args *c,
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
			state_bind(w, arg, eval_fresh(sv, w, POINT_OUT + c->at));
		else
			state_unbind(w, arg);
	}
}

/* A function that is handed to the callee takes or gives back locks: what the
 * call leaves held depends on whether it is called, which is not followed. */
static bool has_locking_callback(const struct solver *sv, const struct call_args *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct sym_node *n = sym_get(sv->e->t, c->args[i]);
		const struct summary *sum;
		uint32_t func;

		if (n->kind != S_FUNC)
			continue;
		func = strmap_get(sv->e->by_name, sym_name_text(sv->e->t, n->a));
		sum = func == UINT32_MAX ? NULL : sv->e->funcs[func].sum;
		for (uint32_t k = 0; sum && k < sum->noutcomes; k++)
			if (sum->outcomes[k].nlocks)
				return true;
	}
	return false;
}

/* Another way of the callee, with other effects, gives the same kind of result. */
static bool is_unclear(const struct summary *sum, uint32_t i)
{
	struct cons both;

	for (uint32_t k = 0; k < sum->noutcomes; k++)
		if (k != i && cons_meet(&sum->outcomes[i].ret, &sum->outcomes[k].ret, &both))
			return true;
	return false;
}

/* False: the callee does not return. */
static bool apply_summary(struct solver *sv, struct work_state *w, const struct func_info *fi,
			  struct call_args *c, sym dst, bool cleanup)
{
	const struct summary *sum = fi->sum;
	struct work_state before, one;
	bool done = false;
	sym fresh, pure = SYM_NONE;

	if (has_locking_callback(sv, c))
		w->s.widened = WIDENED;
	for (uint32_t i = 0; i < sum->nneeds; i++)
		need_apply(sv, w, sum->needs[i], c, fi->index, cleanup);
	forget_stored(sv, w, sum, c->at);
	if (!cleanup)
		forget_pointed(sv, w, c, sum->hidden);
	fresh = eval_fresh(sv, w, c->at);
	/* A function of its arguments and of memory alone gives the same answer to
	 * the same question. */
	if (sum->pure && sum->outcomes[0].ret_sym == SYM_NONE && (c->n == 1 || c->n == 2))
		pure = sym_apply(sv->e->t, fi->index, c->args[0],
				 c->n == 2 ? c->args[1] : SYM_NONE);
	state_load(&before, &w->s);
	for (uint32_t i = 0; i < sum->noutcomes; i++) {
		state_load(&one, &before.s);
		if (!cleanup && (sum->outcomes[i].unsure & ~sum->hidden))
			forget_pointed(sv, &one, c, sum->outcomes[i].unsure & ~sum->hidden);
		if (!apply_outcome(sv, &one, &sum->outcomes[i], c, fresh, pure,
				   sum->noutcomes > 1, is_unclear(sum, i)))
			continue;
		bind_result(sv, &one, dst, c->ret, &sum->outcomes[i], c);
		if (!done)
			state_load(w, &one.s);
		else
			call_leave_state(sv, &one);
		done = true;
	}
	return done;
}

static void apply_annotations(struct solver *sv, struct work_state *w, const struct kir_func *f,
			      struct call_args *c, bool changes);

static bool calls_now(const struct rule *rule)
{
	for (uint32_t i = 0; i < rule->ncalls; i++)
		if (rule->calls[i].context == RULES_NONE)
			return true;
	return false;
}

static bool direct_call(struct solver *sv, struct work_state *w, const char *name,
			struct call_args *c, sym dst, bool cleanup)
{
	const struct rule *rule = rules_find(sv->e->rules, name);
	uint32_t func = strmap_get(sv->e->by_name, name);
	struct func_info *fi = func == UINT32_MAX ? NULL : &sv->e->funcs[func];
	size_t first = sv->nout;

	if (rule) {
		sym ret;

		if (has_locking_callback(sv, c) && calls_now(rule))
			w->s.widened = WIDENED;
		ret = rule_apply(sv, w, rule, c, cleanup);

		forget_pointed(sv, w, c, UINT64_MAX);
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
		apply_annotations(sv, w, fi->f, c, false);
	if (fi && fi->sum)
		return apply_summary(sv, w, fi, c, dst, cleanup);
	/* What it takes by its own word is not in doubt. */
	expose_locks(sv, w, c);
	if (fi)
		apply_annotations(sv, w, fi->f, c, true);
	forget_pointed(sv, w, c, UINT64_MAX);
	if (dst != SYM_NONE)
		state_bind(w, dst, eval_fresh(sv, w, c->at));
	return !(fi && (fi->f->flags & KIR_F_NORETURN));
}

/* `$1->lock`, `&dev->lock`, `lock`: what an annotation on a declaration names. */
static sym parse_place(struct solver *sv, const struct kir_func *f, const char *text,
		       const struct call_args *c, const struct state *s)
{
	struct symtab *t = sv->e->t;
	bool arrow = false;
	sym at = SYM_NONE, value = SYM_NONE;

	text += strspn(text, "& (");
	while (*text) {
		size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		char name[128];

		if (!n || n >= sizeof(name))
			return SYM_NONE;
		memcpy(name, text, n);
		name[n] = '\0';
		text += n;
		if (at == SYM_NONE && value == SYM_NONE) {
			for (uint32_t i = 0; i < f->param_count && value == SYM_NONE; i++)
				if (!strcmp(kir_string(sv->e->m, sv->e->m->vars[f->param_first + i].name), name))
					value = i < c->n ? c->args[i] : SYM_NONE;
			if (value == SYM_NONE)
				at = sym_atom(t, S_GLOBAL, sym_name(t, name));
		} else {
			if (arrow)
				at = value != SYM_NONE ? value : eval_load(sv, s, at);
			at = sym_field(t, at != SYM_NONE ? at : value, sym_name(t, name));
			value = SYM_NONE;
		}
		while (*text == ' ' || *text == ')')
			text++;
		arrow = text[0] == '-' && text[1] == '>';
		if (arrow)
			text += 2;
		else if (*text == '.')
			text++;
		else if (*text)
			return SYM_NONE;
	}
	if (value != SYM_NONE)
		return value;
	/* `lock` that is a global object means the object; `*p` is not written. */
	return at;
}

/* What the function needs or, with @changes, does to locks; of one with a body that
 * is known better from there. */
static void apply_annotations(struct solver *sv, struct work_state *w, const struct kir_func *f,
			      struct call_args *c, bool changes)
{
	for (uint32_t i = 0; i < f->annot_count; i++) {
		const struct kir_annot *an = &sv->e->m->annots[f->annot_first + i];
		const struct rule *rule = rules_find_annotation(sv->e->rules,
								kir_string(sv->e->m, an->name));
		sym lock;
		struct call_args one;

		if (!rule)
			continue;
		lock = parse_place(sv, f, kir_string(sv->e->m, an->text), c, &w->s);
		if (lock == SYM_NONE)
			lock = sym_atom(sv->e->t, S_OLD, c->at);
		one = (struct call_args){ .args = &lock, .n = 1, .ret = SYM_NONE, .at = c->at };
		for (uint32_t k = 0; k < rule->neffects; k++) {
			if (changes)
				rule_change(sv, w, &rule->effects[k], &one);
			else
				rule_need(sv, w, rule, &rule->effects[k], &one, false);
		}
	}
}

/* All functions that the module stores in this member agree that they need it:
 * so does the call. */
static void apply_targets(struct solver *sv, struct work_state *w, const struct kir_event *ev,
			  struct call_args *c)
{
	const struct engine *e = sv->e;
	uint32_t record = sym_name(e->t, kir_string(e->m, e->m->records[ev->record].name));
	uint32_t field = e->names[ev->callee];
	const struct func_info *first = NULL;

	for (size_t i = 0; i < e->ntargets; i++) {
		const struct target *tg = &e->targets[i];
		const struct func_info *fi = &e->funcs[tg->func];
		bool sleeps = false;

		if (tg->record != record || tg->field != field)
			continue;
		for (uint32_t k = 0; fi->sum && k < fi->sum->nneeds; k++)
			sleeps |= fi->sum->needs[k]->kind == NEED_WAIT &&
				  fi->sum->needs[k]->nguards == 0;
		if (!sleeps)
			return;
		if (!first)
			first = fi;
	}
	for (uint32_t k = 0; first && k < first->sum->nneeds; k++)
		if (first->sum->needs[k]->kind == NEED_WAIT && first->sum->needs[k]->nguards == 0)
			need_apply(sv, w, first->sum->needs[k], c, first->index, false);
}

static bool call(struct solver *sv, struct work_state *w, uint32_t at)
{
	const struct kir_event *ev = &sv->e->m->events[at];
	const struct kir_value *callee = &sv->e->m->values[ev->callee];
	bool cleanup = ev->flags & KIR_EF_CLEANUP;
	sym args[MAX_ARGS], target, dst = SYM_NONE;
	struct call_args c = { .args = args, .ret = SYM_NONE, .at = at };
	struct sym_node n;

	for (uint32_t i = 0; i < ev->arg_count && i < MAX_ARGS; i++) {
		kir_id v = sv->e->m->args[ev->arg_first + i];

		args[c.n++] = eval_value(sv, w, v);
	}
	if (ev->dst != KIR_NONE)
		dst = eval_addr(sv, w, ev->dst);
	if (callee->kind == KIR_V_FUNC)
		return direct_call(sv, w, kir_string(sv->e->m, callee->a), &c, dst, cleanup);
	target = eval_value(sv, w, ev->callee);
	n = *sym_get(sv->e->t, target);
	if (n.kind == S_FUNC)
		return direct_call(sv, w, sym_name_text(sv->e->t, n.a), &c, dst, cleanup);
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
	forget_pointed(sv, w, &c, UINT64_MAX);
	if (dst != SYM_NONE)
		state_bind(w, dst, eval_fresh(sv, w, at));
	return true;
}

bool call_event(struct solver *sv, struct work_state *w, uint32_t at)
{
	const struct kir_event *ev = &sv->e->m->events[at];
	sym addr, value;

	switch (ev->kind) {
	case KIR_E_CALL: case KIR_E_MACRO:
		return call(sv, w, at);
	case KIR_E_STORE:
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
