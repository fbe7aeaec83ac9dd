/* SPDX-License-Identifier: MIT */
/*
 * A function that is handed over to be called: what it needs meets the context in
 * which it is called, wherever both are known.
 */
#include "solver.h"

/* The callee calls what it is given in a context of its own making (under a lock
 * that it takes): remember what that allows, for who knows the function. */
static void remember_context(struct solver *sv, struct work_state *w, struct need *out)
{
	struct violation cause = { .lock = SYM_NONE }, *v;
	enum wait_type have;
	int8_t inner[CTX_NPARTS];	/* what the callee has entered, or left, by then */

	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		inner[i] = (int8_t)(out->ctx[i] - w->s.ctx[i]);
	have = need_wait_here(sv->e, &w->s, inner, WAIT_SLEEP, true, &cause);

	if (have == WAIT_SLEEP || w->s.widened == WIDENED)
		return;
	v = arena_alloc(sv->e->arena, sizeof(*v));
	*v = cause;
	v->kind = V_WAIT;
	v->func = sv->fi->def->id;
	v->site = out->site;
	v->loc = KIR_NONE;
	v->wait = have;
	v->sibling = v->via = KIR_NONE;
	out->broken = v;
}

static void break_callback(struct solver *sv, struct work_state *w, const struct need *out,
			   const struct need *sub, uint32_t func)
{
	struct violation *v;
	struct need *call;

	/* What it gives back first is not told apart from what makes the context. */
	if (sub->kind != NEED_WAIT || sub->nguards || sub->widened || sub->nreleased ||
	    sub->wait <= out->broken->wait)
		return;
	v = solver_violate(sv, &w->s, V_WAIT, out->site);
	if (!v)
		return;
	*v = *out->broken;
	v->via = sv->fi->def->id;
	v->via_site = out->site;
	call = arena_alloc(sv->e->arena, sizeof(*call));
	*call = *sub;
	call->site = v->site;
	call->callee = func;
	call->sub = sub->number;
	v->need = call;
}

void callback_meet(struct solver *sv, struct work_state *w, struct need *out)
{
	const struct sym_node *n = sym_get(sv->e->t, out->lock);
	struct call_args none = { .ret = SYM_NONE, .at = out->site };
	const struct summary *sum;
	struct def *d;

	if (n->kind != S_FUNC) {
		if (!need_is_callers(sv->e->t, out->lock))
			return;
		if (!out->broken)
			remember_context(sv, w, out);
		need_export(sv, out);
		return;
	}
	d = solver_named(sv, n->a);
	sum = def_summary(sv->e, d);
	for (uint32_t i = 0; sum && i < sum->nneeds; i++) {
		const struct need *its = sum->needs[i];
		struct need *sub;

		if (out->broken) {
			break_callback(sv, w, out, its, d->id);
			continue;
		}
		if (its->nguards || its->kind != NEED_WAIT)
			continue;
		/* The depths at which the callback is called come on top. */
		sub = arena_alloc(sv->e->arena, sizeof(*sub));
		*sub = *its;
		sub->last = false;	/* the function is in sight */
		for (unsigned int k = 0; k < CTX_NPARTS; k++)
			sub->ctx[k] += out->ctx[k] - w->s.ctx[k];
		need_apply(sv, w, sub, &none, d->id, false);
	}
}
