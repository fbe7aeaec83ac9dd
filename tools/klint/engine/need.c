/* SPDX-License-Identifier: MIT */
/*
 * Where a need meets a state: it is satisfied, broken, or handed on to the
 * callers of this function in their terms.
 */
#include "observe.h"
#include "solver.h"

#include <string.h>

#define MAX_NEEDS 96
#define MAX_WAITS 8		/* ways to need the same wait, */
#define MAX_SAME_LOCK 3		/* the same lock */
#define MAX_LOCK_HOPS 4		/* calls down to the lock */

struct violation *solver_violate(struct solver *sv, const struct state *s,
				 enum violation_kind kind, origin at)
{
	return s->widened == WIDENED ? NULL : solver_violate_at(sv, kind, at);
}

struct violation *solver_violate_at(struct solver *sv, enum violation_kind kind, origin at)
{
	struct violation *v;

	for (size_t i = 0; i < sv->nviolations; i++)
		if (sv->violations[i]->site == at && sv->violations[i]->kind == kind)
			return NULL;
	v = arena_alloc(sv->e->arena, sizeof(*v));
	v->kind = kind;
	v->func = sv->fi->def->id;
	v->site = at;
	v->loc = KIR_NONE;
	v->lock = SYM_NONE;
	v->cause = ORIGIN_NONE;
	v->via = KIR_NONE;
	v->via_site = ORIGIN_NONE;
	v->sibling = KIR_NONE;
	vec_push(sv->violations, sv->nviolations, sv->violations_cap) = v;
	return v;
}

/* Was the part entered by the call that took a spinlock (spin_lock_irqsave)?  On
 * PREEMPT_RT such a call leaves interrupts on. */
static bool comes_with_spinlock(struct engine *e, origin at, enum ctx_part part, int depth)
{
	const struct summary *sum;
	const struct rule *rule;
	struct site site;

	if (at == ORIGIN_NONE || depth > 6)
		return false;
	site = engine_site(e, at);
	if (!site.direct)
		return false;
	rule = rules_find(e->rules, site.callee);
	for (uint32_t i = 0; rule && i < rule->neffects; i++)
		if (rule->effects[i].kind == EFFECT_ACQUIRE &&
		    lock_kind(e, rule->effects[i].lock_kind)->inner == WAIT_CONFIG)
			return true;
	if (rule || site.def == KIR_NONE)
		return false;
	sum = def_summary(e, &e->p->defs[site.def]);
	for (uint32_t i = 0; sum && i < sum->noutcomes; i++)
		if (sum->outcomes[i].ctx[part] > 0)
			return comes_with_spinlock(e, sum->outcomes[i].ctx_at[part], part,
						   depth + 1);
	return false;
}

enum wait_type need_wait_here(struct engine *e, const struct state *s,
			      const int8_t *extra, enum wait_type need, bool any_state,
			      struct violation *v)
{
	enum wait_type least = WAIT_SLEEP;

	for (unsigned int i = 0; i < s->nlocks; i++) {
		const struct held *h = &s->locks[i];
		enum wait_type inner = lock_kind(e, h->kind)->inner;

		if (h->depth <= 0 || h->unclear || inner >= least)
			continue;
		least = inner;
		v->lock = h->lock;
		v->lock_kind = h->kind;
		v->cause = h->at;
	}
	for (unsigned int i = 0; i < CTX_NPARTS; i++) {
		enum wait_type inner = ctx_part_wait(i);
		int depth = s->ctx[i] + (extra ? extra[i] : 0);

		if (depth <= 0 || s->ctx[i] <= 0 || inner >= least ||
		    (s->ctx_unclear >> i & 1))
			continue;
		if (i == CTX_STATE && any_state)
			continue;
		if (need == WAIT_CONFIG && i == CTX_IRQ &&
		    comes_with_spinlock(e, s->ctx_at[i], i, 0))
			continue;
		least = inner;
		v->lock = SYM_NONE;
		v->part = i;
		v->cause = s->ctx_at[i];
	}
	return least;
}

