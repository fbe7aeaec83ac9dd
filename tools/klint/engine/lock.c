/* SPDX-License-Identifier: MIT */
/*
 * Locks and context depths on one path.
 *
 * Which lock is meant is told by its address.  Kernel code often takes a lock
 * by one name and releases it by another (a list walked again, a pointer loaded
 * twice), so a release that names no held lock exactly is matched to the one
 * held lock of the same class and kind before it is taken for the caller's.
 */
#include "solver.h"

/* An annotation may name a lock without its kind: then nothing follows from
 * holding it. */
const struct rule_lock_kind *lock_kind(const struct engine *e, uint32_t kind)
{
	static const struct rule_lock_kind unknown = {
		.name = "lock", .inner = WAIT_SLEEP, .outer = WAIT_FREE, .recursive = true
	};

	return kind == RULES_NONE ? &unknown : rules_lock_kind(e->rules, kind);
}

bool lock_is_vague(const struct engine *e, sym lock)
{
	const struct sym_node *n = sym_get(e->t, lock);

	if (n->flags & SF_OLD)
		return true;
	/* Which element of an array is meant is not followed. */
	for (; n->depth; n = sym_get(e->t, n->a))
		if (n->kind == S_INDEX && (sym_get(e->t, n->b)->kind != S_INT ||
					   sym_get(e->t, n->a)->kind == S_LOAD ||
					   sym_get(e->t, n->a)->kind == S_ENTRY))
			return true;
	/* A null pointer's lock: the path cannot be. */
	return n->kind == S_INT;
}

/* Is the class of the lock known for sure?  A pointer to a lock that was kept in
 * a member may point to a lock of any class. */
static bool has_class(const struct symtab *t, sym s)
{
	const struct sym_node *n = sym_get(t, s);

	while (n->kind == S_INDEX)
		n = sym_get(t, n->a);
	return n->kind == S_FIELD || n->kind == S_GLOBAL;
}

/* May @h be the lock that is called @lock of @kind here? */
static bool may_alias(struct solver *sv, const struct held *h, sym lock, uint32_t kind)
{
	const struct symtab *t = sv->e->t;
	uint32_t a = sym_class(t, h->lock), b = sym_class(t, lock);

	if (h->kind != kind && kind != RULES_NONE && h->kind != RULES_NONE)
		return false;
	if (sym_is(t, h->lock, S_GLOBAL) && sym_is(t, lock, S_GLOBAL))
		return false;
	if (has_class(t, h->lock) && has_class(t, lock))
		return a == b;
	/* Who passes a pointer to a lock passes another one than those that the function
	 * finds by itself. */
	if ((sym_is(t, h->lock, S_PARAM) && has_class(t, lock)) ||
	    (sym_is(t, lock, S_PARAM) && has_class(t, h->lock)))
		return false;
	/* A pointer kept in a variable that is not followed any more: any lock. */
	if (sym_get(t, lock)->flags & SF_VAR && sym_get(t, lock)->kind == S_LOAD)
		return true;
	return a == b || !a || !b || lock_is_vague(sv->e, h->lock) || lock_is_vague(sv->e, lock);
}

/* The lock with a depth of the sign of @sign that @lock names; NULL when none
 * or, for want of an exact one, several may be meant. */
static struct held *match(struct solver *sv, const struct state *s, sym lock, uint32_t kind,
			  int sign)
{
	struct held *found = NULL, *same_class = NULL, *same_kind = NULL;
	unsigned int n = 0, nsame = 0, nkind = 0;

	for (unsigned int i = 0; i < s->nlocks; i++) {
		struct held *h = &s->locks[i];

		if (sign > 0 ? h->depth <= 0 : h->depth >= 0)
			continue;
		if (h->lock == lock)
			return h;
		if (!may_alias(sv, h, lock, kind))
			continue;
		if (sym_class(sv->e->t, h->lock) == sym_class(sv->e->t, lock)) {
			same_class = h;
			nsame++;
		}
		if (h->kind == kind) {
			same_kind = h;
			nkind++;
		}
		found = h;
		n++;
	}
	if (nsame)
		return same_class;
	if (nkind == 1)
		return same_kind;
	return n == 1 ? found : NULL;
}

/* Another lock of the class is about: which of them is meant depends on aliases. */
bool lock_has_sister(const struct solver *sv, const struct state *s, const struct held *h)
{
	uint32_t class = sym_class(sv->e->t, h->lock);

	for (unsigned int i = 0; i < s->nlocks; i++)
		if (&s->locks[i] != h && sym_class(sv->e->t, s->locks[i].lock) == class &&
		    (class || s->locks[i].kind == h->kind))
			return true;
	return false;
}

const struct held *lock_find(struct solver *sv, const struct state *s, sym lock, uint32_t kind)
{
	return match(sv, s, lock, kind, 1);
}

