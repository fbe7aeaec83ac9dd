/* SPDX-License-Identifier: MIT */
/*
 * One event.  A call applies, in this order: the contract of a rule of that
 * name; the summary of a function that the module defines; what the
 * declaration's annotations say; nothing.  A call may leave several states (a
 * trylock, a callee that returns in two ways): the first one replaces the
 * state, the others go to sv->out.
 */
#include "solver.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ARGS 64

void call_leave_state(struct solver *sv, const struct work_state *w)
{
	struct work_state *to = &vec_push(sv->out, sv->nout, sv->out_cap);

	state_load(to, &w->s);
}

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

static int compare_u32(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

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
	       ((n->kind == S_INDEX ||
		 ((n->kind == S_OP || n->kind == S_APPLY) && n->b != SYM_NONE)) &&
		is_late(t, sum, n->b));
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

/* Locks that another way of the callee, with the same kind of result, takes or
 * gives back and this one does not. */
static void doubt_locks(struct application *ap)
{
	struct solver *sv = ap->sv;
	struct cons both;

	for (uint32_t k = 0; k < ap->sum->noutcomes; k++) {
		const struct outcome *other = &ap->sum->outcomes[k];

		if (outcome_same_effect(other, ap->o) || !cons_meet(&ap->o->ret, &other->ret, &both))
			continue;
		for (unsigned int i = 0; i < other->nlocks; i++) {
			sym lock = eval_subst(sv, &ap->w->s, other->locks[i].lock, ap->c);
			struct held *h = (struct held *)lock_find(sv, &ap->w->s, lock,
								  other->locks[i].kind);

			if (!h)
				h = state_lock(ap->w, lock);
			if (h)
				h->unclear = true;
		}
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
		const struct binding *out = &ap->o->outs[i];
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
		value = fetch(ap, 2 * i + 1, out->value);
		eval_store(sv, ap->w, addr, value, ap->c->at);
	}
}

/* Members that the callee may have stored to. */
static void forget_stored(struct solver *sv, struct work_state *w, const struct summary *sum,
			  origin at)
{
	for (uint32_t i = 0; i < sum->nstored; i++)
		eval_forget_field(sv, w, sum->stored[i], SYM_NONE, at);
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
			state_bind(w, arg, eval_fresh(sv, w, (is_flag(sv, &w->s, arg) ?
							      POINT_FLAG : POINT_OUT) + c->at));
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

/* Another way of the callee, with other effects, is open as well and gives the same
 * kind of result. */
static bool is_unclear(struct application *ap, uint32_t i, const struct work_state *before)
{
	const struct summary *sum = ap->sum;
	struct cons both;

	for (uint32_t k = 0; k < sum->noutcomes; k++)
		if (k != i && !outcome_same_effect(&sum->outcomes[i], &sum->outcomes[k]) &&
		    cons_meet(&sum->outcomes[i].ret, &sum->outcomes[k].ret, &both) &&
		    is_possible(ap, &sum->outcomes[k], before))
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
		park(ap, 2 * i + 1, o->outs[i].value);
	}
	if (keeps_ret)
		park(ap, 2 * o->nouts, o->ret_sym);

	/* In the callee: what it may change. */
	ret = eval_fresh(sv, w, ap->c->at);
	forget_stored(sv, w, ap->sum, ap->c->at);
	if (!ap->cleanup)
		forget_pointed(sv, w, ap->c, ap->sum->hidden | o->unsure);

	/* At its end: what it returns and leaves. */
	if (keeps_ret) {
		sym x = fetch(ap, 2 * o->nouts, o->ret_sym);

		if (!(sym_get(sv->e->t, x)->flags & SF_OLD))
			ret = x;
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

/* What the callee has dereferenced is no null pointer: worth knowing of what a variable
 * holds that a branch asks about. */
static void assume_derefs(struct solver *sv, struct work_state *w, uint64_t derefs,
			  const struct call_args *c)
{
	struct cons valid = cons_mask(C_LOW | C_POS);

	for (uint32_t i = 0; i < c->n && i < 64; i++) {
		bool asked = false;

		if (!(derefs >> i & 1) || sym_is(sv->e->t, c->args[i], S_INT))
			continue;
		for (unsigned int k = 0; k < w->s.nenv && !asked; k++) {
			const struct sym_node *n = sym_get(sv->e->t, w->env[k].addr);

			asked = w->env[k].value == c->args[i] && n->kind == S_VAR &&
				n->a < sv->fl->nvars && flow_has(sv->fl->branched_on, n->a);
		}
		if (asked)
			eval_assume_cons(sv, w, c->args[i], &valid);
	}
}

/* False: the callee does not return. */
static bool apply_summary(struct solver *sv, struct work_state *w, const struct func_info *fi,
			  struct call_args *c, sym dst, bool cleanup)
{
	const struct summary *sum = fi->sum;
	struct work_state before, one;
	struct application ap = { .sv = sv, .w = &one, .sum = sum, .c = c, .dst = dst,
				  .pure = SYM_NONE, .cleanup = cleanup,
				  .quiet = !summary_is_uniform(sum) };
	bool done = false;

	if (has_locking_callback(sv, c))
		w->s.widened = WIDENED;
	for (uint32_t i = 0; i < sum->nneeds; i++)
		need_apply(sv, w, sum->needs[i], c, fi->index, cleanup);
	/* A function of its arguments and of memory alone gives the same answer to
	 * the same question. */
	if (sum->pure && sum->outcomes[0].ret_sym == SYM_NONE && (c->n == 1 || c->n == 2))
		ap.pure = sym_apply(sv->e->t, fi->index, c->args[0],
				    c->n == 2 ? c->args[1] : SYM_NONE);
	assume_derefs(sv, w, sum->derefs, c);
	state_load(&before, &w->s);
	for (uint32_t i = 0; i < sum->noutcomes; i++) {
		state_load(&one, &before.s);
		c->ret = SYM_NONE;
		ap.o = &sum->outcomes[i];
		ap.unclear = is_unclear(&ap, i, &before);
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

static void apply_annotations(struct solver *sv, struct work_state *w, const struct kir_func *f,
			      struct call_args *c, bool changes);

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
	return sym_pred(t, P_ONCE, sym_apply(t, fi->index, c->args[0],
					     c->n == 2 ? c->args[1] : SYM_NONE));
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
	if (fi && fi->gap)	/* what it leaves is anybody's guess */
		w->s.widened = WIDENED;
	/* What it takes by its own word is not in doubt. */
	expose_locks(sv, w, c);
	for (uint32_t i = 0; i < c->n; i++)
		forget_handed_on(sv, w, c->args[i], c->at);
	if (fi)
		apply_annotations(sv, w, fi->f, c, true);
	forget_pointed(sv, w, c, UINT64_MAX);
	if (dst != SYM_NONE)
		state_bind(w, dst, unknown_result(sv, w, fi, c));
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

bool annots_say(const struct solver *sv, enum rule_effect_kind kind)
{
	for (uint32_t i = 0; i < sv->f->annot_count; i++) {
		const struct kir_annot *an = &sv->e->m->annots[sv->f->annot_first + i];
		const struct rule *rule = rules_find_annotation(sv->e->rules,
								kir_string(sv->e->m, an->name));

		for (uint32_t k = 0; rule && k < rule->neffects; k++)
			if (rule->effects[k].kind == kind)
				return true;
	}
	return false;
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