static bool guards_within(const struct need *a, const struct need *b)
{
	for (unsigned int i = 0; i < a->nguards; i++) {
		bool found = false;

		for (unsigned int j = 0; j < b->nguards && !found; j++)
			found = a->guards[i].what == b->guards[j].what &&
				cons_implies(&b->guards[j].is, &a->guards[i].is);
		if (!found)
			return false;
	}
	return true;
}

/* Whoever meets @b has met @a. */
static bool subsumes(const struct need *a, const struct need *b)
{
	if (a->kind != b->kind || a->lock != b->lock || a->parts != b->parts ||
	    a->violated != b->violated || a->shared != b->shared ||
	    (a->violated && a->broken != b->broken))
		return false;
	if (a->kind == NEED_WAIT && a->wait < b->wait)
		return false;
	if ((a->widened && !b->widened) || (a->last && !b->last))
		return false;
	if (memcmp(a->ctx, b->ctx, sizeof(a->ctx)) || (a->zero_parts & ~b->zero_parts))
		return false;
	if (a->nreleased != b->nreleased ||
	    memcmp(a->released, b->released, a->nreleased * sizeof(sym)))
		return false;
	return guards_within(a, b);
}

/* Do the two ask for the same thing, under whatever conditions? */
static bool asks_the_same(const struct need *a, const struct need *b)
{
	return a->kind == b->kind && a->lock == b->lock && a->parts == b->parts &&
	       a->wait == b->wait && a->violated == b->violated;
}

/* Is @a harder to come by than @b? */
static bool is_harder(const struct need *a, const struct need *b)
{
	return a->last != b->last ? a->last : a->nguards > b->nguards;
}

/* The one among those that ask for the same as @n that is the hardest to come by, when
 * there are more of them than are worth keeping. */
static struct need *find_spare(const struct solver *sv, const struct need *n)
{
	struct need *most = NULL;
	unsigned int same = 0;

	for (size_t i = 0; i < sv->nneeds; i++) {
		if (!asks_the_same(sv->needs[i], n))
			continue;
		same++;
		if (!most || is_harder(sv->needs[i], most))
			most = sv->needs[i];
	}
	return same < (n->kind == NEED_WAIT ? MAX_WAITS : MAX_SAME_LOCK) ? NULL : most;
}

void need_export(struct solver *sv, const struct need *n)
{
	struct need *copy;
	size_t kept = 0;

	/* Who takes a lock far below is seldom who shall not: conditions on the way
	 * there are too many to be followed. */
	if (n->hops > MAX_LOCK_HOPS && n->kind != NEED_WAIT && n->kind != NEED_CALL)
		return;
	for (size_t i = 0; i < sv->nneeds; i++) {
		if (!subsumes(sv->needs[i], n))
			continue;
		/* The same by a shorter way is the better proof. */
		if (n->hops < sv->needs[i]->hops && subsumes(n, sv->needs[i]))
			*sv->needs[i] = *n;
		return;
	}
	for (size_t i = 0; i < sv->nneeds; i++)
		if (!subsumes(n, sv->needs[i]))
			sv->needs[kept++] = sv->needs[i];
	sv->nneeds = kept;
	copy = find_spare(sv, n);
	if (copy) {
		if (is_harder(copy, n))
			*copy = *n;
		return;
	}
	if (sv->nneeds >= MAX_NEEDS)
		return;
	copy = arena_alloc(sv->e->arena, sizeof(*copy));
	*copy = *n;
	vec_push(sv->needs, sv->nneeds, sv->needs_cap) = copy;
}

/* The state's locks less those that the callee gives back before the need. */
static void drop_released(struct solver *sv, struct work_state *w, const struct need *n,
			  const struct call_args *c, struct need *out)
{
	for (unsigned int i = 0; i < n->nreleased; i++) {
		sym lock = eval_subst(sv, &w->s, n->released[i], c);
		struct held *h = (struct held *)lock_find(sv, &w->s, lock, RULES_NONE);

		if (h)
			h->depth--;
		else if (out->nreleased < NEED_RELEASED)
			out->released[out->nreleased++] = lock;
	}
}