int lock_is_held(struct solver *sv, const struct state *s, sym lock)
{
	const struct held *h = match(sv, s, lock, RULES_NONE, 1);

	if (h)
		return 1;
	for (unsigned int i = 0; i < s->nlocks; i++) {
		if (s->locks[i].lock != lock || s->locks[i].unclear || lock_is_vague(sv->e, lock))
			continue;
		/* Given back here: surely not held, unless the caller has it too. */
		if ((s->locks[i].depth < 0 || s->locks[i].must_touch) &&
		    !lock_has_sister(sv, s, &s->locks[i]))
			return 0;
	}
	return -1;
}

static struct held *entry_for(struct work_state *w, sym lock, uint32_t kind)
{
	struct held *h = state_lock(w, lock);

	return h ? h : state_add_lock(w, lock, kind);
}

static void check_double(struct solver *sv, struct work_state *w, const struct held *h,
			 bool shared, origin at)
{
	struct violation *v;

	if (w->s.widened || lock_is_vague(sv->e, h->lock) || (shared && h->shared) ||
	    lock_has_sister(sv, &w->s, h) || h->exposed || h->unclear ||
	    lock_kind(sv->e, h->kind)->recursive || !lock_kind(sv->e, h->kind)->owned)
		return;
	v = solver_violate(sv, &w->s, V_DOUBLE_LOCK, at);
	if (v) {
		v->lock = h->lock;
		v->lock_kind = h->kind;
		v->cause = h->at;
	}
}

/* A lock that has been taken is no null pointer's. */
static void assume_object(struct solver *sv, struct work_state *w, sym lock)
{
	const struct symtab *t = sv->e->t;
	struct cons valid = cons_mask(C_LOW | C_POS);

	while (sym_get(t, lock)->kind == S_FIELD || sym_get(t, lock)->kind == S_INDEX ||
	       sym_get(t, lock)->kind == S_CONTAINER)
		lock = sym_get(t, lock)->a;
	if (sym_get(t, lock)->kind == S_PARAM || sym_get(t, lock)->kind == S_LOAD ||
	    sym_get(t, lock)->kind == S_ENTRY ||
	    sym_get(t, lock)->kind == S_FRESH || sym_get(t, lock)->kind == S_OLD ||
	    sym_get(t, lock)->kind == S_OP)
		eval_assume_cons(sv, w, lock, &valid);
}

void lock_acquire(struct solver *sv, struct work_state *w, sym lock, uint32_t kind,
		  bool shared, bool quiet, origin at)
{
	struct held *h = state_lock(w, lock);

	assume_object(sv, w, lock);
	if (h && h->depth > 0 && !quiet)
		check_double(sv, w, h, shared, at);
	if (!h || h->depth >= 0) {
		/* Taking back what was given back under another name. */
		struct held *back = h ? NULL : match(sv, &w->s, lock, kind, -1);

		if (back) {
			back->depth++;
			return;
		}
	}
	if (!h)
		h = entry_for(w, lock, kind);
	if (!h)
		return;
	if (h->depth >= (lock_is_vague(sv->e, lock) ? 1 : DEPTH_MAX)) {
		w->s.widened = WIDENED;
		return;
	}
	if (h->depth <= 0 || h->at == ORIGIN_NONE)
		h->at = at;
	if (h->depth >= 0)
		h->may_touch = h->must_touch = true;
	h->kind = kind;
	h->shared = shared;
	h->depth++;
}

void lock_release(struct solver *sv, struct work_state *w, sym lock, uint32_t kind, origin at,
		  bool quiet)
{
	struct held *h = match(sv, &w->s, lock, kind, 1);

	if (h) {
		h->depth--;
		h->released = at;
		return;
	}
	h = entry_for(w, lock, kind);
	if (!h || h->depth <= (lock_is_vague(sv->e, lock) ? -1 : -DEPTH_MAX)) {
		w->s.widened = WIDENED;
		return;
	}
	if (h->must_touch && h->depth == 0 && !quiet && !w->s.widened && !h->exposed && !h->unclear &&
	    !lock_is_vague(sv->e, lock) && lock_kind(sv->e, kind)->owned &&
	    !lock_has_sister(sv, &w->s, h)) {
		struct violation *v = solver_violate(sv, &w->s, V_NOT_HELD, at);

		if (v) {
			v->lock = lock;
			v->lock_kind = kind;
			v->cause = h->released;
		}
	}
	h->depth--;
	h->at = h->released = at;
}

void ctx_enter(struct work_state *w, enum ctx_part part, int by, origin at)
{
	int depth = w->s.ctx[part] + by;

	if (depth > DEPTH_MAX || depth < -DEPTH_MAX) {
		w->s.widened = WIDENED;
		return;
	}
	if (by > 0) {
		if (w->s.ctx[part] >= 0) {
			w->s.ctx_may |= 1u << part;
			w->s.ctx_must |= 1u << part;
		}
		if (w->s.ctx[part] <= 0)
			w->s.ctx_at[part] = at;
	} else if (w->s.ctx[part] <= 0) {
		w->s.ctx_at[part] = at;
	}
	w->s.ctx[part] = (int8_t)depth;
}
