/* SPDX-License-Identifier: MIT */
/* The conditions of a need: what a callee's mean here, and what this path adds to them. */
#include "solver.h"

bool need_is_callers(const struct symtab *t, sym x)
{
	return (sym_get(t, x)->flags & (SF_PARAM | SF_FRESH | SF_OLD | SF_VAR | SF_LOAD)) == SF_PARAM;
}

/* Does it speak of parameters and of memory only? */
static bool is_of_callers(const struct solver *sv, sym x)
{
	uint8_t flags = sym_get(sv->e->t, x)->flags;

	return (flags & (SF_PARAM | SF_LOAD)) && !(flags & (SF_FRESH | SF_OLD | SF_VAR));
}

/* Do callers know what it is about: parameters, and memory as it was at entry? */
static bool is_of_entry(const struct solver *sv, sym x)
{
	return is_of_callers(sv, x) && eval_is_entry(sv, sv->changed, x);
}

/* The condition is on flag bits: a value nobody knows proves nothing. */
static bool is_mask(const struct symtab *t, sym what)
{
	const struct sym_node *n = sym_get(t, what);

	return n->kind == S_OP && n->op == KIR_OP_AND;
}

static bool add_guard(struct need *n, sym what, const struct cons *is)
{
	for (unsigned int i = 0; i < n->nguards; i++) {
		if (n->guards[i].what == what)
			return cons_meet(&n->guards[i].is, is, &n->guards[i].is);
	}
	if (n->nguards < NEED_GUARDS)
		n->guards[n->nguards++] = (struct guard){ what, *is };
	return true;
}

/* `fn == callback`: which of a caller's functions it is decides all the rest. */
static bool asks_for_function(const struct symtab *t, sym what)
{
	const struct sym_node *n = sym_get(t, what);

	return n->kind == S_OP && n->op == KIR_OP_EQ &&
	       (sym_is(t, n->a, S_FUNC) || sym_is(t, n->b, S_FUNC));
}

bool need_add_path_guards(struct solver *sv, const struct state *s, struct need *n, bool of_memory)
{
	/* There is not always room for all. */
	for (unsigned int i = 0; i < s->nfacts; i++) {
		const struct fact *f = &s->facts[i];

		if (asks_for_function(sv->e->t, f->what) && need_is_callers(sv->e->t, f->what) &&
		    !add_guard(n, f->what, &f->is))
			return false;
	}
	for (unsigned int i = 0; i < s->nfacts; i++) {
		const struct fact *f = &s->facts[i];

		if (need_is_callers(sv->e->t, f->what) && !add_guard(n, f->what, &f->is))
			return false;
	}
	/* What a caller knows of memory rules most paths out that cannot be. */
	for (unsigned int i = 0; of_memory && i < s->nfacts; i++) {
		const struct fact *f = &s->facts[i];

		/* Flags may have been stored to, of whatever object: who asks for
		 * what stands in them is still the caller. */
		if ((f->entry || is_mask(sv->e->t, f->what)) && is_of_callers(sv, f->what) &&
		    !add_guard(n, sym_as_entry(sv->e->t, f->what), &f->is))
			return false;
	}
	return true;
}

/* `n - 1`: no caller can be held to it, and a recursion would make ever more. */
static bool is_arithmetic(const struct symtab *t, sym what)
{
	const struct sym_node *n = sym_get(t, what);

	return n->kind == S_OP && n->op <= KIR_OP_REM;
}

/* Does the caller ask by this argument for what the callee does?  Then only a
 * caller's constant proves something.  Of any other argument any value may come,
 * unless callers in sight pass constants. */
static bool is_wish(struct solver *sv, sym what, const struct cons *is)
{
	const struct sym_node *n = sym_get(sv->e->t, what);
	enum kir_type_kind type;

	if (is_mask(sv->e->t, what))
		return true;
	if (n->kind == S_PARAM && n->a < sv->f->param_count) {
		type = sv->e->m->vars[sv->f->param_first + n->a].type.kind;
		if (type == KIR_T_PTR)
			return is->mask == C_ZERO;
		if (type == KIR_T_BOOL)
			return true;
	}
	return sv->fi->def->ncallers > 0;
}

/* It happens when the object's driver has no function of its own for it: who calls
 * knows what its objects are.  Nothing is said unless a path has asked. */
bool need_is_missing_hook(struct engine *e, const struct guard *g)
{
	const struct sym_node *n = sym_get(e->t, g->what);

	if (g->is.mask != C_ZERO || (n->kind != S_LOAD && n->kind != S_ENTRY))
		return false;
	n = sym_get(e->t, n->a);
	if (n->kind != S_FIELD)
		return false;
	engine_note(e, SUBJECT_HOOK, n->b);
	return n->b < e->p->nnames && e->p->hooks[n->b];
}

/* The caller's name for a term of the callee's conditions, and what is known of it: the
 * needs of one callee ask for the same few, and the state is the same. */
static sym translate(struct solver *sv, const struct work_state *w, sym callees,
		     const struct call_args *c, struct cons *is)
{
	struct translated *t = NULL;

	if (c->terms) {
		t = &c->terms[callees % CALL_TERMS];
		if (t->callees == callees) {
			*is = t->is;
			return t->callers;
		}
	}
	sym callers = eval_subst(sv, &w->s, callees, c);

	*is = eval_cons(sv, &w->s, callers);
	if (t)
		*t = (struct translated){ callees, callers, *is };
	return callers;
}

bool need_translate_guards(struct solver *sv, struct work_state *w, const struct need *n,
			   const struct call_args *c, struct need *out, bool *defer)
{
	for (unsigned int i = 0; i < n->nguards; i++) {
		struct cons is, both;
		sym what = translate(sv, w, n->guards[i].what, c, &is);

		if (!cons_meet(&is, &n->guards[i].is, &both))
			return false;
		if (cons_implies(&is, &n->guards[i].is))
			continue;
		/* A rule's own condition must be known to hold; so must one on flags. */
		if ((is_mask(sv->e->t, n->guards[i].what) || out->callee == KIR_NONE) &&
		    !need_is_callers(sv->e->t, what))
			return false;
		if (is_arithmetic(sv->e->t, what))
			continue;
		/* `if (!pinned(obj)) assert_held(&obj->lock)` says that it need not be. */
		*defer |= n->kind == NEED_HELD;
		if (need_is_missing_hook(sv->e, &n->guards[i])) {
			if (!need_is_callers(sv->e->t, what) && !is_of_entry(sv, what))
				return false;
			*defer = true;
		}
		if (!need_is_callers(sv->e->t, what)) {
			if (is_of_entry(sv, what) &&
			    !add_guard(out, sym_as_entry(sv->e->t, what), &n->guards[i].is))
				return false;
			continue;
		}
		if (!add_guard(out, what, &n->guards[i].is))
			return false;
		*defer |= is_wish(sv, what, &n->guards[i].is);
	}
	return true;
}