/* @inner: the depths that the callee itself has added at the point. */
static void break_wait(struct solver *sv, struct work_state *w, const int8_t *inner,
		       struct need *out, bool defer)
{
	struct violation cause = { 0 }, *v;
	enum wait_type have = need_wait_here(sv->e, &w->s, inner, out->wait, out->any_state, &cause);

	if (have >= out->wait) {
		need_export(sv, out);
		return;
	}
	if (w->s.widened == WIDENED || out->widened)
		return;
	if (defer) {
		v = arena_alloc(sv->e->arena, sizeof(*v));
		*v = (struct violation){ .kind = V_WAIT, .func = sv->fi->def->id, .site = out->site,
			.loc = KIR_NONE, .sibling = KIR_NONE,
			.via = KIR_NONE, .via_site = ORIGIN_NONE };
		out->violated = true;
		out->broken = v;
	} else {
		v = solver_violate(sv, &w->s, V_WAIT, out->site);
		if (!v)
			return;
	}
	v->lock = cause.cause == ORIGIN_NONE ? SYM_NONE : cause.lock;
	v->lock_kind = cause.lock_kind;
	v->part = cause.part;
	v->cause = cause.cause;
	v->wait = have;
	v->need = arena_alloc(sv->e->arena, sizeof(*out));
	memcpy((void *)v->need, out, sizeof(*out));
	if (defer)
		need_export(sv, out);
}

static void break_contract(struct solver *sv, struct work_state *w, const struct need *out,
			   bool cleanup)
{
	struct violation *v = w->s.widened ? NULL :
		solver_violate(sv, &w->s, V_CONTRACT, out->site);

	if (!v)
		return;
	v->lock = out->lock;
	v->cleanup = cleanup;
	v->need = arena_alloc(sv->e->arena, sizeof(*out));
	memcpy((void *)v->need, out, sizeof(*out));
}

/* The code says itself that a callback has given the lock back. */
static void believe_released(struct work_state *w, sym lock)
{
	struct held *h = state_lock(w, lock);

	if (h && h->depth > 0 && h->exposed)
		h->depth = 0;
}

/* @defer: the callee asks for the lock under a condition that only callers can tell. */
static void meet_lock(struct solver *sv, struct work_state *w, struct need *out, bool defer,
		      bool cleanup)
{
	int held = lock_is_held(sv, &w->s, out->lock);
	const struct held *h = state_lock(w, out->lock);
	uint8_t flags = sym_get(sv->e->t, out->lock)->flags;
	bool vague = lock_is_vague(sv->e, out->lock);

	if (out->kind == NEED_HELD) {
		if (held == 0 && !vague && !defer)
			break_contract(sv, w, out, cleanup);
		else if (held < 0 && !(flags & (SF_VAR | SF_FRESH | SF_OLD)))
			need_export(sv, out);
		return;
	}
	if (h && h->depth > 0 && !vague && !w->s.widened && !h->unclear &&
	    !lock_has_sister(sv, &w->s, h) && !(out->shared && h->shared)) {
		struct violation *v;

		if (out->kind == NEED_NOT_HELD) {
			if (!h->exposed)
				break_contract(sv, w, out, cleanup);
			return;
		}
		if (lock_kind(sv->e, h->kind)->recursive || !lock_kind(sv->e, h->kind)->owned)
			return;
		v = solver_violate(sv, &w->s, V_DOUBLE_LOCK, out->site);
		if (v) {
			v->lock = h->lock;
			v->lock_kind = h->kind;
			v->cause = h->at;
			v->need = arena_alloc(sv->e->arena, sizeof(*out));
			memcpy((void *)v->need, out, sizeof(*out));
		}
		return;
	}
	if (held <= 0 && !(flags & (SF_VAR | SF_FRESH | SF_OLD)) && !w->s.flagged)
		need_export(sv, out);
}

static void meet_parts(struct solver *sv, struct work_state *w, const int8_t *inner,
		       struct need *out)
{
	uint32_t have = eval_parts(sv->e, &w->s);

	/* What the callee has left again before the point does not count. */
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		if (w->s.ctx[i] + inner[i] <= 0 && i != CTX_RAW && i != CTX_SPIN)
			have &= ~(1u << i);

	if (out->kind == NEED_PARTS) {
		uint32_t left = 0;

		if (have & out->parts)
			return;
		/* Entered and left again here, whichever it was: surely zero. */
		for (unsigned int i = 0; i < CTX_NPARTS; i++)
			if ((out->parts >> i & 1) && w->s.ctx[i] < 0 && !inner[i] &&
			    !(w->s.ctx_unclear >> i & 1))
				left |= 1u << i;
		if (left)
			break_contract(sv, w, out, false);
		else
			need_export(sv, out);
		return;
	}
	if (have & out->parts)
		break_contract(sv, w, out, false);
	else
		need_export(sv, out);
}

void need_apply(struct solver *sv, struct work_state *w, const struct need *n,
		const struct call_args *c, uint32_t callee, bool cleanup)
{
	struct work_state here;
	struct need out = *n;
	bool defer = false;

	if (n->zero_parts & eval_parts(sv->e, &w->s))
		return;
	out.nguards = out.nreleased = 0;
	out.callee = callee;
	if (!need_translate_guards(sv, w, n, c, &out, &defer))
		return;
	if (n->kind == NEED_WAIT)
		observe_need(sv, w, n, c);
	out.site = c->at;
	out.sub = n->number;
	out.hops = callee == KIR_NONE ? 0 : n->hops + 1;
	out.rule = callee == KIR_NONE ? n->rule : NULL;
	if (n->violated) {
		if (defer) {
			need_export(sv, &out);
		} else if (w->s.widened != WIDENED) {
			struct violation *v = solver_violate(sv, &w->s, V_WAIT, c->at);

			if (v) {
				origin site = v->site;

				*v = *n->broken;
				v->via = sv->fi->def->id;
				v->via_site = site;
			}
		}
		return;
	}
	state_load(&here, &w->s);
	drop_released(sv, &here, n, c, &out);
	for (unsigned int i = 0; i < here.s.nlocks; i++)
		if (here.locks[i].depth < 0 && out.nreleased < NEED_RELEASED)
			out.released[out.nreleased++] = here.locks[i].lock;
	for (unsigned int i = 0; i < CTX_NPARTS; i++)
		out.ctx[i] = (int8_t)(n->ctx[i] + w->s.ctx[i]);
	out.zero_parts = n->zero_parts | w->s.zero_parts;
	out.widened = n->widened || w->s.widened == WIDENED;
	out.last = n->last || w->s.last;
	if (!need_add_path_guards(sv, &w->s, &out, sv->nneeds < MAX_NEEDS / 2))
		return;
	if (n->lock != SYM_NONE)
		out.lock = eval_subst(sv, &w->s, n->lock, c);
	/* A callee that needs it for the last reference only: who calls may have another. */
	if (n->last && callee != KIR_NONE && n->kind != NEED_CALL) {
		need_export(sv, &out);
		return;
	}
	if (n->kind == NEED_NOT_HELD && callee == KIR_NONE)
		believe_released(w, out.lock);
	switch (n->kind) {
	case NEED_WAIT:
		break_wait(sv, &here, n->ctx, &out, defer);
		break;
	case NEED_LOCK: case NEED_HELD: case NEED_NOT_HELD:
		meet_lock(sv, &here, &out, defer, cleanup);
		break;
	case NEED_PARTS: case NEED_NO_PARTS:
		meet_parts(sv, &here, n->ctx, &out);
		break;
	case NEED_CALL:
		callback_meet(sv, &here, &out);
		break;
	}
}
